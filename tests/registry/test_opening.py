"""Opening a registry by its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import custid
from custid.errors import ConfigurationError


@pytest.mark.parametrize("address", ["mysql://ann:secret@host/customers", "sqlite:///customers.db", "http://host"])
def test_an_address_of_another_database_is_refused(address: str) -> None:
    """It is no file name, and its password is not told."""
    with pytest.raises(ConfigurationError, match="expected a file, 'memory' or postgresql") as caught:
        custid.open_registry(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "Ann\0Lee", "Ann\ud800", Path("Ann\0Lee"), None, 5, b"Ann"], ids=ascii)
def test_what_no_file_can_be_named_is_refused(name: Any) -> None:
    """It is refused before a database is opened, and not repeated."""
    with pytest.raises(ConfigurationError, match="got what no file can be named") as caught:
        custid.open_registry(name)
    assert "Ann" not in str(caught.value)
