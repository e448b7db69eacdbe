"""Words of values as atoms."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from custid.blocking._words import NumberedAtoms, ValueWords

_SPACES = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
values = st.lists(st.text(st.sampled_from([*_SPACES, *"ab1²é\u2030\u3001\ud800"]), max_size=14), max_size=8)


def atoms_of(found: NumberedAtoms, texts: list[str]) -> list[list[str]]:
    """Return the atoms of each value, given what the numbers stand for."""
    numbers = iter(found.atoms.tolist())
    return [[texts[next(numbers)] for _ in range(n_atoms)] for n_atoms in found.n_atoms_of.tolist()]


@given(values, st.integers(1, 3))
def test_telling_words(strings: list[str], most: int) -> None:
    """Of the first words of a value, the long ones that are no numbers tell, whatever white space parts them."""
    words = ValueWords.of(strings, most)
    assert atoms_of(words.telling(), list(words.vocabulary)) == [
        [word for word in text.split()[:most] if len(word) > 3 and not word.isdigit()] for text in strings
    ]


@given(values)
def test_heads(strings: list[str]) -> None:
    """Two values have one head where their first two words are equal."""
    heads = [tuple(text.split()[:2]) for text in strings]
    distinct = list(dict.fromkeys(heads))
    found = ValueWords.of(strings, 12).heads()
    assert found.n_atoms_of.tolist() == [1] * len(strings)
    assert found.atoms.tolist() == [distinct.index(head) for head in heads]
    assert found.n_atoms == len(distinct)


def test_every_white_space_parts_words() -> None:
    """Words are parted where `str.split` parts them."""
    words = ValueWords.of([f"a{space}b" for space in _SPACES], 12)
    assert words.vocabulary == ("a", "b")
    assert words.words.tolist() == [0, 1] * len(_SPACES)
