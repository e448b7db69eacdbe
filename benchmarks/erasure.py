"""What is left after erasing random customers: ``python -m benchmarks.erasure records.csv 1000`` prints.

A registry takes in the records of a file with a column ``record_id``, erases customers, is closed and exported.  Then
all files are searched for every key, value, word and hash that only the erased had, and the customers that are left are
compared with those of one batch over the records that are left, with the same match model.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import custid
from custid.intake import read
from custid.privacy.traces import TraceSearch
from custid.registry import Registry, open_registry
from custid.registry.exchange import export_registry
from custid.registry.feeds import Feed
from custid.scoring.match_model import TrainedMatchModel

_SOURCE = "shop"
_KEY = "record_id"
_LEAST = 7
"""Shorter texts stand in hundreds of megabytes by chance: four letters in an identifier, five digits in a number."""
_Result = TypeVar("_Result")
Rows = Mapping[str, Mapping[str, Any]]


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


def run(rows: Rows, model: TrainedMatchModel, n_customers: int, directory: Path) -> bool:
    """Erase, search and compare; return whether nothing was found and the customers are the same."""
    where = directory / "registry.db"
    with open_registry(where) as registry:
        registry.use(model)
        _timed(f"took in {len(rows):,} records", lambda: registry.ingest(list(rows.values()), source=_SOURCE))
        with registry.store.reading() as transaction:
            members = transaction.naming().clusters()
        victims = Random(63).sample(sorted(members), n_customers)  # noqa: S311  # the same ones every time
        erased = {key.key for each in victims for key in members[each]}
        texts = _timed("texts that only they have", lambda: only_of(registry, rows, erased))
    search = TraceSearch(texts, least=_LEAST)
    before = _timed("searched before", lambda: search.in_files(directory))
    with open_registry(where) as registry:
        proof = _timed(f"erased {n_customers:,} customers", lambda: registry.erase(victims, reason="article 17"))
        print(f"records {proof.n_records:,}, hashes taken out of the model {proof.n_terms:,}, done {proof.is_complete}")
        _timed("matched anew", lambda: registry.ingest([rows[min(rows.keys() - erased)]], source=_SOURCE))
        export_registry(registry.store, directory / "export.jsonl")
        with registry.store.reading() as transaction:
            records = transaction.naming().records
        found = parts((state.customer, key.key) for key, state in records.items())
        schema = registry.schema(_SOURCE)
    after = _timed("searched after", lambda: search.in_files(directory))
    sizes = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    print(f"texts looked for {len(texts):,}; files {sizes / 1e6:.0f} MB")
    print(f"traces before {sum(map(len, before.values())):,}, after {sum(map(len, after.values())):,}")
    for path, traces in after.items():
        print(path.name, [(each.form, len(texts[each.place])) for each in traces[:10]])
    left = [dict(row) for key, row in rows.items() if key not in erased]
    batch = _timed("one batch of the others", lambda: custid.dedupe(left, model=model, schema=schema))
    customers = batch.assignments["customer"].to_pylist()
    is_same = found == parts(zip(customers, (row[_KEY] for row in left), strict=True))
    print(f"the same customers: {is_same}")
    return is_same and not after


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
