"""The options that commands share, and what they say about sources, schemas and models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from custid.engines.constraints import Constraints
    from custid.intake import GenericPolicy, Schema
    from custid.scoring.match_model import TrainedMatchModel

__all__ = [
    "AsJson",
    "CertainProbability",
    "ConstraintsFile",
    "Customers",
    "DuplicateFree",
    "File",
    "GenericFile",
    "LabelsFile",
    "Language",
    "LanguageOption",
    "Link",
    "Maps",
    "MatchProbability",
    "MemoryLimit",
    "ModelFile",
    "Output",
    "Pairs",
    "Quiet",
    "RecordKeys",
    "Report",
    "ReviewProbability",
    "SaveModel",
    "SchemaFile",
    "SourceFiles",
    "SpreadsheetSafe",
    "Strict",
    "Threads",
    "load_constraints",
    "load_generic",
    "load_model",
    "load_schema",
    "n_bytes",
    "named_sources",
]


class Language(StrEnum):
    """Languages of what people read."""

    EN = "en"
    FR = "fr"


_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(?:([KMGT])(I?))?B?", re.ASCII)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def n_bytes(text: str) -> int:
    """Return the number of bytes that a size such as ``4GB`` (powers of 1000) or ``3.5 GiB`` (of 1024) means."""
    found = _SIZE.fullmatch(text.strip().upper())
    number, unit, is_binary = found.groups(default="") if found else ("0", "", "")
    size = int(float(number) * (1024 if is_binary else 1000) ** _POWERS[unit])
    if size < 1:
        raise typer.BadParameter(f"expected a size such as 4GB or 1500MB, got {text!r}.")
    return size


def _probability(value: float) -> float:
    if not 0 < value < 1:
        raise typer.BadParameter(f"expected a probability between 0 and 1, got {value:g}.")
    return value


File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV, TSV, Parquet, Arrow or JSON Lines; may be compressed.")
]
SourceFiles = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE", help="A file, or the sources to link as NAME=FILE."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the input's rows and columns with customer, match_probability and decision; "
        "the ending chooses .parquet, .csv, .jsonl or .arrow.",
    ),
]
Customers = Annotated[
    Path | None,
    typer.Option("--customers", metavar="FILE", help="Write one row per customer; endings as for --output."),
]
Pairs = Annotated[
    Path | None,
    typer.Option("--pairs", metavar="FILE", help="Write the pairs above the review probability; endings as above."),
]
Related = Annotated[
    Path | None,
    typer.Option(
        "--related",
        metavar="FILE",
        help="Write pairs of customers that belong together and are not one: households, joint holders, companies.",
    ),
]
Collectives = Annotated[
    Path | None,
    typer.Option("--collectives", metavar="FILE", help="Write households and joint holders with their members."),
]
Signals = Annotated[
    Path | None,
    typer.Option("--signals", metavar="FILE", help="Write signs of fraud for a person to look at; they merge nothing."),
]
Report = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write the report with all refused rows, as JSON.")
]
ModelFile = Annotated[
    Path | None, typer.Option("--model", metavar="FILE", help="Use this match model instead of learning one.")
]
SaveModel = Annotated[Path | None, typer.Option("--save-model", metavar="FILE", help="Write the match model, as JSON.")]
LabelsFile = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Keep to what people have said of pairs of records: a label file, as the review page downloads it.",
    ),
]
ConstraintsFile = Annotated[
    Path | None,
    typer.Option(
        "--constraints", metavar="FILE", help="Keep to constraints, as `custid.Constraints.save` writes them."
    ),
]
SchemaFile = Annotated[
    Path | None,
    typer.Option(
        "--schema",
        metavar="FILE",
        help="Read what columns mean from a JSON file, as `custid columns --as-schema` prints.",
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="[NAME:]COLUMN=ATTRIBUTE",
        help="Say what a column holds; an empty attribute keeps it out. May be repeated; NAME is that of a source.",
    ),
]
RecordKeys = Annotated[
    list[str] | None,
    typer.Option("--record-key", metavar="[NAME:]COLUMN", help="Column that names each record within its source."),
]
MatchProbability = Annotated[
    float | None,
    typer.Option(
        "--match-probability",
        metavar="P",
        callback=lambda value: None if value is None else _probability(value),
        help="Join records from this match probability on (0.5), as `custid thresholds` tells.",
    ),
]
CertainProbability = Annotated[
    float | None,
    typer.Option(
        "--certain-probability",
        metavar="P",
        callback=lambda value: None if value is None else _probability(value),
        help="Mark joined records below this match probability for review (none).",
    ),
]
ReviewProbability = Annotated[
    float | None,
    typer.Option(
        "--review-probability",
        metavar="P",
        callback=lambda value: None if value is None else _probability(value),
        help="Report pairs from this match probability on (0.5).",
    ),
]
GenericFile = Annotated[
    Path | None,
    typer.Option(
        "--generic",
        metavar="FILE",
        help="Read which values identify nobody from a JSON file (a generic policy).",
    ),
]
Threads = Annotated[
    int | None, typer.Option("--threads", metavar="N", min=1, help="Threads to use; the result does not depend on it.")
]
MemoryLimit = Annotated[
    int | None,
    typer.Option(
        "--memory-limit",
        metavar="SIZE",
        parser=n_bytes,
        help="Memory that a run may take, such as 4GB: pairs that do not fit move to disk, records are refused.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no summary; warnings and errors are still told.")
]
Strict = Annotated[bool, typer.Option("--strict", help="End with exit code 5 if rows were refused.")]
SpreadsheetSafe = Annotated[
    bool,
    typer.Option(
        "--spreadsheet-safe",
        help="In CSV files, put a ' before cells that begin with = + - @, a tab or a line break, which a spreadsheet "
        "could run as formulas. Off by default, since it changes values such as +33 phone numbers.",
    ),
]
DuplicateFree = Annotated[
    bool | None,
    typer.Option(
        "--duplicate-free/--with-duplicates",
        help="Say whether every source holds a customer once at most; found out from the data when not given.",
        show_default=False,
    ),
]
Link = Annotated[bool, typer.Option("--link", help="Link the sources of one file, as `custid link FILE` does.")]
LanguageOption = Annotated[Language, typer.Option("--language", help="Language of what people read.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def named_sources(files: Sequence[str]) -> Path | dict[str, Path]:
    """Return the sources by name, or the one file that holds all of them."""
    if len(files) == 1 and ("=" not in files[0] or Path(files[0]).exists()):
        return Path(files[0])
    sources: dict[str, Path] = {}
    for text in files:
        name, separator, path = text.partition("=")
        if not separator or Path(text).exists():
            name, path = Path(text).name.partition(".")[0], text
        if name in sources:
            raise typer.BadParameter(f"sources: expected different names, got {name!r} twice; write NAME=FILE.")
        sources[name] = Path(path)
    return sources


def load_schema(
    file: Path | None, maps: Sequence[str] | None, record_keys: Sequence[str] | None, sources: Sequence[str] = ()
) -> Schema | dict[str, Schema] | None:
    """Return what the options say about columns: of all sources, or by source where they differ."""
    from custid.intake import Schema  # noqa: PLC0415 - heavy, and --help does without

    documents = _schema_documents(file, sources)
    for text in maps or ():
        source, mapped = _of_source(text, sources)
        column, separator, attribute = mapped.rpartition("=")
        if not separator or not column:
            raise typer.BadParameter(f"--map: expected COLUMN=ATTRIBUTE, got {text!r}.")
        for document in _of_sources(documents, source):
            document["columns"] = {**_columns(document), column: attribute or None}
    for text in record_keys or ():
        source, column = _of_source(text, sources)
        for document in _of_sources(documents, source):
            document["record_key"] = column
    first, *others = documents.values()
    if all(other == first for other in others):
        return Schema.from_dict(first) if first else None
    return {source: Schema.from_dict(document) for source, document in documents.items()}


def _schema_documents(file: Path | None, sources: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the schema file's document by source; a file may hold one for all, or one by source."""
    from custid._json import json_value  # noqa: PLC0415 - beside the other imports of need
    from custid.errors import SchemaError  # noqa: PLC0415 - as above

    document: Any = {}
    if file is not None:
        try:
            document = json_value(file.read_text(encoding="utf-8-sig"))
        except ValueError:
            raise SchemaError(
                f"schema {str(file)!r}: expected JSON in UTF-8, got other text.",
                hint="Begin with what `custid columns FILE --as-schema` prints.",
            ) from None
        if not isinstance(document, dict):
            raise SchemaError(f"schema {str(file)!r}: expected an object, got {type(document).__name__}.")
    names = sources or ("",)
    is_by_source = bool(document) and set(document) <= set(sources)
    if is_by_source and any(not isinstance(each, dict) for each in document.values()):
        raise SchemaError(f"schema {str(file)!r}: expected an object for each source.")
    return {name: dict(document.get(name, {}) if is_by_source else document) for name in names}


def _columns(document: Mapping[str, Any]) -> dict[str, Any]:
    columns = document.get("columns", {})
    return dict(columns) if isinstance(columns, dict) else {}


def _of_source(text: str, sources: Sequence[str]) -> tuple[str | None, str]:
    source, separator, rest = text.partition(":")
    return (source, rest) if separator and source in sources else (None, text)


def _of_sources(documents: Mapping[str, dict[str, Any]], source: str | None) -> list[dict[str, Any]]:
    return list(documents.values()) if source is None else [documents[source]]


def load_model(file: Path | None) -> TrainedMatchModel | None:
    """Read the match model of a file."""
    if file is None:
        return None
    from custid.scoring.match_model import TrainedMatchModel  # noqa: PLC0415 - heavy, and --help does without

    # What is no text becomes a text that is no model, and is refused as such.
    return TrainedMatchModel.from_json(file.read_text(encoding="utf-8", errors="replace"))


def load_constraints(file: Path | None) -> Constraints | None:
    """Read the constraints of a file."""
    if file is None:
        return None
    from custid.engines.constraints import Constraints  # noqa: PLC0415 - heavy, and --help does without

    return Constraints.load(file)


def load_generic(file: Path | None) -> GenericPolicy | None:
    """Read the generic policy of a file."""
    if file is None:
        return None
    from custid.intake import GenericPolicy  # noqa: PLC0415 - heavy, and --help does without

    return GenericPolicy.load(file)
