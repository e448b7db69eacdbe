"""What a registry answers to the question whose records some values are."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import Any

import attrs
from attrs import field, frozen

from custid.engines.pair_evidence import PairEvidence
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey

__all__ = ["Candidate", "Grade", "NextQuestion", "ProbeIssue", "Recognition", "RecognitionDecision"]


class RecognitionDecision(StrEnum):
    """What is known of who is asked for."""

    RECOGNIZED = "recognized"
    """One customer is probable enough."""
    AMBIGUOUS = "ambiguous"
    """Neither one customer nor that it is none of them is probable enough."""
    UNKNOWN = "unknown"
    """That it is no customer of the registry is probable enough."""


class Grade(StrEnum):
    """How sure a candidate is, in the words of FHIR's ``match-grade``."""

    CERTAIN = "certain"
    """Probable enough to be taken for the customer."""
    PROBABLE = "probable"
    """More probable than all else together, but not probable enough."""
    POSSIBLE = "possible"
    """Not ruled out."""


@frozen(kw_only=True)
class ProbeIssue:
    """Why something that was stated is no evidence, or less than it seems.

    Attributes
    ----------
    name : str
        The attribute or column, as it was asked with.
    issue : str
        ``"generic"`` for a value that too many names of the registry share, ``"not_compared"`` for what the match
        model does not know, ``"no_value"`` for text that says nothing, or what a standardizer noticed, such as
        ``"unparsable"``.
    """

    name: str
    issue: str


@frozen(kw_only=True)
class NextQuestion:
    """An attribute to ask for.

    Attributes
    ----------
    attribute : str
        Its name in `custid.model.ATTRIBUTES`, under which the answer can be added to the question.
    information_bits : float
        What the answer is expected to tell about which customer it is, in bits.
    """

    attribute: str
    information_bits: float


@frozen(kw_only=True)
class Candidate:
    """A customer that it may be.

    Attributes
    ----------
    customer : CustomerId
        The customer.
    grade : Grade
        How sure it is.
    probability : float
        That it is this customer, in [0, 1].
    weight_bits : float
        Match weight of what was asked with the record of the customer that is nearest: to the bit that of
        `custid.dedupe`, were the question a row.
    record : RecordKey
        That record; of several that say the same the first one.
    """

    customer: CustomerId
    grade: Grade
    probability: float
    weight_bits: float
    record: RecordKey
    _evidence: Callable[[], PairEvidence] = field(repr=False, eq=False, alias="evidence")

    @cached_property
    def why(self) -> PairEvidence:
        """What the weight is made of, comparison by comparison: the question on the left, the record on the right.

        It is worked out when first asked for, from what the record said when the question was put.
        """
        return self._evidence()


@frozen(kw_only=True)
class Recognition:
    """An answer of `Registry.identify`.

    Attributes
    ----------
    decision : RecognitionDecision
        What is known.
    customer : CustomerId or None
        The customer recognized; None unless one was.
    candidates : tuple of Candidate
        Customers that it may be, the most probable first, those equally probable by identifier.
    unknown_probability : float
        That it is no customer of the registry, in [0, 1].
    change : int
        Number of the last change of the registry that the answer knows of.
    """

    decision: RecognitionDecision
    customer: CustomerId | None
    candidates: tuple[Candidate, ...]
    unknown_probability: float
    change: int
    _issues: Callable[[], tuple[ProbeIssue, ...]] = field(repr=False, eq=False, alias="issues")
    _question: Callable[[], NextQuestion | None] = field(repr=False, eq=False, alias="question")

    @cached_property
    def issues(self) -> tuple[ProbeIssue, ...]:
        """What of the question is no evidence, by name; told when first asked for."""
        return self._issues()

    @cached_property
    def next_question(self) -> NextQuestion | None:
        """The attribute to ask for next; None where a customer is recognized, or no attribute would help.

        It is worked out when first asked for; :func:`~custid.registry.next_question.best_question` tells how.
        """
        return self._question()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain dicts, lists, numbers and texts, with reasons and the next question.

        Returns
        -------
        dict
            Values of customers are in ``why``; all else holds names, keys and numbers.
        """
        return {
            "decision": self.decision.value,
            "customer": self.customer,
            "candidates": [
                {
                    "customer": each.customer,
                    "grade": each.grade.value,
                    "probability": each.probability,
                    "weight_bits": each.weight_bits,
                    "record": list(each.record),
                    "why": attrs.asdict(each.why),
                }
                for each in self.candidates
            ],
            "unknown_probability": self.unknown_probability,
            "next_question": None if self.next_question is None else attrs.asdict(self.next_question),
            "issues": [attrs.asdict(each) for each in self.issues],
            "change": self.change,
        }
