"""What every store of a registry has to do, as tests that a store of your own can inherit.

::

    from custid.testing import StoreSuite


    class TestMyStore(StoreSuite):
        def open_store(self, directory):
            return MyStore(directory / "registry")

The tests are those of pytest, which gives them ``tmp_path``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from typing import Any, ClassVar

from custid.errors import CustidError, StoreError
from custid.privacy import AuditEntry
from custid.registry import Registry, SequentialMinter
from custid.registry.audit_trail import StoreAudit
from custid.registry.contents import Content
from custid.registry.doctor import check_store
from custid.registry.events import NO_CHANGE, Cause, Change, VerdictKind, digest_of
from custid.registry.identifiers import CustomerId
from custid.registry.naming import Naming
from custid.registry.record_keys import RecordKey
from custid.registry.replay import Replay
from custid.registry.store import Head, Store, WriteTransaction
from custid.registry.writing import NewVerdict, write_change

__all__ = ["StoreSuite"]

A, B, C, D = (RecordKey("crm", name) for name in "abcd")
_DAY = datetime(2026, 3, 1, 12, 30, 15, 123_456, tzinfo=UTC)

_ODD_TEXTS = (
    *("a", "A", "a ", " a", "'", '"', "%", "_", "\\", "a'; DROP TABLE custid_record; --", "-1", "1", "01", "1.0"),
    *("é", "e\u0301", "ß", "ss", "İ", "i̇", "ﬁ", "\u200b", "\u202e", "😀", "\U0010ffff", "\ufffd", "\x01", "\n", "\t"),
    *("null", "None", "NaN", "x" * 1_024),
)
_ODD_VALUES: dict[str, Any] = {
    "nul": "a\0b",
    "half": "\ud800",
    "text": "\u202eé😀\n'\"\\",
    "number": -0.1,
    "whole": 2**70,
    "list": [None, True, {"": ""}],
}


class StoreSuite(ABC):
    """The contract of `custid.registry.Store`.

    Attributes
    ----------
    is_durable : bool
        Whether what was written is there after the store was closed and opened again.
    """

    is_durable: ClassVar[bool] = True

    @abstractmethod
    def open_store(self, directory: Path) -> Store:
        """Return a store, opened; the same one when called again with the same directory.

        Parameters
        ----------
        directory : Path
            Empty at first, and the test's own.

        Returns
        -------
        Store
            Without content the first time.
        """

    @contextmanager
    def _store(self, directory: Path) -> Iterator[Store]:
        with closing(self.open_store(directory)) as store:
            yield store

    def test_a_new_store_is_empty(self, tmp_path: Path) -> None:
        """Nothing is there, and the history stands before its first change."""
        with self._store(tmp_path) as store, store.reading() as transaction:
            assert transaction.head() == Head()
            assert transaction.naming() == Naming()
            assert list(transaction.changes()) == []
            assert (transaction.verdicts(), transaction.positions(), transaction.settings()) == ([], {}, {})
            assert (transaction.records([A]), transaction.contents([A])) == ({}, {})
            assert transaction.history(records=[A]) == []
            assert transaction.change_of("never") is None
            assert transaction.change_before(_DAY) == 0

    def test_forgotten_records_leave_their_numbers(self, tmp_path: Path) -> None:
        """Events and verdicts tell their keys no more, but that of a later record; the chain of digests holds."""
        with self._store(tmp_path) as store:
            _write(store, [[A, B], [C]], verdicts=[NewVerdict(kind=VerdictKind.DIFFERENT, left=[A, B], right=[C])])
            _write(store, [[B], [C]], withdrawn=[A])
            _write(store, [[A], [B], [C]])
            store.transact(lambda transaction: transaction.forget([1], []))
            _write(store, [[A], [B]], withdrawn=[C])
            store.transact(lambda transaction: transaction.forget([3], [C]))
            assert store.scrub()
            with store.reading() as transaction:
                changes = list(transaction.changes())
                (verdict,) = transaction.verdicts()
                assert transaction.history(records=[C]) == []
                assert [entry.change for entry in transaction.history(records=[A])] == [3]
                assert set(transaction.records([A, B, C])) == {A, B}
            assert (verdict.left, verdict.right) == ((A, B), ())
            assert {event.record for change in changes for event in change.events if event.arrival in {1, 3}} == {None}
            previous = NO_CHANGE
            for change in changes:
                assert digest_of(previous, change) == change.digest
                previous = change.digest

    def test_a_change_is_read_as_it_was_written(self, tmp_path: Path) -> None:
        """Number, time, cause, events in order, digest, verdicts: nothing is lost or rounded."""
        with self._store(tmp_path) as store:
            written = [
                _write(store, [[A, B], [C]]),
                _write(
                    store,
                    [[A, B, C]],
                    cause=Cause(kind="merge", actor="anne", reason="l'été « 2026 »", request="r-1"),
                    verdicts=[NewVerdict(kind=VerdictKind.SAME, left=[A], right=[C])],
                ),
                _write(store, [[A], [B], [C]], revoked=[1], at=_DAY + timedelta(microseconds=1)),
            ]
            with store.reading() as transaction:
                assert list(transaction.changes()) == written
                head = transaction.head()
        assert [each.number for each in written] == [1, 2, 3]
        assert (head.tally.change, head.tally.arrivals, head.n_verdicts) == (3, 3, 1)
        assert (head.at, head.digest) == (written[2].at, written[2].digest)

    def test_changes_are_read_from_anywhere(self, tmp_path: Path) -> None:
        """After any change, and as many as wanted."""
        with self._store(tmp_path) as store:
            written = [_write(store, [[RecordKey("crm", str(number))]]) for number in range(5)]
            with store.reading() as transaction:
                for after in range(6):
                    assert list(transaction.changes(after)) == written[after:]
                    assert list(transaction.changes(after, limit=2)) == written[after : after + 2]
                assert list(transaction.changes(99)) == []
                digests = [transaction.digest_at(number) for number in range(-1, 7)]
        assert digests == [None, None, *(each.digest for each in written), None]

    def test_records_and_identifiers_are_found(self, tmp_path: Path) -> None:
        """By key, by identifier, by customer, and all together; what is not there is left out."""
        with self._store(tmp_path) as store:
            _write(store, [[A, B], [C], [D]])
            _write(store, [[A, B, C]])
            with store.reading() as transaction:
                naming = transaction.naming()
                assert set(naming.records) == {A, B, C, D}
                walked = {RecordKey(source, key): customer for source, key, customer in transaction.crosswalk()}
                assert walked == {key: state.customer for key, state in naming.records.items()}
                assert transaction.records([A, RecordKey("shop", "a")]) == {A: naming.records[A]}
                assert transaction.identifiers(list(naming.identifiers)) == naming.identifiers
                assert transaction.identifiers([CustomerId("unknown")]) == {}
                for key in (A, D):
                    assert transaction.naming([naming.records[key].customer]) == naming.around([key])
                assert transaction.naming([]) == Naming()

    def test_any_key_is_kept_apart_from_any_other(self, tmp_path: Path) -> None:
        """Case, accents, blanks, quotes, marks and characters beyond the first 65,536 all count."""
        keys = [RecordKey("crm", text) for text in _ODD_TEXTS] + [RecordKey(text, "a") for text in _ODD_TEXTS]
        with self._store(tmp_path) as store:
            _write(store, [[key] for key in keys])
            with store.reading() as transaction:
                assert set(transaction.records(keys)) == set(keys)
                assert len({each.customer for each in transaction.naming().records.values()}) == len(set(keys))
                assert {each.event.record for each in transaction.history(records=[keys[3]])} == {keys[3]}

    def test_contents_are_kept_to_the_letter(self, tmp_path: Path) -> None:
        """A content is what was put last; it goes with its record."""
        odd, plain = Content.of(_ODD_VALUES), Content.of({"name": "x"})
        with self._store(tmp_path) as store:
            _write(store, [[A, B], [C]], contents={A: plain, B: odd})
            with store.reading() as transaction:
                assert transaction.contents([A, B, C, D]) == {A: plain, B: odd}
                assert transaction.contents([B])[B].values() == _ODD_VALUES
            change = _write(store, [[A, B]], contents={A: odd})
            assert [each.kind.value for each in change.events] == ["updated"]
            _write(store, [[A]], withdrawn=[B])
            _write(store, [[A, B]])
            with store.reading() as transaction:
                assert transaction.contents([A, B]) == {A: odd}

    def test_work_that_fails_leaves_nothing(self, tmp_path: Path) -> None:
        """An exception after everything has been written takes everything back."""
        with self._store(tmp_path) as store:
            _write(store, [[A, B], [C]], contents={A: Content.of({"n": 1})})
            store.transact(lambda transaction: transaction.put_setting("s", "1"))
            before = _everything(store)

            def fail(transaction: WriteTransaction) -> None:
                verdict = NewVerdict(kind=VerdictKind.DIFFERENT, left=[A], right=[D])
                _write_in(transaction, [[A, C], [D]], withdrawn=[B], contents={A: Content.of({})}, verdicts=[verdict])
                transaction.put_setting("s", "2")
                transaction.put_position("reader", 1)
                raise KeyError("stop")

            assert _raised(lambda: store.transact(fail)) is KeyError
            assert _everything(store) == before

    def test_what_was_written_is_read_in_the_same_transaction(self, tmp_path: Path) -> None:
        """A second change in one transaction stands on the first."""

        def work(transaction: WriteTransaction) -> list[int]:
            first = _write_in(transaction, [[A], [B]])
            assert transaction.head().digest == first.digest
            second = _write_in(transaction, [[A, B]])
            assert transaction.records([B])[B].customer == transaction.records([A])[A].customer
            return [first.number, second.number]

        with self._store(tmp_path) as store:
            assert store.transact(work) == [1, 2]

    def test_requests_are_known_by_their_keys(self, tmp_path: Path) -> None:
        """The change of a request is found."""
        with self._store(tmp_path) as store:
            _write(store, [[A]], cause=Cause(kind="apply", request="one"))
            _write(store, [[B]], cause=Cause(kind="apply"))
            _write(store, [[C]], cause=Cause(kind="apply"))
            with store.reading() as transaction:
                assert (transaction.change_of("one"), transaction.change_of("two")) == (1, None)

    def test_changes_are_found_by_time(self, tmp_path: Path) -> None:
        """To the microsecond, in any time zone; of several at one moment the last."""
        step = timedelta(microseconds=1)
        with self._store(tmp_path) as store:
            for number, at in enumerate([_DAY, _DAY, _DAY + step]):
                _write(store, [[RecordKey("crm", str(number))]], at=at)
            with store.reading() as transaction:
                moments = (_DAY - step, _DAY, _DAY + step, datetime.max.replace(tzinfo=UTC))
                assert [transaction.change_before(each) for each in moments] == [0, 2, 3, 3]

    def test_history_is_of_what_it_is_asked_for(self, tmp_path: Path) -> None:
        """All events that name an identifier or a record, those of former arrivals too, and no others."""
        with self._store(tmp_path) as store:
            first = _write(store, [[A], [B], [C]])
            _write(store, [[A, B]])
            _write(store, [[A]], withdrawn=[B])
            _write(store, [[A], [B]])
            with store.reading() as transaction:
                kinds = [(each.change, each.event.kind.value) for each in transaction.history(records=[B])]
                assert kinds == [(1, "assigned"), (2, "assigned"), (3, "withdrawn"), (4, "assigned")]
                of_c = transaction.records([C])[C].customer
                found = transaction.history(customers=[of_c])
                assert [each.event for each in found] == [each for each in first.events if each.customer == of_c]
                assert {(each.at, each.cause) for each in found} == {(first.at, first.cause)}
                everyone = transaction.history(customers=list(transaction.naming().identifiers))
                events = [event for change in transaction.changes() for event in change.events]
                assert [each.event for each in everyone] == events

    def test_verdicts_stand_until_revoked(self, tmp_path: Path) -> None:
        """They are found by any of their records, and outlive these."""
        with self._store(tmp_path) as store:
            _write(
                store,
                [[A], [B], [C], [D]],
                verdicts=[
                    NewVerdict(kind=VerdictKind.DIFFERENT, left=[B, A], right=[C]),
                    NewVerdict(kind=VerdictKind.DIFFERENT, left=[A], right=[D]),
                ],
            )
            with store.reading() as transaction:
                one, two = transaction.verdicts()
                assert (one.left, one.right, one.change, one.revoked) == ((A, B), (C,), 1, None)
                assert [transaction.verdicts([key]) for key in (A, B, C, D)] == [[one, two], [one], [one], [two]]
            _write(store, [], withdrawn=[C], revoked=[2])
            with store.reading() as transaction:
                assert transaction.verdicts() == transaction.verdicts([C]) == [one]

    def test_positions_and_settings_are_replaced(self, tmp_path: Path) -> None:
        """The last value counts; names are kept apart."""
        with self._store(tmp_path) as store:
            for number in (1, 2):

                def work(transaction: WriteTransaction, number: int = number) -> None:
                    transaction.put_position("crm", number)
                    transaction.put_setting("model", f"é{number}")

                store.transact(work)
            store.transact(lambda transaction: transaction.put_position("shop", 1))
            with store.reading() as transaction:
                assert transaction.positions() == {"crm": 2, "shop": 1}
                assert transaction.settings() == {"model": "é2"}

    def test_the_audit_trail_goes_on_where_it_ended(self, tmp_path: Path) -> None:
        """Entries come back in order, those of work that fails are forgotten, and a store opened again goes on."""
        with self._store(tmp_path) as store:
            trail = StoreAudit(store, key=b"secret", clock=lambda: _DAY)
            assert (len(trail), trail.faults()) == (0, [])
            written = [trail.append(AuditEntry(actor=f"é{number}", action="read")) for number in range(3)]

            def fail(transaction: WriteTransaction) -> None:
                transaction.append_audit(4, "{}")
                raise KeyError("stop")

            assert _raised(lambda: store.transact(fail)) is KeyError
            assert (list(trail.entries()), list(trail.entries(2))) == (written, written[2:])
            assert (len(trail), trail.head) == (3, written[2].digest)
            assert trail.faults(head=trail.head, n_entries=3) == []
            assert check_store(store, audit_key=b"secret", audit_head=trail.head) == ()
            assert [each.code for each in check_store(store, audit_key=b"another")] == ["audit-trail"]
            assert [each.code for each in check_store(store, audit_head="0")] == ["audit-trail"]
        if self.is_durable:
            with self._store(tmp_path) as store:
                assert StoreAudit(store, key=b"secret").append(AuditEntry(actor="a", action="read")).number == 4
                assert check_store(store, audit_key=b"secret") == ()

    def test_threads_add_to_the_audit_trail_in_turn(self, tmp_path: Path) -> None:
        """Entries of four threads are all there, chained, and none twice."""
        with self._store(tmp_path) as store:

            def run(name: str) -> None:
                for _ in range(5):
                    StoreAudit(store, key=b"secret").append(AuditEntry(actor=name, action="read"))

            threads = [Thread(target=run, args=(str(number),)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            trail = StoreAudit(store, key=b"secret")
            assert (len(trail), trail.faults()) == (20, [])

    def test_settings_of_work_that_fails_are_forgotten(self, tmp_path: Path) -> None:
        """What was read inside such work is not what is there afterwards; setting the same value again is no harm."""
        with self._store(tmp_path) as store:
            store.transact(lambda transaction: transaction.put_setting("model", "one"))

            def fail(transaction: WriteTransaction) -> None:
                transaction.put_setting("model", "two")
                assert transaction.settings() == {"model": "two"}
                raise KeyError("stop")

            assert _raised(lambda: store.transact(fail)) is KeyError
            with store.reading() as transaction:
                assert transaction.settings() == {"model": "one"}
            store.transact(lambda transaction: transaction.put_setting("model", "one"))
            with store.reading() as transaction:
                assert transaction.settings() == {"model": "one"}

    def test_many_records_are_written_and_found_at_once(self, tmp_path: Path) -> None:
        """More than any database takes in one statement, with contents for some."""
        keys = [RecordKey("crm", f"{number:05d}") for number in range(21_000)]
        contents = {key: Content.of({"n": key.key}) for key in keys[::2]}
        with self._store(tmp_path) as store:
            change = _write(store, [keys[:3], *([key] for key in keys[3:])], contents=contents)
            with store.reading() as transaction:
                found = transaction.records(keys)
                assert [found[key].arrival for key in keys] == list(range(1, len(keys) + 1))
                assert transaction.contents(keys) == contents
                assert transaction.naming(change.customers).records == found
                assert len(transaction.history(customers=change.customers)) == len(change.events)

    def test_a_reader_sees_one_state(self, tmp_path: Path) -> None:
        """A change that is committed meanwhile shows in the next transaction."""
        with self._store(tmp_path) as store:
            _write(store, [[A]])
            writer = Thread(target=lambda: _write(store, [[B]]))
            with store.reading() as transaction:
                assert transaction.head().tally.change == 1
                writer.start()
                assert (transaction.head().tally.change, transaction.records([B])) == (1, {})
            writer.join()
            with store.reading() as transaction:
                assert transaction.head().tally.change == 2

    def test_the_stamp_tells_that_something_was_written(self, tmp_path: Path) -> None:
        """Whatever is written shows in it; reading alone does not."""
        with closing(self.open_store(tmp_path)) as store:
            before = store.stamp()
            with store.reading() as transaction:
                transaction.head()
            assert store.stamp() == before
            store.transact(lambda transaction: transaction.put_setting("a", "1"))
            after = store.stamp()
            assert after != before
            store.transact(lambda transaction: transaction.put_setting("a", "2"))
            assert store.stamp() != after

    def test_writers_come_one_after_the_other(self, tmp_path: Path) -> None:
        """Threads that read, think and write lose nothing of one another's; changes are numbered without gaps."""
        n_threads, n_changes = 4, 6
        with self._store(tmp_path) as store:
            barrier = Barrier(n_threads)

            def count(transaction: WriteTransaction) -> None:
                seen = int(transaction.settings().get("count", "0"))
                _write_in(transaction, [[RecordKey("crm", str(seen))]])
                transaction.put_setting("count", str(seen + 1))

            def run() -> None:
                barrier.wait()
                for _ in range(n_changes):
                    store.transact(count)

            threads = [Thread(target=run) for _ in range(n_threads)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with store.reading() as transaction:
                assert transaction.settings()["count"] == str(n_threads * n_changes)
                assert [each.number for each in transaction.changes()] == list(range(1, n_threads * n_changes + 1))

    def test_any_history_is_kept(self, tmp_path: Path) -> None:
        """Random partitions: the ledger folds to the crosswalk, digests chain, and nothing ails the store."""
        random = Random(20)  # noqa: S311  # the same histories every time
        keys = [RecordKey("crm", str(number)) for number in range(12)]
        with self._store(tmp_path) as store:
            registry = Registry(store, minter=SequentialMinter())
            for _ in range(25):
                present = [key for key in keys if random.random() < 0.9]
                labels = {key: random.randrange(5) for key in present}
                registry.apply_all([[key for key in present if labels[key] == label] for label in range(5)])
            replay, digest = Replay(), NO_CHANGE
            with store.reading() as transaction:
                for change in transaction.changes():
                    replay.take(change.number, change.events)
                    digest = digest_of(digest, change)
                    assert digest == change.digest
                assert replay.naming == transaction.naming()
            assert check_store(store) == ()

    def test_a_store_opened_again_is_as_it_was(self, tmp_path: Path) -> None:
        """Closing loses nothing, where the store is durable; and a closed one says that it is."""
        with self._store(tmp_path) as store:
            _write(store, [[A, B], [C]], contents={A: Content.of(_ODD_VALUES)})
            before = _everything(store)
        assert _raised(lambda: _everything(store)) is StoreError
        assert _raised(lambda: _write(store, [[D]])) is StoreError
        if self.is_durable:
            with self._store(tmp_path) as store:
                assert _everything(store) == before

    def test_the_description_says_nothing_private(self, tmp_path: Path) -> None:
        """Kind and version are told; the place is not."""
        with self._store(tmp_path) as store:
            assert store.description
            assert str(tmp_path) not in store.description


def _write(store: Store, clusters: list[list[RecordKey]], **more: Any) -> Change:
    return store.transact(lambda transaction: _write_in(transaction, clusters, **more))


def _write_in(
    transaction: WriteTransaction,
    clusters: list[list[RecordKey]],
    *,
    at: datetime = _DAY,
    cause: Cause | None = None,
    withdrawn: Collection[RecordKey] = (),
    contents: dict[RecordKey, Content] | None = None,
    verdicts: Collection[NewVerdict] = (),
    revoked: Collection[int] = (),
) -> Change:
    minter = SequentialMinter()
    change = write_change(
        transaction,
        clusters,
        cause=cause or Cause(kind="apply"),
        mint=minter,
        clock=lambda: at,
        withdrawn=withdrawn,
        contents=contents,
        verdicts=verdicts,
        revoked=revoked,
    )
    assert change is not None
    return change


def _everything(store: Store) -> tuple[Any, ...]:
    with store.reading() as transaction:
        naming = transaction.naming()
        return (
            transaction.head(),
            naming,
            list(transaction.changes()),
            transaction.contents(list(naming.records)),
            transaction.verdicts(),
            transaction.positions(),
            transaction.settings(),
        )


def _raised(work: Callable[[], object]) -> type[BaseException] | None:
    """Return the type of the exception that some work raises."""
    try:
        work()
    except (CustidError, KeyError) as error:
        return type(error)
    return None
