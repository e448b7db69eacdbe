"""Faults of documents: what was expected where, and never the value that was met."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from cattrs import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from custid._json import json_value
from custid.errors import ModelError, StructureError
from custid.serde._layout import RENAMED

__all__ = ["Fault", "faults_of", "kind_of", "read_json", "refusal"]

# Names of what JSON knows; bool stands before int, of which it is a subclass.
_KINDS = MappingProxyType(
    {
        "str": "text",
        "NoneType": "null",
        "dict": "an object",
        "list": "a list",
        "tuple": "a list",
        "datetime": "a datetime",
    }
)


class Fault(Exception):  # noqa: N818 - one of the faults that a StructureError tells
    """A value that cannot be structured; the message says what was expected and what kind of value was met."""


def read_json(text: str | bytes) -> Any:
    """Return what a JSON text holds; refuse what RFC 8259 does not know or leaves open."""
    problem = ""
    try:
        return json_value(text)
    except ValueError as error:
        problem = f"document: {error}."
    raise StructureError(problem)


def kind_of(value: object) -> str:
    """Return the name of a value's kind for a message."""
    name = type(value).__name__
    return _KINDS.get(name, name)


def refusal(faults: list[str], *, hint: str = "") -> StructureError:
    """Return the error that tells all faults, one a line."""
    return StructureError("\n".join(faults), hint=hint)


def faults_of(error: BaseException, path: str) -> Iterator[str]:
    """Return the faults that the converter collected, each with its path."""
    if isinstance(error, ClassValidationError):
        named, others = error.group_exceptions()
        for inner, note in named:
            yield from faults_of(inner, f"{path}.{_name_in_documents(error.cl, note.name)}")
        for inner in others:
            yield from faults_of(inner, path)
    elif isinstance(error, IterableValidationError):
        for inner, place in error.group_exceptions()[0]:
            yield from faults_of(inner, f"{path}[{place.index}]")
    elif isinstance(error, ForbiddenExtraKeysError):
        yield from (f"{path}.{name}: unknown field" for name in sorted(map(_shown, error.extra_fields)))
    elif isinstance(error, KeyError):
        yield f"{path}: expected a value, got none"
    elif isinstance(error, ModelError):
        yield f"{path}: {error.problem.rstrip('.')}"
    else:
        yield f"{path}: {error if isinstance(error, Fault) else 'unexpected content'}"


def _name_in_documents(cls: Any, name: str) -> str:
    return RENAMED.get((cls, name), name)


def _shown(name: object) -> str:
    # A key may be anything; a long or odd one is likelier a value than a name.
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else "?"
