"""Occupations as typed values: codes of a classification, and what people call their work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from custid.model.statements import Issue
from custid.model.values import Occupation
from custid.standardize.placeholders import placeholder_words
from custid.standardize.text import fold, one_line, without_decimal_tail
from custid.standardize.values import Parsed

__all__ = ["OCCUPATION_SCHEMES", "parse_occupation"]

OCCUPATION_SCHEMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pcs2020": r"[1-6](?:[0-9](?:[A-Z][0-9])?)?",
        "isco08": r"[0-9]{1,4}",
    }
)
"""Shapes of the codes of the classifications that are checked, by scheme; read-only."""

_NO_OCCUPATION: Final = placeholder_words("category")
_CODE_AND_LABEL: Final = re.compile(r"([0-9][0-9A-Za-z]{0,3})(?:\s*[-:–—.]\s*|\s+)(?=\D)(.+)")
_LIKE_A_CODE: Final = re.compile(r"[0-9][0-9A-Za-z.]{0,7}")


def parse_occupation(raw: str, *, scheme: str = "") -> Parsed[Occupation]:
    """Return the occupation that a text states: a code of a classification, a label, or a code and its label.

    Parameters
    ----------
    raw : str
        Any string, for example ``"23A1"``, ``"5120 - Cook"`` or ``"boulangère"``.
    scheme : str
        The classification of the codes: ``"pcs2020"``, ``"isco08"`` or another one; empty where texts are labels.

    Returns
    -------
    Parsed of Occupation
        One occupation or none.  Issues with a value: ``"unknown_scheme"`` (the code is kept unchecked) and
        ``"invalid_code"`` (the label beside it is kept).  Without one: ``"placeholder"`` and ``"invalid_code"``.

    Notes
    -----
    What is checked is the shape of a code at its level, not whether the classification has it.  PCS 2020: the group is
    one digit from 1 to 6, the socio-professional category two digits, the profession two digits, a letter and a digit.
    ISCO-08: major, sub-major, minor and unit group are one to four digits.

    Examples
    --------
    >>> parse_occupation("23a1", scheme="pcs2020").value.code
    '23A1'
    >>> parse_occupation("5120 - Cook", scheme="isco08").value
    Occupation(scheme='isco08', code='5120', label='Cook', employer='')
    """
    text = without_decimal_tail(one_line(raw))
    folded = fold(text)
    if not text:
        return Parsed((), raw)
    if not folded or folded in _NO_OCCUPATION:
        return Parsed((), raw, (Issue("placeholder"),))
    if not scheme:
        return Parsed((Occupation(label=text),), raw)
    found = _CODE_AND_LABEL.fullmatch(text)
    code, label = (found[1], found[2].strip()) if found is not None else (text, "")
    return _checked(code, label, scheme, raw)


def _checked(code: str, label: str, scheme: str, raw: str) -> Parsed[Occupation]:
    shape = OCCUPATION_SCHEMES.get(scheme)
    if shape is None:
        return Parsed((Occupation(scheme=scheme, code=code, label=label),), raw, (Issue("unknown_scheme"),))
    if re.fullmatch(shape, code.upper()):
        return Parsed((Occupation(scheme=scheme, code=code.upper(), label=label),), raw)
    # A text that does not look like a code at all is what the source calls the work.
    label = label or ("" if _LIKE_A_CODE.fullmatch(code) else code)
    return Parsed((Occupation(label=label),) if label else (), raw, (Issue("invalid_code"),))
