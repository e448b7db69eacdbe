"""What ails a registry is found, and said with what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from custid.registry import MemoryStore, Registry, SequentialMinter, open_registry, open_store
from custid.registry.doctor import Finding, check_store

A, B, C = (("crm", name) for name in "abc")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a registry with three records, a redirect and a verdict."""
    path = tmp_path / "registry.db"
    with open_registry(path, minter=SequentialMinter()) as registry:
        registry.apply([[A], [B], [C]], contents={A: {"name": "x"}})
        registry.merge(A, B, reason="same")
        registry.acknowledge("shop", 1)
    return path


def findings(file: Path) -> tuple[Finding, ...]:
    with closing(open_store(file)) as store:
        return check_store(store)


def test_a_sound_registry_has_no_findings(file: Path) -> None:
    """Nothing is said where nothing is wrong; an empty registry is sound."""
    assert findings(file) == ()
    assert check_store(MemoryStore()) == ()


@pytest.mark.parametrize(
    ("damage", "codes"),
    [
        ("UPDATE custid_identifier SET target = 99 WHERE age = 2", {"redirect-to-nowhere", "redirect-differs"}),
        (
            "UPDATE custid_identifier SET target = 2 WHERE age = 1",
            {"redirect-in-circle", "redirect-differs", "record-of-inactive"},
        ),
        (
            "UPDATE custid_identifier SET target = 2 WHERE age = 3",
            {"redirect-to-inactive", "redirect-differs", "record-of-inactive"},
        ),
        ("UPDATE custid_identifier SET follows = 99 WHERE age = 2", {"follows-nothing", "redirect-differs"}),
        (
            "UPDATE custid_identifier SET id = '0000-0000-0000-0013' WHERE age = 3",
            {"identifier-form", "ledger-digest"},
        ),
        ("UPDATE custid_identifier SET age = 9 WHERE age = 3", {"identifier-ages", "redirect-differs"}),
        ("DELETE FROM custid_record WHERE key = 'c'", {"identifier-without-records", "ledger-record"}),
        ("DELETE FROM custid_record WHERE key = 'b'", {"ledger-record"}),
        (
            "UPDATE custid_record SET native = (SELECT native FROM custid_record WHERE key = 'c') WHERE key = 'a'",
            {"record-speaks-elsewhere", "crosswalk-differs", "identifier-unspoken"},
        ),
        (
            "UPDATE custid_record SET customer = (SELECT customer FROM custid_record WHERE key = 'a') WHERE key = 'c'",
            {"identifier-without-records", "record-speaks-elsewhere", "crosswalk-differs"},
        ),
        ("UPDATE custid_change SET reason = 'another' WHERE number = 2", {"ledger-digest"}),
        (
            "UPDATE custid_event SET native = 99 WHERE kind = 'assigned' AND change = 1",
            {"ledger-digest", "crosswalk-differs"},
        ),
        ("UPDATE custid_event SET other = customer WHERE kind = 'merged'", {"ledger-digest", "redirect-differs"}),
        ("DELETE FROM custid_change WHERE number = 1", {"ledger-gap", "ledger-digest", "ledger-order"}),
        ("UPDATE custid_change SET number = 3 WHERE number = 2", {"ledger-gap", "ledger-digest"}),
        ("UPDATE custid_change SET at = 0 WHERE number = 2", {"ledger-time", "ledger-digest"}),
        ("UPDATE custid_change SET arrivals = 9 WHERE number = 2", {"ledger-counts"}),
        ("UPDATE custid_record SET payload = '{}' WHERE key = 'a'", {"damage"}),
        ("UPDATE custid_reader SET change = 9", {"reader-ahead"}),
        ("UPDATE custid_verdict_record SET key = 'z' WHERE key = 'a'", {"verdict-of-nobody"}),
        ("DELETE FROM custid_verdict_record WHERE key = 'a'", {"verdict-of-nobody"}),
        (
            """
            DROP INDEX custid_record_live;
            INSERT INTO custid_record (arrival, source, key, customer, native)
            SELECT 9, source, key, customer, native FROM custid_record WHERE key = 'a'
            """,
            {"damage", "crosswalk-differs"},
        ),
    ],
)
def test_each_damage_is_found(file: Path, damage: str, codes: set[str]) -> None:
    """Whatever is changed behind the registry's back shows, and each finding says what to do."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(damage)
    found = findings(file)
    assert codes <= {each.code for each in found}
    assert all(each.subject and each.problem.endswith(".") and each.advice.endswith(".") for each in found)


@pytest.mark.parametrize("n_edits", [60, pytest.param(2_000, marks=[pytest.mark.slow, pytest.mark.campaign])])
def test_every_edit_of_the_ledger_is_found(file: Path, n_edits: int) -> None:
    """A cell of a change or an event that is another, a row that is missing or doubled, rows that changed places."""
    draw, whole = Random(5), file.read_bytes()  # noqa: S311  # the same edits every time
    for _ in range(n_edits):
        with closing(sqlite3.connect(file)) as connection:
            edit(connection, draw)
        assert findings(file), "an edit went unnoticed"
        file.write_bytes(whole)


def edit(connection: sqlite3.Connection, draw: Random) -> None:
    """Change what the digests of the ledger sign."""
    name, key, columns = draw.choice((
        ("custid_change", "number", ("number", "at", "kind", "actor", "reason", "request", "digest")),
        ("custid_event", "place", ("change", "kind", "customer", "other", "arrival", "native")),
    ))  # fmt: skip
    rows = [each for (each,) in connection.execute(f"SELECT {key} FROM {name}")]  # noqa: S608  # names of ours
    # Events are told change by change: only the order within one says anything.
    beside = [each for (each,) in connection.execute("SELECT place FROM custid_event WHERE change = 1")]
    row, column, kind = draw.choice(rows), draw.choice(columns), draw.randrange(4)
    if kind == 0:
        connection.execute(f"DELETE FROM {name} WHERE {key} = ?", (row,))  # noqa: S608  # as above
    elif kind == 1:
        connection.execute(f"DELETE FROM {name} WHERE {key} >= ?", (row,))  # noqa: S608  # as above
    elif kind == 2:
        row, other = draw.sample(rows if name == "custid_change" else beside, 2)
        for before, after in ((row, 10**6), (other, row), (10**6, other)):
            connection.execute(f"UPDATE {name} SET {key} = ? WHERE {key} = ?", (after, before))  # noqa: S608  # as above
    else:
        (said,) = connection.execute(f"SELECT {column} FROM {name} WHERE {key} = ?", (row,)).fetchone()  # noqa: S608
        made = said + draw.choice((5, 7, -9)) if isinstance(said, int) else f"{said or ''}{draw.choice('xyz')}"
        made = 1 if said is None and column != "request" else made
        connection.execute(f"UPDATE {name} SET {column} = ? WHERE {key} = ?", (made, row))  # noqa: S608  # as above
    connection.commit()


def test_a_broken_verdict_is_found(file: Path) -> None:
    """Records that a person has joined and that are apart now are a finding."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE custid_verdict SET kind = 'different'")
        connection.commit()
    assert {each.code for each in findings(file)} == {"verdict-broken", "ledger-digest"}


def test_findings_name_no_record_keys(file: Path) -> None:
    """Records are told by their numbers: their keys may be personal."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE custid_record SET key = 'anna@example.org' || arrival, native = customer")
        connection.commit()
    assert findings(file)
    assert "anna" not in str(findings(file))


def test_a_page_that_was_overwritten_is_found(file: Path) -> None:
    """What SQLite itself finds wrong is told, or it refuses to read at all."""
    with closing(sqlite3.connect(file)) as connection:
        # Pages that nothing is in hold nothing that could be lost.
        connection.execute("VACUUM")
    whole = bytearray(file.read_bytes())
    found: list[bool] = []
    for start in range(4_096, len(whole), 3 * 4_096):
        damaged = whole.copy()
        damaged[start : start + 64] = b"\xff" * 64
        file.write_bytes(damaged)
        found.append(_is_noticed(lambda: findings(file)))
    assert found.count(True) >= len(found) * 0.9


def _is_noticed(work: Callable[[], object]) -> bool:
    try:
        return bool(work())
    except Exception:  # noqa: BLE001  # any refusal is a notice
        return True


def test_the_registry_of_another_scheme_is_looked_over_with_it() -> None:
    """Identifiers are held to the scheme given."""
    from custid.registry import AdoptedScheme

    registry = Registry(MemoryStore(), scheme=AdoptedScheme(prefix="crm:"))
    registry.adopt({A: "1"})
    assert check_store(registry.store, registry.scheme) == ()
    assert [each.code for each in check_store(registry.store)] == ["identifier-form"]
