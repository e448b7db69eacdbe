"""From raw values to canonical ones: one module per kind of value, one locale pack per language."""

from custid.standardize.address import (
    standardize_house_number,
    standardize_place,
    standardize_postcode,
    standardize_street,
)
from custid.standardize.category import standardize_category, standardize_sex
from custid.standardize.date import is_day_first, standardize_date
from custid.standardize.email import base_local_part, local_part, standardize_email
from custid.standardize.identifier import standardize_identifier
from custid.standardize.name import standardize_person_name
from custid.standardize.nicknames import are_variants, nickname_groups
from custid.standardize.organization import standardize_organization_name
from custid.standardize.phone import standardize_phone
from custid.standardize.placeholders import is_placeholder
from custid.standardize.registry import STANDARDIZERS, standardizer
from custid.standardize.text import fold, to_ascii, tokens
from custid.standardize.values import Parsed, Standardized, Standardizer

__all__ = [
    "STANDARDIZERS",
    "Parsed",
    "Standardized",
    "Standardizer",
    "are_variants",
    "base_local_part",
    "fold",
    "is_day_first",
    "is_placeholder",
    "local_part",
    "nickname_groups",
    "standardize_category",
    "standardize_date",
    "standardize_email",
    "standardize_house_number",
    "standardize_identifier",
    "standardize_organization_name",
    "standardize_person_name",
    "standardize_phone",
    "standardize_place",
    "standardize_postcode",
    "standardize_sex",
    "standardize_street",
    "standardizer",
    "to_ascii",
    "tokens",
]
