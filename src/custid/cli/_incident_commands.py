"""The commands for what goes wrong: a dossier for the authority, sealed backups and what is made of them again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._exit import ExitCode
from custid.cli._files import check_targets
from custid.cli._registry_commands import Actor, RegistryAddress, opened
from custid.cli._terminal import say, say_json, warn

__all__ = ["back_up", "incident", "restore"]

Ring = Annotated[Path, typer.Option("--keys", metavar="FILE", dir_okay=False, help="Ring of the keys of backups.")]
_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z"]


@app.command(
    epilog=_examples(
        "custid incident customers.db --since 2026-09-01 --until 2026-09-03T18:30+0200 --of-actor 'till 3'",
        "custid incident customers.db --since 2026-09-01 --audit-key audit.key --language fr --json",
    )
)
def incident(
    *,
    registry: RegistryAddress,
    since: Annotated[
        datetime, typer.Option("--since", formats=_MOMENTS, help="Beginning of the period; UTC if unsaid.")
    ],
    until: Annotated[
        datetime | None, typer.Option("--until", formats=_MOMENTS, help="Its end; now when not given.")
    ] = None,
    known_at: Annotated[
        datetime | None,
        typer.Option("--known-at", formats=_MOMENTS, help="When it became known; now when not given."),
    ] = None,
    of_actor: Annotated[
        list[str] | None, typer.Option("--of-actor", metavar="NAME", help="Only what this actor did; may be repeated.")
    ] = None,
    country: Annotated[str, typer.Option("--country", metavar="CODE", help="Whose law sets the clock.")] = "FR",
    audit_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Holds the secret key of the audit trail."),
    ] = None,
    language: options.LanguageOption = options.Language.EN,
    as_json: options.AsJson = False,
) -> None:
    """Tell from the audit trail of a registry who is affected by an incident, and until when to notify it.

    Identifiers of customers are listed by --json. With --audit-key the trail is checked first.
    """
    from custid.privacy import incident as told_of  # noqa: PLC0415 - --help does without
    from custid.privacy import pack_of  # noqa: PLC0415 - as above

    now = datetime.now(UTC)
    with opened(registry) as kept:
        trail = kept.audit_trail(key=b"" if audit_key is None else audit_key.read_bytes())
        faults = [] if audit_key is None else trail.faults()
        entries = list(trail.entries())
        found = told_of(
            entries,
            since=_moment(since),
            until=now if until is None else _moment(until),
            known_at=now if known_at is None else _moment(known_at),
            pack=pack_of(country),
            concerns=(lambda entry: entry.actor in of_actor) if of_actor else None,
        )
    if as_json:
        say_json(found.to_dict())
    else:
        say(found.text(now, language.value))
    if not entries:
        warn("the registry has no entry of an audit trail: that nobody is named here shows nothing")
    if faults:
        warn(f"the trail is not as it was written, from entry {faults[0].number} on: {faults[0].problem}")
        raise typer.Exit(ExitCode.DATA)


def _moment(stated: datetime) -> datetime:
    return stated if stated.tzinfo is not None else stated.replace(tzinfo=UTC)


@app.command(name="back-up", epilog=_examples("custid back-up customers.db backup.jsonl --keys ring.json"))
def back_up(
    *,
    registry: RegistryAddress,
    target: Annotated[Path, typer.Argument(metavar="BACKUP", dir_okay=False, help="The file; must not exist.")],
    keys: Ring,
) -> None:
    """Write a sealed backup of a registry: who is erased with the same ring is erased from it, too.

    Keep the ring apart from the backups, and as few copies of it as can be.
    """
    from custid.registry.key_ring import KeyRing  # noqa: PLC0415 - the extra crypto
    from custid.registry.sealed_backup import back_up as write  # noqa: PLC0415 - as above

    check_targets((), (target, keys), [])
    with opened(registry) as kept:
        write(kept.store, target, keys=KeyRing(keys))


@app.command(epilog=_examples("custid restore backup.jsonl customers.db --keys ring.json --actor 'night run'"))
def restore(
    *,
    source: Annotated[
        Path, typer.Argument(metavar="BACKUP", exists=True, dir_okay=False, help="What custid back-up has written.")
    ],
    registry: RegistryAddress,
    keys: Ring,
    actor: Actor = "",
) -> None:
    """Make a registry of a sealed backup, without the records that were erased since.

    Where an erasure took something out of the match model, too, the backup has none: custid use gives it one.
    """
    from custid.registry.key_ring import KeyRing  # noqa: PLC0415 - the extra crypto
    from custid.registry.sealed_backup import restore as read  # noqa: PLC0415 - as above

    if not keys.exists():
        raise typer.BadParameter(f"--keys: expected the ring of the backup, got {str(keys)!r}, which is not there.")
    with opened(registry, is_new=True) as kept:
        lost = read(kept.store, source, keys=KeyRing(keys))
        if lost:
            kept.erase(records=lost, reason="erased since the backup", actor=actor)
        is_matched = kept.model is not None
    say(f"restored; {len(lost)} records that were erased since are left out")
    if not is_matched:
        warn("the registry has no match model: give it one by custid use")
