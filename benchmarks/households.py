"""How well households are found among generated customers: ``python benchmarks/households.py --n 5000 --seed 1 2 3``.

A pair of customers is right if the two people have ever lived together (precision); of the pairs that live together at
last some are found (recall), and some cannot be: no record of the one shares an address, a telephone number or a
mailbox, as written, with a record of the other.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import custid
from custid.testing import SyntheticCustomers, synthetic_customers


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each population."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--n", type=int, default=5000, help="records of each population")
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], help="populations")
    parser.add_argument("--english", type=float, default=0.35, help="share of households in the United Kingdom")
    options = parser.parse_args(arguments)
    print(f"{'seed':>6}{'records':>9}{'households':>12}{'pairs':>8}{'P':>8}{'R':>8}{'seconds':>9}")
    for seed in options.seed:
        made = synthetic_customers(options.n, seed=seed, share_of_english=options.english)
        started = time.perf_counter()
        result = custid.dedupe(made.records)
        seconds = time.perf_counter() - started
        found = _found(result, made)
        together = _pairs(_groups(made, "household"))
        at_last = _pairs(_groups(made, "home"))
        print(
            f"{seed:>6}{options.n:>9,}{result.collectives.num_rows:>12,}{len(found):>8,}"
            f"{len(found & together) / max(len(found), 1):>8.3f}{len(found & at_last) / max(len(at_last), 1):>8.3f}"
            f"{seconds:>9.1f}",
            flush=True,
        )


def _found(result: custid.Result, made: SyntheticCustomers) -> set[tuple[str, str]]:
    """Return the pairs of people found to live together; a customer is whom most of its records are of."""
    people: dict[int, Counter[str]] = defaultdict(Counter)
    true_ids = made.truth["true_id"].to_pylist()
    for customer, true_id in zip(result.assignments["customer"].to_pylist(), true_ids, strict=True):
        people[customer][true_id] += 1
    members = result.collectives["customers"].to_pylist()
    return _pairs([people[customer].most_common(1)[0][0] for customer in each] for each in members)


def _groups(made: SyntheticCustomers, column: str) -> Iterable[list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in made.households.to_pylist():
        groups[row[column]].append(row["true_id"])
    return groups.values()


def _pairs(groups: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


if __name__ == "__main__":
    main()
