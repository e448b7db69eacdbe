"""What a record is called: the source it comes from, and its key there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final, NamedTuple

from custid.errors import InputError

__all__ = ["RecordKey", "checked_record_key", "checked_record_keys", "require_storable"]

LONGEST_KEY: Final = 1_024


class RecordKey(NamedTuple):
    """A record's source and its key in that source; a plain pair of texts does as well.

    Attributes
    ----------
    source : str
        Name of the source.
    key : str
        Key of the record in it.
    """

    source: str
    key: str


def checked_record_key(given: Any) -> RecordKey:
    """Return a record key that every store can hold.

    Parameters
    ----------
    given : tuple of str
        Source and key.

    Returns
    -------
    RecordKey
        The same, unchanged.

    Raises
    ------
    InputError
        If it is no pair of texts, or one of them is empty, longer than 1,024 characters, holds a NUL or half of a
        surrogate pair: databases differ in what they do with these.
    """
    if not isinstance(given, tuple) or len(given) != len(RecordKey._fields):
        raise InputError("record key: expected a pair of source and key, got another thing.")
    for name, text in zip(RecordKey._fields, given, strict=True):
        # ASCII without a NUL, as nearly all keys are, is told fastest.
        if type(text) is str and 0 < len(text) <= LONGEST_KEY and text.isascii() and "\0" not in text:
            continue
        _require_text(name, text)
    return given if type(given) is RecordKey else RecordKey(*given)


def _require_text(name: str, text: Any) -> None:
    if not isinstance(text, str):
        raise InputError(f"record key: {name}: expected a text, got a {type(text).__name__}.")
    if not 0 < len(text) <= LONGEST_KEY:
        raise InputError(f"record key: {name}: expected 1 to {LONGEST_KEY} characters, got {len(text)}.")
    require_storable(f"record key: {name}", text)


def require_storable(name: str, text: Any) -> None:
    """Refuse what not every store can hold as a text.

    Parameters
    ----------
    name : str
        What errors call it.
    text : object
        What should be a text; it may be empty.

    Raises
    ------
    InputError
        If it is none, or holds a NUL or half of a surrogate pair.
    """
    if not isinstance(text, str):
        raise InputError(f"{name}: expected a text, got a {type(text).__name__}.")
    if "\0" in text or not _is_well_formed(text):
        raise InputError(f"{name}: expected characters that every database holds, got a NUL or half of a pair.")


def checked_record_keys(source: str, keys: Sequence[str]) -> tuple[RecordKey, ...]:
    """Return the record keys of one source that every store can hold.

    Parameters
    ----------
    source : str
        Name of the source.
    keys : sequence of str
        Key of each record in it.

    Returns
    -------
    tuple of RecordKey
        In the order of ``keys``.

    Raises
    ------
    InputError
        As :func:`checked_record_key`.
    """
    joined = "".join(keys)
    lengths = list(map(len, keys))
    if not lengths or min(lengths) < 1 or max(lengths) > LONGEST_KEY or "\0" in joined or not _is_well_formed(joined):
        # Each is looked at, so that the error tells what is wrong.
        return tuple(checked_record_key((source, key)) for key in keys)
    checked_record_key((source, keys[0]))
    return tuple(map(RecordKey, repeat(source), keys))


def _is_well_formed(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
