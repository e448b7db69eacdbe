"""Compiled code between processes, releases, threads and forks, with kernels of one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import custid

_TOO_LONG = 240

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")

BASE = """
from custid._jit import kernel

@kernel
def base(number):
    return number + 1
"""
DERIVED = """
from custid._jit import kernel, run_chunked
from custid.kernels.base import base

@kernel
def derived(number):
    return base(number) * 10
"""
RUN = """
from custid.kernels.derived import base, derived
print(derived(1))
stats = [each.stats for each in (base, derived)]
print(sum(sum(each.cache_hits.values()) for each in stats), sum(sum(each.cache_misses.values()) for each in stats))
"""


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """Return a place with the compiler's module and two kernels, of which one calls the other."""
    package, source = tmp_path / "site" / "custid", Path(custid.__file__).parent
    (package / "kernels").mkdir(parents=True)
    for name in ("__init__.py", "_version.py", "_jit.py", "_code_files.py", "_threads.py"):
        shutil.copy(source / name, package)
    for name, text in (("__init__", ""), ("base", BASE), ("derived", DERIVED)):
        (package / "kernels" / f"{name}.py").write_text(text)
    return package


def start(installation: Path, program: str, **environment: str) -> subprocess.Popen[str]:
    """Start a program in a process of its own that finds the installation and keeps code beside it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "XDG_", "HOME"))}
    own = {"PYTHONPATH": str(installation.parent), "XDG_CACHE_HOME": str(installation.parent.parent / "cache")}
    return subprocess.Popen(
        [sys.executable, "-B", "-W", "error", "-c", program],
        env=kept | own | {"HOME": own["XDG_CACHE_HOME"]} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    """Return the words that a process has printed."""
    try:
        printed, complaints = process.communicate(timeout=_TOO_LONG)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, complaints
    return printed.split()


def run(installation: Path, program: str = RUN, **environment: str) -> list[str]:
    """Return the words that a program prints."""
    return finish(start(installation, program, **environment))


def code_files(installation: Path) -> list[Path]:
    """Return the files of compiled code."""
    return sorted((installation.parent.parent / "cache").rglob("*.nbc"))


def test_a_second_process_compiles_nothing(installation: Path) -> None:
    """What one process has compiled the next one loads."""
    value, _, n_compiled = run(installation)
    assert (value, int(n_compiled)) == ("20", 2)
    # The callee's code is within that of its caller.
    assert run(installation) == ["20", "1", "0"]


def test_a_changed_callee_is_seen(installation: Path) -> None:
    """After a change in one module the callers in others are compiled anew."""
    run(installation)
    base = installation / "kernels" / "base.py"
    base.write_text(BASE.replace("number + 1", "number + 2"))
    assert run(installation)[0] == "30"


def test_a_new_release_has_a_cache_of_its_own(installation: Path) -> None:
    """A release finds nothing that another one has compiled, whatever the times of its files."""
    run(installation)
    (installation / "_version.py").write_text('__version__ = "99.0"\n')
    value, n_loaded, _ = run(installation)
    assert (value, n_loaded) == ("20", "0")


def test_another_compiler_finds_nothing(installation: Path) -> None:
    """Code of another release of numba is not loaded."""
    run(installation)
    program = f"import numba; numba.__version__ += '.1'\n{RUN}"
    assert run(installation, program)[:2] == ["20", "0"]


def test_nothing_can_be_written(installation: Path, tmp_path: Path) -> None:
    """An installation that is read-only, of a user without a home, works and leaves no files in it."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    before = sorted(installation.rglob("*"))
    for path in (*before, installation):
        path.chmod(0o555)
    try:
        assert run(installation, XDG_CACHE_HOME=str(in_the_way), HOME=str(in_the_way)) == ["20", "0", "2"]
    finally:
        for path in (*before, installation):
            path.chmod(0o755)
    assert sorted(installation.rglob("*")) == before


def test_an_archive_works(installation: Path) -> None:
    """Kernels are compiled where the package is imported from an archive."""
    archive = shutil.make_archive(str(installation.parent / "packed"), "zip", installation.parent, "custid")
    assert run(installation, PYTHONPATH=archive)[0] == "20"


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited")
def test_the_disk_is_full(installation: Path) -> None:
    """Where code cannot be written any more, the call that compiled it succeeds all the same."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    assert run(installation, limit + RUN)[0] == "20"
    assert code_files(installation) == []


def test_a_damaged_file_is_compiled_anew(installation: Path) -> None:
    """A file that was not written to its end is no obstacle, and is replaced."""
    run(installation)
    for path in code_files(installation):
        path.write_bytes(path.read_bytes()[:-100])
    assert run(installation)[:2] == ["20", "0"]
    assert run(installation) == ["20", "1", "0"]


def test_processes_compile_at_once(installation: Path) -> None:
    """Processes that compile the same kernel for several types at once leave the right code for each."""
    of_type = "import numpy\nfrom custid.kernels.derived import derived\nprint(derived(numpy.{}(1.5)))"
    types, expected = ["int8", "float32", "float64"], [["20"], ["25.0"], ["25.0"]]
    processes = [start(installation, of_type.format(name)) for name in types * 2]
    assert [finish(process) for process in processes] == expected * 2
    # What the processes have left behind serves each type its own code.
    program = "\n".join(of_type.format(name) for name in types) + "\nprint(sum(derived.stats.cache_misses.values()))"
    assert run(installation, program) == [*(word for words in expected for word in words), "0"]
    assert not list((installation.parent.parent / "cache").rglob("*.tmp"))


def test_threads_call_first_at_once(installation: Path) -> None:
    """Threads that import and call a kernel for the first time together get their results, compiled once."""
    program = """
import threading
barrier, found = threading.Barrier(4), []

def call(number):
    barrier.wait()
    from custid.kernels.derived import derived, run_chunked
    values = [0] * 10

    def task(start, stop):
        values[start:stop] = [derived(number + place) for place in range(start, stop)]

    run_chunked(task, 10, n_threads=3, chunk_size=2)
    found.append(values == [10 * (number + place + 1) for place in range(10)])

threads = [threading.Thread(target=call, args=(number,)) for number in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
from custid.kernels.derived import derived
print(*found, len(derived.signatures))
"""
    assert run(installation, program) == ["True"] * 4 + ["1"]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
FORK = """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
{before}
child = os.fork()
if not child:
    from custid.kernels.derived import derived, run_chunked
    found = []
    run_chunked(lambda start, stop: found.append(derived(float(start))), 3, n_threads=2, chunk_size=1)
    os._exit(0 if sorted(found) == [10.0, 20.0, 30.0] else 1)
{after}
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@needs_fork
def test_a_fork_after_use(installation: Path) -> None:
    """A child of a process that has run kernels in threads runs and compiles kernels of its own."""
    before = """
from custid.kernels.derived import derived, run_chunked
run_chunked(lambda start, stop: derived(start), 4, n_threads=2, chunk_size=1)
"""
    assert run(installation, FORK.format(before=before, after="")) == ["0"]


@needs_fork
def test_a_fork_while_a_thread_compiles(installation: Path) -> None:
    """A child does not wait for a thread of its parent that is no more: the fork waits for the compiler."""
    before = """
import threading
from custid.kernels.derived import derived
from numba.core import event

has_begun = threading.Event()

class Begun(event.Listener):
    def on_start(self, event):
        has_begun.set()

    def on_end(self, event):
        pass

event.register("numba:compile", Begun())
thread = threading.Thread(target=derived, args=(1,))
thread.start()
has_begun.wait()
"""
    assert run(installation, FORK.format(before=before, after="thread.join()")) == ["0"]
