"""The sound key."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.blocking.phonetics import consonant_skeleton


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("philippe", "filip"),
        ("meyer", "maier"),
        ("meyer", "mayeur"),
        ("thibault", "tiboult"),
        ("schmidt", "smit"),
        ("dupont", "dupond"),
        ("jacques", "jakes"),
        ("wagner", "vagner"),
        ("nicolas", "nikolas"),
        ("bernard", "pernart"),
        ("anne", "ane"),
    ],
)
def test_words_that_sound_alike(left: str, right: str) -> None:
    """Frequent misspellings keep the key."""
    assert consonant_skeleton(left) == consonant_skeleton(right)


@pytest.mark.parametrize(
    ("left", "right"), [("martin", "marin"), ("paul", "luc"), ("anne", "jeanne"), ("leroy", "roy")]
)
def test_words_that_do_not(left: str, right: str) -> None:
    """Another consonant or another beginning is another key."""
    assert consonant_skeleton(left) != consonant_skeleton(right)


def test_no_word() -> None:
    """The empty word has the empty key."""
    assert consonant_skeleton("") == ""


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_keys_are_short(word: str) -> None:
    """A word has a key, no longer than itself, without repeats."""
    key = consonant_skeleton(word)
    assert 1 <= len(key) <= len(word)
    assert all(left != right for left, right in pairwise(key))
