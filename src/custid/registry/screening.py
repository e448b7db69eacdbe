"""What is taken out of rows and records before anything of them is stored or matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, field, frozen

from custid.errors import CustidError
from custid.intake import RefusedRow
from custid.model import Record
from custid.registry.feeds import Feed
from custid.registry.given import Given
from custid.registry.intake_policy import IntakePolicy
from custid.registry.masked_contents import codes_of_column, is_national_number, masked_value
from custid.registry.statements import without_statements
from custid.registry.typed_feeds import AnyFeed, TypedFeed
from custid.serde import structure, unstructure
from custid.standardize.prohibited import NUMBER_CODES, WITH_A_LONG_NUMBER, mask_prohibited

__all__ = ["Screened", "screened"]

_FEW_ROWS: Final = 64
"""As many are gone through one by one in less time than column by column."""


@frozen(kw_only=True)
class Screened:
    """What is left of what was given.

    Attributes
    ----------
    given : Given
        Without what must not be kept.
    masked : Mapping of str to int
        Values with something masked, by code.
    dropped : Mapping of str to int
        Values that the policy does not let in, by column or facet.
    """

    given: Given
    masked: Mapping[str, int] = field(factory=dict)
    dropped: Mapping[str, int] = field(factory=dict)


def screened(given: Given, policy: IntakePolicy, feed: AnyFeed) -> Screened:
    """Return rows or records without what must not be kept.

    Parameters
    ----------
    given : Given
        Rows or typed records.
    policy : IntakePolicy
        What may come in.
    feed : Feed or TypedFeed
        What they mean.

    Returns
    -------
    Screened
        Rows and records whose key is a social security number are refused.
    """
    if given.table is None or isinstance(feed, TypedFeed):
        return _screened_records(given, policy)
    if given.table.num_rows <= _FEW_ROWS and _is_clean(given.table, policy, feed):
        return Screened(given=given)
    masked, dropped = Counter[str](), Counter[str]()
    columns: dict[str, pa.ChunkedArray] = {}
    for name in given.table.column_names:
        column = given.table.column(name)
        attribute = feed.schema.columns.get(name)
        if name == feed.schema.record_key:
            columns[name] = column
        elif name not in feed.schema.columns and not policy.keeps(name):
            dropped[name] += len(column) - column.null_count
        else:
            codes = codes_of_column(attribute, policy)
            columns[name] = _masked_column(column, codes, masked, is_all=attribute == "nir")
    table = pa.table(columns) if columns else given.table.select([])
    held = evolve(given, table=table)
    return Screened(given=_without_bad_keys(held, feed.schema.record_key), masked=masked, dropped=dropped)


def _is_clean(table: pa.Table, policy: IntakePolicy, feed: Feed) -> bool:
    """Tell whether nothing is to be dropped, masked or refused."""
    for name, texts in table.to_pydict().items():
        attribute = feed.schema.columns.get(name)
        if name == feed.schema.record_key:
            if any(text is not None and is_national_number(text) for text in texts):
                return False
        elif attribute == "nir" or not (name in feed.schema.columns or policy.keeps(name)):
            return False
        else:
            codes = codes_of_column(attribute, policy)
            if any(text is not None and mask_prohibited(text, codes).codes for text in texts):
                return False
    return True


def _masked_column(
    column: pa.ChunkedArray, codes: tuple[str, ...], masked: Counter[str], *, is_all: bool
) -> pa.ChunkedArray:
    if is_all:  # the column says by its name what stands in it, whatever its shape
        masked["nir"] += len(column) - column.null_count
        return pa.chunked_array([pa.array([text and "[nir]" for text in column.to_pylist()], pa.string())])
    made: dict[str, str] = {}
    distinct = column.unique()
    if set(codes) <= set(NUMBER_CODES):
        distinct = distinct.filter(pc.match_substring_regex(distinct, WITH_A_LONG_NUMBER))
    for text in distinct.to_pylist():
        if text is not None:
            found = mask_prohibited(text, codes)
            if found.codes:
                made[text] = found.text
    if not made:
        return column
    texts = column.to_pylist()
    for text in texts:
        if text in made:
            masked.update(mask_prohibited(text, codes).codes)
    return pa.chunked_array([pa.array([made.get(text, text) for text in texts], pa.string())])


def _without_bad_keys(given: Given, name: str | None) -> Given:
    if name is None or given.table is None or name not in given.table.column_names:
        return given
    keys = given.table.column(name)
    if not pc.any(pc.match_substring_regex(keys, WITH_A_LONG_NUMBER)).as_py():
        return given
    is_sound = [key is None or not is_national_number(key) for key in keys.to_pylist()]
    if all(is_sound):
        return given
    refused = [_bad_key(int(line)) for line, sound in zip(given.line_numbers, is_sound, strict=True) if not sound]
    return evolve(
        given,
        table=given.table.filter(pa.array(is_sound)),
        line_numbers=given.line_numbers[is_sound],
        refused=tuple(sorted((*given.refused, *refused), key=lambda each: each.line_number)),
    )


def _bad_key(line: int) -> RefusedRow:
    return RefusedRow(
        line_number=line,
        reason="prohibited_content",
        message="expected a record key that may be kept, got a social security number.",
    )


def _screened_records(given: Given, policy: IntakePolicy) -> Screened:
    masked, dropped = Counter[str](), Counter[str]()
    kept, places, refused = [], [], []
    for place, record in enumerate(given.records):
        line = int(given.line_numbers[place])
        if is_national_number(record.key):
            refused.append(_bad_key(line))
            continue
        allowed = without_statements(record, lambda names, _stated: not policy.keeps(*names), dropped)
        try:
            kept.append(_masked_record(allowed, policy, masked))
            places.append(place)
        except CustidError:
            # The error may quote what must not be kept.
            refused.append(
                RefusedRow(
                    line_number=line,
                    reason="prohibited_content",
                    message="expected values that may be kept, got a social security number where none can be masked.",
                )
            )
    held = evolve(
        given,
        records=tuple(kept),
        line_numbers=given.line_numbers[places],
        refused=tuple(sorted((*given.refused, *refused), key=lambda each: each.line_number)),
    )
    return Screened(given=held, masked=masked, dropped=dropped)


def _masked_record(record: Record, policy: IntakePolicy, masked: Counter[str]) -> Record:
    found = Counter[str]()
    document = masked_value(unstructure(record), ("nir",), policy, found)
    if not found:
        return record
    masked.update(found)
    made: Record = structure(document)
    return made
