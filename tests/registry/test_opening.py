"""Opening a registry by its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import custid
from custid.errors import ConfigurationError, StoreDamagedError


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


@pytest.mark.parametrize("name", [Path(":memory:"), "./:memory:", "memory:", "file:customers.db?mode=memory"], ids=str)
def test_a_file_is_kept_whatever_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: Any) -> None:
    """A name that means something else to SQLite is that of a file, and what is in it is there next time."""
    monkeypatch.chdir(tmp_path)
    with custid.open_registry(name) as registry:
        registry.apply([[("crm", "1")]])
    with custid.open_registry(name) as again:
        assert len(list(again.changes())) == 1


def test_a_link_to_a_registry_whose_first_change_was_torn(tmp_path: Path) -> None:
    """SQLite keeps the journal beside the file itself: it is not taken for a file of another kind."""
    (tmp_path / "elsewhere").mkdir()
    file, link = tmp_path / "elsewhere" / "customers.db", tmp_path / "customers.db"
    file.write_bytes(bytes(4096))
    file.with_name("customers.db-journal").write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(1024))
    link.symlink_to(file)
    with pytest.raises(StoreDamagedError):
        custid.open_registry(link)
