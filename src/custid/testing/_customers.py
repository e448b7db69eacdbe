"""Tables of synthetic customers with the truth about them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import pyarrow as pa
from attrs import frozen

from custid.errors import ConfigurationError
from custid.testing._companies import company
from custid.testing._draws import Draws, Weighted
from custid.testing._habits import DEFAULT_SOURCES, ErrorRates, SourceHabits
from custid.testing._households import household
from custid.testing._locale import english, french, french_city
from custid.testing._population import Address, Customer, Person, Population
from custid.testing._writing import FIELDS, RecordWriter

__all__ = [
    "PlannedCustomer",
    "SyntheticCustomers",
    "check_arguments",
    "number_problems",
    "planned_customers",
    "synthetic_customers",
    "units",
]

# Members of an average household and sites of an average company: units are drawn, shares are of customers.
_HOUSEHOLD_SIZE, _COMPANY_SIZE = 2.17, 1.76
_HOME_SOURCE = 0.6
_AT_LAST = 0.999
_MANY_RECORDS = Weighted((2, 3, 4, 5, 6, 7, 8, 10, 12), (48, 24, 12, 7, 4, 2, 1, 1, 1))


@frozen(kw_only=True, eq=False)
class SyntheticCustomers:
    """Invented records and who they are.

    Attributes
    ----------
    records : pyarrow.Table
        One row per record, all columns of strings; a missing value is the empty string.
    truth : pyarrow.Table
        Columns ``record_id`` and ``true_id`` (under the records' own name of the key), in the order of ``records``.
    households : pyarrow.Table
        Columns ``true_id``, ``household`` (of all who ever lived in it) and ``home`` (of those who share an address at
        last), ascending by ``true_id``: one row per person who has a record.
    """

    records: pa.Table
    truth: pa.Table
    households: pa.Table


class PlannedCustomer(NamedTuple):
    """A customer with the number of its records."""

    customer: Customer
    n_records: int


def synthetic_customers(
    n_records: int = 5000,
    *,
    seed: int = 1,
    error_rate: float = 1.0,
    error_rates: ErrorRates | None = None,
    sources: Sequence[SourceHabits] = DEFAULT_SOURCES,
    share_of_organizations: float = 0.1,
    share_of_single_records: float = 0.5,
    share_of_english: float = 0.35,
    cities: Mapping[str, Sequence[str]] | None = None,
) -> SyntheticCustomers:
    """Return records of invented people and organizations as several sources hold them, and who they are.

    The result is a function of the arguments alone: the same on every platform and in every process.

    Parameters
    ----------
    n_records : int
        Number of records, at least 0.
    seed : int
        At least 0; another seed makes other customers.
    error_rate : float
        Multiplies the shares of errors below; 0 leaves differences of layout, missing values and changes in life.
    error_rates : ErrorRates, optional
        Other shares than those below.
    sources : sequence of SourceHabits
        Who keeps the records, by weight; a customer has six in ten of its records at one of them.
    share_of_organizations : float
        Share of the customers that are establishments of organizations, in [0, 1].
    share_of_single_records : float
        Share of the customers that have one record only, in [0, 1]; the others have two to twelve.
    share_of_english : float
        Share of households and companies in the United Kingdom rather than France, in [0, 1].
    cities : mapping of str to sequence of str, optional
        Where French customers live, the largest first, with their postcodes; about 130 cities when None. Needs
        ``share_of_english=0``.

    Returns
    -------
    SyntheticCustomers
        ``records`` has the columns ``record_id``, ``shop``, ``given_name``, ``family_name``, ``company``,
        ``birth_date``, ``sex``, ``email``, ``phone``, ``mobile``, ``street``, ``house_number``, ``postcode``,
        ``city`` and ``loyalty_card``.

    Raises
    ------
    ConfigurationError
        If an argument is out of its range, there is no source, or two sources share a name.

    Notes
    -----
    People live in households of one to five (36, 33, 14, 12, 5 %) that share the address, a land line (50 %), mostly
    the family name and at times one mailbox (6 %). One household in ten moves, 6 % of adults and 30 % of children move
    out; three women of four bear their partner's name, one of ten of them since or until some moment. One person in ten
    has no mailbox and one in twelve no mobile number; 12 % and 10 % of the others change it. One address in eight is in
    a building already inhabited. 38 % of companies have two to six establishments under one name, each a customer of
    its own, often behind one mailbox and one switchboard. Half of all people bear a rare family name, of which there
    are about ``n_records / 6``.

    Errors, as shares of the records where they are possible (times ``error_rate``):

    ======================  =======  ======================  =======  ======================  =======
    ``nickname``            5 %      ``birth_digit``         1.2 %    ``house_number``        1 %
    ``initial``             1 %      ``birth_year``          0.6 %    ``postcode``            1.2 %
    ``name_typo``           3 %      ``birth_january``       0.6 %    ``city_typo``           2 %
    ``compound_cut``        15 %     ``sex``                 0.8 %    ``card_digit``          0.5 %
    ``birth_name``          8 %      ``email_typo``          2 %      ``card_housemate``      1.5 %
    ``birth_day_month``     1 %      ``email_housemate``     1 %      ``organization_typo``   4 %
    ``phone_digit``         1 %      ``phone_transposed``    0.6 %    ``spaces``              1 %
    ``street_typo``         3 %
    ======================  =======  ======================  =======  ======================  =======

    `SourceHabits` tells what sources leave out, swap, abbreviate and fill with placeholders. A record always keeps one
    of birth date, e-mail, telephone, street and card, so that a name is never alone. Mail domains are under the
    reserved top level ``.example``, where nobody has a mailbox.

    Examples
    --------
    >>> from custid.testing import synthetic_customers
    >>> customers = synthetic_customers(100, seed=7)
    >>> customers.records.num_rows, customers.truth.column_names
    (100, ['record_id', 'true_id'])
    """
    check_arguments(
        {"n_records": n_records, "seed": seed, "error_rate": error_rate},
        {
            "share_of_organizations": share_of_organizations,
            "share_of_single_records": share_of_single_records,
            "share_of_english": share_of_english,
        },
        sources,
    )
    if cities is not None and (not cities or not all(map(_are_postcodes, cities.values())) or share_of_english > 0.0):
        raise ConfigurationError(
            f"cities: expected French cities with postcodes each and no English customers, got {len(cities)} cities "
            f"and share_of_english={share_of_english!r}.",
            hint="Set share_of_english=0, and give a sequence of postcodes for each city.",
        )
    draws = Draws(seed)
    places = None if cities is None else Weighted.by_rank(itertools.starmap(french_city, cities.items()), 4.0)
    population = Population(draws, n_rare_names=300 + n_records // 6, cities=places)
    stream = units(population, share_of_organizations, share_of_english)
    planned = planned_customers(stream, draws, n_records, share_of_single_records)
    writer = RecordWriter(draws, error_rates or ErrorRates(), error_rate)
    return _written(planned, writer, draws, sources)


def check_arguments(numbers: Mapping[str, Any], shares: Mapping[str, Any], sources: Sequence[SourceHabits]) -> None:
    """Refuse numbers below 0, shares outside of [0, 1] and sources that cannot be told apart, all together.

    Raises
    ------
    ConfigurationError
        If there are any.
    """
    problems = [*number_problems(numbers)]
    problems += [
        f"{name}: expected a share from 0 to 1, got {share!r}"
        for name, share in shares.items()
        if not (isinstance(share, int | float) and 0.0 <= share <= 1.0)
    ]
    names = [source.name for source in sources]
    if not names or len(set(names)) < len(names):
        problems.append(f"sources: expected one or more of distinct names, got {names!r}")
    if problems:
        raise ConfigurationError.collected(problems)


def number_problems(numbers: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with numbers, given by their names: all but rates are whole, and none is below 0."""
    for name, number in numbers.items():
        is_rate = name == "error_rate"
        is_number = isinstance(number, int | float) if is_rate else isinstance(number, Integral)
        if not (is_number and number >= 0):
            expected = "number" if is_rate else "whole number"
            yield f"{name}: expected a {expected} of at least 0, got {number!r}"


def _are_postcodes(postcodes: Sequence[str]) -> bool:
    # Of a text, each digit would be a postcode.
    return bool(postcodes) and not isinstance(postcodes, str)


def units(population: Population, organizations: float, share_of_english: float) -> Iterator[Sequence[Customer]]:
    """Yield households and companies without end.

    Parameters
    ----------
    population : Population
        Makes names, addresses and numbers.
    organizations : float
        Share of the customers that are establishments, in [0, 1].
    share_of_english : float
        Share of the units that live in the United Kingdom, in [0, 1].

    Yields
    ------
    sequence of Customer
        The members of one household, or the establishments of one company.
    """
    draws = population.draws
    companies, households = organizations / _COMPANY_SIZE, (1.0 - organizations) / _HOUSEHOLD_SIZE
    share_of_companies = companies / (companies + households)
    for number in itertools.count(1):
        locale = english() if draws.chance(share_of_english) else french()
        is_company = draws.chance(share_of_companies)
        yield company(population, locale, number) if is_company else household(population, locale, number)


def planned_customers(
    stream: Iterator[Sequence[Customer]], draws: Draws, n_records: int, singles: float
) -> list[PlannedCustomer]:
    """Return customers with as many records as are asked for, whole households and companies at a time."""
    planned: list[PlannedCustomer] = []
    left = n_records
    while left > 0:
        for customer in next(stream):
            count = 1 if draws.chance(singles) else draws.weighted(_MANY_RECORDS)
            planned.append(PlannedCustomer(customer, min(count, left)))
            left -= planned[-1].n_records
    return planned


def _written(
    planned: list[PlannedCustomer], writer: RecordWriter, draws: Draws, sources: Sequence[SourceHabits]
) -> SyntheticCustomers:
    by_weight = Weighted(sources, (source.weight for source in sources))
    members: dict[int, list[Person]] = defaultdict(list)
    for customer, _ in planned:
        if isinstance(customer, Person):
            members[customer.household].append(customer)
    # Neither the order of the records nor a true id tells which customers were made together.
    labels = draws.shuffled(range(len(planned)))
    homes = [draws.weighted(by_weight) for _ in planned]
    rows = draws.shuffled(place for place, plan in enumerate(planned) for _ in range(plan.n_records))
    columns: dict[str, list[str]] = {name: [] for name in ("record_id", "shop", *FIELDS)}
    true_ids = []
    for position, place in enumerate(rows):
        customer = planned[place].customer
        others = (
            [other for other in members[customer.household] if other is not customer]
            if isinstance(customer, Person)
            else []
        )
        source = homes[place] if draws.chance(_HOME_SOURCE) else draws.weighted(by_weight)
        columns["record_id"].append(f"r{position + 1:07d}")
        columns["shop"].append(source.name)
        for name, value in writer.write(customer, others, source, draws.uniform()).items():
            columns[name].append(value)
        true_ids.append(_true_id(labels[place]))
    records = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return SyntheticCustomers(
        records=records,
        truth=pa.table({"record_id": records["record_id"], "true_id": pa.array(true_ids, pa.string())}),
        households=_households(planned, labels),
    )


def _households(planned: list[PlannedCustomer], labels: Sequence[int]) -> pa.Table:
    rows: list[tuple[str, str, str]] = []
    homes: dict[tuple[int, Address], str] = {}
    for place, (customer, n_records) in enumerate(planned):
        if isinstance(customer, Person) and n_records:
            home = homes.setdefault((customer.household, customer.address.at(_AT_LAST)), f"a{len(homes) + 1}")
            rows.append((_true_id(labels[place]), f"h{customer.household}", home))
    columns = list(zip(*sorted(rows), strict=True)) or [(), (), ()]
    names = ("true_id", "household", "home")
    return pa.table({name: pa.array(each, pa.string()) for name, each in zip(names, columns, strict=True)})


def _true_id(label: int) -> str:
    return f"c{label + 1:07d}"
