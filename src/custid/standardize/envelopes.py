"""From the parts of a postal address to the lines of its envelope."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Final

from custid.errors import ConfigurationError
from custid.model.values import PostalAddress
from custid.standardize.countries import COUNTRY_CODES, country_name
from custid.standardize.locales import FRENCH
from custid.standardize.text import fold, to_ascii

__all__ = ["address_lines"]

_MAX_LINES: Final = 6
_MAX_LINE: Final = 38
_MAX_STREET: Final = 32
_FRENCH_SPEAKING: Final = frozenset({"FR", "MC", "BE", "LU", "CH"})
_AS_FRANCE: Final = frozenset({"FR", "MC", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF"})
_NUMBER_LAST: Final = frozenset("AT BE CH CZ DE DK ES FI HU IS IT LI NL NO PL PT SE SI SK".split())
_PUNCTUATION: Final = re.compile(r"(?<!\d)[-/]|[-/](?!\d)|[^\w\s/-]|_")
# What may share a line where there are more than six, from the most to the least usual.
_MERGEABLE: Final = (
    ("locality_extra", "po_box"),
    ("unit", "building"),
    ("recipient", "unit"),
    ("recipient", "building"),
    ("street", "locality_extra"),
)


def _shortest(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the abbreviation of each word, of several the one that its table lists first."""
    table: dict[str, str] = {}
    for short, full in pairs:
        table.setdefault(full, short.upper())
    return table


_KINDS: Final = _shortest(tuple(FRENCH.street_front.items()))
_TITLES: Final = {"docteur": "DR", "saint": "ST", "sainte": "STE"} | _shortest(tuple(FRENCH.street_inside.items()))


def address_lines(address: PostalAddress, *, recipient: str = "", from_country: str = "FR") -> tuple[str, ...]:
    """Return the lines of an envelope.

    Parameters
    ----------
    address : PostalAddress
        The address.
    recipient : str, default ""
        Name of the party itself, for the first line.
    from_country : str, default "FR"
        ISO 3166-1 alpha-2 code of the country where the letter is posted: an address in another one ends in the name
        of its country, in capitals.

    Returns
    -------
    tuple of str
        Without empty lines.  For France (and an address without country) after NF Z10-011: at most six lines of at most
        38 characters where the words allow, a street of more than 32 characters abbreviated, from the street on in
        capitals without accents and punctuation, a CEDEX instead of postcode and city where there is one.  For Great
        Britain the post town in capitals and the postcode in a line of its own; for the United States the unit behind
        the street, and city, state and ZIP code in capitals in one line; elsewhere postcode and city in one line.  An
        address that has no parts gives its ``lines`` as they are.

    Raises
    ------
    ConfigurationError
        If ``from_country`` is no country code.

    Examples
    --------
    >>> home = PostalAddress(number="12", number_ext="BIS", street="rue de l'Église", postcode="35000", city="Rennes")
    >>> address_lines(home, recipient="Mme Anne PETIT")
    ('Mme Anne PETIT', '12 BIS RUE DE L EGLISE', '35000 RENNES')
    """
    if from_country not in COUNTRY_CODES:
        raise ConfigurationError(
            f"from_country: expected an ISO 3166-1 alpha-2 code in capitals, got {from_country!r}.",
            hint="country_code() reads names of countries.",
        )
    if not _has_parts(address):
        lines = [recipient, *address.lines]
    elif address.country == "GB":
        lines = _british(address, recipient)
    elif address.country == "US":
        lines = _american(address, recipient)
    elif not address.country or address.country in _AS_FRANCE:
        lines = _french(address, recipient)
    else:
        lines = _plain(address, recipient)
    if address.country and address.country != from_country:
        lines.append(country_name(address.country, language="fr" if from_country in _FRENCH_SPEAKING else "en"))
    return tuple(line for line in (" ".join(line.split()) for line in lines) if line)


def _has_parts(address: PostalAddress) -> bool:
    return any(
        (
            address.recipient, address.unit, address.building, address.number, address.street, address.locality_extra,
            address.po_box, address.postcode, address.cedex, address.cedex_label, address.city, address.region,
        )
    )  # fmt: skip


def _house(address: PostalAddress, separator: str) -> str:
    """Return the house number with what follows it; a fraction stands apart in any country."""
    return f"{address.number}{separator if address.number_ext.isalpha() else ' '}{address.number_ext}".strip()


def _french(address: PostalAddress, recipient: str) -> list[str]:
    """Return the lines after NF Z10-011."""
    is_cedex = bool(address.cedex)
    city = address.city
    is_city_of_label = fold(address.cedex_label).startswith(fold(city))
    last = f"{address.cedex} {address.cedex_label or city}" if is_cedex else f"{address.postcode} {city}"
    # The municipality has its place above a CEDEX that does not name it.
    municipality = city if is_cedex and address.cedex_label and not is_city_of_label else ""
    groups = {
        "party": recipient,
        "recipient": address.recipient,
        "unit": address.unit,
        "building": address.building,
        "street": _french_street(address),
        "locality_extra": _capitals(address.locality_extra),
        "po_box": _capitals(f"{address.po_box} {municipality}"),
        "last": _capitals(last),
    }
    groups = {name: text for name, text in groups.items() if text.strip()}
    for first, second in _MERGEABLE:
        if sum(len(_wrapped(text)) for text in groups.values()) <= _MAX_LINES:
            break
        if first in groups and second in groups and len(groups[first]) + 1 + len(groups[second]) <= _MAX_LINE:
            merged = f"{groups[first]} {groups.pop(second)}"
            groups[first] = merged
    return [line for text in groups.values() for line in _wrapped(text)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _MAX_LINE, break_long_words=False, break_on_hyphens=False)


def _capitals(text: str) -> str:
    """Return a text in capitals without accents and punctuation; a dash or a slash between digits stays."""
    return " ".join(_PUNCTUATION.sub(" ", to_ascii(text).upper()).split())


def _french_street(address: PostalAddress) -> str:
    """Return the line of the street; what does not fit is abbreviated, first the kind of street, then titles."""
    street = _capitals(address.street)
    words = street.split()
    if len(street) > _MAX_STREET and words:
        words[0] = _KINDS.get(words[0].lower(), words[0])
        for place in range(1, len(words) - 1):
            if len(" ".join(words)) <= _MAX_STREET:
                break
            words[place] = _TITLES.get(words[place].lower(), words[place])
    return " ".join([_capitals(_house(address, " ")), *words]).strip()


def _british(address: PostalAddress, recipient: str) -> list[str]:
    """Return the lines of a British envelope."""
    return [
        recipient,
        address.recipient,
        address.unit,
        address.building,
        f"{_house(address, '')} {address.street}",
        address.locality_extra,
        address.po_box,
        address.city.upper(),
        address.region,
        address.postcode.upper(),
    ]


def _american(address: PostalAddress, recipient: str) -> list[str]:
    """Return the lines of an American envelope."""
    return [
        recipient,
        address.recipient,
        address.building,
        f"{_house(address, '')} {address.street} {address.unit}",
        address.locality_extra,
        address.po_box,
        f"{address.city} {address.region} {address.postcode}".upper(),
    ]


def _plain(address: PostalAddress, recipient: str) -> list[str]:
    """Return the lines in the order that most countries share."""
    house = _house(address, "")
    is_last = address.country in _NUMBER_LAST
    return [
        recipient,
        address.recipient,
        address.building,
        address.unit,
        f"{address.street} {house}" if is_last else f"{house} {address.street}",
        address.locality_extra,
        address.po_box,
        f"{address.cedex or address.postcode} {address.cedex_label or address.city}",
        address.region,
    ]
