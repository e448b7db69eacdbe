"""Customers kept in several places: which record belongs where, and what the places may tell one another.

A place tells a coordinator keyed tokens of its customers' exact keys: e-mail addresses, phone numbers, identifiers.
Who has not the key learns nothing from a token but that two are equal; no value crosses.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from attrs import frozen

from custid.errors import ConfigurationError
from custid.model import Collective, Email, ExternalId, Organization, Phone, Record
from custid.privacy.residency import region_of
from custid.standardize import standardizer

__all__ = ["KeyedTokens", "PartitionKey", "TokenOf", "linked_customers", "partition_key", "partitioned"]

_LEAST_KEY_BYTES: Final = 16
_Row = TypeVar("_Row")


class PartitionKey(NamedTuple):
    """Where a record belongs."""

    tenant: str
    region: str
    kind: str


class TokenOf(NamedTuple):
    """That a customer of a partition has something that makes a token."""

    token: str
    partition: str
    customer: str


def partition_key(record: Record) -> PartitionKey:
    """Return where a record belongs: its tenant, the region of its jurisdiction, and the kind of its party.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    PartitionKey
        A function of your own may give anything that can be compared, from any record or row.
    """
    kind = "organization" if isinstance(record.party, Organization) else "person"
    kind = "collective" if isinstance(record.party, Collective) else kind
    return PartitionKey(record.tenant, region_of(record.jurisdiction), kind)


def partitioned(rows: Iterable[_Row], key: Callable[[_Row], Any]) -> dict[Any, list[_Row]]:
    """Return rows or records by where they belong.

    Parameters
    ----------
    rows : iterable
        Rows or records.
    key : callable
        Tells of each where it belongs: :func:`partition_key`, or one of your own.

    Returns
    -------
    dict
        Each row is in one list, in its order.

    Examples
    --------
    >>> partitioned([{"id": "1", "land": "FR"}, {"id": "2", "land": "US"}], lambda row: row["land"])
    {'FR': [{'id': '1', 'land': 'FR'}], 'US': [{'id': '2', 'land': 'US'}]}
    """
    found: defaultdict[Any, list[_Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


@frozen
class KeyedTokens:
    """Makes tokens of exact keys under a secret that partitions share and the coordinator does not have.

    Attributes
    ----------
    key : bytes
        The secret, of 16 bytes or more.

    Raises
    ------
    ConfigurationError
        If the key is too short.

    Notes
    -----
    A token is HMAC-SHA-256 (RFC 2104) of kind and canonical value, each preceded by its length.

    Examples
    --------
    >>> tokens = KeyedTokens(b"a secret of sixteen bytes")
    >>> tokens.token("email", "Zoe@Mail.Example") == tokens.token("email", "zoe@mail.example")
    True
    """

    key: bytes

    def __attrs_post_init__(self) -> None:
        if len(self.key) < _LEAST_KEY_BYTES:
            raise ConfigurationError(f"tokens: key: expected {_LEAST_KEY_BYTES} bytes or more, got {len(self.key)}.")

    def __repr__(self) -> str:
        return "KeyedTokens()"

    def token(self, kind: str, value: str) -> str | None:
        """Return the token of a value.

        Parameters
        ----------
        kind : str
            Attribute, such as ``"email"`` or ``"phone"``; others are compared as identifiers, ``"scheme:issuer"``.
        value : str
            As it was written.

        Returns
        -------
        str or None
            64 hexadecimal digits; None where the value says nothing.
        """
        standardize = standardizer(kind if kind in {"email", "phone"} else "identifier")
        canonical = standardize(value).value
        if not canonical:
            return None
        message = b"".join(len(part).to_bytes(4, "big") + part for part in (kind.encode(), canonical.encode()))
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()

    def of_record(self, record: Record) -> frozenset[str]:
        """Return the tokens of a typed record: e-mail addresses, phone numbers, identifiers with scheme and issuer."""
        found = {self.token(kind, value) for kind, value in _exact_keys(record)}
        return frozenset(token for token in found if token is not None)

    def of_row(self, row: Mapping[str, str | None], columns: Mapping[str, str]) -> frozenset[str]:
        """Return the tokens of a row.

        Parameters
        ----------
        row : Mapping of str to str or None
            Texts by column.
        columns : Mapping of str to str
            Kind of each column that holds exact keys.

        Returns
        -------
        frozenset of str
            Its tokens.
        """
        found = {self.token(kind, row.get(column) or "") for column, kind in columns.items()}
        return frozenset(token for token in found if token is not None)

    def told(self, partition: str, tokens: Mapping[str, Collection[str]]) -> list[TokenOf]:
        """Return what a partition tells a coordinator.

        Parameters
        ----------
        partition : str
            Its name.
        tokens : Mapping of str to collection of str
            Tokens by customer.

        Returns
        -------
        list of TokenOf
            Sorted; no value is in it.
        """
        return sorted({TokenOf(token, partition, customer) for customer, each in tokens.items() for token in each})


def linked_customers(
    told: Iterable[TokenOf],
    *,
    may_link: Callable[[str, str], bool] | None = None,
    most_customers: int = 10,
) -> list[frozenset[tuple[str, str]]]:
    """Return which customers of several partitions are one, as far as equal tokens tell.

    Parameters
    ----------
    told : iterable of TokenOf
        What all partitions have told.
    may_link : callable, optional
        Tells of two partitions whether they may be matched; all may when not given.
    most_customers : int
        A token of more customers than this is that of a switchboard or a family, and links nobody.

    Returns
    -------
    list of frozenset of (partition, customer)
        Customers with whoever they are linked to, those that are alone included; sorted.  The result does not depend
        on the order of what was told, nor on how records are divided, where equal tokens alone make customers.
    """
    holders: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    root: dict[tuple[str, str], tuple[str, str]] = {}
    for each in told:
        place = (each.partition, each.customer)
        holders[each.token].add(place)
        root[place] = place

    def top(place: tuple[str, str]) -> tuple[str, str]:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for _, places in sorted(holders.items()):
        if len(places) > most_customers:
            continue
        ordered = sorted(places)
        for number, one in enumerate(ordered):
            for other in ordered[number + 1 :]:
                if one[0] == other[0] or may_link is None or may_link(one[0], other[0]):
                    low, high = sorted((top(one), top(other)))
                    root[high] = low
    groups: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for place in root:
        groups[top(place)].add(place)
    return sorted((frozenset(group) for group in groups.values()), key=sorted)


def _exact_keys(record: Record) -> Iterator[tuple[str, str]]:
    for _, stated in record.statements():
        point = getattr(stated.value, "point", stated.value)
        if isinstance(point, Email):
            yield "email", point.address
        elif isinstance(point, Phone) and point.e164:
            yield "phone", point.e164
        elif isinstance(point, ExternalId):
            yield f"{point.scheme}:{point.issuer}", point.value
