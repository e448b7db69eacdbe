"""From the statements of several records to one golden record: rules, conflicts and consents."""

from custid.model.statements import OWN_SOURCE, is_feedback
from custid.survivorship.canonical import MULTIPLE, canonical_form, is_multiple, natural_key, slot_of
from custid.survivorship.conflicts import Conflict, conflict_between, worst
from custid.survivorship.consents import PROTECTION, ConsentChoice, consents_of, most_protective
from custid.survivorship.evidence import check_one_party, usable_statements
from custid.survivorship.golden import Choice, Golden, golden_record
from custid.survivorship.policy import Survivorship, default_survivorship
from custid.survivorship.rules import (
    CandidateValue,
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

__all__ = [
    "MULTIPLE",
    "OWN_SOURCE",
    "PROTECTION",
    "CandidateValue",
    "Choice",
    "Conflict",
    "ConsentChoice",
    "Golden",
    "Rule",
    "Survivorship",
    "canonical_form",
    "case_quality",
    "check_one_party",
    "conflict_between",
    "consents_of",
    "declared_over_observed",
    "default_survivorship",
    "deliverable_first",
    "golden_record",
    "inferred_last",
    "is_feedback",
    "is_multiple",
    "lasting_first",
    "longest_valid",
    "most_complete",
    "most_confident",
    "most_frequent",
    "most_protective",
    "most_recent",
    "most_specific",
    "natural_key",
    "own_word_first",
    "slot_of",
    "sound_first",
    "source_priority",
    "steward_first",
    "usable_statements",
    "verified_first",
    "worst",
]
