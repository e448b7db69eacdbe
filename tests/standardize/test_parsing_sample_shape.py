"""The labelled parsing sample of ``tests/data/parsing`` and its held-out part are well-formed."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from attrs import fields

from custid.model import NameUse, PersonName, PostalAddress

_FOLDER = Path(__file__).parents[1] / "data" / "parsing"
_NAMES = ("names_fr.jsonl", "names_en.jsonl", "held_out/names_fr.jsonl", "held_out/names_en.jsonl")
_ADDRESSES = ("addresses.jsonl", "held_out/addresses.jsonl")
_LEAST = {
    "names_fr.jsonl": 320,
    "names_en.jsonl": 165,
    "addresses.jsonl": 310,
    "held_out/names_fr.jsonl": 150,
    "held_out/names_en.jsonl": 80,
    "held_out/addresses.jsonl": 150,
}
_LOCALES = {
    "names_fr.jsonl": {"fr"},
    "names_en.jsonl": {"en-GB", "en-US"},
    "addresses.jsonl": {"fr", "en-GB", "en-US"},
}
# The guide rewrites what stands in front of these fields (``bd`` is labelled ``boulevard``).
_EXPANDED = ("street", "building", "locality_extra")


def _read(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_FOLDER / file).read_text(encoding="utf-8").splitlines()]


def _words(value: str | list[str]) -> list[str]:
    return (value if isinstance(value, str) else " ".join(value)).split()


@pytest.mark.parametrize("file", _LEAST)
def test_a_file_holds_as_many_entries_as_promised(file: str) -> None:
    """No file of the sample is smaller than what the parsers are to be judged on."""
    assert len(_read(file)) >= _LEAST[file]


@pytest.mark.parametrize("file", _LEAST)
def test_entries_have_the_documented_keys(file: str) -> None:
    """Every entry has a raw text, a locale of its file, a case and a label, in that order."""
    for entry in _read(file):
        assert list(entry) == ["raw", "locale", "case", "expected"]
        assert entry["raw"].strip()
        assert entry["locale"] in _LOCALES[Path(file).name]
        assert re.fullmatch(r"[a-zA-Z0-9'-]+", entry["case"])
        assert entry["expected"]


def test_no_raw_text_is_repeated() -> None:
    """A raw text occurs once in the whole sample and its held-out part."""
    raws = Counter(entry["raw"] for file in _LEAST for entry in _read(file))
    assert [raw for raw, count in raws.items() if count > 1] == []


@pytest.mark.parametrize("file", _NAMES)
def test_labels_of_names_build_the_model_type(file: str) -> None:
    """Each labelled name is a PersonName, written without empty fields and without the usual use."""
    for entry in _read(file):
        for label in entry["expected"]:
            assert all(label.values())
            assert label.get("use") != NameUse.USAGE
            parts = label | {"given": tuple(label.get("given", ())), "use": NameUse(label.get("use", "usage"))}
            assert isinstance(PersonName(**parts), PersonName)


@pytest.mark.parametrize("file", _ADDRESSES)
def test_labels_of_addresses_build_the_model_type(file: str) -> None:
    """Each labelled address is a PostalAddress, written without empty fields and without its lines."""
    known = {field.name for field in fields(PostalAddress)} - {"lines"}
    for entry in _read(file):
        assert set(entry["expected"]) <= known
        assert all(entry["expected"].values())
        assert isinstance(PostalAddress(**entry["expected"]), PostalAddress)


@pytest.mark.parametrize("file", _NAMES)
def test_labels_of_names_are_as_written(file: str) -> None:
    """Every word of a labelled name stands in the raw text."""
    for entry in _read(file):
        for label in entry["expected"]:
            for part, value in label.items():
                assert part == "use" or all(word in entry["raw"] for word in _words(value)), entry


@pytest.mark.parametrize("file", _ADDRESSES)
def test_labels_of_addresses_are_as_written(file: str) -> None:
    """Every word of a labelled address stands in the raw text, but for what the guide rewrites."""
    for entry in _read(file):
        for part, value in entry["expected"].items():
            words = _words(value)[1:] if part in _EXPANDED else _words(value)
            raw = entry["raw"].upper() if part == "number_ext" else entry["raw"]
            assert part == "country" or all(word in raw for word in words), entry


def test_labels_hold_no_surplus_whitespace() -> None:
    """Labels have their whitespace collapsed."""
    for file in _LEAST:
        for entry in _read(file):
            labels = entry["expected"] if isinstance(entry["expected"], list) else [entry["expected"]]
            for value in (value for label in labels for value in label.values()):
                texts = [value] if isinstance(value, str) else value
                assert all(text == " ".join(text.split()) for text in texts), entry


@pytest.mark.parametrize("file", _LEAST)
def test_the_readme_counts_the_entries(file: str) -> None:
    """The README states the number of entries of each file."""
    stated = re.findall(rf"^\| `{file}` \| (\d+) \(", (_FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert stated == [str(len(_read(file)))]


@pytest.mark.parametrize("file", ["names_fr.jsonl", "names_en.jsonl", "addresses.jsonl"])
def test_the_readme_counts_the_cases(file: str) -> None:
    """The table of the README gives the number of entries of each case of each file."""
    rows = re.findall(r"^\| `(\S+)` \| (\S+) \| (\d+) \|$", (_FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    stated = {case: int(count) for name, case, count in rows if name == file}
    assert stated == Counter(entry["case"] for entry in _read(file))
