"""One file of arrays: what it is, where each array stands, and the arrays, to be mapped into memory.

The file begins with eight bytes that tell what it is, the length of the description as an unsigned 64-bit number and
the checksum of the description; the description is JSON.  Arrays begin at multiples of 64 bytes; places behind what is
in use are holes that no checksum covers, so that what was loaded has room for what comes.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid._json import json_value
from custid._threads import in_threads
from custid._whole_files import whole_file
from custid.errors import StoreError, StoreFormatError

__all__ = ["ArrayFile"]

_HEAD = struct.Struct("<8sQI")
_ALIGNMENT = 64
_BYTES_AT_ONCE = 1 << 22
_N_THREADS = 2
"""More wait for the disk, or for the memory."""
_NUMBERS = re.compile(r"\|[biu]1|<([iu][248]|f[248])")
"""Types of arrays; numpy takes other texts as programs of types, which may fail in any way."""
# What a description raises that is not as it is written here.
_OF_ANOTHER_KIND = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)


@frozen(kw_only=True)
class ArrayFile:
    """A kind of file.

    Attributes
    ----------
    magic : bytes
        Eight bytes that it begins with.
    version : int
        Of what the arrays mean.
    name : str
        What errors call it.
    content : str
        What it holds.
    hint : str
        What to do about one that cannot be read.
    """

    magic: bytes
    version: int
    name: str
    content: str
    hint: str

    def write(
        self,
        path: Path,
        about: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        n_used: Mapping[str, int] | None = None,
        n_room: Mapping[str, int] | None = None,
    ) -> None:
        """Write arrays beside the file, then put it in its place.

        Parameters
        ----------
        path : Path
            Where to.
        about : Mapping of str to any
            What else is to be kept, as JSON has it.
        arrays : Mapping of str to ndarray
            The arrays.
        n_used : Mapping of str to int, optional
            Rows in use, of arrays of which not all are.
        n_room : Mapping of str to int, optional
            Further rows, as room for what comes.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        try:
            # Arrays hold what customers said, which is for who runs the registry.
            with whole_file(path, rights=0o600) as written, written.open("wb") as file:
                self._write(file, self._description(about, arrays, n_used or {}, n_room or {}), arrays)
        except OSError as error:
            raise StoreError(f"{self.name} {path.name!r}: cannot be written: {error.strerror}.") from error

    def _description(
        self,
        about: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        n_used: Mapping[str, int],
        n_room: Mapping[str, int],
    ) -> dict[str, Any]:
        place, described = 0, []
        for name, array in arrays.items():
            used = array[: n_used.get(name, len(array))]
            shape = [len(array) + n_room.get(name, 0), *array.shape[1:]]
            described.append(
                {
                    "name": name,
                    "type": array.dtype.str,
                    "shape": shape,
                    "place": place,
                    "used": used.nbytes,
                    "checksum": _checksum(used),
                }
            )
            n_bytes = array.itemsize * int(np.prod(shape, dtype=np.int64))
            place += -(-n_bytes // _ALIGNMENT) * _ALIGNMENT
        return {"version": self.version, **about, "arrays": described, "bytes": place}

    def _write(self, file: IO[bytes], description: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        text = json.dumps(description).encode()
        file.write(_HEAD.pack(self.magic, len(text), crc32(text)) + text)
        first = _first_place(len(text))
        for each in description["arrays"]:
            file.seek(first + each["place"])
            data = np.ascontiguousarray(arrays[each["name"]]).reshape(-1).view(np.uint8)
            file.write(data[: each["used"]].data)
        file.truncate(first + description["bytes"])

    def read(self, path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return what a file holds, its arrays mapped so that changes stay in memory.

        Parameters
        ----------
        path : Path
            Where from.

        Returns
        -------
        description : dict of str to any
            What else was kept, among other things.
        arrays : dict of str to ndarray
            The arrays, with the room that they had.

        Raises
        ------
        StoreError
            If the file cannot be read or is damaged.
        StoreFormatError
            If it is another file, or of another version.
        """
        try:
            with path.open("rb") as file:
                description, first = self._read_description(path, file)
                size = os.fstat(file.fileno()).st_size
                if size != first + description["bytes"]:
                    raise self._damaged(path, f"expected {first + description['bytes']} bytes, got {size}")
                # What is read for its checksum is not mapped: pages are taken when an array is first looked at.
                spans = [(first + each["place"], each["used"]) for each in description["arrays"]]
                checksums = _checksums_in(path, spans)
                # A part of a mapped array is looked up as a mapping of its own; a part of an array is not.
                data = np.asarray(np.memmap(file, np.uint8, "c"))[first:]
                arrays = {each["name"]: _array(each, data) for each in description["arrays"]}
                wanted = {each["name"]: each["checksum"] for each in description["arrays"]}
                found = dict(zip(wanted, checksums, strict=True))
        except OSError as error:
            raise StoreError(f"{self.name} {path.name!r}: cannot be read: {error.strerror}.") from error
        except _OF_ANOTHER_KIND:
            raise self._damaged(path, "its description is none") from None
        for name, checksum in wanted.items():
            if found[name] != checksum:
                raise self._damaged(path, f"the checksum of {name} is another one")
        return description, arrays

    def _read_description(self, path: Path, file: IO[bytes]) -> tuple[dict[str, Any], int]:
        head = file.read(_HEAD.size)
        if head[: len(self.magic)] != self.magic:
            raise StoreFormatError(f"{self.name} {path.name!r}: expected {self.content}, got another file.")
        if len(head) < _HEAD.size:
            raise self._damaged(path, "it ends in its head")
        _, n_bytes, checksum = _HEAD.unpack(head)
        if n_bytes > os.fstat(file.fileno()).st_size:
            raise self._damaged(path, "its head is another one")
        text = file.read(n_bytes)
        if crc32(text) != checksum:
            raise self._damaged(path, "the checksum of its description is another one")
        try:
            description: dict[str, Any] = json_value(text)
            # Said of every file; what else stands there depends on the version.
            int(description["version"]), int(description["bytes"])
        except _OF_ANOTHER_KIND:
            raise self._damaged(path, "its description is none") from None
        if description["version"] != self.version or sys.byteorder != "little":
            raise StoreFormatError(
                f"{self.name} {path.name!r}: expected version {self.version} and a processor that puts low bytes "
                f"first, got version {description['version']} and {sys.byteorder}-endian.",
                hint=self.hint,
            )
        return description, _first_place(n_bytes)

    def _damaged(self, path: Path, what: str) -> StoreError:
        return StoreError(f"{self.name} {path.name!r}: damaged: {what}.", hint=self.hint)


def _array(described: dict[str, Any], data: NDArray[np.uint8]) -> NDArray[Any]:
    if not _NUMBERS.fullmatch(described["type"]) or min(shape := tuple(described["shape"]), default=0) < 0:
        raise ValueError("an array of numbers")
    dtype = np.dtype(described["type"])
    begin = described["place"]
    array = data[begin : begin + dtype.itemsize * math.prod(shape)]
    found: NDArray[Any] = array.view(dtype).reshape(shape)
    return found


def _checksum(array: NDArray[Any]) -> int:
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
    checksum = 0
    for start in range(0, len(data), _BYTES_AT_ONCE):
        checksum = crc32(data[start : start + _BYTES_AT_ONCE], checksum)
    return checksum


def _checksums_in(path: Path, spans: list[tuple[int, int]]) -> list[int]:
    """Return the checksums of parts of a file, each told by its place and its number of bytes."""
    # To start threads, and to open the file for each part, would take longer than to read a small file.
    is_small = sum(n_bytes for _, n_bytes in spans) <= _BYTES_AT_ONCE
    groups = [spans] if is_small else [[span] for span in spans]
    found = in_threads(lambda group: _checksums_one_by_one(path, group), groups, n_threads=_N_THREADS)
    return [checksum for group in found for checksum in group]


def _checksums_one_by_one(path: Path, spans: list[tuple[int, int]]) -> list[int]:
    checksums = []
    with path.open("rb", buffering=0) as file:
        for place, n_bytes in spans:
            file.seek(place)
            checksum, n_left = 0, n_bytes
            while n_left > 0 and (some := file.read(min(_BYTES_AT_ONCE, n_left))):
                checksum = crc32(some, checksum)
                n_left -= len(some)
            checksums.append(checksum)
    return checksums


def _first_place(n_bytes: int) -> int:
    """Return where the arrays begin behind a description."""
    return -(-(_HEAD.size + n_bytes) // _ALIGNMENT) * _ALIGNMENT
