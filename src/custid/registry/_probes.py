"""What somebody asks with: raw values by attribute, or by the columns of a source, read as its rows are."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from attrs import frozen

from custid.errors import ConfigurationError, InputError, SchemaError
from custid.intake.schema import Schema
from custid.model.attributes import ATTRIBUTES, check_comparable
from custid.registry.feeds import Feed, text_table
from custid.registry.recognition import ProbeIssue
from custid.registry.rows import Row

__all__ = ["ReadProbe", "probe_feed", "read_probe"]

_N_SUGGESTED: Final = 3
_TECHNICAL: Final = frozenset({"record_key", "source"})


@frozen(kw_only=True)
class ReadProbe:
    """What a question says.

    Attributes
    ----------
    row : Row
        Canonical values, generic ones included.
    attribute_of : Mapping of str to str or None
        Attribute of each name that has a value; None for what is no evidence.
    issues : tuple of ProbeIssue
        What could not be read, or not to the end.
    """

    row: Row
    attribute_of: Mapping[str, str | None]
    issues: tuple[ProbeIssue, ...]


def probe_feed(*, day_first: bool) -> Feed:
    """Return the feed of questions whose names are attributes."""
    columns = {name: name for name, declared in ATTRIBUTES.items() if declared.is_comparable}
    return Feed(source="", schema=Schema(columns=columns, day_first=day_first))
