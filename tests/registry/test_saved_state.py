"""A registry goes on from its saved state as from its store, and trusts nothing that it finds there."""

from __future__ import annotations

import errno
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread

import pytest
from attrs import evolve

import custid.registry.saved_state
from custid._whole_files import whole_file
from custid.engines.options import ResolveOptions
from custid.errors import StoreError
from custid.registry import MemoryStore, Registry, open_registry, purge_state
from custid.registry.match_options import options_to_json
from custid.registry.saved_state import SavedState
from tests.registry.matched import SOURCE, batch, model, rows

_N_FIRST = 100
_TEXTS = (model("persons", 12).to_json(), options_to_json(ResolveOptions()))


def _keys(chosen: Iterable[int]) -> list[str]:
    return [rows("persons")[place]["record_id"] for place in chosen]


def _ingest(registry: Registry, chosen: Iterable[int]) -> None:
    registry.ingest([dict(rows("persons")[place]) for place in chosen], source=SOURCE)


def _partition(registry: Registry, keys: Iterable[str]) -> set[frozenset[str]]:
    members = defaultdict(set)
    for key in keys:
        members[registry.id_of((SOURCE, key))].add(key)
    return set(map(frozenset, members.values()))


def _expected(registry: Registry, chosen: Iterable[int]) -> set[frozenset[str]]:
    trained = registry.model
    assert trained is not None
    return batch([rows("persons")[place] for place in chosen], trained, registry.schema(SOURCE))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A registry of the first records, closed."""
    made = tmp_path / "registry.db"
    with open_registry(made) as registry:
        registry.use(model("persons", 12))
        _ingest(registry, range(_N_FIRST))
    return made


def _state(path: Path) -> SavedState:
    return SavedState(path.with_name(path.name + ".state"))


def _goes_on(path: Path) -> None:
    """Assert that what comes next is matched as one batch matches all."""
    with open_registry(path) as registry:
        for chosen in (range(_N_FIRST, _N_FIRST + 3), range(_N_FIRST + 3, len(rows("persons")))):
            _ingest(registry, chosen)
            live = range(chosen.stop)
            assert _partition(registry, _keys(live)) == _expected(registry, live)


def test_a_registry_goes_on_from_its_state(path: Path) -> None:
    """What was saved at closing holds all records, and few or many more are matched as in one batch."""
    found = _state(path).load(model("persons", 12), ResolveOptions(), _TEXTS)
    assert found is not None
    assert len(found[0].records) == _N_FIRST
    _goes_on(path)


def test_customers_are_saved_with_their_records(path: Path) -> None:
    """Who opens a registry need not ask the store whose its records are."""
    found = _state(path).load(model("persons", 12), ResolveOptions(), _TEXTS)
    assert found is not None
    matcher, customers, _ = found
    assert customers is not None
    numbers = matcher.units.live_numbers().tolist()
    told = {matcher.units.key_of(each): customers.id_of(customers.place_of(each)) for each in numbers}
    with open_registry(path) as registry:
        assert told == {key: registry.id_of(key) for key in told}
    assert sum(len(customers.members_of(place)) for place in {*map(customers.place_of, numbers)}) == _N_FIRST


def test_saved_customers_have_no_records_that_were_withdrawn(path: Path) -> None:
    """Who was asked for, lost a record and was saved, has the records that are left."""
    keys = _keys(range(_N_FIRST))
    with open_registry(path) as registry:
        gone = next(each for each in keys if len(registry.customer(registry.id_of((SOURCE, each))).records) > 1)
        registry.identify(dict(rows("persons")[0]), source=SOURCE)
        registry.withdraw([(SOURCE, gone)])
    found = _state(path).load(model("persons", 12), ResolveOptions(), _TEXTS)
    assert found is not None
    matcher, customers, _ = found
    assert customers is not None
    places = {*map(customers.place_of, matcher.units.live_numbers().tolist())}
    held = [number for place in places for number in customers.members_of(place)]
    assert sorted(held) == matcher.units.live_numbers().tolist()


def test_what_is_recognized_does_not_depend_on_the_state(path: Path) -> None:
    """From the state saved before others wrote, and from the store alone: the same answers."""
    asked = [dict(rows("persons")[place]) for place in range(_N_FIRST + 4)]
    with open_registry(path, state=None) as registry:
        _ingest(registry, range(_N_FIRST, _N_FIRST + 3))
        registry.withdraw([(SOURCE, asked[0]["record_id"])])
        expected = [registry.identify(each, source=SOURCE).to_dict() for each in asked]
    with open_registry(path) as registry:
        assert [registry.identify(each, source=SOURCE).to_dict() for each in asked] == expected


def test_the_state_is_for_the_eyes_of_its_owner(path: Path) -> None:
    """It holds values of records, and so nobody else may read or list its files."""
    directory = _state(path).directory
    assert directory.stat().st_mode & 0o077 == 0
    assert [each.stat().st_mode & 0o077 for each in directory.iterdir()] == [0, 0, 0]


def test_saving_replaces_what_was_saved(path: Path) -> None:
    """Files of former savings are gone, and saving what has not changed writes nothing."""
    before = {each.name for each in _state(path).directory.iterdir()}
    with open_registry(path) as registry:
        _ingest(registry, [_N_FIRST])
        registry.save_state()
        saved = {each.name for each in _state(path).directory.iterdir()}
        registry.save_state()
        assert {each.name for each in _state(path).directory.iterdir()} == saved
    assert len(saved) == 3
    assert saved & before == {"units"}


@pytest.mark.parametrize("part", ["index", "units", "weights"])
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "empty"])
def test_a_damaged_state_is_made_anew(path: Path, part: str, damage: str) -> None:
    """Whatever is wrong with a file, the registry opens, and is as without."""
    (file,) = _state(path).directory.glob(f"{part}*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    content[20] ^= 1
    file.write_bytes({"cut": content[:-9], "flipped": content}.get(damage, b""))
    if damage == "missing":
        file.unlink()
    assert _state(path).load(model("persons", 12), ResolveOptions(), _TEXTS) is None
    with open_registry(path) as registry:
        _ingest(registry, [_N_FIRST])
        live = range(_N_FIRST + 1)
        assert _partition(registry, _keys(live)) == _expected(registry, live)


def test_the_state_of_another_model_is_not_used(path: Path) -> None:
    """A registry that another object gave a new model is matched by that, and so it is with other options."""
    state, (texts, options) = _state(path), _TEXTS
    assert state.load(model("persons", 12), ResolveOptions(), _TEXTS) is not None
    assert state.load(model("persons", 12), ResolveOptions(), (texts + " ", options)) is None
    assert state.load(model("persons", 12), ResolveOptions(), (texts, options + " ")) is None
    with open_registry(path, state=None) as registry:
        registry.use(evolve(model("persons", 12), block_cap=4), largest_churn=1.0)
    with open_registry(path) as registry:
        _ingest(registry, [_N_FIRST])
        live = range(_N_FIRST + 1)
        assert _partition(registry, _keys(live)) == _expected(registry, live)


def test_the_state_of_another_release_is_not_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other code has worked out is worked out anew."""
    assert _state(path).load(model("persons", 12), ResolveOptions(), _TEXTS) is not None
    monkeypatch.setattr(custid.registry.saved_state, "__version__", "0.0.1")
    assert _state(path).load(model("persons", 12), ResolveOptions(), _TEXTS) is None


def test_a_state_that_is_ahead_of_a_restored_store_is_not_used(path: Path, tmp_path: Path) -> None:
    """Changes that the store does not have any more are not those that it gets instead."""
    backup = tmp_path / "backup"
    shutil.copy(path, backup)
    with open_registry(path) as registry:
        said = [dict(row) for row in rows("persons")]
        # Some records say what others will say, so that it shows if what they said is taken for what they say.
        others = [{**said[_N_FIRST + place], "record_id": said[place]["record_id"]} for place in range(10)]
        registry.ingest(others, source=SOURCE)
    shutil.copy(backup, path)
    _goes_on(path)


def test_two_that_write_in_turns_follow_each_other(path: Path, tmp_path: Path) -> None:
    """Each has a state of its own, behind by what the other one wrote."""
    for turn in range(4):
        with open_registry(path, state=tmp_path / f"state-{turn % 2}") as registry:
            _ingest(registry, [_N_FIRST + turn])
            live = range(_N_FIRST + turn + 1)
            assert _partition(registry, _keys(live)) == _expected(registry, live)


def test_a_registry_in_memory_saves_nothing_unasked(tmp_path: Path) -> None:
    """Saving without a directory, or without a model, does nothing."""
    with open_registry("memory") as registry:
        registry.save_state()
        registry.purge_state()
    with open_registry(tmp_path / "registry.db") as registry:
        registry.apply([[("crm", "1")]])
    assert not _state(tmp_path / "registry.db").directory.exists()


@pytest.mark.parametrize(
    "purge", [purge_state, lambda directory: SavedState(directory).purge()], ids=["function", "method"]
)
def test_purging_leaves_nothing(path: Path, purge: Callable[[Path], None]) -> None:
    """The directory goes with its files, one that a kill left half written too, and purging again is no error."""
    directory = _state(path).directory
    with whole_file(directory / "units") as written:
        written.write_bytes(b"whole")
    written.write_bytes(b"half")
    purge(directory)
    purge(directory)
    assert not directory.exists()
    _goes_on(path)


@pytest.mark.parametrize("is_link", [True, False])
def test_a_directory_that_cannot_be_deleted_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, is_link: bool
) -> None:
    """An erasure empties a state that is a link or a volume of its own, and the registry is opened again."""
    directory = _state(path).directory
    if is_link:
        directory.rename(path.with_name("elsewhere"))
        directory.symlink_to(path.with_name("elsewhere"))
    else:

        def refuse(_directory: Path) -> None:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

        monkeypatch.setattr(Path, "rmdir", refuse)
    with open_registry(path) as registry:
        assert registry.erase(records=[(SOURCE, _keys([0])[0])], reason="article 17").is_complete
        assert list(directory.iterdir()) == []
    assert directory.is_symlink() is is_link
    with open_registry(path) as registry:
        _ingest(registry, [0])
    assert len(list(directory.iterdir())) == 3


def test_a_registry_purges_what_it_saved(path: Path) -> None:
    """Nothing is left, and what comes next is matched, and saved again."""
    with open_registry(path) as registry:
        _ingest(registry, [_N_FIRST])
        registry.purge_state()
    assert not _state(path).directory.exists()
    _goes_on(path)
    assert _state(path).directory.exists()


def test_after_purging_no_file_holds_a_value_of_a_record_that_left(path: Path) -> None:
    """What the registry holds in memory is not saved with it when it is closed."""
    with open_registry(path) as registry:
        registry.ingest([rows("persons")[0] | {"record_id": "z", "family_name": "Quillfeather"}], source=SOURCE)
    assert b"quillfeather" in _bytes(_state(path).directory)
    with open_registry(path) as registry:
        registry.withdraw([(SOURCE, "z")])
        registry.purge_state()
        _ingest(registry, [_N_FIRST])
    assert b"quillfeather" not in _bytes(_state(path).directory)


def _bytes(directory: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(directory.iterdir())).lower()


def test_a_registry_goes_on_after_a_saving_that_failed(tmp_path: Path) -> None:
    """Records come in although the error, and all that it refers to, is still held."""
    directory = tmp_path / "state"
    with Registry(MemoryStore(), state=directory) as registry:
        registry.use(model("persons", 12))
        _ingest(registry, range(_N_FIRST))
        (directory / "units").mkdir(parents=True)
        with pytest.raises(StoreError, match="cannot be written") as held:
            registry.save_state()
        _ingest(registry, range(_N_FIRST, _N_FIRST + 3))
        assert held.value is not None
        live = range(_N_FIRST + 3)
        assert _partition(registry, _keys(live)) == _expected(registry, live)
        (directory / "units").rmdir()


def test_who_saves_waits_for_who_asks(tmp_path: Path) -> None:
    """Also where a store lets one transaction wait for another; else the two would wait for each other for ever."""
    has_asked = Event()
    # Closed only where nobody waits for ever.
    registry = Registry(MemoryStore(), state=tmp_path)
    registry.use(model("persons", 12))
    _ingest(registry, range(3))
    registry.identify(dict(rows("persons")[0]), source=SOURCE)
    saver = Thread(target=registry.save_state, daemon=True)

    def ask() -> None:
        with registry._matching.looking(registry.store):  # what a question begins with
            saver.start()
            saver.join(0.2)
            with registry.store.reading():
                has_asked.set()

    Thread(target=ask, daemon=True).start()
    assert has_asked.wait(20)
    saver.join(20)
    assert not saver.is_alive()
    registry.close()


def test_files_of_others_are_left_alone(path: Path, tmp_path: Path) -> None:
    """The directory may be that of the registry itself: neither saving nor purging deletes what is not the state."""
    others = {each.name for each in tmp_path.iterdir()}
    with open_registry(path, state=tmp_path) as registry:
        _ingest(registry, [_N_FIRST])
        registry.save_state()
        _ingest(registry, [_N_FIRST + 1])
    assert len({each.name for each in tmp_path.iterdir()} - others) == 3
    purge_state(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == others
    _goes_on(path)


def test_two_that_save_at_once_do_not_hinder_each_other(path: Path) -> None:
    """What another one has begun to save is not deleted; what is left of one that was killed is, later."""
    directory = _state(path).directory
    begun = [directory / f"index-{'0' * 16}", directory / f".weights-{'0' * 16}.abc_12"]
    for file in begun:
        file.write_bytes(b"begun")
    for step, is_left in enumerate((True, False)):
        with open_registry(path) as registry:
            _ingest(registry, [_N_FIRST + step])
        assert [file.exists() for file in begun] == [is_left, is_left]
