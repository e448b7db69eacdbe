"""The ready-made levels, by worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels
from custid.comparison.string_metrics import Executor
from custid.comparison.value_comparison import ValueLevels
from tests.comparison.tables import EXECUTORS, all_pairs, context, level_label


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("1980-03-05", "1980-05-03", "day and month swapped"),
        ("1980-03-05", "1980-03-06", "one digit wrong"),
        ("1980-03-05", "1980-03-15", "one digit wrong"),
        ("1980-03-12", "1980-03-21", "one digit wrong"),
        ("1980-03-05", "1908-03-05", "one digit wrong"),
        ("1980-03-05", "2980-03-05", "one digit wrong"),
        ("1980-01-01", "1980-11-28", "same year, one of 1 January"),
        ("1980", "1980-11-28", "same year, one of 1 January"),
        ("1980-03-15", "1980-03-28", "same year and month or day"),
        ("1980-03-15", "1980-11-15", "same year and month or day"),
        ("1980-06", "1980-06-28", "same year and month or day"),
        ("1980-03-15", "1954-03-15", "same year and month or day"),
        ("XXXX-12-25", "1980-12-25", "same year and month or day"),
        ("1980-03-15", "1981-03-25", "two digits wrong"),
        ("1980-03-15", "1980-12-28", "same year"),
        ("1980-03-15", "1982-12-28", "within two years"),
        ("1980", "1982-12-28", "within two years"),
        ("1980-03-15", "1990-12-28", "within ten years"),
        ("1980-03-15", "1991-12-28", "else"),
        ("XXXX-12-25", "XXXX-12-26", "else"),
        ("XXXX-12-25", "1980", "else"),
    ],
)
def test_dates(left: str, right: str, label: str, executor: Executor) -> None:
    """Two dates are at the closest level whose condition they meet."""
    assert level_label(DateLevels(), left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("44000", "44100", "one error"),
        ("44000", "40400", "one error"),
        ("ls14ab", "ls14a", "one error"),
        ("44123", "44987", "same area"),
        ("ls14ab", "ls19xy", "same area"),
        ("ls14ab", "ls277xy", "same two first characters"),
        ("44000", "75011", "else"),
        ("4", "75011", "else"),
    ],
)
def test_postcodes(left: str, right: str, label: str, executor: Executor) -> None:
    """Two postcodes are one error apart, or share an area or a beginning."""
    assert level_label(PostcodeLevels(), left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("+33612345678", "0612345678", "one error"),
        ("0612345678", "0712345678", "one error"),
        ("0612345678", "0612354678", "one error"),
        ("0612345678", "0612354687", "two errors"),
        ("0612345678", "0687654321", "else"),
    ],
)
def test_phones(left: str, right: str, label: str, executor: Executor) -> None:
    """Phones are compared by their last nine digits; equal ones of two prefixes are one error apart."""
    assert level_label(ErrorLevels(n_last=9), left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
def test_number_of_errors_is_chosen(executor: Executor) -> None:
    """The levels count as many errors as asked for."""
    levels = ErrorLevels(max_errors=3)
    assert levels.labels == ("else", "3 errors", "two errors", "one error", "exact")
    assert level_label(levels, "abcdef", "abcxyz", executor) == "3 errors"
    assert level_label(ErrorLevels(max_errors=1), "12", "21", executor) == "one error"
    assert level_label(ErrorLevels(max_errors=1), "12", "34", executor) == "else"


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("jean.dupont@a.example", "jean.dupond@a.example", "two errors"),
        ("jean.dupont@a.example", "jean.dupont@another.example", "same local part"),
        ("jean.dupont@a.example", "jean.dupont1@another.example", "similar local part"),
        ("jean.dupont@a.example", "marie.martin@a.example", "else"),
    ],
)
def test_emails(left: str, right: str, label: str, executor: Executor) -> None:
    """Two e-mails are two errors apart, or share what stands before the at sign, or nearly."""
    assert level_label(EmailLevels(), left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("jean.dupont@a.example", "jeandupont@a.example", "made of like names"),
        ("jean.dupont@a.example", "jean.dupont@another.example", "made of like names"),
        ("jean.dupont4@a.example", "jean_dupont77@another.example", "else"),
        ("jean.dupont77@a.example", "jean_dupont77@another.example", "similar local part"),
        ("jean.dupont77@a.example", "jean.dupont77@another.example", "same local part"),
        ("jean.dupont77@a.example", "jean.dupont+shop@a.example", "else"),
        ("starfish4@a.example", "starfish9@a.example", "two errors"),
        ("starfish4@a.example", "starfish4@another.example", "same local part"),
        ("jean.dupont77@a.example", "jean.dupnt77@a.example", "two errors"),
    ],
)
def test_emails_made_of_names(left: str, right: str, label: str, executor: Executor) -> None:
    """Where both are spelled from known names, the numbers in them decide."""
    known = {"jean", "dupont"}
    grade = EmailLevels().bind(
        [left, right],
        evolve(context(executor), is_known=lambda _, values: np.array([value in known for value in values], np.bool_)),
    )
    levels = grade(np.array([0, 1], np.int32), np.array([1, 0], np.int32))
    assert [EmailLevels().labels[level] for level in levels.tolist()] == [label, label]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("rue louis pasteur", "rue louis pasteurs", "nearly equal"),
        ("pasteur louis rue", "rue louis pasteur", "nearly equal"),
        ("rue louis pasteur", "rue pasteur", "nearly equal"),
        ("nantes cedex", "nantes", "alike"),
        ("rue pasteur", "rue pasteru nord", "nearly equal"),
        ("rue pasteur", "avenue voltaire", "else"),
        ("12", "13", "else"),
    ],
)
def test_addresses(left: str, right: str, label: str, executor: Executor) -> None:
    """Two addresses are compared as wholes and word by word, in any order."""
    assert level_label(AddressLevels(), left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
def test_rare_words_of_addresses_count_more(executor: Executor) -> None:
    """Sharing a rare word makes two addresses alike, sharing a common one does not."""
    streets = [f"boulevard {name}" for name in ("pasteur", "voltaire", "lyon", "zola", "hugo", "proust", "mai")]
    grade = AddressLevels().bind([*streets, "quai pasteur"], context(executor))
    rare, common = grade(np.array([0, 0], np.int32), np.array([7, 2], np.int32))
    assert AddressLevels().labels[rare] == "alike"
    assert AddressLevels().labels[common] == "else"


dates = st.dates().map(str) | st.sampled_from(["1980", "1980-06", "XXXX-12-25", "1980-01-01", "1980-06-12"])
# What a standardizer of the user's may leave.
odd_dates = dates | st.sampled_from(["1980-XX-06", "1980-XX-12", "1980-1²-06", "²", f"{'9' * 5_000}-06-12", "٣-06-12"])
words = st.sampled_from(["rue", "avenue", "pasteur", "pasteurs", "paster", "voltaire", "12", "a", "saint", "st", "é"])
odd_words = st.text("abй中é1 ", min_size=1, max_size=9) | st.text("xyab", min_size=60, max_size=70)
odd_values = st.lists(odd_words, min_size=1, max_size=14).map(" ".join).filter(str.split)
LEVELS: list[tuple[ValueLevels, st.SearchStrategy[str]]] = [
    (DateLevels(), dates),
    (DateLevels(), odd_dates),
    (PostcodeLevels(), st.text("12ab", min_size=1, max_size=7)),
    (ErrorLevels(n_last=9), st.text("012", min_size=1, max_size=12)),
    (EmailLevels(), st.from_regex(r"[ab.]{1,9}@[ab]{1,3}", fullmatch=True)),
    (AddressLevels(), st.lists(words, min_size=1, max_size=4).map(" ".join)),
    (AddressLevels(), odd_values),
    (ErrorLevels(), odd_values),
    (EmailLevels(), odd_values),
    (PostcodeLevels(), odd_values),
]


@pytest.mark.parametrize(("levels", "values"), LEVELS)
@given(data=st.data())
def test_laws_of_levels(levels: ValueLevels, values: st.SearchStrategy[str], data: st.DataObject) -> None:
    """Executors agree, the order of the two values does not matter, and levels stay below the closest one."""
    vocabulary = sorted(data.draw(st.sets(values, min_size=2, max_size=6)))
    left, right = all_pairs(len(vocabulary))
    left, right = left[left != right], right[left != right]
    by_executor = [levels.bind(vocabulary, context(executor)) for executor in EXECUTORS]
    first, second = (grade(left, right) for grade in by_executor)
    assert first.dtype == second.dtype == np.int8
    assert first.tolist() == second.tolist()
    assert first.tolist() == by_executor[0](right, left).tolist() == by_executor[1](right, left).tolist()
    assert 0 <= first.min() <= first.max() <= len(levels.labels) - 2
