"""Whether a customer may be contacted, and why: consent, objection, law, wishes and pressure in one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from custid.errors import ConfigurationError
from custid.model import (
    Consent,
    ConsentStatus,
    CustomerKind,
    Direction,
    Person,
    Preference,
    Record,
    Stated,
    current,
    standing,
    status_at,
    timeline,
)
from custid.privacy.jurisdictions import ContactRule, JurisdictionPack, Regime, pack_of
from custid.privacy.windows import Hours, first_common_start, local_time
from custid.survivorship import ConsentChoice, consents_of
from custid.survivorship.contact_terms import channel_named, purpose_named

__all__ = ["PURPOSES", "ContactCap", "ContactDecision", "ContactPurpose", "ContactReason", "may_contact"]


class ContactPurpose(StrEnum):
    """What kind of purpose a contact has; it decides which reasons count."""

    MARKETING = "marketing"
    SERVICE = "service"
    LEGAL = "legal"


PURPOSES: Final[Mapping[str, ContactPurpose]] = MappingProxyType(
    {
        "marketing": ContactPurpose.MARKETING,
        "direct marketing": ContactPurpose.MARKETING,
        "prospection": ContactPurpose.MARKETING,
        "prospection commerciale": ContactPurpose.MARKETING,
        "https://w3id.org/dpv#DirectMarketing": ContactPurpose.MARKETING,
        "https://w3id.org/dpv#Marketing": ContactPurpose.MARKETING,
        "service": ContactPurpose.SERVICE,
        "https://w3id.org/dpv#ServiceProvision": ContactPurpose.SERVICE,
        "https://w3id.org/dpv#CustomerCare": ContactPurpose.SERVICE,
        "legal": ContactPurpose.LEGAL,
        "https://w3id.org/dpv#LegalObligation": ContactPurpose.LEGAL,
    }
)
"""Kinds of known purposes; what is not listed counts as marketing, which is restricted the most."""

_SAYS_NO: Final = {
    ConsentStatus.REFUSED: "refused",
    ConsentStatus.WITHDRAWN: "withdrawn",
    ConsentStatus.OBJECTED: "objected",
}


@frozen(kw_only=True)
class ContactCap:
    """How often a customer is contacted at most, by the company's own rule.

    Attributes
    ----------
    most : int
        Contacts at most, 0 or more.
    days : int
        Days that are counted back from the moment asked about.
    channel : str
        The channel that is counted; empty for all together.
    kinds : tuple of str
        Kinds of interactions that count; empty for all.
    """

    most: int
    days: int
    channel: str = ""
    kinds: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.most < 0 or self.days < 1:
            raise ConfigurationError("ContactCap: expected most of 0 or more and days of 1 or more, got others.")


@frozen(kw_only=True)
class ContactReason:
    """One reason for an answer.

    Attributes
    ----------
    code : str
        What it is: the code of a rule of law, ``"objected"``, ``"restricted"``, ``"outside_preference"``, …
    text_en, text_fr : str
        For a person; holds no value of the customer.
    source : str
        The text of law; empty for others.
    ends_by_itself : bool
        Whether waiting is all it takes.
    """

    code: str
    text_en: str
    text_fr: str
    source: str = ""
    ends_by_itself: bool = False


@frozen(kw_only=True)
class ContactDecision:
    """Whether a customer may be contacted.

    Attributes
    ----------
    channel, purpose : str
        What was asked about.
    at : datetime
        The moment, by the clocks of the customer.
    reasons : tuple of ContactReason
        Why not; empty where it is allowed.
    grounds : tuple of ContactReason
        What allows it, as far as that goes.
    next_at : datetime or None
        The first moment from which on no reason is left, where waiting is all it takes; else None.
    """

    channel: str
    purpose: str
    at: datetime
    reasons: tuple[ContactReason, ...]
    grounds: tuple[ContactReason, ...] = ()
    next_at: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons

    def __str__(self) -> str:
        if self.is_allowed:
            return "allowed: " + ", ".join(each.code for each in self.grounds)
        return "denied: " + ", ".join(each.code for each in self.reasons)

    def text(self, language: str = "en") -> str:
        """Return the answer in a sentence or two, English (``"en"``) or French (``"fr"``)."""
        french = language == "fr"
        head = ("Autorisé" if french else "Allowed") if self.is_allowed else ("Refusé" if french else "Denied")
        shown = self.grounds if self.is_allowed else self.reasons
        return f"{head}: " + "; ".join(each.text_fr if french else each.text_en for each in shown) + "."


def may_contact(
    records: Iterable[Record],
    *,
    channel: str,
    purpose: str,
    at: datetime,
    is_about_purchases: bool = False,
    caps: Iterable[ContactCap] = (),
    purposes: Mapping[str, ContactPurpose] | None = None,
    packs: Mapping[str, JurisdictionPack] | None = None,
    time_zone: str | None = None,
    is_suppressed: Callable[[Record], bool] | None = None,
) -> ContactDecision:
    """Tell whether a customer may be contacted, and why.

    All that is known has to allow it: no restriction and no objection in any record (the most protective holds), what
    the law of each record's country asks at that time, the hours that the customer wishes, and the number of contacts.

    Parameters
    ----------
    records : iterable of Record
        All records of one customer.
    channel : str
        ``"phone"``, ``"automated_call"``, ``"email"``, ``"sms"``, ``"post"``, or one of the user's own; channels and
        purposes are the same however they are spelled (:mod:`custid.survivorship.contact_terms`).
    purpose : str
        What for; with a name of its kind (``"marketing"``) a consent or a refusal covers all purposes of the kind.
    at : datetime
        When, with a time zone.
    is_about_purchases : bool
        Whether it is about what the customer has bought, or something alike: some laws then ask for no consent.
    caps : iterable of ContactCap
        The company's own limits.
    purposes : Mapping of str to ContactPurpose, optional
        The kind of each purpose; one that is not there counts as marketing.  `PURPOSES` when not given.
    packs : Mapping of str to JurisdictionPack, optional
        What the law asks, by country.  `PACKS` when not given.
    time_zone : str, optional
        IANA name of the customer's clocks; those of the country when not given.
    is_suppressed : callable, optional
        Tells of a record whether it speaks of somebody who wanted to be forgotten and never contacted again
        (:meth:`custid.privacy.suppression.SuppressionList.lists`).

    Returns
    -------
    ContactDecision
        The answer with its reasons.

    Raises
    ------
    ConfigurationError
        If the moment has no time zone, a country has no pack, or there is no record.

    Notes
    -----
    Marketing asks for all of it.  A service contact (about an order, a defect) only for no restriction and the wished
    hours, one that the law obliges to (a recall, a breach) for nothing.

    Examples
    --------
    >>> from datetime import timezone
    >>> from custid.model import Person, PersonName, Provenance
    >>> seen = datetime(2026, 9, 1, tzinfo=timezone.utc)
    >>> by = Provenance(source="till", record="7", observed_at=seen, recorded_at=seen)
    >>> wish = Preference(topic="contact", value="call", channel="phone", windows=("SA 09:00-12:00",))
    >>> person = Person(names=(Stated(PersonName(family="Durand"), by),))
    >>> record = Record(source="till", key="7", party=person, preferences=(Stated(wish, by),))
    >>> saturday = datetime(2026, 9, 5, 8, 30, tzinfo=timezone.utc)
    >>> str(may_contact([record], channel="phone", purpose="marketing", at=saturday))
    'denied: fr-phone-optin, fr-phone-optin:hours'
    """
    records = tuple(records)
    if not records:
        raise ConfigurationError("may_contact: expected the records of a customer, got none.")
    countries = sorted({record.jurisdiction for record in records})
    kinds = {purpose_named(name): kind for name, kind in (PURPOSES if purposes is None else purposes).items()}
    question = _Question(
        records=records,
        channel=channel_named(channel),
        purpose=purpose_named(purpose),
        # By the clocks of the customer: which day it is must not depend on those of whoever asks.
        at=local_time(at, time_zone or pack_of(countries[0], packs).time_zone),
        kind=kinds.get(purpose_named(purpose), ContactPurpose.MARKETING),
        purposes=kinds,
        is_about_purchases=is_about_purchases,
        time_zone=time_zone,
    )
    answer = _Answer()
    for country in countries:
        _judge_by_law(question, pack_of(country, packs), answer)
    _judge_by_word(question, answer)
    _judge_by_wish(question, answer)
    _judge_by_number(question, caps, answer)
    is_marketing = question.kind is ContactPurpose.MARKETING
    if is_suppressed is not None and is_marketing and any(map(is_suppressed, question.records)):
        answer.deny(
            "suppressed",
            "the person is on the list of those not to be contacted",
            "la personne figure sur la liste d'opposition",
        )
    return answer.decision(question)


@frozen(kw_only=True)
class _Question:
    records: tuple[Record, ...]
    channel: str
    purpose: str
    at: datetime
    kind: ContactPurpose
    purposes: Mapping[str, ContactPurpose]
    is_about_purchases: bool
    time_zone: str | None

    def speaks_of_it(self, choice: ConsentChoice, *, is_denial: bool) -> bool:
        """Tell whether a word is about this purpose and channel; a refusal of the kind covers all its purposes."""
        if channel_named(choice.channel) not in {"", self.channel}:
            return False
        purpose = purpose_named(choice.purpose)
        if purpose == self.purpose:
            return True
        is_of_kind = self.purposes.get(purpose, None) is self.kind
        return is_of_kind and (is_denial or purpose == self.kind.value)

    def words(self) -> tuple[ConsentChoice, ...]:
        """Return what the customer has said, as of the day."""
        return consents_of(self.records, at=self.at.date(), known_at=self.at)


class _Answer:
    """Reasons as they are found."""

    def __init__(self) -> None:
        self._reasons: dict[str, ContactReason] = {}
        self._grounds: dict[str, ContactReason] = {}
        self._hours: list[Hours] = []

    def deny(self, code: str, text_en: str, text_fr: str, source: str = "", within: Hours | None = None) -> None:
        """Note a reason against it; with hours, one that ends where they begin."""
        self._reasons.setdefault(
            code,
            ContactReason(
                code=code, text_en=text_en, text_fr=text_fr, source=source, ends_by_itself=within is not None
            ),
        )

    def keep_to(self, hours: Hours) -> None:
        """Note hours that a later moment has to lie within."""
        self._hours.append(hours)

    def allow(self, code: str, text_en: str, text_fr: str, source: str = "") -> None:
        """Note what allows it."""
        self._grounds.setdefault(code, ContactReason(code=code, text_en=text_en, text_fr=text_fr, source=source))

    def decision(self, question: _Question) -> ContactDecision:
        reasons = tuple(self._reasons.values())
        can_wait = bool(reasons) and all(each.ends_by_itself for each in reasons)
        return ContactDecision(
            channel=question.channel,
            purpose=question.purpose,
            at=question.at,
            reasons=reasons,
            grounds=tuple(self._grounds.values()),
            next_at=first_common_start(self._hours, question.at) if can_wait else None,
        )


def _judge_by_law(question: _Question, pack: JurisdictionPack, answer: _Answer) -> None:
    """Ask what the law of one country wants."""
    if question.kind is not ContactPurpose.MARKETING:
        answer.allow(
            question.kind.value,
            "it is about a service or an obligation, which needs no consent",
            "il s'agit d'un service ou d'une obligation, qui n'appelle pas de consentement",
        )
        return
    on = local_time(question.at, question.time_zone or pack.time_zone).date()
    is_person = any(isinstance(record.party, Person) for record in question.records)
    rule = pack.rule_for(question.channel, on, is_person=is_person)
    if rule is None:
        answer.allow(
            f"{pack.country.lower()}-no-rule",
            "no rule of the country speaks of this channel",
            "aucune règle du pays ne vise ce canal",
        )
        return
    consent = _consent(question)
    if rule.regime is Regime.OPT_OUT:
        answer.allow(rule.code, "the law allows it unless refused", "la loi le permet sauf refus", rule.source)
    elif consent is not None:
        answer.allow("consent", "a consent is there", "un consentement existe", rule.source)
    elif rule.excepts_customers and question.is_about_purchases and _is_customer(question):
        answer.allow(
            f"{rule.code}:customer",
            "the person is a customer and it is about what was bought or alike",
            "la personne est cliente et il s'agit de ses achats ou de produits analogues",
            rule.source,
        )
    else:
        answer.deny(
            rule.code,
            "the law asks for a consent to this channel and purpose, and there is none",
            "la loi exige un consentement pour ce canal et cette finalité, et il n'y en a pas",
            rule.source,
        )
    _judge_hours(question, pack, rule, consent, answer)
    if rule.most_contacts is not None:
        cap = ContactCap(most=rule.most_contacts, days=rule.within_days, channel=question.channel)
        if _n_contacts(question, cap) >= cap.most:
            answer.deny(
                f"{rule.code}:number",
                f"the law allows {cap.most} contacts in {cap.days} days, and as many were made",
                f"la loi permet {cap.most} contacts en {cap.days} jours, et ils ont eu lieu",
                rule.source,
            )


def _judge_hours(
    question: _Question, pack: JurisdictionPack, rule: ContactRule, consent: Stated[Consent] | None, answer: _Answer
) -> None:
    if not rule.windows:
        return
    hours = pack.hours_of(rule, question.time_zone)
    wished = _wished_hours(question, of_channel=True)
    # Whoever has agreed to this very channel and named the hours may be contacted at these.
    is_asked_for = consent is not None and consent.value.channel == question.channel
    if rule.is_open_on_request and is_asked_for and any(each.contain(question.at) for each in wished):
        answer.allow(
            f"{rule.code}:requested",
            "the person has agreed to these hours",
            "la personne a consenti à ces heures",
            rule.source,
        )
        return
    if not (rule.is_open_on_request and is_asked_for and wished):
        answer.keep_to(hours)
    if not hours.contain(question.at):
        answer.deny(
            f"{rule.code}:hours",
            "the law forbids it at this hour",
            "la loi l'interdit à cette heure",
            rule.source,
            within=hours,
        )


def _judge_by_word(question: _Question, answer: _Answer) -> None:
    """Ask what the customer has said: restrictions, refusals, withdrawals, objections; the most protective holds."""
    if question.kind is ContactPurpose.LEGAL:
        return
    if any(record.is_restricted for record in question.records):
        answer.deny(
            "restricted",
            "processing of a record is restricted",
            "le traitement d'un enregistrement est limité",
            "Regulation (EU) 2016/679, article 18",
        )
    is_dead = any(isinstance(record.party, Person) and record.party.death_dates for record in question.records)
    if is_dead:
        answer.deny("deceased", "the person is said to have died", "la personne est déclarée décédée")
    if question.kind is not ContactPurpose.MARKETING:
        return
    for choice in question.words():
        if choice.status in _SAYS_NO and question.speaks_of_it(choice, is_denial=True):
            code = _SAYS_NO[choice.status]
            french = {"refused": "refusé", "withdrawn": "retiré son accord", "objected": "fait opposition"}[code]
            answer.deny(
                code,
                f"the person has {'objected to' if code == 'objected' else code} it",
                f"la personne a {french}",
                "Regulation (EU) 2016/679, articles 7(3) and 21(3)",
            )


def _judge_by_wish(question: _Question, answer: _Answer) -> None:
    """Ask at which hours the customer wants to be contacted."""
    if question.kind is ContactPurpose.LEGAL:
        return
    wished = _wished_hours(question)
    if not wished:
        return
    zone = wished[0].time_zone
    union = Hours(
        windows=tuple(window for each in wished if each.time_zone == zone for window in each.windows), time_zone=zone
    )
    if any(each.contain(question.at) for each in wished):
        answer.allow("preference", "it is an hour that the person prefers", "c'est une heure que la personne préfère")
    else:
        answer.deny(
            "outside_preference",
            "the person prefers other hours",
            "la personne préfère d'autres heures",
            within=union,
        )
    answer.keep_to(union)


def _judge_by_number(question: _Question, caps: Iterable[ContactCap], answer: _Answer) -> None:
    """Ask how often the customer was contacted."""
    if question.kind is not ContactPurpose.MARKETING:
        return
    for cap in caps:
        if channel_named(cap.channel) in {"", question.channel} and _n_contacts(question, cap) >= cap.most:
            answer.deny(
                "pressure",
                f"{cap.most} contacts in {cap.days} days are the limit, and as many were made",
                f"la limite est de {cap.most} contacts en {cap.days} jours, et ils ont eu lieu",
            )


def _n_contacts(question: _Question, cap: ContactCap) -> int:
    """Count the contacts that were sought in the days before."""
    since, counted = question.at - timedelta(days=cap.days), channel_named(cap.channel)
    return sum(
        stated.value.direction is Direction.OUTBOUND
        and since < stated.value.at <= question.at
        and counted in {"", channel_named(stated.value.channel)}
        and (not cap.kinds or stated.value.kind in cap.kinds)
        for stated in timeline(question.records)
    )


def _consent(question: _Question) -> Stated[Consent] | None:
    """Return a consent that holds, that to the very channel first."""
    given = [
        choice
        for choice in question.words()
        if choice.status is ConsentStatus.GIVEN and question.speaks_of_it(choice, is_denial=False)
    ]
    given.sort(key=lambda choice: channel_named(choice.channel) != question.channel)
    return given[0].statement if given else None


def _is_customer(question: _Question) -> bool:
    return status_at(question.records, question.at.date()).kind is CustomerKind.CUSTOMER


def _wished_hours(question: _Question, *, of_channel: bool = False) -> list[Hours]:
    """Return the hours that the customer has named for the channel, or for none in particular."""
    return [
        Hours(windows=wish.windows, time_zone=wish.time_zone)
        for wish in _wishes(question)
        if wish.windows
        and channel_named(wish.channel) in ({question.channel} if of_channel else {question.channel, ""})
    ]


def _wishes(question: _Question) -> Iterator[Preference]:
    day = question.at.date()
    stated: list[Stated[Any]] = [
        each
        for record in question.records
        if not record.is_restricted
        for each in record.preferences
        if each.by.recorded_at <= question.at
    ]
    # Superseded first: that a wish has ended is news, too.
    for each in current(standing(stated, lambda wish: (wish.topic, wish.channel)), day):
        if each.value.topic == "contact":
            yield each.value
