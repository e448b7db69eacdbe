"""A registry tells who somebody is, with the weights of the batch (requirement 40)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import custid
from custid.errors import ConfigurationError, InputError, SchemaError, StoreError, UnsupportedInputError
from custid.intake.generic_values import GenericPolicy
from custid.intake.row_reader import RowReader, row_texts
from custid.registry import (
    Grade,
    MemoryStore,
    RandomMinter,
    RecognitionDecision,
    RecordKey,
    Registry,
    open_registry,
)
from custid.registry.identifiers import CustomerId
from custid.registry.matcher import Matcher
from custid.registry.rows import Row
from custid.scoring.weights import odds_of
from tests.registry.matched import SOURCE, feed, generic_rows, model, rows, standardized

NAMES = ("given_name", "family_name", "birth_date", "email", "phone")
TWINS = (
    {"record_id": "t1", "given_name": "Ambroise", "family_name": "Quillfeather", "birth_date": "1980-04-03"},
    {"record_id": "t2", "given_name": "Zoltan", "family_name": "Quillfeather", "birth_date": "1980-04-03"},
)


def _registry(given: Iterable[Mapping[str, Any]], kind: str = "persons") -> Registry:
    registry = Registry(MemoryStore())
    registry.use(model(kind, 12))
    registry.ingest([dict(row) for row in given], source=SOURCE, schema=feed(kind).schema)
    return registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Return a registry of all persons, which no test changes."""
    return _registry(rows("persons"))


def _twins() -> list[dict[str, Any]]:
    columns = dict.fromkeys(rows("persons")[0], "")
    shared = {"street": "rue des Lilas", "house_number": "7", "city": "Nantes", "postcode": "44000"}
    return [columns | shared | each for each in TWINS]


def _row(kind: str, asked: Mapping[str, Any]) -> Row:
    return Row(*RowReader(feed(kind).schema).read(row_texts(asked)))


def _makes_generic(live: Mapping[RecordKey, Row], asked: Row) -> bool:
    """Tell whether a value would be generic if the question were a record."""
    policy = GenericPolicy()
    for attribute, values in asked.values:
        for value in values if attribute in policy.attributes else ():
            names = {row.name for row in live.values() if value in dict(row.values).get(attribute, ())} - {None}
            if len(names) == policy.min_names - 1 and asked.name is not None and asked.name not in names:
                return True
    return False


@pytest.mark.parametrize("kind", ["persons", "organizations"])
@given(data=st.data())
@settings(max_examples=12)
def test_weights_are_those_of_the_batch(kind: str, data: st.DataObject) -> None:
    """Of a row beside any others: the same pairs, and the same weights to the bit."""
    found = rows(kind)
    places = st.integers(0, len(found) - 1)
    chosen = data.draw(st.lists(places, min_size=1, max_size=60, unique=True))
    said, from_other = data.draw(places), data.draw(places)
    columns = data.draw(st.sets(st.sampled_from(sorted(found[0]))))
    asked = dict(found[said]) | {name: found[from_other][name] for name in columns} | {"record_id": "asked"}
    known = standardized(kind)
    live = {key: row for place, (key, row) in enumerate(known.items()) if place in chosen}
    matcher = Matcher(model(kind, 12))
    matcher.update(live)
    probe = _row(kind, asked)
    assume(not _makes_generic(live, probe))
    content = matcher.content_for(probe)
    assume(content.values)
    near = matcher.near_units(content)
    held = zip(near.units.tolist(), near.weight_bits.tolist(), strict=True)
    weights = {key.key: bits for unit, bits in held for key in matcher.units.records_of(unit)}
    batch = custid.dedupe([*(found[place] for place in chosen), asked], model=model(kind, 12), schema=feed(kind).schema)
    assert weights == _weights_of_last(batch)


def _weights_of_last(batch: custid.Result) -> dict[str, float]:
    """Return the weights of the last row of a run with the others, by their keys."""
    linked = batch.linked
    unit_of_row = linked.table.unit_of_row
    own = unit_of_row[-1]
    of_unit: dict[int, float] = {}
    for one, other, bits in zip(
        linked.candidates.left_idx.tolist(), linked.candidates.right_idx.tolist(), linked.weight_bits.tolist(),
        strict=True,
    ):  # fmt: skip
        if own in {one, other}:
            of_unit[other if own == one else one] = bits
    if linked.table.n_copies[own] > 1:
        of_unit[int(own)] = float(linked.copy_bits[own])
    keys = batch.assignments["record_key"].to_pylist()
    return {
        key: of_unit[unit] for key, unit in zip(keys[:-1], unit_of_row[:-1].tolist(), strict=True) if unit in of_unit
    }


def test_a_record_is_recognized_by_what_it_says(registry: Registry) -> None:
    """Whoever states all of a record's values is its customer, in nearly all cases, and never another one's."""
    found = [dict(row) for row in rows("persons")]
    answers = [registry.identify(row, source=SOURCE) for row in found]
    right = [registry.id_of((SOURCE, row["record_id"])) for row in found]
    recognized = [(who.customer, each) for who, each in zip(answers, right, strict=True) if who.customer is not None]
    assert len(recognized) > 0.9 * len(found)
    assert all(customer == each for customer, each in recognized)


def test_probabilities_are_shares_of_the_odds() -> None:
    """Where all customers have one record the odds of each are those of its pair; those of nobody are 1."""
    registry = _registry(_twins())
    who = registry.identify({"family_name": "Quillfeather", "birth_date": "1980-04-03"})
    assert len(who.candidates) == 2
    odds = {each.customer: float(odds_of(np.array([each.weight_bits]))[0]) for each in who.candidates}
    total = 1.0 + sum(odds.values())
    for each in who.candidates:
        assert each.probability == pytest.approx(odds[each.customer] / total)
    assert who.unknown_probability + sum(each.probability for each in who.candidates) == pytest.approx(1.0)


def test_twins_are_two_candidates_and_a_question() -> None:
    """Nobody is picked where two state the same: both are named, and their given name is asked for."""
    registry = _registry([*rows("persons"), *_twins()])
    asked = {"family_name": "Quillfeather", "birth_date": "1980-04-03", "street": "7 rue des Lilas"}
    who = registry.identify(asked)
    assert who.decision is RecognitionDecision.AMBIGUOUS
    assert who.customer is None
    twins = {registry.id_of((SOURCE, "t1")), registry.id_of((SOURCE, "t2"))}
    assert {each.customer for each in who.candidates[:2]} == twins
    assert [each.customer for each in who.candidates[:2]] == sorted(twins)
    assert {each.grade for each in who.candidates[:2]} == {Grade.POSSIBLE}
    assert who.next_question is not None
    assert who.next_question.attribute == "given_name"
    assert 0.5 < who.next_question.information_bits < 2
    answered = registry.identify(asked | {"given_name": "Zoltan"})
    assert answered.customer == registry.id_of((SOURCE, "t2"))
    assert answered.next_question is None


@pytest.mark.parametrize("said", ["?", "01/01/1900", "no idea", ["1980"]])
def test_nobody_is_asked_twice(said: object) -> None:
    """What was answered with nothing that helps, or cannot be read, is not asked for again; what else may help is."""
    registry = _registry([*rows("persons"), *_twins()])
    asked: dict[str, object] = {"family_name": "Quillfeather", "birth_date": said, "street": "rue des Lilas"}
    for _ in range(12):
        question = registry.identify(asked).next_question
        if question is None:
            break
        assert question.attribute not in asked
        asked[question.attribute] = "?"
    else:
        pytest.fail("there is always another question")
    assert "given_name" in asked
    # A street without a number leaves the number to be asked for.
    assert "house_number" in asked


def test_a_shared_number_recognizes_nobody(registry: Registry) -> None:
    """Of two customers with one number neither is picked, also where one has most of the records; a name decides."""
    who = registry.identify({"phone": "02 36 19 12 81"})
    assert (who.decision, who.customer) == (RecognitionDecision.AMBIGUOUS, None)
    assert [each.grade for each in who.candidates] == [Grade.PROBABLE, Grade.POSSIBLE]
    assert who.next_question is not None
    hurried = registry.identify({"phone": "02 36 19 12 81"}, match_probability=0.5)
    assert hurried.customer == who.candidates[0].customer
    named = registry.identify({"phone": "02 36 19 12 81", "given_name": "Christian", "family_name": "Cragchet"})
    assert named.customer == who.candidates[0].customer


def test_who_is_not_there_is_unknown(registry: Registry) -> None:
    """Nobody is recognized by the name of nobody."""
    who = registry.identify({"given_name": "Xanthippe", "family_name": "Vrklj", "birth_date": "1931-02-28"})
    assert (who.decision, who.customer, who.candidates) == (RecognitionDecision.UNKNOWN, None, ())
    assert who.unknown_probability > 0.99
    assert who.next_question is None


def test_an_empty_registry_knows_nobody() -> None:
    """A match model is enough to ask."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    assert registry.identify({"phone": "0240000001"}).decision is RecognitionDecision.UNKNOWN


def test_more_certainty_leaves_more_open(registry: Registry) -> None:
    """A threshold above the probability of the best makes a customer probable, not certain."""
    row = next(row for row in rows("persons") if row["given_name"] and row["birth_date"])
    asked = {name: row[name] for name in ("given_name", "family_name", "birth_date")}
    who = registry.identify(asked)
    assert who.candidates[0].grade is Grade.CERTAIN
    stricter = registry.identify(asked, match_probability=np.nextafter(1.0, 0.0))
    assert stricter.decision is RecognitionDecision.AMBIGUOUS
    assert stricter.candidates[0].grade is Grade.PROBABLE
    assert stricter.candidates[0].probability == who.candidates[0].probability


def test_why_adds_up_to_the_weight(registry: Registry) -> None:
    """The reasons of each candidate are the parts of its weight."""
    row = rows("persons")[0]
    who = registry.identify({name: row[name] for name in ("family_name", "email", "phone")})
    assert who.candidates
    for each in who.candidates:
        assert each.why.weight_bits == pytest.approx(each.weight_bits)
        named = {compared.name: compared for compared in each.why.comparisons}
        assert named["family_name"].left_values
        assert named["birth_date"].level == "missing"


@given(st.permutations(range(50)), st.integers(0, 60))
@settings(max_examples=5)
def test_answers_do_not_depend_on_what_came_before(order: list[int], said: int) -> None:
    """The same live records answer the same to the bit, whatever the order in which they came."""
    found = [dict(row) for row in rows("persons")[:60]]
    whole, parts = _registry(found[:50]), _registry(found[10:])
    parts.withdraw([(SOURCE, row["record_id"]) for row in found[50:]])
    whole.identify({"city": "Nantes"})
    for start in range(0, len(order), 20):
        parts.ingest([found[place] for place in order[start : start + 20]], source=SOURCE)
        parts.identify({"city": "Nantes"})
    asked = {name: found[said % 60][name] for name in NAMES}
    one, other = (registry.identify(asked) for registry in (whole, parts))
    assert one.unknown_probability == other.unknown_probability
    assert _by_record(one) == _by_record(other)


def _by_record(who: Any) -> list[tuple[Any, ...]]:
    return sorted((each.record, each.probability, each.weight_bits, each.grade) for each in who.candidates)


def test_answers_follow_what_persons_decide() -> None:
    """Merge and split, undo and withdrawal: whoever holds the record now is the customer."""
    registry = _registry([*rows("persons")[:60], *_twins()])
    asked = {"given_name": "Zoltan", "family_name": "Quillfeather", "birth_date": "1980-04-03", "city": "Nantes"}
    one, other = (SOURCE, "t1"), (SOURCE, "t2")
    before = registry.identify(asked).customer
    assert before == registry.id_of(other)
    merged = registry.merge(one, other, reason="one person")
    assert registry.identify(asked).customer == registry.id_of(one) == registry.id_of(other)
    registry.undo(merged.number)
    assert registry.identify(asked).customer == before
    registry.withdraw([other])
    assert before not in {each.customer for each in registry.identify(asked).candidates}
    registry.ingest([_twins()[1]], source=SOURCE)
    assert registry.identify(asked).customer == registry.id_of(other)


def test_answers_follow_another_model() -> None:
    """Weights are those of the model in use, though no customer changes with it."""
    registry = _registry(_twins())
    asked = {"given_name": "Zoltan", "family_name": "Quillfeather"}
    before = registry.identify(asked).candidates[0].weight_bits
    registry.use(custid.train(list(rows("persons")[:80])))
    assert registry.identify(asked).candidates[0].weight_bits != before


def test_answers_follow_other_processes(tmp_path: Path) -> None:
    """What another object writes to the same file is known at the next question."""
    with open_registry(tmp_path / "customers.db") as asking, open_registry(tmp_path / "customers.db") as writing:
        writing.use(model("persons", 12))
        asked = {"given_name": "Zoltan", "family_name": "Quillfeather", "birth_date": "1980-04-03"}
        assert asking.identify(asked).decision is RecognitionDecision.UNKNOWN
        writing.ingest(_twins(), source=SOURCE, schema=feed("persons").schema)
        who = asking.identify(asked)
        assert who.customer == writing.id_of((SOURCE, "t2"))
        assert who.change == 1
        writing.withdraw([(SOURCE, "t2")])
        assert asking.identify(asked).customer is None


def test_many_ask_while_one_writes(tmp_path: Path) -> None:
    """Answers of threads beside a writer are those of one state of the registry."""
    found = [dict(row) for row in rows("persons")]
    with open_registry(tmp_path / "customers.db") as registry:
        registry.use(model("persons", 12))
        registry.ingest([*found[:60], *_twins()], source=SOURCE, schema=feed("persons").schema)
        asked = {"given_name": "Zoltan", "family_name": "Quillfeather", "birth_date": "1980-04-03"}
        answers: list[Any] = []
        is_over: list[bool] = []

        def ask() -> None:
            while not is_over or not answers:
                answers.append(registry.identify(asked))

        askers = [Thread(target=ask) for _ in range(3)]
        for each in askers:
            each.start()
        try:
            for number in range(4):
                change = registry.merge((SOURCE, "t1"), (SOURCE, "t2"), reason="once")
                registry.ingest(found[60 + number : 62 + number], source=SOURCE)
                registry.undo(change.number)
        finally:
            is_over.append(True)
            for each in askers:
                each.join()
        for who in answers:
            assert who.customer == registry.as_of(who.change).id_of((SOURCE, "t2"))
        with pytest.raises(InputError):
            registry.identify({})


def test_generic_values_say_nothing(registry: Registry) -> None:
    """A number that many names share is no evidence, and the answer says so."""
    who = registry.identify({"phone": generic_rows()[0]["phone"]})
    assert (who.decision, who.candidates) == (RecognitionDecision.UNKNOWN, ())
    assert [(each.name, each.issue) for each in who.issues] == [("phone", "generic")]


def test_what_cannot_be_read_is_reported(registry: Registry) -> None:
    """Values of no use are named with the reason, never shown, and the others count."""
    who = registry.identify({"birth_date": "tomorrow", "phone": ["1"], "family_name": "Vrklj", "iban": "x"})
    issues = {each.name: each.issue for each in who.issues}
    assert issues.keys() == {"birth_date", "phone", "iban"}
    assert "tomorrow" not in repr(who)


def test_columns_of_a_source_are_read_as_its_rows_are(registry: Registry) -> None:
    """Names are columns; those that are no evidence are reported, and record keys passed over."""
    row = {"record_id": "new", "family_name": "Vrklj", "company": ""}
    assert registry.identify(row, source=SOURCE).issues == ()


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({}, InputError, "expected a value at least"),
        ({"phone": None, "city": " "}, InputError, "expected a value at least"),
        ({"phonne": "1"}, SchemaError, "'phonne'.*Did you mean 'phone'"),
        ({"wealth": "1"}, ConfigurationError, "must not be compared"),
        ("phone", UnsupportedInputError, "expected values by name"),
    ],
)
def test_questions_that_make_no_sense_are_refused(
    registry: Registry, values: Any, error: type[Exception], message: str
) -> None:
    """Nothing to go by, a name of nothing, or what must not be evidence."""
    with pytest.raises(error, match=message):
        registry.identify(values)


def test_options_out_of_range_are_refused(registry: Registry) -> None:
    """A source never heard of, a threshold that two customers could pass, fewer than no candidates."""
    with pytest.raises(ConfigurationError, match="source 'elsewhere': expected one of rows heard of"):
        registry.identify({"phone": "1"}, source="elsewhere")
    with pytest.raises(ConfigurationError, match=r"match_probability: expected 0\.5 to below 1"):
        registry.identify({"phone": "1"}, match_probability=0.4)
    with pytest.raises(ConfigurationError, match="max_candidates: expected 0 or more"):
        registry.identify({"phone": "1"}, max_candidates=-1)
    with pytest.raises(ConfigurationError, match="expected a match model"):
        Registry(MemoryStore()).identify({"phone": "1"})


def test_a_request_that_fails_changes_no_answer() -> None:
    """Records that were matched and not written are nobody's, and questions do not meet them."""
    minter = _Minter()
    registry = Registry(MemoryStore(), minter=minter)
    registry.use(model("persons", 12))
    registry.ingest([dict(row) for row in rows("persons")[:40]], source=SOURCE, schema=feed("persons").schema)
    stranger = _twins()[0]
    asked = {name: stranger[name] for name in ("given_name", "family_name", "birth_date")}
    before = registry.identify(asked)
    minter.is_out = True
    with pytest.raises(StoreError):
        registry.ingest([stranger], source=SOURCE)
    assert registry.identify(asked).to_dict() == before.to_dict()
    minter.is_out = False
    registry.ingest([stranger], source=SOURCE)
    assert registry.identify(asked).customer == registry.id_of((SOURCE, "t1"))


def test_a_question_is_answered_beside_others_that_write_all_the_time() -> None:
    """Whenever it is looked, something has been written since: the answer is about the state when it was asked."""
    store = _Busy()
    registry = Registry(store)
    registry.use(model("persons", 12))
    registry.ingest([_twins()[0]], source=SOURCE)
    asked = {name: _twins()[0][name] for name in ("given_name", "family_name", "birth_date")}
    for _ in range(2):
        assert registry.identify(asked).candidates[0].customer == registry.id_of((SOURCE, "t1"))


class _Busy(MemoryStore):
    """A store to which others write between any two looks."""

    n_looks = 0

    def stamp(self) -> int:
        self.n_looks += 1
        assert self.n_looks < 10
        return self.n_looks


class _Minter:
    """A service of identifiers that may be out of reach."""

    def __init__(self) -> None:
        self.is_out = False
        self._mint = RandomMinter()

    def __call__(self, founder: RecordKey, attempt: int, /) -> CustomerId:
        if self.is_out:
            raise StoreError("identifiers: out of reach.")
        return self._mint(founder, attempt)


def test_few_candidates_are_named(registry: Registry) -> None:
    """As many as asked for, the most probable ones, of the same probability."""
    asked = {"family_name": rows("persons")[0]["family_name"]}
    many, one = registry.identify(asked), registry.identify(asked, max_candidates=1)
    assert len(many.candidates) > 1
    assert one.candidates == many.candidates[:1]
    assert registry.identify(asked, max_candidates=0).candidates == ()


def test_an_answer_is_plain_data(registry: Registry) -> None:
    """It goes to JSON with reasons, issues and the question."""
    who = registry.identify({"family_name": rows("persons")[0]["family_name"], "phone": "x"})
    document = json.loads(json.dumps(who.to_dict()))
    assert document["decision"] == who.decision
    assert document["candidates"][0]["why"]["comparisons"]
    assert document["issues"] == [{"name": "phone", "issue": who.issues[0].issue}]
    assert document["next_question"]["attribute"] == who.next_question.attribute  # type: ignore[union-attr]


def test_asking_writes_nothing() -> None:
    """The registry is the same afterwards."""
    registry = _registry(_twins())
    changes = list(registry.changes())
    random = Random(3)  # noqa: S311 - no secret
    for row in random.sample([dict(row) for row in rows("persons")], 5):
        registry.identify(row, source=SOURCE)
    assert list(registry.changes()) == changes


def test_kinds_of_party_exclude_each_other() -> None:
    """A customer with a record of another kind than the one asked for is no candidate."""
    held = {"record_id": "t1", "party_kind": "person", "family_name": "Quillfeather", "phone": "0240000001"}
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    registry.ingest([held], source="crm")
    asked = {"family_name": "Quillfeather", "phone": "0240000001"}
    assert registry.identify(asked).candidates
    assert registry.identify(asked | {"party_kind": "organization"}).candidates == ()
