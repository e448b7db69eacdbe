"""A text for every value of the model, by which ties are broken alike whatever the order of intake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Final

import attrs

__all__ = ["sort_text", "text_of_parts"]


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
    kind = type(value)
    if kind is str:
        return repr(value)
    return (_WRITERS.get(kind) or _kept_writer(kind))(value)


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {}
"""How values of a class are written, found out once for each class: a card asks for thousands of texts."""


def _kept_writer(kind: type) -> Callable[[Any], str]:
    writer = _WRITERS[kind] = _writer_of(kind)
    return writer


def _writer_of(kind: type) -> Callable[[Any], str]:
    if issubclass(kind, Enum):
        return lambda value: repr(value.value)
    if issubclass(kind, datetime):
        return datetime.isoformat
    if issubclass(kind, tuple):
        return lambda value: f"({','.join(map(sort_text, value))})" if value else "()"
    if hasattr(kind, "_sort_text"):
        return attrgetter("_sort_text")
    return _writer_of_parts(kind) if attrs.has(kind) else repr


def text_of_parts(value: Any) -> str:
    """Return the text of a value that keeps it as its ``_sort_text``: many statements share one such value.

    Parameters
    ----------
    value : object
        A typed value.

    Returns
    -------
    str
        As `sort_text` gives it, worked out anew.
    """
    return _writer_of_parts(value.__class__)(value)


@cache
def _writer_of_parts(kind: type) -> Callable[[Any], str]:
    label = kind.__name__
    # One more name than there are gives a tuple always.
    parts = attrgetter(*(each.name for each in attrs.fields(kind)), "__class__")

    def write(value: Any) -> str:
        told = [
            repr(part) if type(part) is str else (_WRITERS.get(type(part)) or _kept_writer(type(part)))(part)
            for part in parts(value)[:-1]
        ]
        return f"{label}({','.join(told)})"

    return write
