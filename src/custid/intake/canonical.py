"""From columns of text to the canonical values of each attribute, over all sources of a run."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.errors import ConfigurationError
from custid.intake._derived import derive_sirens
from custid.intake._encoder import Column, Encoded, EncodedAttribute, as_array, encode
from custid.intake._intake import Intake
from custid.intake._parts import join_date_parts, split_full_names
from custid.intake._split_parts import split_house_numbers, split_postcodes
from custid.intake.conventions import Conventions
from custid.intake.detection import Mapping
from custid.intake.generic_values import GenericPolicy, GenericValue, drop_generic_values
from custid.model.attributes import ATTRIBUTES
from custid.standardize.values import Standardizer
from custid.table.record_table import RecordTable

__all__ = ["Blanked", "CanonicalValues", "SourceInput", "StandardizationNotice", "canonical_values"]

# About how long the many distinct values of an attribute take, in relation to others.
_COSTS = {"street": 9, "full_name": 8, "organization_name": 8, "email": 6, "phone": 5, "family_name": 3, "city": 2}


@frozen(kw_only=True, eq=False)
class SourceInput:
    """One source: its rows and what its columns mean.

    Attributes
    ----------
    name : str
        Name of the source.
    intake : Intake
        Its rows.
    mapping : Mapping
        What its columns hold.
    conventions : Conventions
        In which order parts of dates and names stand; decided for each column from its values where it does not say.
    """

    name: str
    intake: Intake
    mapping: Mapping
    conventions: Conventions = field(factory=Conventions)


@frozen(kw_only=True)
class StandardizationNotice:
    """How often an issue was met in one attribute.

    Attributes
    ----------
    attribute : str
        The attribute.
    issue : str
        Code of the issue: ``"truncated"`` for a value of more than 256 characters, or what a standardizer noticed, for
        example ``"placeholder"`` or ``"unparsable"``.
    n_rows : int
        Values in rows with that issue.
    """

    attribute: str
    issue: str
    n_rows: int


class Blanked(NamedTuple):
    """Where values stood that were taken for missing; the values themselves are not kept.

    Attributes
    ----------
    row : ndarray of int64, shape (n_cells,)
        The row.
    value : ndarray of int64, shape (n_cells,)
        Equal numbers for equal values.
    """

    row: NDArray[np.int64]
    value: NDArray[np.int64]


@frozen(kw_only=True, eq=False)
class CanonicalValues:
    """The canonical values of all rows.

    Attributes
    ----------
    values : Mapping of str to (vocabulary, codes)
        For each attribute a vocabulary and an int32 array of codes of shape (n_rows, n_columns), -1 for missing.
    source_of_row : ndarray of int32, shape (n_rows,)
        Position in ``sources``.
    sources : tuple of str
        Names of the sources, sorted.
    notices : tuple of StandardizationNotice
        Issues met, by attribute and code.
    generic : tuple of GenericValue
        Values taken for missing since they identify nobody.
    generic_policy : str
        Version of the policy that tells which these are.
    blanked : Mapping of str to Blanked
        By attribute where such values stood.
    """

    values: MappingABC[str, Encoded] = field(repr=False)
    source_of_row: NDArray[np.int32] = field(repr=False)
    sources: tuple[str, ...]
    notices: tuple[StandardizationNotice, ...] = ()
    generic: tuple[GenericValue, ...] = ()
    generic_policy: str = ""
    blanked: MappingABC[str, Blanked] = field(factory=dict, repr=False)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.source_of_row)

    def beyond(self, table: RecordTable) -> CanonicalValues:
        """Return what a table made of the values does not hold as well.

        Parameters
        ----------
        table : RecordTable
            The table of these values.

        Returns
        -------
        CanonicalValues
            Without the values of attributes of a single column, of which the table tells the value of each row.
        """
        kept = {
            attribute: (vocabulary, codes)
            for attribute, (vocabulary, codes) in self.values.items()
            if codes.shape[1] > 1 or attribute not in table.columns
        }
        return evolve(self, values=kept)


def canonical_values(
    inputs: Sequence[SourceInput],
    *,
    standardizers: MappingABC[str, Standardizer] | None = None,
    n_threads: int = 1,
    generic: GenericPolicy | None = None,
) -> CanonicalValues:
    """Standardize the columns of all sources.

    Of a raw value the first 1,024 characters are read, and of a canonical one 256 are kept.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows in the result.
    standardizers : Mapping of str to Standardizer, optional
        Standardizers by attribute that replace the built-in ones; they are called in the thread of the caller.
    n_threads : int
        Threads that work on attributes side by side; the result does not depend on it.
    generic : GenericPolicy, optional
        What makes a value generic; the built-in policy when not given.

    Returns
    -------
    CanonicalValues
        Attributes that no column holds are left out; so are those that are never compared.

    Raises
    ------
    ConfigurationError
        If a standardizer is for no known attribute, or returns something else than a `Standardized`; if the policy
        declares a value that cannot be read.
    """
    policy = generic or GenericPolicy()
    own = standardizers or {}
    _check_standardizers(own)
    source_of_row, names = _sources(inputs)
    columns = dict(sorted(_columns(inputs).items()))

    def encoded_of(attribute: str) -> EncodedAttribute:
        return encode(attribute, columns[attribute], len(source_of_row), own.get(attribute))

    encoded = {attribute: encoded_of(attribute) for attribute in columns if attribute in own}
    others = [attribute for attribute in columns if attribute not in own]
    # Those that take longest first, so that no thread waits at the end for another one.
    others.sort(key=lambda attribute: (-_COSTS.get(attribute, 0), attribute))
    encoded |= zip(others, in_threads(encoded_of, others, n_threads=n_threads), strict=True)
    values = {attribute: encoded[attribute].values for attribute in columns}
    issues = {(attribute, issue): n for attribute, each in encoded.items() for issue, n in each.issues.items()}
    join_date_parts(values, issues)
    split_full_names(values)
    derive_sirens(values)
    split_house_numbers(values)
    split_postcodes(values)
    before = dict(values)
    dropped = drop_generic_values(values, policy, own)
    return CanonicalValues(
        values=dict(sorted(values.items())),
        source_of_row=source_of_row,
        sources=names,
        notices=tuple(
            StandardizationNotice(attribute=attribute, issue=issue, n_rows=n_rows)
            for (attribute, issue), n_rows in sorted(issues.items())
        ),
        generic=tuple(dropped),
        generic_policy=policy.version,
        blanked=_blanked(before, values),
    )


def _blanked(before: MappingABC[str, Encoded], after: MappingABC[str, Encoded]) -> dict[str, Blanked]:
    """Return where values stood that are missing now."""
    found = {}
    for attribute in sorted(before):
        codes, left = before[attribute][1], after[attribute][1]
        if left is not codes:
            row, slot = np.nonzero((codes >= 0) & (left < 0))
            found[attribute] = Blanked(row, codes[row, slot].astype(np.int64))
    return found


def _check_standardizers(standardizers: MappingABC[str, Standardizer]) -> None:
    problems = [
        f"standardizers: {attribute!r}: expected the name of an attribute"
        for attribute in standardizers
        if attribute not in ATTRIBUTES
    ]
    if problems:
        raise ConfigurationError.collected(problems, hint=f"The attributes are {', '.join(ATTRIBUTES)}.")


def _sources(inputs: Sequence[SourceInput]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return the number of each row's source, and the names of the sources, sorted."""
    held: list[tuple[list[str], NDArray[np.int32]]] = []
    for each in inputs:
        if each.mapping.source is None:
            # One name for all rows; where there are none, it is not listed.
            held.append(([each.name], np.zeros(each.intake.table.num_rows, np.int32)))
        else:
            encoded = as_array(each.intake.table.column(each.mapping.source)).dictionary_encode()
            held.append(
                ([*encoded.dictionary.to_pylist(), each.name], np.asarray(encoded.indices.fill_null(-1), np.int32))
            )
    names = sorted({texts[number] for texts, numbers in held for number in _met(numbers, len(texts)).tolist()})
    position = {name: number for number, name in enumerate(names)}
    codes = [np.array([position.get(text, -1) for text in texts], np.int32)[numbers] for texts, numbers in held]
    return np.concatenate([np.empty(0, np.int32), *codes]), tuple(names)


def _met(numbers: NDArray[np.int32], n_texts: int) -> NDArray[np.int64]:
    """Return which positions occur among numbers, -1 standing for the last one."""
    is_met = np.zeros(n_texts, np.bool_)
    is_met[numbers] = True
    return np.flatnonzero(is_met)


def _columns(inputs: Sequence[SourceInput]) -> dict[str, list[Column]]:
    """Return the columns of each attribute that is compared, source by source."""
    found: dict[str, list[Column]] = {}
    first_row = 0
    for each in inputs:
        for attribute, names in each.mapping.attributes.items():
            declared = ATTRIBUTES.get(attribute)
            if declared is None or declared.is_comparable:
                found.setdefault(attribute, []).extend(
                    Column(
                        name=name,
                        texts=each.intake.table.column(name),
                        slot=slot,
                        first_row=first_row,
                        conventions=each.conventions,
                    )
                    for slot, name in enumerate(names)
                )
        first_row += each.intake.table.num_rows
    return found
