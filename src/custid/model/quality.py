"""What a record lacks, and what was bought without telling the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from custid.errors import ConfigurationError
from custid.model.attributes import ATTRIBUTES, Attribute
from custid.model.parties import Collective, Organization, Party, Person, Record
from custid.model.statements import Basis, Stated
from custid.model.values import Sex

__all__ = ["EXPECTED", "Completeness", "PrivacyFinding", "PrivacyFindingCode", "completeness", "privacy_report"]

EXPECTED: Final[Mapping[type[Party], tuple[str, ...]]] = MappingProxyType(
    {
        Person: ("person_names", "birth_date", "contacts"),
        Organization: ("organization_name", "identifiers", "contacts"),
        Collective: ("collective_name", "contacts"),
    }
)
"""Attributes that a record of each kind of party is expected to state; all others are optional."""


@frozen(kw_only=True)
class Completeness:
    """How much of what is expected a record states.

    Attributes
    ----------
    score : float
        Share of the expected attributes that are stated, from 0 to 1; 1 where none is expected.
    missing : tuple of str
        Names of those that are not, in the order expected.
    """

    score: float
    missing: tuple[str, ...]


def completeness(record: Record, *, expected: Iterable[str] | None = None) -> Completeness:
    """Return how complete a record is; every attribute is optional, so that none of them makes it invalid.

    Parameters
    ----------
    record : Record
        The record.
    expected : iterable of str, optional
        Names of the attributes that count; those of `EXPECTED` for its kind of party by default.  Sex never counts:
        nobody has to say it.

    Returns
    -------
    Completeness
        Score, and what is missing.

    Raises
    ------
    ConfigurationError
        If an attribute does not exist, or is sex.
    """
    names = tuple(dict.fromkeys(EXPECTED[type(record.party)] if expected is None else expected))
    for name in names:
        if name not in ATTRIBUTES:
            raise ConfigurationError(f"completeness: expected names of attributes, got {name!r}.")
        if name == "sex":
            raise ConfigurationError(
                "completeness: expected attributes that may be asked of everybody, got 'sex'.",
                hint="Sex is optional and never lowers the score.",
            )
    stated = {declared.name for declared, statement in record.statements() if _says_something(declared, statement)}
    missing = tuple(name for name in names if name not in stated)
    return Completeness(score=1 - len(missing) / len(names) if names else 1.0, missing=missing)


class PrivacyFindingCode(StrEnum):
    """What can be missing from purchased data."""

    NO_NOTICE = "purchased_without_notice"
    NO_LICENSE = "purchased_without_license"


@frozen(kw_only=True)
class PrivacyFinding:
    """Purchased data whose use is not covered.

    Attributes
    ----------
    code : PrivacyFindingCode
        What is missing.
    attribute : str
        Name of the attribute.
    source, key : str
        The record.
    """

    code: PrivacyFindingCode
    attribute: str
    source: str
    key: str


def privacy_report(records: Iterable[Record]) -> tuple[PrivacyFinding, ...]:
    """Return the purchased statements of which the person was not told, or that have no license.

    Parameters
    ----------
    records : iterable of Record
        The records.

    Returns
    -------
    tuple of PrivacyFinding
        Each once, by record and attribute; without values.
    """
    found = set()
    for record in records:
        for name, by in (
            *((declared.name, statement.by) for declared, statement in record.statements()),
            *((unread.attribute, unread.by) for unread in record.unread),
        ):
            if by.basis is Basis.PURCHASED:
                gaps = ((PrivacyFindingCode.NO_NOTICE, by.notice), (PrivacyFindingCode.NO_LICENSE, by.license))
                found |= {
                    PrivacyFinding(code=code, attribute=name, source=record.source, key=record.key)
                    for code, text in gaps
                    if not text.strip()
                }
    return tuple(sorted(found, key=lambda each: (each.source, each.key, each.attribute, each.code)))


def _says_something(declared: Attribute, statement: Stated[Any]) -> bool:
    return declared.name != "sex" or statement.value is not Sex.NOT_KNOWN
