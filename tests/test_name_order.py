"""Lists that write family names first are understood as well as those that write them last."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

import custid
from custid.errors import ConfigurationError
from custid.registry import MemoryStore, Registry
from custid.testing import synthetic_customers

_IN_FRONT = "{family} {given}"
_ALIKE = {"id": "x", "client": "MARTIN BERNARD", "street": "4 rue Foch", "postcode": "44000", "city": "Nantes"}


@cache
def _people() -> tuple[list[dict[str, str]], dict[str, str]]:
    made = synthetic_customers(3_000, seed=3, share_of_organizations=0.0)
    rows = [row for row in made.records.to_pylist() if row["given_name"] and row["family_name"]]
    return rows, {row["record_id"]: row["true_id"] for row in made.truth.to_pylist()}


def _list(form: str) -> list[dict[str, str]]:
    """Return a list of whole names and addresses."""
    return [
        {
            "id": row["record_id"],
            "client": form.format(given=row["given_name"], family=row["family_name"]).upper(),
            "street": f"{row['house_number']} {row['street']}",
            "postcode": row["postcode"],
            "city": row["city"],
        }
        for row in _people()[0]
    ]


def _precision(rows: list[dict[str, str]], schema: custid.Schema | None = None) -> float:
    _, truth = _people()
    found = custid.dedupe(rows, schema=schema).assignments.to_pydict()
    ours, true = found["customer"], [truth[key] for key in found["record_key"]]

    def n_pairs(counts: Counter[Any]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    return n_pairs(Counter(zip(ours, true, strict=True))) / n_pairs(Counter(ours))


def test_members_of_a_household_stay_apart_whatever_the_order() -> None:
    """A list of family names in front is as precise as one of given names; read the other way round it is not."""
    in_front, behind = _list(_IN_FRONT), _list("{given} {family}")
    assert _precision(in_front) > _precision(behind) - 0.01
    assert _precision(in_front, custid.Schema(family_first=False)) < _precision(behind) - 0.2


def _registry() -> Registry:
    registry = Registry(MemoryStore())
    registry.train(_list(_IN_FRONT))
    return registry


def test_a_registry_keeps_the_order_of_the_first_rows() -> None:
    """A row that comes by itself, with a name that could be read both ways, is read as the first rows were."""
    rows, registry = _list(_IN_FRONT), _registry()
    registry.ingest(rows, source="shop")
    registry.ingest([_ALIKE], source="shop")
    together = _registry()
    together.ingest([*rows, _ALIKE], source="shop")
    address = {name: _ALIKE[name] for name in ("street", "postcode", "city")}
    for each in (registry, together):
        known = each.identify({"client": "MARTIN BERNARD", **address}, source="shop")
        named = each.identify({"given_name": "Bernard", "family_name": "Martin", **address})
        assert known.candidates[0].customer == named.candidates[0].customer == each.id_of(("shop", "x"))
        assert known.candidates[0].probability == named.candidates[0].probability


def test_what_was_kept_is_not_said_otherwise() -> None:
    """A schema that says another order than the first rows were read in is refused."""
    registry = _registry()
    registry.ingest(_list(_IN_FRONT), source="shop")
    with pytest.raises(ConfigurationError, match=r"family_first: expected True, got False"):
        registry.ingest([_ALIKE], source="shop", schema=custid.Schema(family_first=False))
