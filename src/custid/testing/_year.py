"""A year of weekly changes to synthetic customers, with the truth about them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pyarrow as pa
from attrs import frozen

from custid.testing._customers import check_arguments, planned_customers, units
from custid.testing._deform import formatted_phone
from custid.testing._draws import Draws, Weighted
from custid.testing._habits import DEFAULT_SOURCES, ErrorRates, SourceHabits
from custid.testing._lives import AT_LAST, HAPPENINGS, KeptRecord, Life, Lives, housemates_of
from custid.testing._population import Customer, Establishment, Population
from custid.testing._writing import FIELDS, RecordWriter

__all__ = ["SyntheticYear", "WeeklyDelta", "synthetic_year"]

_HOME_SOURCE: Final = 0.6
_KNOWN: Final = 0.4
_WITH_GENERIC_NUMBER: Final = 0.02


@frozen(kw_only=True, eq=False)
class WeeklyDelta:
    """What has changed in one week.

    Attributes
    ----------
    number : int
        Of the week, from 1.
    records : pyarrow.Table
        The records that are new or say something else, each once, as they are at the end of the week; columns as in
        `SyntheticYear.start`.
    erased : pyarrow.Table
        Columns ``record_id`` and ``shop``: the records of customers that are erased.
    happenings : pyarrow.Table
        Columns ``record_id`` and ``what``, in order: ``new``, ``moved``, ``married``, ``phone``, ``email``, ``mended``,
        ``completed``, ``generic`` (the record states the number that turns generic) or ``erased``.
    """

    number: int
    records: pa.Table
    erased: pa.Table
    happenings: pa.Table


@frozen(kw_only=True, eq=False)
class SyntheticYear:
    """Invented records at the start of a year, what changes week by week, and who they are.

    Attributes
    ----------
    start : pyarrow.Table
        One row per record, all columns of strings; a missing value is the empty string.  ``shop`` is the source.
    weeks : tuple of WeeklyDelta
        In order.
    truth : pyarrow.Table
        Columns ``record_id`` and ``true_id`` of all records that ever were: a record is of one customer for good.
    """

    start: pa.Table
    weeks: tuple[WeeklyDelta, ...]
    truth: pa.Table


def synthetic_year(
    n_records: int = 2000,
    *,
    n_weeks: int = 52,
    seed: int = 1,
    share_new: float = 0.05,
    share_changed: float = 0.02,
    share_erased: float = 0.002,
    error_rate: float = 1.0,
    error_rates: ErrorRates | None = None,
    sources: Sequence[SourceHabits] = DEFAULT_SOURCES,
    share_of_organizations: float = 0.1,
    share_of_single_records: float = 0.5,
    share_of_english: float = 0.35,
) -> SyntheticYear:
    """Return records of invented customers, and a year in which records come, change and are erased.

    The result is a function of the arguments alone: the same on every platform and in every process.

    Parameters
    ----------
    n_records : int
        Number of records at the start, at least 0.
    n_weeks : int
        Number of weeks, at least 0.
    seed : int
        At least 0; another seed makes other customers.
    share_new : float
        New records of a week as a share of the records at the start, in [0, 1].
    share_changed, share_erased : float
        Records that say something else, or are erased, in a week as shares of the records that are there, in [0, 1].
    error_rate : float
        Multiplies the shares of errors; 0 leaves differences of layout, missing values and what happens to customers.
    error_rates : ErrorRates, optional
        Other shares of errors than those of `synthetic_customers`.
    sources : sequence of SourceHabits
        Who keeps the records, by weight; a customer has six in ten of its records at one of them.
    share_of_organizations : float
        Share of the customers that are establishments of organizations, in [0, 1].
    share_of_single_records : float
        Share of the customers at the start that have one record only, in [0, 1].
    share_of_english : float
        Share of households and companies in the United Kingdom rather than France, in [0, 1].

    Returns
    -------
    SyntheticYear
        Records at the start, the weeks, and the truth.

    Raises
    ------
    ConfigurationError
        If an argument is out of its range, there is no source, or two sources share a name.

    Notes
    -----
    At the start the records are those of `synthetic_customers`: of several sources, with errors, some of them outdated.
    In a week,

    - customers drawn at random are erased, with all their records;
    - records drawn at random change: somebody mends the record (30 %) or fills in what was empty (28 %), or the
      customer has another mailbox (16 %) or telephone number (14 %), has moved (10 %; seven in ten of those at the same
      address move with it) or has married and bears another family name (2 %).  Half of the other records of those whom
      it happens to hear of it, too; the others go on saying what was;
    - records come, four in ten of them of customers who are known.

    From the second quarter of the year on, one record in fifty of those that come or change, but one a week at least,
    states the telephone number of one customer: staff has begun to type it for everybody, and it turns generic.
    Fractions of a record are carried over to the next week.

    Examples
    --------
    >>> from custid.testing import synthetic_year
    >>> year = synthetic_year(200, n_weeks=2, seed=7)
    >>> year.start.num_rows, [week.records.num_rows for week in year.weeks], year.truth.num_rows
    (200, [14, 14], 220)
    """
    check_arguments(
        {"n_records": n_records, "n_weeks": n_weeks, "seed": seed, "error_rate": error_rate},
        {
            "share_new": share_new,
            "share_changed": share_changed,
            "share_erased": share_erased,
            "share_of_organizations": share_of_organizations,
            "share_of_single_records": share_of_single_records,
            "share_of_english": share_of_english,
        },
        sources,
    )
    draws, rates = Draws(seed), error_rates or ErrorRates()
    n_rare_names = 300 + int(n_records * (1.0 + n_weeks * share_new)) // 6
    population = Population(draws, n_rare_names=n_rare_names)
    writer = RecordWriter(draws, rates, error_rate)
    lives = Lives(population, writer, RecordWriter(draws, rates, 0.0), sources)
    town = _Town(draws, writer, lives, sources, units(population, share_of_organizations, share_of_english))
    start = town.settle(n_records, share_of_single_records)
    owed = {"erased": 0.0, "changed": 0.0, "new": 0.0}
    weeks = []
    for number in range(1, n_weeks + 1):
        owed["erased"] += share_erased * town.n_records
        owed["changed"] += share_changed * town.n_records
        owed["new"] += share_new * n_records
        weeks.append(town.week(number, owed, is_generic=number > n_weeks / 4))
    truth = {"record_id": list(town.truth), "true_id": list(town.truth.values())}
    return SyntheticYear(start=start, weeks=tuple(weeks), truth=_table(truth))


class _Town:
    """All customers and all records that are there.

    Parameters
    ----------
    draws : Draws
        Source of chance.
    writer : RecordWriter
        Writes records that are new.
    lives : Lives
        Lets things happen.
    sources : sequence of SourceHabits
        Who keeps records.
    stream : iterator of sequences of Customer
        Households and companies to come.
    """

    def __init__(
        self,
        draws: Draws,
        writer: RecordWriter,
        lives: Lives,
        sources: Sequence[SourceHabits],
        stream: Iterator[Sequence[Customer]],
    ) -> None:
        self._draws = draws
        self._writer = writer
        self._lives = lives
        self._sources = Weighted(sources, (source.weight for source in sources))
        self._stream = stream
        self._known: list[Life] = []
        self._kept: list[KeptRecord] = []
        self._newcomers: deque[Life] = deque()
        self._n_lives = 0
        self._generic_number = ""
        self.truth: dict[str, str] = {}

    @property
    def n_records(self) -> int:
        """Records that are there."""
        return len(self._kept)

    def settle(self, n_records: int, singles: float) -> pa.Table:
        """Make the customers of the start, and return their records."""
        planned = planned_customers(self._stream, self._draws, n_records, singles)
        lives = self._live([each.customer for each in planned])
        places = [place for place, each in enumerate(planned) for _ in range(each.n_records)]
        for place in self._draws.shuffled(places):
            self._register(lives[place], self._draws.uniform())
        numbers = [each.customer.phone for each in lives if isinstance(each.customer, Establishment) and each.records]
        self._generic_number = next(iter(numbers), "33-199001234")
        return _rows(self._kept)

    def _live(self, customers: Sequence[Customer]) -> list[Life]:
        lives = []
        for customer in customers:
            self._n_lives += 1
            home = self._draws.weighted(self._sources)
            lives.append(Life(f"c{self._n_lives:07d}", customer, home))
        housemates_of(lives)
        return lives

    def _register(self, life: Life, moment: float) -> KeptRecord:
        """Write down a customer for the first time at some source."""
        source = life.home if self._draws.chance(_HOME_SOURCE) else self._draws.weighted(self._sources)
        row = self._writer.write(life.customer, life.housemates, source, moment)
        record = KeptRecord(f"r{len(self.truth) + 1:07d}", source, life, row)
        if not life.records:
            self._known.append(life)
        life.records.append(record)
        self._kept.append(record)
        self.truth[record.key] = life.label
        return record

    def week(self, number: int, owed: dict[str, float], *, is_generic: bool) -> WeeklyDelta:
        """Let a week pass; what is owed is taken from as records are erased, change and come."""
        erased = self._erase(owed)
        happenings: list[tuple[str, str]] = []
        touched: dict[str, KeptRecord] = {}
        while owed["changed"] >= 1.0 and self._kept:
            record = self._draws.one_of(self._kept)
            what, changed = self._lives.happen(record, self._draws.weighted(HAPPENINGS))
            owed["changed"] -= len(changed)
            touched.update((each.key, each) for each in changed)
            happenings.extend((each.key, what) for each in changed)
        while owed["new"] >= 1.0:
            owed["new"] -= 1.0
            record = self._register(self._next_life(), AT_LAST)
            touched[record.key] = record
            happenings.append((record.key, "new"))
        if is_generic and touched:
            for record in self._draws.shuffled(touched.values())[: max(1, int(len(touched) * _WITH_GENERIC_NUMBER))]:
                layout = self._draws.one_of(record.source.phone_layouts)
                record.row["phone"] = formatted_phone(self._generic_number, layout)
                happenings.append((record.key, "generic"))
        happenings.extend((each.key, "erased") for each in erased)
        shops = [each.source.name for each in erased]
        return WeeklyDelta(
            number=number,
            records=_rows(list(touched.values())),
            erased=_table({"record_id": [each.key for each in erased], "shop": shops}),
            happenings=_table({"record_id": [key for key, _ in happenings], "what": [what for _, what in happenings]}),
        )

    def _erase(self, owed: dict[str, float]) -> list[KeptRecord]:
        erased: list[KeptRecord] = []
        while owed["erased"] >= 1.0 and self._known:
            life = self._known.pop(self._draws.below(len(self._known)))
            owed["erased"] -= len(life.records)
            erased.extend(life.records)
            life.records = []
        gone = {each.key for each in erased}
        self._kept = [each for each in self._kept if each.key not in gone]
        return erased

    def _next_life(self) -> Life:
        """Return the customer of a record that comes."""
        if self._known and self._draws.chance(_KNOWN):
            return self._draws.one_of(self._known)
        if not self._newcomers:
            self._newcomers.extend(self._live(next(self._stream)))
        return self._newcomers.popleft()


def _rows(records: Sequence[KeptRecord]) -> pa.Table:
    columns = {
        "record_id": [each.key for each in records],
        "shop": [each.source.name for each in records],
        **{name: [each.row[name] for each in records] for name in FIELDS},
    }
    return _table(columns)


def _table(columns: Mapping[str, Sequence[str]]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
