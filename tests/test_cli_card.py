"""The command card."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custid.cli import ExitCode
from custid.registry import open_registry
from tests.registry.cards import CRM, crm_record, kept
from tests.test_cli import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    with open_registry(tmp_path / "customers.db") as registry:
        registry.apply([[CRM]], contents=kept(crm_record()))
    return Cli(tmp_path, capsys)


def test_a_card_is_text_json_or_a_page(cli: Cli, tmp_path: Path) -> None:
    """The card by the key of a record, in both languages, as data, and as a file alone."""
    assert cli("card", "customers.db", "7", "--source", "crm").stdout.startswith("Marie Durand\n")
    assert "Identité" in cli("card", "customers.db", "7", "--source", "crm", "--language", "fr").stdout
    document = json.loads(cli("card", "customers.db", "7", "--source", "crm", "--json").stdout)
    ran = cli("card", "customers.db", document["customer"], "--html", "card.html")
    assert (ran.code, ran.stdout) == (ExitCode.OK, "")
    assert (tmp_path / "card.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_customer_who_is_not_there_is_told_of(cli: Cli) -> None:
    """An identifier that was never issued ends with an error that holds no value."""
    ran = cli("card", "customers.db", "0000-0000-0000-0012")
    assert ran.code != ExitCode.OK
    assert "never issued" in ran.stderr or "issued" in ran.stderr
