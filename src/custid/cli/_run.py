"""From a command's options to a result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from custid.cli._files import Writer, check_targets, records_with_customers, table_writer, text_writer, write_files
from custid.cli._options import load_constraints, load_generic, load_model, load_schema
from custid.cli._terminal import progress, warn

if TYPE_CHECKING:
    from custid.engines.options import ResolveOptions
    from custid.result import Result, RunReport

__all__ = ["Outputs", "Request", "summary_of"]


@frozen(kw_only=True)
class Request:
    """What is to be resolved and how, as the options say.

    Attributes
    ----------
    sources : Path or dict of str to Path
        One file, or files by the name of their source.
    is_link : bool
        Whether sources matter.
    duplicate_free : bool or None
        As in `custid.link`.
    schema, maps, record_keys : Path, sequences of str, or None
        What columns mean.
    model : Path or None
        A match model to use.
    generic : Path or None
        A generic policy to use.
    labels, constraints : Path or None
        What is certain of records.
    match_probability, review_probability, certain_probability, threads, memory_limit : float, int, or None
        As in `custid.ResolveOptions`; None for its defaults.
    quiet : bool
        Whether progress is kept to oneself.
    """

    sources: Path | dict[str, Path]
    is_link: bool = False
    duplicate_free: bool | None = None
    schema: Path | None = None
    maps: Sequence[str] | None = None
    record_keys: Sequence[str] | None = None
    model: Path | None = None
    match_probability: float | None = None
    labels: Path | None = None
    constraints: Path | None = None
    generic: Path | None = None
    review_probability: float | None = None
    certain_probability: float | None = None
    threads: int | None = None
    memory_limit: int | None = None
    quiet: bool = False

    @property
    def inputs(self) -> list[Path]:
        """The files that are read."""
        sources = list(self.sources.values()) if isinstance(self.sources, dict) else [self.sources]
        others = (self.schema, self.model, self.generic, self.labels, self.constraints)
        return [path for path in (*sources, *others) if path is not None]

    def resolve(self) -> Result:
        """Find the customers, tell warnings, and return the result."""
        names = list(self.sources) if isinstance(self.sources, dict) else []
        schema: Any = load_schema(self.schema, self.maps, self.record_keys, names)
        model = load_model(self.model)
        constraints = load_constraints(self.constraints)
        import custid  # noqa: PLC0415 - heavy once used, and --help does without

        with progress(quiet=self.quiet) as tell:
            settings: dict[str, Any] = {
                "schema": schema,
                "labels": self.labels,
                "constraints": constraints,
                "model": model,
                "options": self._options(),
                "progress": tell,
            }
            if self.is_link:
                result = custid.link(self.sources, duplicate_free=self.duplicate_free, **settings)
            else:
                result = custid.dedupe(self.sources, **settings)
        _tell_warnings(result.report)
        return result

    def _options(self) -> ResolveOptions:
        from custid.engines.options import ResolveOptions  # noqa: PLC0415 - as above

        stated = {
            "match_probability": self.match_probability,
            "generic": load_generic(self.generic),
            "review_probability": self.review_probability,
            "certain_probability": self.certain_probability,
            "n_threads": self.threads,
            "memory_limit": self.memory_limit,
        }
        return ResolveOptions(**{name: value for name, value in stated.items() if value is not None})  # type: ignore[arg-type]


@frozen(kw_only=True)
class Outputs:
    """The files that a command writes.

    Attributes
    ----------
    output, customers, pairs, related, collectives, signals : Path or None
        Tables: rows with customers, one row per customer, scored pairs, customers that belong together and are not one,
        households and joint holders, signs of fraud.
    report, model : Path or None
        JSON documents.
    spreadsheet_safe : bool
        Whether cells of CSV files that could run as formulas are quoted.
    """

    output: Path | None = None
    customers: Path | None = None
    pairs: Path | None = None
    related: Path | None = None
    collectives: Path | None = None
    signals: Path | None = None
    report: Path | None = None
    model: Path | None = None
    spreadsheet_safe: bool = False

    def check(self, request: Request) -> None:
        """Refuse targets that cannot be right."""
        tables = (self.output, self.customers, self.pairs, self.related, self.collectives, self.signals)
        check_targets(tables, (self.report, self.model), request.inputs)

    def write(self, result: Result) -> None:
        """Write all that is asked for, or nothing."""
        tables = []
        if self.output is not None:
            tables.append((self.output, records_with_customers(result)))
        if self.customers is not None:
            tables.append((self.customers, result.customers))
        if self.pairs is not None:
            tables.append((self.pairs, result.pairs))
        if self.related is not None:
            tables.append((self.related, result.related))
        if self.collectives is not None:
            tables.append((self.collectives, result.collectives))
        if self.signals is not None:
            tables.append((self.signals, result.signals))
        files: list[tuple[Path, Writer]] = [
            (path, table_writer(table, path, spreadsheet_safe=self.spreadsheet_safe)) for path, table in tables
        ]
        if self.report is not None:
            files.append((self.report, text_writer(json.dumps(result.report.to_dict(), ensure_ascii=False, indent=1))))
        if self.model is not None:
            files.append((self.model, text_writer(result.model.to_json())))
        write_files(files)


def summary_of(report: RunReport) -> str:
    """Return the report as text without the warnings, which go to standard error."""
    return str(evolve(report, warnings=(), sources=tuple(evolve(source, warnings=()) for source in report.sources)))


def _tell_warnings(report: RunReport) -> None:
    for source in report.sources:
        for warning in source.warnings:
            warn(f"source {source.name!r}: {warning}")
    for warning in report.warnings:
        warn(warning)
