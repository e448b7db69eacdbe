"""A call center: recognize callers from what they say, one good question at a time, and show the customer's card."""

from __future__ import annotations

import sys

import custid
from custid.registry import Recognition, Registry
from custid.testing import synthetic_customers


def conversation(registry: Registry, caller: dict[str, str]) -> tuple[Recognition, list[str]]:
    """Ask for one attribute after the other, the most telling one first, until it is clear who calls."""
    asked = ["family_name"]
    while True:
        who = registry.identify({name: caller[name] for name in asked}, match_probability=0.95)
        question = who.next_question
        if question is None or not caller.get(question.attribute):
            return who, asked
        asked.append(question.attribute)


def main() -> None:
    """Fill a registry with invented customers and let some of them call."""
    rows = synthetic_customers(1_000, seed=4, share_of_organizations=0.0).records.to_pylist()
    registry = custid.open_registry("memory")
    registry.train(rows)
    registry.ingest(rows, source="shop")

    n_wrong, recognized = 0, []
    callers = [row for row in rows if row["given_name"] and row["family_name"] and row["birth_date"]][:50]
    for number, caller in enumerate(callers):
        who, asked = conversation(registry, caller)
        if number < 5:
            print(f"{who.decision.value}: {who.customer}, from {', '.join(asked)}")
        if who.customer is not None:
            recognized.append(who.customer)
            n_wrong += who.customer != registry.id_of(("shop", caller["record_id"]))
    print(f"{len(recognized)} of {len(callers)} callers were recognized, {n_wrong} of them as somebody else")

    print("\nWhat the agent sees of the last one:")
    print(registry.card(recognized[-1]).text())
    if n_wrong > len(recognized) // 20:
        sys.exit("expected nearly all callers to be recognized as themselves")


if __name__ == "__main__":
    main()
