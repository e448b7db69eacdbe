"""Why two records are one customer, or are not."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import reduce
from typing import Any

import attrs
from attrs import frozen

from custid.engines.pair_evidence import ExplainedComparison
from custid.model.vocabularies import RELATION_KINDS
from custid.report.wording import LANGUAGES, attribute_label, level_label, listed, number_text, phrase
from custid.scoring.classes import CLASS_NAMES

__all__ = ["Barrier", "Between", "ExplainedComparison", "Explanation", "Reason"]

_NOTABLE_BITS = 1.0
_LEAST_BITS_SHOWN = 0.05
_EVEN = 0.5
_N_RULES_NAMED = 3


class Reason(StrEnum):
    """What decided about a pair.

    Of one customer: ``PAIR``, this pair alone would do; ``OTHER_RECORDS``, it was joined by way of others;
    ``EQUAL_CONTENT``, both rows state the same.  Of two customers: ``KEPT_APART``, they differ in what a customer has
    one of; ``ONE_PER_SOURCE``, both are of a source taken to be free of duplicates; ``NO_SHARED_KEY``, nothing proposed
    to compare them; ``BLOCKS_TOO_LARGE``, too many records share what they share; ``WEIGHED_LOW``, this pair alone
    would not do; ``OUTVOTED``, this pair alone would do, but the other records of the two customers speak against;
    ``BARRED``, this pair alone would do, but other records of the two customers must stay apart; ``RELATION``, the two
    are known to be related people.  Of either: ``VERDICT``, a person has said so; ``RULE``, a declared rule says so.
    """

    PAIR = "pair"
    OTHER_RECORDS = "other_records"
    EQUAL_CONTENT = "equal_content"
    KEPT_APART = "kept_apart"
    ONE_PER_SOURCE = "one_per_source"
    NO_SHARED_KEY = "no_shared_key"
    BLOCKS_TOO_LARGE = "blocks_too_large"
    WEIGHED_LOW = "weighed_low"
    OUTVOTED = "outvoted"
    BARRED = "barred"
    RELATION = "relation"
    VERDICT = "verdict"
    RULE = "rule"


@frozen(kw_only=True)
class Between:
    """What stands between two customers, over all their records.

    Attributes
    ----------
    n_pairs : int
        Pairs of distinct contents, one of each customer.
    n_weighed : int
        Those that were compared and are not kept apart for good.
    sum_bits : float
        Sum of their match weights.
    """

    n_pairs: int
    n_weighed: int
    sum_bits: float


@frozen(kw_only=True)
class Barrier:
    """What makes it certain that two records are one customer, or two.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records of which it is said: those explained, or others of their customers.
    reason : Reason
        Who says so: ``VERDICT``, ``RELATION``, ``KEPT_APART``, ``ONE_PER_SOURCE`` or ``RULE``.
    attributes : tuple of str
        Attributes of which the two have different values and a customer has one.
    text : str
        Kind of the relation or name of the rule; empty for the rest, and where a rule joins by way of other records.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    reason: Reason
    attributes: tuple[str, ...] = ()
    text: str = ""


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
    moved_bits : float
        What it gives back that a customer may have moved, who has nothing of an address in common with himself; 0 or
        more.
    alternative : str
        The likeliest other explanation of the agreement, such as ``"household"`` or ``"neighborhood"``; empty for none.
    alternative_bits : float
        What other explanations take away; 0 or less.
    weight_bits : float
        Sum of the prior, all partial weights, what moving gives back and the other explanations.
    match_probability : float
        Probability of a match, by this pair alone.
    same_customer : bool
        What the run decided, all records considered.
    reason : Reason
        What decided.
    was_weighed : bool
        Whether the run compared the two; if not, they were compared for the explanation alone.
    kept_apart_by : tuple of str
        Attributes of which a customer has one at most and these records different ones, so that they are two customers
        whatever the weight; none for most pairs.
    shared_keys : tuple of str
        Where the run did not compare the two: the blocking rules by which they share a key; none where they share none.
    block_cap : int
        Records in the largest block that the run looked at.
    needed_probability : float
        What a merge has to be more probable than (``ResolveOptions.match_probability``), in (0, 1).
    between : Between or None
        Where the other records outvoted this pair: what they say.
    barrier : Barrier or None
        Where something certain decided, whatever the weight: what it is.
    language : str
        Language of the text, ``"en"`` or ``"fr"``.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    comparisons: tuple[ExplainedComparison, ...]
    prior_bits: float
    moved_bits: float
    alternative: str
    alternative_bits: float
    weight_bits: float
    match_probability: float
    same_customer: bool
    reason: Reason
    was_weighed: bool = True
    kept_apart_by: tuple[str, ...] = ()
    shared_keys: tuple[str, ...] = ()
    block_cap: int = 0
    needed_probability: float = 0.5
    between: Between | None = None
    barrier: Barrier | None = None
    language: str = "en"

    @property
    def verdict(self) -> str:
        """The decision in a sentence or two, which name what speaks for and against, not the values."""
        decided, *reasons, last = self.sentences()
        if self.reason is Reason.KEPT_APART:
            reasons, last = [*reasons, last], ""
        first = self._phrase("colon", a=decided, b=self._joined(reasons))
        return f"{first}. {last}." if last else f"{first}."

    def sentences(self) -> list[str]:
        """Return the verdict piece by piece.

        Returns
        -------
        list of str
            What was decided; why, where another thing than this pair decided; what speaks for it; what against; and the
            probability by this pair alone, where that matters.  No piece begins with a capital but the first and last,
            and none ends with a stop.
        """
        decided = self._phrase("one_customer" if self.same_customer else "two_customers")
        said = [decided, *self._reasons(), *self._pros_and_cons()]
        if self.reason is not Reason.KEPT_APART:
            alone = self._phrase("by_pair_alone", p=number_text(self.match_probability, self.language, digits=3))
            by_others = self.reason in {Reason.OTHER_RECORDS, Reason.OUTVOTED}
            more = [self._phrase("others_decided")] if by_others else []
            if self.needed_probability != _EVEN and self.reason in {Reason.PAIR, Reason.WEIGHED_LOW}:
                more = [self._phrase("needed", p=number_text(self.needed_probability, self.language, digits=3))]
            said.append(self._joined([alone, *more]))
        return said

    def _joined(self, pieces: Sequence[str]) -> str:
        return reduce(lambda one, other: self._phrase("semicolon", a=one, b=other), pieces)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain dicts, lists and numbers."""
        return attrs.asdict(self) | {"verdict": self.verdict}

    def in_language(self, language: str) -> Explanation:
        """Return the same explanation in another language.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        Explanation
            Equal but for its text.
        """
        return attrs.evolve(self, language=language)

    def __str__(self) -> str:
        rows = [
            ("", self._phrase("left"), self._phrase("right"), self._phrase("level"), self._phrase("bits")),
            (self._phrase("before_comparing"), "", "", "", self._bits(self.prior_bits)),
            *(
                (
                    attribute_label(each.name, self.language),
                    " | ".join(each.left_values),
                    " | ".join(each.right_values),
                    level_label(each.level, self.language),
                    self._bits(each.bits),
                )
                for each in self.comparisons
            ),
        ]
        if self.may_have_moved:
            rows.append((self._phrase("or_moved"), "", "", "", self._bits(self.moved_bits)))
        if self.alternative:
            rows.append((self.alternative_label, "", "", "", self._bits(self.alternative_bits)))
        rows.extend(
            (self._phrase("different", text=attribute_label(name, self.language)), "", "", "", self._phrase("apart"))
            for name in self.kept_apart_by
        )
        rows.append((self._phrase("match_weight"), "", "", "", self._bits(self.weight_bits)))
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = [
            "  ".join(
                cell.rjust(width) if column == 4 else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, self.verdict])

    @property
    def may_have_moved(self) -> bool:
        """Whether a possible move counts: by 0.05 bits or more."""
        return self.moved_bits >= _LEAST_BITS_SHOWN

    @property
    def alternative_label(self) -> str:
        """What a person reads for the other explanation; empty for none."""
        if not self.alternative:
            return ""
        if self.alternative in CLASS_NAMES:
            return self._phrase(f"or_{self.alternative}")
        return self._phrase("or_other", text=self.alternative)

    def _phrase(self, code: str, **words: object) -> str:
        return phrase(code, self.language, **words)

    def _bits(self, value: float) -> str:
        return number_text(value, self.language, sign=True)

    def _reasons(self) -> list[str]:
        """Return what decided beside the comparisons of this pair."""
        if self.reason is Reason.KEPT_APART:
            if "party_kind" in self.kept_apart_by:
                return [self._phrase("not_comparable")]
            return [self._they_differ(self.kept_apart_by)]
        if self.reason is Reason.ONE_PER_SOURCE:
            return [self._phrase("one_per_source", text=repr(self.left[0]))]
        if self.barrier is not None and self.reason in {Reason.BARRED, Reason.RELATION, Reason.RULE, Reason.VERDICT}:
            return [self._certain(self.barrier)]
        if self.reason is Reason.BLOCKS_TOO_LARGE:
            rules = listed(self.shared_keys, self.language, at_most=_N_RULES_NAMED)
            return [self._phrase("blocks_too_large", cap=self.block_cap, text=rules)]
        if self.reason is Reason.OUTVOTED and self.between is not None:
            between = self.between
            total = self._bits(between.sum_bits)
            return [self._phrase("outvoted", n_pairs=between.n_pairs, n_weighed=between.n_weighed, bits=total)]
        if self.reason in {Reason.NO_SHARED_KEY, Reason.EQUAL_CONTENT}:
            return [self._phrase(self.reason.value)]
        return [] if self.was_weighed else [self._phrase("not_weighed")]

    def _certain(self, barrier: Barrier) -> str:
        """Return who makes it certain, and of which records where these are not the ones explained."""
        said = self._said_by(barrier)
        if {barrier.left, barrier.right} == {self.left, self.right} or self.same_customer:
            return said
        left, right = " ".join(barrier.left), " ".join(barrier.right)
        return self._phrase("apart_since", left=left, right=right, text=said)

    def _said_by(self, barrier: Barrier) -> str:
        if barrier.reason is Reason.VERDICT:
            return self._phrase("said_one" if self.same_customer else "said_two")
        if barrier.reason is Reason.RELATION:
            known = RELATION_KINDS.get(barrier.text)
            labels = (known.label_en, known.label_fr) if known is not None else (barrier.text, barrier.text)
            return self._phrase("related_people", text=labels[LANGUAGES.index(self.language)])
        if barrier.reason is Reason.ONE_PER_SOURCE:
            return self._phrase("one_per_source", text=repr(barrier.left[0]))
        if barrier.reason is Reason.KEPT_APART:
            return self._they_differ(barrier.attributes)
        if not barrier.text:
            return self._phrase("rule_by_others")
        return self._phrase("rule_one" if self.same_customer else "rule_two", text=barrier.text)

    def _pros_and_cons(self) -> list[str]:
        ranked = sorted(self.comparisons, key=lambda each: (-abs(each.bits), each.name))
        in_favor, against = (
            ", ".join(_named(each, self.language) for each in ranked if sign * each.bits >= _NOTABLE_BITS)
            for sign in (1, -1)
        )
        if against and self.moved_bits >= _NOTABLE_BITS:
            against = self._phrase("but_moved", text=against, bits=self._bits(self.moved_bits))
        return [
            self._phrase("for_it", text=in_favor) if in_favor else self._phrase("nothing_for"),
            self._phrase("against_it", text=against) if against else self._phrase("nothing_against"),
        ]

    def _they_differ(self, attributes: Sequence[str]) -> str:
        labels = [attribute_label(name, self.language) for name in attributes]
        return self._phrase("they_differ", text=listed(labels, self.language))


def _named(each: ExplainedComparison, language: str) -> str:
    return f"{attribute_label(each.name, language)} ({level_label(each.level, language)})"
