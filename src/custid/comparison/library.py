"""The default comparison of every attribute."""

from __future__ import annotations

from custid.comparison.comparison import Comparison
from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.value_comparison import EqualLevels, ValueComparison, ValueLevels
from custid.model.attributes import ATTRIBUTES
from custid.table.record_table import RecordTable

__all__ = ["default_comparisons", "default_levels"]

_LEVELS: dict[str, ValueLevels] = {
    "birth_date": DateLevels(),
    "postcode": PostcodeLevels(),
    "phone": ErrorLevels(n_last=9),
    "national_id": ErrorLevels(),
    "organization_id": ErrorLevels(),
    "siren": ErrorLevels(max_errors=1),
    "siret": ErrorLevels(max_errors=1),
    "loyalty_card": ErrorLevels(),
    "house_number": ErrorLevels(max_errors=1),
    "email": EmailLevels(),
    "street": AddressLevels(),
    "address_line": AddressLevels(),
    "city": AddressLevels(),
    "birth_place": AddressLevels(),
}
_NAMES = frozenset({"given_name", "family_name", "full_name", "organization_name"})


def default_levels(attribute: str) -> ValueLevels:
    """Return the levels of two values of an attribute.

    Parameters
    ----------
    attribute : str
        Its name.

    Returns
    -------
    ValueLevels
        Equal or not, where the attribute has none of its own.

    Examples
    --------
    >>> default_levels("sex").labels
    ('else', 'exact')
    """
    return _LEVELS.get(attribute, EqualLevels())


def default_comparisons(table: RecordTable) -> tuple[Comparison, ...]:
    """Return the comparisons for the attributes that a table has.

    Parameters
    ----------
    table : RecordTable
        The records.

    Returns
    -------
    tuple of Comparison
        Names first, then the other attributes by name.
    """
    comparisons: list[Comparison] = []
    if "given_name" in table.columns and "family_name" in table.columns:
        comparisons.append(PersonNameComparison())
    else:
        comparisons.extend(
            OrganizationNameComparison(attribute=name, has_acronyms=False)
            for name in ("family_name", "full_name", "given_name")
            if name in table.columns
        )
    if "organization_name" in table.columns:
        comparisons.append(OrganizationNameComparison())
    for name in table.columns:
        declared = ATTRIBUTES.get(name)
        if name not in _NAMES and declared is not None and declared.is_comparable:
            levels = default_levels(name)
            comparisons.append(
                ValueComparison(
                    attribute=name,
                    levels=levels,
                    is_personal=declared.is_personal,
                    is_costly=isinstance(levels, AddressLevels),
                )
            )
    return tuple(comparisons)
