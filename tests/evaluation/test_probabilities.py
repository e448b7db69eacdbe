"""Whether probabilities mean what they say."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.errors import InputError, ShapeMismatchError
from custid.evaluation import evaluate_probabilities, reliability
from custid.testing import synthetic_customers

_CASES = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.99, 1.0]), st.booleans()), max_size=40)


@given(_CASES, st.randoms(use_true_random=False))
def test_no_order_of_the_cases_matters(cases: list[tuple[float, bool]], random: object) -> None:
    """Cases in any order have one error and the same tenths, to the last digit."""
    shuffled = list(cases)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found, again = (
        reliability([probability for probability, _ in each], [right for _, right in each])
        for each in (cases, shuffled)
    )
    assert found == again


@given(_CASES)
def test_tenths_count_every_case_once(cases: list[tuple[float, bool]]) -> None:
    """The tenths hold all cases and lie in their ranges; the error is a share."""
    found = reliability([probability for probability, _ in cases], [right for _, right in cases])
    assert sum(each.n for each in found.tenths) == found.n == len(cases)
    assert sum(each.n * each.share_right for each in found.tenths) == pytest.approx(sum(right for _, right in cases))
    assert 0.0 <= found.expected_error <= 1.0
    assert [each.mean_probability for each in found.tenths] == sorted(each.mean_probability for each in found.tenths)


def test_the_error_is_that_of_the_textbook() -> None:
    """Of ten bins of two cases each the error is the mean distance of promise and share."""
    promised = np.repeat(np.arange(10) / 10, 2)
    right = np.tile([True, False], 10)
    assert reliability(promised, right).expected_error == pytest.approx(np.abs(np.arange(10) / 10 - 0.5).mean())


def test_cases_drawn_by_their_probabilities_are_calibrated() -> None:
    """Cases that are right as often as promised have next to no error."""
    generator = np.random.default_rng(5)
    promised = generator.random(100_000)
    assert reliability(promised, generator.random(100_000) < promised).expected_error < 0.01
    assert reliability(promised, generator.random(100_000) < promised**2).expected_error > 0.1


def test_as_many_cases_as_probabilities_are_needed() -> None:
    """Arrays of two lengths are an error."""
    with pytest.raises(ShapeMismatchError, match=r"reliability: expected .* got shapes \(1,\) and \(2,\)"):
        reliability([0.5], [True, False])


def test_a_run_is_held_against_the_truth() -> None:
    """Pairs, members and customers are told, printed and as plain data, and are nearly right on generated people."""
    made = synthetic_customers(400, seed=2, share_of_single_records=0.3)
    result = custid.dedupe(made.records)
    found = evaluate_probabilities(result, made.truth)
    assert found.pairs.n == len(result.linked.candidates)
    sizes = np.asarray(result.customers["n_records"])
    assert (found.members.n, found.customers.n) == (sizes[sizes > 1].sum(), (sizes > 1).sum())
    assert max(each.expected_error for each in (found.pairs, found.members, found.customers)) < 0.03
    assert json.loads(json.dumps(found.to_dict()))["members"]["n"] == found.members.n
    assert str(found).startswith(f"pairs: {found.pairs.n:,}, expected calibration error 0.")


def test_members_and_customers_by_hand() -> None:
    """A record is right with half of the others, a customer with all."""
    rows = [{"name": "Zoe Roy", "email": "zoe@courriel.example"}] * 3 + [{"name": "Ali Ben", "email": "a@b.example"}]
    of = custid.dedupe(rows).probabilities_of(np.array([0, 0, 1, 1]))
    assert of["members"][1].tolist() == [True, True, False]
    assert of["customers"][1].tolist() == [False]
    assert len(of["members"][0]) == 3


def test_truth_of_other_records_is_an_error() -> None:
    """Records without truth are named."""
    result = custid.dedupe([{"name": "Zoe Roy", "email": "zoe@courriel.example"}] * 2)
    with pytest.raises(InputError, match="1 without truth"):
        evaluate_probabilities(result, {"1": "x"})


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")], ids=["below 0", "above 1", "none"])
def test_numbers_that_are_no_probabilities(wrong: float) -> None:
    """A number outside of 0 to 1, or none at all, is refused."""
    with pytest.raises(InputError, match="from 0 to 1"):
        reliability([0.5, wrong], [True, False])
