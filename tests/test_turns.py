"""Many read or one writes."""

from __future__ import annotations

from threading import Barrier, Event, Thread

from custid._threads import Turns


def test_readers_read_side_by_side() -> None:
    """Three readers are inside at once."""
    turns, inside = Turns(), Barrier(3)

    def read() -> None:
        with turns.reading():
            # Nobody comes past before all three are here.
            inside.wait(timeout=30)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not inside.broken


def test_a_writer_is_alone() -> None:
    """What a writer changes in two steps no reader and no other writer meets half-way."""
    turns, values, seen = Turns(), [0, 0], set[int]()

    def write() -> None:
        for _ in range(300):
            with turns.writing():
                values[0] += 1
                values[1] += 1

    def read() -> None:
        for _ in range(300):
            with turns.reading():
                seen.add(values[0] - values[1])

    threads = [Thread(target=task) for task in (write, read, write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {0}
    assert values == [600, 600]


def test_who_writes_may_ask_again() -> None:
    """Inside of a writing turn both are granted at once, and others come in when the outermost one ends."""
    turns, entered = Turns(), Event()

    def read() -> None:
        with turns.reading():
            entered.set()

    other = Thread(target=read)
    with turns.writing():
        with turns.writing(), turns.reading():
            other.start()
        assert not entered.is_set()
    other.join(timeout=30)
    assert entered.is_set()
