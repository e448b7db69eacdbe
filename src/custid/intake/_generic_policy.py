"""What makes a value generic, as a value that can be kept, edited and told from another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from attrs import field, fields, frozen

from custid._json import json_value
from custid._whole_files import whole_file
from custid.errors import ConfigurationError
from custid.model.attributes import ATTRIBUTES

__all__ = ["GenericPolicy"]

_FORMAT = "custid.generic-policy"
_FORMAT_VERSION = 1
_LEAST_NAMES = 2


def _lists(declared: Any) -> Any:
    """Return lists of values as tuples, so that nothing can be added to them; what is no such thing is left."""
    if not isinstance(declared, Mapping):
        return declared
    return {name: tuple(each) if isinstance(each, list | tuple) else each for name, each in declared.items()}


def _tuple(names: Any) -> Any:
    return tuple(names) if isinstance(names, list | tuple) else names


@frozen(kw_only=True)
class GenericPolicy:
    """What makes a value generic: so many different names beside it, or a person's word.

    Ten names are more than stand beside what a few people share.  A household or a family has one to three names,
    typing errors included seldom more than five; a company's mailbox or switchboard is written under a handful of ways
    of its name.  An agency, a shop's counter or a form filled in carelessly soon passes any such number.  It does not
    grow with the population: how many people live in one household does not depend on how many customers there are,
    and a count that looks at no other value can be kept up record by record.

    Attributes
    ----------
    version : str
        Name of this policy, which reports tell; give an edited policy another.
    attributes : tuple of str
        Attributes whose values are counted.
    min_names : int
        A value with so many different names is generic, 2 or more.
    generic : mapping of str to tuple of str
        By attribute, values that are generic whatever stands beside them, as they are written in the data or in any
        other way that the standardizer reads.
    never_generic : mapping of str to tuple of str
        By attribute, values that are not, however many names they have.

    Raises
    ------
    ConfigurationError
        With everything that is wrong; values are told by their attribute only.

    Examples
    --------
    >>> policy = GenericPolicy(version="2", generic={"phone": ["01 99 00 12 34"]})
    >>> GenericPolicy.from_json(policy.to_json()) == policy
    True
    >>> policy
    GenericPolicy(version='2', attributes=('email', 'phone', 'national_id', 'loyalty_card'), min_names=10)
    """

    version: str = "built-in"
    attributes: tuple[str, ...] = field(default=("email", "phone", "national_id", "loyalty_card"), converter=_tuple)
    min_names: int = 10
    generic: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_lists, repr=False, hash=False)
    never_generic: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_lists, repr=False, hash=False)

    def __attrs_post_init__(self) -> None:
        # Fields may come from a document: their types are not to be trusted.
        stated: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(type(self))}
        problems = [
            *_version_problems(stated["version"]),
            *_number_problems(stated["min_names"]),
            *_list_problems(stated["attributes"]),
            *_declared_problems("generic", stated["generic"]),
            *_declared_problems("never_generic", stated["never_generic"]),
        ]
        if not problems:
            problems = [
                f"generic policy: {attribute!r}: expected each value under generic or never_generic, got one in both"
                for attribute, values in self.generic.items()
                if set(values) & set(self.never_generic.get(attribute, ()))
            ]
        if problems:
            raise ConfigurationError.collected(problems, hint=f"The attributes are {', '.join(_comparable())}.")

    def to_dict(self) -> dict[str, Any]:
        """Return the policy as a value that JSON can hold."""
        return {
            "format": _FORMAT,
            "format_version": _FORMAT_VERSION,
            "version": self.version,
            "attributes": list(self.attributes),
            "min_names": self.min_names,
            "generic": {name: list(values) for name, values in self.generic.items()},
            "never_generic": {name: list(values) for name, values in self.never_generic.items()},
        }

    @classmethod
    def from_dict(cls, document: Any) -> Self:
        """Return the policy of a document, as :meth:`to_dict` makes it; fields may be left out.

        Raises
        ------
        ConfigurationError
            If it is no policy, of another version of the format, has other fields, or is wrong in itself.
        """
        if not isinstance(document, Mapping) or document.get("format") != _FORMAT:
            raise ConfigurationError(
                f"generic policy: expected a document of format {_FORMAT!r}.",
                hint="Begin with GenericPolicy().to_json().",
            )
        if document.get("format_version") != _FORMAT_VERSION:
            raise ConfigurationError(
                f"generic policy: expected format_version {_FORMAT_VERSION}, got {document.get('format_version')!r}.",
                hint="Install a release of custid that reads this version.",
            )
        known = {each.name for each in fields(cls)}
        stated = {key: value for key, value in document.items() if key not in ("format", "format_version")}
        unknown = [
            f"generic policy: field {key!r}: expected one of {', '.join(sorted(known))}"
            for key in stated
            if key not in known
        ]
        if unknown:
            raise ConfigurationError.collected(unknown)
        return cls(**stated)

    def to_json(self) -> str:
        """Return the policy as JSON text; equal policies give equal text."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the policy of a JSON text.

        Raises
        ------
        ConfigurationError
            As :meth:`from_dict` does, or if the text is not JSON.
        """
        try:
            document = json_value(text)
        except ValueError:
            raise ConfigurationError(
                "generic policy: the text is not JSON.", hint="Begin with GenericPolicy().to_json()."
            ) from None
        return cls.from_dict(document)

    def save(self, path: str | Path) -> None:
        """Write the JSON form to a file, whole or not at all; it holds the values that are declared."""
        with whole_file(path) as beside:
            beside.write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file that :meth:`save` or a person has written.

        Raises
        ------
        ConfigurationError
            If it is no policy.
        OSError
            If it cannot be opened.
        """
        return cls.from_json(Path(path).read_text(encoding="utf-8-sig", errors="replace"))


def _comparable() -> list[str]:
    return [name for name, declared in ATTRIBUTES.items() if declared.is_comparable]


def _version_problems(version: Any) -> list[str]:
    is_name = isinstance(version, str) and bool(version)
    return [] if is_name else [f"generic policy: version: expected a name, got {version!r}"]


def _number_problems(min_names: Any) -> list[str]:
    is_number = isinstance(min_names, int) and not isinstance(min_names, bool) and min_names >= _LEAST_NAMES
    return [] if is_number else [f"generic policy: min_names: expected {_LEAST_NAMES} or more, got {min_names!r}"]


def _list_problems(attributes: Any) -> list[str]:
    if isinstance(attributes, tuple):
        return _attribute_problems("attributes", attributes)
    return [f"generic policy: attributes: expected a list, got {type(attributes).__name__}"]


def _attribute_problems(name: str, attributes: Any) -> list[str]:
    return [
        f"generic policy: {name}: expected attributes that are compared, got {attribute!r}"
        for attribute in attributes
        if not isinstance(attribute, str) or attribute not in _comparable()
    ]


def _declared_problems(name: str, declared: Any) -> list[str]:
    if not isinstance(declared, Mapping):
        return [f"generic policy: {name}: expected lists of values by attribute, got {type(declared).__name__}"]
    problems = _attribute_problems(name, declared)
    problems += [
        f"generic policy: {name}: {attribute!r}: expected a list of texts, got something else"
        for attribute, values in declared.items()
        if not isinstance(values, tuple) or not all(isinstance(value, str) for value in values)
    ]
    return problems
