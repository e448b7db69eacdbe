"""How each source writes customers down, and how often anyone errs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import Attribute, field, frozen

from custid.errors import ConfigurationError

__all__ = ["DEFAULT_SOURCES", "ErrorRates", "MissingShares", "SourceHabits"]

PHONE_LAYOUTS = ("plain", "spaced", "dotted", "international", "double_zero", "bare")


def _check_share(owner: object, attribute: Attribute[Any], value: float) -> None:
    if not 0.0 <= value <= 1.0:
        name = f"{type(owner).__name__}: {attribute.name}"
        raise ConfigurationError(f"{name}: expected a share from 0 to 1, got {value!r}.")


def _check_weight(_owner: object, attribute: Attribute[Any], value: float) -> None:
    if not value > 0.0:
        raise ConfigurationError(f"SourceHabits: {attribute.name}: expected a number above 0, got {value!r}.")


def _check_layouts(_owner: object, attribute: Attribute[Any], value: tuple[str, ...]) -> None:
    unknown = [layout for layout in value if layout not in PHONE_LAYOUTS]
    if unknown or not value:
        raise ConfigurationError(
            f"SourceHabits: {attribute.name}: expected some of {', '.join(PHONE_LAYOUTS)}, got {unknown or 'none'}."
        )


def _check_date_layout(_owner: object, attribute: Attribute[Any], value: str) -> None:
    try:
        is_layout = bool(value.format(y=1980, m=12, d=31))
    except (AttributeError, IndexError, KeyError, ValueError):
        is_layout = False
    if not is_layout:
        raise ConfigurationError(
            f"SourceHabits: {attribute.name}: expected a format with the fields y, m and d, got {value!r}.",
            hint="For example '{d:02d}/{m:02d}/{y:04d}'.",
        )


def _check_pair(_owner: object, attribute: Attribute[Any], value: Sequence[str]) -> None:
    if isinstance(value, str) or len(value) != 2:
        raise ConfigurationError(f"SourceHabits: {attribute.name}: expected two words, got {value!r}.")


def _share(default: float) -> float:
    return field(default=default, validator=_check_share)


@frozen(kw_only=True)
class MissingShares:
    """Share of records in which a source leaves a field empty though the customer has a value for it.

    Attributes
    ----------
    given_name, family_name, birth_date, sex, email, phone, address, loyalty_card : float
        In [0, 1]. ``phone`` holds for the mobile number as well; ``address`` empties street, number, postcode and city.
    """

    given_name: float = _share(0.01)
    family_name: float = _share(0.003)
    birth_date: float = _share(0.3)
    sex: float = _share(0.2)
    email: float = _share(0.3)
    phone: float = _share(0.3)
    address: float = _share(0.2)
    loyalty_card: float = _share(0.5)


@frozen(kw_only=True)
class SourceHabits:
    """How one source writes customers down.

    Attributes
    ----------
    name : str
        Value of the column ``shop``.
    weight : float
        Its records against those of the other sources; above 0.
    missing : MissingShares
        What it leaves empty.
    upper_case, lower_case : float
        Shares of records whose names and addresses are in capitals, or wholly in lower case.
    no_accents : float
        Share of records without accents.
    date_layout : str
        Format of birth dates with the fields ``y``, ``m`` and ``d``.
    sex_words : tuple of str
        What it writes for a man and for a woman.
    phone_layouts : tuple of str
        Of ``"plain"``, ``"spaced"``, ``"dotted"``, ``"international"``, ``"double_zero"`` and ``"bare"`` (the leading
        zero lost); each record takes one of them.
    has_one_phone_field : bool
        One number only, in ``phone``: the mobile one, at times the land line.
    has_number_in_street : bool
        House numbers stand before the street's name; ``house_number`` stays empty.
    abbreviated_streets : float
        Share of addresses with the kind of street abbreviated.
    swapped_names : float
        Share of records with given and family name in each other's field.
    joined_names : float
        Share of records with both names in the field of the family name.
    placeholders : float
        Share of empty cells that hold ``N/A``, ``01/01/1900`` and their like instead.
    own_email : str
        An address that staff types in one of twenty records without one; empty for none.
    card_prefix : str
        Letters before the number of a loyalty card.
    card_holders : float
        Share of its customers who hold a card.

    Examples
    --------
    >>> from custid.testing import SourceHabits, synthetic_customers
    >>> desk = SourceHabits(name="desk", upper_case=1.0)
    >>> synthetic_customers(3, sources=(desk,)).records["shop"].to_pylist()
    ['desk', 'desk', 'desk']
    """

    name: str
    weight: float = field(default=1.0, validator=_check_weight)
    missing: MissingShares = MissingShares()
    upper_case: float = _share(0.0)
    lower_case: float = _share(0.0)
    no_accents: float = _share(0.0)
    date_layout: str = field(default="{y:04d}-{m:02d}-{d:02d}", validator=_check_date_layout)
    sex_words: tuple[str, str] = field(default=("M", "F"), validator=_check_pair)
    phone_layouts: tuple[str, ...] = field(default=("plain",), validator=_check_layouts)
    has_one_phone_field: bool = False
    has_number_in_street: bool = False
    abbreviated_streets: float = _share(0.1)
    swapped_names: float = _share(0.005)
    joined_names: float = _share(0.0)
    placeholders: float = _share(0.02)
    own_email: str = ""
    card_prefix: str = ""
    card_holders: float = _share(0.6)


@frozen(kw_only=True)
class ErrorRates:
    """Share of records with each error, where the error is possible at all.

    Attributes
    ----------
    nickname, initial, name_typo : float
        Given name replaced by a familiar form, or by its first letter; a typo, in given and family name each.
    compound_cut, birth_name : float
        First half alone of a compound given name; name at birth in place of the one in use.
    birth_day_month, birth_digit, birth_year, birth_january : float
        Day and month exchanged; one digit wrong; a year more or less; first of January of the right year.
    sex : float
        The other one.
    email_typo, email_housemate : float
        A typo; the address of somebody of the same household.
    phone_digit, phone_transposed : float
        One digit wrong; two neighboring digits exchanged.
    street_typo, house_number, postcode, city_typo : float
        A typo in the street; one digit of the house number or of the postcode wrong; a typo in the city.
    card_digit, card_housemate : float
        One digit wrong; the card of somebody of the same household.
    organization_typo : float
        A typo in an organization's name.
    spaces : float
        Stray spaces around or inside a name.
    """

    nickname: float = 0.05
    initial: float = 0.01
    name_typo: float = 0.03
    compound_cut: float = 0.15
    birth_name: float = 0.08
    birth_day_month: float = 0.01
    birth_digit: float = 0.012
    birth_year: float = 0.006
    birth_january: float = 0.006
    sex: float = 0.008
    email_typo: float = 0.02
    email_housemate: float = 0.01
    phone_digit: float = 0.01
    phone_transposed: float = 0.006
    street_typo: float = 0.03
    house_number: float = 0.01
    postcode: float = 0.012
    city_typo: float = 0.02
    card_digit: float = 0.005
    card_housemate: float = 0.015
    organization_typo: float = 0.04
    spaces: float = 0.01


DEFAULT_SOURCES = (
    SourceHabits(
        name="office",
        weight=0.3,
        missing=MissingShares(birth_date=0.08, sex=0.05, email=0.3, phone=0.2, address=0.04, loyalty_card=0.7),
        upper_case=0.9,
        no_accents=1.0,
        phone_layouts=("spaced", "spaced", "plain"),
        abbreviated_streets=0.2,
        card_prefix="CB",
        card_holders=0.5,
    ),
    SourceHabits(
        name="web",
        weight=0.35,
        missing=MissingShares(birth_date=0.4, sex=0.35, email=0.0, phone=0.35, address=0.12, loyalty_card=0.6),
        lower_case=0.1,
        no_accents=0.25,
        date_layout="{d:02d}/{m:02d}/{y:04d}",
        phone_layouts=("plain", "spaced", "international", "dotted"),
        swapped_names=0.015,
        placeholders=0.03,
        card_prefix="CB",
    ),
    SourceHabits(
        name="till",
        weight=0.2,
        missing=MissingShares(
            given_name=0.05,
            family_name=0.01,
            birth_date=0.5,
            sex=0.3,
            email=0.5,
            phone=0.4,
            address=0.4,
            loyalty_card=0.05,
        ),
        upper_case=1.0,
        no_accents=1.0,
        date_layout="{d:02d}.{m:02d}.{y:04d}",
        sex_words=("MR", "MRS"),
        phone_layouts=("plain", "plain", "bare"),
        has_one_phone_field=True,
        abbreviated_streets=0.4,
        joined_names=0.03,
        placeholders=0.08,
        own_email="till@shop.example",
        card_prefix="CB",
        card_holders=0.8,
    ),
    SourceHabits(
        name="care",
        weight=0.15,
        missing=MissingShares(
            given_name=0.03,
            family_name=0.01,
            birth_date=0.4,
            sex=0.5,
            email=0.4,
            phone=0.1,
            address=0.4,
            loyalty_card=0.85,
        ),
        lower_case=0.1,
        no_accents=0.4,
        phone_layouts=("double_zero", "international", "spaced"),
        has_number_in_street=True,
        swapped_names=0.01,
        card_prefix="CB",
    ),
)
"""The sources of `synthetic_customers` where none are given."""
