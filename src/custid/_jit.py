"""Compilation, its cache and the threads that drive compiled loops.

The only module that imports numba, and the modules of ``custid.kernels`` are the only ones that import it; their
callers import them when they first need them, so that ``import custid`` stays light.

Invariant: compiled code is kept in a directory of its own, named after the release and the text of all kernels. numba
looks at the file of the compiled function alone, and would otherwise go on serving a caller whose callee in another
module has changed.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numba

from custid._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["kernel", "n_available_cpus", "run_chunked"]

_Function = TypeVar("_Function", bound="Callable[..., object]")

_decoration_lock = threading.Lock()


def kernel(function: _Function) -> _Function:
    """Compile a function of numbers and arrays at its first call.

    The function runs without the interpreter lock, so threads may run it side by side, and keeps IEEE arithmetic:
    no reordering of sums, and a division by zero gives NaN or infinity. Where a cache directory can be written, the
    compiled code is kept for the next process; where none can, it is compiled anew.

    Parameters
    ----------
    function : callable
        Function in the subset of Python that numba compiles. Its argument types are fixed by its callers.

    Returns
    -------
    callable
        The compiled function, with the signature of ``function``; ``function`` itself under ``NUMBA_DISABLE_JIT=1``.

    Examples
    --------
    >>> @kernel
    ... def double(number: int) -> int:
    ...     return 2 * number
    >>> double(21)
    42
    """
    directory = _cache_directory()
    if directory is not None:
        # numba reads the setting when it decorates. It is put back so that the user's own functions keep theirs.
        with _decoration_lock:
            users_own = numba.config.CACHE_DIR
            numba.config.CACHE_DIR = str(directory)
            try:
                return cast("_Function", numba.njit(nogil=True, error_model="numpy", cache=True)(function))
            except RuntimeError:
                # No locator for this function: it comes from no file, or the directory has gone since it was tried.
                pass
            finally:
                numba.config.CACHE_DIR = users_own
    return cast("_Function", numba.njit(nogil=True, error_model="numpy")(function))


def run_chunked(
    task: Callable[[int, int], None],
    n_items: int,
    *,
    n_threads: int | None = None,
    chunk_size: int = 65_536,
) -> None:
    """Run a task over ranges of items, in threads.

    The ranges depend on the number of items and the chunk size alone. A task that reads shared arrays and writes the
    items of its own range therefore gives the same result with any number of threads.

    Parameters
    ----------
    task : callable
        Called as ``task(start, stop)`` for every range; it should spend its time in kernels, which run side by side.
    n_items : int
        Number of items, at least 0.
    n_threads : int, optional
        Number of threads, at least 1; by default one for each processor that the process may use.
    chunk_size : int, default 65536
        Number of items in a range, at least 1; the last range may be smaller.

    Notes
    -----
    An exception of a task is raised here; ranges that have not started by then are dropped.

    Examples
    --------
    >>> import numpy as np
    >>> squares = np.empty(5)
    >>> def square(start, stop):
    ...     squares[start:stop] = np.arange(start, stop) ** 2
    >>> run_chunked(square, 5, n_threads=2, chunk_size=2)
    >>> squares.tolist()
    [0.0, 1.0, 4.0, 9.0, 16.0]
    """
    starts = range(0, n_items, chunk_size)
    n_workers = min(len(starts), n_available_cpus() if n_threads is None else n_threads)
    if n_workers <= 1:
        for start in starts:
            task(start, min(start + chunk_size, n_items))
        return
    with ThreadPoolExecutor(max_workers=n_workers, thread_name_prefix="custid") as pool:
        pending = [pool.submit(task, start, min(start + chunk_size, n_items)) for start in starts]
        try:
            for future in pending:
                future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def n_available_cpus() -> int:
    """Return the number of processors that this process may use.

    Returns
    -------
    int
        At least 1; the process's affinity is respected where the platform has one.
    """
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


@cache
def _cache_directory() -> Path | None:
    """Return the directory for this release's compiled kernels, or None where it cannot be written."""
    users_own = numba.config.CACHE_DIR
    root = Path(users_own) if users_own else _user_cache_root() / "custid"
    # Bounds-checked code is not told apart by numba's own key, and must never be served to an unchecked run.
    variant = "-boundscheck" if numba.config.BOUNDSCHECK else ""
    directory = root / f"custid-{__version__}-{_kernels_fingerprint()}{variant}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError:
        return None
    return directory


def _user_cache_root() -> Path:
    """Return where the platform keeps what programs can make again; it need not exist."""
    if sys.platform == "win32":
        fallback, chosen = "~/AppData/Local", os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        fallback, chosen = "~/Library/Caches", None
    else:
        fallback, chosen = "~/.cache", os.environ.get("XDG_CACHE_HOME")
    return Path(chosen) if chosen else Path(os.path.expanduser(fallback))  # noqa: PTH111  # Path.expanduser raises where there is no home


def _kernels_fingerprint() -> str:
    """Return a hash of this module and of every kernel module, 16 hexadecimal digits."""
    here = Path(__file__)
    digest = hashlib.sha256()
    for path in (here, *sorted((here.parent / "kernels").glob("*.py"))):
        # An archive holds no such paths; its file name changes with the release, as the directory's name does.
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
