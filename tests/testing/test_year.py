"""A year of weekly changes to synthetic customers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from custid.errors import ConfigurationError
from custid.testing import SourceHabits, SyntheticYear, synthetic_year

N_RECORDS, N_WEEKS = 500, 52
ADDRESS = ("street", "house_number", "postcode", "city")


@pytest.fixture(scope="module")
def year() -> SyntheticYear:
    """Return a year."""
    return synthetic_year(N_RECORDS, n_weeks=N_WEEKS, seed=3)


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _tables(year: SyntheticYear) -> list[pa.Table]:
    return [year.start, year.truth, *(t for week in year.weeks for t in (week.records, week.erased, week.happenings))]


def test_a_seed_makes_one_year(year: SyntheticYear) -> None:
    """The same arguments give the same tables; another seed gives others."""
    assert _tables(synthetic_year(N_RECORDS, n_weeks=N_WEEKS, seed=3)) == _tables(year)
    assert synthetic_year(N_RECORDS, n_weeks=1, seed=4).start != year.start


def test_shares_are_kept(year: SyntheticYear) -> None:
    """One twentieth comes, one fiftieth changes, and one of five hundred is erased, every week."""
    live, changed, erased = N_RECORDS, 0.0, 0.0
    n_changed = n_erased = 0
    for week in year.weeks:
        counts = Counter(week.happenings["what"].to_pylist())
        erased += 0.002 * live
        changed += 0.02 * live
        n_erased += counts["erased"]
        n_changed += sum(counts[each] for each in ("moved", "married", "phone", "email", "mended", "completed"))
        assert counts["new"] == 25
        assert counts["erased"] == week.erased.num_rows
        live += counts["new"] - counts["erased"]
    assert erased - 1 < n_erased < erased + 20
    assert changed - 1 < n_changed < changed + 20


def test_records_are_erased_once_and_with_their_customer(year: SyntheticYear) -> None:
    """All records of an erased customer go at once, and none of them is heard of again."""
    true_id = dict(zip(year.truth["record_id"].to_pylist(), year.truth["true_id"].to_pylist(), strict=True))
    live = {row["record_id"]: row["shop"] for row in _rows(year.start)}
    for week in year.weeks:
        leaving = {row["record_id"]: row["shop"] for row in _rows(week.erased)}
        assert leaving.items() <= live.items()
        gone = {true_id[key] for key in leaving}
        assert {key for key in live if true_id[key] in gone} == leaving.keys()
        told = {row["record_id"]: row["shop"] for row in _rows(week.records)}
        assert not told.keys() & leaving.keys()
        live = {key: shop for key, shop in live.items() if key not in leaving}
        arrived = {row["record_id"] for row in _rows(week.happenings) if row["what"] == "new"}
        assert not arrived & live.keys()
        assert told.keys() - arrived <= live.keys()
        live |= told
    assert live.keys() < true_id.keys()
    assert len(true_id) == year.truth.num_rows


def test_what_happened_shows_in_the_rows(year: SyntheticYear) -> None:
    """Who moved has another address, who changed the mailbox another mailbox, and nothing else is different."""
    said = {row["record_id"]: row for row in _rows(year.start)}
    fields = {"moved": {*ADDRESS, "phone"}, "email": {"email"}, "phone": {"phone", "mobile"}, "generic": {"phone"}}
    fields |= {"married": {"given_name", "family_name", "email"}}
    fields |= {"completed": {"birth_date", "email", "phone", "mobile", *ADDRESS}}
    fields |= {"mended": {"given_name", "family_name", "company", "birth_date", *ADDRESS}}
    n_moved = 0
    for week in year.weeks:
        happened: dict[str, set[str]] = {}
        for row in _rows(week.happenings):
            happened.setdefault(row["record_id"], set()).add(row["what"])
        for row in _rows(week.records):
            what = happened[row["record_id"]]
            if "new" not in what:
                former = said[row["record_id"]]
                different = {name for name, value in row.items() if former[name] != value}
                assert different <= set().union(*(fields[each] for each in what))
                if what == {"moved"}:
                    assert different & set(ADDRESS)
                    n_moved += 1
            said[row["record_id"]] = row
    assert n_moved > 50


def test_a_number_turns_generic(year: SyntheticYear) -> None:
    """From the second quarter on, one number comes to stand in records of more than ten customers."""
    true_id = dict(zip(year.truth["record_id"].to_pylist(), year.truth["true_id"].to_pylist(), strict=True))
    weeks = [{row["record_id"] for row in _rows(week.happenings) if row["what"] == "generic"} for week in year.weeks]
    assert not any(weeks[: N_WEEKS // 4])
    assert all(weeks[N_WEEKS // 4 :])
    assert len({true_id[key] for week in weeks for key in week}) > 10


def test_customers_have_records_in_several_sources(year: SyntheticYear) -> None:
    """New records are of known customers, too, and at other sources."""
    true_id = dict(zip(year.truth["record_id"].to_pylist(), year.truth["true_id"].to_pylist(), strict=True))
    shops: dict[str, set[str]] = {}
    for table in (year.start, *(week.records for week in year.weeks)):
        for row in _rows(table):
            shops.setdefault(true_id[row["record_id"]], set()).add(row["shop"])
    assert sum(len(each) > 1 for each in shops.values()) > 100
    first = {true_id[row["record_id"]] for row in _rows(year.start)}
    arrived = [
        true_id[row["record_id"]] for week in year.weeks for row in _rows(week.happenings) if row["what"] == "new"
    ]
    assert 0.15 < sum(each in first for each in arrived) / len(arrived) < 0.6


def test_an_empty_year_is_one() -> None:
    """Without records nothing happens; without weeks there is the start alone."""
    nothing = synthetic_year(0, n_weeks=2)
    assert (nothing.start.num_rows, [week.records.num_rows for week in nothing.weeks]) == (0, [0, 0])
    assert synthetic_year(20, n_weeks=0).weeks == ()


def test_without_organizations_a_number_of_nobody_turns_generic() -> None:
    """It is the same one in every layout."""
    desk = SourceHabits(name="desk", phone_layouts=("plain",))
    year = synthetic_year(40, n_weeks=4, sources=(desk,), share_of_organizations=0.0)
    last = year.weeks[-1]
    named = {row["record_id"] for row in _rows(last.happenings) if row["what"] == "generic"}
    assert {row["phone"] for row in _rows(last.records) if row["record_id"] in named} == {"0199001234"}


def test_arguments_out_of_range_are_refused() -> None:
    """All that is wrong is told at once."""
    with pytest.raises(ConfigurationError, match=r"n_weeks: expected .*; share_new: expected"):
        synthetic_year(10, n_weeks=-1, share_new=2.0)
