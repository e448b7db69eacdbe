"""From columns of text to the canonical values of each attribute, over all sources of a run."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.intake._intake import Intake
from custid.intake.detection import Mapping
from custid.model.attributes import ATTRIBUTES, Evidence
from custid.standardize.date import is_day_first, standardize_date
from custid.standardize.registry import STANDARDIZERS
from custid.standardize.values import Standardized, Standardizer

__all__ = ["CanonicalValues", "GenericValue", "SourceInput", "StandardizationNotice", "canonical_values"]

_DATE_PARTS = ("birth_year", "birth_month", "birth_day")
_SHARED_ATTRIBUTES = ("email", "phone", "national_id", "loyalty_card")
_MIN_NAMES_OF_GENERIC = 10
_Encoded = tuple[tuple[str, ...], NDArray[np.int32]]


@frozen(kw_only=True, eq=False)
class SourceInput:
    """One source: its rows and what its columns mean."""

    name: str
    intake: Intake
    mapping: Mapping


@frozen(kw_only=True)
class StandardizationNotice:
    """How often an issue was met in one attribute.

    Attributes
    ----------
    attribute : str
        The attribute.
    issue : str
        Code of the issue, for example ``"placeholder"`` or ``"invalid_date"``.
    n_rows : int
        Values in rows with that issue.
    """

    attribute: str
    issue: str
    n_rows: int


@frozen(kw_only=True)
class GenericValue:
    """A value that so many unlike people share that it identifies nobody.

    Attributes
    ----------
    attribute : str
        The attribute.
    n_rows : int
        Rows that hold the value.
    n_names : int
        Distinct family names among them.
    """

    attribute: str
    n_rows: int
    n_names: int


@frozen(kw_only=True, eq=False)
class CanonicalValues:
    """The canonical values of all rows.

    Attributes
    ----------
    values : Mapping of str to (vocabulary, codes)
        For each attribute a vocabulary and an int32 array of codes of shape (n_rows, n_columns), -1 for missing.
    source_of_row : ndarray of int32, shape (n_rows,)
        Position in ``sources``.
    sources : tuple of str
        Names of the sources, sorted.
    notices : tuple of StandardizationNotice
        Issues met, by attribute and code.
    generic : tuple of GenericValue
        Values taken for missing since many unlike people share them.
    """

    values: MappingABC[str, _Encoded] = field(repr=False)
    source_of_row: NDArray[np.int32] = field(repr=False)
    sources: tuple[str, ...]
    notices: tuple[StandardizationNotice, ...] = ()
    generic: tuple[GenericValue, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.source_of_row)


def canonical_values(
    inputs: Sequence[SourceInput],
    *,
    standardizers: MappingABC[str, Standardizer] | None = None,
    day_first: bool | None = None,
) -> CanonicalValues:
    """Standardize the columns of all sources.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows in the result.
    standardizers : Mapping of str to Standardizer, optional
        Standardizers by attribute that replace the built-in ones.
    day_first : bool, optional
        Whether ambiguous dates begin with the day; decided for each column from its values when not given.

    Returns
    -------
    CanonicalValues
        Attributes that no column holds are left out; so are those that are never compared.
    """
    encoder = _Encoder(standardizers or {}, day_first)
    source_of_row, names = _sources(inputs)
    offset = 0
    for each in inputs:
        encoder.add(each, offset, len(source_of_row))
        offset += each.intake.table.num_rows
    values = encoder.values
    _join_date_parts(values)
    _split_full_names(values)
    generic = _drop_generic_values(values)
    return CanonicalValues(
        values=values,
        source_of_row=source_of_row,
        sources=names,
        notices=encoder.notices(),
        generic=tuple(generic),
    )


def _sources(inputs: Sequence[SourceInput]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    per_row: list[str] = []
    for each in inputs:
        n_rows = each.intake.table.num_rows
        if each.mapping.source is None:
            per_row.extend([each.name] * n_rows)
        else:
            column = each.intake.table.column(each.mapping.source).to_pylist()
            per_row.extend(each.name if value is None else value for value in column)
    names = sorted(set(per_row))
    position = {name: number for number, name in enumerate(names)}
    return np.fromiter((position[name] for name in per_row), np.int32, len(per_row)), tuple(names)


class _Encoder:
    """Collects the values of each attribute over columns and sources."""

    def __init__(self, standardizers: MappingABC[str, Standardizer], day_first: bool | None) -> None:
        self._standardizers = standardizers
        self._day_first = day_first
        self._vocabulary: dict[str, dict[str, int]] = {}
        self._codes: dict[str, list[NDArray[np.int32]]] = {}
        self._issues: dict[tuple[str, str], int] = {}

    def add(self, source: SourceInput, offset: int, n_rows: int) -> None:
        """Standardize the columns of one source; its rows begin at ``offset`` of ``n_rows``."""
        for attribute, columns in source.mapping.attributes.items():
            declared = ATTRIBUTES.get(attribute)
            if declared is not None and declared.evidence in {Evidence.NONE, Evidence.BANNED}:
                continue
            slots = self._codes.setdefault(attribute, [])
            while len(slots) < len(columns):
                slots.append(np.full(n_rows, -1, np.int32))
            for slot, column in zip(slots, columns, strict=False):
                codes = self._column(attribute, source.intake.table.column(column))
                slot[offset : offset + len(codes)] = codes

    def _column(self, attribute: str, column: pa.ChunkedArray) -> NDArray[np.int32]:
        encoded = column.combine_chunks().dictionary_encode()
        raw = encoded.dictionary.to_pylist()
        indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        standardize = self._standardizer(attribute, raw)
        vocabulary = self._vocabulary.setdefault(attribute, {})
        recode = np.full(len(raw) + 1, -1, np.int32)
        issue_of: dict[str, list[int]] = {}
        for position, text in enumerate(raw):
            value, issue = standardize(text)
            if value:
                recode[position] = vocabulary.setdefault(value, len(vocabulary))
            if issue:
                issue_of.setdefault(issue, []).append(position)
        if issue_of:
            counts = np.bincount(indices[indices >= 0], minlength=len(raw))
            for issue, positions in issue_of.items():
                key = (attribute, issue)
                self._issues[key] = self._issues.get(key, 0) + int(counts[positions].sum())
        return recode[indices]

    def _standardizer(self, attribute: str, raw: Sequence[str]) -> Standardizer:
        if attribute in self._standardizers:
            return self._standardizers[attribute]
        declared = ATTRIBUTES.get(attribute)
        name = declared.standardizer if declared is not None else ""
        if name == "date":
            day_first = is_day_first(raw) if self._day_first is None else self._day_first
            return lambda text: standardize_date(text, day_first=day_first)
        return STANDARDIZERS.get(name, _number if attribute in _DATE_PARTS else STANDARDIZERS["category"])

    @property
    def values(self) -> dict[str, _Encoded]:
        """Vocabulary and codes of each attribute."""
        return {
            attribute: (tuple(self._vocabulary.get(attribute, ())), np.stack(slots, axis=1))
            for attribute, slots in sorted(self._codes.items())
        }

    def notices(self) -> tuple[StandardizationNotice, ...]:
        """Return the issues met."""
        return tuple(
            StandardizationNotice(attribute=attribute, issue=issue, n_rows=count)
            for (attribute, issue), count in sorted(self._issues.items())
        )


def _number(raw: str) -> Standardized:
    text = raw.strip().removesuffix(".0")
    return Standardized(str(int(text)) if text.isascii() and text.isdigit() else "")


def _join_date_parts(values: dict[str, _Encoded]) -> None:
    """Make birth dates of columns for year, month and day."""
    parts = {name: values.pop(name) for name in _DATE_PARTS if name in values}
    if not parts or "birth_date" in values:
        return
    n_rows = len(next(iter(parts.values()))[1])
    columns = []
    for name in _DATE_PARTS:
        vocabulary, codes = parts.get(name, ((), np.full((n_rows, 1), -1, np.int32)))
        numbers = np.array([int(value) for value in vocabulary] + [-1], np.int64)
        columns.append(numbers[codes[:, 0]])
    combined = columns[0] * 10_000 + columns[1] * 100 + columns[2]
    distinct, inverse = np.unique(combined, return_inverse=True)
    first = np.zeros(len(distinct), np.int64)
    first[inverse[::-1]] = np.arange(n_rows)[::-1]
    dates = [_date_of_parts(*(int(column[row]) for column in columns)) for row in first]
    vocabulary = tuple(sorted({date for date in dates if date}))
    position = {date: code for code, date in enumerate(vocabulary)}
    recode = np.array([position.get(date, -1) for date in dates], np.int32)
    values["birth_date"] = (vocabulary, recode[inverse][:, None])


def _date_of_parts(year: int, month: int, day: int) -> str:
    known_day = f"-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""  # noqa: PLR2004 - calendar
    if not 1000 <= year <= 2100:  # noqa: PLR2004 - four digits, not in the far future
        return f"XXXX{known_day}" if known_day else ""
    if known_day:
        return standardize_date(f"{year}{known_day}").value
    return f"{year}-{month:02d}" if 1 <= month <= 12 else str(year)  # noqa: PLR2004 - calendar


def _split_full_names(values: dict[str, _Encoded]) -> None:
    """Give rows that have a full name only a given and a family name: the last word is the family name.

    A wrong guess costs little, since names are compared across columns too.
    """
    if "full_name" not in values:
        return
    vocabulary, full = values["full_name"]
    n_rows = len(full)
    slots = {name: values.get(name, ((), np.full((n_rows, 1), -1, np.int32))) for name in ("given_name", "family_name")}
    is_bare = (full[:, 0] >= 0) & np.all([(codes < 0).all(axis=1) for _, codes in slots.values()], axis=0)
    if not is_bare.any():
        return
    split = [value.rpartition(" ") for value in vocabulary]
    parts = {"given_name": [given for given, _, _ in split], "family_name": [family for _, _, family in split]}
    for name, texts in parts.items():
        known, codes = slots[name]
        position = {value: code for code, value in enumerate(known)}
        recode = np.array([position.setdefault(text, len(position)) if text else -1 for text in texts], np.int32)
        codes = codes.copy()
        codes[is_bare, 0] = recode[full[is_bare, 0]]
        values[name] = (tuple(position), codes)


def _drop_generic_values(values: dict[str, _Encoded]) -> list[GenericValue]:
    """Blank contact data and identifiers that ten or more different family names share; changes ``values``."""
    if "family_name" not in values:
        return []
    family = values["family_name"][1][:, 0]
    found = []
    for attribute in _SHARED_ATTRIBUTES:
        if attribute not in values:
            continue
        vocabulary, codes = values[attribute]
        rows, slots = np.nonzero((codes >= 0) & (family >= 0)[:, None])
        pairs = np.unique(np.stack([codes[rows, slots], family[rows]], axis=1), axis=0)
        n_names = np.bincount(pairs[:, 0], minlength=len(vocabulary))
        n_rows = np.bincount(codes[rows, slots], minlength=len(vocabulary))
        generic = np.flatnonzero(n_names >= _MIN_NAMES_OF_GENERIC)
        if len(generic):
            codes = np.where(np.isin(codes, generic), np.int32(-1), codes)
            values[attribute] = (vocabulary, codes)
        found.extend(
            GenericValue(attribute=attribute, n_rows=int(n_rows[code]), n_names=int(n_names[code])) for code in generic
        )
    return sorted(found, key=lambda value: (value.attribute, -value.n_rows, value.n_names))
