"""Weighs pairs of units that come and go, to the bit as a run over all of them would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import overload

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid._threads import Turns
from custid.clustering.pair_graph import labels_differ
from custid.comparison.comparison import ComparisonOutput
from custid.comparison.library import default_comparisons
from custid.comparison.live.arrays import LiveArrays
from custid.engines._bound_units import BoundUnits, Content, UnitValues
from custid.engines._given_model import fitting_table, fitting_u
from custid.engines._live_state import (
    bound_state,
    empty_column,
    joined_values,
    live_context,
    load_arrays,
    save_arrays,
    stored_values,
)
from custid.engines.labels import IDENTIFIERS, identifier_labels
from custid.engines.options import ComparisonsLike
from custid.engines.table_weigher import copy_weights
from custid.errors import ConfigurationError
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.pair_weigher import PairWeigher
from custid.table.record_table import RecordTable, ValueColumn, build_record_table

__all__ = ["Content", "LiveWeigher", "UnitValues"]

_PAIRS_AT_ONCE = 1 << 16
_LEAST_ANEW = 256
_FEWEST_REMOVED = 1_000


class LiveWeigher:
    """Weighs pairs of units that come and go.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    comparisons : sequence of Comparison or callable, optional
        What is compared, or what chooses it for a table; what is compared by default when not given.

    Raises
    ------
    ConfigurationError
        If the model does not fit what is compared, or if a comparison is none of values or of names.

    Notes
    -----
    Every unit has a place.  A weight is a function of two contents and the match model, and compiled code works it out
    as for a batch, from arrays with room behind: a unit that comes is appended, its values where they are new.
    Values of units that went stay until they are more than half of all; then all is bound anew, at the same places.

    Threads may ask side by side.  Who changes something, and who probes, is alone meanwhile: to append a content takes
    tens of microseconds, most of them in the interpreter, which serves one thread at a time anyway.  So there is no
    room for each thread to be kept in all arrays.
    """

    def __init__(
        self,
        model: TrainedMatchModel,
        comparisons: ComparisonsLike = default_comparisons,
    ) -> None:
        self._bind_table(model, comparisons, build_record_table({}, 0))

    def _bind_table(self, model: TrainedMatchModel, comparisons: ComparisonsLike, table: RecordTable) -> None:
        self._prepare(model, comparisons, table)
        self._bind(table, np.arange(table.n_units))

    def _prepare(self, model: TrainedMatchModel, comparisons: ComparisonsLike, table: RecordTable) -> None:
        self._model, self._context = model, live_context(model)
        fitted = fitting_table(model, table)
        self._comparisons = tuple(comparisons(fitted) if callable(comparisons) else comparisons)
        self.outputs: tuple[ComparisonOutput, ...] = tuple(
            output for comparison in self._comparisons for output in comparison.outputs
        )
        fitting_u(model, self.outputs)
        self._weigher = PairWeigher(model, is_compiled=True)
        self._turns, self._depth, self._n_probes = Turns(), 0, 0
        # Registered numbers keep units apart whether or not the model knows them.
        self._attributes = (*fitted.columns, *(name for name in IDENTIFIERS if name not in fitted.columns))
        self._known = frozenset(self._attributes)
        self._check_known(table.columns)
        self._label_names = tuple(identifier_labels(self._columns_of(table)))

    @classmethod
    def of_table(
        cls,
        model: TrainedMatchModel,
        table: RecordTable,
        comparisons: ComparisonsLike = default_comparisons,
    ) -> LiveWeigher:
        """Return a weigher of the units of a table, at the places that they have there.

        Parameters
        ----------
        model : TrainedMatchModel
            The match model.
        table : RecordTable
            The units, without sources and without dated values.
        comparisons : sequence of Comparison or callable, optional
            As for the class.

        Returns
        -------
        LiveWeigher
            Places 0 to ``table.n_units - 1`` are taken.

        Raises
        ------
        ConfigurationError
            If the model does not fit what is compared.
        """
        weigher = cls.__new__(cls)
        weigher._bind_table(model, comparisons, table)  # noqa: SLF001  # its own class
        return weigher

    def _bind(self, table: RecordTable, order: NDArray[np.int64]) -> None:
        """Bind all units of a table anew, each at its place."""
        with_all = evolve(table, columns=self._columns_of(table))
        self._use(LiveArrays(bound_state(with_all, self._comparisons, self._context, order)))

    def _columns_of(self, table: RecordTable) -> dict[str, ValueColumn]:
        """Return the columns of all attributes, in their order."""
        return {name: table.columns.get(name) or empty_column(name, table.n_units) for name in self._attributes}

    def save(self, path: str | Path) -> None:
        """Save all units as they are compared, as one file.

        Parameters
        ----------
        path : str or Path
            Where to; what is there is replaced, once all is written.

        Raises
        ------
        ConfigurationError
            If the thread probes.
        StoreError
            If the file cannot be written.
        """
        with self._changing():
            save_arrays(Path(path), self._arrays, self._model)

    @classmethod
    def load(
        cls, path: str | Path, model: TrainedMatchModel, comparisons: ComparisonsLike = default_comparisons
    ) -> LiveWeigher:
        """Return a weigher as it was saved, mapped into memory.

        Parameters
        ----------
        path : str or Path
            Where from; the file is not changed.
        model : TrainedMatchModel
            The match model that it was saved with.
        comparisons : sequence of Comparison or callable, optional
            As for the class; those that it was saved with.

        Returns
        -------
        LiveWeigher
            The same units at the same places.

        Raises
        ------
        ConfigurationError
            If the model does not fit what is compared.
        StoreError
            If the file cannot be read or is damaged.
        StoreFormatError
            If it is another file, of another version, or was saved with another match model.
        """
        weigher = cls.__new__(cls)
        weigher._prepare(model, comparisons, build_record_table({}, 0))  # noqa: SLF001  # its own class
        weigher._use(load_arrays(Path(path), model))  # noqa: SLF001
        return weigher

    def _use(self, arrays: LiveArrays) -> None:
        """Compare by what stands in arrays."""
        self._arrays = arrays
        self._bound = BoundUnits(arrays, self._comparisons, self._context, self._attributes, self._label_names)
        self._units = self._bound.units
        is_live = self._units.in_use()["is_live"]
        self._free: list[int] = np.flatnonzero(~is_live)[::-1].tolist()
        self._n_removed = 0

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._turns.writing():
            if self._depth:
                raise ConfigurationError(
                    "live weigher: expected no change while the thread probes.",
                    hint="Leave the context of the probe first.",
                )
            yield

    # What is there

    def __len__(self) -> int:
        """Return the number of units."""
        return self._units.n - len(self._free) - self._n_probes

    @property
    def n_places(self) -> int:
        """Places that are taken or were; all are below it."""
        return self._units.n

    @property
    def n_values(self) -> int:
        """Distinct values of all attributes, those included that no unit has any more."""
        return self._bound.statements.columns.n

    @property
    def labels(self) -> Mapping[str, NDArray[np.int32]]:
        """Labels that keep units apart where they differ, as :func:`custid.engines.labels.exclusive_labels` has them.

        By name, each int32, shape (n_places,), -1 for none; numbers differ from those of a batch.  Valid until the next
        change.
        """
        return self._bound.labels()

    @overload
    def content_hash(self, places: NDArray[np.integer]) -> NDArray[np.uint64]: ...

    @overload
    def content_hash(self, places: int) -> np.uint64: ...

    def content_hash(self, places: NDArray[np.integer] | int) -> NDArray[np.uint64] | np.uint64:
        """Return the content hashes of units, uint64, of the shape of their places: those that a record table has."""
        with self._turns.reading():
            found: NDArray[np.uint64] | np.uint64 = self._units["content_hash"][places]
            return found

    def content_of(self, place: int) -> UnitValues:
        """Return what a unit states."""
        return self.held_content(place)()

    def held_content(self, place: int) -> Callable[[], UnitValues]:
        """Return what tells what a unit states now, whenever it is called: to hold it is cheaper than to read it."""
        with self._turns.reading():
            return self._bound.held_content(place)

    # What comes and goes

    def add(self, contents: Sequence[Content]) -> NDArray[np.int32]:
        """Add units.

        Parameters
        ----------
        contents : sequence of Content
            What they state.

        Returns
        -------
        ndarray of int32, shape (n_contents,)
            Their places; those of units that were removed are given again.

        Raises
        ------
        ConfigurationError
            If the thread probes, or a content has an attribute that the model does not know.
        """
        self._check(contents)
        with self._changing():
            if len(contents) >= max(_LEAST_ANEW, len(self) / 2):
                return self._add_anew(contents)
            places = np.empty(len(contents), np.int32)
            for number, content in enumerate(contents):
                places[number] = self._add_one(content)
            self._bound.refresh()
            return places

    def remove(self, places: Sequence[int] | NDArray[np.integer]) -> None:
        """Remove units.

        Parameters
        ----------
        places : sequence of int
            Where they stand, each once.

        Raises
        ------
        ConfigurationError
            If the thread probes.
        """
        with self._changing():
            for place in np.asarray(places).tolist():
                self._bound.statements.columns["n_uses"][self._bound.numbers_of(place)] -= 1
                self._units["is_live"][place] = False
                self._free.append(place)
                self._n_removed += 1
            if self._n_removed > max(_FEWEST_REMOVED, len(self)):
                self._tidy()

    @contextmanager
    def probe(self, contents: Sequence[Content]) -> Iterator[NDArray[np.int32]]:
        """Let units take part that are forgotten afterwards.

        Parameters
        ----------
        contents : sequence of Content
            What they state.

        Yields
        ------
        ndarray of int32, shape (n_contents,)
            Their places, as long as the context lasts; other threads wait meanwhile.

        Raises
        ------
        ConfigurationError
            If a content has an attribute that the model does not know.
        """
        self._check(contents)
        with self._turns.writing():
            arrays, bound = self._arrays, self._bound
            mark, forgets, n_before = arrays.mark(), arrays.forgets, self._n_probes
            self._depth += 1
            try:
                first = self._units.n
                for content in contents:
                    bound.write(bound.append(), content, for_good=False)
                self._n_probes += len(contents)
                bound.refresh()
                arrays.forgets = forgets or bound.has_new_codes(mark)
                yield np.arange(first, first + len(contents), dtype=np.int32)
            finally:
                arrays.cut(mark)
                arrays.forgets, self._n_probes, self._depth = forgets, n_before, self._depth - 1

    def _check(self, contents: Sequence[Content]) -> None:
        for content in contents:
            self._check_known(name for name, _ in content.values)

    def _check_known(self, attributes: Iterable[str]) -> None:
        for name in attributes:
            if name not in self._known:
                raise ConfigurationError(
                    f"attribute {name!r}: expected one of the match model, {', '.join(self._attributes)}."
                )

    def _add_one(self, content: Content) -> int:
        place = self._free.pop() if self._free else self._bound.append()
        stated = self._bound.write(place, content)
        self._bound.statements.columns["n_uses"][stated.listed] += 1
        return place

    def _add_anew(self, contents: Sequence[Content]) -> NDArray[np.int32]:
        """Add so many units that binding all anew takes less time."""
        values, places, kinds = stored_values(self._arrays, self._attributes)
        n_places = self._units.n
        new = np.arange(n_places, n_places + len(contents))
        joined = {
            name: joined_values(*values[name], [dict(content.values).get(name, ()) for content in contents])
            for name in self._attributes
        }
        all_kinds = np.append(kinds, np.array([content.kind for content in contents], np.int8))
        self._bind_values(joined, np.append(places, new), all_kinds, n_places + len(contents))
        return new.astype(np.int32)

    def _tidy(self) -> None:
        """Bind what is left anew if more than half of all values are none of theirs, or of all that units held."""
        self._n_removed = 0
        n_uses = self._bound.statements.columns.in_use()["n_uses"]
        n_held = int(self._units.in_use()["n_held"][self._units.in_use()["is_live"]].sum())
        if 2 * np.count_nonzero(n_uses) < len(n_uses) or 2 * n_held < self._bound.held.n:
            self._bind_values(*stored_values(self._arrays, self._attributes), self._units.n)

    def _bind_values(
        self,
        values: Mapping[str, tuple[Sequence[str], NDArray[np.int32]]],
        places: NDArray[np.int64],
        kinds: NDArray[np.int8],
        n_places: int,
    ) -> None:
        table = build_record_table(values, len(places), kind_of_row=kinds)
        order = np.full(n_places, table.n_units, np.int64)
        order[places] = table.unit_of_row
        self._bind(table, order)

    # Weights

    def weight_bits(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the match weight of each pair, ``-inf`` where labels keep the two apart.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Places.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            In bits.
        """
        left, right = np.ascontiguousarray(left, np.int32), np.ascontiguousarray(right, np.int32)
        if not len(left):
            return np.zeros(0)
        with self._turns.reading():
            if len(left) <= _PAIRS_AT_ONCE:
                return self._weighed(left, right)
            found = np.empty(len(left))
            for start in range(0, len(left), _PAIRS_AT_ONCE):
                piece = slice(start, start + _PAIRS_AT_ONCE)
                found[piece] = self._weighed(left[piece], right[piece])
            return found

    def weight_bits_with(self, place: int, others: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the match weight of one unit with some others, as :meth:`weight_bits` does.

        Parameters
        ----------
        place : int
            Its place.
        others : ndarray of int32, shape (n_others,)
            Theirs.

        Returns
        -------
        ndarray of float64, shape (n_others,)
            In bits.
        """
        if len(others) > _PAIRS_AT_ONCE:
            return self.weight_bits(others, np.full(len(others), place, np.int32))
        with self._turns.reading():
            # In a batch the unit that stands first is on the left; weights do not depend on it.
            found = self._weigher.compare(self._bound.comparer, others, np.full(len(others), place, np.int32))
            are_apart = self._bound.are_apart(place, others)
            if are_apart is not None:
                found[are_apart] = -np.inf
            return found

    def _weighed(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        found = self._weigher.compare(self._bound.comparer, left, right)
        for name in self._bound.labels_held:
            found[labels_differ(self._units[f"label.{name}"], left, right)] = -np.inf
        return found

    def compare(
        self, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """Return comparison vectors and rarities, all of them, to explain weights by.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Places.

        Returns
        -------
        levels : ndarray of int8, shape (n_pairs, n_outputs)
            Levels, -1 for null.
        rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
            -log2 of the frequency of the value agreed on, 0 below the closest level.
        """
        left, right = np.ascontiguousarray(left, np.int32), np.ascontiguousarray(right, np.int32)
        with self._turns.reading():
            return self._bound.comparer.compare(left, right)

    def copy_bits(self, places: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the match weight of two records of each unit, float64, shape (n,)."""
        with self._turns.reading():
            return copy_weights(self._model, self._bound.comparer, np.ascontiguousarray(places, np.int32))
