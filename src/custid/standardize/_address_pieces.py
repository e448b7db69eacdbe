"""What the readers of postal addresses share: words, pieces of lines, and the parts that come out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from attrs import Factory, define

from custid.model.statements import Issue
from custid.model.values import PostalAddress
from custid.standardize.locales import LocalePack
from custid.standardize.text import fold

__all__ = ["Draft", "HouseNumber", "Piece", "Word", "cut_at_separators", "is_party", "joined", "opens", "words_of"]

_LONGEST_OPENING: Final = 4
_SEPARATORS: Final = re.compile(r"[,;|()]")
# A postcode without blank before the city.
_GLUED: Final = re.compile(r"(?<![\w-])(\d{5})(?=[^\W\d_]{3})")
_DASHES: Final = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}", "/", "\N{BULLET}"})
_CUTS: Final = _DASHES | frozenset(",;|()")
_NOISE: Final = frozenset(
    {
        ":",
        ".",
        "*",
        '"',
        "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
        "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    }
)


class Word(NamedTuple):
    """A word of an address.

    Attributes
    ----------
    text : str
        As written.
    key : str
        Folded and without blanks: ``lieudit`` for ``Lieu-dit``, ``bp`` for ``B.P.``; empty for punctuation.
    """

    text: str
    key: str


class HouseNumber(NamedTuple):
    """What stands before the street: digits, what follows them, and how many words that takes."""

    number: str
    ext: str
    n_words: int


class Piece(NamedTuple):
    """Neighboring words of one line without a separator between them.

    Attributes
    ----------
    words : tuple of Word
        At least one.
    line : int
        Number of the line, from 0.
    """

    words: tuple[Word, ...]
    line: int

    @property
    def text(self) -> str:
        """The words, as written."""
        return joined(self.words)

    @property
    def key(self) -> str:
        """All of it, folded, without blanks."""
        return "".join(word.key for word in self.words)


@define
class Draft:
    """The parts of an address while it is read.

    Attributes
    ----------
    country : str
        ISO 3166-1 alpha-2 code; empty when unknown.
    is_country_named : bool
        True where the text names the country.
    parts : dict of str to str
        Fields of ``PostalAddress``.
    codes : list of str
        Codes of the issues, each once.
    """

    country: str
    is_country_named: bool = False
    parts: dict[str, str] = Factory(dict)
    codes: list[str] = Factory(list)

    def has(self, field: str) -> bool:
        """Tell whether a part has been read."""
        return bool(self.parts.get(field))

    def put(self, field: str, text: str) -> None:
        """Add text to a part; several texts of one part stand in their order."""
        known = self.parts.get(field, "")
        self.parts[field] = f"{known} {text}" if known and text else known or text

    def note(self, code: str) -> None:
        """Add an issue."""
        if code not in self.codes:
            self.codes.append(code)

    def issues(self) -> tuple[Issue, ...]:
        """Return the issues."""
        return tuple(Issue(code) for code in self.codes)

    def address(self, lines: Sequence[str]) -> PostalAddress | None:
        """Return the address; None where nothing was read."""
        parts = {field: text for field, text in self.parts.items() if text}
        if not parts and not lines and not self.is_country_named:
            return None
        return PostalAddress(lines=tuple(lines), country=self.country, **parts)


def joined(words: Iterable[Word]) -> str:
    """Return words as one text."""
    return " ".join(word.text for word in words)


def words_of(text: str) -> tuple[Word, ...]:
    """Return the words of a text."""
    return tuple(Word(word, fold(word).replace(" ", "")) for word in text.split())


def cut_at_separators(line: str, number: int) -> list[Piece]:
    """Return the pieces of a line: what stands between commas, brackets and dashes with blanks around them.

    A dash between two house numbers at the front (``12 - 14``) joins them.
    """
    pieces: list[Piece] = []
    words: list[Word] = []
    tokens = words_of(_GLUED.sub(r"\1 ", _SEPARATORS.sub(r" \g<0> ", line)))
    for place, word in enumerate(tokens):
        following = tokens[place + 1].text if place + 1 < len(tokens) else ""
        is_range = (
            len(words) == 1 and words[0].text.isdecimal() and following.isdecimal() and len(following) < len("75001")
        )
        if word.text in _CUTS and not (is_range and word.text in _DASHES):
            if words:
                pieces.append(Piece(tuple(words), number))
            words = []
        elif word.text not in _NOISE:
            words.append(word)
    if words:
        pieces.append(Piece(tuple(words), number))
    return pieces


def opens(words: Sequence[Word], start: int, table: Collection[str]) -> int:
    """Return how many words from ``start`` on are one of a table, which may be written in several words; 0 for none."""
    key = ""
    found = 0
    for place in range(start, min(start + _LONGEST_OPENING, len(words))):
        if not words[place].key:
            break
        key += words[place].key
        if key in table:
            found = place - start + 1
    return found


def is_party(words: Sequence[Word], pack: LocalePack) -> bool:
    """Tell whether words are a person or an organization, by a civility, a given name or a legal form."""
    first, last = words[0].key, words[-1].key
    if first in pack.civilities or first in pack.leading_legal_forms:
        return len(words) > 1
    if any(word.key in pack.company_words or word.text == "&" for word in words):
        return True
    return len(words) > 1 and (last in pack.legal_forms or first in pack.given_names or last in pack.given_names)
