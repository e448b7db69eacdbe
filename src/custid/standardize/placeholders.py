"""Values that stand for "nothing": ``N/A``, ``inconnu``, ``test@test.com``, ``0000000000``, ``1900-01-01``.

The rule is the same for every kind: a value is a placeholder when the *whole* of it is one, never because a word of it
is.  ``Jean Null`` is a person.  ``Null``, ``Test`` or ``Divers`` standing alone in a field is taken for a placeholder
although a few families bear these names: they lose the evidence of that one field, whereas the other mistake would make
everybody without a name agree with everybody else without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from custid.errors import ConfigurationError
from custid.standardize.locales import LOCALES
from custid.standardize.text import fold, visible
from custid.standardize.values import Standardized

__all__ = [
    "MISSING",
    "PLACEHOLDER",
    "PLACEHOLDER_KINDS",
    "is_placeholder",
    "is_placeholder_date",
    "is_placeholder_email",
    "is_placeholder_identifier",
    "is_placeholder_phone",
    "is_placeholder_postcode",
    "is_placeholder_word",
    "n_placeholders",
    "nothing_readable",
    "placeholder_words",
]

MISSING: Final = Standardized("")
"""What a standardizer returns for an empty value."""

PLACEHOLDER: Final = Standardized("", "placeholder")
"""What a standardizer returns for a value that stands for "nothing"."""

PLACEHOLDER_KINDS: Final = (
    "any",
    "name",
    "organization",
    "email",
    "phone",
    "date",
    "postcode",
    "identifier",
    "category",
    "place",
    "street",
)
"""The kinds of values that have placeholders of their own."""

_DATES: Final = frozenset(
    (
        "0001-01-01 0001-01-02 1000-01-01 1111-01-01 1111-11-11 1899-12-30 1899-12-31 1900-01-01 1901-01-01 1970-01-01 2099-12-31 "
        "2222-02-22 2999-12-31 3000-01-01 3333-03-03 4444-04-04 5555-05-05 6666-06-06 7777-07-07 8888-08-08 9998-12-31 9999-01-01 "
        "9999-09-09 9999-12-31 9999-99-99 0000-00-00"
    ).split()
)
# Significant digits: without leading zeros.
_PHONES: Final = frozenset(
    (
        "123456 1234567 12345678 123456789 1234567890 12345678910 987654 7654321 87654321 987654321 9876543210 102030405 "
        "601020304 601020305 5551234 5551212 5551234567 1231231234 1234567891 "
        "123123123 121212121 1212121212 112233445 1122334455"
    ).split()
)
_IDENTIFIERS: Final = frozenset(
    (
        "123456 1234567 12345678 123456789 1234567890 0123456789 01234567 012345678 012345 12345678901234 123456789012 654321 987654321 "
        "9876543210 078051120 219099999 abc123 abcdef 123abc"
    ).split()
)
_EMAIL_LOCAL_PARTS: Final = frozenset(
    (
        "noreply donotreply nereply nepasrepondre nomail noemail nomel pasdemail pasdemel pasdadresse pasemail pasmail sansmail "
        "sansemail sansadresse aucun aucune none inconnu inconnue unknown null nobody noone personne anonymous anonyme refus refuse xxx "
        "xxxx nospam fake faux test testtest testing tester example exemple na dummy nil notprovided nonrenseigne neant rien vide bidon"
    ).split()
)
_EMAIL_DOMAINS: Final = frozenset(
    (
        "example exemple test testtest nomail noemail sansmail sansemail pasdemail pasdemel none aucun inconnu unknown nowhere invalid "
        "domain domaine localhost xxx xxxx fake aaa null yourdomain mydomain"
    ).split()
)
_EMAIL_PAIRS: Final = frozenset("email mail courriel x xx a aa b abc client customer user nom name toto titi".split())

_ONE_SYMBOL: Final = re.compile(r"(.)\1*")
_ONE_LETTER: Final = re.compile(r"(?!iii$)([a-z])\1{2,}")
_TESTS: Final = re.compile(r"test\d+")
_ROUND_PHONE: Final = re.compile(r"\d0{6,}")


@cache
def placeholder_words(kind: str) -> frozenset[str]:
    """Return the folded whole values that mean "nothing" in a kind of value.

    Parameters
    ----------
    kind : str
        One of ``PLACEHOLDER_KINDS``.

    Returns
    -------
    frozenset of str
        Those of the kind and those of ``"any"``, over all locale packs.

    Raises
    ------
    ConfigurationError
        If there is no such kind.

    Examples
    --------
    >>> "inconnu" in placeholder_words("name")
    True
    """
    if kind not in PLACEHOLDER_KINDS:
        raise ConfigurationError(
            f"placeholder kind {kind!r}: expected one of {', '.join(map(repr, PLACEHOLDER_KINDS))}.",
            hint="Use 'any' for a value of no particular kind.",
        )
    empty: frozenset[str] = frozenset()
    return empty.union(*(pack.placeholders.get(which, empty) for pack in LOCALES for which in ("any", kind)))


def n_placeholders() -> int:
    """Return how many placeholder values are listed, over all kinds and languages.

    Returns
    -------
    int
        Number of distinct (kind, value) entries; patterns such as "all one digit" are not counted.

    Examples
    --------
    >>> n_placeholders() >= 100
    True
    """
    words = sum(len(placeholder_words(kind) - placeholder_words("any")) for kind in PLACEHOLDER_KINDS)
    tables = (_DATES, _PHONES, _IDENTIFIERS, _EMAIL_LOCAL_PARTS, _EMAIL_DOMAINS, _EMAIL_PAIRS)
    return words + len(placeholder_words("any")) + sum(map(len, tables))


def nothing_readable(raw: str) -> Standardized:
    """Return what a standardizer answers for a value without any letter or digit.

    Parameters
    ----------
    raw : str
        A value that folds to nothing.

    Returns
    -------
    Standardized
        ``MISSING`` for a blank, ``PLACEHOLDER`` for punctuation such as ``-`` or ``?``.

    Examples
    --------
    >>> nothing_readable(" "), nothing_readable("--").issue
    (Standardized(value='', issue=''), 'placeholder')
    """
    return PLACEHOLDER if visible(raw) else MISSING


def is_placeholder(kind: str, value: str) -> bool:
    """Tell whether the whole of a value stands for "nothing".

    Parameters
    ----------
    kind : str
        One of ``PLACEHOLDER_KINDS``.
    value : str
        Raw or canonical value.

    Returns
    -------
    bool
        True for a placeholder; False for an empty or blank value, which is missing and no placeholder.

    Raises
    ------
    ConfigurationError
        If there is no such kind.

    Examples
    --------
    >>> is_placeholder("email", "test@test.com"), is_placeholder("name", "Jean Null")
    (True, False)
    """
    words = placeholder_words(kind)
    seen = visible(value)
    if not seen:
        return False
    folded = fold(seen)
    if not folded or folded in words:
        return True
    return kind in _RULES and _RULES[kind](seen)


def is_placeholder_phone(digits: str) -> bool:
    """Tell whether the digits of a phone number are those of no telephone.

    Parameters
    ----------
    digits : str
        Digits only.

    Returns
    -------
    bool
        True for zeros only, one digit throughout, one digit followed by zeros, and well-known sequences.

    Examples
    --------
    >>> is_placeholder_phone("0600000000")
    True
    """
    significant = digits.lstrip("0")
    if len(significant) < 6:
        return bool(digits) and not significant
    return (
        significant in _PHONES
        or _ONE_SYMBOL.fullmatch(significant) is not None
        or _ROUND_PHONE.fullmatch(significant) is not None
    )


def is_placeholder_email(address: str) -> bool:
    """Tell whether an e-mail address is nobody's.

    Parameters
    ----------
    address : str
        Address in lower case.

    Returns
    -------
    bool
        True for local parts such as ``noreply``, domains such as ``example.com`` and addresses such as ``a@a.com``.

    Examples
    --------
    >>> is_placeholder_email("pas.de.mail@gmail.com")
    True
    """
    local, at, domain = address.partition("@")
    if not at:
        return False
    # Letters of other scripts count: ``aucuné`` is not ``aucun``.
    compact = re.sub(r"[\W_]", "", local)
    *_, label, _suffix = ["", "", *domain.split(".")]
    return (
        compact in _EMAIL_LOCAL_PARTS
        or label in _EMAIL_DOMAINS
        or _TESTS.fullmatch(compact) is not None
        or (compact == label and (compact in _EMAIL_PAIRS or _ONE_SYMBOL.fullmatch(compact) is not None))
    )


def is_placeholder_date(iso: str) -> bool:
    """Tell whether a full ISO date is one that forms fill in for an unknown date.

    Parameters
    ----------
    iso : str
        ``YYYY-MM-DD``; need not be a date of the calendar.

    Returns
    -------
    bool
        True for ``1900-01-01``, ``9999-12-31`` and their like.

    Examples
    --------
    >>> is_placeholder_date("1111-11-11")
    True
    """
    return iso in _DATES


def is_placeholder_postcode(postcode: str) -> bool:
    """Tell whether a postcode consists of zeros, or of nines, only.

    Parameters
    ----------
    postcode : str
        Letters and digits.

    Returns
    -------
    bool
        True for ``00000`` and ``99999``; ``12345`` is a place in the United States.

    Examples
    --------
    >>> is_placeholder_postcode("00000"), is_placeholder_postcode("12345")
    (True, False)
    """
    return not postcode.strip("0") or (len(postcode) > 3 and not postcode.strip("9"))


def is_placeholder_identifier(identifier: str) -> bool:
    """Tell whether an identifier is one symbol throughout, or a sequence typed to get past a form.

    Parameters
    ----------
    identifier : str
        Letters and digits in lower case.

    Returns
    -------
    bool
        True for ``0000000`` and ``123456789``.

    Examples
    --------
    >>> is_placeholder_identifier("123456789")
    True
    """
    return identifier in _IDENTIFIERS or _ONE_SYMBOL.fullmatch(identifier) is not None


def is_placeholder_word(folded: str) -> bool:
    """Tell whether a folded name, place or street is one letter repeated three times or more.

    Parameters
    ----------
    folded : str
        What ``fold`` returns.

    Returns
    -------
    bool
        True for ``xxx`` and ``aaaa``; not for the ``iii`` of a third of the name.

    Examples
    --------
    >>> is_placeholder_word("zzzz")
    True
    """
    return _ONE_LETTER.fullmatch(folded) is not None


def _is_placeholder_written_date(text: str) -> bool:
    """Tell whether a date, in whatever order its numbers are written, is a placeholder."""
    numbers = re.findall(r"\d+", text)[:3]
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if len(numbers) != 3:
        return False
    first, second, third = numbers
    return any(
        is_placeholder_date(f"{year}-{month:0>2}-{day:0>2}")
        for year, month, day in ((first, second, third), (third, second, first), (third, first, second))
    )


_RULES: Final[Mapping[str, Callable[[str], bool]]] = {
    "name": lambda seen: is_placeholder_word(fold(seen)),
    "place": lambda seen: is_placeholder_word(fold(seen)),
    "street": lambda seen: is_placeholder_word(fold(seen)),
    "phone": lambda seen: is_placeholder_phone("".join(filter(str.isdigit, seen))),
    "email": lambda seen: is_placeholder_email(seen.lower()),
    "date": _is_placeholder_written_date,
    "postcode": lambda seen: is_placeholder_postcode(fold(seen).replace(" ", "")),
    "identifier": lambda seen: is_placeholder_identifier(fold(seen).replace(" ", "")),
}
