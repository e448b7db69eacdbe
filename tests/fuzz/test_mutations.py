"""Other inputs are made of one input."""

from __future__ import annotations

import json

import pytest

from tests.fuzz.mutations import changed, holds_json
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import LONGEST, LONGEST_OF, TARGETS


def _cut(data: bytes, longest: int) -> bytes:
    """Return bytes with the first one gone, as a change of bytes may be."""
    return data[1:][:longest]


def test_parts_of_documents() -> None:
    """What is made of a document is most often another document, and never longer than it may be."""
    document = b'\0{"a": [1, {"b": "x"}], "c": null}'
    made = {changed(document, 100, number, _cut) for number in range(200)}
    documents = [json.loads(each[1:]) for each in made if each.startswith(b"\0{")]
    assert len(documents) > len(made) / 2
    assert max(map(len, made)) <= 100


def test_lines() -> None:
    """Of several lines one is changed, left out or repeated."""
    lines = b'{"a": 1}\n{"b": 2}\n'
    counts = {changed(lines, 100, number, _cut).count(b"\n") for number in range(200)}
    assert counts >= {1, 2, 3}


def test_bytes() -> None:
    """What holds no JSON is changed byte by byte."""
    assert changed(b"[a\nb]", 100, 1, _cut) == b"a\nb]"
    assert not holds_json(b"[a\nb]")


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_whole(name: str) -> None:
    """What the search begins from is no longer than an input may be: the search would cut it off."""
    assert max(map(len, seeds_of(name))) <= LONGEST_OF.get(name, LONGEST)
