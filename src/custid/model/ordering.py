"""A text for every value of the model, by which ties are broken alike whatever the order of intake."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import attrs

__all__ = ["sort_text"]


def sort_text(value: Any) -> str:
    """Return a text that is equal for equal content and differs for other content.

    It serves as the last key of an order and to recognize a statement that comes twice; it is not meant to be read.

    Parameters
    ----------
    value : object
        A typed value, a statement, or a tuple, number, text, moment or enumeration member.

    Returns
    -------
    str
        Moments keep their offset, so that one moment written in two time zones gives two texts.

    Examples
    --------
    >>> from custid.model import Phone
    >>> sort_text(Phone(e164="+33199001234"))
    "Phone('+33199001234','','unknown')"
    """
    if isinstance(value, Enum):
        return repr(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"({','.join(map(sort_text, value))})"
    if attrs.has(type(value)):
        parts = (sort_text(getattr(value, each.name)) for each in attrs.fields(type(value)))
        return f"{type(value).__name__}({','.join(parts)})"
    return repr(value)
