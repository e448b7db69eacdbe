"""Names of persons and of organizations.

Given and family name are judged together: a name may stand in the wrong column, but no word may count twice.  An
agreement across columns is accepted only where at least two distinct words of the two full names pair up; otherwise a
shared word would serve as both the given and the family name.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.comparison.alignment import Alignment, align_words
from custid.comparison.comparison import BindingContext, BoundComparison, Compared, ComparisonOutput
from custid.comparison.word_similarity import WordSimilarity, word_similarity
from custid.standardize.nicknames import nickname_groups
from custid.table.record_table import RecordTable
from custid.table.tokens import tokenize

__all__ = ["OrganizationNameComparison", "PersonNameComparison"]

_TOLERANCE = 1e-6
_MAX_PERSON_WORDS = 8
_MAX_ORGANIZATION_WORDS = 12
_SLOTS = ("given_name", "family_name")


@frozen
class PersonNameComparison:
    """Compare given and family names, within their columns and across."""

    levels: tuple[str, ...] = (
        "else",
        "similar",
        "close in another column",
        "close",
        "equal in another column",
        "one error",
        "variant or part",
        "exact",
    )

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output for the given name and one for the family name."""
        return (
            ComparisonOutput(name="given_name", attribute="given_name", levels=self.levels, is_personal=True),
            ComparisonOutput(name="family_name", attribute="family_name", levels=self.levels),
        )

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        slots = [table.columns[name] for name in _SLOTS]
        further = [table.columns["full_name"]] if "full_name" in table.columns else []
        words = tokenize([*slots, *further], width=_MAX_PERSON_WORDS)
        similarity = word_similarity(words.vocabulary, context.executor, nickname_groups())
        rarity = [context.rarity(name, column.vocabulary) for name, column in zip(_SLOTS, slots, strict=True)]

        def compare(left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
            levels = []
            for slot in words.slots[:2]:
                aligned = align_words(slot[left_idx], slot[right_idx], similarity)
                levels.append(_same_column(aligned))
            bits = []
            for column, slot_levels, slot_rarity in zip(slots, levels, rarity, strict=True):
                equal, value = _shared_value(column.codes, left_idx, right_idx)
                slot_levels[equal] = len(self.levels) - 1
                bits.append(np.where(equal, slot_rarity[value], np.float32(0)))
            _across_columns(levels, words.slots, words.bag, similarity, left_idx, right_idx)
            return tuple(
                Compared(levels=slot_levels, rarity_bits=slot_bits)
                for slot_levels, slot_bits in zip(levels, bits, strict=True)
            )

        return compare


def _same_column(aligned: Alignment) -> NDArray[np.int8]:
    """Levels of one name column by its worst aligned word; -1 where a side is empty."""
    levels = np.zeros(len(aligned.lowest), np.int8)
    for level, at_least in ((1, 0.7), (3, 0.85), (5, 0.9), (6, 0.94)):
        levels[aligned.lowest >= at_least - _TOLERANCE] = level
    levels[aligned.n_aligned == 0] = -1
    return levels


def _shared_value(
    codes: NDArray[np.int32], left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Return where two units share a whole value, and that value's code."""
    equal = np.zeros(len(left_idx), np.bool_)
    value = np.zeros(len(left_idx), np.int32)
    for first in codes.T:
        for second in codes.T:
            left = first[left_idx]
            same = (left == second[right_idx]) & (left >= 0)
            value = np.where(same & ~equal, left, value)
            equal |= same
    return equal, value


def _across_columns(
    levels: list[NDArray[np.int8]],
    slots: tuple[NDArray[np.int32], ...],
    bag: NDArray[np.int32],
    similarity: WordSimilarity,
    left_idx: NDArray[np.int32],
    right_idx: NDArray[np.int32],
) -> None:
    """Raise levels where a name stands in another column of the other record; changes ``levels``."""
    given, family = levels
    wanted = np.flatnonzero(((given >= 0) & (given < 5)) | ((family >= 0) & (family < 5)))  # noqa: PLR2004 - below one error
    if not len(wanted):
        return
    left, right = left_idx[wanted], right_idx[wanted]
    bags = align_words(bag[left], bag[right], similarity)
    two_words = (bags.n_exact >= 2) | ((bags.lowest >= 0.86 - _TOLERANCE) & (bags.n_aligned >= 2))  # noqa: PLR2004
    free = two_words | (given[wanted] < 0) | (family[wanted] < 0)
    allowed = (free | (family[wanted] < 3), free)  # noqa: PLR2004 - the family names are not even close
    for slot_levels, slot, is_allowed in zip(levels, slots[:2], allowed, strict=True):
        open_rows = np.flatnonzero(is_allowed & (slot_levels[wanted] >= 0) & (slot_levels[wanted] < 5))  # noqa: PLR2004
        rows = wanted[open_rows]
        best = np.maximum(
            _name_in_bag(slot[left[open_rows]], bag[right[open_rows]], similarity),
            _name_in_bag(slot[right[open_rows]], bag[left[open_rows]], similarity),
        )
        across = np.where(best >= 0.94 - _TOLERANCE, 4, np.where(best >= 0.86 - _TOLERANCE, 2, 0)).astype(np.int8)
        slot_levels[rows] = np.maximum(slot_levels[rows], across)


def _name_in_bag(name: NDArray[np.int32], bag: NDArray[np.int32], similarity: WordSimilarity) -> NDArray[np.float32]:
    """Similarity of the worst word of a name to its partner in a bag; 0 where the bag is smaller than the name."""
    aligned = align_words(name, bag, similarity)
    return np.where(aligned.n_left <= aligned.n_right, aligned.lowest, np.float32(0))


@frozen
class OrganizationNameComparison:
    """Compare names of organizations as sets of words."""

    attribute: str = "organization_name"
    levels: tuple[str, ...] = (
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

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output."""
        return (ComparisonOutput(name=self.attribute, attribute=self.attribute, levels=self.levels),)

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        words = tokenize([table.columns[self.attribute]], width=_MAX_ORGANIZATION_WORDS)
        similarity = word_similarity(words.vocabulary, context.executor)
        weights = np.maximum(context.rarity(f"{self.attribute}.word", words.vocabulary), np.float32(0.43))

        def compare(left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
            aligned = align_words(words.bag[left_idx], words.bag[right_idx], similarity, weights)
            levels = _word_set_levels(aligned)
            bits = np.where(levels == len(self.levels) - 1, aligned.shared_weight, np.float32(0))
            return (Compared(levels=levels, rarity_bits=bits),)

        return compare


def _word_set_levels(aligned: Alignment) -> NDArray[np.int8]:
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
