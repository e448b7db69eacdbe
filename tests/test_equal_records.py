"""Lists whose duplicates repeat each other to the letter."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

import custid
from custid.testing import synthetic_customers

_LEAST_FOUND = 0.98
_MOST_WRONG = 0.01


def _people(n: int, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return some people, each once, with names as frequent as they are and all else their own."""
    random = Random(31)  # noqa: S311 - a sample, no secret
    made = synthetic_customers(2_000, seed=31, share_of_organizations=0.0).records
    names = {name: made[name].drop_null().to_pylist() for name in ("given_name", "family_name")}
    everything = (
        {name: random.choice(values) for name, values in names.items()}
        | {
            "birth_date": f"{random.randint(1940, 2004)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
            "email": f"client{number}@orange.fr",
            "phone": f"06{random.randint(0, 99_999_999):08}",
        }
        for number in range(n)
    )
    return [{name: person[name] for name in columns} for person in everything]


def _resolved(people: list[dict[str, str]], share_repeated: float) -> tuple[Counter[int], int, int]:
    """Resolve people of whom some stand twice; return customers by size, true pairs found, and true pairs."""
    random = Random(5)  # noqa: S311 - a sample, no secret
    whose = [number for number in range(len(people)) for _ in range(1 + (random.random() < share_repeated))]
    random.shuffle(whose)
    result = custid.dedupe([people[number] for number in whose])
    customers = result.assignments["customer"].to_pylist()
    found: dict[int, set[int]] = {}
    for number, customer in zip(whose, customers, strict=True):
        found.setdefault(number, set()).add(customer)
    repeated = [number for number, count in Counter(whose).items() if count > 1]
    return Counter(Counter(customers).values()), sum(len(found[each]) == 1 for each in repeated), len(repeated)


@pytest.mark.parametrize(
    "columns",
    [
        ("given_name", "family_name", "email"),
        ("given_name", "family_name", "birth_date"),
        ("given_name", "birth_date", "phone"),
        ("email", "phone"),
    ],
    ids="+".join,
)
@pytest.mark.parametrize("share_repeated", [0.4, 0.05])
def test_duplicates_to_the_letter_are_found(columns: tuple[str, ...], share_repeated: float) -> None:
    """Who stands twice with the same values is one customer, though no two different contents are of one."""
    sizes, n_found, n_repeated = _resolved(_people(700, columns), share_repeated)
    assert n_found >= _LEAST_FOUND * n_repeated > 0
    n_merged = sum((size - 1) * count for size, count in sizes.items())
    assert n_merged - n_found <= _MOST_WRONG * sum(sizes.values())


def test_namesakes_teach_no_match() -> None:
    """Rows that are equal no more often than chance makes them are not joined, however many there are."""
    random = Random(6)  # noqa: S311 - a sample, no secret
    given = ["Jean", "Pierre", "Aïcha", "Zoé", "Marie", "Léa", "Noël", "Éric", "Fatou", "Luc", "Anne", "Paul"]
    family = [
        "Lefèvre",
        "Dupont",
        "Ndiaye",
        "Müller",
        "Garcia",
        "Gall",
        "Obrien",
        "Benoît",
        "Martin",
        "Petit",
        "Durand",
    ]
    towns = ["75001", "75002", "75003", "69001", "13001"]
    rows = [
        {"given_name": random.choice(given), "family_name": random.choice(family), "postcode": random.choice(towns)}
        for _ in range(1_000)
    ]
    assert len({tuple(row.values()) for row in rows}) < 600
    assert len(set(custid.dedupe(rows).assignments["customer"].to_pylist())) >= 990


def test_equal_rows_of_a_source_free_of_duplicates_teach_nothing() -> None:
    """Where rows of a source are of different customers, that they are equal is no sign of a match."""
    people = _people(300, ("given_name", "family_name", "birth_date"))
    alone = custid.train(people)
    constrained = custid.dedupe(
        [row | {"source": "shop"} for row in (*people, *people[:100])],
        constraints=custid.Constraints(duplicate_free=["shop"]),
    )
    assert constrained.model.prior_match_probability == pytest.approx(alone.prior_match_probability, rel=0.05)
