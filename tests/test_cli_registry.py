"""The commands that keep and ask a registry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import csv

from custid.cli import ExitCode
from custid.privacy import AuditEntry
from custid.registry import open_registry
from custid.testing import synthetic_customers
from tests.test_cli import Cli

DATABASE = "customers.db"


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    for name, seed in (("customers", 3), ("others", 9)):
        csv.write_csv(synthetic_customers(120, seed=seed).records, tmp_path / f"{name}.csv")
    found = Cli(tmp_path, capsys)
    assert found("train", "customers.csv", "--save-model", "model.json", "--quiet").code == ExitCode.OK
    assert found("use", DATABASE, "--model", "model.json").code == ExitCode.OK
    assert found("ingest", "customers.csv", "--into", DATABASE, "--source", "shop").code == ExitCode.OK
    return found


def test_ingest(cli: Cli) -> None:
    """The same file again changes nothing; rows that cannot be read are told of, and end a strict run with 5."""
    told = json.loads(cli("ingest", "customers.csv", "--into", DATABASE, "--source", "shop", "--json").stdout)
    assert (told["change"], told["n_unchanged"]) == (None, 120)
    cli.write("more.csv", "id,city\n1,Leeds\n2,York,too,many\n")
    more = ("ingest", "more.csv", "--into", DATABASE, "--source", "crm", "--record-key", "id", "--strict")
    ran = cli(*more)
    assert ran.code == ExitCode.REFUSED
    assert ran.stdout == "records: 1 new, 0 changed, 0 as before, 0 withdrawn; rows refused: 1\n"
    assert "line 3" in ran.stderr
    assert cli(*more, "--snapshot").code == ExitCode.DATA


def test_customer(cli: Cli) -> None:
    """By identifier or by the key of a record; what is not there is an error of data."""
    rows = synthetic_customers(120, seed=3).records.to_pylist()
    shown = json.loads(cli("customer", DATABASE, rows[0]["record_id"], "--source", "shop", "--json").stdout)
    assert rows[0]["record_id"] in [each["record_key"] for each in shown["records"]]
    ran = cli("customer", DATABASE, shown["id"].lower())
    assert ran.stdout.startswith(shown["id"])
    assert rows[0]["record_id"] in ran.stdout
    for named in ("0000-0000-0000-0012", "not one"):
        assert cli("customer", DATABASE, named).code == ExitCode.DATA
    assert cli("customer", "elsewhere.db", shown["id"]).code == ExitCode.USAGE
    assert not (cli.directory / "elsewhere.db").exists()


def test_changes(cli: Cli) -> None:
    """A line for each change; after the last token there is nothing."""
    (line,) = cli("changes", DATABASE).stdout.splitlines()
    change = json.loads(cli("changes", DATABASE, "--json").stdout)
    assert line.startswith(change["token"])
    assert {each["kind"] for each in change["events"]} == {"minted", "assigned"}
    assert cli("changes", DATABASE, "--since", change["token"]).stdout == ""
    assert cli("changes", DATABASE, "--since", "9.abc").code == ExitCode.DATA


def test_preview_and_use(cli: Cli) -> None:
    """What would change is told, written as tables, and stopped by a budget."""
    told = json.loads(cli("preview", DATABASE, "--match-probability", "0.9999", "--json").stdout)
    assert told["model"] is None
    churn = told["customers"]["churn"]
    assert churn > 0
    tables = ("--changes", "changes.csv", "--records", "records.csv")
    ran = cli("preview", DATABASE, "--match-probability", "0.9999", *tables)
    assert f"churn: {churn:.2%}" in ran.stdout
    n_changes = sum(told["customers"][f"n_{kind}"] for kind in ("merged", "split", "regrouped"))
    assert len((cli.directory / "changes.csv").read_text(encoding="utf-8").splitlines()) == n_changes + 1
    stopped = cli("use", DATABASE, "--match-probability", "0.9999", "--largest-churn", churn / 2)
    assert stopped.code == ExitCode.DATA
    assert "to get another identifier" in stopped.stderr
    used = cli("use", DATABASE, "--match-probability", "0.9999", "--largest-churn", churn, "--actor", "me")
    assert used.code == ExitCode.OK
    assert cli("changes", DATABASE).stdout.splitlines()[-1].endswith("me")
    with open_registry(cli.directory / DATABASE) as registry:
        assert registry.options.match_probability == 0.9999


def test_preview_tells_how_models_differ(cli: Cli) -> None:
    """Weights of levels, beside the customers."""
    cli("train", "others.csv", "--save-model", "others.json", "--quiet")
    ran = cli("preview", DATABASE, "--model", "others.json")
    assert ran.stdout.startswith("120 records;")
    assert "levels whose weight changes" in ran.stdout


def test_doctor(cli: Cli) -> None:
    """A sound registry has no finding; another file is none."""
    assert cli("doctor", DATABASE).stdout == "Nothing is wrong.\n"
    assert json.loads(cli("doctor", DATABASE, "--json").stdout) == {"findings": []}
    assert cli("doctor", "customers.csv").code == ExitCode.DATA


def test_doctor_checks_the_audit_trail(cli: Cli) -> None:
    """Under the key of a file, and against a digest that was kept elsewhere."""
    (cli.directory / "audit.key").write_bytes(b"a secret kept elsewhere")
    (cli.directory / "other.key").write_bytes(b"another")
    with open_registry(cli.directory / "audited.db") as registry:
        trail = registry.audit_trail(key=b"a secret kept elsewhere")
        trail.append(AuditEntry(actor="ann", action="read"))
        head = trail.head
    assert cli("doctor", "audited.db", "--audit-key", "audit.key", "--audit-head", head).code == ExitCode.OK
    found = cli("doctor", "audited.db", "--audit-key", "other.key")
    assert (found.code, found.stdout.split(":")[0]) == (ExitCode.DATA, "audit-trail")
    assert cli("doctor", "audited.db", "--audit-head", "0" * 64).code == ExitCode.DATA
