"""How two statements about one thing differ."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import attrs
from rapidfuzz.distance import OSA

from custid.model import (
    ContactPoint,
    Occupation,
    OrganizationName,
    PartialDate,
    PersonName,
    PostalAddress,
    Sex,
    Stated,
    sort_text,
)
from custid.standardize import fold
from custid.survivorship.canonical import natural_key

__all__ = ["Conflict", "conflict_between", "worst"]

_SHORT, _LONG = 4, 10


class Conflict(StrEnum):
    """How statements differ, the least first."""

    NONE = "none"
    COMPATIBLE = "compatible"
    VARIANT = "variant"
    TEMPORAL = "temporal"
    CONTRADICTION = "contradiction"


_ORDER: Final = tuple(Conflict)


def worst(conflicts: Iterable[Conflict]) -> Conflict:
    """Return the greatest of several conflicts.

    Parameters
    ----------
    conflicts : iterable of Conflict
        Any conflicts.

    Returns
    -------
    Conflict
        `Conflict.NONE` for none.

    Examples
    --------
    >>> worst([Conflict.VARIANT, Conflict.COMPATIBLE]).value
    'variant'
    """
    return max(conflicts, key=_ORDER.index, default=Conflict.NONE)


def conflict_between(left: Stated[Any], right: Stated[Any]) -> Conflict:
    """Return how two statements about one thing differ.

    Parameters
    ----------
    left, right : Stated
        Two statements of one attribute.

    Returns
    -------
    Conflict
        ``NONE`` for equal values; ``COMPATIBLE`` where one says more than the other and nothing against it;
        ``TEMPORAL`` where their periods have no day in common, so that both may be true; ``VARIANT`` for one value
        written in two ways, or with a slip of the pen; else ``CONTRADICTION``.  The same for both orders.
    """
    if sort_text(left.value) == sort_text(right.value):
        return Conflict.NONE
    forms = natural_key(left), natural_key(right)
    if forms[0] == forms[1]:
        return Conflict.VARIANT
    values = _said(left.value), _said(right.value)
    if type(values[0]) is type(values[1]) and _is_compatible(*values):
        return Conflict.COMPATIBLE
    if not left.valid.overlaps(right.valid):
        return Conflict.TEMPORAL
    is_text = (
        isinstance(values[0], PersonName | OrganizationName | PostalAddress | Occupation) or type(values[0]) is str
    )
    return Conflict.VARIANT if is_text and _is_slip(*forms) else Conflict.CONTRADICTION


def _said(value: Any) -> Any:
    """Return the value that can be written in several ways: of a contact point, the way itself."""
    return value.point if isinstance(value, ContactPoint) else value


def _is_slip(left: str, right: str) -> bool:
    """Tell whether two texts differ by a typing error or two; figures are not mistyped but other ones."""
    shortest = min(len(left), len(right))
    allowed = 0 if shortest < _SHORT else 1 if shortest < _LONG else 2
    return _figures(left) == _figures(right) and int(OSA.distance(left, right)) <= allowed


def _figures(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _is_compatible(left: Any, right: Any) -> bool:
    if isinstance(left, PartialDate):
        return left.is_compatible(right)
    if isinstance(left, Sex):
        return Sex.NOT_KNOWN in {left, right}
    if isinstance(left, PersonName):
        return _is_shorter_name(left, right) or _is_shorter_name(right, left)
    if isinstance(left, OrganizationName):
        return _is_part(left.name, right.name)
    if isinstance(left, PostalAddress):
        return _agree(left, right, ("postcode", "city"), left_out=("lines", "geo_code", "cedex_label"))
    if isinstance(left, Occupation):
        return _agree(left, right, ("code", "label", "employer"))
    return isinstance(left, str) and _is_part(left, right)


def _is_part(left: str, right: str) -> bool:
    words = set(fold(left).split()), set(fold(right).split())
    return bool(words[0] and words[1]) and (words[0] <= words[1] or words[1] <= words[0])


def _is_shorter_name(short: PersonName, long: PersonName) -> bool:
    """Tell whether each word of a name is one of another name's, or the initial of a given name of it."""
    given, family = _words(*long.given), _words(long.particle, long.family)
    if short.full and not (short.given or short.family):
        return set(_words(short.full)) <= {*given, *family, *_words(long.full)}
    initials = {word[0] for word in given}
    return all(word in given or (len(word) == 1 and word in initials) for word in _words(*short.given)) and (
        set(_words(short.particle, short.family)) <= set(family)
    )


def _words(*texts: str) -> list[str]:
    return fold(" ".join(texts)).split()


def _agree(left: Any, right: Any, needed: tuple[str, ...], *, left_out: tuple[str, ...] = ()) -> bool:
    """Tell whether two values agree in all parts that both have, and have one of some parts in common."""
    both = [
        (each.name, fold(getattr(left, each.name)), fold(getattr(right, each.name)))
        for each in attrs.fields(type(left))
        if each.name not in left_out and getattr(left, each.name) and getattr(right, each.name)
    ]
    return all(mine == theirs for _, mine, theirs in both) and any(name in needed for name, _, _ in both)
