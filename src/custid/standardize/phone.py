"""Telephone numbers."""

from __future__ import annotations

import re
from typing import Final

from custid.standardize.placeholders import (
    MISSING,
    PLACEHOLDER,
    is_placeholder_phone,
    placeholder_words,
)
from custid.standardize.text import fold, visible, without_decimal_tail
from custid.standardize.values import Standardized

__all__ = ["is_rounded_number", "numbers_of", "split_extension", "standardize_phone"]

_MIN_DIGITS: Final = 6
_MAX_DIGITS: Final = 15
_MIN_FULL_DIGITS: Final = 9
_NORTH_AMERICAN_DIGITS: Final = 11


def _calling_codes() -> frozenset[str]:
    """Return the country calling codes of ITU-T E.164; no code is the beginning of another one."""
    listed = (
        "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
        "81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 290 291 297 298 299 420 421 423 "
        "670 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 979 998"
    )
    spans = (
        (220, 258), (260, 269), (350, 359), (370, 383), (385, 387), (389, 389), (500, 509), (590, 599),
        (672, 683), (685, 692), (960, 968), (970, 977), (992, 996),
    )  # fmt: skip
    codes = set(listed.split())
    for first, last in spans:
        codes.update(str(code) for code in range(first, last + 1))
    return frozenset(codes)


_CALLING_CODES: Final = _calling_codes()
_PLACEHOLDERS: Final = placeholder_words("phone")

_PLAIN: Final = re.compile(r"\d{6,10}")
_NOT_DIGIT: Final = re.compile(r"\D+")
_SEPARATOR: Final = re.compile(r"[;,](?!\s*(?:ext|poste|x\s*\d))|[|/&]|\b(?:ou|or|et|and)\b", re.IGNORECASE)
_EXTENSION: Final = re.compile(
    r"(?:\bext(?:ension|n)?\b|(?<=[\d\s])ext|(?<=[\d\s)])x|\bposte|\bpt\b|#)[.:=\s]*(\d{1,6})\s*$", re.IGNORECASE
)
_FLOAT: Final = re.compile(r"\d[.,]\d+[eE]\+?\d+")
_INTERNATIONAL: Final = re.compile(r"[^\d+]*(?:\+|00)\s*\d")
# Numbers whose country code is written without a prefix, as in many exports: the French, then the British ones.
_BARE_CODE: Final = re.compile(r"(?:330?(?=\d{9}$)|440?(?=\d{10}$))")


def standardize_phone(raw: str) -> Standardized:
    """Return the significant digits of a telephone number.

    Country code, trunk zero, extension and punctuation are dropped, so that the international and the national way of
    writing a number agree.  Numbers of six or more digits are kept as they are, local ones included.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Six to 15 digits without leading zero; empty for a missing value and with the issues ``"placeholder"``,
        ``"too_short"``, ``"too_long"`` and ``"unparsable"`` (a number that a spreadsheet has rounded).  Of several
        numbers the first, with issue ``"several_values"``.

    Notes
    -----
    The canonical value is a key for comparison and no number to dial.  Without ``+`` or ``00`` the code of the North
    American plan, of France or of Britain is recognized by the number of digits that follow it.

    Examples
    --------
    >>> [standardize_phone(raw).value for raw in ("+33 (0)6 12 34 56 79", "06.12.34.56.79", "0033612345679")]
    ['612345679', '612345679', '612345679']
    """
    text = without_decimal_tail(visible(raw))
    if not text:
        return MISSING
    issue = ""
    if _PLAIN.fullmatch(text):
        digits = text
    else:
        if is_rounded_number(text):
            return Standardized("", "unparsable")
        if fold(text) in _PLACEHOLDERS or not fold(text):
            return PLACEHOLDER
        text, *others = numbers_of(text)
        issue = "several_values" if others else ""
        text, _ = split_extension(text)
        digits = _NOT_DIGIT.sub("", text)
    if _INTERNATIONAL.match(text):
        significant = _without_calling_code(digits.lstrip("0")).lstrip("0")
    else:
        significant = _significant(digits)
    if is_placeholder_phone(digits) or is_placeholder_phone(significant):
        return PLACEHOLDER
    if len(significant) < _MIN_DIGITS:
        return Standardized("", "too_short")
    return Standardized(significant, issue) if len(significant) <= _MAX_DIGITS else Standardized("", "too_long")


def is_rounded_number(text: str) -> bool:
    """Tell whether a spreadsheet has written a long number with an exponent, and so has lost digits.

    Parameters
    ----------
    text : str
        Printable ASCII.

    Returns
    -------
    bool
        True for a text like ``3.36E+10``.

    Examples
    --------
    >>> is_rounded_number("3.36E+10")
    True
    """
    return _FLOAT.fullmatch(text) is not None


def numbers_of(text: str) -> list[str]:
    """Return the telephone numbers that stand side by side in a text.

    Parameters
    ----------
    text : str
        Printable ASCII.

    Returns
    -------
    list of str
        One or more parts of the text; the text itself where it is not plainly several numbers.  Other digits beside a
        full number (``01 45 67 89 01/02``) are left out.

    Examples
    --------
    >>> numbers_of("01 99 00 12 34 / 02 61 91 12 34"), numbers_of("01/99/00/12/34")
    (['01 99 00 12 34 ', ' 02 61 91 12 34'], ['01/99/00/12/34'])
    """
    parts = _SEPARATOR.split(text)
    if len(parts) == 1:
        return parts
    lengths = [len(_NOT_DIGIT.sub("", part)) for part in parts]
    full = [position for position, length in enumerate(lengths) if length >= _MIN_DIGITS]
    if len(full) > 1 or (full and lengths[full[0]] >= _MIN_FULL_DIGITS):
        return [parts[position] for position in full]
    return [text]


def split_extension(text: str) -> tuple[str, str]:
    """Return a telephone number and the extension that follows it.

    Parameters
    ----------
    text : str
        Printable ASCII.

    Returns
    -------
    number : str
        The text without the extension.
    extension : str
        Its digits, 6 at most; empty for none.

    Examples
    --------
    >>> split_extension("01 99 00 12 34 poste 12")
    ('01 99 00 12 34 ', '12')
    """
    found = _EXTENSION.search(text)
    return (text, "") if found is None else (text[: found.start()], found[1])


def _without_calling_code(digits: str) -> str:
    for length in (1, 2, 3):
        if digits[:length] in _CALLING_CODES:
            return digits[length:]
    return digits


def _significant(digits: str) -> str:
    """Return digits without trunk zeros and without a country code recognized by the length."""
    digits = digits.lstrip("0")
    if len(digits) == _NORTH_AMERICAN_DIGITS and digits[0] == "1":
        digits = digits[1:]
    elif bare := _BARE_CODE.match(digits):
        digits = digits[bare.end() :]
    return digits.lstrip("0")
