"""Files that are whole or not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from custid._whole_files import whole_file


def test_what_was_written_is_there(tmp_path: Path) -> None:
    """A new file, and one in the place of another, whose rights stay."""
    path = tmp_path / "told"
    for text in ("first", "second"):
        with whole_file(path, rights=0o600) as file:
            file.write_text(text)
        assert path.read_text() == text
        assert path.stat().st_mode & 0o777 == (0o600 if text == "first" else 0o640)
        path.chmod(0o640)
    assert [each.name for each in tmp_path.iterdir()] == ["told"]


@pytest.mark.parametrize("is_there", [True, False])
def test_what_fails_leaves_what_was_there(tmp_path: Path, *, is_there: bool) -> None:
    """After an error in the middle the file is as it was, and nothing lies beside it."""
    path = tmp_path / "told"
    if is_there:
        path.write_text("before")

    def write() -> None:
        with whole_file(path) as file:
            file.write_text("half")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write()
    assert [each.read_text() for each in tmp_path.iterdir()] == ["before"] * is_there


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_new_file_that_was_not_acknowledged_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """What fails after a new file was put in its place takes it away, and the same may be done again."""
    path = tmp_path / "told"

    def write() -> None:
        with whole_file(path, is_new=True) as file:
            file.write_text("whole")

    def broken(_: object) -> None:
        assert path.read_text() == "whole"
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("custid._whole_files.sync_directory", broken)
        with pytest.raises(error):
            write()
    assert not list(tmp_path.iterdir())
    write()
    assert path.read_text() == "whole"


def test_links_that_lead_to_each_other_are_no_place(tmp_path: Path) -> None:
    """The error is that of the system, which nobody has to look for by another name."""
    path = tmp_path / "told"
    path.symlink_to(path)
    with pytest.raises(OSError, match="links"), whole_file(path):
        pass
    assert [each.is_symlink() for each in tmp_path.iterdir()] == [True]


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    """Neither one that was there before nor one that has come meanwhile."""
    path = tmp_path / "told"

    def write(*, is_late: bool) -> None:
        with whole_file(path, is_new=True) as file:
            file.write_text("mine")
            if is_late:
                path.write_text("another's")

    for is_late in (True, False):
        with pytest.raises(FileExistsError):
            write(is_late=is_late)
        assert [each.read_text() for each in tmp_path.iterdir()] == ["another's"]


def test_without_links_a_new_file_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File systems that know no links have whole files, too."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "told"
    with whole_file(path, is_new=True) as file:
        file.write_text("mine")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["mine"]

    def write() -> None:
        other = tmp_path / "other"
        with whole_file(other, is_new=True):
            other.write_text("another's")

    with pytest.raises(FileExistsError):
        write()


@pytest.mark.skipif(sys.platform == "win32", reason="devices are a Unix matter")
def test_what_is_no_plain_file_is_written_to() -> None:
    """A pipe or a device has nothing beside it."""
    code = "from custid._whole_files import whole_file\nwith whole_file('/dev/stdout') as f: f.write_text('told')"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "told"
