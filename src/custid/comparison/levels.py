"""Ready-made levels for dates, postcodes, identifiers, e-mails, addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.comparison.alignment import align_words
from custid.comparison.close_strings import CloseStrings
from custid.comparison.comparison import BindingContext
from custid.comparison.compiled_words import CompiledWords, Pool
from custid.comparison.local_parts import LocalPartsFromNames
from custid.comparison.remembered import remembered
from custid.comparison.signatures import character_signatures, signature_rows
from custid.comparison.value_comparison import BoundLevels
from custid.comparison.value_rows import (
    PARTIAL,
    area_of,
    beginning_of,
    date_digits,
    date_parts,
    numbered,
    packed_dates,
    side_by_side,
    string_table,
    word_matrix,
    word_weights,
)
from custid.comparison.word_similarity import WordSimilarity
from custid.table.packed import PackedStrings
from custid.table.utf8 import Utf8Strings

__all__ = ["AddressLevels", "DateLevels", "EmailLevels", "ErrorLevels", "PostcodeLevels", "grade_emails"]

_TOLERANCE = 1e-6
_NO_GAP = 9_999
_N_KNOWN_LEVELS = 1 << 17


def _choose(conditions: Sequence[NDArray[np.bool_]], n_pairs: int) -> NDArray[np.int8]:
    """Return the level of the first condition that holds: the first is the highest, none is 0."""
    levels = np.zeros(n_pairs, np.int8)
    for level, condition in zip(range(len(conditions), 0, -1), conditions, strict=True):
        levels[condition & (levels == 0)] = level
    return levels


def _written_by(write: Callable[..., None], *known: Any) -> BoundLevels:
    """Return what calls a kernel with what it knows, the pairs and the array of levels that it writes."""

    def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        write(*known, np.ascontiguousarray(left), np.ascontiguousarray(right), out)
        return out

    return grade


@frozen
class DateLevels:
    """Levels of two dates, complete or partial (``1980``, ``1980-06``, ``XXXX-12-25``)."""

    labels: tuple[str, ...] = (
        "else",
        "within ten years",
        "within two years",
        "same year",
        "two digits wrong",
        "same year and month or day",
        "same year, one of 1 January",
        "one digit wrong",
        "day and month swapped",
        "exact",
    )

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        year, month, day = date_parts(vocabulary)
        digits = date_digits(year, month, day)
        if context.is_compiled:
            from custid.kernels.value_levels import date_levels  # noqa: PLC0415  # loads numba

            return _written_by(date_levels, packed_dates(year, month, day, digits))
        is_vague = ((month == 1) & (day == 1)) | (month < 0)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            month_left, month_right, day_left, day_right = month[left], month[right], day[left], day[right]
            year_left, year_right = year[left], year[right]
            has_years = (year_left | year_right) >= 0
            gap = np.where(has_years, np.abs(year_left - year_right), np.int16(_NO_GAP))
            same_year = gap == 0
            same_month = (month_left == month_right) & (month_left >= 0)
            same_day = (day_left == day_right) & (day_left >= 0)
            swapped = same_year & (month_left == day_right) & (day_left == month_right) & (day_left >= 0)
            errors = _digit_errors(digits[left], digits[right])
            return _choose(
                [
                    swapped,
                    errors <= 1,
                    same_year & (is_vague[left] | is_vague[right]),
                    (same_year & (same_month | same_day)) | (same_month & same_day),
                    errors <= 2,
                    same_year,
                    gap <= 2,
                    gap <= 10,
                ],
                len(left),
            )

        return grade


def _digit_errors(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Digits that differ, two neighbors that changed places counted as one; 9 where a date is partial."""
    differs = _digits_set(left ^ right)
    errors = np.bitwise_count(differs)
    rows = np.flatnonzero(errors == 2)
    first, second = left[rows], right[rows]
    # A digit equal to its neighbor of the other date, on both sides: the neighbors have changed places.
    crosswise = _digits_set((first >> np.uint32(4)) ^ second) | _digits_set(first ^ (second >> np.uint32(4)))
    is_swapped = (~crosswise & differs[rows] & (differs[rows] >> np.uint32(4))) != 0
    errors[rows[is_swapped]] = 1
    errors[(left == PARTIAL) | (right == PARTIAL)] = 9
    return errors


def _digits_set(digits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Lowest bit of each group of four bits that are not all 0."""
    pairs: NDArray[np.uint32] = digits | (digits >> np.uint32(2))
    return (pairs | (pairs >> np.uint32(1))) & np.uint32(0x11111111)


@frozen
class PostcodeLevels:
    """Levels of two postcodes: one error, the same area, the same two first characters."""

    labels: tuple[str, ...] = ("else", "same two first characters", "same area", "one error", "exact")

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        area = numbered(list(map(area_of, vocabulary)))
        start = numbered(list(map(beginning_of, vocabulary)))
        if context.is_compiled:
            from custid.kernels.value_levels import postcode_levels  # noqa: PLC0415  # loads numba

            return _written_by(postcode_levels, string_table(vocabulary, side_by_side(area, start)))
        strings = CloseStrings(vocabulary)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            errors = strings.errors(left, right, at_most=1)
            return _choose([errors <= 1, area[left] == area[right], start[left] == start[right]], len(left))

        return remembered(grade, len(vocabulary), np.int8)


@frozen
class ErrorLevels:
    """Levels of two codes by the number of typing errors between them.

    Attributes
    ----------
    max_errors : int
        Errors of the level next to else.
    n_last : int, optional
        Compare the last so many symbols only, as the prefix of a phone number may be written or not.
    """

    max_errors: int = 2
    n_last: int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels from else to exact."""
        named = {1: "one error", 2: "two errors"}
        return (
            "else",
            *(named.get(number, f"{number} errors") for number in range(self.max_errors, 0, -1)),
            "exact",
        )

    def compared_part(self, value: str) -> str:
        """Return what of a value is compared."""
        return value[-self.n_last :] if self.n_last else value

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        values = list(map(self.compared_part, vocabulary)) if self.n_last else vocabulary
        if context.is_compiled:
            from custid.kernels.value_levels import error_levels  # noqa: PLC0415  # loads numba

            return _written_by(error_levels, self.max_errors, string_table(values))
        strings = CloseStrings(values)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            errors = np.maximum(strings.errors(left, right, at_most=self.max_errors), 1)
            return (self.max_errors + 1 - errors).astype(np.int8)

        return remembered(grade, len(vocabulary), np.int8)


@frozen
class EmailLevels:
    """Levels of two e-mail addresses.

    An address that is made of its owner's name says little more than the name: two people of one name have
    ``anne.petit`` here and ``anne_petit4`` there.  So where both local parts are spelled from names that are common in
    the data, differing numbers in them make the addresses differ, and none at all make a level of its own.
    """

    labels: tuple[str, ...] = (
        "else",
        "made of like names",
        "similar local part",
        "same local part",
        "two errors",
        "exact",
    )
    min_similarity: float = 0.92

    @property
    def least_similarity(self) -> float:
        """The least similarity of local parts that counts, rounding given away."""
        return max(self.min_similarity - _TOLERANCE, 0.0)

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        local = [value.partition("@")[0] for value in vocabulary]
        return grade_emails(self._alike(vocabulary, local, context), LocalPartsFromNames(local, context.is_known))

    def _alike(self, vocabulary: Sequence[str], local: Sequence[str], context: BindingContext) -> BoundLevels:
        """Return what tells 3 for up to two errors, 2 for one local part, 1 for similar local parts, 0 else."""
        local_number = numbered(local)
        if context.is_compiled:
            from custid.kernels.value_levels import email_levels  # noqa: PLC0415  # loads numba

            lengths = np.fromiter(map(len, local), np.int32, len(local))
            signatures = character_signatures(PackedStrings.from_strings(local))
            table = string_table(vocabulary, signatures, side_by_side(local_number, lengths))
            return _written_by(email_levels, self.least_similarity, table)
        strings, local_strings = CloseStrings(vocabulary), CloseStrings(local)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            errors = strings.errors(left, right, at_most=2)
            similarity = local_strings.similarity(left, right, at_least=self.min_similarity)
            return _choose([errors <= 2, local_number[left] == local_number[right], similarity > 0], len(left))

        return remembered(grade, len(vocabulary), np.int8)


def grade_emails(alike: BoundLevels, from_names: LocalPartsFromNames) -> BoundLevels:
    """Return the grades of e-mail addresses, given how alike they are.

    Parameters
    ----------
    alike : callable
        Tells 3 for up to two errors, 2 for one local part, 1 for similar local parts, 0 else.
    from_names : LocalPartsFromNames
        Tells which local parts are spelled from names.

    Returns
    -------
    callable
        Takes codes of differing addresses, returns levels.
    """

    def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        levels = alike(left, right)
        rows = np.flatnonzero(levels)
        if not len(rows):
            return levels
        # A level of its own stands below those of addresses that are alike.
        levels[rows] += 1
        is_spelled, numbers_differ, has_numbers = from_names.compare(left[rows], right[rows])
        levels[rows[is_spelled & ~has_numbers]] = 1
        levels[rows[is_spelled & numbers_differ]] = 0
        return levels

    return grade


@frozen
class AddressLevels:
    """Levels of two streets or places, by the whole and word by word.

    Words weigh by how few of the distinct values have them, as the context counts them: ``rue`` next to nothing.
    """

    labels: tuple[str, ...] = ("else", "some words alike", "alike", "nearly equal", "exact")

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        words_of = [value.split() for value in vocabulary]
        words = sorted(set(chain.from_iterable(words_of)))
        matrix = word_matrix(words_of, words)
        at_hand = np.bincount(matrix[matrix >= 0], minlength=len(words)).astype(np.int64)
        weights = word_weights(*context.word_counts(context.attribute, words, at_hand, len(matrix)))
        similarity = WordSimilarity(words, is_compiled=context.is_compiled)
        if similarity.compiled is not None:
            return _compiled_addresses(vocabulary, matrix, weights, similarity.compiled)
        strings = CloseStrings(vocabulary)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            whole = strings.similarity(left, right, at_least=0.88)
            aligned = align_words(matrix[left], matrix[right], similarity, weights)
            several = aligned.n_aligned > 1
            return _choose(
                [
                    (whole >= 0.95 - _TOLERANCE) | (several & (aligned.lowest >= 0.9 - _TOLERANCE)),
                    (whole > 0) | (aligned.mean >= 0.85 - _TOLERANCE),
                    aligned.mean >= 0.6 - _TOLERANCE,
                ],
                len(left),
            )

        return remembered(grade, len(vocabulary), np.int8)


def _compiled_addresses(
    vocabulary: Sequence[str], matrix: NDArray[np.int32], weights: NDArray[np.float32], words: CompiledWords
) -> BoundLevels:
    from custid.kernels.address_levels import AddressTable, address_levels  # noqa: PLC0415  # loads numba

    packed = Utf8Strings.of(vocabulary).packed()
    table = AddressTable(packed.data, signature_rows(packed), matrix, words.table, weights)
    memories = Pool(lambda: np.full(_N_KNOWN_LEVELS, -1, np.int64))

    def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
        known_levels = memories.take()
        with words.room(matrix.shape[1]) as (known, grids):
            address_levels(table, known_levels, known, grids, left, right, out)
        memories.give(known_levels)
        return out

    return grade
