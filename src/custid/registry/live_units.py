"""The distinct contents of live records, kept current as records come, change and go.

Invariant: units are those that a batch over the live records would have, whatever came and went before.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.intake.generic_values import GenericPolicy, drop_generic_values
from custid.intake.row_facts import Naming, kind_beside, kinds_beside
from custid.registry.generic_counts import GenericCounts
from custid.registry.keyed_rows import KeyedRows, joined_columns
from custid.registry.numbered_records import NumberedRecords
from custid.registry.numbered_texts import HashNumbers
from custid.registry.record_keys import RecordKey
from custid.registry.record_rows import (
    RecordRows,
    content_hash,
    kinds_and_namings_of,
    numbers_array,
    table_of_rows,
)
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from custid.table.record_table import RecordTable, build_record_table

__all__ = ["LiveUnits", "UnitChanges", "UnitContent"]

UnitContent = Row
"""What a unit says: the values of the match model's attributes that are not generic, and its kind of party."""

_NONE: Final = -1
_FEW_ROWS: Final = 64
"""As many are hashed one by one in less time than in a table."""


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
    n_threads : int
        Threads that work on many records; the result does not depend on it.

    Attributes
    ----------
    edition : int
        How often all records were given new numbers.

    Raises
    ------
    ConfigurationError
        If the policy declares a value that cannot be read.

    Notes
    -----
    What records said when all were made anew is held as a table; what has come since, row by row.
    """

    def __init__(self, attributes: Collection[str], policy: GenericPolicy, n_threads: int = 1) -> None:
        self._attributes = frozenset(attributes)
        self._policy = policy
        self._n_threads = n_threads
        self._keys = NumberedRecords()
        self.edition = 0
        self._rows = RecordRows(table_of_rows(RowColumns.of([])))
        self._unit = array("i")
        # The records of a unit make a ring, so that one leaves it without a search.
        self._next, self._previous = array("i"), array("i")
        self._first, self._n_records, self._content = array("i"), array("i"), array("Q")
        self._by_content = HashNumbers(np.empty(0, np.uint64), np.empty(0, np.int32))
        self._free_records: list[int] = []
        self._free_units: list[int] = []
        self._n_several = 0
        self._counts = GenericCounts(policy, self.row_of)

    def __len__(self) -> int:
        return len(self._by_content)

    def __contains__(self, record: RecordKey) -> bool:
        return record in self._keys

    @property
    def records(self) -> Collection[RecordKey]:
        """The live records."""
        return self._keys

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all units, ascending."""
        return np.flatnonzero(np.frombuffer(self._n_records, np.int32))

    @property
    def n_numbers(self) -> int:
        """All units have lower numbers; numbers of units that are no more are given again."""
        return len(self._first)

    @property
    def n_record_numbers(self) -> int:
        """All records have lower numbers; numbers of records that are no more are given again."""
        return len(self._unit)

    def unit_of(self, record: RecordKey) -> int:
        """Return the unit of a live record."""
        number = self._keys.number_of(record)
        assert number is not None  # noqa: S101  # it is live
        return self._unit[number]

    def unit_of_number(self, number: int) -> int:
        """Return the unit of a live record, given its number."""
        return self._unit[number]

    def units_of_numbers(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the units of live records, given their numbers; int64, shape (n_numbers,)."""
        return np.frombuffer(self._unit, np.int32)[numbers].astype(np.int64)

    def numbers_of(self, records: Collection[RecordKey]) -> NDArray[np.int64]:
        """Return the number of each record, -1 for those that are not live; int64, shape (n_records,)."""
        return self._keys.numbers_of(records)

    def key_of(self, number: int) -> RecordKey:
        """Return the live record of a number."""
        key = self._keys.key_of(number)
        assert key is not None  # noqa: S101  # it is live
        return key

    def records_of_units(self, units: Collection[int]) -> list[RecordKey]:
        """Return the records of some units, each once."""
        if len(units) <= _FEW_ROWS:
            return [self.key_of(number) for unit in units for number in self.numbers_of_unit(unit)]
        is_asked = np.zeros(self.n_numbers + 1, np.bool_)
        is_asked[np.fromiter(units, np.int64, len(units))] = True
        return self.keys_of(np.flatnonzero(is_asked[np.frombuffer(self._unit, np.int32)]))

    def keys_of(self, numbers: NDArray[np.int64]) -> list[RecordKey]:
        """Return the live records of numbers, which takes less time than one by one."""
        return self._keys.keys_of(numbers)

    def live_numbers(self) -> NDArray[np.int64]:
        """Return the numbers of all live records, ascending; int64, shape (n_records,)."""
        return np.flatnonzero(np.frombuffer(self._unit, np.int32) >= 0)

    def records_of(self, unit: int) -> frozenset[RecordKey]:
        """Return the records of a unit, none for one that is no more."""
        return frozenset(map(self.key_of, self.numbers_of_unit(unit)))

    def numbers_of_unit(self, unit: int) -> list[int]:
        """Return the numbers of the records of a unit, none for one that is no more."""
        first = self._first[unit]
        if first == _NONE:
            return []
        found = [first]
        while (number := self._next[found[-1]]) != first:
            found.append(number)
        return found

    def n_records_of(self, unit: int) -> int:
        """Return how many records a unit has."""
        return self._n_records[unit]

    def content_of(self, unit: int) -> UnitContent:
        """Return what a unit says."""
        return self.content_for(self.row_of(self._first[unit]))

    def unit_of_content(self, hashed: int) -> int | None:
        """Return the unit of a content by its hash; None where no live record says just that."""
        return self._by_content.get(hashed)

    def content_for(self, row: Row) -> UnitContent:
        """Return what a row says beside the live records: the known values that are not generic, and its kind there."""
        known = []
        for attribute, values in row.values:
            if attribute in self._attributes:
                kept = values
                if self._counts.may_be_generic(attribute):
                    kept = tuple(value for value in values if not self._counts.is_generic(attribute, value))
                if kept:
                    known.append((attribute, kept))
        return UnitContent(tuple(known), kind_beside(row.kind, row.naming, has_several=self._n_several > 0))

    def row_of(self, number: int) -> Row:
        """Return what a record says, given its number."""
        return self._rows[number]

    # All at once

    def changed_rows(self, arriving: KeyedRows) -> tuple[list[RecordKey], RecordTable | None]:
        """Return the records that are new or say something else, and a table of all rows where there are many."""
        if len(arriving) <= _FEW_ROWS:
            rows = arriving.chosen(list(arriving))
            return [key for key, row in rows.items() if not self._says(key, RecordRows.hash_of(row))], None
        table = table_of_rows(arriving.columns, self._n_threads)
        if not len(self._keys):
            return list(arriving), table
        said = self._rows.say(self._keys.numbers_of(arriving), table.content_hash[table.unit_of_row])
        return [key for key, is_known in zip(arriving, said.tolist(), strict=True) if not is_known], table

    def _says(self, key: RecordKey, hash_of_row: int) -> bool:
        number = self._keys.number_of(key)
        return number is not None and self._rows.says(number, hash_of_row)

    def columns_of(self, without: Collection[RecordKey]) -> RowColumns:
        """Return what live records say, but for some, in any order."""
        leaving = self._keys.numbers_of(without)
        numbers = np.setdiff1d(self.live_numbers(), leaving).tolist()
        numbers.sort(key=lambda number: not self._rows.is_of_table(number))
        return self._rows.columns(numbers)

    def turns_kinds(self, namings: NDArray[np.int8], leaving: Iterable[RecordKey]) -> bool:
        """Tell whether a change of records decides on the kinds of all others: some name several persons, or none.

        Parameters
        ----------
        namings : ndarray of int8
            Whom the names of records tell that come or change.
        leaving : iterable of RecordKey
            Records that go or change.
        """
        n_leaving = 0
        if self._n_several:
            held = self._keys.numbers_of(list(leaving))
            n_leaving = sum(self.row_of(number).naming == Naming.SEVERAL for number in held[held >= 0].tolist())
        n_several = self._n_several - n_leaving + np.count_nonzero(namings == Naming.SEVERAL)
        return (self._n_several > 0) != (n_several > 0)

    def remake(
        self, arriving: KeyedRows, departing: Collection[RecordKey], table: RecordTable | None = None
    ) -> tuple[UnitChanges, RecordTable, NDArray[np.int64]]:
        """Take in records and let others go, as a batch makes units of all of them.

        Parameters
        ----------
        arriving : KeyedRows
            What records say from now on.
        departing : collection of RecordKey
            Records that are no more.
        table : RecordTable, optional
            The table of the arriving rows.

        Returns
        -------
        changes : UnitChanges
            What happens to units.
        table : RecordTable
            All units, with the rows of all records.
        units : ndarray of int64, shape (n_units,)
            The unit at each place of the table.
        """
        stay = [key for key in self._keys if key not in arriving and key not in departing]
        stay_at = self._keys.numbers_of(stay)
        # Those of the table first.
        order = np.argsort([not self._rows.is_of_table(number) for number in stay_at.tolist()], kind="stable")
        stay, stay_at = [stay[place] for place in order.tolist()], stay_at[order]
        records = [*stay, *arriving]
        if stay or table is None:
            held = self._rows.columns(stay_at.tolist())
            table = table_of_rows(joined_columns([held, arriving.columns]), self._n_threads)
        kinds, namings = kinds_and_namings_of(table)
        self._n_several = int(np.count_nonzero(namings == Naming.SEVERAL))
        contents = self._contents_of(table, kinds_beside(kinds, namings, has_several=self._n_several > 0))
        was, left = self._units_of(records), {*self._units_of(list(departing)).tolist()}
        arrived, departed, units = self._renumbered(contents.content_hash)
        unit = units[contents.unit_of_row]
        recounted = {*unit[was != unit].tolist(), *was[was != unit].tolist(), *left} - {_NONE, *arrived, *departed}
        self._hold(records, table, unit)
        self._by_content = HashNumbers.of(contents.content_hash, units)
        np.frombuffer(self._content, np.uint64)[units] = contents.content_hash
        self._counts.rebuild(table)
        changes = UnitChanges(arrived=arrived, departed=departed, recounted=tuple(sorted(recounted)))
        return changes, contents, units

    def _units_of(self, records: Collection[RecordKey]) -> NDArray[np.int64]:
        """Return the unit of each record, -1 for those that are not live."""
        numbers = self._keys.numbers_of(records)
        unit = np.append(np.frombuffer(self._unit, np.int32), np.int32(_NONE)).astype(np.int64)
        found: NDArray[np.int64] = unit[numbers]
        return found

    def _contents_of(self, table: RecordTable, kinds: NDArray[np.int8]) -> RecordTable:
        """Return the units of all records, given a table of their rows and the kind of each of its units."""
        values: dict[str, tuple[Sequence[str], NDArray[np.int32]]] = {
            name: (each.vocabulary, each.codes[table.unit_of_row]) for name, each in table.columns.items()
        }
        drop_generic_values(values, self._policy, {})
        kind_of_row = kinds[table.unit_of_row]
        return build_record_table(
            {name: each for name, each in values.items() if name in self._attributes},
            table.n_rows,
            kind_of_row=kind_of_row if (kind_of_row >= 0).any() else None,
            n_threads=self._n_threads,
        )

    def _renumbered(self, contents: NDArray[np.uint64]) -> tuple[tuple[int, ...], tuple[int, ...], NDArray[np.int64]]:
        """Return the units that are new, those that are no more, and the unit of each content."""
        units = self._by_content.many(contents)
        departed = tuple(np.setdiff1d(self.numbers, units).tolist())
        new = np.flatnonzero(units < 0)
        # Numbers of units that depart now are not given again at once.
        free = self._free_units[: len(new)]
        n_more = len(new) - len(free)
        units[new] = [*free, *range(len(self._first), len(self._first) + n_more)]
        self._free_units = [*self._free_units[len(free) :], *departed]
        self._first.extend([_NONE] * n_more)
        self._n_records.extend([0] * n_more)
        self._content.extend([0] * n_more)
        return tuple(sorted(units[new].tolist())), departed, units

    def _hold(self, records: list[RecordKey], table: RecordTable, unit: NDArray[np.int64]) -> None:
        """Take all records, numbered as they come, and the unit of each."""
        self._keys, self._free_records = NumberedRecords(records), []
        self.edition += 1
        self._rows = RecordRows(table)
        self._unit = numbers_array("i", unit)
        order = np.argsort(unit, kind="stable")
        is_first = np.append(True, np.diff(unit[order]) != 0)[: len(order)]
        starts = np.flatnonzero(is_first)
        following, preceding = np.roll(order, -1), np.roll(order, 1)
        ends = np.append(starts[1:], len(order))[: len(starts)] - 1
        following[ends], preceding[starts] = order[starts], order[ends]
        ring = np.empty((2, len(order)), np.int64)
        ring[0, order], ring[1, order] = following, preceding
        self._next, self._previous = numbers_array("i", ring[0]), numbers_array("i", ring[1])
        held = unit[order[starts]]
        first, n_records = np.full(len(self._first), _NONE), np.zeros(len(self._first), np.int64)
        first[held], n_records[held] = order[starts], ends - starts + 1
        self._first, self._n_records = numbers_array("i", first), numbers_array("i", n_records)

    # One by one

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
            What happens to units.
        """
        found = ((key, self._keys.number_of(key)) for key in {*departing, *arriving})
        held = {key: number for key, number in found if number is not None}
        leaving = [number for key, number in held.items() if key not in arriving]
        flipped: set[int] = set()
        for number in held.values():
            self._forget(number, flipped)
        coming = [self._take(key, row, flipped) for key, row in arriving.items()]
        # A value that passes the threshold twice is where it was; looking again at its holders does no harm.
        concerned = {*coming, *(number for value in flipped for number in self._counts.holders(value))}
        changes = self._regroup(sorted(concerned), leaving)
        for number in leaving:
            self._keys.drop(number)
        self._free_records.extend(leaving)
        return changes

    def _forget(self, number: int, flipped: set[int]) -> None:
        row = self.row_of(number)
        self._n_several -= row.naming == Naming.SEVERAL
        self._counts.forget(number, row, flipped)
        self._rows.drop(number)

    def _take(self, key: RecordKey, row: Row, flipped: set[int]) -> int:
        number = self._keys.number_of(key)
        if number is None:
            number = self._free_records.pop() if self._free_records else self._new_record()
            self._keys.put(number, key)
        self._rows.put(number, row)
        self._n_several += row.naming == Naming.SEVERAL
        self._counts.take(number, row, flipped)
        return number

    def _new_record(self) -> int:
        self._rows.append()
        for each in (self._unit, self._next, self._previous):
            each.append(_NONE)
        return len(self._unit) - 1

    def _regroup(self, concerned: Iterable[int], leaving: Iterable[int]) -> UnitChanges:
        """Put records into the units that they belong to now."""
        had_records: dict[int, bool] = {}
        for number in leaving:
            had_records.setdefault(self._unit[number], True)
            self._leave(number)
        for number in concerned:
            content = content_hash(self.content_for(self.row_of(number)))
            old = self._unit[number]
            if old != _NONE and self._content[old] == content:
                continue
            if old != _NONE:
                had_records.setdefault(old, True)
                self._leave(number)
            unit = self._unit_with(content)
            had_records.setdefault(unit, self._n_records[unit] > 0)
            self._join(number, unit)
        emptied = [unit for unit in had_records if not self._n_records[unit]]
        for unit in emptied:
            self._by_content.drop(self._content[unit])
        self._free_units.extend(emptied)
        return UnitChanges(
            arrived=tuple(sorted(unit for unit, had in had_records.items() if not had and self._n_records[unit])),
            departed=tuple(sorted(unit for unit in emptied if had_records[unit])),
            recounted=tuple(sorted(unit for unit, had in had_records.items() if had and self._n_records[unit])),
        )

    def _leave(self, number: int) -> None:
        unit = self._unit[number]
        before, after = self._previous[number], self._next[number]
        self._next[before], self._previous[after] = after, before
        self._n_records[unit] -= 1
        if self._first[unit] == number:
            self._first[unit] = after if after != number else _NONE
        self._unit[number] = self._next[number] = self._previous[number] = _NONE

    def _join(self, number: int, unit: int) -> None:
        first = self._first[unit]
        if first == _NONE:
            self._first[unit] = self._next[number] = self._previous[number] = number
        else:
            last = self._previous[first]
            self._next[last] = self._previous[first] = number
            self._previous[number], self._next[number] = last, first
        self._n_records[unit] += 1
        self._unit[number] = unit

    def _unit_with(self, content: int) -> int:
        unit = self._by_content.get(content)
        if unit is None:
            if self._free_units:
                unit = self._free_units.pop()
            else:
                unit = len(self._first)
                self._first.append(_NONE)
                self._n_records.append(0)
                self._content.append(0)
            self._by_content.put(content, unit)
            self._content[unit] = content
        return unit

    # As it is saved

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        # What a unit said that is no more is nobody's business.
        is_live = np.frombuffer(self._n_records, np.int32) > 0
        found: dict[str, NDArray[Any]] = {"content": np.frombuffer(self._content, np.uint64) * is_live}
        live = self.numbers
        by_content = HashNumbers.of(found["content"][live], live).arrays()
        found |= {f"by_content.{name}": each for name, each in by_content.items()}
        found |= {f"keys.{name}": each for name, each in self._keys.arrays().items()}
        # Copies, since who holds a view keeps what it is of from growing.
        found |= {name: np.array(each, np.int32) for name, each in self._rings().items()}
        found |= {f"rows.{name}": each for name, each in self._rows.arrays().items()}
        found["counts.n_several"] = np.array([self._n_several])
        return found | {f"counts.{name}": each for name, each in self._counts.arrays().items()}

    def _rings(self) -> dict[str, array[int]]:
        return {
            "unit": self._unit,
            "next": self._next,
            "previous": self._previous,
            "first": self._first,
            "n_records": self._n_records,
        }

    @property
    def table_attributes(self) -> list[str]:
        """The attributes of the table of rows, which :meth:`take_arrays` needs to be told."""
        return list(self._rows.table.columns)

    def take_arrays(self, held: Mapping[str, NDArray[Any]], table_attributes: Sequence[str]) -> None:
        """Hold what :meth:`arrays` had."""
        self._keys = NumberedRecords.of_arrays(_part(held, "keys."))
        self._free_records = self._keys.free()
        self._unit, self._next, self._previous, self._first, self._n_records = (
            numbers_array("i", held[name]) for name in self._rings()
        )
        self._content = numbers_array("Q", held["content"])
        self._by_content = HashNumbers(held["by_content.hashes"], held["by_content.numbers"])
        self._free_units = np.flatnonzero(held["n_records"] == 0).tolist()
        self._rows = RecordRows.of_arrays(_part(held, "rows."), table_attributes)
        self._n_several = int(held["counts.n_several"][0])
        self._counts.take_arrays(_part(held, "counts."))


def _part(held: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): each for name, each in held.items() if name.startswith(prefix)}
