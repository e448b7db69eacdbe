"""Compiled code in files."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from custid._code_files import CodeFiles


def files_in(directory: Path, stamp: object = "release 1") -> CodeFiles:
    """Return the files of one function."""
    return CodeFiles(directory, "module.function-7", stamp, pickle.dumps)


class SavesAnother:
    """Code that, while it is written, is overtaken by that of another process."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        files_in(self._directory).save("of floats", "code of floats")
        return str, ("code of integers",)


def test_code_comes_back(tmp_path: Path) -> None:
    """What was saved for a signature is loaded for it, and for no other one."""
    files_in(tmp_path / "new").save(("int64", 1), {"code": b"\0"})
    assert files_in(tmp_path / "new").load(("int64", 1)) == {"code": b"\0"}
    assert files_in(tmp_path / "new").load(("int64", 2)) is None


def test_another_stamp_finds_nothing(tmp_path: Path) -> None:
    """Code of another release or of another text of the function is not loaded."""
    files_in(tmp_path).save("int64", "code")
    assert files_in(tmp_path, stamp="release 2").load("int64") is None


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Code that another process saves in between is neither lost nor taken for that of another signature."""
    files_in(tmp_path).save("of integers", SavesAnother(tmp_path))
    assert files_in(tmp_path).load("of integers") == "code of integers"
    assert files_in(tmp_path).load("of floats") == "code of floats"


@pytest.mark.parametrize("n_kept", [0, 1, 31, 40])
def test_a_file_that_is_cut_off(n_kept: int, tmp_path: Path) -> None:
    """A file that was not written to its end holds nothing, until the code is saved again."""
    files_in(tmp_path).save("int64", "code" * 100)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:n_kept])
    assert files_in(tmp_path).load("int64") is None
    files_in(tmp_path).save("int64", "code")
    assert files_in(tmp_path).load("int64") == "code"


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    """Saving where a file is in the way keeps nothing and says nothing."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    files_in(in_the_way).save("int64", "code")
    assert files_in(in_the_way).load("int64") is None


def test_code_that_cannot_be_pickled_leaves_no_file(tmp_path: Path) -> None:
    """Who saves what cannot be saved hears of it."""
    with pytest.raises((pickle.PicklingError, AttributeError)):
        files_in(tmp_path).save("int64", lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_flush_forgets_one_function(tmp_path: Path) -> None:
    """Forgetting the code of a function leaves that of others."""
    other = CodeFiles(tmp_path, "module.other-9", "release 1", pickle.dumps)
    for files in (files_in(tmp_path), other):
        files.save("int64", "code")
    files_in(tmp_path).flush()
    assert (files_in(tmp_path).load("int64"), other.load("int64")) == (None, "code")
