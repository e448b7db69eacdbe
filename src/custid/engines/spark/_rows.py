"""From rows of any kind to units: what each row says, without what identifies nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.spark._contents import (
    Values,
    blanked,
    packed_values,
    stated_hashes,
    table_of_contents,
    unpacked_values,
    with_kinds,
    with_ranks,
)
from custid.intake._intake import Intake
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.conventions import Conventions
from custid.intake.detection import Mapping as ColumnsMapping
from custid.intake.generic_values import GenericPolicy, are_declared, names_of_rows
from custid.intake.readers import read
from custid.intake.row_facts import Naming, kinds_and_namings, kinds_beside
from custid.standardize.values import Standardizer

__all__ = ["ROWS_AT_ONCE", "ROW_SCHEMA", "UNIT_SCHEMA", "RankedUnits", "SourceReader", "UnitMaker"]

ROWS_AT_ONCE = 50_000
"""Rows that share the costs of one call, and whose texts take some tens of megabytes."""

ROW_SCHEMA = (
    "source string, record_key string, content string, kind tinyint, kind_among_joint tinyint, is_joint boolean, "
    "counted array<bigint>, name bigint"
)
"""What is made of a row: its content with all values, its kind, and what decides which values are generic."""

UNIT_SCHEMA = "source string, record_key string, unit bigint, content string"
"""The unit of a row, the hash of its content, and the content."""

_NAME_ATTRIBUTES = ("family_name", "organization_name")


@frozen(kw_only=True)
class SourceReader:
    """Standardizes rows, some at a time.

    Attributes
    ----------
    name : str
        Name of the source.
    columns : tuple of str
        Names of the columns, in their order; tables come with others.
    mapping : Mapping
        What the columns hold; it names the record key.
    conventions : Conventions
        In which order parts of dates and names stand.
    attributes : tuple of str
        Attributes of the match model.
    policy : GenericPolicy
        Which values are generic.
    standardizers : Mapping of str to Standardizer
        The user's own.
    """

    name: str
    columns: tuple[str, ...]
    mapping: ColumnsMapping
    conventions: Conventions
    attributes: tuple[str, ...]
    policy: GenericPolicy
    standardizers: Mapping[str, Standardizer] = field(factory=dict, repr=False)

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield what rows say, as `ROW_SCHEMA` tells."""
        intake = read(table.rename_columns(self.columns), source=self.name)
        given = SourceInput(name=self.name, intake=intake, mapping=self.mapping, conventions=self.conventions)
        values = canonical_values(
            [given], standardizers=self.standardizers, generic=GenericPolicy(attributes=())
        ).values
        n_rows = intake.table.num_rows
        told, namings = kinds_and_namings([given])
        has_several = bool((namings == Naming.SEVERAL).any())
        kinds = [kinds_beside(told, namings, has_several=each) for each in (has_several, True)]
        yield pa.table(
            {
                "source": self._sources(intake),
                "record_key": intake.table.column(self.mapping.record_key).combine_chunks(),
                "content": packed_values(values, self.attributes, n_rows),
                "kind": pa.array(kinds[0]),
                "kind_among_joint": pa.array(kinds[1]),
                "is_joint": pa.array(np.full(n_rows, has_several)),
                "counted": self._counted(values, n_rows),
                "name": _names(values, n_rows),
            }
        )

    def _sources(self, intake: Intake) -> pa.Array:
        if self.mapping.source is None:
            return pa.array([self.name] * intake.table.num_rows, pa.string())
        return intake.table.column(self.mapping.source).combine_chunks().fill_null(self.name)

    def _counted(self, values: Values, n_rows: int) -> pa.Array:
        """Return hashes of the values of each row that may be generic."""
        rows, hashes = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
        for attribute in sorted(set(self.policy.attributes).intersection(values)):
            vocabulary, codes = values[attribute]
            is_value = np.append(np.fromiter(map(bool, vocabulary), np.bool_, len(vocabulary)), False)
            row, slot = np.nonzero(is_value[codes])
            rows.append(row)
            hashes.append(stated_hashes(attribute, vocabulary)[codes[row, slot]])
        row, stated = np.concatenate(rows), np.concatenate(hashes)
        order = np.argsort(row, kind="stable")
        offsets = np.append(0, np.cumsum(np.bincount(row, minlength=n_rows)))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(stated[order].view(np.int64)))


def _names(values: Values, n_rows: int) -> pa.Array:
    """Return a hash of the name of each row, null for none."""
    numbers = names_of_rows(values)
    if numbers is None:
        return pa.nulls(n_rows, pa.int64())
    hashes = [stated_hashes(each, values[each][0]) for each in _NAME_ATTRIBUTES if each in values]
    of_names = np.append(np.concatenate(hashes), np.uint64(0))[numbers].view(np.int64)
    return pa.array(of_names, mask=numbers < 0)


@frozen(kw_only=True)
class UnitMaker:
    """Puts rows into units, given which values are generic.

    Attributes
    ----------
    attributes : tuple of str
        Attributes of the match model.
    generic : ndarray of uint64
        Hashes of the values that too many names stand beside, declared ones not among them.
    policy : GenericPolicy
        What is declared.
    standardizers : Mapping of str to Standardizer
        The user's own.
    is_among_joint : bool
        Whether any row names several persons.
    """

    attributes: tuple[str, ...]
    generic: NDArray[np.uint64] = field(repr=False)
    policy: GenericPolicy
    standardizers: Mapping[str, Standardizer] = field(factory=dict, repr=False)
    is_among_joint: bool = False

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield the units of rows, as `UNIT_SCHEMA` tells."""
        contents = table.column("content").combine_chunks()
        values = unpacked_values(contents, self.attributes)
        left, is_changed = self._without_generic(values)
        if is_changed:
            contents = packed_values(left, self.attributes, len(contents))
        kind = "kind_among_joint" if self.is_among_joint else "kind"
        contents = with_kinds(contents, np.asarray(table.column(kind)))
        made = table_of_contents(contents, self.attributes)
        yield pa.table(
            {
                "source": table.column("source"),
                "record_key": table.column("record_key"),
                "unit": pa.array(made.content_hash[made.unit_of_row].view(np.int64)),
                "content": contents,
            }
        )

    def _without_generic(self, values: Values) -> tuple[Values, bool]:
        generic = [self.generic]
        for attribute in sorted(set(self.policy.generic).intersection(values)):
            vocabulary = values[attribute][0]
            own = self.standardizers.get(attribute)
            is_declared = are_declared("generic", self.policy.generic, attribute, vocabulary, own)
            generic.append(stated_hashes(attribute, vocabulary)[is_declared])
        spared = self._spared(values)
        every = np.setdiff1d(np.concatenate(generic), spared)
        return blanked(values, every, {*self.policy.attributes, *self.policy.generic})

    def _spared(self, values: Values) -> NDArray[np.uint64]:
        found = [np.empty(0, np.uint64)]
        for attribute in sorted(set(self.policy.never_generic).intersection(values)):
            vocabulary = values[attribute][0]
            own = self.standardizers.get(attribute)
            is_spared = are_declared("never_generic", self.policy.never_generic, attribute, vocabulary, own)
            found.append(stated_hashes(attribute, vocabulary)[is_spared])
        return np.concatenate(found)


@frozen(kw_only=True)
class RankedUnits:
    """Makes units of their own of the rows that have a rank.

    Attributes
    ----------
    attributes : tuple of str
        Attributes of the contents.
    """

    attributes: tuple[str, ...]

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield the units of rows, for such rows with ``rank``, null for none."""
        contents = with_ranks(table.column("content").combine_chunks(), table.column("rank").combine_chunks())
        made = table_of_contents(contents, self.attributes)
        yield pa.table(
            {
                "source": table.column("source"),
                "record_key": table.column("record_key"),
                "unit": pa.array(made.content_hash[made.unit_of_row].view(np.int64)),
                "content": contents,
            }
        )
