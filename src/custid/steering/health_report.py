"""What a health report holds: counts, probabilities and hashes of frequent values, no customers' data."""

from __future__ import annotations

import math
import re
from typing import Any, Final

import attrs
import numpy as np
from attrs import field, frozen

from custid.errors import InputError
from custid.report.wording import attribute_label
from custid.steering._distributions import Counts
from custid.steering._report_form import report_from, report_from_json, report_to_json
from custid.steering._wording import number, percent_text, said
from custid.steering.population_tail import SizeTail, tail_of_sizes

__all__ = ["AttributeHealth", "ComparisonHealth", "HealthReport", "LargeCustomer"]

_HASH: Final = re.compile("[0-9a-f]{16}")
_MOST: Final = 1 << 62


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


def _are_hashes(_report: object, _attribute: object, value: dict[str, int]) -> None:
    # A log may be damaged: what is read there is counted on much later.
    if not all(_HASH.fullmatch(name) and 0 <= count < _MOST for name, count in value.items()):
        raise InputError("health report: frequent: expected counts by hashes of 16 hexadecimal digits, got others.")


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
    frequent: dict[str, int] = field(repr=False, validator=_are_hashes)
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
    n_must_links, n_cannot_links : int
        Pairs of which it was certain that they are one customer, and two; none is crossed (`Result.certificate`).
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
    n_must_links: int
    n_cannot_links: int
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
    def merge_design_effect(self) -> float:
        """By how much fewer records count as draws in the merge rate, with customers as draws: 1 or more.

        The variance of a ratio of totals over clusters (Cochran 1977, Sampling Techniques, section 11.8).
        """
        rate = self.merge_rate
        expected = rate * (1.0 - rate) * self.n_records
        if expected <= 0:
            return 1.0
        return max(1.0, sum((n - 1 - rate * n) ** 2 * n_customers for n, n_customers in self.sizes) / expected)

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
