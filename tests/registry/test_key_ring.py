"""Keys of backups (requirement 63)."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from custid.errors import StoreError, StoreFormatError
from custid.registry.key_ring import KeyRing


def test_what_is_sealed_is_read_with_the_ring_alone(tmp_path: Path) -> None:
    """A saved ring reads it; one that never had the key does not."""
    ring = KeyRing(tmp_path / "keys")
    sealed = ring.seal(7, "Zoé \ud800")
    ring.save()
    assert KeyRing(tmp_path / "keys").unseal(sealed) == "Zoé \ud800"
    assert KeyRing(tmp_path / "other").unseal(sealed) is None
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_destroyed_does_not_come_back(tmp_path: Path) -> None:
    """A new key of the same number does not read what the old one sealed; no file holds the old one."""
    ring = KeyRing(tmp_path / "keys")
    sealed = ring.seal(7, "a")
    ring.seal(8, "b")
    ring.save()
    held = (tmp_path / "keys").read_text(encoding="ascii")
    assert (ring.shred([7, 9]), ring.shred([7])) == (1, 0)
    ring.seal(7, "again")
    ring.save()
    assert KeyRing(tmp_path / "keys").unseal(sealed) is None
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
    assert sealed.name in held
    assert sealed.name not in (tmp_path / "keys").read_text(encoding="ascii")


def test_a_key_is_destroyed_from_wherever_the_process_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A ring that was named from where the process worked once is the same file afterwards."""
    monkeypatch.chdir(tmp_path)
    ring = KeyRing("keys")
    sealed = ring.seal(7, "a")
    ring.save()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert ring.shred([7]) == 1
    assert KeyRing(tmp_path / "keys").unseal(sealed) is None


def test_a_key_that_another_process_has_destroyed_does_not_come_back(tmp_path: Path) -> None:
    """A backup that began before an erasure saves its new keys, and not what was destroyed meanwhile."""
    ring = KeyRing(tmp_path / "keys")
    sealed = ring.seal(7, "a")
    ring.save()
    eraser = KeyRing(tmp_path / "keys")
    ring.seal(8, "b")
    assert eraser.shred([7]) == 1
    ring.save()
    assert KeyRing(tmp_path / "keys").unseal(sealed) is ring.unseal(sealed) is None
    assert 8 in KeyRing(tmp_path / "keys")


def test_a_key_that_another_process_has_made_is_destroyed(tmp_path: Path) -> None:
    """An erasure destroys the key of a backup that was made since the ring was read."""
    eraser, ring = KeyRing(tmp_path / "keys"), KeyRing(tmp_path / "keys")
    sealed = ring.seal(7, "a")
    ring.save()
    assert (eraser.shred([7]), eraser.shred([7])) == (1, 0)
    assert KeyRing(tmp_path / "keys").unseal(sealed) is None


def test_two_that_make_keys_keep_those_of_both(tmp_path: Path) -> None:
    """Unless they are of one record: the second one is told to seal again, and does so by the key of the first."""
    one, other = KeyRing(tmp_path / "keys"), KeyRing(tmp_path / "keys")
    sealed = [one.seal(7, "a"), other.seal(8, "b")]
    one.save()
    other.save()
    assert [KeyRing(tmp_path / "keys").unseal(each) for each in sealed] == ["a", "b"]
    sealed = [one.seal(9, "c")]
    other.seal(9, "d")
    one.save()
    with pytest.raises(StoreError, match=r"got some\. Hint: Make the backup again"):
        other.save()
    sealed.append(other.seal(9, "d"))
    other.save()
    assert [KeyRing(tmp_path / "keys").unseal(each) for each in sealed] == ["c", "d"]


def test_what_was_altered_is_refused(tmp_path: Path) -> None:
    """The text, or the number that it was sealed for."""
    ring = KeyRing(tmp_path / "keys")
    sealed, other = ring.seal(7, "a"), ring.seal(7, "b")
    with pytest.raises(StoreFormatError, match="backup"):
        ring.unseal(evolve(sealed, text=sealed.text[:-8] + other.text[-8:]))
    with pytest.raises(StoreFormatError, match="backup"):
        ring.unseal(evolve(sealed, text="%"))


@pytest.mark.parametrize("text", ["", "{}", '{"format": "custid key ring", "version": 2, "keys": {}}', "[1]"])
def test_another_file_is_no_ring(tmp_path: Path, text: str) -> None:
    """A file that is empty, of another kind or of a later version is refused."""
    (tmp_path / "keys").write_text(text, encoding="ascii")
    with pytest.raises(StoreFormatError, match="key ring"):
        KeyRing(tmp_path / "keys")


def test_a_ring_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """The error names no path."""
    ring = KeyRing(tmp_path / "absent" / "keys")
    ring.seal(1, "a")
    with pytest.raises(StoreError, match="key ring: cannot be written"):
        ring.save()


@pytest.mark.parametrize("digest", ['"digesu"', '"digest": null, "other"'])
def test_a_ring_whose_digest_is_damaged_is_refused(tmp_path: Path, digest: str) -> None:
    """It is not taken for one of the first release, which has none: the name of a key may be damaged, too."""
    ring = KeyRing(tmp_path / "keys")
    sealed = ring.seal(7, "a")
    ring.save()
    text = (tmp_path / "keys").read_text(encoding="ascii")
    damaged = text.replace('"digest"', digest).replace(sealed.name, "0" * len(sealed.name))
    (tmp_path / "keys").write_text(damaged, encoding="ascii")
    with pytest.raises(StoreFormatError, match="as they were written"):
        KeyRing(tmp_path / "keys")


@pytest.mark.parametrize("again", ["7", "07", "\\u0037"])
def test_a_ring_in_which_a_number_stands_twice_is_refused(tmp_path: Path, again: str) -> None:
    """Of two keys of one record one would be lost without a word, even from a ring of the first release."""
    key = '["k", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]'
    text = f'{{"format": "custid key ring", "version": 1, "keys": {{"7": {key}, "%s": {key}}}}}'
    (tmp_path / "keys").write_text(text % "8", encoding="ascii")
    KeyRing(tmp_path / "keys")
    (tmp_path / "keys").write_text(text % again, encoding="ascii")
    with pytest.raises(StoreFormatError, match="key ring"):
        KeyRing(tmp_path / "keys")
