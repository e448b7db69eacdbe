"""Who wanted never to be contacted again: kept under a key, after all else of him is erased.

A list holds no address and no number, only what a secret key makes of them; it is used to keep its promise and for
nothing else, never for matching.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from custid._json import json_value
from custid._whole_files import turn_in, whole_file
from custid.errors import ConfigurationError, InputError, ModelFormatError, StoreError
from custid.model import Email, Phone, Record
from custid.standardize import standardizer

__all__ = ["Suppressed", "SuppressionList"]

_ATTRIBUTES: Final = ("email", "phone")
_LEAST_KEY_BYTES: Final = 16
_FORMAT: Final = "custid suppression list"
_VERSION: Final = 1
_KEY_CHECK: Final = "custid suppression list\0key"
"""No attribute has such a name, so that no address or number gives this token."""


@frozen(order=True)
class Suppressed:
    """One entry.

    Attributes
    ----------
    token : str
        HMAC-SHA-256 of the e-mail address or phone number in canonical form, in hexadecimal digits.
    since : date
        The day on which it was entered.
    scope : str
        The purpose that it is about; empty for all marketing.
    """

    token: str
    since: date
    scope: str = ""


class SuppressionList:
    """E-mail addresses and phone numbers not to be contacted, known by their tokens alone.

    Parameters
    ----------
    key : bytes
        A secret of 16 bytes or more, kept apart from the list: whoever has both can try addresses.
    entries : iterable of Suppressed
        What is on the list already.

    Raises
    ------
    ConfigurationError
        If the key is too short.

    Notes
    -----
    Tokens are HMAC-SHA-256 (RFC 2104, FIPS 180-4).  A plain hash of an address or a number can be reversed by trying
    all of them, and is no protection.  Names, dates of birth and addresses are not taken: what is not needed to keep
    the promise has no place here.

    Examples
    --------
    >>> listed = SuppressionList(b"a secret of sixteen bytes")
    >>> listed.add("email", "Marie.Durand@Mail.Example", since=date(2026, 9, 1))
    True
    >>> listed.has("email", "marie.durand@mail.example"), len(listed)
    (True, 1)
    """

    def __init__(self, key: bytes, entries: Iterable[Suppressed] = ()) -> None:
        if len(key) < _LEAST_KEY_BYTES:
            raise ConfigurationError(f"suppression key: expected {_LEAST_KEY_BYTES} bytes or more, got {len(key)}.")
        self._key = bytes(key)
        self._entries: dict[tuple[str, str], Suppressed] = {}
        self._path: Path | None = None
        self._is_saved = False
        self._take(entries)

    @classmethod
    def in_file(cls, path: str | os.PathLike[str], key: bytes) -> SuppressionList:
        """Return the list that a file holds, and to which :meth:`save` writes.

        Parameters
        ----------
        path : path
            The file; where there is none, the list is empty and the first :meth:`save` makes it.
        key : bytes
            The key of the list.

        Returns
        -------
        SuppressionList
            To be given to `custid.registry.Registry.erase`, which saves it before anything is erased.

        Raises
        ------
        ConfigurationError
            If the key is too short, or is not that of the list.
        ModelFormatError
            If the file is no list, or of a later version.
        StoreError
            If it cannot be read.
        """
        listed = cls(key)
        # Where the process works may change.
        listed._path = Path(path).absolute()  # its own class
        listed._take(listed._in_file())  # as above
        listed._is_saved = listed._path.exists()  # as above
        return listed

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Suppressed]:
        return iter(sorted(self._entries.values()))

    def __repr__(self) -> str:
        return f"<SuppressionList of {len(self)}>"

    def add(self, attribute: str, value: str, *, since: date, scope: str = "") -> bool:
        """Enter an address or a number.

        Parameters
        ----------
        attribute : str
            ``"email"`` or ``"phone"``.
        value : str
            As it was written.
        since : date
            The day; of what is entered twice, the earlier one counts.
        scope : str
            The purpose that it is about; empty for all marketing.

        Returns
        -------
        bool
            False where the value is no such address or number: then nothing is entered.

        Raises
        ------
        ConfigurationError
            If the attribute is another one.
        """
        token = self._token(attribute, value)
        if token is None:
            return False
        entry = Suppressed(token, since, scope)
        known = self._entries.get((token, scope))
        if known is None or entry < known:
            self._take([entry])
        return True

    def add_record(self, record: Record, *, since: date, scope: str = "") -> int:
        """Enter all e-mail addresses and phone numbers of a record, before it is erased; return how many they are."""
        return sum(self.add(attribute, value, since=since, scope=scope) for attribute, value in _contacts(record))

    def has(self, attribute: str, value: str, *, scope: str = "") -> bool:
        """Tell whether an address or a number is on the list, for a purpose or for all marketing."""
        token = self._token(attribute, value)
        return token is not None and ((token, "") in self._entries or (token, scope) in self._entries)

    def lists(self, record: Record, *, scope: str = "") -> bool:
        """Tell whether any address or number of a record is on the list.

        Parameters
        ----------
        record : Record
            A record, for example one that has just come in again.
        scope : str
            The purpose asked about.

        Returns
        -------
        bool
            To be given to `custid.privacy.may_contact` as ``is_suppressed``.
        """
        return any(self.has(attribute, value, scope=scope) for attribute, value in _contacts(record))

    def save(self) -> None:
        """Write the file of the list, durably; a list of no file is its owner's to keep.

        Raises
        ------
        ConfigurationError, ModelFormatError
            If the file holds another list by now, or none.
        StoreError
            If it cannot be written; what was there before is as it was.

        Notes
        -----
        What others have entered in the file meanwhile stays.  Writers take turns by a lock on the directory, where the
        system has such locks; elsewhere one process at a time may write a list.
        """
        if self._path is None or self._is_saved:
            return
        try:
            with turn_in(self._path.resolve().parent):
                self._take(self._in_file())
                with whole_file(self._path, rights=0o600) as beside:
                    beside.write_text(self.to_json(), encoding="ascii")
        except OSError as error:
            raise StoreError(f"suppression list: cannot be written ({type(error).__name__}).") from None
        self._is_saved = True

    def to_json(self) -> str:
        """Return the list as text, without its key."""
        entries = [[each.token, each.since.isoformat(), each.scope] for each in self]
        held = {"format": _FORMAT, "version": _VERSION, "key_check": self._digest(_KEY_CHECK), "entries": entries}
        return json.dumps(held, indent=1)

    @classmethod
    def from_json(cls, text: str, key: bytes) -> SuppressionList:
        """Return the list that :meth:`to_json` wrote.

        Parameters
        ----------
        text : str
            The text.
        key : bytes
            The key of the list.

        Returns
        -------
        SuppressionList
            The list.

        Raises
        ------
        ConfigurationError
            If the key is not that of the list, which would list nobody.
        ModelFormatError
            If the text is no such list, or of a later version.
        """
        try:
            held: Any = json_value(text)
            is_known = held["format"] == _FORMAT and held["version"] == _VERSION
            entries = [Suppressed(token, date.fromisoformat(since), scope) for token, since, scope in held["entries"]]
            is_known = is_known and all(isinstance(text, str) for each in entries for text in (each.token, each.scope))
            check = held.get("key_check")
        except (ValueError, KeyError, TypeError):
            is_known = False
        if not is_known:
            raise ModelFormatError(
                "suppression list: expected the text of a list of this version, got another.",
                hint="Write it with SuppressionList.to_json.",
            )
        listed = cls(key, entries)
        # Lists of before have no check.
        if check is not None and check != listed._digest(_KEY_CHECK):
            raise ConfigurationError(
                "suppression list: expected the key that it was written with, got another, by which it lists nobody.",
                hint="Keep the key as long as the list.",
            )
        return listed

    def _in_file(self) -> Iterable[Suppressed]:
        """Return what the file holds now; nothing where there is none."""
        assert self._path is not None  # noqa: S101  # asked for lists of a file alone
        try:
            # What is no text becomes a text that is no list, and is refused as such.
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreError(f"suppression list: cannot be read ({type(error).__name__}).") from None
        return self.from_json(text, self._key)

    def _take(self, entries: Iterable[Suppressed]) -> None:
        for each in entries:
            known = self._entries.get((each.token, each.scope), each)
            self._entries[each.token, each.scope] = min(known, each)
        self._is_saved = False

    def _token(self, attribute: str, value: str) -> str | None:
        if attribute not in _ATTRIBUTES:
            raise ConfigurationError(
                f"suppression list: attribute {attribute!r}: expected one of {', '.join(_ATTRIBUTES)}.",
                hint="Nothing else is needed to keep from contacting somebody.",
            )
        if not isinstance(value, str):
            raise InputError(f"suppression list: {attribute}: expected text, got {type(value).__name__}.")
        canonical = standardizer(attribute)(value).value
        if not canonical:
            return None
        return self._digest(f"{attribute}\0{canonical}")

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def _contacts(record: Record) -> Iterator[tuple[str, str]]:
    for stated in record.party.contacts:
        point = stated.value.point
        if isinstance(point, Email):
            yield "email", point.address
        elif isinstance(point, Phone):
            yield "phone", point.e164
