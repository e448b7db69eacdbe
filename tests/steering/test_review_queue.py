"""What a person is asked next."""

from __future__ import annotations

import numpy as np
import pytest

import custid
from custid.errors import ConfigurationError, InputError
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.steering import Question, review_queue
from custid.steering.review_queue import _greedy
from custid.testing import synthetic_customers
from tests.steering.people import Person


def _pairs(questions: list[Question]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    return [(question.left, question.right) for question in questions]


def test_as_many_questions_as_asked_for(result: Result) -> None:
    """Questions are as many as asked for, of different pairs, and counted with those that are left."""
    queue = review_queue(result, n=25)
    assert len(queue) == len(set(_pairs(list(queue)))) == 25
    assert queue.n_open > 25
    assert len(review_queue(result, n=0)) == 0


def test_a_question_is_worth_the_chance_of_an_error_times_what_it_decides(result: Result) -> None:
    """What is expected to change follows from the probability, what the run decided, and the pairs decided."""
    for question in review_queue(result, n=50):
        error = 1 - question.probability if question.is_same_customer else question.probability
        assert question.expected_change == pytest.approx(error * question.n_decided)
        assert question.n_decided >= 1


def test_questions_say_what_the_run_decided(result: Result) -> None:
    """The flag is that of the assignments."""
    customer = dict(
        zip(result.assignments["record_key"].to_pylist(), result.assignments["customer"].to_pylist(), strict=True)
    )
    asked = list(review_queue(result, n=50))
    assert {question.is_same_customer for question in asked} == {True, False}
    for question in asked:
        assert question.is_same_customer == (customer[question.left[1]] == customer[question.right[1]])


def test_the_first_questions_find_more_errors_than_their_share(result: Result, person: Person) -> None:
    """Of the first thirty questions one in ten at least finds an error, where less than one in fifty pairs is wrong."""
    asked = review_queue(result, n=30)
    wrong = [person.says(each.left, each.right) is not _verdict(each) for each in asked]
    assert sum(wrong) >= 3


def _verdict(question: Question) -> Verdict:
    return Verdict.MATCH if question.is_same_customer else Verdict.NON_MATCH


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled records are asked about in the same order."""
    records = synthetic_customers(300, seed=4).records
    shuffled = records.take(np.random.default_rng(1).permutation(len(records)))
    asked = [_pairs(list(review_queue(custid.dedupe(each, source="s"), n=20))) for each in (records, shuffled)]
    assert asked[0] == asked[1]


def test_what_was_answered_is_not_asked_again(result: Result, person: Person) -> None:
    """Questions that were answered, follow from answers, or could not be told do not come again."""
    first = list(review_queue(result, n=20))
    unsure = Label(left=first[0].left, right=first[0].right, verdict=Verdict.UNSURE)
    labels = person.answers(first[1:]) + Labels.of([unsure])
    again = review_queue(result, labels, n=400)
    assert not set(_pairs(first)) & set(_pairs(list(again)))
    assert all(labels.verdict(each.left, each.right) is None for each in again)


def test_equal_evidence_waits() -> None:
    """A question of the evidence of the one before waits for one of other evidence that is worth nearly as much."""
    evidence = np.array([[0.0, 3.0], [0.0, 3.0], [6.0, -2.0]])
    worth = np.array([1.0, 0.9, 0.8])
    assert _greedy(worth, evidence, np.ones(3), 3).tolist() == [0, 2, 1]
    assert _greedy(worth, evidence, np.array([1.0, 1.0, 4.0]), 2).tolist() == [0, 1]


def test_a_negative_number_is_refused(result: Result) -> None:
    """There are no fewer than no questions."""
    with pytest.raises(ConfigurationError, match="n: expected 0 or more, got -1"):
        review_queue(result, n=-1)


def test_labels_of_other_records_are_refused(result: Result) -> None:
    """Labels none of which is of two records of the run were meant for another one."""
    labels = Labels.of([Label(left=("", "nobody"), right=("", "none"), verdict=Verdict.MATCH)])
    with pytest.raises(InputError, match=r"expected some pairs of records of this run, got none"):
        review_queue(result, labels)
