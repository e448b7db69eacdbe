"""What happens to values on their way into a database."""

from __future__ import annotations

import jellyfish
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.testing._deform import exchanged_digits, formatted_phone, stray_spaces, typo, wrong_birth_date, wrong_digit
from custid.testing._draws import Draws
from custid.testing._locale import french
from custid.testing._population import BirthDate

SEEDS = st.integers(0, 2**32)


@given(st.text("abcdefghijéç -", min_size=3, max_size=12), SEEDS)
def test_typos_are_small(text: str, seed: int) -> None:
    """A typo changes a text by two edits at most."""
    # Optimal string alignment edits no place twice: a letter left out between two exchanged ones counts three there.
    assert jellyfish.damerau_levenshtein_distance(text, typo(text, french().neighbors, Draws(seed))) <= 2


@given(st.text(max_size=2), SEEDS)
def test_short_texts_have_no_typos(text: str, seed: int) -> None:
    """A text of one or two characters stays as it is."""
    assert typo(text, french().neighbors, Draws(seed)) == text


@given(SEEDS)
def test_typos_keep_the_case(seed: int) -> None:
    """A typo in capitals is in capitals."""
    assert typo("MARGUERITE", french().neighbors, Draws(seed)).isupper()


@given(st.from_regex(r"[A-Z]{2}[0-9]{4,8}", fullmatch=True), SEEDS)
def test_a_wrong_digit(text: str, seed: int) -> None:
    """Exactly one digit differs."""
    changed = wrong_digit(text, Draws(seed))
    assert sum(a != b for a, b in zip(text, changed, strict=True)) == 1
    assert changed[2:].isdigit()


@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True), SEEDS)
def test_exchanged_digits(text: str, seed: int) -> None:
    """Exchanged digits are the same digits."""
    assert sorted(exchanged_digits(text, Draws(seed))) == sorted(text)


def test_texts_without_digits_stay() -> None:
    """Without a digit to change, a text stays as it is."""
    assert (wrong_digit("ab", Draws(1)), exchanged_digits("a1b2", Draws(1))) == ("ab", "a1b2")


@given(
    st.builds(BirthDate, st.integers(1926, 2008), st.integers(1, 12), st.integers(1, 28)),
    st.sampled_from(("digit", "year", "january", "day_month")),
    SEEDS,
)
def test_wrong_birth_dates_exist(birth: BirthDate, kind: str, seed: int) -> None:
    """A wrong birth date is a day of the calendar, and another one but where nothing can be exchanged."""
    year, month, day = wrong = wrong_birth_date(birth, kind, Draws(seed))
    assert 1 <= month <= 12
    assert 1 <= day <= 28
    assert 1900 <= year <= 2030
    if kind in {"digit", "year"}:
        assert wrong != birth


@pytest.mark.parametrize(
    ("number", "layout", "expected"),
    [
        ("33-612345678", "plain", "0612345678"),
        ("33-612345678", "spaced", "06 12 34 56 78"),
        ("33-612345678", "dotted", "06.12.34.56.78"),
        ("33-612345678", "international", "+33 6 12 34 56 78"),
        ("33-612345678", "double_zero", "0033612345678"),
        ("33-612345678", "bare", "612345678"),
        ("44-7700900123", "spaced", "07700 900123"),
        ("44-7700900123", "international", "+44 7700 900123"),
        ("", "plain", ""),
    ],
)
def test_phone_layouts(number: str, layout: str, expected: str) -> None:
    """A number is written as the layout says."""
    assert formatted_phone(number, layout) == expected


@given(SEEDS)
def test_stray_spaces(seed: int) -> None:
    """Spaces are added and nothing else."""
    assert stray_spaces("LE GALL", Draws(seed)).split() == ["LE", "GALL"]
