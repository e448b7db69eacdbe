"""The check of the memory that a run needs."""

from __future__ import annotations

import math

import pytest

import custid
from custid import ResolveOptions
from custid.engines.memory import estimated_bytes, must_spill, require_memory
from custid.errors import ConfigurationError

ROWS = [{"name": "Ann Lee", "email": "ann@site.example"}, {"name": "Bo Roy", "email": "bo@site.example"}]


def test_need_grows_with_rows_and_pairs() -> None:
    """More rows, more distinct contents and more pairs of each need more; no more pairs count than there are."""
    few = estimated_bytes(1000, 1000, 10.0)
    assert few < estimated_bytes(2000, 1000, 10.0)
    assert few < estimated_bytes(1000, 1000, 20.0)
    assert estimated_bytes(1000, 500, 10.0) < few
    assert estimated_bytes(3, 3, 10.0) == estimated_bytes(3, 3, math.inf) == estimated_bytes(3, 3, 1.0)
    assert estimated_bytes(0, 0, math.inf) == estimated_bytes(0, 0, 1.0)


def test_pairs_on_disk_need_less() -> None:
    """Records need as much as before; of pairs, little is left."""
    assert estimated_bytes(10**6, 10**6, 20.0, is_spilled=True) < estimated_bytes(10**6, 10**6, 20.0)
    assert estimated_bytes(1000, 1000, 0.0, is_spilled=True) == estimated_bytes(1000, 1000, 0.0)


def test_a_run_that_needs_too_much_is_refused() -> None:
    """The error tells what is needed with the pairs on disk and what may be set instead."""
    options = ResolveOptions(memory_limit=1_080_000_000)
    require_memory(options, 100_000, 100_000)
    with pytest.raises(ConfigurationError, match=r"1\.16 GB or more for 1,000,000 records, got 1\.08 GB") as caught:
        require_memory(options, 1_000_000, 1_000_000)
    assert "pairs_per_record to 9 or less" in str(caught.value)
    require_memory(ResolveOptions(memory_limit=1_080_000_000, pairs_per_record=9.0), 1_000_000, 1_000_000)


def test_pairs_move_where_they_do_not_fit() -> None:
    """The true number of pairs decides, to the byte."""
    needed = estimated_bytes(1000, 1000, 20.0)
    assert not must_spill(ResolveOptions(), 1000, 1000, 10**9)
    assert not must_spill(ResolveOptions(memory_limit=needed), 1000, 1000, 20_000)
    assert must_spill(ResolveOptions(memory_limit=needed - 1), 1000, 1000, 20_000)
    assert not must_spill(ResolveOptions(memory_limit=needed - 1), 1000, 1000, 19_000)


def test_no_limit_refuses_nothing() -> None:
    """Without a limit a run of any size begins."""
    require_memory(ResolveOptions(), 10**9, 10**9)


def test_a_run_checks_its_limit() -> None:
    """A limit below what Python itself takes is refused before pairs are looked for, without vain advice."""
    with pytest.raises(ConfigurationError, match="memory_limit") as caught:
        custid.dedupe(ROWS, options=ResolveOptions(memory_limit=1_000_000))
    assert "pairs_per_record" not in str(caught.value)
    assert custid.dedupe(ROWS, options=ResolveOptions(memory_limit=1_000_000_000)).n_customers == 2


def test_a_limit_is_positive() -> None:
    """A limit of nothing is no limit."""
    with pytest.raises(ConfigurationError, match="memory_limit: expected 1 or more, got 0"):
        ResolveOptions(memory_limit=0)
