"""E-mail addresses."""

from __future__ import annotations

import pytest

from custid.standardize.email import base_local_part, local_part, standardize_email


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("jean.petit@mail.fr", "jean.petit@mail.fr"),
        (" Jean.Petit@Mail.FR ", "jean.petit@mail.fr"),
        ("mailto:jean@mail.fr", "jean@mail.fr"),
        ("MAILTO: jean@mail.fr", "jean@mail.fr"),
        ("<jean@mail.fr>", "jean@mail.fr"),
        ("Jean Petit <jean@mail.fr>", "jean@mail.fr"),
        ('"Petit, Jean" <jean@mail.fr>', "jean@mail.fr"),
        ("'jean@mail.fr'", "jean@mail.fr"),
        ("jean@mail.fr.", "jean@mail.fr"),
        ("jean@mail.fr;", "jean@mail.fr"),
        ("jean+shop@mail.fr", "jean+shop@mail.fr"),
        ("o'brien@mail.ie", "o'brien@mail.ie"),
        ("hélène@mail.fr", "helene@mail.fr"),
        ("jean@mail.fr\u200b", "jean@mail.fr"),
        ("e.b@sub.mail.co.uk", "e.b@sub.mail.co.uk"),
    ],
)
def test_addresses(raw: str, expected: str) -> None:
    """Addresses are trimmed, lowered and unwrapped; tags stay."""
    assert standardize_email(raw) == (expected, "")


@pytest.mark.parametrize(
    "raw",
    ["a.b@mail.fr; c@mail.fr", "a.b@mail.fr c@mail.fr", "a.b@mail.fr/c@mail.fr", "A <a.b@mail.fr>, C <c@mail.fr>"],
)
def test_several_addresses(raw: str) -> None:
    """Of several addresses the first is taken, and that is reported."""
    assert standardize_email(raw) == ("a.b@mail.fr", "several_values")


@pytest.mark.parametrize(
    ("raw", "issue"),
    [
        ("", ""),
        ("\t", ""),
        ("jean", "invalid_email"),
        ("@mail.fr", "invalid_email"),
        ("jean@", "invalid_email"),
        ("see a@b.fr and call me", "invalid_email"),
        ("a" * 300 + "@mail.fr", "invalid_email"),
        ("n/a", "placeholder"),
        ("aucun", "placeholder"),
        ("-", "placeholder"),
        ("test@test.com", "placeholder"),
        ("noreply@shop.com", "placeholder"),
        ("none@none.com", "placeholder"),
        ("a@a.com", "placeholder"),
        ("Pas <pasdemail@orange.fr>", "placeholder"),
        ("jean@example.com", "placeholder"),
    ],
)
def test_no_addresses(raw: str, issue: str) -> None:
    """What is nobody's address has no value, and says why."""
    assert standardize_email(raw) == ("", issue)


@pytest.mark.parametrize(
    ("value", "local", "base"),
    [
        ("jean+shop@mail.fr", "jean+shop", "jean"),
        ("jean@mail.fr", "jean", "jean"),
        ("+a@mail.fr", "+a", "+a"),
        ("", "", ""),
    ],
)
def test_local_parts(value: str, local: str, base: str) -> None:
    """The local part stands before the at sign, its base before the tag."""
    assert local_part(value) == local
    assert base_local_part(value) == base


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("jean@mail", "jean@mail"),
        ("Jean@@mail.fr", "jean@@mail.fr"),
        ("em@aosn@ware.com", "em@aosn@ware.com"),
        ("jean petit@mail.fr", "jeanpetit@mail.fr"),
        ("jean@mail,fr", "jean@mail,fr"),
    ],
)
def test_broken_addresses_are_kept(raw: str, kept: str) -> None:
    """An address with a typing error is kept, since it still tells people apart; it is reported."""
    assert standardize_email(raw) == (kept, "invalid_email")
