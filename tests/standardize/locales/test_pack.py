"""Locale packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from custid.errors import ConfigurationError
from custid.standardize.locales import AMERICAN, BRITISH, ENGLISH, FRENCH, LOCALES, NEUTRAL, LocalePack, locale_pack
from custid.standardize.placeholders import PLACEHOLDER_KINDS
from custid.standardize.text import fold


def _words(pack: LocalePack) -> Iterator[Iterable[str]]:
    yield from pack.placeholders.values()
    yield from (pack.civilities, pack.legal_forms, pack.leading_legal_forms, pack.weekdays, pack.date_words)
    yield from (pack.street_front, pack.street_end, pack.street_inside, pack.months, pack.sexes, pack.nicknames)
    yield from pack.nicknames.values()
    yield from (pack.titles, pack.particles, pack.leading_particles, pack.elided_particles, pack.family_prefixes)
    yield from (pack.suffixes, pack.birth_words, pack.former_words, pack.marriage_words, pack.alias_words)
    yield from (pack.remark_words, pack.joiners, pack.given_names, pack.composite_given_names, pack.family_names)
    yield from (pack.names_of_both_kinds, pack.legal_form_names, pack.small_words, pack.trading_words)
    yield from (pack.former_name_words, pack.company_words, pack.kin_words, pack.cities)
    yield from (pack.street_kinds, *pack.regions.values(), *pack.address_words.values())


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


@pytest.mark.parametrize(
    ("code", "pack"),
    [
        ("", NEUTRAL),
        ("fr", FRENCH),
        ("fr-CA", FRENCH),
        ("en", ENGLISH),
        ("en-GB", BRITISH),
        ("en-US", AMERICAN),
        ("en-AU", ENGLISH),
    ],
)
def test_locale_pack(code: str, pack: LocalePack) -> None:
    """A region without a pack of its own has that of its language."""
    assert locale_pack(code) is pack


@pytest.mark.parametrize("code", ["de", "-FR", "FR", "english"])
def test_no_such_pack(code: str) -> None:
    """A language without a pack is refused; the message lists those that exist."""
    with pytest.raises(ConfigurationError, match=r"expected one of '', 'en', 'fr', 'en-GB', 'en-US'"):
        locale_pack(code)


def test_variants() -> None:
    """The variants of English have its words, and differ in country and order of dates."""
    assert (BRITISH.country, BRITISH.day_first) == ("GB", True)
    assert (AMERICAN.country, AMERICAN.day_first) == ("US", False)
    assert (FRENCH.country, FRENCH.day_first) == ("FR", True)
    assert BRITISH.given_names == AMERICAN.given_names == ENGLISH.given_names


@pytest.mark.parametrize("pack", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_given_names(pack: LocalePack) -> None:
    """A language has several hundred given names, none of which is listed as a mere family name."""
    assert len(pack.given_names) >= 300
    assert all(" " not in name for name in pack.given_names | pack.names_of_both_kinds | pack.family_names)
    assert not pack.leading_particles - pack.particles
    assert not pack.elided_particles - pack.particles
