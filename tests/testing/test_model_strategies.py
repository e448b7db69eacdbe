"""Strategies for the types of the customer model."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custid.model import Collective, Organization, Person, Record, Stated
from custid.serde._layout import Listed, Node, Structured, Variants, record_layout
from custid.testing import model_strategies
from custid.testing.model_strategies import collectives, organizations, persons, records, texts

_QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_VALUES = [name for name in model_strategies.__all__ if name != "stated"]


@pytest.mark.parametrize("name", _VALUES)
def test_strategy_makes_values(name: str) -> None:
    """Each strategy makes values without refusing its own draws."""

    @_QUICK
    @given(getattr(model_strategies, name)())
    def makes(value: Any) -> None:
        assert value is not None

    makes()


def test_every_class_of_a_record_has_a_strategy() -> None:
    """Each class that a record can hold has a strategy named after it."""
    missing = []
    for cls in _classes(record_layout()) - {Stated}:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower() + "s"
        if not {name, name.replace("sss", "sses")} & set(model_strategies.__all__):
            missing.append(name)
    assert missing == []


def _classes(node: Node) -> set[type]:
    if isinstance(node, Structured):
        return {node.cls}.union(*(_classes(each.node) for each in node.members))
    if isinstance(node, Variants):
        return set().union(*map(_classes, node.options.values()))
    return _classes(node.of) if isinstance(node, Listed) else set()


@pytest.mark.parametrize("kind", [Person, Organization, Collective])
def test_kind_of_party_can_be_chosen(kind: type) -> None:
    """Records of one kind of party are made where that is asked for."""
    parties: dict[type, Any] = {Person: persons(), Organization: organizations(), Collective: collectives()}

    @_QUICK
    @given(records(of=parties[kind]))
    def is_of_its_kind(record: Record) -> None:
        assert isinstance(record.party, kind)

    is_of_its_kind()


@_QUICK
@given(records())
def test_statements_of_a_record_share_their_provenance(record: Record) -> None:
    """The statements of a record come from two provenances at most, and from no placeholder."""
    said_by = {statement.by for _, statement in record.statements()} | {each.by for each in record.unread}
    assert 1 <= len(said_by) <= 2


@_QUICK
@given(st.data())
def test_texts_can_be_written(data: st.DataObject) -> None:
    """Texts are any that UTF-8 can hold; those that must say something do."""
    data.draw(texts()).encode()
    assert data.draw(texts(may_be_empty=False)).strip()
