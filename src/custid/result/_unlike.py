"""People who hold one number and have nothing else in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable

__all__ = ["PersonFacts"]

_TELLING = ("given_name", "family_name", "birth_date")
_MANY = 32


class PersonFacts:
    """Names and birth dates of customers, looked up as they are asked for.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.
    """

    def __init__(self, linked: LinkedTable, customer: NDArray[np.int64]) -> None:
        self._unit = linked.table.unit_of_row
        self._columns = [linked.table.columns.get(name) for name in _TELLING]
        self._order = np.argsort(customer, kind="stable")
        self._starts = np.searchsorted(customer[self._order], np.arange(int(customer.max(initial=-1)) + 2))

    def _facts(self, customer: int) -> list[set[int]]:
        units = self._unit[self._order[self._starts[customer] : self._starts[customer + 1]]]
        codes = [np.empty(0, np.int32) if column is None else column.codes[units].ravel() for column in self._columns]
        return [set(each[each >= 0].tolist()) for each in codes]

    def unlike(self, customers: Sequence[int]) -> tuple[int, ...]:
        """Return those of whom another one differs in given name, family name and birth date, all known of both.

        Of more than 32 customers the first 32 are looked at.
        """
        facts = {each: self._facts(each) for each in customers[:_MANY]}
        found: set[int] = set()
        for left, of_left in facts.items():
            for right, of_right in facts.items():
                if left < right and all(a and b and not a & b for a, b in zip(of_left, of_right, strict=True)):
                    found |= {left, right}
        return tuple(sorted(found))
