"""What a record means: its canonical values."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

__all__ = ["NAME_ATTRIBUTES", "Row"]

NAME_ATTRIBUTES: Final = ("family_name", "organization_name")
"""The name of a record: that of a person where there is one, else that of an organization."""


@frozen
class Row:
    """The canonical values of one record, generic ones included.

    Attributes
    ----------
    values : tuple of (str, tuple of str)
        Attributes with their distinct values, both ascending; attributes without a value are left out.
    kind : int
        Kind of party that a column tells, -1 for none.
    naming : int
        Whom its names tell, a `custid.intake.row_facts.Naming`: which kind that makes it, other rows have a say in.
    """

    values: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False, default=())
    kind: int = -1
    naming: int = 0

    @property
    def name(self) -> tuple[str, str] | None:
        """The name that is counted beside values: attribute and value; None for none."""
        held = dict(self.values)
        for attribute in NAME_ATTRIBUTES:
            if attribute in held:
                return attribute, min(held[attribute], key=lambda value: (len(value), value))
        return None
