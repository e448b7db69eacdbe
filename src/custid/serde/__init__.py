"""Records out of and into plain data, JSON and Arrow, and the formats of others."""

from custid.serde.arrow import arrow_schema, from_arrow, to_arrow
from custid.serde.documents import (
    MIGRATIONS,
    SCHEMA_VERSION,
    Migration,
    from_json,
    structure,
    to_json,
    unstructure,
    value_to_data,
)
from custid.serde.fhir import from_fhir, to_fhir
from custid.serde.json_lines import ReadRecords, RefusedLine, iterate_json_lines, read_json_lines, write_json_lines
from custid.serde.json_schema import json_schema
from custid.serde.losses import MAPPING_LOSSES, FieldFate
from custid.serde.schema_org import from_schema_org, to_schema_org
from custid.serde.tmforum import from_tmf632, to_tmf632, to_tmf669
from custid.serde.vcard import from_jcard, from_vcard, to_jcard, to_vcard

__all__ = [
    "MAPPING_LOSSES",
    "MIGRATIONS",
    "SCHEMA_VERSION",
    "FieldFate",
    "Migration",
    "ReadRecords",
    "RefusedLine",
    "arrow_schema",
    "from_arrow",
    "from_fhir",
    "from_jcard",
    "from_json",
    "from_schema_org",
    "from_tmf632",
    "from_vcard",
    "iterate_json_lines",
    "json_schema",
    "read_json_lines",
    "structure",
    "to_arrow",
    "to_fhir",
    "to_jcard",
    "to_json",
    "to_schema_org",
    "to_tmf632",
    "to_tmf669",
    "to_vcard",
    "unstructure",
    "value_to_data",
    "write_json_lines",
]
