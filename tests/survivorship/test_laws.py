"""Laws of the golden record, which hold for all records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from random import Random
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.model import Basis, Consent, Record, Stated, Verification
from custid.survivorship import PROTECTION, Choice, Golden, canonical_form, golden_record, natural_key, slot_of
from tests.survivorship.statements import SOURCES, mapped, moment, person_record, records, reordered, statements_of

_FIELDS = {
    "person_names": "names",
    "birth_date": "birth_dates",
    "birth_place": "birth_places",
    "sex": "sexes",
    "language": "languages",
}

# Examples are small and many: most laws are broken by two or three statements about one attribute.
laws = settings(max_examples=100, deadline=None)


def choices(golden: Golden) -> tuple[Choice, ...]:
    return (*golden.single, *golden.multiple)


def values(golden: Golden) -> list[tuple[str, str, Any]]:
    return [(each.attribute, each.slot, each.value) for each in choices(golden)]


def stated_by(found: Iterable[Record]) -> set[Stated[Any]]:
    return set(statements_of(found))


@laws
@given(records())
def test_nothing_is_invented(found: list[Record]) -> None:
    """Every golden value is, whole, the value of a statement of one record."""
    given_values = [statement.value for statement in statements_of(found)]
    for choice in choices(golden_record(found)):
        assert choice.value in given_values


@laws
@given(records())
def test_every_value_is_traceable(found: list[Record]) -> None:
    """Winners and runners-up are statements of the records, unchanged, and the value is the winner's."""
    known = stated_by(found)
    golden = golden_record(found)
    for choice in choices(golden):
        assert choice.value is choice.statement.value
        assert {choice.statement, *choice.runners_up} <= known
        assert choice.statement not in choice.runners_up
    for consent in golden.consents:
        assert {consent.statement, *consent.runners_up} <= known


@laws
@given(records(), st.randoms(use_true_random=False))
def test_order_of_records_is_of_no_influence(found: list[Record], random: Random) -> None:
    """Shuffled records and shuffled statements give the same golden record, runners-up included."""
    shuffled = [reordered(record, random) for record in random.sample(found, len(found))]
    assert golden_record(shuffled) == golden_record(found)


@laws
@given(records())
def test_records_that_come_twice_change_nothing(found: list[Record]) -> None:
    """Intake of the same records again gives the same golden record."""
    assert golden_record([*found, *found]) == golden_record(found)


@laws
@given(records())
def test_golden_record_of_golden_values_is_itself(found: list[Record]) -> None:
    """Chosen statements alone are chosen again."""
    golden = golden_record(found)
    chosen = {choice.statement for choice in choices(golden)}
    usable = [record for record in found if not record.is_restricted]
    again = golden_record(mapped(usable, lambda statement: statement if statement in chosen else None))
    assert {each.statement for each in choices(again)} == chosen


@laws
@given(records())
def test_values_that_come_back_are_ignored(found: list[Record]) -> None:
    """A golden record that a source sends back, as inferred by custid, changes nothing."""
    golden = golden_record(found)
    back: dict[str, Any] = {}
    for choice in golden.single:
        if choice.attribute in _FIELDS:
            by = evolve(choice.statement.by, source="custid", basis=Basis.INFERRED, record="back")
            late = evolve(by, observed_at=moment(900), recorded_at=moment(900))
            back.setdefault(_FIELDS[choice.attribute], []).append(evolve(choice.statement, by=late))
    if back:
        assert golden_record([*found, person_record("custid", "back", **back)]) == golden


@laws
@given(records(), st.integers(0, 90))
def test_verifying_a_chosen_value_keeps_it(found: list[Record], day: int) -> None:
    """A further check of the winner never makes it lose."""
    for choice in golden_record(found).single:
        check = Verification(at=moment(day), by="desk", means="document")

        def verify(
            statement: Stated[Any], winner: Stated[Any] = choice.statement, new: Verification = check
        ) -> Stated[Any]:
            return (
                evolve(statement, by=evolve(statement.by, verified=(*statement.by.verified, new)))
                if statement is winner
                else statement
            )

        assert golden_record(mapped(found, verify)).value(choice.attribute, choice.slot) == choice.value


@laws
@given(records())
def test_removing_a_loser_changes_nothing(found: list[Record]) -> None:
    """Without a statement of another value, and what its record had said before, the same statement wins."""
    for choice in golden_record(found).single:
        stands = {choice.statement, *choice.runners_up}
        losers = [each for each in choice.runners_up if natural_key(each) != natural_key(choice.statement)]
        for loser in losers:
            left = mapped(found, partial(without, loser=loser, stands=stands))
            again = golden_record(left).choice(choice.attribute, choice.slot)
            assert again is not None
            assert again.statement == choice.statement


def without(statement: Stated[Any], *, loser: Stated[Any], stands: set[Stated[Any]]) -> Stated[Any] | None:
    is_rival = type(statement.value) is type(loser.value) and slot_of(statement.value) == slot_of(loser.value)
    is_superseded = is_rival and statement.by.record == loser.by.record and statement not in stands
    return None if statement == loser or is_superseded else statement


@laws
@given(records(), st.sampled_from(SOURCES))
def test_removing_a_source_leaves_no_trace(found: list[Record], source: str) -> None:
    """Without a source the golden record is what the other sources give, as if it were restricted."""
    without = [record for record in found if record.source != source]
    frozen = [evolve(record, is_restricted=True) if record.source == source else record for record in found]
    golden = golden_record(without)
    assert choices(golden_record(frozen)) == choices(golden)
    for choice in choices(golden):
        assert source not in {each.by.source for each in (choice.statement, *choice.runners_up)}


@laws
@given(records(), st.integers(0, 70), st.integers(0, 70))
def test_past_views_are_reproducible(found: list[Record], known: int, day: int) -> None:
    """What was known at a moment of the past does not depend on what has been learned since."""
    at, then = date(2020, 1, 1).replace(month=1 + day % 12), moment(known)
    at_the_time = mapped(found, lambda statement: statement if statement.by.recorded_at <= then else None)
    assert golden_record(found, at=at, known_at=then) == golden_record(at_the_time, at=at)


@laws
@given(records(), st.integers(0, 24))
def test_values_hold_on_the_day(found: list[Record], month: int) -> None:
    """With a day, every value and every runner-up holds on it."""
    at = date(2019 + month // 12, 1 + month % 12, 1)
    for choice in choices(golden_record(found, at=at)):
        assert all(each.valid.contains(at) for each in (choice.statement, *choice.runners_up))


@laws
@given(records())
def test_restricted_records_give_no_values(found: list[Record]) -> None:
    """No value, and no runner-up, comes from a restricted record."""
    restricted = stated_by(record for record in found if record.is_restricted)
    for choice in choices(golden_record(found)):
        assert not restricted & {choice.statement, *choice.runners_up}


@laws
@given(records(), st.permutations(range(5)))
def test_keys_of_records_are_of_no_influence(found: list[Record], numbers: list[int]) -> None:
    """Other keys of the records give the same values."""
    names = {str(old): f"k{new}" for old, new in enumerate(numbers)}
    renamed = [
        evolve(record, key=names[record.key])
        for record in mapped(found, lambda each: evolve(each, by=evolve(each.by, record=names[each.by.record])))
    ]
    assert values(golden_record(renamed)) == values(golden_record(found))


@laws
@given(records())
def test_names_and_addresses_are_whole(found: list[Record]) -> None:
    """The parts of a name or an address come from one statement, so that they all stand in its value."""
    golden = golden_record(found)
    for choice in choices(golden):
        if choice.attribute in {"person_names", "contacts"}:
            assert any(choice.value == each.value and choice.statement.by == each.by for each in statements_of(found))


@laws
@given(records())
def test_no_value_of_several_is_lost(found: list[Record]) -> None:
    """Contacts and identifiers are united: each canonical form that is stated is there, once."""
    golden = golden_record(found)
    for attribute in ("contacts", "identifiers", "holdings"):
        stated = {
            canonical_form(statement.value)
            for record in found
            if not record.is_restricted
            for declared, statement in record.statements()
            if declared.name == attribute
        }
        kept = [canonical_form(value) for value in golden.values(attribute)]
        assert len(kept) == len(set(kept))
        assert set(kept) == stated


@laws
@given(records(("consents",)))
def test_a_refusal_is_never_outvoted(found: list[Record]) -> None:
    """What holds is at least as protective as the last word of every record."""
    golden = golden_record(found)
    for choice in golden.consents:
        for record in found:
            said: list[Stated[Consent]] = [
                each
                for each in record.consents
                if (each.value.purpose, each.value.channel) == (choice.purpose, choice.channel)
            ]
            if said and not record.is_restricted:
                last = max(each.by.observed_at for each in said)
                least = [PROTECTION.index(each.value.status) for each in said if each.by.observed_at == last]
                assert PROTECTION.index(choice.status) >= min(least)
