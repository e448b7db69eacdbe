"""Identifiers."""

from __future__ import annotations

import pytest

from custid.standardize.identifier import standardize_identifier


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("FR 40 303 265 045", ("fr40303265045", "")),
        ("FR-40.303/265_045", ("fr40303265045", "")),
        ("0012345", ("0012345", "")),
        ("2061933", ("2061933", "")),
        ("2061933.0", ("2061933", "")),
        ("abc", ("abc", "")),
        ("", ("", "")),
        ("ab", ("", "too_short")),
        ("0", ("", "placeholder")),
        ("0000000", ("", "placeholder")),
        ("1111", ("", "placeholder")),
        ("XXX-XX-XXXX", ("", "placeholder")),
        ("123-45-6789", ("", "placeholder")),
        ("078-05-1120", ("", "placeholder")),
        ("en cours", ("", "placeholder")),
        ("N/A", ("", "placeholder")),
        ("-", ("", "placeholder")),
        ("1.23457E+12", ("", "unparsable")),
    ],
)
def test_identifiers(raw: str, expected: tuple[str, str]) -> None:
    """Identifiers are letters and digits; too few, one throughout or a rounded number are none."""
    assert standardize_identifier(raw) == expected
