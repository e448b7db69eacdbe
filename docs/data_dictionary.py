"""Writes the tables of ``reference/data_dictionary.md``: run ``python docs/data_dictionary.py``."""
# ruff: noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

from custid.model import (
    ATTRIBUTES,
    INTERACTION_KINDS,
    LIFE_EVENT_KINDS,
    RELATION_KINDS,
    ROLE_KINDS,
    Attribute,
    Evidence,
    InformationGroup,
    Vocabulary,
)

PAGE = Path(__file__).parent / "reference" / "data_dictionary.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
STANDARDS = ("schema.org", "vCard", "FHIR", "TMF632")
VOCABULARIES = (ROLE_KINDS, RELATION_KINDS, INTERACTION_KINDS, LIFE_EVENT_KINDS)


def line(*cells: str) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |\n"


def evidence(declared: Attribute) -> str:
    """Return what agreement and difference may prove."""
    flags = {
        "negative": declared.is_negative,
        "exclusive": declared.is_exclusive,
        "personal": declared.is_personal,
        "circumstance": declared.is_circumstantial,
    }
    return ", ".join([declared.evidence.value, *(name for name, is_set in flags.items() if is_set)])


def attribute_line(declared: Attribute) -> str:
    """Return the line of one attribute."""
    place = f"`{declared.path}`" if declared.path else ""
    mapped = [declared.mappings.get(standard, "–") for standard in STANDARDS]
    labels = f"{declared.label_en}; {declared.label_fr}"
    return line(f"`{declared.name}`", labels, place, evidence(declared), declared.privacy.value, *mapped)


def group_section(group: InformationGroup) -> str:
    """Return the section of an information group."""
    declared = [each for each in ATTRIBUTES.values() if each.group is group]
    head = ("Attribute", "What it is", "In the model", "Evidence", "Privacy", *STANDARDS)
    table = line(*head) + line(*["---"] * len(head)) + "".join(map(attribute_line, declared))
    reasons = [
        f"`{each.name}` must not be compared: {each.banned_because}.\n"
        for each in declared
        if each.evidence is Evidence.BANNED and each.banned_because
    ]
    return "\n".join([f"## {group.value.capitalize()}\n", table, *reasons]) + "\n"


def vocabulary_section(vocabulary: Vocabulary) -> str:
    """Return the section of a vocabulary."""
    kinds = "".join(
        line(f"`{kind.code}`", kind.label_en, kind.label_fr, f"`{kind.inverse}`" if kind.inverse else "–")
        for kind in vocabulary.values()
    )
    head = line("Kind", "English", "French", "Inverse") + line("---", "---", "---", "---")
    return f"## Kinds: {vocabulary.name}\n\n{head}{kinds}\n"


def updated_page() -> str:
    """Return the page with the tables as the declarations are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    groups = [group for group in InformationGroup if any(each.group is group for each in ATTRIBUTES.values())]
    sections = [*map(group_section, groups), *map(vocabulary_section, VOCABULARIES)]
    return before + BEGIN + "\n" + "".join(sections) + END + after


if __name__ == "__main__":
    PAGE.write_text(updated_page(), encoding="utf-8")
