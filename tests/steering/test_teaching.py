"""What labels teach a match model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

import custid
from custid.errors import ConfigurationError, InputError
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.weights import probability_of
from custid.steering import Question, review_queue, teach
from custid.steering.teaching import _counts
from custid.testing import synthetic_customers
from tests.steering.people import Person


def _lying(result: Result, n: int) -> Labels:
    """Return answers against what the run says, of pairs that agree on the e-mail or differ in it."""
    queue = review_queue(result, n=400)
    labels = []
    for question in queue:
        level = {each.name: each.level for each in result.explain(question.left, question.right).comparisons}["email"]
        if level in {"exact", "else"}:
            verdict = Verdict.MATCH if level == "exact" else Verdict.NON_MATCH
            labels.append(Label(left=question.left, right=question.right, verdict=verdict))
    return Labels.of(labels[:n])


def test_no_labels_teach_nothing(result: Result) -> None:
    """Without labels, or with none that could be told, the model is the same object."""
    asked = next(iter(review_queue(result, n=1)))
    unsure = Labels.of([Label(left=asked.left, right=asked.right, verdict=Verdict.UNSURE)])
    assert teach(result, Labels()) is result.model
    assert teach(result, unsure) is result.model


def test_answers_as_expected_teach_nothing(result: Result) -> None:
    """Where every answer is what the run decided, nothing speaks for other weights."""
    queue = review_queue(result, n=40)
    verdict = {True: Verdict.MATCH, False: Verdict.NON_MATCH}
    labels = Labels.of(
        Label(left=each.left, right=each.right, verdict=verdict[each.is_same_customer]) for each in queue
    )
    assert teach(result, labels) is result.model


def test_what_decides_the_answers_weighs_more(result: Result) -> None:
    """If answers follow the e-mail, an equal one weighs more than before and a different one less."""
    labels = _lying(result, 60)
    taught = teach(result, labels)
    assert taught.n_labels == 60
    for before, after in zip(result.model.parameters, taught.parameters, strict=True):
        assert after.m_probability.sum() == pytest.approx(1.0)
        assert np.array_equal(before.u_probability, after.u_probability)
        if before.output.name == "email":
            assert after.level_bits()[-2] > before.level_bits()[-2]
            assert after.level_bits()[0] < before.level_bits()[0]
    assert taught.prior_match_probability == result.model.prior_match_probability


def test_who_moved_is_taught_too(result: Result) -> None:
    """Matches that moved agree as the taught ones do, but on the address by chance."""
    taught = teach(result, _lying(result, 60))
    (moved,) = (each for each in taught.classes if each.is_match)
    for each, shares, is_by_chance in zip(taught.parameters, moved.probabilities, moved.is_by_chance, strict=True):
        expected = each.u_probability if is_by_chance else each.m_probability
        assert shares.tolist() == expected.tolist()


def test_an_address_teaches_as_far_as_nobody_has_moved(result: Result) -> None:
    """Of a pair that is rather one of a customer who moved, the parts of the address say next to nothing."""
    model = result.model
    levels = np.array([[len(each.levels) - 1 for each in model.outputs]] * 2, np.int8)
    (moved,) = (each for each in model.classes if each.is_match)
    levels[1, list(moved.is_by_chance)] = 0
    counts = _counts(model, levels, np.full(levels.shape, 10.0, np.float32))
    for position, is_by_chance in enumerate(moved.is_by_chance):
        assert counts[0, position] == pytest.approx(1.0, abs=0.01)
        assert counts[1, position] == pytest.approx(0.0 if is_by_chance else 1.0, abs=0.05)


def test_the_order_of_labels_does_not_matter(result: Result) -> None:
    """The same labels in another order, or the other way round, teach the same to the bit."""
    labels = _lying(result, 60)
    turned = Labels.of(evolve(label, left=label.right, right=label.left) for label in reversed(labels.given))
    assert teach(result, labels).to_json() == teach(result, turned).to_json()


def test_a_taught_model_is_a_model_like_any_other(result: Result, tmp_path: Path) -> None:
    """It is saved, read and used, and says by how many labels it was taught."""
    taught = teach(result, _lying(result, 60))
    taught.save(tmp_path / "taught.json")
    read = TrainedMatchModel.load(tmp_path / "taught.json")
    assert read.to_json() == taught.to_json()
    assert read.n_labels == 60


def test_a_taught_model_is_not_taught_again(result: Result) -> None:
    """Labels would count twice."""
    taught = evolve(result, model=evolve(result.model, n_labels=3))
    with pytest.raises(ConfigurationError, match=r"not taught by labels, got one of 3.*all of them"):
        teach(taught, Labels())


def test_a_run_that_was_told_labels_does_not_teach() -> None:
    """Its customers say what the labels say, so that nothing could be learned from them."""
    records = synthetic_customers(100, seed=2).records
    asked = next(iter(review_queue(custid.dedupe(records), n=1)))
    for verdict in (Verdict.MATCH, Verdict.NON_MATCH):
        labels = Labels.of([Label(left=asked.left, right=asked.right, verdict=verdict)])
        with pytest.raises(ConfigurationError, match=r"not told labels.*Resolve the records without labels="):
            teach(custid.dedupe(records, labels=labels), labels)


def test_labels_of_other_records_are_refused(result: Result) -> None:
    """Labels none of which is of two records of the run were meant for another one."""
    labels = Labels.of([Label(left=("", "nobody"), right=("", "none"), verdict=Verdict.MATCH)])
    with pytest.raises(InputError, match="expected some pairs of records of this run, got none"):
        teach(result, labels)


def test_answers_that_the_model_expects_rarely_teach(result: Result) -> None:
    """Of answers drawn from the run's own probabilities, one in ten sets at most changes weights.

    The chance of evidence of ten to one for what is not so is one in ten at most (Markov's inequality).
    """
    queue: list[Question] = []
    for question in review_queue(result, n=300):
        # What is said of two pairs of one record would say something of a third pair.
        if not {question.left, question.right} & {name for each in queue for name in (each.left, each.right)}:
            queue.append(question)
    bits = [result.explain(question.left, question.right).weight_bits for question in queue]
    chance = probability_of(np.array(bits))
    n_taught = 0
    for seed in range(40):
        is_match = np.random.default_rng(seed).random(len(queue)) < chance
        labels = Labels.of(
            Label(left=each.left, right=each.right, verdict=Verdict.MATCH if said else Verdict.NON_MATCH)
            for each, said in zip(queue, is_match.tolist(), strict=True)
        )
        n_taught += teach(result, labels).n_labels > 0
    assert n_taught <= 4


def test_accepting_a_customer_counts_as_its_labels(result: Result, person: Person) -> None:
    """What follows from labels weighs together no more than they do."""
    from custid.steering._records import labeled_units

    labels = person.review(result, 30)
    units = labeled_units(result, labels)
    assert units.n_labels.sum() <= len(labels) + 1e-9
    names = result.assignments.slice(0, 4).to_pylist()
    group = [(row["source"], row["record_key"]) for row in names]
    star = labeled_units(result, Labels.of_groups([group]))
    assert star.n_labels.max() <= 0.5
    assert len(star) <= 6


def test_labels_do_not_make_made_customers_worse() -> None:
    """Taught by fifty answers, a run is no worse than without."""
    from custid.testing import synthetic_customers

    made = synthetic_customers(1_000, seed=1)
    result = custid.dedupe(made.records)
    labels = Person(made.truth).review(result, 50)
    taught = custid.dedupe(made.records, model=teach(result, labels))
    assert custid.evaluate(taught, made.truth).pairwise.f1 >= custid.evaluate(result, made.truth).pairwise.f1
