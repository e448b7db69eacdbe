"""`custid.comparison.live.levels`."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.comparison.comparison import BindingContext
from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels
from custid.comparison.live.arrays import LiveArrays
from custid.comparison.live.levels import AnyLevels, live_levels, state_of_levels
from custid.comparison.live.listed import ListedNumbers, LiveContext
from custid.comparison.string_metrics import Executor
from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueLevels
from custid.comparison.value_rows import word_weights
from custid.table.hashing import string_hashes
from tests.comparison.tables import all_pairs

_WORDS = ["rue", "foch", "marechal", "mal", "12", "fochs", "ruelle"]
_COUNTS = np.array([900, 12, 3, 40, 7, 2, 5], np.int64)
_N_VALUES = 1_000
_NAMES = {"ana", "martin", "petit"}
_LISTED = np.argsort(string_hashes(_WORDS))

words = st.lists(st.sampled_from([*_WORDS, "neuve", "x"]), min_size=1, max_size=14).map(" ".join)
dates = st.one_of(
    st.dates().map(str), st.sampled_from(["1980", "1980-06", "XXXX-12-25", "1980-01-01", "1980-10-01", "soon", "1-2-3"])
)
numbers = st.text("012A", min_size=1, max_size=6)
mails = st.from_regex(r"(ana|martin|petit|star)[._]?(ana|m|petit)?[0-9]{0,2}(\+x)?@[ab]", fullmatch=True)
KINDS: list[tuple[ValueLevels, st.SearchStrategy[str]]] = [
    (DateLevels(), dates),
    (ErrorLevels(), numbers),
    (ErrorLevels(max_errors=1, n_last=3), numbers),
    (PostcodeLevels(), numbers),
    (EmailLevels(), mails),
    (AddressLevels(), words),
    (EqualLevels(), numbers),
    (FunctionLevels(("else", "same start", "exact"), lambda a, b: int(a[:1] == b[:1])), numbers),
]


def binding(executor: Executor) -> BindingContext:
    """Return a context that weighs words by fixed counts and knows a few names."""
    count_of = dict(zip(_WORDS, _COUNTS.tolist(), strict=True))
    return BindingContext(
        rarity=lambda _attribute, values: np.zeros(len(values), np.float32),
        is_known=lambda _attribute, values: np.array([value in _NAMES for value in values], np.bool_),
        word_counts=lambda _attribute, each, _counts, _n: (
            np.array([count_of.get(word, 1) for word in each]),
            _N_VALUES,
        ),
        executor=executor,
    )


CONTEXT = LiveContext(
    binding=binding(Executor.NUMBA),
    rarity=lambda _attribute: ListedNumbers(
        hashes=np.zeros(0, np.uint64), numbers=np.zeros(0, np.float32), unlisted=np.float32(0)
    ),
    word_weights=lambda _attribute: ListedNumbers(
        hashes=string_hashes(_WORDS)[_LISTED],
        numbers=word_weights(_COUNTS, _N_VALUES)[_LISTED],
        unlisted=word_weights(np.ones(1, np.int64), _N_VALUES)[0],
    ),
)


@pytest.mark.parametrize("executor", [Executor.RAPIDFUZZ, Executor.NUMBA])
@pytest.mark.parametrize(("levels", "values"), KINDS, ids=[type(levels).__name__ for levels, _ in KINDS])
@settings(max_examples=20)
@given(st.data())
def test_values_that_come_later(
    levels: ValueLevels, values: st.SearchStrategy[str], executor: Executor, data: st.DataObject
) -> None:
    """Values appended in any order, some forgotten meanwhile, are graded as those of a sorted vocabulary are."""
    drawn = data.draw(st.lists(values, min_size=2, max_size=10, unique=True))
    n_first, n_forgotten = data.draw(st.tuples(st.integers(0, len(drawn)), st.integers(0, 3)))
    forgotten = data.draw(st.lists(values, max_size=n_forgotten))
    arrays = LiveArrays(state_of_levels("street", levels, drawn[:n_first], CONTEXT))
    live = live_levels("street", levels, arrays, CONTEXT, drawn.__getitem__)
    codes = list(range(n_first))
    arrays.forgets, mark = True, arrays.mark()
    some = [live.append(text) for text in forgotten]
    if len(some) > 1 and not isinstance(live, AnyLevels):
        live.grade(np.array(some[:1], np.int32), np.array(some[1:2], np.int32))
    arrays.cut(mark)
    arrays.forgets = False
    codes += [live.append(text) for text in drawn[n_first:]]
    if isinstance(live, AnyLevels):
        codes = list(range(len(drawn)))
    left, right = all_pairs(len(drawn))
    left, right = left[left != right], right[left != right]
    found = live.grade(np.array(codes, np.int32)[left], np.array(codes, np.int32)[right])
    vocabulary = sorted(drawn)
    place = np.array([vocabulary.index(text) for text in drawn], np.int32)
    grade = levels.bind(vocabulary, evolve(binding(executor), attribute="street"))
    assert found.tolist() == grade(place[left], place[right]).tolist()
