"""Names of organizations taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import OrganizationName
from custid.standardize.organization_names import (
    acronym_of,
    has_legal_form,
    is_acronym_of,
    is_company_name,
    parse_organization_name,
)


def _parsed(raw: str, locale: str = "fr") -> list[tuple[str, str, str]]:
    names = parse_organization_name(raw, locale=locale).values
    return [(name.name, str(name.use), name.legal_form) for name in names]


@pytest.mark.parametrize(
    ("raw", "name", "form"),
    [
        ("SARL Boulangerie Martin", "Boulangerie Martin", "SARL"),
        ("Boulangerie Martin, S.A.R.L.", "Boulangerie Martin", "SARL"),
        ("S. A. R. L. Martin", "Martin", "SARL"),
        ("Martin SAS", "Martin", "SAS"),
        ("SASU MARTIN", "MARTIN", "SASU"),
        ("Martin S.A.", "Martin", "SA"),
        ("Sa Martin", "Sa Martin", ""),
        ("EURL Petit", "Petit", "EURL"),
        ("SCI Les Tilleuls", "Les Tilleuls", "SCI"),
        ("SNC Martin et Fils", "Martin et Fils", "SNC"),
        ("SELARL Martin & Associés", "Martin & Associés", "SELARL"),
        ("Société par actions simplifiée Martin", "Martin", "SAS"),
        ("Martin, société anonyme", "Martin", "SA"),
        ("Association loi 1901 Les Amis du Pain", "Les Amis du Pain", "association loi 1901"),
        ("Les Amis du Pain (association loi de 1901)", "Les Amis du Pain", "association loi 1901"),
        ("Martin SAS au capital de 10 000 euros", "Martin", "SAS"),
        ("Martin Ltd", "Martin", "Ltd"),
        ("Müller GmbH & Co. KG", "Müller", "GmbH & Co. KG"),
        ("Müller GmbH", "Müller", "GmbH"),
        ("Martin & Cie", "Martin & Cie", ""),
        ("SARL", "SARL", ""),
        ("(Martin)", "Martin", ""),
        ("Coopérative de Sa", "Coopérative de Sa", ""),
    ],
)
def test_french(raw: str, name: str, form: str) -> None:
    """The legal form goes from either end into its own field, abbreviated as usual."""
    assert _parsed(raw) == [(name, "legal", form)]


@pytest.mark.parametrize(
    ("raw", "name", "form"),
    [
        ("Northwind Limited", "Northwind", "Ltd"),
        ("Northwind Co., Ltd.", "Northwind", "Co. Ltd"),
        ("Smith & Co.", "Smith & Co.", ""),
        ("Smith & Co. Ltd", "Smith & Co.", "Ltd"),
        ("Smith and Sons Pty. Ltd.", "Smith and Sons", "Pty Ltd"),
        ("Northwind PLC", "Northwind", "PLC"),
        ("Northwind Public Limited Company", "Northwind", "PLC"),
        ("Smith LLP", "Smith", "LLP"),
        ("Northwind, L.L.C.", "Northwind", "LLC"),
        ("Northwind, Inc.", "Northwind", "Inc."),
        ("Northwind Corporation", "Northwind", "Corp."),
        ("The Bread Company", "The Bread Company", ""),
        ("Limited Editions Ltd", "Limited Editions", "Ltd"),
        ("Inc", "Inc", ""),
    ],
)
def test_english(raw: str, name: str, form: str) -> None:
    """English forms stand at the end; what belongs to the name stays."""
    assert _parsed(raw, "en-GB") == [(name, "legal", form)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Northwind Inc. dba The Corner", [("Northwind", "legal", "Inc."), ("The Corner", "trading", "")]),
        ("Jane Smith t/a Smith's Bakery", [("Jane Smith", "legal", ""), ("Smith's Bakery", "trading", "")]),
        (
            "EURL Petit exploitant sous l'enseigne Le Fournil",
            [("Petit", "legal", "EURL"), ("Le Fournil", "trading", "")],
        ),
        ("SARL PETIT (LE FOURNIL)", [("PETIT", "legal", "SARL"), ("LE FOURNIL", "trading", "")]),
        ("SARL Petit « Le Fournil »", [("Petit", "legal", "SARL"), ("Le Fournil", "trading", "")]),
        ("Northwind plc (formerly Southwind Ltd)", [("Northwind", "legal", "PLC"), ("Southwind", "former", "Ltd")]),
        (
            "Union des Boulangers de l'Ouest (UBO)",
            [("Union des Boulangers de l'Ouest", "legal", ""), ("UBO", "acronym", "")],
        ),
        (
            "UBO (Union des Boulangers de l'Ouest)",
            [("Union des Boulangers de l'Ouest", "legal", ""), ("UBO", "acronym", "")],
        ),
        ("Fédération des Moulins - FDM", [("Fédération des Moulins", "legal", ""), ("FDM", "acronym", "")]),
        ("Petit (75)", [("Petit", "legal", "")]),
    ],
)
def test_further_names(raw: str, expected: list[tuple[str, str, str]]) -> None:
    """Trading names, former names and acronyms follow the legal name."""
    assert _parsed(raw) == expected


@pytest.mark.parametrize("raw", ["inconnu", "?", "n/a", "Unknown Ltd"])
def test_placeholders(raw: str) -> None:
    """What stands for nothing has no name, and an issue."""
    parsed = parse_organization_name(raw)
    assert (parsed.values, [issue.code for issue in parsed.issues]) == ((), ["placeholder"])


def test_blank() -> None:
    """A blank has neither name nor issue."""
    assert parse_organization_name("  ").issues == ()


def test_unknown_locale() -> None:
    """A locale without a pack is refused."""
    with pytest.raises(ConfigurationError, match="locale 'xx': expected one of"):
        parse_organization_name("Petit", locale="xx")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Société nationale des chemins de fer", "SNCF"),
        ("Union des Boulangers de l'Ouest", "UBO"),
        ("Society for the Friends of Bread", "SFB"),
        ("", ""),
        ("de la", ""),
    ],
)
def test_acronym_of(name: str, expected: str) -> None:
    """An acronym is made of the initials of the words that matter."""
    assert acronym_of(name) == expected


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("UBO", "Union des Boulangers de l'Ouest", True),
        ("U.B.O.", "Union des Boulangers de l'Ouest", True),
        ("UDBDLO", "Union des Boulangers de l'Ouest", True),
        ("SNCF", "Société nationale des chemins de fer français", True),
        ("UB", "Union des Boulangers de l'Ouest", False),
        ("UBS", "Union des Boulangers", False),
        ("U", "Union", False),
        ("", "", False),
    ],
)
def test_is_acronym_of(short: str, long: str, *, expected: bool) -> None:
    """Small words count or not; a long acronym may leave the last word out."""
    assert is_acronym_of(short, long) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SARL Petit", True),
        ("Petit Ltd", True),
        ("PETIT SAS", True),
        ("Jean Sas", False),
        ("Jean SA", False),
        ("SARL", False),
    ],
)
def test_has_legal_form(text: str, *, expected: bool) -> None:
    """Only forms that nobody bears as a name or as initials count."""
    assert has_legal_form(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boulangerie Petit", True),
        ("Petit & Fils", True),
        ("Smith Plumbing Services", True),
        ("Alexandre Petit fils", False),
        ("Jean Petit", False),
        ("", False),
    ],
)
def test_is_company_name(text: str, *, expected: bool) -> None:
    """French company words tell in front, English ones at the end, words of kin behind a conjunction."""
    assert is_company_name(text) is expected


_WORDS = st.sampled_from(
    "SARL Petit Ltd & Co. dba ( ) « » - UBO sous l'enseigne S.A. , GmbH et Cie au capital de".split(" ")
)


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=10).map(" ".join)),
    st.sampled_from(["fr", "en-GB", "en-US", ""]),
)
def test_any_text(raw: str, locale: str) -> None:
    """Any text is read without error, twice alike, and kept to the character; the values are valid."""
    parsed = parse_organization_name(raw, locale=locale)
    assert parsed.raw == raw
    assert parsed == parse_organization_name(raw, locale=locale)
    assert all(isinstance(name, OrganizationName) for name in parsed.values)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_acronym(short: str, long: str) -> None:
    """Acronyms are made and judged for any text; what is made is one where it has two letters or more."""
    assert is_acronym_of(short, long) in {True, False}
    made = acronym_of(long)
    assert len(made) < 2 or is_acronym_of(made, long)


@pytest.mark.parametrize("piece", ["a", "a ", "(", "S.A.R.L. ", "dba x ", "& ", "- A "])
def test_long_text(piece: str) -> None:
    """Of a very long text the beginning is read, and the whole is kept."""
    raw = piece * (10_000 // len(piece))
    parsed = parse_organization_name(raw)
    assert parsed.raw == raw
    assert "truncated" in [issue.code for issue in parsed.issues]
