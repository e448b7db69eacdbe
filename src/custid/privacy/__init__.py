"""What may be done with a customer's data: who may see and change it, who may be contacted, and who was forgotten."""

from custid.privacy.access import AccessPolicy, Action, Actor, ActorKind, Effect, Grant, Policy, facet_of, facet_of_name
from custid.privacy.audit import GENESIS, AuditEntry, AuditFault, AuditFile, AuditTrail, audit_faults, chained
from custid.privacy.contact import (
    PURPOSES,
    ContactCap,
    ContactDecision,
    ContactPurpose,
    ContactReason,
    may_contact,
)
from custid.privacy.gate import NOTIFIED, Gate, Seen, SensitiveUpdate
from custid.privacy.holidays import easter_sunday, french_holidays
from custid.privacy.incident import IncidentDossier, incident
from custid.privacy.jurisdictions import (
    FRANCE,
    PACKS,
    UNITED_KINGDOM,
    Audience,
    ContactRule,
    JurisdictionPack,
    Regime,
    pack_of,
)
from custid.privacy.masking import MASK, masked
from custid.privacy.panels import panel
from custid.privacy.partitions import (
    KeyedTokens,
    PartitionKey,
    TokenOf,
    linked_customers,
    partition_key,
    partitioned,
)
from custid.privacy.receipts import RECEIPT_VERSION, ConsentReceipt, objection_to, receipt_of, withdrawal_of
from custid.privacy.residency import EEA, Transfer, checked_region, region_of
from custid.privacy.suppression import Suppressed, SuppressionList
from custid.privacy.windows import Hours, first_common_start, local_time

__all__ = [
    "EEA",
    "FRANCE",
    "GENESIS",
    "MASK",
    "NOTIFIED",
    "PACKS",
    "PURPOSES",
    "RECEIPT_VERSION",
    "UNITED_KINGDOM",
    "AccessPolicy",
    "Action",
    "Actor",
    "ActorKind",
    "Audience",
    "AuditEntry",
    "AuditFault",
    "AuditFile",
    "AuditTrail",
    "ConsentReceipt",
    "ContactCap",
    "ContactDecision",
    "ContactPurpose",
    "ContactReason",
    "ContactRule",
    "Effect",
    "Gate",
    "Grant",
    "Hours",
    "IncidentDossier",
    "JurisdictionPack",
    "KeyedTokens",
    "PartitionKey",
    "Policy",
    "Regime",
    "Seen",
    "SensitiveUpdate",
    "Suppressed",
    "SuppressionList",
    "TokenOf",
    "Transfer",
    "audit_faults",
    "chained",
    "checked_region",
    "easter_sunday",
    "facet_of",
    "facet_of_name",
    "first_common_start",
    "french_holidays",
    "incident",
    "linked_customers",
    "local_time",
    "masked",
    "may_contact",
    "objection_to",
    "pack_of",
    "panel",
    "partition_key",
    "partitioned",
    "receipt_of",
    "region_of",
    "withdrawal_of",
]
