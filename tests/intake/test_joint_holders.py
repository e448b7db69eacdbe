"""Rows that name several persons."""

from __future__ import annotations

from typing import Any

import pytest

from custid.intake import detect, read
from custid.intake.canonical import SourceInput
from custid.intake.joint_holders import JointRow, joint_rows
from custid.intake.row_facts import row_kinds


def _source(rows: list[dict[str, Any]]) -> SourceInput:
    intake = read(rows)
    return SourceInput(name="rows", intake=intake, mapping=detect(intake.table))


def _named(rows: tuple[JointRow, ...]) -> list[list[tuple[str, str]]]:
    return [[(holder.given, holder.family) for holder in each.holders] for each in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M. et Mme Dupont", [("", "dupont"), ("", "dupont")]),
        ("M et Mme Jean Dupont", [("jean", "dupont"), ("", "dupont")]),
        ("Jean et Marie Martin", [("jean", "martin"), ("marie", "martin")]),
        ("MARTIN Jean ou Marie", [("jean", "martin"), ("marie", "martin")]),
        ("Jean Martin ou Marie Durand", [("jean", "martin"), ("marie", "durand")]),
        ("Mr & Mrs Smith", [("", "smith"), ("", "smith")]),
        ("Mr and Mrs John Smith", [("john", "smith"), ("", "smith")]),
        ("John and Mary Smith", [("john", "smith"), ("mary", "smith")]),
        ("Dr and Mrs Smith", [("", "smith"), ("", "smith")]),
        ("Smith, John and Mary", [("john", "smith"), ("mary", "smith")]),
    ],
)
def test_names_of_joint_holders(text: str, expected: list[tuple[str, str]]) -> None:
    """Whole names of two persons are recognized in both languages."""
    assert _named(joint_rows([_source([{"full_name": text}])])) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Jean-Pierre Martin",
        "Dupont et Fils",
        "Smith & Jones",
        "Martin et Durand",
        "M./Mme Durand",
        "Dupont / Martin",
        "Tom or Thomas Smith",
        "Wang Ou Li",
        "Bed and Breakfast Smith",
        "José Ortega y Gasset",
        "Mary, Princess Royal and Princess of Orange",
        "",
    ],
)
def test_names_of_one_person_or_of_none(text: str) -> None:
    """Firms, double names, alternatives and titles are no joint holders."""
    assert joint_rows([_source([{"full_name": text}, {"full_name": "Zoé Petit"}])]) == ()


def test_names_in_columns() -> None:
    """Given names, family names and forms of address tell as well, with the family name from its own column."""
    rows = [
        {"civilite": "", "prenom": "Jean et Marie", "nom": "Martin"},
        {"civilite": "", "prenom": "", "nom": "M. et Mme Petit"},
        {"civilite": "M. et Mme", "prenom": "", "nom": "Roux"},
        {"civilite": "Mme", "prenom": "Anne", "nom": "Martin et Bernard"},
    ]
    found = joint_rows([_source(rows)])
    assert [each.row for each in found] == [0, 1, 2]
    assert _named(found) == [
        [("jean", "martin"), ("marie", "martin")],
        [("", "petit"), ("", "petit")],
        [("", "roux"), ("", "roux")],
    ]
    assert [holder.sex for holder in found[2].holders] == ["male", "female"]


def test_staff_of_an_organization_are_no_joint_holders() -> None:
    """People named beside an organization work there."""
    rows = [{"full_name": "Jean et Marie Martin", "raison_sociale": "Garage du Lac"}]
    assert joint_rows([_source(rows)]) == ()


def test_rows_are_counted_over_all_sources() -> None:
    """The rows of the second source follow those of the first."""
    first, second = _source([{"name": "Zoé Petit"}]), _source([{"name": "John and Mary Smith"}])
    assert [each.row for each in joint_rows([first, second])] == [1]


def test_joint_holders_are_a_kind_of_party() -> None:
    """Where a row names two persons it is a collective and the others that name one are persons."""
    rows = [{"name": "Mr & Mrs Smith"}, {"name": "Mary Smith"}, {"name": ""}]
    kinds = row_kinds([_source(rows)])
    assert kinds is not None
    assert kinds.tolist() == [2, 0, -1]
    assert row_kinds([_source(rows[1:])]) is None
