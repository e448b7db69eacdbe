"""What verdicts make of groups: who is said to be one is together, who is said to be two is apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Protocol

from custid.registry.events import VerdictKind
from custid.registry.record_keys import RecordKey

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from custid.clustering.pair_graph import PairGraph

__all__ = ["Standing", "joined_groups", "parts_of"]

Weights = Callable[[Sequence[RecordKey]], Mapping[tuple[int, int], float]]
Contraction = Callable[["PairGraph"], "NDArray[np.int64]"]


class Standing(Protocol):
    """A verdict, recorded or about to be."""

    @property
    def kind(self) -> VerdictKind:
        """What was decided."""
        ...

    @property
    def left(self) -> Collection[RecordKey]:
        """One side."""
        ...

    @property
    def right(self) -> Collection[RecordKey]:
        """The other side."""
        ...


def joined_groups(
    seeds: Iterable[RecordKey],
    verdicts: Iterable[Standing],
    group_of: Callable[[RecordKey], Collection[RecordKey]],
    live: Collection[RecordKey],
) -> list[set[RecordKey]]:
    """Return the groups that have some records, with the groups that verdicts of *same* join with them.

    Parameters
    ----------
    seeds : iterable of RecordKey
        Live records.
    verdicts : iterable of Standing
        All that stand.
    group_of : callable
        Returns the group of a live record that the match model finds.
    live : collection of RecordKey
        The live records.

    Returns
    -------
    list of set of RecordKey
        Each group once.
    """
    same: defaultdict[RecordKey, set[RecordKey]] = defaultdict(set)
    for each in verdicts:
        if each.kind is VerdictKind.SAME:
            held = {key for key in (*each.left, *each.right) if key in live}
            for key in held:
                same[key] |= held
    found: list[set[RecordKey]] = []
    seen: set[RecordKey] = set()
    for seed in seeds:
        if seed in seen:
            continue
        joined: set[RecordKey] = set()
        todo = [seed]
        while todo:
            group = set(group_of(todo.pop())) - joined
            joined |= group
            todo.extend(other for key in group for other in same.get(key, ()) if other not in joined)
        seen |= joined
        found.append(joined)
    return found


def parts_of(
    group: Collection[RecordKey], verdicts: Iterable[Standing], weights: Weights, contracted: Contraction
) -> list[list[RecordKey]]:
    """Return the customers that a group makes.

    Parameters
    ----------
    group : collection of RecordKey
        Records that belong together but for verdicts.
    verdicts : iterable of Standing
        All that stand.
    weights : callable
        Returns the match weights of pairs of records, by their places in a sequence.
    contracted : callable
        Returns the cluster of each node of a graph.

    Returns
    -------
    list of list of RecordKey
        The group itself, unless a verdict of *different* has records on both sides in it.  Then records that are said
        to be one customer stay together, and so do those on the same sides of the same verdicts, where that crosses no
        other one; contraction decides on the others, and on which of these come together.

    Notes
    -----
    A function of the group, the verdicts in it and the weights: the order in which records came or verdicts were made
    does not matter.
    """
    records = sorted(group)
    held = set(records)
    apart = [
        each
        for each in verdicts
        if each.kind is VerdictKind.DIFFERENT and held.intersection(each.left) and held.intersection(each.right)
    ]
    if not apart:
        return [records]
    node_of = _nodes(records, apart, [each for each in verdicts if each.kind is VerdictKind.SAME])
    n_nodes = max(node_of.values()) + 1
    sums: defaultdict[tuple[int, int], float] = defaultdict(float)
    for (one, other), bits in sorted(weights(records).items()):
        first, second = sorted((node_of[records[one]], node_of[records[other]]))
        if first != second:
            sums[first, second] += bits
    for each in apart:
        for left in {node_of[key] for key in each.left if key in held}:
            for right in {node_of[key] for key in each.right if key in held}:
                if left != right:
                    sums[min(left, right), max(left, right)] = -inf
    names = [""] * n_nodes
    for key in reversed(records):
        names[node_of[key]] = f"{key.source}\0{key.key}"
    cluster = contracted(_graph(sums, names)).tolist()
    parts: defaultdict[int, list[RecordKey]] = defaultdict(list)
    for key in records:
        parts[cluster[node_of[key]]].append(key)
    return list(parts.values())


def _graph(sums: Mapping[tuple[int, int], float], names: Sequence[str]) -> PairGraph:
    """Return the graph of nodes, from the sums of weights between them."""
    # A registry that matches nothing by itself loads none of these.
    import numpy as np  # noqa: PLC0415

    from custid.clustering.pair_graph import PairGraph  # noqa: PLC0415
    from custid.table.hashing import string_hashes  # noqa: PLC0415

    pairs = sorted(sums)
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return PairGraph(
        left_idx=np.ascontiguousarray(ends[:, 0]),
        right_idx=np.ascontiguousarray(ends[:, 1]),
        weight_bits=np.array([sums[pair] for pair in pairs]),
        tie_break=string_hashes(names),
    )


def _nodes(records: Sequence[RecordKey], apart: Sequence[Standing], same: Sequence[Standing]) -> dict[RecordKey, int]:
    """Return the number of each record's node: what verdicts say is one, or do not tell apart, is one node.

    To be told apart from the same others is a reason to stay together, which gives way where the two are said to be one
    with records that are told apart.
    """
    members = {key: {key} for key in records}
    for each in same:
        held = [key for key in (*each.left, *each.right) if key in members]
        for key in held[1:]:
            _unite(members, held[0], key)
    left, right = _marks([each.left for each in apart]), _marks([each.right for each in apart])
    alike: defaultdict[tuple[int, int], list[RecordKey]] = defaultdict(list)
    for key in records:
        if left[key] or right[key]:
            alike[left[key], right[key]].append(key)
    # In the order of their first records, whichever verdict came first.
    for keys in alike.values():
        kept: list[RecordKey] = []
        for key in keys:
            for other in kept:
                both = members[other] | members[key]
                if not _any_of(left, both) & _any_of(right, both):
                    _unite(members, other, key)
                    break
            else:
                kept.append(key)
    numbers: dict[int, int] = {}
    return {key: numbers.setdefault(id(members[key]), len(numbers)) for key in records}


def _marks(sides: Sequence[Collection[RecordKey]]) -> defaultdict[RecordKey, int]:
    """Return for each record on which of some sides it stands, one bit for each."""
    marks: defaultdict[RecordKey, int] = defaultdict(int)
    for number, keys in enumerate(sides):
        for key in keys:
            marks[key] |= 1 << number
    return marks


def _unite(members: dict[RecordKey, set[RecordKey]], one: RecordKey, other: RecordKey) -> None:
    both = members[one] | members[other]
    members.update(dict.fromkeys(both, both))


def _any_of(sides: Mapping[RecordKey, int], keys: Iterable[RecordKey]) -> int:
    found = 0
    for key in keys:
        found |= sides[key]
    return found
