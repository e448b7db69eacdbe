"""Replace parts by your own: standardizer, blocking, comparison, clustering, and the settings of the steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import custid
from custid.blocking import AtomColumn, record_atoms, view_atoms
from custid.clustering import AttachmentOptions, ContractionOptions, GreedyClusterer, PairGraph
from custid.comparison import DateLevels, EmailLevels, FunctionLevels, PersonNameComparison, ValueComparison
from custid.table import RecordTable
from custid.testing import synthetic_customers
from custid.typing import Standardized


# A standardizer takes a raw value and returns its canonical form; an empty one means that nothing is known.
def card_number(raw: str) -> Standardized:
    """Keep the digits of a loyalty card, and the prefix of the shop that issued it."""
    card = "".join(symbol for symbol in raw.upper() if symbol.isalnum())
    return Standardized(card) if card[:2].isalpha() else Standardized("", issue="no_card")


# Levels of two values that differ, from 0 for the rest up to the last but one; equal values are at the last.
same_digits = FunctionLevels(
    ("else", "last four digits", "same digits in another order", "exact"),
    lambda left, right: 2 if sorted(left) == sorted(right) else int(left[-4:] == right[-4:]),
)


# Blocking: what two records may share so that they are compared.
def with_card_endings(table: RecordTable) -> list[AtomColumn]:
    """Compare records whose cards end alike, beside all others."""
    return [*record_atoms(table), view_atoms(table, "loyalty_card", "ending", lambda card: [card[-4:]])]


# A clusterer turns weighed pairs into clusters.
def careful(graph: PairGraph) -> NDArray[np.int64]:
    """Join less: pairs that share no key count more against a merge, single records join when nearly certain."""
    attachment = AttachmentOptions(min_probability=0.999)
    return GreedyClusterer(contraction=ContractionOptions(unscored_bits=-8.0), attachment=attachment)(graph)


COMPARISONS = (
    PersonNameComparison(),
    ValueComparison(attribute="birth_date", levels=DateLevels()),
    ValueComparison(attribute="email", levels=EmailLevels()),
    ValueComparison(attribute="phone", levels=same_digits),
    ValueComparison(attribute="loyalty_card", levels=same_digits, is_personal=True),
)


def main() -> None:
    """Resolve the same customers with the ready-made parts and with our own."""
    made = synthetic_customers(1500, seed=4)
    ready_made = custid.dedupe(made.records)
    own = custid.dedupe(
        made.records,
        standardizers={"loyalty_card": card_number},
        blocking=with_card_endings,
        comparisons=COMPARISONS,
        clusterer=careful,
        options=custid.ResolveOptions(review_probability=0.3),
    )
    print("compared:", ", ".join(own.report.compared))
    for parameters in own.model.parameters:
        if parameters.output.name == "phone":
            for level, bits in zip(parameters.output.levels, parameters.level_bits().tolist(), strict=False):
                print(f"  phone, {level}: {bits:+.1f} bits")
    for name, result in (("ready-made", ready_made), ("own", own)):
        pairwise = custid.evaluate(result, made.truth).pairwise
        print(f"{name:<12}{result.n_customers:>6,} customers, F1 {pairwise.f1:.4f}")
        if pairwise.f1 < 0.8:
            raise SystemExit("expected most customers to be found")


if __name__ == "__main__":
    main()
