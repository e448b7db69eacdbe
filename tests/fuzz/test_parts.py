"""Documents in which one part is of another kind, or missing, are read or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS, run

_DOCUMENTS = frozenset(
    "access_policy array_file audit_file constraints dedupe_training feed generic_policy health_log health_report "
    "intake_policy key_ring labels_json_lines match_model match_options pseudonyms receipt schema sealed_backup "
    "serde_fhir serde_jcard serde_json serde_json_lines serde_schema_org serde_tmf632 splink_settings "
    "suppression".split()
)
_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1 << 70,
    0.5,
    1e308,
    "",
    "x",
    "\ud800",
    "2030-02-30",
    [],
    [[]],
    {},
    {"x": [None]},
)
_MOST = 400
_GONE = object()


def _varied(value: Any, odd: Any) -> Iterator[Any]:
    """Yield a document with each of its parts in turn replaced, or left out."""
    if odd is not _GONE:
        yield odd
    if isinstance(value, dict):
        for name, each in value.items():
            others = {key: part for key, part in value.items() if key != name}
            if odd is _GONE:
                yield others
            yield from ({**others, name: varied} for varied in _varied(each, odd))
    elif isinstance(value, list):
        for place, each in enumerate(value[:3]):
            if odd is _GONE:
                yield [*value[:place], *value[place + 1 :]]
            yield from ([*value[:place], varied, *value[place + 1 :]] for varied in _varied(each, odd))


def _lines(seed: bytes) -> Iterator[tuple[bytes, list[Any], bytes]]:
    """Yield what stands before a document, the document and what stands behind it."""
    lines = seed.split(b"\n")
    for place, line in enumerate(lines):
        start = 1 if line[:1] == b"\0" else 0
        if line.strip(b"\0 \r"):
            before, after = lines[:place], lines[place + 1 :]
            try:
                yield b"\n".join([*before, line[:start]]), [json.loads(line[start:])], b"\n".join([b"", *after])
            except ValueError:
                return


def _inputs(name: str) -> Iterator[bytes]:
    for seed in seeds_of(name):
        documents = list(_lines(seed))
        if not documents:
            start = 1 if seed[:1] == b"\0" else 0
            documents = [(seed[:start], [json.loads(seed[start:])], b"")]
        for before, (document,), after in documents:
            for odd in (*_ODD, _GONE):
                for varied in _varied(document, odd):
                    yield before + json.dumps(varied).encode() + after


def _some(name: str, at_most: int) -> list[bytes]:
    found = list(_inputs(name))
    return found[:: max(1, len(found) // at_most)]


@pytest.mark.parametrize("name", sorted(_DOCUMENTS & TARGETS.keys()))
def test_some_parts_of_another_kind(name: str) -> None:
    """Some of the documents with one part of another kind, or without it, raise no error but those of custid."""
    for data in _some(name, _MOST // 4):
        run(name, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_DOCUMENTS & TARGETS.keys()))
def test_parts_of_another_kind(name: str) -> None:
    """No document with one part of another kind, or without it, raises an error that is not of custid."""
    for data in _some(name, _MOST * 5):
        run(name, data)
