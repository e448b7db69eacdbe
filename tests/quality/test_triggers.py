"""custid.quality.triggers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import (
    ContactPoint,
    Direction,
    Holding,
    Interaction,
    LifeEvent,
    PartialDate,
    PostalAddress,
    Record,
    Stated,
)
from custid.quality import TriggerKind, triggers
from tests.survivorship.statements import START, moment, person_record, stated

FIRST, LAST = date(1990, 1, 1), date(2040, 1, 1)


def of(record: Record, *more: Record, **options: Any) -> list[tuple[str, str, str]]:
    options = {"after": FIRST, "until": LAST, **options}
    return [(each.on.isoformat(), each.kind.value, each.about) for each in triggers([record, *more], **options)]


def home(street: str, day: float, source: str = "crm") -> Stated[ContactPoint]:
    address = PostalAddress(number="12", street=street, postcode="44000", city="Nantes")
    return stated(ContactPoint(point=address), source, day)


def contact(day: float) -> Stated[Interaction]:
    return stated(
        Interaction(at=moment(day), channel="web", direction=Direction.INBOUND, kind="visit", reference=str(day)),
        day=day,
    )


def test_a_new_address_is_one_move() -> None:
    """The first address is no move; a new one is one, also where two sources tell of it on that day, or one later."""
    before = person_record("crm", "1", contacts=[home("rue Pasteur", 0), home("r. Pasteur", 5)])
    assert of(before) == []
    moved = person_record("crm", "1", contacts=[home("rue Pasteur", 0), home("quai de la Fosse", 30)])
    again = person_record(
        "web", "2", contacts=[home("quai de la Fosse", 30, "web"), home("quai de la Fosse", 60, "web")]
    )
    assert of(moved, again) == [("2020-01-31", "moved", "")]


def test_coming_of_age() -> None:
    """On the eighteenth birthday; on 1 March for who was born on a leap day; never for half a date."""
    assert of(person_record(birth_dates=[stated(PartialDate("2004-03-05"))])) == [("2022-03-05", "came_of_age", "")]
    assert of(person_record(birth_dates=[stated(PartialDate("2004-02-29"))])) == [("2022-03-01", "came_of_age", "")]
    assert of(person_record(birth_dates=[stated(PartialDate("2004-03"))])) == []


def test_holdings_end() -> None:
    """A warranty that ends is told of on its last day, or as long before as asked for."""
    warranty = Holding(kind="warranty", product="oven", serial="1", expires=PartialDate("2024-02-29"))
    record = person_record(holdings=[stated(warranty)])
    assert of(record) == [("2024-02-29", "holding_ends", "warranty")]
    assert of(record, ends_ahead=30) == [("2024-01-30", "holding_ends", "warranty")]


def test_silence() -> None:
    """A month after the last interaction, once for each pause that is long enough."""
    record = person_record(interactions=[contact(0), contact(10), contact(100)])
    assert of(record) == [("2020-02-10", "silent", ""), ("2020-05-10", "silent", "")]


def test_stated_events() -> None:
    """A life event comes on its day; one without a day does not."""
    events = [stated(LifeEvent(kind="marriage", at=PartialDate(day))) for day in ("2021-06-05", "2022")]
    assert of(person_record(life_events=events)) == [("2021-06-05", "life_event", "marriage")]
    assert of(person_record(life_events=events), kinds=[TriggerKind.MOVED]) == []


def test_restricted_records_trigger_nothing() -> None:
    """What must not be processed starts nothing."""
    assert of(person_record(birth_dates=[stated(PartialDate("2004-03-05"))], is_restricted=True)) == []


@given(st.lists(st.integers(0, 400), max_size=6), st.lists(st.integers(0, 500), min_size=1, max_size=6))
def test_spans_that_meet_share_nothing(days: list[int], cuts: list[int]) -> None:
    """However the days are cut into spans, each event comes in one of them, exactly once."""
    record = person_record(
        interactions=[contact(day) for day in set(days)],
        contacts=[home(f"rue {place}", day) for place, day in enumerate(sorted(set(days)))],
        birth_dates=[stated(PartialDate("2002-05-01"))],
    )
    start, end = START.date() - timedelta(days=1), START.date() + timedelta(days=600)
    edges = sorted({start, end, *(START.date() + timedelta(days=cut) for cut in cuts)})
    whole = triggers([record], after=start, until=end)
    pieces = [each for after, until in pairwise(edges) for each in triggers([record], after=after, until=until)]
    assert pieces == list(whole)


def test_bad_spans() -> None:
    """Days in the wrong order and lengths out of range are refused."""
    for options in ({"until": date(1980, 1, 1)}, {"ends_ahead": -1}, {"silent_for": 0}):
        with pytest.raises(ConfigurationError, match="triggers"):
            of(person_record(birth_dates=[stated(PartialDate("2004"))]), **options)


def test_dates_at_the_end_of_the_calendar() -> None:
    """An interaction that a source dates to the last day there is makes nobody silent, and stops nothing."""
    last = Interaction(at=datetime(9999, 12, 31, tzinfo=UTC), channel="web", direction=Direction.INBOUND, kind="other")
    record = person_record(interactions=[stated(last)])
    assert not triggers([record], after=date.min, until=date.max, kinds=[TriggerKind.SILENT])
