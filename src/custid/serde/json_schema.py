"""JSON Schema of the documents, derived from the classes."""

from __future__ import annotations

from typing import Any

from custid.serde._converter import DATE_PATTERN, MOMENT_PATTERN
from custid.serde._layout import Leaf, Listed, Node, Structured, Variants, record_layout
from custid.serde.documents import SCHEMA_VERSION

__all__ = ["json_schema"]

_LEAVES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "number_or_text": {"type": ["number", "string"]},
    "moment": {"type": "string", "format": "date-time", "pattern": f"^{MOMENT_PATTERN}$"},
    "date": {"type": "string", "pattern": f"^{DATE_PATTERN}$"},
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of a record's document.

    It says which fields there are, of which types, and which are required.  What the model asks beyond that (a number
    after E.164, shares that sum to 1) is checked when a document is structured.

    Returns
    -------
    dict
        The schema, with one definition for each class.

    Examples
    --------
    >>> json_schema()["required"]
    ['schema_version', 'source', 'key', 'party']
    """
    definitions: dict[str, Any] = {}
    root = _object(record_layout(), definitions)
    version = {"schema_version": {"const": SCHEMA_VERSION}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Customer record",
        "type": "object",
        "properties": {**version, **root["properties"]},
        "required": ["schema_version", *root["required"]],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(node: Node, definitions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node, Leaf):
        return {"enum": [each.value for each in node.choices]} if node.choices is not None else dict(_LEAVES[node.kind])
    if isinstance(node, Listed):
        return {"type": "array", "items": _schema(node.of, definitions)}
    if isinstance(node, Variants):
        return {"oneOf": [_definition(each, definitions, {node.tag: name}) for name, each in node.options.items()]}
    return _definition(node, definitions, {})


def _definition(node: Structured, definitions: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
    if node.name not in definitions:
        definitions[node.name] = {}
        definitions[node.name] = _object(node, definitions, tags)
    return {"$ref": f"#/$defs/{node.name}"}


def _object(node: Structured, definitions: dict[str, Any], tags: dict[str, str] | None = None) -> dict[str, Any]:
    properties: dict[str, Any] = {tag: {"const": name} for tag, name in (tags or {}).items()}
    for member in node.members:
        schema = _schema(member.node, definitions)
        properties[member.name] = {"title": member.title, **schema} if member.title else schema
    required = [*(tags or {}), *(member.name for member in node.members if member.is_required)]
    made = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return made if required else {name: value for name, value in made.items() if name != "required"}
