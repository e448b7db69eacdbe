"""The command line."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import typer

import custid
from custid.cli import ExitCode, app
from custid.cli._files import write_files
from custid.cli._options import n_bytes
from custid.cli._terminal import printable, time_left
from custid.intake import read
from custid.testing import synthetic_customers

COMMANDS = sorted(typer.main.get_group(app).commands)
REFERENCE = (Path(__file__).parent.parent / "docs" / "reference" / "command_line.md").read_text(encoding="utf-8")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(custid.__file__).parent.parent)}
ADDED = ["customer", "match_probability", "decision"]


class Ran:
    """How a command ended and what it printed."""

    def __init__(self, code: int, stdout: str, stderr: str) -> None:
        self.code, self.stdout, self.stderr = code, stdout, stderr


class Cli:
    """Runs commands in this process, in a directory with sample files."""

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.directory = directory
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ran:
        """Run a command."""
        with pytest.raises(SystemExit) as ended:
            app([str(argument) for argument in arguments], prog_name="custid")
        printed = self._capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    def write(self, name: str, text: str) -> Path:
        """Write a text file into the directory."""
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path


def write_csv(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("samples")
    made = synthetic_customers(80, seed=3)
    write_csv(made.records, directory / "customers.csv")
    write_csv(made.truth, directory / "truth.csv")
    office = pc.equal(made.records["shop"], "office")
    write_csv(made.records.filter(office).drop_columns(["shop"]), directory / "office.csv")
    write_csv(made.records.filter(pc.invert(office)).drop_columns(["shop", "sex"]), directory / "others.csv")
    return directory


@pytest.fixture
def cli(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    for path in samples.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path, capsys)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=cwd, env=ENVIRONMENT
    )


# Help


def test_version(cli: Cli) -> None:
    """The version is one line."""
    ran = cli("--version")
    assert (ran.code, ran.stdout.split()[0], len(ran.stdout.split())) == (0, "custid", 2)


def test_help_lists_commands_and_exit_codes(cli: Cli) -> None:
    """The help names every command and every exit code."""
    ran = cli("--help")
    assert ran.code == 0
    assert [command for command in COMMANDS if command not in ran.stdout] == []
    assert [code for code in ExitCode if f"  {code.value} " not in ran.stdout] == []


def test_the_reference_lists_commands() -> None:
    """The page of the command line names every command."""
    assert [command for command in COMMANDS if f"custid {command}" not in REFERENCE] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_examples(cli: Cli, command: str) -> None:
    """Each command shows how it is called."""
    ran = cli(command, "--help")
    assert (ran.code, f"  custid {command} " in ran.stdout.partition("Examples:")[2]) == (0, True)


@pytest.mark.parametrize("arguments", [(), ("dedup",), ("dedupe",), ("dedupe", "customers.csv", "--threads", "0")])
def test_wrong_command_line(cli: Cli, arguments: tuple[str, ...]) -> None:
    """A command line that makes no sense ends with code 2."""
    assert cli(*arguments).code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("size", "found"),
    [
        ("5000", 5_000),
        ("1500MB", 1_500_000_000),
        ("4GB", 4_000_000_000),
        ("4 gb", 4_000_000_000),
        ("2G", 2_000_000_000),
        ("1.5GiB", 1_610_612_736),
        ("64 kib", 65_536),
    ],
)
def test_sizes(size: str, found: int) -> None:
    """A memory limit is a number of bytes, or one with a unit of powers of 1000 or 1024."""
    assert n_bytes(size) == found


@pytest.mark.parametrize("size", ["", "GB", "0", "0.2", "-4GB", "4 5", "4XB", "\u0661GB", "1e9"])
def test_sizes_that_are_none(cli: Cli, size: str) -> None:
    """A memory limit that is no size is a wrong command line, whose error shows one."""
    ran = cli("dedupe", "customers.csv", "--memory-limit", size)
    assert (ran.code, f"expected a size such as 4GB or 1500MB, got {size!r}" in ran.stderr.replace("\n", " ")) == (
        ExitCode.USAGE,
        True,
    )


@pytest.mark.parametrize("command", ["dedupe", "explain", "evaluate", "train"])
def test_memory_limit(cli: Cli, command: str) -> None:
    """A run that needs more memory than it may take is refused before its long steps."""
    further = {"explain": ["1", "2"], "evaluate": ["--truth", "truth.csv"], "train": ["--save-model", "model.json"]}
    ran = cli(command, "customers.csv", *further.get(command, []), "--memory-limit", "1MB")
    assert (ran.code, ran.stderr.startswith("custid: options: memory_limit: expected about")) == (
        ExitCode.CONFIGURATION,
        True,
    )


def test_memory_limit_that_suffices(cli: Cli) -> None:
    """A run that needs less memory than it may take goes on."""
    assert cli("dedupe", "customers.csv", "--memory-limit", "8GB").code == 0


def test_asking_for_help_is_quick(samples: Path) -> None:
    """The help loads no compiler, no tables and no terminal library."""
    program = (
        "import sys\nfrom custid.cli import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n"
        "    print({'numpy', 'numba', 'pyarrow', 'rich.progress'} & set(sys.modules), file=sys.stderr)"
    )
    assert python("-c", program, cwd=samples).stderr == "set()\n"


# Dedupe


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl", "arrow"])
def test_output_holds_the_input_and_the_customers(cli: Cli, ending: str) -> None:
    """The output has the rows and columns of the input in their order, and what was found."""
    ran = cli("dedupe", "customers.csv", "--output", f"found.{ending}")
    found, given = read(f"found.{ending}").table, read("customers.csv").table
    assert (ran.code, ran.stdout) == (0, "")
    assert found.column_names == [*given.column_names, *ADDED]
    assert found.select(given.column_names).to_pylist() == given.to_pylist()
    assert len(set(found["customer"].to_pylist())) < found.num_rows


def test_quiet_in_a_pipe(samples: Path, tmp_path: Path) -> None:
    """Without a terminal neither progress nor a summary is printed."""
    output = str(tmp_path / "found.parquet")
    ran = python("-m", "custid.cli", "dedupe", "customers.csv", "--output", output, cwd=samples)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert names(tmp_path) == ["found.parquet"]


def test_report_is_printed_without_output(cli: Cli) -> None:
    """Without --output the report goes to standard output."""
    ran = cli("dedupe", "customers.csv")
    assert ran.stdout.startswith("80 records, ")
    assert "given_name → given_name" in ran.stdout


def test_quiet_prints_nothing(cli: Cli) -> None:
    """With --quiet a run without flaws prints nothing at all."""
    ran = cli("dedupe", "customers.csv", "--quiet")
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a Unix matter")
def test_progress_and_customers_on_a_terminal(samples: Path) -> None:
    """A terminal sees progress, the report and the customers with the most records."""
    import pty

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "custid.cli", "dedupe", "customers.csv"]
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, cwd=samples, env=environment, stdin=follower, stdout=follower, stderr=follower):
        os.close(follower)
        shown = b""
        try:
            while part := os.read(leader, 65_536):
                shown += part
        except OSError:
            pass  # the way in which Linux says that the other end is closed
    os.close(leader)
    text = shown.decode()
    assert [wanted for wanted in ("reading", "comparing", "80 records", "most records") if wanted not in text] == []


def test_time_left_of_a_step() -> None:
    """A step's remaining time follows from its speed so far, once there is one, in seconds or minutes."""
    told = [time_left(30.0, 0.25), time_left(4.0, 0.99), time_left(400.0, 0.4), time_left(5.0, 0.04)]
    assert told == ["about 90 s left", "about 1 s left", "about 10 min left", "about 2 min left"]
    assert [time_left(0.5, 0.5), time_left(9.0, 0.0), time_left(9.0, 0.01), time_left(9.0, 1.0)] == [""] * 4


def test_all_outputs(cli: Cli) -> None:
    """Customers, pairs, report and model are written beside the rows."""
    targets = [
        "--customers",
        "who.csv",
        "--pairs",
        "pairs.parquet",
        "--report",
        "report.json",
        "--save-model",
        "m.json",
    ]
    assert cli("dedupe", "customers.csv", "--output", "found.csv", *targets).code == 0
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert read("who.csv").table.num_rows == report["n_customers"]
    assert set(read("pairs.parquet").table["left_record_key"].to_pylist()) <= set(
        read("customers.csv").table["record_id"].to_pylist()
    )
    assert json.loads(Path("m.json").read_text(encoding="utf-8"))["format"] == "custid.match-model"


def test_collectives_and_signals_are_written(cli: Cli) -> None:
    """Households, what relates customers, and signs of fraud go to tables of their own."""
    targets = ["--collectives", "homes.csv", "--related", "related.jsonl", "--signals", "signals.csv"]
    assert cli("dedupe", "customers.csv", "--output", "found.csv", *targets).code == 0
    homes = read("homes.csv").table
    assert homes.num_rows > 0
    assert all(" | " in members for members in homes["customers"].to_pylist())
    assert read("related.jsonl").table.num_rows > 0
    assert read("signals.csv").table.column_names[:2] == ["signal", "kind"]


def test_lists_in_csv_are_joined(cli: Cli) -> None:
    """A customer of several sources names them in one cell."""
    cli("dedupe", "customers.csv", "--quiet", "--customers", "who.csv")
    assert any(" | " in cell for cell in read("who.csv").table["sources"].to_pylist())


def test_pairs_above_the_review_probability(cli: Cli) -> None:
    """A higher review probability reports fewer pairs."""
    for probability in ("0.1", "0.999999"):
        cli("dedupe", "customers.csv", "-q", "--review-probability", probability, "--pairs", f"{probability}.csv")
    assert read("0.999999.csv").table.num_rows < read("0.1.csv").table.num_rows


@pytest.mark.parametrize("probability", ["0", "1", "1.5"])
def test_review_probability_is_one(cli: Cli, probability: str) -> None:
    """A review probability outside (0, 1) is refused."""
    ran = cli("dedupe", "customers.csv", "--review-probability", probability)
    assert (ran.code, "expected a probability" in ran.stderr) == (ExitCode.USAGE, True)


def test_added_columns_take_no_used_name(cli: Cli) -> None:
    """Where the input has a column called customer, the one added is called custid_customer; rows are numbered."""
    path = cli.write("taken.csv", "name,email,customer\nAnn Lee,ann@a.example,old\nBob Ray,bob@b.example,older\n")
    cli("dedupe", path, "--output", "found.csv")
    found = read("found.csv").table
    assert found.column_names == [
        *("name", "email", "customer", "record_key", "custid_customer", "match_probability", "decision")
    ]
    assert found["customer"].to_pylist() == ["old", "older"]
    assert found["record_key"].to_pylist() == ["1", "2"]


def test_spreadsheet_safe(cli: Cli) -> None:
    """Cells that a spreadsheet could run begin with an apostrophe, if that is asked for."""
    path = cli.write("risky.csv", "name,email,=note\nAnn Lee,ann@a.example,=1+1\nBob Ray,bob@b.example,fine\n")
    cli("dedupe", path, "--output", "plain.csv")
    cli("dedupe", path, "--output", "safe.csv", "--spreadsheet-safe")
    assert read("plain.csv").table["=note"].to_pylist() == ["=1+1", "fine"]
    assert read("safe.csv").table["'=note"].to_pylist() == ["'=1+1", "fine"]


# Columns and schemas


def test_columns_are_shown(cli: Cli) -> None:
    """The mapping is printed without a run."""
    ran = cli("columns", "customers.csv")
    assert ran.stdout.splitlines()[0].split() == ["column", "attribute", "recognized", "by"]
    assert ran.stdout.splitlines()[-1] == "80 rows; record key: record_id; source: shop"


def test_schema_round_trip(cli: Cli) -> None:
    """What --as-schema prints is a schema that changes nothing."""
    cli.write("schema.json", cli("columns", "customers.csv", "--as-schema").stdout)
    shown = cli("columns", "customers.csv", "--schema", "schema.json").stdout
    assert [line.split()[:2] for line in shown.splitlines()] == [
        line.split()[:2] for line in cli("columns", "customers.csv").stdout.splitlines()
    ]
    assert "schema" in shown


def test_a_column_whose_name_has_a_line_break_is_one_line(cli: Cli) -> None:
    """Headers of two lines, as spreadsheets have them, do not break the tables in which columns are shown."""
    Path("clients.csv").write_text('"Nom\nde famille","Prénom"\nPetit,Zoé\nRoux,Luc\n', encoding="utf-8")
    for command in ("columns", "dedupe"):
        assert "Nom de famille" in cli(command, "clients.csv").stdout


def test_columns_can_be_mapped(cli: Cli) -> None:
    """Options say what a column holds, that it holds nothing of use, and which one is the record key."""
    path = cli.write("odd.csv", "a,b,c,nr\nAnn,Lee,x,7\nBob,Ray,y,8\n")
    options = ["--map", "a=given_name", "--map", "b=family_name", "--map", "c=", "--record-key", "nr"]
    shown = [line.split() for line in cli("columns", path, *options).stdout.splitlines()]
    assert shown[1][:2] == ["a", "given_name"]
    assert shown[3][:3] == ["c", "(passed", "through)"]
    assert shown[-1] == ["2", "rows;", "record", "key:", "nr"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--map", "foo=city"], ExitCode.CONFIGURATION, "'foo' is not in the table"),
        (["--map", "city=town hall"], ExitCode.CONFIGURATION, "expected an attribute"),
        (["--map", "city"], ExitCode.USAGE, "expected COLUMN=ATTRIBUTE"),
        (["--schema", "truth.csv"], ExitCode.CONFIGURATION, "expected JSON"),
        (["--schema", "list.json"], ExitCode.CONFIGURATION, "expected an object"),
        (["--schema", "missing.json"], ExitCode.DATA, "'missing.json'"),
    ],
)
def test_wrong_schemas(cli: Cli, options: list[str], code: ExitCode, said: str) -> None:
    """What cannot be a schema is named."""
    cli.write("list.json", "[]")
    ran = cli("columns", "customers.csv", *options)
    assert (ran.code, said in ran.stderr) == (code, True)


# Link


def test_link_two_files(cli: Cli) -> None:
    """The output of linked files has all rows in order, the union of the columns, and the source."""
    assert cli("link", "office=office.csv", "others.csv", "--output", "linked.parquet").code == 0
    linked = read("linked.parquet").table
    n_office, n_others = read("office.csv").table.num_rows, read("others.csv").table.num_rows
    assert linked["source"].to_pylist() == ["office"] * n_office + ["others"] * n_others
    assert "sex" in linked.column_names
    assert linked["sex"].slice(n_office).null_count == n_others


def test_link_one_file(cli: Cli) -> None:
    """One file with a column of sources is linked as it is, without a second column for them."""
    ran = cli("link", "customers.csv", "--output", "linked.csv", "--with-duplicates", "--report", "report.json")
    assert (ran.code, read("linked.csv").table.column_names[-3:]) == (0, ADDED)
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["one_per_source"] is False


def test_duplicate_free_sources(cli: Cli) -> None:
    """In sources free of duplicates no customer has two records of one source."""
    cli("link", "office=office.csv", "others=others.csv", "--duplicate-free", "--output", "linked.csv")
    linked = read("linked.csv").table
    pairs = list(zip(linked["source"].to_pylist(), linked["customer"].to_pylist(), strict=True))
    assert len(pairs) == len(set(pairs))


def test_options_of_one_source(cli: Cli) -> None:
    """A mapping with the name of a source before it holds for that source alone."""
    cli.write("a.csv", "nr,who,mel\n1,Ann Lee,ann@a.example\n2,Bob Ray,bob@b.example\n")
    cli.write("b.csv", "name,email\nAnn Lee,ann@a.example\nCy Moe,cy@c.example\n")
    options = ["--map", "a:who=full_name", "--record-key", "a:nr", "--report", "report.json", "-q"]
    assert cli("link", "a=a.csv", "b=b.csv", *options).code == 0
    first, second = json.loads(Path("report.json").read_text(encoding="utf-8"))["sources"]
    assert (first["columns"][1]["attribute"], first["record_key"]) == ("full_name", "nr")
    assert second["record_key"] is None


def test_schema_by_source(cli: Cli) -> None:
    """A schema file may hold one schema for each source."""
    cli.write("schema.json", json.dumps({"office": {"columns": {"city": None}}}))
    assert cli("link", "office=office.csv", "b=others.csv", "--schema", "schema.json", "--report", "r.json").code == 0
    sources = json.loads(Path("r.json").read_text(encoding="utf-8"))["sources"]
    found = [{each["column"]: each["attribute"] for each in source["columns"]}["city"] for source in sources]
    assert found == [None, "city"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["office=office.csv"], ExitCode.CONFIGURATION),
        (["office.csv"], ExitCode.CONFIGURATION),
        (["a=office.csv", "a=others.csv"], ExitCode.USAGE),
    ],
)
def test_what_cannot_be_linked(cli: Cli, files: list[str], code: ExitCode) -> None:
    """Linking takes two sources, with names of their own."""
    assert cli("link", *files).code == code


# Explain, evaluate, train


def test_explain(cli: Cli) -> None:
    """Two records are explained in a table that ends with the verdict."""
    ran = cli("explain", "customers.csv", "r0000001", "r0000002")
    assert (ran.code, "match weight" in ran.stdout) == (0, True)
    assert ran.stdout.splitlines()[-1].startswith(("One customer:", "Two customers:"))


def test_explain_across_sources(cli: Cli) -> None:
    """Where two sources use the same key, a record is named by source and key."""
    cli.write("a.csv", "name,email\nAnn Lee,ann@a.example\nBob Ray,bob@b.example\n")
    cli.write("b.csv", "name,email\nAnne Lee,ann@a.example\nCy Moe,cy@c.example\n")
    ran = cli("explain", "a=a.csv", "b=b.csv", "a/1", "b/1", "--json")
    document = json.loads(ran.stdout)
    assert (document["left"], document["right"]) == (["a", "1"], ["b", "1"])
    assert cli("explain", "a=a.csv", "b=b.csv", "1", "b/1").code == ExitCode.DATA


def test_explain_an_unknown_record(cli: Cli) -> None:
    """A key that no row has is said to be unknown."""
    ran = cli("explain", "customers.csv", "r0000001", "nobody")
    assert (ran.code, "'nobody'" in ran.stderr, "Hint:" in ran.stderr) == (ExitCode.DATA, True, True)


def test_explain_needs_two_keys(cli: Cli) -> None:
    """A file and one key are too little."""
    assert cli("explain", "customers.csv", "r0000001").code == ExitCode.USAGE


def test_evaluate_a_run_and_its_output(cli: Cli) -> None:
    """Evaluating a file and evaluating the assignments it gave print the same, but for the measures of blocking."""
    cli("dedupe", "customers.csv", "--output", "found.csv")
    ran = cli("evaluate", "customers.csv", "--truth", "truth.csv")
    assert ran.stdout.split()[:3] == ["precision", "recall", "F1"]
    found = cli("evaluate", "--assignments", "found.csv", "--truth", "truth.csv").stdout
    *shared, blocking = ran.stdout.splitlines()
    assert found.splitlines() == shared
    assert blocking.startswith("blocking: pairs completeness")


def test_evaluate_linked_sources(cli: Cli) -> None:
    """Linked sources are held against the truth too, as JSON if that is asked for."""
    ran = cli("evaluate", "a=office.csv", "b=others.csv", "--truth", "truth.csv", "--json")
    assert json.loads(ran.stdout)["pairwise"]["f1"] > 0.5


@pytest.mark.parametrize("what", [[], ["customers.csv", "--assignments", "customers.csv"]])
def test_evaluate_one_thing(cli: Cli, what: list[str]) -> None:
    """Either a file is resolved or assignments are judged."""
    assert cli("evaluate", *what, "--truth", "truth.csv").code == ExitCode.USAGE


def test_train_and_use_a_model(cli: Cli) -> None:
    """A model trained on a file gives the same customers as the file alone."""
    ran = cli("train", "customers.csv", "--save-model", "model.json")
    assert (ran.code, ran.stdout.split()[:5]) == (0, ["comparison", "level", "m", "u", "bits"])
    cli("dedupe", "customers.csv", "--output", "learned.csv")
    cli("dedupe", "customers.csv", "--model", "model.json", "--output", "given.csv")
    assert Path("learned.csv").read_bytes() == Path("given.csv").read_bytes()


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe\x00", b"not JSON"])
def test_a_wrong_model(cli: Cli, content: bytes) -> None:
    """A file that is no match model is refused."""
    Path("model.json").write_bytes(content)
    ran = cli("dedupe", "customers.csv", "--model", "model.json")
    assert (ran.code, ran.stderr.startswith("custid: match model: ")) == (ExitCode.CONFIGURATION, True)


def test_a_generic_policy(cli: Cli) -> None:
    """A file says which values identify nobody; the report tells its version, and a wrong file is refused."""
    policy = {"format": "custid.generic-policy", "format_version": 1, "version": "spring"}
    path = cli.write("policy.json", json.dumps(policy))
    assert cli("dedupe", "customers.csv", "--generic", path, "--report", "report.json").code == 0
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["generic_policy"] == "spring"
    assert cli("plan", "customers.csv", "--generic", path).code == 0
    wrong = cli("dedupe", "customers.csv", "--generic", cli.write("policy.json", json.dumps(policy | {"min_names": 1})))
    assert wrong.code == ExitCode.CONFIGURATION
    assert wrong.stderr.startswith("custid: generic policy: min_names: expected 2 or more, got 1")


# Errors


def test_refused_rows_are_told(cli: Cli) -> None:
    """Refused rows are a warning, and with --strict an exit code; what stands in them is not shown."""
    path = cli.write(
        "bad.csv", "name,email\nAnn Lee,ann@a.example\nSecret Person,secret@b.example,x,y\nBo Ray,bo@c.example\n"
    )
    ran = cli("dedupe", path, "--output", "found.csv")
    assert (ran.code, ran.stdout, "1 rows were refused" in ran.stderr) == (0, "", True)
    strict = cli("dedupe", path, "--output", "found.csv", "--strict", "--report", "report.json")
    assert (strict.code, read("found.csv").table.num_rows) == (ExitCode.REFUSED, 2)
    assert cli("columns", path, "--strict").code == ExitCode.REFUSED
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["sources"][0]["refused"][0]["line_number"] == 3
    assert "secret" not in (ran.stderr + strict.stderr + Path("report.json").read_text(encoding="utf-8")).lower()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ExitCode.DATA),
        (b"PAR1 damaged", ExitCode.DATA),
        (b"x,y\nsecret,secret\n", ExitCode.CONFIGURATION),
    ],
)
def test_errors_are_one_line_without_values(cli: Cli, content: bytes, code: ExitCode) -> None:
    """An error is a line and a hint, without traceback and without anything that stands in a row."""
    Path("wrong.csv").write_bytes(content)
    ran = cli("dedupe", "wrong.csv")
    lines = ran.stderr.splitlines()
    assert (ran.code, ran.stdout) == (code, "")
    assert lines[0].startswith("custid: ")
    assert [line for line in lines[1:] if not line.startswith("Hint: ")] == []
    assert "secret" not in ran.stderr


def test_missing_file(cli: Cli) -> None:
    """A file that is not there is named."""
    ran = cli("dedupe", "nowhere.csv")
    assert (ran.code, ran.stderr) == (ExitCode.DATA, "custid: file 'nowhere.csv': No such file or directory.\n")


@pytest.mark.parametrize(
    "options",
    [
        ["--output", "found.xlsx"],
        ["--output", "customers.csv"],
        ["--output", "nowhere/found.csv"],
        ["--output", "found.csv", "--customers", "found.csv"],
        ["--report", "."],
    ],
)
def test_targets_are_checked_before_work(cli: Cli, options: list[str]) -> None:
    """A target of no known format, without directory, or that another file needs is refused and nothing is written."""
    before = names(Path())
    assert cli("dedupe", "customers.csv", *options).code == ExitCode.USAGE
    assert names(Path()) == before


# Files


def half_a_file(path: Path) -> None:
    path.write_text("half", encoding="utf-8")
    raise KeyboardInterrupt


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where one file fails, none is changed and nothing is left beside them."""
    first, second = tmp_path / "first", tmp_path / "second"
    second.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        write_files([(first, lambda path: path.touch()), (second, half_a_file)])
    assert (names(tmp_path), second.read_text(encoding="utf-8")) == (["second"], "old")


def test_overwritten_files_keep_links_and_permissions(tmp_path: Path) -> None:
    """A file that is written again keeps its mode, and a link to it goes on pointing at it."""
    target, alias = tmp_path / "target", tmp_path / "alias"
    target.touch()
    target.chmod(0o640)
    alias.symlink_to(target)
    write_files([(alias, lambda path: path.write_text("new", encoding="utf-8"))])
    assert (alias.is_symlink(), target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == (
        True,
        "new",
        0o640,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes and SIGINT to a process are a Unix matter")
def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends a run with code 130, a word and no output."""
    pipe, output = tmp_path / "customers.csv", tmp_path / "found.csv"
    os.mkfifo(pipe)
    # A shell that runs tests in the background has them ignore the signal.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from custid.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "dedupe", str(pipe), "--output", str(output)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        # Opening waits until the command reads, and it reads until the pipe is closed.
        with pipe.open("w", encoding="utf-8") as stream:
            stream.write("name,email\n")
            # Nothing may be left to write when the other end is gone.
            stream.flush()
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (ExitCode.INTERRUPTED, "custid: interrupted.\n")
    assert names(tmp_path) == ["customers.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and SIGINT to a process are a Unix matter")
@pytest.mark.parametrize("step", ["standardizing", "blocking", "comparing"])
def test_interrupt_in_a_step(tmp_path: Path, step: str) -> None:
    """Ctrl-C in a step that the terminal shows ends the run with code 130, a word, and no file."""
    write_csv(synthetic_customers(20_000, seed=3).records, tmp_path / "customers.csv")
    outputs = ["--output", "found.csv", "--customers", "golden.csv", "--pairs", "pairs.csv", "--report", "report.json"]
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from custid.cli import main; main()"
    )
    terminal, slave = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program, "dedupe", "customers.csv", *outputs],
        stdout=subprocess.PIPE,
        stderr=slave,
        cwd=tmp_path,
        # Compiled, as the steps of so many records never end otherwise.
        env={**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "100", "NUMBA_DISABLE_JIT": "0"},
    ) as process:
        os.close(slave)
        shown = b""
        while step.encode() not in shown:
            shown += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
        # A terminal whose last user is gone has an end, or an error in its place.
        with contextlib.suppress(OSError):
            while more := os.read(terminal, 4096):
                shown += more
        printed, _ = process.communicate(timeout=120)
    os.close(terminal)
    assert (process.returncode, printed) == (ExitCode.INTERRUPTED, b"")
    assert shown.endswith(b"custid: interrupted.\r\n")
    assert b"Traceback" not in shown
    assert names(tmp_path) == ["customers.csv"]


def test_control_characters_are_not_printed() -> None:
    """What could repaint or reverse a terminal is replaced; line feeds stay and odd spaces become plain ones."""
    assert printable("a\x1b[31m\u202eb\n\xa0c") == "a�[31m�b\n c"


# Plan


def test_plan_shows_pairs_and_rules(cli: Cli) -> None:
    """The plan tells pairs, memory and time, and what each rule proposes."""
    ran = cli("plan", "customers.csv")
    assert ran.code == 0
    assert [
        word
        for word in ("candidate pairs: ", "memory: ", "time: ", "oversized", "name.token")
        if word not in ran.stdout
    ] == []


def test_plan_as_json(cli: Cli) -> None:
    """The plan as JSON agrees with what the run reports."""
    planned = json.loads(cli("plan", "customers.csv", "--json").stdout)
    report = custid.dedupe("customers.csv").report
    assert (planned["n_units"], planned["n_pairs"], planned["block_cap"]) == (
        report.n_distinct,
        report.n_pairs,
        report.block_cap,
    )
    assert {rule["name"]: rule["n_pairs"] for rule in planned["rules"]} == {
        rule.name: rule.n_pairs for rule in report.rules
    }


def test_labels_and_constraints_from_files(cli: Cli) -> None:
    """What files say is certain holds, and the report counts it; link takes the same files."""
    keys = read(cli.directory / "office.csv").table.column("record_id").to_pylist()
    lines: list[dict[str, object]] = [{"format": "custid.labels", "version": 1}]
    lines.append({"left": ["office", keys[0]], "right": ["office", keys[1]], "verdict": "match"})
    cli.write("labels.jsonl", "\n".join(map(json.dumps, lines)))
    related = [{"left": ["office", keys[0]], "right": ["office", keys[2]], "kind": "twin"}]
    cli.write("constraints.json", json.dumps({"format": "custid.constraints", "version": 1, "related": related}))
    options = ("--labels", "labels.jsonl", "--constraints", "constraints.json", "--report", "report.json", "-q")
    for command in (("dedupe", "office.csv"), ("link", "office.csv", "others.csv")):
        assert cli(*command, *options, "-o", "found.csv").code == ExitCode.OK
        certificate = json.loads((cli.directory / "report.json").read_text())["certificate"]
        assert certificate["must_links"] == {"verdict": 1}
        assert certificate["cannot_links"]["relation"] == 2
        with (cli.directory / "found.csv").open(encoding="utf-8", newline="") as stream:
            customer = {row["record_id"]: row["customer"] for row in csv.DictReader(stream)}
        assert customer[keys[0]] == customer[keys[1]] != customer[keys[2]]


def test_wrong_constraints(cli: Cli) -> None:
    """A file that holds no constraints is refused like any wrong configuration."""
    cli.write("constraints.json", "[]")
    ran = cli("dedupe", "customers.csv", "--constraints", "constraints.json")
    assert ran.code == ExitCode.CONFIGURATION
    assert "constraints: expected a JSON object of format 'custid.constraints'" in ran.stderr
