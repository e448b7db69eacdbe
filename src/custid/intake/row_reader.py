"""One raw row to its canonical values, without the tables that many rows need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from custid.errors import InputError
from custid.intake._derived import derive_sirens_of_row
from custid.intake._encoder import bounded, standardizer_of
from custid.intake._parts import join_date_parts_of_row, split_full_name_of_row
from custid.intake._split_parts import split_house_numbers_of_row, split_postcodes_of_row
from custid.intake._values import UnreadableValueError, value_text
from custid.intake.conventions import Conventions
from custid.intake.row_facts import KIND_ATTRIBUTES, Naming, kind_and_naming
from custid.intake.schema import Schema
from custid.model.attributes import ATTRIBUTES
from custid.standardize.values import Standardizer

__all__ = ["ReadRow", "RowReader", "row_texts"]

_TECHNICAL: Final = frozenset({"record_key", "source", "truth"})


class ReadRow(NamedTuple):
    """What one row means.

    Attributes
    ----------
    values : tuple of (str, tuple of str)
        Attributes with their distinct canonical values, both ascending; attributes without a value are left out.
    kind : int
        Kind of party that a column tells, a position in `PARTY_KINDS`; -1 for none.
    naming : Naming
        Whom its names tell.
    """

    values: tuple[tuple[str, tuple[str, ...]], ...]
    kind: int
    naming: Naming

    def __repr__(self) -> str:
        return f"<ReadRow of {len(self.values)} attributes>"


class RowReader:
    """Reads single rows of one source.

    Parameters
    ----------
    schema : Schema
        Attribute of every column that is evidence, and how ambiguous dates and names are read: by each alone where it
        does not say.  Other columns are passed over.

    Notes
    -----
    It keeps nothing of what it reads, so any number of threads may use it at once.  What it gives is what
    `canonical_values` gives of a table of the one row, generic values included, and `kinds_and_namings` of its kind.

    Examples
    --------
    >>> reader = RowReader(Schema(columns={"nom": "full_name", "né le": "birth_date"}, day_first=True))
    >>> for attribute, values in reader.read({"nom": "Zoé PETIT", "né le": "03/04/1980"}).values:
    ...     print(attribute, *values)
    birth_date 1980-04-03
    family_name petit
    full_name zoe petit
    given_name zoe
    """

    def __init__(self, schema: Schema) -> None:
        said = Conventions.of(schema)
        used = sorted(
            (attribute, column)
            for column, attribute in schema.columns.items()
            if attribute is not None and attribute not in _TECHNICAL
        )
        self._columns: list[tuple[str, str, Standardizer | None, bool]] = [
            (
                column,
                attribute,
                standardizer_of(attribute, said.of_column(column)) if ATTRIBUTES[attribute].is_comparable else None,
                attribute in KIND_ATTRIBUTES,
            )
            for attribute, column in used
        ]

    @classmethod
    def of_attributes(cls, *, day_first: bool | None = True) -> Self:
        """Return a reader of rows whose columns are attributes.

        Parameters
        ----------
        day_first : bool or None
            How ambiguous dates are read.

        Returns
        -------
        RowReader
            A reader of rows such as ``{"family_name": "Petit", "phone": "01 99 00 12 34"}``.
        """
        return cls(Schema(columns={name: name for name in ATTRIBUTES if name not in _TECHNICAL}, day_first=day_first))

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it reads.

        Returns
        -------
        frozenset of str
            Their names.
        """
        return frozenset(column for column, *_ in self._columns)

    def read(self, texts: Mapping[str, str | None]) -> ReadRow:
        """Return what a row means.

        Parameters
        ----------
        texts : Mapping of str to str or None
            Raw text of each column, as :func:`row_texts` or :func:`~custid.intake.read` gives it; None for nothing.

        Returns
        -------
        ReadRow
            Its canonical values, and what it tells of its kind.
        """
        raw: dict[str, list[str]] = {}
        held: dict[str, list[str]] = {}
        for column, attribute, standardize, tells_kind in self._columns:
            text = texts.get(column)
            if text is None:
                continue
            if tells_kind:
                raw.setdefault(attribute, []).append(text)
            if standardize is not None:
                value = bounded(standardize, text, attribute)[0]
                if value:
                    if attribute in held:
                        held[attribute].append(value)
                    else:
                        held[attribute] = [value]
        join_date_parts_of_row(held)
        split_full_name_of_row(held)
        derive_sirens_of_row(held)
        split_house_numbers_of_row(held)
        split_postcodes_of_row(held)
        values = [
            (attribute, (found[0],) if len(found) == 1 else tuple(sorted(set(found))))
            for attribute, found in held.items()
            if found
        ]
        values.sort()
        return ReadRow(tuple(values), *kind_and_naming(raw))

    def issues(self, texts: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
        """Return what is noticed in the values of a row.

        Parameters
        ----------
        texts : Mapping of str to str or None
            As for :meth:`read`.

        Returns
        -------
        tuple of (str, str)
            Column and code, sorted: what a standardizer notices, such as ``"unparsable"``, ``"truncated"``, or
            ``"no_value"`` for a text that says nothing for another reason.

        Examples
        --------
        >>> RowReader.of_attributes().issues({"phone": "none", "birth_date": "1980-04-03"})
        (('phone', 'placeholder'),)
        """
        found = set()
        for column, attribute, standardize, _ in self._columns:
            text = texts.get(column)
            if text is not None and standardize is not None:
                value, issue = bounded(standardize, text, attribute)
                if issue or not value:
                    found.add((column, issue or "no_value"))
        return tuple(sorted(found))


def row_texts(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a row of Python values.

    Parameters
    ----------
    row : Mapping of str to any
        Flat values by column.

    Returns
    -------
    dict of str to str
        As :func:`~custid.intake.read` reads them from dictionaries; columns without a value are left out.

    Raises
    ------
    InputError
        If a value holds other values, or bytes that are not UTF-8; the message names its column.

    Examples
    --------
    >>> row_texts({"name": "Zoé", "zip": 44000.0, "phone": None})
    {'name': 'Zoé', 'zip': '44000'}
    """
    found = {}
    for column, value in row.items():
        try:
            text = value_text(value)
        except UnreadableValueError as error:
            raise InputError(f"column {column!r}: expected a value that has a text, got {error.reason}.") from None
        if text is not None:
            found[column] = text
    return found
