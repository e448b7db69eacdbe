"""Link two systems that keep customers in different columns, and list who is known to both."""

from __future__ import annotations

import sys

import custid
from custid.testing import synthetic_customers


def sources() -> tuple[dict[str, list[dict[str, str]]], dict[str, str]]:
    """Return two systems' rows, and the true customer of each record key."""
    made = synthetic_customers(1200, seed=11)
    rows = made.records.to_pylist()
    office = [row for row in rows if row["shop"] == "office"]
    orders = [
        {
            "order_no": row["record_id"],
            "name": f"{row['given_name']} {row['family_name']}".strip() or row["company"],
            "e-mail": row["email"],
            "phone": row["mobile"] or row["phone"],
            "zip": row["postcode"],
            "address": f"{row['house_number']} {row['street']}".strip(),
        }
        for row in rows
        if row["shop"] == "web"
    ]
    truth = {row["record_id"]: row["true_id"] for row in made.truth.to_pylist()}
    return {"office": office, "web": orders}, truth


def main() -> None:
    """Link and report."""
    systems, truth = sources()
    # "order_no" would not be taken for the key of a customer record: a schema for that source says so.
    schema = {"web": custid.Schema(record_key="order_no")}
    result = custid.link(systems, schema=schema, duplicate_free=False)
    print(result)

    known_to_both = [row for row in result.customers.to_pylist() if len(row["sources"]) == len(systems)]
    print(f"\n{len(known_to_both)} customers are known to both systems, for example:")
    for row in known_to_both[:5]:
        print(f"  {row['n_records']} records, least certain with probability {row['min_match_probability']:.3f}")

    keys = set(result.assignments["record_key"].to_pylist())
    evaluation = custid.evaluate(result, {key: label for key, label in truth.items() if key in keys})
    print(f"\n{evaluation}")
    if evaluation.pairwise.f1 < 0.8:
        sys.exit("expected most customers to be linked")


if __name__ == "__main__":
    main()
