"""Identifiers: national, legal, loyalty card."""

from __future__ import annotations

import re
from typing import Final

from custid.standardize.placeholders import (
    PLACEHOLDER,
    is_placeholder_identifier,
    nothing_readable,
    placeholder_words,
)
from custid.standardize.text import fold, visible, without_decimal_tail
from custid.standardize.values import Standardized

__all__ = ["standardize_identifier"]

_MIN_SYMBOLS: Final = 3
_FLOAT: Final = re.compile(r"\d[.,]\d+[eE]\+\d+")
_PLACEHOLDERS: Final = placeholder_words("identifier")


def standardize_identifier(raw: str) -> Standardized:
    """Return the canonical form of an identifier.

    Letters and digits only, in lower case; leading zeros are kept.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Letters and digits; empty for a missing value, with issue ``"placeholder"`` for one symbol throughout or a typed
        sequence, ``"too_short"`` below three symbols, and ``"unparsable"`` for a number that a spreadsheet has rounded.

    Examples
    --------
    >>> standardize_identifier("FR-40 303 265 045").value
    'fr40303265045'
    >>> standardize_identifier("0000000").issue
    'placeholder'
    """
    text = without_decimal_tail(visible(raw))
    folded = fold(text)
    if not folded:
        return nothing_readable(raw)
    value = folded.replace(" ", "")
    if folded in _PLACEHOLDERS or value in _PLACEHOLDERS or is_placeholder_identifier(value):
        return PLACEHOLDER
    if len(value) < _MIN_SYMBOLS:
        return Standardized("", "too_short")
    if _FLOAT.fullmatch(text):
        return Standardized("", "unparsable")
    return Standardized(value)
