"""Searching bytes for what is left of texts: as they are, or as anything that the texts alone give.

Who erases wants to know that nothing is left.  A text may stand in a file in an encoding of its own, escaped, or as a
hash; each of these is looked for at every place, in many files in one pass.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import md5, sha1, sha256
from pathlib import Path
from typing import Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.table.hashing import string_hashes

__all__ = ["Trace", "TraceSearch"]

_LEAST_BYTES: Final = 4
_READABLE: Final = frozenset({"utf-8", "utf-16", "utf-32", "json"})
_WORD: Final = 8
_FILTER_BITS: Final = 22
_MULTIPLIER: Final = np.uint64(0x9E37_79B9_7F4A_7C15)
_AT_ONCE: Final = 1 << 24
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{11,}={0,2}")
_MASKS: Final = {n: np.uint64((1 << 8 * n) - 1) for n in range(_LEAST_BYTES, _WORD + 1)}


@frozen(order=True)
class Trace:
    """Something that was found.

    Attributes
    ----------
    place : int
        Which of the texts it is of, by its place among them.
    form : str
        In which form: ``"utf-8"``, ``"utf-16"``, ``"utf-32"``, ``"json"``, or a hash: ``"hash"`` (the one that tables
        of records and match models hold), ``"sha-256"``, ``"sha-1"``, ``"md5"``, as bytes, digits, or in Base64.
    """

    place: int
    form: str


class TraceSearch:
    r"""Looks for texts.

    Parameters
    ----------
    texts : iterable of str
        The texts, each in every spelling that it may have.
    least : int
        Of texts of fewer bytes in UTF-8 only hashes are looked for: the texts themselves stand in numbers and
        identifiers by chance, the more often the larger the files.

    Notes
    -----
    Readable forms count only where no letter, digit or other part of a word stands beside them, so that ``ann`` is not
    found in ``anna``.

    Examples
    --------
    >>> search = TraceSearch(["marie durand", "zoé"])
    >>> [(each.place, each.form) for each in search.within(b'{"name":"zo\\u00e9"}')]
    [(1, 'json')]
    >>> search.within("anne-marie durandal".encode())
    []
    """

    def __init__(self, texts: Iterable[str], *, least: int = _LEAST_BYTES) -> None:
        self._forms: defaultdict[bytes, list[tuple[bytes, Trace, int]]] = defaultdict(list)
        for place, text in enumerate(texts):
            is_short = len(text.encode("utf-8", "surrogatepass")) < max(least, _LEAST_BYTES)
            for form, needle, width in _forms(text):
                if not (is_short and form in _READABLE):
                    self._forms[needle[:_WORD]].append((needle, Trace(place, form), width))
        self._filters: dict[int, NDArray[np.bool_]] = {}
        heads: defaultdict[int, list[bytes]] = defaultdict(list)
        for head in self._forms:
            heads[len(head)].append(head)
        for size, some in heads.items():
            numbers = np.array([int.from_bytes(each, "little") for each in some], np.uint64)
            self._filters[size] = np.zeros(1 << _FILTER_BITS, np.bool_)
            self._filters[size][_slots(numbers)] = True

    def within(self, data: bytes) -> list[Trace]:
        """Return what stands in some bytes, or in what is written there in Base64.

        Parameters
        ----------
        data : bytes
            For example the content of a file.

        Returns
        -------
        list of Trace
            Each once, sorted.
        """
        found = set(self._plain(data))
        decoded = bytes(_WORD).join(_decoded(run.group()) for run in _BASE64.finditer(data))
        found.update(Trace(each.place, f"{each.form} in base64") for each in self._plain(decoded))
        return sorted(found)

    def in_files(self, directory: str | Path) -> dict[Path, list[Trace]]:
        """Return what stands in the files of a directory, and of those in it.

        Parameters
        ----------
        directory : path
            The directory; a file does as well.

        Returns
        -------
        dict of Path to list of Trace
            Files in which something was found.
        """
        top = Path(directory)
        paths = sorted(each for each in top.rglob("*") if each.is_file()) if top.is_dir() else [top]
        found = {path: self.within(path.read_bytes()) for path in paths}
        return {path: traces for path, traces in found.items() if traces}

    def _plain(self, data: bytes) -> Iterator[Trace]:
        for start in range(0, len(data), _AT_ONCE):
            # Heads of needles that begin in this part are read whole.
            part = np.frombuffer(data[start : start + _AT_ONCE + _WORD - 1] + bytes(_WORD), np.uint8)
            n_places = min(_AT_ONCE, len(data) - start)
            for shift in range(_WORD):
                words = part[shift : shift + (len(part) - shift) // _WORD * _WORD].view("<u8")
                for size, known in self._filters.items():
                    for word in np.flatnonzero(known[_slots(words & _MASKS[size])]).tolist():
                        place = start + word * _WORD + shift
                        if place < start + n_places:
                            yield from self._at(data, place, size)

    def _at(self, data: bytes, place: int, size: int) -> Iterator[Trace]:
        for needle, trace, width in self._forms.get(data[place : place + size], ()):
            if data.startswith(needle, place) and (not width or _stands_alone(data, place, len(needle), width)):
                yield trace


def _slots(numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
    return ((numbers * _MULTIPLIER) >> np.uint64(64 - _FILTER_BITS)).astype(np.int64)


def _forms(text: str) -> Iterator[tuple[str, bytes, int]]:
    """Yield name, bytes and width of a character of the forms of a text; width 0 for what is no text."""
    encoded = text.encode("utf-8", "surrogatepass")
    yield "utf-8", encoded, 1
    yield "utf-16", text.encode("utf-16-le", "surrogatepass"), 2
    yield "utf-32", text.encode("utf-32-le", "surrogatepass"), 4
    escaped = json.dumps(text)[1:-1].encode()
    if escaped != encoded:
        yield "json", escaped, 1
    hashed = int(string_hashes([text])[0])
    yield "hash", hashed.to_bytes(8, "little"), 0
    yield "hash", hashed.to_bytes(8, "big"), 0
    yield "hash digits", f"{hashed:016x}".encode(), 1
    yield "hash digits", str(hashed).encode(), 1
    for name, made in (("sha-256", sha256), ("sha-1", sha1), ("md5", md5)):
        digest = made(encoded, usedforsecurity=False)
        yield name, digest.digest(), 0
        yield f"{name} digits", digest.hexdigest().encode(), 1


def _stands_alone(data: bytes, place: int, length: int, width: int) -> bool:
    before = data[max(place - width, 0) : place][:1]
    after = data[place + length : place + length + 1]
    return not (_is_of_word(before) or _is_of_word(after))


def _is_of_word(byte: bytes) -> bool:
    return bool(byte) and (byte.isalnum() or byte >= b"\x80" or byte == b"_")


def _decoded(run: bytes) -> bytes:
    standard = run.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    return base64.b64decode(standard[: len(standard) - (len(standard) % 4 == 1)] + b"==")
