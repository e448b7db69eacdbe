"""Writes the table of recognized columns into ``reference/columns.md``: run ``python docs/columns_table.py``."""
# ruff: noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

from custid.model import ATTRIBUTES, Attribute, Evidence

PAGE = Path(__file__).parent / "reference" / "columns.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
EVIDENCE = {
    Evidence.KEY: "an identifier",
    Evidence.STRONG: "strong",
    Evidence.WEAK: "weak",
    Evidence.NONE: "never compared",
    Evidence.BANNED: "never compared",
}


def row(declared: Attribute) -> str:
    """Return the line of one attribute."""
    kind = ", personal" if declared.is_personal else ", circumstance" if declared.is_circumstantial else ""
    evidence = EVIDENCE[declared.evidence] + kind
    names = ", ".join(f"`{alias}`" for alias in declared.aliases)
    return f"| `{declared.name}` | {declared.label_en}; {declared.label_fr} | {evidence} | {names} |\n"


def updated_page() -> str:
    """Return the page with the table as the declarations are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    head = "| Attribute | What it is | Evidence | Names of columns |\n|---|---|---|---|\n"
    return before + BEGIN + head + "".join(row(each) for each in ATTRIBUTES.values() if each.aliases) + END + after


if __name__ == "__main__":
    PAGE.write_text(updated_page(), encoding="utf-8")
