"""Nicknames: which given names are familiar or formal forms of one another.

English forms come from the data of the PyPI package ``nicknames`` (Carlton Northern and others, Apache-2.0), some 2,700
pairs; French ones, some 600 pairs, from the locale pack, a table of our own under the license of custid (Apache-2.0).
They are read once, when first asked for.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from custid.errors import MissingDependencyError
from custid.standardize.locales import LOCALES
from custid.standardize.text import fold

__all__ = ["are_variants", "nickname_groups"]


def _english_pairs() -> list[tuple[str, str]]:
    """Return the (formal, familiar) pairs of the package ``nicknames``.

    The package is found and not imported: its import costs more than reading its table.
    """
    spec = find_spec("nicknames")
    if spec is None or not spec.submodule_search_locations:
        raise MissingDependencyError(
            "package 'nicknames': expected it to be installed beside custid.", hint="Run pip install nicknames."
        )
    text = Path(spec.submodule_search_locations[0], "names.csv").read_text(encoding="utf-8")
    return [
        (formal, familiar) for formal, relation, familiar in csv.reader(text.splitlines()) if relation == "has_nickname"
    ]


@cache
def nickname_groups() -> Mapping[str, frozenset[int]]:
    """Return the nickname groups that each given name belongs to.

    A group is one formal name with its familiar forms; two names that share a group are variants of one another, be it
    formal and familiar (``robert``, ``bob``) or both familiar (``bob``, ``rob``).  Names that share no group are not,
    even if both are variants of a third one.

    Returns
    -------
    mapping of str to frozenset of int
        Folded one-word name to group numbers, from 0.  Numbers are stable within one version of custid and of its
        tables only.

    Notes
    -----
    Read-only; the same object at every call.

    Examples
    --------
    >>> groups = nickname_groups()
    >>> groups["robert"].isdisjoint(groups["bob"])
    False
    """
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    pairs = _english_pairs()
    listed = frozenset(pairs)
    for formal, familiar in pairs:
        # Of a pair that is listed both ways the longer name is the formal one: ``bill`` must not tie robert to william.
        if (familiar, formal) not in listed or (len(formal), familiar) > (len(familiar), formal):
            members["en", formal].add(familiar)
    for pack in LOCALES:
        for formal, names in pack.nicknames.items():
            members[pack.code, formal].update(names)
    groups: dict[str, set[int]] = defaultdict(set)
    for number, ((_, formal), familiars) in enumerate(members.items()):
        for name in (formal, *familiars):
            folded = name if name.isascii() and name.isalpha() and name.islower() else fold(name)
            if folded and " " not in folded:
                groups[folded].add(number)
    return MappingProxyType({name: frozenset(numbers) for name, numbers in groups.items()})


def are_variants(left: str, right: str) -> bool:
    """Tell whether two given names are nicknames or formal forms of one another.

    Parameters
    ----------
    left, right : str
        Folded one-word names; the order does not matter.

    Returns
    -------
    bool
        True if they share a nickname group.  False for equal names that no table lists, and if one is empty.

    Examples
    --------
    >>> are_variants("bob", "robert"), are_variants("frederic", "fred"), are_variants("bob", "fred")
    (True, True, False)
    """
    groups = nickname_groups()
    empty: frozenset[int] = frozenset()
    return not groups.get(left, empty).isdisjoint(groups.get(right, empty))
