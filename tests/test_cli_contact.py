"""The commands for consents and contacts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custid.cli import ExitCode
from custid.registry import open_registry
from custid.registry.desk_consents import DESK
from tests.registry.cards import CRM, crm_record, kept
from tests.registry.matched import model, rows
from tests.test_cli import Cli

DATABASE = "customers.db"
SHOP = ("shop", "4711")
ANNA = (DATABASE, "4711", "--source", "shop")
MAIL = ("--channel", "email")
ASKED = ("may-contact", *ANNA, *MAIL, "--purpose", "newsletter")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    row = {"full_name": "Anna Martin", "email": "anna@mail.example", "city": "Lyon"}
    with open_registry(tmp_path / DATABASE) as registry:
        registry.apply([[CRM], [SHOP]], contents={**kept(crm_record()), SHOP: row})
    (tmp_path / "key.bin").write_bytes(bytes(range(32)))
    return Cli(tmp_path, capsys)


def test_a_consent_allows_until_it_is_withdrawn(cli: Cli) -> None:
    """Of a customer of rows, in one record of its own; each word has its receipt, which is printed again."""
    assert cli(*ASKED).stdout.startswith("Denied: ")
    given = cli("consent", *ANNA, "newsletter", "given", *MAIL, "--notice", "2026-02", "--json")
    receipt = json.loads(given.stdout)
    assert (receipt["status"], receipt["notice"], receipt["channel"]) == ("given", "2026-02", "email")
    assert cli(*ASKED).stdout.startswith("Allowed: ")
    assert json.loads(cli("consents", *ANNA, "--receipt", receipt["receipt"]).stdout) == receipt
    taken_back = cli("consent", *ANNA, "newsletter", "withdrawn", *MAIL).stdout
    assert "withdrawn" in taken_back
    denied = json.loads(cli(*ASKED, "--json").stdout)
    assert not denied["is_allowed"]
    assert "withdrawn" in {each["code"] for each in denied["reasons"]}
    (holds,) = json.loads(cli("consents", *ANNA, "--json").stdout)["consents"]
    assert (holds["status"], holds["source"]) == ("withdrawn", DESK)
    with open_registry(cli.directory / DATABASE) as registry:
        sources = [key.source for key in registry.customer(registry.id_of(SHOP)).records]
    assert sources == ["shop", DESK]


def test_what_nobody_gave_is_not_withdrawn(cli: Cli) -> None:
    """It is refused, as are options of another word and the number of no receipt; objecting asks for nothing."""
    assert cli("consent", *ANNA, "newsletter", "withdrawn").code == ExitCode.CONFIGURATION
    assert cli("consents", *ANNA).stdout == "The customer said nothing.\n"
    assert cli("consent", *ANNA, "newsletter", "withdrawn", "--notice", "x").code == ExitCode.USAGE
    assert cli("consent", *ANNA, "newsletter", "refused", "--expires", "2030-01-01").code == ExitCode.USAGE
    assert cli("consents", *ANNA, "--receipt", "x").code == ExitCode.USAGE
    assert cli("consent", *ANNA, "newsletter", "objected").code == ExitCode.OK
    assert "objected" in cli("consents", *ANNA).stdout


def test_a_word_at_the_desk_stays_when_its_customer_is_matched_anew(cli: Cli) -> None:
    """A registry that matches keeps the desk's record with the customer, and out of all others."""
    said, *others = rows("persons")[:12]
    key = ("shop", said["record_id"])
    with open_registry(cli.directory / "matched.db") as registry:
        registry.use(model("persons", 12))
        registry.ingest([said], source="shop")
    named = ("matched.db", key[1], "--source", key[0])
    assert cli("consent", *named, "newsletter", "given").code == ExitCode.OK
    assert cli("consent", *named, "newsletter", "withdrawn", *MAIL).code == ExitCode.OK
    with open_registry(cli.directory / "matched.db") as registry:
        first, _second = [each for each in registry.changes() if each.cause.kind == "consent"]
        assert (len(first.verdicts), len({each.customer for each in first.events})) == (1, 1)
        registry.ingest(others, source="shop")
        (desk,) = [key for key in registry.customer(registry.id_of(key)).records if key.source == DESK]
        assert len([key for key in registry.customer(registry.id_of(desk)).records if key.source == DESK]) == 1
    statuses = {(each["channel"], each["status"]) for each in _said(cli, *named)}
    assert statuses == {("", "given"), ("email", "withdrawn")}


def _said(cli: Cli, *named: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(cli("consents", *named, "--json").stdout)["consents"]
    return found


def test_a_restricted_customer_may_object(cli: Cli) -> None:
    """A first word is kept while restricted, with the customer, and holds when that is lifted; matched or not."""
    said = rows("persons")[0]
    with open_registry(cli.directory / "matched.db") as registry:
        registry.use(model("persons", 12))
        registry.ingest([said, said | {"record_id": "twin"}], source="shop")
        assert len(registry.customer(registry.id_of(("shop", "twin"))).records) == 2
    for named in (ANNA, ("matched.db", said["record_id"], "--source", "shop")):
        assert cli("restrict", *named, "--reason", "contested").code == ExitCode.OK
        assert cli("consent", *named, "newsletter", "objected").code == ExitCode.OK
        assert {each["status"] for each in _said(cli, *named)} == {"objected"}
        with open_registry(cli.directory / named[0]) as registry:
            known = registry.customer(registry.id_of(("shop", named[1]))).records
            assert DESK in {key.source for key in known}
        assert cli("lift", *named, "--reason", "settled").code == ExitCode.OK
        assert {each["status"] for each in _said(cli, *named)} == {"objected"}
        assert cli("doctor", named[0]).code == ExitCode.OK


def test_a_restricted_customer_is_not_contacted_and_may_still_withdraw(cli: Cli) -> None:
    """A consent given before allows nothing while restricted, and can be taken back; lifted, the withdrawal holds."""
    assert cli("consent", *ANNA, "newsletter", "given", *MAIL).code == ExitCode.OK
    assert cli("restrict", *ANNA, "--reason", "contested").code == ExitCode.OK
    denied = json.loads(cli(*ASKED, "--json").stdout)
    assert "restricted" in {each["code"] for each in denied["reasons"]}
    assert cli("consent", *ANNA, "newsletter", "withdrawn", *MAIL).code == ExitCode.OK
    assert cli("lift", *ANNA, "--reason", "settled").code == ExitCode.OK
    assert {each["status"] for each in _said(cli, *ANNA)} == {"withdrawn"}
    codes = {each["code"] for each in json.loads(cli(*ASKED, "--json").stdout)["reasons"]}
    assert "restricted" not in codes


def test_hours_and_the_suppression_list_are_asked(cli: Cli) -> None:
    """In French, too; a moment that waiting reaches is told; one on the list is denied."""
    cli("consent", *ANNA, "marketing", "given", "--expires", "2040-01-01")
    call = ("may-contact", *ANNA, "--purpose", "marketing")
    night = cli(*call, "--channel", "phone", "--at", "2039-09-06T03:30+02:00", "--language", "fr").stdout
    assert night.startswith("Refusé")
    assert "next: 2039-09-" in night
    listed = ("--suppression", "no.json", "--secret", "key.bin")
    assert cli("erase", DATABASE, "7", "--source", "crm", "--reason", "a17", "--yes", *listed).code == ExitCode.OK
    assert cli(*call, *MAIL, *listed).stdout.startswith("Allowed")
    assert cli(*call, *MAIL, "--secret", "key.bin").code == ExitCode.USAGE
