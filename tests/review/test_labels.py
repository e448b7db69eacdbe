"""`custid.review.labels`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import InputError
from custid.review import Label, Labels, Verdict

A, B, C, D, E = (("crm", key) for key in "abcde")


def label(left: tuple[str, str], right: tuple[str, str], verdict: str) -> Label:
    """Return a label."""
    return Label(left=left, right=right, verdict=Verdict(verdict))


def test_either_way_round_is_the_same_pair() -> None:
    """A pair has no direction."""
    assert label(B, A, "match").pair == label(A, B, "match").pair == (A, B)


def test_the_last_label_of_a_pair_counts() -> None:
    """A correction is appended, and supersedes."""
    labels = Labels.of([label(A, B, "match"), label(B, A, "non_match")])
    assert labels.verdict(A, B) is Verdict.NON_MATCH
    assert len(labels) == 2


def test_what_follows_from_other_labels() -> None:
    """One customer is one by way of others, and what is no customer of one record is none of the others."""
    labels = Labels.of([label(A, B, "match"), label(B, C, "match"), label(C, D, "non_match"), label(D, E, "unsure")])
    assert labels.verdict(A, C) is Verdict.MATCH
    assert labels.verdict(D, A) is Verdict.NON_MATCH
    assert labels.verdict(D, E) is Verdict.UNSURE
    assert labels.verdict(A, E) is None
    assert list(labels.pairs()) == [
        (A, B, True),
        (A, C, True),
        (A, D, False),
        (B, C, True),
        (B, D, False),
        (C, D, False),
    ]


def test_contradictions_are_refused() -> None:
    """Two customers that other labels say to be one are named by their keys."""
    labels = Labels.of([label(A, B, "match"), label(B, C, "match"), label(A, C, "non_match")])
    with pytest.raises(InputError, match=r"1 pairs that are said .*\('crm', 'a'\) and \('crm', 'c'\)"):
        labels.verdict(A, B)
    settled = labels + Labels.of([label(A, C, "match")])
    assert settled.verdict(A, C) is Verdict.MATCH


def test_many_contradictions_are_not_all_named() -> None:
    """A message names three pairs at most."""
    records = [("crm", f"{number:02}") for number in range(9)]
    same = [label(records[0], each, "match") for each in records[1:]]
    apart = [label(records[1], each, "non_match") for each in records[2:]]
    with pytest.raises(InputError, match=r"7 pairs.*, …\.") as refused:
        Labels.of([*same, *apart]).check()
    assert str(refused.value).count("' and '") + str(refused.value).count(") and (") == 3


@pytest.mark.parametrize(
    ("left", "right", "problem"),
    [
        (A, A, "expected two records"),
        (("crm", ""), A, "left: expected a source"),
        ("crm", A, "left: expected a source"),
    ],
)
def test_a_label_is_about_two_records(left: tuple[str, str], right: tuple[str, str], problem: str) -> None:
    """A label names two different records by source and key."""
    with pytest.raises(InputError, match=problem):
        Label(left=left, right=right, verdict=Verdict.MATCH)


def test_a_label_says_a_verdict() -> None:
    """Text is no verdict, and the error tells how to make one of it."""
    with pytest.raises(InputError, match=r"verdict: expected a Verdict, got a str.*'non_match'"):
        Label(left=A, right=B, verdict="match")  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9))
def test_groups_come_back(group_of: list[int]) -> None:
    """The few labels of a split say of each pair of records whether they are in one group."""
    records = [("crm", str(number)) for number in range(len(group_of))]
    groups = [[each for each, of in zip(records, group_of, strict=True) if of == group] for group in set(group_of)]
    labels = Labels.of_groups(groups)
    told = {(left, right): is_match for left, right, is_match in labels.pairs()}
    expected = {
        tuple(sorted((one, other))): group_of[int(one[1])] == group_of[int(other[1])]
        for one in records
        for other in records
        if one < other
    }
    assert told == expected
    n_groups = len(groups)
    assert len(labels) == len(records) - n_groups + n_groups * (n_groups - 1) // 2
