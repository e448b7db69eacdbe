"""The commands for what people may ask for: a copy, a correction, a restriction, an erasure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._files import check_targets, text_writer, write_files
from custid.cli._registry_commands import Actor, RegistryAddress, RequestKey, opened
from custid.cli._suppression import SecretFile, SuppressionFile, load_suppression
from custid.cli._terminal import aligned, say, say_json, warn
from custid.errors import CustidError

if TYPE_CHECKING:
    from custid.registry import Registry
    from custid.registry.erasure import Erasure
    from custid.registry.key_ring import KeyRing

__all__ = ["erase", "export_subject", "lift", "rectify", "restrict", "restrictions", "retention"]

Named = Annotated[
    list[str],
    typer.Argument(metavar="ID…", help="Identifiers of customers, or with --source keys of records."),
]
OneNamed = Annotated[
    str, typer.Argument(metavar="ID", help="Identifier of a customer, or with --source the key of a record.")
]
Source = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="The arguments are keys of records of this source.")
]
Why = Annotated[str, typer.Option("--reason", help="Why, as a code, such as a17; it stays in the history for good.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, what would be done is told and nothing is changed.")]
LabelsFile = Annotated[
    Path | None,
    typer.Option(
        "--labels", metavar="FILE", exists=True, dir_okay=False, help="Labels, of which those of the records go, too."
    ),
]
KeysFile = Annotated[
    Path | None,
    typer.Option("--keys", metavar="FILE", exists=True, dir_okay=False, help="Ring of the keys of sealed backups."),
]


@app.command(
    name="export-subject",
    epilog=_examples(
        "custid export-subject customers.db 0000-0000-0000-0012 --language fr --output letter.txt",
        "custid export-subject customers.db 4711 --source shop --json --recipient 'Mailing Ltd' -o export.json",
    ),
)
def export_subject(
    *,
    registry: RegistryAddress,
    named: OneNamed,
    source: Source = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write this file instead of printing; it holds all data."),
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option("--recipient", metavar="NAME", help="To whom data is passed on, beside readers of changes."),
    ] = None,
    language: options.LanguageOption = options.Language.EN,
    as_json: options.AsJson = False,
) -> None:
    """Tell a person all that is kept of him or her, and why the records are together, without other people's data."""
    check_targets((), (output,) if output is not None else (), [])
    with opened(registry) as kept:
        (customer,) = _customers(kept, [named], source)
        found = kept.subject_export(customer, recipients=recipient or ())
    text = found.to_json() if as_json else found.text(language.value)
    if output is None:
        say(text)
    else:
        write_files([(output, text_writer(text))], rights=0o600)


@app.command(
    epilog=_examples(
        "custid rectify customers.db 4711 --source shop city=Nantes phone= --reason 'article 16' --actor 'desk 4'",
    )
)
def rectify(
    *,
    registry: RegistryAddress,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the record.")],
    values: Annotated[
        list[str], typer.Argument(metavar="COLUMN=VALUE…", help="What is right; nothing after = for nothing.")
    ],
    source: Annotated[str, typer.Option("--source", metavar="NAME", help="Source of the record.")],
    reason: Why,
    actor: Actor = "",
    request: RequestKey = "",
) -> None:
    """Correct what a record says; its customer is worked out anew. Correct the source, too."""
    pairs = [each.partition("=") for each in values]
    if not all(name and sign for name, sign, _ in pairs):
        raise typer.BadParameter("COLUMN=VALUE: expected a column, an equals sign and a value, got another text.")
    right = {name: value or None for name, _, value in pairs}
    with opened(registry) as kept:
        change = kept.rectify((source, key), right, reason=reason, actor=actor, request=request)
    say("the record said just that" if change is None else f"change {change.token}")


@app.command(
    epilog=_examples("custid restrict customers.db 0000-0000-0000-0012 --reason 'accuracy contested'"),
)
def restrict(
    *,
    registry: RegistryAddress,
    named: Named,
    source: Source = None,
    reason: Why,
    actor: Actor = "",
    request: RequestKey = "",
) -> None:
    """Keep customers as they are and stop using their records, until custid lift."""
    with opened(registry) as kept:
        customers = _customers(kept, named, source)
        change = kept.restrict(customers, reason=reason, actor=actor, request=request)
    say("restricted before" if change is None else f"change {change.token}")


@app.command(epilog=_examples("custid lift customers.db 0000-0000-0000-0012 --reason checked"))
def lift(
    *,
    registry: RegistryAddress,
    named: Named,
    source: Source = None,
    reason: Why,
    actor: Actor = "",
    request: RequestKey = "",
) -> None:
    """End the restriction of customers: their records are matched as all others are."""
    with opened(registry) as kept:
        change = kept.lift(_customers(kept, named, source), reason=reason, actor=actor, request=request)
    say("not restricted" if change is None else f"change {change.token}")


@app.command(epilog=_examples("custid restrictions customers.db", "custid restrictions customers.db --json"))
def restrictions(*, registry: RegistryAddress, as_json: options.AsJson = False) -> None:
    """List the records that are kept and not used, and why."""
    with opened(registry) as kept:
        found = sorted(kept.restrictions().items())
    if as_json:
        listed = [
            {"source": key.source, "record_key": key.key, "reason": each.reason, "since": each.since.isoformat()}
            for key, each in found
        ]
        say_json({"restrictions": listed})
    else:
        rows = [(key.source, key.key, f"{each.since:%Y-%m-%d}", each.reason) for key, each in found]
        say(aligned([("source", "record key", "since", "reason"), *rows]) if rows else "No record is restricted.")


@app.command(
    epilog=_examples(
        "custid erase customers.db 0000-0000-0000-0012 --reason 'article 17'",
        "custid erase customers.db 0000-0000-0000-0012 --reason 'article 17' --yes --actor 'desk 4'",
        "custid erase customers.db 4711 --source shop --reason a17 --yes --suppression no.json --secret key.bin",
    )
)
def erase(
    *,
    registry: RegistryAddress,
    named: Named,
    source: Source = None,
    only_records: Annotated[
        bool, typer.Option("--only-records", help="With --source: erase these records, and not their customers whole.")
    ] = False,
    reason: Why,
    yes: Yes = False,
    suppression: SuppressionFile = None,
    secret: SecretFile = None,
    keys: KeysFile = None,
    labels: LabelsFile = None,
    actor: Actor = "",
    request: RequestKey = "",
    as_json: options.AsJson = False,
) -> None:
    """Erase customers for good: records, keys, hashes, saved state and free pages of the file. It cannot be undone.

    Without --yes, the records that would be erased are counted, and nothing is changed. The numbers of the proof stay
    in the history. With --suppression, addresses and phone numbers are entered there under the key before anything is
    erased, so that they are known if they come again.
    """
    if only_records and source is None:
        raise typer.BadParameter("--only-records: expected --source, got none.")
    listed = load_suppression(suppression, secret, may_be_new=True)
    check_targets((), (suppression, labels), [path for path in (secret, keys) if path is not None])
    if labels is not None and labels.suffix.lower() == ".csv":
        raise typer.BadParameter("--labels: expected a file of custid, got a table: delete it, or the rows, by hand.")
    with opened(registry) as kept:
        customers = [] if only_records else _customers(kept, named, source)
        records = [(source or "", each) for each in named] if only_records else []
        # Before: afterwards nobody knows any more which they are.
        before = _take_out(labels, kept, customers, records) if yes and labels is not None else None
        try:
            proof = kept.erase(
                customers,
                records=records,
                reason=reason,
                suppress=listed,
                keys=_ring(keys),
                actor=actor,
                request=request,
                dry_run=not yes,
            )
        except CustidError:
            if before is not None and labels is not None:
                _put_back(labels, before)
            raise
    _tell(proof, is_done=yes, as_json=as_json)


@app.command(
    epilog=_examples(
        "custid retention customers.db --country FR",
        "custid retention customers.db --rules years.json --kind prospect --yes",
    )
)
def retention(
    *,
    registry: RegistryAddress,
    country: Annotated[str, typer.Option("--country", metavar="CODE", help="Whose periods count.")] = "FR",
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="FILE", exists=True, dir_okay=False, help="Years by kind of customer: JSON."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="Kind of all customers; typed records tell by what they hold."),
    ] = None,
    at: Annotated[
        datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="The day that counts; today when not given.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, as a code.")] = "retention",
    yes: Yes = False,
    suppression: SuppressionFile = None,
    secret: SecretFile = None,
    keys: KeysFile = None,
    actor: Actor = "",
    as_json: options.AsJson = False,
) -> None:
    """Tell who has been kept for too long, and with --yes erase them.

    With --suppression, those who have objected to something are entered there before.
    """
    from custid.privacy import pack_of  # noqa: PLC0415 - --help does without
    from custid.registry.retention import kind_by_holdings  # noqa: PLC0415 - as above

    listed = load_suppression(suppression, secret, may_be_new=True)
    years = pack_of(country).retention_years if rules is None else _years(rules)
    with opened(registry) as kept:
        found = kept.retention(
            years,
            kind_of=kind_by_holdings if kind is None else lambda _customer: kind,
            at=None if at is None else at.replace(tzinfo=UTC),
            dry_run=not yes,
            suppress=listed,
            keys=_ring(keys),
            actor=actor,
            reason=reason,
        )
    if as_json:
        overdue = [
            {"customer": each.customer, "kind": each.kind, "last": each.last.isoformat(), "due": each.due.isoformat()}
            for each in found.overdue
        ]
        counts = {"n_looked_at": found.n_looked_at, "n_restricted": found.n_restricted, "is_erased": yes}
        say_json({**counts, "overdue": overdue})
        return
    rows = [(each.customer, each.kind, f"{each.last:%Y-%m-%d}", f"{each.due:%Y-%m-%d}") for each in found.overdue]
    say(aligned([("customer", "kind", "heard of last", "due"), *rows]) if rows else "Nobody is overdue.")
    if rows:
        say("erased" if yes else "nothing was erased: give --yes to erase them")


def _years(path: Path) -> Mapping[str, float]:
    from custid._json import json_value  # noqa: PLC0415 - beside the other imports of need
    from custid.errors import ConfigurationError  # noqa: PLC0415 - as above

    try:
        found = json_value(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigurationError(
            f"rules {str(path)!r}: expected a JSON object of years by kind of customer, got another text.",
            hint='Such as {"prospect": 3}.',
        )
    return found


def _take_out(labels: Path, kept: Registry, customers: list[str], records: list[tuple[str, str]]) -> bytes:
    """Take labels of records out of a file, and return what stood in it."""
    from custid.registry.erasure import named_records  # noqa: PLC0415 - beside the other imports of need
    from custid.registry.record_keys import checked_record_key  # noqa: PLC0415 - as above
    from custid.review.label_file import labels_to_text, read_labels  # noqa: PLC0415 - as above

    with kept.store.reading() as transaction:
        wanted = named_records(
            transaction, [kept.scheme.parse(each) for each in customers], map(checked_record_key, records)
        )
    before = labels.read_bytes()
    told = labels_to_text(read_labels(labels).without(each.key for each in wanted))
    write_files([(labels, lambda path: path.write_text(told, encoding="utf-8", newline="\n"))])
    return before


def _put_back(labels: Path, before: bytes) -> None:
    """Write labels as they were: nobody was erased."""
    write_files([(labels, lambda path: path.write_bytes(before))])


def _customers(kept: Registry, named: list[str], source: str | None) -> list[str]:
    return [each if source is None else kept.id_of((source, each)) for each in named]


def _ring(path: Path | None) -> KeyRing | None:
    if path is None:
        return None
    from custid.registry.key_ring import KeyRing  # noqa: PLC0415 - the extra crypto

    return KeyRing(path)


def _tell(proof: Erasure, *, is_done: bool, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "change": None if proof.change is None else proof.change.token,
                "n_records": proof.n_records,
                "n_terms": proof.n_terms,
                "n_suppressed": proof.n_suppressed,
                "mentions": list(proof.mentions),
                "is_complete": proof.is_complete,
                "is_erased": is_done,
            }
        )
    elif not is_done:
        say(f"{proof.n_records} records would be erased for good: give --yes to erase them")
    else:
        change = "" if proof.change is None else f", change {proof.change.token}"
        say(f"{proof.n_records} records erased{change}")
    if proof.mentions:
        warn(f"reasons of earlier changes hold a key or a value: {', '.join(map(str, proof.mentions))}")
    if not proof.is_complete:
        warn("something is left in files or backups: close other programs that use the registry, then open it again")
