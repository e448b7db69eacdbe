"""Names of organizations: sets of words, acronyms, and trading names beside legal ones."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.alignment import Alignment, align_words
from custid.comparison.comparison import BindingContext, BoundComparison, Compared, ComparisonOutput, column_of
from custid.comparison.word_similarity import WordSimilarity
from custid.standardize.organization import initials_of_organization
from custid.table.record_table import RecordTable, ValueColumn, distinct_per_row
from custid.table.tokens import tokenize

__all__ = [
    "LEAST_WORD_WEIGHT",
    "MAX_ORGANIZATION_WORDS",
    "BoundOrganizations",
    "OrganizationNameComparison",
]

MAX_ORGANIZATION_WORDS = 12
"""Words of the names of an organization that count."""

LEAST_WORD_WEIGHT = np.float32(0.43)
"""What a word weighs at least, in bits."""

_TOLERANCE = 1e-6
_WORD_SET_LEVELS = (
    "several words, none alike",
    "one word, unlike",
    "one word, close",
    "one word of several",
    "one word, exact",
    "several words, some alike",
    "several words, alike",
    "several words, nearly equal",
    "all words close",
    "all words nearly equal",
    "all words of the shorter",
    "exact",
)
_ACRONYM = "acronym"
# From the weakest to the strongest agreement: which of several names counts, and what an acronym outdoes.
_STRENGTH = (
    "several words, none alike",
    "one word, unlike",
    "several words, some alike",
    "one word, close",
    "several words, alike",
    "one word of several",
    _ACRONYM,
    "several words, nearly equal",
    "one word, exact",
    "all words close",
    "all words of the shorter",
    "all words nearly equal",
    "exact",
)


@frozen(kw_only=True)
class OrganizationNameComparison:
    """Compare names of organizations as sets of words.

    Any name of one record is compared with any of the other, and all of them together; the closest counts.  So a legal
    and a trading name agree with either.

    Attributes
    ----------
    attribute : str
        The attribute.
    has_acronyms : bool
        True where one word may be the initials of another name (``SNCF``).
    """

    attribute: str = "organization_name"
    has_acronyms: bool = True

    @property
    def levels(self) -> tuple[str, ...]:
        """Labels from else to exact."""
        if not self.has_acronyms:
            return _WORD_SET_LEVELS
        place = _WORD_SET_LEVELS.index("one word, exact")
        return (*_WORD_SET_LEVELS[:place], _ACRONYM, *_WORD_SET_LEVELS[place:])

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output."""
        return (ComparisonOutput(name=self.attribute, attribute=self.attribute, levels=self.levels),)

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        names = BoundOrganizations.of_column(column_of(table, self.attribute), context, has_acronyms=self.has_acronyms)
        return partial(self.compare, names)

    def compare(
        self, names: BoundOrganizations, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]
    ) -> tuple[Compared, ...]:
        """Compare the names of units.

        Parameters
        ----------
        names : BoundOrganizations
            The names.
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        tuple of Compared
            One.
        """
        levels = self.levels
        level_of = np.array([levels.index(label) if label in levels else -1 for label in _STRENGTH] + [-1], np.int8)
        strength, bits = names.compare(left_idx, right_idx)
        return (Compared(levels=level_of[strength], rarity_bits=bits),)


class _Compared(NamedTuple):
    """Positions in `_STRENGTH`, -1 where a name is missing, and bits of rarity where names are equal."""

    strength: NDArray[np.int8]
    bits: NDArray[np.float32]


@frozen(kw_only=True, eq=False)
class BoundOrganizations:
    """The names of all units as words.

    Attributes
    ----------
    bag : ndarray of int32, shape (n_units, n_words)
        The distinct words of all names of a unit, ascending, -1 padded.
    values : tuple of ndarray of int32, each of shape (n_units, n_words)
        The same of each single name; empty where no unit has two.
    acronyms : ndarray of int32, shape (n_units, n_acronyms)
        The words of other names that are initials of a name of the unit, -1 padded.
    """

    bag: NDArray[np.int32] = field(repr=False)
    values: tuple[NDArray[np.int32], ...] = field(repr=False)
    acronyms: NDArray[np.int32] = field(repr=False)
    similarity: WordSimilarity = field(repr=False)
    weights: NDArray[np.float32] = field(repr=False)

    @classmethod
    def of_column(cls, column: ValueColumn, context: BindingContext, *, has_acronyms: bool) -> BoundOrganizations:
        """Return the names of the units of a table."""
        words = tokenize([column], width=MAX_ORGANIZATION_WORDS)
        position = {word: code for code, word in enumerate(words.vocabulary)}
        none = np.full((len(words.bag), 1), -1, np.int32)
        values: tuple[NDArray[np.int32], ...] = ()
        if column.n_values > 1:
            of_value = _codes([value.split()[:MAX_ORGANIZATION_WORDS] for value in column.vocabulary], position)
            values = tuple(of_value[codes] for codes in column.codes.T)
        acronyms = none
        if has_acronyms:
            of_value = _codes([sorted(initials_of_organization(value)) for value in column.vocabulary], position)
            acronyms = distinct_per_row(np.hstack([of_value[codes] for codes in column.codes.T]))
        return cls(
            bag=words.bag,
            values=values,
            acronyms=acronyms,
            similarity=WordSimilarity(words.vocabulary, is_compiled=context.is_compiled),
            weights=np.maximum(context.rarity(f"{column.attribute}.word", words.vocabulary), LEAST_WORD_WEIGHT),
        )

    def compare(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> _Compared:
        """Compare the names of units, all together and each with each, and look for acronyms."""
        found = self._aligned(self.bag[left_idx], self.bag[right_idx])
        if self.values:
            has_several = self.values[1][:, 0] >= 0
            rows = np.flatnonzero(has_several[left_idx] | has_several[right_idx])
            for left, right in product(self.values, repeat=2):
                single = self._aligned(left[left_idx[rows]], right[right_idx[rows]])
                before = found.strength[rows], found.bits[rows]
                is_equal = single.strength == before[0]
                is_closer = (single.strength > before[0]) | (is_equal & (single.bits > before[1]))
                found.strength[rows[is_closer]] = single.strength[is_closer]
                found.bits[rows[is_closer]] = single.bits[is_closer]
        has_acronym = self.acronyms[:, 0] >= 0
        is_open = (found.strength >= 0) & (found.strength < _ACRONYM_STRENGTH)
        rows = np.flatnonzero(is_open & (has_acronym[left_idx] | has_acronym[right_idx]))
        is_acronym = self._are_acronyms(left_idx[rows], right_idx[rows])
        is_acronym |= self._are_acronyms(right_idx[rows], left_idx[rows])
        found.strength[rows[is_acronym]] = _ACRONYM_STRENGTH
        return found

    def _aligned(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> _Compared:
        aligned = align_words(left, right, self.similarity, self.weights)
        strength = _STRENGTH_OF_LEVEL[_word_set_levels(aligned)]
        bits = np.where(strength == len(_STRENGTH) - 1, aligned.shared_weight, np.float32(0))
        return _Compared(strength, bits)

    def _are_acronyms(self, named: NDArray[np.int32], short: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell whether the second unit's names hold the initials of a name of the first."""
        initials, words = self.acronyms[named][:, None, :], self.bag[short][:, :, None]
        return np.asarray(((words == initials) & (initials >= 0)).any(axis=(1, 2)), np.bool_)


def _codes(words_of: list[list[str]], position: dict[str, int]) -> NDArray[np.int32]:
    """Return the codes of the known words of each value, ascending, -1 padded; the last row is that of no value."""
    rows = [sorted({position[word] for word in words if word in position}) for words in words_of]
    matrix = np.full((len(rows) + 1, max(map(len, rows), default=1) or 1), -1, np.int32)
    for row, codes in enumerate(rows):
        matrix[row, : len(codes)] = codes
    return matrix


def _word_set_levels(aligned: Alignment) -> NDArray[np.int8]:
    """Return positions in `_WORD_SET_LEVELS`, -1 where a side has no words."""
    several = aligned.n_aligned > 1
    longest = np.maximum(aligned.n_left, aligned.n_right)
    lowest, mean = aligned.lowest + np.float32(_TOLERANCE), aligned.mean + np.float32(_TOLERANCE)
    conditions = [
        aligned.n_aligned == 0,
        several & (aligned.n_left == aligned.n_right) & (lowest >= 0.999),
        several & (lowest >= 0.999),
        several & (lowest >= 0.9),
        several & (lowest >= 0.86),
        several & (mean >= 0.9),
        several & (mean >= 0.8),
        several & (mean >= 0.65),
        several,
        (lowest >= 0.999) & (longest == 1),
        lowest >= 0.999,
        lowest >= 0.86,
    ]
    return np.select(conditions, [-1, 11, 10, 9, 8, 7, 6, 5, 0, 4, 3, 2], 1).astype(np.int8)


_ACRONYM_STRENGTH = _STRENGTH.index(_ACRONYM)
_STRENGTH_OF_LEVEL = np.array([*map(_STRENGTH.index, _WORD_SET_LEVELS), -1], np.int8)
