"""No text makes a parser raise, and none is lost."""

from __future__ import annotations

import functools
import random
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid.standardize
from custid.standardize import Parsed, identifier_schemes, mask_prohibited, prohibited_codes

Parser = Callable[[str], Parsed[Any]]

# Parsers that need to be told what they read, each with all that they can be told.
_TOLD: dict[str, list[dict[str, Any]]] = {
    "parse_identifier": [{"scheme": name} for name in identifier_schemes()],
    "parse_occupation": [{"scheme": scheme} for scheme in ("", "pcs2020", "isco08", "other")],
    "parse_phone": [{"country": country} for country in ("FR", "GB", "US", "")],
    "parse_date": [{"day_first": True}, {"day_first": None}],
    "parse_person_name": [{"locale": "fr"}, {"locale": "en"}, {"locale": "fr", "family_first": True}],
    "parse_organization_name": [{"locale": "fr"}, {"locale": "en"}],
    "parse_postal_address": [{"country": country} for country in ("FR", "GB", "US")],
}


def parsers() -> Iterator[tuple[str, Parser]]:
    """Yield every parser that the package has, by what it is told."""
    for name in custid.standardize.__all__:
        if name.startswith("parse_"):
            parse = getattr(custid.standardize, name)
            for options in _TOLD.get(name, [{}]):
                yield f"{name} {options}", functools.partial(parse, **options)


PARSERS = dict(parsers())

_RANGES = (
    (0x20, 0x7F), (0x20, 0x7F), (0x30, 0x3A), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700),
    (0x900, 0x980), (0xE00, 0xE80), (0x1100, 0x1200), (0x200B, 0x2070), (0x3040, 0x3100), (0x4E00, 0x5000),
    (0xFE00, 0xFE10), (0xFF00, 0xFF60),
    (0x1D400, 0x1D800), (0x1F300, 0x1F650), (0xE0020, 0xE0080), (0x10FF00, 0x110000),
)  # fmt: skip
_PIECES = (
    "", " ", "\t", "\n", "\r\n", "\x00", "\x1b", "\x85", "\ufeff", "\u200b", "\u200d", "\u202e", "\u2066",
    "\u0301" * 9, "ﬁ", "ß", "İ", "ǆ", "\u1e9e", "\u0345", "@", "@@", "+33", "0033", "(0)", "06", "ext", "x12",
    "poste 7", ";", "/", "<", ">", "mailto:", ".fr", "xn--", "example", "[192.0.2.1]", '"', "\\", "1984",
    "-06", "-31", "XX", "?", "~", "%", "juin", "12/06", "FR", "FR76", "SIREN", "RCS", "W75", "2A",
    "1 84 12 76 451 089", "4111", "é", "de", "D'", "M.", "Mme", "SARL", "12 BIS", "rue", "CEDEX", "BP", "75001",
    "SW1A 1AA", "fr-CA", "x-", "-", "\u0660\u0661\u0662", "\u09e7\u09e8", "\uff11\uff12", "\U0001d7d8",
    "\u2460", "\u00b2", "\u00bd", "\u0bf0", "\u4e09", "1e9", "1E+10", ".0", "9" * 40, "a" * 300, "null", "N/A",
)  # fmt: skip


def nasty_text(draw: random.Random) -> str:
    """Return a text of known pieces, of characters of any script, or of both."""
    kind = draw.random()
    if kind < 0.35:
        return "".join(draw.choices(_PIECES, k=draw.randrange(8)))
    if kind < 0.4:
        return draw.choice(_PIECES) * draw.randrange(200)
    ranges = draw.choices(_RANGES, k=draw.randrange(1, 4))
    characters = [chr(draw.randrange(*draw.choice(ranges))) for _ in range(draw.randrange(30))]
    if kind > 0.8:
        for _ in range(3):
            characters.insert(draw.randrange(len(characters) + 1), draw.choice(_PIECES))
    text = "".join(characters)
    return unicodedata.normalize(draw.choice(("NFC", "NFD", "NFKC", "NFKD")), text) if kind > 0.9 else text


def check(parse: Parser, text: str) -> None:
    before = text.encode()
    read = parse(text)
    assert isinstance(read, Parsed)
    assert read.raw.encode() == before
    assert isinstance(read.values, tuple)
    assert all(issue.code for issue in read.issues)
    assert parse(text) == read


@pytest.mark.parametrize("name", PARSERS)
def test_two_thousand_texts(name: str) -> None:
    """Any of 2,000 nasty texts is parsed without an exception, and its raw text is preserved to the byte."""
    draw = random.Random(name)  # noqa: S311 - test data
    for _ in range(2_000):
        check(PARSERS[name], nasty_text(draw))


@pytest.fixture(scope="module")
def many_texts() -> list[str]:
    draw = random.Random("at length")  # noqa: S311 - test data
    return [nasty_text(draw) for _ in range(100_000)]


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_hundred_thousand_texts(name: str, many_texts: list[str]) -> None:
    """Any of 100,000 nasty texts is parsed without an exception, and its raw text is preserved to the byte."""
    parse = PARSERS[name]
    for text in many_texts:
        assert parse(text).raw.encode() == text.encode()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(sorted(PARSERS)))
def test_texts_of_hypothesis(text: str, name: str) -> None:
    """Any text that hypothesis finds is parsed, and its raw text is preserved to the byte."""
    check(PARSERS[name], text)


@pytest.mark.parametrize("name", PARSERS)
def test_lone_surrogates(name: str) -> None:
    """A text that no encoding has, as Python makes of broken bytes, is parsed and kept all the same."""
    for text in ("\ud800", "zoe\udcff@mail.fr", "06\udc80 39 98 12 34", "1984\ud8ff"):
        assert PARSERS[name](text).raw == text


def test_long_texts() -> None:
    """A text of a hundred thousand characters takes no noticeable time."""
    for text in (
        "0" * 100_000,
        "a@" * 50_000,
        "1 " * 50_000,
        "\u0301" * 100_000,
        "a." * 50_000,
        "<" * 100_000,
        "FR" + "9" * 100_000,
    ):
        for parse in PARSERS.values():
            assert parse(text).raw == text
        mask_prohibited(text)
        prohibited_codes(text)
