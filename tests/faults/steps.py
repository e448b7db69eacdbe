"""What a process does step by step, telling after each what has been acknowledged."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import define, frozen

from custid.errors import CustidError

__all__ = ["Fault", "Steps", "Told", "Workload", "read_told"]

Told = list[dict[str, Any]]


@frozen(kw_only=True)
class Fault:
    """What goes wrong, and when.

    Attributes
    ----------
    mode : str
        ``"nothing"``; ``"kill"`` or ``"torn"``: the process ends before, or within, an operation; ``"full"`` or
        ``"full for growth"``: no room from there on for anything, or for files that grow; ``"broken once"``: the
        operation fails; ``"interrupt"``: Ctrl-C.
    at : int
        Number of the operation on files, from 1.
    largest_file : int or None
        Bytes that a file may have.
    memory : int or None
        Bytes that the process may take beyond those that it has.
    ballast : str or None
        File that takes the room of a file system until it is deleted.
    """

    mode: str = "nothing"
    at: int = 0
    largest_file: int | None = None
    memory: int | None = None
    ballast: str | None = None


_MODES = ("nothing", "kill", "torn", "full", "full for growth", "broken once", "interrupt")


@define
class Steps:
    """Runs steps, repeats one that was refused once there is room again, and tells.

    Attributes
    ----------
    tells : int
        Descriptor of the file that it tells.
    fault : Fault
        What goes wrong.
    """

    tells: int
    fault: Fault
    n_told: int = 0

    def __call__(self, name: str, action: Callable[[], Any]) -> Any:
        """Take one step, and tell what it gave if that is text."""
        try:
            found = action()
        except (CustidError, MemoryError, KeyboardInterrupt) as error:
            self.give_room()
            self._tell({"refused": name, "error": type(error).__name__, "text": str(error)})
            found = action()
        self._tell({"step": name, "result": found if isinstance(found, str) else None})
        return found

    def arm(self, directory: Path, trace: int) -> None:
        """Let go wrong what is to."""
        # To a campaign in the background Ctrl-C means nothing, and what it starts inherits that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _shim().faults_arm(os.fsencode(directory), _MODES.index(self.fault.mode), self.fault.at, trace)
        if self.fault.largest_file is not None:
            _limit(resource.RLIMIT_FSIZE, self.fault.largest_file)
        if self.fault.memory is not None:
            held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
            _limit(resource.RLIMIT_AS, held + self.fault.memory)

    def give_room(self) -> None:
        """Let nothing go wrong any more."""
        _shim().faults_disarm()
        for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_AS):
            _limit(kind, resource.getrlimit(kind)[1])
        if self.fault.ballast is not None:
            Path(self.fault.ballast).unlink(missing_ok=True)

    def end(self) -> None:
        """Tell how many operations there were."""
        self._tell({"operations": int(_shim().faults_count())})

    def fail(self) -> None:
        """Tell of an exception that nobody has handled."""
        self.give_room()
        self._tell({"unhandled": traceback.format_exc()})

    def _tell(self, said: Mapping[str, Any]) -> None:
        os.write(self.tells, json.dumps(said).encode() + b"\n")
        _shim().faults_mark(self.n_told)
        self.n_told += 1


def _limit(kind: int, soft: int) -> None:
    resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))


def _shim() -> Any:
    shim = ctypes.CDLL(None)
    shim.faults_count.restype = ctypes.c_long
    shim.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int]
    shim.faults_mark.argtypes = [ctypes.c_long]
    return shim


@frozen(kw_only=True)
class Workload:
    """Something that has to survive.

    Attributes
    ----------
    prepare : callable
        Fills a directory.
    work : callable
        Works in the directory, step by step.
    check : callable
        Holds what is in the directory against what was told, and goes on with the work.
    """

    prepare: Callable[[Path], None]
    work: Callable[[Path, Callable[..., Any]], None]
    check: Callable[[Path, Told], None]


def read_told(path: Path) -> Told:
    """Return what a process has told."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()] if path.exists() else []
