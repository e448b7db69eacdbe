"""What a standardizer returns."""

from __future__ import annotations

from typing import NamedTuple, Protocol

__all__ = ["Standardized", "Standardizer"]


class Standardized(NamedTuple):
    """A raw value's canonical form.

    Attributes
    ----------
    value : str
        Canonical value, ready to be compared; empty when the raw value says nothing (missing, placeholder, unreadable).
    issue : str
        Code of what was noticed (``"placeholder"``, ``"unparsable"``, ``"invalid_date"``, …); empty when nothing was.
    """

    value: str
    issue: str = ""


class Standardizer(Protocol):
    """Turns the raw values of one attribute into canonical ones.

    It is called once per distinct raw value and must not raise on any string.
    """

    def __call__(self, raw: str, /) -> Standardized:
        """Return the canonical form of ``raw``."""
        ...
