"""Telephone numbers."""

from __future__ import annotations

import pytest

from custid.standardize.phone import _CALLING_CODES, standardize_phone


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+33 (0)6 12 34 56 78", "612345678"),
        ("0033612345678", "612345678"),
        ("00 33 6 12 34 56 78", "612345678"),
        ("06.12.34.56.78", "612345678"),
        ("06/12/34/56/78", "612345678"),
        ("0612345678", "612345678"),
        ("612345678", "612345678"),
        ("612345678.0", "612345678"),
        ("33612345678", "612345678"),
        ("330612345678", "612345678"),
        ("tel: +33 6 12 34 56 78", "612345678"),
        ("Mobile 06 12 34 56 78", "612345678"),
        ("+44 7728 780881", "7728780881"),
        ("07728 780881", "7728780881"),
        ("447728780881", "7728780881"),
        ("+44 (0)7728 780881", "7728780881"),
        ("+1 (702) 733-8899", "7027338899"),
        ("702/733-8899", "7027338899"),
        ("1-702-733-8899", "7027338899"),
        ("(702) 733 8899", "7027338899"),
        ("+352 691 123 456", "691123456"),
        ("+39 06 6982 1234", "669821234"),
        ("+49 1512 3456789", "15123456789"),
        ("0049 33 12345678", "3312345678"),
        ("+32 33 12 34 56", "33123456"),
        ("01 99 00 12 34;ext=12", "199001234"),
        ("01 99 00 12 34, poste 12", "199001234"),
        ("5211600", "5211600"),
        ("521-1600", "5211600"),
        ("702-733-8899 ext 12", "7027338899"),
        ("702-733-8899 ext. 12", "7027338899"),
        ("702-733-8899x12", "7027338899"),
        ("702-733-8899 x 12", "7027338899"),
        ("702-733-8899 #12", "7027338899"),
        ("01 45 67 89 01 poste 12", "145678901"),
        ("01 45 67 89 01/02", "145678901"),
        ("+999 6 12 34 56 78", "999612345678"),
        ("\u202a+33612345678\u202c", "612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "612345678"),
    ],
)
def test_numbers(raw: str, expected: str) -> None:
    """International and national ways of writing a number agree."""
    assert standardize_phone(raw) == (expected, "")


@pytest.mark.parametrize(
    "raw",
    [
        "06 12 34 56 78 / 01 45 67 89 01",
        "06 12 34 56 78; 01 45 67 89 01",
        "06 12 34 56 78 ou 01 45 67 89 01",
        "0612345678 or 0145678901",
        "0612345678\n, 0145678901",
    ],
)
def test_several_numbers(raw: str) -> None:
    """Of several numbers the first is taken, and that is reported."""
    assert standardize_phone(raw) == ("612345678", "several_values")


@pytest.mark.parametrize(
    ("raw", "issue"),
    [
        ("", ""),
        ("  ", ""),
        ("12345", "too_short"),
        ("call me", "too_short"),
        ("1-800-FLOWERS", "too_short"),
        ("1234567890123456789", "too_long"),
        ("7.73E+016", "unparsable"),
        ("6.11223344E8", "unparsable"),
        ("N/A", "placeholder"),
        ("-", "placeholder"),
        ("liste rouge", "placeholder"),
        ("0", "placeholder"),
        ("0000000000", "placeholder"),
        ("00 00 00 00 00", "placeholder"),
        ("1234567890", "placeholder"),
        ("0123456789", "placeholder"),
        ("0600000000", "placeholder"),
        ("+33 6 00 00 00 00", "placeholder"),
        ("9999999999", "placeholder"),
        ("01 02 03 04 05", "placeholder"),
        ("+1 555 555 5555", "placeholder"),
    ],
)
def test_no_numbers(raw: str, issue: str) -> None:
    """What is no telephone number has no value, and says why."""
    assert standardize_phone(raw) == ("", issue)


def test_calling_codes() -> None:
    """No country calling code is the beginning of another one."""
    assert not [(a, b) for a in _CALLING_CODES for b in _CALLING_CODES if a != b and b.startswith(a)]
    assert {"1", "7", "33", "44", "212", "352", "590", "687", "998"} <= _CALLING_CODES
