"""How a source writes a customer down at some moment: what it hears, what it mistakes, what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from custid.testing._deform import (
    PLACEHOLDER_BIRTH_DATES,
    PLACEHOLDERS,
    exchanged_digits,
    formatted_phone,
    stray_spaces,
    typo,
    wrong_birth_date,
    wrong_digit,
)
from custid.testing._draws import Draws
from custid.testing._habits import ErrorRates, SourceHabits
from custid.testing._locale import Locale, ascii_folded
from custid.testing._population import Address, BirthDate, Customer, Establishment, Person

__all__ = ["FIELDS", "RecordWriter"]

FIELDS = (
    "given_name", "family_name", "company", "birth_date", "sex", "email", "phone", "mobile", "street", "house_number",
    "postcode", "city", "loyalty_card",
)  # fmt: skip
"""Fields of a record, in the order of the table's columns."""

_ADDRESS = ("street", "house_number", "postcode", "city")
_TELLING = ("birth_date", "email", "phone", "mobile", "street", "loyalty_card")
_IN_CAPITALS = ("given_name", "family_name", "company", "street", "city")


class RecordWriter:
    """Writes records of the customers of one population.

    Parameters
    ----------
    draws : Draws
        Source of chance.
    rates : ErrorRates
        How often which error is made.
    error_rate : float
        Multiplies the rates.
    """

    def __init__(self, draws: Draws, rates: ErrorRates, error_rate: float) -> None:
        self._draws = draws
        self._rates = rates
        self._error_rate = error_rate
        self._cards: dict[tuple[Customer, str], str] = {}
        self._taken_cards: set[str] = set()

    def write(
        self, customer: Customer, housemates: list[Person], source: SourceHabits, moment: float
    ) -> dict[str, str]:
        """Return one record of ``customer``.

        Parameters
        ----------
        customer : Customer
            Whom.
        housemates : list of Person
            The others of the household, whose address or card may be given by mistake.
        source : SourceHabits
            Who writes.
        moment : float
            In [0, 1): when; facts that change over time are those of the moment.

        Returns
        -------
        dict of str to str
            A value, possibly empty, for each of `FIELDS`.
        """
        if isinstance(customer, Person):
            row = self._person(customer, source, moment)
            self._mistake_housemate(row, housemates, source, moment)
        else:
            row = self._establishment(customer, source)
        self._misspell(row, customer.locale)
        full = dict(row)
        self._leave_out(row, source, is_person=isinstance(customer, Person))
        if not any(row[name] for name in _TELLING):
            # A name alone tells nobody who it is: something else is always known.
            kept = [name for name in _TELLING if full[name]]
            for name in kept[:1] if kept[:1] != ["street"] else _ADDRESS:
                row[name] = full[name]
        self._lay_out(row, source)
        self._fill_in(row, source, is_person=isinstance(customer, Person))
        return row

    def follow(self, former: Customer, customer: Customer, sources: Iterable[SourceHabits]) -> None:
        """Let a customer whose life has changed keep its cards.

        Parameters
        ----------
        former, customer : Customer
            The same customer before and after.
        sources : iterable of SourceHabits
            Who may have given it a card.
        """
        for source in sources:
            card = self._cards.pop((former, source.name), None)
            if card is not None:
                self._cards[customer, source.name] = card

    def _errs(self, rate: float) -> bool:
        return self._draws.chance(rate * self._error_rate)

    def _person(self, person: Person, source: SourceHabits, moment: float) -> dict[str, str]:
        draws, rates = self._draws, self._rates
        given, family = self._given_name(person), person.family_name.at(moment)
        if family != person.birth_name and self._errs(rates.birth_name):
            family = person.birth_name
        if self._errs(source.swapped_names):
            given, family = family, given
        mobile, land_line = person.mobile.at(moment), person.land_line.at(moment)
        if source.has_one_phone_field:
            phone, mobile = (land_line if land_line and (not mobile or draws.chance(0.2)) else mobile), ""
        else:
            phone = land_line
        is_woman = person.is_woman is not self._errs(rates.sex)
        return {
            "given_name": given,
            "family_name": family,
            "company": "",
            "birth_date": self._birth_date(person.birth_date, source),
            "sex": source.sex_words[1 if is_woman else 0],
            "email": person.email.at(moment),
            "phone": phone,
            "mobile": mobile,
            **self._address(person.address.at(moment), person.locale, source),
            "loyalty_card": self._card(person, source),
        }

    def _given_name(self, person: Person) -> str:
        draws, rates, name = self._draws, self._rates, person.given_name
        if "-" in name and self._errs(rates.compound_cut):
            return name.partition("-")[0]
        if "-" in name and draws.chance(0.2):
            return name.replace("-", " ")
        familiar = person.locale.nicknames.get(name)
        if familiar and self._errs(rates.nickname):
            return draws.one_of(familiar)
        if self._errs(rates.initial):
            return f"{name[0]}."
        return name

    def _birth_date(self, birth: BirthDate, source: SourceHabits) -> str:
        rates = self._rates
        told = birth
        for kind in ("day_month", "digit", "year", "january"):
            if self._errs(getattr(rates, f"birth_{kind}")):
                told = wrong_birth_date(birth, kind, self._draws)
        return source.date_layout.format(y=told.year, m=told.month, d=told.day)

    def _address(self, address: Address, locale: Locale, source: SourceHabits) -> dict[str, str]:
        draws, rates = self._draws, self._rates
        kind = address.kind.abbreviation if draws.chance(source.abbreviated_streets) else address.kind.word
        street = f"{kind} {address.name}" if locale.is_french else f"{address.name} {kind}"
        number = wrong_digit(address.number, draws) if self._errs(rates.house_number) else address.number
        if source.has_number_in_street:
            street, number = f"{number} {street}", ""
        city = address.city
        if city.startswith("Saint") and draws.chance(0.15):
            city = city.replace("Saint", "St", 1)
        postcode = wrong_digit(address.postcode, draws) if self._errs(rates.postcode) else address.postcode
        return {"street": street, "house_number": number, "postcode": postcode, "city": city}

    def _establishment(self, site: Establishment, source: SourceHabits) -> dict[str, str]:
        draws = self._draws
        name = site.name
        if draws.chance(0.45):
            name = (
                f"{name} {site.legal_form}"
                if draws.chance(0.8) or not site.locale.is_french
                else f"{site.legal_form} {name}"
            )
        if site.site_label and draws.chance(0.5):
            name = f"{name} {site.site_label}"
        given, family = draws.one_of(site.contacts) if draws.chance(0.35) else ("", "")
        return {
            "given_name": given,
            "family_name": family,
            "company": name,
            "birth_date": "",
            "sex": "",
            "email": site.email,
            "phone": site.phone,
            "mobile": "",
            **self._address(site.address, site.locale, source),
            "loyalty_card": self._card(site, source),
        }

    def _card(self, customer: Customer, source: SourceHabits) -> str:
        """Return the card that the source gave the customer: one for good, or none for good."""
        key = (customer, source.name)
        if key not in self._cards:
            self._cards[key] = self._new_card(source) if self._draws.chance(source.card_holders) else ""
        return self._cards[key]

    def _new_card(self, source: SourceHabits) -> str:
        while True:
            card = f"{source.card_prefix}{self._draws.digits(8)}"
            if card not in self._taken_cards:
                self._taken_cards.add(card)
                return card

    def _mistake_housemate(
        self, row: dict[str, str], housemates: list[Person], source: SourceHabits, moment: float
    ) -> None:
        if not housemates:
            return
        other = self._draws.one_of(housemates)
        if self._errs(self._rates.email_housemate):
            row["email"] = other.email.at(moment)
        if self._errs(self._rates.card_housemate):
            row["loyalty_card"] = self._card(other, source)

    def _misspell(self, row: dict[str, str], locale: Locale) -> None:
        rates, draws = self._rates, self._draws
        for name, rate in (
            ("given_name", rates.name_typo),
            ("family_name", rates.name_typo),
            ("company", rates.organization_typo),
            ("street", rates.street_typo),
            ("city", rates.city_typo),
        ):
            if row[name] and self._errs(rate):
                row[name] = typo(row[name], locale.neighbors, draws)
        if row["email"] and self._errs(rates.email_typo):
            local, _, domain = row["email"].partition("@")
            provider, _, top = domain.partition(".")
            if draws.chance(0.3):
                provider = typo(provider, locale.neighbors, draws)
            else:
                local = typo(local, locale.neighbors, draws)
            row["email"] = f"{local}@{provider}.{top}"
        for name in ("phone", "mobile"):
            country, dash, national = row[name].partition("-")
            if dash and self._errs(rates.phone_digit):
                row[name] = f"{country}-{wrong_digit(national, draws)}"
            elif dash and self._errs(rates.phone_transposed):
                row[name] = f"{country}-{exchanged_digits(national, draws)}"
        if row["loyalty_card"] and self._errs(rates.card_digit):
            row["loyalty_card"] = wrong_digit(row["loyalty_card"], draws)

    def _leave_out(self, row: dict[str, str], source: SourceHabits, *, is_person: bool) -> None:
        draws, missing = self._draws, source.missing
        for name in ("birth_date", "sex", "email", "loyalty_card"):
            if draws.chance(getattr(missing, name)):
                row[name] = ""
        for name in ("phone", "mobile"):
            if draws.chance(missing.phone):
                row[name] = ""
        # Goods are delivered to organizations, so that their addresses are rarely unknown.
        if draws.chance(missing.address if is_person else missing.address / 4):
            for name in _ADDRESS:
                row[name] = ""
        if not is_person:
            return
        if draws.chance(missing.given_name):
            row["given_name"] = ""
        elif draws.chance(missing.family_name):
            row["family_name"] = ""

    def _lay_out(self, row: dict[str, str], source: SourceHabits) -> None:
        draws = self._draws
        layout = draws.one_of(source.phone_layouts)
        for name in ("phone", "mobile"):
            row[name] = formatted_phone(row[name], layout)
        if row["given_name"] and row["family_name"] and draws.chance(source.joined_names):
            row["given_name"], row["family_name"] = "", f"{row['family_name']} {row['given_name']}"
        if draws.chance(source.no_accents):
            for name in _IN_CAPITALS:
                row[name] = ascii_folded(row[name])
        style = draws.uniform()
        if style < source.upper_case:
            for name in _IN_CAPITALS:
                row[name] = row[name].upper()
        elif style < source.upper_case + source.lower_case:
            for name in _IN_CAPITALS:
                row[name] = row[name].lower()
        if row["family_name"] and self._errs(self._rates.spaces):
            row["family_name"] = stray_spaces(row["family_name"], draws)

    def _fill_in(self, row: dict[str, str], source: SourceHabits, *, is_person: bool) -> None:
        """Put placeholders into empty cells."""
        draws = self._draws
        if not row["email"] and source.own_email and self._errs(0.05):
            row["email"] = source.own_email
        for name, values in PLACEHOLDERS.items():
            unasked = (name == "mobile" and source.has_one_phone_field) or (name.endswith("_name") and not is_person)
            if not row[name] and not unasked and self._errs(source.placeholders):
                row[name] = draws.one_of(values)
        if is_person and not row["birth_date"] and self._errs(source.placeholders):
            nobody = draws.one_of(PLACEHOLDER_BIRTH_DATES)
            row["birth_date"] = source.date_layout.format(y=nobody.year, m=nobody.month, d=nobody.day)
