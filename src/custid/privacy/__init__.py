"""What may be done with a customer's data: who may be contacted, receipts, and who wanted to be forgotten."""

from custid.privacy.contact import (
    PURPOSES,
    ContactCap,
    ContactDecision,
    ContactPurpose,
    ContactReason,
    may_contact,
)
from custid.privacy.holidays import easter_sunday, french_holidays
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
from custid.privacy.receipts import RECEIPT_VERSION, ConsentReceipt, objection_to, receipt_of, withdrawal_of
from custid.privacy.suppression import Suppressed, SuppressionList
from custid.privacy.windows import Hours, first_common_start, local_time

__all__ = [
    "FRANCE",
    "PACKS",
    "PURPOSES",
    "RECEIPT_VERSION",
    "UNITED_KINGDOM",
    "Audience",
    "ConsentReceipt",
    "ContactCap",
    "ContactDecision",
    "ContactPurpose",
    "ContactReason",
    "ContactRule",
    "Hours",
    "JurisdictionPack",
    "Regime",
    "Suppressed",
    "SuppressionList",
    "easter_sunday",
    "first_common_start",
    "french_holidays",
    "local_time",
    "may_contact",
    "objection_to",
    "pack_of",
    "receipt_of",
    "withdrawal_of",
]
