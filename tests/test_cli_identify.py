"""The command identify."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custid.cli import ExitCode
from custid.registry import open_registry
from tests.registry.matched import SOURCE, feed, generic_rows, model, rows
from tests.test_cli import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    with open_registry(tmp_path / "customers.db") as registry:
        registry.use(model("persons", 12))
        registry.ingest([dict(row) for row in rows("persons")], source=SOURCE, schema=feed("persons").schema)
    return Cli(tmp_path, capsys)


def test_a_customer_is_recognized(cli: Cli) -> None:
    """The answer names the customer, its nearest record, and as JSON the reasons."""
    row = rows("persons")[0]
    stated = [f"{name}={row[name]}" for name in ("given_name", "family_name", "birth_date")]
    ran = cli("identify", "customers.db", *stated)
    assert ran.code == ExitCode.OK
    assert ran.stdout.startswith("recognized: ")
    assert f"{SOURCE} {row['record_id']}" in ran.stdout
    document = json.loads(cli("identify", "customers.db", *stated, "--json").stdout)
    assert ran.stdout.splitlines()[0] == f"recognized: {document['customer']}"
    assert document["candidates"][0]["why"]["comparisons"]


def test_what_is_open_is_asked_for(cli: Cli) -> None:
    """Candidates as many as wanted, what is no evidence, and the next question."""
    name = rows("persons")[0]["family_name"]
    phone = generic_rows()[0]["phone"]
    ran = cli("identify", "customers.db", f"family_name={name}", f"phone={phone}", "--max-candidates", "1")
    lines = ran.stdout.splitlines()
    assert lines[0] == "ambiguous"
    assert len(lines) == 5
    assert lines[3] == "phone: generic"
    assert lines[4].startswith("ask next: ")


def test_wrong_questions_are_usage_errors(cli: Cli) -> None:
    """A value without a name, a name of nothing, a registry that is not there."""
    assert cli("identify", "customers.db", "Nadine").code == ExitCode.USAGE
    wrong = cli("identify", "customers.db", "phonne=1")
    assert wrong.code != ExitCode.OK
    assert "Did you mean 'phone'" in wrong.stderr
    assert cli("identify", "nothing.db", "phone=1").code == ExitCode.USAGE
