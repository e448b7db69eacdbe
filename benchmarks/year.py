"""How stable identifiers are over a year of weekly changes, beside how right the customers are.

::

    python -m benchmarks.year              # 2,000 records at the start, a registry in memory
    python -m benchmarks.year --records 10000 --store customers.db --seed 2

A match model is learned from other customers than those of the year.  Every week the registry takes in what has
changed, source by source, and lets go what was erased; then the crosswalk is held against the truth.
"""

from __future__ import annotations

import argparse
import sys
import time

import custid
from custid.evaluation import Stability, evaluate_stability
from custid.registry import SequentialMinter
from custid.registry.doctor import check_store
from custid.testing import SyntheticYear, play_year, synthetic_customers, synthetic_year, targets_of

TARGET = 0.99


def play(year: SyntheticYear, model: custid.TrainedMatchModel, store: str) -> Stability:
    """Play a year on a new registry, and return how stable its identifiers were."""
    seen, began = [], time.perf_counter()
    with custid.open_registry(store, minter=SequentialMinter()) as registry:
        registry.use(model)
        for week, snapshot in enumerate(play_year(registry, year)):
            seen.append(snapshot)
            taken = time.perf_counter() - began
            print(f"week {week}: {len(snapshot):,} records, {taken:.0f} s so far", file=sys.stderr, flush=True)
        if check_store(registry.store):
            sys.exit("expected a sound registry")
        return evaluate_stability(seen, year.truth, leads_to=targets_of(registry))


def report(stability: Stability, every: int) -> str:
    """Return the table of a year, a line for every so many weeks."""
    lines = [f"{'week':>4} {'records':>8} {'precision':>9} {'recall':>7} {'F1':>7} {'changed':>8} {'confirmed':>9}"]
    for start in range(0, len(stability.steps), every):
        steps = stability.steps[start : start + every]
        last = steps[-1]
        changed, confirmed = sum(each.n_changed for each in steps), sum(each.n_confirmed for each in steps)
        lines.append(
            f"{start + len(steps):>4} {last.n_records:>8,} {last.pairwise.precision:>9.4f} "
            f"{last.pairwise.recall:>7.4f} {last.pairwise.f1:>7.4f} {changed:>8,} {confirmed:>9,}"
        )
    return "\n".join([*lines, "", str(stability)])


def main() -> None:
    """Play a year and print its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--records", type=int, default=2000, metavar="N", help="at the start (default: 2000)")
    parser.add_argument("--weeks", type=int, default=52, metavar="N", help="default: 52")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed plays another year")
    parser.add_argument("--store", default="memory", metavar="ADDRESS", help="a new file, or postgresql://…")
    options = parser.parse_args()
    model = custid.train(synthetic_customers(max(2000, options.records), seed=options.seed + 1000).records)
    year = synthetic_year(options.records, n_weeks=options.weeks, seed=options.seed)
    stability = play(year, model, options.store)
    print(f"{options.records:,} records at the start, {year.truth.num_rows:,} in all, {options.weeks} weeks\n")
    print(report(stability, every=4) + "\n")
    for name, share in (("a week", stability.stability_of_a_step), ("the whole time", stability.stability)):
        print(f"target: no id changes unconfirmed in {TARGET:.2f} of cases, {name}: {share:.4f}")


if __name__ == "__main__":
    main()
