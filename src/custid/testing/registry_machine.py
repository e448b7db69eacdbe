"""A state machine of Hypothesis that does to a registry whatever can be done, and holds it to its invariants.

::

    from custid.testing.registry_machine import RegistryMachine


    class MyMachine(RegistryMachine):
        def open_store(self):
            return MyStore()


    TestMyStore = MyMachine.TestCase
"""

from __future__ import annotations

from collections import defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custid.errors import PartitionError, VerdictError
from custid.registry import Change, Gone, MemoryStore, Registry, SequentialMinter, Store, VerdictKind
from custid.registry.doctor import check_store
from custid.registry.events import EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.naming import Naming
from custid.registry.record_keys import RecordKey
from custid.registry.replay import Replay

__all__ = ["RegistryMachine"]

_KEYS = [RecordKey("crm" if number % 2 else "shop", f"r{number}") for number in range(8)]
_records = st.sampled_from(_KEYS)
_labels = st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=len(_KEYS), max_size=len(_KEYS))

_OF_ERASURES = frozenset({EventKind.WITHDRAWN, EventKind.ABSORBED, EventKind.GONE, EventKind.ERASED})


class RegistryMachine(RuleBasedStateMachine):
    """Applies partitions, withdraws, erases, merges, splits, forbids, takes back and repeats, in any order.

    Beside the registry it keeps the partition that should be there, as a plain dict.  After every step the registry has
    that partition, every identifier ever seen resolves, none that is gone comes back, no verdict is broken, and what
    readers have replayed is what is there.
    """

    def open_store(self) -> Store:
        """Return an empty store: one in memory, where a subclass says nothing else."""
        return MemoryStore()

    def again(self, store: Store) -> Store:
        """Return the store closed and opened again, or as it is where it would forget."""
        return store

    @initialize(labels=st.lists(st.integers(0, 3), min_size=len(_KEYS), max_size=len(_KEYS)))
    def start(self, labels: list[int]) -> None:
        """Open the registry, and fill it."""
        self._minter = SequentialMinter()
        self._store = self.open_store()
        self._registry = Registry(self._store, minter=self._minter)
        self._cluster_of: dict[RecordKey, int] = {}
        self._n_clusters = 0
        self._gone: set[CustomerId] = set()
        self._replay = Replay()
        self._token: str | None = None
        self._requests: dict[str, tuple[list[list[RecordKey]], Change | None]] = {}
        self._decided: list[Change] = []
        self._apply_all(list(labels))

    def teardown(self) -> None:
        """Look the registry over, and close it."""
        assert check_store(self._store) == ()
        self._store.close()

    def _kept(self) -> Naming:
        with self._store.reading() as transaction:
            return transaction.naming()

    def _clusters(self) -> dict[int, list[RecordKey]]:
        found: dict[int, list[RecordKey]] = defaultdict(list)
        for key, number in self._cluster_of.items():
            found[number].append(key)
        return dict(found)

    def _put(self, members: list[RecordKey]) -> None:
        if members:
            self._n_clusters += 1
            self._cluster_of.update(dict.fromkeys(members, self._n_clusters))

    @rule(labels=_labels)
    def partition(self, labels: list[int | None]) -> None:
        """A new partition of everything; refused where it breaks a verdict."""
        self._apply_all(labels)

    def _apply_all(self, labels: list[int | None]) -> None:
        parts: dict[int, list[RecordKey]] = defaultdict(list)
        for key, label in zip(_KEYS, labels, strict=True):
            if label is not None:
                parts[label].append(key)
        try:
            self._registry.apply_all(list(parts.values()), largest_withdrawn_share=1)
        except VerdictError:
            assert self._registry.verdicts()
            return
        self._cluster_of.clear()
        for members in parts.values():
            self._put(members)

    @rule(key=_records, other=_records)
    def join(self, key: RecordKey, other: RecordKey) -> None:
        """One record, new or not, goes to the customer of another one: a partition of two customers."""
        if other not in self._cluster_of or key == other:
            return
        clusters = self._clusters()
        home = clusters[self._cluster_of[other]]
        rest = [each for each in clusters.get(self._cluster_of.get(key, 0), []) if each != key and each not in home]
        target = [each for each in home if each != key] + [key]
        request = f"join {len(self._requests)}"
        try:
            change = self._registry.apply([target, rest], request=request)
        except VerdictError:
            return
        self._requests[request] = ([target, rest], change)
        self._put(target)

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """A request delivered again, however late, changes nothing and is answered as before."""
        served = {name: each for name, each in self._requests.items() if each[1] is not None}
        if not served:
            return
        name = data.draw(st.sampled_from(sorted(served)))
        parts, change = served[name]
        again = self._registry.apply(parts, request=name)
        # Of a record that was erased since, the change no longer tells the key.
        assert again is not None
        assert change is not None
        assert again.token == change.token

    @rule(keys=st.sets(_records, max_size=3))
    def withdraw(self, keys: set[RecordKey]) -> None:
        """Some records leave, whether or not they are there."""
        self._registry.withdraw(keys)
        for key in keys:
            self._cluster_of.pop(key, None)

    @rule(keys=st.sets(_records, max_size=2))
    def erase(self, keys: set[RecordKey]) -> None:
        """Some records are erased: nobody else is renamed, and their keys are told no more (invariants 18 to 20)."""
        left = {key: self._registry.id_of(key) for key in self._cluster_of if key not in keys}
        change = self._registry.erase(records=keys, reason="article 17").change
        for key in keys:
            self._cluster_of.pop(key, None)
        assert {key: self._registry.id_of(key) for key in left} == left
        if change is not None:
            assert {each.kind for each in change.events} <= _OF_ERASURES
        with self._store.reading() as transaction:
            assert transaction.history(records=keys) == []
            told = [next(iter(transaction.changes(each.number - 1, limit=1))) for each in self._decided]
            assert not any(verdict.records & keys for each in told for verdict in each.verdicts)
        standing = {each.number for each in self._registry.verdicts()}
        self._decided = [each for each in told if standing.intersection(verdict.number for verdict in each.verdicts)]

    @rule(key=_records)
    def come_back(self, key: RecordKey) -> None:
        """A record that is not there comes, alone; refused where a person has said whose it is."""
        if key in self._cluster_of:
            return
        try:
            self._registry.apply([[key]])
        except VerdictError:
            return
        self._put([key])

    @rule(key=_records, other=_records)
    def merge(self, key: RecordKey, other: RecordKey) -> None:
        """Two customers become one; refused where that breaks a verdict."""
        if key not in self._cluster_of or other not in self._cluster_of:
            return
        try:
            change = self._registry.merge(self._registry.id_of(key), other, reason="same")
        except VerdictError:
            return
        self._decided.append(change)
        clusters = self._clusters()
        self._put(sorted({*clusters[self._cluster_of[key]], *clusters[self._cluster_of[other]]}))

    @rule(key=_records, taken=st.sets(_records, min_size=1, max_size=2))
    def split(self, key: RecordKey, taken: set[RecordKey]) -> None:
        """Some records of a customer are set apart; refused where that breaks a verdict."""
        if key not in self._cluster_of:
            return
        members = self._clusters()[self._cluster_of[key]]
        part = sorted(taken & set(members))
        if not part:
            return
        try:
            change = self._registry.split(self._registry.id_of(key), [part], reason="different")
        except (PartitionError, VerdictError):
            return
        self._decided.append(change)
        self._put(part)

    @rule(key=_records, other=_records)
    def forbid(self, key: RecordKey, other: RecordKey) -> None:
        """Two customers are said to be different; refused where they are one."""
        if key not in self._cluster_of or other not in self._cluster_of:
            return
        is_one = self._cluster_of[key] == self._cluster_of[other]
        try:
            change = self._registry.forbid(self._registry.id_of(key), self._registry.id_of(other), reason="brothers")
        except VerdictError:
            assert is_one or self._registry.verdicts()
            return
        assert not is_one
        self._decided.append(change)

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """What was decided is taken back, unless other things have been built upon it."""
        if not self._decided:
            return
        change = data.draw(st.sampled_from(self._decided))
        verdicts = {each.number for each in self._registry.verdicts()}
        try:
            undone = self._registry.undo(change.token, reason="a mistake")
        except VerdictError:
            return
        self._decided.remove(change)
        assert verdicts - {each.number for each in self._registry.verdicts()} == set(undone.revoked)
        # The machine does not know what was before; the partition is taken over, and checked by the other invariants.
        clusters = self._kept().clusters()
        assert {key for members in clusters.values() for key in members} == self._cluster_of.keys()
        for members in clusters.values():
            self._put(members)

    @rule()
    def reopen(self) -> None:
        """The store is closed and opened again."""
        self._store = self.again(self._store)
        self._registry = Registry(self._store, minter=self._minter)

    @invariant()
    def it_has_the_partition(self) -> None:
        """Records of one cluster have one identifier, and of two clusters two (invariants 1 and 2)."""
        names = {key: self._registry.id_of(key) for key in self._cluster_of}
        for key, name in names.items():
            assert {each for each, other in names.items() if other == name} == {
                each for each, number in self._cluster_of.items() if number == self._cluster_of[key]
            }

    @invariant()
    def readers_can_follow(self) -> None:
        """Replaying what is new since the last token gives what is there (invariant 21), in whole changes."""
        for change in self._registry.changes(self._token):
            self._replay.take(change.number, change.events)
            self._token = change.token
        assert self._replay.naming == self._kept()

    @invariant()
    def every_identifier_resolves(self) -> None:
        """To an active one or to nothing; and nothing is for ever (invariants 3 to 5)."""
        naming = self._kept()
        for each, state in naming.identifiers.items():
            resolution = self._registry.resolve(each)
            assert isinstance(resolution, Gone) == (state.target is None)
            assert each not in self._gone or isinstance(resolution, Gone)
            if isinstance(resolution, Gone):
                self._gone.add(each)

    @invariant()
    def verdicts_hold(self) -> None:
        """Records that a person has set apart never share an identifier, nor do joined ones differ (invariant 26)."""
        for verdict in [each for change in self._decided for each in change.verdicts]:
            left = {self._cluster_of[key] for key in verdict.left if key in self._cluster_of}
            right = {self._cluster_of[key] for key in verdict.right if key in self._cluster_of}
            if verdict.kind is VerdictKind.DIFFERENT:
                assert not left & right
            else:
                assert len(left | right) <= 1
