"""The reader of postal addresses on a labeled sample that was written without looking at it."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import attrs
import pytest

from custid.model import PostalAddress
from custid.standardize.postal_address import parse_postal_address

_SAMPLE = Path(__file__).parents[1] / "data" / "parsing"
_COUNTRIES = {"fr": "FR", "en-GB": "GB", "en-US": "US"}
_BAR = 0.98


def _entries(locale: str, file: str = "addresses.jsonl") -> list[dict[str, Any]]:
    lines = (_SAMPLE / file).read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["locale"] == locale]


def _same(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _fields(entry: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the label and what was read of each field that is labeled or read.

    The label has a country only where the text names one, whereas the reader fills in the country that it was told to
    assume: that one is nobody's reading and is left out.
    """
    assumed = _COUNTRIES[entry["locale"]]
    address = parse_postal_address(entry["raw"], country=assumed).value
    read = {} if address is None else attrs.asdict(address, filter=lambda field, _: field.name != "lines")
    if "country" not in entry["expected"] and read.get("country") == assumed:
        del read["country"]
    names = sorted({*entry["expected"], *(name for name, text in read.items() if text)})
    return {name: (entry["expected"].get(name, ""), read.get(name, "")) for name in names}


@pytest.mark.parametrize(
    ("file", "locales"),
    [
        *(("addresses.jsonl", (locale,)) for locale in sorted(_COUNTRIES)),
        ("held_out/addresses.jsonl", tuple(_COUNTRIES)),
    ],
)
def test_share_of_fields_right(file: str, locales: tuple[str, ...]) -> None:
    """At least 0.98 of the fields are right, of each locale and of what was held out; the message lists the misses."""
    n_right = n_fields = 0
    misses = []
    for entry in (entry for locale in locales for entry in _entries(locale, file)):
        for name, (label, read) in _fields(entry).items():
            is_right = _same(label) == _same(read)
            n_right += is_right
            n_fields += 1
            if not is_right:
                misses.append(f"{entry['raw']!r}: {name}: expected {label!r}, read {read!r}")
    assert n_fields > 0
    assert n_right / n_fields >= _BAR, "\n".join([f"{n_right} of {n_fields} fields right", *misses])


def test_sample_is_large_enough() -> None:
    """The sample holds at least 300 addresses."""
    assert sum(len(_entries(locale)) for locale in _COUNTRIES) >= 300


@pytest.mark.parametrize("locale", sorted(_COUNTRIES))
def test_labels_are_fields(locale: str) -> None:
    """Every label is a field of the model, and not empty."""
    fields = {field.name for field in attrs.fields(PostalAddress)}
    for entry in _entries(locale):
        assert set(entry["expected"]) <= fields
        assert all(entry["expected"].values())


@pytest.mark.parametrize("locale", sorted(_COUNTRIES))
def test_raw_text_is_kept(locale: str) -> None:
    """The text of every entry comes back to the character."""
    for entry in _entries(locale):
        assert parse_postal_address(entry["raw"], country=_COUNTRIES[locale]).raw == entry["raw"]
