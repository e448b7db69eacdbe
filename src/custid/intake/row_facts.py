"""What inputs tell of their rows beyond the values compared: the kind of party, and when values hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid.intake._encoder import as_array
from custid.intake.canonical import CanonicalValues, SourceInput
from custid.intake.joint_holders import joint_rows
from custid.standardize.text import fold
from custid.table.views import FIRST_DAY, LAST_DAY, UNKNOWN_DAY, RowTimes

__all__ = ["KIND_OF_WORD", "PARTY_KINDS", "row_kinds", "row_times"]

PARTY_KINDS: Final = ("person", "organization", "collective")
"""Kinds of party, by their number."""

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


def row_kinds(inputs: Sequence[SourceInput], *, is_among_joint: bool = False) -> NDArray[np.int8] | None:
    """Return the kind of party of each row.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.
    is_among_joint : bool
        Whether rows that are elsewhere name several persons.

    Returns
    -------
    ndarray of int8, shape (n_rows,), or None
        Position in `PARTY_KINDS`, -1 where nothing tells: no typed record, and no word known in a column of the
        attribute ``party_kind``, or other words in several.  None where nothing tells of any row.  A row that names
        several persons is a collective (:func:`~custid.intake.joint_holders.joint_rows`); where there are such rows,
        the others that name a person, and no organization, are persons.
    """
    kinds = [np.full(each.intake.table.num_rows, -1, np.int8) for each in inputs]
    for found, each in zip(kinds, inputs, strict=True):
        if each.intake.typed is not None:
            found[:] = each.intake.typed.kind_of_row
        lowest, highest = np.full_like(found, _MANY), np.full_like(found, -1)
        for column in each.mapping.attributes.get("party_kind", ()):
            encoded = as_array(each.intake.table.column(column)).dictionary_encode()
            words = [KIND_OF_WORD.get(fold(word), -1) for word in encoded.dictionary.to_pylist()]
            codes = np.asarray(encoded.indices.fill_null(len(words)), np.int64)
            told = np.array([*words, -1], np.int8)[codes]
            lowest = np.minimum(lowest, np.where(told >= 0, told, _MANY))
            highest = np.maximum(highest, told)
        # Columns that contradict each other tell nothing, whichever of them comes first.
        is_told = (highest >= 0) & (lowest == highest)
        found[is_told] = highest[is_told]
    joined = np.concatenate(kinds) if kinds else np.empty(0, np.int8)
    joint = [each.row for each in joint_rows(inputs)]
    if joint or is_among_joint:
        # Whoever is named beside joint holders is one person, so that they are not taken for one of them.
        joined[(joined < 0) & _are_named(inputs)] = PARTY_KINDS.index("person")
        joined[joint] = PARTY_KINDS.index("collective")
    return joined if (joined >= 0).any() else None


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

    return np.concatenate([has_any(each, _PERSON_NAMES) & ~has_any(each, ("organization_name",)) for each in inputs])


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
