"""custid.privacy.receipts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from custid.errors import ConfigurationError, InputError
from custid.model import Consent, ConsentStatus
from custid.privacy import ConsentReceipt, objection_to, receipt_of, withdrawal_of
from custid.survivorship import consents_of
from tests.survivorship.statements import moment, person_record, stated

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SAID = Consent(purpose="newsletter", status=ConsentStatus.GIVEN, notice="2026-02", controller="Bakery", at=moment(3))


def test_a_receipt_tells_what_was_said() -> None:
    """Notice, purpose and moment are those of the statement, and the number is kept with it."""
    receipt, kept = receipt_of(stated(SAID, day=3))
    assert (receipt.notice, receipt.purpose, receipt.at, receipt.controller) == (
        "2026-02",
        "newsletter",
        moment(3),
        "Bakery",
    )
    assert kept.value.receipt == receipt.receipt
    assert receipt_of(kept)[0] == receipt


def test_numbers_of_receipts_differ() -> None:
    """Two receipts of one statement that has no number have numbers of their own."""
    assert receipt_of(stated(SAID))[0].receipt != receipt_of(stated(SAID))[0].receipt


def test_a_receipt_is_read_back() -> None:
    """What is written as JSON comes back, and other things are refused."""
    receipt = receipt_of(stated(SAID))[0]
    assert ConsentReceipt.from_dict(json.loads(json.dumps(receipt.to_dict()))) == receipt
    with pytest.raises(InputError, match="expected the fields"):
        ConsentReceipt.from_dict({})
    with pytest.raises(InputError, match="status and moments"):
        ConsentReceipt.from_dict({**receipt.to_dict(), "status": "perhaps"})


def test_withdrawing_is_one_call() -> None:
    """A consent taken back holds no more; what was never given cannot be taken back."""
    withdrawn = withdrawal_of(SAID, at=NOW)
    record = person_record(consents=[stated(SAID), stated(withdrawn)])
    assert [each.status for each in consents_of([record])] == [ConsentStatus.WITHDRAWN]
    with pytest.raises(ConfigurationError, match="withdrawn"):
        withdrawal_of(withdrawn, at=NOW)


def test_an_objection_covers_all_channels() -> None:
    """An objection without a channel is about all of them."""
    objection = objection_to("marketing", at=NOW)
    assert (objection.status, objection.channel, objection.at) == (ConsentStatus.OBJECTED, "", NOW)
