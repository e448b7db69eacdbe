"""What commands print, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custid.cli._terminal import aligned

if TYPE_CHECKING:
    from custid.intake import Intake, Mapping, Schema
    from custid.scoring.match_model import TrainedMatchModel

__all__ = ["columns_text", "model_text", "schema_document"]


def model_text(model: TrainedMatchModel) -> str:
    """Return what each level of each comparison is worth."""
    rows = [("comparison", "level", "m", "u", "bits")]
    for parameters in model.parameters:
        shares = zip(
            parameters.output.levels,
            parameters.m_probability.tolist(),
            parameters.u_probability.tolist(),
            parameters.level_bits().tolist(),
            strict=False,  # the last of the bits is that of a missing value
        )
        rows += [
            (parameters.output.name, level, f"{m:.4f}", f"{u:.6f}", f"{bits:+.1f}") for level, m, u, bits in shares
        ]
    prior = f"{model.n_records:,} distinct records; one pair in {1 / model.prior_match_probability:,.0f} is a match"
    return f"{aligned(rows)}\n{prior}"


def columns_text(intake: Intake, mapping: Mapping) -> str:
    """Return what each column was taken for."""
    rows = [("column", "attribute", "recognized by")]
    for each in mapping.columns:
        by = "" if each.recognized_by == "none" else each.recognized_by
        rows.append((each.column, each.attribute or "(passed through)", f"{by} ({each.note})" if each.note else by))
    ending = f"{intake.table.num_rows:,} rows; record key: {mapping.record_key or 'row number'}"
    return f"{aligned(rows)}\n{ending}" + (f"; source: {mapping.source}" if mapping.source else "")


def schema_document(mapping: Mapping, stated: Schema | None) -> dict[str, Any]:
    """Return a mapping as the document of a schema, with what the user stated besides."""
    technical = {mapping.record_key, mapping.source}
    return {
        "columns": {each.column: each.attribute for each in mapping.columns if each.column not in technical},
        "record_key": mapping.record_key,
        "source": mapping.source,
        "day_first": None if stated is None else stated.day_first,
        "family_first": None if stated is None else stated.family_first,
    }
