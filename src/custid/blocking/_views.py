"""What of a value may be shared with another one: views of it, worked out once per distinct value or word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from custid.blocking._parts import Characters, Parts, halves_of
from custid.blocking._words import NumberedAtoms, ValueWords, head_hash, telling_words
from custid.blocking.phonetics import consonant_skeleton
from custid.standardize.nicknames import nickname_groups
from custid.table.hashing import string_hash

__all__ = ["MAX_WORDS", "VIEWS", "WORD_VIEWS", "Atoms", "View", "atoms_of_value", "word_views"]

MAX_WORDS = 12
_PREFIX_LENGTH = 4
_PHONE_DIGITS = 9
_AREA_LENGTH, _WITHIN_AREA = 2, 3

Atoms = Mapping[str, Sequence[Sequence[str]] | Parts | NumberedAtoms]
"""By kind, the atoms of each value."""

View = Callable[[str], Sequence[str]]
"""The atoms of one kind of a value or a word."""


def word_views(words: Sequence[str]) -> Atoms:
    """Return the atoms of words of names."""
    return {kind: list(map(view, words)) for kind, view in WORD_VIEWS.items()}


def _token(word: str) -> Sequence[str]:
    return (word,) if len(word) > 1 else ()


def _sound(word: str) -> Sequence[str]:
    return (consonant_skeleton(word),) if _is_named(word) else ()


def _prefix(word: str) -> Sequence[str]:
    return (word[:_PREFIX_LENGTH],) if len(word) >= _PREFIX_LENGTH and _is_named(word) else ()


def _nickname(word: str) -> Sequence[str]:
    return tuple(map(str, nickname_groups().get(word, ()))) if _is_named(word) else ()


def _is_named(word: str) -> bool:
    return len(word) > 1 and not word[0].isdigit()


WORD_VIEWS: Final[Mapping[str, View]] = {"token": _token, "sound": _sound, "prefix": _prefix, "nickname": _nickname}
"""By kind, the atoms of a word of a name."""


def _date(value: str) -> dict[str, str]:
    """Return the atom of each kind that a date has."""
    year, _, rest = value.partition("-")
    month, _, day = rest.partition("-")
    found = {}
    if year.isdigit():
        found["year"] = year
        if month:
            found["year_month"] = f"{year}-{month}"
        if day:
            found["full"] = value
            found["year_day"] = f"{year}-{day}"
    if day:
        # Day and month in either order: the two are often exchanged.
        found["month_day"] = "-".join(sorted((month, day)))
    return found


def _dates(values: Sequence[str]) -> Atoms:
    views: dict[str, list[Sequence[str]]] = {
        kind: [()] * len(values) for kind in ("full", "year", "year_month", "year_day", "month_day")
    }
    for position, value in enumerate(values):
        for kind, atom in _date(value).items():
            views[kind][position] = (atom,)
    return views


def _halves(values: Sequence[str]) -> Atoms:
    return {"half": Characters.of(values).halves()}


def _phones(values: Sequence[str]) -> Atoms:
    digits = Characters.of(values).ends(_PHONE_DIGITS)
    return {"full": digits.whole(), "half": digits.halves()}


def _emails(values: Sequence[str]) -> Atoms:
    return {"local": Characters.of(values).before(b"@").not_empty()}


def _postcodes(values: Sequence[str]) -> Atoms:
    return {"area": Characters.of(values).without_ends(_WITHIN_AREA, at_least=_AREA_LENGTH).whole()}


def _places(values: Sequence[str]) -> Atoms:
    return {"token": ValueWords.of(values, MAX_WORDS).telling()}


def _streets(values: Sequence[str]) -> Atoms:
    words = ValueWords.of(values, MAX_WORDS)
    return {"token": words.telling(), "head": words.heads()}


VIEWS: dict[str, Callable[[Sequence[str]], Atoms]] = {
    "birth_date": _dates,
    "phone": _phones,
    "national_id": _halves,
    "organization_id": _halves,
    "siren": _halves,
    "loyalty_card": _halves,
    "email": _emails,
    "postcode": _postcodes,
    "street": _streets,
    "address_line": _places,
    "city": _places,
    "birth_place": _places,
}


def atoms_of_value(attribute: str, value: str) -> Iterator[tuple[str, int]]:
    """Return the atoms of one value, those of names apart.

    Parameters
    ----------
    attribute : str
        Its attribute.
    value : str
        The canonical value.

    Yields
    ------
    kind : str
        Kind of the atom.
    hash : int
        Its hash, the same as of the views of many values.
    """
    if attribute == "birth_date":
        for kind, atom in _date(value).items():
            yield kind, string_hash(atom)
        return
    whole = value[-_PHONE_DIGITS:] if attribute == "phone" else value
    yield "full", string_hash(whole)
    if attribute in _HALVED:
        for half in halves_of(whole):
            yield "half", string_hash(half)
    elif attribute in _WORDY:
        words = value.split()[:MAX_WORDS]
        for word in telling_words(words):
            yield "token", string_hash(word)
        if attribute == "street":
            yield "head", head_hash(words)
    elif attribute == "email":
        if local := value.partition("@")[0]:
            yield "local", string_hash(local)
    elif attribute == "postcode":
        yield "area", string_hash(value[: max(_AREA_LENGTH, len(value) - _WITHIN_AREA)])


_HALVED: Final = frozenset(name for name, view in VIEWS.items() if view in {_halves, _phones})
_WORDY: Final = frozenset(name for name, view in VIEWS.items() if view in {_places, _streets})
