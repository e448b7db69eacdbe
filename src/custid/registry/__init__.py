"""Persistent identifiers: what they look like, how they live, and where their history is kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind, HistoryEntry, RecordedVerdict, VerdictKind
from custid.registry.identifiers import AdoptedScheme, Base32Scheme, CustomerId, CustomerIdScheme
from custid.registry.memory_store import MemoryStore
from custid.registry.minting import KeyedMinter, Minter, RandomMinter, SequentialMinter
from custid.registry.opening import open_registry, open_store
from custid.registry.pseudonyms import Pseudonyms
from custid.registry.record_keys import RecordKey
from custid.registry.registry import PastRegistry, Registry
from custid.registry.replica import Replica
from custid.registry.resolution import Active, Customer, Gone, Moved, Resolution
from custid.registry.saved_state import purge_state
from custid.registry.store import ReadTransaction, Store, WriteTransaction

if TYPE_CHECKING:
    from custid.registry.card import Card
    from custid.registry.guarded import GuardedRegistry
    from custid.registry.recognition import Candidate, Grade, NextQuestion, ProbeIssue, Recognition, RecognitionDecision

__all__ = [
    "Active",
    "AdoptedScheme",
    "Base32Scheme",
    "Candidate",
    "Card",
    "Cause",
    "Change",
    "Content",
    "Customer",
    "CustomerId",
    "CustomerIdScheme",
    "Event",
    "EventKind",
    "Gone",
    "Grade",
    "GuardedRegistry",
    "HistoryEntry",
    "KeyedMinter",
    "MemoryStore",
    "Minter",
    "Moved",
    "NextQuestion",
    "PastRegistry",
    "ProbeIssue",
    "Pseudonyms",
    "RandomMinter",
    "ReadTransaction",
    "Recognition",
    "RecognitionDecision",
    "RecordKey",
    "RecordedVerdict",
    "Registry",
    "Replica",
    "Resolution",
    "SequentialMinter",
    "Store",
    "VerdictKind",
    "WriteTransaction",
    "open_registry",
    "open_store",
    "purge_state",
]

# Who only keeps identifiers does without what weighs, explains and shows.
_MODULES = {
    "Candidate": "recognition",
    "Card": "card",
    "Grade": "recognition",
    "GuardedRegistry": "guarded",
    "NextQuestion": "recognition",
    "ProbeIssue": "recognition",
    "Recognition": "recognition",
    "RecognitionDecision": "recognition",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'custid.registry' has no attribute {name!r}")
    value = getattr(import_module(f"custid.registry.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
