"""Learning a match model from a sample, as `custid.train` does."""

from __future__ import annotations

from typing import Any

from custid.engines.local import LocalEngine
from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError
from custid.intake import Schema, detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.conventions import Conventions
from custid.intake.row_facts import row_kinds, row_times
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import build_record_table

__all__ = ["trained_on"]


def trained_on(sample: Any, schema: Schema | None, options: ResolveOptions | None = None) -> TrainedMatchModel:
    """Return the match model that a sample teaches."""
    intake = read(sample)
    if intake.typed is not None and schema is None:
        schema = intake.typed.schema
    given = SourceInput(
        name=intake.name,
        intake=intake,
        mapping=detect(intake.table, schema),
        conventions=Conventions.of(schema),
    )
    options = options or ResolveOptions()
    canonical = canonical_values([given], generic=options.generic)
    if not canonical.values:
        raise ConfigurationError(
            "sample: expected columns that tell who a customer is, got none.",
            hint="Say what they are: schema=Schema(columns={…}).",
        )
    table = build_record_table(
        canonical.values, canonical.n_rows, times=row_times([given], canonical), kind_of_row=row_kinds([given])
    )
    return LocalEngine(options).run(table, duplicate_free=False).model
