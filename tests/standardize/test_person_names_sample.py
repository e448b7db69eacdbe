"""The labelled sample of person names; its guide stands in tests/data/parsing/README.md."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from custid.model import PersonName
from custid.standardize.person_names import parse_person_name

_SAMPLE = Path(__file__).parents[1] / "data" / "parsing"
_FIELDS = ("family", "particle", "prefix", "suffix", "full")
_LEAST_RIGHT = 0.98


def _fields(name: PersonName) -> dict[str, Any]:
    fields: dict[str, Any] = {each: getattr(name, each) for each in _FIELDS if getattr(name, each)}
    if name.given:
        fields["given"] = list(name.given)
    if name.use != "usage":
        fields["use"] = str(name.use)
    return fields


def _equal(value: Any) -> Any:
    if isinstance(value, list):
        return [_equal(each) for each in value]
    return unicodedata.normalize("NFC", value).casefold() if isinstance(value, str) else value


def _misses(expected: list[dict[str, Any]], parsed: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Return how many fields were compared, and those that are wrong."""
    n_fields, wrong = 0, []
    for place in range(max(len(expected), len(parsed))):
        label = expected[place] if place < len(expected) else {}
        read = parsed[place] if place < len(parsed) else {}
        for field in sorted({*label, *read}):
            n_fields += 1
            if not (label and read) or _equal(label.get(field)) != _equal(read.get(field)):
                wrong.append(f"[{place}].{field}: expected {label.get(field)!r}, got {read.get(field)!r}")
    return n_fields, wrong


@pytest.mark.parametrize(
    "file", ["names_fr.jsonl", "names_en.jsonl", "held_out/names_fr.jsonl", "held_out/names_en.jsonl"]
)
def test_fields_right(file: str) -> None:
    """At least 0.98 of the fields of the labelled names are right, in each language."""
    n_fields, misses = 0, []
    for line in (_SAMPLE / file).read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        parsed = [_fields(name) for name in parse_person_name(entry["raw"], locale=entry["locale"]).values]
        compared, wrong = _misses(entry["expected"], parsed)
        n_fields += compared
        misses += [f"{entry['case']}: {entry['raw']!r} {each}" for each in wrong]
    share = 1 - len(misses) / n_fields
    assert share >= _LEAST_RIGHT, f"{share:.4f} of {n_fields} fields right; wrong:\n" + "\n".join(misses)
