"""Legal units and their establishments, as the French register of companies knows them."""

from __future__ import annotations

from attrs import frozen

from custid.testing._company_names import CompanyNames, new_brands, new_names
from custid.testing._draws import Draws, Weighted
from custid.testing._locale import City, Locale, ascii_folded
from custid.testing._population import Address, Population

__all__ = ["LegalUnits", "Site", "luhn_digit"]

_N_SITES = Weighted((1, 2, 3, 5, 8), (58, 20, 12, 6, 4))
_COMPANIES_PER_BRAND = 25


@frozen(kw_only=True, eq=False)
class Site:
    """One establishment.

    Attributes
    ----------
    company : int
        Number of its legal unit.
    names : CompanyNames
        What the legal unit is called.
    label : str
        What tells it from its siblings; empty for an only one.
    siren, siret, seat_siret : str
        Numbers of the legal unit, of this establishment and of the seat.
    address : Address
        Where it is.
    email, phone : str
        Its own, or those of the legal unit.
    """

    company: int
    names: CompanyNames
    label: str
    siren: str
    siret: str
    seat_siret: str
    address: Address
    email: str
    phone: str


def luhn_digit(payload: str) -> str:
    """Return the digit that makes the Luhn sum of a number a multiple of ten.

    Examples
    --------
    >>> luhn_digit("7992739871")
    '3'
    """
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


class LegalUnits:
    """Makes legal units, one after the other.

    Their numbers have valid check digits and begin with 0, as no number of the register does.

    Parameters
    ----------
    population : Population
        Makes names, addresses and telephone numbers.
    locale : Locale
        Language and country.
    n_companies : int
        About how many there will be: a franchise has some 25 companies, the share of franchises considered.
    """

    def __init__(self, population: Population, locale: Locale, n_companies: int) -> None:
        self._population = population
        self._locale = locale
        self._brands = new_brands(population.draws, locale, 1 + n_companies // (8 * _COMPANIES_PER_BRAND))
        self._names: list[str] = []
        self._taken: set[str] = set()

    def new(self, number: int) -> list[Site]:
        """Return the establishments of one new legal unit, its seat first."""
        population, locale = self._population, self._locale
        draws = population.draws
        names = new_names(population, locale, self._brands, self._names)
        n_sites = 1 if names.is_franchise else draws.weighted(_N_SITES)
        siren = self._siren(draws)
        seat = population.city(locale)
        domain = f"{_domain_part(names.acronym or names.legal_name)}{number}.example"
        mailbox = f"{draws.one_of(locale.role_mailboxes)}@{domain}"
        switchboard = population.land_line(locale, seat.name)
        sites, sequence, seat_siret = [], 0, ""
        for site in range(n_sites):
            city = seat if not site or draws.chance(0.2) else population.city(locale)
            sequence += draws.between(1, 3) if site else 1
            siret = _siret(siren, sequence)
            seat_siret = seat_siret or siret
            is_apart = bool(site) and draws.chance(0.5)
            sites.append(
                Site(
                    company=number,
                    names=names,
                    label=draws.one_of(locale.site_labels).format(city.name) if n_sites > 1 else "",
                    siren=siren,
                    siret=siret,
                    seat_siret=seat_siret,
                    address=self._address(city),
                    email=f"{_domain_part(city.name)}{site}@{domain}" if is_apart else mailbox,
                    phone=population.land_line(locale, city.name) if is_apart else switchboard,
                )
            )
        return sites

    def _siren(self, draws: Draws) -> str:
        while True:
            payload = f"0{draws.digits(7)}"
            siren = payload + luhn_digit(payload)
            if siren not in self._taken:
                self._taken.add(siren)
                return siren

    def _address(self, city: City) -> Address:
        return self._population.address(self._locale, city)


def _siret(siren: str, sequence: int) -> str:
    payload = f"{siren}{sequence:04d}"
    return payload + luhn_digit(payload)


def _domain_part(name: str) -> str:
    return "".join(char for char in ascii_folded(name).lower() if char.isalnum())
