"""Similarity of words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.comparison.word_similarity import WordSimilarity
from tests.comparison.tables import all_pairs
from tests.oracles import strings as oracle

VARIANTS = {"robert": frozenset({1}), "bob": frozenset({1, 2}), "rob": frozenset({1, 65}), "bobby": frozenset({2})}


def similarity(left: str, right: str, *, is_compiled: bool, at_least: float = 0.0) -> float:
    """Return the similarity of two words, both ways round."""
    of = WordSimilarity([left, right], is_compiled=is_compiled, at_least=at_least, variants=VARIANTS)
    there, back = of(np.array([0, 1], np.int32), np.array([1, 0], np.int32)).tolist()
    assert there == back
    return float(there)


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("robert", "bob", 0.95),
        ("rob", "bob", 0.95),
        ("bobby", "rob", 0.6889),
        ("anna", "ana", 0.9333),
        ("abc", "bc", 0.0),
        ("abcd", "bcd", 0.92),
        ("bernard", "bertrand", 0.9),
        ("robert", "norbert", 0.9),
        ("jean", "jaen", 0.925),
        ("martin", "matrinx", 0.9175),
        ("jo", "joe", 0.9),
        ("chris", "christopher", 0.9),
        ("marie", "mariannick", 0.84),
        ("j", "jean", 0.88),
        ("j", "paul", 0.0),
        ("j", "k", 0.0),
        ("12", "13", 0.0),
        ("12", "12a", 0.0),
        ("12", "a12", 0.0),
        ("jean", "ludwig", 0.0),
    ],
)
def test_examples(left: str, right: str, expected: float, is_compiled: bool) -> None:  # noqa: FBT001 # parametrized
    """Each kind of likeness has its similarity."""
    assert similarity(left, right, is_compiled=is_compiled) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("is_compiled", [False, True])
def test_lower_similarities_are_zero(is_compiled: bool) -> None:  # noqa: FBT001 # parametrized
    """Below the least similarity asked for, words are not alike at all."""
    plain = similarity("laurent", "lambert", is_compiled=is_compiled)
    assert 0.7 < plain < 0.8
    assert similarity("laurent", "lambert", is_compiled=is_compiled, at_least=0.7) == plain
    assert similarity("laurent", "lambert", is_compiled=is_compiled, at_least=0.8) == 0.0
    assert similarity("bobby", "rob", is_compiled=is_compiled, at_least=0.7) == 0.0


def expected_similarity(left: str, right: str) -> float:
    """Return the similarity as the documentation puts it, from the oracles."""
    if left == right:
        return 1.0
    if left.isdigit() or right.isdigit():
        return 0.0
    shorter = min(len(left), len(right))
    if shorter == 1:
        spelled = 0.88 if left[0] == right[0] else 0.0
    else:
        errors = oracle.osa_distance(left, right)
        spelled = oracle.jaro_winkler_similarity(left, right)
        if shorter >= 3 and errors <= 1:
            spelled = max(spelled, 0.92)
        if shorter >= 6 and errors <= 2:
            spelled = max(spelled, 0.9)
        if shorter < 3 or errors > 2:
            spelled = min(spelled, 0.9)
        if shorter >= 3 and (left.startswith(right) or right.startswith(left)):
            spelled = max(spelled, 0.9)
    are_variants = VARIANTS.get(left, frozenset()) & VARIANTS.get(right, frozenset())
    return max(spelled, 0.95) if are_variants else spelled


words = (
    st.text("abo1", min_size=1, max_size=8)
    | st.text("robetyé", min_size=1, max_size=9)
    | st.sampled_from(sorted(VARIANTS))
)


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("at_least", [0.0, 0.7])
@given(vocabulary=st.sets(words, min_size=1, max_size=6))
@example(vocabulary={"abcdefghijklmnopqrstuvwxyz" * 3, "abc", "abcdefghijklmnopqrstuvwxyz" * 3 + "z"})
def test_rule(is_compiled: bool, at_least: float, vocabulary: set[str]) -> None:  # noqa: FBT001 # parametrized
    """Similarities follow the documented rule, for all pairs of any words."""
    chosen = sorted(vocabulary)
    left, right = all_pairs(len(chosen))
    found = WordSimilarity(chosen, is_compiled=is_compiled, at_least=at_least, variants=VARIANTS)(left, right)
    expected = [expected_similarity(chosen[i], chosen[j]) for i, j in zip(left, right, strict=True)]
    assert found.tolist() == pytest.approx([value if value >= at_least - 1e-6 else 0.0 for value in expected], abs=1e-6)


def test_a_place_of_the_memory_holds_one_pair() -> None:
    """Pairs of words that share a place in the kernel's memory keep their own similarities."""
    chosen = sorted({f"{a}{b}{c}{d}" for a in "abcd" for b in "abcd" for c in "abcd" for d in "abcd"})
    left, right = (idx[::5] for idx in all_pairs(len(chosen)))
    plain = WordSimilarity(chosen, is_compiled=False)(left, right)
    assert WordSimilarity(chosen, is_compiled=True)(left, right).tolist() == plain.tolist()
