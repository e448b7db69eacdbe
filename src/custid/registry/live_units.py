"""The distinct contents of live records, kept current as records come, change and go.

Invariant: units are those that a batch over the live records would have, whatever came and went before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from custid.intake.generic_values import GenericPolicy, declared_values
from custid.registry.record_keys import RecordKey
from custid.registry.rows import Row
from custid.table.record_table import RecordTable, build_record_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LiveUnits", "UnitChanges", "UnitContent", "table_of_units"]

UnitContent = Row
"""What a unit says: the values of the match model's attributes that are not generic."""


@frozen(kw_only=True)
class UnitChanges:
    """What a change of records does to units.

    Attributes
    ----------
    arrived, departed : tuple of int
        Units that are new, and that are no more.
    recounted : tuple of int
        Other units that have gained or lost records.
    """

    arrived: tuple[int, ...]
    departed: tuple[int, ...]
    recounted: tuple[int, ...]


class LiveUnits:
    """Records by their units.

    Parameters
    ----------
    attributes : collection of str
        The attributes of the match model.
    policy : GenericPolicy
        Which values are generic: by the names beside them, or by a person's word.

    Raises
    ------
    ConfigurationError
        If the policy declares a value that cannot be read.
    """

    def __init__(self, attributes: Collection[str], policy: GenericPolicy) -> None:
        self._attributes = frozenset(attributes)
        self._policy = policy
        self._generic, self._never_generic = declared_values(policy)
        self._rows: dict[RecordKey, Row] = {}
        self._unit_of: dict[RecordKey, int] = {}
        self._records: dict[int, set[RecordKey]] = {}
        self._contents: dict[int, UnitContent] = {}
        self._unit_by_content: dict[UnitContent, int] = {}
        self._holders: defaultdict[tuple[str, str], set[RecordKey]] = defaultdict(set)
        self._names: defaultdict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
        self._n_units_ever = 0

    def __len__(self) -> int:
        return len(self._contents)

    def __contains__(self, record: RecordKey) -> bool:
        return record in self._rows

    @property
    def records(self) -> Collection[RecordKey]:
        """The live records."""
        return self._rows.keys()

    def unit_of(self, record: RecordKey) -> int:
        """Return the unit of a live record."""
        return self._unit_of[record]

    def records_of(self, unit: int) -> frozenset[RecordKey]:
        """Return the records of a unit, none for one that is no more."""
        return frozenset(self._records.get(unit, ()))

    def n_records_of(self, unit: int) -> int:
        """Return how many records a unit has."""
        return len(self._records.get(unit, ()))

    def content_of(self, unit: int) -> UnitContent:
        """Return what a unit says."""
        return self._contents[unit]

    def content_for(self, row: Row) -> UnitContent:
        """Return what a row says beside the live records: the known values that are not generic."""
        known = []
        for attribute, values in row.values:
            if attribute in self._attributes:
                kept = tuple(value for value in values if not self._is_generic((attribute, value)))
                if kept:
                    known.append((attribute, kept))
        return UnitContent(tuple(known), row.kind)

    def _is_generic(self, stated: tuple[str, str]) -> bool:
        if stated in self._generic:
            return True
        return len(self._names.get(stated, ())) >= self._policy.min_names and stated not in self._never_generic

    def change(self, arriving: Mapping[RecordKey, Row], departing: Iterable[RecordKey]) -> UnitChanges:
        """Take in records that are new or say something else, and let others go.

        Parameters
        ----------
        arriving : Mapping of RecordKey to Row
            What records say from now on.
        departing : iterable of RecordKey
            Records that are no more; those not held are passed over.

        Returns
        -------
        UnitChanges
            What happens to units; records that say what they said before count for nothing.
        """
        leaving = {key for key in departing if key in self._rows and key not in arriving}
        coming = {key: row for key, row in arriving.items() if self._rows.get(key) != row}
        flipped: set[tuple[str, str]] = set()
        for key in (*leaving, *coming):
            if key in self._rows:
                self._forget(key, flipped)
        for key, row in coming.items():
            self._take(key, row, flipped)
        # A value that passes the threshold twice is where it was; looking again at its holders does no harm.
        concerned = leaving | coming.keys()
        concerned.update(*(self._holders[stated] for stated in flipped if stated in self._holders))
        return self._regroup(concerned)

    def _counted(self, row: Row) -> Iterable[tuple[str, str]]:
        return (
            (attribute, value)
            for attribute, values in row.values
            if attribute in self._policy.attributes
            for value in values
        )

    def _take(self, key: RecordKey, row: Row, flipped: set[tuple[str, str]]) -> None:
        self._rows[key] = row
        name = row.name
        for stated in self._counted(row):
            self._holders[stated].add(key)
            if name is not None:
                names = self._names[stated]
                names[name] += 1
                if names[name] == 1 and len(names) == self._policy.min_names:
                    flipped.add(stated)

    def _forget(self, key: RecordKey, flipped: set[tuple[str, str]]) -> None:
        row = self._rows.pop(key)
        name = row.name
        for stated in self._counted(row):
            holders = self._holders[stated]
            holders.discard(key)
            if not holders:
                del self._holders[stated]
            if name is not None:
                names = self._names[stated]
                names[name] -= 1
                if not names[name]:
                    del names[name]
                    if len(names) == self._policy.min_names - 1:
                        flipped.add(stated)
                if not names:
                    del self._names[stated]

    def _regroup(self, concerned: Iterable[RecordKey]) -> UnitChanges:
        """Put records into the units that they belong to now."""
        had_records: dict[int, bool] = {}
        for key in concerned:
            row = self._rows.get(key)
            content = None if row is None else self.content_for(row)
            old = self._unit_of.get(key)
            if old is not None and self._contents[old] == content:
                continue
            if old is not None:
                had_records.setdefault(old, True)
                self._records[old].discard(key)
                del self._unit_of[key]
            if content is not None:
                unit = self._unit_with(content)
                had_records.setdefault(unit, bool(self._records[unit]))
                self._records[unit].add(key)
                self._unit_of[key] = unit
        emptied = [unit for unit in had_records if not self._records[unit]]
        for unit in emptied:
            del self._unit_by_content[self._contents.pop(unit)]
            del self._records[unit]
        return UnitChanges(
            arrived=tuple(sorted(unit for unit, had in had_records.items() if not had and unit in self._records)),
            departed=tuple(sorted(unit for unit in emptied if had_records[unit])),
            recounted=tuple(sorted(unit for unit, had in had_records.items() if had and unit in self._records)),
        )

    def _unit_with(self, content: UnitContent) -> int:
        unit = self._unit_by_content.get(content)
        if unit is None:
            unit = self._n_units_ever
            self._n_units_ever += 1
            self._unit_by_content[content] = unit
            self._contents[unit] = content
            self._records[unit] = set()
        return unit


def table_of_units(contents: Sequence[UnitContent]) -> tuple[RecordTable, NDArray[np.int64]]:
    """Return the table of some units.

    Parameters
    ----------
    contents : sequence of UnitContent
        What they say, all different.

    Returns
    -------
    table : RecordTable
        Units ascending by content, as in a table of all.
    places : ndarray of int64, shape (n_units,)
        Place of each unit in the table.
    """
    held = [dict(each.values) for each in contents]
    values = {}
    for attribute in sorted({name for each in held for name in each}):
        position: dict[str, int] = {}
        stated = [each.get(attribute, ()) for each in held]
        codes = np.full((len(contents), max(map(len, stated))), -1, np.int32)
        for unit, texts in enumerate(stated):
            for place, text in enumerate(texts):
                codes[unit, place] = position.setdefault(text, len(position))
        values[attribute] = (tuple(position), codes)
    kinds = np.array([each.kind for each in contents], np.int8)
    table = build_record_table(values, len(contents), kind_of_row=kinds if (kinds >= 0).any() else None)
    return table, table.unit_of_row
