"""Identifiers: their form, their check symbol, and how they are read."""

from __future__ import annotations

from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError, IdentifierError
from custid.registry.identifiers import ALPHABET, AdoptedScheme, Base32Scheme, check_symbol
from custid.registry.minting import KeyedMinter, RandomMinter, SequentialMinter
from custid.registry.record_keys import RecordKey
from tests.oracles.gf32 import is_codeword

SCHEME = Base32Scheme()
NUMBERS = st.integers(0, (1 << 75) - 1)
FOUNDER = RecordKey("crm", "1")


def symbols(identifier: str) -> str:
    return identifier.replace("-", "")


def is_accepted(text: str) -> bool:
    try:
        SCHEME.parse(text)
    except IdentifierError:
        return False
    return True


@given(NUMBERS)
def test_an_identifier_parses_to_itself(number: int) -> None:
    """Invariant 25: what is issued has four groups of four symbols, fits its own check and is its own spelling."""
    identifier = SCHEME.encode(number)
    assert [len(group) for group in identifier.split("-")] == [4, 4, 4, 4]
    assert set(symbols(identifier)) <= set(ALPHABET)
    assert SCHEME.parse(identifier) == identifier


@given(NUMBERS, NUMBERS)
def test_different_numbers_give_different_identifiers(one: int, other: int) -> None:
    """All 75 bits are kept."""
    assert (SCHEME.encode(one) == SCHEME.encode(other)) == (one == other)


@given(NUMBERS)
def test_the_check_symbol_is_that_of_the_field(number: int) -> None:
    """The weighted sum over GF(32), worked out from its multiplication table, is zero."""
    assert is_codeword([ALPHABET.index(symbol) for symbol in symbols(SCHEME.encode(number))])


@pytest.mark.parametrize("seed", range(20))
def test_every_substitution_is_noticed(seed: int) -> None:
    """No identifier with one wrong symbol, at any of 16 places and for any of 31 others, passes (requirement 35)."""
    right = symbols(KeyedMinter(secret=bytes(16))(FOUNDER, seed))
    for position, symbol in product(range(16), ALPHABET):
        wrong = right[:position] + symbol + right[position + 1 :]
        assert is_accepted(wrong) == (wrong == right)


@pytest.mark.parametrize("seed", range(20))
def test_every_transposition_is_noticed(seed: int) -> None:
    """No identifier with two unequal symbols exchanged, next to each other or not, is accepted."""
    right = symbols(KeyedMinter(secret=bytes(16))(FOUNDER, seed))
    for first, second in combinations(range(16), 2):
        wrong = list(right)
        wrong[first], wrong[second] = right[second], right[first]
        assert is_accepted("".join(wrong)) == (right[first] == right[second])


def test_every_error_of_one_symbol_changes_the_sum() -> None:
    """For all 16 places and 31 errors the sum changes: the proof by enumeration, for whichever identifier."""
    for position, error in product(range(16), range(1, 32)):
        assert not is_codeword([error if place == position else 0 for place in range(16)])


def test_every_exchange_of_two_symbols_changes_the_sum() -> None:
    """For all pairs of places and 31 differences, an exchange adds the same error at both, and the sum changes."""
    for (first, second), error in product(combinations(range(16), 2), range(1, 32)):
        assert not is_codeword([error if place in {first, second} else 0 for place in range(16)])


def test_random_texts_are_accepted_once_in_32() -> None:
    """One check symbol tells one of 32; what it lets pass is for the registry to know or not."""
    for payload in ("0" * 15, "Z" * 15, "0123456789ABCDE"):
        assert [is_accepted(payload + symbol) for symbol in ALPHABET].count(True) == 1


@given(NUMBERS, st.randoms(use_true_random=False))
def test_reading_is_tolerant(number: int, random: Random) -> None:
    """Case, hyphens, blanks and letters that look like digits do not matter."""
    identifier = SCHEME.encode(number)
    typed = "".join(
        random.choice({"0": "0oO", "1": "1iIlL"}.get(symbol, symbol + symbol.lower())) + random.choice(["", "-", " "])
        for symbol in symbols(identifier)
    )
    assert SCHEME.parse(f"  {typed}\n") == identifier


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected 16 symbols, got 0"),
        ("0000-0000-0000-C1S", "expected 16 symbols, got 15"),
        ("0000-0000-0000-C1SW0", "expected 16 symbols, got 17"),
        ("0000-0000-U000-C1SW", "symbol 9: expected a digit or a letter other than U"),
        ("0000_0000-0000-C1SW", "symbol 5: expected a digit"),
        ("0000-0000-0000-C1\u017fW", "symbol 15: expected a digit"),
        ("0000-0000-0000-C1SX", "the check symbol does not fit"),
        ("0" * 65, "expected 16 symbols, got a text of 65 characters"),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    """The message tells the place or the count, and what to do."""
    with pytest.raises(IdentifierError, match=rf"identifier: .*{problem}.*Hint: "):
        SCHEME.parse(text)


@given(st.text(min_size=1, max_size=80))
def test_a_text_that_is_refused_is_not_repeated(text: str) -> None:
    """Whatever was typed into the wrong field stays out of the message."""
    sentinel = f"Ümlaut {text} Ünique"
    with pytest.raises(IdentifierError) as refused:
        SCHEME.parse(sentinel)
    assert "mlaut" not in str(refused.value)
    assert "nique" not in str(refused.value)


@pytest.mark.parametrize("scheme", [Base32Scheme(), AdoptedScheme()], ids=["issued", "adopted"])
@pytest.mark.parametrize("given", [None, 7, b"own:7"], ids=["nothing", "a number", "bytes"])
def test_what_is_no_text(scheme: Any, given: Any) -> None:
    """What is no text is no identifier, and the error says so."""
    with pytest.raises(IdentifierError, match="expected a text, got a"):
        scheme.parse(given)


@pytest.mark.parametrize("number", [-1, 1 << 75])
def test_numbers_out_of_range(number: int) -> None:
    """There are 75 bits."""
    with pytest.raises(ConfigurationError, match="75 bits"):
        SCHEME.encode(number)


@given(st.lists(NUMBERS, max_size=9))
def test_many_at_once_are_as_one_by_one(numbers: list[int]) -> None:
    """Fifteen values of five bits for each; the bits above are not looked at."""
    values = bytes(number >> 5 * place & 31 | 224 for number in numbers for place in reversed(range(15)))
    assert SCHEME.encode_many(values) == [SCHEME.encode(number) for number in numbers]


def test_values_that_are_too_few() -> None:
    """A part of an identifier is refused."""
    with pytest.raises(ConfigurationError, match="expected 15 bytes for each, got 16 in all"):
        SCHEME.encode_many(bytes(16))


def test_adopted_numbers_stay_as_they_are() -> None:
    """A number of the application keeps zeros and case; the prefix is read in any case."""
    scheme = AdoptedScheme(prefix="crm:")
    assert scheme.adopt(" 0012aB ") == "crm:0012aB"
    assert scheme.parse("CRM:0012aB") == "crm:0012aB"
    assert scheme.parse("oooo-0000-0000-c1sw") == "0000-0000-0000-C1SW"
    assert scheme.name == "custid-base32+crm:"


@pytest.mark.parametrize("number", ["", "  ", "1 2", "a\tb", "a\0b", "x" * 65])
def test_adopted_numbers_that_cannot_be(number: str) -> None:
    """Nothing, blanks, control characters and very long texts are no numbers."""
    with pytest.raises(IdentifierError, match="1 to 64 characters without blanks"):
        AdoptedScheme().adopt(number)


@pytest.mark.parametrize("prefix", ["", "crm", "a-", "\t", "C1"])
def test_prefixes_that_could_be_mistaken(prefix: str) -> None:
    """A prefix ends with a mark that no issued identifier has."""
    with pytest.raises(ConfigurationError, match="prefix"):
        AdoptedScheme(prefix=prefix)


@given(NUMBERS)
def test_no_adopted_number_reads_as_an_issued_identifier(number: int) -> None:
    """Adopting an issued identifier's text gives another identifier."""
    scheme = AdoptedScheme()
    assert scheme.parse(scheme.adopt(scheme.issued.parse(SCHEME.encode(number)))) != SCHEME.encode(number)


def test_random_identifiers_use_all_bits() -> None:
    """Every payload symbol of a thousand random identifiers takes every value."""
    mint = RandomMinter()
    drawn = [symbols(mint(FOUNDER, 0)) for _ in range(1_000)]
    assert [set(column) for column in zip(*drawn, strict=True)] == [set(ALPHABET)] * 16


def test_random_identifiers_are_drawn_many_at_once() -> None:
    """As many as wanted, none twice, each its own spelling."""
    drawn = RandomMinter().draw(1_000)
    assert len(set(drawn)) == 1_000
    assert all(SCHEME.parse(each) == each for each in drawn)
    assert RandomMinter().draw(0) == []


def test_keyed_identifiers_can_be_made_again() -> None:
    """Secret, tenant, founder and attempt decide, all of them, and nothing else."""
    mint = KeyedMinter(secret=b"0123456789abcdef", tenant="a")
    same = KeyedMinter(secret=b"0123456789abcdef", tenant="a")
    others = {
        KeyedMinter(secret=b"0123456789abcdeg", tenant="a")(FOUNDER, 0),
        KeyedMinter(secret=b"0123456789abcdef", tenant="b")(FOUNDER, 0),
        mint(RecordKey("crm1", ""), 0),
        mint(RecordKey("cr", "m1"), 0),
        mint(FOUNDER, 1),
    }
    assert same(FOUNDER, 0) == mint(FOUNDER, 0)
    assert len(others | {mint(FOUNDER, 0)}) == 6
    assert "0123456789abcdef" not in repr(mint)


def test_short_secrets_are_refused() -> None:
    """A secret that could be guessed is an error that does not show it."""
    with pytest.raises(ConfigurationError, match="expected at least 16 bytes, got 5"):
        KeyedMinter(secret=b"short")


def test_sequential_identifiers_are_repeatable() -> None:
    """Two minters count alike; their identifiers fit their check."""
    one, other = SequentialMinter(), SequentialMinter()
    drawn = [one(FOUNDER, 0) for _ in range(40)]
    assert drawn == [other(FOUNDER, 0) for _ in range(40)]
    assert [SCHEME.parse(each) for each in drawn] == drawn
    assert drawn == sorted(set(drawn))


def test_the_check_symbol_of_zeros_is_zero() -> None:
    """The code is linear."""
    assert check_symbol("0" * 15) == "0"
