"""The golden record: what is taken to be true of a party, each value with the statement that it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from attrs import evolve, field, frozen

from custid.model import ATTRIBUTES, ExternalId, Record, Stated, sort_text, standing
from custid.survivorship.canonical import canonical_form, is_multiple, natural_key, slot_of
from custid.survivorship.conflicts import Conflict, conflict_between, worst
from custid.survivorship.consents import PROTECTION, ConsentChoice, consents_of
from custid.survivorship.evidence import check_one_party, usable_statements
from custid.survivorship.policy import Survivorship, default_survivorship
from custid.survivorship.rules import CandidateValue, Rule

__all__ = ["Choice", "Golden", "golden_record"]

_DEFAULT: Final = default_survivorship()


@frozen(kw_only=True)
class Choice:
    """A value, why it was chosen, and what else was said.

    Attributes
    ----------
    attribute : str
        Name of the attribute, as in `custid.model.ATTRIBUTES`.
    slot : str
        Which value of it: the use of a name, the name of a measure, the topic of a preference; empty for others.
    value : object
        The value, as a source stated it.
    statement : Stated
        Where it comes from.
    runners_up : tuple of Stated
        The other statements, the best first; where several values stand side by side, those of this value.
    rule : str
        Name of the rule that set it above the best other value; ``"canonical_text"`` where none did, ``"only_value"``
        where nothing else is said.
    conflict : Conflict
        How the runners-up differ from it; the worst of them.
    """

    attribute: str
    slot: str
    value: Any = field(repr=False)
    statement: Stated[Any] = field(repr=False)
    runners_up: tuple[Stated[Any], ...] = field(repr=False)
    rule: str
    conflict: Conflict


@frozen(kw_only=True)
class Golden:
    """What is taken to be true of a party.

    Attributes
    ----------
    single : tuple of Choice
        One for each attribute and slot of which a value was chosen, by their names.
    multiple : tuple of Choice
        One for each value of the attributes of which all are kept, by attribute and slot, the best first.
    consents : tuple of ConsentChoice
        What holds for each purpose and channel.
    """

    single: tuple[Choice, ...] = ()
    multiple: tuple[Choice, ...] = ()
    consents: tuple[ConsentChoice, ...] = ()

    def choice(self, attribute: str, slot: str = "") -> Choice | None:
        """Return what was chosen for an attribute.

        Parameters
        ----------
        attribute : str
            Its name.
        slot : str
            Which value of it, for example ``"usage"`` of ``"person_names"``.

        Returns
        -------
        Choice or None
            None where nothing is stated.
        """
        return next((each for each in self.single if (each.attribute, each.slot) == (attribute, slot)), None)

    def value(self, attribute: str, slot: str = "") -> Any:
        """Return the value chosen for an attribute; None where nothing is stated.

        Parameters
        ----------
        attribute : str
            Its name.
        slot : str
            Which value of it.

        Returns
        -------
        object
            The value.
        """
        found = self.choice(attribute, slot)
        return found.value if found is not None else None

    def values(self, attribute: str) -> tuple[Any, ...]:
        """Return all values of an attribute of which several stand side by side.

        Parameters
        ----------
        attribute : str
            Its name, for example ``"contacts"``.

        Returns
        -------
        tuple
            The best first; empty where nothing is stated.
        """
        return tuple(each.value for each in self.multiple if each.attribute == attribute)

    def consent(self, purpose: str, channel: str = "") -> ConsentChoice | None:
        """Return what holds for a purpose and a channel; what was said of all channels holds for each.

        Parameters
        ----------
        purpose : str
            The purpose.
        channel : str
            The channel; empty for all.

        Returns
        -------
        ConsentChoice or None
            None where nothing was said, which is no consent.
        """
        found = [each for each in self.consents if each.purpose == purpose and each.channel in {"", channel}]
        return max(found, key=lambda each: (PROTECTION.index(each.status), each.channel), default=None)

    def conflicts(self, least: Conflict = Conflict.CONTRADICTION) -> tuple[Choice, ...]:
        """Return the choices whose runners-up differ from them.

        Parameters
        ----------
        least : Conflict
            The least conflict that counts.

        Returns
        -------
        tuple of Choice
            Single ones first.
        """
        return tuple(each for each in (*self.single, *self.multiple) if worst((each.conflict, least)) is each.conflict)


def golden_record(
    records: Iterable[Record],
    *,
    rules: Survivorship | None = None,
    at: date | None = None,
    known_at: datetime | None = None,
) -> Golden:
    """Return what is taken to be true of a party.

    Every value is one that a source stated, whole: an address is never put together from two.  The result depends on
    what is stated, not on the order of the records or on their keys.

    Parameters
    ----------
    records : iterable of Record
        All records of one party.  Restricted ones give no values, only refusals of consent.
    rules : Survivorship, optional
        What decides; `default_survivorship` by default.
    at : date, optional
        Only what holds on this day; without it, all that was ever said.
    known_at : datetime, optional
        Only what had been recorded by then, to see what was known at the time.

    Returns
    -------
    Golden
        The values; none for no records.

    Raises
    ------
    ModelError
        If the records speak of different kinds of parties, or belong to different tenants.

    Examples
    --------
    >>> from datetime import timezone
    >>> from custid.model import PartialDate, Person, Provenance
    >>> def said(source, text):
    ...     seen = datetime(2024, 5, 1, tzinfo=timezone.utc)
    ...     by = Provenance(source=source, record="1", observed_at=seen, recorded_at=seen)
    ...     person = Person(birth_dates=(Stated(PartialDate(text), by),))
    ...     return Record(source=source, key="1", party=person)
    >>> born = golden_record([said("till", "1984"), said("web", "1984-06-12")]).choice("birth_date")
    >>> str(born.value), born.statement.by.source, born.rule, born.conflict.value
    ('1984-06-12', 'web', 'most_specific', 'compatible')
    """
    records = tuple(records)
    check_one_party(records)
    rules = _DEFAULT if rules is None else rules
    single: dict[tuple[str, str], list[Stated[Any]]] = {}
    multiple: dict[tuple[str, str], list[Stated[Any]]] = {}
    for attribute, statement in usable_statements(records, known_at=known_at):
        target = multiple if is_multiple(attribute, statement.value) else single
        target.setdefault((attribute, slot_of(statement.value)), []).append(statement)
    chosen = [
        _choose(*place, _holding(statements, at, is_single=True), rules.rules_of(place[0]))
        for place, statements in sorted(single.items())
    ]
    kept = [
        choice
        for place, statements in sorted(multiple.items())
        for choice in _keep(*place, _holding(statements, at, is_single=False), rules.rules_of(place[0]))
    ]
    return Golden(
        single=tuple(choice for choice in chosen if choice is not None),
        multiple=tuple(kept),
        consents=consents_of(records, at=at, known_at=known_at),
    )


def _holding(statements: list[Stated[Any]], at: date | None, *, is_single: bool) -> list[Stated[Any]]:
    """Return what stands after what each record said later, on a day; superseded first: an end is news, too."""
    stands = standing(statements, (lambda _: "") if is_single else canonical_form)
    return [statement for statement in stands if at is None or statement.valid.contains(at)]


def _ranked(statements: list[Stated[Any]], rules: tuple[Rule, ...]) -> list[CandidateValue]:
    """Return candidates, the best first, given statements in the order of their texts."""
    if not statements:
        return []
    if len(statements) == 1:
        return [CandidateValue(statement=statements[0], form=natural_key(statements[0]), alike=tuple(statements))]
    alike: dict[str, list[Stated[Any]]] = {}
    for statement in statements:
        alike.setdefault(natural_key(statement), []).append(statement)
    # Provenance comes behind the text of the value: a key of a record may choose between two statements of one value,
    # never between two values.
    candidates = [
        CandidateValue(statement=statement, form=form, alike=tuple(group))
        for form, group in sorted(alike.items())
        for statement in (sorted(group, key=lambda each: sort_text(each.value)) if len(group) > 1 else group)
    ]
    return _in_order(candidates, rules)


def _in_order(candidates: list[CandidateValue], rules: tuple[Rule, ...]) -> list[CandidateValue]:
    """Return candidates, the best first; a rule is asked only of those that the rules before it leave even."""
    for place, rule in enumerate(rules):
        if len(candidates) == 1:
            break
        ranks = [rule.rank(each) for each in candidates]
        if ranks.count(ranks[0]) == len(ranks):
            continue
        ranked = sorted(zip(ranks, candidates, strict=True), key=itemgetter(0), reverse=True)
        return [
            candidate
            for _, even in groupby(ranked, key=itemgetter(0))
            for candidate in _in_order([each for _, each in even], rules[place + 1 :])
        ]
    return candidates


def _choose(attribute: str, slot: str, statements: list[Stated[Any]], rules: tuple[Rule, ...]) -> Choice | None:
    ranked = _ranked(statements, rules)
    if not ranked:
        return None
    best = ranked[0]
    rival = next((each for each in ranked if each.form != best.form), None)
    return Choice(
        attribute=attribute,
        slot=slot,
        value=best.statement.value,
        statement=best.statement,
        runners_up=tuple(each.statement for each in ranked[1:]),
        rule="only_value" if rival is None else _deciding(best, rival, rules),
        conflict=worst(conflict_between(best.statement, each.statement) for each in ranked[1:]),
    )


def _deciding(best: CandidateValue, rival: CandidateValue, rules: tuple[Rule, ...]) -> str:
    return next((rule.name for rule in rules if rule.rank(best) != rule.rank(rival)), "canonical_text")


def _keep(attribute: str, slot: str, statements: list[Stated[Any]], rules: tuple[Rule, ...]) -> list[Choice]:
    ranked = _ranked(statements, rules)
    groups: dict[str, list[CandidateValue]] = {}
    for candidate in ranked:
        groups.setdefault(candidate.form, []).append(candidate)
    kept = []
    for group in groups.values():
        best, others = group[0], tuple(each.statement for each in group[1:])
        kept.append(
            Choice(
                attribute=attribute,
                slot=slot,
                value=best.statement.value,
                statement=best.statement,
                runners_up=others,
                rule="only_value" if not others else _deciding(best, group[1], rules),
                conflict=worst(conflict_between(best.statement, other) for other in others),
            )
        )
    return [
        evolve(choice, conflict=Conflict.CONTRADICTION) if _is_disputed(choice, kept) else choice for choice in kept
    ]


def _is_disputed(choice: Choice, kept: list[Choice]) -> bool:
    """Tell whether an identifier of which a party has one at most stands beside another one of its time."""
    if not isinstance(choice.value, ExternalId):
        return False
    declared = ATTRIBUTES.get(choice.value.scheme)
    return (
        declared is not None
        and declared.is_exclusive
        and any(
            other is not choice
            and other.value.scheme == choice.value.scheme
            and other.statement.valid.overlaps(choice.statement.valid)
            for other in kept
        )
    )
