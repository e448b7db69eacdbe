"""custid.model.interactions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.model import (
    Direction,
    IncoherenceCode,
    Interaction,
    InteractionStatus,
    Provenance,
    Record,
    Stated,
    incoherences,
    open_requests,
    threads,
    timeline,
)
from tests.survivorship.statements import moment, person_record, stated


def contact(
    day: float = 0,
    reference: str = "",
    *,
    source: str = "crm",
    recorded: float | None = None,
    at: datetime | None = None,
    **facts: Any,
) -> Stated[Interaction]:
    said = {"channel": "web", "direction": Direction.INBOUND, "kind": "request", **facts}
    value = Interaction(at=moment(day) if at is None else at, reference=reference, **said)
    return stated(value, source, day if recorded is None else recorded)


def record(*statements: Stated[Interaction], source: str = "crm", key: str = "1") -> Record:
    return person_record(source, key, interactions=statements)


def references(statements: tuple[Stated[Interaction], ...]) -> list[str]:
    return [statement.value.reference for statement in statements]


def test_a_timeline_is_in_order_of_moments() -> None:
    """By moment, then by when it was recorded, then by source and reference."""
    statements = [
        contact(5, "e"),
        contact(1, "c", recorded=2),
        contact(1, "b", source="web"),
        contact(1, "z"),
        contact(1, "a"),
    ]
    assert references(timeline([record(*statements)])) == ["a", "z", "b", "c", "e"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("", "a", "b")), st.integers(0, 2))), st.randoms())
def test_shuffled_intake_gives_the_same_timeline(drawn: list[tuple[int, str, int]], random: Any) -> None:
    """Neither the order of records nor that of statements shows, and nothing is lost or doubled."""
    statements = [contact(day, reference, recorded=day + late) for day, reference, late in drawn]
    pieces = [record(statement, key=str(place)) for place, statement in enumerate(statements)]
    whole = [record(*statements)] if statements else []
    shuffled = random.sample(pieces, len(pieces))
    assert timeline(shuffled) == timeline(whole) == timeline([*whole, *whole])
    expected = {reference or (day, late) for day, reference, late in drawn}
    assert len(timeline(whole)) == len(expected)


def test_the_latest_word_on_an_interaction_is_shown() -> None:
    """One reference of one source is one interaction; of another source it is another one."""
    opened, closed = contact(1, "a", status=InteractionStatus.OPEN), contact(1, "a", recorded=5)
    other = contact(1, "a", source="call")
    assert timeline([record(opened), record(closed, other)]) == (other, closed)


def test_replies_before_their_questions_are_reported() -> None:
    """A reply that is older than its question cannot be right."""
    question, reply = contact(5, "q"), contact(4, "r", recorded=6, reply_to="q")
    (found,) = incoherences([record(question, reply)])
    assert (found.code, found.stated, found.other) == (IncoherenceCode.REPLY_BEFORE_QUESTION, reply, question)
    assert incoherences([record(question, contact(6, "r", reply_to="q"), contact(7, "x", reply_to="gone"))]) == ()


def test_moments_after_their_recording_are_reported() -> None:
    """What takes place after it was recorded cannot be right, but for five minutes between two clocks."""
    late = contact(9, "a", recorded=1)
    assert [found.code for found in incoherences([record(late)])] == [IncoherenceCode.IN_THE_FUTURE]
    assert incoherences([record(contact(at=moment(0) + timedelta(minutes=5)))]) == ()


def test_a_recording_at_the_end_of_the_calendar() -> None:
    """The last moment of the calendar is later than any interaction."""
    last = datetime.max.replace(tzinfo=UTC)
    by = Provenance(source="crm", record="1", observed_at=last, recorded_at=last)
    assert incoherences([record(evolve(contact(1, "a"), by=by))]) == ()


def test_summer_time_is_no_incoherence() -> None:
    """Offsets that follow the seasons of one time zone are right, also on the days of the change."""
    paris = ZoneInfo("Europe/Paris")
    statements = [contact(400, f"{month}", at=datetime(2020, month, 28, 12, tzinfo=paris)) for month in range(1, 13)]
    assert incoherences([record(*statements)]) == ()


def test_mixed_offsets_are_reported_once_per_source() -> None:
    """A clock that goes there and back, or jumps by more than an hour, has no one time zone."""
    offsets = (0, 1, 0, 1, 0)
    mixed = [
        contact(400, f"{day}", at=datetime(2020, 1, 1 + day, 12, tzinfo=timezone(timedelta(hours=hours))))
        for day, hours in enumerate(offsets)
    ]
    assert [found.code for found in incoherences([record(*mixed)])] == [IncoherenceCode.MIXED_OFFSETS]
    far = [
        contact(400, f"{day}", at=datetime(2020, 1, 1 + day, 12, tzinfo=timezone(timedelta(hours=6 * day))))
        for day in range(2)
    ]
    assert [found.code for found in incoherences([record(*far)])] == [IncoherenceCode.MIXED_OFFSETS]
    assert incoherences([record(mixed[0], contact(400, "x", source="web", at=mixed[1].value.at))]) == ()


def test_threads_run_across_channels() -> None:
    """A report on the web and the call that answers it are one conversation, also over two sources."""
    report = contact(1, "w1", thread="t", channel="web")
    call = contact(2, "c1", source="call", channel="phone", reply_to="w1")
    after = contact(3, "c2", source="call", channel="phone", reply_to="c1")
    alone = contact(4, "x")
    found = threads([record(after, alone), record(report, call)])
    assert found == {"t": (report, call, after)}
    assert {each.value.channel for each in found["t"]} == {"web", "phone"}


def test_a_reference_of_two_sources_is_not_guessed() -> None:
    """A reply to a reference that two other sources have belongs to neither; one's own source goes first."""
    questions = [contact(1, "q", source=source, thread=source) for source in ("crm", "web")]
    foreign = contact(2, "r", source="call", reply_to="q")
    own = contact(2, "o", source="web", reply_to="q")
    found = threads([record(*questions, foreign, own)])
    assert {name: len(members) for name, members in found.items()} == {"crm": 1, "web": 2}


def test_replies_in_a_circle_have_no_thread() -> None:
    """Two interactions that answer each other end no search."""
    assert threads([record(contact(1, "a", reply_to="b"), contact(1, "b", reply_to="a"))]) == {}


def test_open_requests_are_those_that_nothing_closes() -> None:
    """A later closed interaction of the thread closes it; an earlier one and that of another thread do not."""
    waiting = contact(5, "a", status=InteractionStatus.OPEN, thread="t")
    alone = contact(6, "b", status=InteractionStatus.OPEN)
    closing = contact(7, "c", source="call", status=InteractionStatus.CLOSED, thread="t")
    earlier = contact(1, "d", status=InteractionStatus.CLOSED, thread="t")
    elsewhere = contact(9, "e", status=InteractionStatus.CLOSED)
    assert open_requests([record(waiting, alone, earlier, elsewhere)]) == (waiting, alone)
    assert open_requests([record(waiting, alone, closing)]) == (alone,)
    updated = contact(5, "a", recorded=8, status=InteractionStatus.CLOSED, thread="t")
    assert open_requests([record(waiting), record(updated)]) == ()
