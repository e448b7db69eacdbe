"""How long identifiers hold, held against the truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import InputError
from custid.evaluation import evaluate_stability

PEOPLE = {"1": "ann", "2": "ann", "3": "bob", "4": "bob", "5": "eve"}
_snapshots = st.lists(st.dictionaries(st.sampled_from(sorted(PEOPLE)), st.sampled_from("abcd")), min_size=2, max_size=4)


def _gain(key: str, before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """Return pairs of a record that became right less those that became wrong, pair by pair."""
    gain = 0
    for other in before.keys() & after.keys() - {key}:
        was, now = before[key] == before[other], after[key] == after[other]
        if was != now:
            gain += 1 if now == (PEOPLE[key] == PEOPLE[other]) else -1
    return gain


@given(_snapshots)
def test_changes_are_judged_pair_by_pair(snapshots: list[dict[str, str]]) -> None:
    """What counting by person finds is what looking at every pair finds."""
    found = evaluate_stability(snapshots, PEOPLE)
    unstable: set[str] = set()
    for step, (before, after) in zip(found.steps, pairwise(snapshots), strict=True):
        changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
        confirmed = {key for key in changed if _gain(key, before, after) > 0}
        unstable |= changed - confirmed
        assert (step.n_kept, step.n_changed, step.n_confirmed) == (
            len(before.keys() & after.keys()),
            len(changed),
            len(confirmed),
        )
    kept = set().union(*(one.keys() & other.keys() for one, other in pairwise(snapshots)))
    assert (found.n_records, found.n_unconfirmed) == (len(kept), len(unstable))
    assert found.stability == (1 - len(unstable) / len(kept) if kept else 1.0)


@given(_snapshots)
def test_counts_of_the_last_snapshot_are_those_of_pairs(snapshots: list[dict[str, str]]) -> None:
    """F1 is of the pairs that the last snapshot puts together."""
    last = snapshots[-1]
    pairs = list(combinations(last, 2))
    found = {pair for pair in pairs if last[pair[0]] == last[pair[1]]}
    true = {pair for pair in pairs if PEOPLE[pair[0]] == PEOPLE[pair[1]]}
    measures = evaluate_stability(snapshots, PEOPLE).steps[-1].pairwise
    assert (measures.n_pairs_predicted, measures.n_pairs_true) == (len(found), len(true))
    assert measures.n_pairs_correct == len(found & true)


def test_a_right_merge_is_confirmed_and_a_wrong_one_is_not() -> None:
    """Two records of Ann come together under one identifier, and so do Bob and Eve."""
    before = {"1": "a", "2": "b", "3": "c", "5": "d"}
    found = evaluate_stability([before, {"1": "a", "2": "a", "3": "c", "5": "c"}], PEOPLE)
    assert (found.steps[0].n_changed, found.steps[0].n_confirmed) == (2, 1)
    assert (found.stability, found.confirmed, found.churn) == (0.75, 0.5, 0.5)


def test_a_right_split_is_confirmed_and_a_wrong_one_is_not() -> None:
    """Bob and Eve part, and so do two records of Ann."""
    before = {"1": "a", "2": "a", "3": "c", "5": "c"}
    found = evaluate_stability([before, {"1": "a", "2": "b", "3": "c", "5": "d"}], PEOPLE)
    assert (found.steps[0].n_changed, found.steps[0].n_confirmed) == (2, 1)


def test_records_that_go_together_are_one_change() -> None:
    """Two records of Bob that come to Eve at once are one change of a customer, which is wrong."""
    found = evaluate_stability([{"3": "b", "4": "b", "5": "e"}, {"3": "e", "4": "e", "5": "e"}], PEOPLE)
    step = found.steps[0]
    assert (step.n_changed, step.n_customers_changed, step.n_customers_confirmed) == (2, 1, 0)


def test_another_name_for_the_same_records_is_never_confirmed() -> None:
    """Nothing but the identifier has changed."""
    found = evaluate_stability([{"1": "a", "2": "a"}, {"1": "b", "2": "b"}], PEOPLE)
    assert (found.stability, found.confirmed, found.survivorship) == (0.0, 0.0, 0.0)


def test_arrivals_are_no_reason_for_another_identifier() -> None:
    """A record that takes the name of the one that comes to it has changed for nothing."""
    found = evaluate_stability([{"1": "a"}, {"1": "b", "2": "b"}], PEOPLE)
    assert (found.steps[0].n_kept, found.stability) == (1, 0.0)


def test_redirects_are_held_against_the_person_they_meant() -> None:
    """One leads to Ann, whom it meant, one to Bob, whom it did not; one is gone, one too early; one is not told of."""
    first = {"1": "a", "2": "b", "3": "c", "4": "d", "5": "e"}
    last = {"1": "a", "2": "a", "3": "x"}
    found = evaluate_stability([first, last], PEOPLE, leads_to={"b": "a", "d": "a", "e": None, "a": "a"})
    assert (found.n_identifiers, found.n_active, found.n_unknown) == (6, 2, 1)
    assert (found.n_redirects, found.n_redirects_right) == (2, 1)
    assert (found.n_gone, found.n_gone_wrong) == (1, 0)
    assert (found.n_first, found.n_survived) == (3, 1)
    assert evaluate_stability([first, last], PEOPLE, leads_to={"c": None}).n_gone_wrong == 1


def test_without_changes_all_is_stable() -> None:
    """One snapshot, or none, has no step."""
    for snapshots in ([], [{"1": "a"}]):
        found = evaluate_stability(snapshots, PEOPLE)
        assert (found.stability, found.stability_of_a_step, found.confirmed, found.churn, found.f1) == (1, 1, 1, 0, 1)
        assert found.survivorship == 1.0


def test_records_may_be_pairs_of_source_and_key() -> None:
    """As in the truth."""
    found = evaluate_stability([{("crm", "1"): "a"}, {("crm", "1"): "b"}], {("crm", "1"): "ann"})
    assert found.stability == 0.0


def test_a_record_without_truth_is_refused() -> None:
    """The error tells how many, and their keys."""
    with pytest.raises(InputError, match="got none for 1, such as '9'"):
        evaluate_stability([{"9": "a"}], PEOPLE)


def test_the_numbers_can_be_kept_and_read() -> None:
    """They go to JSON; printed, they say what they are."""
    found = evaluate_stability([{"1": "a", "2": "b"}, {"1": "a", "2": "a"}], PEOPLE, leads_to={"b": "a"})
    assert json.loads(json.dumps(found.to_dict()))["steps"][0]["pairwise"]["f1"] == 1.0
    assert "2 ids: 1 in use, 1 redirects (1 to the right person)" in str(found)
