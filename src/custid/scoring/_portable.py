"""Parts of the portable form of a match model: text, numbers and counts, refused where they are of another kind."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from custid.scoring.frequencies import TermFrequencies

__all__ = [
    "flag",
    "frequencies_from_dict",
    "frequencies_to_dict",
    "optional",
    "share",
    "text",
    "whole",
]

_FIRST_VERSION = 1
"""It wrote counts as numbers in lists, and nothing of what :func:`optional` reads."""
_WIDTHS = (1, 2, 4, 8)
T = TypeVar("T")


def frequencies_to_dict(counted: TermFrequencies) -> dict[str, Any]:
    """Return counts in the portable form: bytes, each number in as few of them as the largest needs."""
    largest = int(counted.counts.max(initial=0))
    width = next(width for width in _WIDTHS if largest < 1 << 8 * width)
    return {
        "total": counted.total,
        "hashes": _encoded(counted.hashes, 8),
        "counts": _encoded(counted.counts, width),
        "bytes_per_count": width,
    }


def frequencies_from_dict(entry: dict[str, Any], version: int) -> TermFrequencies:
    """Return the counts of a portable form."""
    hashes = _decoded(entry["hashes"], 8)
    if version == _FIRST_VERSION:
        counts = np.array([whole(count) for count in entry["counts"]], np.int64)
    else:
        width = whole(entry["bytes_per_count"])
        if width not in _WIDTHS:
            raise ValueError("bytes of a count")
        counts = _decoded(entry["counts"], width).astype(np.int64)
    if len(hashes) != len(counts) or (counts < 2).any() or (hashes[1:] <= hashes[:-1]).any():
        raise ValueError("as many counts as hashes, values seen twice or more, hashes ascending")
    return TermFrequencies(hashes=hashes, counts=counts, total=whole(entry["total"]))


def _encoded(numbers: NDArray[Any], width: int) -> str:
    return base64.b64encode(numbers.astype(f"<u{width}").tobytes()).decode("ascii")


def _decoded(encoded: Any, width: int) -> NDArray[np.uint64]:
    return np.frombuffer(base64.b64decode(encoded, validate=True), f"<u{width}").astype(np.uint64)


def optional(document: dict[str, Any], name: str, read: Callable[[Any], T], version: int) -> T | None:
    """Return a part that may be null, and that files of the first version do not have."""
    value = None if version == _FIRST_VERSION else document[name]
    return None if value is None else read(value)


def text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def whole(value: Any) -> int:
    """Return a whole number that is not negative and fits 64 bits with a sign."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise TypeError("a whole number")
    return value


def share(value: Any) -> float:
    """Return a number in [0, 1]."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise TypeError("a share")
    return float(value)
