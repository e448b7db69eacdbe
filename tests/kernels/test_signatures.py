"""The kernels of signatures."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from custid.kernels.signatures import count_bits, count_missing

words = st.integers(0, 2**64 - 1)


@given(words)
@example(0)
@example(2**64 - 1)
@example(2**63)
def test_bits_are_counted(word: int) -> None:
    """The number of bits is the one that Python counts."""
    assert count_bits(np.uint64(word)) == word.bit_count()


@given(words, words)
def test_missing_bits_are_counted(of: int, among: int) -> None:
    """Bits of the first word that the second lacks are counted."""
    assert count_missing(np.uint64(of), np.uint64(among)) == (of & ~among).bit_count()
