"""One declaration per attribute of a customer.

Detection of columns, standardization, the default comparisons, the typed model, the reports and the data dictionary
read these declarations and nothing else; to add an attribute is to add one entry (and a standardizer, where its values
need a new one).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from custid.errors import ConfigurationError
from custid.model._columns import COLUMNS
from custid.model._fields import FIELDS
from custid.model._schemes import SCHEMES
from custid.model.declaration import Attribute, Evidence, InformationGroup, Privacy

__all__ = ["ATTRIBUTES", "Attribute", "Evidence", "InformationGroup", "Privacy", "attribute", "check_comparable"]

ATTRIBUTES: Final = MappingProxyType({declared.name: declared for declared in (*COLUMNS, *SCHEMES, *FIELDS)})
"""All declared attributes by name; read-only."""


def attribute(name: str) -> Attribute:
    """Return the declaration of an attribute.

    Parameters
    ----------
    name : str
        Name of the attribute, for example ``"given_name"``.

    Returns
    -------
    Attribute
        Its declaration.

    Raises
    ------
    ConfigurationError
        If no attribute has that name.

    Examples
    --------
    >>> attribute("city").label_fr
    'ville'
    """
    try:
        return ATTRIBUTES[name]
    except KeyError:
        raise ConfigurationError(
            f"attribute {name!r}: expected one of {', '.join(map(repr, ATTRIBUTES))}.",
            hint="A column that is none of these is passed through unchanged.",
        ) from None


def check_comparable(name: str) -> Attribute:
    """Return the declaration of an attribute that a matcher compares.

    Parameters
    ----------
    name : str
        Name of the attribute.

    Returns
    -------
    Attribute
        Its declaration.

    Raises
    ------
    ConfigurationError
        If no attribute has that name, or it is banned as evidence; the message says why.

    Examples
    --------
    >>> check_comparable("wealth")
    Traceback (most recent call last):
    custid.errors.ConfigurationError: attribute 'wealth' must not be compared: what somebody owns ...
    """
    declared = attribute(name)
    if declared.evidence is Evidence.BANNED:
        raise ConfigurationError(
            f"attribute {name!r} must not be compared: {declared.banned_because}.",
            hint="Compare names, dates, contact data and identifiers.",
        )
    return declared
