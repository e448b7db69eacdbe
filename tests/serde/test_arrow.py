"""Records as Arrow tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custid.errors import StructureError
from custid.model import Consent, ConsentStatus, Measure, Person, PersonName, Record
from custid.serde import arrow_schema, from_arrow, to_arrow
from custid.testing.model_strategies import records
from tests.serde.examples import stated, zoe


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records(), max_size=3))
def test_round_trip_is_the_identity(written: list[Record]) -> None:
    """A table gives back the records that it was made of."""
    table = to_arrow(written)
    assert table.schema.equals(arrow_schema(), check_metadata=True)
    table.validate(full=True)
    assert from_arrow(table) == written


def test_table_can_be_kept_as_parquet(tmp_path: Path) -> None:
    """A Parquet file gives back the records, and a database reads it column by column."""
    path = tmp_path / "records.parquet"
    pq.write_table(to_arrow([zoe(), zoe()]), path)
    assert from_arrow(pq.read_table(path)) == [zoe(), zoe()]
    query = f"select party.person.names[1].value.family, party.person.names[1].by.confidence from '{path}'"  # noqa: S608
    assert duckdb.sql(query).fetchall() == [("Goff", 1.0), ("Goff", 1.0)]


def test_columns_that_have_defaults_may_be_missing() -> None:
    """A table without the columns that a record may do without gives records."""
    table = to_arrow([zoe()]).select(["source", "key", "party"])
    assert from_arrow(table) == [zoe()]


def test_faults_of_a_table_are_told_with_their_row() -> None:
    """Unknown columns and values of other types are refused with the row and path."""
    table = to_arrow([zoe()]).append_column("shop", pa.array(["x"]))
    table = table.set_column(table.schema.get_field_index("key"), "key", pa.array([7]))
    with pytest.raises(StructureError) as caught:
        from_arrow(table)
    assert sorted(caught.value.problem.split("\n")) == [
        "records[0]: record.key: expected text, got int",
        "records[0]: record.shop: unknown field",
    ]


def test_union_without_a_member_is_refused() -> None:
    """A party that is neither person nor organization nor collective is a fault."""
    table = to_arrow([zoe()])
    place = table.schema.get_field_index("party")
    empty = pa.nulls(1, table.schema.field("party").type)
    with pytest.raises(StructureError, match=r"records\[0\]: record.party: expected a value, got none"):
        from_arrow(table.set_column(place, "party", empty))


def test_many_faults_are_counted() -> None:
    """Of many faults the first are told, and the others counted."""
    table = to_arrow([zoe()] * 30).drop_columns(["key"])
    with pytest.raises(StructureError, match="and 10 more"):
        from_arrow(table)


@pytest.mark.parametrize(
    "party",
    [
        Person(names=stated(PersonName(family="\ud800"))),
        Person(measures=stated(Measure(name="m", value=2**60 + 1))),
        Person(measures=stated(Measure(name="m", value="\udc00"))),
    ],
)
def test_values_beyond_arrow_are_refused(party: Person) -> None:
    """A text or number that Arrow cannot hold is refused rather than changed."""
    with pytest.raises(StructureError, match=r"records\[1\]: expected values that Arrow can hold"):
        to_arrow([zoe(), Record(source="till", key="7", party=party)])


def test_moment_beyond_utc_is_refused() -> None:
    """A moment without a year in UTC is refused; others keep their instant."""
    zone = timezone(timedelta(hours=-5))

    def record(expires: datetime) -> Record:
        consent: Any = Consent(purpose="p", status=ConsentStatus.GIVEN, expires=expires)
        return Record(source="till", key="7", party=Person(), consents=stated(consent))

    with pytest.raises(StructureError, match="expected values that Arrow can hold"):
        to_arrow([record(datetime(9999, 12, 31, 23, tzinfo=zone))])
    kept = record(datetime(9999, 12, 31, 12, 0, 0, 1, tzinfo=zone))
    (read,) = from_arrow(to_arrow([kept]))
    assert read == kept
    assert read.consents[0].value.expires == datetime(9999, 12, 31, 17, 0, 0, 1, tzinfo=UTC)


def test_values_that_python_has_not_are_refused() -> None:
    """A moment beyond the calendar of Python, which Arrow has, is an error of the table."""
    table = pa.table({"source": pa.array([1 << 62], pa.timestamp("us"))})
    with pytest.raises(StructureError, match="expected values that Python has"):
        from_arrow(table)


def test_table_of_a_newer_release_is_refused() -> None:
    """The version of the layout is kept in the metadata and checked."""
    table = to_arrow([zoe()]).replace_schema_metadata({"custid.schema_version": "2"})
    with pytest.raises(StructureError, match="expected 1, got 2"):
        from_arrow(table)


@pytest.mark.parametrize("version", ["9" * 5_000, "-1", "one"])
def test_a_version_that_is_no_number_is_refused(version: str) -> None:
    """A forged version of thousands of digits is refused as any other that is none."""
    with pytest.raises(StructureError, match="schema_version: expected 1, got none"):
        from_arrow(to_arrow([zoe()]).replace_schema_metadata({"custid.schema_version": version}))
