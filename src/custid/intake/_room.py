"""How much a small input may become in memory: a bomb is refused before it goes off."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

import pyarrow as pa

from custid.errors import InputError

__all__ = ["COMPRESSIONS", "MOST_COLUMNS", "MOST_GROWTH", "ROOM", "check_n_columns", "decompressed", "within_room"]

MOST_COLUMNS: Final = 10_000
"""Columns of an input: tables of customers have tens; what has more was most likely divided wrongly."""

ROOM: Final = 1 << 30
"""Bytes that any input may become."""

MOST_GROWTH: Final = 100
"""How many times its own size an input may become beyond that; tables of customers grow three to twenty times."""

_AT_ONCE: Final = 1 << 24
_T = TypeVar("_T")


def _open_xz(data: bytes) -> Any:
    return lzma.LZMAFile(io.BytesIO(data))


def _open_zstd(data: bytes) -> Any:
    return pa.CompressedInputStream(pa.BufferReader(data), "zstd")


COMPRESSIONS: Final[tuple[tuple[bytes, str, Callable[[bytes], Any]], ...]] = (
    (b"\x1f\x8b", "gzip", lambda data: gzip.GzipFile(fileobj=io.BytesIO(data))),
    (b"BZh", "bzip2", lambda data: bz2.BZ2File(io.BytesIO(data))),
    (b"\xfd7zXZ\0", "xz", _open_xz),
    (b"\x28\xb5\x2f\xfd", "zstd", _open_zstd),
)
"""First bytes, name and reader of each compression."""


def decompressed(content: bytes, open_stream: Callable[[bytes], Any], name: str) -> bytes:
    """Return what compressed bytes hold.

    Parameters
    ----------
    content : bytes
        The compressed bytes.
    open_stream : callable
        One of `COMPRESSIONS`.
    name : str
        What errors call the input.

    Returns
    -------
    bytes
        All of it.

    Raises
    ------
    InputError
        If it is more than `ROOM` bytes and more than `MOST_GROWTH` times what was given.
    """
    with open_stream(content) as stream:
        pieces: Iterator[bytes] = iter(lambda: bytes(stream.read(_AT_ONCE)), b"")
        return b"".join(within_room(pieces, len, len(content), name))


def within_room(pieces: Iterable[_T], size: Callable[[Any], int], n_given: int, name: str) -> Iterator[_T]:
    """Yield pieces as long as there is room for them.

    Parameters
    ----------
    pieces : iterable
        What an input becomes, piece by piece.
    size : callable
        Returns the bytes of a piece.
    n_given : int
        Bytes of the input.
    name : str
        What errors call the input.

    Yields
    ------
    object
        Each piece.

    Raises
    ------
    InputError
        If it is more than `ROOM` bytes and more than `MOST_GROWTH` times what was given.
    """
    most, n_bytes = max(ROOM, MOST_GROWTH * n_given), 0
    for piece in pieces:
        n_bytes += size(piece)
        if n_bytes > most:
            raise InputError(
                f"{name}: expected at most {most} bytes in memory, {MOST_GROWTH} times its size or {ROOM}, got more.",
                hint="If it is meant to be so, give it as plain CSV.",
            )
        yield piece


def check_n_columns(n_columns: int) -> None:
    """Refuse an input of more than `MOST_COLUMNS` columns.

    Parameters
    ----------
    n_columns : int
        How many it has.

    Raises
    ------
    InputError
        If these are too many.
    """
    if n_columns > MOST_COLUMNS:
        raise InputError(
            f"input: expected at most {MOST_COLUMNS} columns, got {n_columns}.",
            hint="Keep those that tell customers apart; or is the text divided by another character?",
        )
