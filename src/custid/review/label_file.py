"""The label file: JSON Lines to write and read, CSV to read.

The first line names the format and its version, every further line is one label.  Lines are appended, never edited::

    {"format": "custid.labels", "version": 1}
    {"left": ["crm", "17"], "right": ["web", "4"], "verdict": "match", "by": "ann", "at": "2030-01-31T09:30:00Z"}

A CSV file has the columns ``left_record_key``, ``right_record_key`` and ``verdict``, and may have ``left_source``,
``right_source``, ``by``, ``at`` and ``note``: those of ``Result.pairs`` with one more, so that a spreadsheet will do.
Its rows without a verdict are not answered yet, and passed over.  An apostrophe that guards a cell against being run as
a formula, as custid writes it before ``=``, ``+``, ``-`` and ``@`` in files for spreadsheets, is no part of the value.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Final

from custid._json import json_value
from custid._whole_files import whole_file
from custid.errors import InputError
from custid.review._cells import unguarded
from custid.review.labels import Label, Labels, RecordName, Verdict

__all__ = ["FORMAT", "FORMAT_VERSION", "labels_from_text", "labels_to_text", "read_labels", "write_labels"]

FORMAT: Final = "custid.labels"
FORMAT_VERSION: Final = 1
_TEXTS: Final = ("by", "at", "note")
_NEEDED: Final = ("left_record_key", "right_record_key", "verdict")
_VERDICTS: Final = ", ".join(repr(each.value) for each in Verdict)


def write_labels(labels: Labels, path: str | Path) -> None:
    """Write labels as JSON Lines.

    Parameters
    ----------
    labels : Labels
        What to write.
    path : str or Path
        File to be written; replaced where it exists, whole or not at all.
    """
    # Half of a surrogate pair becomes the escape that JSON has for it.
    text = labels_to_text(labels).encode("utf-8", "backslashreplace")
    with whole_file(path) as beside:
        beside.write_bytes(text)


def labels_to_text(labels: Labels) -> str:
    """Return labels as JSON Lines; equal labels give equal text.

    Parameters
    ----------
    labels : Labels
        What to write.

    Returns
    -------
    str
        Lines, each ending with a line feed; empty texts are left out.
    """
    lines: list[dict[str, Any]] = [{"format": FORMAT, "version": FORMAT_VERSION}]
    for label in labels:
        line = {"left": list(label.left), "right": list(label.right), "verdict": label.verdict.value}
        lines.append(line | {name: text for name in _TEXTS if (text := getattr(label, name))})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read_labels(path: str | Path) -> Labels:
    """Read a label file.

    Parameters
    ----------
    path : str or Path
        A file ending in ``.csv`` (separated by commas, semicolons or tabs), else JSON Lines; UTF-8.

    Returns
    -------
    Labels
        In the order of the file.

    Raises
    ------
    InputError
        If the file is of another format or version, or a line is no label; the message names the line.
    OSError
        If the file cannot be opened.
    """
    name = f"labels {str(path)!r}"
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}: expected UTF-8, got other bytes.", hint="Save the file as UTF-8.") from None
    return _from_csv(text, name) if Path(path).suffix.lower() == ".csv" else labels_from_text(text, name)


def labels_from_text(text: str, name: str = "labels") -> Labels:
    """Return the labels of a text of JSON Lines.

    Parameters
    ----------
    text : str
        The lines; empty ones are passed over, and the line of the format may come again where files were joined.
    name : str
        What errors call the text.

    Returns
    -------
    Labels
        In the order of the text.

    Raises
    ------
    InputError
        If the text is of another format or version, or a line is no label.

    Examples
    --------
    >>> len(labels_from_text('{"format": "custid.labels", "version": 1}'))
    0
    """
    labels = []
    is_headed = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            document = json_value(line)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise InputError(f"{name}: line {number}: expected a JSON object.")
        if "format" in document:
            _check_header(document, f"{name}: line {number}")
            is_headed = True
            continue
        if not is_headed:
            raise InputError(
                f"{name}: line {number}: expected {{'format': {FORMAT!r}, 'version': {FORMAT_VERSION}}} first."
            )
        labels.append(_label(document, f"{name}: line {number}"))
    if not is_headed:
        raise InputError(f"{name}: expected a line with the format, got none.")
    return Labels.of(labels)


def _check_header(document: dict[str, Any], name: str) -> None:
    if document["format"] != FORMAT:
        raise InputError(f"{name}: expected format {FORMAT!r}, got another one.")
    if document.get("version") != FORMAT_VERSION:
        raise InputError(
            f"{name}: expected version {FORMAT_VERSION}, got {document.get('version')!r}.",
            hint="Install a release of custid that reads this version.",
        )


def _label(document: dict[str, Any], name: str) -> Label:
    unknown = sorted(set(document) - {"left", "right", "verdict", *_TEXTS})
    if unknown:
        raise InputError(f"{name}: expected left, right, verdict, by, at and note, got {unknown[0]!r} as well.")
    texts = {each: document.get(each, "") for each in _TEXTS}
    wrong = [each for each, text in texts.items() if not isinstance(text, str)]
    if wrong:
        raise InputError(f"{name}: {wrong[0]}: expected text, got {type(texts[wrong[0]]).__name__}.")
    records = [_record(document.get(side), f"{name}: {side}") for side in ("left", "right")]
    return _made(records[0], records[1], document.get("verdict"), texts, name)


def _record(value: Any, name: str) -> RecordName:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value):
        return value[0], value[1]
    raise InputError(f"{name}: expected [source, record key].")


def _made(left: RecordName, right: RecordName, verdict: Any, texts: dict[str, str], name: str) -> Label:
    try:
        said = Verdict(verdict)
    except ValueError:
        raise InputError(f"{name}: verdict: expected one of {_VERDICTS}.") from None
    try:
        return Label(left=left, right=right, verdict=said, **texts)
    except InputError as error:
        raise InputError(f"{name}: {error.problem}", hint=error.hint) from None


def _from_csv(text: str, name: str) -> Labels:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    labels = []
    try:
        missing = [each for each in _NEEDED if each not in (rows.fieldnames or ())]
        if missing:
            raise InputError(f"{name}: expected columns {', '.join(_NEEDED)}, got no {', no '.join(missing)}.")
        for row in rows:
            at = f"{name}: line {rows.line_num}"
            if None in row or None in row.values():
                raise InputError(f"{at}: expected as many cells as columns.")
            if not row["verdict"].strip():
                continue
            row = {column: unguarded(cell) for column, cell in row.items()}  # noqa: PLW2901 - the same row, as meant
            sides = [(row.get(f"{side}_source", ""), row[f"{side}_record_key"]) for side in ("left", "right")]
            texts = {each: row.get(each, "") for each in _TEXTS}
            labels.append(_made(sides[0], sides[1], row["verdict"].strip().lower(), texts, at))
    except csv.Error:
        raise InputError(f"{name}: line {rows.reader.line_num}: expected CSV, got quotes that do not fit.") from None
    return Labels.of(labels)
