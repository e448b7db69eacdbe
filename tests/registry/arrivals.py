"""Random histories of a registry that matches: many ways to one end."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from random import Random
from typing import Any

from attrs import frozen

from custid.registry import Registry, SequentialMinter, Store, VerdictKind
from tests.registry.matched import SOURCE, feed, model, rows

__all__ = ["End", "drawn_end", "held", "play"]

Key = tuple[str, str]


@frozen(kw_only=True)
class End:
    """Where a history ends.

    Attributes
    ----------
    said : dict of int to int
        For each record that is there, whose row it states.
    verdicts : tuple of (VerdictKind, int, int)
        What was decided of two records, and of which; they contradict each other in no order.
    """

    said: dict[int, int]
    verdicts: tuple[tuple[VerdictKind, int, int], ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return what the records say."""
        return [row_of(place, said) for place, said in sorted(self.said.items())]


@cache
def pool() -> tuple[int, ...]:
    """Return places of records that are alike, and of some that share a number of many."""
    found = rows("persons")
    families = defaultdict(list)
    for place, row in enumerate(found):
        families[row["family_name"].lower()].append(place)
    alike = [place for places in families.values() if len(places) > 2 for place in places]
    return (*alike[:26], *range(len(found) - 13, len(found)))


@cache
def _strangers() -> tuple[int, ...]:
    """Return places of records that nobody of the pool is like."""
    found = rows("persons")
    families = Counter(row["family_name"].lower() for row in found)
    return tuple(
        place
        for place, row in enumerate(found)
        if place not in pool() and row["family_name"] and families[row["family_name"].lower()] == 1
    )


def row_of(place: int, said: int) -> dict[str, Any]:
    """Return a record that states the row of another one."""
    found = rows("persons")
    return dict(found[said]) | {"record_id": found[place]["record_id"]}


def key_of(place: int) -> Key:
    """Return the key of a record."""
    return SOURCE, rows("persons")[place]["record_id"]


def drawn_end(random: Random, *, with_verdicts: bool) -> End:
    """Draw records, what they say, and what persons have decided."""
    places = random.sample(pool(), random.randint(3, 22))
    said = {place: place if random.random() < 0.8 else random.choice(pool()) for place in places}
    party = {place: place for place in places}
    apart: set[frozenset[int]] = set()
    verdicts: list[tuple[VerdictKind, int, int]] = []
    for _ in range(random.randint(1, 5) if with_verdicts else 0):
        one, other = random.sample(places, 2)
        left, right = party[one], party[other]
        if random.random() < 0.5:
            merged = {frozenset(left if each == right else each for each in pair) for pair in apart}
            if left != right and all(len(pair) == 2 for pair in merged):
                party = {place: left if each == right else each for place, each in party.items()}
                apart = merged
                verdicts.append((VerdictKind.SAME, one, other))
        elif left != right:
            apart.add(frozenset((left, right)))
            verdicts.append((VerdictKind.DIFFERENT, one, other))
    return End(said=said, verdicts=tuple(verdicts))


def play(store: Store, end: End, random: Random) -> Registry:
    """Bring a new registry to an end by a way of its own: another order, other batches, detours."""
    way = _Way(store, end, random)
    while way.is_going():
        way.step()
    return way.registry


def held(registry: Registry) -> set[frozenset[Key]]:
    """Return the customers of a registry, each by its records."""
    with registry.store.reading() as transaction:
        return {frozenset(members) for members in transaction.naming().clusters().values()}


class _Way:
    """One way to an end."""

    def __init__(self, store: Store, end: End, random: Random) -> None:
        self._minter = SequentialMinter()
        self.registry = Registry(store, minter=self._minter)
        self.registry.use(model("persons", 12))
        self._end = end
        self._random = random
        self._now: dict[int, int] = {}
        self._party = {place: place for place in pool()}
        self._undecided = list(end.verdicts)
        self._n_detours = random.randint(0, 4)
        random.shuffle(self._undecided)

    def is_going(self) -> bool:
        return self._now != self._end.said or bool(self._undecided)

    def step(self) -> None:
        if self._n_detours and self._random.random() < 0.4:
            self._n_detours -= 1
            self._detour()
            return
        ready = [each for each in self._undecided if {each[1], each[2]} <= self._now.keys()]
        if ready and self._random.random() < 0.5:
            self._decide(*ready[0])
            self._undecided.remove(ready[0])
            return
        missing = [place for place, said in self._end.said.items() if self._now.get(place) != said]
        self._say({place: self._end.said[place] for place in self._chosen(missing)})
        extra = [place for place in self._now if place not in self._end.said]
        if extra and not missing:
            self._withdraw(extra)

    def _chosen(self, places: list[int]) -> list[int]:
        return self._random.sample(places, self._random.randint(1, len(places))) if places else []

    def _say(self, said: dict[int, int]) -> None:
        if said:
            given = [row_of(place, each) for place, each in said.items()]
            self.registry.ingest(given, source=SOURCE, schema=feed("persons").schema)
            self._now |= said

    def _withdraw(self, places: list[int]) -> None:
        self.registry.withdraw([key_of(place) for place in places])
        for place in places:
            del self._now[place]

    def _detour(self) -> None:
        """Do what will not last: other rows, records that leave, a verdict that is taken back."""
        choice = self._random.randrange(4)
        if choice == 0:
            # Records that are in no verdict of the end may come and leave again.
            self._say({place: self._random.choice(pool()) for place in self._chosen(list(pool()))[:4]})
        elif choice == 1 and self._now:
            self._withdraw(self._chosen(sorted(self._now))[:5])
        elif choice == 2 and len(self._now) > 1:
            one, other = self._random.sample(sorted(self._now), 2)
            self._take_back(key_of(one), key_of(other))
        elif self._now:
            self.registry = Registry(self.registry.store, minter=self._minter)

    def _take_back(self, one: Key, other: Key) -> None:
        registry = self.registry
        if registry.id_of(one) == registry.id_of(other):
            return
        change = registry.forbid(one, other, reason="a detour")
        registry.undo(change.number)

    def _decide(self, kind: VerdictKind, one: int, other: int) -> None:
        """Record a verdict between two records, whatever stands now."""
        registry, left, right = self.registry, key_of(one), key_of(other)
        if kind is VerdictKind.SAME:
            registry.merge(left, right, reason="one person")
            self._party = {
                each: self._party[one] if of == self._party[other] else of for each, of in self._party.items()
            }
            return
        customer = registry.customer(registry.id_of(left))
        if right not in customer.records:
            registry.forbid(left, right, reason="two persons")
        elif len(customer.records) == 2:
            registry.split(customer.id, [[left], [right]], reason="two persons")
        else:
            # For a moment those said to be one with the first record state what others do.
            self._part(one, other)
            registry.forbid(left, right, reason="two persons")

    def _part(self, one: int, other: int) -> None:
        tied = [place for place in self._now if self._party[place] == self._party[one]]
        others = iter(self._random.sample(_strangers(), len(_strangers())))
        while self.registry.id_of(key_of(one)) == self.registry.id_of(key_of(other)):
            self._say({place: next(others) for place in tied})
