"""Learn a match model once, save it, and use it on a file that is too small to learn from."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import custid
from custid.testing import bakery_customers


def main() -> None:
    """Train on many records, resolve few with the saved model."""
    model = custid.train(bakery_customers(3000, seed=1).records)
    tonight = bakery_customers(100, seed=2)

    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "model.json"
        model.save(file)
        print(f"The model is a file of {file.stat().st_size / 1024:.0f} kB, without any customer's data.")
        loaded = custid.TrainedMatchModel.load(file)

    print(f"It was trained on {loaded.n_records:,} records and holds, for example:")
    for parameters in loaded.parameters[:2]:
        for level, bits in zip(parameters.output.levels, parameters.level_bits().tolist(), strict=False):
            print(f"  {parameters.output.name}, {level}: {bits:+.1f} bits")

    by_itself = custid.dedupe(tonight.records)
    with_model = custid.dedupe(tonight.records, model=loaded)
    again = custid.dedupe(tonight.records, model=model)
    for name, result in (("learned from 100 records", by_itself), ("with the saved model", with_model)):
        print(f"{name}: F1 {custid.evaluate(result, tonight.truth).pairwise.f1:.4f}")
    if with_model.assignments != again.assignments:
        sys.exit("expected the loaded model to decide as the one that was saved")


if __name__ == "__main__":
    main()
