"""What a round trip through a format of others gives back, leaf by leaf."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from custid.model import Collective, PartialDate, Provenance, Record
from custid.serde import (
    from_fhir,
    from_jcard,
    from_schema_org,
    from_tmf632,
    from_vcard,
    structure,
    to_fhir,
    to_jcard,
    to_schema_org,
    to_tmf632,
    to_vcard,
    unstructure,
)
from custid.serde._layout import Listed, Node, Structured, Variants, record_layout

ROUND_TRIPS: Mapping[str, Callable[[Record, Provenance], Record]] = MappingProxyType(
    {
        "vCard": lambda record, by: from_vcard(to_vcard(record), by=by)[0],
        "jCard": lambda record, by: from_jcard(json.dumps(to_jcard(record)), by=by)[0],
        "schema.org": lambda record, by: from_schema_org(json.dumps(to_schema_org(record)), by=by),
        "FHIR": lambda record, by: from_fhir(json.dumps(to_fhir(record)), by=by)[0],
        "TMF632": lambda record, by: from_tmf632(json.dumps(to_tmf632(record)), by=by),
    }
)
# The reader states these itself: what it reads is said by the document, now.
STATED_ANEW = ("Provenance.", "Verification.", "Issue.", "Unread.", "Stated.raw", "Record.source", "Record.key")


def without_controls(record: Record) -> Record:
    """Return a record without control characters, which a vCard cannot hold."""
    return structure(_without_controls(unstructure(record)))


def _without_controls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_controls(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_controls(each) for each in value]
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "_", value) if isinstance(value, str) else value


def leaves(node: Node, value: Any, owner: str = "") -> Iterator[tuple[str, Any]]:
    """Return the values that say something, each with the class and field that hold it."""
    if isinstance(node, Listed):
        for each in value:
            yield from leaves(node.of, each, owner)
    elif isinstance(node, Variants):
        yield from leaves(node.options[node.name_of(value)], value, owner)
    elif isinstance(node, Structured):
        cls = node.cls.__name__
        for member in node.members:
            held = getattr(value, member.field)
            if held is not None and held != attrs.fields_dict(node.cls)[member.field].default:
                is_value = cls == "Stated" and member.field == "value"
                yield from leaves(member.node, held, owner if is_value else f"{cls}.{member.field}")
    elif isinstance(value, PartialDate) or not isinstance(value, str) or value.strip():
        yield owner, value


def counts(record: Record) -> Mapping[str, Counter[Any]]:
    """Return how often a record holds each value, by class and field."""
    made: dict[str, Counter[Any]] = defaultdict(Counter)
    for owner, value in leaves(record_layout(), record):
        if not owner.startswith(STATED_ANEW) and (not isinstance(record.party, Collective) or "Collective" in owner):
            made[owner][value] += 1
    return made
