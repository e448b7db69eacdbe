"""What the pairs of a run say, as tables: of the pairs themselves, and of customers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.result._customer_probabilities import critical_units
from custid.result._pair_explanations import PairExplainer
from custid.scoring.weights import probability_of

__all__ = ["certainty_columns", "pairs_table"]


def pairs_table(
    linked: LinkedTable, customer: NDArray[np.int64], assignments: pa.Table, review_bits: float
) -> pa.Table:
    """Return the pairs that weigh as many bits or more, as `Result.pairs` tells."""
    shown = np.flatnonzero(linked.weight_bits >= review_bits)
    shown = shown[np.argsort(-linked.weight_bits[shown], kind="stable")]
    first_row, candidates = linked.table.first_row, linked.candidates
    one, other = first_row[candidates.left_idx[shown]], first_row[candidates.right_idx[shown]]
    left, right = np.minimum(one, other), np.maximum(one, other)
    source, key = assignments["source"], assignments["record_key"]
    return pa.table(
        {
            "left_source": source.take(pa.array(left)),
            "left_record_key": key.take(pa.array(left)),
            "right_source": source.take(pa.array(right)),
            "right_record_key": key.take(pa.array(right)),
            "match_weight": pa.array(linked.weight_bits[shown]),
            "match_probability": pa.array(probability_of(linked.weight_bits[shown])),
            "same_customer": pa.array(customer[left] == customer[right]),
        }
    )


def certainty_columns(
    explainer: PairExplainer, match_probability: NDArray[np.float64], review_bits: float
) -> dict[str, pa.Array]:
    """Return how sure the run is of each customer, as `Result.customers` tells; the probabilities are those of rows."""
    linked, customer = explainer.linked, explainer.customer
    probability = explainer.customer_probability
    n_customers = len(probability)
    lowest = np.full(n_customers, np.inf)
    np.minimum.at(lowest, customer, match_probability)
    is_alone = np.bincount(customer, minlength=n_customers) < 2
    is_critical = critical_units(linked)[linked.table.unit_of_row]
    return {
        "probability": pa.array(probability, mask=np.isnan(probability)),
        "min_match_probability": pa.array(lowest, mask=is_alone),
        "n_critical_records": pa.array(np.bincount(customer[is_critical], minlength=n_customers)),
        "n_doubtful_pairs": pa.array(_n_doubtful(linked, customer, n_customers, review_bits)),
    }


def _n_doubtful(
    linked: LinkedTable, customer: NDArray[np.int64], n_customers: int, review_bits: float
) -> NDArray[np.int64]:
    """Return how many pairs of each customer with others weigh as many bits or more."""
    of_unit, near = customer[linked.table.first_row], linked.weight_bits >= review_bits
    left, right = of_unit[linked.candidates.left_idx[near]], of_unit[linked.candidates.right_idx[near]]
    apart = left != right
    return np.bincount(left[apart], minlength=n_customers) + np.bincount(right[apart], minlength=n_customers)
