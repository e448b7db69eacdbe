"""Searching bytes for what is left of texts."""

from __future__ import annotations

import base64
import json
from hashlib import md5, sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from custid.privacy.traces import Trace, TraceSearch
from custid.table.hashing import string_hashes

TEXTS = st.text(min_size=4, max_size=20, alphabet=st.characters(categories=["L", "N"]))


@given(text=TEXTS, before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_a_text_is_found_wherever_it_stands(text: str, before: bytes, after: bytes) -> None:
    """Between any bytes, if no part of a word touches it."""
    data = before + b" " + text.encode() + b" " + after
    assert Trace(0, "utf-8") in TraceSearch([text]).within(data)


@given(text=TEXTS)
def test_every_form_is_found(text: str) -> None:
    """Other encodings, escapes, and hashes as bytes, digits and in Base64."""
    hashed = int(string_hashes([text])[0])
    written = {
        "utf-16": text.encode("utf-16-le"),
        "utf-32": text.encode("utf-32-le"),
        "hash": hashed.to_bytes(8, "big"),
        "hash digits": str(hashed).encode(),
        "sha-256": sha256(text.encode()).digest(),
        "md5 digits": md5(text.encode(), usedforsecurity=False).hexdigest().encode(),
        "hash in base64": base64.b64encode(b"1234567890" + hashed.to_bytes(8, "little") + b"12345"),
    }
    if not text.isascii():
        written["json"] = json.dumps(text).encode()
    for form, data in written.items():
        assert form in {each.form for each in TraceSearch(["other", text]).within(b"\0\0" + data + b"\0\0")}


def test_parts_of_longer_words_are_no_traces() -> None:
    """A name inside another one is somebody else's."""
    search = TraceSearch(["anna", "le mans"])
    assert search.within(b"annabel, hanna, le mansart") == []
    assert [each.place for each in search.within("d'anna à le mans.".encode())] == [0, 1]


def test_short_texts_are_looked_for_by_their_hashes_alone() -> None:
    """Two letters stand everywhere; their hash does not."""
    search = TraceSearch(["ab"])
    assert search.within(b"ab ab") == []
    assert search.within(int(string_hashes(["ab"])[0]).to_bytes(8, "little")) == [Trace(0, "hash")]
    assert TraceSearch(["abcdef"], least=7).within(b"abcdef") == []


def test_files_are_told_by_their_paths(tmp_path: Path) -> None:
    """Those in directories below, and one file by itself; clean ones are left out."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "kept").write_bytes(b"Marie Durand")
    (tmp_path / "clean").write_bytes(b"nobody")
    search = TraceSearch(["Marie Durand"])
    assert search.in_files(tmp_path) == {tmp_path / "below" / "kept": [Trace(0, "utf-8")]}
    assert search.in_files(tmp_path / "clean") == {}


def test_what_lies_across_two_portions_is_found() -> None:
    """A large file is looked through in portions, and no place is left out."""
    data = bytearray((1 << 24) + 100)
    place = (1 << 24) - 5
    data[place : place + 12] = b"Marie Durand"
    assert TraceSearch(["Marie Durand"]).within(bytes(data)) == [Trace(0, "utf-8")]
