"""Who it is: weights of a question with the records near it, and what they make of their customers.

Invariant: nothing here changes the registry, and an answer is a function of the question and of one state of the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from math import fsum
from typing import NamedTuple

import numpy as np

from custid.engines.labels import IDENTIFIERS
from custid.engines.live_weigher import Content
from custid.engines.pair_evidence import PairEvidence
from custid.engines.table_weigher import TableWeigher
from custid.registry._probes import Probe
from custid.registry._sight import Sight
from custid.registry.identifiers import CustomerId
from custid.registry.live_units import UnitContent
from custid.registry.matcher import NearUnits
from custid.registry.next_question import Hypothesis, best_question
from custid.registry.recognition import Candidate, Grade, NextQuestion, ProbeIssue, Recognition, RecognitionDecision
from custid.registry.record_keys import RecordKey
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.weights import odds_of
from custid.table.record_table import build_record_table

__all__ = ["recognize"]

_LEAST_PROBABILITY = 2.0**-10
"""Who is less probable than one in a thousand is nobody's candidate: a stranger's identifier is not given out."""

_LEAST_NEAR_BITS = -16.0
"""Weights from which on pairs count; a registry keeps no others.  The rest of a question's pairs have odds of less than
one in a hundred together."""

_EVEN = 0.5


class _Near(NamedTuple):
    """A customer with records near the question."""

    customer: CustomerId
    odds: float
    records: Mapping[int, Sequence[RecordKey]]
    """Its records near the question, by unit."""


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
    near = matcher.near_units(content) if content.values else None
    found = [] if near is None else _customers_near(sight, content, near)
    total = 1.0 + fsum(each.odds for each in found)
    # Customers are named once: nothing behind them is compared.
    ranked = sorted((-each.odds / total, each) for each in found if each.odds / total >= _LEAST_PROBABILITY)
    bits = {} if near is None else dict(zip(near.units.tolist(), near.weight_bits.tolist(), strict=True))
    candidates = tuple(
        _candidate(sight, content, each, bits, probability=-negative, match_probability=match_probability)
        for negative, each in ranked[:max_candidates]
    )
    decision = RecognitionDecision.AMBIGUOUS
    if ranked and -ranked[0][0] > match_probability:
        decision = RecognitionDecision.RECOGNIZED
    elif 1.0 / total > match_probability:
        decision = RecognitionDecision.UNKNOWN
    is_open = decision is not RecognitionDecision.RECOGNIZED
    held = [(-negative, _held_contents(sight, each.customer)) for negative, each in ranked] if is_open else []
    return Recognition(
        decision=decision,
        customer=None if is_open else ranked[0][1].customer,
        candidates=candidates,
        unknown_probability=1.0 / total,
        change=sight.change,
        issues=partial(_issues, probe, content, matcher.model),
        question=partial(_question, matcher.model, held, probe.asked),
    )


def _customers_near(sight: Sight, content: UnitContent, near: NearUnits) -> list[_Near]:
    """Return the customers with records near a content, but those that are kept apart from it for good."""
    barred = _barred_at_once(sight, near)
    found = [each for each in _weighed(sight, near) if each.customer not in barred]
    if content.kind < 0 and not any(name in IDENTIFIERS for name, _ in content.values):
        return found
    # Records that are not near have labels as well; they matter where the customer does.
    seen = set(near.units.tolist())
    while True:
        least = _LEAST_PROBABILITY * (1.0 + fsum(each.odds for each in found))
        kept = [each for each in found if each.odds < least or not _is_barred(sight, content, each.customer, seen)]
        if len(kept) == len(found):
            return found
        found = kept


def _barred_at_once(sight: Sight, near: NearUnits) -> set[CustomerId]:
    apart = near.units[np.isneginf(near.weight_bits)].tolist()
    return {sight.customers.customer_of(record) for unit in apart for record in sight.matcher.records_of(unit)}


def _is_barred(sight: Sight, content: UnitContent, customer: CustomerId, seen: Collection[int]) -> bool:
    units = {sight.matcher.unit_of(record) for record in sight.customers.records_of(customer)}.difference(seen)
    return bool(units) and sight.matcher.are_apart(content, sorted(units))


def _weighed(sight: Sight, near: NearUnits) -> list[_Near]:
    """Return the customers with records whose weights count."""
    kept = np.flatnonzero(near.weight_bits >= _LEAST_NEAR_BITS)
    records: defaultdict[CustomerId, dict[int, list[RecordKey]]] = defaultdict(dict)
    units = near.units[kept].tolist()
    odds = dict(zip(units, odds_of(near.weight_bits[kept]).tolist(), strict=True))
    for unit in units:
        for record in sight.matcher.records_of(unit):
            records[sight.customers.customer_of(record)].setdefault(unit, []).append(record)
    found = []
    for customer, of_unit in records.items():
        size = sight.customers.size_of(customer) + (near.own not in of_unit)
        others = fsum(odds[unit] for unit in of_unit if unit != near.own)
        copies = 0.0 if near.own is None else odds.get(near.own, 0.0) * len(of_unit.get(near.own, ()))
        found.append(_Near(customer, copies + sight.customers.size_factor(size) * others, of_unit))
    return found


def _candidate(
    sight: Sight,
    content: UnitContent,
    near: _Near,
    bits: Mapping[int, float],
    *,
    probability: float,
    match_probability: float,
) -> Candidate:
    best = max(bits[unit] for unit in near.records)
    record, unit = min((min(held), unit) for unit, held in near.records.items() if bits[unit] == best)
    matcher = sight.matcher
    return Candidate(
        customer=near.customer,
        grade=_grade(probability, match_probability),
        probability=probability,
        weight_bits=best,
        record=record,
        evidence=partial(_evidence, matcher.model, content, matcher.held_content(unit)),
    )


def _grade(probability: float, match_probability: float) -> Grade:
    if probability > match_probability:
        return Grade.CERTAIN
    return Grade.PROBABLE if probability > _EVEN else Grade.POSSIBLE


def _held_contents(sight: Sight, customer: CustomerId) -> list[Callable[[], Content]]:
    units = {sight.matcher.unit_of(key) for key in sight.customers.records_of(customer)}
    return [sight.matcher.held_content(unit) for unit in units]


def _question(
    model: TrainedMatchModel, held: Sequence[tuple[float, Sequence[Callable[[], Content]]]], asked: frozenset[str]
) -> NextQuestion | None:
    hypotheses = []
    for probability, contents in held:
        said = sorted((_row(each()) for each in contents), key=lambda row: (row.values, row.kind))
        hypotheses.append(Hypothesis(probability=probability, contents=tuple(said)))
    return best_question(model, hypotheses, asked)


def _row(content: Content) -> Row:
    return Row(content.values, content.kind)


def _issues(probe: Probe, content: UnitContent, model: TrainedMatchModel) -> tuple[ProbeIssue, ...]:
    return probe.issues(content, model.attributes or ())


def _evidence(model: TrainedMatchModel, content: UnitContent, held: Callable[[], Content]) -> PairEvidence:
    """Explain the weight of a question with a record."""
    other = _row(held())
    columns = RowColumns.of([content, other])
    table = build_record_table(columns.values, len(columns), kind_of_row=columns.kinds)
    said, stated = dict(content.values), dict(other.values)
    # As a run compares them: the unit with the lower number first.
    left, right = np.sort(table.unit_of_row).astype(np.int32).reshape(2, 1)
    return TableWeigher(model, table).evidence(
        left, right, lambda attribute, _: (said.get(attribute, ()), stated.get(attribute, ()))
    )[0]
