"""Names of organizations."""

from __future__ import annotations

import re
from itertools import product
from typing import Final

from custid.standardize.locales import LOCALES
from custid.standardize.placeholders import PLACEHOLDER, nothing_readable, placeholder_words
from custid.standardize.text import fold
from custid.standardize.values import Standardized

__all__ = ["initials_of_organization", "may_be_initials", "standardize_organization_name"]

_TRAILING: Final = frozenset[str]().union(*(pack.legal_forms for pack in LOCALES))
_LEADING: Final = frozenset[str]().union(*(pack.leading_legal_forms for pack in LOCALES))
_LEADING_PHRASES: Final = sorted((form.split(" ") for form in _TRAILING if form.startswith("societe ")), key=len)[::-1]
_REVERSED: Final = frozenset(form[::-1] for form in _TRAILING)
_LONGEST: Final = max(form.count(" ") for form in _TRAILING) + 1
_LONGEST_DOTTED: Final = 5
_AND_COMPANY: Final = re.compile(r"&\s*compagnie\W*$", re.IGNORECASE)
_CONJUNCTIONS: Final = frozenset({"and", "et"})
_SAINTS: Final = frozenset({"st", "ste", "saint", "sainte"})
_ABBREVIATIONS: Final = {
    "ets": "etablissements", "etab": "etablissements", "etabs": "etablissements", "etbs": "etablissements",
    "cie": "compagnie", "ass": "association", "assoc": "association", "asso": "association", "gpt": "groupement",
    "gpe": "groupe", "frs": "freres", "fres": "freres", "ent": "entreprise", "entr": "entreprise",
}  # fmt: skip
# "STE" is Sainte before a name and Société before these.
_AFTER_COMPANY: Final = frozenset({"de", "des", "du", "generale", "nationale", "nouvelle", "francaise", "industrielle"})
_SMALL_WORDS: Final = frozenset(
    {"a", "au", "aux", "de", "des", "du", "en", "la", "le", "les", "of", "pour", "sur", "the"}
)
_MIN_INITIALS, _MAX_INITIALS = 3, 6
_MAX_ELISIONS: Final = 3
_PLACEHOLDERS: Final = placeholder_words("organization")


def standardize_organization_name(raw: str) -> Standardized:
    """Return the canonical form of an organization's name.

    Folded; ``and``, ``et`` and ``&`` are dropped, ``St``, ``Ste`` and ``Sainte`` before a word become ``saint``, legal
    forms go from the end and French ones from the front too, also spelled with dots, as long as something remains.
    French abbreviations are spelled out: ``Cie``, ``Ets``, ``Assoc.``, ``Frs``, and ``Ste`` for ``Société`` where what
    follows is no name.

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
    >>> standardize_organization_name("STE DES EAUX DU LAC").value
    'societe des eaux du lac'
    """
    folded = fold(raw)
    if not folded:
        return nothing_readable(raw)
    if folded in _PLACEHOLDERS:
        return PLACEHOLDER
    words = folded.split(" ")
    if len(words) > 1:
        if len(words) > 2 and words[-2:] == ["et", "compagnie"]:
            words = words[:-2]
        elif words[-1] == "compagnie" and _AND_COMPANY.search(raw) is not None:
            words = words[:-1]
        words = _without_legal_forms([word for word in words if word not in _CONJUNCTIONS] or words)
        words = [_spelled_out(words, position) for position in range(len(words))]
        folded = " ".join(words)
        if folded in _PLACEHOLDERS:
            return PLACEHOLDER
    return Standardized(folded)


def _spelled_out(words: list[str], position: int) -> str:
    """Return a word of a name of several words without abbreviation."""
    word = words[position]
    if word in _SAINTS and position + 1 < len(words):
        is_company = word == "ste" and position == 0 and words[1] in _AFTER_COMPANY
        return "societe" if is_company else "saint"
    return _ABBREVIATIONS.get(word, word)


def initials_of_organization(name: str) -> frozenset[str]:
    """Return the acronyms that an organization's name may be known by.

    Parameters
    ----------
    name : str
        Canonical name, as :func:`standardize_organization_name` returns it.

    Returns
    -------
    frozenset of str
        Initials of three to six words: of all words, and of those that are not small (``de``, ``du``, ``of``), with the
        article of ``d'eau`` left out where a word may begin with one, and also without the last words, which often
        name a place; none for a name of fewer than three words.

    Examples
    --------
    >>> "sncf" in initials_of_organization("societe nationale chemins de fer francais")
    True
    >>> "caf" in initials_of_organization("caisse dallocations familiales")
    True
    """
    words = name.split()
    if len(words) < _MIN_INITIALS:
        return frozenset()
    telling = [word for word in words if word not in _SMALL_WORDS]
    variants = _initials(words[:_MAX_INITIALS])
    if len(telling) < len(words):
        variants += _initials(telling[:_MAX_INITIALS])
    return frozenset([initials[:length] for initials in variants for length in range(_MIN_INITIALS, len(initials) + 1)])


def may_be_initials(word: str) -> bool:
    """Tell whether a word is as long as the acronyms of :func:`initials_of_organization`: three to six letters.

    Examples
    --------
    >>> may_be_initials("sncf"), may_be_initials("transport")
    (True, False)
    """
    return _MIN_INITIALS <= len(word) <= _MAX_INITIALS


def _initials(words: list[str]) -> list[str]:
    """Return the initials of some words; those that may begin with an elided article give either letter."""
    letters = [word[0] for word in words]
    # Nearly all words begin with another letter than that of an elided article.
    elided = [
        place
        for place, letter in enumerate(letters)
        if letter in "dl" and len(words[place]) > 2 and words[place][1] in "aeiouhy"
    ][:_MAX_ELISIONS]
    if not elided:
        return ["".join(letters)]
    variants = []
    for is_elided in product((False, True), repeat=len(elided)):
        chosen = letters.copy()
        for place, has_article in zip(elided, is_elided, strict=True):
            if has_article:
                chosen[place] = words[place][1]
        variants.append("".join(chosen))
    return variants


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
    if len(words) > 1 and (words[0] in _LEADING or _ABBREVIATIONS.get(words[0]) in _LEADING):
        return 1
    if words[0] == "societe":
        for phrase in _LEADING_PHRASES:
            if len(words) > len(phrase) and words[: len(phrase)] == phrase:
                return len(phrase)
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
