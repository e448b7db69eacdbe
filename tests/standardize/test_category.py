"""Categories and sex."""

from __future__ import annotations

import pytest

from custid.standardize.category import standardize_category, standardize_sex


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
    "raw", ["m", "M", "M.", "male", "Man", "H", "Homme", "Masculin", "Mr", "Mr.", "Monsieur", "1", "boy", "garçon"]
)
def test_male(raw: str) -> None:
    """Words, codes and civilities of both languages state a man."""
    assert standardize_sex(raw) == ("male", "")


@pytest.mark.parametrize(
    "raw",
    ["f", "F.", "Female", "woman", "Femme", "féminin", "Mme", "Mrs.", "Ms", "Miss", "Mlle", "Madame", "2", "fille"],
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
