"""Rows that name several persons, as joint holders are often written: ``M. et Mme Dupont``, ``John & Mary Smith``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow.compute as pc
from attrs import evolve, field, frozen

from custid.intake._encoder import as_array
from custid.intake.canonical import SourceInput
from custid.model.values import PersonName
from custid.standardize._name_words import EITHER, folded_word, is_initials, name_words, spelled
from custid.standardize.locales import LOCALES
from custid.standardize.name import standardize_person_name
from custid.standardize.nicknames import are_variants
from custid.standardize.person_names import parse_person_name
from custid.standardize.registry import STANDARDIZERS

__all__ = ["JOINT_ATTRIBUTES", "Holder", "JointRow", "are_joint", "joint_rows"]

_JOINERS: Final = sorted(frozenset[str]().union(*(pack.joiners for pack in LOCALES)))
# Arrow and Python differ in what is white space, and in which letters are the same: both read this pattern alike.
_JOINS: Final = r"[\t\n\f\r ](?:{}|[&+/])[\t\n\f\r ]".format(
    "|".join("".join(f"[{letter.lower()}{letter.upper()}]" for letter in joiner) for joiner in _JOINERS)
)
_IS_JOINED: Final = re.compile(_JOINS)
_BETWEEN: Final = re.compile(r"[\s/&+,;]+")
_STAND_IN: Final = "Duval"


@frozen(kw_only=True)
class Holder:
    """One of several persons whom a row names.

    Attributes
    ----------
    given, family : str
        Canonical names; empty where the row does not tell.
    sex : str
        Canonical sex that the form of address tells; empty where none does.
    """

    given: str = field(default="", repr=False)
    family: str = field(default="", repr=False)
    sex: str = ""


@frozen(kw_only=True)
class JointRow:
    """A row that names several persons.

    Attributes
    ----------
    row : int
        The row, counted over all sources.
    holders : tuple of Holder
        The persons, in the order in which they are named.
    """

    row: int
    holders: tuple[Holder, ...]


def joint_rows(inputs: Sequence[SourceInput]) -> tuple[JointRow, ...]:
    """Return the rows that name several persons.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.

    Returns
    -------
    tuple of JointRow
        Ascending by row.  A row counts where its full name, its given name (``Jean et Marie``), its family name
        (``M. et Mme Dupont``) or its form of address (``Mr & Mrs``) names several persons, each by a form of address or
        by a given name that a language knows.  Two family names alone may be a firm or a double name, two forms of one
        given name are one person in doubt, and the people named beside an organization work there: none of them counts.

    Notes
    -----
    Texts without a word or sign that joins names are passed over at once; the others are read once per distinct text.
    """
    found: list[JointRow] = []
    offset = 0
    for each in inputs:
        rows: dict[int, tuple[Holder, ...]] = {}
        for attribute, read in _READERS.items():
            for row, text in _suspects(each, attribute):
                if holders := read(text):
                    rows[row] = holders
        for row in sorted(rows):
            if not _text(each, "organization_name", row):
                family = standardize_person_name(_text(each, "family_name", row)).value
                holders = tuple(evolve(holder, family=holder.family or family) for holder in rows[row])
                found.append(JointRow(row=offset + row, holders=holders))
        offset += each.intake.table.num_rows
    return tuple(found)


def are_joint(texts: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a row names several persons.

    Parameters
    ----------
    texts : Mapping of str to sequence of str
        By attribute, the raw texts of the row that are not missing.

    Returns
    -------
    bool
        True for the rows of :func:`joint_rows`.

    Examples
    --------
    >>> are_joint({"full_name": ["M. et Mme Dupont"]}), are_joint({"full_name": ["Zoé Petit"]})
    (True, False)
    """
    for attribute, read in _READERS.items():
        for text in texts.get(attribute, ()):
            if _IS_JOINED.search(text) is not None and read(text):
                return not any(texts.get("organization_name", ()))
    return False


def _text(source: SourceInput, attribute: str, row: int) -> str:
    """Return the first text that a row has of an attribute, empty for none."""
    columns = source.mapping.attributes.get(attribute, ())
    return next((text for name in columns if (text := source.intake.table.column(name)[row].as_py())), "")


def _suspects(source: SourceInput, attribute: str) -> Iterator[tuple[int, str]]:
    """Return the rows and texts of an attribute in which something joins names."""
    for name in source.mapping.attributes.get(attribute, ()):
        texts = as_array(source.intake.table.column(name))
        rows = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(texts, _JOINS), fill_value=False)))
        yield from zip(rows.tolist(), texts.take(rows).to_pylist(), strict=True)


def _persons(text: str) -> tuple[PersonName, ...]:
    """Return the persons whom a text names; none where it may be one person, or no persons at all."""
    parsed = parse_person_name(text, locale="")
    if not any(issue.code == "several_persons" for issue in parsed.issues):
        return ()
    names = parsed.values
    # A slash between forms of address leaves open which of them is meant; titles alone may be several of one person.
    is_addressed = "/" not in text and any(_is_civility(name.prefix) for name in names)
    is_told = all((is_addressed and name.prefix) or (name.given and _is_given(name.given[0])) for name in names)
    given = [folded_word(name.given[0]) for name in names if name.given]
    is_doubt = len(given) == len(names) and all(each == given[0] or are_variants(given[0], each) for each in given[1:])
    return names if is_told and not is_doubt else ()


def _is_civility(prefix: str) -> bool:
    return any(spelled(word) in name_words("").civilities for word in prefix.split())


def _is_given(word: str) -> bool:
    return is_initials(word) or name_words("").strength(folded_word(word)) >= EITHER


@lru_cache(maxsize=1 << 14)
def _of_full_name(text: str) -> tuple[Holder, ...]:
    names = _persons(text)
    # Where each is but one word, they may be family names that are given names too.
    if not any(name.prefix or (name.given and name.family) for name in names):
        return ()
    return tuple(_holder(name.prefix, " ".join(name.given), f"{name.particle} {name.family}") for name in names)


@lru_cache(maxsize=1 << 14)
def _of_given_name(text: str) -> tuple[Holder, ...]:
    # All words of the field are given names, also one that the parser takes for a family name.
    return tuple(_holder(name.prefix, " ".join((*name.given, name.family)), "") for name in _persons(text))


@lru_cache(maxsize=1 << 14)
def _of_family_name(text: str) -> tuple[Holder, ...]:
    # Two names without a form of address are a double name.
    return _of_full_name(text) if all(name.prefix for name in _persons(text)) else ()


@lru_cache(maxsize=1 << 10)
def _of_address(text: str) -> tuple[Holder, ...]:
    known = name_words("")
    words = [spelled(word) for word in _BETWEEN.split(text) if word]
    if not all(word in known.civilities or word in known.joiners for word in words):
        return ()
    return tuple(evolve(holder, family="") for holder in _of_full_name(f"{text} {_STAND_IN}"))


def _holder(prefix: str, given: str, family: str) -> Holder:
    return Holder(
        given=standardize_person_name(given).value,
        family=standardize_person_name(family).value,
        sex=STANDARDIZERS["sex"](prefix).value if prefix else "",
    )


# What tells most comes last and counts.
_READERS: Final[Mapping[str, Callable[[str], tuple[Holder, ...]]]] = {
    "sex": _of_address,
    "family_name": _of_family_name,
    "given_name": _of_given_name,
    "full_name": _of_full_name,
}

JOINT_ATTRIBUTES: Final = frozenset(_READERS)
"""Attributes whose texts may name several persons."""
