"""Content hashes."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.table import hashing
from custid.table.hashing import combine_hashes, combined_hash, mix, string_hash, string_hashes

any_text = st.text(st.characters(exclude_categories=()), max_size=8)


def one_hash(value: str) -> int:
    """Return the hash by its definition: a polynomial over the bytes, scattered."""
    base, seed, modulus = 0x9E3779B97F4A7C15, 0x243F6A8885A308D3, 1 << 64
    data = value.encode("utf-8", "surrogatepass")
    total = sum((byte + 1) * pow(base, place + 1, modulus) for place, byte in enumerate(data))
    mixed = (total + len(data) * seed + seed) % modulus
    mixed ^= mixed >> 30
    mixed = mixed * 0xBF58476D1CE4E5B9 % modulus
    mixed ^= mixed >> 27
    mixed = mixed * 0x94D049BB133111EB % modulus
    return max(1, mixed ^ (mixed >> 31))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", 0xE9E0033E3BADAF36),
        ("a", 0x951A8C98575658E0),
        ("dupont", 0xB3645BDEC3767557),
        ("zoé", 0x44E1DEF82BCAF6A5),
        ("1980-02-01", 0x5B3E206EADFACD7B),
    ],
)
def test_known_values(value: str, expected: int) -> None:
    """The hashes of a release are those of the release before: model files hold them."""
    assert string_hashes([value]).tolist() == [expected]


@given(st.lists(any_text, max_size=6))
def test_definition(values: list[str]) -> None:
    """Every string is hashed by its own bytes, whatever stands beside it; lone surrogates too."""
    assert string_hashes(values).tolist() == [one_hash(value) for value in values]


def test_no_strings() -> None:
    """No strings have no hashes."""
    assert string_hashes([]).shape == (0,)


def test_many_strings_are_hashed_as_few_are() -> None:
    """Strings that are hashed in several portions get the hashes they get alone."""
    values = [f"value {number}" for number in range(hashing._STRINGS_AT_ONCE * 2 + 5)]
    hashes = string_hashes(values)
    for place in (0, hashing._STRINGS_AT_ONCE - 1, hashing._STRINGS_AT_ONCE, len(values) - 1):
        assert hashes[place] == string_hashes([values[place]])[0]


def test_unequal_strings_have_unequal_hashes() -> None:
    """A hundred thousand similar strings meet nowhere, not even in the upper half of their bits."""
    values = [f"{number:05d}" for number in range(50_000)] + [f"{number}@mail.example" for number in range(50_000)]
    hashes = string_hashes(values)
    assert len(set(hashes.tolist())) == len(values)
    # Of 10^5 draws from 2^32, 1.2 pairs meet on average.
    assert len(set((hashes >> np.uint64(32)).tolist())) > len(values) - 12
    assert hashes.min() > 0


def test_a_long_string() -> None:
    """A text of a million characters has a hash of its own."""
    text = "x" * 1_000_000
    assert len(set(string_hashes([text, text + "x", "y" + text[1:], text[1:] + "y"]).tolist())) == 4


def test_hash_seed_does_not_matter() -> None:
    """The same strings have the same hashes under every PYTHONHASHSEED."""
    program = "from custid.table.hashing import string_hashes; print(string_hashes(['ann', 'zoé']).tolist())"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout.strip()
        for seed in ("0", "1")
    }
    assert printed == {str(string_hashes(["ann", "zoé"]).tolist())}


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5, unique=True))
def test_mix_keeps_values_apart(values: list[int]) -> None:
    """Scattering is one to one, and leaves its input alone."""
    given_values = np.array(values, np.uint64)
    assert len(set(mix(given_values).tolist())) == len(values)
    assert given_values.tolist() == values


def test_combined_hashes_tell_the_order() -> None:
    """A combination depends on its parts, on their order and on their number."""
    a, b = string_hashes(["a"]), string_hashes(["b"])
    zero = np.zeros(1, np.uint64)
    combined = [combine_hashes(parts)[0] for parts in ([a, b], [b, a], [a, a], [a], [a, zero], [zero, a], [zero])]
    assert len(set(combined)) == len(combined)


def test_combined_hashes_broadcast() -> None:
    """One salt serves many hashes."""
    salt, values = string_hashes(["salt"]), string_hashes(["a", "b"])
    each = [combine_hashes([salt, values[place : place + 1]])[0] for place in range(2)]
    assert combine_hashes([salt, values]).tolist() == each


@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_one_string_alone(value: str) -> None:
    """A string alone has the hash that it has among others."""
    assert string_hash(value) == int(string_hashes([value])[0])


@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=4))
def test_hashes_of_one_combined(parts: list[int]) -> None:
    """Hashes combine alone as they do in arrays."""
    assert combined_hash(parts) == int(combine_hashes([np.array([part], np.uint64) for part in parts])[0])
