"""What the columns of Splink's settings hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from custid.errors import SchemaError
from custid.intake._names import match_name
from custid.intake.schema import Schema
from custid.migrate.sql import Condition, UnreadSqlError, evaluated, parsed, sides
from custid.migrate.taken import Setting, SettingFate
from custid.model.attributes import ATTRIBUTES

__all__ = ["Attributes", "check_computable", "columns_of", "rules_in", "schema_of"]

Attributes = Mapping[str, str | None]
"""Attribute of each column that the settings speak of; None where it is not known."""

_BY_KIND: Final = {
    "DateOfBirthComparison": "birth_date",
    "EmailComparison": "email",
    "PostcodeComparison": "postcode",
}
_OF_TWO_NAMES: Final = "ForenameSurnameComparison"
_LOOSE_COLUMN: Final = re.compile(r"[\"`]?(\w+?)_[lr][\"`]?(?!\w)")


def check_computable(condition: Condition, attributes: Attributes) -> None:
    """Refuse a condition that cannot be computed, whatever the values.

    Parameters
    ----------
    condition : Condition
        The condition.
    attributes : Mapping of str to str or None
        Of each column.

    Raises
    ------
    UnreadSqlError
        If it speaks of a column that is not known, or its types do not fit.
    """
    columns = sides(condition)
    unknown = sorted({column.name for column in columns if attributes.get(column.name) is None})
    if unknown:
        raise UnreadSqlError(f"column {unknown[0]!r}: it is not known what it holds.")
    try:
        # Texts that are dates, too, so that conditions over either kind show whether their types fit.
        evaluated(condition, {column: f"1980-06-1{'lr'.index(column.side)}" for column in columns})
    except TypeError:
        raise UnreadSqlError("SQL: numbers and texts, or too many arguments, where others were expected.") from None


def rules_in(document: Mapping[str, Any]) -> list[str]:
    """Return the blocking rules as SQL; a rule of several releases is an object or a text."""
    rules = document.get("blocking_rules_to_generate_predictions", [])
    return [rule if isinstance(rule, str) else rule["blocking_rule"] for rule in rules]


def columns_of(document: Mapping[str, Any], given: Mapping[str, str]) -> tuple[Attributes, list[Setting]]:
    """Return the attribute of each column that settings compare or block on, and what was settled.

    Parameters
    ----------
    document : Mapping
        The settings.
    given : Mapping of str to str
        What the caller says of columns.

    Returns
    -------
    attributes : Mapping of str to str or None
        By column.
    told : list of Setting
        One of each column.

    Raises
    ------
    SchemaError
        If the caller names attributes that do not exist, or columns that the settings do not speak of.
    """
    unknown = [f"columns: column {name!r}: expected an attribute" for name in given if given[name] not in ATTRIBUTES]
    if unknown:
        raise SchemaError.collected(unknown, hint=f"The attributes are {', '.join(ATTRIBUTES)}.")
    stated = list(_columns(document))
    named = {column for _, column in stated}
    absent = [f"columns: expected columns of the settings, got {name!r}" for name in given if name not in named]
    if absent:
        raise SchemaError.collected(absent, hint=f"The settings compare or block on {', '.join(sorted(named))}.")
    found: dict[str, str | None] = {}
    for kind, column in stated:
        attribute = given.get(column) or _attribute_of(column, kind)
        found[column] = found.get(column) or attribute
    told = []
    for column, attribute in found.items():
        if attribute is None:
            note = "its name does not tell what it holds; say it: from_splink(…, columns={column: attribute})"
            told.append(Setting(name=f"column {column!r}", fate=SettingFate.NOT_TAKEN, note=note))
        else:
            told.append(Setting(name=f"column {column!r}", fate=SettingFate.TAKEN, note=f"as {attribute}"))
    return found, told


def _attribute_of(column: str, kind: str) -> str | None:
    match = match_name(column)
    attribute = _BY_KIND.get(kind) if match is None else match.attribute
    declared = ATTRIBUTES.get(attribute or "")
    return attribute if declared is not None and declared.is_comparable else None


def _columns(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give each column with the kind of the comparison it stands in; one made of two names is none."""
    for each in document["comparisons"]:
        kind = str(each.get("comparison_description", ""))
        names = {name: None for level in each["comparison_levels"] for name in _named_in(level["sql_condition"])}
        for name in names:
            if not (kind == _OF_TWO_NAMES and len(names) > 2 and "concat" in name):
                yield kind, name
    for rule in rules_in(document):
        for name in _named_in(rule):
            yield "", name


def _named_in(sql: str) -> list[str]:
    if sql.strip().upper() == "ELSE":
        return []
    try:
        return sorted({column.name for column in sides(parsed(sql))})
    except UnreadSqlError:
        return sorted(set(_LOOSE_COLUMN.findall(sql)))


def schema_of(document: Mapping[str, Any], attributes: Attributes, *, is_link: bool) -> tuple[Schema, list[Setting]]:
    """Return what the settings say about columns, as a schema.

    Parameters
    ----------
    document : Mapping
        The settings.
    attributes : Mapping of str to str or None
        From :func:`columns_of`.
    is_link : bool
        Whether sources are linked, so that the column of sources is there.

    Returns
    -------
    schema : Schema
        Columns whose attributes are not known are left to detection.
    told : list of Setting
        What was settled.
    """
    key = str(document.get("unique_id_column_name", "unique_id"))
    source = str(document.get("source_dataset_column_name", "source_dataset"))
    told = [
        Setting(name="unique_id_column_name", fate=SettingFate.TAKEN, note=f"record key {key!r}"),
        Setting(
            name="source_dataset_column_name",
            fate=SettingFate.TAKEN if is_link else SettingFate.NOT_NEEDED,
            note="custid.link takes sources by name; of one table, name the column in a Schema"
            if is_link
            else "there is one source",
        ),
    ]
    known: dict[str, str | None] = {
        column: attribute for column, attribute in attributes.items() if attribute and column not in {key, source}
    }
    return Schema(columns=known, record_key=key), told
