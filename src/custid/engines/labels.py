"""What a customer has one of at most, as labels that keep units apart.

An identifier that is declared exclusive tells two parties apart, provided that it is one: a number with a wrong check
digit is a typing error and says nothing.  Kinds of party work the same way: a person is never an organization.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.engines.constraints import Exclusive
from custid.model.attributes import ATTRIBUTES
from custid.standardize.identifiers import identifier_schemes
from custid.table.record_table import RecordTable, ValueColumn

__all__ = [
    "IDENTIFIERS",
    "PARTY_KIND",
    "are_valid",
    "declared_labels",
    "exclusive_labels",
    "identifier_labels",
    "kept_apart_by",
    "valid_codes",
]

PARTY_KIND: Final = "party_kind"
"""The label of the kind of party."""

IDENTIFIERS: Final = ("lei", "siren", "siret")
"""Attributes with check digits, of which a customer has one at most."""
_LUHN_DIGITS: Final = {"siren": 9, "siret": 14}
# Its establishments outnumber what Luhn leaves, so that they follow a rule of their own.
_LA_POSTE: Final = "356000000"


def exclusive_labels(table: RecordTable) -> Mapping[str, NDArray[np.int32]]:
    """Return the labels of units that must not share a customer where they differ.

    Parameters
    ----------
    table : RecordTable
        The records.

    Returns
    -------
    mapping of str to ndarray of int32, each of shape (n_units,)
        By attribute, sorted.  For one that is declared exclusive and has check digits: the code of a unit's valid
        value, -1 for a unit without one, or with several.  For ``"party_kind"``: the kind of party, -1 for unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from custid.table import build_record_table
    >>> values = ["000000018", "000000026", "000000027"]
    >>> table = build_record_table({"siren": (values, np.array([[0], [1], [2], [-1]], np.int32))}, 4)
    >>> exclusive_labels(table)["siren"][table.unit_of_row].tolist()
    [0, 1, -1, -1]
    """
    labels = identifier_labels(table.columns)
    if (table.kind_of_unit >= 0).any():
        labels[PARTY_KIND] = table.kind_of_unit.astype(np.int32)
    return dict(sorted(labels.items()))


def identifier_labels(columns: Mapping[str, ValueColumn]) -> dict[str, NDArray[np.int32]]:
    """Return the labels of the attributes that are declared exclusive and have check digits.

    Parameters
    ----------
    columns : Mapping of str to ValueColumn
        By attribute.

    Returns
    -------
    dict of str to ndarray of int32, each of shape (n_units,)
        By attribute, the code of a unit's valid value, -1 for a unit without one, or with several.
    """
    return {
        name: _single(valid_codes(columns[name]))
        for name in IDENTIFIERS
        if name in columns and ATTRIBUTES[name].is_exclusive
    }


def declared_labels(
    table: RecordTable, exclusive: Iterable[Exclusive], sources: Sequence[str]
) -> Mapping[str, NDArray[np.int32]]:
    """Return the labels of attributes that the user has declared exclusive.

    Parameters
    ----------
    table : RecordTable
        The records.
    exclusive : iterable of Exclusive
        What is declared; attributes without a value are left out.
    sources : sequence of str
        Names of the sources of the table, by number.

    Returns
    -------
    mapping of str to ndarray of int32, each of shape (n_units,)
        By attribute, or by ``attribute/source`` where one is declared for a source: the code of a unit's value, -1 for
        a unit without one, with several, or of another source.
    """
    labels = {}
    for each in exclusive:
        column = table.columns.get(each.attribute)
        if column is None:
            continue
        codes = _single(valid_codes(column) if each.attribute in IDENTIFIERS else column.codes)
        if not each.sources:
            labels[each.attribute] = codes
        for name in each.sources:
            is_of_it = table.source_of_unit == sources.index(name)
            labels[f"{each.attribute}/{name}"] = np.where(is_of_it, codes, np.int32(-1))
    return dict(sorted(labels.items()))


def valid_codes(column: ValueColumn) -> NDArray[np.int32]:
    """Return the codes of a column of identifiers, -1 in place of values whose check digits are wrong.

    Parameters
    ----------
    column : ValueColumn
        Of an attribute with check digits.

    Returns
    -------
    ndarray of int32, shape (n_units, n_values)
        Codes; those of a unit are distinct.
    """
    is_valid = np.append(are_valid(column.attribute, column.vocabulary), False)
    return np.where(is_valid[column.codes], column.codes, np.int32(-1))


def _single(codes: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.where((codes >= 0).sum(axis=1) == 1, codes.max(axis=1), np.int32(-1)).astype(np.int32)


def kept_apart_by(labels: Mapping[str, NDArray[np.int32]], left: int, right: int) -> tuple[str, ...]:
    """Return the attributes of which two units have different labels.

    Parameters
    ----------
    labels : mapping of str to ndarray of int32
        As :func:`exclusive_labels` and :func:`declared_labels` return them.
    left, right : int
        The units.

    Returns
    -------
    tuple of str
        Names, in the order of the labels; none where the units may share a customer.
    """
    named = (name.partition("/")[0] for name, of_unit in labels.items() if 0 <= of_unit[left] != of_unit[right] >= 0)
    return tuple(dict.fromkeys(named))


def are_valid(attribute: str, values: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which canonical identifiers have the length of their scheme and the right check digits.

    Parameters
    ----------
    attribute : str
        Name of the scheme: ``"siren"``, ``"siret"`` or ``"lei"``.
    values : sequence of str
        Canonical values.

    Returns
    -------
    ndarray of bool, shape (n_values,)
        True for a well-formed identifier.

    Notes
    -----
    The sums of Luhn are taken of all values at once, which is a hundred times as fast as one by one; numbers with
    another rule are left to the scheme.

    Examples
    --------
    >>> are_valid("siren", ["000000018", "000000019", "18"]).tolist()
    [True, False, False]
    """
    is_valid = np.zeros(len(values), np.bool_)
    n_digits = _LUHN_DIGITS.get(attribute)
    left_over = list(range(len(values)))
    if n_digits is not None:
        whole = [row for row, value in enumerate(values) if _has_digits(value, n_digits)]
        left_over = [row for row in whole if values[row].startswith(_LA_POSTE)]
        is_valid[whole] = _fit_luhn([values[row] for row in whole], n_digits)
    verdict = identifier_schemes()[attribute].verdict
    for row in left_over:
        is_valid[row] = not verdict(values[row].upper())
    return is_valid


def _has_digits(value: str, n_digits: int) -> bool:
    return len(value) == n_digits and value.isascii() and value.isdecimal()


def _fit_luhn(values: Sequence[str], n_digits: int) -> NDArray[np.bool_]:
    digits = np.frombuffer("".join(values).encode("ascii"), np.uint8).reshape(-1, n_digits) - np.uint8(48)
    # A SIRET begins with a SIREN, whose sum has to be right as well.
    return _are_multiples_of_ten(digits) & _are_multiples_of_ten(digits[:, : _LUHN_DIGITS["siren"]])


def _are_multiples_of_ten(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    backwards = digits[:, ::-1]
    doubled = backwards[:, 1::2] * np.uint8(2)
    total = backwards[:, ::2].sum(axis=1) + (doubled // 10 + doubled % 10).sum(axis=1)
    return np.asarray(total % 10 == 0, np.bool_)
