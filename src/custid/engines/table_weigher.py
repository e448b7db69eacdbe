"""Weighs any pairs of a small table with a match model that is given, to the bit as a run over all records would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from custid.clustering.pair_graph import labels_differ
from custid.comparison.comparer import PairComparer
from custid.comparison.comparison import BindingContext, ComparisonOutput
from custid.comparison.library import default_comparisons
from custid.comparison.string_metrics import Executor
from custid.engines._given_model import fitting_table, fitting_u
from custid.engines.labels import exclusive_labels
from custid.engines.options import ComparisonsLike, Parts
from custid.engines.pair_evidence import PairEvidence, ValuesOfPairs, pair_evidence
from custid.scoring.frequencies import TermFrequencies, known_values, known_word_counts, note_word_counts, rarity_of
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.pair_weigher import PairWeigher
from custid.table.record_table import RecordTable

__all__ = ["TableWeigher", "binding_context", "copy_weights", "has_persons"]


def binding_context(frequencies: dict[str, TermFrequencies], *, is_given: bool, is_compiled: bool) -> BindingContext:
    """Return what comparisons are bound with.

    Parameters
    ----------
    frequencies : dict of str to TermFrequencies
        By attribute how often values occur.
    is_given : bool
        Whether they are of a model that is given; else words are counted in the table, and noted in them.
    is_compiled : bool
        Whether compiled kernels compare strings; the result does not depend on it.

    Returns
    -------
    BindingContext
        Frequencies and executor.
    """
    return BindingContext(
        rarity=lambda attribute, values: rarity_of(frequencies, attribute, values),
        is_known=lambda attribute, values: known_values(frequencies, attribute, values),
        executor=Executor.NUMBA if is_compiled else Executor.RAPIDFUZZ,
        word_counts=partial(known_word_counts if is_given else note_word_counts, frequencies),
    )


def copy_weights(model: TrainedMatchModel, comparer: PairComparer, units: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the match weight of two rows of each of some units, float64, shape (n_units,)."""
    levels, rarity_bits = comparer.compare(units, units)
    return model.weight_bits(levels, model.adjustments(levels, rarity_bits))


def has_persons(outputs: Sequence[ComparisonOutput]) -> bool:
    """Tell whether persons are compared."""
    return any(output.attribute == "given_name" for output in outputs)


class TableWeigher:
    """Weighs pairs of some units.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    table : RecordTable
        The units.
    is_compiled : bool
        Whether compiled kernels are worth loading; the weights do not depend on it.
    comparisons : sequence of Comparison or callable, optional
        What is compared, or what chooses it for a table; what is compared by default when not given.
    labels : mapping of str to ndarray of int32, each of shape (n_units,), optional
        What a customer has one of; what holds of any records when not given.

    Raises
    ------
    ConfigurationError
        If the model does not fit what is compared.
    """

    def __init__(
        self,
        model: TrainedMatchModel,
        table: RecordTable,
        *,
        is_compiled: bool = False,
        comparisons: ComparisonsLike = default_comparisons,
        labels: Mapping[str, NDArray[np.int32]] | None = None,
    ) -> None:
        self._model = model
        self.table = fitting_table(model, table)
        self.labels = exclusive_labels(table) if labels is None else labels
        context = binding_context(model.frequencies, is_given=True, is_compiled=is_compiled)
        self._comparer = PairComparer(self.table, Parts(comparisons=comparisons).comparisons_of(self.table), context)
        fitting_u(model, self._comparer.outputs)
        self._weigher = PairWeigher(model, is_compiled=is_compiled)

    def weight_bits(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the match weight of each pair, ``-inf`` where labels keep the two apart.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Units of the table.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            In bits.
        """
        if not len(left):
            return np.zeros(0)
        found = self._weigher.compare(self._comparer, left, right)
        for labels in self.labels.values():
            found[labels_differ(labels, left, right)] = -np.inf
        return found

    def evidence(
        self, left: NDArray[np.int32], right: NDArray[np.int32], values_of: ValuesOfPairs
    ) -> list[PairEvidence]:
        """Return what the match weight of each pair is made of.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Units of the table, the one with the lower number first.
        values_of : callable
            Tells what was compared.

        Returns
        -------
        list of PairEvidence
            One for each pair.
        """
        return pair_evidence(self._model, self._comparer, left, right, values_of)

    def copy_bits(self) -> NDArray[np.float64]:
        """Return the match weight of two rows of each unit, float64, shape (n_units,)."""
        return copy_weights(self._model, self._comparer, np.arange(self.table.n_units, dtype=np.int32))
