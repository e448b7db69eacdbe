"""Tasks in threads, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import custid
from custid._threads import in_threads


@pytest.mark.parametrize("n_threads", [1, 2, 50])
@pytest.mark.parametrize("n_items", [0, 1, 7])
def test_results_are_in_the_order_of_the_items(n_items: int, n_threads: int) -> None:
    """Each item has its result, whatever the number of threads, and progress ends where all are done."""
    shares: list[float] = []
    squares = in_threads(lambda item: item * item, range(n_items), n_threads=n_threads, tell=shares.append)
    assert squares == [item * item for item in range(n_items)]
    assert shares == [done / n_items for done in range(1, n_items + 1)]


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("kind", [KeyboardInterrupt, ZeroDivisionError])
def test_nothing_starts_after_progress_has_raised(n_threads: int, kind: type[BaseException]) -> None:
    """Where what is told of progress raises, tasks that wait never start, and no thread is left."""
    can_go_on, begun = threading.Event(), []

    def task(item: int) -> None:
        begun.append(item)
        # The second task waits until the first one has been told of; the others have no thread then.
        assert item == 0 or can_go_on.wait(60)

    def tell(_share: float) -> None:
        can_go_on.set()
        raise kind

    before = threading.active_count()
    with pytest.raises(kind):
        in_threads(task, range(1_000), n_threads=n_threads, tell=tell)
    assert len(begun) < 1_000
    assert threading.active_count() == before


@pytest.mark.parametrize("n_threads", [1, 2])
def test_a_failing_task_raises(n_threads: int) -> None:
    """The caller meets the exception of a task."""
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda item: 1 // item, [1, 0, 1], n_threads=n_threads)


ENDLESS = """
import signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import custid
from custid.testing import synthetic_customers

records = synthetic_customers(4_000, seed=3).records
try:
    while True:
        custid.dedupe(records, progress=lambda step, done: print(step, flush=True)).customers
except KeyboardInterrupt:
    # One that has nothing left to do may be about to end, or even to start: the latter cannot be joined.
    until = time.monotonic() + 60
    while threading.active_count() > 1 and time.monotonic() < until:
        time.sleep(0.01)
    print("interrupted with", threading.active_count(), "thread", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to a process is a Unix matter")
@pytest.mark.parametrize("step", ["standardizing", "blocking", "comparing", "learning", "clustering"])
def test_a_run_is_interrupted_in_any_step(step: str) -> None:
    """Ctrl-C ends a run wherever it is, with its threads and without a word."""
    environment = {**os.environ, "PYTHONPATH": str(Path(custid.__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() != step:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=120)
    assert (told.splitlines()[-1:], said, process.returncode) == (["interrupted with 1 thread"], "", 0)
