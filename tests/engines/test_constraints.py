"""Constraints that a user declares, and their file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custid import Constraints
from custid.engines.constraints import (
    DefiniteMatch,
    DefiniteNonMatch,
    Different,
    Exclusive,
    RelatedRecords,
    Same,
    YearsApart,
)
from custid.errors import ConfigurationError

CONSTRAINTS = Constraints(
    duplicate_free=("crm",),
    exclusive=(Exclusive(attribute="loyalty_card", sources=("crm", "shop")), Exclusive(attribute="national_id")),
    related=(RelatedRecords(left=("crm", "1"), right=("crm", "2"), kind="twin"),),
    rules=(
        DefiniteMatch(name="card", when=(Same("loyalty_card"), Same("birth_date"))),
        DefiniteNonMatch(name="generations", when=(YearsApart("birth_date", more_than=12), Different("given_name"))),
    ),
)


def test_file_round_trip(tmp_path: Path) -> None:
    """A file gives back what was written."""
    CONSTRAINTS.save(tmp_path / "constraints.json")
    assert Constraints.load(tmp_path / "constraints.json") == CONSTRAINTS


def test_lists_may_be_left_out() -> None:
    """A file of the format alone declares nothing."""
    assert Constraints.from_json('{"format": "custid.constraints", "version": 1}') == Constraints()


def test_what_is_spoken_of() -> None:
    """Attributes and sources are those of all parts, sorted."""
    assert CONSTRAINTS.attributes == ("birth_date", "given_name", "loyalty_card", "national_id")
    assert CONSTRAINTS.sources == ("crm", "shop")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Same("shoe_size"), "attribute 'shoe_size': expected one of"),
        (lambda: Same("wealth"), "attribute 'wealth' must not be compared"),
        (lambda: Same(""), "Same: attribute: expected a text that is not empty"),
        (lambda: YearsApart("birth_date", more_than=-1), "more_than: expected whole years from 0 to 150, got -1"),
        (lambda: YearsApart("birth_date", more_than=True), "more_than: expected whole years"),
        (lambda: DefiniteMatch(name="", when=(Same("email"),)), "DefiniteMatch: name: expected a text"),
        (lambda: DefiniteMatch(name="a", when=()), "when: expected Same, Different or YearsApart, one or more"),
        (lambda: DefiniteMatch(name="a", when=(Different("email"),)), "expected one condition of Same at least"),
        (lambda: DefiniteNonMatch(name="a", when=(Same("email"),)), "one condition of Different or YearsApart"),
        (lambda: Exclusive(attribute="email", sources="crm"), "Exclusive: sources: expected names of sources"),
        (lambda: Constraints(duplicate_free="crm"), "Constraints: duplicate_free: expected names of sources"),
        (lambda: RelatedRecords(left=("a", ""), right=("a", "2"), kind="twin"), "left: expected .source, record key."),
        (
            lambda: RelatedRecords(left=("a", "2"), right=("a", "2"), kind="twin"),
            "expected two records, got one of",
        ),
        (lambda: Constraints(rules=(Same("email"),)), "rules: expected DefiniteMatch or DefiniteNonMatch"),
        (lambda: Constraints(exclusive=("email",)), "exclusive: expected Exclusive"),
        (lambda: Constraints(exclusive=""), "exclusive: expected Exclusive"),
        (lambda: Constraints(rules=None), "rules: expected DefiniteMatch or DefiniteNonMatch"),
        (lambda: Exclusive(attribute="email", sources=None), "Exclusive: sources: expected names of sources"),
        (lambda: RelatedRecords(left=None, right=("a", "2"), kind="twin"), "left: expected .source, record key."),
        (
            lambda: Constraints(rules=(DefiniteMatch(name="a", when=(Same("email"),)),) * 2),
            "rules: expected names that differ",
        ),
    ],
)
def test_what_is_none_is_refused(make: Callable[[], Any], said: str) -> None:
    """A part that says nothing, or another thing than it can, is refused with its place."""
    with pytest.raises(ConfigurationError, match=said):
        make()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "custid.labels"}, "expected a JSON object of format 'custid.constraints'"),
        ({"version": 2}, "expected version 1, got 2"),
        ({"relations": []}, "got 'relations' as well"),
        ({"rules": {}}, "rules: expected a list, got dict"),
        ({"rules": [{"name": "a", "says": "perhaps", "when": []}]}, "says: expected 'match' or 'non_match'"),
        (
            {"rules": [{"name": "a", "says": "match", "when": [{}]}]},
            "when: expected one of same, different, years_apart",
        ),
        ({"rules": [{"name": "a", "says": "match", "when": [{"like": "email"}]}]}, "got 'like' as well"),
        ({"rules": [{"name": "a", "says": "match", "when": [{"same": "email", "more_than": 1}]}]}, "got 'more_than'"),
        (
            {"rules": [{"name": "a", "says": "non_match", "when": [{"years_apart": "birth_date"}]}]},
            "expected attribute",
        ),
        ({"related": [{"left": ["a", "1"], "right": ["a", "2"]}]}, "related: expected left, right, kind"),
        ({"exclusive": ["email"]}, "exclusive: expected an object, got str"),
    ],
)
def test_other_documents_are_refused(changes: dict[str, Any], said: str) -> None:
    """A document with more, less or other parts is refused with the place."""
    with pytest.raises(ConfigurationError, match=said):
        Constraints.from_json(json.dumps({"format": "custid.constraints", "version": 1} | changes))


@pytest.mark.parametrize("text", ["", "[]", "{", "\ufffd"])
def test_other_texts_are_refused(text: str) -> None:
    """What is no JSON object is no constraints."""
    with pytest.raises(ConfigurationError, match="expected a JSON object of format"):
        Constraints.from_json(text)
