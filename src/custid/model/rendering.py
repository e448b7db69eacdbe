"""A record as a text for people: every value with its label, its date and who said it."""

from __future__ import annotations

from custid.model._writer import Writer
from custid.model.parties import Record

__all__ = ["render"]


def render(record: Record, language: str = "en") -> str:
    """Return a record as a text for people.

    Parameters
    ----------
    record : Record
        The record.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    str
        Lines: what the record is, then for each attribute its label and under it the values, each with who said it,
        when it was said and recorded, its period and its checks.  No code stands without a label.

    Raises
    ------
    ConfigurationError
        If there are no labels in that language.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> from custid.model import Person, PersonName, Provenance, Stated
    >>> seen = datetime(2024, 3, 1, 9, 30, tzinfo=timezone.utc)
    >>> by = Provenance(source="till", record="7", observed_at=seen, recorded_at=seen)
    >>> sofa = Person(names=(Stated(PersonName(given=("Lou",), family="Petit"), by),))
    >>> print(render(Record(source="till", key="7", party=sofa)))
    Person: record 7 of till
    names
      usage name: Lou Petit
        declared, till, 1 March 2024 09:30 +00:00; recorded 1 March 2024 09:30 +00:00; not verified
    """
    writer = Writer(language)
    kind = writer.phrase(type(record.party).__name__)
    lines = [(0, f"{kind}{writer.colon} {writer.phrase('record', key=record.key, source=record.source)}")]
    if record.is_restricted:
        lines.append((0, writer.phrase("restricted")))
    heading = ""
    for declared, statement in record.statements():
        label = writer.pick(declared.label_en, declared.label_fr)
        if label != heading:
            heading = label
            lines.append((0, label))
        lines += [(1, writer.statement_value(declared.name, statement.value)), (2, writer.history(statement))]
    if record.unread:
        lines.append((0, writer.phrase("unread")))
    for unread in record.unread:
        lines += [(1, f"{writer.attribute(unread.attribute)}{writer.colon} {unread.raw}"), (2, writer.said(unread.by))]
    # A value may hold line breaks and blanks, which would pass for lines of the text.
    return "\n".join("  " * depth + " ".join(line.split()) for depth, line in lines)
