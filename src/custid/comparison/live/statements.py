"""What units state: attributes with values, each once, found by their hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from custid.comparison.live.arrays import LiveArrays, State, packed_bytes
from custid.comparison.live.levels import LiveLevels
from custid.comparison.live.listed import ListedNumbers
from custid.kernels.live_values import find_statements, hash_of_content, wrapping
from custid.table.hashing import combine_hashes, mix, string_hashes
from custid.table.record_table import ValueColumn
from custid.table.utf8 import Utf8Strings

__all__ = ["Stated", "Statements", "state_of_statements"]

_BASE, _SEED = 0x9E3779B97F4A7C15, 0x243F6A8885A308D3
_WORD = 1 << 64

Values = Sequence[tuple[str, Sequence[str]]]


class Stated(NamedTuple):
    """What one unit states.

    Attributes
    ----------
    numbers : Mapping of str to list of int
        By attribute, the statements.
    texts : Mapping of str to sequence of str
        By attribute, the values.
    content_hash : uint64
        The hash of all.
    listed : list of int
        All statements.
    """

    numbers: Mapping[str, list[int]]
    texts: Mapping[str, Sequence[str]]
    content_hash: np.uint64
    listed: list[int]

    def __repr__(self) -> str:
        return f"<Stated of {len(self.numbers)} attributes>"


def state_of_statements(
    columns: Mapping[str, ValueColumn],
    rarity: Mapping[str, ListedNumbers],
    n_uses: Mapping[str, NDArray[np.int64]],
    first_code: Mapping[str, int],
) -> State:
    """Return the values of a table as arrays, attribute by attribute.

    Parameters
    ----------
    columns : Mapping of str to ValueColumn
        All attributes.
    rarity : Mapping of str to ListedNumbers
        By attribute, what an agreement on a value is worth.
    n_uses : Mapping of str to ndarray of int64
        By attribute, how many units state each value.
    first_code : Mapping of str to int
        By attribute, the code of the first value, where it is not 0.

    Returns
    -------
    State
        Arrays.
    """
    parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _EMPTY}
    texts, end = [np.zeros(0, np.uint8)], 0
    for number, (attribute, column) in enumerate(columns.items()):
        strings = Utf8Strings.of(column.vocabulary)
        texts.append(strings.data[: strings.offsets[-1]])
        parts["keys"].append(combine_hashes([string_hashes([attribute]), column.hashes]))
        parts["attribute"].append(np.full(len(strings), number, np.int16))
        parts["code"].append(np.arange(len(strings), dtype=np.int32) + np.int32(first_code.get(attribute, 0)))
        parts["rarity"].append(rarity[attribute].of(column.hashes))
        parts["end"].append(strings.offsets[1:] + end)
        parts["n_uses"].append(n_uses[attribute].astype(np.int32))
        end += int(strings.offsets[-1])
    return {
        "statements": {name: np.concatenate([_EMPTY[name], *found]) for name, found in parts.items()},
        "statements.texts": {"bytes": np.concatenate(texts)},
    }


_EMPTY: dict[str, NDArray[np.generic]] = {
    "keys": np.zeros(0, np.uint64),
    "attribute": np.zeros(0, np.int16),
    "code": np.zeros(0, np.int32),
    "rarity": np.zeros(0, np.float32),
    "end": np.zeros(0, np.int64),
    "n_uses": np.zeros(0, np.int32),
}


class Statements:
    """The values of all attributes.

    Parameters
    ----------
    arrays : LiveArrays
        Of all that is bound.
    attributes : sequence of str
        Names by number.
    rarity : Mapping of str to ListedNumbers
        By attribute, what an agreement on a value is worth.
    """

    def __init__(self, arrays: LiveArrays, attributes: Sequence[str], rarity: Mapping[str, ListedNumbers]) -> None:
        self.columns = arrays.columns("statements")
        self._texts = arrays.columns("statements.texts")
        self._directory = arrays.directory("statements")
        self.attributes = tuple(attributes)
        self._number_of = {name: number for number, name in enumerate(attributes)}
        self._heads = {name: _head(name) for name in attributes}
        self._rarity = rarity
        self.levels: dict[str, LiveLevels] = {}

    def text_of(self, number: int) -> str:
        """Return the value of a statement."""
        ends = self.columns["end"]
        start = int(ends[number - 1]) if number else 0
        return self._texts["bytes"][start : int(ends[number])].tobytes().decode("utf-8", "surrogatepass")

    def values_of(self, numbers: Sequence[int]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return attributes with their values, both ascending, given the numbers of statements."""
        texts: dict[str, list[str]] = {}
        for number in numbers:
            texts.setdefault(self.attributes[self.columns["attribute"][number]], []).append(self.text_of(number))
        return tuple((name, tuple(sorted(held))) for name, held in sorted(texts.items()))

    def stated(self, values: Values, kind: int) -> Stated:
        """Return what a unit states; values that are new are appended.

        Parameters
        ----------
        values : sequence of (str, sequence of str)
            Attributes, each once, with distinct values.
        kind : int
            Kind of party, -1 where nothing tells.

        Returns
        -------
        Stated
            By attribute.
        """
        texts, heads = [], []
        for name, of_attribute in values:
            head = self._heads[name]
            for text in of_attribute:
                texts.append(text)
                heads.append(head)
        found = np.empty((2, len(texts)), np.uint64)
        numbers = np.empty(len(texts), np.int32)
        directory = self._directory
        with wrapping():
            total = find_statements(
                *packed_bytes(texts), np.array(heads, np.uint64), directory.slots, directory.keys, found, numbers
            )
            content_hash = np.uint64(hash_of_content(np.uint64(total), kind))
        listed: list[int] = numbers.tolist()
        by_attribute, place = {}, 0
        has_new = bool(listed) and min(listed) < 0
        for name, of_attribute in values:
            if has_new:
                for position, text in enumerate(of_attribute, start=place):
                    if listed[position] < 0:
                        listed[position] = self._append(name, text, found[:, position])
            by_attribute[name] = listed[place : place + len(of_attribute)]
            place += len(of_attribute)
        if has_new:
            directory.enter()
        return Stated(by_attribute, dict(values), content_hash, listed)

    def _append(self, attribute: str, text: str, hashes: NDArray[np.uint64]) -> int:
        encoded = text.encode("utf-8", "surrogatepass")
        start = self._texts.append(len(encoded))
        end = self._texts.n
        self._texts["bytes"][start:end] = np.frombuffer(encoded, np.uint8)
        number, columns, levels = self.columns.append(1), self.columns, self.levels.get(attribute)
        columns["end"][number] = end
        columns["keys"][number] = hashes[1]
        columns["attribute"][number] = self._number_of[attribute]
        columns["rarity"][number] = self._rarity[attribute].of_one(hashes[0])
        columns["n_uses"][number] = 0
        columns["code"][number] = -1 if levels is None else levels.append(text)
        return number


def _head(attribute: str) -> int:
    """Return what an attribute contributes to the key of a statement, before the value's hash is added."""
    mixed = int(mix(np.array([(int(string_hashes([attribute])[0]) + _SEED) % _WORD], np.uint64))[0])
    return (mixed * 3 + _BASE) % _WORD
