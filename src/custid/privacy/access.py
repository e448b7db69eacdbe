"""Who may read and change what, for which purpose: grants as data, asked in one place.

What no grant allows is denied.  A grant covers sensitive attributes only if it names purposes: to look at what somebody
owns, or how he drives, there has to be a reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol, TypeVar

from attrs import asdict, field, frozen

from custid._json import json_value
from custid.errors import ConfigurationError, ModelFormatError
from custid.model import (
    ATTRIBUTES,
    ContactPoint,
    Email,
    ExternalId,
    InformationGroup,
    Measure,
    Phone,
    PostalAddress,
    Privacy,
)

__all__ = ["AccessPolicy", "Action", "Actor", "ActorKind", "Effect", "Grant", "Policy", "facet_of", "facet_of_name"]

_FORMAT: Final = "custid access policy"
_VERSION: Final = 1


_Kind = TypeVar("_Kind", bound=StrEnum)


class Effect(StrEnum):
    """What becomes of a wish to act."""

    DENY = "deny"
    MASK = "mask"
    ALLOW = "allow"


class Action(StrEnum):
    """What somebody wants to do with an attribute."""

    READ = "read"
    SEARCH = "search"
    EXPORT = "export"
    UPDATE = "update"
    FOLLOW = "follow"


class ActorKind(StrEnum):
    """Who acts."""

    PERSON = "person"
    PROGRAM = "program"
    SUBJECT = "subject"


def _names(instance: Any, attribute: Any, value: Any) -> None:
    # The letters of a text would be taken for names: a refusal to one role would be one to nobody.
    if not (isinstance(value, tuple) and all(isinstance(each, str) for each in value)):
        raise ConfigurationError(
            f"{type(instance).__name__}.{attribute.name}: expected a tuple of texts, got {type(value).__name__}.",
            hint="Put a comma behind a single element: (value,).",
        )


def _member(given: Any, kind: type[_Kind], name: str) -> _Kind:
    """Return a member by its value, too: a text would equal it, and be taken for another."""
    try:
        return kind(given)
    except ValueError:
        known = ", ".join(kind)
        raise ConfigurationError(f"Grant.{name}: expected one of {known}, got another.") from None


def _effect(given: Any) -> Effect:
    return _member(given, Effect, "effect")


def _actions(given: Any) -> tuple[Action, ...]:
    """Return the members of a tuple; what is none is left to the validator."""
    if not isinstance(given, tuple):
        left: tuple[Action, ...] = given
        return left
    return tuple(_member(each, Action, "actions") for each in given)


@frozen(kw_only=True)
class Actor:
    """Somebody, or something, that acts.

    Attributes
    ----------
    name : str
        Who; it stands in the audit.
    roles : tuple of str
        What the actor is in the company: ``"till"``, ``"call center"``, …
    kind : ActorKind
        A person of the company, a program, or the customer himself.
    customer : str
        Of a customer himself his identifier; empty for others.

    Raises
    ------
    ConfigurationError
        If the name is empty, roles are no tuple of texts, or a customer acts without identifier.
    """

    name: str
    roles: tuple[str, ...] = field(default=(), validator=_names)
    kind: ActorKind = ActorKind.PERSON
    customer: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("Actor.name: expected text, got none.", hint="The audit has to say who it was.")
        if self.kind is ActorKind.SUBJECT and not self.customer:
            raise ConfigurationError("Actor.customer: expected an identifier of the customer who acts, got none.")


@frozen(kw_only=True)
class Grant:
    """What some roles may do, or may not.

    Attributes
    ----------
    roles : tuple of str
        Whom it is for; empty for everybody.
    actions : tuple of Action
        What may be done.
    effect : Effect
        ``ALLOW``, ``MASK`` (see that something is there, not what), or ``DENY``, which outweighs the others.
    attributes : tuple of str
        Names of attributes, or of parts of one: ``"contacts"``, ``"contacts.phone"``, ``"measures.tier"``.
    groups : tuple of InformationGroup
        Whole groups of attributes.  Without attributes and groups, a grant is for all attributes.
    purposes : tuple of str
        For which purposes; empty for any, but then sensitive attributes are not covered.
    own_only : bool
        Whether it is for the data of the customer who acts alone.

    Raises
    ------
    ConfigurationError
        If something that may be several is no tuple of texts, or an action or effect is none.
    """

    roles: tuple[str, ...] = field(default=(), validator=_names)
    actions: tuple[Action, ...] = field(default=(Action.READ,), validator=_names, converter=_actions)
    effect: Effect = field(default=Effect.ALLOW, converter=_effect)
    attributes: tuple[str, ...] = field(default=(), validator=_names)
    groups: tuple[InformationGroup, ...] = field(default=(), validator=_names)
    purposes: tuple[str, ...] = field(default=(), validator=_names)
    own_only: bool = False

    def covers(self, actor: Actor, purpose: str, attribute: str, action: Action, customer: str) -> bool:
        """Tell whether the grant is about a wish."""
        if self.roles and not any(role in actor.roles for role in self.roles):
            return False
        if action not in self.actions or (self.purposes and purpose not in self.purposes):
            return False
        if self.own_only and not (actor.kind is ActorKind.SUBJECT and actor.customer == customer):
            return False
        whole, _, part = attribute.partition(".")
        declared = ATTRIBUTES.get(whole)
        if self.attributes or self.groups:
            named = attribute in self.attributes or whole in self.attributes
            if not named and (declared is None or declared.group not in self.groups):
                return False
        is_sensitive = declared is None or declared.privacy is Privacy.SENSITIVE or _is_sensitive_part(whole, part)
        return self.effect is Effect.DENY or not is_sensitive or bool(self.purposes)


def _is_sensitive_part(whole: str, part: str) -> bool:
    """Tell whether a part of an attribute is sensitive where others are not, as bank accounts are of identifiers."""
    declared = ATTRIBUTES.get(part)
    return declared is not None and declared.part_of == whole and declared.privacy is Privacy.SENSITIVE


def _concerns(grant: Grant, name: str, group: InformationGroup) -> bool:
    is_for_all = not grant.attributes and not grant.groups
    return is_for_all or group in grant.groups or any(each.partition(".")[0] == name for each in grant.attributes)


class Policy(Protocol):
    """Decides who may do what."""

    def __call__(self, actor: Actor, purpose: str, attribute: str, action: Action, /, *, customer: str = "") -> Effect:
        """Return what becomes of a wish.

        Parameters
        ----------
        actor : Actor
            Who wants it.
        purpose : str
            What for; empty where none was said.
        attribute : str
            Name of the attribute, or of a part of it (:func:`facet_of`).
        action : Action
            What is wanted.
        customer : str
            Identifier of the customer whose data it is; empty for none in particular.

        Returns
        -------
        Effect
            Allow, mask or deny.
        """
        ...


@frozen
class AccessPolicy:
    """A policy of grants.

    Attributes
    ----------
    grants : tuple of Grant
        The grants; their order does not matter.

    Raises
    ------
    ConfigurationError
        With every attribute, or part of one, that does not exist or goes by another name: ``"contacts.email"`` for
        ``"email"``.

    Notes
    -----
    Of the grants that cover a wish, one that denies outweighs the others; else the one that gives most counts, as
    somebody with two roles may do what either may.

    Examples
    --------
    >>> policy = AccessPolicy((Grant(roles=("till",), attributes=("person_names", "measures.tier")),))
    >>> till = Actor(name="till 3", roles=("till",))
    >>> policy(till, "sale", "person_names", Action.READ).value
    'allow'
    >>> policy(till, "sale", "birth_date", Action.READ).value
    'deny'
    """

    grants: tuple[Grant, ...]

    def __attrs_post_init__(self) -> None:
        named = sorted({name for grant in self.grants for name in grant.attributes})
        # A refusal under a name that nothing goes by would refuse nothing.
        expected = [(name, told) for name in named if (told := _expected_for(name))]
        if expected:
            raise ConfigurationError.collected(
                [f"access policy: attribute {name!r}: expected {told}" for name, told in expected],
                hint="See the data dictionary for the names.",
            )

    def __call__(self, actor: Actor, purpose: str, attribute: str, action: Action, /, *, customer: str = "") -> Effect:
        """Return what becomes of a wish; see `Policy`."""
        action = Action(action)
        named = self._by_attribute.get(attribute.partition(".")[0], self.grants)
        effects = {grant.effect for grant in named if grant.covers(actor, purpose, attribute, action, customer)}
        if not effects or Effect.DENY in effects:
            return Effect.DENY
        return Effect.ALLOW if Effect.ALLOW in effects else Effect.MASK

    @cached_property
    def _by_attribute(self) -> dict[str, tuple[Grant, ...]]:
        """The grants that can cover an attribute or a part of it, so that each wish is held against few."""
        return {
            name: tuple(each for each in self.grants if _concerns(each, name, declared.group))
            for name, declared in ATTRIBUTES.items()
        }

    def to_json(self) -> str:
        """Return the policy as text, for people to edit."""
        grants = [{name: _plain(value) for name, value in asdict(each, recurse=False).items()} for each in self.grants]
        return json.dumps({"format": _FORMAT, "version": _VERSION, "grants": grants}, indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> AccessPolicy:
        """Return the policy that a text holds.

        Parameters
        ----------
        text : str
            As :meth:`to_json` writes it; what a grant leaves out is as by default.

        Returns
        -------
        AccessPolicy
            The policy.

        Raises
        ------
        ModelFormatError
            If the text is no policy of this version; the message names the grant and the field.
        """
        try:
            held: Any = json_value(text)
            is_known = held["format"] == _FORMAT and held["version"] == _VERSION
            listed = list(held["grants"])
        except (ValueError, KeyError, TypeError):
            is_known, listed = False, []
        if not is_known:
            raise ModelFormatError("access policy: expected the text of a policy of this version, got another.")
        return cls(tuple(_grant(place, each) for place, each in enumerate(listed)))


def facet_of(attribute: str, value: Any) -> str:
    """Return the part of an attribute that a value is.

    Parameters
    ----------
    attribute : str
        Name of an attribute.
    value : object
        A typed value of it.

    Returns
    -------
    str
        ``"contacts.phone"``, ``"contacts.email"``, ``"contacts.postal"``, ``"contacts.online"``, ``"measures.<name>"``,
        ``"identifiers.<scheme>"``; the attribute itself for others.

    Examples
    --------
    >>> from custid.model import Measure
    >>> facet_of("measures", Measure(name="tier", value="gold"))
    'measures.tier'
    """
    if isinstance(value, ContactPoint):
        return f"{attribute}.{_POINTS.get(type(value.point), 'online')}"
    if isinstance(value, Measure):
        return f"{attribute}.{value.name}"
    if isinstance(value, ExternalId):
        return f"{attribute}.{value.scheme}"
    return attribute


def facet_of_name(name: str) -> str:
    """Return the part of an attribute that a column or a question of some name is about.

    Parameters
    ----------
    name : str
        Name of an attribute of columns, such as ``"given_name"`` or ``"iban"``.

    Returns
    -------
    str
        As from :func:`facet_of`; the name itself where it is no part of another attribute.

    Examples
    --------
    >>> facet_of_name("given_name"), facet_of_name("city"), facet_of_name("iban"), facet_of_name("birth_year")
    ('person_names', 'contacts.postal', 'identifiers.iban', 'birth_date')
    """
    declared = ATTRIBUTES.get(name)
    whole = "" if declared is None else declared.part_of
    if whole == "contacts":
        return f"contacts.{_CONTACTS.get(name, 'postal')}"
    return f"{whole}.{name}" if whole in {"identifiers", "measures"} else whole or name


def _expected_for(name: str) -> str:
    """Return what was expected in place of a name in a grant; empty for one by which something goes."""
    whole, dot, part = name.partition(".")
    if whole not in ATTRIBUTES:
        return "the name of an attribute"
    if not dot:
        facet = facet_of_name(name)
        return "" if facet == name else f"{facet!r}, of which it is a column"
    if whole == "contacts":
        return "" if part in _CONTACT_PARTS else f"a part of {', '.join(sorted(_CONTACT_PARTS))}"
    return "" if whole in _PARTED and part else f"{whole!r}, which has no such part"


_CONTACT_PARTS: Final = frozenset({"email", "online", "phone", "postal"})
_PARTED: Final = frozenset({"identifiers", "measures", "wealth"})
_POINTS: Final = {Phone: "phone", Email: "email", PostalAddress: "postal"}
_CONTACTS: Final = {"phone": "phone", "email": "email", "online_account": "online"}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, StrEnum) else value


_READERS: Final[dict[str, Any]] = {
    "roles": str,
    "actions": Action,
    "attributes": str,
    "groups": InformationGroup,
    "purposes": str,
}


def _grant(place: int, values: Any) -> Grant:
    if not isinstance(values, dict):
        raise ModelFormatError(f"access policy: grant {place}: expected an object, got {type(values).__name__}.")
    read: dict[str, Any] = {}
    for name, value in values.items():
        try:
            read[name] = _field(name, value)
        except (TypeError, ValueError):
            raise ModelFormatError(
                f"access policy: grant {place}: field {name!r}: expected one that is known with a value that fits, got "
                "another."
            ) from None
    return Grant(**read)


def _field(name: str, value: Any) -> Any:
    if name in _READERS:
        return tuple(_READERS[name](_text(each)) for each in _items(value))
    if name == "effect":
        return Effect(_text(value))
    if name == "own_only" and isinstance(value, bool):
        return value
    raise ValueError(name)


def _items(value: Any) -> Iterable[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
