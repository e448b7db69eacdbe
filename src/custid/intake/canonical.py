"""From columns of text to the canonical values of each attribute, over all sources of a run."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.intake._intake import Intake
from custid.intake.detection import Mapping
from custid.model.attributes import ATTRIBUTES
from custid.standardize.date import is_day_first, standardize_date
from custid.standardize.registry import STANDARDIZERS
from custid.standardize.values import Standardized, Standardizer

__all__ = ["CanonicalValues", "GenericValue", "SourceInput", "StandardizationNotice", "canonical_values"]

_DATE_PARTS = {"birth_year": (1000, 2100), "birth_month": (1, 12), "birth_day": (1, 31)}
_SHARED_ATTRIBUTES = ("email", "phone", "national_id", "loyalty_card")
_MIN_NAMES_OF_GENERIC = 10
# No name or address is longer.  Without a bound, one field of a megabyte would cost more than all others together.
_MAX_RAW_CHARACTERS = 1024
_MAX_CANONICAL_CHARACTERS = 256
_Encoded = tuple[tuple[str, ...], NDArray[np.int32]]


@frozen(kw_only=True, eq=False)
class SourceInput:
    """One source: its rows and what its columns mean.

    Attributes
    ----------
    name : str
        Name of the source.
    intake : Intake
        Its rows.
    mapping : Mapping
        What its columns hold.
    day_first : bool or None
        Whether ambiguous dates begin with the day; decided for each column from its values when None.
    """

    name: str
    intake: Intake
    mapping: Mapping
    day_first: bool | None = None


@frozen(kw_only=True)
class StandardizationNotice:
    """How often an issue was met in one attribute.

    Attributes
    ----------
    attribute : str
        The attribute.
    issue : str
        Code of the issue: ``"truncated"`` for a value of more than 256 characters, or what a standardizer noticed, for
        example ``"placeholder"`` or ``"unparsable"``.
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
) -> CanonicalValues:
    """Standardize the columns of all sources.

    Of a raw value the first 1,024 characters are read, and of a canonical one 256 are kept.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows in the result.
    standardizers : Mapping of str to Standardizer, optional
        Standardizers by attribute that replace the built-in ones.

    Returns
    -------
    CanonicalValues
        Attributes that no column holds are left out; so are those that are never compared.

    Raises
    ------
    ConfigurationError
        If a standardizer is for no known attribute, or returns something else than a `Standardized`.
    """
    _check_standardizers(standardizers or {})
    encoder = _Encoder(standardizers or {})
    source_of_row, names = _sources(inputs)
    offset = 0
    for each in inputs:
        encoder.add(each, offset, len(source_of_row))
        offset += each.intake.table.num_rows
    values = encoder.values
    _join_date_parts(values, encoder.issues)
    _split_full_names(values)
    generic = _drop_generic_values(values)
    return CanonicalValues(
        values=dict(sorted(values.items())),
        source_of_row=source_of_row,
        sources=names,
        notices=encoder.notices(),
        generic=tuple(generic),
    )


def _check_standardizers(standardizers: MappingABC[str, Standardizer]) -> None:
    problems = [
        f"standardizers: {attribute!r}: expected the name of an attribute"
        for attribute in standardizers
        if attribute not in ATTRIBUTES
    ]
    if problems:
        raise ConfigurationError.collected(problems, hint=f"The attributes are {', '.join(ATTRIBUTES)}.")


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

    def __init__(self, standardizers: MappingABC[str, Standardizer]) -> None:
        self._standardizers = standardizers
        self._vocabulary: dict[str, dict[str, int]] = {}
        self._codes: dict[str, list[NDArray[np.int32]]] = {}
        self.issues: dict[tuple[str, str], int] = {}

    def add(self, source: SourceInput, offset: int, n_rows: int) -> None:
        """Standardize the columns of one source; its rows begin at ``offset`` of ``n_rows``."""
        for attribute, columns in source.mapping.attributes.items():
            declared = ATTRIBUTES.get(attribute)
            if declared is not None and not declared.is_comparable:
                continue
            slots = self._codes.setdefault(attribute, [])
            while len(slots) < len(columns):
                slots.append(np.full(n_rows, -1, np.int32))
            for slot, column in zip(slots, columns, strict=False):
                codes = self._column(attribute, column, source)
                slot[offset : offset + len(codes)] = codes

    def _column(self, attribute: str, column: str, source: SourceInput) -> NDArray[np.int32]:
        encoded = _as_array(source.intake.table.column(column)).dictionary_encode()
        raw = encoded.dictionary.to_pylist()
        indices = np.asarray(encoded.indices.fill_null(-1), np.int32)
        standardize = self._standardizer(attribute, raw, source)
        vocabulary = self._vocabulary.setdefault(attribute, {})
        recode = np.full(len(raw) + 1, -1, np.int32)
        issue_of: dict[str, list[int]] = {}
        for position, text in enumerate(raw):
            value, issue = _bounded(standardize, text, attribute)
            if value:
                recode[position] = vocabulary.setdefault(value, len(vocabulary))
            if issue:
                issue_of.setdefault(issue, []).append(position)
        if issue_of:
            counts = np.bincount(indices[indices >= 0], minlength=len(raw))
            for issue, positions in issue_of.items():
                _count(self.issues, attribute, issue, int(counts[positions].sum()))
        return recode[indices]

    def _standardizer(self, attribute: str, raw: Sequence[str], source: SourceInput) -> Standardizer:
        if attribute in self._standardizers:
            return self._standardizers[attribute]
        declared = ATTRIBUTES.get(attribute)
        name = declared.standardizer if declared is not None else ""
        if name == "date":
            day_first = is_day_first(raw) if source.day_first is None else source.day_first
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
            for (attribute, issue), count in sorted(self.issues.items())
        )


def _as_array(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    # Depending on its release, pyarrow keeps an empty column chunked.
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def _bounded(standardize: Standardizer, text: str, attribute: str) -> Standardized:
    """Standardize a value, whatever its length."""
    found = standardize(text[:_MAX_RAW_CHARACTERS])
    if not isinstance(found, tuple):
        raise ConfigurationError(
            f"standardizers: {attribute!r}: expected it to return a Standardized, got {type(found).__name__}.",
            hint="Return custid.standardize.Standardized(value).",
        )
    value, issue = found
    if len(text) <= _MAX_RAW_CHARACTERS and len(value) <= _MAX_CANONICAL_CHARACTERS:
        return found
    return Standardized(value[:_MAX_CANONICAL_CHARACTERS].rstrip(), "truncated" if value else issue or "truncated")


def _count(issues: dict[tuple[str, str], int], attribute: str, issue: str, n_rows: int) -> None:
    issues[attribute, issue] = issues.get((attribute, issue), 0) + n_rows


def _number(raw: str) -> Standardized:
    text = raw.strip().removesuffix(".0").lstrip("0")
    return Standardized(text if text.isascii() and text.isdigit() and len(text) <= len("1980") else "")


def _absent(n_rows: int) -> _Encoded:
    return (), np.full((n_rows, 1), -1, np.int32)


def _plainest(encoded: _Encoded) -> NDArray[np.int32]:
    """Code of one value per row, -1 for none: the shortest, then the first in alphabetical order.

    Which of several columns comes first depends on their names; this choice does not.
    """
    vocabulary, codes = encoded
    order = sorted(range(len(vocabulary)), key=lambda code: (len(vocabulary[code]), vocabulary[code]))
    rank = np.full(len(vocabulary) + 1, len(vocabulary), np.int32)
    rank[order] = np.arange(len(vocabulary), dtype=np.int32)
    chosen: NDArray[np.int32] = np.array([*order, -1], np.int32)[rank[codes].min(axis=1)]
    return chosen


def _join_date_parts(values: dict[str, _Encoded], issues: dict[tuple[str, str], int]) -> None:
    """Make birth dates of columns for year, month and day, for rows that have no birth date."""
    parts = {name: values.pop(name) for name in _DATE_PARTS if name in values}
    if not parts:
        return
    n_rows = len(next(iter(parts.values()))[1])
    year, month, day = (
        _numbers(parts.get(name, _absent(n_rows)), low, high) for name, (low, high) in _DATE_PARTS.items()
    )
    known, codes = values.get("birth_date", _absent(n_rows))
    is_bare = (codes < 0).all(axis=1)
    distinct, inverse, n_held = np.unique((year * 100 + month) * 100 + day, return_inverse=True, return_counts=True)
    position = {date: code for code, date in enumerate(known)}
    recode = np.full(len(distinct), -1, np.int32)
    for place, number in enumerate(distinct.tolist()):
        date, issue = _date_of_parts(number // 10_000, number // 100 % 100, number % 100)
        if date:
            recode[place] = position.setdefault(date, len(position))
        if issue:
            _count(issues, "birth_date", issue, int(n_held[place]))
    codes = codes.copy()
    codes[is_bare, 0] = recode[inverse][is_bare]
    values["birth_date"] = (tuple(position), codes)


def _numbers(encoded: _Encoded, low: int, high: int) -> NDArray[np.int64]:
    """Number of each row, 0 where it is unknown or out of range."""
    numbers = [int(value) if value.isdecimal() and low <= int(value) <= high else 0 for value in encoded[0]]
    return np.array([*numbers, 0], np.int64)[_plainest(encoded)]


def _date_of_parts(year: int, month: int, day: int) -> Standardized:
    """Return the date of a year, a month and a day, each 0 where it is unknown."""
    known_day = f"-{month:02d}-{day:02d}" if month and day else ""
    if not year:
        return Standardized(f"XXXX{known_day}" if known_day else "")
    if known_day:
        return standardize_date(f"{year}{known_day}")
    return Standardized(f"{year}-{month:02d}" if month else str(year))


def _split_full_names(values: dict[str, _Encoded]) -> None:
    """Give rows that have a full name only a given and a family name: the last word is the family name.

    A wrong guess costs little, since names are compared across columns too.
    """
    if "full_name" not in values:
        return
    vocabulary = values["full_name"][0]
    full = _plainest(values["full_name"])
    slots = {name: values.get(name, _absent(len(full))) for name in ("given_name", "family_name")}
    is_bare = (full >= 0) & np.all([(codes < 0).all(axis=1) for _, codes in slots.values()], axis=0)
    if not is_bare.any():
        return
    split = [value.rpartition(" ") for value in vocabulary]
    parts = {"given_name": [given for given, _, _ in split], "family_name": [family for _, _, family in split]}
    for name, texts in parts.items():
        known, codes = slots[name]
        position = {value: code for code, value in enumerate(known)}
        recode = np.array([position.setdefault(text, len(position)) if text else -1 for text in texts], np.int32)
        codes = codes.copy()
        codes[is_bare, 0] = recode[full[is_bare]]
        values[name] = (tuple(position), codes)


def _drop_generic_values(values: dict[str, _Encoded]) -> list[GenericValue]:
    """Blank contact data and identifiers that ten or more different family names share; changes ``values``."""
    if "family_name" not in values:
        return []
    family = _plainest(values["family_name"])
    found: list[GenericValue] = []
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
