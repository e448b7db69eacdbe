"""Names of persons."""

from __future__ import annotations

import pytest

from custid.standardize.name import is_family_first, standardize_full_name, standardize_person_name


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Éric", "eric"),
        ("Jean-Claude", "jean claude"),
        ("O'SHANNESSY", "oshannessy"),
        ("Mr. John Smith", "john smith"),
        ("Mrs Smith", "smith"),
        ("Dr. Prof. Anna Müller", "anna muller"),
        ("M. Dupont", "dupont"),
        ("M J Smith", "m j smith"),
        ("M.", "m"),
        ("Mme DUPONT", "dupont"),
        ("Mlle Anne-Sophie", "anne sophie"),
        ("Maître Jean Petit", "jean petit"),
        ("Me Petit", "petit"),
        ("M. et Mme Dupont", "dupont"),
        ("Mr and Mrs Smith", "smith"),
        ("Mr & Mrs Smith", "smith"),
        ("Mr and Smith", "and smith"),
        ("Dupont Mme", "dupont mme"),
        ("Sir Shaw, 5th Baronet", "sir shaw 5th baronet"),
        ("Lady Anne", "lady anne"),
        ("Lord Byron", "lord byron"),
        ("John Smith Jr.", "john smith jr"),
        ("John Smith III", "john smith iii"),
        ("III", "iii"),
        ("Dr", "dr"),
        ("John 2", "john 2"),
        ("Mercier", "mercier"),
        ("Jean Null", "jean null"),
    ],
)
def test_names(raw: str, expected: str) -> None:
    """Names are folded and lose the civilities before them."""
    assert standardize_person_name(raw) == (expected, "")


@pytest.mark.parametrize("raw", ["", " ", "\u200b", "\x00"])
def test_missing(raw: str) -> None:
    """A blank name is missing, without issue."""
    assert standardize_person_name(raw) == ("", "")


@pytest.mark.parametrize("raw", ["N/A", "Mr Unknown", "Mme", "test", "Nom", "xxx", "-", "client divers", "Mr. & Mrs."])
def test_placeholders(raw: str) -> None:
    """A name that stands for nothing is missing, and reported."""
    assert standardize_person_name(raw) == ("", "placeholder")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("MARTIN Bernard", "bernard martin"),
        ("Martin, Bernard", "bernard martin"),
        ("Hughes, Mrs Priya", "priya hughes"),
        ("Mme LE GOFF Anne-Sophie", "anne sophie le goff"),
        ("Smith, J.", "j smith"),
        ("SMITH J.", "smith j"),
        ("Bernard MARTIN", "bernard martin"),
        ("MARTIN BERNARD", "martin bernard"),
        ("Martin Bernard", "martin bernard"),
        ("Shaw, 5th Baronet", "shaw 5th baronet"),
        ("Smith, Jr.", "smith jr"),
        ("Dupont, Jean, Marie", "dupont jean marie"),
        ("SARL Bernard", "sarl bernard"),
        ("GARAGE Bernard", "garage bernard"),
        ("DUPONT Mme", "dupont"),
        ("DUPONT", "dupont"),
        (", Bernard", "bernard"),
        ("Mme", ""),
        ("", ""),
    ],
)
def test_whole_names(raw: str, expected: str) -> None:
    """A comma, or capitals in front, tell that the family name is in front; without them words stay in their order."""
    assert standardize_full_name(raw).value == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("MARTIN BERNARD", "bernard martin"),
        ("Mme LEROUX MARIE", "marie leroux"),
        ("LEROUX MARIE-CLAUDE", "marie claude leroux"),
        ("LE GOFF ANNE", "anne le goff"),
        ("DE LA TOUR", "de la tour"),
        ("HADDADI COUE PHILIPPE", "philippe haddadi coue"),
        ("NGUYEN THI HOA", "thi hoa nguyen"),
        ("TOURET CAFHERINE", "cafherine touret"),
        ("LEROUX C", "c leroux"),
        ("Marie LEROUX", "marie leroux"),
        ("Marie Leroux", "marie leroux"),
        ("Leroux, Marie", "marie leroux"),
        ("GARAGE BERNARD", "garage bernard"),
        ("Haddadi Coue, Cafherine", "cafherine haddadi coue"),
        ("Smith, Jr.", "smith jr"),
        ("Shaw, 5th Baronet", "5th baronet shaw"),
        ("Dupont, Jean, Marie", "jean marie dupont"),
        ("LEROUX", "leroux"),
        ("N/A", ""),
        ("", ""),
    ],
)
def test_whole_names_of_a_list_of_family_names_first(raw: str, expected: str) -> None:
    """What could be either has the family name in front; words that tell are believed."""
    assert standardize_full_name(raw, family_first=True).value == expected


def test_the_order_of_a_list() -> None:
    """At least three names have to tell, and two thirds of them one thing."""
    in_front, behind = ["Leroux Marie", "Petit Anne", "Hamon Chloe"], ["Marie Leroux", "Anne Petit", "Chloe Hamon"]
    assert is_family_first(in_front) is True
    assert is_family_first(["Leroux, Marie", "Petit, Anne", "Hamon, Chloe"]) is True
    assert is_family_first([*in_front, *behind[:1]]) is True
    assert is_family_first([*in_front, *behind[:2]]) is False
    assert is_family_first(behind) is False
    assert is_family_first(in_front[:2]) is None
    assert is_family_first(["Martin Bernard", "Garage Anne", "Marie", ""] * 9) is None


def test_the_order_of_many_names_does_not_depend_on_their_order() -> None:
    """Of very many names some are looked at: the same ones in any order, near to the same share."""
    in_front = [f"Leroux{number} Chloe" for number in range(25_000)]
    behind = [f"Chloe Leroux{number}" for number in range(10_000)]
    assert is_family_first([*in_front, *behind]) is is_family_first([*behind, *in_front]) is True
