"""Folding of whole columns: many short texts as one array of bytes.

A text is *plain* when it consists of ASCII and of the accented Latin letters of one base letter that UTF-8 writes with
the leading byte C3 (``é``, ``Ç``, ``ñ``).  Each of its bytes then folds to at most one byte, whatever stands beside it,
and the byte table is read off ``fold`` itself.  All other texts are left to ``fold``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid._nulls import without
from custid.standardize.text import fold

__all__ = ["fold_plain", "only_digits"]

_BLOCK = 1 << 15
_ASCII = 0x80
_LEADING = 0xC3
_CONTINUATION_END = 0xC0
_SPACE = ord(" ")


def fold_plain(texts: pa.StringArray) -> pa.StringArray:
    """Fold the plain ones of many texts.

    Parameters
    ----------
    texts : pyarrow.StringArray, shape (n_texts,)
        Texts without null.

    Returns
    -------
    pyarrow.StringArray, shape (n_texts,)
        What ``fold`` returns for each plain text, null for the others.

    Examples
    --------
    >>> fold_plain(pa.array(["  Éric  O'Brien-MÜLLER ", "Łódź"])).to_pylist()
    ['eric obrien muller', None]
    """
    return _in_blocks(texts, _fold_block)


def _fold_block(texts: pa.StringArray) -> pa.StringArray:
    spelling, is_foreign = _byte_tables()
    data, offsets = _bytes_of(texts)
    is_plain = np.ones(len(texts), np.bool_)
    is_plain[np.searchsorted(offsets, np.flatnonzero(is_foreign[data]), side="right") - 1] = False
    data = spelling[data]
    data, offsets = _kept(data, offsets, data > 0)
    is_space = data == _SPACE
    follows_space = np.ones(len(data) + 1, np.bool_)
    follows_space[1:] = is_space
    follows_space[offsets] = True
    data, offsets = _kept(data, offsets, ~(is_space & follows_space[:-1]))
    folded = pc.ascii_rtrim(_texts_of(data, offsets), " ")
    return folded if is_plain.all() else without(folded, pa.array(~is_plain))


def only_digits(texts: pa.StringArray) -> pa.StringArray:
    """Return the ASCII digits of many texts.

    Parameters
    ----------
    texts : pyarrow.StringArray, shape (n_texts,)
        Texts without null.

    Returns
    -------
    pyarrow.StringArray, shape (n_texts,)
        The digits of each text, in their order.

    Examples
    --------
    >>> only_digits(pa.array(["+33 6 39", "-"])).to_pylist()
    ['33639', '']
    """
    return _in_blocks(texts, _digits_of_block)


def _digits_of_block(texts: pa.StringArray) -> pa.StringArray:
    data, offsets = _bytes_of(texts)
    return _texts_of(*_kept(data, offsets, (data >= ord("0")) & (data <= ord("9"))))


def _in_blocks(texts: pa.StringArray, function: Callable[[pa.StringArray], pa.StringArray]) -> pa.StringArray:
    """Apply a function to texts block by block, so that what it allocates stays in the processor's cache."""
    if len(texts) <= _BLOCK:
        return function(texts)
    return pa.concat_arrays([function(texts.slice(first, _BLOCK)) for first in range(0, len(texts), _BLOCK)])


@cache
def _byte_tables() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return what each byte folds to, 0 for nothing, and which bytes no plain text has."""
    spelling = np.zeros(256, np.uint8)
    is_foreign = np.zeros(256, np.bool_)
    is_foreign[_ASCII:] = True
    is_foreign[_LEADING] = False
    for byte in range(_CONTINUATION_END):
        character = chr(byte) if byte < _ASCII else bytes((_LEADING, byte)).decode()
        found = fold(f"a{character}a")[1:-1]
        if byte < _ASCII:
            spelling[byte] = ord(found) if found else 0
        elif len(found) == 1 and found.isalpha():
            spelling[byte], is_foreign[byte] = ord(found), False
    return spelling, is_foreign


def _bytes_of(texts: pa.StringArray) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the bytes of all texts and where each begins; a last position is the end."""
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    data = np.frombuffer(data_buffer, np.uint8)[first:last] if last > first else np.empty(0, np.uint8)
    return data, offsets - np.int32(first)


def _kept(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], is_kept: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the bytes kept, and where each text begins among them."""
    n_before = np.zeros(len(data) + 1, np.int32)
    np.cumsum(is_kept, dtype=np.int32, out=n_before[1:])
    return data[is_kept], n_before[offsets]


def _texts_of(data: NDArray[np.uint8], offsets: NDArray[np.int32]) -> pa.StringArray:
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
