"""Laws of the reader of postal addresses, over any text."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.standardize.locales import FRENCH
from custid.standardize.postal_address import parse_postal_address
from custid.standardize.text import fold

_COUNTRIES = ["FR", "GB", "US", "CA", "AU", "BE", "DE", "PT", ""]
_WORDS = st.sampled_from(
    (
        "12 12B bis R av rue Haute 75002 F-75002 35 000 PARIS cedex CEDEX 08 BP CS TSA appt 3e étage Bât RES chez c/o "
        "M. Mme , - / ; ( ) | \n N° n° D RN 7 km Flat #4 # LS1 1AA IL Salem 97301-1234 Main St Unit Suite PO Box P.O. "
        "London Norfolk Monaco France USA UK F L-1449 . : * … lieu-dit ZA HAM 0 00000 1/2 12-14 à et de la Ground "
        "Floor The Georgia Inc & Ltd \ud800 \u200b"
    ).split(" ")
)
_TEXTS = st.text() | st.lists(_WORDS, max_size=14).map(" ".join)


@settings(deadline=None, max_examples=300)
@given(raw=_TEXTS, country=st.sampled_from(_COUNTRIES))
def test_any_text_is_read(raw: str, country: str) -> None:
    """No text raises; the raw text comes back to the character."""
    assert parse_postal_address(raw, country=country).raw == raw


@settings(deadline=None, max_examples=50)
@given(lines=st.lists(_TEXTS, max_size=20), country=st.sampled_from(_COUNTRIES))
def test_any_lines_are_read(lines: list[str], country: str) -> None:
    """No sequence of lines raises."""
    assert parse_postal_address(lines, country=country).raw == "\n".join(lines)


@settings(deadline=None, max_examples=150)
@given(raw=st.lists(_WORDS, max_size=14).map(" ".join), country=st.sampled_from(_COUNTRIES))
def test_no_word_is_invented(raw: str, country: str) -> None:
    """What the parts say stands in the text, save the abbreviations that are spelled out."""
    address = parse_postal_address(raw, country=country).value
    if address is None:
        return
    known = set(fold(raw).replace(" ", "")) | set("".join(FRENCH.street_kinds))
    parts = attrs.asdict(address, filter=lambda field, _: field.name not in {"lines", "country"})
    assert set(fold(" ".join(parts.values())).replace(" ", "")) <= known


@pytest.mark.parametrize(
    "unit",
    ["1 ", "a", "rue ", "75002", "\n", "Bât ", "-", "1-", "n° ", "é", "12 rue ", "1\n", "#", ", ", "BP 1 ", "LS1 1AA "],
)
def test_long_texts_are_read(unit: str) -> None:
    """A text of ten thousand characters is read and kept, whatever it repeats."""
    raw = unit * (10_000 // len(unit))
    for country in ("FR", "GB", "US"):
        assert parse_postal_address(raw, country=country).raw == raw
