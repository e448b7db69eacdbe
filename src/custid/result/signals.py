"""Signs of fraud among the customers of a run: flags for a person to look at, which never change who is a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.pair_graph import components
from custid.engines.linked_table import LinkedTable
from custid.intake.canonical import CanonicalValues, SourceInput
from custid.result._sharing import UNKNOWN, Held, days_of_rows, distinct_pairs, held_values
from custid.result._takeovers import Spans, Takeover, replaced, spans_of, taken_over
from custid.result._unlike import PersonFacts
from custid.scoring.sharing import expected_as_many, poisson_tail

__all__ = ["FALSE_ALARMS", "Signal", "find_signals", "signals_table"]

FALSE_ALARMS: Final = 0.05
"""How many values one may expect to be flagged by chance, for each attribute and kind of signal."""

_SHARED: Final = ("email", "phone", "online_account", "iban")
_CONTACTS: Final = ("email", "phone")
_NUMBERS: Final = ("national_id",)
_WINDOW_DAYS: Final = 30
_FEWEST: Final = 3


@frozen(kw_only=True)
class Signal:
    """A sign that something may be wrong.

    Attributes
    ----------
    kind : str
        ``"shared_by_many"``: far more customers hold one value than values are shared by otherwise.
        ``"many_new"``: many customers who hold one value came within 30 days.
        ``"contact_of_another"``: a customer's contact point gave way to one that another customer had before.
        ``"contacts_replaced"``: a customer's mailbox and telephone number were replaced on one day.
        ``"number_of_unlike_people"``: one number of a person is held by people whose names and birth dates all differ.
    attributes : tuple of str
        Attributes concerned.
    customers : tuple of int
        Numbers of the customers concerned, ascending; of a takeover the one whose contact point changed first.
    n_unrelated : int
        How many they are if households, joint holders and firms count once.
    n_records : int
        Records that hold the value.
    expected : float or None
        How many values one would expect to stand out as much by chance; None where it is no matter of counts.
    since, until : date or None
        First and last day concerned, where records tell days.
    """

    kind: str
    attributes: tuple[str, ...]
    customers: tuple[int, ...]
    n_unrelated: int
    n_records: int
    expected: float | None = None
    since: date | None = field(default=None)
    until: date | None = field(default=None)


@frozen(kw_only=True, eq=False)
class _Population:
    """The customers of a run, who belongs to whom, and since when they are known.

    ``party`` is equal for customers that are related, or bear one organization's name.
    """

    linked: LinkedTable
    canonical: CanonicalValues
    inputs: Sequence[SourceInput]
    customer: NDArray[np.int64]
    party: NDArray[np.int64]
    day: NDArray[np.int64]
    first_day: NDArray[np.int64]

    def held(self, attribute: str) -> Held:
        return held_values(self.linked, self.canonical, self.inputs, attribute)

    @cached_property
    def _dated_records(self) -> NDArray[np.int64]:
        known = self.day < UNKNOWN
        return np.sort(self.customer[known] * UNKNOWN + self.day[known])

    @cached_property
    def days_of_customers(self) -> NDArray[np.int64]:
        """Days on which customers were first seen, ascending."""
        return np.sort(self.first_day[self.first_day < UNKNOWN])

    def n_records_since(self, customer: int, day: int) -> int:
        """Return how many records of a customer were observed on a day or later."""
        start, stop = np.searchsorted(self._dated_records, [customer * UNKNOWN + day, (customer + 1) * UNKNOWN])
        return int(stop - start)


def find_signals(
    linked: LinkedTable,
    canonical: CanonicalValues,
    inputs: Sequence[SourceInput],
    customer: NDArray[np.int64],
    related: NDArray[np.int64],
) -> tuple[Signal, ...]:
    """Return the signs of fraud among the customers of a run.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out; it is not changed.
    canonical : CanonicalValues
        What its values were made of, with those that were blanked for being generic.
    inputs : sequence of SourceInput
        The sources, in the order of their rows.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.
    related : ndarray of int64, shape (n_related, 2)
        Pairs of customers that are related: households, joint holders, establishments of one legal unit.

    Returns
    -------
    tuple of Signal
        By kind, then by what stands out most, then by customers.
    """
    day = days_of_rows(inputs)
    first_day = np.full(int(customer.max(initial=-1)) + 1, UNKNOWN, np.int64)
    np.minimum.at(first_day, customer, day)
    party = _parties(linked, customer, related)
    population = _Population(
        linked=linked,
        canonical=canonical,
        inputs=inputs,
        customer=customer,
        party=party,
        day=day,
        first_day=first_day,
    )
    found = [signal for attribute in _SHARED for signal in _of_holders(population, attribute)]
    found.extend(_takeovers(population))
    for attribute in _NUMBERS:
        found.extend(_numbers(population, attribute))
    return tuple(sorted(found, key=_order))


def _order(signal: Signal) -> tuple[str, float, tuple[int, ...], tuple[str, ...], str]:
    return signal.kind, signal.expected or 0.0, signal.customers, signal.attributes, str(signal.since)


def _parties(linked: LinkedTable, customer: NDArray[np.int64], related: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return groups of customers in which those that are related, or bear one organization's name, are one."""
    n_customers = int(customer.max(initial=-1)) + 1
    column = linked.table.columns.get("organization_name")
    links = [related]
    if column is not None:
        codes = column.codes[:, 0][linked.table.unit_of_row].astype(np.int64)
        named = np.flatnonzero(codes >= 0)
        # A name is one more node, that joins all who bear it.
        links.append(np.stack(distinct_pairs(customer[named], codes[named] + n_customers), axis=1))
    pairs = np.concatenate(links).astype(np.int32)
    n_nodes = n_customers + (0 if column is None else len(column.vocabulary))
    return components(n_nodes, pairs[:, 0], pairs[:, 1])[:n_customers].astype(np.int64)


def _of_holders(population: _Population, attribute: str) -> list[Signal]:
    """Return the values that far too many hold, and those that many came to hold in a short time."""
    held = population.held(attribute)
    if not len(held.row):
        return []
    holder = population.customer[held.row]
    value, holder = distinct_pairs(held.value, holder)
    starts = np.flatnonzero(np.append(True, value[1:] != value[:-1]))
    counts = np.diff(np.append(starts, len(value)))
    parties = distinct_pairs(value, population.party[holder])[0]
    n_parties = np.diff(np.append(np.flatnonzero(np.append(True, parties[1:] != parties[:-1])), len(parties)))
    # Half of the false alarms for either count: of customers, as a ring may look like one large family, and of parties.
    expected = 2.0 * np.minimum(
        expected_as_many(counts, FALSE_ALARMS / 2), expected_as_many(n_parties, FALSE_ALARMS / 2)
    )
    n_records = np.bincount(np.searchsorted(value[starts], held.value))
    found = []
    n_tested = int((n_parties >= _FEWEST).sum())
    for place in np.flatnonzero(counts >= _FEWEST).tolist():
        customers = holder[starts[place] : starts[place] + counts[place]]
        if expected[place] <= FALSE_ALARMS:
            known = population.first_day[customers]
            found.append(
                Signal(
                    kind="shared_by_many",
                    attributes=(attribute,),
                    customers=tuple(customers.tolist()),
                    n_unrelated=int(n_parties[place]),
                    n_records=int(n_records[place]),
                    expected=float(expected[place]),
                    since=_date(int(known.min())),
                    until=_date(int(known[known < UNKNOWN].max(initial=0)) or UNKNOWN),
                )
            )
        if n_parties[place] >= _FEWEST:
            found.extend(_many_new(population, attribute, customers, int(n_records[place]), n_tested))
    return found


def _many_new(
    population: _Population, attribute: str, customers: NDArray[np.int64], n_records: int, n_tested: int
) -> list[Signal]:
    """Return the 30 days in which surprisingly many of the customers who hold one value were first seen, if any."""
    all_days = population.days_of_customers
    if not len(all_days):
        return []
    day_of_party: dict[int, int] = {}
    for customer in customers.tolist():
        party, day = int(population.party[customer]), int(population.first_day[customer])
        if day < UNKNOWN:
            day_of_party[party] = min(day_of_party.get(party, UNKNOWN), day)
    days = np.array(sorted(day_of_party.values()), np.int64)
    best: tuple[float, int] | None = None
    for start in days.tolist():
        n_within = int(np.searchsorted(days, start + _WINDOW_DAYS) - np.searchsorted(days, start))
        n_of_all = np.searchsorted(all_days, start + _WINDOW_DAYS) - np.searchsorted(all_days, start)
        mean = (len(days) - 1) * float(n_of_all) / len(all_days)
        # One starts the window; the others come to it by chance, as customers in general come in these days.
        expected = n_tested * len(days) * poisson_tail(n_within - 1, mean)
        if n_within >= _FEWEST and (best is None or expected < best[0]):
            best = expected, start
    if best is None or best[0] > FALSE_ALARMS:
        return []
    expected, start = best
    first = population.first_day[customers]
    within = customers[(first >= start) & (first < start + _WINDOW_DAYS)]
    return [
        Signal(
            kind="many_new",
            attributes=(attribute,),
            customers=tuple(within.tolist()),
            n_unrelated=len(np.unique(population.party[within])),
            n_records=n_records,
            expected=expected,
            since=_date(start),
            until=_date(int(population.first_day[within].max())),
        )
    ]


def _takeovers(population: _Population) -> list[Signal]:
    """Return the contact points that changed hands; none where no record tells a day."""
    if (population.day == UNKNOWN).all():
        return []
    spans = [spans_of(population.held(name), population.customer, population.day) for name in _CONTACTS]
    found = [
        _taken("contact_of_another", (name,), takeover, of_name, population)
        for name, of_name in zip(_CONTACTS, spans, strict=True)
        for takeover in taken_over(of_name, population.party)
    ]
    found.extend(_taken("contacts_replaced", _CONTACTS, each, spans[0], population) for each in replaced(spans))
    return found


def _taken(kind: str, attributes: tuple[str, ...], takeover: Takeover, spans: Spans, population: _Population) -> Signal:
    customers = (takeover.customer,) if takeover.before < 0 else (takeover.customer, takeover.before)
    own = spans.of(takeover.customer)
    return Signal(
        kind=kind,
        attributes=attributes,
        customers=customers,
        n_unrelated=len(customers),
        n_records=population.n_records_since(takeover.customer, takeover.day),
        since=_date(takeover.day),
        until=_date(int(own.last.max())),
    )


def _numbers(population: _Population, attribute: str) -> list[Signal]:
    """Return the numbers of persons that people who have nothing else in common hold."""
    held = population.held(attribute)
    held_by, holder = distinct_pairs(held.value, population.customer[held.row])
    value, starts, counts = np.unique(held_by, return_index=True, return_counts=True)
    facts = PersonFacts(population.linked, population.customer)
    n_records = np.bincount(held.value)
    found = []
    for place in np.flatnonzero(counts > 1).tolist():
        customers = facts.unlike(holder[starts[place] : starts[place] + counts[place]].tolist())
        n_unrelated = len(np.unique(population.party[list(customers)])) if customers else 0
        if n_unrelated > 1:
            found.append(
                Signal(
                    kind="number_of_unlike_people",
                    attributes=(attribute,),
                    customers=customers,
                    n_unrelated=n_unrelated,
                    n_records=int(n_records[value[place]]),
                    since=_date(int(population.first_day[list(customers)].min())),
                )
            )
    return found


def _date(day: int) -> date | None:
    return date.fromordinal(day) if 0 < day < UNKNOWN else None


def signals_table(found: Sequence[Signal]) -> pa.Table:
    """Return signals as a table.

    Parameters
    ----------
    found : sequence of Signal
        The signals; they are numbered in this order.

    Returns
    -------
    pyarrow.Table
        ``signal`` (int64), ``kind``, ``attributes`` (list of string), ``customers`` (list of int64), ``n_unrelated``
        and ``n_records`` (int64), ``expected`` (float64 or null), ``since`` and ``until`` (date32 or null).
    """
    return pa.table(
        {
            "signal": pa.array(np.arange(len(found))),
            "kind": pa.array([each.kind for each in found], pa.string()),
            "attributes": pa.array([list(each.attributes) for each in found], pa.list_(pa.string())),
            "customers": pa.array([list(each.customers) for each in found], pa.list_(pa.int64())),
            "n_unrelated": pa.array([each.n_unrelated for each in found], pa.int64()),
            "n_records": pa.array([each.n_records for each in found], pa.int64()),
            "expected": pa.array([each.expected for each in found], pa.float64()),
            "since": pa.array([each.since for each in found], pa.date32()),
            "until": pa.array([each.until for each in found], pa.date32()),
        }
    )
