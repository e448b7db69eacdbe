"""The layout of the typed model, derived from its classes: the one source of documents, schemas and tables.

Documents, JSON Schema and Arrow tables name and nest the fields as the classes do, with two additions: a union names
the class that it holds (`TAGS`), and a field whose name a tag needs is renamed (`RENAMED`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from attrs import frozen

from custid.model import (
    Collective,
    Email,
    OnlineAccount,
    Organization,
    PartialDate,
    Person,
    Phone,
    PostalAddress,
    Record,
    declaration_of,
)

__all__ = [
    "RENAMED",
    "TAGS",
    "Leaf",
    "Listed",
    "Member",
    "Node",
    "Structured",
    "Variants",
    "enumerations",
    "layout_of",
    "record_layout",
]

TAGS = MappingProxyType(
    {
        frozenset({Person, Organization, Collective}): (
            "kind",
            {"person": Person, "organization": Organization, "collective": Collective},
        ),
        frozenset({PostalAddress, Phone, Email, OnlineAccount}): (
            "type",
            {"postal_address": PostalAddress, "phone": Phone, "email": Email, "online_account": OnlineAccount},
        ),
    }
)
"""For each union of classes the key that tells them apart, and its values."""

RENAMED = MappingProxyType({(Collective, "kind"): "collective_kind"})
"""Fields with another name in documents than in the class."""

LeafKind = Literal["text", "number", "boolean", "moment", "date", "choice", "number_or_text"]


@frozen
class Leaf:
    """A value without parts; ``choices`` is the enumeration of a choice."""

    kind: LeafKind
    choices: type[Enum] | None = None


@frozen
class Listed:
    """Values of one layout in their order."""

    of: Node


@frozen
class Member:
    """A field: its name in the class and in documents."""

    field: str
    name: str
    node: Node
    is_required: bool
    title: str = ""


@frozen
class Structured:
    """The fields of a class; ``name`` tells ``Stated`` of one type from ``Stated`` of another."""

    cls: type
    name: str
    members: tuple[Member, ...]


@frozen
class Variants:
    """One of several classes, told apart by a tag."""

    tag: str
    options: MappingProxyType[str, Structured]

    def name_of(self, value: object) -> str:
        """Return the tag of a value."""
        return next(name for name, option in self.options.items() if type(value) is option.cls)


Node = Leaf | Listed | Structured | Variants

_LEAVES: dict[Any, Leaf] = {
    str: Leaf("text"),
    float: Leaf("number"),
    bool: Leaf("boolean"),
    datetime: Leaf("moment"),
    PartialDate: Leaf("date"),
}


def record_layout() -> Structured:
    """Return the layout of a record, the root of all documents."""
    node = layout_of(Record)
    assert isinstance(node, Structured)  # noqa: S101 - for the type checker
    return node


def enumerations(node: Node) -> Iterator[type[Enum]]:
    """Return the enumerations that a layout uses, as often as it does."""
    if isinstance(node, Leaf):
        yield from () if node.choices is None else (node.choices,)
    elif isinstance(node, Listed):
        yield from enumerations(node.of)
    else:
        parts = node.options.values() if isinstance(node, Variants) else (each.node for each in node.members)
        for part in parts:
            yield from enumerations(part)


@cache
def layout_of(kind: Any) -> Node:
    """Return the layout of a type that the model uses; a new kind of type must be added here."""
    if kind in _LEAVES:
        return _LEAVES[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Leaf("choice", kind)
    if get_origin(kind) is tuple:
        return Listed(layout_of(get_args(kind)[0]))
    if get_origin(kind) in {Union, UnionType}:
        return _of_union(kind)
    if attrs.has(get_origin(kind) or kind):
        return _of_class(kind)
    raise AssertionError(f"the model uses a type without a layout: {kind!r}")


def _of_union(kind: Any) -> Node:
    kinds = frozenset(get_args(kind)) - {NoneType}
    if len(kinds) == 1:
        return layout_of(next(iter(kinds)))
    if kinds == {float, str}:
        return Leaf("number_or_text")
    tag, options = TAGS[kinds]
    return Variants(tag, MappingProxyType({name: _of_class(each) for name, each in options.items()}))


def _of_class(kind: Any) -> Structured:
    cls = get_origin(kind) or kind
    # Only Stated is generic, in the type of its value.
    arguments = dict(zip(getattr(cls, "__parameters__", ()), get_args(kind), strict=True))
    name = cls.__name__ + "".join("Text" if each is str else each.__name__ for each in arguments.values())
    attrs.resolve_types(cls)
    members = []
    for each in attrs.fields(cls):
        declared = declaration_of(each)
        members.append(
            Member(
                each.name,
                RENAMED.get((cls, each.name), each.name),
                layout_of(arguments.get(each.type, each.type)),
                each.default is attrs.NOTHING,
                "" if declared is None else declared.label_en,
            )
        )
    return Structured(cls, name, tuple(members))
