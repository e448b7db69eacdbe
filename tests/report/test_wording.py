"""`custid.report.wording` and the words of pages and charts."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from custid.charts._words import _WORDS
from custid.comparison import ComparisonOutput
from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.value_comparison import EqualLevels
from custid.report._page_words import PAGE_WORDS
from custid.report.wording import _LEVELS, _PHRASES, attribute_label, level_label, listed, number_text, phrase
from custid.scoring.classes import CLASS_NAMES, pair_classes


@pytest.mark.parametrize("table", [_LEVELS, _PHRASES, PAGE_WORDS, _WORDS], ids=["levels", "phrases", "page", "charts"])
def test_both_languages_are_filled_in_alike(table: Mapping[str, tuple[str, str]]) -> None:
    """Nothing is left untranslated, and what is filled in is the same."""
    for code, (english, french) in table.items():
        assert english, code
        assert french, code
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", french)), code


def test_every_level_of_our_own_has_words() -> None:
    """No comparison of custid's own shows its codes to a French reader."""
    graded = (AddressLevels(), DateLevels(), EmailLevels(), ErrorLevels(), ErrorLevels(max_errors=1), PostcodeLevels())
    labels = {label for levels in (*graded, EqualLevels()) for label in levels.labels}
    labels |= {*PersonNameComparison().levels, *OrganizationNameComparison().levels, "missing"}
    assert labels <= set(_LEVELS)


@pytest.mark.parametrize(
    "attributes", [("given_name", "family_name", "city", "street"), ("organization_name", "street", "siren", "email")]
)
def test_every_class_of_pairs_has_words(attributes: tuple[str, ...]) -> None:
    """No explanation, page or chart shows the code of a class beside matches and strangers."""
    further = ("birth_date", "phone", "category")
    outputs = [
        ComparisonOutput(name=name, attribute=name, levels=("else", "exact")) for name in (*attributes, *further)
    ]
    names = {each.name for each in pair_classes(outputs)}
    assert len(names) > 1
    assert names <= CLASS_NAMES
    assert all(f"or_{name}" in _PHRASES and name in PAGE_WORDS and f"class_{name}" in _WORDS for name in CLASS_NAMES)


def test_what_is_not_declared_is_shown_as_it_is() -> None:
    """Attributes and levels of a user's own keep their names."""
    assert attribute_label("shoe_size", "fr") == "shoe size"
    assert level_label("half a size off", "fr") == "half a size off"


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [(1234.56, "en", "+1,234.6"), (1234.56, "fr", "+1\u202f234,6"), (-0.04, "en", "-0.0")],
)
def test_numbers_are_written_as_people_do(value: float, language: str, text: str) -> None:
    """The decimal sign and the space between thousands are those of the language."""
    assert number_text(value, language, sign=True) == text


@pytest.mark.parametrize(
    ("words", "at_most", "text"),
    [
        ([], None, ""),
        (["a"], None, "a"),
        (["a", "b", "c"], 2, "a, b and c"),
        (["a", "b", "c", "d"], 2, "a, b and 2 more"),
    ],
)
def test_lists_are_cut_where_they_are_long(words: list[str], at_most: int | None, text: str) -> None:
    """A list names so many at most, and one more where only one would be left out."""
    assert listed(words, "en", at_most=at_most) == text


def test_a_sign_stays_on_the_line_of_its_word() -> None:
    """French puts a space before some signs, which must not break a line."""
    assert phrase("colon", "fr", a="x", b="y") == "x\u00a0: y"
