"""Sound keys of words, by language; for blocking only, never for comparison."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from custid.standardize.text import fold

__all__ = ["PHONETIC_KEYS", "phonetic_key_fr"]

# In the order of application, on small letters.  Sounds are written as: 1 an, 2 in, 3 on, 4 eu, 5 ch, 8 ou.
_RULES_FR: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<=[aeiouy])s(?=[aeiouy])", "z"),
        (r"(?<=\w{3})(?:er|ez)$", "e"),
        # Letters that are heard as others.
        (r"ph", "f"),
        (r"^ch(?=[lrnmst])|(?<=[ns])ch(?=[lr])", "k"),
        (r"s?ch|sh", "5"),
        (r"h", ""),
        (r"bv", "v"),
        (r"w", "v"),
        (r"^x|(?<=\w)x(?=[aeiouy])", "ks"),
        (r"ancoi", "ansoi"),
        (r"cc(?=[eiy])", "ks"),
        (r"s?c(?=[eiy])", "s"),
        (r"cqu?|ck|qu|q", "k"),
        (r"c", "k"),
        (r"(?<=er)k$|(?<=n)k$", ""),
        (r"ge(?=[ao])", "j"),
        (r"gu(?=[eiy])", "'"),
        (r"g(?=[eiy])", "j"),
        (r"'", "g"),
        (r"gn", "n"),
        (r"tion", "sion"),
        # Ends that are not heard; a final e goes last, as it tells Martine from Martin.
        (r"[dt]t$", "t"),
        (r"(?:eaux?|au(?:l?[dtx])?s?|os|ot|op)$", "o"),
        (r"(?<=[aeiouynrl])(?:g|ps?|[dt]s?|x|z|s)$", ""),
        # Sounds of several letters.
        (r"(?<![vm])ill(?=[aeouy])|(?<=[aeou])ill?(?=e?$)", "i"),
        (r"(?<=[iy])en(?![aeiouynm])", "2"),
        (r"(?:[ae]?in|[ae]?im|yn|ym|un|um)(?![aeiouynm])", "2"),
        (r"(?:e?an|aen|aon|am|en|em)(?![aeiouynm])", "1"),
        (r"(?:on|om)(?![aeiouynm])", "3"),
        (r"oeu|eu", "4"),
        (r"eau|au", "o"),
        (r"ou", "8"),
        (r"oi|oy", "8a"),
        (r"ai|ei|ay|ey|ae|oe(?!$)", "e"),
        (r"ea", "a"),
        (r"y", "i"),
        # What is written twice is heard once.
        (r"(.)\1+", r"\1"),
        (r"(?<=\w{2})e$", ""),
    )
)


def phonetic_key_fr(word: str) -> str:
    """Return how a word sounds to a French ear, roughly.

    Parameters
    ----------
    word : str
        Any string; words beside one another are taken as one.

    Returns
    -------
    str
        Letters for sounds, digits for the nasal vowels and those of two letters; the letters of the word where no
        sound would be left; empty for a word without Latin letters.

    Notes
    -----
    The rules are our own.  As accents are folded away, a final ``é`` is as silent as a final ``e``.

    Examples
    --------
    >>> phonetic_key_fr("Gauthier"), phonetic_key_fr("Gotier")
    ('goti', 'goti')
    >>> phonetic_key_fr("Renault"), phonetic_key_fr("Dupond")
    ('reno', 'dup3')
    """
    letters = "".join(filter(str.isalpha, fold(word)))
    key = letters
    for pattern, sound in _RULES_FR:
        key = pattern.sub(sound, key)
    return key or letters


PHONETIC_KEYS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType({"fr": phonetic_key_fr})
"""Sound keys by the name that a ``LocalePack`` gives; read-only."""
