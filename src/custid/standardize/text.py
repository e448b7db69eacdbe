"""Folding: the ASCII skeleton of a text, on which every other standardizer works.

Invariant: whatever ``to_ascii`` returns is ASCII and is left alone by ``to_ascii``, so that what is built on it has to
be idempotent on ASCII only, and cannot tell composed from decomposed characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["fold", "one_line", "to_ascii", "tokens", "visible", "without_decimal_tail"]

_LIGATURES: Final = {
    "æ": "ae", "œ": "oe", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "ng",
    "ŧ": "t", "ĸ": "k", "ə": "e", "Æ": "AE", "Œ": "OE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th",
    "Ħ": "H", "Ŋ": "Ng", "Ŧ": "T", "Ə": "E",
}  # fmt: skip
_APOSTROPHES: Final = "’‘‛ʼʻʹʾʿ′＇ˈ՚"
# Compatibility decomposition would turn these into a blank with an accent, and into letters glued to the word before.
_BEFORE_DECOMPOSITION: Final = str.maketrans({"´": "'", "\u1ffd": "'", "™": " ", "℠": " "})
_LATIN_MARKS: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def _spelling(character: str) -> str:
    """Return the ASCII spelling of one decomposed character that is not ASCII."""
    if character in _LIGATURES:
        return _LIGATURES[character]
    if character in _APOSTROPHES:
        return "'"
    category = unicodedata.category(character)
    if category in {"Cf", "Cs"} or unicodedata.combining(character) or character == "·":
        return ""
    if category == "Pd":
        return "-"
    if category[0] in "LN" or category in {"Mc", "Mn"}:
        from anyascii import anyascii  # noqa: PLC0415 - only names of non-Latin scripts pay for its tables

        return "".join(filter(str.isalnum, anyascii(character)))
    if category == "Cc" and character != "\x85":
        return ""
    return " "


class _SpellingTable(dict[int, str | int]):
    """Translation table that learns each character when it is first met."""

    def __missing__(self, code: int) -> str | int:
        spelling: str | int = code if code < 128 else _spelling(chr(code))
        self[code] = spelling
        return spelling


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for code in range(128):
        character = chr(code)
        if character.isalnum():
            table[code] = character.lower()
        elif character in "'`" or (not character.isprintable() and character not in "\t\n\v\f\r"):
            table[code] = None
        else:
            table[code] = " "
    return table


_SPELLINGS: Final = _SpellingTable()
_FOLDED: Final = _fold_table()
_CONTROLS: Final = {
    code: (" " if chr(code) in "\t\n\v\f\r" else None) for code in range(128) if not chr(code).isprintable()
}


def to_ascii(raw: str) -> str:
    """Return the ASCII spelling of a text.

    Accents and combining marks go, ligatures become letters, other scripts are transliterated, digits of any script
    become ASCII digits, typographic dashes and apostrophes become plain ones, bidirectional, zero-width and surrogate
    characters vanish and any other symbol becomes a blank.  ASCII is returned as it is.

    Parameters
    ----------
    raw : str
        Any string; lone surrogates are allowed.

    Returns
    -------
    str
        ASCII text; empty if nothing has a spelling.

    Examples
    --------
    >>> to_ascii("Œuvre de Łódź")
    'OEuvre de Lodz'
    """
    if raw.isascii():
        return raw
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", raw.translate(_BEFORE_DECOMPOSITION)))
    if text.isascii():
        return text
    # Scripts written in composed syllables (Hangul, voiced kana) are transliterated from the composed form.
    return unicodedata.normalize("NFC", text).translate(_SPELLINGS)


def visible(raw: str) -> str:
    r"""Return the ASCII spelling of a text with its case and punctuation, without control characters, trimmed.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    str
        One line of printable ASCII; empty if nothing is left.

    Examples
    --------
    >>> visible("  Jean.Émile@Exemple.fr\u200b ")
    'Jean.Emile@Exemple.fr'
    """
    text = to_ascii(raw)
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    return text.strip()


def one_line(raw: str) -> str:
    r"""Return a text as it is, on one line with single blanks, without characters that nobody sees.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    str
        Printable characters of any script; empty if nothing is left.

    Examples
    --------
    >>> one_line(" Œuvre\u200b \n de  Łódź ")
    'Œuvre de Łódź'
    """
    if not raw.isprintable():
        raw = "".join(character if character.isprintable() else _gap(character) for character in raw)
    return " ".join(raw.split())


def _gap(character: str) -> str:
    return " " if character.isspace() else ""


def fold(raw: str) -> str:
    """Return the skeleton of a text by which it is compared.

    ASCII spelling in lower case; apostrophes are dropped, every other run of characters that are neither letters nor
    digits becomes one space.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    str
        Words of ``a-z0-9`` separated by single spaces; empty if there is no letter and no digit.

    Examples
    --------
    >>> fold("  Éric  O'Brien-MÜLLER ")
    'eric obrien muller'
    """
    return " ".join(to_ascii(raw).translate(_FOLDED).split())


def tokens(folded: str) -> list[str]:
    """Return the words of a folded text.

    Parameters
    ----------
    folded : str
        What ``fold`` returns.

    Returns
    -------
    list of str
        Its words in order; empty for an empty text.

    Examples
    --------
    >>> tokens("eric obrien muller")
    ['eric', 'obrien', 'muller']
    """
    return folded.split()


def without_decimal_tail(text: str) -> str:
    """Return a whole number without the ``.0`` that spreadsheets and data frames append to it.

    Parameters
    ----------
    text : str
        Any string.

    Returns
    -------
    str
        The digits before ``.0`` if that is all the text consists of, else the text.

    Examples
    --------
    >>> without_decimal_tail("75011.0")
    '75011'
    """
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
