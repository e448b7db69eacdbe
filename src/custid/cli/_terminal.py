"""What a person at a terminal sees: progress, text, tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "aligned",
    "printable",
    "progress",
    "say",
    "say_json",
    "say_json_line",
    "show_largest_customers",
    "time_left",
    "warn",
]

_N_SHOWN = 5
_SHOWN_ATTRIBUTES = (
    "given_name", "family_name", "full_name", "organization_name", "city", "birth_date", "email", "phone",
)  # fmt: skip
_MAX_ATTRIBUTES = 4
_FIRST_ESTIMATE_SECONDS = 1.0
_FIRST_ESTIMATE_SHARE = 0.02
_MANY_SECONDS = 100


def printable(text: str) -> str:
    """Return a text without control and direction characters, which could repaint a terminal; line feeds stay."""
    return "".join(
        symbol if symbol.isprintable() or symbol == "\n" else " " if symbol.isspace() else "�" for symbol in text
    )


def say(text: str) -> None:
    """Print a result."""
    typer.echo(printable(text))


def say_json(document: dict[str, Any]) -> None:
    """Print a document as JSON, whose own escapes keep control characters from the terminal."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))


def say_json_line(document: dict[str, Any]) -> None:
    """Print a document as a line of JSON."""
    typer.echo(json.dumps(document, ensure_ascii=False))


def warn(text: str) -> None:
    """Print a warning to standard error."""
    typer.echo(printable(f"custid: warning: {text}"), err=True)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines with aligned columns; a cell with line breaks, such as a header's, is one line."""
    flat = [[" ".join(cell.splitlines()) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*flat, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in flat
    )


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """Show a bar for each step, where standard error is a terminal; yields what tells of progress, or None.

    Steps that tell how much of them is done get an estimate of the time left beside their bar.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - not needed in a pipe
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    layout = (TextColumn("{task.description:<14}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*layout, console=Console(stderr=True), transient=True) as bars:
        tasks = {"reading": bars.add_task("reading", total=1.0, left="")}

        def tell(step: str, done: float) -> None:
            if step not in tasks:
                for task in tasks.values():
                    bars.update(task, completed=1.0, left="")
                tasks[step] = bars.add_task(step, total=1.0, left="")
            task = tasks[step]
            elapsed = next(each.elapsed for each in bars.tasks if each.id == task) or 0.0
            bars.update(task, completed=done, left=time_left(elapsed, done))

        yield tell


def time_left(elapsed: float, done: float) -> str:
    """Return how long a step will take to its end, if it goes on as it did so far.

    Parameters
    ----------
    elapsed : float
        Seconds since it began.
    done : float
        Share of it that is done, in [0, 1].

    Returns
    -------
    str
        Empty in the first second and before a fiftieth is done, when nothing can be told, and at the end.

    Examples
    --------
    >>> time_left(30.0, 0.25), time_left(300.0, 0.5), time_left(0.1, 0.5)
    ('about 90 s left', 'about 5 min left', '')
    """
    if elapsed < _FIRST_ESTIMATE_SECONDS or not _FIRST_ESTIMATE_SHARE <= done < 1:
        return ""
    seconds = elapsed * (1 - done) / done
    minutes = f"about {seconds / 60:.0f} min left"
    return minutes if seconds >= _MANY_SECONDS else f"about {max(seconds, 1):.0f} s left"


def show_largest_customers(customers: pa.Table) -> None:
    """Print the customers with the most records as a table."""
    from rich.console import Console  # noqa: PLC0415 - needed on a terminal alone
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    largest = customers.sort_by([("n_records", "descending"), ("customer", "ascending")]).slice(0, _N_SHOWN)
    known = [
        name for name in _SHOWN_ATTRIBUTES if name in customers.column_names and largest[name].null_count < len(largest)
    ][:_MAX_ATTRIBUTES]
    table = Table(title="Customers with the most records", title_justify="left")
    table.add_column("customer", justify="right", min_width=8)
    table.add_column("records", justify="right", min_width=7)
    for name in known:
        table.add_column(name.replace("_", " "), no_wrap=True)
    for row in largest.select(["customer", "n_records", *known]).to_pylist():
        # Text objects, as square brackets in a value are no markup.
        table.add_row(*(Text(printable("" if value is None else str(value))) for value in row.values()))
    Console().print(table)
