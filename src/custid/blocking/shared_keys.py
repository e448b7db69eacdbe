"""Which keys two records share: why a pair was proposed, or why not."""

from __future__ import annotations

import numpy as np

from custid.blocking._blocks import KeyFamily, key_families
from custid.blocking.atoms import Blocking, record_atoms
from custid.table.record_table import RecordTable, build_record_table

__all__ = ["shared_key_rules"]


def shared_key_rules(table: RecordTable, left: int, right: int, blocking: Blocking = record_atoms) -> tuple[str, ...]:
    """Return the blocking rules by which two records share a key, however many others share it.

    Parameters
    ----------
    table : RecordTable
        The records.
    left, right : int
        Two units.
    blocking : Blocking
        What records may share so that they are compared; asked about a table of these two alone.

    Returns
    -------
    tuple of str
        Names as in `BlockingRuleReport`, sorted; none where they share no key.

    Examples
    --------
    >>> codes = np.array([[0], [1], [2]], np.int32)
    >>> table = build_record_table({"birth_date": (["1980-02-01", "1980-02-09", "1975-05-06"], codes)}, 3)
    >>> rows = table.unit_of_row.tolist()
    >>> shared_key_rules(table, rows[0], rows[1]), shared_key_rules(table, rows[0], rows[2])
    ((), ())

    A year alone is no key; with a name it is one:

    >>> name = (["zoe"], np.zeros((3, 1), np.int32))
    >>> dates = (["1980-02-01", "1980-02-09", "1975-05-06"], codes)
    >>> table = build_record_table({"birth_date": dates, "given_name": name}, 3)
    >>> rows = table.unit_of_row.tolist()
    >>> [rule for rule in shared_key_rules(table, rows[0], rows[1]) if rule.startswith("birth_date.year ")]
    ['birth_date.year + name.sound', 'birth_date.year + name.token']
    """
    units = [left, right]
    values = {}
    for name, column in table.columns.items():
        codes = column.codes[units]
        used, inverse = np.unique(codes[codes >= 0], return_inverse=True)
        placed = np.full(codes.shape, -1, np.int32)
        placed[codes >= 0] = inverse
        values[name] = ([column.vocabulary[code] for code in used.tolist()], placed)
    both = build_record_table(values, 2)
    if both.n_units < 2:
        # Two records of one content share whatever keys they have.
        values = {name: (vocabulary, codes) for name, (vocabulary, codes) in values.items() if len(vocabulary)}
        both = build_record_table(values, 2, np.array([0, 1], np.int32))
    # An atom is listed where two units have it: of these two, where both do.
    return tuple(sorted(family.name for family in key_families(blocking(both)) if _has_key(family)))


def _has_key(family: KeyFamily) -> bool:
    """Tell whether two records that share all listed atoms share a key of a family."""
    if family.second is family.first:
        return family.first.n_atoms > 1
    return family.first.n_atoms > 0 and (family.second is None or family.second.n_atoms > 0)
