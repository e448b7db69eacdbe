"""custid.survivorship.consents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from custid.errors import ConfigurationError
from custid.model import Basis, Consent, ConsentStatus, Record, Stated
from custid.survivorship import Survivorship, golden_record, most_protective, most_recent
from tests.survivorship.statements import moment, person_record, stated

GIVEN, OBJECTED, WITHDRAWN = ConsentStatus.GIVEN, ConsentStatus.OBJECTED, ConsentStatus.WITHDRAWN


def said(status: ConsentStatus, source: str = "crm", day: float = 0, **facts: Any) -> Stated[Consent]:
    return stated(Consent(purpose="marketing", status=status, **facts), source, day)


def record(source: str, *statements: Stated[Consent], is_restricted: bool = False) -> Record:
    return person_record(source, consents=statements, is_restricted=is_restricted)


def status(*records: Record, channel: str = "", **options: Any) -> ConsentStatus | None:
    found = golden_record(records, **options).consent("marketing", channel)
    return found.status if found is not None else None


def test_the_most_protective_holds() -> None:
    """An objection in one record holds although another record has a newer consent."""
    assert status(record("crm", said(OBJECTED)), record("web", said(GIVEN, "web", 50))) is OBJECTED


def test_order_of_protection() -> None:
    """Objected is above withdrawn, refused, expired and given; nothing said is no consent."""
    order = [OBJECTED, WITHDRAWN, ConsentStatus.REFUSED, ConsentStatus.EXPIRED, GIVEN]
    for place in range(len(order)):
        assert most_protective(order[place:]) is order[place]
    assert most_protective([]) is None
    assert status(record("crm", stated(Consent(purpose="survey", status=GIVEN)))) is None


def test_one_record_may_change_its_mind() -> None:
    """Within one record the latest word counts, in either direction."""
    assert status(record("crm", said(OBJECTED, day=0), said(GIVEN, day=5))) is GIVEN
    assert status(record("crm", said(OBJECTED, day=5), said(GIVEN, day=0))) is OBJECTED


def test_of_one_moment_the_more_protective_counts() -> None:
    """Two words of one record at one moment are taken at the more careful one."""
    assert status(record("crm", said(GIVEN), said(WITHDRAWN))) is WITHDRAWN


def test_the_moment_of_the_consent_counts() -> None:
    """When it was said counts, not when the source was read."""
    early, late = said(GIVEN, day=9, at=moment(1)), said(OBJECTED, day=8, at=moment(2))
    assert status(record("crm", early, late)) is OBJECTED


def test_channels_are_kept_apart_and_all_means_each() -> None:
    """An objection to one channel leaves the others; one to all channels holds for each."""
    by_phone = record("crm", said(OBJECTED, channel="phone"), said(GIVEN, channel="mail"))
    assert (status(by_phone, channel="phone"), status(by_phone, channel="mail")) == (OBJECTED, GIVEN)
    everything = record("web", said(OBJECTED, "web"))
    assert status(by_phone, everything, channel="mail") is OBJECTED


def test_a_consent_ends_by_itself() -> None:
    """With a day, a consent that has ended by then is expired, and the statement stays as it was made."""
    ending = record("crm", said(GIVEN, expires=moment(10)))
    assert status(ending, at=date(2020, 1, 5)) is GIVEN
    found = golden_record([ending], at=date(2020, 2, 1)).consent("marketing")
    assert found is not None
    assert (found.status, found.statement.value.status) == (ConsentStatus.EXPIRED, GIVEN)
    assert status(ending) is GIVEN


def test_later_words_do_not_count_on_an_earlier_day() -> None:
    """On a day, only what had been said by then counts; with a moment, only what was known."""
    changed = record("crm", said(GIVEN, day=0), said(WITHDRAWN, day=20))
    assert status(changed, at=date(2020, 1, 5)) is GIVEN
    assert status(changed, known_at=moment(5)) is GIVEN
    assert status(changed) is WITHDRAWN


def test_restricted_records_only_refuse() -> None:
    """A restricted record gives no permission, and its objection holds."""
    assert status(record("crm", said(GIVEN), is_restricted=True)) is None
    assert status(record("crm", said(OBJECTED), is_restricted=True), record("web", said(GIVEN, "web"))) is OBJECTED


def test_consents_that_come_back_are_ignored() -> None:
    """A consent that custid inferred is nobody's word."""
    back = stated(Consent(purpose="marketing", status=GIVEN), "custid", basis=Basis.INFERRED)
    assert status(record("custid", back)) is None


def test_consents_cannot_be_given_rules() -> None:
    """No rule may let one consent survive another one."""
    with pytest.raises(ConfigurationError, match="got 'consents'"):
        Survivorship(by_attribute={"consents": (most_recent(),)})
