"""Names of organizations."""

from __future__ import annotations

from typing import Final

from custid.standardize.locales import LOCALES
from custid.standardize.placeholders import PLACEHOLDER, nothing_readable, placeholder_words
from custid.standardize.text import fold
from custid.standardize.values import Standardized

__all__ = ["standardize_organization_name"]

_TRAILING: Final = frozenset[str]().union(*(pack.legal_forms for pack in LOCALES))
_LEADING: Final = frozenset[str]().union(*(pack.leading_legal_forms for pack in LOCALES))
_REVERSED: Final = frozenset(form[::-1] for form in _TRAILING)
_LONGEST: Final = max(form.count(" ") for form in _TRAILING) + 1
_LONGEST_DOTTED: Final = 5
_CONJUNCTIONS: Final = frozenset({"and", "et"})
_SAINTS: Final = frozenset({"st", "ste", "saint", "sainte"})
_PLACEHOLDERS: Final = placeholder_words("organization")


def standardize_organization_name(raw: str) -> Standardized:
    """Return the canonical form of an organization's name.

    Folded; ``and``, ``et`` and ``&`` are dropped, ``St``, ``Ste`` and ``Sainte`` before a word become ``saint``, legal
    forms go from the end and French ones from the front too, also spelled with dots, as long as something remains.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Words separated by spaces; empty for a missing name and, with issue ``"placeholder"``, for one that stands for
        nothing.

    Examples
    --------
    >>> standardize_organization_name("S.A.R.L. Boulangerie Martin & Fils").value
    'boulangerie martin fils'
    >>> standardize_organization_name("Smith and Sons Pty. Ltd.").value
    'smith sons'
    """
    folded = fold(raw)
    if not folded:
        return nothing_readable(raw)
    if folded in _PLACEHOLDERS:
        return PLACEHOLDER
    words = folded.split(" ")
    if len(words) > 1:
        words = _without_legal_forms([word for word in words if word not in _CONJUNCTIONS] or words)
        words = [
            "saint" if word in _SAINTS and position + 1 < len(words) else word for position, word in enumerate(words)
        ]
        folded = " ".join(words)
        if folded in _PLACEHOLDERS:
            return PLACEHOLDER
    return Standardized(folded)


def _without_legal_forms(words: list[str]) -> list[str]:
    """Return the words of a name without the legal forms at its ends; at least one word remains."""
    while True:
        if length := _trailing_length(words):
            words = words[:-length]
        elif length := _leading_length(words):
            words = words[length:]
        else:
            return words


def _trailing_length(words: list[str]) -> int:
    """Return how many words at the end, but not all, make a legal form; 0 for none."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if " ".join(words[-length:]) in _TRAILING:
            return length
    return _dotted_length(words[:0:-1], _REVERSED)


def _leading_length(words: list[str]) -> int:
    """Return how many words at the front, but not all, make a legal form; 0 for none."""
    if len(words) > 1 and words[0] in _LEADING:
        return 1
    return _dotted_length(words[:-1], _LEADING)


def _dotted_length(words: list[str], forms: frozenset[str]) -> int:
    """Return how many single letters at the front spell a legal form, the most that do; 0 for none."""
    letters = 0
    while letters < min(len(words), _LONGEST_DOTTED) and len(words[letters]) == 1:
        letters += 1
    for length in range(letters, 1, -1):
        if "".join(words[:length]) in forms:
            return length
    return 0
