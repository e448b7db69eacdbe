"""custid.privacy.audit."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from custid.errors import StoreError
from custid.privacy import GENESIS, AuditEntry, AuditFile, audit_faults, chained

KEY = b"a key kept elsewhere"
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        actor=f"clerk {number % 3}",
        action=("read", "merge", "export")[number % 3],
        customers=(f"C{number}",),
        categories=("person_names", "contacts.phone"),
        purpose="sale",
        reason="the customer asked",
    )


def trail_of(path: Path, n: int, key: bytes = KEY) -> AuditFile:
    trail = AuditFile(path, key=key, clock=lambda: NOW)
    for number in range(n):
        trail.append(entry(number))
    return trail


def test_entries_come_back(tmp_path: Path) -> None:
    """What was appended is there, in order, also for a file opened again, and goes on where it ended."""
    trail = trail_of(tmp_path / "audit.jsonl", 3)
    again = AuditFile(tmp_path / "audit.jsonl", key=KEY, clock=lambda: NOW)
    assert list(again.entries()) == list(trail.entries())
    assert (len(again), again.head) == (3, trail.head)
    assert again.append(entry(3)).number == 4
    assert again.faults(head=again.head, n_entries=4) == []


def test_a_trail_goes_on_from_wherever_the_process_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A trail that was named from where the process worked once goes on in the same file."""
    monkeypatch.chdir(tmp_path)
    trail = AuditFile("audit.jsonl", key=KEY, clock=lambda: NOW)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    trail.append(entry(0))
    assert list(trail.entries()) == list(AuditFile(tmp_path / "audit.jsonl", key=KEY).entries())


@pytest.mark.parametrize("n_edits", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_every_edit_is_found(tmp_path: Path, n_edits: int) -> None:
    """Of many random edits (bytes changed, added, removed, lines moved, doubled, cut off) each is told of."""
    path = tmp_path / "audit.jsonl"
    trail = trail_of(path, 5)
    whole, head = path.read_bytes(), trail.head
    draw = random.Random(7)  # noqa: S311 - no secret
    for _ in range(n_edits):
        path.write_bytes(edited(whole, draw))
        assert trail.faults(head=head, n_entries=5), "an edit went unnoticed"


def edited(whole: bytes, draw: random.Random) -> bytes:
    place, lines = draw.randrange(len(whole)), whole.splitlines(keepends=True)
    while True:
        match draw.randrange(6):
            case 0:
                made = whole[:place] + bytes([draw.randrange(256)]) + whole[place + 1 :]
            case 1:
                made = whole[:place] + bytes([draw.randrange(256)]) + whole[place:]
            case 2:
                made = whole[:place] + whole[place + 1 :]
            case 3:
                moved = lines.copy()
                draw.shuffle(moved)
                made = b"".join(moved)
            case 4:
                made = b"".join(lines[: draw.randrange(len(lines))])
            case _:
                doubled = draw.randrange(len(lines))
                made = b"".join([*lines[:doubled], lines[doubled], *lines[doubled:]])
        if made != whole:
            return made


def test_without_the_key_a_trail_cannot_be_made_anew(tmp_path: Path) -> None:
    """Digests made with another key, or with none, do not fit."""
    trail_of(tmp_path / "audit.jsonl", 3, key=b"")
    with pytest.raises(StoreError, match="entry 1: its digest does not fit"):
        AuditFile(tmp_path / "audit.jsonl", key=KEY)


@pytest.mark.parametrize("torn", [b'{"number": 3, "at"', b'\0\0\0\0\0\0\0\0\0\0\0"digest": "1"}\n', bytes(9)])
def test_a_torn_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    """A line without its end, or a part, was never acknowledged: the trail is sound without it, and goes on."""
    path = tmp_path / "audit.jsonl"
    head = trail_of(path, 2).head
    with path.open("ab") as file:
        file.write(torn)
    again = AuditFile(path, key=KEY, clock=lambda: NOW)
    assert (len(again), again.head) == (2, head)
    again.append(entry(2))
    assert AuditFile(path, key=KEY).faults(n_entries=3) == []


def test_damage_is_never_repaired_silently(tmp_path: Path) -> None:
    """A file with a line that is no entry is refused, and stays as it is."""
    path = tmp_path / "audit.jsonl"
    trail_of(path, 2)
    damaged = path.read_bytes().replace(b"clerk 1", b"clerk 2")
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match="entry 2"):
        AuditFile(path, key=KEY)
    path.write_bytes(b"\0\n" + damaged)
    with pytest.raises(StoreError, match="entry 1"):
        AuditFile(path, key=KEY)
    path.write_bytes(b"nothing\n")
    with pytest.raises(StoreError, match="entry 1: the line is no entry"):
        AuditFile(path, key=KEY)
    assert path.read_bytes() == b"nothing\n"


def test_a_place_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    """A directory in its place is an error of custid, without the path."""
    with pytest.raises(StoreError, match=r"audit: the file cannot be opened: Is a directory\.$"):
        AuditFile(tmp_path)


def test_a_new_file_is_the_owner_s_alone(tmp_path: Path) -> None:
    """Nobody else can read it."""
    trail_of(tmp_path / "audit.jsonl", 1)
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_threads_share_a_trail(tmp_path: Path) -> None:
    """Entries of several threads are all there, chained in one order."""
    trail = AuditFile(tmp_path / "audit.jsonl", key=KEY)

    def work() -> None:
        for number in range(20):
            trail.append(entry(number))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trail.faults(head=trail.head, n_entries=80) == []


def test_entries_that_tell_no_kind_of_actor_are_as_they_were() -> None:
    """Their spelling names none, so that trails of before keep their digests; an empty one in a text is no entry."""
    old, new = entry(0), evolve(entry(0), actor_kind="program")
    placed = [chained(each, GENESIS, number=1, at=NOW, key=KEY) for each in (old, new)]
    assert "actor_kind" not in placed[0].to_text()
    assert [AuditEntry.from_text(each.to_text()) for each in placed] == placed
    assert placed[0].digest != placed[1].digest
    assert AuditEntry.from_text(placed[1].to_text().replace("program", "")) is None


def test_the_chain_alone() -> None:
    """Entries of any keeping can be checked: moved, missing and cut off ones are told of by their number."""
    entries, before = [], GENESIS
    for number in range(1, 5):
        entries.append(chained(entry(number), before, number=number, at=NOW, key=KEY))
        before = entries[-1].digest
    assert audit_faults(entries, key=KEY, head=before, n_entries=4) == []
    assert audit_faults(entries[1:], key=KEY)[0].number == 1
    assert audit_faults([entries[0], *entries[2:]], key=KEY)[0].number == 2
    assert audit_faults(entries[:-1], key=KEY, head=before)[0].problem == "the end of the trail is missing"
    assert audit_faults(entries[:-1], key=KEY, n_entries=4)[0].number == 4
    assert audit_faults([*entries[:3], evolve(entries[3], reason="another")], key=KEY)[0].number == 4
