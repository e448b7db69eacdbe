"""Companies: one name over several establishments."""

from __future__ import annotations

from custid.testing._draws import Weighted
from custid.testing._locale import Locale, ascii_folded
from custid.testing._population import Establishment, Population

__all__ = ["company", "company_name"]

_SITES = Weighted((1, 2, 3, 4, 6), (62, 18, 10, 6, 4))


def company(population: Population, locale: Locale, number: int) -> list[Establishment]:
    """Return the establishments of one new company.

    They share name, legal form and mail domain, often the mailbox and the switchboard's number; addresses differ.

    Parameters
    ----------
    population : Population
        Makes names, addresses and numbers.
    locale : Locale
        Language and country.
    number : int
        Number of the company.

    Returns
    -------
    list of Establishment
        Each is a customer of its own.
    """
    draws = population.draws
    n_sites = draws.weighted(_SITES)
    name = company_name(population, locale)
    legal_form = draws.one_of(locale.legal_forms)
    domain = f"{_domain_part(name)}{number}.example"
    mailbox = f"{draws.one_of(locale.role_mailboxes)}@{domain}"
    seat = population.address(locale)
    switchboard = population.land_line(locale, seat.city)
    sites = []
    for site in range(n_sites):
        address = population.address(locale) if site else seat
        label, email, phone = "", mailbox, switchboard
        if n_sites > 1:
            label = draws.one_of(locale.site_labels).format(address.city)
            if draws.chance(0.4):
                email = f"{_domain_part(address.city)}{site or ''}@{domain}"
            if draws.chance(0.5):
                phone = population.land_line(locale, address.city)
        sites.append(
            Establishment(
                locale=locale,
                company=number,
                name=name,
                legal_form=legal_form,
                site_label=label,
                address=address,
                email=email,
                phone=phone,
                contacts=tuple(_contact(population, locale) for _ in range(draws.between(1, 3))),
            )
        )
    return sites


def company_name(population: Population, locale: Locale) -> str:
    """Return a pattern of the locale with its letter replaced by a family name, a thing, a city or a brand."""
    draws = population.draws
    words = []
    for word in draws.one_of(locale.organization_kinds).split():
        if word == "F":
            words.append(population.family_name(locale))
        elif word == "T":
            words.append(draws.one_of(locale.organization_things))
        elif word == "C":
            words.append(population.city(locale).name)
        elif word == "B":
            words.append(draws.one_of(locale.brand_parts[0]) + draws.one_of(locale.brand_parts[1]))
        else:
            words.append(word)
    return " ".join(words)


def _contact(population: Population, locale: Locale) -> tuple[str, str]:
    is_woman = population.draws.chance(0.5)
    return population.given_name(locale, is_woman=is_woman), population.family_name(locale)


def _domain_part(name: str) -> str:
    return "".join(char for char in ascii_folded(name).lower() if char.isalnum())
