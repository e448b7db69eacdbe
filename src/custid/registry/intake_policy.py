"""What a registry takes in: which attributes for which purposes, and what is masked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Self

from attrs import Attribute, field, frozen

from custid._json import json_value
from custid.errors import ConfigurationError, ModelFormatError
from custid.standardize.prohibited import PROHIBITED_CODES

__all__ = ["IntakePolicy"]

_FORMAT: Final = "custid intake policy"
_VERSION: Final = 1


def _codes(_policy: Any, _attribute: Attribute[Any], value: tuple[str, ...]) -> None:
    unknown = sorted(set(value).difference(PROHIBITED_CODES))
    if unknown:
        raise ConfigurationError(
            f"intake: masked: expected codes of {', '.join(PROHIBITED_CODES)}, got {', '.join(unknown)}."
        )


def _tuples(purposes: Any) -> Any:
    """Return purposes with tuples for lists, as JSON has them; what is neither is left to the validator."""
    if not isinstance(purposes, Mapping):
        return purposes
    return {name: tuple(each) if isinstance(each, list) else each for name, each in purposes.items()}


def _purposes(_policy: Any, _attribute: Attribute[Any], value: Mapping[str, Any] | None) -> None:
    for name, each in (value or {}).items():
        # A text would be taken for its letters.
        if not (isinstance(each, tuple) and all(isinstance(purpose, str) for purpose in each)):
            raise ConfigurationError(
                f"intake: purposes: {name!r}: expected a tuple of names of purposes, got {type(each).__name__}."
            )


@frozen(kw_only=True)
class IntakePolicy:
    """What may come in, as data.

    Attributes
    ----------
    purposes : Mapping of str to tuple of str, or None
        For each attribute that may be kept, the purposes for which it was given; none for any purpose.  What is not
        named is dropped before it is stored; None keeps everything.  An attribute is named as it is matched
        (``"phone"``); a column that means none by the column's name; what a typed record states by its facet or its
        attribute (``"contacts.phone"``, ``"contacts"``).
    matching_purpose : str
        The purpose that matching serves.  What was given for other purposes only is kept and is no evidence.
    masked : tuple of str
        What is masked in free text, of `custid.standardize.PROHIBITED_CODES`; social security numbers are masked
        everywhere, and always.

    Raises
    ------
    ConfigurationError
        If a code is none, or purposes are no tuple of names.

    Examples
    --------
    >>> policy = IntakePolicy(purposes={"phone": (), "email": ("newsletter",)}, matching_purpose="service")
    >>> [policy.keeps(name) for name in ("phone", "email", "salary")]
    [True, True, False]
    >>> [policy.is_evidence(name) for name in ("phone", "email")]
    [True, False]
    """

    purposes: Mapping[str, tuple[str, ...]] | None = field(default=None, validator=_purposes, converter=_tuples)
    matching_purpose: str = "matching"
    masked: tuple[str, ...] = field(default=PROHIBITED_CODES, validator=_codes)

    def keeps(self, *names: str) -> bool:
        """Tell whether something may be kept, by any of its names."""
        return self.purposes is None or any(name in self.purposes for name in names)

    def is_evidence(self, *names: str) -> bool:
        """Tell whether something that may be kept was given for matching, too; the first of its names counts."""
        stated = next((self.purposes[name] for name in names if name in self.purposes), ()) if self.purposes else ()
        return not stated or self.matching_purpose in stated

    def to_json(self) -> str:
        """Return the policy as text."""
        purposes = None if self.purposes is None else {name: list(each) for name, each in sorted(self.purposes.items())}
        held = {
            "format": _FORMAT,
            "version": _VERSION,
            "purposes": purposes,
            "matching_purpose": self.matching_purpose,
            "masked": list(self.masked),
        }
        return json.dumps(held, ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what :meth:`to_json` wrote; ModelFormatError for anything else."""
        try:
            held = json_value(text)
            held = held if (held.pop("format"), held.pop("version")) == (_FORMAT, _VERSION) else {}
            purposes = held.pop("purposes")
            return cls(purposes=purposes, masked=tuple(held.pop("masked")), **held)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ModelFormatError("intake: expected the text of a policy of this version, got another.") from None
