"""Parties: persons, organizations and collectives, and records, which speak of one.

Each field that holds statements names its declaration in `custid.model.ATTRIBUTES` by its metadata.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from attrs import field, fields, frozen

from custid.errors import ModelError
from custid.model._checks import instance_of, matches, not_empty, tuple_of
from custid.model.attributes import ATTRIBUTES, Attribute, InformationGroup
from custid.model.dates import PartialDate
from custid.model.facts import Consent, Holding, Interaction, LifeEvent, Preference, Relation, Role
from custid.model.statements import Stated, Unread
from custid.model.values import ContactPoint, ExternalId, Measure, Occupation, OrganizationName, PersonName, Sex

__all__ = [
    "Collective",
    "CollectiveKind",
    "Organization",
    "Party",
    "Person",
    "Record",
    "are_comparable",
    "declaration_of",
]

_METADATA_KEY = "custid.attribute"


def _stated(attribute: str, *kinds: type) -> Any:
    """Return a field of statements about a declared attribute."""
    declared = ATTRIBUTES[attribute]
    is_statement = tuple_of(Stated)

    def check(instance: Any, field_: Any, value: Any) -> None:
        is_statement(instance, field_, value)
        for place, statement in enumerate(value):
            if not isinstance(statement.value, kinds) or (isinstance(statement.value, bool)):
                expected = " or ".join(kind.__name__ for kind in kinds)
                raise ModelError(
                    f"{type(instance).__name__}.{field_.name}[{place}].value: expected {expected}, got "
                    f"{type(statement.value).__name__}."
                )

    return field(default=(), validator=check, metadata={_METADATA_KEY: declared})


def declaration_of(field_: Any) -> Attribute | None:
    """Return the declaration of a field of statements.

    Parameters
    ----------
    field_ : attrs.Attribute
        A field, as ``attrs.fields`` gives it.

    Returns
    -------
    Attribute or None
        None for a field that holds no statements.
    """
    declared: Attribute | None = field_.metadata.get(_METADATA_KEY)
    return declared


_FIELDS_OF_STATEMENTS: dict[type[Any], tuple[tuple[str, Attribute], ...]] = {}


def _fields_of_statements(kind: type[Any]) -> tuple[tuple[str, Attribute], ...]:
    """Return names and declarations of the fields that hold statements, looked up once for each class."""
    if kind not in _FIELDS_OF_STATEMENTS:
        found = ((each.name, declaration_of(each)) for each in fields(kind))
        _FIELDS_OF_STATEMENTS[kind] = tuple((name, declared) for name, declared in found if declared is not None)
    return _FIELDS_OF_STATEMENTS[kind]


@frozen(kw_only=True)
class Party:
    """Somebody who can be a customer: a person, an organization or a collective.

    Attributes
    ----------
    identifiers : tuple of Stated of ExternalId
        Registrations, accounts and cards.
    contacts : tuple of Stated of ContactPoint
        Postal and e-mail addresses, phones, online accounts.
    languages : tuple of Stated of str
        BCP 47 tags of languages to talk in.
    wealth : tuple of Stated of Measure
        What the party owns.
    measures : tuple of Stated of Measure
        Value tiers, risk and the like.
    notes : tuple of Stated of str
        Free text.
    """

    identifiers: tuple[Stated[ExternalId], ...] = _stated("identifiers", ExternalId)
    contacts: tuple[Stated[ContactPoint], ...] = _stated("contacts", ContactPoint)
    languages: tuple[Stated[str], ...] = _stated("language", str)
    wealth: tuple[Stated[Measure], ...] = _stated("wealth", Measure)
    measures: tuple[Stated[Measure], ...] = _stated("measures", Measure)
    notes: tuple[Stated[str], ...] = _stated("notes", str)


@frozen(kw_only=True)
class Person(Party):
    """A natural person; a sole trader is a person with a SIREN.

    Attributes
    ----------
    names : tuple of Stated of PersonName
        Names; birth and usage names are several.
    birth_dates : tuple of Stated of PartialDate
        Dates of birth, as different sources have them.
    death_dates : tuple of Stated of PartialDate
        Dates of death.
    birth_places : tuple of Stated of str
        Places of birth.
    sexes : tuple of Stated of Sex
        Sex after ISO/IEC 5218; always optional.
    marital_statuses : tuple of Stated of str
        Marital status; never evidence.
    occupations : tuple of Stated of Occupation
        What the person does for a living.
    """

    names: tuple[Stated[PersonName], ...] = _stated("person_names", PersonName)
    birth_dates: tuple[Stated[PartialDate], ...] = _stated("birth_date", PartialDate)
    death_dates: tuple[Stated[PartialDate], ...] = _stated("death_date", PartialDate)
    birth_places: tuple[Stated[str], ...] = _stated("birth_place", str)
    sexes: tuple[Stated[Sex], ...] = _stated("sex", Sex)
    marital_statuses: tuple[Stated[str], ...] = _stated("marital_status", str)
    occupations: tuple[Stated[Occupation], ...] = _stated("occupation", Occupation)


@frozen(kw_only=True)
class Organization(Party):
    """A company, an association, an authority, or one of its establishments.

    Attributes
    ----------
    names : tuple of Stated of OrganizationName
        Legal and trading names, former ones and acronyms.
    founded : tuple of Stated of PartialDate
        When it was founded.
    activities : tuple of Stated of str
        What it does, as a code (NAF, ISIC) or a label.
    """

    names: tuple[Stated[OrganizationName], ...] = _stated("organization_name", OrganizationName)
    founded: tuple[Stated[PartialDate], ...] = _stated("founded", PartialDate)
    activities: tuple[Stated[str], ...] = _stated("category", str)


class CollectiveKind(StrEnum):
    """What joins the members of a collective."""

    HOUSEHOLD = "household"
    JOINT = "joint"
    UNDIVIDED = "undivided"
    GROUP = "group"


@frozen(kw_only=True)
class Collective(Party):
    """A party made of parties: a household, joint holders, a system of customers; its members are relations.

    Attributes
    ----------
    kind : CollectiveKind
        What joins the members.
    names : tuple of Stated of str
        What it is called.
    """

    kind: CollectiveKind = field(default=CollectiveKind.HOUSEHOLD, validator=instance_of(CollectiveKind))
    names: tuple[Stated[str], ...] = _stated("collective_name", str)


def are_comparable(left: Party, right: Party) -> bool:
    """Tell whether two parties can be the same one.

    Parameters
    ----------
    left, right : Party
        Two parties.

    Returns
    -------
    bool
        False for a person and an organization, or either and a collective, even if their names are equal: kinds are
        never merged.  A sole trader is a person who has a SIREN.

    Examples
    --------
    >>> are_comparable(Person(), Organization()), are_comparable(Person(), Person())
    (False, True)
    """
    return type(left) is type(right)


@frozen(kw_only=True)
class Record:
    """What one source said about one party at one time: the unit of intake, matching, erasure and audit.

    Attributes
    ----------
    source : str
        The system.
    key : str
        Key of the record in it.
    version : str
        Version of the record at the source; empty when unknown.
    party : Person, Organization or Collective
        Who is spoken of.
    roles, relations, holdings, interactions, life_events, preferences, consents : tuple of Stated
        Facts around the party.
    unread : tuple of Unread
        What the source gave and could not be read.
    jurisdiction : str
        ISO 3166-1 code of the country whose law holds.
    tenant : str
        Whose customer file it belongs to.
    is_restricted : bool
        True where processing is restricted (GDPR, article 18): the record is kept and not used.  A registry that has
        the record keeps its customer as it is until the source says otherwise.

    Raises
    ------
    ModelError
        If a part is of another type, or nothing is stated.
    """

    source: str = field(validator=not_empty)
    key: str = field(validator=not_empty)
    version: str = field(default="", validator=instance_of(str))
    party: Person | Organization | Collective = field(validator=instance_of(Person, Organization, Collective))
    roles: tuple[Stated[Role], ...] = _stated("roles", Role)
    relations: tuple[Stated[Relation], ...] = _stated("relations", Relation)
    holdings: tuple[Stated[Holding], ...] = _stated("holdings", Holding)
    interactions: tuple[Stated[Interaction], ...] = _stated("interactions", Interaction)
    life_events: tuple[Stated[LifeEvent], ...] = _stated("life_events", LifeEvent)
    preferences: tuple[Stated[Preference], ...] = _stated("preferences", Preference)
    consents: tuple[Stated[Consent], ...] = _stated("consents", Consent)
    unread: tuple[Unread, ...] = field(default=(), validator=tuple_of(Unread))
    jurisdiction: str = field(default="FR", validator=matches(r"[A-Z]{2}", "an ISO 3166-1 alpha-2 code"))
    tenant: str = field(default="default", validator=not_empty)
    is_restricted: bool = field(default=False, validator=instance_of(bool))

    def __attrs_post_init__(self) -> None:
        if not self.unread and next(self.statements(), None) is None:
            raise ModelError("Record: expected at least one statement, got none.")

    def statements(self) -> Iterator[tuple[Attribute, Stated[Any]]]:
        """Return all statements, each with the declaration of its attribute.

        Returns
        -------
        iterator of (Attribute, Stated)
            Those about the party first, field by field.
        """
        for holder in (self.party, self):
            for name, declared in _fields_of_statements(type(holder)):
                for statement in getattr(holder, name):
                    yield declared, statement

    def group(self, group: InformationGroup | str) -> tuple[Stated[Any], ...]:
        """Return the statements of one information group.

        Parameters
        ----------
        group : InformationGroup or str
            The group, for example ``"legal"``.

        Returns
        -------
        tuple of Stated
            In the order of the fields.
        """
        wanted = InformationGroup(group)
        return tuple(statement for declared, statement in self.statements() if declared.group is wanted)
