"""What happens to a value between a customer's mouth and a database: typos, layouts, placeholders."""

from __future__ import annotations

from collections.abc import Mapping

from custid.testing._draws import Draws
from custid.testing._population import BirthDate

__all__ = [
    "PLACEHOLDERS",
    "exchanged_digits",
    "formatted_phone",
    "stray_spaces",
    "typo",
    "wrong_birth_date",
    "wrong_digit",
]

PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    "given_name": ("N/A", "-", "X", "INCONNU", "?"),
    "family_name": ("N/A", "INCONNU", "UNKNOWN", "XXX"),
    "email": ("test@test.com", "aucun@aucun.fr", "noemail@noemail.com", "N/A"),
    "phone": ("0000000000", "0600000000", "0123456789", "N/A"),
    "mobile": ("0000000000", "0600000000", "N/A"),
    "street": ("N/A", "-", "INCONNUE"),
    "postcode": ("00000", "99999"),
    "city": ("N/A", "INCONNU", "-"),
}
"""What staff types into a field that may not stay empty."""

PLACEHOLDER_BIRTH_DATES = (BirthDate(1900, 1, 1), BirthDate(1900, 1, 1), BirthDate(1970, 1, 1), BirthDate(1911, 11, 11))
"""Birth dates of nobody."""


def typo(text: str, neighbors: Mapping[str, str], draws: Draws) -> str:
    """Return ``text`` with one typo, and in one case of eight another.

    A key beside the right one (35 %), a character left out (25 %), typed twice or with its neighbor (20 %), or two
    exchanged (20 %).

    Parameters
    ----------
    text : str
        Texts below three characters stay as they are.
    neighbors : mapping of str to str
        Keys beside each key, in lower case.
    draws : Draws
        Source of chance.

    Returns
    -------
    str
        In the same case.
    """
    changed = _one_typo(text, neighbors, draws)
    return _one_typo(changed, neighbors, draws) if draws.chance(0.125) else changed


def _one_typo(text: str, neighbors: Mapping[str, str], draws: Draws) -> str:
    if len(text) < 3:
        return text
    kind, place = draws.uniform(), draws.below(len(text))
    char = text[place]
    beside = neighbors.get(char.lower(), "")
    struck = draws.one_of(beside) if beside else char
    if char.isupper():
        struck = struck.upper()
    if kind < 0.35:
        return text[:place] + struck + text[place + 1 :]
    if kind < 0.6:
        return text[:place] + text[place + 1 :]
    if kind < 0.8:
        return text[: place + 1] + (char if draws.chance(0.5) else struck) + text[place + 1 :]
    place = min(place, len(text) - 2)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def wrong_digit(text: str, draws: Draws) -> str:
    """Return ``text`` with one of its digits replaced by another."""
    places = [place for place, char in enumerate(text) if char.isdigit()]
    if not places:
        return text
    place = draws.one_of(places)
    digit = (int(text[place]) + draws.between(1, 9)) % 10
    return f"{text[:place]}{digit}{text[place + 1 :]}"


def exchanged_digits(text: str, draws: Draws) -> str:
    """Return ``text`` with two neighboring digits exchanged."""
    places = [place for place in range(len(text) - 1) if text[place].isdigit() and text[place + 1].isdigit()]
    if not places:
        return text
    place = draws.one_of(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def wrong_birth_date(birth: BirthDate, kind: str, draws: Draws) -> BirthDate:
    """Return a birth date with one error.

    Parameters
    ----------
    birth : BirthDate
        The right one.
    kind : str
        ``"day_month"``, ``"digit"``, ``"year"`` or ``"january"``.
    draws : Draws
        Source of chance.

    Returns
    -------
    BirthDate
        A day that exists; unchanged where day and month can't be exchanged.
    """
    year, month, day = birth
    if kind == "day_month":
        return BirthDate(year, day, month) if day <= 12 else birth
    if kind == "year":
        return BirthDate(year + draws.one_of((-1, 1)), month, day)
    if kind == "january":
        return BirthDate(year, 1, 1)
    part = draws.below(3)
    if part == 0:
        return BirthDate(year + draws.one_of((-20, -10, -3, -2, 2, 3)), month, day)
    if part == 1:
        return BirthDate(year, 1 + (month + draws.between(0, 10)) % 12, day)
    return BirthDate(year, month, 1 + (day + draws.between(0, 26)) % 28)


def formatted_phone(number: str, layout: str) -> str:
    """Return a telephone number in one of the layouts of `SourceHabits.phone_layouts`.

    Parameters
    ----------
    number : str
        Country code, a dash, national number without its leading zero.
    layout : str
        Name of the layout.

    Returns
    -------
    str
        Ready to be written; empty for an empty number.
    """
    if not number:
        return ""
    country, _, national = number.partition("-")
    if layout == "bare":
        return national
    if layout == "double_zero":
        return f"00{country}{national}"
    if layout == "international":
        return f"+{country} {_grouped(national, ' ', country)}"
    if layout == "plain":
        return f"0{national}"
    return f"0{_grouped(national, '.' if layout == 'dotted' else ' ', country)}"


def _grouped(national: str, separator: str, country: str) -> str:
    if country == "33":
        return separator.join((national[0], *(national[place : place + 2] for place in range(1, 9, 2))))
    return f"{national[:4]}{separator}{national[4:]}"


def stray_spaces(text: str, draws: Draws) -> str:
    """Return ``text`` with a space too many, before, behind or inside."""
    kind = draws.below(3)
    if kind == 0:
        return f" {text}"
    return f"{text} " if kind == 1 else text.replace(" ", "  ", 1)
