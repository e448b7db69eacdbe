"""Locale packs: what each language contributes to standardization."""

from custid.standardize.locales.en import ENGLISH
from custid.standardize.locales.fr import FRENCH
from custid.standardize.locales.neutral import NEUTRAL
from custid.standardize.locales.pack import LocalePack

__all__ = ["ENGLISH", "FRENCH", "LOCALES", "NEUTRAL", "LocalePack"]

LOCALES: tuple[LocalePack, ...] = (NEUTRAL, ENGLISH, FRENCH)
"""The packs that standardizers read, in the order in which later ones win."""
