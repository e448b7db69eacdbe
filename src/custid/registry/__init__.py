"""Persistent identifiers: what they look like, how they live, and where their history is kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind, HistoryEntry, Verdict, VerdictKind
from custid.registry.identifiers import AdoptedScheme, Base32Scheme, CustomerId, IdentifierScheme
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
    from custid.registry.recognition import Candidate, Grade, NextQuestion, ProbeIssue, Recognition, RecognitionDecision

__all__ = [
    "Active",
    "AdoptedScheme",
    "Base32Scheme",
    "Candidate",
    "Cause",
    "Change",
    "Content",
    "Customer",
    "CustomerId",
    "Event",
    "EventKind",
    "Gone",
    "Grade",
    "HistoryEntry",
    "IdentifierScheme",
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
    "Registry",
    "Replica",
    "Resolution",
    "SequentialMinter",
    "Store",
    "Verdict",
    "VerdictKind",
    "WriteTransaction",
    "open_registry",
    "open_store",
    "purge_state",
]

# Who only keeps identifiers does without what weighs and explains.
_OF_RECOGNITION = ("Candidate", "Grade", "NextQuestion", "ProbeIssue", "Recognition", "RecognitionDecision")


def __getattr__(name: str) -> Any:
    if name not in _OF_RECOGNITION:
        raise AttributeError(f"module 'custid.registry' has no attribute {name!r}")
    value = getattr(import_module("custid.registry.recognition"), name)
    globals()[name] = value
    return value
