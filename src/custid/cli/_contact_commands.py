"""The commands for what a customer has agreed to, and whether he may be contacted."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._registry_commands import Actor, RegistryAddress, opened
from custid.cli._suppression import SecretFile, SuppressionFile, load_suppression
from custid.cli._terminal import aligned, say, say_json

if TYPE_CHECKING:
    from custid.survivorship import ConsentChoice

__all__ = ["consent", "consents", "may_contact"]

_COLUMNS: Final = ("purpose", "channel", "status", "since", "source", "receipt")

Named = Annotated[
    str, typer.Argument(metavar="ID", help="Identifier of a customer, or with --source the key of a record.")
]
Source = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="The argument is the key of a record of this source.")
]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        formats=["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"],
        help="When, such as 2026-09-05T10:30+02:00; now when not given.",
    ),
]
Expires = Annotated[
    datetime | None,
    typer.Option("--expires", formats=["%Y-%m-%d"], help="The day on which it ends by itself."),
]


class Word(StrEnum):
    """What a customer may say of a purpose."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"


@app.command(
    epilog=_examples(
        "custid consent customers.db 0000-0000-0000-0012 newsletter given --channel email --notice 2026-02",
        "custid consent customers.db 4711 --source shop newsletter withdrawn --channel email --actor 'desk 4'",
        "custid consent customers.db 4711 --source shop marketing objected",
    )
)
def consent(
    *,
    registry: RegistryAddress,
    named: Named,
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="What it is about: marketing, newsletter, …")],
    word: Annotated[Word, typer.Argument(metavar="WORD", help="given, refused, withdrawn or objected.")],
    source: Source = None,
    channel: Annotated[
        str, typer.Option("--channel", metavar="NAME", help="phone, email, sms, post; all when not given.")
    ] = "",
    notice: Annotated[
        str, typer.Option("--notice", metavar="VERSION", help="Version of the information notice shown.")
    ] = "",
    controller: Annotated[
        str, typer.Option("--controller", metavar="NAME", help="Who is responsible for the data.")
    ] = "",
    at: At = None,
    expires: Expires = None,
    actor: Actor = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, as a code; it stays in the history.")] = "consent",
    as_json: options.AsJson = False,
) -> None:
    """Keep what a customer says of a purpose, and print the receipt; taking back is as easy as giving.

    It is kept in a record of its own beside the customer's others. The most protective word of all records holds: what
    another source says stays until that source says otherwise.
    """
    from custid.model import Consent, ConsentStatus  # noqa: PLC0415 - --help does without
    from custid.privacy import objection_to  # noqa: PLC0415 - as above
    from custid.registry.desk_consents import consent_to_withdraw, state_consent  # noqa: PLC0415 - as above

    now = datetime.now(UTC)
    moment = _moment(at) or now
    if word is not Word.GIVEN and expires is not None:
        raise typer.BadParameter("--expires: expected it with given alone, got another word.")
    if word is Word.WITHDRAWN and (notice or controller):
        raise typer.BadParameter("--notice and --controller: expected none, as the consent tells, got one.")
    with opened(registry) as kept:
        identifier = named if source is None else kept.id_of((source, named))
        if word is Word.WITHDRAWN:
            said = consent_to_withdraw(kept, identifier, purpose=purpose, channel=channel, at=moment)
        elif word is Word.OBJECTED:
            said = objection_to(purpose, at=moment, channel=channel, controller=controller)
        else:
            said = Consent(
                purpose=purpose,
                status=ConsentStatus(word.value),
                channel=channel,
                notice=notice,
                controller=controller,
                at=moment,
                expires=_moment(expires),
            )
        receipt = state_consent(kept, identifier, said, at=max(now, moment), actor=actor, reason=reason)
    told = receipt.to_dict()
    if as_json:
        say_json(told)
    else:
        say(aligned([(name, value) for name, value in told.items() if value]))


@app.command(
    epilog=_examples(
        "custid consents customers.db 0000-0000-0000-0012",
        "custid consents customers.db 4711 --source shop --receipt 5f0c2d3e4b5a69788796a5b4",
    )
)
def consents(
    *,
    registry: RegistryAddress,
    named: Named,
    source: Source = None,
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="NUMBER", help="Print the receipt of this number as JSON.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Tell what holds of all that a customer has said, by purpose and channel, and print receipts again."""
    from custid.privacy import receipt_of  # noqa: PLC0415 - --help does without
    from custid.survivorship import consents_of  # noqa: PLC0415 - as above

    with opened(registry) as kept:
        records = kept.typed_records(named if source is None else kept.id_of((source, named)))
    if receipt is not None:
        said = [each for record in records for each in record.consents if each.value.receipt == receipt]
        if not said:
            raise typer.BadParameter("--receipt: expected the number of a receipt of the customer, got another.")
        say_json(receipt_of(said[0])[0].to_dict())
        return
    listed = [_told(each) for each in consents_of(records, at=datetime.now(UTC).date())]
    if as_json:
        say_json({"consents": listed})
    else:
        say(aligned([_COLUMNS, *(tuple(each.values()) for each in listed)]) if listed else "The customer said nothing.")


@app.command(
    name="may-contact",
    epilog=_examples(
        "custid may-contact customers.db 0000-0000-0000-0012 --channel phone --purpose marketing",
        "custid may-contact customers.db 4711 --source shop --channel email --purpose marketing --language fr",
        "custid may-contact customers.db 4711 --source shop --channel sms --purpose service --json",
    ),
)
def may_contact(
    *,
    registry: RegistryAddress,
    named: Named,
    source: Source = None,
    channel: Annotated[
        str, typer.Option("--channel", metavar="NAME", help="phone, automated_call, email, sms, post, or another.")
    ],
    purpose: Annotated[
        str, typer.Option("--purpose", metavar="NAME", help="What for; one that is unknown counts as marketing.")
    ],
    at: At = None,
    about_purchases: Annotated[
        bool, typer.Option("--about-purchases", help="It is about what the customer has bought, or something alike.")
    ] = False,
    suppression: SuppressionFile = None,
    secret: SecretFile = None,
    language: options.LanguageOption = options.Language.EN,
    as_json: options.AsJson = False,
) -> None:
    """Tell whether a customer may be contacted, and why, or why not: consent, law, hours, wishes, suppression."""
    listed = load_suppression(suppression, secret)
    with opened(registry) as kept:
        found = kept.may_contact(
            named if source is None else kept.id_of((source, named)),
            channel=channel,
            purpose=purpose,
            at=_moment(at),
            suppression=listed,
            is_about_purchases=about_purchases,
        )
    next_at = None if found.next_at is None else found.next_at.isoformat()
    if not as_json:
        say(found.text(language.value))
        if next_at is not None:
            say(f"next: {next_at}")
        return
    text = f"text_{language.value}"
    say_json(
        {
            "is_allowed": found.is_allowed,
            "at": found.at.isoformat(),
            "next_at": next_at,
            **{
                name: [{"code": each.code, "text": getattr(each, text), "source": each.source} for each in reasons]
                for name, reasons in (("reasons", found.reasons), ("grounds", found.grounds))
            },
        }
    )


def _moment(given: datetime | None) -> datetime | None:
    """Return a moment with a time zone: a day alone begins at midnight UTC."""
    return given if given is None or given.tzinfo is not None else given.replace(tzinfo=UTC)


def _told(choice: ConsentChoice) -> dict[str, str]:
    """Return what holds for a purpose and channel."""
    said = choice.statement
    since = f"{said.value.at or said.by.observed_at:%Y-%m-%d}"
    values = (choice.purpose, choice.channel, choice.status.value, since, said.by.source, said.value.receipt)
    return dict(zip(_COLUMNS, values, strict=True))
