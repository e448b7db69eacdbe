"""Where new identifiers come from."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from itertools import count
from typing import Protocol

from attrs import field, frozen

from custid.errors import ConfigurationError
from custid.registry.identifiers import Base32Scheme, CustomerId
from custid.registry.record_keys import RecordKey

__all__ = ["KeyedMinter", "Minter", "RandomMinter", "SequentialMinter"]

_N_BITS = 75
_N_BITS_OF_SYMBOL = 5
_SHORTEST_SECRET = 16


class Minter(Protocol):
    """Makes identifiers; the registry asks for another one where one is taken already."""

    def __call__(self, founder: RecordKey, attempt: int, /) -> CustomerId:
        """Return an identifier for the customer that a record founds.

        Parameters
        ----------
        founder : RecordKey
            The first record of the customer.
        attempt : int
            0 at first, one more each time that the identifier was taken.
        """
        ...


@frozen(kw_only=True)
class RandomMinter:
    """Draws 75 bits from the operating system: among a billion identifiers two are equal once in 76,000 registries.

    Attributes
    ----------
    scheme : Base32Scheme
        What the identifiers look like.
    """

    scheme: Base32Scheme = field(factory=Base32Scheme)

    def __call__(self, _founder: RecordKey, _attempt: int, /) -> CustomerId:
        """Return a fresh identifier."""
        return self.draw(1)[0]

    def draw(self, n: int) -> list[CustomerId]:
        """Return fresh identifiers, many at once.

        Parameters
        ----------
        n : int
            How many; 0 or more.

        Returns
        -------
        list of CustomerId
            That many.
        """
        return self.scheme.encode_many(secrets.token_bytes(n * _N_BITS // _N_BITS_OF_SYMBOL))


@frozen(kw_only=True)
class KeyedMinter:
    """Derives identifiers from the founding record and a secret, so that they can be made again without the ledger.

    Whoever knows the secret and a record key knows the identifier, after the record was erased, too.  So the secret is
    to be kept like a password: not in the registry.

    Attributes
    ----------
    secret : bytes
        At least 16 bytes; not shown.
    tenant : str
        Tells registries apart that share the secret.
    scheme : Base32Scheme
        What the identifiers look like.

    Raises
    ------
    ConfigurationError
        If the secret is shorter.

    Notes
    -----
    The first 75 bits of HMAC-SHA-256 (RFC 2104) over tenant, source, key and attempt, each preceded by its length.
    """

    secret: bytes = field(repr=False)
    tenant: str = ""
    scheme: Base32Scheme = field(factory=Base32Scheme)

    def __attrs_post_init__(self) -> None:
        if len(self.secret) < _SHORTEST_SECRET:
            raise ConfigurationError(
                f"keyed minter: secret: expected at least {_SHORTEST_SECRET} bytes, got {len(self.secret)}.",
                hint="Make one with secrets.token_bytes(32).",
            )

    def __call__(self, founder: RecordKey, attempt: int, /) -> CustomerId:
        """Return the identifier of a founding record."""
        parts = [text.encode() for text in (self.tenant, *founder, str(attempt))]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        digest = hmac.digest(self.secret, message, sha256)
        return self.scheme.encode(int.from_bytes(digest, "big") >> 8 * sha256().digest_size - _N_BITS)


class SequentialMinter:
    """Counts from 1; for tests, as its identifiers tell the order in which they were issued.

    Examples
    --------
    >>> mint = SequentialMinter()
    >>> mint(RecordKey("crm", "1"), 0)
    '0000-0000-0000-0012'
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._scheme = Base32Scheme()

    def __call__(self, _founder: RecordKey, _attempt: int, /) -> CustomerId:
        """Return the next identifier."""
        return self._scheme.encode(next(self._numbers))
