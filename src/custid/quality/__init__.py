"""How good what is known of customers is, per attribute and source; and what has happened to them since."""

from custid.quality.profile import AttributeQuality, QualityProfile, profile
from custid.quality.staleness import Staleness, is_verified, stale
from custid.quality.triggers import TRIGGERS, Trigger, TriggerKind, triggers

__all__ = [
    "TRIGGERS",
    "AttributeQuality",
    "QualityProfile",
    "Staleness",
    "Trigger",
    "TriggerKind",
    "is_verified",
    "profile",
    "stale",
    "triggers",
]
