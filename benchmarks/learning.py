"""What fifty answers are worth: ``nox -s learning``, with ``-- --quick`` for small data only.

The truth answers as a person would, in rounds of ten questions of the review queue.  After each the match model is
taught by all answers, and the next questions are asked of the run with that model and the answers as verdicts.  The
table tells pairwise F1 without labels, with the taught model alone, with verdicts alone, and with both.  The command
fails where both, or teaching alone, are worse than no labels, or where `dedupe_sites` does not rise by a third of what
is left to 0.968, the best that gradient boosting on all labels reaches.

A second table draws samples of 100 and 200 pairs, and tells the intervals and the truth, with * where it is outside.
Recall is that of the pairs sampled: in one customer, or compared and at -10 bits or more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

import custid
from custid.evaluation import read_truth
from custid.review import Label, Labels, RecordName, Verdict
from custid.steering import QualityEstimate, estimate_quality, quality_sample, review_queue, teach
from custid.testing import synthetic_customers, synthetic_organizations

_ROOT = Path(__file__).resolve().parents[1]
_DATA = Path(os.environ.get("CUSTID_DATA", _ROOT.parent / "shared" / "data"))
_SYNTH = Path(os.environ.get("CUSTID_SYNTH", _ROOT / ".data" / "synth"))
_N_ROUNDS, _N_QUESTIONS = 5, 10
_CEILINGS = {"dedupe_sites": 0.968}
_Pair = tuple[int, int]


class _DataSet(NamedTuple):
    """Records, their truth, and how they are resolved."""

    name: str
    resolve: Callable[..., custid.Result] = custid.dedupe
    made: Callable[[], Any] | None = None
    is_small: bool = False

    @property
    def folder(self) -> Path:
        return _SYNTH / self.name.removeprefix("synth_") if self.name.startswith("synth_") else _DATA / self.name

    @property
    def is_there(self) -> bool:
        return self.made is not None or (self.folder / "records.csv").is_file()

    def load(self) -> tuple[Any, Any]:
        """Return records and truth."""
        if self.made is None:
            return self.folder / "records.csv", self.folder / "truth.csv"
        made = self.made()
        return made.records, made.truth


_DATA_SETS = (
    _DataSet("made_1", made=lambda: synthetic_customers(2_000, seed=1), is_small=True),
    _DataSet("made_2", made=lambda: synthetic_customers(2_000, seed=2), is_small=True),
    _DataSet("made_3", made=lambda: synthetic_customers(2_000, seed=3)),
    _DataSet("made_4", made=lambda: synthetic_customers(2_000, seed=4)),
    _DataSet("made_organizations", made=lambda: synthetic_organizations(2_000, seed=1), is_small=True),
    _DataSet("fake_1000", is_small=True),
    _DataSet("fodors_zagats", custid.link, is_small=True),
    _DataSet("dedupe_sites"),
    _DataSet("febrl1"),
    _DataSet("febrl2"),
    _DataSet("febrl3"),
    _DataSet("febrl4", custid.link),
    _DataSet("organizations", made=lambda: synthetic_organizations(10_000, seed=5)),
    _DataSet("synth_10k"),
    _DataSet("historical_50k"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; return 1 where labels make something worse."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", choices=[each.name for each in _DATA_SETS], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="small data only, and no samples")
    options = parser.parse_args(arguments)
    chosen = [
        each
        for each in _DATA_SETS
        if each.is_there and (each.name in options.only if options.only else each.is_small or not options.quick)
    ]
    print(
        f"{'data':<20}{'without':>9}{'taught':>9}{'verdicts':>9}{'both':>9}{'labels taught':>15}  both after 10, 20, …"
    )
    worse = [each.name for each in chosen if not _measure(each)]
    if not options.quick:
        print(f"\n{'data':<20}{'pairs':>6}  {'precision':<28}{'recall':<28}{'F1':<28}")
        for each in chosen:
            _measure_samples(each)
    if worse:
        print(f"worse with labels, or not better by enough: {', '.join(worse)}")
    return 1 if worse else 0


def _measure(data_set: _DataSet) -> bool:
    """Print the line of a data set; return whether labels serve."""
    records, truth = data_set.load()
    untaught = data_set.resolve(records)
    person = _Person(truth, untaught)
    labels, run, after = Labels(), untaught, []
    for _ in range(_N_ROUNDS):
        labels += Labels.of(person.answer(each.left, each.right) for each in review_queue(run, labels, n=_N_QUESTIONS))
        model = teach(untaught, labels)
        run = _resolved(data_set, records, labels, model)
        after.append(person.f1(run))
    without, both = person.f1(untaught), after[-1]
    taught = person.f1(data_set.resolve(records, model=model))
    verdicts = person.f1(_resolved(data_set, records, labels, untaught.model))
    shown = " ".join(f"{f1:.4f}" for f1 in after)
    print(
        f"{data_set.name:<20}{without:>9.4f}{taught:>9.4f}{verdicts:>9.4f}{both:>9.4f}{model.n_labels:>15}  {shown}",
        flush=True,
    )
    needed = without + max(0.0, _CEILINGS.get(data_set.name, 0.0) - without) / 3
    return both >= needed and taught >= without


class _Person:
    """Answers as the truth has it."""

    def __init__(self, truth: Any, result: custid.Result) -> None:
        known = read_truth(truth)
        sources = [""] * len(known.key) if known.source is None else known.source.to_pylist()
        of = dict(zip(zip(sources, known.key.to_pylist(), strict=True), known.true_id.to_pylist(), strict=True))
        names = _names(result)
        self._customer = {name: of[name] if name in of else of["", name[1]] for name in names}
        self._true = [self._customer[name] for name in names]

    def says(self, left: RecordName, right: RecordName) -> Verdict:
        return Verdict.MATCH if self._customer[left] == self._customer[right] else Verdict.NON_MATCH

    def answer(self, left: RecordName, right: RecordName) -> Label:
        return Label(left=left, right=right, verdict=self.says(left, right))

    def evaluation(self, result: custid.Result) -> Any:
        keys = [str(row) for row in range(len(self._true))]
        found = pa.table({"record_key": keys, "customer": result.assignments["customer"]})
        return custid.evaluate(found, dict(zip(keys, self._true, strict=True)))

    def f1(self, result: custid.Result) -> float:
        return float(self.evaluation(result).pairwise.f1)


def _names(result: custid.Result) -> list[RecordName]:
    return list(
        zip(result.assignments["source"].to_pylist(), result.assignments["record_key"].to_pylist(), strict=True)
    )


def _resolved(data_set: _DataSet, records: Any, labels: Labels, model: custid.TrainedMatchModel) -> custid.Result:
    """Return the run with a match model and with labels as verdicts."""
    return data_set.resolve(records, model=model, labels=labels)


def _measure_samples(data_set: _DataSet) -> None:
    """Print the intervals from samples, with * where they do not hold the truth."""
    records, truth = data_set.load()
    result = data_set.resolve(records)
    person = _Person(truth, result)
    for n in (100, 200):
        drawn = quality_sample(result, n)
        found = estimate_quality(result, Labels.of(each.answered(person.says(each.left, each.right)) for each in drawn))
        known = None
        if drawn.n_pairs <= 500_000:
            every = quality_sample(result, drawn.n_pairs)
            known = estimate_quality(
                result, Labels.of(each.answered(person.says(each.left, each.right)) for each in every)
            )
        shown = "".join(f"{_interval(found, known, name):<28}" for name in ("precision", "recall", "f1"))
        print(f"{data_set.name:<20}{len(drawn):>6}  {shown}", flush=True)


def _interval(found: QualityEstimate, known: QualityEstimate | None, name: str) -> str:
    interval = getattr(found, name)
    shown = f"{interval.low:.3f} to {interval.high:.3f}"
    if known is None:
        return shown
    value = getattr(known, name).value
    return f"{shown} ({value:.4f}{'' if interval.low <= value + 1e-12 and value <= interval.high + 1e-12 else ' *'})"


if __name__ == "__main__":
    sys.exit(main())
