"""One change of customers with its reasons: a pair of records, explained by both results."""

from __future__ import annotations

from typing import Any

import attrs
from attrs import field, frozen

from custid.evaluation import ChangeKind
from custid.report.wording import attribute_label
from custid.result import Explanation, Result
from custid.steering._changes import Change, Overlap
from custid.steering._wording import number, said

__all__ = ["ChangeExample", "WeightChange", "example_of"]

_NOTABLE_BITS = 0.05
_N_PARTS_NAMED = 3


@frozen(kw_only=True)
class WeightChange:
    """How much more or less one part of a match weight counts.

    Attributes
    ----------
    name : str
        Name of the comparison; ``"prior"`` for the odds before anything is compared, ``"moved"`` for what it gives
        back that a customer may have moved, ``"alternative"`` for what other explanations take away.
    level_before, level_after : str
        Label of the level; empty for the last three, and where a result does not have the comparison.
    bits_before, bits_after : float
        Partial match weight; 0 where a result does not have the comparison.
    """

    name: str
    level_before: str
    level_after: str
    bits_before: float
    bits_after: float

    @property
    def added_bits(self) -> float:
        """What it counts more afterwards; negative where it counts less."""
        return self.bits_after - self.bits_before


@frozen(kw_only=True)
class ChangeExample:
    """A merge, split or regrouping with the pair of records that tells most about it.

    Attributes
    ----------
    kind : ChangeKind
        What becomes of the customers.
    customers_before, customers_after : tuple of int
        The customers, as each result numbers them.
    n_records : int
        Records they hold that both results have.
    before, after : Explanation
        The strongest pair that is one customer in one result only, explained by both results; they hold values of
        customers, which neither ``str`` nor :meth:`to_dict` shows.
    parts : tuple of WeightChange
        What the parts of the pair's match weight count before and after; the greatest difference first.
    """

    kind: ChangeKind
    customers_before: tuple[int, ...]
    customers_after: tuple[int, ...]
    n_records: int
    before: Explanation = field(repr=False)
    after: Explanation = field(repr=False)
    parts: tuple[WeightChange, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the example as plain dicts, lists and numbers, without values of customers."""
        return {
            "kind": self.kind.value,
            "customers_before": list(self.customers_before),
            "customers_after": list(self.customers_after),
            "n_records": self.n_records,
            "left": list(self.before.left),
            "right": list(self.before.right),
            "match_weight_before": self.before.weight_bits,
            "match_weight_after": self.after.weight_bits,
            "reason_before": self.before.reason.value,
            "reason_after": self.after.reason.value,
            "parts": [attrs.asdict(each) for each in self.parts],
        }

    def text(self, language: str = "en") -> str:
        """Return the example as one sentence without values of customers.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            The records, what the pair weighs before and after, and what counts more or less.
        """
        left, right = ("/".join(name) for name in (self.before.left, self.before.right))
        bits = [number(each.weight_bits, language, digits=1, sign=True) for each in (self.before, self.after)]
        parts = [
            said(
                "counts_more" if each.added_bits > 0 else "counts_less",
                language,
                name=_label(each.name, language),
                bits=number(abs(each.added_bits), language, digits=1),
            )
            for each in self.parts[:_N_PARTS_NAMED]
            if abs(each.added_bits) >= _NOTABLE_BITS
        ]
        reasons = [said(f"reason_{each.reason.value}", language) for each in (self.before, self.after)]
        return said(
            "example",
            language,
            left=left,
            right=right,
            before=bits[0],
            after=bits[1],
            parts=", ".join(parts) or said("counts_same", language),
            reason_before=reasons[0],
            reason_after=reasons[1],
        )

    def __str__(self) -> str:
        return self.text()


def example_of(before: Result, after: Result, overlap: Overlap, change: Change) -> ChangeExample:
    """Return a change with its reasons.

    Parameters
    ----------
    before, after : Result
        The two results.
    overlap : Overlap
        Where they differ.
    change : Change
        A merge, split or regrouping of theirs.

    Returns
    -------
    ChangeExample
        With both explanations of its pair.
    """
    left, right = (overlap.name(record) for record in change.pair)
    explained = before.explain(left, right), after.explain(left, right)
    return ChangeExample(
        kind=change.kind,
        customers_before=change.before,
        customers_after=change.after,
        n_records=change.n_records,
        before=explained[0],
        after=explained[1],
        parts=_parts(*explained),
    )


def _parts(before: Explanation, after: Explanation) -> tuple[WeightChange, ...]:
    parts = [
        {each.name: (each.level, each.bits) for each in explanation.comparisons}
        | {
            "prior": ("", explanation.prior_bits),
            "moved": ("", explanation.moved_bits),
            "alternative": ("", explanation.alternative_bits),
        }
        for explanation in (before, after)
    ]
    none = ("", 0.0)
    changes = [
        WeightChange(
            name=name,
            level_before=parts[0].get(name, none)[0],
            level_after=parts[1].get(name, none)[0],
            bits_before=parts[0].get(name, none)[1],
            bits_after=parts[1].get(name, none)[1],
        )
        for name in {**parts[0], **parts[1]}
    ]
    return tuple(sorted(changes, key=lambda each: (-abs(each.added_bits), each.name)))


def _label(name: str, language: str) -> str:
    return said(name, language) if name in {"prior", "moved", "alternative"} else attribute_label(name, language)
