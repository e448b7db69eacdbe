"""What the name of a column says."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from custid.model.attributes import ATTRIBUTES

__all__ = ["NameMatch", "folded", "looks_like_value", "match_name", "says_identifier", "says_other"]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "°": "o"})
_NUMBER = re.compile(r"_?([0-9]{1,2})$")
_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.[a-z]{2,}"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\+?\d{2}(?:[ .-]?\d{2}){3,6}\d?|\d{5}",
    re.IGNORECASE,
)
_PREFIXES = tuple(
    f"{word}_"
    for word in (
        "customer", "client", "cust", "contact", "person", "personne", "patient", "guest", "member", "adherent",
        "caller", "main", "primary", "principal", "personal", "home", "billing", "shipping", "mailing", "numero_de", "numero",
        "num_de", "num", "no_de", "no", "my",
    )
)  # fmt: skip
_SUFFIXES = tuple(
    f"_{word}"
    for word in (
        "du_client", "de_la_personne", "customer", "client", "cust", "contact", "person", "personne", "patient",
        "adherent", "number", "no", "nb", "nbr", "num", "perso", "pro", "principal", "principale",
    )
)  # fmt: skip
# After a stripped prefix or suffix these are too short or too general to mean the same.
_ONLY_WHOLE = frozenset(
    {
        "no",
        "num",
        "numero",
        "key",
        "index",
        "by",
        "bd",
        "bm",
        "cap",
        "land",
        "first",
        "last",
        "second_name",
        "base",
        "system",
        "file",
    }
)
_IDENTIFIER_WORDS = frozenset(
    {
        "id", "ids", "key", "keys", "uuid", "guid", "uid", "code", "ref", "reference", "no", "num", "number",
        "numero", "hash", "token", "index", "pk", "fk", "identifiant", "cle", "truth", "true", "cluster", "entity",
        "match", "label", "gold", "duplicate", "dup",
    }
)  # fmt: skip
_OTHER_WORDS = frozenset(
    {
        "created", "updated", "modified", "deleted", "last", "order", "login", "signup", "expiry", "expires", "visit",
        "purchase", "invoice", "timestamp", "creation", "modification", "achat", "commande", "facture", "inscription",
        "expiration", "by", "par", "referrer", "referral", "sponsor", "parrain", "manager", "agent", "vendeur",
        "seller", "sales", "rep", "emergency", "urgence", "kin", "spouse", "conjoint", "father", "mother", "parent",
        "pere", "mere", "doctor", "medecin", "fax", "amount", "montant", "price", "prix", "total", "death", "deces",
    }
)  # fmt: skip


class NameMatch(NamedTuple):
    """An attribute that a column name stands for.

    Attributes
    ----------
    attribute : str
        Name of the attribute.
    alias : str
        The alias that it matched.
    rank : tuple of int
        Smaller is more specific: the way of matching, then the place among the attribute's aliases.
    """

    attribute: str
    alias: str
    rank: tuple[int, int]


def folded(name: str) -> str:
    """Return a column name in the form of the aliases: lower case, no accents, words joined by underscores.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    str
        Its folded form; empty when it has neither letter nor digit.

    Examples
    --------
    >>> folded("Prénom usuel"), folded("firstName"), folded("N° client")
    ('prenom_usuel', 'first_name', 'no_client')
    """
    text = name
    if not text.isascii():
        text = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
        text = "".join(character for character in text if not unicodedata.combining(character))
    return _NOT_ALPHANUMERIC.sub("_", _CAMEL.sub("_", text).lower()).strip("_")


def match_name(name: str) -> NameMatch | None:
    """Return the attribute for which a column name stands.

    Tried in turn: the folded name, without its underscores, without a common prefix or suffix (whose number is kept),
    and without a number at its end.

    Parameters
    ----------
    name : str
        Name of the column.

    Returns
    -------
    NameMatch or None
        None when the name says nothing.

    Examples
    --------
    >>> match_name("customer_firstName").attribute, match_name("Tél. 2").attribute, match_name("foo")
    ('given_name', 'phone', None)
    """
    whole = folded(name)
    for step, candidate in enumerate(_forms(whole)):
        if candidate != whole and candidate in _ONLY_WHOLE:
            continue
        found = _aliases().get(candidate) or _squeezed_aliases().get(candidate.replace("_", ""))
        if found is not None:
            attribute, place = found
            return NameMatch(attribute, ATTRIBUTES[attribute].aliases[place], (step, place))
    without, number = _without_number(whole)
    if number:
        found_without = match_name(without)
        if found_without is not None:
            # A first line of the address is the street; further ones tell less.
            is_further_line = found_without.attribute == "street" and number > 1
            attribute = "address_line" if is_further_line else found_without.attribute
            return NameMatch(attribute, found_without.alias, (found_without.rank[0] + 10, found_without.rank[1]))
    return None


def says_identifier(name: str) -> bool:
    """Return whether a name speaks of identifiers, numbers or truth, so that content must not decide.

    Parameters
    ----------
    name : str
        Name of the column.

    Returns
    -------
    bool
        True if it does.

    Examples
    --------
    >>> says_identifier("match_code"), says_identifier("memo")
    (True, False)
    """
    return not _IDENTIFIER_WORDS.isdisjoint(folded(name).split("_"))


def looks_like_value(name: str) -> bool:
    """Return whether a name is none but an e-mail address, a telephone number, a day or a number of five digits.

    Parameters
    ----------
    name : str
        Name of the column.

    Returns
    -------
    bool
        True if it is.

    Examples
    --------
    >>> [looks_like_value(name) for name in ("zoe@mail.example", "02/01/1980", "44000", "Nantes", "2024")]
    [True, True, True, False, False]
    """
    return _VALUE.fullmatch(name.strip()) is not None


def says_other(name: str) -> bool:
    """Return whether a name speaks of an event, an amount or another person, so that content must not decide.

    Parameters
    ----------
    name : str
        Name of the column.

    Returns
    -------
    bool
        True if it does.

    Examples
    --------
    >>> says_other("lastLogin"), says_other("manager e-mail")
    (True, True)
    """
    return not _OTHER_WORDS.isdisjoint(folded(name).split("_"))


def _forms(whole: str) -> list[str]:
    forms = [whole]
    for affixed in (_strip_prefix(whole), _strip_suffix(whole), _strip_suffix(_strip_prefix(whole))):
        if affixed and affixed not in forms:
            forms.append(affixed)
    return forms


def _strip_prefix(name: str) -> str:
    # Nearly all names have none, which is told at once.
    if not name.startswith(_PREFIXES):
        return name
    return next(name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix))


def _strip_suffix(name: str) -> str:
    if not name.endswith(_SUFFIXES):
        return name
    return next(name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix))


def _without_number(name: str) -> tuple[str, int]:
    number = _NUMBER.search(name)
    return (name[: number.start()], int(number.group(1))) if number and number.start() else (name, 0)


@functools.cache
def _aliases() -> dict[str, tuple[str, int]]:
    return {
        alias: (declared.name, place)
        for declared in ATTRIBUTES.values()
        for place, alias in enumerate((*declared.aliases,))
    }


@functools.cache
def _squeezed_aliases() -> dict[str, tuple[str, int]]:
    squeezed = {alias.replace("_", ""): found for alias, found in _aliases().items()}
    # What is itself an alias keeps its meaning: "birthday" is the date, "birth_day" the day.
    return squeezed | {alias: found for alias, found in _aliases().items() if "_" not in alias}
