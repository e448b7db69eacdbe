"""A store that follows a registry is the registry, whatever comes twice, late or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid import Schema
from custid.errors import StoreError, UnknownChangeError
from custid.registry import (
    Change,
    Content,
    MemoryStore,
    RecordKey,
    Registry,
    Replica,
    SequentialMinter,
    Store,
    open_store,
)
from custid.registry.doctor import check_store
from custid.registry.store import WriteTransaction
from tests.registry.arrivals import drawn_end, play
from tests.registry.histories import Partition, histories
from tests.registry.matched import model, rows
from tests.registry.test_exchange import A, B, C, D, everything, fill

Deliveries = list[list[Change]]
_Result = TypeVar("_Result")
ASKED = {name: rows("persons")[0][name] for name in ("given_name", "family_name", "birth_date")}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return an empty store of each kind."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return open_store(tmp_path / "copy.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return open_store(make())


def test_a_replica_that_follows_is_identical(copy: Store) -> None:
    """Ledger, crosswalk, redirects, contents, verdicts, positions and settings, after every step of a history."""
    original = MemoryStore()
    registry, replica = Registry(original, minter=SequentialMinter()), Replica(copy)
    steps: list[Callable[[], object]] = [
        lambda: registry.apply([[A, B], [C], [D]], contents={A: {"name": "é"}, C: {"n": 1}}),
        lambda: registry.merge(A, C, reason="same"),
        lambda: registry.forbid(A, D, reason="brothers"),
        lambda: registry.undo(2),
        lambda: registry.apply([[B]], withdrawn=[A]),
        lambda: registry.withdraw([D]),
        lambda: registry.acknowledge("shop", 3),
        lambda: registry.apply([[A], [B]], contents={A: {"back": True}}),
        lambda: registry.apply([[A], [B]], contents={B: {"said": "else"}}),
    ]
    with closing(copy):
        for step in steps:
            step()
            replica.follow(original)
            assert everything(copy) == everything(original)
        assert replica.follow(original) == 0
        assert check_store(copy) == ()
        assert replica.token == f"{len(list(registry.changes()))}.{everything(original)[0].digest[:16]}"


@given(histories, st.integers(0, 1000))
@settings(max_examples=40)
def test_changes_that_come_twice_change_nothing(history: list[Partition], seed: int) -> None:
    """In pages of any length, each of which may come again, sooner or later."""
    random = Random(seed)  # noqa: S311  # pages, no secret
    original, copy = MemoryStore(), MemoryStore()
    registry, replica = Registry(original, minter=SequentialMinter()), Replica(copy)
    for partition in history:
        registry.apply_all(partition, largest_withdrawn_share=1.0)
    changes, taken = list(registry.changes()), 0
    while taken < len(changes):
        start = random.randint(0, taken)
        end = random.randint(taken, len(changes))
        assert replica.take(changes[start:end]) == end - taken
        taken = end
        if random.random() < 0.3:
            replica = Replica(copy)
    replica.follow(original)
    assert everything(copy) == everything(original)


def test_changes_that_come_too_early_are_refused_whole() -> None:
    """The error tells which one is missing; once it has come, all is well."""
    original, copy = fill(MemoryStore()), MemoryStore()
    changes = list(Registry(original).changes())
    replica = Replica(copy)
    assert replica.token is None
    replica.take(changes[:2])
    for early in ([changes[3]], [changes[2], changes[4]], [changes[4], changes[2], changes[3]]):
        before = everything(copy)
        with pytest.raises(StoreError, match=r"expected change \d, got change \d.*Hint"):
            replica.take(early)
        assert everything(copy) == before
    with original.reading() as transaction:
        replica.take(changes[1:], contents=transaction.contents(list(transaction.naming().records)))
    replica.follow(original)
    assert everything(copy) == everything(original)


def test_changes_of_another_history_are_refused() -> None:
    """Under a number that is known, or as the next one; and so is a registry that lacks what was followed."""
    original, copy = fill(MemoryStore()), MemoryStore()
    other = Registry(MemoryStore())
    other.apply([[("crm", "x")]])
    other.apply([[("crm", "y")]])
    replica = Replica(copy)
    replica.take(list(Registry(original).changes())[:1])
    for foreign in other.changes():
        with pytest.raises(UnknownChangeError, match=r"another.*Hint"):
            replica.take([foreign])
    for store in (other.store, MemoryStore()):
        with pytest.raises(UnknownChangeError, match="change 1"):
            replica.follow(store)


def test_contents_of_records_that_have_left_are_passed_over() -> None:
    """What a slow transport brings of them has nowhere to go."""
    original, copy = fill(MemoryStore()), MemoryStore()
    gone = RecordKey("crm", "gone")
    Replica(copy).take(Registry(original).changes(), contents={gone: Content.of({"n": 1})})
    assert everything(copy)[3] == {}


@pytest.mark.parametrize("seed", range(3))
def test_a_replica_of_a_registry_that_matches_goes_on_matching(seed: int) -> None:
    """It has the model and what columns mean, so that the same rows make the same customers."""
    random = Random(seed)  # noqa: S311  # a history, no secret
    registry = play(MemoryStore(), drawn_end(random, with_verdicts=True), random)
    copy = MemoryStore()
    Replica(copy).follow(registry.store)
    assert everything(copy) == everything(registry.store)
    trained = registry.model
    assert trained is not None
    assert Registry(copy).use(trained) is None
    assert check_store(copy) == ()


class _Watched(MemoryStore):
    """A store at which somebody looks as soon as anything is written."""

    def __init__(self) -> None:
        super().__init__()
        self.looker: Registry | None = None

    def transact(self, work: Callable[[WriteTransaction], _Result], /) -> _Result:
        done = super().transact(work)
        if self.looker is not None and self.looker.model is not None:
            self.looker.identify(ASKED)
        return done


def test_who_looks_while_a_replica_follows_reads_records_as_the_registry_does() -> None:
    """What columns mean is there before the records are, so that nobody has to guess."""
    renamed = {"family_name": "c1", "given_name": "c2", "birth_date": "c3"}
    said = [{renamed.get(name, name): value for name, value in row.items()} for row in rows("persons")[:30]]
    schema = Schema(columns={column: name for name, column in renamed.items()}, record_key="record_id")
    original, copy = MemoryStore(), _Watched()
    registry, replica, copy.looker = Registry(original), Replica(copy), Registry(copy)
    registry.use(model("persons", 12))
    replica.follow(original)
    registry.ingest(said, source="shop", schema=schema)
    replica.follow(original)
    found = registry.identify(ASKED)
    assert found.candidates
    assert copy.looker.identify(ASKED).to_dict() == found.to_dict()


def test_what_is_erased_is_erased_in_the_copy(copy: Store) -> None:
    """Keys and sides of verdicts go, of records withdrawn before, too; a key that came again stays."""
    with closing(copy):
        original = MemoryStore()
        registry, replica = Registry(original, minter=SequentialMinter()), Replica(copy)
        registry.apply([[A, B], [C], [D]], contents={A: {"name": "é"}, C: {"n": 1}})
        registry.merge(A, C, reason="same")
        replica.follow(original)
        registry.withdraw([B])
        registry.erase(records=[A, B], reason="a17")
        registry.apply([[D], [B]], contents={B: {"name": "another"}})
        replica.follow(original)
        with copy.reading() as transaction:
            told = [event.record for change in transaction.changes() for event in change.events]
            sides = {key for change in transaction.changes() for verdict in change.verdicts for key in verdict.records}
            assert transaction.settings().get("erasure", "") == ""
            assert (A in told, told.count(RecordKey(*B)), sides) == (False, 1, {C})
        assert check_store(copy) == ()
        assert everything(copy) == everything(original)
