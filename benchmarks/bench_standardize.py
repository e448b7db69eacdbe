"""Standardizing the columns of an Arrow table, and how many values need no standardizer."""

from __future__ import annotations

import pyarrow as pa

from benchmarks import of_all
from benchmarks.standardize_million import persons
from custid.intake.canonical import SourceInput, canonical_values
from custid.model.attributes import ATTRIBUTES
from custid.standardize._well_formed import standardize_well_formed
from custid.standardize.registry import STANDARDIZERS
from custid.testing import synthetic_customers

_SIZES = of_all([1_000, 50_000])


class Standardize:
    """From text columns of persons to canonical values."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup_cache(self) -> dict[int, pa.Table]:
        return {n_records: synthetic_customers(n_records, seed=17).records for n_records in _SIZES}

    def setup(self, records: dict[int, pa.Table], n_records: int) -> None:
        self.source = persons(records[n_records])
        canonical_values([self.source])

    def time_canonical_values(self, _records: dict[int, pa.Table], _n_records: int) -> None:
        canonical_values([self.source])

    def peakmem_canonical_values(self, _records: dict[int, pa.Table], _n_records: int) -> None:
        canonical_values([self.source])


class WellFormed:
    """Distinct values of one attribute that are standardized as a column."""

    params = (of_all(["birth_date", "city", "email", "family_name", "phone", "postcode", "street"]),)
    param_names = ("attribute",)
    timeout = 300

    def setup_cache(self) -> SourceInput:
        return persons(synthetic_customers(max(_SIZES), seed=17).records)

    def setup(self, source: SourceInput, attribute: str) -> None:
        self.name = ATTRIBUTES[attribute].standardizer
        (column,) = source.mapping.attributes[attribute]
        self.raw = source.intake.table[column].drop_null().unique()
        standardize_well_formed(self.name, self.raw)

    def time_well_formed(self, _source: SourceInput, _attribute: str) -> None:
        standardize_well_formed(self.name, self.raw, day_first=True)

    def time_one_by_one(self, _source: SourceInput, _attribute: str) -> None:
        standardize = STANDARDIZERS[self.name]
        for text in self.raw.to_pylist():
            standardize(text)

    def track_share_of_values(self, _source: SourceInput, _attribute: str) -> float:
        found = standardize_well_formed(self.name, self.raw, day_first=True)
        return 1.0 - int(found.null_count) / len(found)
