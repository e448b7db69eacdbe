"""The commands report and chart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import csv

from custid.cli import ExitCode
from custid.review import Labels, write_labels
from custid.testing import synthetic_customers
from tests.report.pages import embedded
from tests.test_cli import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    made = synthetic_customers(200, seed=6)
    csv.write_csv(made.records, tmp_path / "customers.csv")
    csv.write_csv(made.truth, tmp_path / "truth.csv")
    return Cli(tmp_path, capsys)


def test_explain_in_french(cli: Cli) -> None:
    """An explanation is told in the language asked for."""
    ran = cli("explain", "customers.csv", "r0000001", "r0000002", "--language", "fr")
    assert ran.code == ExitCode.OK
    assert ran.stdout.splitlines()[0].split() == ["gauche", "droite", "niveau", "bits"]
    assert cli("explain", "customers.csv", "r0000001", "r0000002", "--language", "de").code == ExitCode.USAGE


def test_report(cli: Cli) -> None:
    """A page is written, as large as asked for and in the language asked for; nothing is printed."""
    ran = cli("report", "customers.csv", "-o", "review.html", "--max-customers", "4", "--language", "fr")
    assert (ran.code, ran.stdout) == (ExitCode.OK, "")
    page = (cli.directory / "review.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert embedded(page, "data")["facts"]["n_several_shown"] == 4


def test_report_does_not_overwrite_its_input(cli: Cli) -> None:
    """A target that is an input is refused before any work."""
    assert cli("report", "customers.csv", "-o", "customers.csv").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("cluster-sizes", ()),
        ("m-u-probabilities", ("--language", "fr")),
        ("calibration", ("--truth", "truth.csv")),
        ("threshold-curves", ("--labels", "labels.jsonl")),
    ],
)
def test_chart(cli: Cli, name: str, more: tuple[str, ...]) -> None:
    """A chart is written in the format that the ending chooses."""
    labels = Labels.of_groups([[("", "r0000001"), ("", "r0000002")], [("", "r0000003")]])
    write_labels(labels, cli.directory / "labels.jsonl")
    ran = cli("chart", name, "customers.csv", "-o", "chart.svg", *more)
    assert (ran.code, ran.stdout, ran.stderr) == (ExitCode.OK, "", "")
    assert (cli.directory / "chart.svg").read_text(encoding="utf-8").startswith("<svg")


def test_chart_of_a_pair(cli: Cli) -> None:
    """A waterfall takes the keys of two records."""
    assert cli("chart", "waterfall", "customers.csv", "r0000001", "r0000002", "-o", "pair.html").code == ExitCode.OK
    assert "r0000002" in (cli.directory / "pair.html").read_text(encoding="utf-8")


def test_thresholds(cli: Cli) -> None:
    """The table, the thresholds and the options are printed, and the options are those that a run takes."""
    ran = cli(
        "thresholds",
        "customers.csv",
        "--false-merge",
        "9",
        "--miss",
        "1",
        "--reviews",
        "5",
        "--cases",
        "c.csv",
        "--chart",
        "c.svg",
    )
    assert (cli.directory / "c.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (ran.code, ran.stderr) == (ExitCode.OK, "")
    lines = ran.stdout.splitlines()
    assert lines[0].split()[:3] == ["bits", "probability", "customers"]
    (chosen,) = (line for line in lines if line.endswith("<- chosen"))
    assert chosen.split()[1] == "0.90000"
    assert 1 < len((cli.directory / "c.csv").read_text(encoding="utf-8").splitlines()) <= 6
    options = lines[-1].removeprefix("options: ").split()
    assert options[:2] == ["--match-probability", "0.9"]
    assert cli("dedupe", "customers.csv", "--customers", "who.csv", *options).code == ExitCode.OK
    n_customers = len((cli.directory / "who.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert n_customers == int(chosen.split()[2])


def test_thresholds_as_data(cli: Cli) -> None:
    """Everything is there as JSON; without a review each error weighs what it costs."""
    told = json.loads(cli("thresholds", "customers.csv", "--miss", "4", "--json").stdout)
    assert (told["match_probability"], told["n_reviews"]) == (0.2, 0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--false-merge", "0"), ExitCode.CONFIGURATION),
        (("--reviews", "-1"), ExitCode.USAGE),
        (("--cases", "customers.csv"), ExitCode.USAGE),
        (("--chart", "costs.gif"), ExitCode.USAGE),
    ],
)
def test_wrong_costs(cli: Cli, arguments: tuple[str, ...], code: ExitCode) -> None:
    """Costs out of range and a target that is an input are refused."""
    assert cli("thresholds", "customers.csv", *arguments).code == code


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("nothing", "customers.csv", "-o", "x.png"), ExitCode.USAGE, "match-weights"),
        (("cluster-sizes", "customers.csv", "-o", "x.gif"), ExitCode.USAGE, "expected an ending among .png"),
        (("calibration", "customers.csv", "-o", "x.png"), ExitCode.CONFIGURATION, "expected --truth or --labels"),
        (("cluster-sizes", "customers.csv", "-o", "x.png", "--truth", "truth.csv"), ExitCode.USAGE, "expected neither"),
        (
            ("calibration", "customers.csv", "-o", "x.png", "--truth", "truth.csv", "--labels", "truth.csv"),
            ExitCode.USAGE,
            "got both",
        ),
        (("calibration", "customers.csv", "-o", "x.png", "--labels", "truth.csv"), ExitCode.DATA, "got no left_record"),
        (("waterfall", "customers.csv", "r0000001", "-o", "x.png"), ExitCode.USAGE, "keys of two records"),
        (("waterfall", "customers.csv", "r0000001", "nobody", "-o", "x.png"), ExitCode.DATA, "record 'nobody'"),
        (("cluster-sizes", "customers.csv", "-o", "truth.csv/x.png"), ExitCode.USAGE, "directory that exists"),
    ],
)
def test_wrong_calls(cli: Cli, arguments: tuple[str, ...], code: ExitCode, told: str) -> None:
    """What does not fit is told in a line, and no file is left."""
    ran = cli("chart", *arguments)
    assert ran.code == code
    assert told in " ".join(ran.stderr.replace("│", " ").split())
    assert not (cli.directory / "x.png").exists()
