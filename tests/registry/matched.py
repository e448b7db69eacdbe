"""Rows, a match model, and what one batch makes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from attrs import evolve

import custid
from custid.intake import read
from custid.registry import RecordKey
from custid.registry.feeds import Feed
from custid.registry.rows import Row
from custid.scoring.match_model import TrainedMatchModel
from custid.testing import synthetic_customers, synthetic_organizations

__all__ = ["SOURCE", "batch", "feed", "generic_rows", "model", "rows", "standardized"]

SOURCE = "shop"
Rows = tuple[dict[str, Any], ...]


@cache
def rows(kind: str) -> Rows:
    """Return records of persons or of organizations, some of which share a number that few more make generic."""
    made = synthetic_customers(150, seed=21) if kind == "persons" else synthetic_organizations(150, seed=21)
    found = made.records.to_pylist()
    return (*found, *(generic_rows() if kind == "persons" else ()))


@cache
def generic_rows() -> Rows:
    """Return records of fourteen families that state one telephone number."""
    others = synthetic_customers(
        90, seed=22, share_of_organizations=0.0, share_of_single_records=1.0
    ).records.to_pylist()
    named = {row["family_name"].lower(): row for row in others if row["family_name"]}
    return tuple(
        row | {"record_id": f"g{place}", "phone": "01 99 00 12 34"}
        for place, row in enumerate(list(named.values())[:14])
    )


@cache
def model(kind: str, cap: int) -> TrainedMatchModel:
    """Return a model trained on the records, as a file gives it back."""
    trained = custid.train(list(rows(kind)))
    return TrainedMatchModel.from_json(evolve(trained, block_cap=cap).to_json())


@cache
def feed(kind: str) -> Feed:
    """Return what the columns of the records mean."""
    return Feed.of(SOURCE, read(list(rows(kind))).table)


@cache
def standardized(kind: str) -> Mapping[RecordKey, Row]:
    """Return what the records mean."""
    return feed(kind).read(read(list(rows(kind))).table).rows


def batch(
    live: Iterable[Mapping[str, Any]], model: TrainedMatchModel, schema: custid.Schema | None
) -> set[frozenset[str]]:
    """Return the customers of some records, by their keys, as one batch finds them."""
    given = [dict(row) for row in live]
    if not given or schema is None:
        return set()
    found = custid.dedupe(given, model=model, schema=schema).assignments["customer"].to_pylist()
    members = defaultdict(set)
    for row, customer in zip(given, found, strict=True):
        members[customer].add(row[schema.record_key or ""])
    return set(map(frozenset, members.values()))
