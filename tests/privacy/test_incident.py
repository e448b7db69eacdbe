"""custid.privacy.incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custid.errors import ConfigurationError
from custid.privacy import FRANCE, AuditEntry, AuditFile, incident

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def trail_of(path: Path) -> AuditFile:
    moments = iter(NOON + timedelta(hours=number) for number in range(5))
    trail = AuditFile(path / "audit.jsonl", clock=lambda: next(moments))
    for actor, customer, outcome in (
        ("ann", "C1", "allowed"),
        ("eve", "C2", "allowed"),
        ("eve", "C3", "denied"),
        ("eve", "C4", "masked"),
        ("eve", "C5", "allowed"),
    ):
        trail.append(
            AuditEntry(actor=actor, action="read", customers=(customer,), categories=(f"a{customer}",), outcome=outcome)
        )
    return trail


def test_exactly_those_affected_are_told(tmp_path: Path) -> None:
    """Acts of the account, within the period, that showed something: neither others nor what was denied."""
    found = incident(
        trail_of(tmp_path).entries(),
        since=NOON,
        until=NOON + timedelta(hours=3),
        known_at=NOON + timedelta(days=1),
        pack=FRANCE,
        concerns=lambda entry: entry.actor == "eve",
    )
    assert (found.customers, found.categories, found.entries) == (("C2", "C4"), ("aC2", "aC4"), (2, 4))
    assert (found.first, found.last) == (NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    assert found.to_dict()["n_customers"] == 2


def test_the_clock_is_shown() -> None:
    """72 hours from when the breach became known, counted down, and what is late is said to be."""
    found = incident([], since=NOON, until=NOON, known_at=NOON, pack=FRANCE)
    assert found.deadline == NOON + timedelta(hours=72)
    assert "(70 hours left)" in found.text(NOON + timedelta(hours=2))
    assert "(2 hours late" in found.text(NOON + timedelta(hours=74))
    assert "il reste 70 heures" in found.text(NOON + timedelta(hours=2), "fr")
    assert "article 34" in found.text(NOON)
    with pytest.raises(ConfigurationError, match="language: expected 'en' or 'fr'"):
        found.text(NOON, "de")


def test_periods_have_zones_and_an_order() -> None:
    """Moments without a time zone, or an end before the beginning, are refused."""
    with pytest.raises(ConfigurationError, match="incident: expected moments with a time zone"):
        incident([], since=NOON, until=NOON - timedelta(hours=1), known_at=NOON, pack=FRANCE)
    with pytest.raises(ConfigurationError, match="incident: expected moments with a time zone"):
        incident([], since=NOON, until=NOON, known_at=NOON.replace(tzinfo=None), pack=FRANCE)
