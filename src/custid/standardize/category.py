"""Free categories and sex."""

from __future__ import annotations

from typing import Final

from custid.model.statements import Issue
from custid.model.values import Sex
from custid.standardize.locales import LOCALES
from custid.standardize.placeholders import PLACEHOLDER, nothing_readable, placeholder_words
from custid.standardize.text import fold
from custid.standardize.values import Parsed, Standardized

__all__ = ["parse_sex", "standardize_category", "standardize_sex"]

_PLACEHOLDERS: Final = placeholder_words("category")
# Codes of ISO/IEC 5218 beside the words; its 0 (not known) and 9 (not applicable) say nothing.
_SEXES: Final = {word: sex for pack in LOCALES for word, sex in pack.sexes.items()} | {"1": "male", "2": "female"}
_TYPED: Final = {"male": Sex.MALE, "female": Sex.FEMALE}
_STATED_UNKNOWN: Final = {"0": Sex.NOT_KNOWN, "9": Sex.NOT_APPLICABLE}
_NO_SEX: Final = _PLACEHOLDERS | {"0", "9", "u", "na", "nc", "nr", "nd", "nan", "x"}


def standardize_category(raw: str) -> Standardized:
    """Return the canonical form of a word from an open list, such as an occupation, a region or a cuisine.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Folded words; empty for a missing value and, with issue ``"placeholder"``, for one that stands for nothing.

    Notes
    -----
    Codes of two letters are never placeholders: ``NC`` and ``NA`` are regions and countries.

    Examples
    --------
    >>> standardize_category("Pâtisserie / Boulangerie").value
    'patisserie boulangerie'
    """
    folded = fold(raw)
    if not folded:
        return nothing_readable(raw)
    if folded in _PLACEHOLDERS:
        return PLACEHOLDER
    return Standardized(folded)


def standardize_sex(raw: str) -> Standardized:
    """Return the sex that a word, a code or a civility states.

    Parameters
    ----------
    raw : str
        English or French word, civility, or code of ISO/IEC 5218.

    Returns
    -------
    Standardized
        ``"male"`` or ``"female"``; empty for a missing value, with issue ``"placeholder"`` for one that stands for
        nothing, and ``"unrecognized"`` for anything else.

    Examples
    --------
    >>> standardize_sex("Mme").value, standardize_sex("H").value, standardize_sex("t2227949966").issue
    ('female', 'male', 'unrecognized')
    """
    folded = fold(raw)
    if not folded:
        return nothing_readable(raw)
    sex = _SEXES.get(folded)
    if sex is not None:
        return Standardized(sex)
    return PLACEHOLDER if folded in _NO_SEX else Standardized("", "unrecognized")


def parse_sex(raw: str) -> Parsed[Sex]:
    """Return the sex that a word, a code or a civility states, as a value of ISO/IEC 5218.

    Parameters
    ----------
    raw : str
        English or French word, civility, or code of ISO/IEC 5218.

    Returns
    -------
    Parsed of Sex
        One value; none for a missing one, with issue ``"placeholder"`` for one that stands for nothing, and
        ``"unrecognized"`` for anything else.  The codes 0 (not known) and 9 (not applicable) are values, as the source
        says them.

    Examples
    --------
    >>> parse_sex("Madame").value, parse_sex("0").value, parse_sex("blue").issues
    (<Sex.FEMALE: 2>, <Sex.NOT_KNOWN: 0>, (Issue(code='unrecognized', detail=''),))
    """
    stated = _STATED_UNKNOWN.get(fold(raw))
    if stated is not None:
        return Parsed((stated,), raw)
    read = standardize_sex(raw)
    return Parsed((_TYPED[read.value],) if read.value else (), raw, (Issue(read.issue),) if read.issue else ())
