"""Names of persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zlib import crc32

from custid.standardize._name_order import family_behind, name_order
from custid.standardize._name_words import EITHER, FAMILY, UNKNOWN, is_capitals, is_initials, name_words
from custid.standardize.locales import LOCALES
from custid.standardize.organization_names import is_company_name
from custid.standardize.placeholders import PLACEHOLDER, is_placeholder_word, nothing_readable, placeholder_words
from custid.standardize.text import fold
from custid.standardize.values import Standardized

__all__ = ["is_family_first", "standardize_full_name", "standardize_person_name"]

_CIVILITIES: Final = frozenset[str]().union(*(pack.civilities for pack in LOCALES))
_CONNECTORS: Final = frozenset({"and", "et", "ou", "or"})
_PLACEHOLDERS: Final = placeholder_words("name")
_MOST_GIVEN_NAMES: Final = 3
_MANY_NAMES: Final = 10_000
# One name that tells may be a foreign one, of words that mean something else here.
_FEWEST_VOTES: Final = 3


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


def standardize_full_name(raw: str, *, family_first: bool = False) -> Standardized:
    """Return the canonical form of a person's whole name, given names first where it tells which they are.

    Parameters
    ----------
    raw : str
        Any string.
    family_first : bool
        In which order names stand that do not tell it.

    Returns
    -------
    Standardized
        As ``standardize_person_name``; ``Dupont, Marie`` and ``DUPONT Marie`` with the family name last.

    Examples
    --------
    >>> standardize_full_name("Martin, Mme Delphine").value, standardize_full_name("MARTIN Bernard").value
    ('delphine martin', 'bernard martin')
    """
    family, given = _around_comma(raw, family_first=family_first) if "," in raw else _by_case(raw)
    if family and given:
        in_order = standardize_person_name(given + " " + family)
        if in_order.value:
            return in_order
    found = standardize_person_name(raw)
    if family_first and " " in found.value and not is_company_name(raw, locale=""):
        return Standardized(family_behind(found.value), found.issue)
    return found


def is_family_first(values: Sequence[str]) -> bool | None:
    """Tell whether the whole names of a column begin with the family name.

    Parameters
    ----------
    values : sequence of str
        Raw values of one column; distinct ones are enough.  Of many, some ten thousand are looked at, whatever their
        order.

    Returns
    -------
    bool or None
        True if of the names whose words tell, at least three, more than two thirds are such; False if at least three
        tell, and fewer are; None otherwise.

    Examples
    --------
    >>> is_family_first(["MARTIN BERNARD", "LEROUX MARIE", "PETIT ANNE", "HAMON CHLOE"]), is_family_first(["Zoé Petit"])
    (True, None)
    """
    step = 1 + len(values) // _MANY_NAMES
    votes = [
        name_order(standardize_person_name(raw).value)
        for raw in values
        if (step == 1 or crc32(raw.encode(errors="surrogatepass")) % step == 0) and not is_company_name(raw, locale="")
    ]
    n_family, n_given = votes.count(1), votes.count(-1)
    return n_family > 2 * n_given if n_family + n_given >= _FEWEST_VOTES else None


def _around_comma(raw: str, *, family_first: bool) -> tuple[str, str]:
    """Return what stands before and behind the only comma, if given names stand behind it; else empty texts.

    In a list of family names first it is enough that nothing else is known to stand there.
    """
    family, _, given = raw.partition(",")
    family, given = _without_civilities(fold(family)), _without_civilities(fold(given))
    words = given.split(" ")
    # What stands behind a comma may be a rank or a place just as well: ``Shaw, 5th Baronet``.
    known = name_words("")
    is_given = known.given.get(words[0], UNKNOWN) >= EITHER or (len(words[0]) == 1 and words[0].isalpha())
    is_given |= family_first and all(word.isalpha() and word not in known.suffixes for word in words)
    return (
        (family, given)
        if is_given and len(words) <= _MOST_GIVEN_NAMES and "," not in raw.partition(",")[2]
        else ("", "")
    )


def _by_case(raw: str) -> tuple[str, str]:
    """Return the words in capitals in front and the others behind them; empty texts where case tells nothing."""
    if raw.isupper() or raw.islower():
        return "", ""
    words = raw.split()
    start = 0
    while start < len(words) - 1 and fold(words[start]) in _CIVILITIES:
        start += 1
    end = start
    while end < len(words) and is_capitals(words[end]) and not is_initials(words[end]):
        end += 1
    given = [fold(word) for word in words[end:]]
    known = name_words("").given
    is_told = (
        start < end
        and sum(map(str.isalpha, words[start])) > 1
        and 0 < len(given) <= _MOST_GIVEN_NAMES
        and not any(is_capitals(word) and not is_initials(word) for word in words[end:])
        and all(known.get(word, UNKNOWN) > FAMILY and word.replace(" ", "").isalpha() for word in given)
        and not is_company_name(raw, locale="")
    )
    return (" ".join(words[start:end]), " ".join(given)) if is_told else ("", "")
