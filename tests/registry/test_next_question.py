"""What to ask next: the attribute that is expected to tell most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.registry.next_question import Hypothesis, best_question, mutual_information
from custid.registry.rows import Row
from tests.registry.matched import model


def _row(**values: str) -> Row:
    return Row(tuple((name, (value,)) for name, value in sorted(values.items())))


def _entropy(shares: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    kept = shares[shares > 0]
    return float(-(kept * np.log2(kept)).sum())


shares = (
    st.lists(st.floats(0, 1), min_size=3, max_size=3)
    .filter(lambda each: sum(each) > 0.01)
    .map(lambda each: [value / sum(each) for value in each])
)


@example([0.0, 1.0, 2e-313], [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 1e-25]])
@example([0.0, 1.0, 2e-313], [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
@given(shares, st.lists(shares, min_size=3, max_size=3))
def test_information_is_the_entropy_that_an_answer_takes_away(
    probability: list[float], answers: list[list[float]]
) -> None:
    """I(A; C) = H(A) - H(A | C), Cover and Thomas, equation 2.39."""
    prior, given_each = np.array(probability), np.array(answers)
    expected = _entropy(prior @ given_each) - float(prior @ [_entropy(row) for row in given_each])
    assert mutual_information(probability, answers) == pytest.approx(expected, abs=1e-9)


def test_what_tells_candidates_apart_is_asked_for() -> None:
    """Where family names are equal and given names are not, the given name."""
    twins = [
        Hypothesis(probability=0.49, contents=(_row(family_name="roy", given_name=name, birth_date="1980-04-03"),))
        for name in ("ambroise", "zoltan")
    ]
    found = best_question(model("persons", 12), twins, {"family_name"})
    assert found is not None
    assert found.attribute == "given_name"
    other = best_question(model("persons", 12), twins, {"family_name", "given_name"})
    assert other is not None
    assert other.information_bits < found.information_bits


def test_nothing_is_asked_where_nothing_would_help() -> None:
    """No candidates, or nothing that their records state."""
    assert best_question(model("persons", 12), [], ()) is None
    silent = [Hypothesis(probability=0.5, contents=(Row(),))] * 2
    assert best_question(model("persons", 12), silent, ()) is None


def test_sensitive_attributes_are_not_asked_for() -> None:
    """A national identifier would tell all, and is nothing to be asked for."""
    apart = [Hypothesis(probability=0.5, contents=(_row(national_id=str(each)),)) for each in range(2)]
    assert best_question(model("persons", 12), apart, ()) is None


def test_order_of_candidates_does_not_matter() -> None:
    """Equal hypotheses in any order give the same question."""
    many = [
        Hypothesis(probability=0.9 / (2 + each), contents=(_row(given_name=f"a{each}", city=f"c{each % 2}"),))
        for each in range(4)
    ]
    normal = sum(each.probability for each in many)
    many = [Hypothesis(probability=0.9 * each.probability / normal, contents=each.contents) for each in many]
    assert best_question(model("persons", 12), many, ()) == best_question(model("persons", 12), many[::-1], ())
