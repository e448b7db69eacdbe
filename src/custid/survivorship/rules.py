"""Rules that put statements about one thing in an order; composed, the first that tells two apart decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import attrs
from attrs import frozen

from custid.errors import ConfigurationError
from custid.model import Basis, ContactPoint, PartialDate, PersonName, PostalAddress, Sex, Stated
from custid.standardize import to_ascii

__all__ = [
    "CandidateValue",
    "Rule",
    "case_quality",
    "declared_over_observed",
    "deliverable_first",
    "inferred_last",
    "lasting_first",
    "longest_valid",
    "most_complete",
    "most_confident",
    "most_frequent",
    "most_recent",
    "most_specific",
    "own_word_first",
    "sound_first",
    "source_priority",
    "steward_first",
    "verified_first",
]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SELF: Final = "self"
"""Who collected what a customer entered himself."""
_MICROSECOND: Final = timedelta(microseconds=1)
_BOUNCES: Final = frozenset({"bounced", "returned", "undeliverable"})
_UNSOUND: Final = ("future", "implausible", "invalid", "misplaced", "placeholder", "prohibited", "truncated")
_TRUST_OF_BASIS: Final = {
    Basis.STEWARD: 3,
    Basis.DECLARED: 3,
    Basis.OBSERVED: 2,
    Basis.PURCHASED: 1,
    Basis.INFERRED: 0,
}


@frozen(kw_only=True)
class CandidateValue:
    """A statement among others about one thing.

    Attributes
    ----------
    statement : Stated
        The statement.
    form : str
        Canonical form of its value.
    alike : tuple of Stated
        All statements whose values have that form, this one included.
    """

    statement: Stated[Any]
    form: str
    alike: tuple[Stated[Any], ...]

    @property
    def n_sources(self) -> int:
        """How many independent sources say the same; a value that a source inferred does not count."""
        return len({each.by.source for each in self.alike if each.by.basis is not Basis.INFERRED})


@frozen
class Rule:
    """One way of putting candidates in an order.

    Attributes
    ----------
    name : str
        What a person reads when the rule decides.
    rank : callable
        Gives a candidate its rank, any value that can be compared with other ranks of the rule; the highest wins.  It
        must depend on the candidate alone, and must not look at keys of records.

    Examples
    --------
    >>> shops_first = Rule("shops_first", lambda candidate: candidate.statement.by.channel == "till")
    >>> shops_first.name
    'shops_first'
    """

    name: str
    rank: Callable[[CandidateValue], Any]


def steward_first() -> Rule:
    """Return the rule that a steward's word, and of several the last, stands above all others."""

    def rank(candidate: CandidateValue) -> tuple[bool, int]:
        is_steward = candidate.statement.by.basis is Basis.STEWARD
        return is_steward, _micros(candidate.statement.by.observed_at) if is_steward else 0

    return Rule("steward_first", rank)


def verified_first() -> Rule:
    """Return the rule that checked values come first, those checked last before others."""

    def rank(candidate: CandidateValue) -> tuple[bool, int]:
        moments = [_micros(check.at) for check in candidate.statement.by.verified]
        return bool(moments), max(moments, default=0)

    return Rule("verified_first", rank)


def sound_first() -> Rule:
    """Return the rule that values noted as placeholders, invalid, misplaced or prohibited come last."""

    def rank(candidate: CandidateValue) -> bool:
        return not any(issue.code.startswith(_UNSOUND) for issue in candidate.statement.issues)

    return Rule("sound_first", rank)


def source_priority(places: Mapping[str, int]) -> Rule:
    """Return the rule that some sources are trusted more than others.

    Parameters
    ----------
    places : mapping of str to int
        Sources with their places: 1 before 2; sources that are not named come last.

    Returns
    -------
    Rule
        The rule.

    Raises
    ------
    ConfigurationError
        If no source is named.

    Examples
    --------
    >>> source_priority({"registry": 1, "crm": 2}).name
    'source_priority'
    """
    if not places:
        raise ConfigurationError("source_priority: expected at least one source, got none.")
    fixed = dict(places)

    def rank(candidate: CandidateValue) -> float:
        return -fixed.get(candidate.statement.by.source, math.inf)

    return Rule("source_priority", rank)


def declared_over_observed() -> Rule:
    """Return the rule that what was declared beats what was observed, then purchased, then inferred."""
    return Rule("declared_over_observed", lambda candidate: _TRUST_OF_BASIS[candidate.statement.by.basis])


def own_word_first() -> Rule:
    """Return the rule that what customers entered themselves (collected by ``"self"``) beats what others wrote down."""

    def rank(candidate: CandidateValue) -> bool:
        by = candidate.statement.by
        return by.basis is Basis.DECLARED and by.collected_by == _SELF

    return Rule("own_word_first", rank)


def inferred_last() -> Rule:
    """Return the rule that a value which a source inferred comes after all that somebody said or saw."""
    return Rule("inferred_last", lambda candidate: candidate.statement.by.basis is not Basis.INFERRED)


def most_confident() -> Rule:
    """Return the rule that the value its source is surest of comes first: typed text before recognized writing."""
    return Rule("most_confident", lambda candidate: candidate.statement.by.confidence)


def most_recent(half_life: timedelta | None = None) -> Rule:
    """Return the rule that what was observed last comes first.

    Parameters
    ----------
    half_life : timedelta, optional
        With it, confidence halves in that time: a value of half the confidence has to be newer by one half-life.
        The order depends on no "today", so that it is the same whenever it is computed.

    Returns
    -------
    Rule
        The rule.

    Raises
    ------
    ConfigurationError
        If the half-life is not positive.
    """
    if half_life is None:
        return Rule("most_recent", lambda candidate: _micros(candidate.statement.by.observed_at))
    if half_life <= timedelta(0):
        raise ConfigurationError("most_recent: expected a half_life above 0, got another one.")
    span = half_life // _MICROSECOND

    def rank(candidate: CandidateValue) -> float:
        by = candidate.statement.by
        bits = math.log2(by.confidence) if by.confidence > 0 else -math.inf
        return _micros(by.observed_at) / span + bits

    return Rule("most_recent", rank)


def most_frequent() -> Rule:
    """Return the rule that the value of most independent sources comes first, however each of them writes it."""
    return Rule("most_frequent", lambda candidate: candidate.n_sources)


def most_complete() -> Rule:
    """Return the rule that the value with most parts comes first; an initial is less than a name."""
    return Rule("most_complete", lambda candidate: _completeness(candidate.statement.value))


def most_specific() -> Rule:
    """Return the rule that the date of which most is known comes first, a certain one before a doubtful one."""

    def rank(candidate: CandidateValue) -> tuple[int, bool]:
        value = candidate.statement.value
        if not isinstance(value, PartialDate):
            return 0, False
        return value.n_known_digits, not (value.is_uncertain or value.is_approximate)

    return Rule("most_specific", rank)


def case_quality() -> Rule:
    """Return the rule that mixed case beats capitals and small letters, then accents beat none."""

    def rank(candidate: CandidateValue) -> tuple[bool, int]:
        text = _written(candidate.statement.value)
        return text != text.upper() and text != text.lower(), _n_accents(text)

    return Rule("case_quality", rank)


def _n_accents(text: str) -> int:
    """Return how many letters have accents; 0 in other scripts, of which nothing is known."""
    if text.isascii() or not to_ascii(text).isascii():
        return 0
    is_latin = any(character.isascii() and character.isalpha() for character in text)
    return sum(character.isalpha() and not character.isascii() for character in text) if is_latin else 0


def longest_valid() -> Rule:
    """Return the rule that the value which holds for the longest time comes first."""

    def rank(candidate: CandidateValue) -> timedelta:
        valid = candidate.statement.valid
        return valid.last_day - valid.first_day

    return Rule("longest_valid", rank)


def lasting_first() -> Rule:
    """Return the rule that a value without a known end comes first, then the one that ends last."""
    return Rule("lasting_first", lambda candidate: candidate.statement.valid.last_day)


def deliverable_first() -> Rule:
    """Return the rule that a contact point from which mail came back, and that nobody checked since, comes last."""

    def rank(candidate: CandidateValue) -> bool:
        bounced = [
            _micros(each.by.observed_at)
            for each in candidate.alike
            if any(issue.code in _BOUNCES for issue in each.issues)
        ]
        checked = [_micros(check.at) for each in candidate.alike for check in each.by.verified]
        return not bounced or max(checked, default=min(bounced) - 1) > max(bounced)

    return Rule("deliverable_first", rank)


def _micros(moment: datetime) -> int:
    """Return a moment as a whole number: floats would make neighbors equal."""
    return (moment - _EPOCH) // _MICROSECOND


def _completeness(value: Any) -> tuple[int, ...]:
    if isinstance(value, ContactPoint):
        return _completeness(value.point)
    if isinstance(value, Sex):
        return (int(value is not Sex.NOT_KNOWN),)
    if isinstance(value, PersonName):
        words = (*value.given, value.family, value.particle)
        n_full = sum(len(word.rstrip(". ")) > 1 for word in words)
        return bool(value.family) + bool(value.given), n_full, sum(map(bool, words))
    if isinstance(value, str):
        return (len(value.split()),)
    left_out = {"lines"} if isinstance(value, PostalAddress) else set()
    parts = (getattr(value, name) for name in _parts_of(value.__class__) if name not in left_out)
    return (sum(part is not None and part not in {"", ()} for part in parts),)


def _written(value: Any) -> str:
    """Return the texts of a value as they are written."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(map(_written, value))
    # Forms of address and codes are written in one way only and would pass for care.
    left_out = {"prefix", "suffix", "use", "country", "legal_form", "kind"}
    names = (name for name in _parts_of(value.__class__) if name not in left_out)
    return " ".join(filter(None, (_written(getattr(value, name)) for name in names)))


@cache
def _parts_of(kind: type) -> tuple[str, ...]:
    """Return the names of the parts of values of a class."""
    return tuple(each.name for each in attrs.fields(kind)) if attrs.has(kind) else ()
