"""Training files of dedupe, as labels.

dedupe keeps the values of the records that a person has judged, and no key of them.  So the records are looked for in
the data: a row is one of them if all its columns that the training file has say the same, but for case, accents and
spaces, which programs around dedupe commonly take away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from anyascii import anyascii
from attrs import field, frozen

from custid._json import json_value
from custid.errors import InputError
from custid.intake.schema import Schema
from custid.intake.sources import read_source
from custid.review import Label, Labels, RecordName, Verdict

__all__ = ["DedupeTraining", "from_dedupe"]

_VERDICTS: Final = {"match": Verdict.MATCH, "distinct": Verdict.NON_MATCH, "uncertain": Verdict.UNSURE}
_BY: Final = "dedupe"
_Content = tuple[str, ...]


@frozen(kw_only=True)
class DedupeTraining:
    """What a training file says of the records of some data.

    Attributes
    ----------
    labels : Labels
        One for each pair whose records were found.
    n_pairs : int
        Pairs of the file.
    not_found : tuple of str
        Pairs of which a record is not in the data or says nothing in its columns, or both are one row, as
        ``"match[3]"``.
    fields : tuple of str
        Fields by which records were looked for.
    fields_not_in_data : tuple of str
        Fields of the file that are no column of the data.
    """

    labels: Labels = field(repr=False)
    n_pairs: int
    not_found: tuple[str, ...]
    fields: tuple[str, ...]
    fields_not_in_data: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{len(self.labels)} of {self.n_pairs} pairs became labels, by {', '.join(self.fields)}"]
        if self.not_found:
            lines.append(f"records not found, or one row twice: {', '.join(self.not_found)}")
        if self.fields_not_in_data:
            lines.append(f"fields that are no column of the data: {', '.join(self.fields_not_in_data)}")
        return "\n".join(lines)


def from_dedupe(training: str | Path | Mapping[str, Any], data: Any, *, schema: Schema | None = None) -> DedupeTraining:
    """Read a training file of dedupe.

    Parameters
    ----------
    training : path or Mapping
        A file that ``write_training`` of dedupe has written, or its document: pairs of records under ``match`` and
        ``distinct``.  The settings file of dedupe is a pickle, which can run code when it is loaded, and is not read.
    data : path, table, stream, frame or iterable of dicts
        The records that were judged, as for :func:`custid.dedupe`.
    schema : Schema, optional
        Which column is the key of each record, where it is not recognized.

    Returns
    -------
    DedupeTraining
        The labels, and the pairs of which none was made.

    Raises
    ------
    InputError
        If it is no training file, or none of its fields is a column of the data.
    OSError
        If a file cannot be opened.

    Examples
    --------
    >>> rows = [{"id": "7", "name": "Ann Lee"}, {"id": "9", "name": "Anne Lee"}]
    >>> said = from_dedupe({"match": [[{"name": "ann lee"}, {"name": "anne lee"}]]}, rows)
    >>> [(label.left[1], label.right[1], label.verdict.value) for label in said.labels]
    [('7', '9', 'match')]
    """
    pairs = _pairs(training)
    source = read_source(data, schema, None)
    table, mapping = source.intake.table, source.mapping
    fields = dict.fromkeys(name for _, _, both in pairs for record in both for name in record)
    shared = tuple(name for name in fields if name in table.column_names)
    if pairs and not shared:
        raise InputError(
            f"training: expected fields that are columns of the data, got {', '.join(map(repr, fields))}.",
            hint=f"The columns are {', '.join(map(repr, table.column_names))}.",
        )
    numbers = [str(number) for number in range(1, table.num_rows + 1)]
    keys = numbers if mapping.record_key is None else table.column(mapping.record_key).to_pylist()
    names = [""] * len(keys) if mapping.source is None else table.column(mapping.source).to_pylist()
    rows: dict[_Content, list[RecordName]] = {}
    for values in zip(names, keys, *(table.column(name).to_pylist() for name in shared), strict=True):
        rows.setdefault(tuple(map(_plain, values[2:])), []).append((values[0] or "", values[1]))
    labels, not_found = [], []
    for name, verdict, both in pairs:
        contents = [tuple(_plain(record.get(each)) for each in shared) for record in both]
        # A record that says nothing in the columns of the data may be any row that says nothing there.
        two = _two(*(rows.get(each, []) if any(each) else [] for each in contents))
        if two is None:
            not_found.append(name)
        else:
            labels.append(Label(left=two[0], right=two[1], verdict=verdict, by=_BY))
    return DedupeTraining(
        labels=Labels.of(labels),
        n_pairs=len(pairs),
        not_found=tuple(not_found),
        fields=shared,
        fields_not_in_data=tuple(name for name in fields if name not in shared),
    )


def _two(left: Sequence[RecordName], right: Sequence[RecordName]) -> tuple[RecordName, RecordName] | None:
    """Return two rows, of those that say what each record says; rows that say the same are as good as one another."""
    return next(((one, other) for one in left[:1] for other in right if one != other), None)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(map(str, value))
    return re.sub(r"\s+", " ", anyascii(str(value)).casefold()).strip()


def _pairs(training: str | Path | Mapping[str, Any]) -> list[tuple[str, Verdict, tuple[Mapping[str, Any], ...]]]:
    name = "training" if isinstance(training, Mapping) else f"training {str(training)!r}"
    document: Any = training
    if isinstance(training, str | Path):
        try:
            document = json_value(Path(training).read_bytes())
        except ValueError:
            raise InputError(
                f"{name}: expected JSON in UTF-8, got something else.",
                hint="Give the training file that write_training of dedupe has written; its settings file is a pickle.",
            ) from None
    if not isinstance(document, Mapping) or not document or set(document) - set(_VERDICTS):
        raise InputError(
            f"{name}: expected an object with the keys match and distinct.",
            hint="Give what write_training of dedupe has written.",
        )
    found: list[tuple[str, Verdict, tuple[Mapping[str, Any], ...]]] = []
    for kind, verdict in _VERDICTS.items():
        listed = document.get(kind, [])
        for number, pair in enumerate(listed if isinstance(listed, list) else [listed]):
            both = _values(pair)
            if not isinstance(both, list | tuple) or len(both) != 2 or not all(isinstance(e, Mapping) for e in both):
                raise InputError(f"{name}: {kind}[{number}]: expected two records, each an object.")
            records = tuple({each: _values(value) for each, value in record.items()} for record in both)
            found.append((f"{kind}[{number}]", verdict, records))
    return found


def _values(value: Any) -> Any:
    """Return what stands in the marks that dedupe puts around tuples and sets."""
    if isinstance(value, Mapping) and set(value) == {"__class__", "__value__"}:
        return value["__value__"]
    return value
