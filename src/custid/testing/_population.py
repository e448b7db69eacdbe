"""The customers themselves, before anyone writes them down: people in households, organizations with establishments."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from attrs import frozen

from custid.testing._draws import Draws, Weighted
from custid.testing._locale import City, Locale, StreetKind, ascii_folded, english, french, rare_family_names

__all__ = ["Address", "BirthDate", "Customer", "Dated", "Establishment", "Person", "Population"]

T = TypeVar("T")

_UPPER = "ABDEFGHJLNPQRSTUWXYZ"


class Dated(NamedTuple, Generic[T]):
    """A fact that may change once.

    Attributes
    ----------
    before, after : T
        Its values.
    changed_at : float
        Moment in [0, 1] of the change; 1.0 for never.
    """

    before: T
    after: T
    changed_at: float

    def at(self, moment: float) -> T:
        """Return the value at a moment in [0, 1)."""
        return self.before if moment < self.changed_at else self.after


class BirthDate(NamedTuple):
    """A day of birth: year, month, day."""

    year: int
    month: int
    day: int


@frozen(kw_only=True)
class Address:
    """A postal address.

    Attributes
    ----------
    number : str
        House number, with its letter.
    kind : StreetKind
        Kind of street.
    name : str
        Name of the street without its kind.
    postcode, city : str
        Where.
    """

    number: str
    kind: StreetKind
    name: str
    postcode: str
    city: str


@frozen(kw_only=True, eq=False)
class Person:
    """A natural person.

    Attributes
    ----------
    locale : Locale
        Language and country.
    household : int
        Number of the household the person grew up or settled in.
    is_woman : bool
        Sex.
    given_name : str
        Formal given name.
    birth_name : str
        Family name at birth.
    family_name : Dated of str
        Family name in use.
    birth_date : BirthDate
        Day of birth.
    address : Dated of Address
        Home.
    email, mobile, land_line : Dated of str
        Empty for none; numbers as country code, a dash and the national number without its leading zero.
    """

    locale: Locale
    household: int
    is_woman: bool
    given_name: str
    birth_name: str
    family_name: Dated[str]
    birth_date: BirthDate
    address: Dated[Address]
    email: Dated[str]
    mobile: Dated[str]
    land_line: Dated[str]


@frozen(kw_only=True, eq=False)
class Establishment:
    """One site of an organization.

    Attributes
    ----------
    locale : Locale
        Language and country.
    company : int
        Number of the company the site belongs to.
    name, legal_form, site_label : str
        ``Garage Morel``, ``SARL``, ``agence de Lyon``; the label is empty for the only site of a company.
    address : Address
        Where it is.
    email, phone : str
        As of a person; often those of the company.
    contacts : tuple of tuple of (str, str)
        Given and family names of the staff that order.
    """

    locale: Locale
    company: int
    name: str
    legal_form: str
    site_label: str
    address: Address
    email: str
    phone: str
    contacts: tuple[tuple[str, str], ...]


Customer = Person | Establishment


class Population:
    """Makes households and companies, one after the other.

    E-mail addresses and telephone numbers of unrelated customers differ, as providers see to it.

    Parameters
    ----------
    draws : Draws
        Source of chance.
    n_rare_names : int
        Length of the tail of rare family names of each language.
    cities : Weighted of City, optional
        Where everybody lives; those of the locale when None.
    """

    def __init__(self, draws: Draws, *, n_rare_names: int, cities: Weighted[City] | None = None) -> None:
        self.draws = draws
        self._cities = cities
        self._rare = {locale: rare_family_names(locale, n_rare_names, draws) for locale in (french(), english())}
        self._buildings: dict[Locale, list[Address]] = {french(): [], english(): []}
        self._dialing_codes = {
            locale: {place.name: place.dialing_code for place in (cities or locale.cities).items}
            for locale in self._rare
        }
        self._taken: set[str] = set()

    def given_name(self, locale: Locale, *, is_woman: bool) -> str:
        """Return a given name, at times a compound one."""
        name = self.draws.weighted(locale.given_female if is_woman else locale.given_male)
        if self.draws.chance(0.05 if locale.is_french else 0.01) and "-" not in name:
            first = self.draws.one_of(locale.compound_female if is_woman else locale.compound_male)
            return f"{first}-{name}" if first != name else name
        return name

    def family_name(self, locale: Locale) -> str:
        """Return a family name: half of the people bear one of the rare ones."""
        return self.draws.weighted(self._rare[locale] if self.draws.chance(0.5) else locale.family)

    def city(self, locale: Locale) -> City:
        """Return a place to live."""
        return self.draws.weighted(self._cities or locale.cities)

    def address(self, locale: Locale, city: City | None = None) -> Address:
        """Return an address, at times one in a building where somebody lives already."""
        draws, buildings = self.draws, self._buildings[locale]
        if city is None and buildings and draws.chance(0.12):
            return draws.one_of(buildings)
        if city is None:
            city = self.city(locale)
        name = draws.weighted(locale.streets)
        if draws.chance(0.15):
            family = self.family_name(locale)
            name = f"{draws.weighted(locale.given_male)} {family}" if locale.is_french else family
        number = str(1 + int(130 * draws.uniform() * draws.uniform()))
        if draws.chance(0.04):
            number += draws.one_of((" bis", " ter", "B") if locale.is_french else ("A", "B", "C"))
        made = Address(
            number=number,
            kind=draws.weighted(locale.street_kinds),
            name=name,
            postcode=self._postcode(locale, city),
            city=city.name,
        )
        buildings.append(made)
        return made

    def email(self, locale: Locale, given: str, family: str, year: int) -> str:
        """Return a new address at a mail provider, made of the name in most cases."""
        draws = self.draws
        first, last = _mailbox_part(given), _mailbox_part(family)
        patterns = (
            f"{first}.{last}", f"{first}.{last}", f"{first[:1]}{last}", f"{last}.{first}", f"{first}{last}",
            f"{first}.{last[:1]}", f"{first}.{last}{year % 100:02d}", f"{first}{year}", f"{last}{draws.below(1000)}",
            f"{first}_{last}",
        )  # fmt: skip
        local, domain = draws.one_of(patterns), draws.weighted(locale.domains)
        address = f"{local}@{domain}"
        while address in self._taken:
            local += str(draws.below(10))
            address = f"{local}@{domain}"
        self._taken.add(address)
        return address

    def mobile(self, locale: Locale) -> str:
        """Return a new mobile number."""
        start = (
            self.draws.one_of(("6", "6", "6", "7"))
            if locale.is_french
            else self.draws.one_of(("74", "75", "77", "78", "79"))
        )
        return self._number(locale, start)

    def land_line(self, locale: Locale, city: str) -> str:
        """Return a new number of a land line in ``city``."""
        return self._number(locale, self._dialing_codes[locale][city])

    def _number(self, locale: Locale, start: str) -> str:
        length = 9 if locale.is_french else 10
        while True:
            number = f"{locale.country_code}-{start}{self.draws.digits(length - len(start))}"
            if number not in self._taken:
                self._taken.add(number)
                return number

    def _postcode(self, locale: Locale, city: City) -> str:
        draws = self.draws
        code = draws.one_of(city.postcodes)
        if locale.is_french:
            return code
        return f"{code}{draws.between(1, 28)} {draws.between(1, 9)}{draws.one_of(_UPPER)}{draws.one_of(_UPPER)}"


def _mailbox_part(name: str) -> str:
    return "".join(char for char in ascii_folded(name).lower() if char.isalnum())
