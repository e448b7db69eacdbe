"""Vocabularies of words that grow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from custid.comparison.compiled_words import IS_NUMBER, CompiledWords, group_bits
from custid.comparison.live.arrays import Columns, LiveArrays, State
from custid.comparison.live.listed import ListedNumbers
from custid.kernels.live_values import write_string
from custid.kernels.word_similarity import KnownPairs, WordGrids, WordTable
from custid.table.hashing import string_hashes

__all__ = ["NO_WEIGHTS", "LiveStrings", "LiveWords", "state_of_strings", "state_of_words"]

NO_WEIGHTS: Final = ListedNumbers(
    hashes=np.zeros(0, np.uint64), numbers=np.zeros(0, np.float32), unlisted=np.float32(1)
)
"""Weights of words that count alike."""

_N_KNOWN_OF_FEW = 1 << 10
_BITS_OF_CHARACTER = 21
_CODE_POINT: Final = np.dtype("<u4")


def state_of_strings(name: str, data: NDArray[np.uint32], rows: NDArray[np.uint64], **further: NDArray[Any]) -> State:
    """Return strings, and what belongs to each, as arrays."""
    return {f"{name}.letters": {"data": data}, name: {"rows": rows, **further}}


class LiveStrings:
    """Strings as kernels have them, to which others are appended.

    Parameters
    ----------
    arrays : LiveArrays
        Of all that is bound.
    name : str
        Name of the columns.
    """

    def __init__(self, arrays: LiveArrays, name: str) -> None:
        self.columns: Columns = arrays.columns(name)
        self.letters: Columns = arrays.columns(f"{name}.letters")

    @property
    def generation(self) -> tuple[int, int]:
        """Changes when the arrays are others than before."""
        return self.columns.generation, self.letters.generation

    @property
    def data(self) -> NDArray[np.uint32]:
        """Code points of all strings, read-only as those of a batch, so that kernels are not compiled for both."""
        data = self.letters["data"].view()
        data.flags.writeable = False
        return data

    def append(self, text: str) -> int:
        """Append a string, and return its row, whose further columns hold anything."""
        characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), _CODE_POINT)
        start, row = self.letters.append(len(characters)), self.columns.append(1)
        write_string(self.letters["data"], start, characters, self.columns["rows"], row)
        return row


def state_of_words(
    name: str,
    words: Sequence[str],
    *,
    at_least: float,
    variants: Mapping[str, frozenset[int]],
    weights: ListedNumbers = NO_WEIGHTS,
) -> State:
    """Return a vocabulary of words as arrays."""
    table = CompiledWords(words, at_least=at_least, variants=variants).table
    groups = np.full((len(words), _most_groups(variants)), -1, np.int32)
    groups[:, : table.groups.shape[1]] = table.groups
    keys = string_hashes(words)
    return state_of_strings(f"{name}.words", table.data, table.rows, groups=groups, keys=keys, weights=weights.of(keys))


def _most_groups(variants: Mapping[str, frozenset[int]]) -> int:
    return max(map(len, variants.values()), default=0)


class LiveWords:
    """Words as kernels compare them, to which others are appended.

    Parameters
    ----------
    arrays : LiveArrays
        Of all that is bound.
    name : str
        Whose words they are.
    at_least : float
        Lower similarities are 0.
    variants : Mapping of str to frozenset of int
        Groups of name variants that a word belongs to.
    weights : ListedNumbers
        What words weigh.
    """

    def __init__(
        self,
        arrays: LiveArrays,
        name: str,
        *,
        at_least: float,
        variants: Mapping[str, frozenset[int]],
        weights: ListedNumbers = NO_WEIGHTS,
    ) -> None:
        self._strings = LiveStrings(arrays, f"{name}.words")
        self._directory = arrays.directory(f"{name}.words")
        self._variants, self._weights, self._at_least = variants, weights, at_least
        self.compiled = _LiveCompiledWords(self._table(), arrays)
        self._generation = self._strings.generation

    def _table(self) -> WordTable:
        columns = self._strings.columns
        return WordTable(self._strings.data, columns["rows"], columns["groups"], self._at_least, is_sorted=False)

    @property
    def weights(self) -> NDArray[np.float32]:
        """What each word weighs."""
        return self._strings.columns["weights"]

    @property
    def generation(self) -> tuple[int, int]:
        """Changes when the arrays are others than before."""
        return self._strings.generation

    def codes_of(self, words: Sequence[str]) -> list[int]:
        """Return the codes of some distinct words; those that are new are appended."""
        if not words:
            return []
        hashes, found = self._directory.find(words)
        codes: list[int] = found.tolist()
        if min(codes) < 0:
            for place, code in enumerate(codes):
                if code < 0:
                    codes[place] = self._append(words[place], hashes[place])
            self._directory.enter()
            if self._generation != self._strings.generation:
                self._generation = self._strings.generation
                self.compiled.table = self._table()
        return codes

    def _append(self, word: str, hashed: np.uint64) -> int:
        code, columns = self._strings.append(word), self._strings.columns
        row = columns["rows"][code]
        first = 0
        for place, character in enumerate(word[:3]):
            first |= ord(character) << place * _BITS_OF_CHARACTER
        row[2], row[3] = first, 0
        if word.isdigit():
            row[1] |= IS_NUMBER
        columns["groups"][code] = -1
        members = self._variants.get(word)
        if members is not None:
            columns["groups"][code, : len(members)] = sorted(members)
            row[3] = group_bits(columns["groups"][code : code + 1])[0]
        columns["keys"][code] = hashed
        columns["weights"][code] = self._weights.of_one(hashed)
        return code


class _LiveCompiledWords(CompiledWords):
    """Words of which some may be forgotten: of those nothing is remembered beyond a call."""

    def __init__(self, table: WordTable, arrays: LiveArrays) -> None:
        self.use(table)
        self._arrays = arrays
        self._of_few: dict[int, tuple[KnownPairs, WordGrids]] = {}

    def room(self, width: int) -> AbstractContextManager[tuple[KnownPairs, WordGrids]]:
        """Lend a room to a kernel."""
        return self._room_of_few(width) if self._arrays.forgets else super().room(width)

    @contextmanager
    def _room_of_few(self, width: int) -> Iterator[tuple[KnownPairs, WordGrids]]:
        # Only who forgets is at work then: one room is enough.
        if width not in self._of_few:
            with CompiledWords.of_table(self.table, n_known=_N_KNOWN_OF_FEW).room(width) as made:
                self._of_few[width] = made
        known, grids = self._of_few[width]
        known.pairs.fill(-1)
        yield known, grids
