"""Writes the table of losses and the JSON Schema into ``reference``: run ``python docs/mappings_table.py``."""
# ruff: noqa: INP001 - a script

from __future__ import annotations

import json
from pathlib import Path

from custid.serde import MAPPING_LOSSES, json_schema

REFERENCE = Path(__file__).parent / "reference"
PAGE = REFERENCE / "serde.md"
SCHEMA = REFERENCE / "customer_record.schema.json"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def updated_page() -> str:
    """Return the page with the table as the declarations are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    standards = list(next(iter(MAPPING_LOSSES.values())))
    head = f"| Field | {' | '.join(standards)} |\n|---|{'---|' * len(standards)}\n"
    rows = (f"| `{name}` | {' | '.join(fates.values())} |\n" for name, fates in MAPPING_LOSSES.items())
    return before + BEGIN + head + "".join(rows) + END + after


def updated_schema() -> str:
    """Return the JSON Schema as the classes are now."""
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(updated_page(), encoding="utf-8")
    SCHEMA.write_text(updated_schema(), encoding="utf-8")
