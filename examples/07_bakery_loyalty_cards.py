"""Three bakeries with a loyalty card each: one account of points per customer, whichever card is shown at the till."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from random import Random

import custid
from custid.testing import bakery_customers


def main() -> None:
    """Give every card its customer, add up the points of a month, and replace a card that was lost."""
    rows = bakery_customers(900, seed=5).records.to_pylist()
    registry = custid.open_registry("memory")
    registry.train(rows)
    shops: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        shops[row["boutique"]].append(row)
    schema = custid.Schema(record_key="numero", columns={"boutique": None})
    for shop, its_rows in shops.items():
        registry.ingest(its_rows, source=shop, schema=schema)

    # A card leads to a record, and the record to its customer: the card itself is no customer.
    customer_of = {
        row["carte_fidelite"]: registry.id_of((row["boutique"], row["numero"])) for row in rows if row["carte_fidelite"]
    }
    cards: dict[str, set[str]] = defaultdict(set)
    for card, customer in customer_of.items():
        cards[customer].add(card)
    n_several = sum(len(held) > 1 for held in cards.values())
    print(f"{len(customer_of)} cards, {len(cards)} customers; {n_several} of them hold cards of several bakeries")

    tills = Random(1)  # noqa: S311 - nothing is kept secret by it
    points: Counter[str] = Counter()
    for card in tills.choices(sorted(customer_of), k=5_000):
        points[customer_of[card]] += tills.randint(1, 20)
    print("The best customers of the month, whichever bakery they went to:")
    for best, total in points.most_common(3):
        print(f"  {best}: {total} points on {len(cards[best])} cards")

    holder = next(
        row for row in shops["Maison Brioche"] if row["carte_fidelite"] and row["courriel"] and row["telephone"]
    )
    before = registry.id_of(("Maison Brioche", holder["numero"]))
    lost, new = holder["carte_fidelite"], "MB00000042"
    registry.ingest([holder | {"numero": "new-1", "carte_fidelite": new}], source="Maison Brioche", schema=schema)
    after = registry.id_of(("Maison Brioche", "new-1"))
    print(f"A lost card was replaced: {points[customer_of[lost]]} points are kept")
    if before != after or not n_several:
        sys.exit("expected a new card to lead to its old customer, and some customers to hold several cards")


if __name__ == "__main__":
    main()
