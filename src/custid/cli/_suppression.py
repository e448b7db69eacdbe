"""The suppression list on the command line: a file, and the secret key in another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from custid.privacy import SuppressionList

__all__ = ["SecretFile", "SuppressionFile", "load_suppression"]

SuppressionFile = Annotated[
    Path | None,
    typer.Option(
        "--suppression", metavar="FILE", dir_okay=False, help="List of who wants no contact, under a secret key."
    ),
]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--secret",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Holds the secret key of the list.",
    ),
]


def load_suppression(path: Path | None, secret: Path | None, *, may_be_new: bool = False) -> SuppressionList | None:
    """Return the list of a file, an empty one where there need be none yet; None where none is named."""
    if path is None and secret is None:
        return None
    if path is None or secret is None:
        raise typer.BadParameter("--suppression and --secret: expected both or neither, got one.")
    from custid.privacy import SuppressionList  # noqa: PLC0415 - --help does without

    if not may_be_new:
        path.stat()  # an error where there is none
    return SuppressionList.in_file(path, secret.read_bytes())
