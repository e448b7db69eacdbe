"""Where two partitions differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.evaluation import ChangeKind, change_of_records

PARTITIONS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25)


@given(PARTITIONS)
def test_exchanging_the_partitions_changes_nothing(labels: list[tuple[int, int]]) -> None:
    """The same records are concerned by the same changes, whichever partition comes first."""
    before, after = (np.array(each, np.int64) for each in (zip(*labels, strict=True) if labels else ((), ())))
    assert change_of_records(before, after).tolist() == change_of_records(after, before).tolist()


@given(PARTITIONS)
def test_a_change_is_closed(labels: list[tuple[int, int]]) -> None:
    """Records of one customer, before or after, are in one change; outside, customers hold the same records."""
    before, after = (np.array(each, np.int64) for each in (zip(*labels, strict=True) if labels else ((), ())))
    change = change_of_records(before, after)
    for side in (before, after):
        for label in np.unique(side):
            assert len(np.unique(change[side == label])) == 1
    left = change < 0
    cells = {(one, other) for one, other, is_left in zip(before.tolist(), after.tolist(), left.tolist()) if is_left}
    assert len({one for one, _ in cells}) == len({other for _, other in cells}) == len(cells)


@pytest.mark.parametrize(
    ("n_before", "n_after", "kind"),
    [(2, 1, ChangeKind.MERGED), (1, 2, ChangeKind.SPLIT), (2, 2, ChangeKind.REGROUPED), (3, 1, ChangeKind.MERGED)],
)
def test_kinds_of_changes(n_before: int, n_after: int, kind: ChangeKind) -> None:
    """Several to one, one to several, several to several others."""
    assert ChangeKind.of_numbers(n_before, n_after) is kind
