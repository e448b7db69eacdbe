"""What one language contributes to standardization."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

__all__ = ["LocalePack"]


def _read_only(mapping: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(dict(mapping))


@frozen(kw_only=True)
class LocalePack:
    """The words of one language that standardizers know.

    Every key and word is folded: lower case, ASCII letters and digits, single spaces.  To teach custid a language is
    to write one such value and to add it to ``custid.standardize.locales.LOCALES``.

    Attributes
    ----------
    code : str
        Language code; empty for words of no language.
    placeholders : mapping of str to frozenset of str
        Whole values that mean "nothing", by kind of value; those of ``"any"`` hold for every kind.
    civilities : frozenset of str
        Forms of address dropped from the front of a person's name.
    legal_forms : frozenset of str
        Legal forms dropped from the end of an organization's name, several words separated by spaces.
    leading_legal_forms : frozenset of str
        Those dropped from the front as well.
    street_front : mapping of str to str
        Abbreviations expanded where a street name begins (after the house number).
    street_end : mapping of str to str
        Abbreviations expanded where a street name ends.
    street_inside : mapping of str to str
        Abbreviations expanded anywhere but where the street name begins.
    months : mapping of str to int
        Month names and their abbreviations, 1 to 12.
    weekdays : frozenset of str
        Names and abbreviations of the days of the week.
    date_words : frozenset of str
        Further words that may stand in a written date and say nothing.
    sexes : mapping of str to str
        Words and civilities that state a sex, each to ``"male"`` or ``"female"``.
    nicknames : mapping of str to tuple of str
        Formal given names, each with its familiar forms.
    """

    code: str
    placeholders: Mapping[str, frozenset[str]] = field(factory=dict, converter=_read_only)
    civilities: frozenset[str] = frozenset()
    legal_forms: frozenset[str] = frozenset()
    leading_legal_forms: frozenset[str] = frozenset()
    street_front: Mapping[str, str] = field(factory=dict, converter=_read_only)
    street_end: Mapping[str, str] = field(factory=dict, converter=_read_only)
    street_inside: Mapping[str, str] = field(factory=dict, converter=_read_only)
    months: Mapping[str, int] = field(factory=dict, converter=_read_only)
    weekdays: frozenset[str] = frozenset()
    date_words: frozenset[str] = frozenset()
    sexes: Mapping[str, str] = field(factory=dict, converter=_read_only)
    nicknames: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_read_only)
