"""Relations seen from one party, and circles in hierarchies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import frozen

from custid.model.facts import PartyKey, Relation
from custid.model.ordering import sort_text
from custid.model.statements import Stated
from custid.model.vocabularies import RELATION_KINDS, Kind

__all__ = ["Edge", "find_cycle", "relations_of"]


@frozen(kw_only=True)
class Edge:
    """A relation as one of its parties sees it.

    Attributes
    ----------
    kind : str
        What this party is to the other one; empty where the relation is stated from the other side, by a kind whose
        inverse nobody has named.
    other : PartyKey
        The other party.
    stated : Stated of Relation
        The statement, the same from both sides.
    """

    kind: str
    other: PartyKey
    stated: Stated[Relation]


def relations_of(
    party: PartyKey | Iterable[PartyKey],
    relations: Iterable[Stated[Relation]],
    *,
    at: date | None = None,
    kinds: Mapping[str, Kind] = RELATION_KINDS,
) -> tuple[Edge, ...]:
    """Return every relation of a party, from whichever side it was stated.

    Parameters
    ----------
    party : PartyKey or iterable of PartyKey
        The party, or the keys of all its records.
    relations : iterable of Stated of Relation
        The relations, for example those of all records.
    at : date, optional
        Only relations that hold on this day; all without it.
    kinds : mapping of str to Kind
        Kinds of relations, which name the inverses.

    Returns
    -------
    tuple of Edge
        By the other party, then by kind; a relation between two records of the party itself is left out.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> from custid.model import Provenance
    >>> seen = datetime(2020, 1, 1, tzinfo=timezone.utc)
    >>> by = Provenance(source="crm", record="1", observed_at=seen, recorded_at=seen)
    >>> anna, ben = PartyKey("crm", "1"), PartyKey("crm", "2")
    >>> stated = Stated(Relation(kind="parent", subject=anna, object=ben), by)
    >>> [(edge.kind, edge.other.key) for edge in relations_of(ben, [stated])]
    [('child', '1')]
    """
    mine = {party} if isinstance(party, PartyKey) else set(party)
    edges = (
        edge for stated in relations if at is None or stated.valid.contains(at) for edge in _edges(stated, mine, kinds)
    )
    return tuple(sorted(edges, key=lambda edge: (edge.other, edge.kind, sort_text(edge.stated))))


def _edges(stated: Stated[Relation], mine: set[PartyKey], kinds: Mapping[str, Kind]) -> Iterator[Edge]:
    relation = stated.value
    if relation.subject in mine and relation.object not in mine:
        yield Edge(kind=relation.kind, other=relation.object, stated=stated)
    if relation.object in mine and relation.subject not in mine:
        known = kinds.get(relation.kind)
        yield Edge(kind=known.inverse if known else "", other=relation.subject, stated=stated)


def find_cycle(
    relations: Iterable[Stated[Relation]], *, at: date | None = None, kinds: Mapping[str, Kind] = RELATION_KINDS
) -> tuple[PartyKey, ...]:
    """Return parties that are above each other in a circle, which no hierarchy allows.

    Parameters
    ----------
    relations : iterable of Stated of Relation
        The relations.
    at : date, optional
        Only relations that hold on this day; all without it.
    kinds : mapping of str to Kind
        Kinds of relations; those with ``is_hierarchy`` are looked at, each together with its inverse.

    Returns
    -------
    tuple of PartyKey
        The parties of one circle, each in one and the same relation to the next one and the last to the first,
        beginning with the least of them; empty where there is none.  Which circle is found does not depend on the
        order of the relations.
    """
    places = {code: place for place, code in enumerate(kinds)}
    below: dict[str, dict[PartyKey, set[PartyKey]]] = {}
    for stated in relations:
        kind = kinds.get(stated.value.kind)
        if kind is None or not kind.is_hierarchy or not (at is None or stated.valid.contains(at)):
            continue
        upper, lower = stated.value.subject, stated.value.object
        name = kind.code
        # Of a kind and its inverse, the one that the vocabulary names first stands for both.
        if kind.inverse in kinds and places[kind.inverse] < places[kind.code]:
            name, upper, lower = kind.inverse, lower, upper
        below.setdefault(name, {}).setdefault(upper, set()).add(lower)
    for name in sorted(below):
        cycle = _cycle_in(below[name])
        if cycle:
            least = cycle.index(min(cycle))
            return (*cycle[least:], *cycle[:least])
    return ()


def _cycle_in(below: Mapping[PartyKey, set[PartyKey]]) -> list[PartyKey]:
    """Return one circle of a graph, found by walking down without recursion."""
    done: set[PartyKey] = set()
    for start in sorted(below):
        path = [start] if start not in done else []
        waiting = [iter(sorted(below[start]))] if path else []
        while path:
            following = next(waiting[-1], None)
            if following is None:
                done.add(path.pop())
                waiting.pop()
            elif following in path:
                return path[path.index(following) :]
            elif following not in done:
                path.append(following)
                waiting.append(iter(sorted(below.get(following, ()))))
    return []
