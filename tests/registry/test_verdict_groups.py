"""What verdicts make of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from custid.clustering import contract
from custid.registry._verdict_groups import parts_of
from custid.registry.events import VerdictKind
from custid.registry.record_keys import RecordKey

_KEYS = [RecordKey("s", str(number)) for number in range(8)]
_sides = st.lists(st.sampled_from(_KEYS), min_size=1, max_size=5, unique=True)


@frozen
class _Said:
    kind: VerdictKind
    left: Sequence[RecordKey]
    right: Sequence[RecordKey]


def _same(one: RecordKey, other: RecordKey) -> _Said:
    return _Said(VerdictKind.SAME, [one], [other])


def _different(left: Sequence[RecordKey], right: Sequence[RecordKey]) -> _Said:
    return _Said(VerdictKind.DIFFERENT, left, right)


def _customers(verdicts: Sequence[_Said], bits: float = 3.0) -> dict[RecordKey, int]:
    """Return the customer of each record of a group whose records are all alike."""

    def weights(records: Sequence[RecordKey]) -> Mapping[tuple[int, int], float]:
        return {(one, other): bits for other in range(len(records)) for one in range(other)}

    parts = parts_of(_KEYS, verdicts, weights, contract)
    return {key: number for number, members in enumerate(parts) for key in members}


@given(st.lists(st.tuples(st.sampled_from(_KEYS), st.sampled_from(_KEYS)), max_size=5), st.lists(_sides, max_size=8))
def test_verdicts_that_agree_hold(same: list[tuple[RecordKey, RecordKey]], sides: list[list[RecordKey]]) -> None:
    """Wherever some customers satisfy all verdicts, those found do: one where it was said, two where that was."""
    one = {key: {key} for key in _KEYS}
    for left, right in same:
        both = one[left] | one[right]
        one.update(dict.fromkeys(both, both))
    apart = list(zip(sides[::2], sides[1::2], strict=False))
    assume(all(not {key for each in left for key in one[each]}.intersection(right) for left, right in apart))
    customer = _customers([*(_same(*each) for each in same), *(_different(*each) for each in apart)])
    assert all(customer[left] == customer[right] for left, right in same)
    assert all(not {customer[key] for key in left} & {customer[key] for key in right} for left, right in apart)


def test_to_be_told_apart_from_the_same_yields_to_what_was_said() -> None:
    """Two are told apart from a third one alike, and said to be one with records that must not meet: they part."""
    first, second, third, fourth, fifth = _KEYS[:5]
    verdicts = [
        _different([first], [second]),
        _different([fifth], [third, fourth]),
        _same(first, third),
        _same(second, fourth),
    ]
    customer = _customers(verdicts)
    assert customer[first] == customer[third] != customer[fourth] == customer[second]
