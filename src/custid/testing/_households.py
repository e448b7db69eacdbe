"""Households: who lives together, what they share, and what changes in their lives."""

from __future__ import annotations

from attrs import evolve, frozen

from custid.testing._draws import Weighted
from custid.testing._locale import Locale
from custid.testing._population import Address, BirthDate, Dated, Person, Population

__all__ = ["household"]

_SIZES = Weighted((1, 2, 3, 4, 5), (36, 33, 14, 12, 5))
_NEVER = 1.0
_EARLIEST_BIRTH, _LATEST_BIRTH = 1926, 2008


@frozen(kw_only=True)
class _Home:
    """What the members of a household share."""

    locale: Locale
    number: int
    family_name: str
    is_couple: bool
    address: Dated[Address]
    land_line: Dated[str]


def household(population: Population, locale: Locale, number: int) -> list[Person]:
    """Return the members of one new household.

    Parameters
    ----------
    population : Population
        Makes names, addresses and numbers.
    locale : Locale
        Language and country of all members.
    number : int
        Number of the household.

    Returns
    -------
    list of Person
        One or two adults, then their children.
    """
    draws = population.draws
    size = draws.weighted(_SIZES)
    home = _home(population, locale, number, is_couple=size > 1)
    # Children old enough to be customers have parents born by then.
    latest = _LATEST_BIRTH - (24 if size > 2 else 2)
    is_woman, year = draws.chance(0.5), _adult_year(population, 1970, 16, latest)
    members = [_adult(population, home, is_woman=is_woman, year=year)]
    if size > 1:
        partner_is_woman = is_woman if draws.chance(0.04) else not is_woman
        partner_year = _adult_year(population, year, 4, latest)
        members.append(_adult(population, home, is_woman=partner_is_woman, year=partner_year))
    for _ in range(size - 2):
        members.append(_child(population, home, members))
    if draws.chance(0.06):
        return [evolve(member, email=members[0].email) if draws.chance(0.6) else member for member in members]
    return members


def _home(population: Population, locale: Locale, number: int, *, is_couple: bool) -> _Home:
    draws = population.draws
    before = after = population.address(locale)
    line = new_line = population.land_line(locale, before.city) if draws.chance(0.5) else ""
    moved_at = _NEVER
    if draws.chance(0.1):
        after, moved_at = population.address(locale), draws.uniform()
        if line and after.city != before.city:
            new_line = population.land_line(locale, after.city)
    return _Home(
        locale=locale,
        number=number,
        family_name=population.family_name(locale),
        is_couple=is_couple,
        address=Dated(before, after, moved_at),
        land_line=Dated(line, new_line, moved_at),
    )


def _adult_year(population: Population, mean: int, spread: float, latest: int) -> int:
    # Years out of range are drawn again, so that none is more frequent for being the limit.
    while not _EARLIEST_BIRTH <= (year := int(population.draws.bell(mean, spread))) <= latest:
        pass
    return year


def _adult(population: Population, home: _Home, *, is_woman: bool, year: int) -> Person:
    draws = population.draws
    birth_name, family_name = _adult_names(population, home, is_woman=is_woman)
    return _person(
        population,
        home,
        is_woman=is_woman,
        given_name=population.given_name(home.locale, is_woman=is_woman),
        birth_name=birth_name,
        family_name=family_name,
        birth_date=BirthDate(year, draws.between(1, 12), draws.between(1, 28)),
        leaves_home=0.06,
    )


def _adult_names(population: Population, home: _Home, *, is_woman: bool) -> tuple[str, Dated[str]]:
    """Return the name at birth and the one in use: most couples share one, taken or given back at some moment."""
    draws, shared = population.draws, home.family_name
    if not is_woman:
        return shared, Dated(shared, shared, _NEVER)
    own = population.family_name(home.locale)
    if not draws.chance(0.75 if home.is_couple else 0.2):
        name = own if home.is_couple else shared
        return name, Dated(name, name, _NEVER)
    used = f"{own}-{shared}" if draws.chance(0.05) else shared
    if not draws.chance(0.1):
        return own, Dated(used, used, _NEVER)
    return own, Dated(own, used, draws.uniform()) if home.is_couple else Dated(used, own, draws.uniform())


def _child(population: Population, home: _Home, members: list[Person]) -> Person:
    """Return a child of the first two members: at times the twin of the child before, or a namesake of its parent."""
    draws, parents, siblings = population.draws, members[:2], members[2:]
    is_woman = draws.chance(0.5)
    given_name = population.given_name(home.locale, is_woman=is_woman)
    namesakes = [parent for parent in parents if parent.is_woman == is_woman]
    if namesakes and draws.chance(0.03):
        given_name = namesakes[0].given_name
    youngest = max(parent.birth_date.year for parent in parents)
    year = draws.between(youngest + 20, min(youngest + 36, _LATEST_BIRTH))
    birth_date = BirthDate(year, draws.between(1, 12), draws.between(1, 28))
    if siblings and draws.chance(0.06):
        birth_date = siblings[-1].birth_date
    while any(sibling.given_name == given_name for sibling in siblings):
        given_name = population.given_name(home.locale, is_woman=is_woman)
    return _person(
        population,
        home,
        is_woman=is_woman,
        given_name=given_name,
        birth_name=home.family_name,
        family_name=Dated(home.family_name, home.family_name, _NEVER),
        birth_date=birth_date,
        leaves_home=0.3,
    )


def _person(
    population: Population,
    home: _Home,
    *,
    is_woman: bool,
    given_name: str,
    birth_name: str,
    family_name: Dated[str],
    birth_date: BirthDate,
    leaves_home: float,
) -> Person:
    draws, locale = population.draws, home.locale
    address, land_line = home.address, home.land_line
    if draws.chance(leaves_home):
        left_at = draws.uniform()
        address = Dated(address.before, population.address(locale), left_at)
        land_line = Dated(land_line.before, "", left_at)

    def mailbox(name: str) -> str:
        return population.email(locale, given_name, name, birth_date.year)

    email, mobile, changed_at = "", "", _NEVER
    if draws.chance(0.9):
        email = mailbox(family_name.before)
    new_email = email
    if email and draws.chance(0.12):
        new_email, changed_at = mailbox(family_name.after), draws.uniform()
    if draws.chance(0.92):
        mobile = population.mobile(locale)
    new_mobile, called_until = mobile, _NEVER
    if mobile and draws.chance(0.1):
        new_mobile, called_until = population.mobile(locale), draws.uniform()
    return Person(
        locale=locale,
        household=home.number,
        is_woman=is_woman,
        given_name=given_name,
        birth_name=birth_name,
        family_name=family_name,
        birth_date=birth_date,
        address=address,
        email=Dated(email, new_email, changed_at),
        mobile=Dated(mobile, new_mobile, called_until),
        land_line=land_line,
    )
