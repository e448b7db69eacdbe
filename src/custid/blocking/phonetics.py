"""A coarse sound key that holds for French and English alike; for blocking only, never for comparison."""

from __future__ import annotations

__all__ = ["consonant_skeleton"]

_SPELLINGS = (("sch", "s"), ("ph", "f"), ("ck", "k"), ("qu", "k"), ("th", "t"), ("gn", "n"), ("eau", "o"), ("au", "o"))
_CLASS = str.maketrans("cqgjzxvwdbmy", "kkkkssfftpni")
_SILENT = frozenset("aeiouh")


def consonant_skeleton(word: str) -> str:
    """Return the first sound and the classes of the consonants after it.

    Vowels and ``h`` are dropped after the first letter, letters that are often confused share a class, and repeats
    collapse, so that one typing error in a vowel, a doubled letter or a voiced for an unvoiced consonant changes
    nothing.

    Parameters
    ----------
    word : str
        One folded word.

    Returns
    -------
    str
        The key; empty for an empty word.

    Notes
    -----
    The idea of dropping vowels and merging consonant classes is that of Soundex (Odell and Russell, U.S. patents
    1,261,167 and 1,435,663); the classes and the unlimited length are our own.

    Examples
    --------
    >>> consonant_skeleton("philippe"), consonant_skeleton("filip")
    ('flp', 'flp')
    """
    if not word:
        return ""
    for spelling, sound in _SPELLINGS:
        if spelling in word:
            word = word.replace(spelling, sound)
    classes = word.translate(_CLASS)
    key = [classes[0]]
    for letter in classes[1:]:
        if letter not in _SILENT and letter != key[-1]:
            key.append(letter)
    return "".join(key)
