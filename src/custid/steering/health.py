"""The health of a population: what a run found, in numbers that can be kept and compared, without customers' data.

A report holds counts and probabilities, and hashes of values that five records or more hold.  It does not depend on the
order of rows.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.local import LinkedTable
from custid.report.wording import attribute_label
from custid.result import Decision, Result
from custid.result._pair_explanations import probability_of
from custid.result._weakest_links import weakest_links
from custid.steering._distributions import Counts, aligned_counts, mixture_score, stability_index
from custid.steering._report_form import report_from, report_from_json, report_to_json
from custid.steering._wording import number, percent_text, said
from custid.steering.population_tail import SizeTail, tail_of_sizes

__all__ = ["AttributeHealth", "ComparisonHealth", "HealthReport", "LargeCustomer", "health_of", "largest_customers"]

_N_LARGEST = 10
_N_FREQUENT = 100
_SURE = 0.95
_PAIRS_AT_ONCE = 1 << 18
_ADDRESS = ("street", "house_number", "postcode", "city")


@frozen(kw_only=True)
class LargeCustomer:
    """A customer with many records; which one is not told.

    Attributes
    ----------
    n_records : int
        Its records.
    weakest_link_probability : float
        Probability of the weakest pair that holds it together, by that pair alone; 0 where some of its records were
        never compared with the others, 1 for equal rows.
    """

    n_records: int
    weakest_link_probability: float


@frozen(kw_only=True)
class ComparisonHealth:
    """What the match model holds of a comparison.

    Attributes
    ----------
    name : str
        The comparison.
    levels : tuple of str
        Labels of its levels.
    m_probability, u_probability : tuple of float
        Probability of each level given a match, and given strangers.
    """

    name: str
    levels: tuple[str, ...] = field(repr=False)
    m_probability: tuple[float, ...] = field(repr=False)
    u_probability: tuple[float, ...] = field(repr=False)


@frozen(kw_only=True)
class AttributeHealth:
    """What a population holds of an attribute.

    Attributes
    ----------
    attribute : str
        The attribute.
    n_missing : int
        Records without a value that says something.
    missing_design_effect : float
        By how much fewer records count as draws where it is missing, as records of one customer may lack it together:
        1 or more.
    n_invalid : int
        Values that were no use: placeholders, unreadable, truncated.
    n_generic_values, n_generic : int
        Values that so many unlike people share that they were taken for missing, and the records that hold them.
    n_filled : int
        Distinct records with a value.
    frequent : dict of str to int
        Distinct records by value, for the hundred most frequent values that five or more hold; of a value only the
        hash is kept, as 16 hexadecimal digits.
    least : int
        Values that fewer distinct records hold may not be listed.
    drift_index : float or None
        How far the frequent values are from those that the match model was trained on: the population stability index
        beyond what draws bring about.  0 where it was trained on these data, None where it did not count the attribute.
    drift_score : float or None
        How surprising that is, as a normal score; 0 where it is not.
    """

    attribute: str
    n_missing: int
    missing_design_effect: float
    n_invalid: int
    n_generic_values: int
    n_generic: int
    n_filled: int
    frequent: dict[str, int] = field(repr=False)
    least: int = field(repr=False)
    drift_index: float | None
    drift_score: float | None

    @property
    def counts(self) -> Counts:
        """The frequent values as counts."""
        hashes = np.array([int(each, 16) for each in self.frequent], np.uint64)
        order = np.argsort(hashes)
        counts = np.array(list(self.frequent.values()), np.int64)
        return Counts(hashes=hashes[order], counts=counts[order], total=self.n_filled, least=self.least)


@frozen(kw_only=True)
class HealthReport:
    """The health of a population at one time.

    Attributes
    ----------
    label : str
        What the caller calls it, such as a date.
    n_records, n_distinct, n_refused : int
        Rows resolved, distinct contents among them, and rows that could not be read.
    n_customers : int
        Customers found.
    n_in_review : int
        Records alone that may be the customer of another record.
    n_passed_over : int
        Distinct records without a candidate pair since all that they share is shared by too many.
    n_pairs, n_uncertain_pairs : int
        Pairs weighed, and those whose probability is above 0.05 and below 0.95.
    expected_matches : float
        Sum of the probabilities of the pairs weighed.
    mean_entropy_bits : float
        How much is open about a pair that was weighed, in [0, 1]: entropy of its probability, on average.
    n_crossed : int
        Customers that hold records which must be kept apart; 0 unless a clusterer of the user's own errs.
    prior_match_probability : float
        Share of matching pairs among all pairs, as the match model has it.
    has_converged : bool
        Whether learning came to rest.
    design_effect : float
        By how much fewer records count as draws, as those of one customer or address repeat one another: 1 or more.
    sizes : tuple of (int, int)
        Numbers of records, ascending, and how many customers have as many.
    largest : tuple of LargeCustomer
        The ten customers with the most records.
    comparisons : tuple of ComparisonHealth
        What the match model holds.
    attributes : tuple of AttributeHealth
        Sorted by name.
    """

    label: str
    n_records: int
    n_distinct: int
    n_refused: int
    n_customers: int
    n_in_review: int
    n_passed_over: int
    n_pairs: int
    n_uncertain_pairs: int
    expected_matches: float
    mean_entropy_bits: float
    n_crossed: int
    prior_match_probability: float
    has_converged: bool
    design_effect: float
    sizes: tuple[tuple[int, int], ...] = field(repr=False)
    largest: tuple[LargeCustomer, ...] = field(repr=False)
    comparisons: tuple[ComparisonHealth, ...] = field(repr=False)
    attributes: tuple[AttributeHealth, ...] = field(repr=False)

    @property
    def merge_rate(self) -> float:
        """Share of the records that are a further one of their customer, in [0, 1); 0 without records."""
        return 1.0 - self.n_customers / self.n_records if self.n_records else 0.0

    @property
    def n_singles(self) -> int:
        """Customers of one record."""
        return dict(self.sizes).get(1, 0)

    @property
    def n_pairs_within(self) -> int:
        """Pairs of records of one customer."""
        return sum(n * (n - 1) // 2 * n_customers for n, n_customers in self.sizes)

    @property
    def tail(self) -> SizeTail:
        """Which customers are larger than the others lead one to expect."""
        return tail_of_sizes(self.sizes)

    def size_quantile(self, share: float) -> int:
        """Return how many records that share of the customers has at most.

        Parameters
        ----------
        share : float
            In (0, 1]; 1 for the largest customer.

        Returns
        -------
        int
            The least number of records; 0 without customers.
        """
        wanted, held = math.ceil(share * self.n_customers), 0
        for n_records, n_customers in self.sizes:
            held += n_customers
            if held >= wanted:
                return n_records
        return 0

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain dicts, lists and numbers."""
        return attrs.asdict(self)

    @classmethod
    def from_dict(cls, document: Any) -> HealthReport:
        """Return the report of a plain form.

        Parameters
        ----------
        document : dict
            From :meth:`to_dict`.

        Returns
        -------
        HealthReport
            The same report.

        Raises
        ------
        InputError
            If a part is missing, unknown or of another kind.
        """
        return report_from(document, cls)

    def to_json(self) -> str:
        """Return the report as one line of JSON, with format and version; equal reports give equal text."""
        return report_to_json(self)

    @classmethod
    def from_json(cls, text: str) -> HealthReport:
        """Return the report of a JSON text.

        Parameters
        ----------
        text : str
            From :meth:`to_json`.

        Returns
        -------
        HealthReport
            The same report.

        Raises
        ------
        InputError
            If the text is no report, of another version, or has a part that is missing, unknown or of another kind.
        """
        return report_from_json(text, cls)

    def text(self, language: str = "en") -> str:
        """Return the report as lines for people.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            Lines: sizes, the tail, what is in doubt, and a line for each attribute.
        """

        def whole(value: int) -> str:
            return number(value, language)

        def percent(part: int, of: int) -> str:
            return percent_text(part / of if of else 0.0, language)

        words = {
            "n_records": whole(self.n_records),
            "n_customers": whole(self.n_customers),
            "merge_rate": percent_text(self.merge_rate, language),
            "single_share": percent(self.n_singles, self.n_customers),
            "q99": whole(self.size_quantile(0.99)),
            "q999": whole(self.size_quantile(0.999)),
            "largest": whole(self.size_quantile(1.0)),
            "review_share": percent(self.n_in_review, self.n_records),
            "n_refused": whole(self.n_refused),
            "n_passed_over": whole(self.n_passed_over),
            "pairs_per_record": number(self.n_pairs / max(self.n_records, 1), language, digits=1),
            "uncertain_share": percent(self.n_uncertain_pairs, self.n_pairs),
            "entropy": number(self.mean_entropy_bits, language, digits=3),
        }
        codes = ("health_sizes", "health_tail", "health_review", "health_pairs")
        lines = [said(code, language, **words) for code in codes]
        lines += [
            "  "
            + said(
                "health_attribute",
                language,
                name=attribute_label(each.attribute, language),
                missing=percent(each.n_missing, self.n_records),
                invalid=whole(each.n_invalid),
                n_generic=whole(each.n_generic_values),
            )
            for each in self.attributes
        ]
        return "\n".join([f"{self.label}:", *lines] if self.label else lines)

    def __str__(self) -> str:
        return self.text()


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
    >>> report.n_records, report.n_crossed
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
        n_crossed=_n_crossed(linked),
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


def _n_crossed(linked: LinkedTable) -> int:
    """Count the clusters that hold units which must be kept apart."""
    crossed = np.zeros(int(linked.cluster.max(initial=-1)) + 1, np.bool_)
    for labels in linked.labels.values():
        held = np.flatnonzero(labels >= 0)
        pairs = np.unique(np.stack([linked.cluster[held], labels[held].astype(np.int64)]), axis=1)
        crossed |= np.bincount(pairs[0], minlength=len(crossed)) > 1
    if linked.one_per_source:
        pairs, counts = np.unique(
            np.stack([linked.cluster, linked.table.source_of_unit.astype(np.int64)]), axis=1, return_counts=True
        )
        crossed[pairs[0][counts > 1]] = True
    return int(np.count_nonzero(crossed))


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
