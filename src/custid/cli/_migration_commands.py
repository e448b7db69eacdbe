"""The commands for who comes from another library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, app
from custid.cli._files import Writer, check_targets, text_writer, write_files
from custid.cli._terminal import say

__all__ = ["from_dedupe", "from_splink"]


@app.command(
    "from-splink",
    epilog=_examples(
        "custid from-splink model.json --output schema.json",
        "custid dedupe customers.csv --schema schema.json --output found.parquet",
    ),
)
def from_splink(
    *,
    settings: Annotated[Path, typer.Argument(metavar="SETTINGS", help="What Splink's save_model_to_json wrote.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the schema of its columns, as JSON.")
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=ATTRIBUTE", help="Say what a column holds; may be given several times."),
    ] = None,
) -> None:
    """Tell what becomes of the settings of Splink, and write their columns as a schema.

    Its comparisons and weights are used from Python: custid.migrate.from_splink.
    """
    check_targets((), (output,), (settings,))
    columns = {}
    for text in maps or ():
        column, separator, attribute = text.rpartition("=")
        if not separator or not column:
            raise typer.BadParameter(f"--map: expected COLUMN=ATTRIBUTE, got {text!r}.")
        columns[column] = attribute
    from custid.migrate import from_splink as read_splink  # noqa: PLC0415 - heavy, and --help does without

    moved = read_splink(settings, columns=columns)
    if output is not None:
        document = json.dumps(moved.schema.to_dict(), indent=2, ensure_ascii=False)
        write_files([(output, text_writer(document))])
    say(str(moved))


@app.command(
    "from-dedupe",
    epilog=_examples(
        "custid from-dedupe training.json customers.csv --output labels.jsonl",
        "custid dedupe customers.csv --labels labels.jsonl --output found.parquet",
    ),
)
def from_dedupe(
    *,
    training: Annotated[Path, typer.Argument(metavar="TRAINING", help="What write_training of dedupe has written.")],
    file: options.File,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the labels, as JSON Lines.")],
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
) -> None:
    """Make labels of a training file of dedupe.

    Its records are looked for in the file, as it holds values and no keys.
    """
    check_targets((), (output,), (training, file))
    stated = options.load_schema(schema, maps, record_key)
    from custid.intake import Schema  # noqa: PLC0415 - heavy, and --help does without
    from custid.migrate import from_dedupe as read_dedupe  # noqa: PLC0415 - as above
    from custid.review import write_labels  # noqa: PLC0415 - as above

    said = read_dedupe(training, file, schema=stated if isinstance(stated, Schema) else None)
    write: Writer = lambda path: write_labels(said.labels, path)  # noqa: E731 - the signature of a writer, in one line
    write_files([(output, write)])
    say(str(said))
