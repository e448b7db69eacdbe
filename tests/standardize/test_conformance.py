"""The examples of each standard; tests/data/conformance/README.md names their sources."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from custid.errors import ModelError
from custid.model import PartialDate, PhoneKind, PostalAddress
from custid.standardize import (
    Parsed,
    address_lines,
    mask_prohibited,
    parse_email,
    parse_identifier,
    parse_language,
    parse_occupation,
    parse_phone,
    parse_sex,
)

VECTORS = Path(__file__).parent.parent / "data" / "conformance"


def rows(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(parsed: Parsed[Any]) -> str:
    return " ".join(issue.code for issue in parsed.issues)


@pytest.mark.parametrize("row", rows("e164.csv"), ids=lambda row: row["raw"])
def test_e164(row: dict[str, str]) -> None:
    """Reserved and example numbers of eight countries have their E.164 form and their kind."""
    read = parse_phone(row["raw"], country=row["country"])
    expected = [(row["e164"], PhoneKind(row["kind"]))] if row["e164"] else []
    assert [(phone.e164, phone.kind) for phone in read.values] == expected
    assert codes(read) == row["issue"]


@pytest.mark.parametrize("row", rows("email.csv"), ids=lambda row: row["raw"][:40])
def test_email(row: dict[str, str]) -> None:
    """Addresses of the RFCs are read, or refused, as the RFCs say."""
    read = parse_email(row["raw"])
    assert [email.address for email in read.values] == ([row["address"]] if row["address"] else [])
    assert codes(read) == row["issue"]


@pytest.mark.parametrize("row", rows("edtf.csv"), ids=lambda row: row["text"])
def test_edtf(row: dict[str, str]) -> None:
    """Dates of the specification begin and end where it says; what is left out is refused."""
    if row["earliest"] == "refused":
        with pytest.raises(ModelError, match="PartialDate"):
            PartialDate(row["text"])
        return
    read = PartialDate(row["text"])
    assert (str(read.earliest or ""), str(read.latest or "")) == (row["earliest"], row["latest"])
    assert (read.is_uncertain, read.is_approximate) == (row["qualifier"] in {"?", "%"}, row["qualifier"] in {"~", "%"})


@pytest.mark.parametrize(
    ("scheme", "row"),
    [
        *((row["scheme"], row) for row in rows("siren_siret.csv")),
        *((name, row) for name in ("lei", "vat_number", "rna", "iban") for row in rows(f"{name}.csv")),
    ],
    ids=lambda part: part if isinstance(part, str) else part["raw"],
)
def test_identifiers(scheme: str, row: dict[str, str]) -> None:
    """Published numbers are in order, and those with a wrong check digit or shape are told apart."""
    read = parse_identifier(row["raw"], scheme=scheme)
    assert [found.value for found in read.values] == ([row["value"]] if row["value"] else [])
    assert codes(read) == row["issue"]


@pytest.mark.parametrize("row", rows("iso5218.csv"), ids=lambda row: row["raw"])
def test_iso5218(row: dict[str, str]) -> None:
    """The four codes and the words of two languages are read."""
    read = parse_sex(row["raw"])
    assert [str(sex.value) for sex in read.values] == ([row["code"]] if row["code"] else [])
    assert codes(read) == row["issue"]


@pytest.mark.parametrize("row", rows("bcp47.csv"), ids=lambda row: row["raw"])
def test_bcp47(row: dict[str, str]) -> None:
    """The example tags of RFC 5646 are read, and its ill-formed ones are not."""
    read = parse_language(row["raw"])
    assert list(read.values) == ([row["tag"]] if row["tag"] else [])
    assert codes(read) == row["issue"]


@pytest.mark.parametrize("row", rows("occupation.csv"), ids=lambda row: f"{row['scheme']}-{row['raw']}")
def test_occupation(row: dict[str, str]) -> None:
    """Codes have the shape of their level, or are reported."""
    read = parse_occupation(row["raw"], scheme=row["scheme"])
    found = [(occupation.code, occupation.label) for occupation in read.values]
    assert found == ([(row["code"], row["label"])] if row["code"] or row["label"] else [])
    assert codes(read) == row["issue"]


@pytest.mark.parametrize("row", rows("luhn.csv"), ids=lambda row: row["digits"])
def test_luhn(row: dict[str, str]) -> None:
    """Card numbers with the right check digit are masked, others are left."""
    is_card = row["is_valid"] == "yes" and len(row["digits"]) > len("79927398713")
    assert mask_prohibited(f"no. {row['digits']}.").n_masked == int(is_card)


@pytest.mark.parametrize(
    "line",
    (VECTORS / "nf_z10_011.jsonl").read_text(encoding="utf-8").splitlines(),
    ids=lambda line: json.loads(line)["rule"],
)
def test_nf_z10_011(line: str) -> None:
    """An envelope has at most six lines of 38 characters, in the order and in the letters of the standard."""
    vector = json.loads(line)
    lines = address_lines(PostalAddress(country="FR", **vector["address"]), recipient=vector["recipient"])
    assert list(lines) == vector["lines"]
    assert len(lines) <= 6
    assert max(map(len, lines)) <= 38


def test_every_file_is_read() -> None:
    """Every file of vectors has a source in the README."""
    names = {path.name for path in VECTORS.iterdir()} - {"README.md"}
    readme = (VECTORS / "README.md").read_text(encoding="utf-8")
    assert names
    assert not {name for name in names if f"`{name}`" not in readme}
