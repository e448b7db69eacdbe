"""E-mail addresses."""

from __future__ import annotations

import re
from typing import Final

from custid.standardize.placeholders import (
    PLACEHOLDER,
    is_placeholder_email,
    nothing_readable,
    placeholder_words,
)
from custid.standardize.text import fold, visible
from custid.standardize.values import Standardized

__all__ = ["base_local_part", "local_part", "standardize_email"]

_MAX_LENGTH: Final = 254
_SCHEME: Final = re.compile(r"(?:mailto:\s*)+")
_BRACKETED: Final = re.compile(r"<([^<>@]*@[^<>@]*)>")
_SEPARATOR: Final = re.compile(r"[\s;,/|]+")
_ADDRESS: Final = re.compile(r"[a-z0-9!#$%&'*+=?^_`{}~.-]+@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}")
_BROKEN_ADDRESS: Final = re.compile(r"[!-~]{2,}@[!-~]{4,}")
_WRAPPING: Final = " .:'\"<>()[]"
_PLACEHOLDERS: Final = placeholder_words("email")


def standardize_email(raw: str) -> Standardized:
    """Return the canonical form of an e-mail address.

    Trimmed and in lower case, without ``mailto:``, display name and brackets.  Tags (``jean+shop@…``) and dots are
    kept, as not every provider ignores them.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        The address; empty for a missing value, with issue ``"placeholder"`` for an address of nobody.  Issue
        ``"invalid_email"`` goes with the text, blanks left out, where it is an address but for a typing error, and with
        an empty value where it is none.  Of several addresses the first, with issue ``"several_values"``.

    Notes
    -----
    The syntax accepted is that of addresses in use (one ``@``, a dot in the domain), not all of RFC 5322; accents,
    which no provider of note allows, are read as typing errors and dropped.

    Examples
    --------
    >>> standardize_email("Jean Petit <Jean.Petit@Mail.FR>").value
    'jean.petit@mail.fr'
    >>> standardize_email("test@test.com").issue
    'placeholder'
    """
    text = visible(raw).lower()
    if _ADDRESS.fullmatch(text) is None or text.strip(_WRAPPING) != text:
        if fold(text) in _PLACEHOLDERS or not fold(text):
            return PLACEHOLDER if text else nothing_readable(raw)
        return _read(text)
    return _checked(text, "")


def local_part(value: str) -> str:
    """Return what stands before the ``@``.

    Parameters
    ----------
    value : str
        Canonical address.

    Returns
    -------
    str
        Local part, tag included; empty for an empty value.

    Examples
    --------
    >>> local_part("jean+shop@mail.fr")
    'jean+shop'
    """
    return value.rpartition("@")[0]


def base_local_part(value: str) -> str:
    """Return what stands before the ``@``, without a tag.

    Parameters
    ----------
    value : str
        Canonical address.

    Returns
    -------
    str
        Local part up to a ``+``; the whole of it where that would be empty.

    Examples
    --------
    >>> base_local_part("jean+shop@mail.fr")
    'jean'
    """
    local = local_part(value)
    return local.partition("+")[0] or local


def _read(text: str) -> Standardized:
    """Return the first address that a text holds."""
    bracketed = _BRACKETED.findall(text)
    parts = bracketed or _SEPARATOR.split(_SCHEME.sub(" ", text))
    addresses = [_SCHEME.sub("", part).strip(_WRAPPING) for part in parts if "@" in part]
    if not addresses or (len(addresses) == 1 and not bracketed and _has_words_beside(text, addresses[0])):
        return _broken(text)
    return _checked(addresses[0], "several_values" if len(addresses) > 1 else "")


def _has_words_beside(text: str, address: str) -> bool:
    """Tell whether letters or digits are left over, as in an address that is broken by a blank."""
    return bool(fold(_SCHEME.sub(" ", text).replace(address, " ", 1)))


def _checked(address: str, issue: str) -> Standardized:
    if len(address) > _MAX_LENGTH or _ADDRESS.fullmatch(address) is None:
        return _broken(address)
    return PLACEHOLDER if is_placeholder_email(address) else Standardized(address, issue)


def _broken(text: str) -> Standardized:
    """Keep what is plainly an address with a typing error; it still tells its owner from others."""
    parts = text.split()
    address = "".join(parts)
    is_close = len(parts) <= 2 and len(address) <= _MAX_LENGTH and _BROKEN_ADDRESS.fullmatch(address) is not None
    return Standardized(address if is_close else "", "invalid_email")
