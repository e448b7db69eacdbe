"""Completeness, validity, freshness, uniqueness, verification and conflicts, by attribute and source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import asdict, frozen

from custid.errors import ConfigurationError
from custid.model import ATTRIBUTES, ExternalId, Record, Stated, sort_text
from custid.quality.staleness import is_verified
from custid.survivorship import Conflict, canonical_form, conflict_between, is_multiple, slot_of

__all__ = ["AttributeQuality", "QualityProfile", "profile"]

_YEAR: Final = timedelta(days=365)
_REAL: Final = frozenset({Conflict.CONTRADICTION, Conflict.VARIANT})


@frozen(kw_only=True)
class AttributeQuality:
    """How good what one source says of one attribute is.

    Attributes
    ----------
    attribute : str
        Name of the attribute; identifiers are told apart by scheme: ``"identifiers.siret"``.
    source : str
        Name of the source; empty for all together.
    n_records : int
        Records of the source.
    n_stated : int
        Records that state the attribute.
    n_statements : int
        Statements of it.
    n_invalid : int
        Statements with an issue, and texts that could not be read.
    n_unread : int
        Those of them that are texts which could not be read, and so no statements.
    n_fresh : int
        Statements said, seen or checked within the time asked about.
    n_verified : int
        Statements of which a check holds.
    n_shared : int
        Statements of an identifier that stands with another customer, too; 0 for other attributes.
    n_customers : int
        Customers of whom the source states the attribute.
    n_conflicts : int
        Those of them of whom somebody states something else: a contradiction, or another spelling.
    """

    attribute: str
    source: str
    n_records: int
    n_stated: int
    n_statements: int
    n_invalid: int
    n_unread: int
    n_fresh: int
    n_verified: int
    n_shared: int
    n_customers: int
    n_conflicts: int

    @property
    def completeness(self) -> float:
        """Share of the records that state it; 0 without records."""
        return _share(self.n_stated, self.n_records)

    @property
    def validity(self) -> float:
        """Share of the statements without an issue, texts that could not be read included; 1 without any."""
        return 1 - _share(self.n_invalid, self.n_statements + self.n_unread)

    @property
    def freshness(self) -> float:
        """Share of the statements that are fresh."""
        return _share(self.n_fresh, self.n_statements)

    @property
    def verification(self) -> float:
        """Share of the statements of which a check holds."""
        return _share(self.n_verified, self.n_statements)

    @property
    def uniqueness(self) -> float:
        """Share of the statements that are no other customer's; 1 without any."""
        return 1 - _share(self.n_shared, self.n_statements)

    @property
    def conflict_rate(self) -> float:
        """Share of the customers of whom something else is stated, too."""
        return _share(self.n_conflicts, self.n_customers)


@frozen(kw_only=True)
class QualityProfile:
    """How good what is known is.

    Attributes
    ----------
    by_source : tuple of AttributeQuality
        By attribute and source.
    in_all : tuple of AttributeQuality
        By attribute, all sources together.
    """

    by_source: tuple[AttributeQuality, ...]
    in_all: tuple[AttributeQuality, ...]

    def of(self, attribute: str, source: str = "") -> AttributeQuality | None:
        """Return the quality of an attribute in a source, or in all; None where it is not stated."""
        listed = self.by_source if source else self.in_all
        return next((each for each in listed if (each.attribute, each.source) == (attribute, source)), None)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row for each attribute and source, counts and shares, for a table."""
        shares = ("completeness", "validity", "freshness", "verification", "uniqueness", "conflict_rate")
        return [
            {**asdict(each), **{name: getattr(each, name) for name in shares}}
            for each in (*self.in_all, *self.by_source)
        ]


def profile(
    customers: Mapping[str, Iterable[Record]],
    *,
    at: datetime,
    fresh_for: timedelta = _YEAR,
    holds_for: timedelta | None = None,
) -> QualityProfile:
    """Return how good what is known of customers is.

    Parameters
    ----------
    customers : Mapping of str to iterable of Record
        The records of each customer, by identifier.
    at : datetime
        The moment asked about, with a time zone.
    fresh_for : timedelta
        For how long a statement is fresh after it was said, seen or checked.
    holds_for : timedelta, optional
        For how long a check holds; for ever when not given.

    Returns
    -------
    QualityProfile
        Counts and shares.

    Raises
    ------
    ConfigurationError
        If the moment has no time zone.
    """
    if at.utcoffset() is None:
        raise ConfigurationError("profile: expected a moment with a time zone, got one without.")
    held = {customer: tuple(records) for customer, records in customers.items()}
    counted = _Counts(at, fresh_for, holds_for, _shared_identifiers(held))
    for customer, records in held.items():
        counted.add(customer, records)
    sources = sorted({source for source, _ in counted.names if source})
    return QualityProfile(
        by_source=tuple(
            counted.quality(attribute, source)
            for attribute in counted.attributes
            for source in sources
            if (source, attribute) in counted.names
        ),
        in_all=tuple(counted.quality(attribute, "") for attribute in counted.attributes),
    )


class _Counts:
    """Counters by source and attribute; the empty source stands for all."""

    def __init__(self, at: datetime, fresh_for: timedelta, holds_for: timedelta | None, shared: frozenset[str]) -> None:
        self._at, self._fresh_for, self._holds_for, self._shared = at, fresh_for, holds_for, shared
        self._n: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._n_records: Counter[str] = Counter()

    @property
    def names(self) -> set[tuple[str, str]]:
        """Sources and attributes met."""
        return {key for counter in self._n.values() for key in counter}

    @property
    def attributes(self) -> list[str]:
        """Attributes met, sorted."""
        return sorted({attribute for _, attribute in self.names})

    def add(self, customer: str, records: tuple[Record, ...]) -> None:
        """Count the records of one customer."""
        del customer
        stated: defaultdict[str, list[tuple[str, Stated[Any]]]] = defaultdict(list)
        for record in records:
            self._n_records.update(("", record.source))
            here: set[str] = set()
            for declared, statement in record.statements():
                name = _name(declared.name, statement.value)
                here.add(name)
                stated[name].append((record.source, statement))
                self._add_statement(record.source, name, statement)
            for unread in record.unread:
                self._count("invalid", record.source, unread.attribute)
                self._count("unread", record.source, unread.attribute)
            for name in here:
                self._count("stated", record.source, name)
        for name, statements in stated.items():
            for source in {"", *(source for source, _ in statements)}:
                self._n["customers"][source, name] += 1
                self._n["conflicts"][source, name] += _has_conflict(name, statements, source)

    def _add_statement(self, source: str, name: str, statement: Stated[Any]) -> None:
        checks = [check.at for check in statement.by.verified if check.at <= self._at]
        confirmed = max([statement.by.observed_at, *checks])
        self._count("statements", source, name)
        self._count("invalid", source, name, n=bool(statement.issues))
        self._count("fresh", source, name, n=self._at - confirmed <= self._fresh_for)
        self._count("verified", source, name, n=is_verified(statement, at=self._at, holds_for=self._holds_for))
        self._count("shared", source, name, n=_key(statement.value) in self._shared)

    def _count(self, what: str, source: str, name: str, *, n: int = 1) -> None:
        for each in ("", source):
            self._n[what][each, name] += n

    def quality(self, attribute: str, source: str) -> AttributeQuality:
        """Return the counts of an attribute in a source."""
        n = {what: counter[source, attribute] for what, counter in self._n.items()}
        return AttributeQuality(
            attribute=attribute,
            source=source,
            n_records=self._n_records[source],
            **{
                f"n_{what}": n.get(what, 0)
                for what in (
                    "stated", "statements", "invalid", "unread", "fresh", "verified", "shared", "customers",
                    "conflicts",
                )
            },
        )  # fmt: skip


def _name(attribute: str, value: Any) -> str:
    return f"{attribute}.{value.scheme}" if isinstance(value, ExternalId) else attribute


def _key(value: Any) -> str:
    """Return what tells an identifier apart; nothing for what is no identifier of one party alone."""
    if not isinstance(value, ExternalId):
        return ""
    declared = ATTRIBUTES.get(value.scheme)
    return sort_text((value.scheme, value.issuer, value.value)) if declared is None or declared.is_exclusive else ""


def _shared_identifiers(customers: Mapping[str, tuple[Record, ...]]) -> frozenset[str]:
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for customer, records in customers.items():
        for record in records:
            for statement in record.party.identifiers:
                holders[_key(statement.value)].add(customer)
    return frozenset(key for key, held in holders.items() if key and len(held) > 1)


def _has_conflict(name: str, statements: list[tuple[str, Stated[Any]]], source: str) -> bool:
    """Tell whether what a source says of a customer differs from what it or another one says of the same thing."""
    attribute = name.partition(".")[0]
    by_slot: defaultdict[str, list[tuple[str, Stated[Any]]]] = defaultdict(list)
    for each in statements:
        if not is_multiple(attribute, each[1].value):
            by_slot[slot_of(each[1].value)].append(each)
    for members in by_slot.values():
        formed = [(source_, canonical_form(statement.value), statement) for source_, statement in members]
        for place, (one_source, one_form, one) in enumerate(formed):
            for other_source, other_form, other in formed[:place]:
                # Two spellings with one canonical form say the same.
                is_asked = source in {"", one_source, other_source} and one_form != other_form
                if is_asked and conflict_between(one, other) in _REAL:
                    return True
    return False


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
