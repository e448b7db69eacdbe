"""The kernels of texts that come one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.compiled_words import CompiledWords
from custid.comparison.live.arrays import packed_bytes
from custid.comparison.signatures import character_signatures
from custid.kernels.live_values import (
    enter_numbers,
    find_statements,
    find_texts,
    hash_of_content,
    prefix_signature,
    take_out_numbers,
    write_string,
)
from custid.kernels.word_similarity import is_before
from custid.table.hashing import combine_hashes, string_hashes
from custid.table.packed import PackedStrings

texts = st.lists(st.text(max_size=12), min_size=1, max_size=8)


@given(texts, st.integers(0, 7))
def test_texts_are_found_by_the_hashes_of_a_batch(given_texts: list[str], n_entered: int) -> None:
    """Hashes are those of many strings at once; who was entered is found, and is not when taken out again."""
    distinct = list(dict.fromkeys(given_texts))
    keys, slots = string_hashes(distinct), np.full(32, -1, np.int32)
    n_entered = min(n_entered, len(distinct))
    hashes, numbers = np.empty(len(distinct), np.uint64), np.empty(len(distinct), np.int32)
    with np.errstate(over="ignore"):
        enter_numbers(slots, keys, 0, n_entered)
        find_texts(*packed_bytes(distinct), slots, keys, hashes, numbers)
        assert hashes.tolist() == keys.tolist()
        assert numbers.tolist() == [number if number < n_entered else -1 for number in range(len(distinct))]
        take_out_numbers(slots, keys, 0, n_entered)
        assert (slots == -1).all()


@given(texts, st.integers(-1, 3))
def test_statements_and_contents(given_texts: list[str], kind: int) -> None:
    """Keys of statements and hashes of contents are those of record tables."""
    hashes, names = string_hashes(given_texts), string_hashes(["phone"])
    with np.errstate(over="ignore"):
        # What the hash of the attribute contributes: the key without that of the value, mixed once less.
        base = np.uint64(0x9E3779B97F4A7C15)
        head = combine_hashes([names]) * np.uint64(3) + base
        expected = combine_hashes([names, hashes])
        total = expected.sum(dtype=np.uint64)
        of_content = combine_hashes([np.zeros(1, np.uint64), total])
        if kind >= 0:
            of_content = combine_hashes([of_content, np.array([kind], np.uint64)])
        found = np.empty((2, len(given_texts)), np.uint64)
        numbers = np.empty(len(given_texts), np.int32)
        heads = np.repeat(head, len(given_texts))
        slots, keys = np.full(8, -1, np.int32), np.zeros(0, np.uint64)
        summed = find_statements(*packed_bytes(given_texts), heads, slots, keys, found, numbers)
        assert found[1].tolist() == expected.tolist()
        assert int(summed) == int(total)
        assert int(hash_of_content(np.uint64(summed), kind)) == int(of_content[0])


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 5))
def test_a_string_behind_another_one(first: str, second: str, n: int) -> None:
    """A string that is written has the signature and the place that it has among many."""
    packed = PackedStrings.from_strings([first, second])
    data, rows = np.zeros(packed.data.size, np.uint32), np.zeros((2, 2), np.uint64)
    for number, start in enumerate(packed.offsets[:-1].tolist()):
        write_string(data, start, packed.data[start : packed.offsets[number + 1]], rows, number)
    assert data.tolist() == packed.data.tolist()
    assert rows[:, 0].tolist() == character_signatures(packed).tolist()
    assert rows[:, 1].tolist() == [len(first), len(first) << 26 | len(second)]
    prefix = character_signatures(PackedStrings.from_strings([first[:n]]))
    assert int(prefix_signature(data, 0, len(first[:n]))) == int(prefix[0])


words = st.text(
    st.characters(min_codepoint=33, exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), min_size=1, max_size=6
)


@given(st.lists(st.one_of(words, st.text("ab1", min_size=1, max_size=6)), min_size=2, max_size=6, unique=True))
def test_the_order_of_words(given_words: list[str]) -> None:
    """Words come in the order of their code points, whatever their codes."""
    table = CompiledWords(given_words, at_least=0.0, variants={}).table
    for i, one in enumerate(given_words):
        for j, other in enumerate(given_words):
            if i != j:
                assert is_before(table.data, table.rows, i, j) == (one < other)
