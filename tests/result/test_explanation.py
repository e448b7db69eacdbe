"""`custid.result.explanation`."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from custid.result import ExplainedComparison, Explanation
from custid.result.explanation import explain_in_words

_NAME = ExplainedComparison(name="family_name", left_values=("roy",), right_values=("roi",), level="close", bits=5.0)
_DATE = ExplainedComparison(name="birth_date", left_values=("1980",), right_values=("1971",), level="else", bits=-7.25)
_CITY = ExplainedComparison(name="city", left_values=("nantes",), right_values=(), level="missing", bits=0.0)


def _explanation() -> Explanation:
    return Explanation(
        left=("crm", "1"),
        right=("shop", "2"),
        comparisons=(_NAME, _DATE, _CITY),
        prior_bits=-9.5,
        alternative="household",
        alternative_bits=-0.5,
        weight_bits=-12.25,
        match_probability=0.0002,
        same_customer=False,
        verdict="Two customers.",
    )


def test_the_verdict_names_what_keeps_two_apart() -> None:
    """Identifiers that a customer has one of outdo the weight, and the table says so."""
    words = explain_in_words((_NAME,), 8.0, 0.996, same_customer=False, kept_apart_by=("siren", "siret"))
    assert words == (
        "Two customers: they differ in siren and siret, of which a customer has one; "
        "for a match: family_name (close); nothing speaks against it."
    )
    lines = str(evolve(_explanation(), kept_apart_by=("siret",))).splitlines()
    assert [line.split() for line in lines if line.startswith("different")] == [["different", "siret", "apart"]]


def test_the_verdict_names_what_speaks_for_and_against() -> None:
    """The strongest reasons come first, by name and level."""
    words = explain_in_words((_CITY, _NAME, _DATE), -2.25, 0.174, same_customer=False)
    assert words == (
        "Two customers: for a match: family_name (close); against it: birth_date (else). "
        "Probability by this pair alone 0.174."
    )


def test_the_verdict_says_when_nothing_speaks() -> None:
    """A pair without evidence is told as such."""
    words = explain_in_words((_CITY,), -9.5, 0.001, same_customer=False)
    assert words.startswith("Two customers: nothing speaks for a match; nothing speaks against it.")


@pytest.mark.parametrize(
    ("weight_bits", "same_customer", "is_told"), [(3.0, True, False), (-3.0, True, True), (3.0, False, True)]
)
def test_the_verdict_says_when_other_records_decided(
    *,
    weight_bits: float,
    same_customer: bool,
    is_told: bool,
) -> None:
    """A decision against the pair's own weight is put down to the other records."""
    words = explain_in_words((_NAME,), weight_bits, 0.5, same_customer=same_customer)
    assert ("the other records" in words) is is_told


def test_the_verdict_holds_no_values() -> None:
    """Attributes and levels are named, values are not."""
    words = explain_in_words((_NAME, _DATE, _CITY), -2.0, 0.2, same_customer=False)
    assert not {"roy", "roi", "1980", "1971", "nantes"} & set(words.replace(".", " ").split())


def test_the_table_shows_every_part() -> None:
    """Printed, an explanation has a line per part, numbers in one column and the verdict last."""
    lines = str(_explanation()).splitlines()
    starts = ["", "before comparing", "family_name", "birth_date", "city", "or one household", "match weight", "Two"]
    assert [line.split("  ")[0] for line in lines[:-1]] == starts[:-1]
    assert lines[-1] == "Two customers."
    assert len({len(line) for line in lines[:-1]}) == 1
    assert lines[2].endswith("+5.0")
    assert "roy" in lines[2]


def test_the_table_leaves_out_a_household_that_explains_nothing() -> None:
    """Where no class between was learned, there is no line for it."""
    assert "household" not in str(evolve(_explanation(), alternative="", alternative_bits=0.0))


def test_an_explanation_is_plain_data() -> None:
    """It goes into JSON as it is."""
    document = json.loads(json.dumps(_explanation().to_dict()))
    assert document["comparisons"][0]["bits"] == 5.0
    assert document["left"] == ["crm", "1"]
