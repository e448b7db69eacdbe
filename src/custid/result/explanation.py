"""Why two records are one customer, or are not."""

from __future__ import annotations

from typing import Any

import attrs
from attrs import frozen

__all__ = ["ExplainedComparison", "Explanation", "explain_in_words"]

_NOTABLE_BITS = 1.0


@frozen(kw_only=True)
class ExplainedComparison:
    """One comparison of a pair.

    Attributes
    ----------
    name : str
        Name of the comparison.
    left_values, right_values : tuple of str
        Canonical values of both records; empty where there are none.
    level : str
        Label of the level; ``"missing"`` where a side has no value.
    bits : float
        Partial match weight.
    """

    name: str
    left_values: tuple[str, ...]
    right_values: tuple[str, ...]
    level: str
    bits: float


@frozen(kw_only=True)
class Explanation:
    """The match weight of a pair, part by part.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records.
    comparisons : tuple of ExplainedComparison
        What was compared.
    prior_bits : float
        Log-odds before anything is compared.
    alternative : str
        The likeliest other explanation of the agreement, such as ``"household"`` or ``"neighborhood"``; empty for none.
    alternative_bits : float
        What other explanations take away; 0 or less.
    weight_bits : float
        Sum of the prior, all partial weights and the other explanations.
    match_probability : float
        Probability of a match, by this pair alone.
    same_customer : bool
        What the run decided, all records considered.
    verdict : str
        The decision in a sentence.
    kept_apart_by : tuple of str
        Attributes of which a customer has one at most and these records different ones, so that they are two customers
        whatever the weight; none for most pairs.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    comparisons: tuple[ExplainedComparison, ...]
    prior_bits: float
    alternative: str
    alternative_bits: float
    weight_bits: float
    match_probability: float
    same_customer: bool
    verdict: str
    kept_apart_by: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain dicts, lists and numbers."""
        return attrs.asdict(self)

    def __str__(self) -> str:
        rows = [("", "left", "right", "level", "bits"), ("before comparing", "", "", "", f"{self.prior_bits:+.1f}")]
        rows.extend(
            (each.name, " | ".join(each.left_values), " | ".join(each.right_values), each.level, f"{each.bits:+.1f}")
            for each in self.comparisons
        )
        if self.alternative:
            rows.append((f"or one {self.alternative}", "", "", "", f"{self.alternative_bits:+.1f}"))
        rows.extend((f"different {name}", "", "", "", "apart") for name in self.kept_apart_by)
        rows.append(("match weight", "", "", "", f"{self.weight_bits:+.1f}"))
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = [
            "  ".join(
                cell.rjust(width) if column == 4 else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, self.verdict])


def explain_in_words(
    comparisons: tuple[ExplainedComparison, ...],
    weight_bits: float,
    probability: float,
    *,
    same_customer: bool,
    kept_apart_by: tuple[str, ...] = (),
) -> str:
    """Return the verdict on a pair as a sentence.

    Parameters
    ----------
    comparisons : tuple of ExplainedComparison
        What was compared.
    weight_bits : float
        Match weight of the pair.
    probability : float
        Its match probability.
    same_customer : bool
        What the run decided.
    kept_apart_by : tuple of str
        Attributes that keep the two apart for good.

    Returns
    -------
    str
        A sentence that names what speaks for and against, not the values.
    """
    ranked = sorted(comparisons, key=lambda each: (-abs(each.bits), each.name))
    in_favor = [f"{each.name} ({each.level})" for each in ranked if each.bits >= _NOTABLE_BITS]
    against = [f"{each.name} ({each.level})" for each in ranked if each.bits <= -_NOTABLE_BITS]
    decided = "One customer" if same_customer else "Two customers"
    reasons = [
        f"for a match: {', '.join(in_favor)}" if in_favor else "nothing speaks for a match",
        f"against it: {', '.join(against)}" if against else "nothing speaks against it",
    ]
    if kept_apart_by:
        if "party_kind" in kept_apart_by:
            return f"{decided}: not comparable, as one kind of party never is another; {'; '.join(reasons)}."
        differing = " and ".join(kept_apart_by)
        return f"{decided}: they differ in {differing}, of which a customer has one; {'; '.join(reasons)}."
    by_pair = weight_bits > 0
    aside = "" if by_pair == same_customer else "; the other records of the customers decided, not this pair alone"
    return f"{decided}: {'; '.join(reasons)}. Probability by this pair alone {probability:.3f}{aside}."
