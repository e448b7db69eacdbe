"""What of a value may be shared with another one: views of it, worked out once per distinct value or word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from custid.blocking._parts import Characters, Parts
from custid.blocking._words import NumberedAtoms, ValueWords
from custid.blocking.phonetics import consonant_skeleton
from custid.standardize.nicknames import nickname_groups

__all__ = ["MAX_WORDS", "VIEWS", "Atoms", "word_views"]

MAX_WORDS = 12
_PREFIX_LENGTH = 4
_PHONE_DIGITS = 9

Atoms = Mapping[str, Sequence[Sequence[str]] | Parts | NumberedAtoms]
"""By kind, the atoms of each value."""


def word_views(words: Sequence[str]) -> Atoms:
    """Return the atoms of words of names."""
    groups = nickname_groups()
    named = [word if len(word) > 1 and not word[0].isdigit() else "" for word in words]
    return {
        "token": [(word,) if len(word) > 1 else () for word in words],
        "sound": [(consonant_skeleton(word),) if word else () for word in named],
        "prefix": [(word[:_PREFIX_LENGTH],) if len(word) >= _PREFIX_LENGTH else () for word in named],
        "nickname": [tuple(map(str, groups.get(word, ()))) for word in named],
    }


def _dates(values: Sequence[str]) -> Atoms:
    views: dict[str, list[Sequence[str]]] = {
        kind: [()] * len(values) for kind in ("full", "year", "year_month", "year_day", "month_day")
    }
    for position, value in enumerate(values):
        year, _, rest = value.partition("-")
        month, _, day = rest.partition("-")
        if year.isdigit():
            views["year"][position] = (year,)
            if month:
                views["year_month"][position] = (f"{year}-{month}",)
            if day:
                views["full"][position] = (value,)
                views["year_day"][position] = (f"{year}-{day}",)
        if day:
            # Day and month in either order: the two are often exchanged.
            views["month_day"][position] = ("-".join(sorted((month, day))),)
    return views


def _halves(values: Sequence[str]) -> Atoms:
    return {"half": Characters.of(values).halves()}


def _phones(values: Sequence[str]) -> Atoms:
    digits = Characters.of(values).ends(_PHONE_DIGITS)
    return {"full": digits.whole(), "half": digits.halves()}


def _emails(values: Sequence[str]) -> Atoms:
    return {"local": Characters.of(values).before(b"@").not_empty()}


def _postcodes(values: Sequence[str]) -> Atoms:
    return {"area": Characters.of(values).without_ends(3, at_least=2).whole()}


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
