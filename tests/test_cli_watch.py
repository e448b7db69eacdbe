"""The commands compare and health."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import csv

from custid.cli import ExitCode
from custid.steering import HealthLog
from custid.testing import synthetic_customers
from tests.test_cli import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    for name, seed in (("customers", 3), ("others", 9)):
        csv.write_csv(synthetic_customers(200, seed=seed).records, tmp_path / f"{name}.csv")
    return Cli(tmp_path, capsys)


def test_compare(cli: Cli) -> None:
    """Two models are compared on one file, in words, as JSON and as tables."""
    for name in ("customers", "others"):
        assert cli("train", f"{name}.csv", "--save-model", f"{name}.json", "--quiet").code == ExitCode.OK
    models = ("--model", "customers.json", "--model", "others.json")
    ran = cli("compare", "customers.csv", *models, "--changes", "changes.csv", "--records", "records.parquet")
    assert ran.code == ExitCode.OK
    assert ran.stdout.startswith("200 records in both results")
    assert "levels whose weight changes" in ran.stdout
    changes = (cli.directory / "changes.csv").read_text(encoding="utf-8").splitlines()
    document = json.loads(cli("compare", "customers.csv", *models, "--json").stdout)
    counts = document["customers"]
    assert len(changes) - 1 == counts["n_merged"] + counts["n_split"] + counts["n_regrouped"]
    assert (cli.directory / "records.parquet").exists()


def test_compare_with_a_model_learned_anew(cli: Cli) -> None:
    """With one model the other one is learned; where it was learned from the same file nothing changes."""
    cli("train", "customers.csv", "--save-model", "customers.json", "--quiet")
    ran = cli("compare", "customers.csv", "--model", "customers.json", "--language", "fr")
    assert "fusions : 0, scissions : 0" in ran.stdout.replace("\xa0", " ")
    assert cli("compare", "customers.csv", *("--model", "customers.json") * 3).code == ExitCode.USAGE


def test_health(cli: Cli) -> None:
    """A report is printed and added to the log, which the next one is held against."""
    first = cli("health", "customers.csv", "--log", "health.jsonl", "--label", "january")
    assert first.code == ExitCode.OK
    assert first.stdout.startswith("january:\n200 records")
    assert first.stdout.endswith("Nothing moved beyond what chance explains.\n")
    rows = csv.read_csv("customers.csv")
    csv.write_csv(rows.drop_columns(["email"]), "customers.csv")
    second = json.loads(cli("health", "customers.csv", "--log", "health.jsonl", "--json", "--language", "fr").stdout)
    assert second["findings"][0]["sentence"].endswith("présent dans l'un des deux seulement")
    assert [each.label for each in HealthLog(cli.directory / "health.jsonl")] == ["january", ""]


def test_health_with_another_file_as_log(cli: Cli) -> None:
    """A file that is no log is refused and stays as it is."""
    before = (cli.directory / "others.csv").read_bytes()
    ran = cli("health", "customers.csv", "--log", "others.csv")
    assert (ran.code, ran.stdout) == (ExitCode.DATA, "")
    assert "line 1: expected a JSON object" in ran.stderr
    assert (cli.directory / "others.csv").read_bytes() == before
