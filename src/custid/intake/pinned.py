"""What the columns of a source mean, decided once: a row says the same whatever comes beside it."""

from __future__ import annotations

from custid.intake.canonical import SourceInput
from custid.intake.schema import Schema

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
        It names every column.  Where ambiguous dates and names show no order, and nothing is said of it, days and given
        names are first.

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
    settled = given.conventions.settled(given.intake.table, columns)
    return Schema(
        columns=columns,
        record_key=mapping.record_key,
        source=mapping.source,
        day_first=settled.day_first,
        family_first=settled.family_first,
    )
