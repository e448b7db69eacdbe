"""Which rules choose the value of which attribute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from custid.errors import ConfigurationError
from custid.model import ATTRIBUTES
from custid.survivorship.rules import (
    Rule,
    case_quality,
    declared_over_observed,
    deliverable_first,
    inferred_last,
    lasting_first,
    longest_valid,
    most_complete,
    most_confident,
    most_frequent,
    most_recent,
    most_specific,
    own_word_first,
    sound_first,
    source_priority,
    steward_first,
    verified_first,
)

__all__ = ["Survivorship", "default_survivorship"]

_HALF_LIFE: Final = timedelta(days=730)


def _read_only(mapping: Mapping[str, tuple[Rule, ...]]) -> Mapping[str, tuple[Rule, ...]]:
    return MappingProxyType({name: tuple(rules) for name, rules in mapping.items()})


@frozen(kw_only=True)
class Survivorship:
    """Rules by attribute; within one attribute the first rule that tells two statements apart decides.

    Where no rule does, the canonical text decides, so that the order is always total.

    Attributes
    ----------
    by_attribute : mapping of str to tuple of Rule
        Rules of single attributes, named as in `custid.model.ATTRIBUTES`.
    default : tuple of Rule
        Rules of all others.

    Raises
    ------
    ConfigurationError
        If an attribute does not exist, or is ``"consents"``: of consents none is chosen, the most protective holds.

    Examples
    --------
    >>> from custid.survivorship import most_recent
    >>> rules = default_survivorship().with_rules("occupation", most_recent())
    >>> [rule.name for rule in rules.rules_of("occupation")]
    ['most_recent']
    """

    by_attribute: Mapping[str, tuple[Rule, ...]] = field(factory=dict, converter=_read_only, hash=False)
    default: tuple[Rule, ...] = ()

    def __attrs_post_init__(self) -> None:
        for name in self.by_attribute:
            if name not in ATTRIBUTES:
                raise ConfigurationError(f"Survivorship.by_attribute: expected names of attributes, got {name!r}.")
            if name == "consents":
                raise ConfigurationError(
                    "Survivorship.by_attribute: expected attributes of which a value is chosen, got 'consents'.",
                    hint="Of consents the most protective holds; no rule can change that.",
                )

    def rules_of(self, attribute: str) -> tuple[Rule, ...]:
        """Return the rules of an attribute.

        Parameters
        ----------
        attribute : str
            Its name.

        Returns
        -------
        tuple of Rule
            The default ones where it has none of its own.
        """
        return self.by_attribute.get(attribute, self.default)

    def with_rules(self, attribute: str, *rules: Rule) -> Survivorship:
        """Return these rules with other ones for one attribute.

        Parameters
        ----------
        attribute : str
            Its name.
        *rules : Rule
            Its rules, the strongest first.

        Returns
        -------
        Survivorship
            New rules; these stay as they are.
        """
        return evolve(self, by_attribute={**self.by_attribute, attribute: rules})


def default_survivorship(sources: Mapping[str, int] | None = None) -> Survivorship:
    """Return the rules that are used where none are given.

    Parameters
    ----------
    sources : mapping of str to int, optional
        Places of the sources, 1 being trusted most; see `source_priority`.

    Returns
    -------
    Survivorship
        A steward's word first, then what was checked, then sound values of trusted sources; after that what suits the
        attribute: the most specific date, the most complete and best written name, the latest state of an identifier,
        declared preferences before observed ones, and of addresses and numbers what the customer has entered himself.
    """
    trust = (verified_first(), sound_first(), *((source_priority(sources),) if sources else ()))
    top = (steward_first(), *trust)
    dates = (*top, inferred_last(), most_confident(), most_specific(), most_frequent(), most_recent())
    names = (
        *top,
        inferred_last(),
        lasting_first(),
        most_confident(),
        most_complete(),
        case_quality(),
        most_frequent(),
        most_recent(),
    )
    contacts = (
        steward_first(),
        deliverable_first(),
        lasting_first(),
        *trust,
        own_word_first(),
        inferred_last(),
        most_recent(_HALF_LIFE),
        most_frequent(),
        most_complete(),
        case_quality(),
    )
    said = (*top, declared_over_observed(), most_recent(), most_frequent())
    latest = (steward_first(), most_recent(), *trust)
    sex = (steward_first(), most_complete(), *said[1:])
    groups = (
        (dates, ("birth_date", "death_date", "founded")),
        (names, ("person_names", "organization_name", "collective_name")),
        (contacts, ("contacts",)),
        (sex, ("sex",)),
        (said, ("language", "preferences")),
        (
            latest,
            (
                "holdings",
                "identifiers",
                "interactions",
                "life_events",
                "measures",
                "notes",
                "relations",
                "roles",
                "wealth",
            ),
        ),
    )
    return Survivorship(
        by_attribute={name: rules for rules, attributes in groups for name in attributes},
        default=(
            *top,
            inferred_last(),
            lasting_first(),
            most_recent(_HALF_LIFE),
            most_frequent(),
            most_complete(),
            longest_valid(),
        ),
    )
