"""Compilation, its cache and the threads that drive compiled loops.

The only module that imports numba, and the modules of ``custid.kernels`` are the only ones that import it; their
callers import them when they first need them, so that ``import custid`` stays light.

Invariant: compiled code is kept in a directory of its own, named after the release and the text of all kernels. numba
looks at the file of the compiled function alone, and would otherwise go on serving a caller whose callee in another
module has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np
from numba.core import cgutils
from numba.core.caching import FunctionCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.serialize import dumps
from numba.extending import intrinsic

from custid._code_files import CodeFiles
from custid._threads import in_threads
from custid._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "agreeing_places",
    "bit_count",
    "borrowed",
    "equal_places",
    "highest_bit",
    "kernel",
    "lowest_bit",
    "n_available_cpus",
    "plain_twins",
    "prefetch",
    "run_chunked",
    "wrapping",
]

_Function = TypeVar("_Function", bound="Callable[..., object]")

_Array = TypeVar("_Array", bound="NDArray[Any]")

_decoration_lock = threading.Lock()

if hasattr(os, "register_at_fork"):
    # A child in which a thread of its parent holds a lock for good would wait for ever at its first kernel.
    for _lock in (_decoration_lock, global_compiler_lock):
        os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def kernel(function: _Function) -> _Function:
    """Compile a function of numbers and arrays at its first call.

    The function runs without the interpreter lock, so threads may run it side by side, and keeps IEEE arithmetic:
    no reordering of sums, and a division by zero gives NaN or infinity. Where a cache directory can be written, the
    compiled code is kept for the next process; where none can, it is compiled anew. A function whose name starts with
    an underscore is for other kernels alone: what calls from Python take is not compiled for it.

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
    # To unpack many arrays, and tuples of them, takes about as long to compile as what is done with them.
    is_inner = function.__name__.startswith("_")
    compiled = numba.njit(nogil=True, error_model="numpy", no_cpython_wrapper=is_inner, no_cfunc_wrapper=is_inner)(
        function
    )
    if numba.config.DISABLE_JIT:
        return function
    _forget_literals(compiled)
    directory = _cache_directory()
    if directory is not None:
        # numba looks the setting up when a cache is made. It is put back so that the user's own functions keep theirs.
        with _decoration_lock:
            users_own = numba.config.CACHE_DIR
            numba.config.CACHE_DIR = str(directory)
            try:
                compiled._cache = _KernelCache(function)  # noqa: SLF001  # numba's own way is fixed to its own class
            except RuntimeError:
                # No locator for this function: it comes from no file, or the directory has gone since it was tried.
                pass
            finally:
                numba.config.CACHE_DIR = users_own
    return cast("_Function", compiled)


def _forget_literals(compiled: Any) -> None:
    """Let compiled callers that pass a constant share the code of those that pass a variable.

    numba would compile a kernel, and all that it calls, once more for each constant; what a constant saves, LLVM finds
    when it puts the code of a kernel into that of its caller.
    """
    template_of = compiled.get_call_template

    def get_call_template(args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        unliteral = numba.types.unliteral
        return template_of(tuple(map(unliteral, args)), {name: unliteral(each) for name, each in named.items()})

    compiled.get_call_template = get_call_template


def wrapping() -> contextlib.AbstractContextManager[Any]:
    """Return what to call kernels in that compute modulo 2^64.

    Returns
    -------
    context manager
        Interpreted, numpy warns of every overflow, which it silences; compiled code has nothing to silence.
    """
    return np.errstate(over="ignore") if numba.config.DISABLE_JIT else contextlib.nullcontext()


class _KernelCache(FunctionCache):  # type: ignore[misc]  # numba has no annotations
    """Compiled code of one kernel in files that no process finds unfinished or mixed up, and without which all works.

    numba keeps a table of contents for each function. Two processes that write it at once may leave the code of one
    signature under the number of another one, and what cannot be read or written stops the call that asked.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        stamp = (numba.__version__, self._impl.locator.get_source_stamp())
        self._cache_file = CodeFiles(Path(self.cache_path), self._impl.filename_base, stamp, dumps)

    def save_overload(self, sig: object, data: object) -> None:
        """Keep code where it can be written."""
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)


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
    in_threads(
        lambda start: task(start, min(start + chunk_size, n_items)),
        range(0, n_items, chunk_size),
        n_threads=n_available_cpus() if n_threads is None else n_threads,
    )


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
        n_lanes = lanes.literal_value
        codes = _load(context, builder, data, values[0], values[1], values[2], n_lanes)
        are_equal = builder.icmp_unsigned("==", codes, _in_all_lanes(builder, values[3], codes.type))
        return _first_bits(builder, are_equal, values[2])

    int64 = numba.types.int64
    return numba.types.uint64(data, int64, int64, data.dtype, lanes), emit


def _emit_agreeing_places(
    _context: object, left: Any, _left_start: Any, right: Any, _right_start: Any, _n: Any, lanes: Any
) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        n_lanes = lanes.literal_value
        left_codes = _load(context, builder, left, values[0], values[1], values[4], n_lanes)
        right_codes = _load(context, builder, right, values[2], values[3], values[4], n_lanes)
        are_equal = builder.icmp_unsigned("==", left_codes, right_codes)
        return _first_bits(builder, are_equal, values[4])

    int64 = numba.types.int64
    return numba.types.uint64(left, int64, right, int64, int64, lanes), emit


def _emit_borrowed(_context: object, array: Any) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        borrowing = context.make_array(array)(context, builder, values[0])
        borrowing.meminfo = cgutils.get_null_value(borrowing.meminfo.type)
        return borrowing._getvalue()  # noqa: SLF001  # numba's own way to get a structure's value

    return array(array), emit


def _emit_lowest_bit(_context: object, _word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], cgutils.false_bit)

    return numba.types.int64(numba.types.uint64), emit


def _emit_highest_bit(_context: object, _word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        n_above = builder.ctlz(values[0], cgutils.false_bit)
        return builder.sub(n_above.type(63), n_above)

    return numba.types.int64(numba.types.uint64), emit


def _emit_bit_count(_context: object, _word: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.ctpop(values[0])

    return numba.types.int64(numba.types.uint64), emit


def _emit_prefetch(_context: object, array: Any, _place: Any) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        ir, int32 = cgutils.ir, cgutils.int32_t
        data = context.make_array(array)(context, builder, values[0]).data
        address = builder.bitcast(builder.gep(data, [values[1]]), cgutils.voidptr_t)
        function_type = ir.FunctionType(ir.VoidType(), [address.type, int32, int32, int32])
        load = cgutils.get_or_insert_function(builder.module, function_type, "llvm.prefetch.p0")
        # To be read, into the nearest cache, as data.
        builder.call(load, [address, int32(0), int32(3), int32(1)])
        return context.get_dummy_value()

    return numba.types.void(array, numba.types.int64), emit


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


def _load(context: Any, builder: Any, array_type: Any, array: Any, start: Any, n: Any, n_lanes: int) -> Any:
    """Return the elements of an array from a place on; none after the first ``n`` is any use.

    Nothing outside the array is touched. Where it goes on, all lanes are read at once: not every processor has an
    instruction that reads some of them.
    """
    ir = cgutils.ir
    elements = context.make_array(array_type)(context, builder, array)
    vector = ir.VectorType(context.get_data_type(array_type.dtype), n_lanes)
    place = builder.bitcast(builder.gep(elements.data, [start]), vector.as_pointer())
    stop = builder.add(start, ir.Constant(start.type, n_lanes))
    with builder.if_else(builder.icmp_signed("<=", stop, elements.nitems), likely=True) as (room, edge):
        with room:
            whole = builder.load(place, align=vector.element.width // 8)
            room_end = builder.block
        with edge:
            is_inside = _lanes_below(builder, n, n_lanes)
            masked_load = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(vector, [place.type, cgutils.int32_t, is_inside.type, vector]),
                f"llvm.masked.load.v{vector.count}i{vector.element.width}.p0",
            )
            alignment = cgutils.int32_t(vector.element.width // 8)
            part = builder.call(masked_load, [place, alignment, is_inside, ir.Constant(vector, None)])
            edge_end = builder.block
    found = builder.phi(vector)
    found.add_incoming(whole, room_end)
    found.add_incoming(part, edge_end)
    return found


def _first_bits(builder: Any, bits: Any, n: Any) -> Any:
    """Return the first ``n`` of a vector of up to 64 bits as a word; none where ``n`` is negative."""
    ir = cgutils.ir
    word = builder.bitcast(bits, ir.IntType(bits.type.count))
    if bits.type.count < 64:
        word = builder.zext(word, ir.IntType(64))
    zero, one, all_ones = (ir.Constant(word.type, value) for value in (0, 1, -1))
    n_least = builder.select(builder.icmp_signed("<", n, zero), zero, n)
    below = builder.sub(builder.shl(one, builder.and_(n_least, ir.Constant(word.type, 63))), one)
    is_whole = builder.icmp_signed(">=", n_least, ir.Constant(word.type, 64))
    return builder.and_(word, builder.select(is_whole, all_ones, below))


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


@_compiled(_emit_lowest_bit)
def lowest_bit(word: np.uint64) -> int:
    """Return the number of the lowest bit that is set, from 0; 64 where none is."""
    number = int(word)
    return (number & -number).bit_length() - 1 if number else 64


@_compiled(_emit_highest_bit)
def highest_bit(word: np.uint64) -> int:
    """Return the number of the highest bit that is set, from 0; -1 where none is."""
    return int(word).bit_length() - 1


@_compiled(_emit_bit_count)
def bit_count(word: np.uint64) -> int:
    """Return how many bits of a word are set, from 0 to 64."""
    return int(word).bit_count()


@_compiled(_emit_prefetch)
def prefetch(array: NDArray[Any], place: int) -> None:
    """Let the processor fetch what will be read soon.

    Parameters
    ----------
    array : ndarray
        Any array in C order.
    place : int
        Number of an element, all dimensions counted as one.

    Notes
    -----
    It changes nothing but the time that reading takes: a place outside the array does no harm.
    """
