"""The naming rule: invariants 1 to 21, 25 and 28 of the identifier lifecycle, over histories of partitions.

``test_invariants`` holds all twenty-eight on every store, each by a test of its number.

========== ================================================ ==========================================================
Invariant  What it says                                     Held by
========== ================================================ ==========================================================
1, 2       records, identifiers and clusters fit            test_clusters_and_active_identifiers_are_one_to_one
3, 4, 5    every identifier leads to an active one, or none test_every_identifier_leads_somewhere_once_and_gone_is_gone
6          no identifier comes to denote strangers          test_no_identifier_comes_to_denote_strangers_alone
7          identifiers never vanish, nor change age         test_identifiers_stay_and_keep_their_age
8          the same partition twice                         test_the_same_partition_again_changes_nothing
9          native groups refine clusters                    test_records_that_speak_for_one_identifier_are_together
10         order of clusters                                test_the_order_of_clusters_does_not_matter
11         merge and split back                             test_unmerging_undoes_a_merge
12, 13, 14 merges in any order                              test_merges_commute_and_come_apart_again
15         untouched clusters                               test_what_is_not_touched_keeps_its_identifier
16         one more record                                  test_a_new_record_renames_nobody
17         one member less                                  test_the_majority_keeps_the_identifier
18, 19, 20 withdrawal                                       test_withdrawal_renames_nobody
21         the ledger, folded, is the state                 test_the_ledger_folded_is_the_registry; with stores
                                                            custid.testing.StoreSuite
22         incremental is batch                             test_looking_around_is_enough, for naming; for matching
                                                            the tests of ingestion
23         concurrent is some serial order                  test_concurrency
24         no event holds a value                           test_registry, test_events_hold_no_values
25         identifiers fit their own check                  test_identifiers; test_issued_identifiers_are_well_formed
26         cannot-link pairs never share an identifier      test_registry, test_what_a_person_set_apart_stays_apart;
                                                            custid.testing.registry_machine
27         an objection holds for the whole customer        test_registry, test_an_objection_holds_for_the_customer
28         order of records within a batch                  test_the_order_of_clusters_does_not_matter
========== ================================================ ==========================================================
"""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custid.errors import PartitionError
from custid.registry.events import EventKind
from custid.registry.identifiers import Base32Scheme, CustomerId
from custid.registry.minting import SequentialMinter
from custid.registry.naming import Naming, Tally, rename
from custid.registry.record_keys import RecordKey
from custid.registry.replay import Replay
from tests.oracles.naming import SlowLedger
from tests.registry.histories import Partition, Registrar, full_partitions, histories, partitions

randoms = st.randoms(use_true_random=False)
NEWCOMER = RecordKey("web", "z")
A, B, C, D = (RecordKey("crm", each) for each in "abcd")
OF_ORACLE = {"minted", "merged", "restored", "absorbed", "gone", "assigned"}


@given(histories)
def test_clusters_and_active_identifiers_are_one_to_one(history: list[Partition]) -> None:
    """Every record has one identifier, every cluster one, every active one a cluster."""
    registrar = Registrar()
    for partition in history:
        registrar.apply(partition)
        assert sorted(map(sorted, registrar.partition())) == sorted(map(sorted, partition))
        active = {each.id for each in registrar.naming.identifiers.values() if each.is_active}
        assert active == set(registrar.naming.clusters())


@given(histories)
def test_every_identifier_leads_somewhere_once_and_gone_is_gone(history: list[Partition]) -> None:
    """Resolving ends in one step at an active identifier or at nothing, and nothing is for ever."""
    registrar, gone = Registrar(), set()
    for partition in history:
        registrar.apply(partition)
        for each in registrar.naming.identifiers:
            target = registrar.resolve(each)
            assert target is None or registrar.resolve(target) == target
            assert target is None or each not in gone
            if target is None:
                gone.add(each)


@given(histories)
def test_no_identifier_comes_to_denote_strangers_alone(history: list[Partition]) -> None:
    """Of the records that an identifier leads to, one that stayed was there before."""
    registrar = Registrar()
    for partition in history:
        present = {record for members in partition for record in members}
        before = {
            each: {
                record
                for record, state in registrar.naming.records.items()
                if state.customer == registrar.resolve(each) and record in present
            }
            for each in registrar.naming.identifiers
        }
        registrar.apply(partition)
        for each, records in before.items():
            target = registrar.resolve(each)
            assert target is None or records & set(registrar.naming.clusters()[target])


@given(histories)
def test_identifiers_stay_and_keep_their_age(history: list[Partition]) -> None:
    """No identifier vanishes, changes its age or is issued twice."""
    registrar = Registrar()
    ages: dict[CustomerId, int] = {}
    for partition in history:
        minted = [each.customer for each in registrar.apply(partition).events if each.kind is EventKind.MINTED]
        assert not set(minted) & set(ages)
        now = {each.id: each.age for each in registrar.naming.identifiers.values()}
        assert set(now) == set(ages) | set(minted)
        assert {each: now[each] for each in ages} == ages
        assert sorted(now.values()) == list(range(1, len(now) + 1))
        ages = now


@given(histories)
def test_the_same_partition_again_changes_nothing(history: list[Partition]) -> None:
    """No event, no changed state, no change counted."""
    registrar = Registrar(history)
    tally = registrar.tally
    again = registrar.apply(history[-1])
    assert (again.events, again.records, again.withdrawn, again.identifiers) == ((), (), (), ())
    assert registrar.tally == tally


@given(histories)
def test_records_that_speak_for_one_identifier_are_together(history: list[Partition]) -> None:
    """Each record's native identifier leads to its customer, and every active identifier has a speaker."""
    registrar = Registrar()
    for partition in history:
        registrar.apply(partition)
        for state in registrar.naming.records.values():
            assert registrar.resolve(state.native) == state.customer
        assert set(registrar.naming.clusters()) <= {each.native for each in registrar.naming.records.values()}


@given(histories, randoms)
def test_the_order_of_clusters_does_not_matter(history: list[Partition], random: Random) -> None:
    """Shuffled clusters and records give the same events in the same order."""
    one, other = Registrar(), Registrar()
    for partition in history:
        shuffled = [random.sample(sorted(members), len(members)) for members in partition]
        random.shuffle(shuffled)
        assert one.apply(partition) == other.apply(shuffled)
    assert one.naming == other.naming


@given(histories, randoms)
def test_unmerging_undoes_a_merge(history: list[Partition], random: Random) -> None:
    """After a merge and the partition before it, all is as it was."""
    registrar = Registrar(history)
    before = history[-1]
    assume(len(before) >= 2)
    one, other = random.sample(before, 2)
    snapshot = registrar.snapshot()
    registrar.apply([*(members for members in before if members not in {one, other}), one | other])
    assert registrar.snapshot() != snapshot
    registrar.apply(before)
    assert registrar.snapshot() == snapshot


@given(histories, randoms)
def test_merges_commute_and_come_apart_again(history: list[Partition], random: Random) -> None:
    """Three clusters joined in any order, or at once, give one registry; the eldest identifier stays."""
    before = history[-1]
    assume(len(before) >= 3)
    three = random.sample(before, 3)
    rest = [members for members in before if members not in three]
    base = Registrar(history)
    names = {base.name(next(iter(members))) for members in three}
    eldest = min(names, key=lambda each: base.naming.identifiers[each].age)
    found = []
    for x, y, z in permutations(three):
        registrar = Registrar(history)
        registrar.apply([*rest, x | y, z])
        registrar.apply([*rest, x | y | z])
        found.append(registrar.snapshot())
        assert {registrar.name(record) for record in x | y | z} == {eldest}
        registrar.apply(before)
        assert registrar.snapshot() == base.snapshot()
    at_once = Registrar(history)
    at_once.apply([*rest, frozenset().union(*three)])
    assert found == [at_once.snapshot()] * len(found)


@given(histories, full_partitions)
def test_what_is_not_touched_keeps_its_identifier(history: list[Partition], after: Partition) -> None:
    """A cluster that is in both partitions keeps its name, whatever happens elsewhere."""
    registrar = Registrar(history)
    before = {members: registrar.name(next(iter(members))) for members in history[-1]}
    registrar.apply(after)
    for members in set(before) & set(after):
        assert {registrar.name(record) for record in members} == {before[members]}


@given(histories, randoms)
def test_a_new_record_renames_nobody(history: list[Partition], random: Random) -> None:
    """A record that joins a cluster takes its identifier and changes no other."""
    registrar = Registrar(history)
    assume(history[-1])
    chosen = random.choice(history[-1])
    names = {record: registrar.name(record) for record in registrar.naming.records}
    name = registrar.name(next(iter(chosen)))
    registrar.apply([*(members for members in history[-1] if members != chosen), chosen | {NEWCOMER}])
    assert {record: registrar.name(record) for record in names} == names
    assert registrar.name(NEWCOMER) == name


@given(histories, randoms)
def test_the_majority_keeps_the_identifier(history: list[Partition], random: Random) -> None:
    """Taking one of three or more records out, were it the founder, leaves the others their identifier."""
    registrar = Registrar(history)
    natives = {each: state.native for each, state in registrar.naming.records.items()}
    whole = [each for each in history[-1] if len(each) >= 3 and len({natives[record] for record in each}) == 1]
    assume(whole)
    chosen = random.choice(whole)
    one = random.choice(sorted(chosen))
    name = registrar.name(one)
    rest = [members for members in history[-1] if members != chosen]
    registrar.apply([*rest, chosen - {one}, frozenset([one])])
    assert {registrar.name(record) for record in chosen - {one}} == {name}
    assert registrar.name(one) != name


@given(histories, randoms)
def test_withdrawal_renames_nobody(history: list[Partition], random: Random) -> None:
    """Who stays keeps the identifier; an identifier leads where it led, or is gone; nothing is issued or merged."""
    registrar = Registrar(history)
    names = {record: registrar.name(record) for record in registrar.naming.records}
    targets = {each: registrar.resolve(each) for each in registrar.naming.identifiers}
    leaving = {record for record in names if random.random() < 0.4}
    renaming = registrar.apply([members - leaving for members in history[-1]])
    assert {record: registrar.name(record) for record in registrar.naming.records} == {
        record: name for record, name in names.items() if record not in leaving
    }
    for each, target in targets.items():
        still_there = target in registrar.naming.clusters()
        assert registrar.resolve(each) == (target if still_there else None)
    assert {each.kind for each in renaming.events} <= {EventKind.WITHDRAWN, EventKind.GONE, EventKind.ABSORBED}
    assert {each.key for each in renaming.withdrawn} == leaving


@given(histories)
def test_the_ledger_folded_is_the_registry(history: list[Partition]) -> None:
    """Events alone, from the first one on, give records and identifiers to the last detail, and what each changed."""
    registrar, replay, followed = Registrar(), Replay(), Naming()
    for partition in history:
        renaming = registrar.apply(partition)
        if renaming.events:
            taken = replay.take(renaming.tally.change, renaming.events)
            followed = followed.replaced_by(taken)
            assert taken.tally == renaming.tally
            assert set(taken.withdrawn) == set(renaming.withdrawn)
        assert replay.naming == registrar.naming == followed


@given(histories, st.integers(0, 6))
def test_a_replay_may_begin_anywhere(history: list[Partition], start: int) -> None:
    """A snapshot and the events after it are as good as all events."""
    registrar = Registrar(history[:start])
    replay = Replay(registrar.naming)
    for partition in history[start:]:
        renaming = registrar.apply(partition)
        replay.take(renaming.tally.change, renaming.events)
    assert replay.naming == registrar.naming


@given(histories, partitions)
def test_looking_around_is_enough(history: list[Partition], after: Partition) -> None:
    """Renaming the customers of the records that move gives what renaming everything gives."""
    whole, part = Registrar(history), Registrar(history)
    kept = set(after) & set(part.partition())
    moved = {record for members in after if members not in kept for record in members}
    untouched = {record for members in kept for record in members}
    leaving = set(part.naming.records) - moved - untouched
    around = part.naming.around(moved | leaving)
    mint = SequentialMinter()
    for _ in range(part.tally.issued):
        mint(NEWCOMER, 0)
    renaming = rename(
        around, [each for each in after if each not in kept], part.tally, lambda founder: mint(founder, 0)
    )
    assert whole.apply(after).events == renaming.events
    assert part.naming.replaced_by(renaming) == whole.naming


@given(histories)
def test_issued_identifiers_are_well_formed(history: list[Partition]) -> None:
    """Every identifier of a registry fits its own check and is its own spelling."""
    registrar = Registrar(history)
    assert [Base32Scheme().parse(each) for each in registrar.naming.identifiers] == list(registrar.naming.identifiers)


@given(st.lists(partitions, min_size=1, max_size=9))
def test_the_rule_is_that_of_its_definition(history: list[Partition]) -> None:
    """The slow version, which looks at everything each time, does the same."""
    registrar, slow = Registrar(), SlowLedger()
    for partition in history:
        renaming = registrar.apply(partition)
        log = slow.apply([{f"{source}/{record}" for source, record in members} for members in partition])
        number = {each.id: each.age for each in registrar.naming.identifiers.values()}
        followers = {each.customer for each in renaming.events if each.kind is EventKind.GONE} - {
            each for each in number if ("gone", number[each]) in log
        }
        # Aliases of what is gone are told of by name here; the slow version follows their links.
        assert all(slow.resolve(number[each]) is None for each in followers)
        events = {
            (
                each.kind.value,
                *(["/".join(each.record), each.other and number[each.other]] if each.record else []),
                number[each.customer],
                *([number[each.other]] if each.other and not each.record else []),
            )
            for each in renaming.events
            if each.kind.value in OF_ORACLE and each.customer not in followers
        }
        assert events == set(log)
        names, natives, targets = slow.snapshot()
        states = {"/".join(each): state for each, state in registrar.naming.records.items()}
        assert {each: number[state.customer] for each, state in states.items()} == names
        assert {each: number[state.native] for each, state in states.items()} == natives
        resolved = {number[each]: registrar.resolve(each) for each in number}
        assert {each: target and number[target] for each, target in resolved.items()} == targets


def test_an_absorbed_identifier_follows_for_good() -> None:
    """Its customer's merges and splits take it along; it never becomes active again."""
    a, b, c = A, B, C
    registrar = Registrar([[frozenset([a]), frozenset([b]), frozenset([c])]])
    first, second, third = (registrar.name(each) for each in (a, b, c))
    registrar.apply([frozenset([a, b]), frozenset([c])])
    events = registrar.apply([frozenset([a]), frozenset([c])]).events
    assert [each.kind.value for each in events] == ["withdrawn", "absorbed"]
    assert registrar.naming.identifiers[second].follows == first
    registrar.apply([frozenset([a, c])])
    assert registrar.resolve(second) == first
    events = registrar.apply([frozenset([c])]).events
    assert {(each.kind.value, each.customer) for each in events} == {("withdrawn", first), ("absorbed", third)}
    assert [registrar.resolve(each) for each in (first, second, third)] == [first] * 3
    assert registrar.name(c) == first


def test_a_redirect_whose_records_go_elsewhere_is_told_of() -> None:
    """An identifier that is no longer active and leads elsewhere from now on is in the events."""
    a, b, c = A, B, C
    registrar = Registrar([[frozenset([a]), frozenset([b]), frozenset([c])]])
    first, second, third = (registrar.name(each) for each in (a, b, c))
    registrar.apply([frozenset([a, b]), frozenset([c])])
    assert registrar.resolve(second) == first
    events = registrar.apply([frozenset([a]), frozenset([b, c])]).events
    assert [(each.kind.value, each.customer, each.other) for each in events] == [
        ("redirected", second, third),
        ("assigned", third, first),
    ]


def test_a_split_restores_what_was_retired_last() -> None:
    """Of two redirects that denote a cluster, the one that was active most recently comes back."""
    a, b, c, d = A, B, C, D
    registrar = Registrar([[frozenset([a]), frozenset([b, c]), frozenset([d])]])
    late = registrar.name(b)
    registrar.apply([frozenset([a]), frozenset([b, c, d])])
    registrar.apply([frozenset([a, b, c, d])])
    registrar.apply([frozenset([a]), frozenset([b, c, d])])
    assert registrar.name(d) == late


@pytest.mark.parametrize("clusters", [[[A], [A]], [[A, A]]])
def test_a_record_stands_in_one_cluster(clusters: list[list[RecordKey]]) -> None:
    """A record twice is an error that does not name it."""
    with pytest.raises(PartitionError, match=r"expected every record once.*Hint"):
        rename(Naming(), clusters, Tally(), lambda _: CustomerId("x"))
