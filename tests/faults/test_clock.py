"""Clocks that jump, stand still and run backwards order nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from custid.privacy import AuditEntry, AuditFile
from custid.registry import MemoryStore, Registry, open_registry
from custid.registry.doctor import check_store

_ZONES = [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))]
_MOMENTS = [
    datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 29, 2, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    datetime(1969, 12, 31, tzinfo=UTC),
    datetime(9999, 12, 30, tzinfo=UTC),
    datetime(2, 1, 1, tzinfo=UTC),
]
clocks = st.lists(st.builds(datetime.astimezone, st.sampled_from(_MOMENTS), st.sampled_from(_ZONES)), min_size=6)


def _told(registry: Registry) -> list[object]:
    """Let the same things happen whatever the time is; return what is left without times."""
    one, other, third = (("crm", name) for name in "abc")
    for key in (one, other, third):
        registry.apply([[key]], request=key[1])
    merged = registry.merge(one, other, reason="same")
    registry.forbid(one, third, reason="twins")
    registry.undo(merged.number)
    changes = list(registry.changes())
    assert [change.number for change in changes] == [1, 2, 3, 4, 5, 6]
    assert sorted(change.at for change in changes) == [change.at for change in changes]
    assert check_store(registry.store) == ()
    return [(change.cause.kind, [event.kind for event in change.events]) for change in changes]


@given(moments=clocks)
@settings(max_examples=25)
def test_clocks_order_no_changes(moments: list[datetime]) -> None:
    """Whatever a clock says, changes are the same and in the order in which they were made."""
    left = iter(moments * 2)
    registry = Registry(MemoryStore(), clock=lambda: next(left))
    assert _told(registry) == _told(Registry(MemoryStore()))


def test_clocks_order_no_changes_in_a_file(tmp_path: Path) -> None:
    """The same in a database, which keeps times as numbers."""
    left = iter(_MOMENTS * 3)
    with open_registry(tmp_path / "registry.db", clock=lambda: next(left)) as registry:
        assert _told(registry) == _told(Registry(MemoryStore()))


def test_clocks_order_no_audit_entries(tmp_path: Path) -> None:
    """An audit trail whose clock runs backwards is sound."""
    left = iter(sorted(_MOMENTS, reverse=True))
    trail = AuditFile(tmp_path / "audit", clock=lambda: next(left))
    for number in range(len(_MOMENTS)):
        trail.append(AuditEntry(actor=f"till {number}", action="read"))
    found = AuditFile(tmp_path / "audit")
    assert found.faults(n_entries=len(_MOMENTS)) == []
    assert [entry.number for entry in found.entries()] == list(range(1, len(_MOMENTS) + 1))
