"""What reading an input gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.intake.schema import Schema
from custid.model.facts import PartyKey
from custid.model.parties import CollectiveKind

__all__ = ["Intake", "RefusedRow", "StatedGroup", "TypedRows", "unique_column_names"]


@frozen(kw_only=True)
class RefusedRow:
    """A row that could not be read.

    It says where and why, never what stood there: the content may be personal data.

    Attributes
    ----------
    line_number : int
        Line of the file, from 1, or number of the row where the input has no lines.
    reason : str
        Code of the reason: ``"too_many_fields"``, ``"too_few_fields"``, ``"unclosed_quote"``, ``"invalid_json"``,
        ``"not_an_object"``, ``"nested_value"``, ``"long_number"`` or ``"invalid_text"``.
    message : str
        The reason as a sentence.
    """

    line_number: int
    reason: str
    message: str


@frozen(kw_only=True)
class StatedGroup:
    """Parties that a typed record puts together without their being one.

    Attributes
    ----------
    members : tuple of PartyKey
        Records of the parties.
    collective : PartyKey or None
        The record of which they are members; None for the holders of one role.
    kind : CollectiveKind or None
        What joins the members, where the record of the collective says so.
    """

    members: tuple[PartyKey, ...]
    collective: PartyKey | None = None
    kind: CollectiveKind | None = None


@frozen(kw_only=True, eq=False)
class TypedRows:
    """What typed records tell beyond the text of their columns.

    Attributes
    ----------
    attributes : Mapping of str to str
        Attribute of each column: nothing has to be detected.
    kind_of_row : ndarray of int8, shape (n_rows,)
        0 for persons, 1 for organizations, 2 for collectives.
    observed_day : ndarray of int32, shape (n_rows,)
        Day on which each record was observed, numbered as by ``date.toordinal``.
    periods : Mapping of str to ndarray of int32, shape (n_rows, 2)
        By column, the first and last day on which each value holds; columns without dated values are left out.
    groups : tuple of StatedGroup
        Which parties belong together: members of collectives, and several holders of one role.
    """

    attributes: Mapping[str, str]
    kind_of_row: NDArray[np.int8] = field(repr=False)
    observed_day: NDArray[np.int32] = field(repr=False)
    periods: Mapping[str, NDArray[np.int32]] = field(repr=False)
    groups: tuple[StatedGroup, ...] = field(default=(), repr=False)

    @property
    def schema(self) -> Schema:
        """What the columns mean: their texts were written from values, of which nothing is open.

        Returns
        -------
        Schema
            The attribute of every column.
        """
        return Schema(columns=dict(self.attributes), day_first=False, family_first=False)


@frozen(kw_only=True, eq=False)
class Intake:
    """An input as text: what was read of it, what was not, and what was noticed.

    Attributes
    ----------
    name : str
        Name of the source: as asked for, else the file name without its endings, else ``"rows"``.
    table : pyarrow.Table
        The rows kept, in input order; every column is of type ``string``, and null where the input had nothing.
    line_numbers : ndarray of int64, shape (n_rows,)
        Line of the file on which each kept row begins, or its number in the input; both count from 1.
    refused : tuple of RefusedRow
        The rows that could not be read, by line number.
    warnings : tuple of str
        What a user should know of the reading: a guessed encoding, renamed columns, removed characters.
    typed : TypedRows or None
        What typed records tell beyond their text; None for other inputs.
    """

    name: str = "rows"
    table: pa.Table = field(repr=False)
    line_numbers: NDArray[np.int64] = field(repr=False)
    refused: tuple[RefusedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    typed: TypedRows | None = None


def unique_column_names(names: list[Any]) -> tuple[list[str], list[str]]:
    """Return names that differ from each other, and a warning for each that had to change.

    The first column of a name keeps it; the next ones get the first free of ``name_2``, ``name_3``, …; a column
    without name is named after its position.

    Parameters
    ----------
    names : list
        Names in input order; what is no text is turned into text.

    Returns
    -------
    list of str
        As many names, all different, none empty.
    list of str
        Warnings.

    Examples
    --------
    >>> unique_column_names(["city", "city", ""])[0]
    ['city', 'city_2', 'column_3']
    """
    texts = ["" if name is None else str(name) for name in names]
    taken = set(texts)
    unique: list[str] = []
    warnings: list[str] = []
    seen: set[str] = set()
    next_of: dict[str, int] = {}
    for position, text in enumerate(texts, start=1):
        name = text
        if not text or text in seen:
            # Numbers below were found to be taken: many columns of one name are numbered in one pass.
            stem, number = (text, next_of.get(text, 2)) if text else ("column", position)
            while (name := f"{stem}_{number}") in taken:
                number += 1
            taken.add(name)
            next_of[text] = number + 1
            what = f"is the second or later of the name {text!r}" if text else "has no name"
            warnings.append(f"column {position} {what}: it is read as {name!r}.")
        seen.add(name)
        unique.append(name)
    return unique, warnings
