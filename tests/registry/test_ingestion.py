"""A registry that matches by itself holds the partition of one batch, whatever came before (requirement 35)."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import custid
from custid.errors import (
    ConfigurationError,
    DuplicateRecordKeyError,
    PartitionError,
    SchemaError,
    VerdictError,
)
from custid.index.candidate_index import CandidateIndex
from custid.registry import MemoryStore, Moved, RecordKey, Registry, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.events import EventKind
from tests.registry.matched import SOURCE, batch, feed, model, rows

Said = dict[str, dict[str, Any]]
Steps = list[tuple[dict[int, int], list[int], bool]]


def _row(place: int, said: int) -> dict[str, Any]:
    """Return a record that says what another one says."""
    found = rows("persons")
    return dict(found[said % len(found)]) | {"record_id": found[place % len(found)]["record_id"]}


def _held(registry: Registry, keys: Iterable[str], source: str = SOURCE) -> set[frozenset[str]]:
    members = defaultdict(set)
    for key in keys:
        members[registry.id_of((source, key))].add(key)
    return set(map(frozenset, members.values()))


def _expected(registry: Registry, live: Said) -> set[frozenset[str]]:
    trained = registry.model
    assert trained is not None
    return batch(live.values(), trained, registry.schema(SOURCE))


@st.composite
def _histories(draw: st.DrawFn) -> Steps:
    """Steps: which record says what from now on, which ones are withdrawn, and whether the registry is opened anew."""
    places = st.integers(0, len(rows("persons")) - 1)
    many = st.lists(places, min_size=10, max_size=60).map(lambda chosen: {place: place for place in chosen})
    updates = st.dictionaries(places, places, max_size=4)
    step = st.tuples(st.one_of(many, updates), st.lists(places, max_size=10), st.booleans())
    return draw(st.lists(step, min_size=1, max_size=5))


def _follow(registry: Registry, steps: Steps, address: str | Path | None) -> tuple[Registry, Said]:
    """Play a history, and look after each step whether the registry is what a batch makes of it."""
    live: Said = {}
    for updated, leaving, is_reopened in steps:
        if is_reopened:
            registry = _reopened(registry, address)
        given = [_row(place, said) for place, said in updated.items()]
        if given:
            registry.ingest(given, source=SOURCE, schema=feed("persons").schema)
        live |= {row["record_id"]: row for row in given}
        gone = {_row(place, place)["record_id"] for place in leaving}
        registry.withdraw([(SOURCE, key) for key in gone])
        live = {key: row for key, row in live.items() if key not in gone}
        assert _held(registry, live) == _expected(registry, live)
    return registry, live


def _reopened(registry: Registry, address: str | Path | None) -> Registry:
    if address is None:
        return Registry(registry.store)
    registry.close()
    return open_registry(address)


@given(_histories())
@settings(max_examples=5)
def test_the_partition_is_that_of_one_batch_in_memory(steps: Steps) -> None:
    """After every step of a random history; a second object on the same store finds the same."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    registry, live = _follow(registry, steps, None)
    assert not check_store(registry.store)
    assert _held(Registry(registry.store), live) == _expected(registry, live)


@given(_histories())
@settings(max_examples=4)
def test_the_partition_is_that_of_one_batch_in_a_file(steps: Steps) -> None:
    """The same with SQLite, closed and opened in between."""
    with TemporaryDirectory() as directory:
        address = Path(directory) / "registry.db"
        registry = open_registry(address)
        registry.use(model("persons", 12))
        registry, _ = _follow(registry, steps, address)
        registry.close()


def test_the_partition_is_that_of_one_batch_in_a_server(new_database: Callable[[], str]) -> None:
    """The same with PostgreSQL, closed and opened in between."""
    address = new_database()
    registry = open_registry(address)
    registry.use(model("persons", 12))
    steps: Steps = [({place: place for place in range(60)}, [], False), ({3: 70, 90: 90}, [5, 6, 7], True)]
    registry, _ = _follow(registry, steps, address)
    registry.close()


@given(st.permutations(range(40)), st.integers(1, 20))
@settings(max_examples=4)
def test_order_and_batches_do_not_matter(order: list[int], size: int) -> None:
    """All at once, or in any order and any batches: the same customers."""
    whole, parts = Registry(MemoryStore()), Registry(MemoryStore())
    for registry in (whole, parts):
        registry.use(model("persons", 12))
    given = [_row(place, place) for place in range(40)]
    whole.ingest(given, source=SOURCE, schema=feed("persons").schema)
    for start in range(0, len(order), size):
        chosen = [given[place] for place in order[start : start + size]]
        parts.ingest(chosen, source=SOURCE, schema=feed("persons").schema)
    keys = [row["record_id"] for row in given]
    assert _held(whole, keys) == _held(parts, keys)


@pytest.fixture
def registry() -> Registry:
    """Return a registry of the records of persons."""
    found = Registry(MemoryStore())
    found.use(model("persons", 12))
    found.ingest(list(rows("persons")), source=SOURCE, schema=feed("persons").schema)
    return found


def _live() -> Said:
    return {row["record_id"]: dict(row) for row in rows("persons")}


def _twins(registry: Registry) -> list[tuple[str, str]]:
    """Return the records of a customer of just two."""
    groups = _held(registry, _live())
    return sorted((SOURCE, key) for key in min(sorted(each) for each in groups if len(each) == 2))


def _singles(registry: Registry) -> list[tuple[str, str]]:
    return sorted((SOURCE, key) for group in _held(registry, _live()) if len(group) == 1 for key in group)


def test_joint_holders_come_and_go() -> None:
    """Whether a record names several persons tells what others may be, whenever it comes, changes or goes."""
    registry, live = Registry(MemoryStore()), {row["record_id"]: dict(row) for row in rows("persons")[:50]}
    registry.use(model("persons", 40))
    registry.ingest(list(live.values()), source=SOURCE, schema=feed("persons").schema)
    one = next(row for row in live.values() if row["given_name"] and row["family_name"] and row["email"])
    couple = one | {"record_id": "couple", "given_name": None, "family_name": f"M. et Mme {one['family_name']}"}
    joint = one | {"record_id": "joint", "given_name": f"{one['given_name']} et Marie"}
    partitions = []
    for said in (couple, joint, couple | {"family_name": one["family_name"]}, joint | {"given_name": "Marie"}):
        registry.ingest([said], source=SOURCE)
        live[said["record_id"]] = said
        partitions.append(_held(registry, live))
        assert partitions[-1] == _expected(registry, live)
    registry.ingest([joint], source=SOURCE)
    registry.withdraw([(SOURCE, "joint")])
    del live["joint"]
    assert _held(registry, live) == _expected(registry, live)
    assert len(set(map(frozenset, partitions))) > 1


def test_the_same_rows_again_change_nothing(registry: Registry) -> None:
    """No change is recorded, and the same request gives the same change."""
    assert registry.ingest(list(rows("persons")), source=SOURCE).change is None
    one = registry.ingest([_row(0, 1)], source=SOURCE, request="once")
    assert one is not None
    assert registry.ingest([_row(0, 2)], source=SOURCE, request="once") == one


def test_identifiers_change_by_merges_and_splits_alone(registry: Registry) -> None:
    """A record keeps its identifier as long as its customer's records keep together."""
    random, live = Random(5), _live()  # noqa: S311 - a history, no secret
    for _ in range(12):
        before = {key: registry.id_of((SOURCE, key)) for key in live}
        groups = {registry.id_of((SOURCE, key)): set[str]() for key in live}
        for key, held in before.items():
            groups[held].add(key)
        given = [_row(random.randrange(len(rows("persons"))), random.randrange(len(rows("persons")))) for _ in range(2)]
        given = list({row["record_id"]: row for row in given}.values())
        registry.ingest(given, source=SOURCE)
        after = {key: registry.id_of((SOURCE, key)) for key in live}
        now = defaultdict(set)
        for key, held in after.items():
            now[held].add(key)
        for held, members in groups.items():
            if any(members == each for each in now.values()):
                assert now[held] == members


def test_a_single_row_finds_its_customer() -> None:
    """Rows come one by one as well as all at once."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    for row in rows("persons")[:25]:
        registry.ingest([dict(row)], source=SOURCE, schema=feed("persons").schema)
    live = {row["record_id"]: dict(row) for row in rows("persons")[:25]}
    assert _held(registry, live) == _expected(registry, live)


def test_a_snapshot_withdraws_what_it_lacks(registry: Registry) -> None:
    """Records of the source that are not in it are gone, and nobody else's."""
    registry.ingest([_row(0, 0)], source="other", schema=feed("persons").schema)
    kept = [dict(row) for row in rows("persons")[10:]]
    registry.ingest(kept, source=SOURCE, is_snapshot=True)
    with registry.store.reading() as transaction:
        assert len(transaction.naming().records) == len(kept) + 1


def test_a_truncated_snapshot_is_refused(registry: Registry) -> None:
    """More than a fifth missing is an accident, unless it is said to be none."""
    few = [dict(row) for row in rows("persons")[:30]]
    with pytest.raises(PartitionError, match="missing"):
        registry.ingest(few, source=SOURCE, is_snapshot=True)
    registry.ingest(few, source=SOURCE, is_snapshot=True, largest_withdrawn_share=1.0)
    live = {row["record_id"]: row for row in few}
    assert _held(registry, live) == _expected(registry, live)


def test_a_forbidden_merge_does_not_come_back(registry: Registry) -> None:
    """Records set apart stay apart when all rows come again, and when the registry is opened anew."""
    one, other = _twins(registry)
    change = registry.split(registry.id_of(one), [[one], [other]], reason="seen both")
    registry.ingest([_row(0, 3)], source=SOURCE)
    again = Registry(registry.store)
    again.ingest(list(rows("persons")), source=SOURCE)
    assert again.id_of(one) != again.id_of(other)
    again.undo(change.number)
    assert again.id_of(one) == again.id_of(other)
    assert _held(again, _live()) == _expected(again, _live())


def test_a_merge_of_a_person_holds(registry: Registry) -> None:
    """Records said to be one stay together whatever the model says, until that is undone."""
    one, other = _singles(registry)[:2]
    change = registry.merge(one, other, reason="same passport")
    registry.ingest([_row(5, 9), _row(7, 7)], source=SOURCE)
    assert registry.id_of(one) == registry.id_of(other)
    registry.ingest([_row(5, 5)], source=SOURCE)
    registry.undo(change.number)
    assert _held(registry, _live()) == _expected(registry, _live())


def test_verdicts_hold_for_records_that_never_were_one(registry: Registry) -> None:
    """Two customers declared different stay so although one of them comes to say what the other says."""
    one, other = _singles(registry)[:2]
    registry.forbid(one, other, reason="father and son")
    places = {row["record_id"]: place for place, row in enumerate(rows("persons"))}
    registry.ingest([_row(places[one[1]], places[other[1]])], source=SOURCE)
    assert registry.id_of(one) != registry.id_of(other)
    assert not check_store(registry.store)


def test_the_order_of_verdicts_and_records_does_not_matter(registry: Registry) -> None:
    """Verdicts before or after other records come: the same customers."""
    late = Registry(MemoryStore())
    late.use(model("persons", 12))
    one, other = _twins(registry)
    first, second = _singles(registry)[:2]
    named = {one[1], other[1], first[1], second[1]}
    late.ingest([row for row in map(dict, rows("persons")) if row["record_id"] in named], source=SOURCE,
                schema=feed("persons").schema)  # fmt: skip
    for each in (registry, late):
        if each.id_of(one) == each.id_of(other):
            each.split(each.id_of(one), [[one], [other]], reason="no")
        else:
            each.forbid(one, other, reason="no")
        each.merge(first, second, reason="yes")
    late.ingest(list(rows("persons")), source=SOURCE)
    assert _held(late, _live()) == _held(registry, _live())


@pytest.mark.parametrize("seed", range(3))
def test_with_verdicts_the_partition_is_that_of_a_fresh_start(seed: int) -> None:
    """Whatever was decided and revoked between arrivals, matching all records anew changes nothing."""
    random, registry = Random(seed), Registry(MemoryStore())  # noqa: S311 - a history, no secret
    registry.use(model("persons", 12))
    found = rows("persons")
    keys = [(SOURCE, row["record_id"]) for row in found]
    registry.ingest(list(found[:90]), source=SOURCE, schema=feed("persons").schema)
    made: list[int] = []
    for _ in range(25):
        try:
            made.extend(_decide(registry, random, keys[:90], made))
        except VerdictError:
            continue
        given = {place: _row(place, random.randrange(90)) for place in random.sample(range(90), 2)}
        registry.ingest(list(given.values()), source=SOURCE)
    assert made
    assert Registry(registry.store).use(model("persons", 12)) is None
    assert not check_store(registry.store)


def _decide(registry: Registry, random: Random, keys: list[tuple[str, str]], made: list[int]) -> list[int]:
    """Merge, forbid, split or undo something; return the number of what can be undone."""
    one, other = random.sample(keys, 2)
    members = list(registry.customer(registry.id_of(one)).records)
    choice = random.randrange(4)
    if choice == 0 and made:
        registry.undo(made.pop(random.randrange(len(made))))
        return []
    if len(members) > 1 and choice < 3:
        change = registry.split(registry.id_of(one), [[members[0]]], reason="drawn")
    elif choice == 1:
        change = registry.forbid(registry.id_of(one), registry.id_of(other), reason="drawn")
    elif registry.id_of(one) == registry.id_of(other):
        return []
    else:
        change = registry.merge(registry.id_of(one), registry.id_of(other), reason="drawn")
    return [change.number]


def test_two_objects_on_one_store_see_each_other() -> None:
    """Each catches up with what the other has written before it writes itself."""
    with TemporaryDirectory() as directory:
        stores = [open_store(Path(directory) / "registry.db") for _ in range(2)]
        pair = [Registry(store) for store in stores]
        pair[0].use(model("persons", 12))
        live: Said = {}
        for step in range(8):
            given = [_row(place, place) for place in range(step * 8, step * 8 + 8)]
            pair[step % 2].ingest(given, source=SOURCE, schema=feed("persons").schema)
            live |= {row["record_id"]: row for row in given}
        pair[0].withdraw([(SOURCE, key) for key in list(live)[:9]])
        live = dict(list(live.items())[9:])
        pair[1].ingest([_row(30, 31)], source=SOURCE)
        live[_row(30, 31)["record_id"]] = _row(30, 31)
        for each in pair:
            assert _held(each, live) == _expected(each, live)
            each.close()


def test_an_interrupted_look_at_what_others_wrote_leaves_nothing() -> None:
    """Ctrl-C while a registry catches up: the next request starts from the store, not from work half done."""
    store = MemoryStore()
    pair = [Registry(store) for _ in range(2)]
    pair[0].use(model("persons", 12))
    pair[0].ingest([_row(place, place) for place in range(60)], source=SOURCE, schema=feed("persons").schema)
    pair[1].ingest([_row(60, 60)], source=SOURCE)
    pair[0].ingest([_row(place, place) for place in range(61, 66)], source=SOURCE)

    def interrupt(frame: FrameType, _event: str, _argument: object) -> None:
        if frame.f_code is CandidateIndex.changes_by.__code__:
            raise KeyboardInterrupt

    sys.setprofile(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            pair[1].ingest([_row(66, 66)], source=SOURCE)
    finally:
        sys.setprofile(None)
    n_rows = len(rows("persons"))
    for place in range(66, n_rows):
        pair[1].ingest([_row(place, place)], source=SOURCE)
    live = {row["record_id"]: row for row in (_row(place, place) for place in range(n_rows))}
    assert _held(pair[1], live) == _expected(pair[1], live)


def test_a_request_that_fails_leaves_nothing(registry: Registry) -> None:
    """After a refusal the next request finds the registry as it was."""
    one, other = _twins(registry)
    with pytest.raises(VerdictError):
        registry.forbid(one, other, reason="they are one customer")
    with pytest.raises(DuplicateRecordKeyError):
        registry.ingest([_row(0, 1), _row(0, 2)], source=SOURCE)
    assert registry.ingest(list(rows("persons")), source=SOURCE).change is None


def test_another_model_is_another_partition(registry: Registry) -> None:
    """All records are matched anew, and identifiers live on."""
    ids = {registry.id_of((SOURCE, key)) for key in _live()}
    held = model("persons", 12)
    strict = evolve(held, prior_match_probability=1e-9, classes=held.alternatives)
    change = registry.use(strict, largest_churn=1.0)
    assert change is not None
    assert EventKind.MINTED in {event.kind for event in change.events}
    assert _held(registry, _live()) == batch(_live().values(), strict, registry.schema(SOURCE))
    registry.use(model("persons", 12), largest_churn=1.0)
    assert _held(registry, _live()) == _expected(registry, _live())
    assert all(isinstance(registry.resolve(each), Moved) or registry.customer(each).id == each for each in ids)


def test_records_that_were_there_before_are_matched() -> None:
    """Records with contents, from another partition, are matched when a model is used first."""
    registry = Registry(MemoryStore())
    contents = {(SOURCE, row["record_id"]): {k: v for k, v in row.items() if v} for row in rows("persons")}
    registry.apply([[key] for key in contents], contents=contents)
    registry.use(model("persons", 12))
    assert _held(registry, _live()) == _expected(registry, _live())


def test_partitions_from_elsewhere_are_refused(registry: Registry) -> None:
    """Who matches cannot be told at the same time."""
    with pytest.raises(ConfigurationError, match="matches by itself"):
        registry.apply([[("crm", "1")]])
    with pytest.raises(ConfigurationError, match="matches by itself"):
        registry.apply_all([[("crm", "1")]], largest_withdrawn_share=1.0)


def test_training_gives_the_model_of_the_batch() -> None:
    """`Registry.train` learns what `custid.train` learns, and uses it."""
    registry = Registry(MemoryStore())
    sample = list(rows("persons"))
    trained = registry.train(sample)
    assert trained.to_json() == custid.train(sample).to_json()
    kept = registry.model
    assert kept is not None
    assert kept.to_json() == trained.to_json()


def test_what_columns_mean_is_kept(registry: Registry) -> None:
    """A later schema may not contradict the first; columns that come later are no evidence."""
    with pytest.raises(ConfigurationError, match="city"):
        registry.ingest([_row(0, 0)], source=SOURCE, schema=custid.Schema(columns={"city": "street"}))
    registry.ingest([_row(0, 0) | {"courriel": "someone@site.example"}], source=SOURCE)
    live = _live()
    assert _held(registry, live) == _expected(registry, live)
    key = RecordKey(SOURCE, _row(0, 0)["record_id"])
    assert registry.customer(registry.id_of(key)).contents[key]["courriel"] == "someone@site.example"


def test_rows_without_keys_are_refused() -> None:
    """Without a key nobody could tell a change from an arrival."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    with pytest.raises(SchemaError, match="key of each record"):
        registry.ingest([{"given_name": "Ann", "family_name": "Lee"}], source="crm")
    registry.ingest([{"id": "1", "city": "Leeds"}], source="crm", schema=feed_schema())
    told = registry.ingest([{"id": "2", "city": "Leeds"}, {"id": None, "city": "York"}], source="crm")
    assert (told.n_new, [(each.line_number, each.reason) for each in told.refused]) == (1, [(2, "no_record_key")])
    with pytest.raises(DuplicateRecordKeyError, match="repeat"):
        registry.ingest([{"id": "1", "city": "Leeds"}, {"id": "1", "city": "York"}], source="crm")


def feed_schema() -> custid.Schema:
    """Return a schema that names the key."""
    return custid.Schema(record_key="id")


def test_unreadable_rows_are_refused_by_themselves(tmp_path: Path) -> None:
    """One line too long: the others go in, and the report tells which."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    path = tmp_path / "crm.csv"
    path.write_text("id,city\n1,Leeds\n2,York,too,many\n3,Hull\n", encoding="utf-8")
    told = registry.ingest(path, source="crm", schema=feed_schema())
    assert (told.n_new, told.n_unchanged) == (2, 0)
    assert [(each.line_number, each.reason) for each in told.refused] == [(3, "too_many_fields")]
    assert "line 3" in str(told)
    again = registry.ingest(path, source="crm")
    assert (again.change, again.n_new, again.n_unchanged, len(again.refused)) == (None, 0, 2, 1)


def test_a_snapshot_with_an_unreadable_row_is_refused(tmp_path: Path) -> None:
    """It would withdraw the record of that row."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    path = tmp_path / "crm.csv"
    path.write_text("id,city\n1,Leeds\n2,York\n", encoding="utf-8")
    registry.ingest(path, source="crm", schema=feed_schema(), is_snapshot=True)
    path.write_text("id,city\n1,Leeds\n2,York,too,many\n", encoding="utf-8")
    with pytest.raises(PartitionError, match="line 3"):
        registry.ingest(path, source="crm", is_snapshot=True)
    assert registry.id_of(("crm", "2"))


def test_a_served_request_tells_the_same(tmp_path: Path) -> None:
    """The same request again: the same change and the same report, and nothing is written."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    path = tmp_path / "crm.csv"
    path.write_text("id,city\n1,Leeds\n,York\n", encoding="utf-8")
    told = registry.ingest(path, source="crm", schema=feed_schema(), request="once")
    assert registry.ingest(path, source="crm", request="once") == told
    assert len(list(registry.changes())) == 1


def test_without_a_model_nothing_is_ingested() -> None:
    """The hint tells what to call first."""
    with pytest.raises(ConfigurationError, match="match model"):
        Registry(MemoryStore()).ingest([_row(0, 0)], source=SOURCE)


def test_a_model_of_an_older_release_is_refused() -> None:
    """Nothing a batch would have to decide may be left open."""
    with pytest.raises(ConfigurationError, match="cap of blocks"):
        Registry(MemoryStore()).use(evolve(model("persons", 12), attributes=None))


def test_a_source_not_heard_of_has_no_schema() -> None:
    """Nor has a registry without a model one."""
    registry = Registry(MemoryStore())
    assert registry.schema("crm") is None
    assert registry.model is None


def test_registered_numbers_keep_customers_apart_whatever_the_model_knows() -> None:
    """Two valid SIREN are two customers, also where the match model was trained without any, and all else is equal."""
    found = [dict(row) for row in rows("organizations")[:40]]
    bare = [{name: value for name, value in row.items() if name not in ("siren", "siret")} for row in found]
    trained = custid.train(bare)
    assert trained.attributes is not None
    assert "siren" not in trained.attributes
    numbers = sorted({row["siren"] for row in found if row["siren"]})[:3]
    alike = [found[0] | {"record_id": f"n{place}", "siren": each, "siret": None} for place, each in enumerate(numbers)]
    registry = Registry(MemoryStore())
    registry.use(trained)
    live: Said = {}
    for given_now in ([*found, alike[0]], alike[1:2], [alike[0] | {"siren": None}], alike[2:], [alike[0]]):
        registry.ingest(given_now, source="firms", schema=custid.Schema(record_key="record_id"))
        live |= {row["record_id"]: row for row in given_now}
        expected = batch(live.values(), trained, registry.schema("firms"))
        assert _held(registry, live, "firms") == expected
        assert _held(Registry(registry.store), live, "firms") == expected
    assert len({registry.id_of(("firms", row["record_id"])) for row in alike}) == len(numbers)
