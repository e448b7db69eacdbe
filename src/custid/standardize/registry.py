"""The standardizers by the names that attributes are declared with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from custid.errors import ConfigurationError
from custid.standardize.address import (
    standardize_house_number,
    standardize_place,
    standardize_postcode,
    standardize_street,
)
from custid.standardize.category import standardize_category, standardize_sex
from custid.standardize.date import standardize_date
from custid.standardize.email import standardize_email
from custid.standardize.identifier import standardize_identifier
from custid.standardize.identifiers import standardizer_of_scheme
from custid.standardize.name import standardize_full_name, standardize_person_name
from custid.standardize.organization import standardize_organization_name
from custid.standardize.phone import standardize_phone
from custid.standardize.prohibited import standardize_national_id
from custid.standardize.values import Standardizer

__all__ = ["STANDARDIZERS", "standardizer"]

STANDARDIZERS: Final[Mapping[str, Standardizer]] = MappingProxyType(
    {
        "category": standardize_category,
        "date": standardize_date,
        "email": standardize_email,
        "full_name": standardize_full_name,
        "house_number": standardize_house_number,
        "identifier": standardize_identifier,
        "lei": standardizer_of_scheme("lei"),
        "national_id": standardize_national_id,
        "organization_name": standardize_organization_name,
        "person_name": standardize_person_name,
        "phone": standardize_phone,
        "place": standardize_place,
        "postcode": standardize_postcode,
        "rna": standardizer_of_scheme("rna"),
        "sex": standardize_sex,
        "siren": standardizer_of_scheme("siren"),
        "siret": standardizer_of_scheme("siret"),
        "street": standardize_street,
        "vat_number": standardizer_of_scheme("vat_number"),
    }
)
"""All built-in standardizers by name; read-only."""


def standardizer(name: str) -> Standardizer:
    """Return the standardizer of a name.

    Parameters
    ----------
    name : str
        Name as in ``Attribute.standardizer``, for example ``"person_name"``.

    Returns
    -------
    Standardizer
        The function that makes canonical values.

    Raises
    ------
    ConfigurationError
        If no standardizer has that name.

    Examples
    --------
    >>> standardizer("postcode")("75 011").value
    '75011'
    """
    try:
        return STANDARDIZERS[name]
    except KeyError:
        raise ConfigurationError(
            f"standardizer {name!r}: expected one of {', '.join(map(repr, STANDARDIZERS))}.",
            hint="An attribute whose values need none has the empty string.",
        ) from None
