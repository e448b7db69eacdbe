"""The commands that look at several runs: what another match model would change, and how a population fares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import evolve

from custid.cli import _options as options
from custid.cli._commands import _examples, _request, app
from custid.cli._files import check_targets, table_writer, write_files
from custid.cli._terminal import say, say_json

if TYPE_CHECKING:
    from custid.steering import Finding, HealthReport

__all__ = ["compare", "health"]

_MOST_MODELS = 2


@app.command(
    epilog=_examples(
        "custid compare customers.csv --model old.json --model new.json",
        "custid compare customers.csv --model old.json --changes changes.csv",
    )
)
def compare(
    *,
    files: options.SourceFiles,
    models: Annotated[
        list[Path],
        typer.Option(
            "--model",
            metavar="FILE",
            help="The match model before; given again, the one after, which is learned from the file when it is not.",
        ),
    ],
    changes: Annotated[
        Path | None,
        typer.Option("--changes", metavar="FILE", help="Write one row per change; endings as for custid dedupe -o."),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option("--records", metavar="FILE", help="Write the records whose customers change; endings as above."),
    ] = None,
    language: options.LanguageOption = options.Language.EN,
    is_link: options.Link = False,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell what another match model would change on the same records.

    Resolves the file with both models and prints which customers merge, split and are regrouped, the most doubtful
    ones with what counts more or less, and how the models themselves differ.
    """
    if len(models) > _MOST_MODELS:
        raise typer.BadParameter(f"--model: expected one or two, got {len(models)}.")
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        match_probability=match_probability,
        constraints=constraints,
        generic=generic,
        model=models[0],
        threads=threads,
        memory_limit=memory_limit,
        quiet=quiet,
    )
    check_targets((changes, records), (), [*request.inputs, *models[1:]])
    before = request.resolve()
    after = evolve(request, model=models[1] if len(models) == _MOST_MODELS else None).resolve()
    from custid.steering import compare_models, compare_results  # noqa: PLC0415 - heavy, and --help does without

    change, weights = compare_results(before, after), compare_models(before.model, after.model)
    tables = [(path, table) for path, table in ((changes, change.changes), (records, change.records)) if path]
    write_files([(path, table_writer(table, path, spreadsheet_safe=spreadsheet_safe)) for path, table in tables])
    if as_json:
        say_json({"customers": change.to_dict(), "model": weights.to_dict()})
    else:
        say(f"{change.text(language.value)}\n\n{weights.text(language.value)}")


@app.command(
    epilog=_examples(
        "custid health customers.csv",
        "custid health customers.csv --model model.json --log health.jsonl --label 2030-01-31",
    )
)
def health(
    *,
    files: options.SourceFiles,
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="Hold the report against those of this file, then add it there."),
    ] = None,
    label: Annotated[str, typer.Option("--label", help="What to call the report, such as the date of the data.")] = "",
    language: options.LanguageOption = options.Language.EN,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell how a population fares, and what moved beyond what chance explains.

    Prints merge rate, sizes of customers, what is missing, invalid or generic, and what changed since the reports of
    the log. Nothing of it is a customer's value. With a match model, tells whether it is time to train it anew.
    """
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        match_probability=match_probability,
        constraints=constraints,
        generic=generic,
        model=model,
        threads=threads,
        memory_limit=memory_limit,
        quiet=quiet,
    )
    check_targets((), (log,), request.inputs)
    from custid.steering import HealthLog, health_of, sentences, watch  # noqa: PLC0415 - heavy, and --help does without

    # Read before the long work, so that a file that is no log is refused at once.
    past = () if log is None else HealthLog(log).reports()
    report = health_of(request.resolve(), label=label)
    findings = watch(report, past)
    if log is not None:
        HealthLog(log).append(report)
    if as_json:
        say_json(_document(report, findings, language.value))
    else:
        say(f"{report.text(language.value)}\n{sentences(findings, language.value)}")


def _document(report: HealthReport, findings: tuple[Finding, ...], language: str) -> dict[str, Any]:
    return {
        "report": report.to_dict(),
        "findings": [each.to_dict() | {"sentence": each.sentence(language)} for each in findings],
    }
