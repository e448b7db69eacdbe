"""Find the customers in one file, look at the doubtful ones, and hold the result against the truth.

Run ``python examples/01_dedupe_a_file.py``; another CSV, Parquet or Arrow file may be given as an argument.
"""

from __future__ import annotations

import sys
from pathlib import Path

import custid

DATA = Path(__file__).parent / "data"


def main() -> None:
    """Resolve the sample of the three bakeries, or the file given."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "bakeries.csv"
    result = custid.dedupe(file)
    print(result)

    largest = result.customers.sort_by([("n_records", "descending"), ("customer", "ascending")]).slice(0, 3)
    print("\nThe customers with the most records:")
    for row in largest.to_pylist():
        print(f"  customer {row['customer']}: {row['n_records']} records from {', '.join(row['sources'])}")

    apart = [pair for pair in result.pairs.to_pylist() if not pair["same_customer"]]
    print(f"\n{len(apart)} pairs came near and were kept apart. The nearest:")
    for pair in apart[:1]:
        left = (pair["left_source"], pair["left_record_key"])
        right = (pair["right_source"], pair["right_record_key"])
        print(result.explain(left, right))

    if file == DATA / "bakeries.csv":
        evaluation = custid.evaluate(result, DATA / "bakeries_truth.csv")
        print(f"\n{evaluation}")
        if evaluation.pairwise.f1 < 0.97:
            sys.exit("expected the customers of the sample to be found")


if __name__ == "__main__":
    main()
