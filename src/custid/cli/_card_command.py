"""The command that shows the card of a customer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._files import check_targets, text_writer, write_files
from custid.cli._registry_commands import RegistryAddress, opened
from custid.cli._terminal import say, say_json

__all__ = ["card"]


@app.command(
    epilog=_examples(
        "custid card customers.db 0000-0000-0000-0012",
        "custid card customers.db 4711 --source shop --language fr --html card.html",
    )
)
def card(
    *,
    registry: RegistryAddress,
    named: Annotated[
        str, typer.Argument(metavar="ID", help="Identifier of a customer, or with --source the key of a record.")
    ],
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="The argument is the key of a record of this source.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the card as this HTML file; it holds the customer's data."),
    ] = None,
    months: Annotated[
        int, typer.Option("--months", metavar="N", min=0, help="List what ends within N months as due.")
    ] = 3,
    language: options.LanguageOption = options.Language.EN,
    as_json: options.AsJson = False,
) -> None:
    """Show a customer at a glance: who he is, what matters to him, what he represents, with sources and dates.

    Whoever can read the file of the registry sees all; who may see what is for the application to ask the registry.
    """
    check_targets((), (html,) if html is not None else (), [])
    with opened(registry) as kept:
        found = kept.card(named if source is None else kept.id_of((source, named)), months=months)
    if html is not None:
        write_files([(html, text_writer(found.to_html(language.value)))], rights=0o600)
    if as_json:
        say_json(found.to_dict())
    elif html is None:
        say(found.text(language.value))
