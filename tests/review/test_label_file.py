"""`custid.review.label_file`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import InputError
from custid.review import Label, Labels, Verdict, read_labels, write_labels
from custid.review.label_file import labels_from_text, labels_to_text

HEADER = '{"format": "custid.labels", "version": 1}\n'
LINE = '{"left": ["crm", "1"], "right": ["web", "2"], "verdict": "match"}\n'

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
records = st.tuples(texts, texts.filter(bool))
some_labels = st.lists(
    st.builds(
        lambda pair, verdict, rest: Label(
            left=pair[0], right=pair[1], verdict=verdict, by=rest[0], at=rest[1], note=rest[2]
        ),
        st.tuples(records, records).filter(lambda pair: pair[0] != pair[1]),
        st.sampled_from(Verdict),
        st.tuples(texts, texts, texts),
    ),
    max_size=4,
).map(Labels.of)


@given(some_labels)
def test_labels_come_back(labels: Labels) -> None:
    """What is written is read again, whatever the keys and notes hold."""
    assert labels_from_text(labels_to_text(labels)) == labels


def test_a_file_comes_back(tmp_path: Path) -> None:
    """A file is one line for the format and one a label."""
    labels = Labels.of_groups([[("crm", "1"), ("web", "é")]], by="ann", at="2030-01-31T09:30:00Z")
    write_labels(labels, tmp_path / "labels.jsonl")
    lines = (tmp_path / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"format": "custid.labels", "version": 1},
        {
            "left": ["crm", "1"],
            "right": ["web", "é"],
            "verdict": "match",
            "by": "ann",
            "at": "2030-01-31T09:30:00Z",
        },
    ]
    assert read_labels(tmp_path / "labels.jsonl") == labels


def test_joined_files_are_a_file() -> None:
    """Files may be written one after another into one."""
    assert len(labels_from_text(HEADER + LINE + "\n" + HEADER + LINE)) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected a line with the format"),
        (LINE, "line 1: expected {'format'"),
        ("no json", "line 1: expected a JSON object"),
        (HEADER + "[1]", "line 2: expected a JSON object"),
        ('{"format": "other"}', "line 1: expected format 'custid.labels'"),
        ('{"format": "custid.labels", "version": 2}', "expected version 1, got 2.*Hint: Install"),
        (HEADER + '{"left": ["crm", "1"]}', r"line 2: right: expected \[source, record key\]"),
        (HEADER + LINE.replace('"1"', "1"), "left: expected"),
        (HEADER + LINE.replace("match", "maybe"), "verdict: expected one of 'match', 'non_match', 'unsure'"),
        (HEADER + LINE.replace('"web", "2"', '"crm", "1"'), "line 2: label: expected two records"),
        (HEADER + LINE.replace("}", ', "name": "x"}'), "got 'name' as well"),
        (HEADER + LINE.replace("}", ', "by": 3}'), "by: expected text, got int"),
    ],
)
def test_other_texts_are_refused(text: str, problem: str) -> None:
    """A text that is no label file is refused with the line that is wrong."""
    with pytest.raises(InputError, match=problem):
        labels_from_text(text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read(tmp_path: Path, delimiter: str) -> None:
    """A spreadsheet with the columns of the pairs and a verdict will do."""
    header = ["left_source", "left_record_key", "right_source", "right_record_key", "match_weight", "verdict"]
    rows = [header, ["crm", "1", "web", "2", "3.5", "match"], ["crm", "1", "crm", "4", "0.1", " NON_MATCH"]]
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8-sig")
    assert [each.verdict for each in read_labels(path)] == [Verdict.MATCH, Verdict.NON_MATCH]
    assert next(iter(read_labels(path))).left == ("crm", "1")


def test_csv_may_do_without_sources(tmp_path: Path) -> None:
    """Where keys alone name the records, the source is empty."""
    path = tmp_path / "labels.CSV"
    path.write_text("left_record_key,right_record_key,verdict,note\n1,2,unsure,twins?\n", encoding="utf-8")
    (label,) = read_labels(path)
    assert (label.left, label.right, label.verdict, label.note) == (("", "1"), ("", "2"), Verdict.UNSURE, "twins?")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "got no left_record_key"),
        ("left_record_key,verdict\n1,match", "expected columns .*, got no right_record_key"),
        ("left_record_key,right_record_key,verdict\n1,2", "line 2: expected as many cells"),
        ("left_record_key,right_record_key,verdict\n1,2,match,3", "line 2: expected as many cells"),
        ("left_record_key,right_record_key,verdict\n1,2,yes", "line 2: verdict: expected one of"),
        ('left_record_key,right_record_key,verdict\n1,"2"x,match', "line 2: expected CSV"),
    ],
)
def test_other_csv_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    """A table that holds no labels is refused with the line that is wrong."""
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_labels(path)


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    """A file in another encoding is refused."""
    path = tmp_path / "labels.jsonl"
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(InputError, match="expected UTF-8"):
        read_labels(path)


def test_rows_without_a_verdict_are_not_answered_yet(tmp_path: Path) -> None:
    """A table of questions may be given back with some of them open."""
    path = tmp_path / "labels.csv"
    path.write_text("left_record_key,right_record_key,verdict\n1,2,\n1,3,match\n1,4, \n", encoding="utf-8")
    (label,) = read_labels(path)
    assert label.right == ("", "3")


def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    """What JSON can escape is written and read; what was in the file before is not lost over it."""
    path = tmp_path / "labels.jsonl"
    label = Label(left=("crm", "1"), right=("web", "2\ud800"), verdict=Verdict.MATCH, note="\udc80")
    write_labels(Labels.of([label]), path)
    assert read_labels(path) == Labels.of([label])
