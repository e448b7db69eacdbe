"""Live recognition: raw values in, candidates with probabilities and identifiers out; in process, one thread.

``python -m benchmarks.bench_identify 10000 100000`` prints median and 99th percentile of single questions, the best of
three turns of each; processor time leaves out what other work on the machine takes away.  The anchor is Splink 4, which
takes 451 ms to find the matches of one record among a million (``find_matches_to_new_records``), and returns pairs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

import custid
from benchmarks import of_all
from custid.registry import MemoryStore, RecognitionDecision, Registry, Store, open_store
from custid.testing import synthetic_customers

_SIZES = of_all([1_000, 10_000])
_N_QUESTIONS = 2_000
_N_TRAINED = 20_000
_NOT_ASKED = frozenset({"record_id", "shop"})

Question = dict[str, Any]


def registry_of(n_records: int, store: Store | None = None) -> tuple[Registry, list[Question]]:
    """Return a registry of synthetic records, ready for questions, and questions: rows with some columns left out.

    Each question is a record as another one of the same customer might state it: half of its columns, and every tenth
    record never seen before.
    """
    made = synthetic_customers(n_records + n_records // 10, seed=23).records
    held = made.slice(0, n_records)
    registry = Registry(store or MemoryStore())
    registry.use(custid.train(made.slice(0, _N_TRAINED)))
    registry.ingest(held, source="shop")
    random = Random(1)  # noqa: S311 - a sample, no secret
    chosen = random.choices(range(made.num_rows), k=_N_QUESTIONS)
    questions = []
    for row in made.take(chosen).to_pylist():
        stated = [name for name, value in row.items() if value and name not in _NOT_ASKED]
        kept = random.sample(stated, k=max(1, (2 * len(stated)) // 3))
        questions.append({name: row[name] for name in kept})
    registry.identify(questions[0], source="shop")
    return registry, questions


def timed(
    ask: Callable[[Question], object],
    questions: Sequence[Question],
    n_turns: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Return median and 99th percentile in microseconds, of each question the best of some turns."""
    seconds = []
    for _ in range(n_turns):
        stamps = [clock()]
        for question in questions:
            ask(question)
            stamps.append(clock())
        seconds.append(np.diff(stamps))
    median, ninety_ninth = np.percentile(np.min(seconds, axis=0) * 1e6, [50, 99])
    return float(median), float(ninety_ninth)


class Identify:
    """Questions to a registry in memory."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 600

    def setup(self, n_records: int) -> None:
        self.registry, self.questions = registry_of(n_records)

    def time_100_questions(self, _n_records: int) -> None:
        for question in self.questions[:100]:
            self.registry.identify(question, source="shop")

    def track_median_us(self, _n_records: int) -> float:
        return timed(lambda question: self.registry.identify(question, source="shop"), self.questions, 3)[0]


def main(arguments: list[str] | None = None) -> None:
    """Print how long questions take."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("n_records", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--store", default="", help="an address; in memory when not given")
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args(arguments)
    out = sys.stdout
    for n_records in given.n_records:
        begin = time.perf_counter()
        store = open_store(given.store) if given.store else None
        registry, questions = registry_of(n_records, store)
        out.write(f"{n_records} records, ready for questions after {time.perf_counter() - begin:.1f} s\n")
        report(registry, questions, given.turns)
        registry.close()


def report(registry: Registry, questions: Sequence[Question], n_turns: int) -> None:
    """Print what a registry answers, and how long that takes."""
    out = sys.stdout
    answers = [registry.identify(question, source="shop") for question in questions]
    for each in RecognitionDecision:
        share = sum(who.decision is each for who in answers) / len(answers)
        out.write(f"  {each.value}: {share:.1%}\n")
    out.write(f"  candidates named: {np.mean([len(who.candidates) for who in answers]):.1f}\n")
    tasks: dict[str, Callable[[Question], object]] = {
        "identify": lambda question: registry.identify(question, source="shop"),
        "with the next question": lambda question: registry.identify(question, source="shop").next_question,
    }
    for name, ask in tasks.items():
        for of, clock in (("", time.perf_counter), (", of processor time", time.thread_time)):
            median, ninety_ninth = timed(ask, questions, n_turns, clock)
            out.write(f"  {name}: median {median:.0f} us, 99 % under {ninety_ninth:.0f} us{of}\n")


if __name__ == "__main__":
    main()
