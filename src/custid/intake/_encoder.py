"""The columns of one attribute over all sources: one vocabulary of canonical values, a code per row and column."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.intake.conventions import Conventions, name_order_of
from custid.model.attributes import ATTRIBUTES
from custid.standardize.date import is_day_first, standardize_date
from custid.standardize.name import standardize_full_name
from custid.standardize.prohibited import LIKE_NATIONAL_NUMBER, without_national_numbers
from custid.standardize.registry import STANDARDIZERS
from custid.standardize.values import Standardized, Standardizer
from custid.table.utf8 import Utf8Strings

__all__ = [
    "DATE_PARTS",
    "MAX_CANONICAL_CHARACTERS",
    "Column",
    "Encoded",
    "EncodedAttribute",
    "as_array",
    "bounded",
    "encode",
    "standardizer_of",
]

DATE_PARTS = {"birth_year": (1000, 2100), "birth_month": (1, 12), "birth_day": (1, 31)}
"""Least and greatest number of each part that a date may come in."""

# No name or address is longer.  Without a bound, one field of a megabyte would cost more than all others together.
_MAX_RAW_CHARACTERS = 1024
MAX_CANONICAL_CHARACTERS = 256
# With fewer distinct values, loading what handles whole columns takes longer than asking the standardizer for each.
_MANY_VALUES = 5_000

Encoded = tuple[Sequence[str], NDArray[np.int32]]


@frozen(kw_only=True, eq=False)
class Column:
    """One column of one source.

    Attributes
    ----------
    texts : pyarrow.ChunkedArray
        Its raw values, of type ``string``; null is missing.
    slot : int
        Position among the columns of its attribute in its source, from 0.
    first_row : int
        Row of the result in which it begins.
    name : str
        What it is called.
    conventions : Conventions
        In which order parts of dates and names stand; decided from the values where it does not say.
    """

    texts: pa.ChunkedArray = field(repr=False)
    slot: int
    first_row: int
    name: str = ""
    conventions: Conventions = field(factory=Conventions)


@frozen(kw_only=True, eq=False)
class EncodedAttribute:
    """The canonical values of one attribute.

    Attributes
    ----------
    values : (vocabulary, codes)
        Distinct canonical values, and an int32 array of shape (n_rows, n_slots) of positions in them, -1 for missing.
    issues : dict of str to int
        How many values in rows have each issue.
    """

    values: Encoded = field(repr=False)
    issues: dict[str, int]


def encode(
    attribute: str,
    columns: Sequence[Column],
    n_rows: int,
    standardizer: Standardizer | None = None,
) -> EncodedAttribute:
    """Standardize the columns of one attribute, each distinct raw value once per column.

    Parameters
    ----------
    attribute : str
        The attribute.
    columns : sequence of Column
        Its columns; at least one.
    n_rows : int
        Number of rows of the result.
    standardizer : Standardizer, optional
        One of the user's, which is asked for every distinct value; the built-in one when not given.

    Returns
    -------
    EncodedAttribute
        Values and issues.

    Raises
    ------
    ConfigurationError
        If the user's standardizer returns something else than a `Standardized`.
    """
    vocabulary = _Vocabulary()
    issues: dict[str, int] = {}
    coded: list[tuple[Column, NDArray[np.int32], NDArray[np.int32]]] = []
    for column in columns:
        encoded = as_array(column.texts).dictionary_encode()
        raw, indices = encoded.dictionary, np.asarray(encoded.indices.fill_null(-1), np.int32)
        provisional, issue_of = _provisional(_task(attribute, raw, column, standardizer), raw, vocabulary)
        coded.append((column, indices, provisional))
        if issue_of:
            counts = np.bincount(indices[indices >= 0], minlength=len(raw))
            for issue, positions in issue_of.items():
                issues[issue] = issues.get(issue, 0) + int(counts[positions].sum())
    texts, code_of = vocabulary.settled()
    codes = np.full((n_rows, 1 + max(column.slot for column in columns)), -1, np.int32)
    for column, indices, provisional in coded:
        codes[column.first_row : column.first_row + len(indices), column.slot] = code_of[provisional][indices]
    return EncodedAttribute(values=(texts, codes), issues=issues)


def as_array(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    combined = column.combine_chunks()
    # Depending on its release, pyarrow keeps an empty column chunked.
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


@frozen(kw_only=True)
class _Task:
    """How the values of one column are standardized."""

    attribute: str
    standardize: Standardizer
    is_own: bool
    name: str = ""
    conventions: Conventions = field(factory=Conventions)


def _task(attribute: str, raw: pa.StringArray, column: Column, own: Standardizer | None) -> _Task:
    if own is not None:
        return _Task(attribute=attribute, standardize=own, is_own=True)
    name, conventions = _standardizer_name(attribute), column.conventions
    if name == "date" and conventions.day_first is None:
        conventions = evolve(conventions, day_first=is_day_first(_not_iso(raw).to_pylist()))
    if name == "full_name" and conventions.family_first is None:
        conventions = evolve(conventions, family_first=name_order_of(raw.to_pylist(), column.name))
    return _Task(
        attribute=attribute,
        standardize=standardizer_of(attribute, conventions),
        is_own=False,
        name=name,
        conventions=conventions,
    )


def standardizer_of(attribute: str, conventions: Conventions) -> Standardizer:
    """Return what standardizes the values of an attribute, but for their length.

    Parameters
    ----------
    attribute : str
        The attribute.
    conventions : Conventions
        In which order parts of dates and names stand; where it does not say, each value is read by itself.

    Returns
    -------
    Standardizer
        The built-in one.
    """
    name = _standardizer_name(attribute)
    if name == "date":
        day_first = conventions.day_first
        return _date if day_first is None else partial(standardize_date, day_first=day_first)
    if name == "full_name" and conventions.family_first:
        return partial(standardize_full_name, family_first=True)
    return STANDARDIZERS.get(name, _number if attribute in DATE_PARTS else STANDARDIZERS["category"])


def _standardizer_name(attribute: str) -> str:
    declared = ATTRIBUTES.get(attribute)
    return declared.standardizer if declared is not None else ""


def _date(raw: str) -> Standardized:
    return standardize_date(raw, day_first=is_day_first([raw]))


def _not_iso(raw: pa.StringArray) -> pa.StringArray:
    """Leave out what is plainly an ISO date, and says nothing about the order of day and month."""
    if len(raw) < _MANY_VALUES:
        return raw
    import pyarrow.compute as pc  # noqa: PLC0415 - see _MANY_VALUES

    from custid.standardize._well_formed import is_iso_date  # noqa: PLC0415

    return raw.filter(pc.invert(is_iso_date(raw)))


def _provisional(
    task: _Task, raw: pa.StringArray, vocabulary: _Vocabulary
) -> tuple[NDArray[np.int32], dict[str, list[int]]]:
    """Return the provisional code of each raw value, -1 appended for the missing, and the positions of each issue."""
    codes = np.full(len(raw) + 1, -1, np.int32)
    found = _well_formed(task, raw)
    rest = np.arange(len(raw)) if found is None else np.flatnonzero(found.is_null())
    issue_of: dict[str, list[int]] = {}
    for position, text in zip(rest.tolist(), raw.take(pa.array(rest)).to_pylist(), strict=True):
        value, issue = bounded(task.standardize, text, task.attribute)
        if value:
            codes[position] = vocabulary.code(value)
        if issue:
            issue_of.setdefault(issue, []).append(position)
    if found is not None:
        is_found = np.asarray(found.is_valid())
        codes[:-1][is_found] = np.flatnonzero(is_found) + vocabulary.first_code_of(found)
    return codes, issue_of


def _well_formed(task: _Task, raw: pa.StringArray) -> pa.StringArray | None:
    """Return the canonical values of what is plainly well-formed, null elsewhere; None where it is not worth while."""
    if task.is_own or len(raw) < _MANY_VALUES or (task.name == "full_name" and task.conventions.family_first):
        return None
    from custid.standardize._well_formed import WELL_FORMED, standardize_well_formed  # noqa: PLC0415 - see _MANY_VALUES

    if task.name not in WELL_FORMED:
        return None
    import pyarrow.compute as pc  # noqa: PLC0415 - see _MANY_VALUES

    # Whatever looks like a social security number is left to the standardizer behind `bounded`.
    is_open = pc.match_substring_regex(raw, LIKE_NATIONAL_NUMBER)
    found = standardize_well_formed(task.name, raw, day_first=task.conventions.day_first)
    if found is None or not pc.any(is_open).as_py():
        return found
    from custid._nulls import without  # noqa: PLC0415 - see _MANY_VALUES

    return without(found, is_open)


class _Vocabulary:
    """Canonical values: single ones, and whole arrays, of which no value becomes an object of its own.

    Which values of arrays are equal is found out once all have come. Until then codes are provisional: from 0 for the
    values of arrays, from -2 downward for single ones, and -1 for none.
    """

    def __init__(self) -> None:
        self._code_of: dict[str, int] = {}
        self._arrays: list[pa.StringArray] = []
        self._n_in_arrays = 0

    def code(self, text: str) -> int:
        """Return the provisional code of one value."""
        return -2 - self._code_of.setdefault(text, len(self._code_of))

    def first_code_of(self, texts: pa.StringArray) -> int:
        """Take values, null for none; return the provisional code of the first, which those of the others follow."""
        self._arrays.append(texts)
        self._n_in_arrays += len(texts)
        return self._n_in_arrays - len(texts)

    def settled(self) -> tuple[Sequence[str], NDArray[np.int32]]:
        """Return the distinct values, and the code of each provisional one, by which it can be indexed."""
        n_single = len(self._code_of)
        places = np.arange(n_single, dtype=np.int32)
        texts: Sequence[str] = tuple(self._code_of)
        if self._arrays:
            distinct = pa.concat_arrays([*self._arrays, pa.array(texts, pa.string())]).dictionary_encode()
            texts, places = (
                Utf8Strings.of_array(distinct.dictionary),
                np.asarray(distinct.indices.fill_null(-1), np.int32),
            )
        of_arrays, of_single = places[: self._n_in_arrays], places[self._n_in_arrays :]
        return texts, np.concatenate([of_arrays, of_single[::-1], [np.int32(-1)]], dtype=np.int32)


def bounded(standardize: Standardizer, text: str, attribute: str) -> Standardized:
    """Standardize a value, whatever its length.

    Parameters
    ----------
    standardize : Standardizer
        What standardizes it.
    text : str
        The raw value.
    attribute : str
        Its attribute, for errors.

    Returns
    -------
    Standardized
        Of the first 1,024 characters, at most 256; cut ones have the issue ``"truncated"``.  French social security
        numbers, masked or not, say nothing.

    Raises
    ------
    ConfigurationError
        If the standardizer returns something else than a `Standardized`.
    """
    text = without_national_numbers(text)
    is_short = len(text) <= _MAX_RAW_CHARACTERS
    found = standardize(text if is_short else text[:_MAX_RAW_CHARACTERS])
    if not isinstance(found, tuple):
        raise ConfigurationError(
            f"standardizers: {attribute!r}: expected it to return a Standardized, got {type(found).__name__}.",
            hint="Return custid.standardize.Standardized(value).",
        )
    value, issue = found
    if is_short and len(value) <= MAX_CANONICAL_CHARACTERS:
        return found
    return Standardized(value[:MAX_CANONICAL_CHARACTERS].rstrip(), "truncated" if value else issue or "truncated")


def _number(raw: str) -> Standardized:
    text = raw.strip().removesuffix(".0").lstrip("0")
    return Standardized(text if text.isascii() and text.isdigit() and len(text) <= len("1980") else "")
