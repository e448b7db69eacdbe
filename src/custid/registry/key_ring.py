"""Keys of backups, one for each record: who destroys a key has erased the record from every backup."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from custid._json import json_value
from custid._whole_files import turn_in, whole_file
from custid.errors import MissingDependencyError, StoreError, StoreFormatError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["COMMON", "KeyRing", "Sealed"]

COMMON: Final = 0
"""Number of the key of what belongs to no single record: settings, the match model among them."""

_FORMAT: Final = "custid key ring"
_VERSION: Final = 1
_MEMBERS: Final = frozenset({"format", "version", "keys"})
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_NAME_BYTES: Final = 8


@frozen(kw_only=True)
class Sealed:
    """Something encrypted.

    Attributes
    ----------
    number : int
        Whose key it is encrypted under: the number of a record, or `COMMON`.
    name : str
        Name of the key: a record may have had another one before.
    text : str
        Nonce and ciphertext, in Base64.
    """

    number: int
    name: str
    text: str = field(repr=False)


class KeyRing:
    """Keys by the numbers of records, in a small file that no backup holds.

    Parameters
    ----------
    path : path
        The file, readable and writable by its owner alone; made when it is not there.

    Raises
    ------
    StoreFormatError
        If the file is none of this version.
    StoreError
        If it cannot be read or written.

    Notes
    -----
    Keys are 256 bits from the random numbers of the operating system; contents are encrypted with AES in Galois/Counter
    Mode (NIST SP 800-38D), under a new nonce of 96 bits each time, with number and name of the key authenticated.  The
    file is replaced whole, so that an interruption leaves the old or the new one.  Several processes may use one ring:
    what one has destroyed no other one brings back, and a key that one has made is destroyed by any.  Keep it apart
    from the backups, and keep as few copies as can be: a copy of the ring undoes what was destroyed in it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     ring = KeyRing(Path(directory) / "keys.json")
    ...     sealed = ring.seal(7, "what record 7 says")
    ...     ring.shred([7]), ring.unseal(sealed) is None
    (1, True)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        # Where the process works may change.
        self._path = Path(path).absolute()
        self._keys: dict[int, tuple[str, bytes]] = self._read() or {}
        # What the file is to be told: others may write to it, too.
        self._made: set[int] = set()
        self._doomed: set[int] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, number: object) -> bool:
        return number in self._keys

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self)}>"

    def seal(self, number: int, text: str) -> Sealed:
        """Encrypt a text under the key of a record, which is made when there is none.

        Parameters
        ----------
        number : int
            Number of the record, or `COMMON`.
        text : str
            The text.

        Returns
        -------
        Sealed
            To be written only after :meth:`save`.

        Raises
        ------
        MissingDependencyError
            If cryptography is not installed.
        """
        if number not in self._keys:
            self._keys[number] = (secrets.token_hex(_NAME_BYTES), secrets.token_bytes(_KEY_BYTES))
            self._made.add(number)
        name, key = self._keys[number]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = _cipher(key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), _bound(number, name))
        return Sealed(number=number, name=name, text=b64encode(nonce + sealed).decode("ascii"))

    def unseal(self, sealed: Sealed) -> str | None:
        """Return what was encrypted; None where the key was destroyed.

        Raises
        ------
        StoreFormatError
            If it was altered.
        MissingDependencyError
            If cryptography is not installed.
        """
        name, key = self._keys.get(sealed.number, ("", b""))
        if name != sealed.name:
            return None
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # optional

        try:
            held = b64decode(sealed.text, validate=True)
            text = _cipher(key).decrypt(held[:_NONCE_BYTES], held[_NONCE_BYTES:], _bound(sealed.number, name))
        except (InvalidTag, ValueError):
            raise StoreFormatError(
                "backup: expected what was encrypted as it was written, got another.",
                hint="Copy the file whole, and use the ring of keys that it was written with.",
            ) from None
        return text.decode("utf-8", "surrogatepass")

    def shred(self, numbers: Iterable[int]) -> int:
        """Destroy keys, and save the ring; return how many there were.

        Parameters
        ----------
        numbers : iterable of int
            Numbers of records; those without a key are passed over.

        Returns
        -------
        int
            Keys destroyed.
        """
        # What could not be destroyed before is to be destroyed by the repetition.
        self._doomed.update(numbers)
        found = self._doomed & self._keys.keys()
        for number in found:
            del self._keys[number]
        self._made -= self._doomed
        return len(found | self._saved())

    def save(self) -> None:
        """Write the keys that are new, and nothing of those that were destroyed.

        Raises
        ------
        StoreError
            If the file cannot be written, or another process has made keys of the same records since it was read: what
            was sealed here is then of no use, and is to be sealed again.
        """
        self._saved()

    def _saved(self) -> set[int]:
        """Bring the file up to date, and this ring to what others have written; return whose keys the file loses."""
        if not (self._made or self._doomed):
            return set()
        try:
            with turn_in(self._path.resolve().parent):
                held = self._read()
                # Where the file is gone, what was read of it is kept.
                known = self._keys if held is None else held
                kept = {number: key for number, key in known.items() if number not in self._doomed}
                mine = {number: self._keys[number] for number in self._made}
                is_clash = any(kept.get(number, key) != key for number, key in mine.items())
                if held != kept | mine and not is_clash and (held or kept or mine):
                    self._replace(kept | mine)
        except OSError as error:
            raise StoreError(f"key ring: cannot be written ({type(error).__name__}).") from None
        self._made.clear()
        if is_clash:
            self._keys = kept
            raise StoreError(
                "key ring: expected nobody else to make keys of the same records meanwhile, got some.",
                hint="Make the backup again.",
            )
        lost = self._doomed & known.keys()
        self._doomed.clear()
        self._keys = kept | mine
        return lost

    def _replace(self, ring: dict[int, tuple[str, bytes]]) -> None:
        keys = {str(number): [name, b64encode(key).decode("ascii")] for number, (name, key) in ring.items()}
        told = {"format": _FORMAT, "version": _VERSION, "keys": keys}
        text = json.dumps({**told, "digest": _digest(told)}, sort_keys=True)
        former = self._path.open("r+b") if self._path.exists() else None
        with whole_file(self._path, rights=0o600) as beside:
            beside.write_text(text, encoding="ascii")
        if former is not None:
            # The former file has no name any more; what it held is written over as far as that reaches.
            with former:
                former.write(bytes(os.fstat(former.fileno()).st_size))
                former.flush()
                os.fsync(former.fileno())

    def _read(self) -> dict[int, tuple[str, bytes]] | None:
        """Return what the file holds; None where there is none."""
        try:
            text = self._path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"key ring: cannot be read ({type(error).__name__}).") from None
        try:
            return dict(_entries(json_value(text)))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StoreFormatError(
                "key ring: expected the keys of this version, as they were written, got another file.",
                hint="Use a copy of the ring; without its keys backups cannot be read.",
            ) from None


def _entries(held: Any) -> Iterator[tuple[int, tuple[str, bytes]]]:
    # Rings written before there were digests have none, and nothing in its place: its name may be what is damaged.
    digest = held.pop("digest") if "digest" in held else _digest(held)
    if held.keys() != _MEMBERS or digest != _digest(held) or (held["format"], held["version"]) != (_FORMAT, _VERSION):
        raise ValueError
    for number, (name, key) in held["keys"].items():
        if number != str(int(number)):
            raise ValueError
        yield int(number), (name, b64decode(key, validate=True))


def _digest(held: dict[str, Any]) -> str:
    return sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def _bound(number: int, name: str) -> bytes:
    return f"{number}\0{name}".encode()


def _cipher(key: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # optional
    except ModuleNotFoundError:
        raise MissingDependencyError(
            "backup: expected the package 'cryptography', which is not installed.", hint="pip install 'custid[crypto]'"
        ) from None
    return AESGCM(key)
