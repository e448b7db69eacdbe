"""Python's collector of cycles, paused."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from custid.registry._collector import CollectorPause


@pytest.fixture(autouse=True)
def _collector_as_it_was() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_is_afterwards_as_it_was(*, is_enabled: bool) -> None:
    """It is off inside; whoever had it off has it off, after an error too."""
    (gc.enable if is_enabled else gc.disable)()
    with CollectorPause():
        assert not gc.isenabled()
    assert gc.isenabled() is is_enabled
    with pytest.raises(KeyError), CollectorPause():
        raise KeyError
    assert gc.isenabled() is is_enabled
