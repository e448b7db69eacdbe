"""Records as plain data and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from custid.errors import StructureError
from custid.model import Record
from custid.serde._converter import converter, structured_record
from custid.serde._faults import faults_of, kind_of, read_json, refusal

__all__ = [
    "MIGRATIONS",
    "SCHEMA_VERSION",
    "Migration",
    "from_json",
    "structure",
    "to_json",
    "unstructure",
    "value_to_data",
]

SCHEMA_VERSION: Final = 1
"""Version of the documents that this release writes."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a document of one version into one of the next; it gets a copy without ``schema_version``."""

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""The migrations from the oldest version that is read up to `SCHEMA_VERSION`, each from one version to the next."""

_VERSION_KEY = "schema_version"


def unstructure(record: Record) -> dict[str, Any]:
    """Return a record as plain data.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    dict
        Dictionaries, lists, texts, numbers and booleans; moments after ISO 8601 with their offset, dates after
        ISO 8601-2, enumerations by their value.  What has its default is left out.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> from custid.model import Person, PersonName, Provenance, Stated
    >>> then = datetime(2026, 5, 4, tzinfo=timezone.utc)
    >>> by = Provenance(source="till", record="7", observed_at=then, recorded_at=then)
    >>> party = Person(names=(Stated(PersonName(family="Le Goff"), by),))
    >>> document = unstructure(Record(source="till", key="7", party=party))
    >>> document["party"]["kind"], document["party"]["names"][0]["value"]
    ('person', {'family': 'Le Goff'})
    """
    return {_VERSION_KEY: SCHEMA_VERSION, **converter().unstructure(record, Record)}


def value_to_data(value: object) -> Any:
    """Return one value of the model as plain data, as it stands within a record.

    Parameters
    ----------
    value : object
        A typed value, or a text.

    Returns
    -------
    object
        As :func:`unstructure` gives it.

    Examples
    --------
    >>> from custid.model import ExternalId
    >>> value_to_data(ExternalId(scheme="loyalty_card", value="77"))
    {'scheme': 'loyalty_card', 'value': '77'}
    """
    return converter().unstructure(value, type(value))


def structure(document: object, *, migrations: tuple[Migration, ...] = MIGRATIONS) -> Record:
    """Return the record that plain data holds.

    Parameters
    ----------
    document : dict
        As `unstructure` gives it.
    migrations : tuple of callable
        Migrations up to `SCHEMA_VERSION`, each from one version to the next.

    Returns
    -------
    Record
        Equal to the one that was unstructured.

    Raises
    ------
    StructureError
        If anything is missing, unknown, of another type or not allowed by the model; the message has a line with the
        path of every fault, and no values.

    Examples
    --------
    >>> structure({"schema_version": 1, "source": "till", "key": 7, "party": {"kind": "persn"}})
    Traceback (most recent call last):
    custid.errors.StructureError: record.key: expected text, got int
    record.party: expected kind to be one of 'person', 'organization', 'collective', got another value
    """
    faults: list[str] = []
    try:
        return structured_record(_migrated(document, migrations))
    except StructureError:
        raise
    except Exception as error:  # noqa: BLE001 - the converter collects whatever the hooks and the model raise
        faults = list(faults_of(error, "record"))
    # Raised outside the handler: the causes hold values, which a traceback would show.
    raise refusal(faults)


def _migrated(document: object, migrations: tuple[Migration, ...]) -> object:
    """Return a document of the present version, without the version."""
    if not isinstance(document, Mapping):
        raise refusal([f"record: expected an object, got {kind_of(document)}"])
    oldest = SCHEMA_VERSION - len(migrations)
    expected = f"record.{_VERSION_KEY}: expected " + (
        f"{SCHEMA_VERSION}" if oldest == SCHEMA_VERSION else f"a version from {oldest} to {SCHEMA_VERSION}"
    )
    version = document.get(_VERSION_KEY)
    if type(version) is not int:
        raise refusal([f"{expected}, got {'none' if version is None else kind_of(version)}"])
    if version > SCHEMA_VERSION:
        hint = "The document was written by a newer release of custid: update custid to read it."
        raise refusal([f"{expected}, got {version}."], hint=hint)
    if version < oldest:
        raise refusal(
            [f"{expected}, got {version}."], hint="Read it with an older release of custid, and write it anew."
        )
    current = {name: value for name, value in document.items() if name != _VERSION_KEY}
    for migrate in migrations[version - oldest :]:
        current = migrate(current)
    return current


def to_json(record: Record, *, indent: int | None = None) -> str:
    """Return a record as JSON text.

    Parameters
    ----------
    record : Record
        The record.
    indent : int, optional
        Spaces of each level; without it, the text has one line.

    Returns
    -------
    str
        JSON in Unicode characters; text that UTF-8 cannot hold (lone surrogates) is escaped.
    """
    document = unstructure(record)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)
    return json.dumps(document, allow_nan=False, indent=indent) if _has_surrogates(text) else text


def from_json(text: str | bytes, *, migrations: tuple[Migration, ...] = MIGRATIONS) -> Record:
    """Return the record that a JSON text holds.

    Parameters
    ----------
    text : str or bytes
        The text, in UTF-8 where it is bytes.
    migrations : tuple of callable
        As of `structure`.

    Returns
    -------
    Record
        The record.

    Raises
    ------
    StructureError
        If the text is no JSON, holds NaN or Infinity, a key twice or levels without end, or is no record.
    """
    return structure(read_json(text), migrations=migrations)


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
