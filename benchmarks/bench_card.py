"""The customer card: one customer by his identifier, from SQLite, in process, one thread.

``python -m benchmarks.bench_card 20000 100000`` prints the median of a card, and of one through a gate of forty grants
without an audit file, in milliseconds.  A card reads the records of one customer by their keys and runs neither match
model nor matcher, so that the size of the registry enters by the depth of the indexes alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
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
from custid.registry import CustomerId, Registry, open_registry
from custid.serde import unstructure

_SIZES = of_all([1_000, 20_000])
_AT_ONCE = 5_000
_N_CARDS = 300
_NOW = datetime(2026, 9, 1, tzinfo=UTC)
_ATTRIBUTES = ("person_names", "birth_date", "contacts", "roles", "interactions", "consents")

Key = tuple[str, str]


def customers(n_records: int) -> Iterator[list[Record]]:
    """Yield customers of three records each, with ten interactions in all."""
    for number in range(0, n_records - 2, 3):
        yield [_record(number + place, number) for place in range(3)]


def _record(number: int, person: int) -> Record:
    key = f"{number:08d}"
    at = _NOW - timedelta(days=number % 900, hours=1)
    by = Provenance(source="crm", record=key, observed_at=at, recorded_at=at)

    def said(value: Any) -> Stated[Any]:
        return Stated(value, by)

    points = (
        Phone(e164=f"+336{person:08d}"),
        Email(address=f"someone{number}@courriel.example"),
        PostalAddress(number=str(person % 211), street="rue des Lilas", postcode="69003", city="Lyon", country="FR"),
    )
    told = (
        Interaction(
            at=at - timedelta(days=place),
            channel="web",
            direction=Direction.INBOUND,
            kind="visit",
            reference=f"{place}",
        )
        for place in range(3 + (number == person))
    )
    return Record(
        source="crm",
        key=key,
        party=Person(
            names=(said(PersonName(given=(f"Given{person % 997}",), family=f"Family{person % 9_973}")),),
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
    parts: list[list[Key]] = []
    contents: dict[Key, dict[str, Any]] = {}
    keys = []
    for members in customers(n_records):
        parts.append([(each.source, each.key) for each in members])
        contents |= {(each.source, each.key): unstructure(each) for each in members}
        keys.append(parts[-1][0])
        if len(contents) >= _AT_ONCE:
            registry.apply(parts, contents=contents)
            parts, contents = [], {}
    registry.apply(parts, contents=contents)
    return [registry.id_of(key) for key in Random(1).sample(keys, min(_N_CARDS, len(keys)))]  # noqa: S311 - a sample


def gate() -> Gate:
    """Return a gate of forty grants that lets through what a card of the benchmark holds, but for the preferences."""
    of_others = tuple(Grant(roles=(f"role {number}",), attributes=("notes",)) for number in range(32))
    own = tuple(Grant(roles=("agent",), attributes=(name,)) for name in _ATTRIBUTES)
    sensitive = (Grant(roles=("agent",), attributes=("measures.tier",), purposes=("service",)),)
    return Gate(AccessPolicy((*of_others, *own, *sensitive)), Actor(name="ann", roles=("agent",)), purpose="service")


def medians(registry: Registry, asked: list[CustomerId]) -> tuple[float, float]:
    """Return the median milliseconds of a card and of a card through a gate, measured in turns."""
    through = gate()
    plain, gated = [], []
    for identifier in asked:
        plain.append(min(_seconds(lambda: registry.card(identifier, at=_NOW)) for _ in range(3)))  # noqa: B023
        gated.append(min(_seconds(lambda: registry.card(identifier, at=_NOW, gate=through)) for _ in range(3)))  # noqa: B023
    return 1e3 * statistics.median(plain), 1e3 * statistics.median(gated)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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
            plain, gated = medians(registry, filled(registry, size))
        print(f"{size:>9,} records: card {plain:.2f} ms, through a gate {gated:.2f} ms ({gated / plain - 1:+.0%})")


if __name__ == "__main__":
    main()
