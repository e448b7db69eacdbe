"""Typed records in a registry: kept whole, and matched by their values as `custid.dedupe` matches them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid._json import json_value
from custid.errors import ConfigurationError, DuplicateRecordKeyError, StoreFormatError
from custid.intake import RefusedRow, Schema, detect
from custid.intake.canonical import SourceInput
from custid.intake.conventions import Conventions
from custid.intake.typed_records import read_records
from custid.model import Record, Stated
from custid.registry.contents import Content
from custid.registry.feeds import Feed, FeedRows, canonical_columns, text_table
from custid.registry.intake_policy import IntakePolicy
from custid.registry.keyed_rows import KeyedRows
from custid.registry.record_keys import RecordKey, checked_record_key
from custid.registry.statements import without_statements
from custid.serde import structure, unstructure
from custid.table.views import FIRST_DAY, LAST_DAY

__all__ = ["AnyFeed", "TypedFeed", "feed_for_contents", "feed_from_json", "is_document"]

_SETTING: Final = {"typed_records": 1}


def is_document(values: Mapping[str, Any]) -> bool:
    """Tell whether the values of a content are a typed record as :func:`custid.serde.unstructure` gives it.

    Rows hold texts only, so that no row looks like one.
    """
    return isinstance(values.get("schema_version"), int) and isinstance(values.get("party"), dict)


@frozen(kw_only=True)
class TypedFeed:
    """A source of typed records, which say themselves what their values mean.

    Attributes
    ----------
    source : str
        Name of the source.
    withheld, granted : tuple of str
        Facets and attributes that are no evidence, and those that are: a facet outweighs its attribute, and what is
        not named is evidence.
    """

    source: str
    withheld: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()

    @property
    def schema(self) -> None:
        """None: `custid.dedupe` takes none for typed records."""
        return

    def to_json(self) -> str:
        """Return what a setting holds."""
        if not self.withheld:
            return json.dumps(_SETTING)
        return json.dumps({**_SETTING, "withheld": list(self.withheld), "granted": list(self.granted)})

    def under(self, policy: IntakePolicy) -> TypedFeed:
        """Return the feed of what a policy lets in; statements for other purposes are kept, and no evidence."""
        named = sorted(policy.purposes or ())
        return TypedFeed(
            source=self.source,
            withheld=tuple(name for name in named if not policy.is_evidence(name)),
            granted=tuple(name for name in named if policy.is_evidence(name)),
        )

    def evidence_of(self, records: Sequence[Record]) -> Sequence[Record]:
        """Return records with those of their statements that may be evidence."""
        named = {*self.withheld, *self.granted}
        if not self.withheld:
            return records

        def is_withheld(names: tuple[str, ...], _stated: Stated[Any] | None) -> bool:
            return next((name in self.withheld for name in names if name in named), False)

        return [without_statements(record, is_withheld) for record in records]

    def require(self, schema: Schema | None) -> None:
        """Refuse any schema.

        Raises
        ------
        ConfigurationError
            If there is one.
        """
        if schema is not None:
            raise ConfigurationError(
                f"schema: source {self.source!r}: expected none for typed records, got one.",
                hint="Records say themselves what their values are.",
            )

    def read(self, records: Sequence[Record], numbers: NDArray[np.int64]) -> tuple[FeedRows, tuple[RefusedRow, ...]]:
        """Return what records say.

        Parameters
        ----------
        records : sequence of Record
            The records, all of this source.
        numbers : ndarray of int64, shape (n_records,)
            Number of each in what was given.

        Returns
        -------
        FeedRows
            By record key, with the records whole as their contents.
        tuple of RefusedRow
            Records with values that hold for some time only: a registry does not match by these.

        Raises
        ------
        DuplicateRecordKeyError
            If two records have one key.
        UnsupportedInputError
            If the records belong to several tenants.
        """
        keys = [checked_record_key((record.source, record.key)) for record in records]
        if len(set(keys)) < len(keys):
            raise DuplicateRecordKeyError(
                f"source {self.source!r}: expected records of different keys, got {len(keys) - len(set(keys))} that "
                "repeat another's."
            )
        given = _input_of(self.source, self.evidence_of(records))
        dated = _dated(given)
        kept = [place for place in range(len(records)) if place not in dated]
        return FeedRows(
            keys=tuple(keys[place] for place in kept),
            payloads=[Content.of(unstructure(records[place])).payload for place in kept],
            columns=canonical_columns(given).taken(np.array(kept, np.int64)),
        ), tuple(
            RefusedRow(
                line_number=int(numbers[place]),
                reason="dated_value",
                message=f"{', '.join(attributes)}: expected values without a period of validity, got some with one; "
                "leave out the period, or the values that hold no more.",
            )
            for place, attributes in sorted(dated.items())
        )

    def rows_of(self, contents: Mapping[RecordKey, Content]) -> KeyedRows:
        """Return what contents of records of the source mean."""
        records = [structure(each.values()) for each in contents.values()]
        given = _input_of(self.source, self.evidence_of(records))
        return KeyedRows(list(contents), canonical_columns(given))


AnyFeed = Feed | TypedFeed
"""What the contents of a source mean: rows, or typed records."""


def feed_from_json(source: str, text: str) -> AnyFeed:
    """Return the feed that a setting holds; StoreFormatError for a text that is none."""
    try:
        held = json_value(text)
        if held.get("typed_records") != _SETTING["typed_records"]:
            return Feed.from_json(source, text)
        names = {name: tuple(held.get(name, ())) for name in ("withheld", "granted")}
        return TypedFeed(source=source, **names)
    except (AttributeError, TypeError, ValueError):
        raise StoreFormatError(
            f"registry: source {source!r}: expected what its columns mean, got something else.",
            hint="Look the registry over: custid doctor.",
        ) from None


def feed_for_contents(source: str, contents: Mapping[RecordKey, Content]) -> AnyFeed:
    """Return the feed of a source of which nothing is known but contents of its records."""
    values = [each.values() for _, each in sorted(contents.items())]
    if all(map(is_document, values)):
        return TypedFeed(source=source)
    return Feed.of(source, text_table(values))


def _input_of(source: str, records: Sequence[Record]) -> SourceInput:
    intake = read_records(records)
    assert intake.typed is not None  # noqa: S101  # typed records always tell
    schema = intake.typed.schema
    mapping = detect(intake.table, schema)
    return SourceInput(name=source, intake=intake, mapping=mapping, conventions=Conventions.of(schema))


def _dated(given: SourceInput) -> dict[int, list[str]]:
    """Return the attributes with dated values by the place of their record."""
    found: dict[int, set[str]] = {}
    assert given.intake.typed is not None  # noqa: S101  # made of typed records
    for column, periods in given.intake.typed.periods.items():
        for row in np.flatnonzero((periods != (FIRST_DAY, LAST_DAY)).any(axis=1)).tolist():
            found.setdefault(row, set()).add(given.intake.typed.attributes[column])
    return {row: sorted(attributes) for row, attributes in found.items()}
