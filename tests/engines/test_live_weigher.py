"""`custid.engines.live_weigher`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.comparison.comparison import Comparison
from custid.comparison.levels import AddressLevels, EmailLevels, ErrorLevels
from custid.comparison.names import PersonNameComparison
from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueComparison, ValueLevels
from custid.engines._given_model import fitting_table
from custid.engines.live_weigher import LiveWeigher, UnitValues
from custid.engines.local import LocalEngine
from custid.engines.options import Parts
from custid.engines.table_weigher import TableWeigher, binding_context
from custid.errors import ConfigurationError, StoreError, StoreFormatError
from custid.registry.live_units import UnitContent
from custid.registry.row_columns import RowColumns
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.pair_weigher import PairWeigher
from custid.table.record_table import RecordTable, build_record_table
from tests.registry import matched

KINDS = ("persons", "organizations")
_SAME_START = FunctionLevels(
    ("else", "same first", "same two first", "exact"), lambda a, b: int(a[:1] == b[:1]) + int(a[:2] == b[:2])
)


@cache
def contents(kind: str) -> tuple[UnitContent, ...]:
    """Return what the units of some records state."""
    known = frozenset(matched.model(kind, 50).attributes or ())
    rows = matched.standardized(kind).values()
    stated = (UnitContent(tuple(each for each in row.values if each[0] in known), row.kind) for row in rows)
    return tuple(dict.fromkeys(stated))


def table_of_units(units: Sequence[UnitContent]) -> tuple[RecordTable, NDArray[np.int64]]:
    """Return the table of some units, all different, and the place of each in it."""
    columns = RowColumns.of(units)
    kinds = columns.kinds if (columns.kinds >= 0).any() else None
    table = build_record_table(columns.values, len(columns), kind_of_row=kinds)
    return table, table.unit_of_row


def all_pairs(n_units: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return every pair of units, and each unit with itself."""
    left, right = np.triu_indices(n_units)
    return left.astype(np.int32), right.astype(np.int32)


def in_batch(model: TrainedMatchModel, units: Sequence[UnitContent]) -> NDArray[np.float64]:
    """Return the weights of all pairs, both of units in the order given, as a batch has them."""
    table, places = table_of_units(units)
    left, right = all_pairs(len(units))
    return TableWeigher(model, table).weight_bits(*(places[each].astype(np.int32) for each in (left, right)))


def weights(weigher: LiveWeigher, places: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the weights of all pairs of some places."""
    left, right = all_pairs(len(places))
    return weigher.weight_bits(places[left], places[right])


@pytest.mark.parametrize("kind", KINDS)
def test_units_of_a_table(kind: str) -> None:
    """Bound from a table, all weights, copies, hashes, kinds and labels are those of the table."""
    model = matched.model(kind, 50)
    table, _ = table_of_units(contents(kind))
    weigher, batch = LiveWeigher.of_table(model, table), TableWeigher(model, table)
    left, right = all_pairs(table.n_units)
    every = np.arange(table.n_units, dtype=np.int32)
    assert weigher.weight_bits(left, right).tolist() == batch.weight_bits(left, right).tolist()
    assert weigher.copy_bits(every).tolist() == batch.copy_bits().tolist()
    assert weigher.content_hash(every).tolist() == table.content_hash.tolist()
    assert [weigher.content_of(place).kind for place in every.tolist()] == table.kind_of_unit.tolist()
    for name, labels in batch.labels.items():
        live = weigher.labels[name]
        assert [live[a] == live[b] for a, b in zip(left, right, strict=True)] == [
            labels[a] == labels[b] for a, b in zip(left, right, strict=True)
        ]
        assert (live >= 0).tolist() == (labels >= 0).tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_units_one_by_one(kind: str) -> None:
    """Added one by one to none, units weigh, hash and state what they do in a batch."""
    model, units = matched.model(kind, 50), contents(kind)
    weigher = LiveWeigher(model)
    places = np.concatenate([weigher.add([unit]) for unit in units])
    assert weights(weigher, places).tolist() == in_batch(model, units).tolist()
    table, place_of = table_of_units(units)
    assert weigher.content_hash(places).tolist() == table.content_hash[place_of].tolist()
    assert [(each.values, each.kind) for each in map(weigher.content_of, places.tolist())] == [
        (each.values, each.kind) for each in units
    ]
    assert len(weigher) == len(units)


@pytest.mark.parametrize("kind", KINDS)
def test_many_units_at_once(kind: str) -> None:
    """Many units that come at once are bound anew with those that stay, at their places; removed ones are gone."""
    model, units = matched.model(kind, 50), contents(kind)
    weigher = LiveWeigher(model)
    first = weigher.add(units[:20])
    weigher.remove(first[:5])
    more = [evolve(unit, values=values) for unit in units[20:] for values in (unit.values[:-1], unit.values[1:])]
    many = list(dict.fromkeys(each for each in (*units[20:], *more) if each not in units[:20]))
    places = np.concatenate([first[5:], weigher.add(many)])
    assert len(many) >= 256
    assert weights(weigher, places).tolist() == in_batch(model, [*units[5:20], *many]).tolist()
    assert sorted(weigher.add(units[:5])) == sorted(first[:5])


NAMES = st.sampled_from(
    ["ana", "anna", "jean", "jean pierre", "pierre jean", "pierre", "j", "martin", "marten", "martin ana", "x12"]
)
STREETS = st.lists(st.sampled_from(["rue", "foch", "12", "marechal", "mal", "fochs", "d"]), min_size=1, max_size=5).map(
    " ".join
)
DATES = st.sampled_from(["1980-01-01", "1980-01-02", "1980", "1980-06", "1908-01-01", "XXXX-12-25", "1980-02-01"])
MAILS = st.sampled_from(
    ["ana.martin@a.example", "ana.martin4@a.example", "amartin@a.example", "ana_martin@b.example", "star@c.example"]
)
NUMBERS = st.text("0123", min_size=3, max_size=5)
COMPANIES = st.sampled_from(
    ["sncf", "societe nationale chemins fer", "chemins de fer", "sn", "dupont", "dupont et fils", "fils dupond et cie"]
)


def some(values: st.SearchStrategy[str], at_most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    """Return distinct values, ascending, most often one or none."""
    few = st.lists(values, max_size=at_most, unique=True).map(sorted).map(tuple)
    return st.one_of(st.just(()), values.map(lambda value: (value,)), few)


PERSON = {
    "given_name": some(NAMES),
    "family_name": some(NAMES),
    "birth_date": some(DATES),
    "street": some(STREETS),
    "city": some(STREETS),
    "postcode": some(NUMBERS),
    "phone": some(NUMBERS, 5),
    "email": some(MAILS),
    "loyalty_card": some(NUMBERS),
}
COMPANY = {
    "organization_name": some(COMPANIES),
    "siren": some(st.sampled_from(["000000018", "000000026", "000000027"])),
    "phone": some(NUMBERS),
    "street": some(STREETS),
    "email": some(MAILS),
}


def units_of(attributes: dict[str, st.SearchStrategy[tuple[str, ...]]]) -> st.SearchStrategy[UnitContent]:
    """Return contents of some attributes."""
    stated = st.fixed_dictionaries(attributes).map(
        lambda held: tuple((name, values) for name, values in sorted(held.items()) if values)
    )
    return st.builds(UnitContent, stated, st.sampled_from([-1, -1, 0, 1]))


def histories(
    attributes: dict[str, st.SearchStrategy[tuple[str, ...]]],
) -> st.SearchStrategy[tuple[list[UnitContent], list[tuple[str, int]]]]:
    """Return contents, and steps: what is done, and with which of them."""
    steps = st.tuples(st.sampled_from(["add", "add", "remove", "probe"]), st.integers(0, 11))
    return st.tuples(
        st.lists(units_of(attributes), min_size=12, max_size=12, unique=True), st.lists(steps, max_size=25)
    )


def check_history(model: TrainedMatchModel, units: Sequence[UnitContent], steps: Sequence[tuple[str, int]]) -> None:
    """Add, remove and probe, and compare with a batch at each probe and at the end."""
    table, _ = table_of_units(units[:3])
    weigher = LiveWeigher.of_table(model, fitting_table(model, table))
    place_of = {unit: weigher.add([unit])[0] for unit in units[3:5]}
    weigher.remove(range(table.n_units))
    for step, number in steps:
        unit = units[number]
        if step == "add" and unit not in place_of:
            place_of[unit] = weigher.add([unit])[0]
        elif step == "remove" and unit in place_of:
            weigher.remove([place_of.pop(unit)])
        elif step == "probe":
            with weigher.probe([unit]) as (probe,):
                others = [each for each in place_of if each != unit]
                places = np.array([probe, *(place_of[each] for each in others)], np.int32)
                assert weights(weigher, places).tolist() == in_batch(model, [unit, *others]).tolist()
                alone = weigher.weight_bits(places, np.full(len(places), probe, np.int32))
                assert weigher.weight_bits_with(probe, places).tolist() == alone.tolist()
    if place_of:
        found = weights(weigher, np.array(list(place_of.values()), np.int32))
        assert found.tolist() == in_batch(model, list(place_of)).tolist()


@settings(max_examples=25)
@given(histories(PERSON))
def test_any_history_of_persons(history: tuple[list[UnitContent], list[tuple[str, int]]]) -> None:
    """Whatever came, went and was asked, weights are to the bit those of a batch over what is there."""
    check_history(matched.model("persons", 50), *history)


@settings(max_examples=25)
@given(histories(COMPANY))
def test_any_history_of_organizations(history: tuple[list[UnitContent], list[tuple[str, int]]]) -> None:
    """The same of organizations, with acronyms, several names and identifiers that keep units apart."""
    check_history(matched.model("organizations", 50), *history)


def own_comparisons(table: RecordTable) -> tuple[Comparison, ...]:
    """Return comparisons of the user's own."""
    chosen: dict[str, ValueLevels] = {
        "phone": _SAME_START,
        "loyalty_card": EqualLevels(),
        "email": EmailLevels(min_similarity=0.8),
    }
    of_values = {name: chosen.get(name, ErrorLevels(max_errors=1)) for name in sorted(PERSON)[:-1]}
    del of_values["family_name"], of_values["given_name"]
    of_values["city"] = of_values["street"] = AddressLevels()
    assert set(of_values) <= set(table.columns)
    return (
        PersonNameComparison(),
        *(ValueComparison(attribute=name, levels=levels) for name, levels in of_values.items()),
    )


@cache
def own_model() -> TrainedMatchModel:
    """Return a model that was trained with comparisons of the user's own."""
    table, _ = table_of_units(contents("persons"))
    return LocalEngine().run(table, parts=Parts(comparisons=own_comparisons)).model


@pytest.mark.parametrize("is_compiled", [False, True])
@settings(max_examples=15)
@given(st.lists(units_of(PERSON), min_size=8, max_size=8, unique=True), st.integers(0, 7))
def test_comparisons_of_the_users_own(is_compiled: bool, units: list[UnitContent], n_bound: int) -> None:  # noqa: FBT001  # a parameter
    """Levels and weights by comparisons of the user's own are those of a batch, by either executor."""
    model = own_model()
    table, places = table_of_units(units)
    fitted = fitting_table(model, table)
    batch = PairComparer(
        fitted,
        own_comparisons(fitted),
        binding_context(model.frequencies, is_given=True, is_compiled=is_compiled),
    )
    bound, _ = table_of_units(units[:n_bound]) if n_bound else table_of_units([UnitContent()])
    weigher = LiveWeigher.of_table(model, bound, own_comparisons)
    live = weigher.add(units)
    left, right = all_pairs(len(units))
    at = [places[each].astype(np.int32) for each in (left, right)]
    expected, found = batch.compare(at[0], at[1]), weigher.compare(live[left], live[right])
    assert [each.tolist() for each in found] == [each.tolist() for each in expected]
    weighed = PairWeigher(model, is_compiled=is_compiled).compare(batch, at[0], at[1])
    free = np.isfinite(weigher.weight_bits(live[left], live[right]))
    assert weigher.weight_bits(live[left], live[right])[free].tolist() == weighed[free].tolist()


def test_what_is_no_comparison_of_values_is_refused() -> None:
    """A comparison that nothing is known of cannot be bound to units that come and go."""

    class Other:
        outputs = ValueComparison(attribute="phone", levels=EqualLevels()).outputs

    model = own_model()
    one = evolve(model, parameters=tuple(each for each in model.parameters if each.output.name == "phone"), classes=())
    same = evolve(
        one,
        parameters=(
            evolve(
                one.parameters[0],
                output=Other.outputs[0],
                m_probability=np.array([0.1, 0.9]),
                u_probability=np.array([0.9, 0.1]),
            ),
        ),
    )
    with pytest.raises(ConfigurationError, match="expected one of values or of names, got Other"):
        LiveWeigher(same, [Other()])  # type: ignore[list-item]  # what is refused


def test_values_of_units_that_went_are_dropped() -> None:
    """When most values belong to nobody any more, all is bound anew, and nobody's place or weight changes."""
    model, units = matched.model("persons", 50), contents("persons")
    weigher = LiveWeigher(model)
    kept = weigher.add(units[:40])
    before = weights(weigher, kept)
    n_statements = []
    for number in range(1_200):
        phone = (("phone", (f"{number:09d}",)),)
        weigher.remove(weigher.add([UnitContent(phone)]))
        n_statements.append(weigher.n_values)
    assert max(n_statements) > n_statements[-1]
    assert weights(weigher, kept).tolist() == before.tolist()
    assert [weigher.content_of(place).values for place in kept] == [unit.values for unit in units[:40]]


def test_a_probe_leaves_nothing() -> None:
    """After a probe there are as many places, units and values as before, and its place is given to who comes."""
    model, units = matched.model("persons", 50), contents("persons")
    weigher = LiveWeigher(model)
    weigher.add(units[:10])
    before = weigher.n_places, weigher.n_values, len(weigher)
    with weigher.probe(units[10:13]) as places:
        assert places.tolist() == [10, 11, 12]
        assert len(weigher) == 10
        with weigher.probe([units[13]]) as (place,):
            assert weigher.content_of(place).values == units[13].values
        assert weights(weigher, places).tolist() == in_batch(model, units[10:13]).tolist()
    assert (weigher.n_places, weigher.n_values, len(weigher)) == before
    assert weigher.add([units[20]]).tolist() == [10]


def test_a_label_that_one_of_several_probes_is_the_first_to_have() -> None:
    """A probe without a registered number is kept apart from none that has the first one."""
    model = matched.model("organizations", 50)
    plain = UnitContent((("organization_name", ("dupont",)),))
    numbered = [
        UnitContent((("organization_name", ("dupont",)), ("siren", (siren,)))) for siren in ("732829320", "552100554")
    ]
    weigher = LiveWeigher(model)
    with weigher.probe([plain]) as (first,), weigher.probe(numbered) as others:
        found = weights(weigher, np.array([first, *others], np.int32))
    assert found.tolist() == in_batch(model, [plain, *numbered]).tolist()
    assert np.isneginf(found).sum() == 1


def test_no_change_while_a_thread_probes() -> None:
    """Who probes can neither add, remove nor save."""
    units = contents("persons")
    weigher = LiveWeigher(matched.model("persons", 50))
    with weigher.probe(()):
        for change in (lambda: weigher.add(units[1:2]), lambda: weigher.remove([0]), lambda: weigher.save("no")):
            with pytest.raises(ConfigurationError, match="expected no change while the thread probes"):
                change()


def test_attributes_that_the_model_does_not_know() -> None:
    """A content with another attribute is refused by name."""
    weigher = LiveWeigher(matched.model("persons", 50))
    with pytest.raises(ConfigurationError, match="attribute 'shoe_size': expected one of the match model"):
        weigher.add([UnitContent((("shoe_size", ("44",)),))])
    assert len(weigher) == 0


def test_threads_side_by_side() -> None:
    """Threads that weigh, probe, add and remove at once get what each would get alone."""
    model, units = matched.model("persons", 50), contents("persons")
    weigher = LiveWeigher(model)
    stored = weigher.add(units[:30])
    alone = weights(weigher, stored)
    expected = {number: in_batch(model, [units[number], *units[:30]]) for number in range(30, 42)}
    start, wrong = Barrier(4), list[str]()

    def weigh() -> None:
        start.wait()
        for _ in range(30):
            if weights(weigher, stored).tolist() != alone.tolist():
                wrong.append("weight")

    def probe(numbers: range) -> None:
        start.wait()
        for number in numbers:
            with weigher.probe([units[number]]) as place:
                if weights(weigher, np.append(place, stored)).tolist() != expected[number].tolist():
                    wrong.append("probe")

    def change() -> None:
        start.wait()
        for number in range(50, 80):
            weigher.remove(weigher.add([units[number]]))

    tasks = [(weigh, ()), (probe, (range(30, 36),)), (probe, (range(36, 42),)), (change, ())]
    threads = [Thread(target=task, args=arguments) for task, arguments in tasks]  # type: ignore[arg-type]  # of each
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_saved_and_loaded(kind: str, tmp_path: Path) -> None:
    """What was saved is loaded with its places, weighs the same, and changes without changing the file."""
    model, units = matched.model(kind, 50), contents(kind)
    weigher = LiveWeigher(model)
    places = weigher.add(units[:60])
    weigher.remove(places[50:])
    path = tmp_path / "units.weigher"
    weigher.save(path)
    content = path.read_bytes()
    for _ in range(2):
        loaded = LiveWeigher.load(path, model)
        assert weights(loaded, places[:50]).tolist() == weights(weigher, places[:50]).tolist()
        assert len(loaded) == 50
        further = loaded.add(units[60:90])
        joined = np.append(places[:50], further)
        assert weights(loaded, joined).tolist() == in_batch(model, [*units[:50], *units[60:90]]).tolist()
        with loaded.probe([units[100]]) as place:
            assert weights(loaded, np.append(place, joined)).tolist() == (
                in_batch(model, [units[100], *units[:50], *units[60:90]]).tolist()
            )
    assert path.read_bytes() == content


def test_files_that_are_refused(tmp_path: Path) -> None:
    """A file of another match model, a damaged one and one that is not there are told."""
    model = matched.model("persons", 50)
    weigher, path = LiveWeigher(model), tmp_path / "units.weigher"
    weigher.add(contents("persons")[:5])
    weigher.save(path)
    other = evolve(model, frequencies=model.frequencies | {"phone": evolve(model.frequencies["phone"], total=7)})
    with pytest.raises(StoreFormatError, match="bound with the match model given, got another model's"):
        LiveWeigher.load(path, other)
    damaged = bytearray(path.read_bytes())
    damaged[-100] ^= 1
    path.write_bytes(damaged[:-8])
    with pytest.raises(StoreError, match=r"weigher file 'units\.weigher': damaged"):
        LiveWeigher.load(path, model)
    with pytest.raises(StoreError, match="weigher file 'none': cannot be read"):
        LiveWeigher.load(tmp_path / "none", model)


def test_no_units() -> None:
    """Without units nothing is weighed, and a probe weighs against itself."""
    model, units = matched.model("organizations", 50), contents("organizations")
    weigher = LiveWeigher(model)
    none = np.zeros(0, np.int32)
    assert (len(weigher), weigher.n_places, weigher.weight_bits(none, none).tolist()) == (0, 0, [])
    with weigher.probe(units[:1]) as place:
        assert weights(weigher, place).tolist() == in_batch(model, units[:1]).tolist()


def test_units_are_read_as_they_are() -> None:
    """What a unit states has no values in its representation."""
    assert repr(UnitValues(values=(("phone", ("1",)),), kind=1)) == "UnitValues(kind=1)"
