"""What inputs tell of their rows beyond the values compared: the kind of party, and when values hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import chain
from typing import Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid.intake._encoder import as_array
from custid.intake.canonical import CanonicalValues, SourceInput
from custid.intake.joint_holders import JOINT_ATTRIBUTES, are_joint, joint_rows
from custid.standardize.text import fold
from custid.table.views import FIRST_DAY, LAST_DAY, UNKNOWN_DAY, RowTimes

__all__ = [
    "KIND_ATTRIBUTES",
    "KIND_OF_WORD",
    "PARTY_KINDS",
    "Naming",
    "kind_and_naming",
    "kind_beside",
    "kinds_and_namings",
    "kinds_beside",
    "row_kinds",
    "row_times",
]

PARTY_KINDS: Final = ("person", "organization", "collective")
"""Kinds of party, by their number."""

KIND_ATTRIBUTES: Final = frozenset({"party_kind", "organization_name", *JOINT_ATTRIBUTES})
"""Attributes of which the raw texts tell the kind of party of a row."""

_PERSON_NAMES: Final = ("full_name", "given_name", "family_name")
_MANY: Final = len(PARTY_KINDS)
_WORDS: Final[Mapping[str, str]] = {
    "person": "person|individual|natural person|p|pp|physique|personne|personne physique|particulier|b2c",
    "organization": (
        "organization|organisation|company|business|legal person|o|pm|morale|personne morale|entreprise|societe"
        "|association|professionnel|b2b"
    ),
    "collective": "collective|household|foyer|menage|indivision",
}
KIND_OF_WORD: Final = {word: PARTY_KINDS.index(kind) for kind, words in _WORDS.items() for word in words.split("|")}
"""Number of the kind that a folded word tells."""


class Naming(IntEnum):
    """Whom the names of a row tell: no person, or also an organization (``NO_PERSON``), one (``PERSON``), several."""

    NO_PERSON = 0
    PERSON = 1
    SEVERAL = 2


def row_kinds(inputs: Sequence[SourceInput]) -> NDArray[np.int8] | None:
    """Return the kind of party of each row.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.

    Returns
    -------
    ndarray of int8, shape (n_rows,), or None
        Position in `PARTY_KINDS`, -1 where nothing tells: no typed record, and no word known in a column of the
        attribute ``party_kind``, or other words in several.  None where nothing tells of any row.  A row that names
        several persons is a collective (:func:`~custid.intake.joint_holders.joint_rows`); where there are such rows,
        the others that name a person, and no organization, are persons.
    """
    kinds = _told_kinds(inputs)
    joint = [each.row for each in joint_rows(inputs)]
    if joint:
        kinds = kinds_beside(kinds, _namings(inputs, joint), has_several=True)
    return kinds if (kinds >= 0).any() else None


def kinds_and_namings(inputs: Sequence[SourceInput]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return what each row tells of its kind of party, whatever stands beside it.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.

    Returns
    -------
    kinds : ndarray of int8, shape (n_rows,)
        Position in `PARTY_KINDS`, -1 where neither a typed record nor a column for the kind tells.
    namings : ndarray of int8, shape (n_rows,)
        The `Naming` of each row.
    """
    return _told_kinds(inputs), _namings(inputs, [each.row for each in joint_rows(inputs)])


def kinds_beside(kinds: NDArray[np.int8], namings: NDArray[np.int8], *, has_several: bool) -> NDArray[np.int8]:
    """Return the kinds of party of rows that stand among others.

    Parameters
    ----------
    kinds, namings : ndarray of int8, shape (n_rows,)
        As from :func:`kinds_and_namings`.
    has_several : bool
        Whether any row, of these or the others, names several persons.

    Returns
    -------
    ndarray of int8, shape (n_rows,)
        As from :func:`row_kinds`.

    Examples
    --------
    >>> rows = np.array([-1, -1, 1], np.int8), np.array([Naming.PERSON, Naming.SEVERAL, Naming.PERSON], np.int8)
    >>> kinds_beside(*rows, has_several=True).tolist()
    [0, 2, 1]
    """
    return np.array(_BESIDE_SEVERAL, np.int8)[namings, kinds + 1] if has_several else kinds


def kind_beside(kind: int, naming: int, *, has_several: bool) -> int:
    """Return the kind of party of one row as :func:`kinds_beside` does of many."""
    return _BESIDE_SEVERAL[naming][kind + 1] if has_several else kind


# Whoever is named beside joint holders is one person, so that they are not taken for one of them.
_BESIDE_SEVERAL: Final = ((-1, 0, 1, 2), (0, 0, 1, 2), (2, 2, 2, 2))
"""By naming, and by the kind that a column tells, none first: the kind where any row names several persons."""


def _told_kinds(inputs: Sequence[SourceInput]) -> NDArray[np.int8]:
    """Return the kinds that typed records and columns for the kind tell."""
    kinds = [np.full(each.intake.table.num_rows, -1, np.int8) for each in inputs]
    for found, each in zip(kinds, inputs, strict=True):
        if each.intake.typed is not None:
            found[:] = each.intake.typed.kind_of_row
        lowest, highest = np.full_like(found, _MANY), np.full_like(found, -1)
        for column in each.mapping.attributes.get("party_kind", ()):
            encoded = as_array(each.intake.table.column(column)).dictionary_encode()
            words = list(map(_kind_of, encoded.dictionary.to_pylist()))
            codes = np.asarray(encoded.indices.fill_null(len(words)), np.int64)
            told = np.array([*words, -1], np.int8)[codes]
            lowest = np.minimum(lowest, np.where(told >= 0, told, _MANY))
            highest = np.maximum(highest, told)
        # Columns that contradict each other tell nothing, whichever of them comes first.
        is_told = (highest >= 0) & (lowest == highest)
        found[is_told] = highest[is_told]
    return np.concatenate([np.empty(0, np.int8), *kinds])


def _namings(inputs: Sequence[SourceInput], joint: Sequence[int]) -> NDArray[np.int8]:
    namings = np.where(_are_named(inputs), np.int8(Naming.PERSON), np.int8(Naming.NO_PERSON))
    namings[list(joint)] = Naming.SEVERAL
    return namings


def kind_and_naming(texts: Mapping[str, Sequence[str]]) -> tuple[int, Naming]:
    """Return what one row tells of its kind of party.

    Parameters
    ----------
    texts : Mapping of str to sequence of str
        By attribute, the raw texts of the row that are not missing; of `KIND_ATTRIBUTES` at least.

    Returns
    -------
    kind : int
        As from :func:`kinds_and_namings`.
    naming : Naming
        As from :func:`kinds_and_namings`.

    Examples
    --------
    >>> kind_and_naming({"party_kind": ["company"]}), kind_and_naming({"full_name": ["Zoé Petit"]})
    ((1, <Naming.NO_PERSON: 0>), (-1, <Naming.PERSON: 1>))
    """
    told = set(map(_kind_of, texts.get("party_kind", ()))) - {-1}
    kind = told.pop() if len(told) == 1 else -1
    if are_joint(texts):
        return kind, Naming.SEVERAL
    has_name = any(map(str.strip, chain.from_iterable(texts.get(name, ()) for name in _PERSON_NAMES)))
    is_person = has_name and not any(map(str.strip, texts.get("organization_name", ())))
    return kind, Naming.PERSON if is_person else Naming.NO_PERSON


def _kind_of(word: str) -> int:
    """Return the number of the kind that a raw word tells, -1 for none."""
    return KIND_OF_WORD.get(fold(word), -1)


def _are_named(inputs: Sequence[SourceInput]) -> NDArray[np.bool_]:
    """Tell which rows have the name of a person and none of an organization."""

    def has_any(source: SourceInput, attributes: tuple[str, ...]) -> NDArray[np.bool_]:
        found = np.zeros(source.intake.table.num_rows, np.bool_)
        for attribute in attributes:
            for column in source.mapping.attributes.get(attribute, ()):
                texts = as_array(source.intake.table.column(column))
                lengths = pc.fill_null(pc.utf8_length(pc.utf8_trim_whitespace(texts)), fill_value=0)
                found |= np.asarray(lengths) > 0
        return found

    return np.concatenate(
        [
            np.empty(0, np.bool_),
            *(has_any(each, _PERSON_NAMES) & ~has_any(each, ("organization_name",)) for each in inputs),
        ]
    )


def row_times(inputs: Sequence[SourceInput], canonical: CanonicalValues) -> RowTimes | None:
    """Return when rows were observed and when their values hold.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.
    canonical : CanonicalValues
        The values made of them.

    Returns
    -------
    RowTimes or None
        None where no value is dated: then the days of observation do not matter either.
    """
    if not any(each.intake.typed is not None and each.intake.typed.periods for each in inputs):
        return None
    observed = np.full(canonical.n_rows, UNKNOWN_DAY, np.int32)
    periods: dict[str, NDArray[np.int32]] = {}
    offset = 0
    for each in inputs:
        rows = slice(offset, offset + each.intake.table.num_rows)
        offset = rows.stop
        typed = each.intake.typed
        if typed is None:
            continue
        observed[rows] = typed.observed_day
        for attribute, columns in each.mapping.attributes.items():
            for place, column in enumerate(columns):
                if column in typed.periods and attribute in canonical.values:
                    if attribute not in periods:
                        periods[attribute] = _unbounded(canonical.values[attribute][1].shape)
                    periods[attribute][rows, place] = typed.periods[column]
    return RowTimes(observed_day=observed, periods=periods)


def _unbounded(shape: tuple[int, ...]) -> NDArray[np.int32]:
    periods = np.empty((*shape, 2), np.int32)
    periods[...] = FIRST_DAY, LAST_DAY
    return periods
