"""The kernel of both edit distances, up to a number."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from custid.kernels.edit_distance import edit_distance, few_edits
from custid.table.packed import PackedStrings
from tests.oracles import strings as oracle

strings = st.text("ab-é\U0001f600", max_size=12) | st.text("ab\U0001f600", min_size=60, max_size=140)


@st.composite
def misspelled(draw: st.DrawFn) -> tuple[str, str]:
    """Return a long string and one made of it by a few edits."""
    string = draw(st.text("abc中", min_size=64, max_size=160))
    edited = list(string)
    for _ in range(draw(st.integers(0, 12))):
        place = draw(st.integers(1, len(edited) - 2))
        edit = draw(st.sampled_from("sdix"))
        if edit == "s":
            edited[place - 1], edited[place] = edited[place], edited[place - 1]
        elif edit == "d":
            del edited[place]
        else:
            edited[place : place + (edit == "x")] = [draw(st.sampled_from("abé"))]
    return string, "".join(edited)


@given(strings, strings, st.integers(0, 160), st.booleans())
@example("", "", 0, False)
@example("ab" * 40, "ba" * 40, 80, True)
@example("ab" * 63, "xba" + "ab" * 62, 4, True)
def test_distance_up_to_a_number(left: str, right: str, at_most: int, has_swaps: bool) -> None:  # noqa: FBT001  # drawn
    """Up to the number asked for the distance is the papers', beyond it is one more than the number."""
    packed = PackedStrings.from_strings([left, right])
    middle = int(packed.offsets[1])
    found = edit_distance(packed.data, 0, middle, packed.data, middle, len(right), at_most, has_swaps)
    metric = oracle.osa_distance if has_swaps else oracle.levenshtein_distance
    assert found == min(metric(left, right), at_most + 1)


@given(st.text("abc", max_size=20), st.text("abc", max_size=20), st.integers(0, 3))
def test_small_numbers_of_edits(left: str, right: str, at_most: int) -> None:
    """What is set aside by the diagonals alone is farther apart than asked for."""
    packed = PackedStrings.from_strings([left, right])
    middle = int(packed.offsets[1])
    found = edit_distance(packed.data, 0, middle, packed.data, middle, len(right), at_most, False)
    assert found == min(oracle.levenshtein_distance(left, right), at_most + 1)


@given(misspelled(), st.integers(0, 70), st.booleans())
@example(("a" * 64 + "bc", "a" * 64 + "cb"), 1, True)
@example(("ab" * 64, "ba" * 64), 60, True)
@example(("ab" * 64, "ba" * 64), 61, True)
def test_few_edits_of_long_strings(pair: tuple[str, str], at_most: int, has_swaps: bool) -> None:  # noqa: FBT001  # drawn
    """A band of the table tells what the whole table tells, both ways round."""
    metric = oracle.osa_distance if has_swaps else oracle.levenshtein_distance
    packed = PackedStrings.from_strings(pair)
    (left, right), middle = map(len, pair), int(packed.offsets[1])
    expected = min(metric(*pair), at_most + 1)
    assert edit_distance(packed.data, 0, left, packed.data, middle, right, at_most, has_swaps) == expected
    assert edit_distance(packed.data, middle, right, packed.data, 0, left, at_most, has_swaps) == expected


@given(strings | misspelled().map("".join), strings, st.integers(0, 60), st.booleans())
@example("ab" * 40, "ba" * 40, 60, True)
def test_few_edits(left: str, right: str, at_most: int, has_swaps: bool) -> None:  # noqa: FBT001  # drawn
    """Few edits are counted alike without the code for many."""
    packed = PackedStrings.from_strings([left, right])
    middle, n_right = int(packed.offsets[1]), len(right)
    found = few_edits(packed.data, 0, middle, packed.data, middle, n_right, at_most, has_swaps)
    assert found == edit_distance(packed.data, 0, middle, packed.data, middle, n_right, at_most, has_swaps)
    metric = oracle.osa_distance if has_swaps else oracle.levenshtein_distance
    assert found == min(metric(left, right), at_most + 1)
