"""Names of persons."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.comparison.names import PersonNameComparison
from custid.comparison.string_metrics import Executor
from tests.comparison.tables import EXECUTORS, Row, compare_rows

PERSON = PersonNameComparison()


def person(given_name: str, family_name: str, full_name: str = "") -> Row:
    """Return a record of a person."""
    return {"given_name": given_name, "family_name": family_name, "full_name": full_name}


def person_levels(left: Row, right: Row, executor: Executor) -> tuple[str, str]:
    """Return the labels of given and family name, both ways round."""
    filler = person("anything", "else", "anything else")
    levels, _ = compare_rows(PERSON, [left, right, filler], executor)
    assert levels[:, 0, 1].tolist() == levels[:, 1, 0].tolist()
    labels = ["missing" if level < 0 else PERSON.levels[level] for level in levels[:, 0, 1].tolist()]
    return labels[0], labels[1]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "labels"),
    [
        (person("marie", "dupont"), person("marie", "dupont"), ("exact", "exact")),
        (person("robert", "dupont"), person("bob", "dupont"), ("variant or part", "exact")),
        (person("marie", "dupont"), person("marie anne", "dupont"), ("variant or part", "exact")),
        (person("marie anne", "dupont"), person("anne marie", "dupont"), ("variant or part", "exact")),
        (person("paulette", "dupont"), person("pauwxtte", "dupont"), ("one error", "exact")),
        (person("m", "dupont"), person("marie", "dupond"), ("close", "one error")),
        (person("marie", "laurent"), person("maire", "lambert"), ("variant or part", "similar")),
        (person("marie", "dupont"), person("paul", "lemoine"), ("else", "else")),
        (person("marie", ""), person("marie", "dupont"), ("exact", "missing")),
        (person("", "dupont"), person("marie", ""), ("missing", "missing")),
    ],
)
def test_names_in_their_columns(left: Row, right: Row, labels: tuple[str, str], executor: Executor) -> None:
    """Names of one column are judged by the worst aligned word."""
    assert person_levels(left, right, executor) == labels


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    ("left", "right", "labels"),
    [
        (person("marie", "dupont"), person("dupont", "marie"), ("equal in another column", "equal in another column")),
        (person("marie", "dupont"), person("dupond", "maire"), ("equal in another column", "equal in another column")),
        (person("martin", "thomas"), person("thomas", "bernard"), ("equal in another column", "else")),
        (person("thomas", "martin"), person("bernard", "thomas"), ("equal in another column", "else")),
        (person("thomas", "thomas"), person("thomas", "lemoine"), ("exact", "else")),
        (
            person("x", "y", "marie dupont"),
            person("marie", "dupont"),
            ("equal in another column", "equal in another column"),
        ),
    ],
)
def test_names_in_other_columns(left: Row, right: Row, labels: tuple[str, str], executor: Executor) -> None:
    """A name may stand in the wrong column, but no word counts twice."""
    assert person_levels(left, right, executor) == labels


@pytest.mark.parametrize("executor", EXECUTORS)
def test_one_shared_word_serves_once(executor: Executor) -> None:
    """A family name that is the other's given name does not make both names agree."""
    given_name, family_name = person_levels(person("paul", "martin"), person("martin", "durand"), executor)
    assert (given_name, family_name) == ("equal in another column", "else")


@pytest.mark.parametrize("executor", EXECUTORS)
def test_rarest_shared_value(executor: Executor) -> None:
    """Of several given names that two records share, the rarest one counts."""
    rows: list[Row] = [
        {"given_name": ["jo", "alexandre"], "family_name": "x"},
        {"given_name": ["alexandre", "jo"], "family_name": "y"},
        {"given_name": ["jo"], "family_name": "y"},
    ]
    levels, bits = compare_rows(PERSON, rows, executor)
    assert levels[0].tolist() == [[7] * 3] * 3
    assert bits[0].tolist() == [[9, 9, 2], [9, 9, 2], [2, 2, 2]]
    assert bits[1].tolist() == [[1, 0, 0], [0, 1, 1], [0, 1, 1]]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_names_of_very_many_words(executor: Executor) -> None:
    """Names of more words than are kept are compared by those that are."""
    given_name, family_name = (" ".join(f"{letter}{chr(97 + k)}xyz" for k in range(12)) for letter in "ab")
    full_name = " ".join(f"c{chr(97 + k)}xyz" for k in range(12))
    swapped = person_levels(person(given_name, family_name, full_name), person(family_name, given_name), executor)
    assert swapped == ("equal in another column", "equal in another column")


names = st.lists(
    st.sampled_from(["robert", "bob", "rob", "bobby", "r", "b", "robret", "dupont", "dupond", "durand", "12", "du"]),
    max_size=3,
).map(" ".join)
persons = st.builds(person, names, names, names)


@given(st.lists(persons, min_size=2, max_size=5).filter(lambda rows: all(any(r[c] for r in rows) for c in rows[0])))
@example([person("robert", "dupont", "bob du dupont"), person("dupont bob", "rob", "12 du")])
def test_laws_of_person_names(rows: list[Row]) -> None:
    """Executors agree and the order of two records does not matter."""
    plain, plain_bits = compare_rows(PERSON, rows, Executor.RAPIDFUZZ)
    compiled, compiled_bits = compare_rows(PERSON, rows, Executor.NUMBA)
    assert plain.tolist() == compiled.tolist() == compiled.swapaxes(1, 2).tolist()
    assert plain_bits.tolist() == compiled_bits.tolist() == compiled_bits.swapaxes(1, 2).tolist()
    assert ((plain_bits > 0) <= (plain == len(PERSON.levels) - 1)).all()


odd_words = st.text("abй中é1", min_size=1, max_size=4) | st.text("xyab", min_size=60, max_size=70)
odd_names = st.lists(odd_words | st.sampled_from(["robert", "bob", "b"]), max_size=11).map(" ".join)
odd_persons = st.fixed_dictionaries(
    {name: st.lists(odd_names, min_size=1, max_size=2) for name in ("given_name", "family_name", "full_name")}
)


@given(
    st.lists(odd_persons, min_size=2, max_size=4).filter(
        lambda rows: all(any(any(r[c]) for r in rows) for c in rows[0])
    )
)
def test_executors_agree_on_odd_names(rows: list[Row]) -> None:
    """Any alphabet, very long words and very many words are compared the same by both executors."""
    plain, plain_bits = compare_rows(PERSON, rows, Executor.RAPIDFUZZ)
    compiled, compiled_bits = compare_rows(PERSON, rows, Executor.NUMBA)
    assert plain.tolist() == compiled.tolist()
    assert plain_bits.tolist() == compiled_bits.tolist()
