"""Parts of strings as atoms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from custid.blocking._parts import Characters, Parts

values = st.lists(st.text("ab@é漢\ud800", max_size=14), max_size=8)


def parts_of(parts: Parts) -> list[list[str]]:
    """Return the parts of each string as strings, with what tells their sorts apart."""
    texts = iter(
        bytes(parts.heads[number : number + 1]).decode()
        + parts.data[begin:end].tobytes().decode("utf-8", "surrogatepass")
        for number, (begin, end) in enumerate(zip(parts.begins.tolist(), parts.ends.tolist(), strict=True))
    )
    return [[next(texts) for _ in range(n_parts)] for n_parts in parts.n_parts.tolist()]


@given(values)
def test_last_characters(strings: list[str]) -> None:
    """The ends of strings are told in characters, not in bytes."""
    assert parts_of(Characters.of(strings).ends(9).whole()) == [[text[-9:]] for text in strings]


@given(values)
def test_without_last_characters(strings: list[str]) -> None:
    """At least so many characters are left at the beginning."""
    parts = Characters.of(strings).without_ends(3, at_least=2).whole()
    assert parts_of(parts) == [[text[: max(2, len(text) - 3)]] for text in strings]


@given(values)
def test_before_a_letter(strings: list[str]) -> None:
    """What stands before the first of several letters is taken, and nothing where they come first."""
    heads = [text.partition("@")[0] for text in strings]
    assert parts_of(Characters.of(strings).before(b"@").not_empty()) == [[head] if head else [] for head in heads]


@given(values)
def test_halves(strings: list[str]) -> None:
    """Strings of two characters or more have two halves, which are told apart."""
    middles = [len(text) // 2 for text in strings]
    assert parts_of(Characters.of(strings).halves()) == [
        [f"<{text[:middle]}", f">{text[middle:]}"] if middle else []
        for text, middle in zip(strings, middles, strict=True)
    ]


@given(values)
def test_numbers(strings: list[str]) -> None:
    """Equal parts have equal numbers, in the order in which they come."""
    parts = Characters.of(strings).halves()
    flat = [part for each in parts_of(parts) for part in each]
    numbers, distinct = parts.numbered()
    assert numbers.tolist() == [list(dict.fromkeys(flat)).index(part) for part in flat]
    assert list(distinct) == list(dict.fromkeys(flat))
