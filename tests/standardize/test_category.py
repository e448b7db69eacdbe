"""Categories and sex."""

from __future__ import annotations

import pytest

from custid.model import Sex
from custid.standardize.category import parse_sex, standardize_category, standardize_sex


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Pâtisserie / Boulangerie", ("patisserie boulangerie", "")),
        ("NSW", ("nsw", "")),
        ("NC", ("nc", "")),
        ("na", ("na", "")),
        ("N/A", ("", "placeholder")),
        ("non renseigné", ("", "placeholder")),
        ("", ("", "")),
        ("?", ("", "placeholder")),
    ],
)
def test_categories(raw: str, expected: tuple[str, str]) -> None:
    """Categories are folded; codes of two letters are values."""
    assert standardize_category(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "m",
        "M",
        "M.",
        "male",
        "Man",
        "H",
        "Homme",
        "Masculin",
        "Mr",
        "Mr.",
        "Monsieur",
        "1",
        "boy",
        "garçon",
        "Herr",
        "Dhr.",
        "männlich",
    ],
)
def test_male(raw: str) -> None:
    """Words, codes and civilities of both languages state a man."""
    assert standardize_sex(raw) == ("male", "")


@pytest.mark.parametrize(
    "raw",
    [
        "f",
        "F.",
        "Female",
        "woman",
        "Femme",
        "féminin",
        "Mme",
        "Mrs.",
        "Ms",
        "Miss",
        "Mlle",
        "Madame",
        "2",
        "fille",
        "Frau",
        "Mevr.",
    ],
)
def test_female(raw: str) -> None:
    """Words, codes and civilities of both languages state a woman."""
    assert standardize_sex(raw) == ("female", "")


@pytest.mark.parametrize(
    ("raw", "issue"),
    [
        ("", ""),
        ("unknown", "placeholder"),
        ("inconnu", "placeholder"),
        ("0", "placeholder"),
        ("9", "placeholder"),
        ("-", "placeholder"),
        ("t2227949966", "unrecognized"),
        ("female | male", "unrecognized"),
        ("Dr", "unrecognized"),
    ],
)
def test_no_sex(raw: str, issue: str) -> None:
    """Anything else states no sex, and says why."""
    assert standardize_sex(raw) == ("", issue)


@pytest.mark.parametrize(
    ("raw", "sex"),
    [
        ("Mme", Sex.FEMALE),
        ("H", Sex.MALE),
        ("1", Sex.MALE),
        ("2", Sex.FEMALE),
        ("0", Sex.NOT_KNOWN),
        ("9", Sex.NOT_APPLICABLE),
    ],
)
def test_typed_sexes(raw: str, sex: Sex) -> None:
    """Words and the codes of ISO/IEC 5218 become values, the unknown ones too."""
    read = parse_sex(raw)
    assert (read.values, read.issues, read.raw) == ((sex,), (), raw)


@pytest.mark.parametrize(
    ("raw", "codes"), [("", []), ("x", ["placeholder"]), ("N/A", ["placeholder"]), ("blue", ["unrecognized"])]
)
def test_no_typed_sexes(raw: str, codes: list[str]) -> None:
    """What states no sex has no value, and says why."""
    read = parse_sex(raw)
    assert (read.values, [issue.code for issue in read.issues]) == ((), codes)
