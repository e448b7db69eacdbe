"""The command that asks a registry who somebody is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._registry_commands import RegistryAddress, opened
from custid.cli._terminal import aligned, say, say_json

if TYPE_CHECKING:
    from custid.registry import Recognition

__all__ = ["identify"]


@app.command(
    epilog=_examples(
        'custid identify customers.db phone="06 70 37 23 96" given_name=Nadine',
        "custid identify customers.db --source shop Tel=0670372396 --match-probability 0.95 --json",
    )
)
def identify(
    *,
    registry: RegistryAddress,
    values: Annotated[
        list[str],
        typer.Argument(metavar="NAME=VALUE...", help="Attributes, or with --source columns of the source."),
    ],
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Read the values as those of this source.")
    ] = None,
    match_probability: options.MatchProbability = None,
    max_candidates: Annotated[
        int, typer.Option("--max-candidates", metavar="N", min=0, help="Name N candidates at most.")
    ] = 10,
    as_json: options.AsJson = False,
) -> None:
    """Tell whose records some values are: the customer, or candidates and what to ask next.

    Opening a registry takes the time of matching it; a program that asks often keeps it open. What is typed here stays
    in the history of the shell.
    """
    stated = {}
    for each in values:
        name, sign, value = each.partition("=")
        if not sign:
            raise typer.BadParameter("NAME=VALUE: expected a name, an equals sign and a value, got no equals sign.")
        stated[name] = value
    with opened(registry) as kept:
        found = kept.identify(stated, source=source, match_probability=match_probability, max_candidates=max_candidates)
    if as_json:
        say_json(found.to_dict())
    else:
        say(_text(found))


def _text(found: Recognition) -> str:
    lines = [found.decision.value if found.customer is None else f"{found.decision.value}: {found.customer}"]
    if found.candidates:
        rows = [("customer", "grade", "probability", "bits", "nearest record")]
        rows += [
            (
                each.customer,
                each.grade.value,
                f"{each.probability:.3f}",
                f"{each.weight_bits:.1f}",
                " ".join(each.record),
            )
            for each in found.candidates
        ]
        lines.append(aligned(rows))
    lines += [f"{each.name}: {each.issue}" for each in found.issues]
    if found.next_question is not None:
        question = found.next_question
        lines.append(f"ask next: {question.attribute} ({question.information_bits:.2f} bits)")
    return "\n".join(lines)
