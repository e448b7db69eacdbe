"""One file for an index: what it is, where each array stands, and the arrays, to be mapped into memory.

The file begins with eight bytes that tell what it is, the length of the description as an unsigned 64-bit number and
the checksum of the description; the description is JSON.  Arrays begin at multiples of 64 bytes; places behind what is
in use are holes that no checksum covers, so that a loaded index has room for what comes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from custid.errors import StoreError, StoreFormatError
from custid.index.atoms import AtomKind

if TYPE_CHECKING:
    from custid.kernels.index_lists import IndexArrays

__all__ = ["read_index", "write_index"]

_MAGIC = b"custidIX"
_VERSION = 1
_HEAD = struct.Struct("<8sQI")
_ALIGNMENT = 64
_BYTES_AT_ONCE = 1 << 24


def write_index(path: Path, kinds: tuple[AtomKind, ...], arrays: IndexArrays) -> None:
    """Write an index beside the file, then put it in its place."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            written = Path(file.name)
            try:
                _write(file, _description(kinds, arrays), arrays)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                written.unlink()
                raise
        written.replace(path)
    except OSError as error:
        raise StoreError(f"index file {path.name!r}: cannot be written: {error.strerror}.") from error


def _description(kinds: tuple[AtomKind, ...], arrays: IndexArrays) -> dict[str, Any]:
    n_used = _used(arrays)
    place, described = 0, []
    for name, array in arrays._asdict().items():
        used = array[: n_used.get(name, len(array))]
        described.append(
            {
                "name": name,
                "type": array.dtype.str,
                "shape": list(array.shape),
                "place": place,
                "used": used.nbytes,
                "checksum": _checksum(used),
            }
        )
        place += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    return {
        "version": _VERSION,
        "kinds": [[kind.group, kind.kind, kind.may_stand_alone] for kind in kinds],
        "arrays": described,
        "bytes": place,
    }


def _used(arrays: IndexArrays) -> dict[str, int]:
    """Return how much of each array is in use, where that is not all of it."""
    from custid.index._room import GROUPS  # noqa: PLC0415  # loads numba

    return {name: int(arrays.counts[end]) for names, _, end in GROUPS for name in names}


def _checksum(array: NDArray[Any]) -> int:
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
    checksum = 0
    for start in range(0, len(data), _BYTES_AT_ONCE):
        checksum = crc32(data[start : start + _BYTES_AT_ONCE], checksum)
    return checksum


def _first_place(n_bytes: int) -> int:
    """Return where the arrays begin behind a description."""
    return -(-(_HEAD.size + n_bytes) // _ALIGNMENT) * _ALIGNMENT


def _write(file: IO[bytes], description: dict[str, Any], arrays: IndexArrays) -> None:
    text = json.dumps(description).encode()
    file.write(_HEAD.pack(_MAGIC, len(text), crc32(text)) + text)
    first = _first_place(len(text))
    for each in description["arrays"]:
        file.seek(first + each["place"])
        data = np.ascontiguousarray(getattr(arrays, each["name"])).reshape(-1).view(np.uint8)
        file.write(data[: each["used"]].data)
    file.truncate(first + description["bytes"])


def read_index(path: Path) -> tuple[tuple[AtomKind, ...], IndexArrays]:
    """Return the kinds and the arrays of an index, mapped so that changes stay in memory."""
    from custid.kernels.index_lists import IndexArrays  # noqa: PLC0415  # loads numba

    try:
        with path.open("rb") as file:
            description, first = _read_description(path, file)
            size = os.fstat(file.fileno()).st_size
            if size != first + description["bytes"]:
                raise _damaged(path, f"expected {first + description['bytes']} bytes, got {size}")
            data = np.memmap(file, np.uint8, "c")
    except OSError as error:
        raise StoreError(f"index file {path.name!r}: cannot be read: {error.strerror}.") from error
    arrays: dict[str, NDArray[Any]] = {}
    for each in description["arrays"]:
        dtype, shape = np.dtype(each["type"]), tuple(each["shape"])
        begin = first + each["place"]
        array = data[begin : begin + dtype.itemsize * int(np.prod(shape))]
        if _checksum(array[: each["used"]]) != each["checksum"]:
            raise _damaged(path, f"the checksum of {each['name']} is another one")
        arrays[each["name"]] = np.asarray(array).view(dtype).reshape(shape)
    return tuple(
        AtomKind(group=group, kind=kind, may_stand_alone=alone) for group, kind, alone in description["kinds"]
    ), IndexArrays(**arrays)


def _read_description(path: Path, file: IO[bytes]) -> tuple[dict[str, Any], int]:
    head = file.read(_HEAD.size)
    if head[: len(_MAGIC)] != _MAGIC:
        raise StoreFormatError(f"index file {path.name!r}: expected an index of candidates, got another file.")
    if len(head) < _HEAD.size:
        raise _damaged(path, "it ends in its head")
    _, n_bytes, checksum = _HEAD.unpack(head)
    if n_bytes > os.fstat(file.fileno()).st_size:
        raise _damaged(path, "its head is another one")
    text = file.read(n_bytes)
    if crc32(text) != checksum:
        raise _damaged(path, "the checksum of its description is another one")
    description: dict[str, Any] = json.loads(text)
    if description["version"] != _VERSION or sys.byteorder != "little":
        raise StoreFormatError(
            f"index file {path.name!r}: expected version {_VERSION} and a processor that puts low bytes first, got "
            f"version {description['version']} and {sys.byteorder}-endian.",
            hint="Build the index anew from the units.",
        )
    return description, _first_place(n_bytes)


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(f"index file {path.name!r}: damaged: {what}.", hint="Build the index anew from the units.")
