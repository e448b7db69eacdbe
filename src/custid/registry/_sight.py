"""What a question is answered from."""

from __future__ import annotations

from attrs import frozen

from custid.registry.ledger_customers import LedgerCustomers
from custid.registry.matcher import Matcher

__all__ = ["Sight"]


@frozen(kw_only=True)
class Sight:
    """One state of the store, to be looked at while nobody changes it.

    Attributes
    ----------
    matcher : Matcher
        Groups of records.
    customers : LedgerCustomers
        Whose they are.
    change : int
        Number of the last change.
    is_day_first : bool
        Whether ambiguous dates begin with the day: unless all sources are read otherwise.
    """

    matcher: Matcher
    customers: LedgerCustomers
    change: int
    is_day_first: bool

    @property
    def is_sound(self) -> bool:
        """Whether records have the numbers by which their customers are known."""
        return self.customers.are_of(self.matcher.units)
