"""What is certain of records beside what they state: constraints that a user declares.

A constraint holds whatever the pairs weigh and whatever chain of records would join two.  It holds no value of a
customer, so that it can be kept in a file beside the data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

from attrs import Attribute as AttrsAttribute
from attrs import field, fields, frozen

from custid._json import json_value
from custid._whole_files import whole_file
from custid.errors import ConfigurationError
from custid.model.attributes import check_comparable
from custid.review.labels import RecordName

__all__ = [
    "Condition",
    "Constraints",
    "DefiniteMatch",
    "DefiniteNonMatch",
    "Different",
    "Exclusive",
    "RelatedRecords",
    "Rule",
    "Same",
    "YearsApart",
]

_FORMAT: Final = "custid.constraints"
_FORMAT_VERSION: Final = 1
_MAX_YEARS: Final = 150


def _as_tuple(value: Any) -> tuple[Any, ...]:
    # A text would come apart into its letters: left alone, as what is no list, it is refused for what it is.
    return value if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)  # type: ignore[return-value]


def _text(instance: object, given: AttrsAttribute[Any], value: Any) -> None:
    if not isinstance(value, str) or not value:
        name = type(instance).__name__
        raise ConfigurationError(f"{name}: {given.name}: expected a text that is not empty, got {value!r}.")


def _comparable(instance: object, given: AttrsAttribute[Any], value: Any) -> None:
    _text(instance, given, value)
    check_comparable(value)


def _names(instance: object, given: AttrsAttribute[Any], value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) and each for each in value):
        name = type(instance).__name__
        raise ConfigurationError(f"{name}: {given.name}: expected names of sources, got {value!r}.")


def _record_name(instance: object, given: AttrsAttribute[Any], value: Any) -> None:
    is_pair = isinstance(value, tuple) and len(value) == 2 and all(isinstance(each, str) for each in value)
    if not is_pair or not value[1]:
        name = type(instance).__name__
        raise ConfigurationError(f"{name}: {given.name}: expected (source, record key), the key not empty.")


def _years(instance: object, given: AttrsAttribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_YEARS:
        name = type(instance).__name__
        raise ConfigurationError(f"{name}: {given.name}: expected whole years from 0 to {_MAX_YEARS}, got {value!r}.")


@frozen
class Same:
    """Both records have a value of an attribute in common.

    Attributes
    ----------
    attribute : str
        The attribute; its canonical values are compared, so that spelling does not matter.
    """

    attribute: str = field(validator=_comparable)


@frozen
class Different:
    """Both records have values of an attribute, and these have a few letters in common at most.

    Attributes
    ----------
    attribute : str
        The attribute.  Its comparison in the run tells what is alike: a misspelled name, a nickname or an initial is
        not different.  Where nothing compares it, values are different if they are not equal.
    """

    attribute: str = field(validator=_comparable)


@frozen
class YearsApart:
    """Both records have dates that are further apart than some years.

    Attributes
    ----------
    attribute : str
        An attribute of dates; where only the year is known, all its days have to be further apart.
    more_than : int
        Years, 0 to 150; dates that are exactly so many years apart are not meant.
    """

    attribute: str = field(validator=_comparable)
    more_than: int = field(validator=_years, kw_only=True)


Condition: TypeAlias = Same | Different | YearsApart
"""What a rule asks of two records."""

_CONDITIONS: Final = {"same": Same, "different": Different, "years_apart": YearsApart}


def _conditions(instance: object, _given: AttrsAttribute[Any], value: Any) -> None:
    name = type(instance).__name__
    if not isinstance(value, tuple) or not value or not all(isinstance(each, Condition) for each in value):
        raise ConfigurationError(f"{name}: when: expected Same, Different or YearsApart, one or more, got {value!r}.")
    wanted = Same if isinstance(instance, DefiniteMatch) else (Different, YearsApart)
    if not any(isinstance(each, wanted) for each in value):
        expected = "Same" if wanted is Same else "Different or YearsApart"
        raise ConfigurationError(f"{name}: when: expected one condition of {expected} at least, got none.")


@frozen(kw_only=True)
class DefiniteMatch:
    """Records of which all conditions hold are one customer, unless it is certain that they are not.

    Attributes
    ----------
    name : str
        What explanations and reports call the rule.
    when : tuple of Same, Different or YearsApart
        What has to hold, all of it; one `Same` at least.  Looked at are the pairs that blocking proposes.
    """

    name: str = field(validator=_text)
    when: tuple[Condition, ...] = field(converter=_as_tuple, validator=_conditions)


@frozen(kw_only=True)
class DefiniteNonMatch:
    """Records of which all conditions hold are different customers.

    Attributes
    ----------
    name : str
        What explanations and reports call the rule.
    when : tuple of Same, Different or YearsApart
        What has to hold, all of it; one `Different` or `YearsApart` at least.
    """

    name: str = field(validator=_text)
    when: tuple[Condition, ...] = field(converter=_as_tuple, validator=_conditions)


Rule: TypeAlias = DefiniteMatch | DefiniteNonMatch
"""A rule over the values of two records."""

_RULES: Final[Mapping[str, type[DefiniteMatch | DefiniteNonMatch]]] = {
    "match": DefiniteMatch,
    "non_match": DefiniteNonMatch,
}


@frozen(kw_only=True)
class Exclusive:
    """A customer has one value of an attribute at most, so that two values are two customers.

    Attributes
    ----------
    attribute : str
        The attribute, for example an account number that is given once to each customer.
    sources : tuple of str
        Sources that give the number: two of its values within one of them are two customers, while two sources may call
        a customer by different numbers.  None for a number that all sources share.
    """

    attribute: str = field(validator=_comparable)
    sources: tuple[str, ...] = field(default=(), converter=_as_tuple, validator=_names)


@frozen(kw_only=True)
class RelatedRecords:
    """Two records of people who are known to be two: spouses, twins, a parent and a child.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records; the source may be empty where the key alone names the record.
    kind : str
        What they are to one another, as explanations tell it; one of `custid.model.RELATION_KINDS` is translated.
    """

    left: RecordName = field(converter=_as_tuple, validator=_record_name)
    right: RecordName = field(converter=_as_tuple, validator=_record_name)
    kind: str = field(validator=_text)

    def __attrs_post_init__(self) -> None:
        if self.left == self.right:
            raise ConfigurationError("RelatedRecords: expected two records, got one of them twice.")


@frozen(kw_only=True)
class Constraints:
    """What is certain of records: none is crossed by any result.

    Attributes
    ----------
    duplicate_free : tuple of str
        Names of sources that hold a customer once at most.
    exclusive : tuple of Exclusive
        Attributes of which a customer has one value at most, beside SIREN, SIRET and LEI, of which this is known.
    related : tuple of RelatedRecords
        Records of different people.
    rules : tuple of DefiniteMatch or DefiniteNonMatch
        What values alone make certain.

    Raises
    ------
    ConfigurationError
        If a part is of another type, or two rules have one name.

    Examples
    --------
    >>> constraints = Constraints(
    ...     duplicate_free=("crm",),
    ...     rules=(
    ...         DefiniteMatch(name="card and birth date", when=(Same("loyalty_card"), Same("birth_date"))),
    ...         DefiniteNonMatch(
    ...             name="generations", when=(YearsApart("birth_date", more_than=12), Different("given_name"))
    ...         ),
    ...     ),
    ... )
    >>> Constraints.from_json(constraints.to_json()) == constraints
    True
    """

    duplicate_free: tuple[str, ...] = field(default=(), converter=_as_tuple, validator=_names)
    exclusive: tuple[Exclusive, ...] = field(default=(), converter=_as_tuple)
    related: tuple[RelatedRecords, ...] = field(default=(), converter=_as_tuple)
    rules: tuple[Rule, ...] = field(default=(), converter=_as_tuple)

    def __attrs_post_init__(self) -> None:
        for name, kind in (("exclusive", Exclusive), ("related", RelatedRecords), ("rules", Rule)):
            value = getattr(self, name)
            if not isinstance(value, tuple) or not all(isinstance(each, kind) for each in value):
                expected = getattr(kind, "__name__", "DefiniteMatch or DefiniteNonMatch")
                raise ConfigurationError(f"constraints: {name}: expected {expected}, got something else.")
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ConfigurationError("constraints: rules: expected names that differ, got one twice.")

    @property
    def attributes(self) -> tuple[str, ...]:
        """All attributes that are spoken of, sorted."""
        named = {each.attribute for each in self.exclusive}
        return tuple(sorted(named | {each.attribute for rule in self.rules for each in rule.when}))

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources that are limited by name, sorted."""
        return tuple(sorted({*self.duplicate_free, *(name for each in self.exclusive for name in each.sources)}))

    def to_json(self) -> str:
        """Return the constraints as JSON text; equal constraints give equal text."""
        document = {
            "format": _FORMAT,
            "version": _FORMAT_VERSION,
            "duplicate_free": list(self.duplicate_free),
            "exclusive": [{"attribute": each.attribute, "sources": list(each.sources)} for each in self.exclusive],
            "related": [
                {"left": list(each.left), "right": list(each.right), "kind": each.kind} for each in self.related
            ],
            "rules": [
                {
                    "name": rule.name,
                    "says": "match" if isinstance(rule, DefiniteMatch) else "non_match",
                    "when": [_condition_document(each) for each in rule.when],
                }
                for rule in self.rules
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the constraints of a JSON text.

        Parameters
        ----------
        text : str
            As `to_json` writes it; lists that are empty may be left out.

        Returns
        -------
        Constraints
            The constraints.

        Raises
        ------
        ConfigurationError
            If the text is of another format or version, or a part is none of a constraint.
        """
        try:
            document = json_value(text)
        except ValueError:
            document = None
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise ConfigurationError(f"constraints: expected a JSON object of format {_FORMAT!r}, got something else.")
        if document.get("version") != _FORMAT_VERSION:
            raise ConfigurationError(
                f"constraints: expected version {_FORMAT_VERSION}, got {document.get('version')!r}.",
                hint="Install a release of custid that reads this version.",
            )
        body = _only(document, "constraints", {"format", "version", *(each.name for each in fields(cls))})
        lists = {name: _list_of(body, name) for name in ("duplicate_free", "exclusive", "related", "rules")}
        return cls(
            duplicate_free=tuple(lists["duplicate_free"]),
            exclusive=tuple(_made(Exclusive, each, "exclusive") for each in lists["exclusive"]),
            related=tuple(_made(RelatedRecords, each, "related") for each in lists["related"]),
            rules=tuple(_rule(each) for each in lists["rules"]),
        )

    def save(self, path: str | Path) -> None:
        """Write the JSON form to a file, which is whole and durable then; OSError if it cannot be written."""
        with whole_file(path) as beside:
            beside.write_text(self.to_json(), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file that `save` or a person has written.

        Parameters
        ----------
        path : str or Path
            The file, in UTF-8.

        Returns
        -------
        Constraints
            The constraints.

        Raises
        ------
        ConfigurationError
            If the file holds none.
        OSError
            If the file cannot be opened.
        """
        # What is no text becomes a text that holds no constraints, and is refused as such.
        return cls.from_json(Path(path).read_text(encoding="utf-8-sig", errors="replace"))


def _condition_document(condition: Condition) -> dict[str, Any]:
    kind = next(kind for kind, made in _CONDITIONS.items() if isinstance(condition, made))
    more = {"more_than": condition.more_than} if isinstance(condition, YearsApart) else {}
    return {kind: condition.attribute, **more}


def _only(document: Any, name: str, known: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise ConfigurationError(f"{name}: expected an object, got {type(document).__name__}.")
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise ConfigurationError(f"{name}: expected {', '.join(sorted(known))}, got {unknown[0]!r} as well.")
    return document


def _list_of(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name, [])
    if not isinstance(value, list):
        raise ConfigurationError(f"constraints: {name}: expected a list, got {type(value).__name__}.")
    return value


def _made(kind: Any, document: Any, name: str) -> Any:
    given = _only(document, f"constraints: {name}", {each.name for each in fields(kind)})
    try:
        return kind(**given)
    except TypeError:
        expected = ", ".join(each.name for each in fields(kind))
        raise ConfigurationError(f"constraints: {name}: expected {expected}, got other fields or types.") from None


def _rule(document: Any) -> Rule:
    given = _only(document, "constraints: rules", {"name", "says", "when"})
    kind = _RULES.get(str(given.get("says")))
    if kind is None:
        raise ConfigurationError("constraints: rules: says: expected 'match' or 'non_match', got something else.")
    conditions = given.get("when")
    when = tuple(_condition(each) for each in conditions) if isinstance(conditions, list) else ()
    return kind(name=given.get("name", ""), when=when)


def _condition(document: Any) -> Condition:
    given = dict(_only(document, "constraints: rules: when", {*_CONDITIONS, "more_than"}))
    named = [kind for kind in _CONDITIONS if kind in given]
    if len(named) != 1:
        raise ConfigurationError(f"constraints: rules: when: expected one of {', '.join(_CONDITIONS)} in each.")
    given["attribute"] = given.pop(named[0])
    made: Condition = _made(_CONDITIONS[named[0]], given, f"rules: when: {named[0]}")
    return made
