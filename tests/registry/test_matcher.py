"""However records came, changed and went, the matcher groups them as one batch over the live ones does."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import custid
from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError
from custid.registry import RecordKey
from custid.registry.matcher import Matcher
from custid.registry.saved_state import SavedState
from custid.scoring.match_model import TrainedMatchModel
from tests.registry.matched import SOURCE, batch, feed, generic_rows, model, rows, standardized

_CAPS = (2, 4, 12, 50)
Steps = list[tuple[dict[int, int], list[int]]]


@st.composite
def _histories(draw: st.DrawFn) -> tuple[str, int, Steps]:
    """A kind of records, a cap, and steps: which record says what from now on, and which ones go."""
    kind = draw(st.sampled_from(["persons", "organizations"]))
    n_rows = len(rows(kind))
    places = st.integers(0, n_rows - 1)
    many = st.lists(places, min_size=20, max_size=80).map(lambda chosen: {place: place for place in chosen})
    updates = st.dictionaries(places, places, max_size=4)
    step = st.tuples(st.one_of(many, updates), st.lists(places, max_size=20))
    return kind, draw(st.sampled_from(_CAPS)), draw(st.lists(step, min_size=1, max_size=6))


def _key(place: int, kind: str) -> RecordKey:
    return RecordKey(SOURCE, _row(place, kind)[_key_column(kind)])


def _key_column(kind: str) -> str:
    return feed(kind).schema.record_key or ""


def _row(place: int, kind: str) -> dict[str, Any]:
    return dict(rows(kind)[place])


def _again(matcher: Matcher, trained: TrainedMatchModel) -> Matcher:
    """Return a matcher as it is saved and loaded."""
    with TemporaryDirectory() as directory:
        saved = SavedState(Path(directory) / "state")
        saved.save(matcher, None, (1, "digest"), ["model"])
        found = saved.load(trained, ResolveOptions(), ["model"])
    assert found is not None
    assert found[1:] == (None, (1, "digest"))
    return found[0]


def _groups(matcher: Matcher) -> set[frozenset[str]]:
    return {frozenset(key.key for key in group) for group in matcher.groups_of(matcher.records)}


@given(_histories())
@settings(max_examples=15)
def test_groups_are_those_of_one_batch(drawn: tuple[str, int, Steps]) -> None:
    """After every step, few or many, for every cap of blocks, with values that turn generic and labels.

    Before every other step the matcher is saved and loaded.
    """
    kind, cap, steps = drawn
    trained, matcher, live = model(kind, cap), Matcher(model(kind, cap)), dict[RecordKey, dict[str, Any]]()
    for number, (updated, leaving) in enumerate(steps):
        if number % 2:
            matcher = _again(matcher, trained)
        arriving = {_key(place, kind): standardized(kind)[_key(said, kind)] for place, said in updated.items()}
        departing = {_key(place, kind) for place in leaving} - arriving.keys()
        before = _groups(matcher)
        touched = matcher.update(arriving, departing)
        for place, said in updated.items():
            own = {_key_column(kind): _key(place, kind).key}
            live[_key(place, kind)] = _row(said, kind) | own
        for key in departing:
            live.pop(key, None)
        found = _groups(matcher)
        assert found == batch(live.values(), trained, feed(kind).schema)
        names = {key.key for key in touched}
        assert all(group <= names for group in found - before)


@given(st.permutations(range(60)), st.lists(st.integers(1, 30), min_size=1, max_size=8))
@settings(max_examples=5)
def test_order_and_batching_leave_no_trace(order: list[int], sizes: list[int]) -> None:
    """The same records, in other batches and in another order, make the same groups."""
    one, other = Matcher(model("persons", 12)), Matcher(model("persons", 12))
    said = {place: (_key(place, "persons"), standardized("persons")[_key(place, "persons")]) for place in range(60)}
    one.update(dict(said.values()))
    todo = list(order)
    while todo:
        size = sizes[len(todo) % len(sizes)]
        other.update(dict(said[place] for place in todo[:size]))
        todo = todo[size:]
    assert _groups(one) == _groups(other)


def test_a_number_that_turns_generic_is_forgotten_and_remembered() -> None:
    """With ten families it says nothing, with nine it does, whichever way they were reached."""
    trained, matcher = model("persons", 50), Matcher(model("persons", 50))
    shared = [row["record_id"] for row in generic_rows()]
    live: list[str] = []
    for key in (*shared, *shared[:6]):
        record = RecordKey(SOURCE, key)
        if key in live:
            matcher.update({}, [record])
            live.remove(key)
        else:
            matcher.update({record: standardized("persons")[record]})
            live.append(key)
        chosen = [row for row in generic_rows() if row["record_id"] in live]
        assert _groups(matcher) == batch(chosen, trained, feed("persons").schema)


def test_what_is_said_again_touches_nothing() -> None:
    """The same content of the same records is no change."""
    matcher = Matcher(model("persons", 12))
    matcher.update(standardized("persons"))
    assert matcher.update(standardized("persons")) == set()
    assert matcher.effort.n_touched == 0


@pytest.mark.parametrize("n_beside", [200, 800, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_hub_is_not_looked_into(n_beside: int) -> None:
    """A record that joins a block far above the cap touches no more units than it would beside a small one."""
    trained = evolve(model("persons", 12))
    matcher = Matcher(trained)
    crowd = [
        {"record_id": f"c{number}", "given_name": "", "family_name": "", "city": "Paris", "phone": f"06{number:08d}"}
        for number in range(n_beside)
    ]
    empty = dict.fromkeys(rows("persons")[0], "")
    said = feed("persons").rows_of(_contents([empty | row for row in crowd]))
    matcher.update(said)
    newcomer = empty | {"record_id": "new", "city": "Paris", "phone": "0799999999"}
    matcher.update(feed("persons").rows_of(_contents([newcomer])))
    assert matcher.effort.n_touched <= 1 + 2 * 12


def test_all_records_may_go() -> None:
    """What is left of many records is nothing, and others can come."""
    matcher, said = Matcher(model("persons", 12)), dict(standardized("persons"))
    matcher.update(said)
    assert matcher.update({}, list(said)) == set()
    assert matcher.groups_of(matcher.records) == []
    matcher.update(said)
    assert _groups(matcher) == batch(rows("persons"), model("persons", 12), feed("persons").schema)


def test_a_probe_weighs_what_the_record_would() -> None:
    """What somebody says has the candidates and the weights that it has as a record."""
    matcher, said = Matcher(model("persons", 12)), dict(standardized("persons"))
    key, row = next((key, row) for key, row in said.items() if len(row.values) > 4)
    matcher.update({each: other for each, other in said.items() if each != key})
    content = matcher.content_for(row)
    before = matcher.near_units(content)
    matcher.update({key: row})
    unit, after = matcher.units.unit_of(key), matcher.near_units(content)
    assert (before.own, after.own) == (None, unit)
    assert (matcher.held_content(unit)().values, matcher.held_content(unit)().kind) == (content.values, content.kind)
    assert after.units.tolist() == sorted({*before.units.tolist(), unit})
    records = [key, *(min(matcher.units.records_of(each)) for each in before.units.tolist())]
    weighed = matcher.weights_among(records)
    assert [weighed[0, place] for place in range(1, len(records))] == before.weight_bits.tolist()
    assert [bits for each, bits in zip(after.units, after.weight_bits, strict=True) if each != unit] == [
        bits for each, bits in zip(before.units, before.weight_bits, strict=True) if each != unit
    ]


def _contents(given: list[dict[str, Any]]) -> Any:
    from custid.registry import Content

    return {RecordKey(SOURCE, row["record_id"]): Content.of({k: v for k, v in row.items() if v}) for row in given}


def test_a_model_that_does_not_tell_its_cap_is_refused() -> None:
    """Nothing a batch would have to decide may be left open."""
    with pytest.raises(ConfigurationError, match="cap of blocks"):
        Matcher(evolve(model("persons", 12), block_cap=None))


def test_an_empty_matcher_has_no_groups() -> None:
    """Nothing comes of nothing."""
    matcher = Matcher(model("persons", 12))
    assert matcher.update({}) == set()
    assert matcher.groups_of([]) == []


def test_a_trained_model_is_that_of_a_batch() -> None:
    """The records of these tests are resolved as `custid.dedupe` resolves them."""
    found = batch(rows("persons"), model("persons", 50), feed("persons").schema)
    assert len(found) == custid.dedupe(list(rows("persons")), model=model("persons", 50)).n_customers
