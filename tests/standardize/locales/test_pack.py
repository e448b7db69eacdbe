"""Locale packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from custid.standardize.locales import LOCALES, LocalePack
from custid.standardize.placeholders import PLACEHOLDER_KINDS
from custid.standardize.text import fold


def _words(pack: LocalePack) -> Iterator[Iterable[str]]:
    yield from pack.placeholders.values()
    yield from (pack.civilities, pack.legal_forms, pack.leading_legal_forms, pack.weekdays, pack.date_words)
    yield from (pack.street_front, pack.street_end, pack.street_inside, pack.months, pack.sexes, pack.nicknames)
    yield from pack.nicknames.values()


@pytest.mark.parametrize("pack", LOCALES, ids=lambda pack: pack.code or "neutral")
def test_words_are_folded(pack: LocalePack) -> None:
    """Every word of a pack is spelled as values are folded, else it would never be met."""
    assert [word for words in _words(pack) for word in words if fold(word) != word] == []


@pytest.mark.parametrize("pack", LOCALES, ids=lambda pack: pack.code or "neutral")
def test_tables_are_sound(pack: LocalePack) -> None:
    """Kinds, months and sexes of a pack are those that exist."""
    assert set(pack.placeholders) <= set(PLACEHOLDER_KINDS)
    assert set(pack.sexes.values()) <= {"male", "female"}
    assert set(pack.months.values()) in ({*range(1, 13)}, set())


def test_packs_are_read_only() -> None:
    """The tables of a pack cannot be changed by whoever reads them."""
    with pytest.raises(TypeError, match="does not support item assignment"):
        LOCALES[0].months["brumaire"] = 2  # type: ignore[index]
