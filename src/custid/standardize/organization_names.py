"""Names of organizations taken apart: legal form, trading and former names, acronyms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from attrs import frozen

from custid.model.statements import Issue
from custid.model.values import OrganizationName, OrganizationNameUse
from custid.standardize._name_text import readable
from custid.standardize._name_words import APOSTROPHES, spelled
from custid.standardize.locales import LOCALES, locale_pack
from custid.standardize.placeholders import is_placeholder
from custid.standardize.text import fold
from custid.standardize.values import Parsed

__all__ = ["acronym_of", "has_legal_form", "is_acronym_of", "is_company_name", "parse_organization_name"]

_ASIDE: Final = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\"([^\"]*)\"|“([^“”]*)”|«([^«»]*)»")
_REGISTRATION: Final = re.compile(
    r"[\s,;-]+(?:au capital (?:social )?de\b|RCS\b|R\.C\.S\.|SIRET\b|SIREN\b|capital social\b).*$", re.IGNORECASE
)
_BEHIND_DASH: Final = re.compile(r"(.*\S)\s+[-–—:]\s+(\S+)")
_EDGES: Final = " ,;:-–—/|&+*"
_NO_APOSTROPHES: Final = str.maketrans(dict.fromkeys(APOSTROPHES, " "))
_LONGEST: Final = 9
_WEAK_FORMS: Final = frozenset({"co", "company"})
_AND: Final = frozenset({"", "and", "et", "und", "y"})


@frozen
class _FormWords:
    """Legal forms and the phrases between two names, in one language and the others."""

    trailing: dict[str, str]
    leading: dict[str, str]
    clauses: dict[str, OrganizationNameUse]
    company_first: frozenset[str]
    company_last: frozenset[str]
    kin: frozenset[str]


@cache
def _form_words(code: str) -> _FormWords:
    pack = locale_pack(code)
    # A foreign company keeps its form; where two languages have one, that of the text's language wins.
    trailing = {form: name for each in (*LOCALES, pack) for form, name in each.legal_form_names.items()}
    leading = {
        form: name
        for each in (*LOCALES, pack)
        if each.leading_legal_forms
        for form, name in each.legal_form_names.items()
    }
    clauses: dict[str, OrganizationNameUse] = {}
    for each in LOCALES:
        clauses.update(dict.fromkeys(each.former_name_words, OrganizationNameUse.FORMER))
        clauses.update(dict.fromkeys(each.trading_words, OrganizationNameUse.TRADING))
    return _FormWords(
        trailing,
        leading,
        clauses,
        frozenset[str]().union(*(each.company_words for each in LOCALES if each.leading_legal_forms)),
        frozenset[str]().union(*(each.company_words for each in LOCALES if not each.leading_legal_forms)),
        frozenset[str]().union(*(each.kin_words for each in LOCALES)),
    )


def parse_organization_name(raw: str, *, locale: str = "fr") -> Parsed[OrganizationName]:
    """Take the name of an organization apart.

    The legal form goes from the front or the end into ``legal_form``, abbreviated as is usual; words stay as written.

    Parameters
    ----------
    raw : str
        Any string; the first 400 characters are read.
    locale : str
        Code of a locale pack: ``"fr"``, ``"en-GB"``, ``"en-US"``; empty where the language is unknown.

    Returns
    -------
    Parsed
        The legal name first, then trading names (``dba``, ``sous l'enseigne``, in parentheses or quotes), former names
        and acronyms.  No name for a blank and, with issue ``"placeholder"``, for what stands for nothing.  Further
        issues: ``"truncated"`` and ``"unread_text"``, for text that was left out.

    Raises
    ------
    ConfigurationError
        If there is no such locale pack; never for the text.

    Examples
    --------
    >>> parse_organization_name("S.A.R.L. Boulangerie Martin").value
    OrganizationName(name='Boulangerie Martin', use=<OrganizationNameUse.LEGAL: 'legal'>, legal_form='SARL')
    >>> [(name.name, name.use.value) for name in parse_organization_name("Northwind Foods Inc. dba The Corner").values]
    [('Northwind Foods', 'legal'), ('The Corner', 'trading')]
    """
    words = _form_words(locale)
    issues: list[Issue] = []
    text = readable(raw, issues)
    if not text:
        return Parsed((), raw, tuple(issues))
    if is_placeholder("organization", text):
        return Parsed((), raw, (*issues, Issue("placeholder")))
    cut = _REGISTRATION.sub("", text)
    if cut != text and cut.strip(_EDGES):
        issues.append(Issue("unread_text", "capital or registration"))
        text = cut
    names = _names(text, words)
    if not names or is_placeholder("organization", names[0].name):
        return Parsed((), raw, (*issues, Issue("placeholder")))
    return Parsed(tuple(names), raw, tuple(issues))


def _names(text: str, words: _FormWords) -> list[OrganizationName]:
    """Return the names in a text."""
    others: list[tuple[OrganizationNameUse | None, str]] = []
    forms: list[str] = []

    def sort(match: re.Match[str]) -> str:
        inner = next(group for group in match.groups() if group is not None).strip(_EDGES)
        if form := words.trailing.get(_phrase(inner.split())):
            forms.append(form)
        elif any(map(str.isalpha, inner)):
            use, length = _clause(inner.split(), 0, words)
            others.append((use, " ".join(inner.split()[length:]).strip(_EDGES) if use else inner))
        return " "

    bare = " ".join(_ASIDE.sub(sort, text).split()).strip(_EDGES)
    if not any(map(str.isalnum, bare)):
        bare, others = text.strip(_EDGES + '()[]"“”«»'), []
    parts = _split_clauses(bare.split(), words)
    name, form = _without_form(parts[0][1], words)
    name, acronym = _without_acronym(name)
    others += parts[1:]
    if acronym:
        others.append((OrganizationNameUse.ACRONYM, acronym))
    return _typed(name, form or "".join(forms[:1]), others, words)


def _typed(
    name: str, form: str, others: Sequence[tuple[OrganizationNameUse | None, str]], words: _FormWords
) -> list[OrganizationName]:
    """Return typed names; an acronym in front of the name that it stands for changes places with it."""
    if not any(map(str.isalnum, name)):
        return []
    names = [OrganizationName(name=name, legal_form=form)]
    for stated, text in others:
        use = stated
        inner, inner_form = _without_form(text, words)
        if not any(map(str.isalnum, inner)):
            continue
        if use is None and inner.isupper() and is_acronym_of(inner, names[0].name):
            use = OrganizationNameUse.ACRONYM
        if use is None and names[0].name.isupper() and is_acronym_of(names[0].name, inner):
            legal = OrganizationName(name=inner, legal_form=form or inner_form)
            names[0] = OrganizationName(name=name, use=OrganizationNameUse.ACRONYM)
            names.insert(0, legal)
            continue
        names.append(OrganizationName(name=inner, use=use or OrganizationNameUse.TRADING, legal_form=inner_form))
    return names


def _phrase(words: Sequence[str]) -> str:
    """Return words as legal forms are listed: folded, single letters together."""
    folded = [piece for word in words if (piece := spelled(word))]
    if len(folded) > 1 and all(len(piece) == 1 for piece in folded):
        return "".join(folded)
    return " ".join(folded)


def _clause(words: Sequence[str], place: int, known: _FormWords) -> tuple[OrganizationNameUse | None, int]:
    """Return which name follows the words at a place, and how many words say so; ``(None, 0)`` for no clause."""
    for length in range(min(_LONGEST, len(words) - place - 1), 0, -1):
        use = known.clauses.get(" ".join(spelled(word) for word in words[place : place + length]).strip())
        if use is not None:
            return use, length
    return None, 0


def _split_clauses(words: list[str], known: _FormWords) -> list[tuple[OrganizationNameUse | None, str]]:
    """Return the name in front and those that follow a phrase such as ``dba``."""
    parts: list[tuple[OrganizationNameUse | None, list[str]]] = [(None, [])]
    place = 0
    while place < len(words):
        use, length = _clause(words, place, known) if parts[-1][1] else (None, 0)
        if use is None:
            parts[-1][1].append(words[place])
            place += 1
        else:
            parts.append((use, []))
            place += length
    return [(use, " ".join(part).strip(_EDGES)) for use, part in parts]


def _without_form(text: str, known: _FormWords) -> tuple[str, str]:
    """Return a name without its legal form, and the form; at least a word remains."""
    words = text.split()
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if _is_form(words, len(words) - length, len(words), known.trailing):
            rest = " ".join(words[:-length]).rstrip(_EDGES)
            if any(map(str.isalnum, rest)):
                return rest, known.trailing[_phrase(words[-length:])]
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if _is_form(words, 0, length, known.leading):
            rest = " ".join(words[length:]).lstrip(_EDGES)
            if any(map(str.isalnum, rest)):
                return rest, known.leading[_phrase(words[:length])]
    return text, ""


def _is_form(words: Sequence[str], start: int, end: int, forms: dict[str, str]) -> bool:
    phrase = _phrase(words[start:end])
    if phrase not in forms or not spelled(words[start]) or not spelled(words[end - 1]):
        return False
    first = phrase.partition(" ")[0]
    if first in _WEAK_FORMS:
        # ``Smith & Co.`` and ``The Bread Company`` are names.
        if start and spelled(words[start - 1]) in _AND:
            return False
        return phrase != "company" or spelled(words[0]) != "the"
    if start and start == end - 1 and spelled(words[start - 1]) in {"de", "of"}:
        return False
    return len(phrase) > 2 or words[start].replace(".", "").isupper()


def _without_acronym(name: str) -> tuple[str, str]:
    """Return a name without the acronym that follows a dash, and the acronym."""
    found = _BEHIND_DASH.fullmatch(name)
    if found and found[2].isupper() and is_acronym_of(found[2], found[1]):
        return found[1].rstrip(_EDGES), found[2]
    return name, ""


@cache
def _small_words() -> frozenset[str]:
    return frozenset[str]().union(*(pack.small_words for pack in LOCALES))


def acronym_of(name: str) -> str:
    """Return the initials of the words of a name that matter.

    Parameters
    ----------
    name : str
        Any string.

    Returns
    -------
    str
        Capital ASCII letters and digits, one for each word but articles, prepositions and conjunctions; empty where
        nothing is left.

    Examples
    --------
    >>> acronym_of("Union des Boulangers de l'Ouest")
    'UBO'
    """
    words = fold(name.translate(_NO_APOSTROPHES)).split()
    return "".join(word[0] for word in words if word not in _small_words()).upper()


def is_acronym_of(short: str, long: str) -> bool:
    """Tell whether a text is made of the initials of a name.

    Small words may be left out or count, and of four letters or more the last word of the name may be missing.

    Parameters
    ----------
    short : str
        The acronym, also with dots.
    long : str
        The name, at least as many words as letters.

    Returns
    -------
    bool
        True for an acronym of two letters or more.

    Examples
    --------
    >>> is_acronym_of("U.B.O.", "Union des Boulangers de l'Ouest"), is_acronym_of("UBS", "Union des Boulangers")
    (True, False)
    """
    letters = fold(short).replace(" ", "")
    words = fold(long.translate(_NO_APOSTROPHES)).split()
    if not 2 <= len(letters) <= len(words):
        return False
    small = _small_words()
    # Letters matched so far, for each way to leave small words out.
    reached = {0}
    for place, word in enumerate(words):
        is_optional = word in small or (len(letters) > 3 and place == len(words) - 1)
        following = {count + 1 for count in reached if count < len(letters) and letters[count] == word[0]}
        reached = following | (reached if is_optional else set())
        if not reached:
            return False
    return len(letters) in reached


def has_legal_form(text: str, *, locale: str = "fr") -> bool:
    """Tell whether a text begins or ends with the legal form of a company, so that no person bears it.

    Parameters
    ----------
    text : str
        Any string.
    locale : str
        Code of a locale pack.

    Returns
    -------
    bool
        True for forms that are no names and no initials: ``SARL``, ``Ltd``, ``GmbH``; False for ``SA``, ``Co``, ``AS``.

    Raises
    ------
    ConfigurationError
        If there is no such locale pack.

    Examples
    --------
    >>> has_legal_form("SARL Martin"), has_legal_form("Martin Sarl Jean"), has_legal_form("Jean Sas")
    (True, False, False)
    """
    known = _form_words(locale)
    words = text[:400].split()
    if len(words) < 2:
        return False
    return _is_sure_form(words[-1], known.trailing) or _is_sure_form(words[0], known.leading)


def _is_sure_form(word: str, forms: dict[str, str]) -> bool:
    phrase = spelled(word)
    if phrase not in forms or len(phrase) < 3 or phrase in _WEAK_FORMS:
        return False
    # Words of three letters are names as well (``Sas``): only capitals and foreign spellings make them forms.
    bare = word.strip(_EDGES + ".")
    return len(phrase) > 3 or bare.isupper() or phrase in {"ltd", "llc", "llp", "plc", "inc"}


def is_company_name(text: str, *, locale: str = "fr") -> bool:
    """Tell whether a text is surely the name of a company, not of a person.

    Parameters
    ----------
    text : str
        Any string.
    locale : str
        Code of a locale pack.

    Returns
    -------
    bool
        True for a legal form at either end, ``& fils``, a French company word in front or an English one at the end.

    Raises
    ------
    ConfigurationError
        If there is no such locale pack.

    Examples
    --------
    >>> is_company_name("Boulangerie Dupont"), is_company_name("Jean Dupont")
    (True, False)
    """
    if has_legal_form(text, locale=locale):
        return True
    words = fold(text[:400]).split()
    known = _form_words(locale)
    if len(words) < 2:
        return False
    has_kin = words[-1] in known.kin and (words[-2] in _AND or "&" in text)
    # ``Le Garage`` may be a family: a word of its own is wanted before an English company word.
    is_named = len(words) > 2 or len(words[0]) > 2
    return has_kin or words[0] in known.company_first or (is_named and words[-1] in known.company_last)
