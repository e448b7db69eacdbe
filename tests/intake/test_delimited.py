"""`custid.intake._delimited`."""

from __future__ import annotations

from threading import Event, Thread

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custid.errors import EmptyInputError, InputError
from custid.intake._delimited import lent, parsed_rows, read_delimited

_CANDIDATES = ",;\t|"


def _rows(data: bytes) -> list[list[str | None]]:
    return [list(row.values()) for row in read_delimited(data).table.to_pylist()]


@pytest.mark.parametrize("delimiter", list(_CANDIDATES))
def test_delimiters(delimiter: str) -> None:
    """The delimiter is found, though values hold the others."""
    others = [each for each in _CANDIDATES if each != delimiter]
    text = "\n".join(
        [delimiter.join(["a", "b", "c"]), *(delimiter.join(["x" + other, other + "y", ""]) for other in others)]
    )
    assert _rows(text.encode()) == [["x" + other, other + "y", None] for other in others]


def test_delimiters_in_quotes() -> None:
    """Delimiters inside quotes do not count."""
    assert _rows(b'"a;b";"c"\n"1,2,3";"4"\n"5,6,7";8\n') == [["1,2,3", "4"], ["5,6,7", "8"]]


def test_stated_delimiter() -> None:
    """A first line that states the delimiter is obeyed, and is no header."""
    intake = read_delimited(b"sep=;\r\na,x;b\r\n1;2\r\n3\r\n")
    assert intake.table.column_names == ["a,x", "b"]
    assert intake.line_numbers.tolist() == [3]
    assert intake.refused[0].line_number == 4


@pytest.mark.parametrize(
    "titles",
    ["Clients du salon\n", "Clients, salon;;\n;;\n", "\n;;Clients\n\n\nle 3 mai\n"],
)
def test_titles_above_the_header(titles: str) -> None:
    """What a spreadsheet has above the header is passed over with a warning, and lines keep their numbers."""
    intake = read_delimited(f"{titles}Nom;Prénom;Mobile\nPetit;Zoé;1\nRoux;Luc;2;x\n".encode())
    assert intake.table.to_pylist() == [{"Nom": "Petit", "Prénom": "Zoé", "Mobile": "1"}]
    header = titles.count("\n") + 1
    assert intake.warnings == (f"line {header} was read as the header: those above it name no columns.",)
    assert intake.line_numbers.tolist() == [header + 1]
    assert [row.line_number for row in intake.refused] == [header + 2]


@pytest.mark.parametrize(
    "text",
    [
        "name,tags\nAnn,nom;prénom;tel\nBob,nom;prénom;tel\n",
        "tags\nred;green;blue\nred;green;blue\n",
        ",name\n0,email\n1,phone\n",
        "Nom;;\nPetit;Zoé;1\n",
        "x;y\n1;nom, mail, tel\n",
    ],
)
def test_a_header_is_no_title(text: str) -> None:
    """The first line is the header where no other one is plainly."""
    assert not any("was read as the header" in each for each in read_delimited(text.encode()).warnings)


def test_one_column() -> None:
    """A file of one column is read; a quoted empty field is a row, a blank line is none."""
    assert _rows(b'name\nAnn, B\n\n""\nBob\n') == [["Ann, B"], [None], ["Bob"]]


def test_text_stays_text() -> None:
    """Numbers, dates, truth values and words for nothing are text as written."""
    values = ["00123", "1e5", "2020-01-01", "true", "NA", "null", " x ", "1.0"]
    assert _rows(("a,b\n" + "".join(f"{value},\n" for value in values)).encode()) == [[value, None] for value in values]


@pytest.mark.parametrize("value", ["\ufeff", "\ufeffx", '\ufeff"x', "x\ufeff"])
def test_marks_inside(value: str) -> None:
    """The mark of the order of bytes is text like other text where a value begins, in the first row too."""
    assert _rows(f"a\n{value}\n{value}\n".encode()) == [[value], [value]]
    assert _rows(f"a,b\n{value},1\n".encode()) == [[value, "1"]]


@pytest.mark.parametrize(
    ("text", "names"), [("\n\ufeffnom;ville\n", ["nom", "ville"]), ("\ufeff\ufeff\ufeffa\n", ["a"])]
)
def test_marks_before_the_header(text: str, names: list[str]) -> None:
    """A mark below an empty line, or behind another, is no part of a name."""
    assert read_delimited(text.encode()).table.column_names == names


def test_a_mark_alone() -> None:
    """A header that is a mark and nothing else names no column."""
    assert read_delimited("\r\ufeff\r1\r".encode()).table.to_pylist() == [{"column_1": "1"}]


def test_header_only() -> None:
    """A header alone gives a table without rows."""
    intake = read_delimited(b"a,b,c\n")
    assert intake.table.column_names == ["a", "b", "c"]
    assert intake.table.num_rows == len(intake.line_numbers) == 0


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf"])
def test_no_header(data: bytes) -> None:
    """Without text there is no header."""
    with pytest.raises(EmptyInputError, match="expected a header line"):
        read_delimited(data)


def test_unclosed_header() -> None:
    """A quote that the header does not close is an error with its line."""
    with pytest.raises(InputError, match="header: a quote on line 1 is never closed"):
        read_delimited(b'a,"b\n1,2\n')


def test_column_names() -> None:
    """Names are trimmed; empty and repeated ones get names of their own, with a warning each."""
    intake = read_delimited(b' a ,"b\nb",,a,a_2\n1,2,3,4,5\n')
    assert intake.table.column_names == ["a", "b\nb", "column_3", "a_3", "a_2"]
    assert len(intake.warnings) == 2


def test_refused_rows() -> None:
    """Rows of another number of fields are refused by line and reason; the rest go on."""
    intake = read_delimited(b'a,b\n1,2\n3\n4,"5\n6"\n7,8,9\n10,"11\n12,13\n\n')
    assert intake.table.to_pylist() == [{"a": "1", "b": "2"}, {"a": "4", "b": "5\n6"}, {"a": "12", "b": "13"}]
    assert intake.line_numbers.tolist() == [2, 4, 8]
    assert [(row.line_number, row.reason) for row in intake.refused] == [
        (3, "too_few_fields"),
        (6, "too_many_fields"),
        (7, "unclosed_quote"),
    ]
    assert "1 fields" in intake.refused[0].message


def test_refused_rows_are_not_quoted() -> None:
    """What a refused row holds is not in the report."""
    (refused,) = read_delimited(b"a,b\nsecret\n").refused
    assert "secret" not in repr(refused)


def test_all_rows_refused() -> None:
    """When every row is refused the columns remain."""
    intake = read_delimited(b"a,b\n1\n2\n")
    assert intake.table.column_names == ["a", "b"]
    assert len(intake.refused) == 2


def test_large_fields() -> None:
    """A field of megabytes is read, quoted with line breaks or not."""
    large, broken = "x" * 3_000_000, "y\n" * 1_000_000
    assert _rows(f'a,b\n1,{large}\n2,"{broken}"\n3,z\n'.encode()) == [["1", large], ["2", broken], ["3", "z"]]


def test_large_header() -> None:
    """A header longer than the sample is read."""
    names = [f"column number {place}" for place in range(10_000)]
    data = "\n".join([",".join(names), ",".join(["1"] * len(names))]).encode()
    assert read_delimited(data).table.column_names == names


def test_many_rows() -> None:
    """Row numbers hold over many blocks of the parser."""
    n_rows = 120_000
    data = ("id,text\n" + "".join(f'{row},"line\nbreak {row}"\n' for row in range(n_rows))).encode()
    intake = read_delimited(data)
    assert intake.line_numbers.tolist() == list(range(2, 2 + 2 * n_rows, 2))
    assert intake.table["id"].to_pylist() == [str(row) for row in range(n_rows)]


def test_bidirectional_marks() -> None:
    """Marks of writing direction are kept: what they mean is for standardization to say."""
    assert _rows("a,b\n\u202eAnn\u202c,x\n".encode()) == [["\u202eAnn\u202c", "x"]]


_UTF = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_LATIN = st.sampled_from([chr(each) for each in range(1, 256) if not 0x80 <= each < 0xA0] + ["€", "œ", "’"])


@st.composite
def _files(draw: st.DrawFn) -> tuple[bytes, list[list[str]]]:
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]))
    cell = st.text(_LATIN if encoding == "cp1252" else _UTF | st.sampled_from('",;\t|\n\r'), max_size=8)
    n_columns = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(cell, min_size=n_columns, max_size=n_columns), max_size=6))
    delimiter, line_end = draw(st.sampled_from(_CANDIDATES)), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quote_all, end_last = draw(st.booleans()), draw(st.booleans())

    def written(value: str) -> str:
        needs = quote_all or not value.isalnum()
        return '"' + value.replace('"', '""') + '"' if needs else value

    table = [[f"col{place}" for place in range(n_columns)], *rows]
    text = line_end.join(delimiter.join(map(written, row)) for row in table) + line_end * end_last
    data = text.encode(encoding)
    if encoding == "cp1252" and not text.isascii():
        # Bytes that happen to be UTF-8 are read as UTF-8.
        assume("\ufffd" in data.decode("utf-8", "replace"))
        bad = data.decode("utf-8", "replace").count("\ufffd")
        assume(sum(character > "\x7f" for character in data.decode("utf-8", "replace")) < 10 * bad)
    return data, rows


@given(_files())
def test_round_trip(file: tuple[bytes, list[list[str]]]) -> None:
    """Any table of strings, in any dialect and encoding, is read back as it was written."""
    data, rows = file
    intake = read_delimited(data)
    assert [[value or "" for value in row.values()] for row in intake.table.to_pylist()] == rows
    assert not intake.refused


def test_a_text_is_lent_until_nobody_has_it() -> None:
    """Who lends a text waits for threads that still have it: one that lets go while the process ends aborts it."""
    text, is_held = bytearray(b"a"), Event()
    with lent(text) as view:
        held = [pa.py_buffer(view)]

        def let_go() -> None:
            is_held.wait()
            held.clear()

        thread = Thread(target=let_go)
        thread.start()
        is_held.set()
    text.append(0)
    thread.join()
    assert not held


def test_no_thread_has_the_text_of_rows() -> None:
    """What is read of a text is read when it is returned, and no thread of the parser keeps it."""
    text = bytearray(b"a,b\n" * 1_000)
    for _ in range(200):
        assert parsed_rows(text, ",", ["x", "y"], 3, has_line_breaks=False).num_rows == 1_000
        # Nothing can be taken from a text that anybody has.
        text.append(text.pop())
