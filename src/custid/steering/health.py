"""The health of a population: what a run found, in numbers that can be kept and compared, without customers' data.

A report does not depend on the order of rows.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.result import Decision, Result
from custid.result._weakest_links import weakest_links
from custid.scoring.weights import probability_of
from custid.steering._distributions import Counts, aligned_counts, mixture_score, stability_index
from custid.steering.health_report import AttributeHealth, ComparisonHealth, HealthReport, LargeCustomer

__all__ = ["health_of", "largest_customers"]

_N_LARGEST = 10
_N_FREQUENT = 100
_SURE = 0.95
_PAIRS_AT_ONCE = 1 << 18
_ADDRESS = ("street", "house_number", "postcode", "city")


def health_of(result: Result, *, label: str = "") -> HealthReport:
    """Tell the health of the population that a run resolved.

    Parameters
    ----------
    result : Result
        The run.
    label : str
        What to call it, such as the date of the data.

    Returns
    -------
    HealthReport
        To be printed, kept in a `HealthLog` and held against others by `watch`.

    Examples
    --------
    >>> import custid
    >>> from custid.testing import synthetic_customers
    >>> report = health_of(custid.dedupe(synthetic_customers(200, seed=1).records), label="2030-01-31")
    >>> report.n_records, report.n_must_links
    (200, 0)
    >>> HealthReport.from_json(report.to_json()) == report
    True
    """
    run, linked = result.report, result.linked
    n_records, n_customers = np.unique(np.asarray(result.customers["n_records"]), return_counts=True)
    decided = result.assignments["decision"]
    expected, entropy, n_uncertain = _certainty(linked.weight_bits)
    largest = largest_customers(result, at_most=_N_LARGEST)
    effect = _design_effect(linked)
    return HealthReport(
        label=label,
        n_records=run.n_records,
        n_distinct=run.n_distinct,
        n_refused=run.n_refused,
        n_customers=result.n_customers,
        n_in_review=sum(each == Decision.REVIEW.value for each in decided.to_pylist()),
        n_passed_over=run.n_passed_over,
        n_pairs=run.n_pairs,
        n_uncertain_pairs=n_uncertain,
        expected_matches=expected,
        mean_entropy_bits=entropy / run.n_pairs if run.n_pairs else 0.0,
        n_must_links=result.certificate.n_must_links,
        n_cannot_links=result.certificate.n_cannot_links,
        prior_match_probability=result.model.prior_match_probability,
        has_converged=result.model.has_converged,
        design_effect=effect,
        sizes=tuple(zip(n_records.tolist(), n_customers.tolist(), strict=True)),
        largest=tuple(
            LargeCustomer(n_records=each["n_records"], weakest_link_probability=each["weakest_link_probability"])
            for each in largest.to_pylist()
        ),
        comparisons=tuple(
            ComparisonHealth(
                name=each.output.name,
                levels=each.output.levels,
                m_probability=tuple(each.m_probability.tolist()),
                u_probability=tuple(each.u_probability.tolist()),
            )
            for each in result.model.parameters
        ),
        attributes=_attributes(result, effect),
    )


def largest_customers(result: Result, *, at_most: int = _N_LARGEST) -> pa.Table:
    """Return the customers with the most records, and how well each holds together.

    Parameters
    ----------
    result : Result
        The run.
    at_most : int
        How many.

    Returns
    -------
    pyarrow.Table
        ``customer``, ``n_records`` and ``weakest_link_probability``: of the weakest pair that holds it together, by
        that pair alone; 0 where some of its records were never compared with the others.  Of equal sizes the one with
        the weaker link comes first, then the lower number.
    """
    linked = result.linked
    customer = np.asarray(result.assignments["customer"])
    size = np.bincount(customer, minlength=result.n_customers)
    # Customers of several records are whole clusters of units.
    cluster = np.zeros(result.n_customers, np.int64)
    cluster[customer] = linked.cluster[linked.table.unit_of_row]
    probability = probability_of(weakest_links(linked).bits)[cluster] if len(cluster) else np.zeros(0)
    probability = np.where(size > 1, probability, 1.0)
    order = np.lexsort((np.arange(len(size)), probability, -size))[:at_most]
    return pa.table(
        {
            "customer": pa.array(order),
            "n_records": pa.array(size[order]),
            "weakest_link_probability": pa.array(probability[order]),
        }
    )


def _certainty(weight_bits: NDArray[np.float64]) -> tuple[float, float, int]:
    """Return the sum of the probabilities of all pairs, the sum of their entropies, and how many are uncertain."""
    expected, entropy, n_uncertain = [], [], 0
    for start in range(0, len(weight_bits), _PAIRS_AT_ONCE):
        bits = weight_bits[start : start + _PAIRS_AT_ONCE]
        share = probability_of(bits)
        expected.append(float(share.sum()))
        rest = probability_of(-bits)
        open_ = (share > 0) & (rest > 0)
        entropy.append(float(-(share[open_] * np.log2(share[open_]) + rest[open_] * np.log2(rest[open_])).sum()))
        n_uncertain += int(np.count_nonzero((share > 1 - _SURE) & (share < _SURE)))
    return math.fsum(expected), math.fsum(entropy), n_uncertain


def _attributes(result: Result, effect: float) -> tuple[AttributeHealth, ...]:
    run, table = result.report, result.linked.table
    names = {*table.columns, *(each.attribute for each in run.notices), *(each.attribute for each in run.generic)}
    found = []
    for name in sorted(names):
        column = table.columns.get(name)
        is_filled = np.zeros(table.n_units, np.bool_) if column is None else column.codes[:, 0] >= 0
        counted = Counts.none()
        if column is not None:
            n_filled = int(is_filled.sum())
            counted = Counts.frequent(column.hashes, column.counts, n_filled, at_most=_N_FREQUENT)
        generic = [each for each in run.generic if each.attribute == name]
        index, score = _drift(result, name, effect)
        found.append(
            AttributeHealth(
                attribute=name,
                n_missing=int(table.n_copies[~is_filled].sum()),
                missing_design_effect=_effect_of_missing(result.linked, is_filled),
                n_invalid=sum(each.n_rows for each in run.notices if each.attribute == name),
                n_generic_values=len(generic),
                n_generic=sum(each.n_rows for each in generic),
                n_filled=counted.total,
                frequent={
                    f"{value:016x}": count
                    for value, count in zip(counted.hashes.tolist(), counted.counts.tolist(), strict=True)
                },
                least=counted.least,
                drift_index=index,
                drift_score=score,
            )
        )
    return tuple(found)


def _design_effect(linked: LinkedTable) -> float:
    """Return how many distinct records one draw of the population brings with it.

    A draw is a customer, or all customers at an address: Kish (1965), Survey Sampling, section 5.4, with all that they
    state taken for the same, so that chance is over- rather than underestimated.
    """
    cluster = linked.cluster
    size = np.bincount(cluster).astype(np.float64)
    by_customer = float((size * size).sum() / size.sum()) if len(size) else 1.0
    columns = [linked.table.columns[name].codes[:, 0] for name in _ADDRESS if name in linked.table.columns]
    if len(columns) < 2:
        return by_customer
    held = np.flatnonzero(np.all([codes >= 0 for codes in columns], axis=0))
    if not len(held):
        return by_customer
    address = np.unique(np.stack([codes[held] for codes in columns]), axis=1, return_inverse=True)[1].ravel()
    there = np.unique(np.stack([address, cluster[held]]), axis=1)
    n_there = np.bincount(there[0], weights=size[there[1]])
    return max(by_customer, float(n_there[address].mean()))


def _effect_of_missing(linked: LinkedTable, is_filled: NDArray[np.bool_]) -> float:
    """Return the variance of a share of records by that of independent ones, with customers as draws.

    The variance of a ratio of totals over clusters (Cochran 1977, Sampling Techniques, section 11.8).
    """
    copies = linked.table.n_copies.astype(np.float64)
    n_records = np.bincount(linked.cluster, weights=copies)
    n_filled = np.bincount(linked.cluster, weights=np.where(is_filled, copies, 0.0))
    share = n_filled.sum() / max(n_records.sum(), 1.0)
    expected = share * (1.0 - share) * n_records.sum()
    if expected <= 0:
        return 1.0
    return max(1.0, float(((n_filled - share * n_records) ** 2).sum() / expected))


def _drift(result: Result, name: str, effect: float) -> tuple[float | None, float | None]:
    """Hold the values of an attribute against those that the match model was trained on."""
    column, trained = result.linked.table.columns.get(name), result.model.frequencies.get(name)
    if column is None or trained is None:
        return None, None
    held = Counts.frequent(column.hashes, column.counts, int((column.codes[:, 0] >= 0).sum()))
    cells = aligned_counts(Counts.of_terms(trained), held)
    return stability_index(*cells, effect), mixture_score(*cells, effect)
