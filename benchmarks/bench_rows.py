"""From raw rows to canonical values and atoms: one by one as records come in, and many at once."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchmarks import of_all
from custid.blocking import hashed_atoms
from custid.blocking.live_atoms import LiveAtoms
from custid.intake.row_reader import RowReader
from custid.registry.contents import Content
from custid.registry.feeds import Feed
from custid.registry.payloads import payloads_of
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from custid.table import build_record_table
from custid.testing import synthetic_customers

_N_ROWS = 1_000
_SIZES = of_all([1_000, 50_000])
_SOURCE = "shop"


class SingleRows:
    """A thousand rows, one after another."""

    timeout = 300

    def setup_cache(self) -> pa.Table:
        return synthetic_customers(_N_ROWS, seed=17).records

    def setup(self, table: pa.Table) -> None:
        self.rows: list[dict[str, Any]] = table.to_pylist()
        self.feed = Feed.of(_SOURCE, table)
        self.reader = RowReader(self.feed.schema)
        self.values = [self.reader.read(row).values for row in self.rows]
        self.attributes = sorted({attribute for values in self.values for attribute, _ in values})
        self.atoms = LiveAtoms(self.attributes)
        for values in self.values:
            self.atoms.of(values)
        self.one = RowColumns.of([Row(self.values[0])])

    def time_read(self, _table: pa.Table) -> None:
        for row in self.rows:
            self.reader.read(row)

    def time_atoms_of_new_values(self, _table: pa.Table) -> None:
        atoms = LiveAtoms(self.attributes)
        for values in self.values:
            atoms.of(values)

    def time_atoms_of_values_seen(self, _table: pa.Table) -> None:
        for values in self.values:
            self.atoms.of(values)

    def time_atoms_by_a_table_of_one(self, _table: pa.Table) -> None:
        hashed_atoms(build_record_table(self.one.values, 1))

    def time_contents(self, _table: pa.Table) -> None:
        for row in self.rows:
            Content.of({name: text for name, text in row.items() if text is not None})


class ManyRows:
    """A table of rows."""

    params = (_SIZES,)
    param_names = ("n_rows",)
    timeout = 300

    def setup_cache(self) -> dict[int, pa.Table]:
        return {n_rows: synthetic_customers(n_rows, seed=17).records for n_rows in _SIZES}

    def setup(self, tables: dict[int, pa.Table], n_rows: int) -> None:
        self.table = tables[n_rows]
        self.feed = Feed.of(_SOURCE, self.table)
        self.payloads = payloads_of(self.table)
        self.columns = self.feed.standardized(self.table)

    def time_contents(self, _tables: dict[int, pa.Table], _n_rows: int) -> None:
        list(map(Content, payloads_of(self.table)))

    def time_columns(self, _tables: dict[int, pa.Table], _n_rows: int) -> None:
        self.feed.standardized(self.table)

    def time_columns_of_contents(self, _tables: dict[int, pa.Table], _n_rows: int) -> None:
        self.feed.columns_of(self.payloads)

    def time_rows_of_columns(self, _tables: dict[int, pa.Table], _n_rows: int) -> None:
        self.columns.rows()

    def peakmem_read(self, _tables: dict[int, pa.Table], _n_rows: int) -> None:
        self.feed.read(self.table)
