"""The commands for incidents and sealed backups."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from custid.cli import ExitCode
from custid.privacy import AuditEntry
from custid.registry import Gone, open_registry
from tests.registry.cards import CRM, crm_record, kept
from tests.test_cli import Cli

DATABASE = "customers.db"
SHOP = ("shop", "4711")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "audit.key").write_bytes(bytes(range(32)))
    with open_registry(tmp_path / DATABASE) as registry:
        row = {"full_name": "Anna Martin", "email": "anna@mail.example"}
        registry.apply([[CRM], [SHOP]], contents={**kept(crm_record()), SHOP: row})
        trail = registry.audit_trail(key=bytes(range(32)))
        for actor, customer in (("eve", "C1"), ("ann", "C2")):
            trail.append(
                AuditEntry(actor=actor, action="export", customers=(customer,), categories=("contacts.email",))
            )
    return Cli(tmp_path, capsys)


def test_a_dossier_is_made_of_the_trail(cli: Cli) -> None:
    """For people in two languages with the clock, and with all identifiers as JSON; of one actor alone where asked."""
    call = ("incident", DATABASE, "--since", "2020-01-01", "--audit-key", "audit.key")
    assert "Customers affected: 2" in cli(*call).stdout
    assert "Clients concernés : 1" in cli(*call, "--of-actor", "eve", "--language", "fr").stdout
    told = json.loads(cli(*call, "--of-actor", "eve", "--json", "--known-at", "2026-09-01T10:00+0200").stdout)
    assert (told["customers"], told["deadline"]) == (["C1"], "2026-09-04T10:00:00+02:00")
    ran = cli(*call, "--until", "2020-01-02")
    assert ("Customers affected: 0" in ran.stdout, ran.stderr) == (True, "")
    open_registry(cli.directory / "none.db").close()
    assert "no entry of an audit trail" in cli("incident", "none.db", "--since", "2020-01-01").stderr


def test_a_trail_that_was_altered_is_told_of(cli: Cli) -> None:
    """The dossier is made, and the command ends as one that met damage."""
    with sqlite3.connect(cli.directory / DATABASE) as database:
        database.execute("UPDATE custid_audit SET entry = replace(entry, '\"eve\"', '\"bob\"')")
    database.close()
    ran = cli("incident", DATABASE, "--since", "2020-01-01", "--audit-key", "audit.key")
    assert ran.code == ExitCode.DATA
    assert "not as it was written, from entry 1 on" in ran.stderr


def test_a_backup_comes_back_without_who_was_erased_since(cli: Cli) -> None:
    """Identifiers are as before; of the erased there is nothing but the note; a backup needs its ring."""
    ring = ("--keys", "ring.json")
    assert cli("back-up", DATABASE, "backup.jsonl", *ring).code == ExitCode.OK
    assert cli("back-up", DATABASE, "backup.jsonl", *ring).code == ExitCode.DATA
    customer = json.loads(cli("customer", DATABASE, "4711", "--source", "shop", "--json").stdout)["id"]
    assert cli("erase", DATABASE, customer, "--reason", "a17", "--yes", *ring).code == ExitCode.OK
    assert cli("restore", "backup.jsonl", "again.db", "--keys", "typo.json").code == ExitCode.USAGE
    ran = cli("restore", "backup.jsonl", "again.db", *ring)
    assert ran.stdout == "restored; 1 records that were erased since are left out\n"
    assert "no match model" in ran.stderr
    with open_registry(cli.directory / "again.db") as registry:
        assert registry.resolve(customer) == Gone(customer)
        assert registry.customer(registry.id_of(CRM)).contents
