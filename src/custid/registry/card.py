"""The customer card: who a customer is, what matters to him and what he represents, with sources and dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, fields, frozen

from custid.model import (
    ConsentStatus,
    CustomerStatus,
    Interaction,
    PartyKey,
    Record,
    Relation,
    Role,
    Stated,
    customer_since,
    declaration_of,
    open_requests,
    status_at,
    threads,
    timeline,
    upcoming,
)
from custid.privacy import MASK, PACKS, Effect, Gate, Seen, facet_of, facet_of_name, local_time
from custid.privacy.gate import seen, statements_of
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey
from custid.survivorship import Choice, Conflict, consents_of, golden_record

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["Card", "CardConsent", "CardThread", "CardUnread", "CardValue", "card_of"]

_SECTIONS: Final[Mapping[str, str]] = {
    "contacts": "contacts",
    "preferences": "preferences",
    "language": "preferences",
    "roles": "roles",
    "relations": "relations",
    "holdings": "holdings",
    "life_events": "life_events",
    "measures": "worth",
    "wealth": "worth",
    "notes": "notes",
}
"""Section of the card by attribute; what is not named tells who the customer is."""

_ORIGIN: Final = "origin"


@frozen(kw_only=True)
class CardValue:
    """A value on a card.

    Attributes
    ----------
    seen : Seen
        The statement that holds, as the actor may see it, with its source and date.
    slot : str
        Which value of the attribute: the use of a name, the name of a measure.
    rule : str
        What set it above the others; see :class:`~custid.survivorship.golden.Choice`.
    conflict : Conflict
        How the others differ from it.
    others : tuple of Seen
        What else was said of it, the best first.
    """

    seen: Seen
    slot: str = ""
    rule: str = ""
    conflict: Conflict = Conflict.NONE
    others: tuple[Seen, ...] = ()


@frozen(kw_only=True)
class CardConsent:
    """What holds for one purpose and channel.

    Attributes
    ----------
    seen : Seen
        The statement that holds.
    status : ConsentStatus or None
        What holds on the day of the card; None where it is masked.
    """

    seen: Seen
    status: ConsentStatus | None


@frozen(kw_only=True)
class CardThread:
    """A conversation over all its channels.

    Attributes
    ----------
    name : str
        Name of the thread.
    channels : tuple of str
        Its channels, in the order of their first use.
    interactions : tuple of Seen
        What happened, oldest first.
    """

    name: str
    channels: tuple[str, ...]
    interactions: tuple[Seen, ...] = field(repr=False)


@frozen(kw_only=True)
class CardUnread:
    """A text that was given for an attribute and that could not be read.

    Attributes
    ----------
    attribute : str
        Name of the attribute.
    text : str
        The text, or what is shown of it where it is masked.
    is_masked : bool
        Whether it is hidden.
    source, record : str
        Which record of which source says so.
    observed_at : datetime
        When it was said or seen.
    """

    attribute: str
    text: str = field(repr=False)
    is_masked: bool
    source: str
    record: str
    observed_at: datetime


@frozen(kw_only=True)
class Card:
    """A customer at a glance, as one actor may see him.

    Attributes
    ----------
    customer : CustomerId
        The active identifier.
    redirects : tuple of CustomerId
        Identifiers that lead to the customer, the eldest first.
    at : datetime
        The moment that the card is about.
    kinds : tuple of str
        Kinds of party: ``"Person"``, ``"Organization"``, ``"Collective"``; one but for joins made by hand.
    records : tuple of RecordKey
        Where the values come from, and where more may be: pointers, no copies.
    n_restricted : int
        Records whose processing is restricted; they give no values.
    status : CustomerStatus or None
        Prospect, customer or former customer, and since when; None where roles or holdings must not be read.
    customer_since : date or None
        The first day as a customer, over all records.
    origin : Seen or None
        How the customer was won: the earliest interaction of the kind ``"origin"``.
    newest, oldest : datetime or None
        When the latest, and the first, of the statements on the card was made.
    identity, contacts, preferences, roles, relations, holdings, life_events, worth, notes : tuple of CardValue
        What is known, by attribute.
    due : tuple of Seen
        Holdings that end soon, soonest first.
    timeline : tuple of Seen
        All interactions over all channels, oldest first.
    threads : tuple of CardThread
        Conversations, that with the oldest interaction first.
    open_requests : tuple of Seen
        What still waits for something, oldest first.
    consents : tuple of CardConsent
        What was agreed to and what was refused.
    linked : Mapping of RecordKey to CustomerId
        Customers that roles and relations speak of, by their records.
    unread : tuple of CardUnread
        Texts that could not be read, for somebody to ask about.
    """

    customer: CustomerId
    redirects: tuple[CustomerId, ...] = ()
    at: datetime
    kinds: tuple[str, ...] = ()
    records: tuple[RecordKey, ...] = field(default=(), repr=False)
    n_restricted: int = 0
    status: CustomerStatus | None = field(default=None, repr=False)
    customer_since: date | None = field(default=None, repr=False)
    origin: Seen | None = field(default=None, repr=False)
    newest: datetime | None = field(default=None, repr=False)
    oldest: datetime | None = field(default=None, repr=False)
    identity: tuple[CardValue, ...] = field(default=(), repr=False)
    contacts: tuple[CardValue, ...] = field(default=(), repr=False)
    preferences: tuple[CardValue, ...] = field(default=(), repr=False)
    roles: tuple[CardValue, ...] = field(default=(), repr=False)
    relations: tuple[CardValue, ...] = field(default=(), repr=False)
    holdings: tuple[CardValue, ...] = field(default=(), repr=False)
    life_events: tuple[CardValue, ...] = field(default=(), repr=False)
    worth: tuple[CardValue, ...] = field(default=(), repr=False)
    notes: tuple[CardValue, ...] = field(default=(), repr=False)
    due: tuple[Seen, ...] = field(default=(), repr=False)
    timeline: tuple[Seen, ...] = field(default=(), repr=False)
    threads: tuple[CardThread, ...] = field(default=(), repr=False)
    open_requests: tuple[Seen, ...] = field(default=(), repr=False)
    consents: tuple[CardConsent, ...] = field(default=(), repr=False)
    linked: Mapping[RecordKey, CustomerId] = field(factory=dict, repr=False)
    unread: tuple[CardUnread, ...] = field(default=(), repr=False)

    @property
    def tenure_days(self) -> int | None:
        """Days since the first one as a customer; None for no customer, 0 before that day."""
        return None if self.customer_since is None else max((self.at.date() - self.customer_since).days, 0)

    @property
    def values(self) -> tuple[CardValue, ...]:
        """All values of all sections but interactions and consents."""
        return (
            *self.identity,
            *self.contacts,
            *self.preferences,
            *self.roles,
            *self.relations,
            *self.holdings,
            *self.life_events,
            *self.worth,
            *self.notes,
        )

    @property
    def conflicts(self) -> tuple[CardValue, ...]:
        """Values that somebody contradicts."""
        return tuple(each for each in self.values if each.conflict is Conflict.CONTRADICTION)

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain dicts, lists, numbers and texts, which JSON holds."""
        from custid.registry._card_data import data_of  # noqa: PLC0415  # not for whoever shows it otherwise

        return data_of(self)

    def to_json(self) -> str:
        """Return the card as JSON text; equal cards give equal texts."""
        import json  # noqa: PLC0415  # as above

        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, indent=2)

    def text(self, language: str = "en") -> str:
        """Return the card as a text for people.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            Lines.

        Raises
        ------
        ConfigurationError
            If there are no labels in that language.
        """
        from custid.registry._card_text import text_of  # noqa: PLC0415  # as above

        return text_of(self, language)

    def to_html(self, language: str = "en") -> str:
        """Return the card as a page: one HTML document that needs nothing else, and runs nothing.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            The document; it holds the customer's values.

        Raises
        ------
        ConfigurationError
            If there are no labels in that language.
        """
        from custid.registry._card_text import page_data  # noqa: PLC0415  # as above
        from custid.report.card_page import card_page  # noqa: PLC0415  # as above

        return card_page(page_data(self, language), language=language)


def card_of(
    customer: CustomerId,
    records: Iterable[Record],
    *,
    at: datetime,
    gate: Gate | None = None,
    redirects: tuple[CustomerId, ...] = (),
    keys: tuple[RecordKey, ...] | None = None,
    months: int = 3,
    find: Callable[[Iterable[RecordKey]], Mapping[RecordKey, CustomerId]] | None = None,
) -> Card:
    """Return the card of a customer.

    Parameters
    ----------
    customer : CustomerId
        The active identifier.
    records : iterable of Record
        All records of the customer.
    at : datetime
        The moment looked at, with a time zone: values that hold on that day, status and due dates.  Which day it is
        the clocks of the customer tell, as :func:`~custid.privacy.contact.may_contact` knows them; those of the moment
        itself where nothing is known of the customer's country.
    gate : Gate, optional
        Decides what an actor sees; everything is seen without.
    redirects : tuple of CustomerId
        Identifiers that lead to the customer.
    keys : tuple of RecordKey, optional
        All records, those included that say nothing typed; those of ``records`` when not given.
    months : int
        How far ahead due dates are looked for.
    find : callable, optional
        Returns the customers of other records, for roles and relations.

    Returns
    -------
    Card
        What is denied is not in it, and nothing in it was derived from what must not be read.
    """
    given = tuple(records)
    looks = _Looks.through(gate, given, customer)
    local = _by_clocks_of(given, at)
    day = local.date()
    shown = tuple(looks.only(given, looks.is_shown))
    read = tuple(looks.only(shown, looks.is_read)) if looks.is_veiled else shown
    free = tuple(each for each in read if not each.is_restricted)
    by_section: dict[str, Any] = {}
    for choice in _choices(shown, day):
        section = _SECTIONS.get(choice.attribute, "identity")
        by_section[section] = (*by_section.get(section, ()), _value(choice, looks))
    moments = [stated.by.observed_at for each in shown if not each.is_restricted for _, stated in statements_of([each])]
    visible = {RecordKey(each.source, each.key) for each in shown}
    has_status = looks.reads("roles", "holdings") and bool(free)
    return Card(
        customer=customer,
        redirects=redirects,
        at=at,
        kinds=tuple(sorted({type(each.party).__name__ for each in shown})),
        records=_pointers(given, keys, visible, gate),
        n_restricted=sum(each.is_restricted for each in shown),
        status=status_at(free, day) if has_status else None,
        customer_since=customer_since(free) if has_status else None,
        newest=max(moments, default=None),
        oldest=min(moments, default=None),
        due=tuple(looks.see("holdings", each) for each in _due(free, day, months)),
        consents=_consents(shown, local, looks),
        linked=_linked(read, given, find),
        unread=tuple(_unread(given, looks)),
        **_told(shown, free, looks),
        **by_section,
    )


@frozen
class _Looks:
    """How each part of an attribute is seen: wholly without a gate."""

    effects: Mapping[str, Effect] | None
    gate: Gate | None
    customer: str

    @classmethod
    def through(cls, gate: Gate | None, records: tuple[Record, ...], customer: str) -> _Looks:
        if gate is None:
            return cls(None, None, customer)
        facets = {facet_of(name, each.value) for name, each in statements_of(records)}
        facets.update(facet_of_name(each.attribute) for record in records for each in record.unread)
        return cls(gate.effects(facets, customer=customer), gate, customer)

    @property
    def is_veiled(self) -> bool:
        """Whether something is shown masked."""
        return self.effects is not None and Effect.MASK in self.effects.values()

    def effect(self, attribute: str, value: Any) -> Effect:
        return Effect.ALLOW if self.effects is None else self.effects[facet_of(attribute, value)]

    def effect_of_text(self, attribute: str) -> Effect:
        """Return how a text is seen that could not be read as a value of an attribute."""
        return Effect.ALLOW if self.effects is None else self.effects[facet_of_name(attribute)]

    def reads(self, *attributes: str) -> bool:
        """Tell whether attributes may be read wholly, be they stated or not: that nothing is there tells, too."""
        gate = self.gate
        return gate is None or all(gate.effect(name, customer=self.customer) is Effect.ALLOW for name in attributes)

    def is_shown(self, attribute: str, value: Any) -> bool:
        return self.effect(attribute, value) is not Effect.DENY

    def is_read(self, attribute: str, value: Any) -> bool:
        return self.effect(attribute, value) is Effect.ALLOW

    def see(self, attribute: str, stated: Stated[Any]) -> Seen:
        return seen(attribute, stated, self.effect(attribute, stated.value))

    def only(self, records: Iterable[Record], keeps: Callable[[str, Any], bool]) -> Iterator[Record]:
        """Yield records without the statements that are not kept, and without texts that nobody could read."""
        for record in records:
            if self.effects is None:
                yield record
                continue
            kept = [keeps(name, each.value) for name, each in statements_of([record])]
            if kept and all(kept):
                yield evolve(record, unread=()) if record.unread else record
            elif any(kept):
                party = evolve(record.party, **_kept(record.party, keeps))
                yield evolve(record, party=party, unread=(), **_kept(record, keeps))


def _kept(holder: Any, keeps: Callable[[str, Any], bool]) -> dict[str, Any]:
    return {
        each.name: tuple(stated for stated in getattr(holder, each.name) if keeps(name, stated.value))
        for each, name in _stated_fields(type(holder))
        if getattr(holder, each.name)
    }


def _stated_fields(kind: type[Any]) -> Iterator[tuple[Attribute[Any], str]]:
    for each in fields(kind):
        declared = declaration_of(each)
        if declared is not None:
            yield each, declared.name


def _choices(records: tuple[Record, ...], day: date) -> Iterator[Choice]:
    """Yield what is taken to be true; what has a place of its own is left out, and kinds of party are told apart."""
    by_kind: dict[str, list[Record]] = {}
    for record in records:
        if any(name not in {"interactions", "consents"} for name, _ in statements_of([record])):
            rest = evolve(record, interactions=(), consents=())
            by_kind.setdefault(type(record.party).__name__, []).append(rest)
    for _, members in sorted(by_kind.items()):
        golden = golden_record(members, at=day)
        yield from chain(golden.single, golden.multiple)


def _value(choice: Choice, looks: _Looks) -> CardValue:
    return CardValue(
        seen=looks.see(choice.attribute, choice.statement),
        slot=choice.slot,
        rule=choice.rule,
        conflict=choice.conflict,
        others=tuple(looks.see(choice.attribute, each) for each in choice.runners_up),
    )


def _told(shown: tuple[Record, ...], free: tuple[Record, ...], looks: _Looks) -> dict[str, Any]:
    """Return what interactions tell; of masked ones no more than that they were."""
    listed = timeline(each for each in shown if not each.is_restricted)

    def see(stated: Stated[Interaction]) -> Seen:
        return looks.see("interactions", stated)

    return {
        "timeline": tuple(map(see, listed)),
        "threads": tuple(
            CardThread(
                name=name,
                channels=tuple(dict.fromkeys(each.value.channel for each in members)),
                interactions=tuple(map(see, members)),
            )
            for name, members in threads(free).items()
        ),
        "open_requests": tuple(map(see, open_requests(free))),
        "origin": next((see(each) for each in listed if _is_origin(each, looks)), None),
    }


def _is_origin(stated: Stated[Interaction], looks: _Looks) -> bool:
    return stated.value.kind == _ORIGIN and looks.is_read("interactions", stated.value)


def _due(records: tuple[Record, ...], day: date, months: int) -> Iterator[Stated[Any]]:
    """Yield holdings that end soon, each once, however many records tell of it."""
    told = set()
    for _, stated in upcoming(records, at=day, months=months):
        holding = stated.value
        about = (holding.kind, holding.serial or holding.product)
        if about not in told:
            told.add(about)
            yield stated


def _by_clocks_of(records: tuple[Record, ...], at: datetime) -> datetime:
    countries = sorted({record.jurisdiction for record in records})
    return local_time(at, PACKS[countries[0]].time_zone) if countries and countries[0] in PACKS else at


def _consents(records: tuple[Record, ...], at: datetime, looks: _Looks) -> tuple[CardConsent, ...]:
    found = []
    for choice in consents_of(records, at=at.date(), clocks=at.tzinfo):
        told = looks.see("consents", choice.statement)
        found.append(CardConsent(seen=told, status=None if told.is_masked else choice.status))
    return tuple(found)


def _unread(records: tuple[Record, ...], looks: _Looks) -> Iterator[CardUnread]:
    for record in records:
        for each in () if record.is_restricted else record.unread:
            effect = looks.effect_of_text(each.attribute)
            if each.raw and effect is not Effect.DENY:
                is_masked = effect is not Effect.ALLOW
                yield CardUnread(
                    attribute=each.attribute,
                    text=MASK if is_masked else each.raw,
                    is_masked=is_masked,
                    source=each.by.source,
                    record=each.by.record,
                    observed_at=each.by.observed_at,
                )


def _linked(
    read: tuple[Record, ...],
    given: tuple[Record, ...],
    find: Callable[[Iterable[RecordKey]], Mapping[RecordKey, CustomerId]] | None,
) -> Mapping[RecordKey, CustomerId]:
    own = {RecordKey(each.source, each.key) for each in given}
    named = {
        RecordKey(party.source, party.key)
        for name, stated in statements_of(read)
        if name in {"roles", "relations"}
        for party in _parties(stated.value)
    }
    return {} if find is None or not named - own else dict(sorted(find(named - own).items()))


def _parties(value: Role | Relation) -> tuple[PartyKey, ...]:
    return value.holders if isinstance(value, Role) else (value.subject, value.object)


def _pointers(
    given: tuple[Record, ...], keys: tuple[RecordKey, ...] | None, visible: set[RecordKey], gate: Gate | None
) -> tuple[RecordKey, ...]:
    """Return the records; through a gate, those of which something is seen."""
    listed = keys if keys is not None else tuple(RecordKey(each.source, each.key) for each in given)
    return listed if gate is None else tuple(key for key in listed if key in visible)
