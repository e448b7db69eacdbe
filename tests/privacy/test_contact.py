"""custid.privacy.contact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import (
    Consent,
    ConsentStatus,
    Direction,
    Holding,
    Interaction,
    PartialDate,
    Preference,
    Record,
    Stated,
)
from custid.privacy import (
    ContactCap,
    ContactDecision,
    ContactPurpose,
    SuppressionList,
    french_holidays,
    may_contact,
)
from custid.privacy.windows import Hours
from custid.survivorship import consents_of
from tests.survivorship.statements import START, person_record, records, stated

PARIS = ZoneInfo("Europe/Paris")
GIVEN, OBJECTED, REFUSED = ConsentStatus.GIVEN, ConsentStatus.OBJECTED, ConsentStatus.REFUSED
# A Wednesday after the law of 2025 has come into force, and one before it.
WEDNESDAY = datetime(2026, 9, 2, 11, 0, tzinfo=PARIS)
BEFORE = datetime(2026, 6, 3, 11, 0, tzinfo=PARIS)
SATURDAY = datetime(2026, 9, 5, 10, 30, tzinfo=PARIS)


def said(status: ConsentStatus, channel: str = "phone", purpose: str = "marketing") -> Stated[Consent]:
    return stated(Consent(purpose=purpose, status=status, channel=channel))


def wish(*windows: str, channel: str = "phone") -> Stated[Preference]:
    return stated(Preference(topic="contact", value="call", channel=channel, windows=windows))


def asked(*of: Record, at: datetime = WEDNESDAY, channel: str = "phone", **options: Any) -> ContactDecision:
    return may_contact(of, channel=channel, purpose=options.pop("purpose", "marketing"), at=at, **options)


def person(*consents: Stated[Consent], **facts: Any) -> Record:
    facts.setdefault("birth_dates", [stated(PartialDate("1984-06-12"))])
    return person_record(consents=consents, **facts)


def british(*consents: Stated[Consent]) -> Record:
    made = person(*consents)
    return Record(source="crm", key="gb", party=made.party, consents=made.consents, jurisdiction="GB")


def codes(decision: ContactDecision) -> list[str]:
    return [each.code for each in decision.reasons]


def test_a_wish_is_no_consent() -> None:
    """Who prefers calls on Saturdays is not called without consent; with a dated one to calls he is, on Saturday."""
    wished = {"preferences": [wish("SA 09:00-12:00")]}
    denied = asked(person(**wished), at=SATURDAY)
    assert str(denied).startswith("denied: fr-phone-optin")
    assert denied.next_at is None
    allowed = asked(person(said(GIVEN), **wished), at=SATURDAY)
    assert allowed.is_allowed
    assert "fr-phone-optin:requested" in str(allowed)


def test_a_consent_to_all_channels_does_not_open_saturdays() -> None:
    """Other hours than those of the law ask for a consent to calls, not to anything."""
    assert codes(asked(person(said(GIVEN, ""), preferences=[wish("SA 09:00-12:00")]), at=SATURDAY)) == [
        "fr-phone-optin:hours"
    ]


def test_the_law_of_the_day_counts() -> None:
    """Before 11 August 2026 a call in France needs no consent, from then on it does, but from a supplier."""
    assert asked(person(), at=BEFORE).is_allowed
    assert codes(asked(person())) == ["fr-phone-optin"]
    owner = person(holdings=[stated(Holding(kind="vehicle", product="car", acquired=PartialDate("2025-01-01")))])
    assert codes(asked(owner)) == ["fr-phone-optin"]
    assert asked(owner, is_about_purchases=True).is_allowed


def test_the_same_act_by_pack() -> None:
    """A call without consent is allowed by British law and denied by French law; of both, the stricter holds."""
    assert asked(british()).is_allowed
    assert codes(asked(british(), person())) == ["fr-phone-optin"]


@pytest.mark.parametrize(
    ("hour", "minute", "is_allowed"),
    [(9, 59, False), (10, 0, True), (12, 59, True), (13, 0, False), (14, 0, True), (19, 59, True), (20, 0, False)],
)
def test_calling_hours(hour: int, minute: int, is_allowed: bool) -> None:  # noqa: FBT001 - a parameter
    """Calls are made from 10 to 13 and from 14 to 20 by the clocks of the person."""
    at = WEDNESDAY.replace(hour=hour, minute=minute)
    assert asked(person(said(GIVEN)), at=at.astimezone(UTC)).is_allowed is is_allowed


def test_no_calls_on_holidays() -> None:
    """A public holiday is closed, and the answer tells when it opens again."""
    at = datetime(2026, 11, 11, 11, 0, tzinfo=PARIS)
    decision = asked(person(said(GIVEN)), at=at)
    assert codes(decision) == ["fr-phone-optin:hours"]
    assert decision.next_at == datetime(2026, 11, 12, 10, 0, tzinfo=PARIS)


def test_the_next_moment_fits_law_and_wish() -> None:
    """Who is to be called in the evening is called where evening and law meet."""
    decision = asked(person(said(GIVEN), preferences=[wish("MO,TH 18:30-21:00", channel="")]))
    assert codes(decision) == ["outside_preference"]
    assert decision.next_at == datetime(2026, 9, 3, 18, 30, tzinfo=PARIS)


@pytest.mark.parametrize("status", [OBJECTED, REFUSED, ConsentStatus.WITHDRAWN])
def test_a_refusal_in_any_record_holds(status: ConsentStatus) -> None:
    """The most protective word of all records holds, for its channel, for its kind of purpose."""
    consenting = person(said(GIVEN))
    other = person_record("web", consents=[said(status)])
    assert codes(asked(consenting, other)) == ["fr-phone-optin", status.value]
    everything = person_record("web", consents=[said(status, "")])
    assert status.value in codes(asked(consenting, everything, channel="email"))
    assert status.value in codes(asked(consenting, everything, purpose="newsletter", purposes=_newsletter()))
    elsewhere = person_record("web", consents=[said(status, "post")])
    assert asked(consenting, elsewhere).is_allowed


@pytest.mark.parametrize("spelling", ["email", "E-mail", "EMAIL ", "e mail", "courriel"])
def test_spellings_of_a_channel_are_one_channel(spelling: str) -> None:
    """The law asks for a consent, a consent allows and an objection forbids, however the channel is spelled."""
    assert codes(asked(person(), channel=spelling)) == ["fr-email-optin"]
    assert asked(person(said(GIVEN, spelling)), channel="email").is_allowed
    other = person_record("web", consents=[said(OBJECTED, spelling)])
    assert OBJECTED.value in codes(asked(person(said(GIVEN, "email")), other, channel="email"))


def test_spellings_of_a_purpose_are_one_purpose() -> None:
    """An objection holds in whatever letters it names the purpose; one to direct marketing is one to marketing."""
    consenting = person(said(GIVEN, "email", "newsletter"))
    for purpose in ("Newsletter", " NEWSLETTER ", "Direct  marketing", "prospection commerciale"):
        other = person_record("web", consents=[said(OBJECTED, "", purpose)])
        assert OBJECTED.value in codes(asked(consenting, other, channel="email", purpose="newsletter"))
    again = person(said(GIVEN, "email", "newsletter"), said(ConsentStatus.WITHDRAWN, "Email", "Newsletter"))
    (holds,) = consents_of([again])
    assert holds.status is ConsentStatus.WITHDRAWN


def test_a_consent_is_to_one_purpose() -> None:
    """A consent to a survey allows no newsletter; one to marketing as a whole does."""
    survey = person(said(GIVEN, "email", "survey"))
    assert codes(asked(survey, channel="email", purpose="newsletter", purposes=_newsletter())) == ["fr-email-optin"]
    whole = person(said(GIVEN, "email"))
    assert asked(whole, channel="email", purpose="newsletter", purposes=_newsletter()).is_allowed


def _newsletter() -> dict[str, ContactPurpose]:
    return dict.fromkeys(("marketing", "newsletter", "survey"), ContactPurpose.MARKETING)


def test_an_expired_consent_is_none() -> None:
    """A consent that has ended allows nothing."""
    ended = Consent(purpose="marketing", status=GIVEN, channel="phone", expires=WEDNESDAY - timedelta(days=1))
    assert codes(asked(person(stated(ended)))) == ["fr-phone-optin"]


def test_restriction_freezes_all_but_obligations() -> None:
    """Of a restricted record no offer and no service is made; what the law obliges to is."""
    restricted = person(said(GIVEN), is_restricted=True)
    assert "restricted" in codes(asked(restricted, person(said(GIVEN))))
    assert codes(asked(restricted, purpose="service")) == ["restricted"]
    assert asked(restricted, purpose="legal").is_allowed


def test_objections_do_not_stop_service() -> None:
    """Who objects to offers is still told that his order is late, at the hours he prefers."""
    objecting = person(said(OBJECTED, ""))
    assert asked(objecting, purpose="service").is_allowed
    assert codes(asked(person(preferences=[wish("SA 09:00-12:00")]), purpose="service")) == ["outside_preference"]


def test_the_dead_are_not_contacted() -> None:
    """A date of death in any record ends offers and service."""
    assert codes(asked(person(said(GIVEN), death_dates=[stated(PartialDate("2025"))]))) == ["deceased"]


def calls(n: int, at: datetime = WEDNESDAY) -> list[Stated[Interaction]]:
    return [
        stated(
            Interaction(
                at=at - timedelta(days=each + 1),
                channel="phone",
                direction=Direction.OUTBOUND,
                kind="call",
                reference=str(each),
            ),
            recorded=4000,
        )
        for each in range(n)
    ]


def test_the_fifth_call_of_a_month_is_one_too_many() -> None:
    """French law allows four calls in thirty days; older ones and those of the customer do not count."""
    assert asked(person(said(GIVEN), interactions=calls(3))).is_allowed
    assert codes(asked(person(said(GIVEN), interactions=calls(4)))) == ["fr-phone-optin:number"]
    assert asked(person(said(GIVEN), interactions=calls(4, WEDNESDAY - timedelta(days=40)))).is_allowed


def test_own_limits() -> None:
    """One contact more than the company allows itself is denied, over all channels or one."""
    called = person(said(GIVEN, ""), interactions=calls(2))
    assert asked(called, channel="email", caps=[ContactCap(most=3, days=7)]).is_allowed
    assert codes(asked(called, channel="email", caps=[ContactCap(most=2, days=7)])) == ["pressure"]
    assert asked(called, channel="email", caps=[ContactCap(most=0, days=7, channel="sms")]).is_allowed
    with pytest.raises(ConfigurationError, match="ContactCap"):
        ContactCap(most=-1, days=7)


def test_the_suppressed_are_not_contacted() -> None:
    """Who was erased and comes in again is not contacted."""
    listed = SuppressionList(bytes(range(16)))
    assert codes(asked(person(said(GIVEN)), is_suppressed=listed.lists)) == []
    assert codes(asked(person(said(GIVEN)), is_suppressed=lambda _: True)) == ["suppressed"]


def test_bad_questions() -> None:
    """A moment without a time zone, no record and a country without a pack are refused by name."""
    with pytest.raises(ConfigurationError, match="at: expected a moment with a time zone"):
        asked(person(), at=datetime(2026, 9, 2, 11, 0))  # noqa: DTZ001 - what is refused
    with pytest.raises(ConfigurationError, match="records of a customer"):
        asked()
    other = Record(source="crm", key="1", party=person().party, jurisdiction="AT")
    with pytest.raises(ConfigurationError, match="jurisdiction 'AT': expected one of FR, GB"):
        asked(other)
    with pytest.raises(ConfigurationError, match="time_zone"):
        asked(person(), time_zone="Nowhere/Land")


def test_texts_in_two_languages() -> None:
    """The answer can be read in English and in French."""
    denied = asked(person())
    assert denied.text().startswith("Denied: the law asks")
    assert denied.text("fr").startswith("Refusé: la loi exige")
    assert asked(person(said(GIVEN))).text("fr") == "Autorisé: un consentement existe."


@given(records(("consents", "preferences")), st.sampled_from(("phone", "email", "post")))
def test_a_merge_never_allows_more(of: list[Record], channel: str) -> None:
    """Whom one of the records forbids to contact for offers, their customer is not contacted either, by his word."""
    said_no = {"objected", "refused", "withdrawn", "restricted"}
    together = set(codes(may_contact(of, channel=channel, purpose="marketing", at=WEDNESDAY)))
    for each in of:
        alone = set(codes(may_contact([each], channel=channel, purpose="marketing", at=WEDNESDAY)))
        # A stronger word takes the place of a weaker one.
        assert bool(together & said_no) >= bool(alone & said_no)
    turned = may_contact(of[::-1], channel=channel, purpose="marketing", at=WEDNESDAY)
    assert set(codes(turned)) == together


def test_french_holidays() -> None:
    """The eleven holidays of 2026, three of which move with Easter."""
    assert {day.isoformat()[5:] for day in french_holidays(2026)} == {
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    }  # fmt: skip


def test_the_clocks_of_whoever_asks_do_not_count() -> None:
    """An objection made after midnight in Paris counts at once, though it is the day before where the question is."""
    at = datetime(2026, 9, 2, 0, 5, tzinfo=PARIS)
    minutes = (at - START) / timedelta(days=1)
    objected = stated(Consent(purpose="marketing", status=OBJECTED, at=at), day=minutes)
    later = (at + timedelta(minutes=10)).astimezone(UTC)
    assert later.date() < at.date()
    decision = asked(person(said(GIVEN), objected), at=later, channel="email")
    assert codes(decision) == codes(asked(person(said(GIVEN), objected), at=later.astimezone(PARIS), channel="email"))
    assert "objected" in codes(decision)


def test_a_consent_for_ever() -> None:
    """A consent that ends with the calendar can be asked about in any time zone."""
    consent = Consent(purpose="marketing", status=GIVEN, expires=datetime.max.replace(tzinfo=UTC))
    assert asked(person(stated(consent)), channel="email").is_allowed


def test_the_end_of_a_wish_is_news() -> None:
    """A wish that was said to have ended does not come back in its earlier form."""
    wished = Preference(topic="contact", value="call", channel="phone", windows=("SA 09:00-12:00",))
    first, ended = stated(wished, day=0), stated(wished, day=100, valid=("2020-01-01", "2020-06-01"))
    assert asked(person(said(GIVEN), preferences=[first])).is_allowed is False
    assert asked(person(said(GIVEN), preferences=[first, ended])).is_allowed


@pytest.mark.parametrize("name", ["Europe", "a" * 300, "/etc/passwd"], ids=["a directory", "too long", "a path"])
def test_names_that_are_no_time_zone(name: str) -> None:
    """A name that Python finds no file for is refused in words of custid."""
    with pytest.raises(ConfigurationError, match="time_zone: expected an IANA name"):
        asked(person(), time_zone=name)


def test_an_hour_that_comes_twice() -> None:
    """The next moment is never before the one asked about, not even when clocks are set back."""
    second_time = datetime(2026, 10, 25, 2, 10, tzinfo=PARIS, fold=1)
    hours = Hours(windows=("SU 02:30-03:00",), time_zone="Europe/Paris")
    start = hours.next_start(second_time)
    assert start is not None
    assert start.astimezone(UTC) == second_time.astimezone(UTC) + timedelta(minutes=20)
