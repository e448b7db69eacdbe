"""What is declared of an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import field, frozen, validators

__all__ = ["Attribute", "Evidence", "InformationGroup", "Privacy"]


class InformationGroup(StrEnum):
    """The kind of information an attribute belongs to."""

    LEGAL = "legal"
    FAMILY = "family"
    PROFESSIONAL = "professional"
    CONTACT = "contact"
    WEALTH = "wealth"
    EQUIPMENT = "equipment"
    BEHAVIOR = "behavior"
    PREFERENCE = "preference"
    CONSENT = "consent"
    VALUE = "value"
    IDENTIFIER = "identifier"
    TECHNICAL = "technical"


class Evidence(StrEnum):
    """What agreement on an attribute may prove."""

    KEY = "key"
    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"
    BANNED = "banned"


class Privacy(StrEnum):
    """How much an attribute's values are to be guarded."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


def _read_only(mapping: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(mapping))


@frozen(kw_only=True)
class Attribute:
    """Everything that the library has to know about one attribute.

    Attributes
    ----------
    name : str
        Identifier used in schemas, models and results.
    group : InformationGroup
        Kind of information.
    evidence : Evidence
        What agreement may prove; ``NONE`` and ``BANNED`` are never compared, and a matcher that names a ``BANNED``
        one is refused.
    banned_because : str
        Why it is banned, as the end of a sentence; empty for others.
    is_negative : bool
        True where two clear values that differ speak against a match.
    is_exclusive : bool
        True for an identifier of which a party has one at most, so that two of them tell two parties apart.
    privacy : Privacy
        How its values are guarded.
    standardizer : str
        Name of the standardizer that makes its canonical values; empty for none.
    is_personal : bool
        True when members of one household differ in it (given name, sex, an identifier of the person).
    is_circumstantial : bool
        True when strangers of one place or trade agree on it (city, postcode, occupation).
    part_of : str
        The attribute that holds it in the typed model, where it is a part of one (``"person_names"`` for the given
        name); empty for an attribute that is a field itself, and for technical ones.
    path : str
        Where the typed model holds it: ``"Person.names.given"``; empty where it does not.
    mappings : mapping of str to str
        Its names in ``"schema.org"``, ``"vCard"``, ``"FHIR"`` and ``"TMF632"``.
    label_en, label_fr : str
        What a person reads.
    aliases : tuple of str
        Column names, folded (lower case, no accents, single underscores), under which sources keep it.
    """

    name: str = field(validator=validators.matches_re(r"[a-z][a-z_]*"))
    group: InformationGroup
    evidence: Evidence
    banned_because: str = ""
    is_negative: bool = False
    is_exclusive: bool = False
    privacy: Privacy = Privacy.PERSONAL
    standardizer: str = ""
    is_personal: bool = False
    is_circumstantial: bool = False
    part_of: str = ""
    path: str = ""
    mappings: Mapping[str, str] = field(factory=dict, converter=_read_only, hash=False)
    label_en: str
    label_fr: str
    aliases: tuple[str, ...] = ()

    @property
    def is_comparable(self) -> bool:
        """True where agreement may be evidence."""
        return self.evidence not in {Evidence.NONE, Evidence.BANNED}
