"""custid.model.parties, custid.model.statements and custid.model.ordering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from custid.errors import ModelError
from custid.model import (
    ATTRIBUTES,
    Basis,
    Collective,
    Email,
    InformationGroup,
    Issue,
    Measure,
    Organization,
    OrganizationName,
    Party,
    Person,
    PersonName,
    Phone,
    Provenance,
    Record,
    Sex,
    Stated,
    Unread,
    Verification,
    are_comparable,
    declaration_of,
    sort_text,
)
from tests.survivorship.statements import moment, person_record, stated


def test_a_record_states_something() -> None:
    """A record without statements is refused; one phone, or one unreadable text, is enough."""
    with pytest.raises(ModelError, match="at least one statement"):
        Record(source="crm", key="1", party=Person())
    assert len(person_record(unread=[Unread(attribute="phone", raw="?", by=stated("x").by)]).unread) == 1


@pytest.mark.parametrize("holder", [Person, Organization, Collective, Record])
def test_every_field_of_statements_is_declared(holder: type) -> None:
    """Each field of statements names its declaration, by the name that finds it."""
    for each in attrs.fields(holder):
        declared = declaration_of(each)
        assert (declared is not None) == ("Stated[" in str(each.type)), each.name
        if declared is not None:
            assert ATTRIBUTES[declared.name] is declared


def refused(kind: Any, /, *values: Any, **facts: Any) -> Callable[[], object]:
    """Return a call that is only made in the test; of what type its arguments are is what is tested."""
    return lambda: kind(*values, **facts)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            refused(Person, names=(stated(Email(address="a@mail.example")),)),
            r"Person.names\[0\].value: expected PersonName",
        ),
        (refused(Person, names=[stated(PersonName(family="x"))]), "Person.names: expected a tuple of Stated"),
        (refused(Person, languages=("fr",)), r"Person.languages\[0\]: expected Stated, got str"),
        (refused(Person, notes=(stated(True),)), r"Person.notes\[0\].value: expected str, got bool"),
        (refused(Record, source="crm", key="1", party=stated("x")), "Record.party: expected Person or"),
        (refused(Record, source=" ", key="1", party=Person()), "Record.source: expected text, got none"),
        (refused(Stated, None, stated("x").by), "Stated.value: expected a value"),
        (refused(stated, "x", recorded=-1), "Provenance.recorded_at: expected a moment not before"),
        (refused(stated, "x", confidence=1.5), "Provenance.confidence: expected a number from 0 to 1"),
        (refused(stated, "x", basis="declared"), "Provenance.basis: expected Basis, got str"),
        (refused(Verification, at=datetime(2020, 1, 1), by="x", means="y"), "time zone, got one without"),  # noqa: DTZ001
        (refused(Issue, ""), "Issue.code: expected text, got none"),
    ],
)
def test_what_the_model_does_not_allow_is_refused(make: Any, message: str) -> None:
    """Messages name the field and what was expected."""
    with pytest.raises(ModelError, match=message):
        make()


def test_clocks_may_differ_by_five_minutes() -> None:
    """A moment of recording shortly before that of observation is a matter of clocks."""
    by = Provenance(source="a", record="1", observed_at=moment(0), recorded_at=moment(0) - timedelta(minutes=5))
    assert by.basis is Basis.DECLARED


def test_moments_at_the_edge_of_the_calendar() -> None:
    """The first and the last moment, which stand for none in databases, are moments."""
    first, last = (datetime(year, month, day, tzinfo=UTC) for year, month, day in ((1, 1, 1), (9999, 12, 31)))
    assert Provenance(source="a", record="1", observed_at=first, recorded_at=last).observed_at == first


def test_statements_come_by_field_with_their_declarations() -> None:
    """Statements about the party come before facts around it, each with its information group."""
    tier = stated(Measure(name="tier", value="gold"))
    record = person_record(names=[stated(PersonName(family="Petit"))], sexes=[stated(Sex.MALE)], measures=[tier])
    assert {declared.name for declared, _ in record.statements()} == {"person_names", "sex", "measures"}
    assert {each.value for each in record.group("legal")} == {PersonName(family="Petit"), Sex.MALE}
    assert record.group(InformationGroup.VALUE) == (tier,)


def test_kinds_of_parties_are_not_comparable() -> None:
    """Each kind is comparable with itself only."""
    kinds: tuple[Party, ...] = (Person(), Organization(), Collective())
    assert [[are_comparable(left, right) for right in kinds] for left in kinds] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_equal_names_do_not_make_kinds_comparable() -> None:
    """A person and a company of one name are two parties."""
    person = Person(names=(stated(PersonName(family="Petit")),))
    assert not are_comparable(person, Organization(names=(stated(OrganizationName(name="Petit")),)))


def test_sort_texts_tell_content_apart() -> None:
    """Equal content gives equal texts; another type, part, or time zone gives another one."""
    there = timezone(timedelta(hours=1))
    values = [
        Phone(e164="+33199001234"),
        Phone(e164="+33199001234", extension="1"),
        Email(address="a@mail.example"),
        Sex.MALE,
        "1",
        1.5,
        None,
        ("a", "b"),
        ("a,b",),
        datetime(2020, 1, 1, 12, tzinfo=UTC),
        datetime(2020, 1, 1, 13, tzinfo=there),
        stated("x"),
        stated("x", valid=("2020", "")),
    ]
    assert len({sort_text(value) for value in values}) == len(values)
    assert sort_text(stated("x")) == sort_text(stated("x"))
