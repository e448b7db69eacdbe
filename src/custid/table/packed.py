"""Strings as one array of numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ShapeMismatchError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrs import Attribute
    from numpy.typing import ArrayLike

__all__ = ["PackedStrings", "require_strings"]


def _read_only_code_points(array: ArrayLike) -> NDArray[np.uint32]:
    # The view is made read-only, not the caller's array.
    view = np.ascontiguousarray(array, dtype=np.uint32).view()
    view.flags.writeable = False
    return view


def _read_only_offsets(array: ArrayLike) -> NDArray[np.int64]:
    view = np.ascontiguousarray(array, dtype=np.int64).view()
    view.flags.writeable = False
    return view


@frozen(kw_only=True, eq=False)
class PackedStrings:
    """A sequence of strings as one array of code points, for kernels.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another; read-only.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``; read-only.

    Raises
    ------
    ShapeMismatchError
        If the offsets do not divide the data.

    Examples
    --------
    >>> packed = PackedStrings.from_strings(["Ann", "", "Zoé"])
    >>> packed.offsets.tolist()
    [0, 3, 3, 6]
    >>> packed[2]
    'Zoé'
    """

    data: NDArray[np.uint32] = field(converter=_read_only_code_points)
    offsets: NDArray[np.int64] = field(converter=_read_only_offsets)

    @offsets.validator
    def _offsets_divide_data(self, _attribute: Attribute[NDArray[np.int64]], offsets: NDArray[np.int64]) -> None:
        if self.data.ndim != 1 or offsets.ndim != 1:
            raise ShapeMismatchError(
                "PackedStrings: 'data' and 'offsets' must have one dimension each, "
                f"got {self.data.ndim} and {offsets.ndim}.",
                hint="Use PackedStrings.from_strings.",
            )
        if not offsets.size or offsets[0] != 0 or offsets[-1] != self.data.size or np.any(np.diff(offsets) < 0):
            raise ShapeMismatchError(
                f"PackedStrings: 'offsets' must rise from 0 to the size of 'data', {self.data.size}.",
                hint="Use PackedStrings.from_strings.",
            )

    @classmethod
    def from_strings(cls, strings: Sequence[str]) -> PackedStrings:
        """Pack strings.

        Parameters
        ----------
        strings : sequence of str
            Any strings, lone surrogates included.

        Returns
        -------
        PackedStrings
            The same strings in the same order.

        Raises
        ------
        UnsupportedInputError
            If a value is no string.
        """
        require_strings(strings)
        lengths = np.fromiter(map(len, strings), dtype=np.int64, count=len(strings))
        offsets = np.zeros(lengths.size + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        encoded = "".join(strings).encode("utf-32-le", "surrogatepass")
        return cls(data=np.frombuffer(encoded, dtype="<u4"), offsets=offsets)

    def to_strings(self) -> list[str]:
        """Return the strings.

        Returns
        -------
        list of str
            As packed.
        """
        text = _decode(self.data)
        return [text[start:stop] for start, stop in pairwise(self.offsets.tolist())]

    def __len__(self) -> int:
        return self.offsets.size - 1

    def __getitem__(self, number: int) -> str:
        position = range(len(self))[number]
        return _decode(self.data[self.offsets[position] : self.offsets[position + 1]])

    def __repr__(self) -> str:
        # Values are customers' data: they stay out of logs and tracebacks.
        return f"<PackedStrings: {len(self)} strings, {self.data.size} code points>"


def require_strings(values: Sequence[object]) -> None:
    """Raise if a value is no string.

    Parameters
    ----------
    values : sequence
        What should hold strings only.

    Raises
    ------
    UnsupportedInputError
        If it holds something else; the message tells the position and the type, not the value.
    """
    for position, value in enumerate(values):
        if not isinstance(value, str):
            raise UnsupportedInputError(
                f"values: expected strings only, got {type(value).__name__} at position {position}.",
                hint="A missing value is the empty string.",
            )


def _decode(code_points: NDArray[np.uint32]) -> str:
    return code_points.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
