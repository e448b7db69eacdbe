"""Occupations."""

from __future__ import annotations

import pytest

from custid.model import Occupation
from custid.standardize import OCCUPATION_SCHEMES, parse_occupation


@pytest.mark.parametrize(
    ("raw", "scheme", "occupation"),
    [
        ("Boulangère", "", Occupation(label="Boulangère")),
        (" Chef\nde  projet ", "", Occupation(label="Chef de projet")),
        ("23A1", "", Occupation(label="23A1")),
        ("23a1", "pcs2020", Occupation(scheme="pcs2020", code="23A1")),
        ("22", "pcs2020", Occupation(scheme="pcs2020", code="22")),
        ("23A1 Artisans", "pcs2020", Occupation(scheme="pcs2020", code="23A1", label="Artisans")),
        ("7512", "isco08", Occupation(scheme="isco08", code="7512")),
        ("7512.0", "isco08", Occupation(scheme="isco08", code="7512")),
        ("7512 – Bakers", "isco08", Occupation(scheme="isco08", code="7512", label="Bakers")),
        ("0110: Officers", "isco08", Occupation(scheme="isco08", code="0110", label="Officers")),
    ],
)
def test_occupations(raw: str, scheme: str, occupation: Occupation) -> None:
    """A code, a label, or both are read."""
    read = parse_occupation(raw, scheme=scheme)
    assert (read.values, read.issues, read.raw) == ((occupation,), (), raw)


@pytest.mark.parametrize(
    ("raw", "scheme", "values", "codes"),
    [
        ("", "isco08", (), []),
        ("N/A", "", (), ["placeholder"]),
        ("--", "", (), ["placeholder"]),
        ("7", "pcs2020", (), ["invalid_code"]),
        ("543a", "pcs2020", (), ["invalid_code"]),
        ("75120", "isco08", (), ["invalid_code"]),
        ("Boulanger", "pcs2020", (Occupation(label="Boulanger"),), ["invalid_code"]),
        ("99 - Boulanger", "pcs2020", (Occupation(label="Boulanger"),), ["invalid_code"]),
        ("51-3011", "soc2018", (Occupation(scheme="soc2018", code="51-3011"),), ["unknown_scheme"]),
    ],
)
def test_doubtful_occupations(raw: str, scheme: str, values: tuple[Occupation, ...], codes: list[str]) -> None:
    """What does not have the shape of its scheme is reported; a label is kept, an unknown scheme too."""
    read = parse_occupation(raw, scheme=scheme)
    assert (read.values, [issue.code for issue in read.issues]) == (values, codes)


def test_schemes() -> None:
    """The schemes that are checked are listed."""
    assert set(OCCUPATION_SCHEMES) == {"pcs2020", "isco08"}
