"""`custid.result.explanation`."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from custid.errors import ConfigurationError
from custid.result import Between, ExplainedComparison, Explanation, Reason

_NAME = ExplainedComparison(name="family_name", left_values=("roy",), right_values=("roi",), level="close", bits=5.0)
_DATE = ExplainedComparison(name="birth_date", left_values=("1980",), right_values=("1971",), level="else", bits=-7.25)
_CITY = ExplainedComparison(name="city", left_values=("nantes",), right_values=(), level="missing", bits=0.0)
_PAIR = Explanation(
    left=("crm", "1"),
    right=("shop", "2"),
    comparisons=(_CITY, _NAME, _DATE),
    prior_bits=-9.5,
    moved_bits=0.0,
    alternative="household",
    alternative_bits=-0.5,
    weight_bits=-12.25,
    match_probability=0.174,
    same_customer=False,
    reason=Reason.WEIGHED_LOW,
)


def test_the_verdict_names_what_keeps_two_apart() -> None:
    """Identifiers that a customer has one of outdo the weight, and the table says so."""
    apart = evolve(_PAIR, comparisons=(_NAME,), reason=Reason.KEPT_APART, kept_apart_by=("siren", "siret"))
    assert apart.verdict == (
        "Two customers: they differ in SIREN (legal unit) and SIRET (establishment), of which a customer has one; "
        "for a match: family name (close); nothing speaks against it."
    )
    assert [line.split() for line in str(apart).splitlines() if line.startswith("different")] == [
        ["different", "SIREN", "(legal", "unit)", "apart"],
        ["different", "SIRET", "(establishment)", "apart"],
    ]


def test_kinds_of_parties_are_not_comparable() -> None:
    """A person and an organization are no one customer whatever they share."""
    apart = evolve(_PAIR, reason=Reason.KEPT_APART, kept_apart_by=("party_kind",))
    assert apart.verdict.startswith("Two customers: not comparable, as one kind of party never is another; ")


def test_the_verdict_names_what_speaks_for_and_against() -> None:
    """The strongest reasons come first, by attribute and level."""
    assert _PAIR.verdict == (
        "Two customers: for a match: family name (close); against it: birth date (different). "
        "Probability by this pair alone 0.174."
    )


def test_the_verdict_is_told_in_french() -> None:
    """Attributes, levels, numbers and signs are French."""
    assert _PAIR.in_language("fr").verdict == (
        "Deux clients\u00a0: pour\u00a0: nom de famille (proche)\u202f; contre\u00a0: date de naissance (différent). "
        "Probabilité d'après cette seule paire\u00a0: 0,174."
    )
    lines = str(_PAIR.in_language("fr")).splitlines()
    assert lines[0].split() == ["gauche", "droite", "niveau", "bits"]
    assert lines[-2].split() == ["poids", "total", "-12,2"]


def test_other_languages_are_refused() -> None:
    """A language that is not there is named."""
    with pytest.raises(ConfigurationError, match="expected one of 'en', 'fr', got 'de'"):
        str(_PAIR.in_language("de"))


def test_the_verdict_says_when_nothing_speaks() -> None:
    """A pair without evidence is told as such."""
    assert evolve(_PAIR, comparisons=(_CITY,)).verdict.startswith(
        "Two customers: nothing speaks for a match; nothing speaks against it. "
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": Reason.PAIR, "same_customer": True}, "One customer: for a match"),
        ({"reason": Reason.EQUAL_CONTENT, "same_customer": True}, "One customer: all that they state is equal; for"),
        (
            {"reason": Reason.OTHER_RECORDS, "same_customer": True},
            "alone 0.174; the other records of the customers decided, not this pair alone.",
        ),
        (
            {"reason": Reason.OTHER_RECORDS, "same_customer": True, "was_weighed": False},
            "One customer: not compared in the run; weighed now; ",
        ),
        (
            {"reason": Reason.NO_SHARED_KEY, "was_weighed": False},
            "Two customers: not compared in the run, as they share no key that proposes pairs; weighed now; ",
        ),
        (
            {
                "reason": Reason.BLOCKS_TOO_LARGE,
                "was_weighed": False,
                "shared_keys": ("a", "b", "c", "d", "e"),
                "block_cap": 50,
            },
            "as more than 50 records share each key that they share (a, b, c and 2 more); weighed now; ",
        ),
        ({"reason": Reason.ONE_PER_SOURCE}, "both are of source 'crm', which was taken to hold a customer once; "),
        (
            {"reason": Reason.OUTVOTED, "between": Between(n_pairs=6, n_weighed=4, sum_bits=-3.25)},
            "of the 6 pairs between the two customers 4 were weighed; they add up to -3.2 bits; ",
        ),
    ],
)
def test_the_verdict_tells_what_decided(changes: dict[str, object], told: str) -> None:
    """Each reason has words of its own."""
    explained = evolve(_PAIR, **changes)  # type: ignore[arg-type]  # of several types
    assert told in explained.verdict
    assert explained.in_language("fr").verdict != explained.verdict


def test_the_verdict_holds_no_values() -> None:
    """Attributes and levels are named, values are not."""
    assert not {"roy", "roi", "1980", "1971", "nantes"} & set(_PAIR.verdict.replace(".", " ").split())


def test_the_table_shows_every_part() -> None:
    """Printed, an explanation has a line per part, numbers in one column and the verdict last."""
    lines = str(_PAIR).splitlines()
    starts = ["", "before comparing", "city", "family name", "birth date", "or one household", "match weight"]
    assert [line.split("  ")[0] for line in lines[:-1]] == starts
    assert lines[-1] == _PAIR.verdict
    assert len({len(line) for line in lines[:-1]}) == 1
    assert lines[3].endswith("+5.0")
    assert "roy" in lines[3]


def test_a_possible_move_is_told() -> None:
    """It has a line of its own, and the verdict says how much of what speaks against a match it gives back."""
    moved = evolve(_PAIR, moved_bits=4.04)
    line = next(line for line in str(moved).splitlines() if line.startswith("may have moved"))
    assert line.split() == ["may", "have", "moved", "+4.0"]
    assert "against it: birth date (different), of which a possible move gives +4.0 bits back. " in moved.verdict
    assert "dont un déménagement possible rend +4,0 bits" in moved.in_language("fr").verdict
    assert "move" not in str(evolve(_PAIR, moved_bits=0.04))


def test_the_table_leaves_out_a_household_that_explains_nothing() -> None:
    """Where no further class was learned, there is no line for it."""
    assert "household" not in str(evolve(_PAIR, alternative="", alternative_bits=0.0))


def test_a_class_of_a_users_own_is_shown_by_its_name() -> None:
    """What has no words here is shown as it is."""
    assert evolve(_PAIR, alternative="clubs").alternative_label == "or clubs"


def test_an_explanation_is_plain_data() -> None:
    """It goes into JSON as it is, the verdict included."""
    document = json.loads(json.dumps(_PAIR.to_dict()))
    assert document["comparisons"][1]["bits"] == 5.0
    assert document["left"] == ["crm", "1"]
    assert (document["reason"], document["verdict"]) == ("weighed_low", _PAIR.verdict)
