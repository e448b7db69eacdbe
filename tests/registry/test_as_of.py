"""The past, told by the ledger, is what was the present."""

from __future__ import annotations

import pytest
from hypothesis import given

from custid.errors import UnknownIdentifierError, UnknownRecordError
from custid.registry import Active, CustomerId, Gone, MemoryStore, Moved, Registry, Resolution, SequentialMinter
from custid.registry.naming import IdentifierState, Naming
from tests.registry.histories import KEYS, Partition, histories


def resolution(state: IdentifierState) -> Resolution:
    if state.target is None:
        return Gone(state.id)
    return Active(state.id) if state.is_active else Moved(state.id, state.target)


@given(histories)
def test_every_state_of_the_past_can_be_asked_for(history: list[Partition]) -> None:
    """After any later history: records, identifiers and customers, and what was not there yet, of every change."""
    registry = Registry(MemoryStore(), minter=SequentialMinter())
    past: list[Naming] = []
    for partition in history:
        if registry.apply_all(partition, largest_withdrawn_share=1) is not None:
            with registry.store.reading() as transaction:
                past.append(transaction.naming())
    for number, naming in enumerate(past, start=1):
        then = registry.as_of(number)
        for key in KEYS:
            if key in naming.records:
                assert then.id_of(key) == naming.records[key].customer
            else:
                with pytest.raises(UnknownRecordError):
                    then.id_of(key)
        clusters = naming.clusters()
        for identifier in past[-1].identifiers:
            assert_as_it_was(registry, number, identifier, naming)
        for name, members in clusters.items():
            assert sorted(then.customer(name).records) == sorted(members)


def assert_as_it_was(registry: Registry, number: int, identifier: CustomerId, naming: Naming) -> None:
    then = registry.as_of(number)
    if identifier in naming.identifiers:
        assert then.resolve(identifier) == resolution(naming.identifiers[identifier])
    else:
        with pytest.raises(UnknownIdentifierError):
            then.resolve(identifier)
