"""Files of an index: whole or not there, and what is damaged or of another version is refused."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import StoreError, StoreFormatError
from custid.index import CandidateIndex
from custid.table import array_file
from tests.index.atom_lists import KINDS, atoms_of


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a small index."""
    index = CandidateIndex(KINDS, block_cap=3)
    index.add(range(4), atoms_of([[frozenset({1})] * 4, [frozenset({2})] * 4] * 2))
    path = tmp_path_factory.mktemp("index") / "live.index"
    index.save(path)
    return path


def test_a_loaded_index_is_the_saved_one(path: Path) -> None:
    """What was saved answers as before, and takes changes that the file does not see."""
    before = path.read_bytes()
    index = CandidateIndex.load(path)
    assert index.kinds == KINDS
    assert index.partners(0).tolist() == [2]
    index.remove(2)
    index.add([9], atoms_of([[frozenset({2})] * 4]))
    assert index.partners(1).tolist() == [3, 9]
    assert path.read_bytes() == before


def test_saving_replaces_what_is_there_and_leaves_nothing_else(path: Path) -> None:
    """A file is replaced as a whole; whoever has the old one loaded keeps it."""
    loaded = CandidateIndex.load(path)
    smaller = CandidateIndex.load(path)
    smaller.remove(0)
    copy = path.with_name("copy.index")
    loaded.save(copy)
    of_copy = CandidateIndex.load(copy)
    smaller.save(copy)
    assert of_copy.partners(0).tolist() == [2]
    assert 0 not in CandidateIndex.load(copy)
    assert sorted(each.name for each in path.parent.iterdir()) == ["copy.index", "live.index"]


def test_two_indexes_of_equal_units_make_equal_files(tmp_path: Path) -> None:
    """A file depends on what was done to the index alone."""
    for name in ("first", "second"):
        index = CandidateIndex(KINDS, block_cap=3)
        index.add(range(3), atoms_of([[frozenset({1})] * 4] * 3))
        index.remove(1)
        index.save(tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@given(st.data())
def test_a_changed_byte_is_noticed_where_it_matters(path: Path, data: st.DataObject) -> None:
    """A file with another byte is refused, or answers as before: what lies between arrays is no part of it."""
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    damaged = path.with_name("damaged.index")
    damaged.write_bytes(content)
    try:
        index = CandidateIndex.load(damaged)
    except StoreError:
        return
    finally:
        damaged.unlink()
    assert [index.partners(unit).tolist() for unit in range(4)] == [[2], [3], [0], [1]]


def test_damage_in_use_is_told(path: Path) -> None:
    """Another byte in the first array is named with the array."""
    content = bytearray(path.read_bytes())
    _, n_bytes, _ = struct.unpack_from("<8sQI", content)
    content[array_file._first_place(n_bytes)] ^= 1  # where the arrays begin
    damaged = path.with_name("other.index")
    damaged.write_bytes(content)
    with pytest.raises(StoreError, match=r"index file 'other.index': damaged: the checksum of counts is another one"):
        CandidateIndex.load(damaged)
    damaged.unlink()


@pytest.mark.parametrize(
    ("n_bytes", "message"),
    [(4, "expected an index"), (12, "it ends in its head"), (40, "its head is another one"), (-1, "bytes, got")],
)
def test_a_shortened_file_is_refused(path: Path, n_bytes: int, message: str) -> None:
    """A file that was cut off is refused."""
    cut = path.with_name("cut.index")
    cut.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(StoreError, match=message):
        CandidateIndex.load(cut)
    cut.unlink()


def test_another_description_is_refused(path: Path) -> None:
    """A description with another checksum is damaged."""
    content = bytearray(path.read_bytes())
    content[struct.calcsize("<8sQI") + 3] ^= 1
    damaged = path.with_name("described.index")
    damaged.write_bytes(content)
    with pytest.raises(StoreError, match="the checksum of its description"):
        CandidateIndex.load(damaged)
    damaged.unlink()


def test_another_version_is_refused(path: Path) -> None:
    """A file of another version is refused with what to do."""
    content = path.read_bytes()
    magic, n_bytes, _ = struct.unpack_from("<8sQI", content)
    begin = struct.calcsize("<8sQI")
    text = json.dumps({**json.loads(content[begin : begin + n_bytes]), "version": 0}).encode()
    older = path.with_name("older.index")
    older.write_bytes(struct.pack("<8sQI", magic, len(text), crc32(text)) + text + content[begin + n_bytes :])
    with pytest.raises(StoreFormatError, match=r"got version 0 .*Build the index anew"):
        CandidateIndex.load(older)
    older.unlink()


def test_another_file_is_refused(tmp_path: Path) -> None:
    """What is no index is refused."""
    (tmp_path / "table.csv").write_text("a,b\n")
    with pytest.raises(StoreFormatError, match="expected an index of candidates, got another file"):
        CandidateIndex.load(tmp_path / "table.csv")


def test_places_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    """A file that is not there and a folder that is not there are told as such."""
    with pytest.raises(StoreError, match="cannot be read"):
        CandidateIndex.load(tmp_path / "nothing")
    with pytest.raises(StoreError, match="cannot be written"):
        CandidateIndex(KINDS, block_cap=2).save(tmp_path / "nowhere" / "live.index")


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails half-way, the old file stays and no other is left."""

    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    index = CandidateIndex(KINDS, block_cap=2)
    index.save(tmp_path / "live.index")
    before = (tmp_path / "live.index").read_bytes()
    index.add([1], atoms_of([[frozenset({1})] * 4]))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError, match="No space left"):
        index.save(tmp_path / "live.index")
    assert [each.name for each in tmp_path.iterdir()] == ["live.index"]
    assert (tmp_path / "live.index").read_bytes() == before


def test_unused_room_is_not_read(tmp_path: Path) -> None:
    """Places that are not in use are holes: two files of one index are equal, whatever memory held there."""
    index = CandidateIndex(KINDS, block_cap=2)
    index.add([1], atoms_of([[frozenset({1})] * 4]))
    index.save(tmp_path / "first")
    index._arrays.pool[int(index._arrays.counts[9]) :] = 77  # room that nothing asks for
    index.save(tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert np.array_equal(CandidateIndex.load(tmp_path / "first").partners(1), [])
