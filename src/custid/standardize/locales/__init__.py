"""Locale packs: what each language contributes to standardization.

A third language is one module with one ``LocalePack``, listed in ``LOCALES``; no standardizer changes.  Words are
written folded (``fold`` of ``custid.standardize.text``), and ``tests/standardize/locales`` checks that they are.
"""

from __future__ import annotations

from typing import Final

from custid.errors import ConfigurationError
from custid.standardize.locales.en import AMERICAN, BRITISH, ENGLISH
from custid.standardize.locales.fr import FRENCH
from custid.standardize.locales.neutral import NEUTRAL
from custid.standardize.locales.pack import LocalePack

__all__ = [
    "AMERICAN",
    "BRITISH",
    "ENGLISH",
    "FRENCH",
    "LOCALES",
    "NEUTRAL",
    "VARIANTS",
    "LocalePack",
    "locale_pack",
]

LOCALES: tuple[LocalePack, ...] = (NEUTRAL, ENGLISH, FRENCH)
"""The packs that standardizers read, in the order in which later ones win."""

VARIANTS: tuple[LocalePack, ...] = (BRITISH, AMERICAN)
"""Packs of one country each, which differ from the pack of their language in conventions only."""

_BY_CODE: Final = {pack.code: pack for pack in (*LOCALES, *VARIANTS)}


def locale_pack(code: str) -> LocalePack:
    """Return the locale pack of a language, or of a language as one country writes it.

    Parameters
    ----------
    code : str
        BCP 47 tag: ``"fr"``, ``"en"``, ``"en-GB"``, ``"en-US"``, or empty for the words of no language.  A region
        without a pack of its own has that of its language.

    Returns
    -------
    LocalePack
        The pack.

    Raises
    ------
    ConfigurationError
        If the language has none.

    Examples
    --------
    >>> locale_pack("en-GB").country, locale_pack("fr-CA").code
    ('GB', 'fr')
    >>> locale_pack("en-US").day_first
    False
    """
    pack = _BY_CODE.get(code) or _BY_CODE.get(code.partition("-")[0])
    # "-FR" has no language: only the empty code itself is the neutral pack.
    if pack is None or (code and not pack.code):
        raise ConfigurationError(
            f"locale {code!r}: expected one of {', '.join(map(repr, _BY_CODE))}.",
            hint="A language is added by a LocalePack in custid.standardize.locales.LOCALES.",
        )
    return pack
