"""What a run detected, chose and cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from attrs import field, frozen

from custid.blocking.candidates import BlockingRuleReport
from custid.intake import ColumnMapping, RefusedRow
from custid.intake.canonical import StandardizationNotice
from custid.intake.generic_values import GenericReason, GenericValue
from custid.result.certificate import Certificate

__all__ = ["RunReport", "SourceReport"]

_MAX_REFUSED_SHOWN = 5
_MAX_PASSED_THROUGH_SHOWN = 10
_MAX_WARNINGS_SHOWN = 10
_REASONS = {GenericReason.NAMES: "too many names", GenericReason.DECLARED: "declared"}
_MAX_RULES_SHOWN = 5
_MEGABYTE = 1_000_000


@frozen(kw_only=True)
class SourceReport:
    """What was read of one source.

    Attributes
    ----------
    name : str
        Name of the source.
    n_rows : int
        Rows read.
    columns : tuple of ColumnMapping
        What each column was taken for.
    record_key : str or None
        Column that names the records; None where the row number does.
    refused : tuple of RefusedRow
        Rows that could not be read.
    warnings : tuple of str
        What was noticed while reading.
    """

    name: str
    n_rows: int
    columns: tuple[ColumnMapping, ...]
    record_key: str | None
    refused: tuple[RefusedRow, ...] = ()
    warnings: tuple[str, ...] = ()


@frozen(kw_only=True)
class RunReport:
    """Everything a run chose, found and cost; holds no value of a customer's attribute.

    Attributes
    ----------
    sources : tuple of SourceReport
        What was read.
    notices : tuple of StandardizationNotice
        Placeholder, unreadable and invalid values by attribute.
    generic : tuple of GenericValue
        Values that identify nobody, and were taken for missing.
    generic_policy : str
        Version of the policy that tells which these are.
    rules : tuple of BlockingRuleReport
        What each blocking rule did.
    block_cap : int
        Records in the largest block looked at.
    n_passed_over : int
        Distinct records without a candidate pair although they share a key with others: all their blocks are larger.
    n_records : int
        Rows resolved.
    n_distinct : int
        Distinct contents among them.
    n_pairs : int
        Candidate pairs weighed.
    n_spilled_bytes : int
        Size of the files that candidate pairs and weights were moved to so that the run kept to
        ``ResolveOptions.memory_limit``; 0 where they fitted into memory.
    n_customers : int
        Customers found.
    n_related : int
        Customers of a legal unit that has another customer before them.
    compared : tuple of str
        Comparisons used.
    one_per_source : bool
        Whether sources were taken to be free of duplicates.
    certificate : Certificate
        Pairs of which it was certain whether they are one customer; none is crossed.
    prior_match_probability : float
        Share of matching pairs among all pairs, as learned.
    has_converged : bool
        Whether learning came to rest.
    seconds : dict of str to float
        Wall time by step.
    warnings : tuple of str
        What a user should look at.
    """

    sources: tuple[SourceReport, ...]
    notices: tuple[StandardizationNotice, ...] = ()
    generic: tuple[GenericValue, ...] = ()
    generic_policy: str = ""
    rules: tuple[BlockingRuleReport, ...] = field(default=(), repr=False)
    block_cap: int = 0
    n_passed_over: int = 0
    n_records: int = 0
    n_distinct: int = 0
    n_pairs: int = 0
    n_spilled_bytes: int = 0
    n_customers: int = 0
    n_related: int = 0
    compared: tuple[str, ...] = ()
    one_per_source: bool = False
    certificate: Certificate = field(factory=Certificate)
    prior_match_probability: float = 0.0
    has_converged: bool = True
    seconds: dict[str, float] = field(factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def n_refused(self) -> int:
        """Rows that could not be read, over all sources."""
        return sum(len(source.refused) for source in self.sources)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain dicts, lists and numbers."""
        return attrs.asdict(self)

    def __str__(self) -> str:
        lines = [
            f"{self.n_records:,} records, {self.n_customers:,} customers",
            *_source_lines(self.sources),
            *_value_lines(self.notices, self.generic, self.generic_policy),
            f"compared: {', '.join(self.compared) or 'nothing'}",
            f"candidate pairs: {self.n_pairs:,} (largest block {self.block_cap})",
            *_rule_lines(self.rules),
            *_passed_over_lines(self.rules, self.n_passed_over),
        ]
        if self.n_spilled_bytes:
            lines.append(
                f"moved to disk to keep to the memory limit: {self.n_spilled_bytes / _MEGABYTE:,.1f} MB of pairs"
            )
        if self.n_related:
            lines.append(f"further establishments of legal units, related and not merged: {self.n_related:,}")
        if len(self.sources) > 1 or self.one_per_source:
            lines.append(f"sources free of duplicates: {'yes' if self.one_per_source else 'no'}")
        if self.certificate.must_links or self.certificate.cannot_links:
            lines.append(f"certain: {self.certificate}")
        if self.seconds:
            lines.append("seconds: " + ", ".join(f"{step} {spent:.2f}" for step, spent in self.seconds.items()))
        lines.extend(f"warning: {warning}" for warning in self.warnings)
        return "\n".join(lines)


def _source_lines(sources: Sequence[SourceReport]) -> list[str]:
    lines = []
    for source in sources:
        lines.append(f"source {source.name!r}: {source.n_rows:,} rows, record key: {source.record_key or 'row number'}")
        lines.extend(_column_lines(source.columns))
        if source.refused:
            lines.append(f"  refused rows: {len(source.refused):,}")
            lines.extend(
                f"    line {refused.line_number}: {refused.message}" for refused in source.refused[:_MAX_REFUSED_SHOWN]
            )
        lines.extend(f"  warning: {warning}" for warning in source.warnings[:_MAX_WARNINGS_SHOWN])
        n_more = len(source.warnings) - _MAX_WARNINGS_SHOWN
        if n_more > 0:
            lines.append(f"  and {n_more:,} more warnings")
    return lines


def _column_lines(columns: Sequence[ColumnMapping]) -> list[str]:
    """Tell of each column but the last of those of which there is nothing to say, where they are many."""
    lines, n_unsaid = [], 0
    for mapped in columns:
        n_unsaid += mapped.attribute is None and not mapped.note
        if mapped.attribute or mapped.note or n_unsaid <= _MAX_PASSED_THROUGH_SHOWN:
            note = f" ({mapped.note})" if mapped.note else ""
            column = " ".join(mapped.column.splitlines())
            lines.append(f"  {column} → {mapped.attribute or 'passed through'}{note}")
    if n_unsaid > _MAX_PASSED_THROUGH_SHOWN:
        lines.append(f"  and {n_unsaid - _MAX_PASSED_THROUGH_SHOWN:,} more columns passed through")
    return lines


def _value_lines(notices: Sequence[StandardizationNotice], generic: Sequence[GenericValue], policy: str) -> list[str]:
    return [
        *(f"{notice.attribute}: {notice.n_rows:,} × {notice.issue.replace('_', ' ')}" for notice in notices),
        *(
            f"{value.attribute}: a value of {value.n_rows:,} rows and {value.n_names:,} names taken for missing "
            f"({_REASONS[value.reason]}, policy {policy!r})"
            for value in generic
        ),
    ]


def _rule_lines(rules: Sequence[BlockingRuleReport]) -> list[str]:
    largest = sorted(rules, key=lambda rule: (-rule.n_pairs, rule.name))[:_MAX_RULES_SHOWN]
    return [f"  {rule.name}: {rule.n_pairs:,} pairs in {rule.n_blocks:,} blocks" for rule in largest]


def _passed_over_lines(rules: Sequence[BlockingRuleReport], n_passed_over: int) -> list[str]:
    """Tell what the cap left out: rules by the number of their oversized blocks."""
    capped = sorted((rule for rule in rules if rule.n_oversized_blocks), key=lambda r: (-r.n_oversized_blocks, r.name))
    if not capped:
        return []
    n_blocks = sum(rule.n_oversized_blocks for rule in capped)
    most = ", ".join(f"{rule.name} ({rule.n_oversized_blocks:,})" for rule in capped[:_MAX_RULES_SHOWN])
    return [
        f"larger blocks passed over: {n_blocks:,} of {len(capped):,} rules, most of {most}",
        f"records left without a candidate pair by that: {n_passed_over:,}",
    ]
