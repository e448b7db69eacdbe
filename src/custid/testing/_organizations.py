"""Tables of synthetic organizations with the truth about them."""

from __future__ import annotations

import pyarrow as pa
from attrs import frozen

from custid.errors import ConfigurationError
from custid.testing._company_names import abbreviated, with_legal_form
from custid.testing._customers import number_problems
from custid.testing._deform import formatted_phone, typo, wrong_digit
from custid.testing._draws import Draws, Weighted
from custid.testing._legal_units import LegalUnits, Site
from custid.testing._locale import Locale, ascii_folded, french
from custid.testing._population import Population

__all__ = ["SyntheticOrganizations", "synthetic_organizations"]

_FIELDS = (
    "company", "trading_name", "siren", "siret", "email", "phone", "street", "house_number", "postcode", "city",
)  # fmt: skip
_N_RECORDS = Weighted((1, 2, 3, 4, 5, 7), (40, 28, 16, 8, 5, 3))
_SITES_PER_COMPANY, _RECORDS_PER_SITE = 1.9, 2.25
_TELLING = ("siret", "email", "phone", "street")
_HOME_SOURCE = 0.5


@frozen(kw_only=True, eq=False)
class SyntheticOrganizations:
    """Invented records of organizations, and which establishment and which company each is of.

    Attributes
    ----------
    records : pyarrow.Table
        One row per record, all columns of strings; a missing value is the empty string.
    truth : pyarrow.Table
        Columns ``record_id`` and ``true_id``, the establishment, in the order of ``records``.
    companies : pyarrow.Table
        Columns ``record_id`` and ``true_id``, the company (legal unit), in the order of ``records``.
    """

    records: pa.Table
    truth: pa.Table
    companies: pa.Table


@frozen(kw_only=True)
class _Habits:
    """How a source writes organizations down; numbers are shares of its records.

    Attributes
    ----------
    name, weight
        Name, and records against those of the others.
    legal, trading
        The name is the legal one; it is the trading name or acronym where there is one (else either, by chance).
    second_name, legal_form, site_label, abbreviation
        A trading name stands in a field of its own; the name has a legal form, a label of the site, an abbreviation.
    siren, siret, email, phone, address
        The field is filled.
    capitals, lower_case, no_accents
        How the text is written.
    """

    name: str
    weight: float
    legal: float
    trading: float
    second_name: float
    legal_form: float
    site_label: float
    abbreviation: float
    siren: float
    siret: float
    email: float
    phone: float
    address: float
    capitals: float
    lower_case: float
    no_accents: float
    phone_layout: str


_SOURCES = (
    _Habits(
        name="billing", weight=0.3, legal=0.95, trading=0.02, second_name=0.15, legal_form=0.9, site_label=0.05,
        abbreviation=0.2, siren=0.9, siret=0.75, email=0.5, phone=0.5, address=0.97, capitals=0.9, lower_case=0.0,
        no_accents=1.0, phone_layout="spaced",
    ),
    _Habits(
        name="crm", weight=0.3, legal=0.45, trading=0.45, second_name=0.5, legal_form=0.35, site_label=0.3,
        abbreviation=0.25, siren=0.45, siret=0.35, email=0.75, phone=0.8, address=0.85, capitals=0.1, lower_case=0.02,
        no_accents=0.2, phone_layout="international",
    ),
    _Habits(
        name="web", weight=0.25, legal=0.4, trading=0.4, second_name=0.05, legal_form=0.2, site_label=0.25,
        abbreviation=0.3, siren=0.1, siret=0.4, email=1.0, phone=0.7, address=0.9, capitals=0.1, lower_case=0.2,
        no_accents=0.4, phone_layout="plain",
    ),
    _Habits(
        name="delivery", weight=0.15, legal=0.1, trading=0.85, second_name=0.0, legal_form=0.05, site_label=0.4,
        abbreviation=0.3, siren=0.0, siret=0.0, email=0.1, phone=0.7, address=1.0, capitals=1.0, lower_case=0.0,
        no_accents=1.0, phone_layout="dotted",
    ),
)  # fmt: skip


def synthetic_organizations(n_records: int = 5000, *, seed: int = 1, error_rate: float = 1.0) -> SyntheticOrganizations:
    """Return records of invented French companies as four sources hold them, and what they are of.

    A customer is an establishment: two establishments of one company are two customers.  The result is a function of
    the arguments alone: the same on every platform and in every process.

    Parameters
    ----------
    n_records : int
        Number of records, at least 0.
    seed : int
        At least 0; another seed makes other companies.
    error_rate : float
        Multiplies the shares of errors below; 0 leaves differences of layout, names and missing values.

    Returns
    -------
    SyntheticOrganizations
        ``records`` has the columns ``record_id``, ``source``, ``company``, ``trading_name``, ``siren``, ``siret``,
        ``email``, ``phone``, ``street``, ``house_number``, ``postcode`` and ``city``.

    Raises
    ------
    ConfigurationError
        If an argument is below 0.

    Notes
    -----
    Two companies in five have two to eight establishments under one SIREN, each with a SIRET and an address of its own;
    half of the further establishments answer at the switchboard and the mailbox of the seat, and one in five is in its
    town.  One company in five has a long name and is known by its initials, one in eight trades under the name of a
    franchise that some 25 companies share, one in twelve has the name of another company, and others have a trading
    name of their own.  Legal forms stand before or behind the name, in full, with dots, or not at all; words are
    abbreviated.

    Numbers have valid check digits and begin with 0, as no number of the French register does.  Errors, as shares of
    the records where they are possible: a typo in the name (4 %), street (3 %), city (2 %) and e-mail (1.5 %), a wrong
    digit in the SIRET (2 %), SIREN (1.5 %), phone, house number and postcode (1 % each), and the SIRET of the seat for
    that of the establishment (1 %).

    Examples
    --------
    >>> from custid.testing import synthetic_organizations
    >>> made = synthetic_organizations(100, seed=7)
    >>> made.records.num_rows, made.companies.column_names
    (100, ['record_id', 'true_id'])
    """
    problems = list(number_problems({"n_records": n_records, "seed": seed, "error_rate": error_rate}))
    if problems:
        raise ConfigurationError.collected(problems)
    draws = Draws(seed)
    n_companies = int(n_records / _SITES_PER_COMPANY / _RECORDS_PER_SITE)
    population = Population(draws, n_rare_names=300 + n_companies)
    planned = _plan(LegalUnits(population, french(), n_companies), draws, n_records)
    return _written(planned, draws, error_rate)


def _plan(units: LegalUnits, draws: Draws, n_records: int) -> list[tuple[Site, int]]:
    """Return establishments with the number of records of each, whole companies at a time."""
    planned: list[tuple[Site, int]] = []
    left, number = n_records, 0
    while left > 0:
        number += 1
        for site in units.new(number):
            planned.append((site, min(draws.weighted(_N_RECORDS), left)))
            left -= planned[-1][1]
    return planned


def _written(planned: list[tuple[Site, int]], draws: Draws, error_rate: float) -> SyntheticOrganizations:
    sources = Weighted(_SOURCES, (source.weight for source in _SOURCES))
    writer = _Writer(draws, french(), error_rate)
    # Neither the order of the records nor a true id tells which establishments were made together.
    labels = draws.shuffled(range(len(planned)))
    companies = draws.shuffled(range(1 + max((site.company for site, _ in planned), default=0)))
    homes = [draws.weighted(sources) for _ in planned]
    places = draws.shuffled(place for place, (_, count) in enumerate(planned) for _ in range(count))
    columns: dict[str, list[str]] = {name: [] for name in ("record_id", "source", *_FIELDS)}
    true_sites, true_companies = [], []
    for position, place in enumerate(places):
        site = planned[place][0]
        source = homes[place] if draws.chance(_HOME_SOURCE) else draws.weighted(sources)
        columns["record_id"].append(f"o{position + 1:07d}")
        columns["source"].append(source.name)
        for name, value in writer.write(site, source).items():
            columns[name].append(value)
        true_sites.append(f"e{labels[place] + 1:07d}")
        true_companies.append(f"u{companies[site.company] + 1:07d}")
    records = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})

    def beside(true_ids: list[str]) -> pa.Table:
        return pa.table({"record_id": records["record_id"], "true_id": pa.array(true_ids, pa.string())})

    return SyntheticOrganizations(records=records, truth=beside(true_sites), companies=beside(true_companies))


class _Writer:
    """Writes records of establishments."""

    def __init__(self, draws: Draws, locale: Locale, error_rate: float) -> None:
        self._draws = draws
        self._locale = locale
        self._error_rate = error_rate

    def write(self, site: Site, source: _Habits) -> dict[str, str]:
        """Return one record: a value, possibly empty, for each field."""
        draws = self._draws
        name, second = self._names(site, source)
        siren, siret = self._numbers(site)
        row = {
            "company": name,
            "trading_name": second,
            "siren": siren,
            "siret": siret,
            "email": site.email,
            "phone": site.phone,
            **self._address(site),
        }
        self._misspell(row)
        full = dict(row)
        for field in ("siren", "siret", "email", "phone"):
            if not draws.chance(getattr(source, field)):
                row[field] = ""
        if not draws.chance(source.address):
            row.update(street="", house_number="", postcode="", city="")
        if not any(row[field] for field in _TELLING):
            # A name alone tells nobody which establishment it is: something else is always known.
            row["phone"] = full["phone"]
        self._lay_out(row, source)
        return row

    def _errs(self, rate: float) -> bool:
        return self._draws.chance(rate * self._error_rate)

    def _names(self, site: Site, source: _Habits) -> tuple[str, str]:
        draws, names = self._draws, site.names
        alias = names.trading_name or names.acronym
        kind = draws.uniform()
        is_legal = not alias or kind < source.legal or (kind >= source.legal + source.trading and draws.chance(0.5))
        name = names.legal_name if is_legal else alias
        second = alias if is_legal and alias and draws.chance(source.second_name) else ""
        if draws.chance(source.abbreviation):
            name = abbreviated(name, draws)
        if is_legal and draws.chance(source.legal_form):
            name = with_legal_form(name, names.legal_forms, draws)
        if site.label and draws.chance(source.site_label):
            name = f"{name} {site.label}"
        return name, second

    def _numbers(self, site: Site) -> tuple[str, str]:
        draws = self._draws
        siren = wrong_digit(site.siren, draws) if self._errs(0.015) else site.siren
        siret = site.seat_siret if self._errs(0.01) else site.siret
        if self._errs(0.02):
            siret = wrong_digit(siret, draws)
        if draws.chance(0.3):
            siren = f"{siren[:3]} {siren[3:6]} {siren[6:]}"
        if draws.chance(0.3):
            siret = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
        return siren, siret

    def _address(self, site: Site) -> dict[str, str]:
        draws, address = self._draws, site.address
        kind = address.kind.abbreviation if draws.chance(0.25) else address.kind.word
        number = wrong_digit(address.number, draws) if self._errs(0.01) else address.number
        postcode = wrong_digit(address.postcode, draws) if self._errs(0.01) else address.postcode
        city = address.city.replace("Saint", "St", 1) if draws.chance(0.15) else address.city
        return {"street": f"{kind} {address.name}", "house_number": number, "postcode": postcode, "city": city}

    def _misspell(self, row: dict[str, str]) -> None:
        draws, neighbors = self._draws, self._locale.neighbors
        for name, rate in (("company", 0.04), ("street", 0.03), ("city", 0.02)):
            if self._errs(rate):
                row[name] = typo(row[name], neighbors, draws)
        if self._errs(0.015):
            local, _, domain = row["email"].partition("@")
            row["email"] = f"{typo(local, neighbors, draws)}@{domain}"
        if self._errs(0.01):
            country, _, national = row["phone"].partition("-")
            row["phone"] = f"{country}-{wrong_digit(national, draws)}"

    def _lay_out(self, row: dict[str, str], source: _Habits) -> None:
        draws = self._draws
        row["phone"] = formatted_phone(row["phone"], source.phone_layout)
        texts = ("company", "trading_name", "street", "city")
        if draws.chance(source.no_accents):
            row.update({name: ascii_folded(row[name]) for name in texts})
        style = draws.uniform()
        if style < source.capitals:
            row.update({name: row[name].upper() for name in texts})
        elif style < source.capitals + source.lower_case:
            row.update({name: row[name].lower() for name in texts})
