"""A car dealer and the manufacturer exchange keys: each learns the other's key of common customers, nothing else."""

from __future__ import annotations

import sys
from random import Random

import custid
from custid.testing import synthetic_customers


def files() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the buyers whom the manufacturer knows, with their cars, and the customers of one dealer's garage."""
    rows = synthetic_customers(1_000, seed=9, share_of_organizations=0.1).records.to_pylist()
    draw = Random(2)  # noqa: S311 - nothing is kept secret by it
    buyers = [row | {"owner_no": f"M{number:05}"} for number, row in enumerate(rows) if row["shop"] == "office"]
    for row in buyers:
        row["vin"] = "VF1" + "".join(draw.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=14))
    garage = [row | {"dossier": f"D{number:05}"} for number, row in enumerate(rows) if row["shop"] == "web"]
    for row in (*buyers, *garage):
        del row["record_id"], row["shop"]
    return buyers, garage


def main() -> None:
    """Link the two files, hand each side its keys, and use them for a recall."""
    buyers, garage = files()
    result = custid.link(
        {"manufacturer": buyers, "dealer": garage},
        schema={"manufacturer": custid.Schema(record_key="owner_no"), "dealer": custid.Schema(record_key="dossier")},
        duplicate_free=False,
    )
    held: dict[int, dict[str, list[str]]] = {}
    for row in result.assignments.to_pylist():
        held.setdefault(row["customer"], {"manufacturer": [], "dealer": []})[row["source"]].append(row["record_key"])
    # What is exchanged: keys and a probability.  No name, no address, no car crosses the line.
    sure = dict(zip(result.customers["customer"].to_pylist(), result.customers["probability"].to_pylist(), strict=True))
    exchanged = [
        (owner, dossier, sure[customer])
        for customer, keys in held.items()
        for owner in keys["manufacturer"]
        for dossier in keys["dealer"]
    ]
    print(f"{len(buyers)} buyers, {len(garage)} dossiers; {len(exchanged)} pairs of keys are exchanged, for example:")
    for owner, dossier, probability in sorted(exchanged)[:3]:
        print(f"  {owner} = {dossier}, with probability {probability:.3f}")

    recalled = {row["owner_no"] for row in buyers if row["vin"][3] in "ABCDEFGHJKLMN"}
    has_number = {row["dossier"] for row in garage if row["mobile"] or row["phone"]}
    called = {owner for owner, dossier, _ in exchanged if owner in recalled and dossier in has_number}
    print(f"{len(recalled)} cars are recalled: letters go out, and the dealer is asked, by dossier,")
    print(f"to call the owners of {len(called)} of them whose number it has")
    if len(exchanged) < 50:
        sys.exit("expected many common customers")


if __name__ == "__main__":
    main()
