"""The atoms of one record, from its values alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from custid.blocking.phonetics import consonant_skeleton
from custid.standardize.nicknames import nickname_groups
from custid.standardize.organization import initials_of_organization
from tests.oracles.blocking import Kind

__all__ = ["kinds_of_rows"]

_NAMES = ("given_name", "family_name", "full_name", "organization_name")
_ALONE = {"name.token", "name.acronym", "email.local"}
_MOST_WORDS = 12


def kinds_of_rows(rows: Sequence[Mapping[str, str]]) -> list[Kind]:
    """Return the kinds of atoms of some records of single values, each record looked at by itself."""
    numbers: dict[tuple[str, str], int] = {}
    atoms: dict[str, list[set[int]]] = {}
    for place, row in enumerate(rows):
        for name, atom in _atoms(row):
            of_rows = atoms.setdefault(name, [set() for _ in rows])
            of_rows[place].add(numbers.setdefault((name, atom), len(numbers)))
    return [
        Kind(
            group=name.partition(".")[0],
            name=name,
            may_stand_alone=name in _ALONE or name.endswith(".full"),
            atoms=[frozenset(each) for each in of_rows],
        )
        for name, of_rows in sorted(atoms.items())
    ]


def _atoms(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    words = {word for name in _NAMES for word in row.get(name, "").split()[:_MOST_WORDS]}
    for word in sorted(words)[:_MOST_WORDS]:
        yield from _atoms_of_word(word)
    organization = row.get("organization_name", "")
    for acronym in initials_of_organization(organization):
        yield "name.acronym", acronym
    for word in organization.split()[:_MOST_WORDS]:
        if 3 <= len(word) <= 6:
            yield "name.acronym", word
    for name, value in row.items():
        if name not in _NAMES and value:
            for view, atom in _VIEWS[name](value):
                yield f"{name}.{view}", atom


def _atoms_of_word(word: str) -> Iterator[tuple[str, str]]:
    if len(word) < 2:
        return
    yield "name.token", word
    if not word[0].isdigit():
        yield "name.sound", consonant_skeleton(word)
        if len(word) >= 4:
            yield "name.prefix", word[:4]
        for group in nickname_groups().get(word, ()):
            yield "name.nickname", str(group)


def _date(value: str) -> Iterator[tuple[str, str]]:
    year, month, day = value.split("-")
    yield "year", year
    yield "year_month", f"{year}-{month}"
    yield "full", value
    yield "year_day", f"{year}-{day}"
    yield "month_day", "-".join(sorted((month, day)))


def _phone(value: str) -> Iterator[tuple[str, str]]:
    digits = value[-9:]
    yield "full", digits
    if len(digits) > 1:
        yield "half", "1" + digits[: len(digits) // 2]
        yield "half", "2" + digits[len(digits) // 2 :]


def _email(value: str) -> Iterator[tuple[str, str]]:
    yield "full", value
    if value.partition("@")[0]:
        yield "local", value.partition("@")[0]


def _postcode(value: str) -> Iterator[tuple[str, str]]:
    yield "full", value
    yield "area", value[: max(2, len(value) - 3)]


def _place(value: str) -> Iterator[tuple[str, str]]:
    yield "full", value
    for word in value.split()[:_MOST_WORDS]:
        if len(word) > 3 and not word.isdigit():
            yield "token", word


def _street(value: str) -> Iterator[tuple[str, str]]:
    yield from _place(value)
    yield "head", " ".join(value.split()[:2])


_VIEWS = {
    "birth_date": _date,
    "phone": _phone,
    "email": _email,
    "postcode": _postcode,
    "city": _place,
    "street": _street,
}
