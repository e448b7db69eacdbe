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
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic

from custid._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "agreeing_places",
    "borrowed",
    "equal_places",
    "highest_bit",
    "kernel",
    "lowest_bit",
    "n_available_cpus",
    "plain_twins",
    "prefetch",
    "run_chunked",
]

_Function = TypeVar("_Function", bound="Callable[..., object]")

_Array = TypeVar("_Array", bound="NDArray[Any]")

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


def _compiled(emitter: Callable[..., object]) -> Callable[[_Function], _Function]:
    """Let compiled callers have the machine code that an emitter writes; interpreted runs keep the plain function."""

    def decorate(plain: _Function) -> _Function:
        plain_twins[plain.__name__] = plain
        return plain if numba.config.DISABLE_JIT else cast("_Function", intrinsic(prefer_literal=True)(emitter))

    return decorate


plain_twins: dict[str, Callable[..., object]] = {}
"""What each function below computes, in plain Python: interpreted runs use it, and tests compare."""


def _emit_equal_places(_context: object, data: Any, _start: Any, _n: Any, _code: Any, lanes: Any) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        is_inside = _lanes_below(builder, values[2], lanes.literal_value)
        codes = _load(context, builder, data, values[0], values[1], is_inside)
        are_equal = builder.icmp_unsigned("==", codes, _in_all_lanes(builder, values[3], codes.type))
        return _as_word(builder, builder.and_(are_equal, is_inside))

    int64 = numba.types.int64
    return numba.types.uint64(data, int64, int64, data.dtype, lanes), emit


def _emit_agreeing_places(
    _context: object, left: Any, _left_start: Any, right: Any, _right_start: Any, _n: Any, lanes: Any
) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        is_inside = _lanes_below(builder, values[4], lanes.literal_value)
        left_codes = _load(context, builder, left, values[0], values[1], is_inside)
        right_codes = _load(context, builder, right, values[2], values[3], is_inside)
        are_equal = builder.icmp_unsigned("==", left_codes, right_codes)
        return _as_word(builder, builder.and_(are_equal, is_inside))

    int64 = numba.types.int64
    return numba.types.uint64(left, int64, right, int64, int64, lanes), emit


def _emit_borrowed(_context: object, array: Any) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        borrowing = context.make_array(array)(context, builder, values[0])
        borrowing.meminfo = cgutils.get_null_value(borrowing.meminfo.type)
        return borrowing._getvalue()  # noqa: SLF001  # numba's own way to get a structure's value

    return array(array), emit


def _emit_prefetch(_context: object, array: Any, _place: Any) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        ir = cgutils.ir
        address = builder.gep(context.make_array(array)(context, builder, values[0]).data, [values[1]])
        place = builder.bitcast(address, cgutils.voidptr_t)
        ask = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [place.type, *[cgutils.int32_t] * 3]),
            "llvm.prefetch.p0",
        )
        to_read, keep_long, data = cgutils.int32_t(0), cgutils.int32_t(3), cgutils.int32_t(1)
        builder.call(ask, [place, to_read, keep_long, data])
        return context.get_dummy_value()

    return numba.types.none(array, numba.types.int64), emit


def _emit_lowest_bit(_context: object, _word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], cgutils.false_bit)

    return numba.types.int64(numba.types.uint64), emit


def _emit_highest_bit(_context: object, _word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        n_above = builder.ctlz(values[0], cgutils.false_bit)
        return builder.sub(n_above.type(63), n_above)

    return numba.types.int64(numba.types.uint64), emit


def _in_all_lanes(builder: Any, value: Any, vector: Any) -> Any:
    """Return a vector with one value in every lane."""
    ir = cgutils.ir
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, value, cgutils.int32_t(0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(cgutils.int32_t, vector.count), None))


def _lanes_below(builder: Any, n: Any, n_lanes: int) -> Any:
    """Return a vector of bits, set in the first ``n`` lanes."""
    ir = cgutils.ir
    numbers = ir.Constant(ir.VectorType(cgutils.int32_t, n_lanes), list(range(n_lanes)))
    return builder.icmp_signed("<", numbers, _in_all_lanes(builder, builder.trunc(n, cgutils.int32_t), numbers.type))


def _load(context: Any, builder: Any, array_type: Any, array: Any, start: Any, is_inside: Any) -> Any:
    """Return the elements of an array from a place on; lanes that are not asked for touch no memory and are 0."""
    ir = cgutils.ir
    vector = ir.VectorType(context.get_data_type(array_type.dtype), is_inside.type.count)
    first = builder.gep(context.make_array(array_type)(context, builder, array).data, [start])
    place = builder.bitcast(first, vector.as_pointer())
    load = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(vector, [place.type, cgutils.int32_t, is_inside.type, vector]),
        f"llvm.masked.load.v{vector.count}i{vector.element.width}.p0",
    )
    alignment = cgutils.int32_t(vector.element.width // 8)
    return builder.call(load, [place, alignment, is_inside, ir.Constant(vector, None)])


def _as_word(builder: Any, bits: Any) -> Any:
    """Return a vector of up to 64 bits as a word."""
    ir = cgutils.ir
    packed = builder.bitcast(bits, ir.IntType(bits.type.count))
    return packed if bits.type.count == 64 else builder.zext(packed, ir.IntType(64))


@_compiled(_emit_equal_places)
def equal_places(data: NDArray[np.uint32], start: int, n: int, code: np.uint32, lanes: int) -> np.uint64:  # noqa: ARG001  # machine code has lanes
    """Return where a code stands in a stretch of an array.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_codes,)
        Codes.
    start, n : int
        The stretch is ``data[start:start + n]``; at most ``lanes`` codes, none of which lies outside ``data``.
    code : uint32
        What to look for.
    lanes : int
        16, 32 or 64, as a literal; the codes that one comparison takes.

    Returns
    -------
    uint64
        Bit ``i`` is set where ``data[start + i] == code`` and ``i < n``.

    Notes
    -----
    One comparison of vectors, which takes the place of a table of the alphabet: nothing is built before, and any
    alphabet will do. LLVM writes it in the instructions that the processor has.
    """
    word = 0
    for i in range(n):
        word |= int(data[start + i] == code) << i
    return np.uint64(word)


@_compiled(_emit_agreeing_places)
def agreeing_places(
    left: NDArray[np.uint32],
    left_start: int,
    right: NDArray[np.uint32],
    right_start: int,
    n: int,
    lanes: int,  # noqa: ARG001  # machine code has lanes
) -> np.uint64:
    """Return where two stretches of arrays agree.

    Parameters
    ----------
    left : ndarray of uint32, shape (n_left,)
        Codes.
    left_start : int
        Where the first stretch begins.
    right : ndarray of uint32, shape (n_right,)
        Codes; may be the same array.
    right_start, n : int
        The stretches are ``left[left_start:left_start + n]`` and ``right[right_start:right_start + n]``; at most
        ``lanes`` codes each, none of which lies outside its array. None where ``n`` is negative.
    lanes : int
        16, 32 or 64, as a literal; the codes that one comparison takes.

    Returns
    -------
    uint64
        Bit ``i`` is set where ``left[left_start + i] == right[right_start + i]`` and ``i < n``.
    """
    word = 0
    for i in range(n):
        word |= int(left[left_start + i] == right[right_start + i]) << i
    return np.uint64(word)


@_compiled(_emit_borrowed)
def borrowed(array: _Array) -> _Array:
    """Return an array that does not count who refers to it.

    Parameters
    ----------
    array : ndarray
        An array that outlives the result, as an argument of the function that asks does.

    Returns
    -------
    ndarray
        The same elements.

    Notes
    -----
    A compiled function counts references to each array that it is given. That takes longer than to compare two short
    strings, and threads that count at one place wait for each other.
    """
    return array


@_compiled(_emit_prefetch)
def prefetch(array: NDArray[Any], place: int) -> None:
    """Ask for the memory around an element of an array, which is needed soon.

    Parameters
    ----------
    array : ndarray, shape (n_elements,)
        An array without gaps between its elements.
    place : int
        The element; memory outside the array may be asked for.

    Notes
    -----
    Nothing waits for the memory, and nothing is changed; so an interpreted run need not do anything.
    """


@_compiled(_emit_lowest_bit)
def lowest_bit(word: np.uint64) -> int:
    """Return the number of the lowest bit that is set, from 0; 64 where none is."""
    number = int(word)
    return (number & -number).bit_length() - 1 if number else 64


@_compiled(_emit_highest_bit)
def highest_bit(word: np.uint64) -> int:
    """Return the number of the highest bit that is set, from 0; -1 where none is."""
    return int(word).bit_length() - 1
