"""Opening a registry by its address."""

from __future__ import annotations

import pytest

import custid
from custid.errors import ConfigurationError


@pytest.mark.parametrize("address", ["mysql://ann:secret@host/customers", "sqlite:///customers.db", "http://host"])
def test_an_address_of_another_database_is_refused(address: str) -> None:
    """It is no file name, and its password is not told."""
    with pytest.raises(ConfigurationError, match="expected a file, 'memory' or postgresql") as caught:
        custid.open_registry(address)
    assert "secret" not in str(caught.value)
