"""Texts and hashes by numbers are what dictionaries would hold, whatever came, went or was saved between."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.registry.numbered_records import NumberedRecords
from custid.registry.numbered_texts import HashNumbers, NumberedTexts
from custid.registry.record_keys import RecordKey

WORDS = tuple(f"{letter}\0é{number}" for letter in "ab" for number in range(5))
steps = st.lists(st.tuples(st.sampled_from(WORDS), st.booleans()), max_size=15)


@given(st.lists(st.sampled_from(WORDS), unique=True), steps)
def test_texts_are_those_of_a_dictionary(first: list[str], changes: list[tuple[str, bool]]) -> None:
    """A text that comes gets a free number, one that is there loses its own; few or many are asked for."""
    texts, expected, end = NumberedTexts(first), {word: number for number, word in enumerate(first)}, len(first)
    for word, is_saved in changes:
        if word in expected:
            texts.drop(expected.pop(word))
        else:
            number = next(iter(texts.free()), end)
            end = max(end, number + 1)
            texts.put(number, word)
            expected[word] = number
        if is_saved:
            texts = NumberedTexts.of_arrays(texts.arrays())
    assert (len(texts), set(texts)) == (len(expected), expected.keys())
    assert [texts.number_of(word) for word in WORDS] == [expected.get(word) for word in WORDS]
    many = 8 * WORDS
    assert texts.numbers_of(many).tolist() == [expected.get(word, -1) for word in many]
    assert texts.texts_of(np.array(list(expected.values()), np.int64)) == list(expected)
    assert all(texts.text_of(number) == word for word, number in expected.items())


@given(st.sets(st.integers(0, 9)), st.lists(st.integers(0, 9), max_size=15))
def test_hashes_are_those_of_a_dictionary(first: set[int], changes: list[int]) -> None:
    """A hash that comes gets a number, one that is there loses its own."""
    expected = {key: number for number, key in enumerate(sorted(first))}
    found = HashNumbers.of(np.array(sorted(first), np.uint64), np.arange(len(first)))
    for number, key in enumerate(changes, start=10):
        if key in expected:
            del expected[key], found[key]
        else:
            expected[key] = found[key] = number
    assert len(found) == len(expected)
    assert [found.get(key) for key in range(10)] == [expected.get(key) for key in range(10)]
    assert found.many(np.arange(10, dtype=np.uint64)).tolist() == [expected.get(key, -1) for key in range(10)]


def test_a_text_that_shares_the_hash_of_another_is_none_of_those_there() -> None:
    """Texts are told apart letter by letter: a hash alone proves nothing."""
    told = NumberedTexts(["bob"]).arrays() | {"data": NumberedTexts(["ann"]).arrays()["data"]}
    texts = NumberedTexts.of_arrays(told)
    assert texts.number_of("bob") is None
    assert texts.numbers_of(["bob"] * 100).tolist() == [-1] * 100


def test_records_of_sources_are_told_apart() -> None:
    """A record is its source and its key: those of another source with the same letters in all are others."""
    records = NumberedRecords([RecordKey("ab", "c"), RecordKey("a", "bc")])
    assert [records.number_of(RecordKey(*each)) for each in (("ab", "c"), ("a", "bc"), ("abc", ""))] == [0, 1, None]
    assert records.keys_of(np.array([1, 0])) == [RecordKey("a", "bc"), RecordKey("ab", "c")]
