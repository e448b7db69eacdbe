"""What the formats of others keep of a record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from custid.model import Provenance, Record
from custid.serde import MAPPING_LOSSES, FieldFate
from custid.serde._layout import Listed, Node, Structured, Variants, record_layout
from custid.testing.model_strategies import provenances, records
from tests.serde.round_trips import ROUND_TRIPS, counts, without_controls


def _all_leaves(node: Node, owner: str = "") -> Iterator[str]:
    if isinstance(node, Listed):
        yield from _all_leaves(node.of, owner)
    elif isinstance(node, Variants):
        for option in node.options.values():
            yield from _all_leaves(option, owner)
    elif isinstance(node, Structured):
        for member in node.members:
            name = f"{node.cls.__name__}.{member.field}"
            yield from _all_leaves(member.node, owner if name == "Stated.value" else name)
    else:
        yield owner


def test_every_field_has_a_fate() -> None:
    """The table has a line for each field of the model, and no other."""
    assert set(MAPPING_LOSSES) == set(_all_leaves(record_layout()))


def _check(standard: str, record: Record, by: Provenance) -> None:
    record = without_controls(record)
    before, after = counts(record), counts(ROUND_TRIPS[standard](record, by))
    for name in before.keys() | after.keys():
        fate = MAPPING_LOSSES[name]["vCard" if standard == "jCard" else standard]
        if fate is FieldFate.KEPT:
            assert before.get(name) == after.get(name), name
        elif fate is FieldFate.LOST:
            assert name not in after, name


@pytest.mark.parametrize("standard", sorted(ROUND_TRIPS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=records(), by=provenances())
def test_kept_fields_survive_and_lost_ones_do_not(standard: str, record: Record, by: Provenance) -> None:
    """What is called kept comes back as it was, no more and no less; what is called lost comes back as its default."""
    _check(standard, record, by)


@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=records(), by=provenances())
def test_fates_hold_for_many_records(record: Record, by: Provenance) -> None:
    """The table holds for some hundred records in each format."""
    # To draw a record takes longer than to write and read it in all formats.
    for standard in ROUND_TRIPS:
        _check(standard, record, by)
