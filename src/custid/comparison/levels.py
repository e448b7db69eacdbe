"""Ready-made levels for dates, postcodes, identifiers, e-mails, addresses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.comparison.alignment import align_words
from custid.comparison.comparison import BindingContext
from custid.comparison.string_metrics import jaro_winkler_similarity_pairs, osa_distance_pairs
from custid.comparison.value_comparison import BoundLevels
from custid.comparison.word_similarity import word_similarity

__all__ = ["AddressLevels", "DateLevels", "EmailLevels", "ErrorLevels", "PostcodeLevels"]

_TOLERANCE = 1e-9
_MAX_ADDRESS_WORDS = 12


def _choose(conditions: Sequence[NDArray[np.bool_]], n_pairs: int) -> NDArray[np.int8]:
    """Return the level of the first condition that holds: the first is the highest, none is 0."""
    levels = np.zeros(n_pairs, np.int8)
    for level, condition in zip(range(len(conditions), 0, -1), conditions, strict=True):
        levels[condition & (levels == 0)] = level
    return levels


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

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:  # noqa: ARG002 - the protocol's
        """Prepare for the values of a vocabulary."""
        year, month, day = _date_parts(vocabulary)
        digits = _date_digits(year, month, day)
        is_vague = ((month == 1) & (day == 1)) | (month < 0)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            gap = np.abs(year[left] - year[right])
            has_years = (year[left] >= 0) & (year[right] >= 0)
            same_year = has_years & (gap == 0)
            same_month = (month[left] == month[right]) & (month[left] >= 0)
            same_day = (day[left] == day[right]) & (day[left] >= 0)
            swapped = same_year & (month[left] == day[right]) & (day[left] == month[right]) & (day[left] >= 0)
            errors = _digit_errors(digits[left], digits[right])
            return _choose(
                [
                    swapped,
                    errors <= 1,
                    same_year & (is_vague[left] | is_vague[right]),
                    (same_year & (same_month | same_day)) | (same_month & same_day),
                    errors <= 2,  # noqa: PLR2004 - two digits wrong
                    same_year,
                    has_years & (gap <= 2),  # noqa: PLR2004 - within two years
                    has_years & (gap <= 10),  # noqa: PLR2004 - within ten years
                ],
                len(left),
            )

        return grade


def _date_parts(vocabulary: Sequence[str]) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    parts = np.full((len(vocabulary), 3), -1, np.int16)
    for row, value in enumerate(vocabulary):
        for position, part in enumerate(value.split("-")[:3]):
            if part.isdigit():
                parts[row, position] = int(part)
    return parts[:, 0], parts[:, 1], parts[:, 2]


def _date_digits(year: NDArray[np.int16], month: NDArray[np.int16], day: NDArray[np.int16]) -> NDArray[np.int8]:
    """Eight digits of each complete date; a partial one has digits of its own that agree with none."""
    is_full = (year >= 0) & (month >= 0) & (day >= 0)
    digits = np.stack(
        [year // 1000, year // 100 % 10, year // 10 % 10, year % 10, month // 10, month % 10, day // 10, day % 10], axis=1
    ).astype(np.int8)
    digits[~is_full] = -1
    return digits


def _digit_errors(left: NDArray[np.int8], right: NDArray[np.int8]) -> NDArray[np.int64]:
    """Digits that differ, two neighbors that changed places counted as one; 9 where a date is partial."""
    differs = left != right
    errors = differs.sum(axis=1)
    swapped = (left[:, :-1] == right[:, 1:]) & (left[:, 1:] == right[:, :-1]) & differs[:, :-1]
    errors[(errors == 2) & swapped.any(axis=1)] = 1  # noqa: PLR2004 - exactly the two neighbors differ
    errors[(left[:, 0] < 0) | (right[:, 0] < 0)] = 9
    return errors


@frozen
class PostcodeLevels:
    """Levels of two postcodes: one error, the same area, the same two first characters."""

    labels: tuple[str, ...] = ("else", "same two first characters", "same area", "one error", "exact")

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        area = _numbered([value[: max(2, len(value) - 3)] for value in vocabulary])
        start = _numbered([value[:2] for value in vocabulary])

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            errors = osa_distance_pairs(vocabulary, left, right, executor=context.executor)
            return _choose([errors <= 1, area[left] == area[right], start[left] == start[right]], len(left))

        return grade


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

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        values = [value[-self.n_last :] for value in vocabulary] if self.n_last else vocabulary

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            errors = osa_distance_pairs(values, left, right, executor=context.executor)
            return _choose([errors <= number for number in range(1, self.max_errors + 1)], len(left))

        return grade


@frozen
class EmailLevels:
    """Levels of two e-mail addresses."""

    labels: tuple[str, ...] = ("else", "similar local part", "same local part", "two errors", "exact")
    min_similarity: float = 0.92

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        local = [value.partition("@")[0] for value in vocabulary]
        local_number = _numbered(local)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            errors = osa_distance_pairs(vocabulary, left, right, executor=context.executor)
            similarity = jaro_winkler_similarity_pairs(local, left, right, executor=context.executor)
            return _choose(
                [errors <= 2, local_number[left] == local_number[right], similarity >= self.min_similarity - _TOLERANCE],  # noqa: PLR2004
                len(left),
            )

        return grade


@frozen
class AddressLevels:
    """Levels of two streets or places, by the whole and word by word."""

    labels: tuple[str, ...] = ("else", "some words alike", "alike", "nearly equal", "exact")

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        words = sorted({word for value in vocabulary for word in value.split()})
        position = {word: code for code, word in enumerate(words)}
        matrix = _word_matrix(vocabulary, position)
        similarity = word_similarity(words, context.executor)
        weights = _word_weights(matrix, len(words))

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            whole = jaro_winkler_similarity_pairs(vocabulary, left, right, executor=context.executor)
            aligned = align_words(matrix[left], matrix[right], similarity, weights)
            several = aligned.n_aligned > 1
            return _choose(
                [
                    (whole >= 0.95 - _TOLERANCE) | (several & (aligned.lowest >= 0.9 - _TOLERANCE)),
                    (whole >= 0.88 - _TOLERANCE) | (aligned.mean >= 0.85 - _TOLERANCE),
                    aligned.mean >= 0.6 - _TOLERANCE,
                ],
                len(left),
            )

        return grade


def _word_matrix(vocabulary: Sequence[str], position: dict[str, int]) -> NDArray[np.int32]:
    rows = [sorted({position[word] for word in value.split()})[:_MAX_ADDRESS_WORDS] for value in vocabulary]
    matrix = np.full((len(rows), max(map(len, rows), default=1)), -1, np.int32)
    for row, codes in enumerate(rows):
        matrix[row, : len(codes)] = codes
    return matrix


def _word_weights(matrix: NDArray[np.int32], n_words: int) -> NDArray[np.float32]:
    """Inverse document frequency over the distinct values, 0.3 at least so that no word is worthless."""
    counts = np.bincount(matrix[matrix >= 0], minlength=n_words)
    return np.maximum(np.log((len(matrix) + 1) / np.maximum(counts, 1)), 0.3).astype(np.float32)


def _numbered(values: Sequence[str]) -> NDArray[np.int32]:
    number: dict[str, int] = {}
    return np.fromiter((number.setdefault(value, len(number)) for value in values), np.int32, len(values))


