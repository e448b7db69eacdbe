"""Customers who moved, and namesakes: pairs of the same name at two addresses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

import custid
from custid.testing import synthetic_customers

_N_PEOPLE, _N_TWICE, _N_MOVED = 4_000, 1_200, 200
_ADDRESS = ("street", "house_number", "postcode", "city")
_NAMES = ("given_name", "family_name")
_N_GROUPS = 10
_SYLLABLES = ("ba do li mu ne ro sa ti vo za", "cre drou flan gui kel pha quo tre wen xun")
_COLUMNS = (*_NAMES, *_ADDRESS, "birth_date", "phone")


class _List(NamedTuple):
    """Records, and which person each is of; those of who moved come last."""

    records: pa.Table
    person: list[int]


@cache
def _people(*, share_in_groups: float) -> _List:
    """Return people of whom some stand twice and some of these have moved.

    Where there are groups, each has forty given and forty family names of its own, so that its people have namesakes
    far beyond what the frequencies of the names in the whole list would make.
    """
    draws = np.random.default_rng(5)
    made = synthetic_customers(6_000, seed=12, share_of_single_records=1.0, share_of_organizations=0.0).records
    rows: list[dict[str, Any]] = [{name: row[name] for name in _COLUMNS} for row in made.to_pylist()]
    rows = [row for row in rows if all(row[name] for name in (*_NAMES, *_ADDRESS))][:_N_PEOPLE]
    words = [[_words(syllables, draws) for syllables in _SYLLABLES] for _ in range(_N_GROUPS)]
    for place in draws.choice(_N_PEOPLE, int(share_in_groups * _N_PEOPLE), replace=False):
        group = words[draws.integers(_N_GROUPS)]
        rows[place] |= {name: str(draws.choice(each)) for name, each in zip(_NAMES, group, strict=True)}
    again = draws.choice(_N_PEOPLE, _N_TWICE, replace=False).tolist()
    copies = [dict(rows[place]) for place in again]
    for place, copy in zip(again[-_N_MOVED:], copies[-_N_MOVED:], strict=True):
        other = rows[(place + draws.integers(1, _N_PEOPLE)) % _N_PEOPLE]
        copy |= {name: other[name] for name in _ADDRESS}
    for row in (*rows, *copies):
        for name, share in (("birth_date", 0.3), ("phone", 0.4)):
            if draws.random() < share:
                row[name] = ""
    return _List(pa.Table.from_pylist([*rows, *copies]), [*range(_N_PEOPLE), *again])


def _words(syllables: str, draws: np.random.Generator) -> list[str]:
    """Return forty made names."""
    return ["".join(draws.choice(syllables.split(), 4)) for _ in range(40)]


def _found(people: _List, names: Sequence[str]) -> tuple[float, float, int]:
    """Return precision and recall of pairs, and how many of those who moved are one customer."""
    customer = custid.dedupe(people.records.select(list(names))).assignments["customer"].to_pylist()
    held: dict[int, set[int]] = {}
    of_customer: dict[int, list[int]] = {}
    for row, (person, number) in enumerate(zip(people.person, customer, strict=True)):
        held.setdefault(person, set()).add(number)
        of_customer.setdefault(number, []).append(row)
    joined = [
        people.person[one] == people.person[other]
        for rows in of_customer.values()
        for place, one in enumerate(rows)
        for other in rows[:place]
    ]
    n_moved = sum(len(held[person]) == 1 for person in people.person[-_N_MOVED:])
    return sum(joined) / max(len(joined), 1), sum(joined) / _N_TWICE, n_moved


def test_who_moved_is_found() -> None:
    """An equal name, and birth date or phone where they are known, outweigh an address of four columns."""
    precision, recall, n_moved = _found(_people(share_in_groups=0.0), _COLUMNS)
    assert n_moved >= 0.9 * _N_MOVED
    assert recall > 0.98
    # What is wrong are parents and children of one name, as many as without the class.
    assert precision > 0.95


@pytest.mark.parametrize(("left_out", "least_precision"), [("phone", 0.95), ("birth_date", 0.92)])
def test_namesakes_of_a_group_are_not_taken_for_people_who_moved(left_out: str, least_precision: float) -> None:
    """Where many share both names by custom, who moved is found by what else agrees, and most namesakes stay apart."""
    names = [name for name in _COLUMNS if name != left_out]
    precision, recall, n_moved = _found(_people(share_in_groups=0.2), names)
    assert precision > least_precision
    assert recall > 0.98
    assert n_moved >= 0.9 * _N_MOVED


def test_names_and_addresses_alone_do_not_tell_who_moved() -> None:
    """Nobody is taken for one who moved where it might as well be a namesake."""
    precision, _, n_moved = _found(_people(share_in_groups=0.2), (*_NAMES, *_ADDRESS))
    assert precision > 0.97
    assert n_moved < 0.02 * _N_MOVED


def test_the_address_may_stand_in_one_column_or_in_four() -> None:
    """Whoever tells more finds no less."""
    people = _people(share_in_groups=0.0)
    rows = [
        {name: row[name] for name in (*_NAMES, "birth_date", "phone")}
        | {"address": f"{row['house_number']} {row['street']}, {row['postcode']} {row['city']}"}
        for row in people.records.to_pylist()
    ]
    in_one = _found(_List(pa.Table.from_pylist(rows), people.person), ("address", *_NAMES, "birth_date", "phone"))
    in_four = _found(people, _COLUMNS)
    assert in_four[2] >= in_one[2] - 0.02 * _N_MOVED
    assert in_four[1] >= in_one[1] - 0.005


def test_the_odds_of_a_move_are_told() -> None:
    """The explanation of a pair at two addresses says what a possible move gives back."""
    people = _people(share_in_groups=0.0)
    result = custid.dedupe(people.records)
    customer, source, key = (result.assignments[name].to_pylist() for name in ("customer", "source", "record_key"))
    moved = range(len(people.person) - _N_MOVED, len(people.person))
    row = next(row for row in moved if customer[row] == customer[people.person[row]])
    explained = result.explain(*((source[each], key[each]) for each in (people.person[row], row)))
    assert explained.moved_bits > 4
    assert "may have moved" in str(explained)


def test_establishments_in_a_list_of_persons_have_not_moved() -> None:
    """Two sites of a company share name, phone and mailbox at two addresses; they are two customers as before."""
    made = synthetic_customers(4_000, seed=3)
    found = custid.evaluate(custid.dedupe(made.records), made.truth)
    assert found.pairwise.precision > 0.98
    assert found.pairwise.recall > 0.965
