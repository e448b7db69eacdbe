"""What happens in the lives of customers, and which of their records hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from attrs import evolve, fields

from custid.testing._draws import Draws, Weighted
from custid.testing._habits import MissingShares, SourceHabits
from custid.testing._population import Customer, Dated, Establishment, Person, Population
from custid.testing._writing import RecordWriter

__all__ = ["AT_LAST", "HAPPENINGS", "KeptRecord", "Life", "Lives", "housemates_of"]

T = TypeVar("T")

AT_LAST: Final = 0.999
"""The moment at which all has happened that a customer was made with."""

HAPPENINGS: Final = Weighted(("mended", "completed", "email", "phone", "moved", "married"), (30, 28, 16, 14, 10, 2))
"""What changes in a record, by frequency: a record changes about once a year, and moves in one of ten, as people do."""

_NEVER = 1.0
_NAMES = ("given_name", "family_name")
_ADDRESS = ("street", "house_number", "postcode", "city")
_TOLD = {
    "moved": (*_ADDRESS, "phone"),
    "married": (*_NAMES, "email"),
    "phone": ("phone", "mobile"),
    "email": ("email",),
    "mended": (*_NAMES, "company", "birth_date", *_ADDRESS),
    "completed": ("birth_date", "email", "phone", "mobile", *_ADDRESS),
}
_OF_ONE_RECORD = ("mended", "completed")
_NOTHING_MISSING = MissingShares(**{each.name: 0.0 for each in fields(MissingShares)})


class KeptRecord:
    """A record that a source keeps.

    Parameters
    ----------
    key : str
        Its key.
    source : SourceHabits
        Who keeps it.
    life : Life
        Of whom.
    row : dict of str to str
        What it says.
    """

    __slots__ = ("key", "life", "row", "source")

    def __init__(self, key: str, source: SourceHabits, life: Life, row: dict[str, str]) -> None:
        self.key = key
        self.source = source
        self.life = life
        self.row = row


class Life:
    """A customer over the year.

    Parameters
    ----------
    label : str
        Its true id.
    customer : Customer
        Who it is now.
    home : SourceHabits
        The source that has most of its records.
    """

    __slots__ = ("customer", "home", "label", "mates", "records")

    def __init__(self, label: str, customer: Customer, home: SourceHabits) -> None:
        self.label = label
        self.customer = customer
        self.home = home
        self.mates: list[Life] = []
        self.records: list[KeptRecord] = []

    @property
    def housemates(self) -> list[Person]:
        """The others of the household, as they are now."""
        return [each.customer for each in self.mates if isinstance(each.customer, Person)]


class Lives:
    """Lets things happen to customers, and writes them down.

    Parameters
    ----------
    population : Population
        Makes names, addresses and numbers.
    writer : RecordWriter
        Writes what is heard, with its errors.
    mender : RecordWriter
        Writes without errors.
    sources : sequence of SourceHabits
        Who keeps records.
    """

    def __init__(
        self, population: Population, writer: RecordWriter, mender: RecordWriter, sources: Sequence[SourceHabits]
    ) -> None:
        self._population = population
        self._writer = writer
        self._mender = mender
        self._sources = tuple(sources)
        self._attentive = {each.name: _attentive(each) for each in sources}

    @property
    def _draws(self) -> Draws:
        return self._population.draws

    def happen(self, record: KeptRecord, what: str) -> tuple[str, list[KeptRecord]]:
        """Let something happen to the customer of a record, and write down what its records hear of it.

        Parameters
        ----------
        record : KeptRecord
            It hears of it for certain; other records of the same persons do in one case of two.
        what : str
            Of `HAPPENINGS`; a record of an organization that marries is mended.

        Returns
        -------
        what : str
            What has happened.
        changed : list of KeptRecord
            The records whose rows have been changed.
        """
        life = record.life
        if what == "married" and not isinstance(life.customer, Person):
            what = "mended"
        if what in _OF_ONE_RECORD:
            self._tell(record, what)
            return what, [record]
        concerned = self._move(life) if what == "moved" else [self._change(life, what)]
        others = [each for one in concerned for each in one.records if each is not record]
        changed = [record, *(each for each in others if self._draws.chance(0.5))]
        for each in changed:
            self._tell(each, what)
        return what, changed

    def _tell(self, record: KeptRecord, what: str) -> None:
        """Write down a customer as it is now, and take over the fields that the happening is about."""
        life, source = record.life, self._attentive[record.source.name]
        writer, mates = (self._mender, []) if what == "mended" else (self._writer, life.housemates)
        heard = writer.write(life.customer, mates, source, AT_LAST)
        for name in _TOLD[what]:
            if heard[name] and (what not in _OF_ONE_RECORD or bool(record.row[name]) == (what == "mended")):
                record.row[name] = heard[name]

    def _become(self, life: Life, customer: Customer) -> None:
        self._writer.follow(life.customer, customer, self._sources)
        life.customer = customer

    def _move(self, life: Life) -> list[Life]:
        """Let a customer move, in most cases with those at the same address."""
        former = life.customer
        left = former.address if isinstance(former, Establishment) else former.address.at(AT_LAST)
        while (address := self._population.address(former.locale)) == left:
            pass
        if isinstance(former, Establishment):
            self._become(life, evolve(former, address=address))
            return [life]
        movers = [life, *(each for each in life.mates if _lives_at(each, left) and self._draws.chance(0.7))]
        line = former.land_line.at(AT_LAST)
        if line and address.city != left.city:
            line = self._population.land_line(former.locale, address.city)
        for each in movers:
            person = each.customer
            assert isinstance(person, Person)  # noqa: S101  # housemates are persons
            self._become(each, evolve(person, address=_lasting(address), land_line=_lasting(line)))
        return movers

    def _change(self, life: Life, what: str) -> Life:
        customer, population = life.customer, self._population
        locale = customer.locale
        if isinstance(customer, Establishment):
            local, _, domain = customer.email.partition("@")
            if what == "phone":
                number = population.land_line(locale, customer.address.city)
                self._become(life, evolve(customer, phone=number))
            else:
                self._become(life, evolve(customer, email=f"{local}{self._draws.digits(2)}@{domain}"))
            return life
        name = customer.family_name.at(AT_LAST)
        if what == "married":
            name = population.family_name(locale)
            customer = evolve(customer, family_name=_lasting(name))
        if what == "phone":
            customer = evolve(customer, mobile=_lasting(population.mobile(locale)))
        if what == "email" or (what == "married" and self._draws.chance(0.3)):
            mailbox = population.email(locale, customer.given_name, name, customer.birth_date.year)
            customer = evolve(customer, email=_lasting(mailbox))
        self._become(life, customer)
        return life


def _lasting(value: T) -> Dated[T]:
    return Dated(value, value, _NEVER)


def _lives_at(life: Life, address: object) -> bool:
    return isinstance(life.customer, Person) and life.customer.address.at(AT_LAST) == address


def _attentive(source: SourceHabits) -> SourceHabits:
    """Return a source that leaves nothing out: it is told this very thing."""
    return evolve(source, missing=_NOTHING_MISSING, placeholders=0.0, swapped_names=0.0, joined_names=0.0)


def housemates_of(lives: Iterable[Life]) -> None:
    """Tell the members of each household of one another."""
    members: dict[int, list[Life]] = {}
    for life in lives:
        if isinstance(life.customer, Person):
            members.setdefault(life.customer.household, []).append(life)
    for household in members.values():
        for life in household:
            life.mates = [each for each in household if each is not life]
