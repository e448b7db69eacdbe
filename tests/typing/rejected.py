"""Calls that mypy must reject: each ignore below is an error of its own if there is nothing to ignore."""

from __future__ import annotations

import custid
from custid.comparison.value_comparison import FunctionLevels, ValueComparison
from custid.typing import Comparison, ComparisonOutput, Standardized, Standardizer

__all__ = ["calls"]


def plain_text(raw: str) -> str:
    """Return text, where a Standardized is wanted."""
    return raw


def two_values(raw: str, day_first: bool) -> Standardized:  # noqa: FBT001 - what is to be rejected
    """Take more than a value."""
    return Standardized(raw if day_first else "")


def print_nothing() -> None:
    """Take no notice of anything."""


class NotBound:
    """A comparison that cannot be bound to a table."""

    outputs: tuple[ComparisonOutput, ...] = ()


def calls(result: custid.Result) -> None:
    """Call with what does not fit; never run."""
    custid.dedupe([], custid.Schema())  # type: ignore[call-arg]
    custid.dedupe([], schema={"name": "full_name"})  # type: ignore[arg-type]
    custid.dedupe([], model="model.json")  # type: ignore[arg-type]
    custid.dedupe([], standardizers={"city": plain_text})  # type: ignore[dict-item]
    custid.dedupe([], comparisons=["email"])  # type: ignore[list-item]
    custid.dedupe([], options={"seed": 1})  # type: ignore[arg-type]
    custid.dedupe([], progress=print_nothing)  # type: ignore[arg-type]
    custid.dedupe([], threshold=0.9)  # type: ignore[call-arg]
    custid.link({}, duplicate_free="yes")  # type: ignore[arg-type]
    custid.ResolveOptions(50)  # type: ignore[call-arg]
    custid.ResolveOptions(block_cap="50")  # type: ignore[arg-type]
    custid.Schema(record_key=3)  # type: ignore[arg-type]
    result.explain(None, "2")  # type: ignore[arg-type]
    result.explain(("crm", "1", "x"), "2")  # type: ignore[arg-type]
    result.assignments = None  # type: ignore[misc]
    result.model.n_records = 3  # type: ignore[misc]
    result.merge()  # type: ignore[attr-defined]
    ValueComparison(attribute="email", levels=("else", "exact"))  # type: ignore[arg-type]
    FunctionLevels(("else", "exact"), plain_text)  # type: ignore[arg-type]
    comparison: Comparison = NotBound()  # type: ignore[assignment]
    standardizer: Standardizer = two_values  # type: ignore[assignment]
    del comparison, standardizer
