"""The one converter between the typed model and plain data: strict, and complete in what it reports.

It refuses unknown keys and coercions: of every type exactly one kind of plain value is taken, but for whole numbers,
which are numbers.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from custid.errors import ModelError
from custid.model import PartialDate, Provenance, Record
from custid.serde._faults import Fault, kind_of
from custid.serde._layout import RENAMED, TAGS, enumerations, record_layout

__all__ = ["DATE_PATTERN", "MOMENT_PATTERN", "converter", "structured_record"]

MOMENT_PATTERN: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2}(:\d{2}(\.\d{6})?)?)"
"""ISO 8601 with an offset; offsets with seconds are of the time before standard time."""

DATE_PATTERN: Final = r"(\d{4}|\d{3}X|\d{2}XX|XXXX)(-(\d{2}|XX)(-(\d{2}|XX))?)?[?~%]?"
"""A date that may be known in part, ISO 8601-2."""

_MOMENT = re.compile(MOMENT_PATTERN, re.ASCII)


class _Shared(threading.local):
    """What the statements of the record that a thread reads have in common."""

    provenances: dict[tuple[Any, ...], Provenance] | None = None


_SHARED = _Shared()


def structured_record(document: object) -> Record:
    """Return the record of a document of the present version; statements of one provenance share it."""
    _SHARED.provenances = {}
    try:
        return converter().structure(document, Record)
    finally:
        # Nothing of a record stays behind.
        _SHARED.provenances = None


@cache
def converter() -> Converter:
    """Return the converter; it is made when first used."""
    made = Converter(forbid_extra_keys=True, detailed_validation=True, omit_if_default=True)
    made.register_structure_hook_factory(_is_class, _structure_class)
    made.register_structure_hook_factory(lambda kind: kind is Provenance, _structure_provenance)
    made.register_unstructure_hook_factory(_is_class, _unstructure_class)
    made.register_structure_hook_factory(_is_tuple, _structure_tuple)
    made.register_structure_hook_factory(_is_optional, _structure_optional)
    # By their class: for these cattrs asks its hooks of classes first, and those coerce, enumerations of them included.
    made.register_structure_hook(str, lambda value, _: value if type(value) is str else _expect(value, str, "text"))
    made.register_structure_hook(bool, lambda value, _: _expect(value, bool, "true or false"))
    made.register_structure_hook(float, lambda value, _: _number(value, "a number"))
    for choices in enumerations(record_layout()):
        made.register_structure_hook(choices, _choice_of(choices))
        made.register_unstructure_hook(choices, _value_of)
    made.register_structure_hook_func(lambda kind: kind == float | str, _number_or_text)
    made.register_structure_hook_func(lambda kind: kind is datetime, _moment)
    made.register_structure_hook_func(lambda kind: kind is PartialDate, _date)
    made.register_unstructure_hook_func(lambda kind: kind is datetime, datetime.isoformat)
    made.register_unstructure_hook_func(lambda kind: kind is PartialDate, str)
    for classes in TAGS:
        made.register_structure_hook_factory(_is_union_of(classes), _structure_variant)
        made.register_unstructure_hook_factory(_is_union_of(classes), _unstructure_variant)
    return made


def _is_class(kind: Any) -> bool:
    cls = get_origin(kind) or kind
    return isinstance(cls, type) and attrs.has(cls) and cls is not PartialDate


def _is_union_of(classes: frozenset[type]) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) in {Union, UnionType} and frozenset(get_args(kind)) == classes


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_optional(kind: Any) -> bool:
    return get_origin(kind) in {Union, UnionType} and NoneType in get_args(kind)


def _expect(value: Any, kind: type, expected: str) -> Any:
    if type(value) is not kind:
        raise Fault(f"expected {expected}, got {kind_of(value)}")
    return value


def _number(value: Any, expected: str) -> float:
    if type(value) not in {int, float}:
        raise Fault(f"expected {expected}, got {kind_of(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Fault("expected a finite number, got another one")
    # A whole number that no float holds stays what it is.
    return number if number == value else value


def _number_or_text(value: Any, _: Any) -> float | str:
    return value if type(value) is str else _number(value, "a number or text")


def _moment(value: Any, _: Any) -> datetime:
    _expect(value, str, "a moment as text")
    try:
        if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise Fault("expected a moment with its offset like 2026-05-04T09:30:00+02:00, got other text")


def _date(value: Any, _: Any) -> PartialDate:
    _expect(value, str, "a date as text")
    try:
        return PartialDate(value)
    except ModelError:
        raise Fault("expected a date like 1999-12-31, 1999-12, 199X or XXXX-12-25, got other text") from None


def _value_of(choice: Enum) -> Any:
    return choice.value


def _choice_of(kind: type[Enum]) -> Callable[[Any, Any], Any]:
    values = {each.value: each for each in kind}
    plain = type(next(iter(values)))

    def choice(value: Any, _: Any) -> Any:
        if type(value) is not plain or value not in values:
            got = kind_of(value) if type(value) is not plain else "another value"
            raise Fault(f"expected one of {', '.join(map(repr, values))}, got {got}")
        return values[value]

    return choice


def _overrides(cls: type) -> dict[str, Any]:
    return {field: override(rename=name) for (owner, field), name in RENAMED.items() if owner is cls}


def _structure_class(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    cls = get_origin(kind) or kind
    attrs.resolve_types(cls)
    structure = make_dict_structure_fn(
        kind, made, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **_overrides(cls)
    )

    def structured(value: Any, _: Any) -> Any:
        return structure(_expect(value, dict, "an object"), kind)

    return structured


def _structure_provenance(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    structure = _structure_class(kind, made)

    def structured(value: Any, _: Any) -> Any:
        shared = _SHARED.provenances
        # Only text is equal to nothing but itself: 1 and 1.0 and true are equal, and not all of them are taken.
        if shared is None or type(value) is not dict or not all(type(each) is str for each in value.values()):
            return structure(value, kind)
        content = tuple(value.items())
        found = shared.get(content)
        if found is None:
            found = shared[content] = structure(value, kind)
        return found

    return structured


def _unstructure_class(kind: Any, made: Converter) -> Callable[[Any], Any]:
    cls = get_origin(kind) or kind
    attrs.resolve_types(cls)
    return make_dict_unstructure_fn(kind, made, _cattrs_omit_if_default=True, **_overrides(cls))


def _structure_tuple(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    listed = list[get_args(kind)[0]]  # type: ignore[misc,valid-type]
    structure = made.get_structure_hook(listed)
    return lambda value, _: tuple(structure(_expect(value, list, "a list"), listed))


def _structure_optional(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    # What is unknown is left out: null would be a second way to say it.
    (inner,) = (each for each in get_args(kind) if each is not NoneType)
    structure = made.get_structure_hook(inner)
    return lambda value, _: structure(value, inner)


def _structure_variant(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    tag, options = TAGS[frozenset(get_args(kind))]
    expected = f"{tag} to be one of {', '.join(map(repr, options))}"
    structures = {name: made.get_structure_hook(cls) for name, cls in options.items()}

    def structured(value: Any, _: Any) -> Any:
        _expect(value, dict, "an object")
        if tag not in value:
            raise Fault(f"expected {expected}, got none")
        if type(value[tag]) is not str or value[tag] not in options:
            raise Fault(f"expected {expected}, got another value")
        inner = {name: each for name, each in value.items() if name != tag}
        return structures[value[tag]](inner, options[value[tag]])

    return structured


def _unstructure_variant(kind: Any, made: Converter) -> Callable[[Any], Any]:
    tag, options = TAGS[frozenset(get_args(kind))]
    names = {cls: name for name, cls in options.items()}
    return lambda value: {tag: names[type(value)], **made.unstructure(value, type(value))}
