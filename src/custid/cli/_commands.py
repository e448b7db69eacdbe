"""The commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custid._version import __version__
from custid.cli import _options as options
from custid.cli._exit import CommandGroup, ExitCode
from custid.cli._run import Outputs, Request, summary_of
from custid.cli._terminal import say, say_json, show_largest_customers, warn
from custid.cli._texts import columns_text, model_text, schema_document

if TYPE_CHECKING:
    import pyarrow as pa

    from custid.result import Explanation, Result

__all__ = ["app", "main"]

_EXIT_CODES = """\b
Exit codes:
  0    done
  1    an error of custid itself, with a traceback
  2    the command line is wrong
  3    a file or registry cannot be read or written, lacks what was asked for, or is damaged
  4    a schema, a match model or an option does not fit the data
  5    done, but rows were refused (with --strict)
  130  interrupted by Ctrl-C; no file was touched"""


def _examples(*commands: str) -> str:
    """Return the end of a command's help: how it is called."""
    return "\b\nExamples:\n" + "\n".join(f"  {command}" for command in commands)


app = typer.Typer(
    cls=CommandGroup,
    epilog=_EXIT_CODES,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they would show the values of variables, customers' data among them
)


def main() -> None:
    """Run the command line of this process, and end it with an `ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that lacks a letter shows a substitute; it is no reason to fail.
            stream.reconfigure(errors="replace")
    app(prog_name="custid")


def _show_version(value: bool) -> None:  # noqa: FBT001 - typer calls it
    if value:
        typer.echo(f"custid {__version__}")
        raise typer.Exit


@app.callback()
def _custid(
    context: typer.Context,
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find out which records are the same customer.

    Results go to standard output or to files; progress, warnings and errors go to standard error. In a pipe nothing but
    results is printed. Every command has an example: custid COMMAND --help.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.USAGE)


@app.command(
    epilog=_examples(
        "custid dedupe customers.csv --output customers.parquet",
        "custid dedupe customers.csv.gz -o found.csv --customers golden.csv --report report.json",
        "custid dedupe clients.csv --map nom_2=family_name --map note= --record-key numero",
        "custid dedupe customers.csv --labels labels.jsonl --constraints constraints.json -o found.csv",
    )
)
def dedupe(
    *,
    file: options.File,
    output: options.Output = None,
    customers: options.Customers = None,
    pairs: options.Pairs = None,
    related: options.Related = None,
    collectives: options.Collectives = None,
    signals: options.Signals = None,
    report: options.Report = None,
    model: options.ModelFile = None,
    save_model: options.SaveModel = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    labels: options.LabelsFile = None,
    constraints: options.ConstraintsFile = None,
    review_probability: options.ReviewProbability = None,
    certain_probability: options.CertainProbability = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Find the customers in one file.

    Columns are recognized by name and content, values are standardized, and what weighs agreement and disagreement is
    learned from the file itself. Without --output the report is printed; on a terminal always, with a few customers.
    """
    request = Request(
        sources=file,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        labels=labels,
        constraints=constraints,
        model=model,
        match_probability=match_probability,
        review_probability=review_probability,
        certain_probability=certain_probability,
        generic=generic,
        threads=threads,
        memory_limit=memory_limit,
        quiet=quiet,
    )
    outputs = Outputs(
        output=output,
        customers=customers,
        pairs=pairs,
        related=related,
        collectives=collectives,
        signals=signals,
        report=report,
        model=save_model,
        spreadsheet_safe=spreadsheet_safe,
    )
    _resolve(request, outputs, strict=strict)


@app.command(
    epilog=_examples(
        "custid link crm=crm.csv shop=orders.parquet --output linked.csv",
        "custid link all.csv --duplicate-free",
        "custid link crm=crm.csv shop=shop.csv --map shop:mel=email --record-key crm:no",
    )
)
def link(
    *,
    files: options.SourceFiles,
    output: options.Output = None,
    customers: options.Customers = None,
    pairs: options.Pairs = None,
    related: options.Related = None,
    collectives: options.Collectives = None,
    signals: options.Signals = None,
    report: options.Report = None,
    duplicate_free: options.DuplicateFree = None,
    model: options.ModelFile = None,
    save_model: options.SaveModel = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    labels: options.LabelsFile = None,
    constraints: options.ConstraintsFile = None,
    review_probability: options.ReviewProbability = None,
    certain_probability: options.CertainProbability = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Find the customers that two or more sources have in common.

    Each source is a file with a name of its own; or one file has a column that names the source of each row. The
    output holds the rows of all sources in the order given, with the union of their columns.
    """
    request = Request(
        sources=options.named_sources(files),
        is_link=True,
        duplicate_free=duplicate_free,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        labels=labels,
        constraints=constraints,
        model=model,
        match_probability=match_probability,
        review_probability=review_probability,
        certain_probability=certain_probability,
        generic=generic,
        threads=threads,
        memory_limit=memory_limit,
        quiet=quiet,
    )
    outputs = Outputs(
        output=output,
        customers=customers,
        pairs=pairs,
        related=related,
        collectives=collectives,
        signals=signals,
        report=report,
        model=save_model,
        spreadsheet_safe=spreadsheet_safe,
    )
    _resolve(request, outputs, strict=strict)


def _resolve(request: Request, outputs: Outputs, *, strict: bool) -> None:
    """Resolve, write, and print what is to be printed."""
    outputs.check(request)
    result = request.resolve()
    outputs.write(result)
    is_terminal = sys.stdout.isatty()
    if not request.quiet and (outputs.output is None or is_terminal):
        say(summary_of(result.report))
        if is_terminal:
            show_largest_customers(result.customers)
    if strict and result.report.n_refused:
        raise typer.Exit(ExitCode.REFUSED)


@app.command(
    epilog=_examples(
        "custid explain customers.csv 1027 4461",
        "custid explain crm=crm.csv shop=shop.csv crm/1027 shop/88",
    )
)
def explain(
    *,
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE... LEFT RIGHT",
            help="A file, or the sources to link as NAME=FILE; then the keys of two records.",
        ),
    ],
    language: options.LanguageOption = options.Language.EN,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    labels: options.LabelsFile = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell why two records are one customer, or are not.

    Shows both records' values, the level of each comparison and its bits, and the verdict. A record is named by its
    key, or by SOURCE/KEY where two sources use the same one; rows without a key column are numbered from 1. Several
    files are linked as `custid link` does.
    """
    *files, left, right = arguments
    if not files:
        raise typer.BadParameter("expected a file and the keys of two records.")
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        labels=labels,
        constraints=constraints,
        model=model,
        match_probability=match_probability,
        generic=generic,
        threads=threads,
        memory_limit=memory_limit,
        quiet=quiet,
    )
    explanation = _explain(request.resolve(), left, right, language.value)
    if as_json:
        say_json(explanation.to_dict())
    else:
        say(str(explanation))


def _explain(result: Result, left: str, right: str, language: str) -> Explanation:
    keys: list[Any] = [_record_key(result, left), _record_key(result, right)]
    return result.explain(keys[0], keys[1], language=language)


def _record_key(result: Result, text: str) -> str | tuple[str, str]:
    """Return the key that a text means: itself, or a source and a key where the run has such a record."""
    import pyarrow.compute as pc  # noqa: PLC0415 - heavy, and --help does without

    assignments = result.assignments
    for place, symbol in enumerate(text):
        source, key = text[:place], text[place + 1 :]
        if symbol == "/":
            found = pc.and_(pc.equal(assignments["source"], source), pc.equal(assignments["record_key"], key))
            if pc.any(found).as_py():
                return source, key
    return text


@app.command(
    epilog=_examples(
        "custid evaluate customers.csv --truth truth.csv",
        "custid evaluate --assignments found.csv --truth truth.csv",
        "custid evaluate a=a.csv b=b.csv --truth truth.csv --json",
    )
)
def evaluate(
    *,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="A file to resolve, or the sources to link as NAME=FILE."),
    ] = None,
    truth: Annotated[
        Path, typer.Option("--truth", metavar="FILE", help="CSV with record_key (and source) and true_id.")
    ],
    assignments: Annotated[
        Path | None,
        typer.Option("--assignments", metavar="FILE", help="Judge this file with a column customer; resolve nothing."),
    ] = None,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Hold the customers found against the truth.

    Prints precision, recall and F1 over pairs of records and averaged over records (B-cubed). Resolves the file, or
    links the sources, or judges assignments that are there already. The truth is never used to resolve.
    """
    if (assignments is None) == (not files):
        raise typer.BadParameter("expected a file to resolve or --assignments, and not both.")
    import custid  # noqa: PLC0415 - heavy once used, and --help does without

    if assignments is not None:
        table, key, source, customer = _assignments(assignments, record_key[0] if record_key else None)
        evaluation = custid.evaluate(table, truth, key=key, source=source, customer=customer)
    else:
        request = _request(
            files or [],
            is_link=is_link,
            schema=schema,
            maps=maps,
            record_keys=record_key,
            model=model,
            generic=generic,
            threads=threads,
            memory_limit=memory_limit,
            quiet=quiet,
        )
        evaluation = custid.evaluate(request.resolve(), truth)
    if as_json:
        say_json(evaluation.to_dict())
    else:
        say(str(evaluation))


def _assignments(file: Path, stated_key: str | None) -> tuple[pa.Table, str, str, str]:
    """Read a file of assignments; return it with its columns for record key, source and customer."""
    from custid.intake import detect, read  # noqa: PLC0415 - heavy, and --help does without

    table = read(file).table
    names = table.column_names
    mapping = detect(table)
    key = stated_key or ("record_key" if "record_key" in names else mapping.record_key) or "record_key"
    source = "custid_source" if "custid_source" in names else mapping.source or "source"
    return table, key, source, "custid_customer" if "custid_customer" in names else "customer"


@app.command(
    epilog=_examples(
        "custid train customers.csv --save-model model.json",
        "custid dedupe new.csv --model model.json --output found.parquet",
    )
)
def train(
    *,
    files: options.SourceFiles,
    save_model: Annotated[Path, typer.Option("--save-model", metavar="FILE", help="Write the match model, as JSON.")],
    is_link: options.Link = False,
    duplicate_free: options.DuplicateFree = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    memory_limit: options.MemoryLimit = None,
    quiet: options.Quiet = False,
) -> None:
    """Learn a match model and write it to a file.

    The model holds probabilities and hashed frequencies, no customer's data. Prints each level of each comparison with
    the bits it is worth.
    """
    request = _request(
        files,
        is_link=is_link,
        duplicate_free=duplicate_free,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        generic=generic,
        threads=threads,
        memory_limit=memory_limit,
        quiet=quiet,
    )
    outputs = Outputs(model=save_model)
    outputs.check(request)
    result = request.resolve()
    outputs.write(result)
    if not quiet:
        say(model_text(result.model))


@app.command(
    epilog=_examples(
        "custid columns customers.csv",
        "custid columns customers.csv --as-schema > schema.json",
        "custid dedupe customers.csv --schema schema.json",
    )
)
def columns(
    *,
    file: options.File,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    as_schema: Annotated[
        bool, typer.Option("--as-schema", help="Print JSON that --schema reads, to be edited first.")
    ] = False,
    strict: options.Strict = False,
) -> None:
    """Show what each column is taken for, without resolving anything."""
    stated: Any = options.load_schema(schema, maps, record_key)
    from custid.intake import detect, read  # noqa: PLC0415 - heavy, and --help does without

    intake = read(file)
    mapping = detect(intake.table, stated)
    for warning in intake.warnings:
        warn(warning)
    if intake.refused:
        warn(f"{len(intake.refused):,} rows were refused, the first on line {intake.refused[0].line_number}.")
    if as_schema:
        say_json(schema_document(mapping, stated))
    else:
        say(columns_text(intake, mapping))
    if strict and intake.refused:
        raise typer.Exit(ExitCode.REFUSED)


@app.command(
    epilog=_examples(
        "custid plan customers.csv",
        "custid plan customers.csv --json > plan.json",
    )
)
def plan(
    *,
    file: options.File,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
) -> None:
    """Tell what `custid dedupe` would look at and cost, without comparing anything.

    Shows for each blocking rule how many pairs it proposes, how many blocks are too large to be looked at, and which
    share of near-certain pairs it holds, estimated from a sample of the records.
    """
    stated: Any = options.load_schema(schema, maps, record_key)
    from custid.engines.options import ResolveOptions  # noqa: PLC0415 - heavy, and --help does without
    from custid.resolver import plan_blocking  # noqa: PLC0415 - as above

    settings: dict[str, Any] = {"n_threads": threads, "generic": options.load_generic(generic)}
    held = {name: value for name, value in settings.items() if value is not None}
    planned = plan_blocking(file, schema=stated, options=ResolveOptions(**held))
    if as_json:
        say_json(planned.to_dict())
    else:
        say(str(planned))


def _request(files: list[str], *, is_link: bool, **settings: Any) -> Request:
    """Return the request of a command that takes one file or several: several are linked."""
    sources = options.named_sources(files) if is_link or len(files) > 1 else Path(files[0])
    return Request(sources=sources, is_link=is_link or isinstance(sources, dict), **settings)
