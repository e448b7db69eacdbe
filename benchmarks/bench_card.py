"""The customer card: one customer by his identifier, from SQLite, in process, one thread.

``python -m benchmarks.bench_card 20000 100000`` prints the median of a card, and of one through a gate of forty grants
without an audit file, in milliseconds.  A card reads the records of one customer by their keys and runs neither match
model nor matcher, so that the size of the registry enters by the depth of the indexes alone.  The registry is filled
without matching or screening: each record is the text of one like it, with its own key, name, number and addresses.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import of_all
from custid.model import (
    Consent,
    ConsentStatus,
    ContactPoint,
    Direction,
    Email,
    Interaction,
    Measure,
    PartialDate,
    PartyKey,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Provenance,
    Record,
    Role,
    Stated,
)
from custid.privacy import AccessPolicy, Actor, Gate, Grant
from custid.registry import CustomerId, RandomMinter, RecordKey, Registry, open_registry
from custid.registry.contents import Content
from custid.registry.events import Cause
from custid.registry.writing import write_change
from custid.serde import unstructure

_SIZES = of_all([1_000, 20_000])
_AT_ONCE = 10_000
_N_CARDS = 300
_NOW = datetime(2026, 9, 1, tzinfo=UTC)
_ATTRIBUTES = ("person_names", "birth_date", "contacts", "roles", "interactions", "consents")
# Marks of eight digits stand where a check of the model allows digits alone.
_KEY, _MARK, _HOUSE, _GIVEN, _FAMILY = "90817263", "54637281", "#house", "#given", "#family"


def customers(n_records: int) -> Iterator[list[tuple[RecordKey, Content]]]:
    """Yield customers of three records each, with ten interactions in all."""
    for number in range(0, n_records - 2, 3):
        yield [_kept(number + place, number) for place in range(3)]


def _kept(number: int, person: int) -> tuple[RecordKey, Content]:
    key = f"{number:08d}"
    text = _like(number % 900, is_first=number == person)
    for mark, own in (
        (_KEY, key),
        (_MARK, f"{person:08d}"),
        (_HOUSE, str(person % 211)),
        (_GIVEN, f"Given{person % 997}"),
        (_FAMILY, f"Family{person % 9_973}"),
    ):
        text = text.replace(mark, own)
    return RecordKey("crm", key), Content(text)


@cache
def _like(days: int, *, is_first: bool) -> str:
    """Return the text of the records of so many days ago, with marks in the place of what is each one's own."""
    return Content.of(unstructure(_record(days, is_first=is_first))).payload


def _record(days: int, *, is_first: bool) -> Record:
    key = _KEY
    at = _NOW - timedelta(days=days, hours=1)
    by = Provenance(source="crm", record=key, observed_at=at, recorded_at=at)

    def said(value: Any) -> Stated[Any]:
        return Stated(value, by)

    points = (
        Phone(e164=f"+336{_MARK}"),
        Email(address=f"someone{_KEY}@courriel.example"),
        PostalAddress(number=_HOUSE, street="rue des Lilas", postcode="69003", city="Lyon", country="FR"),
    )
    told = (
        Interaction(
            at=at - timedelta(days=place),
            channel="web",
            direction=Direction.INBOUND,
            kind="visit",
            reference=f"{place}",
        )
        for place in range(3 + is_first)
    )
    return Record(
        source="crm",
        key=key,
        party=Person(
            names=(said(PersonName(given=(_GIVEN,), family=_FAMILY)),),
            birth_dates=(said(PartialDate("1984-06-12")),),
            contacts=tuple(said(ContactPoint(point=point)) for point in points),
            measures=(said(Measure(name="tier", value="gold")),),
        ),
        roles=(said(Role(kind="subscriber", target=f"contract:{key}", holders=(PartyKey("crm", key),))),),
        interactions=tuple(map(said, told)),
        preferences=(said(Preference(topic="contact", value="by phone", channel="phone")),),
        consents=(said(Consent(purpose="marketing", status=ConsentStatus.GIVEN, at=at)),),
    )


def filled(registry: Registry, n_records: int) -> list[CustomerId]:
    """Fill a registry, and return customers drawn from all of it."""
    keys, mint, made = [], RandomMinter(), customers(n_records)
    while parts := list(islice(made, _AT_ONCE)):
        clusters = [[key for key, _ in members] for members in parts]
        contents = dict(chain.from_iterable(parts))
        registry.store.transact(
            lambda transaction: write_change(
                transaction,
                clusters,  # noqa: B023  # written at once
                cause=Cause(kind="apply"),
                mint=mint,
                clock=lambda: _NOW,
                contents=contents,  # noqa: B023  # as above
            )
        )
        keys += [members[0] for members in clusters]
    return [registry.id_of(key) for key in Random(1).sample(keys, min(_N_CARDS, len(keys)))]  # noqa: S311 - a sample


def gate() -> Gate:
    """Return a gate of forty grants that lets through what a card of the benchmark holds, but for the preferences."""
    of_others = tuple(Grant(roles=(f"role {number}",), attributes=("notes",)) for number in range(32))
    own = tuple(Grant(roles=("agent",), attributes=(name,)) for name in _ATTRIBUTES)
    sensitive = (Grant(roles=("agent",), attributes=("measures.tier",), purposes=("service",)),)
    return Gate(AccessPolicy((*of_others, *own, *sensitive)), Actor(name="ann", roles=("agent",)), purpose="service")


def medians(
    registry: Registry, asked: list[CustomerId], clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Return the median milliseconds of a card and of a card through a gate, measured in turns."""
    through = gate()
    plain, gated = [], []
    for identifier in asked:
        plain.append(min(_seconds(lambda: registry.card(identifier, at=_NOW), clock) for _ in range(3)))  # noqa: B023
        gated.append(
            min(_seconds(lambda: registry.card(identifier, at=_NOW, gate=through), clock) for _ in range(3))  # noqa: B023
        )
    return 1e3 * statistics.median(plain), 1e3 * statistics.median(gated)


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


class Card:
    params = [_SIZES]
    param_names = ["n_records"]
    timeout = 600

    def setup(self, n_records: int) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.registry = open_registry(Path(self.directory.name) / "customers.db")
        self.asked = filled(self.registry, n_records)
        self.gate = gate()

    def teardown(self, _n_records: int) -> None:
        self.registry.close()
        self.directory.cleanup()

    def time_cards(self, _n_records: int) -> None:
        for identifier in self.asked:
            self.registry.card(identifier, at=_NOW)

    def time_cards_through_a_gate(self, _n_records: int) -> None:
        for identifier in self.asked:
            self.registry.card(identifier, at=_NOW, gate=self.gate)

    def track_share_of_access(self, _n_records: int) -> float:
        plain, gated = medians(self.registry, self.asked)
        return gated / plain - 1


def main() -> None:
    """Print a line for each size."""
    for size in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as directory, open_registry(Path(directory) / "customers.db") as registry:
            asked = filled(registry, size)
            # The time of the processor tells what a card takes where others use the machine, too.
            for name, clock in (("elapsed", time.perf_counter), ("processor", time.thread_time)):
                plain, gated = medians(registry, asked, clock)
                told = f"card {plain:.2f} ms, through a gate {gated:.2f} ms ({gated / plain - 1:+.0%})"
                print(f"{size:>9,} records, {name:>9}: {told}", flush=True)


if __name__ == "__main__":
    main()
