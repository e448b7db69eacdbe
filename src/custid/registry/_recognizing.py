"""Who it is: weights of a question with the records near it, and what they make of their customers.

Invariant: nothing here changes the registry, and an answer is a function of the question and of one state of the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from math import fsum

import numpy as np
from attrs import field, frozen

from custid.engines.pair_evidence import PairEvidence
from custid.engines.table_weigher import TableWeigher
from custid.registry._probes import Probe
from custid.registry._sight import Sight
from custid.registry.identifiers import CustomerId
from custid.registry.live_units import UnitContent
from custid.registry.next_question import Hypothesis, best_question
from custid.registry.recognition import Candidate, Grade, NextQuestion, ProbeIssue, Recognition, RecognitionDecision
from custid.registry.record_keys import RecordKey
from custid.registry.row_columns import RowColumns
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.weights import odds_of
from custid.table.record_table import build_record_table

__all__ = ["recognize"]

_LEAST_PROBABILITY = 2.0**-10
"""Who is less probable than one in a thousand is nobody's candidate: a stranger's identifier is not given out."""

_EVEN = 0.5


@frozen(kw_only=True)
class _Near:
    """A customer with records near the question."""

    customer: CustomerId
    weight_bits: float
    record: RecordKey
    unit: int
    odds: float = field(repr=False)


def recognize(sight: Sight, probe: Probe, *, match_probability: float, max_candidates: int) -> Recognition:
    """Answer a question.

    Parameters
    ----------
    sight : Sight
        The state of the store.
    probe : Probe
        The question.
    match_probability : float
        What has to be more probable than this to be decided, in [0.5, 1).
    max_candidates : int
        Candidates named at most.

    Returns
    -------
    Recognition
        The answer.

    Notes
    -----
    The question is taken for a copy of *some* record of the customer, each as likely as the other, so that the odds of
    a customer are the sum of its odds with each of its units (:mod:`custid.clustering.attachment`), those of equal
    content once for each record, times what a customer of that size is worth beforehand
    (:func:`~custid.scoring.sizes.size_factors`).  Match weights have the prior in them: the odds of nobody are 1.
    Customers with a record that is kept apart from the question for good are left out.
    """
    matcher = sight.matcher
    content = matcher.content_for(probe.row)
    near = _near(sight, content) if content.values else []
    total = 1.0 + fsum(each.odds for each in near)
    unknown = 1.0 / total
    ranked = sorted(
        (-each.odds / total, each.customer, each) for each in near if each.odds / total >= _LEAST_PROBABILITY
    )
    candidates = tuple(
        Candidate(
            customer=customer,
            grade=_grade(-negative, match_probability),
            probability=-negative,
            weight_bits=each.weight_bits,
            record=each.record,
            evidence=partial(_evidence, matcher.model, content, matcher.content_of(each.unit)),
        )
        for negative, customer, each in ranked[:max_candidates]
    )
    decision = RecognitionDecision.AMBIGUOUS
    if ranked and -ranked[0][0] > match_probability:
        decision = RecognitionDecision.RECOGNIZED
    elif unknown > match_probability:
        decision = RecognitionDecision.UNKNOWN
    is_open = decision is not RecognitionDecision.RECOGNIZED
    hypotheses = [_hypothesis(sight, each, -negative) for negative, _, each in ranked] if is_open else []
    return Recognition(
        decision=decision,
        customer=None if is_open else ranked[0][1],
        candidates=candidates,
        unknown_probability=unknown,
        change=sight.change,
        issues=partial(_issues, probe, content, matcher.model),
        question=partial(_question, matcher.model, hypotheses, probe.asked),
    )


def _near(sight: Sight, content: UnitContent) -> list[_Near]:
    """Return the customers with records near a content."""
    matcher, customers = sight.matcher, sight.customers
    units = sorted(matcher.candidates_of(content))
    own = matcher.unit_with(content)
    found = _records_by_customer(sight, units)
    # Another record of such a customer may be kept apart from the question by a label.
    members = {customer: {matcher.unit_of(key) for key in customers.records_of(customer)} for customer in found}
    beside = sorted(set().union(*members.values()).difference(units))
    weighed = [*units, *beside]
    weights = matcher.weights_of_probe(content, weighed)
    bits, odds = (dict(zip(weighed, each.tolist(), strict=True)) for each in (weights, odds_of(weights)))
    return [
        _of_customer(customer, of_unit, bits, odds, own, customers.size_factor(len(members[customer] | {own})))
        for customer, of_unit in found.items()
        if all(bits[unit] > -np.inf for unit in members[customer])
    ]


def _records_by_customer(sight: Sight, units: Sequence[int]) -> dict[CustomerId, dict[int, list[RecordKey]]]:
    """Return the records of some units by customer and unit."""
    found: defaultdict[CustomerId, defaultdict[int, list[RecordKey]]] = defaultdict(lambda: defaultdict(list))
    for unit in units:
        for record in sight.matcher.records_of(unit):
            found[sight.customers.customer_of(record)][unit].append(record)
    return {customer: dict(of_unit) for customer, of_unit in found.items()}


def _of_customer(
    customer: CustomerId,
    records: Mapping[int, Sequence[RecordKey]],
    bits: Mapping[int, float],
    odds: Mapping[int, float],
    own: int | None,
    size_factor: float,
) -> _Near:
    best = max(bits[unit] for unit in records)
    record, unit = min((min(held), unit) for unit, held in records.items() if bits[unit] == best)
    copies = odds[own] * len(records[own]) if own is not None and own in records else 0.0
    others = fsum(odds[each] for each in records if each != own)
    return _Near(
        customer=customer,
        weight_bits=best,
        record=record,
        unit=unit,
        odds=copies + size_factor * others,
    )


def _grade(probability: float, match_probability: float) -> Grade:
    if probability > match_probability:
        return Grade.CERTAIN
    return Grade.PROBABLE if probability > _EVEN else Grade.POSSIBLE


def _hypothesis(sight: Sight, near: _Near, probability: float) -> Hypothesis:
    units = {sight.matcher.unit_of(key) for key in sight.customers.records_of(near.customer)}
    contents = sorted((sight.matcher.content_of(unit) for unit in units), key=lambda each: (each.values, each.kind))
    return Hypothesis(probability=probability, contents=tuple(contents))


def _issues(probe: Probe, content: UnitContent, model: TrainedMatchModel) -> tuple[ProbeIssue, ...]:
    return probe.issues(content, model.attributes or ())


def _question(model: TrainedMatchModel, hypotheses: Sequence[Hypothesis], asked: frozenset[str]) -> NextQuestion | None:
    return best_question(model, hypotheses, asked)


def _evidence(model: TrainedMatchModel, content: UnitContent, other: UnitContent) -> PairEvidence:
    """Explain the weight of a question with a record."""
    columns = RowColumns.of([content, other])
    table = build_record_table(columns.values, len(columns), kind_of_row=columns.kinds)
    said, held = dict(content.values), dict(other.values)
    # As a run compares them: the unit with the lower number first.
    left, right = np.sort(table.unit_of_row).astype(np.int32).reshape(2, 1)
    return TableWeigher(model, table).evidence(
        left, right, lambda attribute, _: (said.get(attribute, ()), held.get(attribute, ()))
    )[0]
