"""Nicknames."""

from __future__ import annotations

import importlib.metadata
import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import MissingDependencyError
from custid.standardize import nicknames
from custid.standardize.locales import FRENCH
from custid.standardize.nicknames import are_variants, nickname_groups


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("robert", "bob"),
        ("bob", "rob"),
        ("william", "bill"),
        ("elizabeth", "betty"),
        ("margaret", "peggy"),
        ("frederic", "fred"),
        ("alexandre", "alex"),
        ("philippe", "phil"),
        ("sebastien", "seb"),
        ("catherine", "cathy"),
        ("jacqueline", "jackie"),
    ],
)
def test_variants(left: str, right: str) -> None:
    """Formal and familiar forms are variants of one another, either way round."""
    assert are_variants(left, right)
    assert are_variants(right, left)


@pytest.mark.parametrize(
    ("left", "right"), [("robert", "william"), ("", ""), ("zzz", "zzz"), ("francois", "francoise")]
)
def test_no_variants(left: str, right: str) -> None:
    """Names that share no group are no variants."""
    assert not are_variants(left, right)


def test_french_table() -> None:
    """French has 300 pairs or more, no pair twice, each of which is found."""
    pairs = [(formal, familiar) for formal, familiars in FRENCH.nicknames.items() for familiar in familiars]
    assert len(set(pairs)) == len(pairs) >= 300
    assert all(are_variants(formal, familiar) for formal, familiar in pairs)


def test_english_table() -> None:
    """English has 500 pairs or more, each of which is found but for those that are listed the other way round."""
    pairs = set(nicknames._english_pairs())
    assert len(pairs) >= 500
    assert sum(are_variants(formal, familiar) for formal, familiar in pairs) >= 0.99 * len(pairs)


def test_license_of_english_table() -> None:
    """The package of English nicknames is under the license that the documentation states."""
    assert "Apache" in str(importlib.metadata.metadata("nicknames").json)
    assert "Apache-2.0" in (nicknames.__doc__ or "")


def test_groups() -> None:
    """The mapping is read-only, made once, and keyed by single folded words."""
    groups = nickname_groups()
    assert groups is nickname_groups()
    assert all(name.isascii() and name.isalnum() and name.islower() for name in groups)
    with pytest.raises(TypeError, match="does not support item assignment"):
        groups["bob"] = frozenset()  # type: ignore[index]


@settings(deadline=None)
@given(st.data())
def test_symmetry(data: st.DataObject) -> None:
    """Being variants is symmetric, and reflexive for every listed name."""
    names = st.sampled_from(sorted(nickname_groups()))
    left, right = data.draw(names), data.draw(names)
    assert are_variants(left, right) == are_variants(right, left)
    assert are_variants(left, left)


def test_table_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package of English nicknames the error names it."""
    monkeypatch.setattr(nicknames, "find_spec", lambda _name: importlib.util.find_spec("custid_absent_package"))
    with pytest.raises(MissingDependencyError, match="package 'nicknames': expected it to be installed"):
        nicknames._english_pairs()
