"""`custid.intake._encoding`."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.errors import EncodingError, UnsupportedInputError
from custid.intake._encoding import to_utf8

TEXT = "nom;prénom;ville\nDupont;Zoé;Œuilly €\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252"]
)
def test_encodings(encoding: str) -> None:
    """Each encoding is found with and without byte order mark."""
    assert to_utf8(TEXT.encode(encoding))[0].decode() == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-32-be"])
def test_big_endian_marks(encoding: str) -> None:
    """A big-endian byte order mark is known, and is no part of the text."""
    assert to_utf8(("\ufeff" + TEXT).encode(encoding))[0].decode() == TEXT


@pytest.mark.parametrize(("encoding", "word"), [("cp1252", "Windows-1252"), ("utf-16", "UTF-16-LE")])
def test_guesses_are_reported(encoding: str, word: str) -> None:
    """Another encoding than UTF-8 is reported."""
    (warning,) = to_utf8(TEXT.encode(encoding))[1]
    assert word in warning


def test_utf8_is_silent() -> None:
    """UTF-8 gives no warning."""
    assert to_utf8(TEXT.encode())[1] == []


def test_undefined_bytes_of_windows_1252() -> None:
    """The five bytes without meaning in Windows-1252 are read as Latin-1."""
    data = b"\xe9\x81\x8d\x8f\x90\x9d"
    assert to_utf8(data)[0].decode() == data.decode("latin-1")


def test_damaged_utf8() -> None:
    """One bad byte does not turn a file of UTF-8 into Windows-1252."""
    text, warnings = to_utf8(("é" * 50).encode() + b"\xff")
    assert text.decode() == "é" * 50 + "\ufffd"
    assert "1 bytes are not UTF-8" in warnings[0]


def test_damaged_utf16() -> None:
    """A lone surrogate of UTF-16 becomes U+FFFD and is reported."""
    text, warnings = to_utf8("a\ud800b".encode("utf-16", "surrogatepass"))
    assert text.decode() == "a\ufffdb"
    assert "1 characters could not be decoded" in warnings[1]


def test_nul_characters() -> None:
    """NUL characters are removed and reported."""
    assert to_utf8(b"name\nA\0nn\n") == (b"name\nAnn\n", ["1 NUL characters were removed."])


def test_binary() -> None:
    """Bytes that are no text are refused."""
    with pytest.raises(EncodingError, match="expected text, got 40 NUL bytes among 60"):
        to_utf8(b"\0\0\0\0ab" * 10)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"%PDF-1.7", b"SQLite format 3\0", b"\xd0\xcf\x11\xe0", b"\x89PNG"])
def test_known_formats_that_are_no_text(magic: bytes) -> None:
    """A file of a known other format is refused with what to do."""
    with pytest.raises(UnsupportedInputError, match="Hint: Save the table as CSV"):
        to_utf8(magic + b"more")


@given(st.lists(st.sampled_from([0x41, 0x80, 0xA0, 0xBF, 0xC1, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5]), max_size=8))
@example([0xED, 0xA0, 0x80])
@example([0xF4, 0x90, 0x80, 0x80])
@example([0xE0, 0x80, 0x80])
def test_utf8_is_what_python_decodes(content: list[int]) -> None:
    """UTF-8 is left as it is; lone surrogates, overlong forms and what is beyond U+10FFFF are no UTF-8."""
    data = b"name\n" + bytes(content)
    try:
        data.decode()
    except UnicodeDecodeError:
        assert to_utf8(data)[1] != []
    else:
        assert to_utf8(data) == (data, [])
