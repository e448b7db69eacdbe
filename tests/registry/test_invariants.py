"""Invariants 1 to 28 of the identifier lifecycle, on every store, each by a test of its number.

One history of sixty steps (partitions, records that come and leave, merges and splits) is played on memory, SQLite and
PostgreSQL; invariants that speak of all steps look at what was recorded, the others go on from its end.  The same laws
over many short histories, of the naming rule alone, are in ``test_naming``; those of whole registries in
``custid.testing.registry_machine``, of matching in ``test_ingestion`` and ``test_orders``, of processes in
``test_concurrency``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from attrs import frozen

from custid.errors import VerdictError
from custid.model import Consent, ConsentStatus
from custid.registry import (
    Active,
    Base32Scheme,
    Change,
    CustomerId,
    EventKind,
    Gone,
    MemoryStore,
    RecordKey,
    Registry,
    SequentialMinter,
    Store,
    open_store,
)
from custid.registry.doctor import check_store
from custid.registry.naming import Naming
from custid.registry.replay import Replay
from custid.serde import structure, unstructure
from custid.survivorship import golden_record
from tests.registry.arrivals import drawn_end, held, play
from tests.registry.matched import batch, feed, model
from tests.registry.test_concurrency import assert_explained_by_its_order
from tests.survivorship.statements import person_record, stated

KEYS = [RecordKey("crm" if number % 2 else "shop", f"r{number}") for number in range(12)]
SENTINEL = "Zanzibar-4711"
N_STEPS = 60
Groups = list[frozenset[RecordKey]]


@frozen(kw_only=True)
class Step:
    """One step: what was asked for, what was there before and after, and what was recorded."""

    is_withdrawal: bool
    wanted: Groups
    before: Naming
    after: Naming
    change: Change | None
    again: Change | None


def stating(keys: Iterable[RecordKey]) -> dict[tuple[str, str], dict[str, str]]:
    """Return contents that hold what no event may hold."""
    return {key: {"name": SENTINEL} for key in keys}


class Trial:
    """A registry on some store, and what happened to it."""

    def __init__(self, store: Store, new_store: Callable[[], Store]) -> None:
        self.store, self.new_store = store, new_store
        self.registry = Registry(store, minter=SequentialMinter())
        self.steps: list[Step] = []
        random = Random(28)  # noqa: S311  # a history, no secret
        groups: Groups = []
        for _ in range(N_STEPS):
            is_withdrawal, groups = next_groups(groups, random)
            self.steps.append(self._step(groups, is_withdrawal=is_withdrawal))

    def _step(self, groups: Groups, *, is_withdrawal: bool) -> Step:
        before = self.naming()
        change = self.apply(groups)
        after = self.naming()
        return Step(
            is_withdrawal=is_withdrawal,
            wanted=groups,
            before=before,
            after=after,
            change=change,
            again=self.apply(groups),
        )

    def apply(self, groups: Iterable[Iterable[RecordKey]]) -> Change | None:
        """Take over a partition of all records."""
        parts = [list(each) for each in groups]
        contents = stating(key for members in parts for key in members)
        return self.registry.apply_all(parts, contents=contents, largest_withdrawn_share=1.0)

    def naming(self) -> Naming:
        """Return what is there."""
        with self.store.reading() as transaction:
            return transaction.naming()

    def groups(self) -> Groups:
        """Return the customers."""
        return [frozenset(each) for each in self.naming().clusters().values()]

    def put(self, groups: Groups) -> dict[Any, Any]:
        """Take over a partition, and return what a later change could depend on."""
        self.apply(groups)
        naming = self.naming()
        return {
            **{key: (state.customer, state.native) for key, state in naming.records.items()},
            **{each: (state.target, state.age) for each, state in naming.identifiers.items()},
        }

    def fresh(self, name: str, sizes: list[int]) -> Groups:
        """Bring new customers of so many records each."""
        made = [
            frozenset(RecordKey(name, f"{place}.{each}") for each in range(size)) for place, size in enumerate(sizes)
        ]
        self.apply([*self.groups(), *made])
        return made

    def rest(self, *groups: frozenset[RecordKey]) -> Groups:
        """Return the customers but for some."""
        return [each for each in self.groups() if each not in groups]


def next_groups(groups: Groups, random: Random) -> tuple[bool, Groups]:
    """Return what is asked for next, and whether records leave and nothing else happens."""
    choice = random.randrange(6)
    if choice == 0 or not groups:
        labels = {key: random.randrange(5) for key in KEYS if random.random() < 0.85}
        parts = [frozenset(key for key in labels if labels[key] == label) for label in range(5)]
        return False, [each for each in parts if each]
    if choice == 1:
        leaving = {key for members in groups for key in members if random.random() < 0.3}
        return True, [each - leaving for each in groups if each - leaving]
    if choice == 2 and len(groups) > 1:
        one, other = random.sample(groups, 2)
        return False, [*(each for each in groups if each not in {one, other}), one | other]
    chosen = random.choice(groups)
    others = [each for each in groups if each != chosen]
    absent = [key for key in KEYS if not any(key in each for each in groups)]
    if choice == 3 and absent:
        return False, [*others, chosen | {random.choice(absent)}]
    part = frozenset(key for key in chosen if random.random() < 0.5)
    return False, [*others, *filter(None, (part, chosen - part))]


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Return a registry with a history, on each store."""

    def new_store() -> Store:
        if request.param == "memory":
            return MemoryStore()
        if request.param == "sqlite":
            path: Path = tmp_path_factory.mktemp("invariants") / "registry.db"
            return open_store(path)
        make: Callable[[], str] = request.getfixturevalue("new_database")
        return open_store(make())

    store = new_store()
    yield Trial(store, new_store)
    assert check_store(store) == ()
    store.close()


def _targets(naming: Naming) -> dict[CustomerId, CustomerId | None]:
    return {each: state.target for each, state in naming.identifiers.items()}


def _names(naming: Naming) -> dict[RecordKey, CustomerId]:
    return {key: state.customer for key, state in naming.records.items()}


def test_invariant_01_names_and_clusters_are_one_to_one(trial: Trial) -> None:
    """Every live record has one identifier; records of one cluster the same, of two clusters two."""
    for step in trial.steps:
        assert {frozenset(each) for each in step.after.clusters().values()} == set(step.wanted)


def test_invariant_02_active_identifiers_are_those_in_use(trial: Trial) -> None:
    """No identifier is active without a record."""
    for step in trial.steps:
        active = {each for each, state in step.after.identifiers.items() if state.is_active}
        assert active == set(_names(step.after).values())


def test_invariant_03_every_identifier_resolves(trial: Trial) -> None:
    """To itself, to an active one in one step, or to nothing."""
    active = set(_names(trial.naming()).values())
    for each, target in _targets(trial.naming()).items():
        assert target is None or target in active
        found = trial.registry.resolve(each)
        assert isinstance(found, Gone) == (target is None)
        assert isinstance(found, Active) == (target == each)


def test_invariant_04_resolving_twice_is_resolving_once(trial: Trial) -> None:
    """What an identifier leads to leads to itself."""
    for step in trial.steps:
        targets = _targets(step.after)
        assert all(target is None or targets[target] == target for target in targets.values())


def test_invariant_05_gone_is_for_ever(trial: Trial) -> None:
    """What leads to nothing never leads anywhere again."""
    gone: set[CustomerId] = set()
    for step in trial.steps:
        now = {each for each, target in _targets(step.after).items() if target is None}
        assert gone <= now
        gone = now
    assert gone


def test_invariant_06_no_identifier_is_hijacked(trial: Trial) -> None:
    """Of the records that an identifier leads to, one that stayed was there before."""
    for step in trial.steps:
        clusters = step.after.clusters()
        for each, target in _targets(step.before).items():
            now = step.after.identifiers[each].target
            stayed = {key for key, name in _names(step.before).items() if name == target and key in step.after.records}
            assert now is None or stayed & set(clusters[now])


def test_invariant_07_identifiers_never_vanish(trial: Trial) -> None:
    """Nor do they change their age; and none is issued twice."""
    for step in trial.steps:
        ages = {each: state.age for each, state in step.before.identifiers.items()}
        later = {each: state.age for each, state in step.after.identifiers.items()}
        assert ages.items() <= later.items()
    minted = [
        event.customer for each in trial.registry.changes() for event in each.events if event.kind is EventKind.MINTED
    ]
    assert len(minted) == len(set(minted))


def test_invariant_08_the_same_partition_again_is_no_change(trial: Trial) -> None:
    """After every step."""
    assert [step.again for step in trial.steps] == [None] * N_STEPS


def test_invariant_09_native_groups_refine_clusters(trial: Trial) -> None:
    """The identifier that a record speaks for leads to its customer."""
    for step in trial.steps:
        targets = _targets(step.after)
        assert all(targets[state.native] == state.customer for state in step.after.records.values())


def test_invariant_10_the_order_of_clusters_does_not_matter(trial: Trial) -> None:
    """Another registry that is given all in another order has the same events."""
    random, other = Random(10), Registry(MemoryStore(), minter=SequentialMinter())  # noqa: S311  # an order
    for step in trial.steps:
        parts = [random.sample(sorted(each), len(each)) for each in step.wanted]
        random.shuffle(parts)
        shuffled = random.sample(KEYS, len(KEYS))
        contents = stating(key for key in shuffled if any(key in each for each in parts))
        change = other.apply_all(parts, contents=contents, largest_withdrawn_share=1.0)
        assert (change and change.events) == (step.change and step.change.events)


def test_invariant_11_a_merge_and_its_split_leave_nothing(trial: Trial) -> None:
    """The whole snapshot is as before."""
    one, other = trial.fresh("i11", [2, 3])
    rest = trial.rest(one, other)
    before = trial.put([*rest, one, other])
    assert trial.put([*rest, one | other]) != before
    assert trial.put([*rest, one, other]) == before


def test_invariant_12_three_merges_in_any_order_come_apart(trial: Trial) -> None:
    """Two merges in each of the six orders, then a full split: the snapshot is as before."""
    three = trial.fresh("i12", [2, 1, 3])
    rest = trial.rest(*three)
    before = trial.put([*rest, *three])
    for first, second, third in permutations(three):
        trial.put([*rest, first | second, third])
        trial.put([*rest, first | second | third])
        assert trial.put([*rest, *three]) == before


def test_invariant_13_merges_commute_and_associate(trial: Trial) -> None:
    """Whichever two come first, the registry is the same in the end."""
    three = trial.fresh("i13", [1, 4, 2])
    rest = trial.rest(*three)
    at_once = trial.put([*rest, frozenset().union(*three)])
    for first, second, third in permutations(three):
        trial.put([*rest, *three])
        trial.put([*rest, first | second, third])
        assert trial.put([*rest, first | second | third]) == at_once


def test_invariant_14_the_eldest_survives_a_merge(trial: Trial) -> None:
    """However small its customer is."""
    small, large = trial.fresh("i14", [1, 5])
    eldest = trial.registry.id_of(next(iter(small)))
    trial.put([*trial.rest(small, large), small | large])
    assert {trial.registry.id_of(key) for key in small | large} == {eldest}


def test_invariant_15_who_is_not_touched_keeps_the_identifier(trial: Trial) -> None:
    """A cluster that is in both partitions has one name in both."""
    n_untouched = 0
    for step in trial.steps:
        before, after = _names(step.before), _names(step.after)
        for members in {frozenset(each) for each in step.before.clusters().values()} & set(step.wanted):
            assert {before[key] for key in members} == {after[key] for key in members}
            n_untouched += 1
    assert n_untouched > N_STEPS


def test_invariant_16_a_new_record_renames_nobody(trial: Trial) -> None:
    """It takes the identifier of the customer that it joins."""
    (home,) = trial.fresh("i16", [2])
    before = _names(trial.naming())
    new = RecordKey("i16", "new")
    trial.put([*trial.rest(home), home | {new}])
    after = _names(trial.naming())
    assert after.pop(new) == before[next(iter(home))]
    assert after == before


def test_invariant_17_the_majority_keeps_the_identifier(trial: Trial) -> None:
    """Whichever record turns out to be another person's, the founder too, it is the one that gets another name."""
    for place in range(4):
        (four,) = trial.fresh(f"i17-{place}", [4])
        name = trial.registry.id_of(next(iter(four)))
        wrong = sorted(four)[place]
        trial.put([*trial.rest(four), four - {wrong}, frozenset([wrong])])
        assert {trial.registry.id_of(key) for key in four - {wrong}} == {name}
        assert trial.registry.id_of(wrong) != name


def test_invariant_18_erasure_renames_no_survivor(trial: Trial) -> None:
    """Who stays keeps the identifier."""
    withdrawals = [step for step in trial.steps if step.is_withdrawal]
    assert any(step.change for step in withdrawals)
    for step in withdrawals:
        assert _names(step.after).items() <= _names(step.before).items()


def test_invariant_19_after_erasure_an_identifier_resolves_as_before_or_is_gone(trial: Trial) -> None:
    """It never leads to somebody else."""
    for step in (each for each in trial.steps if each.is_withdrawal):
        there = set(_names(step.after).values())
        for each, target in _targets(step.before).items():
            assert _targets(step.after)[each] == (target if target in there else None)


def test_invariant_20_erasure_issues_and_merges_nothing(trial: Trial) -> None:
    """Records are withdrawn, identifiers gone or absorbed."""
    kinds = {event.kind for step in trial.steps if step.is_withdrawal and step.change for event in step.change.events}
    assert EventKind.WITHDRAWN in kinds
    assert kinds <= {EventKind.WITHDRAWN, EventKind.GONE, EventKind.ABSORBED}


def test_invariant_21_the_ledger_folded_is_the_state(trial: Trial) -> None:
    """After every change, to the last detail."""
    replay, states = Replay(), {0: Naming()}
    for change in trial.registry.changes():
        replay.take(change.number, change.events)
        states[change.number] = replay.naming
    number = 0
    for step in trial.steps:
        number = step.change.number if step.change else number
        assert states[number] == step.after
    assert replay.naming == trial.naming()


def test_invariant_22_increments_are_one_batch(trial: Trial) -> None:
    """Rows that came in many ways leave the customers that one batch finds, and those of any other way."""
    random = Random(22)  # noqa: S311  # a history, no secret
    for with_verdicts in (False, True):
        end, store = drawn_end(random, with_verdicts=with_verdicts), trial.new_store()
        found = held(play(store, end, random))
        assert found == held(play(MemoryStore(), end, random))
        if not with_verdicts:
            keys = {frozenset(key for _, key in members) for members in found}
            assert keys == batch(end.rows(), model("persons", 12), feed("persons").schema)
        assert check_store(store) == ()
        store.close()


def test_invariant_23_what_is_done_at_once_was_done_in_some_order(trial: Trial) -> None:
    """Four threads give the same records to different customers; the ledger explains all of it."""
    store = trial.new_store()
    registry = Registry(store)

    def work(seed: int) -> None:
        random = Random(seed)  # noqa: S311  # a history, no secret
        for _ in range(5):
            labels = {key: random.randrange(3) for key in KEYS[:6]}
            parts = [[key for key in labels if labels[key] == label] for label in range(3)]
            registry.apply_all(parts, largest_withdrawn_share=1.0)

    threads = [Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_explained_by_its_order(store)
    store.close()


def test_invariant_24_events_hold_no_values(trial: Trial) -> None:
    """What records say is in their contents, and nowhere in the history."""
    records = trial.registry.customer(next(iter(_names(trial.naming()).values())))
    assert SENTINEL in str(records.contents.values())
    assert SENTINEL not in repr([(each, each.events, each.cause) for each in trial.registry.changes()])


def test_invariant_25_identifiers_pass_their_own_check(trial: Trial) -> None:
    """Each that was issued is its own spelling."""
    scheme = Base32Scheme()
    assert all(scheme.parse(each) == each for each in trial.naming().identifiers)


def test_invariant_26_what_is_set_apart_never_shares_an_identifier(trial: Trial) -> None:
    """A partition that puts them together is refused, and nothing is changed."""
    one, other = trial.fresh("i26", [1, 2])
    decided = trial.registry.forbid(next(iter(one)), next(iter(other)), reason="brothers")
    before, rest = trial.naming(), trial.rest(one, other)
    with pytest.raises(VerdictError):
        trial.apply([*rest, one | other])
    assert trial.naming() == before
    trial.registry.undo(decided.token)
    assert trial.apply([*rest, one | other]) is not None


def test_invariant_27_an_objection_holds_for_the_customer(trial: Trial) -> None:
    """Said in one record, it counts for all of the customer's; and no longer once the record is another's."""
    given, objected = (
        person_record(source, consents=(stated(Consent(purpose="marketing", status=status), source),))
        for source, status in (("i27-crm", ConsentStatus.GIVEN), ("i27-web", ConsentStatus.OBJECTED))
    )
    keys = [RecordKey(each.source, each.key) for each in (given, objected)]
    contents: dict[tuple[str, str], Any] = {
        key: unstructure(each) for key, each in zip(keys, (given, objected), strict=True)
    }
    trial.registry.apply([[key] for key in keys], contents=contents)

    def status() -> ConsentStatus | None:
        kept = trial.registry.customer(trial.registry.id_of(keys[0])).contents.values()
        found = golden_record([structure(each) for each in kept]).consent("marketing", "")
        return None if found is None else found.status

    told = [status()]
    merged = trial.registry.merge(*keys, reason="same person")
    told.append(status())
    trial.registry.undo(merged.number)
    told.append(status())
    assert told == [ConsentStatus.GIVEN, ConsentStatus.OBJECTED, ConsentStatus.GIVEN]


def test_invariant_28_the_order_of_records_changes_fresh_identifiers_only(trial: Trial) -> None:
    """Records of one batch in another order: the same customers, and who has a name keeps it."""
    (home,) = trial.fresh("i28", [2])
    name = trial.registry.id_of(next(iter(home)))
    new = [RecordKey("i28-new", str(number)) for number in range(4)]
    rest, found = trial.rest(home), []
    for order in (new, new[::-1]):
        trial.put([*rest, home])
        trial.put([[*home, order[0], order[-1]], *([key] for key in order[1:-1]), *rest])  # type: ignore[list-item]
        found.append(set(trial.groups()))
        assert {trial.registry.id_of(key) for key in (*home, new[0], new[-1])} == {name}
    assert found[0] == found[1]


def test_every_invariant_has_a_test() -> None:
    """All twenty-eight numbers are there."""
    numbers = {int(name.split("_")[2]) for name in globals() if name.startswith("test_invariant_")}
    assert numbers == set(range(1, 29))
