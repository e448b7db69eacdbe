"""The text of a name: what is readable of it, and what stands in quotes, in parentheses or in the wrong place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from attrs import Factory, define

from custid.model.statements import Issue
from custid.standardize._name_words import NameWords, spelled
from custid.standardize.text import fold

__all__ = ["Asides", "comma_groups", "readable", "without_asides", "without_contacts"]

MAX_LENGTH: Final = 400
"""Characters that are read; no name is longer, and time stays bounded."""

_JOINERS: Final = "\u200c\u200d"
_EMAIL: Final = re.compile(r"(?:<|\bmailto:)?[^\s@,;:<>()\"]+@[^\s@,;<>()\"]+>?")
_DATE: Final = re.compile(
    r"(?:\b(?:né|née|ne|nee|né\(e\)|born|dob)\b[:\s]*(?:le|on)?\s*)?"
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    r"(?:\b(?:tél|tel|téléphone|phone|port|mob|fax)\b[.:\s]*)?(?<!\w)\+?\(?\d(?:[ .\-/()]{0,2}\d){7,16}(?!\w)",
    re.IGNORECASE,
)
_OPTIONAL_E: Final = re.compile(r"(?<=[éÉ])\((?:e|E)\)")
_ASIDE: Final = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|\"([^\"]*)\"|“([^“”]*)”|«([^«»]*)»|(?:(?<=\s)|^)[‘'`]([^‘'’`]{2,})['’\u00b4](?=\s|$|,)"
)
_MOST_WORDS: Final = 3
_NUMBER: Final = re.compile(r"[\d.,:;#*_=<>|\\-]*")
_STRAY: Final = ".,;:!?*_=<>|\\-–—+&/~^#\"'"


@define
class Asides:
    """What stood in quotes or parentheses.

    Attributes
    ----------
    clauses : list of tuple of str
        Kind and text of clauses such as ``(née Martin)``.
    nicknames, prefixes, suffixes : list of str
        Other names, civilities and suffixes.
    particle : str
        A particle set behind the name: ``GAULLE (de) Charles``.
    unread : bool
        True where something was left out.
    """

    clauses: list[tuple[str, str]] = Factory(list)
    nicknames: list[str] = Factory(list)
    prefixes: list[str] = Factory(list)
    suffixes: list[str] = Factory(list)
    particle: str = ""
    unread: bool = False


def readable(raw: str, issues: list[Issue]) -> str:
    """Return the text on one line, without invisible characters, cut at ``MAX_LENGTH`` characters."""
    text = raw[: 4 * MAX_LENGTH]
    if not text.isprintable():
        text = "".join(
            character
            for character in text
            if character.isspace() or character in _JOINERS or unicodedata.category(character)[0] != "C"
        )
    text = " ".join(text.split())
    if len(text) > MAX_LENGTH or len(raw) > 4 * MAX_LENGTH:
        issues.append(Issue("truncated", f"the first {MAX_LENGTH} characters were read"))
        text = text[:MAX_LENGTH].rstrip()
    return text


def without_contacts(text: str, issues: list[Issue]) -> str:
    """Return a name without the e-mail addresses, dates and phone numbers in it."""
    if "@" in text:
        text = _taken(_EMAIL, text, "misplaced_email", issues)
    if sum(map(str.isdigit, text)) >= 6:
        text = _taken(_DATE, text, "misplaced_date", issues)
        text = _taken(_PHONE, text, "misplaced_phone", issues)
    return text if any(map(str.isalpha, text)) else ""


def _taken(pattern: re.Pattern[str], text: str, code: str, issues: list[Issue]) -> str:
    left, n_taken = pattern.subn(" ", text)
    if not n_taken:
        return text
    issues.append(Issue(code))
    return " ".join(left.split())


def without_asides(text: str, known: NameWords) -> tuple[str, Asides]:
    """Return a name without what stands in quotes and parentheses, and that."""
    asides = Asides()
    text = _OPTIONAL_E.sub("e", text)
    if not any(sign in text for sign in "([\"“«‘'`"):
        return text, asides

    def sort(match: re.Match[str]) -> str:
        inner = next(group for group in match.groups() if group is not None).strip(" ,;:")
        _sort_aside(inner, known, asides, is_quoted=match[0][0] not in "([")
        return " "

    return " ".join(_ASIDE.sub(sort, text).replace("(", " ").replace(")", " ").split()), asides


def _sort_aside(inner: str, known: NameWords, asides: Asides, *, is_quoted: bool) -> None:
    words = inner.split()
    if not words:
        return
    kind, length = known.clause(words, 0)
    spellings = [spelled(word) for word in words]
    if kind == "alias" and length < len(words):
        asides.nicknames.append(" ".join(words[length:]))
    elif kind and length < len(words):
        asides.clauses.append((kind, " ".join(words[length:])))
    elif all(word in known.civilities for word in spellings):
        asides.prefixes += words
    elif all(fold(word) in known.particles for word in words):
        asides.particle = inner
    elif all(word in known.suffixes for word in spellings):
        asides.suffixes += words
    elif not is_quoted and any(word in known.remark_words for word in spellings):
        asides.unread = True
    elif (is_quoted or len(words) <= _MOST_WORDS) and any(map(str.isalpha, inner)) and not any(map(str.isdigit, inner)):
        asides.nicknames.append(inner)
    else:
        asides.unread = True


def comma_groups(words: Sequence[str]) -> list[list[str]]:
    """Return the words between commas, without stray signs; empty groups are left out."""
    groups: list[list[str]] = [[]]
    for word in words:
        pieces = re.split("[,;،、]", word)
        for place, piece in enumerate(pieces):
            if place:
                groups.append([])
            bare = piece.lstrip(_STRAY).rstrip(_STRAY.replace(".", "").replace("'", "")) if piece[:1] != "'" else piece
            if bare and not _NUMBER.fullmatch(bare) and any(map(str.isalpha, bare)):
                groups[-1].append(bare)
    return [group for group in groups if group]
