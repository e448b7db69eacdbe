"""What the formats of others keep of a record."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["MAPPING_LOSSES", "FieldFate"]


class FieldFate(StrEnum):
    """What becomes of a field that is written in a format and read again."""

    KEPT = "kept"
    CHANGED = "changed"
    LOST = "lost"


_STANDARDS: Final = ("vCard", "schema.org", "FHIR", "TMF632")

# A field is kept only where it is whatever the record holds: names and dates of which a format takes one are changed.
_TABLE: Final = """
    Record.source              lost     lost     lost     lost
    Record.key                 lost     lost     lost     lost
    Record.version             lost     lost     lost     lost
    ExternalId.scheme          changed  kept     kept     kept
    ExternalId.value           changed  kept     kept     kept
    ExternalId.issuer          lost     lost     kept     kept
    ExternalId.state           lost     lost     changed  lost
    ExternalId.replaced_by     lost     lost     lost     lost
    Provenance.source          lost     lost     lost     lost
    Provenance.record          lost     lost     lost     lost
    Provenance.observed_at     lost     lost     lost     lost
    Provenance.recorded_at     lost     lost     lost     lost
    Provenance.collected_by    lost     lost     lost     lost
    Provenance.channel         lost     lost     lost     lost
    Provenance.basis           lost     lost     lost     lost
    Provenance.confidence      lost     lost     lost     lost
    Verification.at            lost     lost     lost     lost
    Verification.by            lost     lost     lost     lost
    Verification.means         lost     lost     lost     lost
    Verification.reference     lost     lost     lost     lost
    Provenance.license         lost     lost     lost     lost
    Provenance.notice          lost     lost     lost     lost
    Stated.raw                 lost     lost     lost     lost
    Period.start               lost     lost     changed  changed
    Period.end                 lost     lost     changed  changed
    Issue.code                 lost     lost     lost     lost
    Issue.detail               lost     lost     lost     lost
    PostalAddress.lines        changed  changed  changed  changed
    PostalAddress.recipient    changed  changed  changed  changed
    PostalAddress.unit         changed  changed  changed  changed
    PostalAddress.building     changed  changed  changed  changed
    PostalAddress.number       changed  changed  changed  changed
    PostalAddress.number_ext   changed  changed  changed  changed
    PostalAddress.street       changed  changed  changed  changed
    PostalAddress.locality_extra changed  changed  changed  changed
    PostalAddress.po_box       changed  changed  changed  changed
    PostalAddress.postcode     changed  changed  changed  changed
    PostalAddress.cedex        changed  changed  changed  changed
    PostalAddress.cedex_label  changed  changed  changed  changed
    PostalAddress.city         changed  changed  changed  changed
    PostalAddress.region       changed  changed  changed  changed
    PostalAddress.country      changed  changed  changed  changed
    PostalAddress.geo_code     lost     lost     lost     lost
    Phone.e164                 kept     kept     kept     kept
    Phone.extension            kept     kept     kept     kept
    Phone.kind                 kept     lost     changed  lost
    Email.address              kept     kept     kept     kept
    OnlineAccount.scheme       kept     changed  changed  kept
    OnlineAccount.handle       kept     kept     kept     kept
    ContactPoint.use           kept     changed  changed  kept
    ContactPoint.is_shared     kept     lost     lost     lost
    Person.languages           kept     kept     kept     kept
    Measure.name               lost     lost     lost     kept
    Measure.value              lost     lost     lost     kept
    Measure.unit               lost     lost     lost     kept
    Measure.method             lost     lost     lost     kept
    Person.notes               kept     lost     lost     kept
    PersonName.family          changed  changed  changed  changed
    PersonName.given           changed  changed  changed  changed
    PersonName.particle        changed  changed  changed  changed
    PersonName.prefix          changed  changed  changed  changed
    PersonName.suffix          changed  changed  changed  changed
    PersonName.use             changed  changed  changed  changed
    PersonName.full            changed  changed  changed  changed
    Person.birth_dates         changed  kept     changed  changed
    Person.death_dates         changed  kept     changed  changed
    Person.birth_places        changed  kept     changed  changed
    Person.sexes               changed  changed  changed  changed
    Person.marital_statuses    lost     lost     changed  changed
    Occupation.scheme          lost     changed  lost     kept
    Occupation.code            lost     kept     lost     kept
    Occupation.label           kept     kept     lost     kept
    Occupation.employer        kept     kept     lost     kept
    Organization.languages     kept     kept     lost     kept
    Organization.notes         kept     lost     lost     kept
    OrganizationName.name      changed  kept     kept     kept
    OrganizationName.use       changed  changed  changed  changed
    OrganizationName.legal_form lost     lost     lost     changed
    Organization.founded       lost     kept     lost     changed
    Organization.activities    lost     kept     kept     changed
    Collective.languages       kept     kept     lost     kept
    Collective.notes           kept     lost     lost     kept
    Collective.kind            lost     kept     kept     kept
    Collective.names           kept     kept     changed  kept
    Role.kind                  lost     lost     lost     lost
    Role.target                lost     lost     lost     lost
    PartyKey.source            lost     lost     lost     lost
    PartyKey.key               lost     lost     lost     lost
    Role.joint                 lost     lost     lost     lost
    Role.shares                lost     lost     lost     lost
    Relation.kind              lost     lost     lost     lost
    Holding.kind               lost     kept     lost     lost
    Holding.product            lost     kept     lost     lost
    Holding.serial             lost     kept     lost     lost
    Holding.acquired           lost     kept     lost     lost
    Holding.expires            lost     kept     lost     lost
    Interaction.at             lost     lost     lost     lost
    Interaction.channel        lost     lost     lost     lost
    Interaction.direction      lost     lost     lost     lost
    Interaction.kind           lost     lost     lost     lost
    Interaction.subject        lost     lost     lost     lost
    Interaction.thread         lost     lost     lost     lost
    Interaction.status         lost     lost     lost     lost
    Interaction.reference      lost     lost     lost     lost
    Interaction.reply_to       lost     lost     lost     lost
    Interaction.actor          lost     lost     lost     lost
    LifeEvent.kind             lost     lost     lost     lost
    LifeEvent.at               lost     lost     lost     lost
    LifeEvent.reference        lost     lost     lost     lost
    Preference.topic           lost     lost     lost     kept
    Preference.value           lost     lost     lost     kept
    Preference.channel         lost     lost     lost     kept
    Preference.windows         lost     lost     lost     kept
    Preference.time_zone       lost     lost     lost     kept
    Consent.purpose            lost     lost     lost     lost
    Consent.status             lost     lost     lost     lost
    Consent.legal_basis        lost     lost     lost     lost
    Consent.channel            lost     lost     lost     lost
    Consent.notice             lost     lost     lost     lost
    Consent.controller         lost     lost     lost     lost
    Consent.at                 lost     lost     lost     lost
    Consent.expires            lost     lost     lost     lost
    Consent.receipt            lost     lost     lost     lost
    Unread.attribute           lost     lost     lost     lost
    Unread.raw                 lost     lost     lost     lost
    Record.jurisdiction        lost     lost     lost     lost
    Record.tenant              lost     lost     lost     lost
    Record.is_restricted       lost     lost     lost     lost
"""


def _read(table: str) -> MappingProxyType[str, MappingProxyType[str, FieldFate]]:
    lines = (line.split() for line in table.strip().splitlines())
    return MappingProxyType(
        {name: MappingProxyType(dict(zip(_STANDARDS, map(FieldFate, fates), strict=True))) for name, *fates in lines}
    )


MAPPING_LOSSES: Final = _read(_TABLE)
"""For each class and field, what ``"vCard"`` (and jCard), ``"schema.org"``, ``"FHIR"`` and ``"TMF632"`` make of it."""
