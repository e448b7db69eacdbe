"""Memory given back."""

from __future__ import annotations

import ctypes

import pyarrow as pa
import pytest

from custid._memory import give_back_memory


def test_arrays_in_use_are_kept() -> None:
    """What is in use stays as it is."""
    column = pa.array(range(100_000))
    give_back_memory()
    assert column.to_pylist() == list(range(100_000))


def no_such_library(_name: object) -> object:
    raise TypeError


@pytest.mark.parametrize("library", [lambda _name: object(), no_such_library])
def test_other_libraries(library: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the C library cannot be told to, or cannot be found, nothing happens."""
    monkeypatch.setattr(ctypes, "CDLL", library)
    give_back_memory()
