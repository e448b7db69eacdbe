"""The commands queue, teach, sample and estimate."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyarrow import csv as pa_csv

import custid
from custid.cli import ExitCode
from custid.engines.constraints import DefiniteNonMatch, YearsApart
from custid.intake import GenericPolicy
from custid.scoring.match_model import TrainedMatchModel
from custid.testing import synthetic_customers
from tests.test_cli import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    made = synthetic_customers(300, seed=6)
    pa_csv.write_csv(made.records, tmp_path / "customers.csv")
    pa_csv.write_csv(made.truth, tmp_path / "truth.csv")
    return Cli(tmp_path, capsys)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _answer(path: Path, truth: Path) -> None:
    """Write a verdict into each row of a table of questions."""
    with truth.open(encoding="utf-8", newline="") as stream:
        of = {row[0]: row[1] for row in csv.reader(stream)}
    rows = _rows(path)
    for row in rows:
        is_match = of[row["left_record_key"]] == of[row["right_record_key"]]
        row["verdict"] = "match" if is_match else "non_match"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_questions_are_asked_answered_and_taught(cli: Cli) -> None:
    """Questions go to a table and come back as labels; what they teach is written, and what is left is told."""
    ran = cli("queue", "customers.csv", "-o", "first.csv", "-n", "5")
    assert (ran.code, ran.stderr) == (ExitCode.OK, "")
    assert ran.stdout.startswith("5 of ")
    rows = _rows(cli.directory / "first.csv")
    assert [row["verdict"] for row in rows] == [""] * 5
    assert rows[0]["left_email"] or rows[0]["right_email"] or rows[0]["left_city"]
    _answer(cli.directory / "first.csv", cli.directory / "truth.csv")
    more = cli("queue", "customers.csv", "-o", "more.csv", "-n", "5", "--labels", "first.csv")
    assert more.code == ExitCode.OK
    again = _rows(cli.directory / "more.csv")
    keys = ("left_record_key", "right_record_key")
    assert not {tuple(row[key] for key in keys) for row in rows} & {tuple(row[key] for key in keys) for row in again}
    taught = cli("teach", "customers.csv", "--labels", "first.csv", "--save-model", "model.json")
    assert taught.code == ExitCode.OK
    assert "5 answers" in taught.stdout
    assert TrainedMatchModel.load(cli.directory / "model.json").n_labels in {0, 5}


def test_a_sample_is_drawn_answered_and_estimated(cli: Cli) -> None:
    """Answers to a sample give precision and recall with intervals."""
    drawn = cli("sample", "customers.csv", "-o", "sample.csv", "-n", "40")
    assert (drawn.code, drawn.stdout.startswith("40 of ")) == (ExitCode.OK, True)
    _answer(cli.directory / "sample.csv", cli.directory / "truth.csv")
    ran = cli("estimate", "customers.csv", "--labels", "sample.csv")
    assert ran.code == ExitCode.OK
    assert ran.stdout.splitlines()[0].startswith("precision ")
    assert "from 40 answers" in ran.stdout


def test_an_unanswered_sample_is_no_estimate(cli: Cli) -> None:
    """A table without verdicts holds no answers."""
    assert cli("sample", "customers.csv", "-o", "sample.csv", "-n", "10").code == ExitCode.OK
    ran = cli("estimate", "customers.csv", "--labels", "sample.csv")
    assert (ran.code, "expected answers to a sample, got none" in ran.stderr) == (ExitCode.DATA, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue", "customers.csv", "-o", "questions.xlsx"),
        ("sample", "customers.csv", "-o", "sample.parquet"),
        ("queue", "customers.csv", "-o", "customers.csv"),
        ("teach", "customers.csv", "--labels", "truth.csv", "--save-model", "truth.csv"),
        ("queue", "customers.csv", "-o", "q.csv", "-n", "0"),
    ],
)
def test_targets_that_cannot_be_right_are_refused(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Endings other than CSV, files that are inputs, and no questions are refused before any work."""
    assert cli(*arguments).code == ExitCode.USAGE


def test_a_run_of_its_own_settings_is_sampled_and_estimated(cli: Cli) -> None:
    """What is certain, what is generic and when to join belong to the run that is sampled."""
    custid.Constraints(rules=(DefiniteNonMatch(name="years", when=(YearsApart("birth_date", more_than=0),)),)).save(
        cli.directory / "constraints.json"
    )
    GenericPolicy(version="3", min_names=3).save(cli.directory / "generic.json")
    settings = ("--constraints", "constraints.json", "--generic", "generic.json")
    cautious = (*settings, "--match-probability", "0.99")
    assert cli("sample", "customers.csv", "-o", "sample.csv", "-n", "20", *cautious).code == ExitCode.OK
    _answer(cli.directory / "sample.csv", cli.directory / "truth.csv")
    assert cli("estimate", "customers.csv", "--labels", "sample.csv", *cautious).code == ExitCode.OK
    plain = cli("estimate", "customers.csv", "--labels", "sample.csv")
    assert (plain.code, "to a sample of another" in plain.stderr) == (ExitCode.DATA, True)
    for command in (("queue", "-o", "queue.csv", *cautious), ("thresholds", *settings), ("health", *cautious)):
        assert cli(command[0], "customers.csv", *command[1:]).code == ExitCode.OK


def test_a_sample_runs_no_formula(cli: Cli) -> None:
    """What a spreadsheet would take for a formula is guarded, as in a queue, and is read back as it was."""
    rows = [
        "id,name,email",
        *(f"=k{number},Anne Martin{number % 3},a{number % 3}@mail.example" for number in range(12)),
    ]
    (cli.directory / "risky.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert cli("sample", "risky.csv", "-o", "sample.csv", "-n", "5").code == ExitCode.OK
    with (cli.directory / "sample.csv").open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    assert asked
    assert all(each["left_record_key"].startswith("'=k") for each in asked)
