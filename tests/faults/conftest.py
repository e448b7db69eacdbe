"""What lets files, memory and power fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.failing import Failing, Nursery


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is loaded before the C library."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("what fails beneath the C library needs Linux and a C compiler: apt-get install gcc")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.fixture(scope="session")
def nurseries(shim: Path) -> Iterator[Callable[..., Nursery]]:
    """Return what starts the process that has loaded what some workloads need, once."""
    started: dict[tuple[str, ...], Nursery] = {}

    def nursery(*names: str) -> Nursery:
        if names not in started:
            started[names] = Nursery(names, shim)
        return started[names]

    yield nursery
    for each in started.values():
        each.close()


@pytest.fixture
def failing(nurseries: Callable[..., Nursery], tmp_path: Path) -> Callable[[str], Failing]:
    """Return what lets a workload fail."""
    light = ("opening", "changes", "audit", "backups")

    def make(name: str) -> Failing:
        # What a large change takes must not be there beforehand.
        return Failing(name, nurseries(*(light if name in {*light, "large"} else (name,))), tmp_path / name)

    return make
