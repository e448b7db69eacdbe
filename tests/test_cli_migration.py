"""The commands for who comes from another library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custid.cli import ExitCode
from custid.review import read_labels
from tests.test_cli import Cli

SPLINK = Path(__file__).parent / "data" / "splink"


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path, capsys)


def test_from_splink(cli: Cli) -> None:
    """The report is printed, and the schema is one that the other commands read."""
    model = str(SPLINK / "model.json")
    ran = cli("from-splink", model, "-o", "schema.json", "--map", "card=loyalty_card")
    assert ran.code == ExitCode.OK
    assert "not taken  blocking_rules[3]" in ran.stdout
    assert json.loads((cli.directory / "schema.json").read_text(encoding="utf-8"))["columns"]["card"] == "loyalty_card"
    assert cli("columns", str(SPLINK / "records.csv"), "--schema", "schema.json").code == ExitCode.OK
    assert cli("from-splink", model, "--map", "card").code == ExitCode.USAGE


def test_from_dedupe(cli: Cli) -> None:
    """Labels are written that the other commands read."""
    (cli.directory / "customers.csv").write_text("id,name\n7,Ann Lee\n9,Anne Lee\n", encoding="utf-8")
    training = {"match": [[{"name": "ann lee"}, {"name": "anne lee"}]], "distinct": []}
    (cli.directory / "training.json").write_text(json.dumps(training), encoding="utf-8")
    ran = cli("from-dedupe", "training.json", "customers.csv", "-o", "labels.jsonl")
    assert (ran.code, ran.stdout.splitlines()[0]) == (ExitCode.OK, "1 of 1 pairs became labels, by name")
    (label,) = read_labels(cli.directory / "labels.jsonl")
    assert (label.left, label.right) == (("", "7"), ("", "9"))
