"""Readers stand what they are made for, and whatever once made one of them fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS, run

_FAILED = Path(__file__).parent.parent / "data" / "fuzz"
_INPUTS = sorted(str(path.relative_to(_FAILED)) for path in _FAILED.glob("*/*"))
# These take time for each input, and have tests of their own.
_SLOW = {"store_file", "saved_state"}


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in _SLOW])
def test_seeds(name: str) -> None:
    """What the search begins from is read, or refused by an error of custid."""
    for seed in seeds_of(name):
        run(name, seed)


@pytest.mark.parametrize("path", _INPUTS)
def test_inputs_that_once_failed(path: str) -> None:
    """An input on which a reader once raised an error of Python's own is read or refused."""
    run(path.split("/", 1)[0], (_FAILED / path).read_bytes())
