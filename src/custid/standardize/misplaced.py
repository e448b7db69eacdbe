"""Values in the wrong field: a phone in a name, a company in a family name, a street in a city.

A finding is a suggestion: nothing is moved.  The rules would rather miss a misplaced value than suspect a good one, as
names and places are of all kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from attrs import frozen

from custid.standardize._name_words import EITHER, name_words, spelled
from custid.standardize.locales import LOCALES
from custid.standardize.organization_names import is_company_name
from custid.standardize.placeholders import is_placeholder
from custid.standardize.text import fold, visible

__all__ = ["Misplaced", "find_misplaced"]

_MAX_LENGTH: Final = 400
_EMAIL: Final = re.compile(r"[^\s@,;<>()]{1,64}@[^\s@,;<>()]{1,190}\.[A-Za-z]{2,24}")
_PHONE: Final = re.compile(r"(?<!\w)(?:\+|00)?\(?\d(?:[ .\-/()]{0,2}\d){8,14}(?!\w)")
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d-\d\d-\d\d)(?!\d)"
)
_POSTCODE: Final = re.compile(
    r"(?:F-?)?\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    re.IGNORECASE,
)
_POSTCODE_AND_PLACE: Final = re.compile(r"(?:F-)?(\d{5})[\s,]+([^\W\d_][^\d]*?)(?:\s+\d{1,2})?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,5}\s?(?:bis|ter|quater|[a-z])?\b", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_][^\d@]{2,}")
_MOST_PERSON_WORDS: Final = 5


@frozen(kw_only=True)
class Misplaced:
    """A value that seems to belong to another attribute.

    Attributes
    ----------
    attribute : str
        The attribute in which it stands.
    suggested : str
        The attribute to which it seems to belong, whole or in part.
    code : str
        Code of the issue: ``"misplaced_phone"``, ``"misplaced_organization"``, …
    """

    attribute: str
    suggested: str
    code: str


@cache
def _words(field: str) -> frozenset[str]:
    return frozenset[str]().union(*(getattr(pack, field) for pack in LOCALES))


@cache
def _street_kinds(*fields: str) -> frozenset[str]:
    """Return kinds of streets in full, and their abbreviations in tables of the packs."""
    kinds = _words("street_kinds")
    tables = [getattr(pack, field) for pack in LOCALES for field in fields]
    return kinds.union(short for table in tables for short, full in table.items() if full in kinds and len(short) > 1)


def find_misplaced(attribute: str, raw: str) -> Misplaced | None:
    """Tell whether a value seems to belong to another attribute.

    Parameters
    ----------
    attribute : str
        Name of the attribute in which the value stands; one without rules never has findings.
    raw : str
        Any string; the first 400 characters are read.

    Returns
    -------
    Misplaced or None
        The suggestion; None for a value in its place, a blank and a placeholder.

    Examples
    --------
    >>> find_misplaced("family_name", "SARL Boulangerie Martin").suggested
    'organization_name'
    >>> find_misplaced("city", "12 rue des Lilas").code
    'misplaced_street'
    >>> find_misplaced("family_name", "de La Rue") is None
    True
    """
    rule = _RULES.get(attribute)
    if rule is None:
        return None
    text = " ".join(visible(raw[:_MAX_LENGTH]).split())
    found = rule(text) if text else ""
    if not found or found == attribute:
        return None
    return Misplaced(attribute=attribute, suggested=found, code=f"misplaced_{_CODES.get(found, found)}")


def _in_person_name(text: str) -> str:
    """Return to which attribute a value in a name field seems to belong; empty for none."""
    if not any(map(str.isdigit, text)):
        if "@" in text:
            return "email" if _EMAIL.search(text) else ""
        return "organization_name" if " " in text and _is_company(text) else ""
    if _EMAIL.search(text):
        return "email"
    if _DATE.search(text):
        return "birth_date"
    if _POSTCODE.fullmatch(text):
        return "" if is_placeholder("postcode", text) else "postcode"
    if _PHONE.search(text):
        return "phone"
    if _is_street(text):
        return "street"
    if _place_behind_postcode(text):
        return "postcode"
    return "organization_name" if _is_company(text) else ""


def _is_company(text: str) -> bool:
    # A civility in front speaks for a person: ``Mme Garage`` is none.
    return is_company_name(text, locale="") and spelled(text.split(" ", 1)[0]) not in _words("civilities")


def _in_organization_name(text: str) -> str:
    """Return to which attribute a value in an organization's field seems to belong; empty for none."""
    if contact := _contact(text):
        return contact
    words = text.split(" ")
    if not 3 <= len(words) <= _MOST_PERSON_WORDS or spelled(words[0]) not in _words("civilities"):
        return ""
    known = name_words("")
    rest = [fold(word) for word in words[1:]]
    is_plain = all(word.replace("-", "").replace("'", "").replace(".", "").isalpha() for word in words)
    if not is_plain or is_company_name(text, locale="") or any(word in _words("company_words") for word in rest):
        return ""
    return "full_name" if any(known.strength(word) >= EITHER for word in (rest[0], rest[-1])) else ""


def _contact(text: str) -> str:
    """Return the kind of contact that the whole text is; empty for none."""
    if _EMAIL.fullmatch(text):
        return "email"
    if _PHONE.fullmatch(text) and not is_placeholder("phone", text):
        return "phone"
    return ""


def _in_street(text: str) -> str:
    """Return to which attribute a value in a street field seems to belong; empty for none."""
    if contact := _contact(text):
        return contact
    if _POSTCODE.fullmatch(text) and not text.isdigit():
        return "postcode"
    if text.isdigit():
        return "postcode" if len(text) == 5 and not is_placeholder("postcode", text) else ""
    if _place_behind_postcode(text) or fold(text) in _words("cities"):
        return "city"
    return ""


def _in_city(text: str) -> str:
    """Return to which attribute a value in a city field seems to belong; empty for none."""
    if contact := _contact(text):
        return contact
    if _POSTCODE.fullmatch(text):
        return "" if is_placeholder("postcode", text) else "postcode"
    if _is_street(text):
        return "street"
    return "postcode" if _place_behind_postcode(text) else ""


def _in_postcode(text: str) -> str:
    """Return to which attribute a value in a postcode field seems to belong; empty for none."""
    if contact := _contact(text):
        return contact
    return "city" if _LETTERS.fullmatch(text) and not is_placeholder("postcode", text) else ""


def _place_behind_postcode(text: str) -> bool:
    """Tell whether a text is a postcode and a city; an American house number has five digits too."""
    found = _POSTCODE_AND_PLACE.fullmatch(text)
    if found is None:
        return False
    place = fold(found[2])
    return place in _words("cities") or "cedex" in place.split(" ")


def _is_street(text: str) -> bool:
    """Tell whether a text is a street: a kind of street behind a house number, or an unmistakable one in front."""
    number = _NUMBER.match(text)
    words = fold(text[number.end() :] if number else text).split(" ")
    if len(words) < 2:
        return False
    if number:
        in_front = words[0] in _street_kinds("street_front", "street_inside")
        return in_front or words[-1] in _street_kinds("street_end", "street_inside")
    # ``Rue`` and ``Chemin-d'Aisey`` are municipalities, ``Place`` a family name.
    return len(words) > 2 and words[0] in _SURE_KINDS and words[1] in _words("small_words")


_SURE_KINDS: Final = frozenset({"rue", "avenue", "boulevard", "impasse", "allee"})
_CODES: Final = {"organization_name": "organization", "full_name": "person", "birth_date": "date"}
_RULES: Final[dict[str, Callable[[str], str]]] = {
    "full_name": _in_person_name,
    "given_name": _in_person_name,
    "family_name": _in_person_name,
    "organization_name": _in_organization_name,
    "street": _in_street,
    "city": _in_city,
    "postcode": _in_postcode,
    "email": lambda text: "phone" if _contact(text) == "phone" else "",
    "phone": lambda text: "email" if _EMAIL.fullmatch(text) else "",
}
