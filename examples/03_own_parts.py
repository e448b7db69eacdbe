"""Replace parts by your own: a standardizer, a comparison, and the settings of the steps."""

from __future__ import annotations

import sys

import custid
from custid.clustering import AttachmentOptions, ContractionOptions
from custid.comparison.levels import DateLevels, EmailLevels
from custid.comparison.names import PersonNameComparison
from custid.comparison.value_comparison import FunctionLevels, ValueComparison
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

COMPARISONS = (
    PersonNameComparison(),
    ValueComparison(attribute="birth_date", levels=DateLevels()),
    ValueComparison(attribute="email", levels=EmailLevels()),
    ValueComparison(attribute="phone", levels=same_digits),
    ValueComparison(attribute="loyalty_card", levels=same_digits, is_personal=True),
)

# Join less: pairs that share no key count more against a merge, and single records are attached when nearly certain.
OPTIONS = custid.ResolveOptions(
    contraction=ContractionOptions(unscored_bits=-8.0),
    attachment=AttachmentOptions(min_probability=0.999),
    review_probability=0.3,
)


def main() -> None:
    """Resolve the same customers with the ready-made parts and with our own."""
    made = synthetic_customers(1500, seed=4)
    ready_made = custid.dedupe(made.records)
    own = custid.dedupe(
        made.records, standardizers={"loyalty_card": card_number}, comparisons=COMPARISONS, options=OPTIONS
    )
    print("compared:", ", ".join(own.report.compared))
    for parameters in own.model.parameters:
        if parameters.output.name == "phone":
            for level, bits in zip(parameters.output.levels, parameters.level_bits().tolist(), strict=False):
                print(f"  phone, {level}: {bits:+.1f} bits")
    for name, result in (("ready-made", ready_made), ("own", own)):
        pairwise = custid.evaluate(result, made.truth).pairwise
        print(f"{name:<12}{result.n_customers:>6,} customers")
        print(f"{'':<12}precision {pairwise.precision:.4f}, recall {pairwise.recall:.4f}")
        if pairwise.f1 < 0.8:
            sys.exit("expected most customers to be found")


if __name__ == "__main__":
    main()
