"""Names of organizations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.string_metrics import Executor
from tests.comparison.tables import EXECUTORS, Row, compare_rows

ORGANIZATION = OrganizationNameComparison()


Names = str | Sequence[str]


def organization_label(left: Names, right: Names, executor: Executor) -> str:
    """Return the label of the names of two organizations, both ways round."""
    rows: list[Row] = [{"organization_name": name} for name in (left, right, "filler")]
    levels, _ = compare_rows(ORGANIZATION, rows, executor)
    assert levels[0, 0, 1] == levels[0, 1, 0]
    return "missing" if levels[0, 0, 1] < 0 else ORGANIZATION.levels[levels[0, 0, 1]]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("au bon pain", "pain au bon", "exact"),
        ("au bon pain", "au bon pain nantes", "all words of the shorter"),
        ("boulangerie martin", "boulangerie marti", "all words nearly equal"),
        ("boulangerie m", "boulangerie martin", "all words close"),
        ("boulangerie martin sud", "boulangerie martin nord", "several words, nearly equal"),
        ("boulangerie martin", "garage lopez", "several words, none alike"),
        ("acme", "acme", "one word, exact"),
        ("acme", "acme france", "one word of several"),
        ("acme", "acmee france", "one word, close"),
        ("acme", "zenith", "one word, unlike"),
        ("", "zenith", "missing"),
    ],
)
def test_organizations(left: str, right: str, label: str, executor: Executor) -> None:
    """Names of organizations are compared as sets of words."""
    assert organization_label(left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("srmo", "societe regionale materiaux ouest", "acronym"),
        ("srmo agence brest", "societe regionale de materiaux de louest", "acronym"),
        ("gred", "groupement regional detudes du maine", "acronym"),
        (["srmo", "le comptoir"], "societe regionale materiaux ouest", "acronym"),
        ("srmo", "srmo", "one word, exact"),
        ("srmx", "societe regionale materiaux ouest", "one word, unlike"),
        ("sr", "societe regionale", "one word, unlike"),
    ],
)
def test_acronyms(left: Names, right: str, label: str, executor: Executor) -> None:
    """A word that is the initials of the other name has a level of its own, unless the names agree better."""
    assert organization_label(left, right, executor) == label


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        (["garage martin", "le relais du port"], "le relais du port", "exact"),
        (["garage martin", "le relais du port"], ["hotel roy", "garage martin"], "exact"),
        (["garage martin", "le relais du port"], "garage martin le relais du port", "exact"),
        (["garage martin", "le relais du port"], "garage marti", "all words nearly equal"),
        (["garage martin", "zenith"], ["acme", "zenith"], "one word, exact"),
        (["garage martin", "acme"], "zenith", "one word, unlike"),
    ],
)
def test_legal_and_trading_names(left: Names, right: Names, label: str, executor: Executor) -> None:
    """Any name of one record agrees with any of the other, or with all of them in one field."""
    assert organization_label(left, right, executor) == label


def test_the_rarest_of_several_equal_names_counts() -> None:
    """Where two names agree, their rarity is that of the rarer one, whatever the order of records and names."""
    rows: list[Row] = [{"organization_name": names} for names in (["a bcd", "e fghijk"], ["a bcd", "e fghijk", "l mn"])]
    _, bits = compare_rows(ORGANIZATION, rows, Executor.RAPIDFUZZ)
    assert bits[0, 0, 1] == bits[0, 1, 0] == len("efghijk")


def test_without_acronyms() -> None:
    """Names of people in one field are compared without the level of acronyms."""
    plain = OrganizationNameComparison(attribute="full_name", has_acronyms=False)
    assert set(ORGANIZATION.levels) - set(plain.levels) == {"acronym"}
    levels, _ = compare_rows(plain, [{"full_name": "jml"}, {"full_name": "jean marie leroy"}], Executor.RAPIDFUZZ)
    assert plain.levels[levels[0, 0, 1]] == "one word, unlike"


@pytest.mark.parametrize("executor", EXECUTORS)
def test_rarity_of_organizations(executor: Executor) -> None:
    """Equal names are worth the sum of their words, other ones nothing."""
    _, bits = compare_rows(
        ORGANIZATION, [{"organization_name": name} for name in ("a bcd", "bcd a", "a bce")], executor
    )
    assert bits[0].tolist() == [[4, 4, 0], [4, 4, 0], [0, 0, 4]]


organization_names = st.lists(
    st.sampled_from(["au", "bon", "pain", "pin", "abp", "boulangerie", "boulangeries", "12", "a", "sarl"]), max_size=5
).map(" ".join)


@given(
    st.lists(st.lists(organization_names, min_size=1, max_size=3), min_size=2, max_size=6).filter(
        lambda s: any(map(any, s))
    )
)
def test_laws_of_organizations(chosen: list[list[str]]) -> None:
    """Executors agree and the order of two records does not matter."""
    rows: list[Row] = [{"organization_name": names} for names in chosen]
    plain, plain_bits = compare_rows(ORGANIZATION, rows, Executor.RAPIDFUZZ)
    compiled, compiled_bits = compare_rows(ORGANIZATION, rows, Executor.NUMBA)
    assert plain.tolist() == compiled.tolist() == compiled.swapaxes(1, 2).tolist()
    np.testing.assert_array_equal(plain_bits, compiled_bits)
    np.testing.assert_array_equal(plain_bits, plain_bits.swapaxes(1, 2))
    assert ((plain_bits > 0) <= (plain == len(ORGANIZATION.levels) - 1)).all()
