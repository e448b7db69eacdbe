"""custid.survivorship.rules and custid.survivorship.policy."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from custid.errors import ConfigurationError
from custid.model import (
    Basis,
    ContactPoint,
    Email,
    Occupation,
    PartialDate,
    PersonName,
    PostalAddress,
    Sex,
    Stated,
)
from custid.survivorship import (
    CandidateValue,
    Rule,
    Survivorship,
    canonical_form,
    case_quality,
    declared_over_observed,
    default_survivorship,
    deliverable_first,
    lasting_first,
    longest_valid,
    most_complete,
    most_confident,
    most_recent,
    most_specific,
    sound_first,
    source_priority,
    verified_first,
)
from tests.survivorship.statements import stated


def rank(rule: Rule, statement: Stated[Any], *others: Stated[Any]) -> Any:
    return rule.rank(
        CandidateValue(statement=statement, form=canonical_form(statement.value), alike=(statement, *others))
    )


def assert_falling(rule: Rule, *statements: Stated[Any]) -> None:
    """Check that each statement ranks above the next one."""
    ranks = [rank(rule, statement) for statement in statements]
    assert all(left > right for left, right in pairwise(ranks))


def test_half_life_weighs_confidence_against_age() -> None:
    """Half the confidence is worth one half-life, no more and no less."""
    rule = most_recent(timedelta(days=10))
    old, sure = stated("a", day=0), stated("a", day=0, confidence=0.5)
    assert_falling(rule, stated("a", day=10.5, confidence=0.5), old, stated("a", day=9.5, confidence=0.5), sure)
    assert_falling(rule, old, stated("a", day=99, confidence=0))
    assert_falling(most_recent(), stated("a", day=1, confidence=0.1), old)


def test_verified_last_comes_first() -> None:
    """Any check beats none, and a later check an earlier one."""
    assert_falling(verified_first(), stated("a", verified=9), stated("a", verified=1), stated("a"))


def test_placeholders_come_last() -> None:
    """An issue that tells that the value is none puts it last; others do not."""
    rule = sound_first()
    assert_falling(rule, stated("a", issues=("several_values",)), stated("a", issues=("placeholder",)))
    assert_falling(rule, stated("a"), stated("a", issues=("misplaced_phone",)))


def test_declared_beats_observed_beats_purchased_beats_inferred() -> None:
    """Bases rank by how near they are to the person."""
    bases = (Basis.DECLARED, Basis.OBSERVED, Basis.PURCHASED, Basis.INFERRED)
    assert_falling(declared_over_observed(), *(stated("a", basis=basis) for basis in bases))


def test_sources_rank_by_place() -> None:
    """Named sources come in their order, others behind them."""
    assert_falling(source_priority({"a": 1, "b": 2}), stated("x", "a"), stated("x", "b"), stated("x", "c"))


def test_confidence_ranks() -> None:
    """The source that is surest comes first."""
    assert_falling(most_confident(), stated("a"), stated("a", confidence=0.6))


def test_specific_dates_rank_above_vague_ones() -> None:
    """Days before months before years, and certain before doubtful; other values are alike."""
    texts = ("1984-06-12", "1984-06-12~", "1984-06", "1984", "198X")
    assert_falling(most_specific(), *(stated(PartialDate(text)) for text in texts))
    assert rank(most_specific(), stated("a")) == rank(most_specific(), stated("b"))


def test_complete_names_rank_above_initials() -> None:
    """Given and family name before one of them, full words before initials."""
    names = (
        PersonName(given=("Jean", "Paul"), family="Petit"),
        PersonName(given=("Jean", "P."), family="Petit"),
        PersonName(given=("Jean",), family="Petit"),
        PersonName(given=("J.",), family="Petit"),
        PersonName(family="Petit"),
        PersonName(full="Jean Petit"),
    )
    assert_falling(most_complete(), *map(stated, names))


def test_complete_values_have_more_parts() -> None:
    """Addresses, occupations, texts and sexes rank by how much they say."""
    lines = ("12 rue Pasteur", "44000 Nantes")
    long = PostalAddress(number="12", street="rue Pasteur", postcode="44000", city="Nantes")
    short = PostalAddress(lines=lines, postcode="44000", city="Nantes")
    assert_falling(most_complete(), *(stated(ContactPoint(point=point)) for point in (long, short)))
    assert_falling(
        most_complete(), stated(Occupation(label="baker", employer="Petit")), stated(Occupation(label="baker"))
    )
    assert_falling(most_complete(), stated("Nantes Sud"), stated("Nantes"))
    assert_falling(most_complete(), stated(Sex.MALE), stated(Sex.NOT_KNOWN))
    assert rank(most_complete(), stated(1)) == rank(most_complete(), stated(2))


def test_care_shows_in_case_and_accents() -> None:
    """Mixed case with accents, then without, then capitals; forms of address and other scripts count for nothing."""
    names = (PersonName(family="Élodie Petit"), PersonName(family="Elodie Petit"), PersonName(family="ELODIE PETIT"))
    assert_falling(case_quality(), *map(stated, names))
    shouted = stated(PersonName(family="PETIT", prefix="Mme"))
    assert rank(case_quality(), shouted) == rank(case_quality(), stated(PersonName(family="petit")))
    assert rank(case_quality(), stated(PersonName(family="王"))) == (False, 0)
    assert rank(case_quality(), stated(3)) == (False, 0)


def test_long_and_lasting_periods_come_first() -> None:
    """An open period is the longest; of ended ones the longer, or the one that ended later."""
    open_, long, late = (stated("a", valid=valid) for valid in (("", ""), ("2000", "2010"), ("2012", "2013")))
    assert_falling(longest_valid(), open_, long, late)
    assert_falling(lasting_first(), open_, late, long)


def test_a_check_after_a_bounce_clears_it() -> None:
    """Mail that came back counts until somebody has checked the address again."""
    point = ContactPoint(point=Email(address="a@mail.example"))
    plain, bounced = stated(point), stated(point, "post", 5, issues=("bounced",))
    rule = deliverable_first()
    assert rank(rule, plain)
    assert not rank(rule, plain, bounced)
    assert not rank(rule, stated(point, verified=4), bounced)
    assert rank(rule, stated(point, verified=6), bounced)
    assert not rank(rule, stated(point, verified=6), bounced, stated(point, "post", 7, issues=("returned",)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: source_priority({}), "at least one source"),
        (lambda: most_recent(timedelta(0)), "half_life above 0"),
        (lambda: Survivorship(by_attribute={"shoe_size": ()}), "got 'shoe_size'"),
    ],
)
def test_rules_that_cannot_work_are_refused(make: Any, message: str) -> None:
    """Wrong options are found when rules are made."""
    with pytest.raises(ConfigurationError, match=message):
        make()


def test_rules_of_an_attribute_without_its_own() -> None:
    """An attribute without rules of its own has the default ones, and rules are never changed in place."""
    rules = default_survivorship()
    assert rules.rules_of("occupation") == rules.default
    other = rules.with_rules("occupation", most_complete())
    assert [rule.name for rule in other.rules_of("occupation")] == ["most_complete"]
    assert rules.rules_of("occupation") == rules.default
    assert isinstance(hash(rules), int)
