"""What is left after erasing random customers: ``python -m benchmarks.erasure records.csv 1000`` prints.

A registry takes in the records of a file with a column ``record_id``.  The customers to be erased are made to stand
wherever they can: in changed and in withdrawn records, verdicts, restrictions, the audit trail, a sealed backup.  They
are erased, and the registry is exported and backed up anew.  Then all files are searched for every key, value, word and
hash that only the erased had, once with the registry open and once after it was closed; the saved state is held against
that of a registry that never saw them, array by array; and the customers that are left are compared with those of one
batch over the records that are left, with the same match model.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import numpy as np

import custid
from custid.engines._live_state import _FILE as WEIGHTS
from custid.index._files import _FILE as INDEX
from custid.intake import read
from custid.privacy import AuditEntry
from custid.privacy.traces import TraceSearch
from custid.registry import CustomerId, RecordKey, Registry, open_registry
from custid.registry.exchange import export_registry
from custid.registry.feeds import Feed
from custid.registry.key_ring import KeyRing
from custid.registry.sealed_backup import back_up
from custid.scoring.match_model import TrainedMatchModel

_SOURCE = "shop"
_KEY = "record_id"
_LEAST = 7
"""Shorter texts stand in hundreds of megabytes by chance: four letters in an identifier, five digits in a number."""
_Result = TypeVar("_Result")
Rows = Mapping[str, Mapping[str, Any]]
Members = Mapping[CustomerId, Sequence[RecordKey]]


def _timed(what: str, work: Callable[[], _Result]) -> _Result:
    start = time.perf_counter()
    result = work()
    print(f"{what}: {time.perf_counter() - start:.1f} s", flush=True)
    return result


def texts_of(registry: Registry, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return all values of rows, as they are and in canonical form, and their words."""
    table = read([dict(row) for row in rows]).table
    found = {value for row in rows for value in row.values() if value}
    feed = Feed.of(_SOURCE, table, registry.schema(_SOURCE))
    for row in feed.read(table).rows.values():
        found.update(value for _, values in row.values for value in values)
    return found | {word for text in found for word in text.split()}


def only_of(registry: Registry, rows: Rows, erased: set[str]) -> list[str]:
    """Return the texts that stand in the records to be erased, and in no other one."""
    others = texts_of(registry, [row for key, row in rows.items() if key not in erased])
    mine = sorted(texts_of(registry, [rows[key] for key in sorted(erased)]) - others)
    shared = {each.place for each in TraceSearch(mine).within("\n".join(sorted(others)).encode())}
    return [text for place, text in enumerate(mine) if place not in shared]


def parts(pairs: Iterable[tuple[Any, str]]) -> set[frozenset[str]]:
    """Return the keys of each customer."""
    members = defaultdict(set)
    for customer, key in pairs:
        members[customer].add(key)
    return set(map(frozenset, members.values()))


def surround(registry: Registry, rows: Rows, victims: list[CustomerId], members: Members) -> list[str]:
    """Make some of those to be erased stand wherever a registry may name them; return texts that only they had."""
    chosen = victims[:50]
    first = {each: min(members[each]) for each in chosen}
    for others in (chosen[1::2], victims[50:51]):
        for one, other in zip(chosen, others, strict=False):
            registry.forbid(first[one], other, reason="not the same")
    former = [{**rows[key.key], "email": f"quondam{key.key.lower()}@former.example"} for key in first.values()]
    registry.ingest(former, source=_SOURCE)
    registry.ingest([rows[key.key] for key in first.values()], source=_SOURCE)
    registry.restrict(chosen[0], reason="accuracy contested")
    registry.withdraw([max(members[each]) for each in victims[60:100]])
    registry.audit_trail().append(AuditEntry(actor="ann", action="read", customers=tuple(chosen)))
    registry.acknowledge("reader", 1)
    with registry.store.reading() as transaction:
        keys = {key for each in victims for key in members[each]}
        digests = [each.digest for each in transaction.contents(keys).values()]
    return [*(str(row["email"]) for row in former), *digests]


def kept_elsewhere(registry: Registry, directory: Path, ring: KeyRing) -> None:
    """Write what may be made of a registry later: an export, a sealed backup, a copy of its database."""
    export_registry(registry.store, directory / "export.jsonl")
    back_up(registry.store, directory / "later.jsonl", keys=ring)
    source, copy = sqlite3.connect(directory / "registry.db"), sqlite3.connect(directory / "copy.db")
    source.backup(copy)
    copy.close()
    source.close()


def is_state_of_a_stranger(state: Path, strange: Path) -> bool:
    """Tell whether a saved state has nothing but numbers of records that another one has not."""
    for name, file in (("index", INDEX), ("weights", WEIGHTS)):
        mine, others = (next(each.glob(f"{name}-*")) for each in (state, strange))
        (_, found), (_, expected) = file.read(mine), file.read(others)
        for array in found:
            extra = np.setdiff1d(found[array], expected[array])
            # What is hashed has 64 bits and numbers of records are small.
            if extra.size and not (array.startswith("unit_") and extra.max() < 1 << 32):
                return False
    return True


def run(rows: Rows, model: TrainedMatchModel, n_customers: int, directory: Path) -> bool:
    """Erase, search and compare; return whether nothing was found and the customers are the same."""
    where, ring = directory / "registry.db", KeyRing(directory / "keys.json")
    with open_registry(where) as registry:
        registry.use(model)
        _timed(f"took in {len(rows):,} records", lambda: registry.ingest(list(rows.values()), source=_SOURCE))
        with registry.store.reading() as transaction:
            members: Members = transaction.naming().clusters()
        victims = Random(63).sample(sorted(members), n_customers)  # noqa: S311  # the same ones every time
        erased = {key.key for each in victims for key in members[each]}
        texts = _timed("texts that only they have", lambda: only_of(registry, rows, erased))
        texts += surround(registry, rows, victims, members)
        back_up(registry.store, directory / "before.jsonl", keys=ring)
    search = TraceSearch(texts, least=_LEAST)
    before = _timed("searched before", lambda: search.in_files(directory))
    with open_registry(where) as registry:
        proof = _timed(
            f"erased {n_customers:,} customers", lambda: registry.erase(victims, reason="article 17", keys=ring)
        )
        print(f"records {proof.n_records:,}, hashes taken out of the model {proof.n_terms:,}, done {proof.is_complete}")
        at_once = _timed("searched while it is open", lambda: search.in_files(directory))
        _timed("matched anew", lambda: registry.ingest([rows[min(rows.keys() - erased)]], source=_SOURCE))
        kept_elsewhere(registry, directory, ring)
        with registry.store.reading() as transaction:
            records = transaction.naming().records
        found = parts((state.customer, key.key) for key, state in records.items())
        schema, after_model = registry.schema(_SOURCE), registry.model
        if after_model is None:
            raise RuntimeError("a registry that has matched has a model")
    after = _timed("searched after", lambda: search.in_files(directory))
    sizes = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    print(f"texts looked for {len(texts):,}; {', '.join(sorted(path.name for path in directory.rglob('*')))}")
    print(f"files {sizes / 1e6:.0f} MB; traces before {sum(map(len, before.values())):,}")
    for moment, traces in (("while it is open", at_once), ("after", after)):
        print(f"traces {moment}: {sum(map(len, traces.values())):,}")
        for path, some in traces.items():
            print(path.name, [(each.form, len(texts[each.place])) for each in some[:10]])
    left = [dict(row) for key, row in rows.items() if key not in erased]
    is_strange = _timed("a registry that never saw them", lambda: _is_strange(where, left, after_model, schema))
    print(f"the saved state of a registry that never saw them: {is_strange}")
    batch = _timed("one batch of the others", lambda: custid.dedupe(left, model=model, schema=schema))
    customers = batch.assignments["customer"].to_pylist()
    is_same = found == parts(zip(customers, (row[_KEY] for row in left), strict=True))
    print(f"the same customers: {is_same}")
    return is_same and is_strange and not (at_once or after)


def _is_strange(where: Path, left: list[dict[str, Any]], model: TrainedMatchModel, schema: Any) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        with open_registry(Path(directory) / "strange.db") as registry:
            registry.use(model)
            registry.ingest(left, source=_SOURCE, schema=schema)
        return is_state_of_a_stranger(Path(f"{where}.state"), Path(directory) / "strange.db.state")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("n_customers", type=int)
    parser.add_argument("--model", type=Path, help="a match model; trained on the records when not given")
    arguments = parser.parse_args()
    with arguments.records.open(encoding="utf-8", newline="") as file:
        rows = {row[_KEY]: row for row in csv.DictReader(file)}
    given = [dict(row) for row in rows.values()]
    model = _timed(
        "match model",
        lambda: TrainedMatchModel.load(arguments.model) if arguments.model else custid.train(given),
    )
    with tempfile.TemporaryDirectory() as directory:
        return 0 if run(rows, model, arguments.n_customers, Path(directory)) else 1


if __name__ == "__main__":
    sys.exit(main())
