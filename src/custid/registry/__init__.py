"""Persistent identifiers: what they look like, how they live, and where their history is kept."""

from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind, HistoryEntry, Verdict, VerdictKind
from custid.registry.identifiers import AdoptedScheme, Base32Scheme, CustomerId, IdentifierScheme
from custid.registry.memory_store import MemoryStore
from custid.registry.minting import KeyedMinter, Minter, RandomMinter, SequentialMinter
from custid.registry.opening import open_registry, open_store
from custid.registry.pseudonyms import Pseudonyms
from custid.registry.record_keys import RecordKey
from custid.registry.registry import PastRegistry, Registry
from custid.registry.resolution import Active, Customer, Gone, Moved, Resolution
from custid.registry.saved_state import purge_state
from custid.registry.store import ReadTransaction, Store, WriteTransaction

__all__ = [
    "Active",
    "AdoptedScheme",
    "Base32Scheme",
    "Cause",
    "Change",
    "Content",
    "Customer",
    "CustomerId",
    "Event",
    "EventKind",
    "Gone",
    "HistoryEntry",
    "IdentifierScheme",
    "KeyedMinter",
    "MemoryStore",
    "Minter",
    "Moved",
    "PastRegistry",
    "Pseudonyms",
    "RandomMinter",
    "ReadTransaction",
    "RecordKey",
    "Registry",
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
