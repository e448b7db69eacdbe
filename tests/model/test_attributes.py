"""custid.model.attributes."""

from __future__ import annotations

import pytest

from custid.errors import ConfigurationError
from custid.model import ATTRIBUTES, ROLE_KINDS, Evidence, attribute, check_comparable


def test_attributes_are_found_by_their_names() -> None:
    """Each declaration stands under its own name, and an unknown name is refused with the known ones."""
    assert [
        name for name, declared in ATTRIBUTES.items() if attribute(name) is not declared or name != declared.name
    ] == []
    with pytest.raises(ConfigurationError, match="attribute 'shoe_size': expected one of 'record_key'"):
        attribute("shoe_size")


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_banned_attributes_are_refused_with_their_reason(name: str) -> None:
    """A matcher may name any attribute that is not banned; of those that are it learns why."""
    declared = ATTRIBUTES[name]
    if declared.evidence is Evidence.BANNED:
        assert declared.banned_because
        with pytest.raises(ConfigurationError, match="must not be compared"):
            check_comparable(name)
    else:
        assert check_comparable(name) is declared


def test_vocabularies_are_mappings() -> None:
    """A vocabulary has as many kinds as codes."""
    assert len(ROLE_KINDS) == len(list(ROLE_KINDS)) == 7
