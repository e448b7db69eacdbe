"""Nothing acknowledged is lost when processes are killed at writes, disks are full or fail, and power goes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.failing import Failing
from tests.faults.steps import Fault

Start = Callable[[str], Failing]
LIGHT = ["changes", "audit", "backups"]
HEAVY = ["erasure", "rows"]
MODES = ["full", "kill", "broken once", "torn", "interrupt", "full for growth"]
ALL = ["opening", *LIGHT, *HEAVY]
campaign = [pytest.mark.slow, pytest.mark.campaign]
# Operations that fail in a campaign: of short workloads every one, of others so many, spread over all.
N_MOST = {"opening": 40, "changes": 150, "audit": 100, "backups": 100, "erasure": 40, "rows": 30}


def survives_everywhere(workload: Failing, mode: str, n_most: int) -> None:
    """Let a fault happen at operations spread over a workload, and see that it happens."""
    n_runs = 0
    for at in workload.places(n_most):
        workload.survives(Fault(mode=mode, at=at))
        n_runs += 1
    met = workload.n_killed if mode in {"kill", "torn"} else workload.refused.total()
    assert met >= n_runs // 3
    print(f"{mode}: {n_runs} runs, {met} met the fault, {dict(workload.refused)}")  # noqa: T201  # shown by -rP


@pytest.mark.parametrize("workload", LIGHT)
def test_nothing_acknowledged_is_lost_at_some_operations(failing: Start, workload: str) -> None:
    """A few operations on files of each workload fail: all that was told holds, and the work can be done again."""
    started = failing(workload)
    for mode, at in zip(MODES, started.places(len(MODES)), strict=False):
        started.survives(Fault(mode=mode, at=at))
    assert (started.n_killed, started.refused.total()) >= (2, 3)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["torn", "full for growth"])
@pytest.mark.parametrize("workload", HEAVY)
def test_matching_and_erasing_lose_nothing_at_some_operations(failing: Start, workload: str, mode: str) -> None:
    """The same where records are matched, state is saved, and erased values are written over."""
    survives_everywhere(failing(workload), mode, 3)


@pytest.mark.parametrize("workload", LIGHT)
def test_nothing_acknowledged_is_lost_when_the_power_goes(failing: Start, workload: str) -> None:
    """Of what was not synced nothing, or something torn, is on the disk: all that was told is there."""
    assert failing(workload).survives_power_loss(4, seed=1) >= 4


@pytest.mark.slow
def test_a_registry_whose_making_was_cut_off_is_made(failing: Start) -> None:
    """The power goes while the tables of a new registry are written: the next opening makes them."""
    assert failing("opening").survives_power_loss(40, seed=1) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("workload", HEAVY)
def test_matching_and_erasing_lose_nothing_when_the_power_goes(failing: Start, workload: str) -> None:
    """The same where records are matched and erased."""
    assert failing(workload).survives_power_loss(4, seed=1) >= 4


@pytest.mark.parametrize("mode", [pytest.param(mode, marks=campaign) for mode in ("kill", "torn")])
@pytest.mark.parametrize("workload", ALL)
def test_nothing_acknowledged_is_lost_at_any_kill(failing: Start, workload: str, mode: str) -> None:
    """A process is killed before, or within, every operation of a workload, of long ones at thirty and more."""
    survives_everywhere(failing(workload), mode, N_MOST[workload])


@pytest.mark.parametrize("mode", [pytest.param(mode, marks=campaign) for mode in ("full", "full for growth")])
@pytest.mark.parametrize("workload", ALL)
def test_nothing_acknowledged_is_lost_wherever_a_disk_fills(failing: Start, workload: str, mode: str) -> None:
    """From every operation on there is no room, for anything or for what grows; then there is again."""
    survives_everywhere(failing(workload), mode, N_MOST[workload])


@pytest.mark.parametrize("mode", [pytest.param(mode, marks=campaign) for mode in ("broken once", "interrupt")])
@pytest.mark.parametrize("workload", ALL)
def test_nothing_acknowledged_is_lost_wherever_a_disk_or_a_user_breaks_in(
    failing: Start, workload: str, mode: str
) -> None:
    """Every operation fails once, or is met by Ctrl-C; the same process goes on."""
    survives_everywhere(failing(workload), mode, N_MOST[workload])


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.parametrize("workload", ALL)
def test_nothing_acknowledged_is_lost_whenever_the_power_goes(failing: Start, workload: str) -> None:
    """Power goes after every operation, twice: of what was not synced nothing is left, or something torn."""
    started = failing(workload)
    n_most = N_MOST[workload]
    print(sum(started.survives_power_loss(n_most, seed) for seed in (1, 2)), "losses")  # noqa: T201  # shown by -rP


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.parametrize("workload", ["changes", "backups", "rows"])
def test_nothing_acknowledged_is_lost_where_files_may_not_grow(failing: Start, workload: str) -> None:
    """The system limits the size of files, at twenty sizes; then it does not."""
    started = failing(workload)
    for n_pages in range(20, 120, 5):
        started.survives(Fault(largest_file=n_pages * 4_096))
    assert started.refused.total() > 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)]
    made = subprocess.run(mount, check=False, capture_output=True)
    if made.returncode:
        pytest.skip("file systems of one's own need rights of an administrator")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.parametrize("workload", ["changes", "audit", "backups"])
def test_nothing_acknowledged_is_lost_on_a_full_file_system(failing: Start, small_disk: Path, workload: str) -> None:
    """A file system has room for a few bytes more, at twenty sizes; then the file that took the others is deleted."""
    started = failing(workload)
    for n_pages in range(20):
        place, ballast = started.place(small_disk), small_disk / "ballast"
        _fill(ballast, leaving=n_pages * 4_096 * (1 if workload == "audit" else 4))
        started.survives(Fault(ballast=str(ballast)), place)
        ballast.unlink(missing_ok=True)
    assert started.refused.total() > 0


def _fill(ballast: Path, *, leaving: int) -> None:
    """Take all room but some."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4_096))
        except OSError:
            file.truncate(max(0, file.tell() - leaving))


@pytest.mark.slow
@pytest.mark.parametrize("n_amounts", [pytest.param(3, id="some"), pytest.param(30, marks=campaign, id="many")])
def test_nothing_acknowledged_is_lost_when_memory_ends(failing: Start, n_amounts: int) -> None:
    """A process may take so many bytes more and no others while it writes a large change; then it may."""
    started = failing("large")
    for number in range(n_amounts):
        started.survives(Fault(memory=number * 60_000_000 // n_amounts))
    assert started.refused.total() > 0
    print(dict(started.refused))  # noqa: T201  # shown by -rP
