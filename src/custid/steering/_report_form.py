"""The portable form of a health report: one JSON object, read strictly."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, StructureHandlerNotFoundError

from custid._json import json_value
from custid.errors import InputError

if TYPE_CHECKING:
    from custid.steering.health_report import HealthReport

__all__ = ["report_from", "report_from_json", "report_to_json"]

_FORMAT: Final = "custid.health"
_FORMAT_VERSION: Final = 1


def report_to_json(report: HealthReport) -> str:
    """Return a report as one line."""
    head = {"format": _FORMAT, "version": _FORMAT_VERSION}
    return json.dumps(head | attrs.asdict(report), ensure_ascii=False, allow_nan=False)


def report_from_json(text: str, kind: type[HealthReport], name: str = "health report") -> HealthReport:
    """Return the report of a line."""
    try:
        document = json_value(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.pop("format", None) != _FORMAT:
        raise InputError(f"{name}: expected a JSON object of format {_FORMAT!r}.", hint="Use what custid has written.")
    version = document.pop("version", None)
    if version != _FORMAT_VERSION:
        raise InputError(
            f"{name}: expected version {_FORMAT_VERSION}, got {version!r}.",
            hint="Install a release of custid that reads this version.",
        )
    return report_from(document, kind, name)


def report_from(document: Any, kind: type[HealthReport], name: str = "health report") -> HealthReport:
    """Return the report of a plain form."""
    try:
        return _converter().structure(document, kind)
    except (
        AttributeError,
        ClassValidationError,
        ForbiddenExtraKeysError,
        StructureHandlerNotFoundError,
        TypeError,
        ValueError,
        KeyError,
    ):
        raise InputError(
            f"{name}: a part is missing, unknown or of another kind.", hint="Use what custid has written."
        ) from None


@cache
def _converter() -> Converter:
    made = Converter(forbid_extra_keys=True, detailed_validation=False)
    made.register_structure_hook(str, lambda value, _: _expected(value, str))
    made.register_structure_hook(bool, lambda value, _: _expected(value, bool))
    made.register_structure_hook(int, lambda value, _: _count(value))
    made.register_structure_hook(float, lambda value, _: _number(value))
    return made


def _expected(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("a count")
    return value


def _number(value: Any) -> float:
    if type(value) not in {int, float} or not math.isfinite(value):
        raise TypeError("a finite number")
    return float(value)
