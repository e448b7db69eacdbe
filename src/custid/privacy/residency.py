"""Where data may lie: regions, and what a transfer to another one rests on."""

from __future__ import annotations

import re
from typing import Final

from attrs import Attribute, field, frozen

from custid.errors import ConfigurationError
from custid.privacy.audit import AuditTrail

__all__ = ["EEA", "Transfer", "checked_region", "region_of"]

EEA: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)
"""The European Economic Area: the 27 states of the Union, Iceland, Liechtenstein and Norway, in which Regulation (EU)
2016/679 holds (decision of the EEA Joint Committee 154/2018)."""

_REGION: Final = re.compile(r"[A-Z]{2}")


def region_of(country: str) -> str:
    """Return the region whose law holds for a country.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2 code, as `Record.jurisdiction` holds it.

    Returns
    -------
    str
        ``"EU"`` for the European Economic Area, within which data may move; the country itself for others.

    Examples
    --------
    >>> region_of("FR"), region_of("NO"), region_of("US")
    ('EU', 'EU', 'US')
    """
    return "EU" if country in EEA else country


def checked_region(region: str) -> str:
    """Return a region; ConfigurationError for a text that is none."""
    if _REGION.fullmatch(region) is None:
        raise ConfigurationError(
            f"region: expected 'EU' or a code of ISO 3166-1 such as 'US', got {region[:20]!r}.",
        )
    return region_of(region)


def _stated(_transfer: object, attribute: Attribute[str], value: str) -> None:
    if not value.strip():
        raise ConfigurationError(f"transfer: {attribute.name}: expected a text, got none.")


@frozen(kw_only=True)
class Transfer:
    """What lets data leave their region, and where it is put on record.

    Attributes
    ----------
    basis : str
        What it rests on (Regulation (EU) 2016/679, articles 45, 46 and 49): ``"adequacy decision 2023/1795"``,
        ``"standard contractual clauses 2021/914, module 2"``.
    audit : AuditTrail
        Keeps it.

    Raises
    ------
    ConfigurationError
        If there is no basis.
    """

    basis: str = field(validator=_stated)
    audit: AuditTrail = field(repr=False)
