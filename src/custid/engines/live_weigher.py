"""Weighs pairs of units that come and go, to the bit as a run over all of them would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import get_ident
from typing import Protocol

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid._threads import Turns
from custid.clustering.pair_graph import labels_differ
from custid.comparison.comparer import PairComparer
from custid.comparison.comparison import BoundComparison, ComparisonOutput
from custid.comparison.library import default_comparisons
from custid.comparison.live.arrays import Columns, LiveArrays
from custid.comparison.live.levels import live_levels
from custid.comparison.live.names import LivePersonNames
from custid.comparison.live.organizations import LiveOrganizationNames
from custid.comparison.live.statements import Stated, Statements
from custid.comparison.live.values import LiveValues, ValueRows
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.value_codes import MAX_ATTRIBUTES
from custid.comparison.value_comparison import ValueComparison
from custid.engines._given_model import fitting_table, fitting_u
from custid.engines._live_state import (
    bound_state,
    empty_column,
    live_context,
    load_arrays,
    save_arrays,
    stored_values,
)
from custid.engines.labels import IDENTIFIERS, PARTY_KIND, are_valid, identifier_labels
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


class Content(Protocol):
    """What a unit states."""

    @property
    def values(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Attributes, each once, with distinct canonical values."""
        ...

    @property
    def kind(self) -> int:
        """Kind of party, -1 where nothing tells."""
        ...


@frozen(kw_only=True)
class UnitValues:
    """What a unit states.

    Attributes
    ----------
    values : tuple of (str, tuple of str)
        Attributes with their distinct values, both ascending.
    kind : int
        Kind of party, -1 where nothing tells.
    """

    values: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False, default=())
    kind: int = -1


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
        self._turns, self._owner, self._depth, self._n_probes = Turns(), -1, 0, 0
        # Registered numbers keep units apart whether or not the model knows them.
        self._attributes = (*fitted.columns, *(name for name in IDENTIFIERS if name not in fitted.columns))
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
        rarity = {name: self._context.rarity(name) for name in self._attributes}
        self._statements = statements = Statements(arrays, self._attributes, rarity)
        self._units, self._held = arrays.columns("units"), arrays.columns("held")
        self._names: list[LivePersonNames | LiveOrganizationNames] = []
        alone: list[tuple[BoundComparison, int]] = []
        values: list[LiveValues] = []
        outputs: list[int] = []
        first, n_common = 0, iter(arrays.columns("cells.common")["n"].tolist())
        for comparison in self._comparisons:
            if isinstance(comparison, ValueComparison):
                name = comparison.attribute
                statements.levels[name] = live_levels(
                    name, comparison.levels, arrays, self._context, statements.text_of
                )
                of_values = LiveValues(
                    comparison, statements.levels[name], statements, self._numbers_held, next(n_common, 0)
                )
                if len(values) < MAX_ATTRIBUTES:
                    values.append(of_values)
                    outputs.append(first)
                else:
                    alone.append((of_values, first))
            elif isinstance(comparison, PersonNameComparison):
                names = LivePersonNames(arrays, statements)
                self._names.append(names)
                alone.append((names, first))
            elif isinstance(comparison, OrganizationNameComparison):
                organizations = LiveOrganizationNames(arrays, comparison, statements, self._context)
                statements.levels[comparison.attribute] = organizations
                self._names.append(organizations)
                alone.append((organizations, first))
            first += len(comparison.outputs)
        self._rows = ValueRows(arrays, values, outputs, statements)
        self._comparer = PairComparer.of_bound(self.outputs, alone, self._rows.compared if values else None)
        self._by_unit: list[Columns] = [self._units, arrays.columns("cells"), *(each.units for each in self._names)]
        # Most attributes that could tell units apart are held by none of them.
        label_names = (*self._label_names, PARTY_KIND)
        self._labels_held = {name for name in label_names if (self._units.in_use()[f"label.{name}"] >= 0).any()}
        is_live = self._units.in_use()["is_live"]
        self._free: list[int] = np.flatnonzero(~is_live)[::-1].tolist()
        self._n_removed = 0

    # Who may work when

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self._owner == get_ident():
            yield
        else:
            with self._turns.reading():
                yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._owner == get_ident():
            yield
            return
        with self._turns.writing():
            self._owner = get_ident()
            try:
                yield
            finally:
                self._owner = -1

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._writing():
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
        return self._statements.columns.n

    @property
    def labels(self) -> Mapping[str, NDArray[np.int32]]:
        """Labels that keep units apart where they differ, as :func:`custid.engines.labels.exclusive_labels` has them.

        By name, each int32, shape (n_places,), -1 for none; numbers differ from those of a batch.  Valid until the next
        change.
        """
        return {
            name: self._units[f"label.{name}"][: self._units.n] for name in sorted((*self._label_names, PARTY_KIND))
        }

    def content_hash(self, places: NDArray[np.integer]) -> NDArray[np.uint64]:
        """Return the content hashes of units, uint64, shape (n,), those that a record table has."""
        with self._reading():
            found: NDArray[np.uint64] = self._units["content_hash"][places]
            return found

    def kind(self, places: NDArray[np.integer]) -> NDArray[np.int8]:
        """Return the kinds of party of units, int8, shape (n,), -1 where nothing tells."""
        with self._reading():
            return np.asarray(self._units[f"label.{PARTY_KIND}"][places], np.int8)

    def content_of(self, place: int) -> UnitValues:
        """Return what a unit states."""
        return self.held_content(place)()

    def held_content(self, place: int) -> Callable[[], UnitValues]:
        """Return what tells what a unit states now, whenever it is called: to hold it is cheaper than to read it."""
        with self._reading():
            start, n_held = int(self._units["start"][place]), int(self._units["n_held"][place])
            numbers = self._held["number"][start : start + n_held].tolist()
            kind = int(self._units[f"label.{PARTY_KIND}"][place])
            return partial(_content, self._statements, self._attributes, numbers, kind)

    def _numbers_held(self, place: int, attribute: str) -> list[int]:
        start, n_held = int(self._units["start"][place]), int(self._units["n_held"][place])
        numbers = self._held["number"][start : start + n_held]
        of_attribute = self._statements.columns["attribute"][numbers] == self._attributes.index(attribute)
        found: list[int] = numbers[of_attribute].tolist()
        return found

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
            self._refresh()
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
                start, n_held = int(self._units["start"][place]), int(self._units["n_held"][place])
                self._statements.columns["n_uses"][self._held["number"][start : start + n_held]] -= 1
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
        with self._writing():
            mark, forgets, n_before = self._arrays.mark(), self._arrays.forgets, self._n_probes
            self._arrays.forgets, self._depth = True, self._depth + 1
            try:
                first = self._units.n
                for content in contents:
                    self._write(self._appended(), content)
                self._n_probes += len(contents)
                self._refresh()
                yield np.arange(first, first + len(contents), dtype=np.int32)
            finally:
                self._arrays.cut(mark)
                self._arrays.forgets, self._n_probes, self._depth = forgets, n_before, self._depth - 1

    def _check(self, contents: Sequence[Content]) -> None:
        for content in contents:
            self._check_known(name for name, _ in content.values)

    def _check_known(self, attributes: Iterable[str]) -> None:
        for name in attributes:
            if name not in self._attributes:
                raise ConfigurationError(
                    f"attribute {name!r}: expected one of the match model, {', '.join(self._attributes)}."
                )

    def _appended(self) -> int:
        place = self._units.n
        for columns in self._by_unit:
            columns.append(1)
        self._units["room"][place] = 0
        return place

    def _add_one(self, content: Content) -> int:
        place = self._free.pop() if self._free else self._appended()
        stated = self._write(place, content)
        for numbers in stated.numbers.values():
            self._statements.columns["n_uses"][numbers] += 1
        return place

    def _write(self, place: int, content: Content) -> Stated:
        stated = self._statements.stated(content.values, content.kind)
        self._rows.write(place, stated.numbers)
        for names in self._names:
            names.write(place, stated)
        units = self._units
        held = [number for numbers in stated.numbers.values() for number in numbers]
        if len(held) > units["room"][place]:
            units["start"][place] = self._held.append(len(held))
            units["room"][place] = len(held)
        start = int(units["start"][place])
        self._held["number"][start : start + len(held)] = held
        units["n_held"][place] = len(held)
        units["content_hash"][place] = stated.content_hash
        units["is_live"][place] = True
        for name in self._label_names:
            self._set_label(name, place, _label(name, stated))
        self._set_label(PARTY_KIND, place, content.kind)
        return stated

    def _set_label(self, name: str, place: int, label: int) -> None:
        self._units[f"label.{name}"][place] = label
        if label >= 0:
            self._labels_held.add(name)

    def _refresh(self) -> None:
        self._rows.refresh()
        for names in self._names:
            names.refresh()

    def _add_anew(self, contents: Sequence[Content]) -> NDArray[np.int32]:
        """Add so many units that binding all anew takes less time."""
        values, places, kinds = stored_values(self._arrays, self._attributes)
        n_places = self._units.n
        new = np.arange(n_places, n_places + len(contents))
        joined = {
            name: _joined(*values[name], [dict(content.values).get(name, ()) for content in contents])
            for name in self._attributes
        }
        all_kinds = np.append(kinds, np.array([content.kind for content in contents], np.int8))
        self._bind_values(joined, np.append(places, new), all_kinds, n_places + len(contents))
        return new.astype(np.int32)

    def _tidy(self) -> None:
        """Bind what is left anew if more than half of all values are none of theirs, or of all that units held."""
        self._n_removed = 0
        n_uses = self._statements.columns.in_use()["n_uses"]
        n_held = int(self._units.in_use()["n_held"][self._units.in_use()["is_live"]].sum())
        if 2 * np.count_nonzero(n_uses) < len(n_uses) or 2 * n_held < self._held.n:
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
        with self._reading():
            if len(left) <= _PAIRS_AT_ONCE:
                return self._weighed(left, right)
            found = np.empty(len(left))
            for start in range(0, len(left), _PAIRS_AT_ONCE):
                piece = slice(start, start + _PAIRS_AT_ONCE)
                found[piece] = self._weighed(left[piece], right[piece])
            return found

    def _weighed(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        found = self._weigher.compare(self._comparer, left, right)
        for name in self._labels_held:
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
        with self._reading():
            return self._comparer.compare(left, right)

    def copy_bits(self, places: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the match weight of two records of each unit, float64, shape (n,)."""
        with self._reading():
            return copy_weights(self._model, self._comparer, np.ascontiguousarray(places, np.int32))


def _label(attribute: str, stated: Stated) -> int:
    """Return the statement of the one valid identifier of a unit, -1 where there is none or are several."""
    texts = stated.texts.get(attribute)
    if texts is None:
        return -1
    valid = [
        number
        for number, is_valid in zip(stated.numbers[attribute], are_valid(attribute, texts).tolist(), strict=True)
        if is_valid
    ]
    return valid[0] if len(valid) == 1 else -1


def _joined(
    vocabulary: Sequence[str], codes: NDArray[np.int32], stated: Sequence[Sequence[str]]
) -> tuple[Sequence[str], NDArray[np.int32]]:
    """Return the values of units with those of further ones."""
    new = list(dict.fromkeys(text for texts in stated for text in texts))
    code_of = {text: code for code, text in enumerate(new, start=len(vocabulary))}
    width = max(codes.shape[1], *map(len, stated))
    joined = np.full((len(codes) + len(stated), width), -1, np.int32)
    joined[: len(codes), : codes.shape[1]] = codes
    for row, texts in enumerate(stated, start=len(codes)):
        joined[row, : len(texts)] = [code_of[text] for text in texts]
    return [*vocabulary, *new], joined


def _content(statements: Statements, attributes: Sequence[str], numbers: Sequence[int], kind: int) -> UnitValues:
    """Return a content by the numbers of its statements, which stand where they are as long as any unit has them."""
    by_attribute: dict[str, list[str]] = {}
    for number in numbers:
        by_attribute.setdefault(attributes[statements.columns["attribute"][number]], []).append(
            statements.text_of(number)
        )
    return UnitValues(
        values=tuple((name, tuple(sorted(texts))) for name, texts in sorted(by_attribute.items())), kind=kind
    )
