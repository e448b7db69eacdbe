"""From raw values to canonical ones: one module per kind of value, one locale pack per language."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from custid.standardize.address import (
        standardize_house_number,
        standardize_place,
        standardize_postcode,
        standardize_street,
    )
    from custid.standardize.category import parse_sex, standardize_category, standardize_sex
    from custid.standardize.contact_points import parse_email, parse_phone
    from custid.standardize.countries import COUNTRY_CODES, country_code, country_name
    from custid.standardize.date import is_day_first, standardize_date
    from custid.standardize.email import base_local_part, local_part, standardize_email
    from custid.standardize.envelopes import address_lines
    from custid.standardize.identifier import standardize_identifier
    from custid.standardize.identifiers import IdentifierScheme, identifier_schemes, parse_identifier, siren_of
    from custid.standardize.languages import parse_language
    from custid.standardize.locales import LocalePack, locale_pack
    from custid.standardize.misplaced import Misplaced, find_misplaced
    from custid.standardize.name import is_family_first, standardize_person_name
    from custid.standardize.nicknames import are_variants, nickname_groups
    from custid.standardize.occupations import OCCUPATION_SCHEMES, parse_occupation
    from custid.standardize.organization import standardize_organization_name
    from custid.standardize.organization_names import acronym_of, is_acronym_of, parse_organization_name
    from custid.standardize.partial_dates import parse_date
    from custid.standardize.person_names import parse_person_name
    from custid.standardize.phone import standardize_phone
    from custid.standardize.phonetics import phonetic_key_fr
    from custid.standardize.placeholders import is_placeholder
    from custid.standardize.postal_address import parse_postal_address
    from custid.standardize.prohibited import (
        PROHIBITED_CODES,
        MaskedText,
        mask_prohibited,
        prohibited_codes,
        standardize_national_id,
        without_national_numbers,
    )
    from custid.standardize.registry import STANDARDIZERS, standardizer
    from custid.standardize.text import fold, to_ascii, tokens
    from custid.standardize.values import Parsed, Standardized, Standardizer

__all__ = [
    "COUNTRY_CODES",
    "OCCUPATION_SCHEMES",
    "PROHIBITED_CODES",
    "STANDARDIZERS",
    "IdentifierScheme",
    "LocalePack",
    "MaskedText",
    "Misplaced",
    "Parsed",
    "Standardized",
    "Standardizer",
    "acronym_of",
    "address_lines",
    "are_variants",
    "base_local_part",
    "country_code",
    "country_name",
    "find_misplaced",
    "fold",
    "identifier_schemes",
    "is_acronym_of",
    "is_day_first",
    "is_family_first",
    "is_placeholder",
    "local_part",
    "locale_pack",
    "mask_prohibited",
    "nickname_groups",
    "parse_date",
    "parse_email",
    "parse_identifier",
    "parse_language",
    "parse_occupation",
    "parse_organization_name",
    "parse_person_name",
    "parse_phone",
    "parse_postal_address",
    "parse_sex",
    "phonetic_key_fr",
    "prohibited_codes",
    "siren_of",
    "standardize_category",
    "standardize_date",
    "standardize_email",
    "standardize_house_number",
    "standardize_identifier",
    "standardize_national_id",
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
    "without_national_numbers",
]

# Loaded when first asked for: matching needs few of them, and a small run should not wait for the rest.
_HOMES = {
    "COUNTRY_CODES": "custid.standardize.countries",
    "IdentifierScheme": "custid.standardize.identifiers",
    "LocalePack": "custid.standardize.locales",
    "MaskedText": "custid.standardize.prohibited",
    "PROHIBITED_CODES": "custid.standardize.prohibited",
    "without_national_numbers": "custid.standardize.prohibited",
    "Misplaced": "custid.standardize.misplaced",
    "OCCUPATION_SCHEMES": "custid.standardize.occupations",
    "Parsed": "custid.standardize.values",
    "STANDARDIZERS": "custid.standardize.registry",
    "Standardized": "custid.standardize.values",
    "Standardizer": "custid.standardize.values",
    "acronym_of": "custid.standardize.organization_names",
    "address_lines": "custid.standardize.envelopes",
    "are_variants": "custid.standardize.nicknames",
    "base_local_part": "custid.standardize.email",
    "country_code": "custid.standardize.countries",
    "country_name": "custid.standardize.countries",
    "find_misplaced": "custid.standardize.misplaced",
    "fold": "custid.standardize.text",
    "identifier_schemes": "custid.standardize.identifiers",
    "is_acronym_of": "custid.standardize.organization_names",
    "is_day_first": "custid.standardize.date",
    "is_family_first": "custid.standardize.name",
    "is_placeholder": "custid.standardize.placeholders",
    "local_part": "custid.standardize.email",
    "locale_pack": "custid.standardize.locales",
    "mask_prohibited": "custid.standardize.prohibited",
    "nickname_groups": "custid.standardize.nicknames",
    "parse_date": "custid.standardize.partial_dates",
    "parse_email": "custid.standardize.contact_points",
    "parse_identifier": "custid.standardize.identifiers",
    "parse_language": "custid.standardize.languages",
    "parse_occupation": "custid.standardize.occupations",
    "parse_organization_name": "custid.standardize.organization_names",
    "parse_person_name": "custid.standardize.person_names",
    "parse_phone": "custid.standardize.contact_points",
    "parse_postal_address": "custid.standardize.postal_address",
    "parse_sex": "custid.standardize.category",
    "phonetic_key_fr": "custid.standardize.phonetics",
    "prohibited_codes": "custid.standardize.prohibited",
    "siren_of": "custid.standardize.identifiers",
    "standardize_category": "custid.standardize.category",
    "standardize_date": "custid.standardize.date",
    "standardize_email": "custid.standardize.email",
    "standardize_house_number": "custid.standardize.address",
    "standardize_identifier": "custid.standardize.identifier",
    "standardize_national_id": "custid.standardize.prohibited",
    "standardize_organization_name": "custid.standardize.organization",
    "standardize_person_name": "custid.standardize.name",
    "standardize_phone": "custid.standardize.phone",
    "standardize_place": "custid.standardize.address",
    "standardize_postcode": "custid.standardize.address",
    "standardize_sex": "custid.standardize.category",
    "standardize_street": "custid.standardize.address",
    "standardizer": "custid.standardize.registry",
    "to_ascii": "custid.standardize.text",
    "tokens": "custid.standardize.text",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'custid.standardize' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
