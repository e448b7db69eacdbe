"""Names of persons."""

from __future__ import annotations

from typing import Final

from custid.standardize.locales import LOCALES
from custid.standardize.placeholders import PLACEHOLDER, is_placeholder_word, nothing_readable, placeholder_words
from custid.standardize.text import fold
from custid.standardize.values import Standardized

__all__ = ["standardize_person_name"]

_CIVILITIES: Final = frozenset[str]().union(*(pack.civilities for pack in LOCALES))
_CONNECTORS: Final = frozenset({"and", "et", "ou", "or"})
_PLACEHOLDERS: Final = placeholder_words("name")


def standardize_person_name(raw: str) -> Standardized:
    """Return the canonical form of a person's name, or of a part of it.

    Folded; forms of address at the front are dropped as long as something remains.  Titles of rank (``sir``, ``lady``),
    generation suffixes (``jr``, ``iii``) and numbers stay, as they tell namesakes apart.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Words separated by spaces; empty for a missing name and, with issue ``"placeholder"``, for one that stands for
        nothing.

    Notes
    -----
    ``M`` before a single letter is taken for an initial, before a word for the French form of address.

    Examples
    --------
    >>> standardize_person_name("Mme Anne-Sophie D'Artagnan").value
    'anne sophie dartagnan'
    """
    folded = fold(raw)
    if not folded:
        return nothing_readable(raw)
    if " " in folded:
        folded = _without_civilities(folded)
    if folded in _PLACEHOLDERS or is_placeholder_word(folded):
        return PLACEHOLDER
    return Standardized(folded)


def _without_civilities(folded: str) -> str:
    """Return a folded name without the forms of address at its front."""
    words = folded.split(" ")
    if words[0] not in _CIVILITIES:
        return folded
    start = 0
    while start < len(words) - 1 and words[start] in _CIVILITIES:
        if words[start] == "m" and len(words[start + 1]) == 1:
            break
        start += 1
        if words[start] in _CONNECTORS and start + 1 < len(words) - 1 and words[start + 1] in _CIVILITIES:
            start += 1
    return " ".join(words[start:])
