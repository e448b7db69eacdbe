"""Compilation, its cache and the threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numba
import pytest

from custid import _jit
from custid._version import __version__

COMPILE_ONE = """
import numba
from custid.kernels import signatures
import numpy as np
print(signatures.count_bits(np.uint64(7)))
print(repr(numba.config.CACHE_DIR))
"""


def run_python(program: str, **environment: str) -> str:
    """Run a program in a new process whose environment names no cache but the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "XDG_", "HOME"))}
    done = subprocess.run(
        [sys.executable, "-c", program], env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="compiled functions only")
def test_constants_and_variables_share_code() -> None:
    """A kernel that is called with a constant and with a variable is compiled once."""

    @_jit.kernel
    def _doubled(number: int) -> int:
        return 2 * number

    @_jit.kernel
    def both(number: int) -> int:
        return _doubled(21) + _doubled(number)

    assert both(4) == 50
    assert len(_doubled.signatures) == 1  # type: ignore[attr-defined]  # numba's


def test_cache_goes_to_the_users_cache_directory(tmp_path: Path) -> None:
    """Compiled code lies in a directory named after the release; numba's own setting is left as it was."""
    assert run_python(COMPILE_ONE, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path)) == "3\n''\n"
    (directory,) = (tmp_path / "custid").iterdir()
    assert directory.name.startswith(f"custid-{__version__}-")
    assert list(directory.rglob("*.nbc"))


def test_cache_goes_below_the_users_numba_directory(tmp_path: Path) -> None:
    """A directory that the user chose for numba holds ours too, apart from the user's own code."""
    assert run_python(COMPILE_ONE, HOME=str(tmp_path), NUMBA_CACHE_DIR=str(tmp_path / "mine")).endswith("mine'\n")
    (directory,) = (tmp_path / "mine").iterdir()
    assert directory.name.startswith("custid-")


def test_bounds_checked_code_is_kept_apart(tmp_path: Path) -> None:
    """Code compiled with bounds checks is never served to a run without."""
    run_python(COMPILE_ONE, HOME=str(tmp_path), NUMBA_CACHE_DIR=str(tmp_path), NUMBA_BOUNDSCHECK="1")
    (directory,) = tmp_path.iterdir()
    assert directory.name.endswith("-boundscheck")


def test_no_directory_to_write_in(tmp_path: Path) -> None:
    """Where no cache can be written, kernels are compiled without one."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert run_python(COMPILE_ONE, HOME=str(in_the_way), XDG_CACHE_HOME=str(in_the_way)).startswith("3")


def test_no_home_directory(tmp_path: Path) -> None:
    """A process of a user without home directory compiles without a cache, or in the place the system names."""
    assert run_python(COMPILE_ONE, HOME="", TMPDIR=str(tmp_path)).startswith("3")


@pytest.mark.parametrize("how", ["users_choice", "LOCALAPPDATA", "darwin"])
def test_cache_root_of_each_platform(how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each platform's own place for caches is taken."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    platform = {"users_choice": "linux", "LOCALAPPDATA": "win32", "darwin": "darwin"}[how]
    monkeypatch.setattr(sys, "platform", platform)
    expected = {"linux": tmp_path / "xdg", "win32": tmp_path / "local", "darwin": tmp_path / "Library" / "Caches"}
    assert _jit._user_cache_root() == expected[platform]


def test_fingerprint_follows_every_kernel_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A change in any kernel module leads to another cache directory."""
    (tmp_path / "kernels").mkdir()
    monkeypatch.setattr(_jit, "__file__", str(tmp_path / "_jit.py"))
    seen = set()
    for name, text in [("a.py", "1"), ("a.py", "2"), ("b.py", "2")]:
        (tmp_path / "kernels" / name).write_text(text)
        seen.add(_jit._kernels_fingerprint())
    assert len(seen) == 3


def test_a_function_of_no_file_is_compiled_all_the_same() -> None:
    """Where numba finds no place for the cache, the kernel is compiled without."""
    namespace: dict[str, object] = {}
    exec("def double(number): return 2 * number", namespace)
    double = _jit.kernel(namespace["double"])  # type: ignore[type-var]
    assert double(21) == 42  # type: ignore[operator]


@pytest.mark.parametrize("n_threads", [None, 1, 2, 50])
@pytest.mark.parametrize("n_items", [0, 1, 7, 8])
def test_chunks_cover_each_item_once(n_items: int, n_threads: int | None) -> None:
    """Every item is in exactly one range, whatever the number of threads."""
    lock, ranges = threading.Lock(), []

    def task(start: int, stop: int) -> None:
        with lock:
            ranges.append(range(start, stop))

    _jit.run_chunked(task, n_items, n_threads=n_threads, chunk_size=4)
    assert sorted(item for chunk in ranges for item in chunk) == list(range(n_items))
    assert {chunk.start % 4 for chunk in ranges} <= {0}


@pytest.mark.parametrize("n_threads", [1, 2])
def test_a_failing_chunk_raises(n_threads: int) -> None:
    """The caller meets the exception of a task."""

    def task(start: int, _stop: int) -> None:
        if start == 4:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _jit.run_chunked(task, 100, n_threads=n_threads, chunk_size=4)


@pytest.mark.parametrize("known", [{0, 1, 2}, None])
def test_number_of_processors(known: set[int] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processors of this process are counted where the platform tells them, else all."""
    monkeypatch.setattr(sys, "version_info", (3, 11))
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    if known is None:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    else:
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: known, raising=False)
    assert _jit.n_available_cpus() == len(known or {0})


def test_interpreted_kernels_are_plain_functions() -> None:
    """Under NUMBA_DISABLE_JIT the decorator gives the function back, so that coverage sees its lines."""

    def double(number: int) -> int:
        return 2 * number

    assert (_jit.kernel(double) is double) == bool(numba.config.DISABLE_JIT)
