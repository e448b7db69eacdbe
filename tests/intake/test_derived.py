"""`custid.intake._derived`."""

from __future__ import annotations

import numpy as np

from custid.intake._derived import derive_sirens
from custid.intake._encoder import Encoded

Values = dict[str, Encoded]

FIRST, SECOND = "00000001800010", "00000002600013"


def _codes(*rows: list[int]) -> np.typing.NDArray[np.int32]:
    return np.array(rows, np.int32)


def _texts(values: Values) -> list[list[str]]:
    vocabulary, codes = values["siren"]
    return [[vocabulary[code] for code in row if code >= 0] for row in codes.tolist()]


def test_rows_without_siren_get_that_of_their_siret() -> None:
    """The SIREN is the first nine digits; a stated one stays as it is."""
    values: Values = {
        "siret": ((FIRST, SECOND), _codes([0], [1], [0], [-1])),
        "siren": (("000000026",), _codes([-1], [-1], [0], [-1])),
    }
    derive_sirens(values)
    assert _texts(values) == [["000000018"], ["000000026"], ["000000026"], []]


def test_several_sirets() -> None:
    """Each SIRET of a row gives its SIREN, also where no column holds any."""
    values: Values = {"siret": ((FIRST, SECOND), _codes([0, 1], [1, -1]))}
    derive_sirens(values)
    assert _texts(values) == [["000000018", "000000026"], ["000000026"]]


def test_what_is_no_siret_gives_nothing() -> None:
    """Values of another length give no SIREN; without SIRETs nothing changes."""
    values: Values = {"siret": (("123",), _codes([0]))}
    derive_sirens(values)
    assert list(values) == ["siret"]
    nothing: Values = {}
    derive_sirens(nothing)
    assert nothing == {}
