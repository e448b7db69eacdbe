"""When to stop asking."""

from __future__ import annotations

import pytest

from custid.errors import ConfigurationError
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.steering import LearningState, learning_state, review_queue
from tests.steering.people import Person


def _agreeing(result: Result, n: int) -> Labels:
    verdict = {True: Verdict.MATCH, False: Verdict.NON_MATCH}
    return Labels.of(
        Label(left=each.left, right=each.right, verdict=verdict[each.is_same_customer])
        for each in review_queue(result, n=n)
    )


def test_no_answers_say_nothing(result: Result) -> None:
    """Before the first answer everything may change."""
    state = learning_state(result, Labels())
    assert (state.n_labels, state.n_agreeing, state.latest_change) == (0, 0, 1.0)
    assert not state.has_learned_enough


def test_a_run_of_agreement_narrows_what_may_change(result: Result) -> None:
    """The more answers in a row agree with the run, the less the next ones can change."""
    states = [learning_state(result, _agreeing(result, n)) for n in (20, 80)]
    assert [state.n_agreeing for state in states] == [20, 80]
    assert states[1].next_change < states[0].next_change
    assert [state.latest_change for state in states] == [0.0, 0.0]


def test_an_answer_against_the_run_ends_the_row(result: Result) -> None:
    """The row of agreement begins anew after an answer that the run had otherwise."""
    labels = _agreeing(result, 30)
    last = labels.given[-1]
    against = Verdict.MATCH if last.verdict is Verdict.NON_MATCH else Verdict.NON_MATCH
    turned = Labels.of([*labels.given[:-1], Label(left=last.left, right=last.right, verdict=against)])
    assert learning_state(result, turned).n_agreeing == 0


def test_enough_is_a_matter_of_the_least_change(result: Result) -> None:
    """What is enough for one who tolerates a tenth is not for one who tolerates a thousandth."""
    labels = _agreeing(result, 60)
    assert learning_state(result, labels, least_change=0.5).has_learned_enough
    assert not learning_state(result, labels, least_change=1e-6).has_learned_enough


def test_nothing_is_learned_without_questions() -> None:
    """Where no question is open, nothing more is learned; the state says so."""
    state = LearningState(n_labels=3, n_agreeing=1, latest_change=1.0, next_change=1.0, n_open=0, least_change=0.001)
    assert state.has_learned_enough
    assert str(state).startswith("nothing more is learned: 3 answers, the last 1 as the run had it; 20 are needed")


def test_answers_of_the_truth_are_counted(result: Result, person: Person) -> None:
    """Labels that nobody could tell are no answers."""
    labels = person.review(result, 10)
    first = labels.given[0]
    unsure = Labels.of([Label(left=first.left, right=first.right, verdict=Verdict.UNSURE)])
    assert learning_state(result, labels).n_labels == 10
    assert learning_state(result, labels + unsure).n_labels == 9


@pytest.mark.parametrize("share", [0.0, 1.0, float("nan")])
def test_a_share_out_of_range_is_refused(result: Result, share: float) -> None:
    """The least change is a share between 0 and 1."""
    with pytest.raises(ConfigurationError, match="least_change: expected a share between 0 and 1"):
        learning_state(result, Labels(), least_change=share)
