"""What the columns of a source mean, decided once: a row says the same whatever comes beside it."""

from __future__ import annotations

from custid.intake.canonical import SourceInput
from custid.intake.schema import Schema
from custid.model.attributes import ATTRIBUTES
from custid.standardize.date import is_day_first

__all__ = ["pinned_schema"]

_TECHNICAL = frozenset({"record_key", "source"})


def pinned_schema(given: SourceInput) -> Schema:
    """Return a schema that leaves nothing to be detected.

    Parameters
    ----------
    given : SourceInput
        Rows from which to decide, such as the first ones or a sample.

    Returns
    -------
    Schema
        It names every column.  Where ambiguous dates show no order of day and month, and nothing is said of it, the
        day is first.

    Examples
    --------
    >>> from custid.intake.sources import read_source
    >>> given = read_source([{"id": "1", "born": "12/25/1980", "city": "Leeds"}], None, None)
    >>> pinned = pinned_schema(given)
    >>> pinned.columns, pinned.record_key, pinned.day_first
    ({'born': 'birth_date', 'city': 'city'}, 'id', False)
    """
    mapping = given.mapping
    technical = {mapping.record_key, mapping.source}
    columns = {
        each.column: None if each.attribute in _TECHNICAL else each.attribute
        for each in mapping.columns
        if each.column not in technical
    }
    day_first = given.day_first
    if day_first is None:
        seen = {
            is_day_first(value for value in given.intake.table.column(column).unique().to_pylist() if value is not None)
            for column, attribute in columns.items()
            if attribute is not None and attribute in ATTRIBUTES and ATTRIBUTES[attribute].standardizer == "date"
        }
        day_first = True in seen or False not in seen
    return Schema(columns=columns, record_key=mapping.record_key, source=mapping.source, day_first=day_first)
