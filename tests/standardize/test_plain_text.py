"""`custid.standardize._plain_text`."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from custid.standardize._plain_text import fold_plain, only_digits
from custid.standardize.text import fold

_ASCII = [chr(code) for code in range(128)]
_ACCENTED = "àâäçéèêëîïôöùûüÿñÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÑÝ"
_LATIN = st.text(st.characters(max_codepoint=0x17F), max_size=12)
_TEXTS = st.lists(st.one_of(_LATIN, st.text("aZ é'`-. 0\n\x00", max_size=9), st.text(max_size=5)), max_size=6)


@given(_TEXTS, st.integers(0, 3))
def test_plain_texts_fold_as_single_ones_do(texts: list[str], n_skipped: int) -> None:
    """Whatever is answered is what `fold` says, also for a slice of an array."""
    folded = fold_plain(pa.array(texts, pa.string()).slice(n_skipped)).to_pylist()
    assert len(folded) == len(texts[n_skipped:])
    assert all(found in {None, fold(text)} for found, text in zip(folded, texts[n_skipped:], strict=True))


def test_ascii_and_accents_are_plain() -> None:
    """Every ASCII character is plain, and so are the accented letters of French."""
    texts = [f"a{character}b" for character in (*_ASCII, *_ACCENTED)]
    assert fold_plain(pa.array(texts)).to_pylist() == list(map(fold, texts))


def test_other_texts_are_left() -> None:
    """Ligatures, other scripts, typographic quotes and combining marks are for `fold`."""
    texts = ["sœur", "straße", "Łódź", "東京", "l’été", "e\u0301te\u0301", "x\u00a0y", "½"]
    assert fold_plain(pa.array(texts)).to_pylist() == [None] * len(texts)


def test_blocks_make_no_difference() -> None:
    """More texts than fit a block are folded like a few."""
    texts = [f" N°  {number} É-" if number % 5 == 0 else f"É-{number}'" for number in range(70_001)]
    folded = fold_plain(pa.array(texts)).to_pylist()
    assert folded[1:5] == ["e 1", "e 2", "e 3", "e 4"]
    assert folded[::5] == [None] * 14_001
    assert folded[-1] is None
    assert folded[-2] == "e 69999"


@given(_TEXTS)
def test_only_digits(texts: list[str]) -> None:
    """ASCII digits stay in their order; nothing else does."""
    expected = ["".join(character for character in text if character in "0123456789") for text in texts]
    assert only_digits(pa.array(texts, pa.string())).to_pylist() == expected
