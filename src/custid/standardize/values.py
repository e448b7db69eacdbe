"""What standardizers and parsers return."""

from __future__ import annotations

from typing import Generic, NamedTuple, Protocol, TypeVar

from attrs import frozen

from custid.model.statements import Issue

__all__ = ["Parsed", "Standardized", "Standardizer"]

T = TypeVar("T")


@frozen
class Parsed(Generic[T]):
    """What a parser read.

    Attributes
    ----------
    values : tuple
        The typed values, in the order of the text; none where nothing could be read, several where the text holds
        several (two phone numbers, a usage and a birth name).
    raw : str
        The text, to the character.
    issues : tuple of Issue
        What was noticed.
    """

    values: tuple[T, ...]
    raw: str
    issues: tuple[Issue, ...] = ()

    @property
    def value(self) -> T | None:
        """The first value; None where there is none."""
        return self.values[0] if self.values else None


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
