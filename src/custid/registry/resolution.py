"""What an identifier leads to, and what is known of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey

if TYPE_CHECKING:
    from custid.model import Record

__all__ = ["Active", "Customer", "Gone", "Moved", "Resolution"]


@frozen
class Active:
    """The identifier names a customer.

    Attributes
    ----------
    id : CustomerId
        The identifier.
    """

    id: CustomerId


@frozen
class Moved:
    """The identifier is a redirect, for good or until its records are set apart again.

    Attributes
    ----------
    id : CustomerId
        The identifier.
    to : CustomerId
        The active identifier it leads to.
    """

    id: CustomerId
    to: CustomerId


@frozen
class Gone:
    """All records of the customer were withdrawn; the identifier never leads anywhere again.

    Attributes
    ----------
    id : CustomerId
        The identifier.
    """

    id: CustomerId


Resolution = Active | Moved | Gone
"""What resolving an identifier gives: every identifier ever issued gives one of the three."""


@frozen(kw_only=True)
class Customer:
    """One customer.

    Attributes
    ----------
    id : CustomerId
        The active identifier.
    records : tuple of RecordKey
        The customer's records, in the order of their arrival.
    redirects : tuple of CustomerId
        Identifiers that lead to the customer, the eldest first.
    contents : dict of RecordKey to dict
        What the records say, of those that have a content; of typed records the document that
        :func:`custid.serde.unstructure` gives.
    """

    id: CustomerId
    records: tuple[RecordKey, ...]
    redirects: tuple[CustomerId, ...] = ()
    contents: dict[RecordKey, dict[str, Any]] = field(factory=dict, repr=False)

    @property
    def typed_records(self) -> dict[RecordKey, Record]:
        """The records that came as typed ones, by record key, whole: with consents, roles and interactions."""
        from custid.registry.typed_feeds import is_document  # noqa: PLC0415  # loads Arrow
        from custid.serde import structure  # noqa: PLC0415  # as above

        return {key: structure(values) for key, values in self.contents.items() if is_document(values)}
