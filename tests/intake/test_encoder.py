"""`custid.intake._encoder`, as `canonical_values` uses it: columns of many distinct values."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pyarrow as pa
import pytest

from custid.intake import detect, read
from custid.intake._encoder import _MANY_VALUES
from custid.intake.canonical import CanonicalValues, SourceInput, canonical_values
from custid.intake.conventions import Conventions
from custid.model.attributes import ATTRIBUTES
from custid.standardize import STANDARDIZERS, Standardized, Standardizer, is_day_first, standardize_date
from custid.testing import synthetic_customers


@cache
def _customers() -> pa.Table:
    return synthetic_customers(12_000, seed=11).records


def _source(table: pa.Table, name: str = "shop", *, day_first: bool | None = None) -> SourceInput:
    intake = read(table, source=name)
    return SourceInput(
        name=name, intake=intake, mapping=detect(intake.table), conventions=Conventions(day_first=day_first)
    )


def _as_own(source: SourceInput) -> dict[str, Standardizer]:
    """Built-in standardizers handed in as the user's, which are asked for every distinct value."""
    own = {
        attribute: STANDARDIZERS[ATTRIBUTES[attribute].standardizer]
        for attribute in source.mapping.attributes
        if ATTRIBUTES[attribute].is_comparable and ATTRIBUTES[attribute].standardizer
    }
    if "birth_date" in own:
        (column,) = source.mapping.attributes["birth_date"]
        dates = source.intake.table[column].drop_null().unique().to_pylist()
        day_first = is_day_first(dates) if source.conventions.day_first is None else source.conventions.day_first
        own["birth_date"] = partial(standardize_date, day_first=day_first)
    return own


def _assert_same(left: CanonicalValues, right: CanonicalValues) -> None:
    assert list(left.values) == list(right.values)
    for attribute, (vocabulary, codes) in left.values.items():
        others, other_codes = right.values[attribute]
        assert sorted(vocabulary) == sorted(others)
        texts, other_texts = np.array([*vocabulary, ""], object), np.array([*others, ""], object)
        assert np.array_equal(texts[codes], other_texts[other_codes])
    assert (left.notices, left.generic, left.sources) == (right.notices, right.generic, right.sources)
    assert np.array_equal(left.source_of_row, right.source_of_row)


@pytest.mark.parametrize("day_first", [None, True, False])
def test_whole_columns_are_standardized_as_single_values_are(*, day_first: bool | None) -> None:
    """Values, issues and dropped values are those of asking the standardizer once per distinct raw value."""
    source = _source(_customers(), day_first=day_first)
    n_distinct = [len(source.intake.table[each.column].unique()) for each in source.mapping.columns if each.attribute]
    assert max(n_distinct) >= _MANY_VALUES
    found = canonical_values([source])
    _assert_same(found, canonical_values([source], standardizers=_as_own(source)))
    assert found.notices


def test_columns_of_many_and_of_few_values_share_a_vocabulary() -> None:
    """A value that one column has among many and another one among few has one code."""
    phones = [f"06 39 98 {number // 100:02d} {number % 100:02d}" for number in range(9_999)]
    table = pa.table({"tel": phones, "mobile": [phones[7].replace(" ", "")] * len(phones)})
    vocabulary, codes = canonical_values([_source(table)]).values["phone"]
    assert len(set(vocabulary)) == len(vocabulary) == len(phones)
    assert codes[7].tolist() == [codes[0, 0]] * 2


def test_own_standardizers_are_never_passed_by() -> None:
    """One of the user's is asked for each distinct value of many."""
    table = pa.table({"email": [f"a{number}@b.example" for number in range(6_000)], "city": ["Nantes"] * 6_000})
    seen: list[str] = []

    def own(raw: str, /) -> Standardized:
        seen.append(raw)
        return Standardized(raw.upper())

    canonical = canonical_values([_source(table)], standardizers={"email": own})
    assert sorted(seen) == sorted(table["email"].to_pylist())
    assert canonical.values["email"][0][0] == "A0@B.EXAMPLE"
    assert canonical.values["city"][0] == ("nantes",)


def test_sources_of_a_column() -> None:
    """Rows without a source are of the source that the input is named after; names are sorted."""
    table = pa.table({"source": ["web", None, "crm", None], "email": [f"a{number}@b.example" for number in range(4)]})
    canonical = canonical_values([_source(table, "till")])
    assert canonical.sources == ("crm", "till", "web")
    assert canonical.source_of_row.tolist() == [2, 1, 0, 1]


def test_sources_that_nobody_is_of_are_not_listed() -> None:
    """A name counts where rows have it: not that of an empty input, nor one that every row overrides."""
    empty = _source(pa.table({"email": pa.array([], pa.string())}), "empty")
    named = _source(pa.table({"source": ["web"], "email": ["a@b.example"]}), "till")
    canonical = canonical_values([empty, named])
    assert canonical.sources == ("web",)
    assert canonical.source_of_row.tolist() == [0]
