"""Statements: who said what, when, and for which time.

A value enters the model only as a statement.  Nothing is edited: a newer statement supersedes an older one, and both
stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

from custid.errors import ModelError
from custid.model._checks import in_unit_interval, instance_of, is_aware, not_empty, text, tuple_of
from custid.model.dates import Period
from custid.model.ordering import text_of_parts

__all__ = ["OWN_SOURCE", "Basis", "Issue", "Provenance", "Stated", "Unread", "Verification", "is_feedback"]

T = TypeVar("T")

OWN_SOURCE: Final = "custid"
"""Source of values that were taken from a golden record."""

_CLOCK_SKEW = timedelta(minutes=5)
_ALWAYS = Period()


class Basis(StrEnum):
    """How a source came to know a value."""

    DECLARED = "declared"
    OBSERVED = "observed"
    INFERRED = "inferred"
    PURCHASED = "purchased"
    STEWARD = "steward"


@frozen(kw_only=True)
class Verification:
    """Somebody checked a value.

    Attributes
    ----------
    at : datetime
        When, with a time zone.
    by : str
        Who: a person, a team or a service.
    means : str
        How: ``"document"``, ``"otp"``, ``"postal return"``, ``"registry"``, …
    reference : str
        Hash or number of the evidence; the evidence itself is kept elsewhere.
    """

    at: datetime = field(validator=is_aware)
    by: str = field(validator=not_empty)
    means: str = field(validator=not_empty)
    reference: str = field(default="", validator=text)


@frozen(kw_only=True)
class Provenance:
    """Where a statement comes from.

    Attributes
    ----------
    source : str
        The system.
    record : str
        Key of the record in it.
    observed_at : datetime
        When it was said or seen, with a time zone.
    recorded_at : datetime
        When we learned of it, with a time zone; not before ``observed_at`` (clocks may differ by five minutes).
    collected_by : str
        Who collected it: a shop, an agent, ``"self"``; empty when unknown.
    channel : str
        By which channel: ``"till"``, ``"web"``, ``"phone"``, …; empty when unknown.
    basis : Basis
        How the source came to know it.
    confidence : float
        From 0 to 1, for example of a text recognized from a picture.
    verified : tuple of Verification
        Checks passed.
    license : str
        License of purchased data; empty for others.
    notice : str
        Which information notice told the person of it; empty when unknown.
    """

    source: str = field(validator=not_empty)
    record: str = field(validator=not_empty)
    observed_at: datetime = field(validator=is_aware)
    recorded_at: datetime = field(validator=is_aware)
    collected_by: str = field(default="", validator=text)
    channel: str = field(default="", validator=text)
    basis: Basis = field(default=Basis.DECLARED, validator=instance_of(Basis))
    confidence: float = field(default=1.0, validator=in_unit_interval)
    verified: tuple[Verification, ...] = field(default=(), validator=tuple_of(Verification))
    license: str = field(default="", validator=text)
    notice: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        # A difference of moments exists even where a moment five minutes earlier does not.
        if self.observed_at - self.recorded_at > _CLOCK_SKEW:
            raise ModelError(
                "Provenance.recorded_at: expected a moment not before observed_at, got an earlier one.",
                hint="Check the clock of the source, or the time zone.",
            )

    @cached_property
    def _sort_text(self) -> str:
        return text_of_parts(self)


@frozen
class Issue:
    """Something noticed while a value was read.

    Attributes
    ----------
    code : str
        For example ``"invalid_check_digit"`` or ``"misplaced_phone"``.
    detail : str
        For a person; holds no value of a customer.
    """

    code: str = field(validator=not_empty)
    detail: str = field(default="", validator=text)


@frozen
class Stated(Generic[T]):
    """A value that somebody stated.

    Attributes
    ----------
    value : object
        The typed value.
    by : Provenance
        Who said it, and when.
    raw : str or None
        The text it was read from, to the character; None where the source gave a typed value.
    valid : Period
        When it is true in the world; unbounded where nothing is known.
    issues : tuple of Issue
        What was noticed while it was read.
    """

    value: T
    by: Provenance = field(validator=instance_of(Provenance))
    raw: str | None = field(default=None, validator=instance_of(str, type(None)))
    valid: Period = field(default=_ALWAYS, validator=instance_of(Period))
    issues: tuple[Issue, ...] = field(default=(), validator=tuple_of(Issue))

    def __attrs_post_init__(self) -> None:
        if self.value is None:
            raise ModelError(
                "Stated.value: expected a value, got None.", hint="Text that could not be read is an Unread."
            )


@frozen(kw_only=True)
class Unread:
    """Text that a source gave for an attribute and that could not be read.

    Attributes
    ----------
    attribute : str
        The attribute.
    raw : str
        The text, to the character.
    by : Provenance
        Who said it, and when.
    issues : tuple of Issue
        Why it could not be read.
    """

    attribute: str = field(validator=not_empty)
    raw: str = field(validator=text)
    by: Provenance = field(validator=instance_of(Provenance))
    issues: tuple[Issue, ...] = field(default=(), validator=tuple_of(Issue))


def is_feedback(statement: Stated[Any]) -> bool:
    """Tell whether a statement repeats a golden record that came back through a source.

    Parameters
    ----------
    statement : Stated
        A statement.

    Returns
    -------
    bool
        True where its basis is inferred and its source this library: it would confirm itself.
    """
    return statement.by.basis is Basis.INFERRED and statement.by.source.strip().casefold() == OWN_SOURCE
