"""From the bytes of a text file to clean UTF-8."""

from __future__ import annotations

import codecs
import re

import numpy as np
import pyarrow as pa

from custid.errors import EncodingError, UnsupportedInputError

__all__ = ["to_utf8"]

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MORE_MARKS = re.compile(rb"\A(?:%b)+" % codecs.BOM_UTF8)
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x89PNG", "an image"),
)
# The five bytes that Windows-1252 leaves undefined keep their Latin-1 meaning, as browsers read them.
_WINDOWS_1252 = "".join(
    chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("cp1252") for byte in range(256)
)
_SAMPLE = 4096
_MOSTLY = 0.6
_RARELY = 0.2
_BINARY_NUL_SHARE = 0.3
# A file of UTF-8 with a few damaged bytes has many times more good characters beyond ASCII than bad ones.
_GOOD_PER_BAD = 10


def to_utf8(data: bytes) -> tuple[bytes, list[str]]:
    """Return a text as UTF-8 without byte order mark and NUL characters, and what had to be decided for it.

    A byte order mark decides; without one, the places of NUL bytes tell UTF-16 and UTF-32; else it is UTF-8 if it
    decodes, and Windows-1252 if not.

    Parameters
    ----------
    data : bytes
        Content of the file.

    Returns
    -------
    bytes
        Valid UTF-8.
    list of str
        Warnings.

    Raises
    ------
    UnsupportedInputError
        If the bytes are of a known format that is no text.
    EncodingError
        If they are no text in any known encoding.
    """
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise UnsupportedInputError(
                f"input: expected CSV, JSON lines, Parquet or Arrow, got {what}.",
                hint="Save the table as CSV (UTF-8) or Parquet.",
            )
    encoding, content = _by_mark(data)
    if not encoding:
        encoding = _by_nul_places(data[:_SAMPLE])
    if encoding in {"", "utf-8"}:
        clean, warnings = _from_bytes(content)
    else:
        text = content.decode(encoding, errors="replace")
        warnings = [f"the text was read as {encoding.upper()}."]
        n_bad = text.count("\ufffd")
        if n_bad:
            warnings.append(f"{n_bad} characters could not be decoded: they are read as U+FFFD.")
        clean = text.encode()
    # Files that were put together, or marked by each of two programs, begin with two marks.
    if clean.startswith(codecs.BOM_UTF8):
        clean = _MORE_MARKS.sub(b"", clean, count=1)
    return _without_nul(clean, warnings)


def _by_mark(data: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    return "", data


def _by_nul_places(sample: bytes) -> str:
    """Return the wide encoding whose zero bytes the sample shows, or an empty string.

    Many characters of a table, its delimiters at least, are ASCII: a wide encoding pads them with zeros, always in the
    same places.
    """
    if b"\0" not in sample:
        return ""
    share = [_nul_share(sample[place::4]) for place in range(4)]
    if share[0] < _RARELY and min(share[1:]) > _MOSTLY:
        return "utf-32-le"
    if share[3] < _RARELY and min(share[:3]) > _MOSTLY:
        return "utf-32-be"
    even, odd = _nul_share(sample[::2]), _nul_share(sample[1::2])
    if even < _RARELY and odd > _RARELY * 2:
        return "utf-16-le"
    if odd < _RARELY and even > _RARELY * 2:
        return "utf-16-be"
    return ""


def _nul_share(sample: bytes) -> float:
    return sample.count(0) / len(sample) if sample else 0.0


def _is_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8, without making a text of them as large as they are."""
    bounds = pa.py_buffer(np.array([0, len(data)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, bounds, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _from_bytes(data: bytes) -> tuple[bytes, list[str]]:
    if _is_utf8(data):
        return data, []
    text = data.decode("utf-8", errors="replace")
    n_bad = text.count("\ufffd")
    n_good = len(text) - len(text.encode("ascii", errors="ignore")) - n_bad
    if n_good >= _GOOD_PER_BAD * n_bad:
        return text.encode(), [f"{n_bad} bytes are not UTF-8 as the rest is: they are read as U+FFFD."]
    decoded, _ = codecs.charmap_decode(data, "strict", _WINDOWS_1252)
    return decoded.encode(), ["the text is not UTF-8: it was read as Windows-1252."]


def _without_nul(data: bytes, warnings: list[str]) -> tuple[bytes, list[str]]:
    # To search costs a fraction of counting, and mostly there is nothing to count.
    if b"\0" not in data:
        return data, warnings
    n_nul = data.count(0)
    if n_nul > _BINARY_NUL_SHARE * len(data):
        raise EncodingError(
            f"input: expected text, got {n_nul} NUL bytes among {len(data)}.",
            hint="Check that the file is a CSV or JSON file; save it as UTF-8.",
        )
    return data.replace(b"\0", b""), [*warnings, f"{n_nul} NUL characters were removed."]
