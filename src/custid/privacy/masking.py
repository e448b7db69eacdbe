"""What is shown of a value that somebody may know to be there, but not read."""

from __future__ import annotations

from functools import singledispatch
from typing import Any, Final

from custid.model import ContactPoint, Email, ExternalId, PartialDate, PersonName, Phone, PostalAddress

__all__ = ["MASK", "masked"]

MASK: Final = "•••"
"""Stands for what is not shown; its length tells nothing."""

_SHOWN_DIGITS: Final = 2
_FEWEST_HIDDEN: Final = 4


@singledispatch
def masked(value: Any) -> str:
    """Return a typed value with all but little of it hidden.

    Parameters
    ----------
    value : object
        A typed value.

    Returns
    -------
    str
        Enough to recognize one's own: initials of a name, the last two digits of a number, the first letter and the
        domain's end of an e-mail address, the year of a date, the country of a postal address.  Of all else nothing.

    Examples
    --------
    >>> masked(Phone(e164="+33612345678")), masked(PartialDate("1984-06-12")), masked("anything")
    ('••• 78', '1984', '•••')
    """
    del value
    return MASK


@masked.register
def _(value: PersonName) -> str:
    words = (*value.given, value.family) if value.given or value.family else (value.full,)
    return " ".join(f"{word.strip()[0]}." for word in words if word.strip()) or MASK


@masked.register
def _(value: PartialDate) -> str:
    return value.text[:4]


@masked.register
def _(value: Phone) -> str:
    return _last(value.e164)


@masked.register
def _(value: Email) -> str:
    local, _, domain = value.address.rpartition("@")
    return f"{local[:1]}{MASK}@{MASK}.{domain.rpartition('.')[2]}"


@masked.register
def _(value: PostalAddress) -> str:
    return f"{MASK} {value.country}".strip()


@masked.register
def _(value: ContactPoint) -> str:
    return masked(value.point)


@masked.register
def _(value: ExternalId) -> str:
    return _last(value.value)


def _last(text: str) -> str:
    return f"{MASK} {text[-_SHOWN_DIGITS:]}" if len(text) >= _SHOWN_DIGITS + _FEWEST_HIDDEN else MASK
