"""Records as plain data and JSON."""

from __future__ import annotations

import json
import traceback
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custid.errors import StructureError
from custid.model import Collective, CollectiveKind, Measure, Person, PersonName, Record
from custid.serde import SCHEMA_VERSION, from_json, structure, to_json, unstructure
from custid.testing.model_strategies import records
from tests.serde.examples import BY, stated, zoe


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_round_trip_is_the_identity(record: Record) -> None:
    """A record that is unstructured and structured, or written as JSON and read, is the same record."""
    assert structure(unstructure(record)) == record
    assert from_json(to_json(record)) == record
    assert from_json(to_json(record, indent=2).encode()) == record


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_round_trip_of_many_records(record: Record) -> None:
    """The round trip is the identity for two thousand records."""
    assert from_json(to_json(record)) == record


def test_statements_of_one_provenance_share_it() -> None:
    """It is read once for each record; a confidence that is true is refused beside one that is 1."""
    document = unstructure(zoe())
    record = structure(document)
    by = {stated.by for _, stated in record.statements()}
    assert len({id(stated.by) for _, stated in record.statements()}) == len(by)
    assert structure(document).party.names[0].by is not record.party.names[0].by
    name = document["party"]["names"][0]
    ones = [{**name, "by": {**name["by"], "confidence": value}} for value in (1.0, True)]
    with pytest.raises(StructureError, match=r"names\[1\]\.by\.confidence: expected a number, got bool"):
        structure({**document, "party": {**document["party"], "names": ones}})


def test_document_reads_as_it_should() -> None:
    """Tags, dates and moments are written as the documentation says, and defaults are left out."""
    document = unstructure(zoe())
    said_by = {
        "source": "till",
        "record": "7",
        "observed_at": "2026-05-04T09:30:00+00:00",
        "recorded_at": "2026-05-04T09:30:00+00:00",
    }
    assert document == {
        "schema_version": 1,
        "source": "till",
        "key": "7",
        "party": {
            "kind": "person",
            "contacts": [
                {"value": {"point": {"type": "phone", "e164": "+33639980007"}, "use": "home"}, "by": said_by},
            ],
            "names": [{"value": {"family": "Goff", "particle": "Le", "given": ["Zoé", "Anne"]}, "by": said_by}],
            "birth_dates": [{"value": "1984-06", "by": said_by}],
        },
    }


def test_kind_of_a_collective_has_a_name_of_its_own() -> None:
    """The kind of party and the kind of collective are two members."""
    record = Record(source="till", key="7", party=Collective(kind=CollectiveKind.JOINT, names=stated("Le Goff")))
    party = unstructure(record)["party"]
    assert (party["kind"], party["collective_kind"]) == ("collective", "joint")
    assert structure(unstructure(record)) == record


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """Return the document of the example with one value changed."""
    document = deepcopy(unstructure(zoe()))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return document


NAME = ("party", "names", 0, "value")
SAID = ("party", "names", 0, "by")
POINT = ("party", "contacts", 0, "value", "point")
BY_PATH, POINT_PATH = "record.party.names[0].by", "record.party.contacts[0].value.point"
NO_MOMENT = "expected a moment with its offset like 2026-05-04T09:30:00+02:00, got other text"
NO_BASIS = "expected one of 'declared', 'observed', 'inferred', 'purchased', 'steward', got another value"
NO_DATE = "expected a date like 1999-12-31, 1999-12, 199X or XXXX-12-25, got other text"
NO_TYPE = "expected type to be one of 'postal_address', 'phone', 'email', 'online_account'"
NO_PHONE = "Phone.e164: expected an E.164 number like +33612345678, got other text"
NO_SEX = "expected one of 0, 1, 2, 9, got float"


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (changed("key", to=7), "record.key: expected text, got int"),
        (changed("key", to=None), "record.key: expected text, got null"),
        (changed("key", to=""), "record: Record.key: expected text, got none"),
        (changed(*NAME, "family", to=1), "record.party.names[0].value.family: expected text, got int"),
        (changed(*NAME, "given", to="Zoé"), "record.party.names[0].value.given: expected a list, got text"),
        (changed(*NAME, "given", 1, to=True), "record.party.names[0].value.given[1]: expected text, got bool"),
        (changed(*NAME, "fmaily", to="x"), "record.party.names[0].value.fmaily: unknown field"),
        (changed(*NAME, "a name", to="x"), "record.party.names[0].value.?: unknown field"),
        (changed(*NAME, to="Goff"), "record.party.names[0].value: expected an object, got text"),
        (changed(*SAID, "confidence", to="1"), "record.party.names[0].by.confidence: expected a number, got text"),
        (changed(*SAID, "confidence", to=True), "record.party.names[0].by.confidence: expected a number, got bool"),
        (
            changed(*SAID, "confidence", to=float("nan")),
            "record.party.names[0].by.confidence: expected a finite number, got another one",
        ),
        (
            changed(*SAID, "confidence", to=10**400),
            "record.party.names[0].by.confidence: expected a finite number, got another one",
        ),
        (changed(*SAID, "observed_at", to="2026-05-04T09:30:00"), f"{BY_PATH}.observed_at: {NO_MOMENT}"),
        (changed(*SAID, "basis", to="guessed"), f"{BY_PATH}.basis: {NO_BASIS}"),
        (changed("party", "birth_dates", 0, "value", to="1984-13"), f"record.party.birth_dates[0].value: {NO_DATE}"),
        (changed(*POINT, "type", to="fax"), f"{POINT_PATH}: {NO_TYPE}, got another value"),
        (changed(*POINT, to={"e164": "+33639980007"}), f"{POINT_PATH}: {NO_TYPE}, got none"),
        (changed(*POINT, "e164", to="06"), f"{POINT_PATH}: {NO_PHONE}"),
        (changed("party", "sexes", to=[{"value": 1.0}]), f"record.party.sexes[0].value: {NO_SEX}"),
        (changed("party", "sexes", to=[{"value": 1}]), "record.party.sexes[0].by: expected a value, got none"),
        (changed("is_restricted", to=1), "record.is_restricted: expected true or false, got int"),
        (changed("schema_version", to="1"), "record.schema_version: expected 1, got text"),
        ([], "record: expected an object, got a list"),
    ],
)  # fmt: skip
def test_fault_is_told_with_its_path(document: Any, fault: str) -> None:
    """A document that deviates is refused with the path of the fault."""
    with pytest.raises(StructureError) as caught:
        structure(document)
    assert fault in caught.value.problem.split("\n")


def test_all_faults_are_told_at_once() -> None:
    """Faults in several places are told in one error, one a line, and no value is."""
    document = changed(*NAME, "family", to=4242)
    document["party"]["names"][0]["by"] |= {"confidence": "secret", "shop": "secret"}
    document["nmae"] = "secret"
    del document["source"]
    with pytest.raises(StructureError) as caught:
        structure(document)
    assert sorted(caught.value.problem.split("\n")) == [
        "record.nmae: unknown field",
        "record.party.names[0].by.confidence: expected a number, got text",
        "record.party.names[0].by.shop: unknown field",
        "record.party.names[0].value.family: expected text, got int",
        "record.source: expected a value, got none",
    ]
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "expected JSON, got other text at line 1, column 2"),
        ('{"a": NaN}', "expected finite numbers, got NaN"),
        ('{"a": -Infinity}', "expected finite numbers, got -Infinity"),
        ('{"a": 1, "a": 2}', "expected each key of an object once"),
        ("[" * 200_000, "expected a few levels"),
        ('{"a":' * 200_000, "expected a few levels"),
        ("1" * 5_000, "expected numbers of a usual length"),
        (b"\xff\xfe", "expected UTF-8"),
        ("7", "record: expected an object, got int"),
    ],
)
def test_text_that_is_no_document(text: str | bytes, problem: str) -> None:
    """What is no JSON, or JSON that RFC 8259 leaves open, is refused with a sentence."""
    with pytest.raises(StructureError, match=problem):
        from_json(text)


def test_number_beyond_floats_is_refused() -> None:
    """A number that JSON can write and no float can hold is no infinity."""
    record = Record(source="till", key="7", party=Person(measures=stated(Measure(name="m", value=7.5))))
    text = to_json(record).replace("7.5", "1e999")
    with pytest.raises(StructureError, match="document: expected finite numbers, got one beyond them"):
        from_json(text)


def test_lone_surrogates_survive() -> None:
    """Text that UTF-8 cannot hold is escaped, and comes back."""
    party = Person(names=stated(PersonName(family="\ud800x")))
    record = Record(source="till", key="7", party=party)
    assert to_json(record).encode()
    assert from_json(to_json(record)) == record


def test_newer_version_is_refused() -> None:
    """A document of a newer release says so."""
    with pytest.raises(StructureError, match=r"expected 1, got 2\. Hint: .*newer release"):
        structure(changed("schema_version", to=SCHEMA_VERSION + 1))


def test_older_versions_migrate_forward() -> None:
    """A document of an older version passes each migration from its version on; the given document stays as it is."""

    def named_id(document: dict[str, Any]) -> dict[str, Any]:
        return {("key" if name == "id" else name): value for name, value in document.items()}

    def lists_of_one(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "key": document["key"][0]}

    record = zoe()
    current = unstructure(record)
    older = {**current, "schema_version": 0, "key": ["7"]}
    oldest = {**{name: value for name, value in older.items() if name != "key"}, "schema_version": -1, "id": ["7"]}
    before = deepcopy(oldest)
    migrations = (named_id, lists_of_one)
    assert [structure(each, migrations=migrations) for each in (oldest, older, current)] == [record] * 3
    assert oldest == before
    with pytest.raises(StructureError, match=r"expected 1, got 0\. Hint: Read it with an older release"):
        structure(older)
    with pytest.raises(StructureError, match="expected a version from 0 to 1, got -1"):
        structure(oldest, migrations=(lists_of_one,))


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["schema_version", "source", "key", "party", "kind", "names", "value"]), inner
            )
        ),
    )
)
def test_any_data_is_read_or_refused(document: Any) -> None:
    """No plain data raises anything but a StructureError."""
    if isinstance(document, dict):
        document["schema_version"] = 1
    with pytest.raises(StructureError):
        structure(document)


def test_strings_of_json_are_not_ascii_only() -> None:
    """JSON is written in Unicode, for people who read it."""
    assert "Zoé" in to_json(zoe())
    assert json.loads(to_json(zoe())) == unstructure(zoe())
    assert BY.source in to_json(zoe())
