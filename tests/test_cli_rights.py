"""The commands for what people may ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custid.cli import ExitCode
from custid.registry import open_registry
from custid.registry.key_ring import KeyRing
from custid.registry.sealed_backup import back_up
from custid.review import Label, Labels, Verdict, read_labels, write_labels
from tests.registry.cards import CRM, crm_record, kept
from tests.registry.matched import model
from tests.test_cli import Cli

DATABASE = "customers.db"
SHOP = ("shop", "4711")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    row = {"full_name": "Anna Martin", "email": "anna@mail.example", "city": "Lyom"}
    with open_registry(tmp_path / DATABASE) as registry:
        registry.apply([[CRM], [SHOP]], contents={**kept(crm_record()), SHOP: row})
    (tmp_path / "key.bin").write_bytes(bytes(range(32)))
    return Cli(tmp_path, capsys)


def _id(cli: Cli) -> str:
    found: str = json.loads(cli("customer", DATABASE, "4711", "--source", "shop", "--json").stdout)["id"]
    return found


def test_a_person_gets_all_that_is_kept(cli: Cli) -> None:
    """As text in two languages and as JSON in a file, by identifier or by the key of a record."""
    assert "Anna Martin" in cli("export-subject", DATABASE, _id(cli)).stdout
    assert (
        "Ce qui est conservé" in cli("export-subject", DATABASE, "4711", "--source", "shop", "--language", "fr").stdout
    )
    ran = cli("export-subject", DATABASE, _id(cli), "--json", "--recipient", "Mailing Ltd", "-o", "export.json")
    assert (ran.code, ran.stdout) == (ExitCode.OK, "")
    document = json.loads((cli.directory / "export.json").read_text(encoding="utf-8"))
    assert document["recipients"] == ["Mailing Ltd"]
    assert (cli.directory / "export.json").stat().st_mode & 0o77 == 0


def test_a_record_is_corrected(cli: Cli) -> None:
    """What is right stands there afterwards; the same again changes nothing; a column that is none is refused."""
    call = ("rectify", DATABASE, "4711", "--source", "shop", "--reason", "article 16")
    assert cli(*call, "city=Lyon", "email=").stdout.startswith("change ")
    with open_registry(cli.directory / DATABASE) as registry:
        said = registry.customer(registry.id_of(SHOP)).contents[SHOP]  # type: ignore[index]  # a key in full
    assert (said["city"], said["email"]) == ("Lyon", None)
    assert cli(*call, "city=Lyon").stdout == "the record said just that\n"
    assert cli(*call, "town=Lyon").code == ExitCode.CONFIGURATION
    assert cli(*call, "Lyon").code == ExitCode.USAGE


def test_a_customer_is_restricted_and_that_is_lifted(cli: Cli) -> None:
    """The list names the record and the reason, until it is lifted."""
    assert cli("restrictions", DATABASE).stdout == "No record is restricted.\n"
    assert cli("restrict", DATABASE, _id(cli), "--reason", "accuracy contested").code == ExitCode.OK
    assert "accuracy contested" in cli("restrictions", DATABASE).stdout
    (one,) = json.loads(cli("restrictions", DATABASE, "--json").stdout)["restrictions"]
    assert one["record_key"] == "4711"
    assert cli("restrict", DATABASE, _id(cli), "--reason", "again").stdout == "restricted before\n"
    assert cli("lift", DATABASE, "4711", "--source", "shop", "--reason", "checked").stdout.startswith("change ")
    assert cli("lift", DATABASE, _id(cli), "--reason", "checked").stdout == "not restricted\n"


def test_nothing_is_erased_without_a_yes(cli: Cli) -> None:
    """The records are counted first; then the customer is gone, with keys of backups, and known if she comes again."""
    ring = KeyRing(cli.directory / "ring.json")
    with open_registry(cli.directory / DATABASE) as registry:
        back_up(registry.store, cli.directory / "backup.jsonl", keys=ring)
    call = ["erase", DATABASE, _id(cli), "--reason", "a17", "--keys", "ring.json"]
    call += ["--suppression", "no_contact.json", "--secret", "key.bin"]
    assert cli(*call).stdout.startswith("1 records would be erased")
    assert not (cli.directory / "no_contact.json").exists()
    assert cli("customer", DATABASE, "4711", "--source", "shop").code == ExitCode.OK
    proof = json.loads(cli(*call, "--yes", "--json").stdout)
    assert (proof["n_records"], proof["n_suppressed"], proof["is_complete"]) == (1, 1, True)
    assert cli("customer", DATABASE, "4711", "--source", "shop").code == ExitCode.DATA
    assert "anna" not in (cli.directory / "no_contact.json").read_text(encoding="ascii")


def test_single_records_are_erased(cli: Cli) -> None:
    """With their source alone; a reason that holds a value is refused."""
    assert cli("erase", DATABASE, "4711", "--only-records", "--reason", "a17").code == ExitCode.USAGE
    call = ("erase", DATABASE, "4711", "--source", "shop", "--only-records", "--yes", "--reason")
    assert cli(*call, "Anna Martin").code == ExitCode.CONFIGURATION
    assert cli(*call, "a17", "--secret", "key.bin").code == ExitCode.USAGE
    assert cli(*call, "a17").stdout.startswith("1 records erased, change ")


def test_labels_of_the_erased_go_with_them(cli: Cli) -> None:
    """Those of others stay; a table of answers holds values, and is refused."""
    others = Label(left=CRM, right=("crm", "x"), verdict=Verdict.MATCH)
    write_labels(
        Labels.of([Label(left=SHOP, right=CRM, verdict=Verdict.UNSURE), others]), cli.directory / "labels.jsonl"
    )
    call = ("erase", DATABASE, "4711", "--source", "shop", "--reason", "a17", "--labels")
    assert cli(*call, "labels.jsonl").code == ExitCode.OK
    assert len(read_labels(cli.directory / "labels.jsonl")) == 2
    cli.write("answers.csv", "x\n")
    assert cli(*call, "answers.csv", "--yes").code == ExitCode.USAGE
    # Refused, since the history is for good: whose records stay, their labels stay.
    refused = [part if part != "a17" else "key 4711" for part in call]
    assert cli(*refused, "labels.jsonl", "--yes").code == ExitCode.CONFIGURATION
    assert len(read_labels(cli.directory / "labels.jsonl")) == 2
    assert cli(*call, "labels.jsonl", "--yes").code == ExitCode.OK
    assert read_labels(cli.directory / "labels.jsonl").given == (others,)


def test_who_is_on_the_list_is_known_when_rows_come(cli: Cli) -> None:
    """Rows of who was erased are told of, or refused; a list that is not there or is none is an error."""
    stated = ("--suppression", "no_contact.json", "--secret", "key.bin")
    erased = ("erase", DATABASE, _id(cli), "--reason", "a17", "--yes", "--suppression")
    assert cli(*erased, "nowhere/list.json", "--secret", "key.bin").code == ExitCode.USAGE
    assert cli(*erased, *stated[1:]).code == ExitCode.OK
    cli.write("rows.csv", "id,full_name,email\n8,Anna Martin,ANNA@mail.example\n9,Bo Lee,bo@mail.example\n")
    cli.write("model.json", model("persons", 12).to_json())
    assert cli("use", "other.db", "--model", "model.json").code == ExitCode.OK
    call = ("ingest", "rows.csv", "--into", "other.db", "--source", "shop", "--record-key", "id")
    assert cli(*call, "--refuse-suppressed").code == ExitCode.USAGE
    assert cli(*call, "--suppression", "typo.json", "--secret", "key.bin").code == ExitCode.DATA
    cli.write("none.json", "né")
    assert cli(*call, "--suppression", "none.json", "--secret", "key.bin").code == ExitCode.CONFIGURATION
    refused = cli(*call, *stated, "--refuse-suppressed", "--strict")
    assert (refused.code, "rows refused: 1" in refused.stdout) == (ExitCode.REFUSED, True)
    assert "1 records have an address or a number of somebody who wants no contact" in cli(*call, *stated).stderr


@pytest.mark.parametrize("rules", ["{", "[]", '{"guest": "1"}', '{"guest": 1e400}'])
def test_rules_that_are_none(cli: Cli, rules: str) -> None:
    """Rules of retention that are no numbers by kind are an error of configuration."""
    cli.write("years.json", rules)
    assert cli("retention", DATABASE, "--rules", "years.json", "--kind", "guest").code == ExitCode.CONFIGURATION


def test_who_was_kept_too_long_is_told_of_and_erased(cli: Cli) -> None:
    """A dry run names them; with a yes they are gone; rules may be one's own."""
    told = json.loads(cli("retention", DATABASE, "--kind", "prospect", "--at", "2060-01-01", "--json").stdout)
    assert len(told["overdue"]) == told["n_looked_at"] == 2
    assert cli("retention", DATABASE, "--kind", "prospect").stdout == "Nobody is overdue.\n"
    cli.write("years.json", '{"guest": 1}')
    ran = cli("retention", DATABASE, "--rules", "years.json", "--kind", "guest", "--at", "2060-01-01", "--yes")
    assert ran.stdout.endswith("erased\n")
    assert json.loads(cli("retention", DATABASE, "--json").stdout)["n_looked_at"] == 0
