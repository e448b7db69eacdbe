"""Names of organizations, and others that are compared as sets of words, of which others come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid.comparison.comparison import Compared
from custid.comparison.live.arrays import LiveArrays, State
from custid.comparison.live.listed import ListedNumbers, LiveContext
from custid.comparison.live.statements import Stated, Statements
from custid.comparison.live.words import LiveWords, state_of_words
from custid.comparison.organization_names import (
    LEAST_WORD_WEIGHT,
    MAX_ORGANIZATION_WORDS,
    BoundOrganizations,
    OrganizationNameComparison,
)
from custid.comparison.word_similarity import WordSimilarity
from custid.standardize.organization import initials_of_organization
from custid.table.record_table import ValueColumn

__all__ = ["FIRST_NAME", "LiveOrganizationNames", "state_of_organizations"]

FIRST_NAME = 1
"""The code of the first name: 0 is that of none."""

_ANY_SIMILARITY = -1e-6
_NOTHING = 0
"""The row of no name."""


def _weights(attribute: str, context: LiveContext) -> ListedNumbers:
    listed = context.rarity(f"{attribute}.word")
    return evolve(
        listed,
        numbers=np.maximum(listed.numbers, LEAST_WORD_WEIGHT),
        unlisted=max(listed.unlisted, LEAST_WORD_WEIGHT),
    )


def _words_of(names: Sequence[str]) -> list[str]:
    """Return the words of names that count, in the order of the alphabet."""
    return sorted({word for name in names for word in name.split()[:MAX_ORGANIZATION_WORDS]})[:MAX_ORGANIZATION_WORDS]


def _initials_of(names: Sequence[str]) -> list[str]:
    return sorted({initials for name in names for initials in initials_of_organization(name)})


def _matrix(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int32]:
    matrix = np.full((len(rows), width), -1, np.int32)
    for row, codes in enumerate(rows):
        matrix[row, : len(codes)] = codes
    return matrix


def state_of_organizations(
    comparison: OrganizationNameComparison, column: ValueColumn, codes: NDArray[np.int32], context: LiveContext
) -> State:
    """Return the names of units as arrays.

    Parameters
    ----------
    comparison : OrganizationNameComparison
        How they are compared.
    column : ValueColumn
        The names.
    codes : ndarray of int32, shape (n_places, n_names)
        Positions in the vocabulary of the names of each place, -1 padded.
    context : LiveContext
        Frequencies.

    Returns
    -------
    State
        Arrays; the row of each name is one behind its place in the vocabulary.
    """
    texts = list(column.vocabulary)
    bags: list[tuple[str, ...]] = [(), *((text,) for text in texts)]
    bag = codes[:, 0] + np.int32(FIRST_NAME)
    several = np.flatnonzero(codes[:, 1] >= 0) if codes.shape[1] > 1 else np.zeros(0, np.int64)
    bag[several] = np.arange(len(bags), len(bags) + len(several))
    bags += [tuple(texts[code] for code in codes[place].tolist() if code >= 0) for place in several.tolist()]
    words_of = list(map(_words_of, bags))
    initials_of = list(map(_initials_of, bags)) if comparison.has_acronyms else [[] for _ in bags]
    words = sorted({word for each in (*words_of, *initials_of) for word in each})
    code_of = {word: code for code, word in enumerate(words)}
    found = [[[code_of[word] for word in each] for each in of_bags] for of_bags in (words_of, initials_of)]
    name = comparison.attribute
    return {
        name: {
            "words": _matrix(found[0], MAX_ORGANIZATION_WORDS),
            "acronyms": _matrix(found[1], max(1, *map(len, found[1]))),
        },
        f"{name}.units": {"bag": bag.astype(np.int32), "names": codes + np.int32(FIRST_NAME)},
        **state_of_words(name, words, at_least=_ANY_SIMILARITY, variants={}, weights=_weights(name, context)),
    }


class LiveOrganizationNames:
    """The names of all units.

    Parameters
    ----------
    arrays : LiveArrays
        Of all that is bound.
    comparison : OrganizationNameComparison
        How they are compared.
    statements : Statements
        All values.
    context : LiveContext
        Frequencies.
    """

    def __init__(
        self,
        arrays: LiveArrays,
        comparison: OrganizationNameComparison,
        statements: Statements,
        context: LiveContext,
    ) -> None:
        name = comparison.attribute
        self.comparison, self._statements = comparison, statements
        self._rows, self.units = arrays.columns(name), arrays.columns(f"{name}.units")
        self._words = LiveWords(arrays, name, at_least=_ANY_SIMILARITY, variants={}, weights=_weights(name, context))

    def refresh(self) -> None:
        """Take notice of arrays that are others than before: they are fetched at each comparison."""

    def append(self, text: str) -> int:
        """Append a name, and return its row."""
        return self._append((text,))

    def grade(self, left: NDArray[np.int32], _right: NDArray[np.int32]) -> NDArray[np.int8]:
        """Return nothing of value: names are not graded one by one."""
        return np.zeros(len(left), np.int8)

    def _append(self, names: Sequence[str]) -> int:
        words, initials = _words_of(names), _initials_of(names) if self.comparison.has_acronyms else []
        codes = self._words.codes_of(sorted({*words, *initials}))
        code_of = dict(zip(sorted({*words, *initials}), codes, strict=True))
        row = self._rows.append(1)
        if len(initials) > self._rows["acronyms"].shape[1]:
            self._rows.widen("acronyms", len(initials), self._rows["acronyms"].shape[1], -1)
        for name, texts in (("words", words), ("acronyms", initials)):
            cells = self._rows[name]
            cells[row] = [code_of[text] for text in texts] + [-1] * (cells.shape[1] - len(texts))
        return row

    def write(self, place: int, stated: Stated) -> None:
        """Write the names of a unit.

        Parameters
        ----------
        place : int
            The unit.
        stated : Stated
            What it states.
        """
        texts = stated.texts.get(self.comparison.attribute, ())
        numbers = stated.numbers.get(self.comparison.attribute, [])
        rows = self._statements.columns["code"][numbers].tolist() if numbers else []
        names = self.units["names"]
        if len(rows) > names.shape[1]:
            self.units.widen("names", len(rows), names.shape[1], _NOTHING)
            names = self.units["names"]
        names[place] = rows + [_NOTHING] * (names.shape[1] - len(rows))
        self.units["bag"][place] = self._append(texts) if len(rows) > 1 else rows[0] if rows else _NOTHING

    def __call__(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        """Compare the names of units.

        Parameters
        ----------
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        tuple of Compared
            One.
        """
        of_unit, n_pairs = self.units["bag"], len(left_idx)
        levels, rarity = np.full(n_pairs, -1, np.int8), np.zeros(n_pairs, np.float32)
        right = of_unit.take(right_idx) != _NOTHING
        # Most units of persons name no organization, and who asks is on the right of all pairs.
        if right.any():
            both = np.flatnonzero((of_unit.take(left_idx) != _NOTHING) & right)
            if len(both):
                (found,) = self._compared(left_idx[both], right_idx[both])
                levels[both], rarity[both] = found.levels, found.rarity_bits
        return (Compared(levels=levels, rarity_bits=rarity),)

    def _compared(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        units = np.concatenate([left_idx, right_idx])
        bag, names = self.units["bag"][units], self.units["names"][units]
        words = self._rows["words"]
        columns = () if names.shape[1] == 1 or not names[:, 1].any() else tuple(words[each] for each in names.T)
        left, right = np.split(np.arange(len(units), dtype=np.int32), 2)
        bound = BoundOrganizations(
            bag=words[bag],
            values=columns,
            acronyms=self._rows["acronyms"][bag],
            similarity=WordSimilarity.of_compiled(self._words.compiled, len(self._words.weights)),
            weights=self._words.weights,
        )
        return self.comparison.compare(bound, left, right)
