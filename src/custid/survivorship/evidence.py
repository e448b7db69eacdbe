"""Which statements may give a value at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from custid.errors import ModelError
from custid.model import Record, Stated, are_comparable
from custid.model.statements import is_feedback

__all__ = ["check_one_party", "usable_statements"]


def usable_statements(
    records: Iterable[Record], *, known_at: datetime | None = None
) -> tuple[tuple[str, Stated[Any]], ...]:
    """Return the statements that may give values, each with the name of its attribute.

    Parameters
    ----------
    records : iterable of Record
        All records of one party.
    known_at : datetime, optional
        Only what had been recorded by then.

    Returns
    -------
    tuple of (str, Stated)
        Without those of restricted records, those that came back from a golden record, and consents.
    """
    return tuple(
        (declared.name, statement)
        for record in records
        if not record.is_restricted
        for declared, statement in record.statements()
        if declared.name != "consents"
        and not is_feedback(statement)
        and (known_at is None or statement.by.recorded_at <= known_at)
    )


def check_one_party(records: Iterable[Record]) -> None:
    """Refuse records that cannot speak of one party.

    Parameters
    ----------
    records : iterable of Record
        The records.

    Raises
    ------
    ModelError
        If they speak of different kinds of parties, or belong to different tenants.
    """
    records = tuple(records)
    for record in records[1:]:
        if not are_comparable(records[0].party, record.party):
            kinds = sorted({type(each.party).__name__ for each in records})
            raise ModelError(
                f"golden_record: expected records of one kind of party, got {' and '.join(kinds)}.",
                hint="A sole trader is a Person with a SIREN; kinds are never merged.",
            )
        if record.tenant != records[0].tenant:
            raise ModelError("golden_record: expected records of one tenant, got several.")
