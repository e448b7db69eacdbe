"""Processes that write to a registry and tell what has been acknowledged, until they are done or killed.

They are forked from one process that has everything loaded, so that each starts at once.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

from custid.errors import PartitionError, UnknownIdentifierError, UnknownRecordError, VerdictError
from custid.registry import RecordKey, Registry, open_registry
from tests.registry.matched import SOURCE, feed, model, rows

__all__ = [
    "CAP",
    "Look",
    "Told",
    "Work",
    "Worker",
    "apply_changes",
    "ingest_rows",
    "mix",
    "mix_by_model",
    "row_of",
    "start",
]

ROOT = Path(__file__).parents[2]
CAP = 12
Told = Any
Work = Callable[[Registry, Connection, str, int], None]


@frozen(kw_only=True)
class Look:
    """One look-up: what was asked, what was answered, and between which changes.

    Attributes
    ----------
    record : RecordKey
        What was asked for.
    found : str or None
        The identifier; None for a record that was not there.
    after, before : int
        Number of the last change when it was asked, and when it was answered.
    """

    record: RecordKey
    found: str | None
    after: int
    before: int


class Worker:
    """A process, and the end of the pipe that it writes to.

    Parameters
    ----------
    process : ForkServerProcess
        The process.
    pipe : Connection
        Where it tells.
    """

    def __init__(self, process: ForkServerProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe

    def told(self) -> list[Told]:
        """Return all that it tells until it ends."""
        found = []
        # A process that was killed may have written half a message.
        with suppress(EOFError, OSError):
            while True:
                found.append(self.pipe.recv())
        self.pipe.close()
        self.process.join()
        return found


def start(work: Work, address: str, name: str, amount: int) -> Worker:
    """Start a process that works on a registry: so many changes, or rounds, or seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.registry.loaded"])
    reading, writing = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, address, name, amount, writing), daemon=True)
    former = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT), *filter(None, [former])])
    try:
        process.start()
    finally:
        if former is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = former
    writing.close()
    return Worker(process, reading)


def _run(work: Work, address: str, name: str, amount: int, pipe: Connection) -> None:
    with open_registry(address) as registry:
        work(registry, pipe, name, amount)


def load() -> None:
    """Load and compile what the processes use, before they are forked."""
    with TemporaryDirectory() as directory, open_registry(Path(directory) / "registry.db") as registry:
        registry.use(model("persons", CAP))
        registry.ingest([row_of(place, place) for place in range(8)], source=SOURCE, schema=feed("persons").schema)
        registry.withdraw([(SOURCE, row_of(0, 0)["record_id"])])


def row_of(place: int, said: int) -> dict[str, Any]:
    """Return a record that states what another one does."""
    found = rows("persons")
    return dict(found[said]) | {"record_id": found[place]["record_id"]}


def apply_changes(registry: Registry, pipe: Connection, name: str, n_changes: int) -> None:
    """Write changes of two customers each; tell number, token and identifier of each that has been acknowledged."""
    for number in range(n_changes):
        keys = [(name, f"{number}.{each}") for each in range(6)]
        contents = {key: {"text": "x" * 200} for key in keys}
        change = registry.apply([keys[:4], keys[4:]], contents=contents, request=f"{name}.{number}")
        assert change is not None
        pipe.send((number, change.token, registry.id_of(keys[0])))


def ingest_rows(registry: Registry, pipe: Connection, name: str, n_changes: int) -> None:
    """Let records of a source of its own come, change and go; tell what each acknowledged request has left."""
    random = Random(name)  # noqa: S311  # a history, no secret
    for number in range(n_changes):
        places = random.sample(range(len(rows("persons"))), random.randint(1, 4))
        if number % 5 == 4:
            change = registry.withdraw([(name, row_of(place, 0)["record_id"]) for place in places])
            said: dict[str, dict[str, Any] | None] = {row_of(place, 0)["record_id"]: None for place in places}
        else:
            given = [row_of(place, random.choice(places)) for place in places]
            request = f"{name}.{number}"
            change = registry.ingest(given, source=name, schema=feed("persons").schema, request=request).change
            said = {row["record_id"]: row for row in given}
        pipe.send((number, None if change is None else change.token, said))


def mix(registry: Registry, pipe: Connection, name: str, amount: int) -> None:
    """Bring, move and withdraw records that others bring, too, and look some up: so many rounds, or -seconds."""
    random = Random(name)  # noqa: S311  # a history, no secret
    keys = [RecordKey("crm", f"r{number}") for number in range(30)]
    for _ in _rounds(amount):
        key, other = random.sample(keys, 2)
        # What another process has done since it was read refuses a customer given in part.
        with suppress(PartitionError, UnknownRecordError, UnknownIdentifierError, VerdictError):
            _change(registry, random, key, other)
        _look_up(registry, pipe, random.choice(keys))
    pipe.send("done")


def _change(registry: Registry, random: Random, key: RecordKey, other: RecordKey) -> None:
    choice = random.randrange(8)
    if choice < 3:
        registry.apply([[key]], contents={key: {"text": str(random.random())}})
    elif choice < 5:
        clusters = {registry.id_of(each): registry.customer(registry.id_of(each)).records for each in (key, other)}
        everyone = {each for records in clusters.values() for each in records}
        registry.apply([everyone - {key}, [key]] if len(clusters) == 1 else [everyone])
    elif choice == 5:
        registry.withdraw([key])
    else:
        _judge(registry, random, key, other)


def _judge(registry: Registry, random: Random, key: RecordKey, other: RecordKey) -> None:
    if registry.id_of(key) == registry.id_of(other):
        registry.split(registry.id_of(key), [[key]], reason="drawn")
    elif random.random() < 0.5:
        registry.merge(key, other, reason="drawn")
    else:
        change = registry.forbid(key, other, reason="drawn")
        registry.undo(change.token)


def mix_by_model(registry: Registry, pipe: Connection, name: str, amount: int) -> None:
    """Ingest, withdraw and judge records that others do, too, and look some up: so many rounds, or -seconds."""
    random = Random(name)  # noqa: S311  # a history, no secret
    places = range(60)
    for _ in _rounds(amount):
        choice, (one, other) = random.randrange(8), random.sample(places, 2)
        key, another = (RecordKey(SOURCE, row_of(place, 0)["record_id"]) for place in (one, other))
        if choice < 6:
            given = [row_of(place, random.choice(places)) for place in random.sample(places, random.randint(1, 3))]
            registry.ingest(given, source=SOURCE, schema=feed("persons").schema)
        elif choice == 6:
            registry.withdraw([key])
        else:
            with suppress(PartitionError, UnknownRecordError, UnknownIdentifierError, VerdictError):
                _judge(registry, random, key, another)
        _look_up(registry, pipe, key)
    pipe.send("done")


def _rounds(amount: int) -> Any:
    """Yield so many times, or for so many seconds where the amount is negative."""
    end, number = time.monotonic() - amount, 0
    while number < amount or (amount < 0 and time.monotonic() < end):
        number += 1
        yield number


def _look_up(registry: Registry, pipe: Connection, key: RecordKey) -> None:
    after = _last_change(registry)
    try:
        found = str(registry.id_of(key))
    except UnknownRecordError:
        found = None
    pipe.send(Look(record=key, found=found, after=after, before=_last_change(registry)))


def _last_change(registry: Registry) -> int:
    with registry.store.reading() as transaction:
        return transaction.head().tally.change
