"""Placeholder values."""

from __future__ import annotations

import pytest

from custid.errors import ConfigurationError
from custid.standardize.placeholders import (
    MISSING,
    PLACEHOLDER,
    PLACEHOLDER_KINDS,
    is_placeholder,
    n_placeholders,
    nothing_readable,
    placeholder_words,
)


@pytest.mark.parametrize("kind", PLACEHOLDER_KINDS)
@pytest.mark.parametrize(
    "value",
    [
        "N/A",
        "n.a.",
        "#N/A",
        "NULL",
        "none",
        "Unknown",
        "INCONNU",
        "Non renseigné",
        "néant",
        "aucun",
        "-",
        ".",
        "?",
        "xxx",
    ],
)
def test_nothing_is_nothing_in_every_kind(kind: str, value: str) -> None:
    """Words that mean nothing are placeholders in every kind of value."""
    assert is_placeholder(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "test"),
        ("name", "Nom"),
        ("name", "Prénom"),
        ("name", "CLIENT"),
        ("name", "customer"),
        ("name", "Divers"),
        ("name", "client de passage"),
        ("name", "anonymous"),
        ("name", "Anonyme"),
        ("name", "Mr"),
        ("name", "Mme."),
        ("name", "guest"),
        ("name", "Walk-In"),
        ("name", "cash"),
        ("name", "zzzz"),
        ("organization", "particulier"),
        ("email", "test@test.com"),
        ("email", "TEST12@gmail.com"),
        ("email", "noreply@shop.com"),
        ("email", "no-reply@shop.com"),
        ("email", "none@none.com"),
        ("email", "a@a.com"),
        ("email", "email@email.com"),
        ("email", "pasdemail@orange.fr"),
        ("email", "pas.de.mail@sfr.fr"),
        ("email", "jean@example.com"),
        ("email", "jean@mail.exemple.fr"),
        ("phone", "0000000000"),
        ("phone", "1234567890"),
        ("phone", "0123456789"),
        ("phone", "06 00 00 00 00"),
        ("phone", "9999999999"),
        ("phone", "01.02.03.04.05"),
        ("phone", "555-555-5555"),
        ("date", "1900-01-01"),
        ("date", "01/01/1900"),
        ("date", "1901-01-01"),
        ("date", "9999-12-31"),
        ("date", "31/12/9999"),
        ("date", "12/31/9999"),
        ("date", "99991231"),
        ("date", "1111-11-11"),
        ("date", "0001-01-01"),
        ("date", "1970-01-01"),
        ("date", "00/00/0000"),
        ("date", "jj/mm/aaaa"),
        ("postcode", "00000"),
        ("postcode", "99999"),
        ("postcode", "0000"),
        ("identifier", "1111111"),
        ("identifier", "123456789"),
        ("identifier", "078-05-1120"),
        ("place", "aaaa"),
        ("street", "sans domicile fixe"),
    ],
)
def test_placeholders_of_one_kind(kind: str, value: str) -> None:
    """Each kind of value has placeholders of its own."""
    assert is_placeholder(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("any", ""),
        ("any", "  \u200b"),
        ("name", "Jean Null"),
        ("name", "Test Marie"),
        ("name", "Nan"),
        ("name", "iii"),
        ("name", "M"),
        ("name", "Sanson"),
        ("organization", "AAA"),
        ("email", "testard@orange.fr"),
        ("email", "dupont@dupont.fr"),
        ("email", "jean"),
        ("phone", "12"),
        ("phone", "0612345679"),
        ("date", "1980-01-01"),
        ("date", "1980"),
        ("postcode", "12345"),
        ("postcode", "999"),
        ("category", "NC"),
        ("category", "NA"),
    ],
)
def test_real_values(kind: str, value: str) -> None:
    """Real values, and missing ones, are no placeholders: only the whole value counts."""
    assert not is_placeholder(kind, value)


def test_there_are_many() -> None:
    """At least a hundred placeholders are listed, and a fair share of them in each language."""
    assert n_placeholders() >= 100
    assert len(placeholder_words("name")) >= 100
    assert {"inconnu", "unknown"} <= placeholder_words("any")


def test_words_are_folded() -> None:
    """Every listed word can be met, as it is written the way values are folded."""
    for kind in PLACEHOLDER_KINDS:
        for word in placeholder_words(kind):
            assert word.isascii()
            assert word == " ".join(word.lower().split())
            assert word.replace(" ", "").isalnum()


def test_unknown_kind() -> None:
    """A kind that does not exist is refused with those that do."""
    with pytest.raises(ConfigurationError, match="placeholder kind 'colour': expected one of 'any', 'name'"):
        is_placeholder("colour", "blue")


def test_nothing_readable() -> None:
    """Blank is missing, punctuation stands for nothing."""
    assert nothing_readable(" \t\u200b") == MISSING == ("", "")
    assert nothing_readable("--") == PLACEHOLDER == ("", "placeholder")
