"""A process with everything loaded, from which those are forked that fail.

Started with the shim before the C library, it takes orders as lines of JSON and answers how each child has ended.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults.steps import Fault, Steps
from tests.faults.workloads import WORKLOADS

__all__ = ["main"]


def main(names: list[str]) -> None:
    """Load what some workloads need, then serve."""
    for name in names:
        with TemporaryDirectory() as directory:
            WORKLOADS[name].prepare(Path(directory))
            WORKLOADS[name].work(Path(directory), lambda _name, action: action())
    # What is left of connections must not be finalized in a child.
    gc.collect()
    print(json.dumps("ready"), flush=True)  # noqa: T201  # to the process that gives orders
    for line in sys.stdin:
        print(json.dumps(_ended(json.loads(line))), flush=True)  # noqa: T201  # as above


def _ended(order: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        _run(order)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(order: dict[str, Any]) -> None:
    """Do the work, and end without anything that Python does at its end."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    trace = -1 if order["trace"] is None else os.open(order["trace"], flags)
    steps = Steps(os.open(order["tells"], flags), Fault(**order["fault"]))
    status = 1
    try:
        steps.arm(Path(order["directory"]), trace)
        WORKLOADS[order["workload"]].work(Path(order["directory"]), steps)
        steps.end()
        status = 0
    except BaseException:  # noqa: BLE001  # to be told, whatever it is
        steps.fail()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])
