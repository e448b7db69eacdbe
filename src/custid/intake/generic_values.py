"""Values that everybody has, and that identify nobody: a stated criterion, and what a person says of values.

A telephone number that forty unlike people give is that of a shop, an agency or a form that was filled in carelessly.
It is taken for missing wherever it stands.  Which values these are is a function of the records and a
:class:`GenericPolicy`: of each value, how many different names stand beside it.  Counts of that kind can be kept up as
records come and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.intake._encoder import Column, Encoded, encode
from custid.intake._generic_policy import GenericPolicy
from custid.intake._parts import plainest
from custid.standardize.placeholders import PLACEHOLDER
from custid.standardize.values import Standardized, Standardizer

__all__ = [
    "GenericPolicy",
    "GenericReason",
    "GenericValue",
    "are_declared",
    "declared_values",
    "drop_generic_values",
    "names_of_rows",
]

_NAME_ATTRIBUTES = ("family_name", "organization_name")
"""The name of a row: that of a person where there is one, else that of an organization."""


class GenericReason(StrEnum):
    """Why a value is generic: so many names stand beside it (``NAMES``), or the policy says so (``DECLARED``)."""

    NAMES = "names"
    DECLARED = "declared"


@frozen(kw_only=True)
class GenericValue:
    """A value that identifies nobody; the value itself is not told.

    Attributes
    ----------
    attribute : str
        The attribute.
    n_rows : int
        Rows that hold the value.
    n_names : int
        Different names among them: family names, or names of organizations in rows without one.
    reason : GenericReason
        Whether the names are too many, or the value was declared.
    """

    attribute: str
    n_rows: int
    n_names: int
    reason: GenericReason = GenericReason.NAMES


def drop_generic_values(
    values: dict[str, Encoded], policy: GenericPolicy, standardizers: Mapping[str, Standardizer]
) -> list[GenericValue]:
    """Blank the values that identify nobody.

    Parameters
    ----------
    values : dict of str to (vocabulary, codes)
        Canonical values by attribute, the codes of shape (n_rows, n_columns), -1 for missing; changed.
    policy : GenericPolicy
        What makes a value generic.
    standardizers : Mapping of str to Standardizer
        The user's own, by attribute, for what the policy declares.

    Returns
    -------
    list of GenericValue
        Those that rows hold, by attribute; the most frequent ones first.

    Raises
    ------
    ConfigurationError
        If the policy declares a value that the standardizer cannot read; the message tells its place.
    """
    names = names_of_rows(values)
    found: list[GenericValue] = []
    for attribute in sorted({*policy.attributes, *policy.generic}.intersection(values)):
        vocabulary, codes = values[attribute]
        own = standardizers.get(attribute)
        is_declared = are_declared("generic", policy.generic, attribute, vocabulary, own)
        is_spared = are_declared("never_generic", policy.never_generic, attribute, vocabulary, own)
        if attribute not in policy.attributes:
            is_spared = ~is_declared
        # Few values stand in as many places as there have to be names: only they are looked into.
        is_common = np.bincount(codes[codes >= 0], minlength=len(vocabulary)) >= policy.min_names
        n_rows, n_names = _counts(codes, is_declared | (is_common & ~is_spared), names)
        is_generic = (is_declared & (n_rows > 0)) | (n_names >= policy.min_names)
        generic = np.flatnonzero(is_generic)
        if len(generic):
            values[attribute] = (vocabulary, np.where(np.append(is_generic, False)[codes], np.int32(-1), codes))
        found.extend(
            GenericValue(
                attribute=attribute,
                n_rows=int(n_rows[code]),
                n_names=int(n_names[code]),
                reason=GenericReason.DECLARED if is_declared[code] else GenericReason.NAMES,
            )
            for code in generic
        )
    return sorted(found, key=lambda value: (value.attribute, -value.n_rows, value.n_names, value.reason))


def names_of_rows(values: Mapping[str, Encoded]) -> NDArray[np.int64] | None:
    """Return the name that is counted beside the values of each row.

    Parameters
    ----------
    values : mapping of str to (vocabulary, codes)
        Canonical values by attribute.

    Returns
    -------
    ndarray of int64, shape (n_rows,), or None
        Numbers of names: those of family names are their codes, those of names of organizations, which count in rows
        without a family name, follow them; -1 for none.  None where no column holds names.
    """
    names: NDArray[np.int64] | None = None
    first = 0
    for attribute in _NAME_ATTRIBUTES:
        if attribute in values:
            codes = plainest(values[attribute]).astype(np.int64)
            numbers = np.where(codes >= 0, codes + first, np.int64(-1))
            names = numbers if names is None else np.where(names >= 0, names, numbers)
            first += len(values[attribute][0])
    return names


def _counts(
    codes: NDArray[np.int32], is_wanted: NDArray[np.bool_], names: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many rows hold each of the wanted values, and how many names they have; 0 for the others."""
    n_values = np.int64(len(is_wanted))
    row, slot = np.nonzero(np.append(is_wanted, False)[codes])
    # A row that states a value twice is one row.
    row, code = np.divmod(np.unique(row * n_values + codes[row, slot]), max(n_values, np.int64(1)))
    n_rows = np.bincount(code, minlength=n_values)
    if names is None:
        return n_rows, np.zeros(n_values, np.int64)
    has_name = names[row] >= 0
    n_distinct = names.max(initial=0) + 1
    pairs = np.unique(code[has_name] * n_distinct + names[row[has_name]])
    return n_rows, np.bincount(pairs // n_distinct, minlength=n_values)


def are_declared(
    field: str,
    declared: Mapping[str, tuple[str, ...]],
    attribute: str,
    vocabulary: Sequence[str],
    standardizer: Standardizer | None,
) -> NDArray[np.bool_]:
    """Tell which canonical values are those that a policy declares.

    Parameters
    ----------
    field : str
        ``"generic"`` or ``"never_generic"``, for errors.
    declared : mapping of str to tuple of str
        By attribute what is declared, as it is written.
    attribute : str
        The attribute.
    vocabulary : sequence of str
        Canonical values.
    standardizer : Standardizer or None
        The user's own.

    Returns
    -------
    ndarray of bool, shape (n_values,)
        True for those declared.

    Raises
    ------
    ConfigurationError
        If a declared value cannot be read.
    """
    stated = declared.get(attribute, ())
    if not stated:
        return np.zeros(len(vocabulary), np.bool_)
    wanted = _canonical(field, stated, attribute, standardizer)
    return np.fromiter((value in wanted for value in vocabulary), np.bool_, len(vocabulary))


def declared_values(policy: GenericPolicy) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Return the canonical values that a policy names.

    Parameters
    ----------
    policy : GenericPolicy
        The policy.

    Returns
    -------
    generic : frozenset of (str, str)
        Attributes and values that are generic whatever stands beside them.
    never_generic : frozenset of (str, str)
        Those that are not, however many names they have.

    Raises
    ------
    ConfigurationError
        If a value cannot be read; the message tells its place.

    Examples
    --------
    >>> declared_values(GenericPolicy(generic={"phone": ["01 99 00 12 34"]}))[0]
    frozenset({('phone', '199001234')})
    """
    generic, never = (
        frozenset(
            (attribute, value)
            for attribute, stated in declared.items()
            for value in _canonical(field, stated, attribute, None)
            if value
        )
        for field, declared in (("generic", policy.generic), ("never_generic", policy.never_generic))
    )
    return generic, never


def _canonical(field: str, stated: Sequence[str], attribute: str, standardizer: Standardizer | None) -> set[str]:
    """Return the canonical values of those that a policy declares."""
    wanted, unread = set(), []
    for place, raw in enumerate(stated, start=1):
        value, issue = _standardized(attribute, raw, standardizer)
        wanted.add(value)
        # A placeholder is taken for missing anyway: who declares it generic is right.
        if not value and not (issue == PLACEHOLDER.issue and field == "generic"):
            unread.append(str(place))
    if unread:
        raise ConfigurationError(
            f"generic policy: {field}: {attribute!r}: expected values that can be read, got others at places "
            f"{', '.join(unread)}.",
            hint="Write them as they stand in the data.",
        )
    return wanted


def _standardized(attribute: str, raw: str, standardizer: Standardizer | None) -> Standardized:
    """Standardize a value as those of a column are."""
    import pyarrow as pa  # noqa: PLC0415 - few runs declare values

    column = Column(texts=pa.chunked_array([pa.array([raw])]), slot=0, first_row=0)
    found = encode(attribute, [column], 1, standardizer)
    vocabulary, codes = found.values
    return Standardized(vocabulary[codes[0, 0]] if codes[0, 0] >= 0 else "", next(iter(found.issues), ""))
