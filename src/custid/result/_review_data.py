"""What the review page shows of a run, as plain data: the decisions that a person should look at, with their evidence.

First comes what an answer is expected to set right most of, as in the review queue
(:mod:`custid.result.open_questions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ConfigurationError
from custid.intake.canonical import CanonicalValues
from custid.model.attributes import ATTRIBUTES
from custid.report.wording import LANGUAGES, attribute_label, level_label
from custid.result._customer_explanations import CustomerEvidence, explain_customer
from custid.result._pair_explanations import PairExplainer
from custid.result._weakest_links import weakest_links
from custid.result.customers import DERIVED
from custid.result.explanation import Explanation
from custid.result.open_questions import OpenQuestions, open_questions
from custid.result.run_report import RunReport
from custid.scoring.weights import probability_of

__all__ = ["ReviewedRun", "review_data"]

_MAX_RECORDS = 30

RawColumns: TypeAlias = Callable[[str], list[tuple[int, int, pa.ChunkedArray]]]
"""Gives the raw columns of an attribute with their slots and first rows."""


@frozen(kw_only=True, eq=False)
class ReviewedRun:
    """What is needed of a run to review it.

    Attributes
    ----------
    explainer : PairExplainer
        Explains its pairs.
    canonical : CanonicalValues
        Its canonical values.
    raw_columns : RawColumns
        The texts behind them.
    report : RunReport
        What it chose and found.
    review_bits : float
        Match weight from which pairs that stay apart are doubtful.
    """

    explainer: PairExplainer = field(repr=False)
    canonical: CanonicalValues = field(repr=False)
    raw_columns: RawColumns = field(repr=False)
    report: RunReport = field(repr=False)
    review_bits: float


def review_data(run: ReviewedRun, max_customers: int) -> dict[str, Any]:
    """Return what the review page shows.

    Parameters
    ----------
    run : ReviewedRun
        The run.
    max_customers : int
        How many customers of several records, and how many pairs of customers that may be one.

    Returns
    -------
    dict
        Plain data: facts, attributes, comparisons, records, and items in the order of what an answer is worth.

    Raises
    ------
    ConfigurationError
        If the number is negative.
    """
    if max_customers < 0:
        raise ConfigurationError(f"max_customers: expected 0 or more, got {max_customers}.")
    linked = run.explainer.linked
    questions = open_questions(linked)
    customers, margins, worth = _by_worth(run, questions)
    apart = _doubtful_pairs(run, questions)
    page = _Page(run)
    items = [
        page.customer_item(int(customer), float(margin)) | {"worth": float(change)}
        for customer, margin, change in islice(zip(customers, margins, worth, strict=True), max_customers)
    ]
    items += [page.pair_item(*pair) | {"worth": change} for *pair, change in apart[:max_customers]]
    items.sort(key=lambda item: (-item["worth"], item["margin"], item["id"]))
    return {
        "facts": {
            "n_records": run.report.n_records,
            "n_customers": run.report.n_customers,
            "n_pairs": run.report.n_pairs,
            "n_several": len(customers),
            "n_apart": len(apart),
            "n_several_shown": min(max_customers, len(customers)),
            "n_apart_shown": min(max_customers, len(apart)),
            "sources": sorted({source.name for source in run.report.sources} | set(run.canonical.sources)),
        },
        "attributes": [{"name": name} | _labels(name) for name in page.attributes],
        "comparisons": [_comparison(output) for output in linked.comparer.outputs],
        "prior": linked.model.explain(*_no_pairs(linked.comparer.outputs)).prior_bits,
        "records": page.records,
        "items": items,
    }


def _no_pairs(outputs: Sequence[ComparisonOutput]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    return np.zeros((0, len(outputs)), np.int8), np.zeros((0, len(outputs)), np.float32)


def _labels(name: str) -> dict[str, str]:
    return {language: attribute_label(name, language) for language in LANGUAGES}


def _comparison(output: ComparisonOutput) -> dict[str, Any]:
    levels = (*output.levels, "missing")  # level -1 is the last
    return _labels(output.name) | {
        "levels": [{language: level_label(level, language) for language in LANGUAGES} for level in levels]
    }


def _by_worth(
    run: ReviewedRun, questions: OpenQuestions
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the customers of several rows in their order, the bits of their weakest links, and what answers change."""
    explainer, linked = run.explainer, run.explainer.linked
    cluster_of_row = linked.cluster[linked.table.unit_of_row]
    n_rows = np.bincount(explainer.customer, minlength=run.report.n_customers)
    margin = np.full(run.report.n_customers, np.inf)
    margin[explainer.customer] = weakest_links(linked).bits[cluster_of_row]
    of_cluster = np.zeros(int(linked.cluster.max(initial=-1)) + 1)
    inside = questions.is_same
    asked = linked.cluster[linked.candidates.left_idx[questions.pair[inside]]]
    np.maximum.at(of_cluster, asked, questions.expected_change[inside])
    # Equal rows are no pair of the candidates: whether they are one customer is a question of its own.
    is_asked = (linked.table.n_copies > 1) & ~linked.is_loose
    is_asked[linked.certain.joined_copies] = False
    copied = np.flatnonzero(is_asked)
    n_copies = linked.table.n_copies[copied]
    change = n_copies * (n_copies - 1) / 2 * probability_of(-linked.copy_bits[copied])
    np.maximum.at(of_cluster, linked.cluster[copied], change)
    worth = np.zeros(run.report.n_customers)
    worth[explainer.customer] = of_cluster[cluster_of_row]
    several = np.flatnonzero(n_rows > 1)
    order = several[np.lexsort((margin[several], -worth[several]))]
    return order, margin[order], worth[order]


def _doubtful_pairs(run: ReviewedRun, questions: OpenQuestions) -> list[tuple[int, int, int, float]]:
    """Return pairs of customers that may be one, the candidate pair that says so most, and what an answer changes."""
    explainer = run.explainer
    linked, candidates = explainer.linked, explainer.linked.candidates
    customer = explainer.customer[linked.table.first_row]
    near = np.flatnonzero(~questions.is_same & (linked.weight_bits[questions.pair] >= run.review_bits))
    pair, worth = questions.pair[near], questions.expected_change[near]
    one, other = customer[candidates.left_idx[pair]], customer[candidates.right_idx[pair]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((high, low, -worth))
    return list(
        zip(low[order].tolist(), high[order].tolist(), pair[order].tolist(), worth[order].tolist(), strict=True)
    )


class _Page:
    """Collects records and items."""

    def __init__(self, run: ReviewedRun) -> None:
        self._run = run
        self._values = _Values(run)
        self._place_of: dict[int, int] = {}
        self.records: list[dict[str, Any]] = []
        self.attributes = self._values.attributes
        customer = run.explainer.customer
        self._by_customer = np.argsort(customer, kind="stable")
        self._starts = np.searchsorted(customer[self._by_customer], np.arange(run.report.n_customers + 1))

    def _rows_of(self, customer: int) -> NDArray[np.int64]:
        return np.asarray(self._by_customer[self._starts[customer] : self._starts[customer + 1]], np.int64)

    def _record(self, row: int) -> int:
        """Return the place of a row among the records, which it joins if it is new."""
        if row not in self._place_of:
            self._place_of[row] = len(self.records)
            source, key = self._run.explainer.name(row)
            probability = self._run.explainer.assignments["match_probability"][row].as_py()
            self.records.append({"source": source, "key": key, "p": probability, "values": self._values.of_row(row)})
        return self._place_of[row]

    def customer_item(self, customer: int, margin: float) -> dict[str, Any]:
        """Return a customer, with what would split it."""
        explainer, rows = self._run.explainer, self._rows_of(customer)
        evidence = CustomerEvidence(explainer.linked, rows)
        explanation = explain_customer(explainer, customer, rows, "en")
        link = evidence.weakest()
        sides = ([], []) if link < 0 else tuple(evidence.rows_of(side) for side in evidence.sides(link))
        first = [] if link < 0 else [int(evidence.row_of_place[end[link]]) for end in (evidence.left, evidence.right)]
        shown = _chosen([*first, *(row for row, _ in evidence.splits())], rows.tolist())
        named = {explainer.name(int(row)): " ".join(explainer.name(int(row))) for row in rows}
        named |= {explainer.name(row): f"#{number}" for number, row in enumerate(shown, start=1)}
        links = self._links(shown)
        weakest = [
            number for number, each in enumerate(links) if {each["l"], each["r"]} == {shown.index(row) for row in first}
        ]
        return {
            "kind": "customer",
            "id": f"c{customer}",
            "customer": customer,
            "margin": _finite(margin),
            "p": explanation.probability,
            "n": len(rows),
            "records": [self._record(row) for row in shown],
            "links": links,
            "weakest": weakest[0] if weakest else -1,
            "groups": sorted([shown.index(row) for row in side if row in shown] for side in sides),
            "text": {language: explanation.in_language(language).sentences(named)[1:] for language in LANGUAGES},
        }

    def pair_item(self, one: int, other: int, pair: int) -> dict[str, Any]:
        """Return two customers that may be one, with the pair that says so most."""
        explainer = self._run.explainer
        linked, candidates = explainer.linked, explainer.linked.candidates
        rows = [self._rows_of(each) for each in (one, other)]
        units = {int(candidates.left_idx[pair]), int(candidates.right_idx[pair])}
        ends = [next(int(row) for row in side if int(linked.table.unit_of_row[row]) in units) for side in rows]
        kept = [_chosen([end], side.tolist(), at_most=_MAX_RECORDS // 2) for end, side in zip(ends, rows, strict=True)]
        shown = [*ends, *kept[0][1:], *kept[1][1:]]
        links = self._links(shown)
        strongest = {shown.index(row) for row in ends}
        explanation = explainer.explain([(ends[0], ends[1])])[0]
        bits = float(linked.weight_bits[pair])
        return {
            "kind": "pair",
            "id": f"p{one}-{other}",
            "customer": one,
            "other": other,
            "margin": _finite(-bits),
            "n": len(rows[0]) + len(rows[1]),
            "records": [self._record(row) for row in shown],
            "links": links,
            "weakest": next(number for number, each in enumerate(links) if {each["l"], each["r"]} == strongest),
            "groups": [[number for number, row in enumerate(shown) if row in set(side.tolist())] for side in rows],
            "text": {language: _sentences(explanation.in_language(language)) for language in LANGUAGES},
        }

    def _links(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """Return the pairs of some rows that were weighed, each with its parts; positions are among these rows."""
        linked = self._run.explainer.linked
        evidence = CustomerEvidence(linked, np.sort(np.array(rows, np.int64)))
        position = {row: number for number, row in enumerate(rows)}
        place = [position[int(row)] for row in evidence.row_of_place]
        finite = np.flatnonzero(np.isfinite(evidence.bits))
        candidates, pairs = linked.candidates, evidence.pair[finite]
        levels, rarity = linked.comparer.compare(candidates.left_idx[pairs], candidates.right_idx[pairs])
        weights = linked.model.explain(levels, rarity)
        names = [each.name for each in linked.model.alternatives]
        links = [
            {
                "l": place[evidence.left[number]],
                "r": place[evidence.right[number]],
                # The whole sum, which the run cuts off at the least weight.
                "w": float(weights.weight_bits[at]),
                "parts": [
                    [level, round(bits, 4)]
                    for level, bits in zip(levels[at].tolist(), weights.partial_bits[at].tolist(), strict=True)
                ],
                "moved": round(float(weights.moved_bits[at]), 4),
                "or": names[int(weights.class_bits[at].argmax())] if names else "",
                "taken": round(float(weights.alternative_bits[at]), 4),
            }
            for at, number in enumerate(finite.tolist())
        ]
        for first, rest in _copies(evidence):
            bits = float(linked.copy_bits[linked.table.unit_of_row[first]])
            links += [{"l": position[first], "r": position[row], "w": _finite(bits), "parts": None} for row in rest]
        for link in links:
            if link["l"] > link["r"]:
                link["l"], link["r"] = link["r"], link["l"]
        return sorted(links, key=lambda link: (-link["w"], link["l"], link["r"]))


def _sentences(explanation: Explanation) -> list[str]:
    """Return the verdict on a pair as sentences; that they are two is known, as it is in question."""
    return [f"{piece[0].upper()}{piece[1:]}." for piece in explanation.sentences()[1:]]


def _copies(evidence: CustomerEvidence) -> Iterable[tuple[int, list[int]]]:
    for place in range(len(evidence.units)):
        first, *rest = evidence.rows_of([place])
        if rest:
            yield first, rest


def _chosen(first: Sequence[int], rows: Sequence[int], at_most: int = _MAX_RECORDS) -> list[int]:
    """Return some rows to show: those that matter most, then the others in their order."""
    return list(dict.fromkeys([*first, *rows]))[:at_most]


def _finite(bits: float) -> float:
    """Return a number that JSON can hold."""
    return round(float(np.clip(bits, -999.0, 999.0)), 4)


class _Values:
    """The texts of rows by attribute, and what they were taken for."""

    def __init__(self, run: ReviewedRun) -> None:
        self._columns = {name: run.raw_columns(name) for name in run.canonical.values}
        self._canonical = run.canonical.values
        known = list(ATTRIBUTES)
        shown = [name for name, pieces in self._columns.items() if pieces or name in DERIVED]
        self.attributes = sorted(shown, key=lambda name: (known.index(name) if name in known else len(known), name))

    def of_row(self, row: int) -> list[list[Any]]:
        """Return for each attribute the codes of the values that count, and the texts of the row."""
        found: list[list[Any]] = []
        for name in self.attributes:
            vocabulary, codes = self._canonical[name]
            held = sorted({int(code) for code in codes[row] if code >= 0})
            texts = []
            for _, first_row, column in self._columns[name]:
                if first_row <= row < first_row + len(column):
                    texts.append(column[row - first_row].as_py())
            told = [text for text in texts if text]
            # A date of three columns, a number that another one tells: there is no text of its own.
            found.append([held, told or [vocabulary[code] for code in held]])
        return found
