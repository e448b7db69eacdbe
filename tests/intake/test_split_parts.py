"""`custid.intake._split_parts`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import custid
from custid.intake._split_parts import split_house_numbers, split_postcodes

Values = dict[str, tuple[Sequence[str], "np.typing.NDArray[np.int32]"]]


def _codes(*rows: list[int]) -> np.typing.NDArray[np.int32]:
    return np.array(rows, np.int32)


def _texts(values: Values, attribute: str) -> list[list[str]]:
    vocabulary, codes = values[attribute]
    return [[vocabulary[code] for code in row if code >= 0] for row in codes.tolist()]


@pytest.mark.parametrize(
    ("street", "number", "bare"),
    [
        ("4 rue foch", "4", "rue foch"),
        ("12bis avenue du general de gaulle", "12bis", "avenue du general de gaulle"),
        ("221b baker street", "221b", "baker street"),
        ("3450 54 west 79th street", "3450-54", "west 79th street"),
        ("12 a rue des lilas", "12a", "rue des lilas"),
        ("37 west 47th street", "37", "west 47th street"),
        ("007 rue du port", "7", "rue du port"),
    ],
)
def test_a_number_in_front(street: str, number: str, bare: str) -> None:
    """The number is what a column of house numbers would hold, and the street is what is left."""
    values: Values = {"street": ((street,), _codes([0]))}
    split_house_numbers(values)
    assert (_texts(values, "house_number"), _texts(values, "street")) == ([[number]], [[bare]])


@pytest.mark.parametrize(
    "street", ["46th street", "2e avenue", "rue du 8 mai 1945", "12", "12 14", "0 rue foch", "flat 3 12 high street"]
)
def test_what_is_no_house_number(street: str) -> None:
    """Ordinals, lone numbers, zeros and numbers behind words stay where they are."""
    values: Values = {"street": ((street,), _codes([0]))}
    split_house_numbers(values)
    assert set(values) == {"street"}
    assert _texts(values, "street") == [[street]]


def test_a_stated_house_number_stays() -> None:
    """Beside it the same number goes from the street, and another one is part of the street."""
    values: Values = {
        "street": (("4 rue foch",), _codes([0], [0], [0])),
        "house_number": (("4", "9"), _codes([0], [1], [-1])),
    }
    split_house_numbers(values)
    assert _texts(values, "street") == [["rue foch"], ["4 rue foch"], ["rue foch"]]
    assert _texts(values, "house_number") == [["4"], ["9"], ["4"]]


def test_several_streets() -> None:
    """Each street of a row gives its number; a street that no row has any more is forgotten."""
    values: Values = {"street": (("4 rue foch", "rue foch", "6 quai neuf"), _codes([0, 2], [1, -1]))}
    split_house_numbers(values)
    assert values["street"][0] == ("rue foch", "quai neuf")
    assert _texts(values, "house_number") == [["4", "6"], []]


def test_no_street() -> None:
    """Without streets nothing is changed."""
    values: Values = {"city": (("nantes",), _codes([0]))}
    split_house_numbers(values)
    assert set(values) == {"city"}


def test_one_line_or_two_columns() -> None:
    """Sources that write house number and street in one line match those with a column for each."""
    one_line = [{"id": "1", "name": "Garage du Lac", "address": "12 bis, av. Foch", "phone": "0140000001"}]
    columns = [{"id": "1", "name": "Garage du Lac", "street": "avenue Foch", "house_number": "12bis", "phone": ""}]
    result = custid.link({"one": one_line, "two": columns})
    compared = {each.name: each.level for each in result.explain(("one", "1"), ("two", "1")).comparisons}
    assert compared["house_number"] == compared["street"] == "exact"


@pytest.mark.parametrize(
    ("city", "postcode", "town"),
    [
        ("44000 nantes", "44000", "nantes"),
        ("nantes 44000", "44000", "nantes"),
        ("f 44000 nantes", "44000", "nantes"),
        ("75015 paris", "75015", "paris"),
        ("1000 bruxelles", "1000", "bruxelles"),
        ("97400 saint denis", "97400", "saint denis"),
    ],
)
def test_a_postcode_beside_a_town(city: str, postcode: str, town: str) -> None:
    """The postcode is what a column of postcodes would hold, and the town is what is left."""
    values: Values = {"city": ((city,), _codes([0]))}
    split_postcodes(values)
    assert (_texts(values, "postcode"), _texts(values, "city")) == ([[postcode]], [[town]])


@pytest.mark.parametrize(
    "city", ["nantes", "44000", "44000 44100", "ville 2000", "00000 nantes", "144000 nantes", "bo 7"]
)
def test_what_is_no_postcode(city: str) -> None:
    """Postcodes alone, years, zeros and longer numbers stay where they are."""
    values: Values = {"city": ((city,), _codes([0]))}
    split_postcodes(values)
    assert set(values) == {"city"}
    assert _texts(values, "city") == [[city]]


def test_a_stated_postcode_stays() -> None:
    """Beside it the town loses the one that it has, be it another one."""
    values: Values = {
        "city": (("44000 nantes", "leeds"), _codes([0], [0], [0], [1])),
        "postcode": (("44000", "44100"), _codes([0], [1], [-1], [-1])),
    }
    split_postcodes(values)
    assert _texts(values, "city") == [["nantes"], ["nantes"], ["nantes"], ["leeds"]]
    assert _texts(values, "postcode") == [["44000"], ["44100"], ["44000"], []]


def test_towns_with_their_postcodes_are_those_of_two_columns() -> None:
    """A list with both in one column is understood as one with two columns."""
    rows = [{"Nom": "Petit", "Prénom": "Zoé", "CP Ville": "44000 NANTES", "tel": "06 39 98 00 01"}]
    other = [{"Nom": "Petit", "Prénom": "Zoé", "CP": "44000", "Ville": "Nantes", "tel": "06 39 98 00 01"}]
    assert custid.link({"a": rows, "b": other}).n_customers == 1
