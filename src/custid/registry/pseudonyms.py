"""Identifiers for one consuming application each, so that two of them cannot join their extracts."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from custid._json import json_value
from custid.errors import ConfigurationError, ModelFormatError
from custid.registry.identifiers import Base32Scheme, CustomerId

__all__ = ["Pseudonyms"]

_N_BITS: Final = 75
_SHORTEST_SECRET: Final = 16
_FORMAT: Final = "custid pseudonyms"
_VERSION: Final = 1


class Pseudonyms:
    """Derives a pseudonym of each customer for each consumer.

    Parameters
    ----------
    secret : bytes
        16 bytes or more, kept where consumers cannot reach it: whoever knows it can join what they have.
    epochs : Mapping of str to int, optional
        How often the pseudonyms of each consumer were revoked.

    Raises
    ------
    ConfigurationError
        If the secret is shorter, or an epoch is negative.

    Notes
    -----
    A pseudonym is 75 bits of HMAC-SHA-256 (RFC 2104) over consumer, epoch and identifier, each preceded by its length,
    in the spelling of identifiers, check symbol included.  Two customers of a registry of a billion have one pseudonym
    once in 76,000 registries.  Revoking goes on to the next epoch: new extracts cannot be joined with old ones.

    Examples
    --------
    >>> pseudonyms = Pseudonyms(bytes(range(16)))
    >>> customer = Base32Scheme().encode(12345)
    >>> mail, stats = pseudonyms.of(customer, "mailing"), pseudonyms.of(customer, "statistics")
    >>> mail != stats, pseudonyms.of(customer, "mailing") == mail
    (True, True)
    >>> pseudonyms.customers("mailing", [customer])[mail] == customer
    True
    """

    def __init__(self, secret: bytes, epochs: Mapping[str, int] | None = None) -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise ConfigurationError(
                f"pseudonyms: secret: expected at least {_SHORTEST_SECRET} bytes, got {len(secret)}.",
                hint="Make one with secrets.token_bytes(32).",
            )
        self._secret = bytes(secret)
        self._epochs = dict(epochs or {})
        if min(self._epochs.values(), default=0) < 0:
            raise ConfigurationError("pseudonyms: epochs: expected numbers of 0 or more, got a negative one.")
        self._scheme = Base32Scheme()

    def of(self, customer: CustomerId, consumer: str) -> str:
        """Return the pseudonym of a customer.

        Parameters
        ----------
        customer : CustomerId
            The active identifier: a customer whose identifier changes by a merge changes pseudonyms, too.
        consumer : str
            Name of the application that gets it.

        Returns
        -------
        str
            In the spelling of identifiers; it is none that a registry has issued.

        Raises
        ------
        ConfigurationError
            If the consumer has no name.
        """
        if not consumer.strip():
            raise ConfigurationError("pseudonyms: consumer: expected a name, got none.")
        parts = [text.encode() for text in (consumer, str(self._epochs.get(consumer, 0)), customer)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        digest = hmac.digest(self._secret, message, sha256)
        return self._scheme.encode(int.from_bytes(digest, "big") >> 8 * sha256().digest_size - _N_BITS)

    def customers(self, consumer: str, customers: Iterable[CustomerId]) -> dict[str, CustomerId]:
        """Return customers by their pseudonyms, to understand what a consumer sends back.

        Parameters
        ----------
        consumer : str
            Name of the application.
        customers : iterable of CustomerId
            Who may be meant.

        Returns
        -------
        dict of str to CustomerId
            Pseudonyms of earlier epochs are not in it: revoked ones lead nowhere.
        """
        return {self.of(customer, consumer): customer for customer in customers}

    def revoke(self, consumer: str) -> int:
        """Give a consumer other pseudonyms from now on, and return the number of the new epoch."""
        self._epochs[consumer] = self._epochs.get(consumer, 0) + 1
        return self._epochs[consumer]

    def to_json(self) -> str:
        """Return the epochs as text, without the secret."""
        held = {"format": _FORMAT, "version": _VERSION, "epochs": dict(sorted(self._epochs.items()))}
        return json.dumps(held, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, secret: bytes) -> Pseudonyms:
        """Return what :meth:`to_json` wrote.

        Parameters
        ----------
        text : str
            The text.
        secret : bytes
            The secret.

        Returns
        -------
        Pseudonyms
            With the epochs of the text.

        Raises
        ------
        ModelFormatError
            If the text is none of this version.
        """
        try:
            held: Any = json_value(text)
            is_known = held["format"] == _FORMAT and held["version"] == _VERSION
            epochs = dict(held["epochs"])
            is_known = is_known and all(type(each) is int for each in epochs.values())
        except (ValueError, KeyError, TypeError):
            is_known, epochs = False, {}
        if not is_known:
            raise ModelFormatError("pseudonyms: expected the text of epochs of this version, got another.")
        return cls(secret, epochs)
