"""Units as live weights need them: what stands in arrays, and what compares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.comparison.comparison import BoundComparison, Comparison
from custid.comparison.live.arrays import Columns, LiveArrays
from custid.comparison.live.levels import live_levels
from custid.comparison.live.listed import LiveContext
from custid.comparison.live.names import LivePersonNames
from custid.comparison.live.organizations import LiveOrganizationNames
from custid.comparison.live.statements import Stated, Statements
from custid.comparison.live.values import LiveValues, ValueRows
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.value_codes import MAX_ATTRIBUTES
from custid.comparison.value_comparison import ValueComparison
from custid.engines._live_state import label_of
from custid.engines.labels import PARTY_KIND

__all__ = ["BoundUnits", "Content", "UnitValues"]

_NO_LABEL: Final = -1
_LABEL: Final = "label."


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


class BoundUnits:
    """Units at their places, and what compares them.

    Parameters
    ----------
    arrays : LiveArrays
        What is bound of them.
    comparisons : sequence of Comparison
        What is compared; all that is bound is of these.
    context : LiveContext
        Frequencies.
    attributes : sequence of str
        All attributes that units may state, by number.
    label_names : sequence of str
        Attributes whose values keep units apart, beside the kind of party.

    Attributes
    ----------
    arrays : LiveArrays
        As given.
    statements : Statements
        The values of all units.
    units : Columns
        What belongs to each place.
    comparer : PairComparer
        Compares units by their places.
    labels_held : set of str
        The labels that any unit has had: most that could tell units apart are held by none.
    """

    def __init__(
        self,
        arrays: LiveArrays,
        comparisons: Sequence[Comparison],
        context: LiveContext,
        attributes: Sequence[str],
        label_names: Sequence[str],
    ) -> None:
        self.arrays, self._label_names, self._attributes = arrays, tuple(label_names), tuple(attributes)
        self.statements = Statements(arrays, attributes, {name: context.rarity(name) for name in attributes})
        self.units, self.held = arrays.columns("units"), arrays.columns("held")
        self._names: list[LivePersonNames | LiveOrganizationNames] = []
        self._bind(comparisons, context)
        self._by_unit: list[Columns] = [self.units, arrays.columns("cells"), *(each.units for each in self._names)]
        self._not_coded = frozenset(map(id, (*self._by_unit, self.held)))
        self._n_lasting = self.units.n
        in_use = self.units.in_use()
        self.labels_held = {name for name in (*label_names, PARTY_KIND) if (in_use[f"label.{name}"] >= 0).any()}

    def _bind(self, comparisons: Sequence[Comparison], context: LiveContext) -> None:
        arrays, statements = self.arrays, self.statements
        alone: list[tuple[BoundComparison, int]] = []
        values: list[LiveValues] = []
        outputs: list[int] = []
        first, n_common = 0, iter(arrays.columns("cells.common")["n"].tolist())
        for comparison in comparisons:
            if isinstance(comparison, ValueComparison):
                name = comparison.attribute
                statements.levels[name] = live_levels(name, comparison.levels, arrays, context, statements.text_of)
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
                organizations = LiveOrganizationNames(arrays, comparison, statements, context)
                statements.levels[comparison.attribute] = organizations
                self._names.append(organizations)
                alone.append((organizations, first))
            first += len(comparison.outputs)
        self._rows = ValueRows(arrays, values, outputs, statements)
        declared = [output for comparison in comparisons for output in comparison.outputs]
        self.comparer = PairComparer.of_bound(declared, alone, self._rows.compared if values else None)

    def append(self) -> int:
        """Return one more place."""
        place = self.units.n
        for columns in self._by_unit:
            columns.append(1)
        self.units["room"][place] = 0
        return place

    def write(self, place: int, content: Content, *, for_good: bool = True) -> Stated:
        """Write at a place what a unit states; values that are new are appended.

        Parameters
        ----------
        place : int
            The place.
        content : Content
            What it states.
        for_good : bool
            False for a unit that is forgotten: labels that no unit has are passed over.

        Returns
        -------
        Stated
            The same by numbers.
        """
        if for_good:
            self._n_lasting = max(self._n_lasting, place + 1)
        stated = self.statements.stated(content.values, content.kind)
        self._rows.write(place, stated.numbers)
        for names in self._names:
            names.write(place, stated)
        units, n_held = self.units, len(stated.listed)
        if n_held > units["room"][place]:
            units["start"][place] = self.held.append(n_held)
            units["room"][place] = n_held
        start = int(units["start"][place])
        self.held["number"][start : start + n_held] = stated.listed
        units["n_held"][place] = n_held
        units["content_hash"][place] = stated.content_hash
        units["is_live"][place] = True
        for name in self._label_names if for_good else self.labels_held:
            if name != PARTY_KIND:
                self.units[_LABEL + name][place] = _NO_LABEL
        for name in stated.texts:
            if name in self._label_names:
                self._set_label(name, place, label_of(name, stated))
        self._set_label(PARTY_KIND, place, content.kind)
        return stated

    def _set_label(self, name: str, place: int, label: int) -> None:
        self.units[_LABEL + name][place] = label
        if label >= 0 and name not in self.labels_held:
            # Units that are to be forgotten were written without it.
            self.units[_LABEL + name][self._n_lasting : place] = _NO_LABEL
            self.labels_held.add(name)

    def refresh(self) -> None:
        """Take notice of arrays that are others than before."""
        self._rows.refresh()
        for names in self._names:
            names.refresh()

    def has_new_codes(self, mark: int) -> bool:
        """Tell whether anything but units was appended since a mark."""
        return any(id(columns) not in self._not_coded for columns in self.arrays.grown_since(mark))

    def numbers_of(self, place: int) -> NDArray[np.int32]:
        """Return the numbers of the statements of a unit, which stand where they are as long as any unit has them."""
        start = int(self.units["start"][place])
        found: NDArray[np.int32] = self.held["number"][start : start + int(self.units["n_held"][place])]
        return found

    def _numbers_held(self, place: int, attribute: str) -> list[int]:
        numbers = self.numbers_of(place)
        of_attribute = self.statements.columns["attribute"][numbers] == self._attributes.index(attribute)
        found: list[int] = numbers[of_attribute].tolist()
        return found

    def held_content(self, place: int) -> Callable[[], UnitValues]:
        """Return what tells what a unit states now, whenever it is called."""
        kind = int(self.units[f"label.{PARTY_KIND}"][place])
        return partial(_content, self.statements, self.numbers_of(place).copy(), kind)

    def are_apart(self, place: int, others: NDArray[np.int32]) -> NDArray[np.bool_] | None:
        """Tell which units labels keep apart from one, shape (n_others,); None where it has no label."""
        found: NDArray[np.bool_] | None = None
        for name in self.labels_held:
            labels = self.units[_LABEL + name]
            own = labels[place]
            if own >= 0:
                theirs = labels[others]
                differ = (theirs >= 0) & (theirs != own)
                found = differ if found is None else found | differ
        return found

    def labels(self) -> Mapping[str, NDArray[np.int32]]:
        """Return all labels by name, each int32, shape (n_places,), -1 for none."""
        names: Iterable[str] = sorted((*self._label_names, PARTY_KIND))
        return {name: self.units[f"label.{name}"][: self.units.n] for name in names}


def _content(statements: Statements, numbers: NDArray[np.int32], kind: int) -> UnitValues:
    return UnitValues(values=statements.values_of(numbers.tolist()), kind=kind)
