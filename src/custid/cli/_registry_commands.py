"""The commands that keep and ask a registry of customers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._exit import ExitCode
from custid.cli._files import check_targets, table_writer, write_files
from custid.cli._suppression import SecretFile, SuppressionFile, load_suppression
from custid.cli._terminal import aligned, say, say_json, say_json_line, warn

if TYPE_CHECKING:
    from custid.engines.options import ResolveOptions
    from custid.registry import Change, Customer, Registry
    from custid.registry.ingested import Ingestion

__all__ = ["changes", "customer", "doctor", "ingest", "opened", "preview", "use"]

RegistryAddress = Annotated[
    str,
    typer.Argument(metavar="REGISTRY", help="A SQLite file, or postgresql://user@host/database."),
]
Actor = Annotated[str, typer.Option("--actor", help="Who asks, for the history: a person, a service.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the history; without personal data.")]
RequestKey = Annotated[
    str,
    typer.Option("--request", metavar="KEY", help="A key of this very request: given again, it changes nothing."),
]
LargestChurn = Annotated[
    float | None,
    typer.Option(
        "--largest-churn",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        help="Share of the records that may get another identifier (0.05).",
    ),
]


def opened(address: str, *, is_new: bool = False) -> Registry:
    """Open a registry; one that is only asked has to be there."""
    from custid.registry import open_registry  # noqa: PLC0415 - heavy, and --help does without

    if not (is_new or "://" in address or Path(address).exists()):
        raise typer.BadParameter(f"REGISTRY: expected a file that is there, got {address!r}; custid use makes one.")
    return open_registry(address)


@app.command(
    epilog=_examples(
        "custid train customers.csv --save-model model.json",
        "custid use customers.db --model model.json",
        "custid use customers.db --match-probability 0.9 --largest-churn 0.02",
    )
)
def use(
    *,
    registry: RegistryAddress,
    model: options.ModelFile = None,
    match_probability: options.MatchProbability = None,
    generic: options.GenericFile = None,
    largest_churn: LargestChurn = None,
    actor: Actor = "",
    reason: Reason = "",
    request: RequestKey = "",
    quiet: options.Quiet = False,
) -> None:
    """Match by a model from now on; a registry that is not there is made.

    All records are matched anew. If too many would get another identifier, nothing is changed: look at custid preview.
    Options that are not given stay as they are.
    """
    trained = options.load_model(model)
    with opened(registry, is_new=True) as kept:
        chosen = _options(kept, match_probability, generic)
        budget: dict[str, Any] = {} if largest_churn is None else {"largest_churn": largest_churn}
        looked_at = kept.preview(trained, options=chosen)
        written = kept.use(looked_at, **budget, actor=actor, reason=reason, request=request)
    if not quiet:
        told = "no customer has changed" if written is None else f"change {written.token}"
        say(f"the match model is in use; {told}")


@app.command(
    epilog=_examples(
        "custid preview customers.db --model new.json",
        "custid preview customers.db --match-probability 0.9 --changes changes.csv --json",
    )
)
def preview(
    *,
    registry: RegistryAddress,
    model: options.ModelFile = None,
    match_probability: options.MatchProbability = None,
    generic: options.GenericFile = None,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", metavar="FILE", help="Write one row per change; endings as for custid dedupe -o."),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option("--records", metavar="FILE", help="Write the records whose customers change; endings as above."),
    ] = None,
    language: options.LanguageOption = options.Language.EN,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell what another match model or other options would change in a registry; nothing is written there.

    Prints merges, splits and the records that would get another identifier, with a few examples, and how the models
    themselves differ.
    """
    check_targets((changes, records), (), [path for path in (model, generic) if path is not None])
    trained = options.load_model(model)
    with opened(registry) as kept:
        found = kept.preview(trained, options=_options(kept, match_probability, generic))
    tables = [(path, table) for path, table in ((changes, found.table), (records, found.records)) if path]
    write_files([(path, table_writer(table, path, spreadsheet_safe=spreadsheet_safe)) for path, table in tables])
    weights = None
    if trained is not None and found.model_before is not None:
        from custid.steering import compare_models  # noqa: PLC0415 - heavy, and --help does without

        weights = compare_models(found.model_before, trained)
    if as_json:
        say_json({"customers": found.to_dict(), "model": None if weights is None else weights.to_dict()})
    else:
        say("\n\n".join(str(each) for each in (found, weights and weights.text(language.value)) if each is not None))


def _options(kept: Registry, match_probability: float | None, generic: Path | None) -> ResolveOptions | None:
    """Return the options in use with those that are given; None where none is."""
    from attrs import evolve  # noqa: PLC0415 - beside the other imports of need

    stated = {"match_probability": match_probability, "generic": options.load_generic(generic)}
    given: dict[str, Any] = {name: value for name, value in stated.items() if value is not None}
    return evolve(kept.options, **given) if given else None


@app.command(
    epilog=_examples(
        "custid ingest customers.csv --into customers.db --source shop",
        "custid ingest tonight.csv --into customers.db --source shop --snapshot --request 2030-01-31",
    )
)
def ingest(
    *,
    file: options.File,
    into: Annotated[
        str, typer.Option("--into", metavar="REGISTRY", help="A SQLite file, or postgresql://user@host/database.")
    ],
    source: Annotated[str, typer.Option("--source", metavar="NAME", help="Name of the source of the records.")],
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    is_snapshot: Annotated[
        bool,
        typer.Option("--snapshot", help="The file is all that the source has: records that it lacks are withdrawn."),
    ] = False,
    largest_withdrawn_share: Annotated[
        float,
        typer.Option(
            "--largest-withdrawn-share", metavar="SHARE", min=0.0, max=1.0, help="How much a snapshot may lack."
        ),
    ] = 0.2,
    suppression: SuppressionFile = None,
    secret: SecretFile = None,
    refuse_suppressed: Annotated[
        bool,
        typer.Option("--refuse-suppressed", help="Refuse records of who is on the list."),
    ] = False,
    actor: Actor = "",
    reason: Reason = "",
    request: RequestKey = "",
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Take records into a registry, which keeps one identifier for each customer.

    Records whose key is known are replaced. Rows that cannot be read are told of and left out; the others go in.
    """
    stated: Any = options.load_schema(schema, maps, record_key)
    listed = load_suppression(suppression, secret)
    if refuse_suppressed and listed is None:
        raise typer.BadParameter("--refuse-suppressed: expected --suppression, got none.")
    with opened(into) as kept:
        found = kept.ingest(
            file,
            source=source,
            schema=stated,
            is_snapshot=is_snapshot,
            largest_withdrawn_share=largest_withdrawn_share,
            suppression=listed,
            refuse_suppressed=refuse_suppressed,
            actor=actor,
            reason=reason,
            request=request,
        )
    _tell(found, quiet=quiet, as_json=as_json)
    if strict and found.refused:
        raise typer.Exit(ExitCode.REFUSED)


def _tell(found: Ingestion, *, quiet: bool, as_json: bool) -> None:
    if found.refused:
        first = found.refused[0]
        warn(f"{len(found.refused):,} rows were refused, the first on line {first.line_number}: {first.message}")
    if found.suppressed:
        warn(f"{len(found.suppressed):,} records have an address or a number of somebody who wants no contact")
    if as_json:
        say_json(found.to_dict())
    elif not quiet:
        # The rows refused are warned of.
        say("\n".join(line for line in found.text().splitlines() if not line.startswith(" ")))


@app.command(
    epilog=_examples(
        "custid customer customers.db 0000-0000-0000-0012",
        "custid customer customers.db 4711 --source shop --json",
    )
)
def customer(
    *,
    registry: RegistryAddress,
    named: Annotated[
        str, typer.Argument(metavar="ID", help="Identifier of a customer, or with --source the key of a record.")
    ],
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="The argument is the key of a record of this source.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Show a customer: identifier, records and what they say."""
    with opened(registry) as kept:
        found = kept.customer(named if source is None else kept.id_of((source, named)))
    if as_json:
        say_json(_customer_document(found))
        return
    rows = [("source", "record key", "column", "value")]
    for key in found.records:
        values = found.contents.get(key, {}) or {"": ""}
        rows += [(key.source, key.key, str(name), _shown(value)) for name, value in values.items()]
    redirects = f"; also {', '.join(found.redirects)}" if found.redirects else ""
    say(f"{found.id}{redirects}\n{aligned(rows)}")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        import json  # noqa: PLC0415 - typed records alone need it

        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _customer_document(found: Customer) -> dict[str, Any]:
    return {
        "id": found.id,
        "redirects": list(found.redirects),
        "records": [
            {"source": key.source, "record_key": key.key, "content": found.contents.get(key)} for key in found.records
        ],
    }


@app.command(
    epilog=_examples(
        "custid changes customers.db",
        "custid changes customers.db --since 12.0f3a --json > changes.jsonl",
    )
)
def changes(
    *,
    registry: RegistryAddress,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TOKEN", help="Only what came after this change: its token or number."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON Lines, one change with all its events on each.")
    ] = False,
) -> None:
    """List what has changed in a registry, in order.

    The token of the last line is what to give to --since next time.
    """
    with opened(registry) as kept:
        for each in kept.changes(since):
            if as_json:
                say_json_line(_change_document(each))
            else:
                n_events = f"{len(each.events):,} event{'' if len(each.events) == 1 else 's'}"
                told = (each.token, f"{each.at:%Y-%m-%d %H:%M:%S}", each.cause.kind, n_events, each.cause.actor)
                say("  ".join(text for text in (*told, each.cause.reason) if text))


def _change_document(change: Change) -> dict[str, Any]:
    return {
        "token": change.token,
        "at": change.at.isoformat(),
        "kind": change.cause.kind,
        "actor": change.cause.actor,
        "reason": change.cause.reason,
        "request": change.cause.request,
        "events": [
            {
                "kind": each.kind.value,
                "customer": each.customer,
                "other": each.other,
                "source": None if each.record is None else each.record.source,
                "record_key": None if each.record is None else each.record.key,
            }
            for each in change.events
        ],
        "verdicts": [
            {
                "number": each.number,
                "kind": each.kind.value,
                "left": [list(key) for key in each.left],
                "right": [list(key) for key in each.right],
            }
            for each in change.verdicts
        ],
        "revoked": list(change.revoked),
    }


@app.command(epilog=_examples("custid doctor customers.db", "custid doctor customers.db --json"))
def doctor(
    *,
    registry: RegistryAddress,
    audit_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Holds the secret key of the audit trail."),
    ] = None,
    audit_head: Annotated[
        str, typer.Option(metavar="DIGEST", help="Digest of an entry of the audit trail that was kept elsewhere.")
    ] = "",
    as_json: options.AsJson = False,
) -> None:
    """Check a registry: whether its tables agree with one another and with its history, and its audit trail.

    Ends with exit code 3 if something is wrong.
    """
    from attrs import asdict  # noqa: PLC0415 - beside the other imports of need

    from custid.registry.doctor import check_store  # noqa: PLC0415 - heavy, and --help does without

    with opened(registry) as kept:
        key = None if audit_key is None else audit_key.read_bytes()
        findings = check_store(kept.store, kept.scheme, audit_key=key, audit_head=audit_head)
    if as_json:
        say_json({"findings": [asdict(each) for each in findings]})
    elif findings:
        say("\n".join(f"{each.code}: {each.subject}: {each.problem}\n  {each.advice}" for each in findings))
    else:
        say("Nothing is wrong.")
    if findings:
        raise typer.Exit(ExitCode.DATA)
