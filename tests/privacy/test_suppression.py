"""custid.privacy.suppression."""

from __future__ import annotations

from datetime import date

import pytest

from custid.errors import ConfigurationError, InputError, ModelFormatError
from custid.model import ContactPoint, Email, Phone
from custid.privacy import SuppressionList
from tests.survivorship.statements import person_record, stated

KEY = bytes(range(16))
DAY = date(2026, 9, 1)
RECORD = person_record(
    contacts=[
        stated(ContactPoint(point=Phone(e164="+33612345678"))),
        stated(ContactPoint(point=Email(address="marie@mail.example"))),
    ]
)


def test_a_record_that_comes_again_is_known() -> None:
    """Its address or its number is enough, however it is written; other people's are not."""
    listed = SuppressionList(KEY)
    assert listed.add_record(RECORD, since=DAY) == 2
    assert listed.has("phone", "06 12 34 56 78")
    assert listed.has("email", " MARIE@mail.example")
    again = person_record("web", contacts=[stated(ContactPoint(point=Phone(e164="+33612345678")))])
    assert listed.lists(again)
    assert not listed.lists(person_record(contacts=[stated(ContactPoint(point=Phone(e164="+33612345679")))]))


def test_no_value_is_kept() -> None:
    """Neither the list nor its text nor what it shows of itself holds an address or a number."""
    listed = SuppressionList(KEY)
    listed.add_record(RECORD, since=DAY)
    for text in (listed.to_json(), repr(listed), str(list(listed))):
        assert "marie" not in text
        assert "612345678" not in text


def test_without_the_key_nobody_is_listed() -> None:
    """The text alone tells nobody apart; with its key it lists whom it listed."""
    listed = SuppressionList(KEY)
    listed.add_record(RECORD, since=DAY)
    assert SuppressionList.from_json(listed.to_json(), KEY).lists(RECORD)
    assert not SuppressionList.from_json(listed.to_json(), KEY[::-1]).lists(RECORD)


def test_scopes() -> None:
    """An entry for one purpose lists for it alone; one without a purpose for each."""
    listed = SuppressionList(KEY)
    listed.add("phone", "0612345678", since=DAY, scope="survey")
    assert listed.has("phone", "+33612345678", scope="survey")
    assert not listed.has("phone", "+33612345678")
    listed.add("phone", "0612345678", since=DAY)
    assert listed.has("phone", "+33612345678", scope="newsletter")


def test_the_first_day_stays() -> None:
    """Of an address that is entered twice the earlier day counts, whichever came first."""
    days = [DAY, date(2027, 1, 1)]
    for order in (days, days[::-1]):
        listed = SuppressionList(KEY)
        for day in order:
            listed.add("phone", "0612345678", since=day)
        assert [each.since for each in listed] == [DAY]


def test_what_is_refused() -> None:
    """Short keys, other attributes, unreadable values and other texts."""
    with pytest.raises(ConfigurationError, match="16 bytes or more, got 3"):
        SuppressionList(b"abc")
    listed = SuppressionList(KEY)
    with pytest.raises(ConfigurationError, match="attribute 'family_name'"):
        listed.add("family_name", "Durand", since=DAY)
    with pytest.raises(InputError, match="expected text"):
        listed.add("phone", 612345678, since=DAY)  # type: ignore[arg-type]  # what is refused
    assert not listed.add("email", "nobody", since=DAY)
    for text in ("", "[]", '{"format": "custid suppression list", "version": 2, "entries": []}'):
        with pytest.raises(ModelFormatError, match="suppression list"):
            SuppressionList.from_json(text, KEY)
