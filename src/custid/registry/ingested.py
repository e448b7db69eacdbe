"""What became of rows that were given to a registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from attrs import asdict, field, frozen

from custid.intake import RefusedRow
from custid.registry.events import Change, EventKind
from custid.registry.given import Taken
from custid.registry.record_keys import RecordKey

__all__ = ["Ingestion"]


@frozen(kw_only=True)
class Ingestion:
    """What became of rows: which records are new or say something else, and which rows were refused.

    Attributes
    ----------
    change : Change or None
        What was written; None if nothing was, as when the same rows come again.
    n_new : int
        Records that came.
    n_changed : int
        Records that were there and say something else from now on.
    n_unchanged : int
        Records that say what they said before.
    n_withdrawn : int
        Records that a snapshot lacks, and that were there.
    n_restricted : int
        Records that a snapshot lacks and that stay, since their customers are restricted: to delete them would change
        what somebody has asked to keep.
    refused : tuple of RefusedRow
        Rows that could not be taken in, by line number: what the registry holds of their records is as it was.
    masked : Mapping of str to int
        Values in which something prohibited was masked, by code.
    dropped : Mapping of str to int
        Values that the policy of intake does not let in, by column, attribute or facet; they are not kept.
    suppressed : tuple of RecordKey
        Records, taken in, with an address or a number on the suppression list that was given: not to be contacted.
    """

    change: Change | None = field(repr=False)
    n_new: int
    n_changed: int
    n_unchanged: int
    n_withdrawn: int
    n_restricted: int = 0
    refused: tuple[RefusedRow, ...] = ()
    masked: Mapping[str, int] = field(factory=dict)
    dropped: Mapping[str, int] = field(factory=dict)
    suppressed: tuple[RecordKey, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, change: Change | None, taken: Taken) -> Self:
        """Return what became of some rows.

        Parameters
        ----------
        change : Change or None
            What was written.
        taken : Taken
            What could be read, what was refused, masked and dropped.

        Returns
        -------
        Ingestion
            Counted from the events of the change.
        """
        events = () if change is None else change.events
        told = Counter(each.kind for each in events)
        n_new = sum(each.kind is EventKind.ASSIGNED and each.other is None for each in events)
        n_changed = told[EventKind.UPDATED]
        return cls(
            change=change,
            n_new=n_new,
            n_changed=n_changed,
            n_unchanged=max(len(taken.rows) - n_new - n_changed, 0),
            n_withdrawn=told[EventKind.WITHDRAWN],
            refused=taken.refused,
            masked=dict(sorted(taken.masked.items())),
            dropped=dict(sorted(taken.dropped.items())),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and the rows refused as plain dicts, lists and numbers."""
        return {
            "change": None if self.change is None else self.change.token,
            "n_new": self.n_new,
            "n_changed": self.n_changed,
            "n_unchanged": self.n_unchanged,
            "n_withdrawn": self.n_withdrawn,
            "n_restricted": self.n_restricted,
            "masked": dict(self.masked),
            "dropped": dict(self.dropped),
            "refused": [asdict(each) for each in self.refused],
            "n_suppressed": len(self.suppressed),
        }

    def text(self) -> str:
        """Return the counts, and the first rows refused, in lines."""
        counts = ((self.n_new, "new"), (self.n_changed, "changed"), (self.n_unchanged, "as before"))
        told = ", ".join(f"{n:,} {what}" for n, what in (*counts, (self.n_withdrawn, "withdrawn")))
        lines = [f"records: {told}; rows refused: {len(self.refused):,}"]
        if self.n_restricted:
            lines.append(f"records missing and kept, since their customers are restricted: {self.n_restricted:,}")
        lines += [f"  line {each.line_number}: {each.message}" for each in self.refused[:_N_SHOWN]]
        for what, values in (("masked", self.masked), ("dropped", self.dropped)):
            if values:
                lines.append(f"values {what}: {', '.join(f'{name} {n:,}' for name, n in values.items())}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


_N_SHOWN = 5
