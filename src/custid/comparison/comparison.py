"""What a comparison is: ordered levels of agreement of one attribute, or of a few that must be judged together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from attrs import field, frozen, validators
from numpy.typing import NDArray

from custid.comparison.string_metrics import Executor
from custid.errors import ConfigurationError
from custid.model.attributes import ATTRIBUTES, check_comparable
from custid.table.record_table import RecordTable, ValueColumn

__all__ = [
    "BindingContext",
    "BoundComparison",
    "Compared",
    "Comparison",
    "ComparisonOutput",
    "KnownValues",
    "Matters",
    "Rarity",
    "WordCounts",
    "column_of",
    "is_comparable",
]

Rarity = Callable[[str, Sequence[str]], NDArray[np.float32]]
"""Tells how many bits an agreement on each of some values of an attribute is worth: -log2 of their frequencies."""


KnownValues = Callable[[str, Sequence[str]], NDArray[np.bool_]]
"""Tells which of some values of an attribute the match model knows: those that two records or more had."""


WordCounts = Callable[[str, Sequence[str], NDArray[np.int64], int], tuple[NDArray[np.int64], int]]
"""Tells by which counts words are to be weighed.

It takes an attribute, words, in how many of the distinct values at hand each of them stands, and how many values there
are; it returns the two numbers as the match model has them, or as they were given where there is none."""


def _none_known(_attribute: str, values: Sequence[str]) -> NDArray[np.bool_]:
    return np.zeros(len(values), np.bool_)


def _as_given(
    _attribute: str, _words: Sequence[str], counts: NDArray[np.int64], n_values: int
) -> tuple[NDArray[np.int64], int]:
    return counts, n_values


@frozen(kw_only=True)
class ComparisonOutput:
    """One column of the comparison vectors.

    Attributes
    ----------
    name : str
        Unique name, usually the attribute's.
    attribute : str
        The attribute compared.
    levels : tuple of str
        Labels of the levels, from 0 (else) to the closest; null is -1 and has no label.
    is_personal : bool
        True when two members of one household agree on it by chance only.
    has_rarity : bool
        True when agreement at the closest level is worth more for a rare value.
    """

    name: str
    attribute: str
    levels: tuple[str, ...] = field(validator=validators.min_len(2))
    is_personal: bool = False
    has_rarity: bool = True


@frozen(kw_only=True, eq=False)
class Compared:
    """Levels of many pairs in one output.

    Attributes
    ----------
    levels : ndarray of int8, shape (n_pairs,)
        -1 where a side has no value, else the level.
    rarity_bits : ndarray of float32, shape (n_pairs,)
        At the closest level -log2 of the frequency of the value agreed on; 0 elsewhere.
    """

    levels: NDArray[np.int8] = field(repr=False)
    rarity_bits: NDArray[np.float32] = field(repr=False)


@frozen(kw_only=True, eq=False)
class BindingContext:
    """What a comparison may use beside the records.

    Attributes
    ----------
    rarity : Rarity
        Frequencies of the trained match model.
    is_known : KnownValues
        Values that it has seen; none when not given.
    executor : Executor
        What compares: ``NUMBA`` runs the compiled kernels; the others compile nothing, as a comparison does not know
        how many pairs it will be asked for.
    word_counts : WordCounts
        By which counts the words of streets and places are weighed; as they are at hand when not given.
    attribute : str
        Whose values are prepared, where levels of values are bound; empty elsewhere.
    """

    rarity: Rarity = field(repr=False)
    is_known: KnownValues = field(default=_none_known, repr=False)
    executor: Executor = Executor.AUTO
    word_counts: WordCounts = field(default=_as_given, repr=False)
    attribute: str = ""

    @property
    def is_compiled(self) -> bool:
        """True when the compiled kernels are to be used."""
        return self.executor is Executor.NUMBA


BoundComparison = Callable[[NDArray[np.int32], NDArray[np.int32]], tuple[Compared, ...]]
"""A comparison tied to a table: takes the units of many pairs, returns one :class:`Compared` per output."""

Matters = Callable[[NDArray[np.int8], NDArray[np.float32], Sequence[int]], NDArray[np.bool_]]
"""Tells which pairs are worth grading further.

It takes levels and rarities, each of shape (n_outputs, n_pairs), and the outputs in which values that differ stand at
level 0 until they are graded: below the closest level, wherever that will be."""


def column_of(table: RecordTable, attribute: str) -> ValueColumn:
    """Return the column of an attribute that a comparison needs.

    Parameters
    ----------
    table : RecordTable
        The records.
    attribute : str
        The attribute.

    Returns
    -------
    ValueColumn
        Its values.

    Raises
    ------
    ConfigurationError
        If the records have no such attribute.
    """
    column = table.columns.get(attribute)
    if column is None:
        raise ConfigurationError(
            f"comparisons: {attribute!r}: expected an attribute that the records have, got another.",
            hint=f"They have {', '.join(sorted(table.columns))}.",
        )
    return column


def is_comparable(_instance: Any, _field: Any, attribute: str) -> None:
    """Refuse an attribute that is banned as evidence; a validator of comparisons.

    Parameters
    ----------
    attribute : str
        Name of the attribute; names that are not declared are the user's business.

    Raises
    ------
    ConfigurationError
        If it is banned; the message says why.
    """
    if attribute in ATTRIBUTES:
        check_comparable(attribute)


class Comparison(Protocol):
    """How one attribute, or a few, are compared."""

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """The columns it adds to the comparison vectors."""
        ...

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        ...
