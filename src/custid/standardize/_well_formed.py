"""Whole columns of well-formed values, without a call per value.

Invariant: where a function of this module answers, the standardizer of the same name returns that very value, and no
issue.  It answers only where a pattern on the raw text leaves the standardizer a single way to go; words, codes and
placeholders are the standardizer's own tables, so that a word added there counts here.  What it leaves open, odd texts
and everything with an issue, the standardizer does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from string import ascii_lowercase, digits
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from custid._nulls import without
from custid.standardize._plain_text import fold_plain, only_digits
from custid.standardize.address import (
    _DIRECTIONS,
    _DOCTORS,
    _END,
    _FRONT,
    _INSIDE,
    _NUMBER_WORDS,
    _REPETITIONS,
    _SAINTS,
    _TOWNS_OF_DISTRICTS,
    standardize_street,
)
from custid.standardize.name import _CIVILITIES
from custid.standardize.phone import _CALLING_CODES
from custid.standardize.placeholders import (
    _DATES,
    _EMAIL_DOMAINS,
    _EMAIL_LOCAL_PARTS,
    _EMAIL_PAIRS,
    _IDENTIFIERS,
    _PHONES,
    placeholder_words,
)

__all__ = ["WELL_FORMED", "is_iso_date", "standardize_well_formed"]

# Shorter than what any standardizer takes for too long, and than what canonical values are cut to.
_MAX_BYTES: Final = 200
_ONE_LETTER: Final = f"^(?:{'|'.join(f'{letter}{{3,}}' for letter in ascii_lowercase)})$"
_ONE_SYMBOL: Final = f"^(?:{'|'.join(f'{symbol}+' for symbol in ascii_lowercase + digits)})$"

_NATIONAL_PHONE: Final = r"^\(?0?[1-9](?:[ .()-]{0,2}[0-9]){5,9}$"
_INTERNATIONAL_PHONE: Final = r"^(?:\+|00)(?:{codes})[ .-]?(?:\(0\)|0)?[ .-]?[1-9](?:[ .()-]{{0,2}}[0-9]){{5,9}}$"
_DECIMAL: Final = "^[0-9]+[.]0$"
_NO_PHONE: Final = f"^(?:{'|'.join(f'{digit}+' for digit in digits)}|[0-9]0{{6,}})$"

_EMAIL: Final = r"^[a-z0-9_+-](?:[a-z0-9._+-]*[a-z0-9_+-])?@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}$"

_YEAR: Final = "(?:1[0-9]{3}|20[0-9]{2})"
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAY: Final = "(?:0[1-9]|1[0-9]|2[0-8])"
_LATE_MONTH: Final = "(?:0[13-9]|1[0-2])"
_LATE_DAY: Final = "(?:29|30)"
_LONG_MONTH: Final = "(?:0[13578]|1[02])"
# No 29 February: whether there is one is for the calendar to say.
_MONTH_DAYS: Final = ((_MONTH, _DAY), (_LATE_MONTH, _LATE_DAY), (_LONG_MONTH, "31"))
_ISO_DATE: Final = f"^{_YEAR}-(?:{'|'.join(f'{month}-{day}' for month, day in _MONTH_DAYS)})$"

_POSTCODE: Final = r"^(?:[0-9]{5}|[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2})$"
_NUMBERED_STREET: Final = "^(?P<number>[1-9][0-9]{0,4}) "
# A comma, or a first word with capitals before something else than capitals.
_ORDER_TOLD: Final = r"(?s),|^\s*\S*\p{Lu}\S*\p{Lu}.*[^\p{Lu}\s\d'.-]"
_IDENTIFIER: Final = "^[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*$"

_Rule = Callable[[pa.StringArray], tuple[pa.StringArray, pa.BooleanArray]]


def standardize_well_formed(name: str, raw: pa.StringArray, *, day_first: bool | None = None) -> pa.StringArray:
    """Standardize those of many values that are plainly well-formed.

    Parameters
    ----------
    name : str
        Name of a standardizer, one of ``WELL_FORMED``.
    raw : pyarrow.StringArray, shape (n_values,)
        Raw values without null; distinct ones are enough.
    day_first : bool, optional
        For dates, as in ``standardize_date``.

    Returns
    -------
    pyarrow.StringArray, shape (n_values,)
        What the standardizer returns, without an issue; null where the standardizer has to be asked.

    Examples
    --------
    >>> standardize_well_formed("phone", pa.array(["06 39 98 00 01", "+33639980001", "0000"])).to_pylist()
    ['639980001', '639980001', None]
    """
    rule = partial(_dates, day_first=day_first) if name == "date" else WELL_FORMED[name]
    values, is_sure = rule(raw)
    is_short = pc.less_equal(pc.binary_length(raw), _MAX_BYTES)
    return without(values, pc.invert(pc.and_(is_sure, is_short)))


def is_iso_date(raw: pa.StringArray) -> pa.BooleanArray:
    """Tell which values are plainly ISO dates, from which nothing follows for the order of day and month.

    Parameters
    ----------
    raw : pyarrow.StringArray, shape (n_values,)
        Raw values without null.

    Returns
    -------
    pyarrow.BooleanArray, shape (n_values,)
        True for ``YYYY-MM-DD``; leap days may be left out.

    Examples
    --------
    >>> is_iso_date(pa.array(["1980-12-31", "31/12/1980"])).to_pylist()
    [True, False]
    """
    return pc.match_substring_regex(raw, _ISO_DATE)


def _matches(texts: pa.StringArray, pattern: str) -> pa.BooleanArray:
    return pc.match_substring_regex(texts, pattern)


def _is_none_of(texts: pa.StringArray, words: Iterable[str]) -> pa.BooleanArray:
    return pc.invert(pc.is_in(texts, pa.array(sorted(words), pa.string())))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words)))


def _all(*conditions: Any) -> pa.BooleanArray:
    first, *others = conditions
    for other in others:
        first = pc.and_(first, other)
    return first


def _folded_unless(
    raw: pa.StringArray, *, kind: str, exception: str | None = None
) -> tuple[pa.StringArray, pa.BooleanArray]:
    """Fold plain texts; not sure of placeholders of a kind and of what matches an exception."""
    folded = fold_plain(raw)
    is_sure = _all(pc.greater(pc.binary_length(folded), 0), _is_none_of(folded, placeholder_words(kind)))
    if exception is not None:
        is_sure = _all(is_sure, pc.invert(_matches(folded, exception)))
    return folded, is_sure


@cache
def _name_exception() -> str:
    return f"^(?:{_any_of(_CIVILITIES)}) |{_ONE_LETTER}"


@cache
def _place_exception() -> str:
    saints = _any_of(_SAINTS - {"saint"})
    return f"(?:^| )(?:{saints}) |^(?:{_any_of(_TOWNS_OF_DISTRICTS)}) | cedex|{_ONE_LETTER}"


def _person_names(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    return _folded_unless(raw, kind="name", exception=_name_exception())


def _full_names(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    """Fold names that neither a comma nor capitals in front may put in another order."""
    folded, is_sure = _person_names(raw)
    return folded, _all(is_sure, pc.invert(_matches(raw, _ORDER_TOLD)))


def _categories(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    return _folded_unless(raw, kind="category")


def _places(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    folded, is_sure = _folded_unless(raw, kind="place", exception=_place_exception())
    return folded, _all(is_sure, pc.invert(pc.match_substring(raw, "/")))


@cache
def _street_exception() -> str:
    tables = (_FRONT, _END, _INSIDE, _DIRECTIONS)
    changed = {word for table in tables for word, full in table.items() if word != full}
    words = _any_of(changed | (_SAINTS - {"saint"}) | _DOCTORS | _REPETITIONS | _NUMBER_WORDS)
    return f"(?:^| )(?:{words})(?: |$)|{_ONE_LETTER}"


def _streets(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    """Fold streets without a word that is ever spelled out; read the others behind a number once for all numbers.

    Which number it is makes no difference to what becomes of the words behind it, and neither does their spelling
    before they are folded.
    """
    folded, is_sure = _folded_unless(raw, kind="street", exception=_street_exception())
    number = pc.struct_field(pc.extract_regex(folded, _NUMBERED_STREET), "number")
    is_numbered = pc.and_(pc.is_valid(number), pc.invert(is_sure)).fill_null(False)
    behind = pc.ascii_ltrim(folded.filter(is_numbered), digits).dictionary_encode()
    values = pa.array([_behind_number(text) for text in behind.dictionary.to_pylist()], pa.string())
    joined = pc.binary_join_element_wise(number.filter(is_numbered), values.take(behind.indices), "")
    found = pc.replace_with_mask(folded, is_numbered, joined)
    return found, pc.and_(pc.or_(is_sure, is_numbered), pc.is_valid(found))


def _behind_number(text: str) -> str | None:
    value, issue = standardize_street(f"7{text[:_MAX_BYTES]}")
    is_kept = not issue and value.startswith("7") and not value[1:2].isdigit() and len(value) <= _MAX_BYTES
    return value[1:] if is_kept else None


def _phones(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    codes = _any_of(_CALLING_CODES)
    is_international = _matches(raw, _INTERNATIONAL_PHONE.format(codes=codes))
    written = pc.ascii_ltrim(only_digits(raw), "0")
    national = pc.replace_substring_regex(written.filter(is_international), f"^(?:{codes})0*", "", max_replacements=1)
    significant = pc.replace_with_mask(written, is_international, national)
    return significant, _all(
        pc.or_(is_international, _matches(raw, _NATIONAL_PHONE)),
        pc.invert(_matches(raw, _DECIMAL)),
        _is_none_of(significant, _PHONES),
        _is_none_of(written, _PHONES),
        pc.invert(_matches(significant, _NO_PHONE)),
    )


@cache
def _email_of_nobody() -> str:
    """Return a pattern of all addresses that are placeholders, and of a few more."""
    gap = "[^a-z0-9@]*"
    symbols = ascii_lowercase + digits
    local_parts = [*map(gap.join, sorted(_EMAIL_LOCAL_PARTS)), f"{gap.join('test')}{gap}[0-9](?:{gap}[0-9])*"]
    pairs = [f"{gap.join(word)}{gap}@(?:.*[.])?{word}[.][^.]*" for word in sorted(_EMAIL_PAIRS)]
    repeated = [f"{symbol}(?:{gap}{symbol})*{gap}@(?:.*[.])?{symbol}+[.][^.]*" for symbol in symbols]
    return (
        f"^{gap}(?:(?:{'|'.join(local_parts)}){gap}@|(?:{'|'.join(pairs + repeated)})$)"
        f"|[@.](?:{_any_of(_EMAIL_DOMAINS)})[.][^.]*$"
    )


def _emails(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    address = pc.ascii_lower(raw)
    return address, _all(_matches(address, _EMAIL), pc.invert(_matches(address, _email_of_nobody())))


def _dates(raw: pa.StringArray, *, day_first: bool | None = None) -> tuple[pa.StringArray, pa.BooleanArray]:
    values, is_sure = raw, is_iso_date(raw)
    if day_first is not None:
        orders = [(day, month) if day_first else (month, day) for month, day in _MONTH_DAYS]
        written = [f"{first}{sep}{second}{sep}{_YEAR}" for sep in ("/", "[.]", "-") for first, second in orders]
        is_year_last = _matches(raw, f"^(?:{'|'.join(written)})$")
        first, second, year = (pc.utf8_slice_codeunits(raw, *span) for span in ((0, 2), (3, 5), (6, 10)))
        month, day = (second, first) if day_first else (first, second)
        values = pc.if_else(is_year_last, pc.binary_join_element_wise(year, month, day, "-"), raw)
        is_sure = pc.or_(is_sure, is_year_last)
    return values, _all(is_sure, _is_none_of(values, _DATES))


def _postcodes(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    values = pc.replace_substring(pc.ascii_lower(raw), " ", "")
    return values, _all(
        _matches(raw, _POSTCODE),
        _is_none_of(values, placeholder_words("postcode")),
        pc.invert(_matches(values, "^(?:0+|9+)$")),
    )


def _identifiers(raw: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray]:
    values = pc.replace_substring_regex(pc.ascii_lower(raw), "[ -]", "")
    nothing = _IDENTIFIERS | {word.replace(" ", "") for word in placeholder_words("identifier")}
    return values, _all(
        _matches(raw, _IDENTIFIER),
        pc.greater_equal(pc.binary_length(values), 3),
        _is_none_of(values, nothing),
        pc.invert(_matches(values, _ONE_SYMBOL)),
    )


WELL_FORMED: Final[Mapping[str, _Rule]] = MappingProxyType(
    {
        "category": _categories,
        "date": _dates,
        "email": _emails,
        "identifier": _identifiers,
        "full_name": _full_names,
        "person_name": _person_names,
        "phone": _phones,
        "place": _places,
        "postcode": _postcodes,
        "street": _streets,
    }
)
"""Rules by the name of the standardizer that they stand for; read-only."""
