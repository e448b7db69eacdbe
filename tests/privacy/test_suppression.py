"""custid.privacy.suppression."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from custid.errors import ConfigurationError, InputError, ModelFormatError, StoreError
from custid.model import ContactPoint, Email, Phone
from custid.privacy import SuppressionList
from tests.survivorship.statements import person_record, stated

KEY = bytes(range(16))
DAY = date(2026, 9, 1)
RECORD = person_record(
    contacts=[
        stated(ContactPoint(point=Phone(e164="+33612345678"))),
        stated(ContactPoint(point=Email(address="marie@mail.example"))),
    ]
)


def test_a_record_that_comes_again_is_known() -> None:
    """Its address or its number is enough, however it is written; other people's are not."""
    listed = SuppressionList(KEY)
    assert listed.add_record(RECORD, since=DAY) == 2
    assert listed.has("phone", "06 12 34 56 78")
    assert listed.has("email", " MARIE@mail.example")
    again = person_record("web", contacts=[stated(ContactPoint(point=Phone(e164="+33612345678")))])
    assert listed.lists(again)
    assert not listed.lists(person_record(contacts=[stated(ContactPoint(point=Phone(e164="+33612345679")))]))


def test_no_value_is_kept() -> None:
    """Neither the list nor its text nor what it shows of itself holds an address or a number."""
    listed = SuppressionList(KEY)
    listed.add_record(RECORD, since=DAY)
    for text in (listed.to_json(), repr(listed), str(list(listed))):
        assert "marie" not in text
        assert "612345678" not in text


def test_another_key_is_refused() -> None:
    """The text lists whom it listed with its key alone; another one, by which it would list nobody, is an error."""
    listed = SuppressionList(KEY)
    listed.add_record(RECORD, since=DAY)
    assert SuppressionList.from_json(listed.to_json(), KEY).lists(RECORD)
    with pytest.raises(ConfigurationError, match="expected the key that it was written with"):
        SuppressionList.from_json(listed.to_json(), KEY[::-1])


def test_a_list_written_before_there_was_a_check_is_read() -> None:
    """It lists whom it listed."""
    listed = SuppressionList(KEY)
    listed.add_record(RECORD, since=DAY)
    lines = [line for line in listed.to_json().splitlines() if "key_check" not in line]
    assert SuppressionList.from_json("\n".join(lines), KEY).lists(RECORD)


def test_writers_of_one_file_lose_nothing(tmp_path: Path) -> None:
    """Each had read the file before the others wrote it; of an entry of two the earlier day stays."""
    path = tmp_path / "no_contact.json"
    lists = [SuppressionList.in_file(path, KEY) for _ in range(8)]
    for place, each in enumerate(lists):
        each.add("email", f"a{place}@mail.example", since=DAY)
        each.add("email", "all@mail.example", since=DAY.replace(day=9 - place))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(SuppressionList.save, lists))
    found = SuppressionList.in_file(path, KEY)
    assert len(found) == 9
    assert sorted({each.since.day for each in found}) == [1, 2]
    assert path.stat().st_mode & 0o77 == 0


def test_a_list_is_saved_from_wherever_the_process_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A list that was named from where the process worked once is saved to the same file afterwards."""
    monkeypatch.chdir(tmp_path)
    listed = SuppressionList.in_file("list.json", KEY)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    listed.add("email", "zoe@mail.example", since=date(2026, 9, 1))
    listed.save()
    assert len(SuppressionList.in_file(tmp_path / "list.json", KEY)) == 1


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """What is no list is not written over, and what cannot be read or written is said."""
    path = tmp_path / "list.json"
    listed = SuppressionList.in_file(path, KEY)
    listed.add_record(RECORD, since=DAY)
    path.write_text("né", encoding="latin-1")
    with pytest.raises(ModelFormatError, match="suppression list"):
        listed.save()
    with pytest.raises(StoreError, match="cannot be read"):
        SuppressionList.in_file(tmp_path, KEY)
    nowhere = SuppressionList.in_file(tmp_path / "none" / "list.json", KEY)
    with pytest.raises(StoreError, match="cannot be written"):
        nowhere.save()


def test_scopes() -> None:
    """An entry for one purpose lists for it alone; one without a purpose for each."""
    listed = SuppressionList(KEY)
    listed.add("phone", "0612345678", since=DAY, scope="survey")
    assert listed.has("phone", "+33612345678", scope="survey")
    assert not listed.has("phone", "+33612345678")
    listed.add("phone", "0612345678", since=DAY)
    assert listed.has("phone", "+33612345678", scope="newsletter")


def test_the_first_day_stays() -> None:
    """Of an address that is entered twice the earlier day counts, whichever came first."""
    days = [DAY, date(2027, 1, 1)]
    for order in (days, days[::-1]):
        listed = SuppressionList(KEY)
        for day in order:
            listed.add("phone", "0612345678", since=day)
        assert [each.since for each in listed] == [DAY]


def test_what_is_refused() -> None:
    """Short keys, other attributes, unreadable values and other texts."""
    with pytest.raises(ConfigurationError, match="16 bytes or more, got 3"):
        SuppressionList(b"abc")
    listed = SuppressionList(KEY)
    with pytest.raises(ConfigurationError, match="attribute 'family_name'"):
        listed.add("family_name", "Durand", since=DAY)
    with pytest.raises(InputError, match="expected text"):
        listed.add("phone", 612345678, since=DAY)  # type: ignore[arg-type]  # what is refused
    assert not listed.add("email", "nobody", since=DAY)
    for text in ("", "[]", '{"format": "custid suppression list", "version": 2, "entries": []}'):
        with pytest.raises(ModelFormatError, match="suppression list"):
            SuppressionList.from_json(text, KEY)
