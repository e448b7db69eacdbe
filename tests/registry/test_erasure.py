"""Erasing records leaves nothing of them, and the others as if they had never come (requirements 63 and 80)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

import custid
from custid.engines._live_state import _FILE as WEIGHTS
from custid.errors import ConfigurationError, StoreError
from custid.index._files import _FILE as INDEX
from custid.privacy import SuppressionList
from custid.privacy.traces import TraceSearch
from custid.registry import (
    Active,
    CustomerId,
    EventKind,
    Gone,
    MemoryStore,
    RecordKey,
    Registry,
    Replica,
    SequentialMinter,
    open_registry,
    open_store,
)
from custid.registry.doctor import check_store
from custid.registry.erasure import model_without
from custid.registry.exchange import export_registry, import_registry
from custid.registry.feeds import Feed
from custid.registry.rows import Row
from custid.scoring.match_model import TrainedMatchModel
from custid.testing import synthetic_customers
from tests.registry.matched import SOURCE, batch

Rows = dict[str, dict[str, Any]]
ROOT = Path(__file__).parents[2]


@cache
def people() -> Rows:
    made = synthetic_customers(300, seed=5).records.to_pylist()
    return {row["record_id"]: row for row in made}


@cache
def trained() -> TrainedMatchModel:
    return custid.train(list(people().values()))


def filled(where: str) -> Registry:
    registry = open_registry(where, minter=SequentialMinter())
    registry.use(trained())
    registry.ingest(list(people().values()), source=SOURCE)
    return registry


def chosen(registry: Registry, n_customers: int) -> tuple[list[CustomerId], set[str]]:
    """Return some customers, half of them with several records, and the keys of their records."""
    ids = sorted({registry.id_of((SOURCE, key)) for key in people()})
    Random(1).shuffle(ids)  # noqa: S311  # the same customers every time
    several = [each for each in ids if len(registry.customer(each).records) > 1][: n_customers // 2]
    single = [each for each in ids if each not in several][: n_customers - len(several)]
    victims = [*several, *single]
    return victims, {key.key for each in victims for key in registry.customer(each).records}


def partition(registry: Registry, keys: Iterable[str]) -> set[frozenset[str]]:
    members = defaultdict(set)
    for key in keys:
        members[registry.id_of((SOURCE, key))].add(key)
    return set(map(frozenset, members.values()))


def said(registry: Registry, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return all texts of rows, as they are and in canonical form, and their words."""
    from custid.intake import read

    given = [dict(row) for row in rows]
    feed = Feed.of(SOURCE, read(given).table, registry.schema(SOURCE))
    found = {str(value) for row in given for value in row.values() if value is not None}
    for row in feed.read(read(given).table).rows.values():
        found.update(value for _, values in row.values for value in values)
    return found | {word for text in found for word in text.split()}


def only_theirs(registry: Registry, erased: set[str]) -> list[str]:
    """Return the texts that stand in the records to be erased, and in no other one, not even as a part of a text."""
    mine = sorted(said(registry, (row for key, row in people().items() if key in erased)))
    others = "\n".join(said(registry, (row for key, row in people().items() if key not in erased)))
    # Two digits of a phone are hashed by themselves where they are a postcode's, too.
    return [text for text in mine if text not in others]


def test_nothing_of_the_erased_is_left_in_any_file(tmp_path: Path) -> None:
    """Files, free pages, state and a later export hold no key, value or hash that only the erased had."""
    registry = filled(str(tmp_path / "registry.db"))
    victims, erased = chosen(registry, 20)
    texts = only_theirs(registry, erased)
    assert erased <= set(texts)
    search = TraceSearch(texts)
    registry.close()
    before = search.in_files(tmp_path)
    assert {each.form for traces in before.values() for each in traces} >= {"utf-8", "hash", "hash in base64"}
    with open_registry(tmp_path / "registry.db") as opened:
        proof = opened.erase(victims, reason="article 17")
        assert (proof.n_records, proof.is_complete) == (len(erased), True)
        assert proof.n_terms > 0
        opened.ingest([next(row for key, row in people().items() if key not in erased)], source=SOURCE)
        export_registry(opened.store, tmp_path / "export.jsonl")
    assert list(tmp_path.glob("registry.db.state/*")) != []
    assert search.in_files(tmp_path) == {}


def test_the_saved_state_is_erased_from_wherever_the_process_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that goes elsewhere while a registry is open, as services do, deletes the state where it is."""
    monkeypatch.chdir(tmp_path)
    filled("registry.db").close()
    with open_registry("registry.db") as registry:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        victims, _ = chosen(registry, 2)
        assert registry.erase(victims, reason="article 17").is_complete
        assert list(tmp_path.glob("registry.db.state/*")) == []
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_saved_state_is_erased_by_who_keeps_none(tmp_path: Path) -> None:
    """A registry that is opened without a state deletes what was saved beside it before."""
    filled(str(tmp_path / "registry.db")).close()
    with open_registry(tmp_path / "registry.db", state=None) as registry:
        victims, erased = chosen(registry, 2)
        texts = only_theirs(registry, erased)
        assert registry.erase(victims, reason="article 17").is_complete
    assert TraceSearch(texts).in_files(tmp_path) == {}


def test_the_saved_state_of_a_replica_is_erased(tmp_path: Path) -> None:
    """A replica that learns of an erasure deletes what was worked out while it was asked."""
    with filled(str(tmp_path / "original.db")) as registry, closing(open_store(tmp_path / "replica.db")) as store:
        replica = Replica(store)
        replica.follow(registry.store)
        with open_registry(tmp_path / "replica.db") as asked:
            asked.identify({"email": "zoe@mail.example"})
        victims, erased = chosen(registry, 2)
        texts = only_theirs(registry, erased)
        registry.erase(victims, reason="article 17")
        assert TraceSearch(texts).in_files(tmp_path) != {}
        replica.follow(registry.store)
    assert TraceSearch(texts).in_files(tmp_path) == {}


def test_the_saved_state_is_erased_by_whatever_name_the_registry_goes(tmp_path: Path) -> None:
    """What was worked out while a registry was open by a link goes when a record is erased by its own name."""
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "customers.db").symlink_to(tmp_path / "registry.db")
    filled(str(tmp_path / "link" / "customers.db")).close()
    with open_registry(tmp_path / "registry.db") as registry:
        victims, erased = chosen(registry, 2)
        texts = only_theirs(registry, erased)
        assert registry.erase(victims, reason="article 17").is_complete
    assert TraceSearch(texts).in_files(tmp_path) == {}


def test_the_saved_state_is_that_of_a_registry_that_never_saw_the_erased(tmp_path: Path) -> None:
    """Index and values are the same to the byte but for the numbers of records, in whichever form they are hashed."""
    registry = filled(str(tmp_path / "registry.db"))
    victims, erased = chosen(registry, 20)
    registry.erase(victims, reason="article 17")
    left = [row for key, row in people().items() if key not in erased]
    model = registry.model
    assert model is not None
    with open_registry(tmp_path / "strange.db") as strange:
        strange.use(model)
        strange.ingest(left, source=SOURCE, schema=registry.schema(SOURCE))
    registry.close()
    for name, file in (("index", INDEX), ("weights", WEIGHTS)):
        mine, others = (next(tmp_path.glob(f"{each}.db.state/{name}-*")) for each in ("registry", "strange"))
        (_, found), (_, expected) = file.read(mine), file.read(others)
        differing = {each for each in found if found[each].tobytes() != expected[each].tobytes()}
        assert differing <= {"unit_slots", "unit_ids"}
        assert all(found[each].max() <= len(people()) * 2 for each in differing)


def test_the_others_are_customers_as_if_the_erased_had_never_come() -> None:
    """The partition is that of one batch over the records that are left, and nobody left was renamed."""
    registry = filled("memory")
    victims, erased = chosen(registry, 20)
    left = {key: row for key, row in people().items() if key not in erased}
    before = {key: registry.id_of((SOURCE, key)) for key in left}
    registry.erase(victims, reason="article 17")
    model = registry.model
    assert model is not None
    assert partition(registry, left) == batch(left.values(), trained(), registry.schema(SOURCE))
    assert partition(registry, left) == batch(left.values(), model, registry.schema(SOURCE))
    assert {key: registry.id_of((SOURCE, key)) for key in left} == before
    assert check_store(registry.store) == ()
    assert {registry.resolve(each) for each in victims} == {Gone(each) for each in victims}


def test_a_registry_goes_on_after_an_erasure_as_one_that_never_saw_the_erased() -> None:
    """Records that come later find the customers that they would have found."""
    registry = filled("memory")
    keys = sorted(people())
    late = set(keys[::7])
    registry.withdraw([(SOURCE, key) for key in late])
    victims = sorted({registry.id_of((SOURCE, key)) for key in keys if key not in late})[:15]
    erased = {key.key for each in victims for key in registry.customer(each).records}
    registry.erase(victims, reason="article 17")
    registry.ingest([people()[key] for key in sorted(late)], source=SOURCE)
    left = {key: row for key, row in people().items() if key not in erased}
    model = registry.model
    assert model is not None
    assert partition(registry, left) == batch(left.values(), model, registry.schema(SOURCE))


def test_a_few_are_erased_one_by_one_and_what_they_touched_alone_is_matched_again(tmp_path: Path) -> None:
    """The customers are those of a batch, also when the erased come again; what is saved has nothing of them."""
    registry = filled(str(tmp_path / "registry.db"))
    victims, erased = chosen(registry, 6)
    texts = only_theirs(registry, erased)
    one, other = (registry.id_of((SOURCE, key)) for key in sorted(people().keys() - erased)[:2])
    registry.forbid(victims[0], one, reason="not the same")
    registry.forbid(victims[1], other, reason="not the same")
    before = registry._matching.matcher
    for victim in victims:
        assert registry.erase(victim, reason="article 17").is_complete
        matcher = registry._matching.matcher  # how far it reached
        assert matcher is not None
        assert matcher is before
        assert matcher.effort.n_contracted < len(people()) // 3
    left = {key: row for key, row in people().items() if key not in erased}
    model = registry.model
    assert model is not None
    assert partition(registry, left) == batch(left.values(), model, registry.schema(SOURCE))
    registry.close()
    assert list(tmp_path.glob("registry.db.state/*")) != []
    assert TraceSearch(texts).in_files(tmp_path) == {}
    with open_registry(tmp_path / "registry.db") as again:
        # They come again, as strangers.
        again.ingest([people()[key] for key in sorted(erased)], source=SOURCE)
        assert partition(again, people()) == batch(people().values(), model, again.schema(SOURCE))


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_what_is_saved_has_nothing_of_erased_records_that_the_model_never_knew(
    tmp_path: Path,
    is_withdrawn: bool,  # noqa: FBT001
) -> None:
    """Where no table of the match model changes, what was worked out is rid of the erased all the same."""
    registry = filled(str(tmp_path / "registry.db"))
    stranger = {name: None if value is None else str(value) for name, value in people()[min(people())].items()}
    stranger |= {"record_id": "zz-1", "given_name": "Xylophine", "family_name": "Quorvattek"}
    stranger |= {"email": "xylophine@quorvattek.example"}
    registry.ingest([stranger], source=SOURCE)
    if is_withdrawn:
        registry.withdraw([(SOURCE, "zz-1")])
    proof = registry.erase(records=[(SOURCE, "zz-1")], reason="article 17")
    assert (proof.n_records, proof.n_terms) == (1, 0)
    registry.close()
    assert list(tmp_path.glob("registry.db.state/*")) != []
    texts = ["zz-1", "quorvattek", "xylophine", "xylophine@quorvattek.example"]
    assert TraceSearch(texts).in_files(tmp_path) == {}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of each kind of store."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_database")
        return make()
    return "memory" if request.param == "memory" else str(tmp_path / "registry.db")


def test_the_proof_stays_and_tells_nobody(where: str) -> None:
    """The history of the identifier tells when, why and how many records, and no key; the chain of digests holds."""
    with open_registry(where) as registry:
        registry.apply([[("crm", "k-1"), ("crm", "k-2")], [("crm", "k-3")]], contents={("crm", "k-1"): {"n": "Zoé"}})
        gone = registry.id_of(("crm", "k-1"))
        proof = registry.erase(gone, reason="article 17", actor="dpo")
        assert proof.change is not None
        kinds = Counter(each.kind for each in proof.change.events)
        assert kinds == {EventKind.WITHDRAWN: 2, EventKind.GONE: 1, EventKind.ERASED: 2}
        entries = registry.history(gone)
        assert [each.event.record for each in entries] == [None] * len(entries)
        assert {each.cause.reason for each in entries if each.event.kind is EventKind.ERASED} == {"article 17"}
        assert check_store(registry.store) == ()
        assert registry.resolve(gone) == Gone(gone)
        with registry.store.reading() as transaction:
            assert transaction.history(records=[RecordKey("crm", "k-1")]) == []
            assert transaction.contents([RecordKey("crm", "k-1")]) == {}


def test_erasing_twice_is_erasing_once(where: str) -> None:
    """The second time there is nothing to erase, and the same request gives the same proof."""
    with open_registry(where) as registry:
        registry.apply([[("crm", "k-1")], [("crm", "k-2")]])
        gone = registry.id_of(("crm", "k-1"))
        proof = registry.erase(gone, reason="a17", request="r-9")
        assert registry.erase(gone, reason="a17").change is None
        assert registry.erase(records=[("crm", "k-1")], reason="a17").n_records == 0
        again = registry.erase(gone, reason="a17", request="r-9")
        assert (again.change, again.n_records) == (proof.change, 1)


def test_records_withdrawn_before_are_erased_with_their_customer(where: str) -> None:
    """Their keys go, too; a record that has come again under such a key elsewhere stays."""
    with open_registry(where) as registry:
        registry.apply([[("crm", "k-1"), ("crm", "k-2"), ("crm", "k-3")], [("crm", "k-4")]])
        identifier, other = registry.id_of(("crm", "k-1")), registry.id_of(("crm", "k-4"))
        registry.withdraw([("crm", "k-2"), ("crm", "k-3")])
        registry.apply([[("crm", "k-4"), ("crm", "k-3")]])
        assert registry.erase(identifier, reason="a17").n_records == 3
        assert registry.id_of(("crm", "k-3")) == other
        with registry.store.reading() as transaction:
            assert transaction.history(records=[RecordKey("crm", "k-2")]) == []
            kinds = [each.event.kind for each in transaction.history(records=[RecordKey("crm", "k-3")])]
        assert kinds == [EventKind.ASSIGNED]
        assert check_store(registry.store) == ()


def test_verdicts_no_longer_name_the_erased(where: str) -> None:
    """A verdict of which a side is empty is revoked; one that still speaks of others stands."""
    with open_registry(where) as registry:
        registry.apply([[("crm", "a")], [("crm", "b")], [("crm", "c"), ("crm", "d")]])
        registry.merge(("crm", "a"), ("crm", "b"), reason="seen")
        registry.forbid(("crm", "a"), registry.id_of(("crm", "c")), reason="seen")
        registry.erase(records=[("crm", "b"), ("crm", "d")], reason="a17")
        (left,) = registry.verdicts()
        assert (left.left, left.right) == ((RecordKey("crm", "a"),), (RecordKey("crm", "c"),))
        assert isinstance(registry.resolve(registry.id_of(("crm", "a"))), Active)
        assert check_store(registry.store) == ()


def test_a_registry_that_has_erased_is_exported_and_imported(where: str, tmp_path: Path) -> None:
    """The copy has the same customers, history and digests, and no key of the erased."""
    with open_registry(where) as registry:
        registry.apply([[("crm", "k-1"), ("crm", "k-2")], [("crm", "k-3")]])
        registry.erase(records=[("crm", "k-1"), ("crm", "k-3")], reason="a17")
        export_registry(registry.store, tmp_path / "copy.jsonl")
        copy = Registry(MemoryStore())
        import_registry(copy.store, tmp_path / "copy.jsonl")
        assert list(copy.changes()) == list(registry.changes())
        assert copy.id_of(("crm", "k-2")) == registry.id_of(("crm", "k-2"))
    assert check_store(copy.store) == ()
    assert "k-1" not in (tmp_path / "copy.jsonl").read_text(encoding="ascii")


def test_reasons_are_codes() -> None:
    """A reason that holds a key or a value of the record is refused; earlier ones are told of."""
    registry = Registry(MemoryStore())
    contents = {("crm", "k-0017"): {"name": "Marie Durand"}}
    registry.apply([[("crm", "k-0017")]], contents=contents, reason="letter of Marie Durand")
    with pytest.raises(ConfigurationError, match="without personal data"):
        registry.erase(records=[("crm", "k-0017")], reason="k-0017 asked for it")
    assert registry.erase(records=[("crm", "k-0017")], reason="article 17").mentions == (1,)


def test_who_wants_no_contact_is_known_after_the_erasure() -> None:
    """E-mail addresses and phone numbers go to the suppression list that is given."""
    registry = Registry(MemoryStore(), clock=lambda: datetime(2026, 9, 1, tzinfo=UTC))
    content = {"full_name": "Marie Durand", "email": "Marie@Mail.example", "phone": "01 99 00 12 34"}
    registry.apply([[("crm", "1")]], contents={("crm", "1"): content})
    listed = SuppressionList(b"a secret of sixteen bytes")
    assert registry.erase(records=[("crm", "1")], reason="a17", suppress=listed).n_suppressed == 2
    assert listed.has("email", "marie@mail.example")


def test_others_are_weighed_as_before_by_the_model_without_the_terms() -> None:
    """Terms taken out count as seen once; all other values are as rare as before."""
    model = trained()
    values = {"city": ["le mans", "nantes"]}
    listed = [value for value in values["city"] if model.frequencies["city"].are_listed([value])[0]]
    assert listed
    without, n_terms = model_without(model, [Row((("city", tuple(listed)),))], [])
    assert n_terms >= len(listed)
    assert not without.frequencies["city"].are_listed(listed).any()
    others = ["paris", "lyon", "toulouse"]
    before, after = (each.frequencies["city"].rarity_bits(others).tolist() for each in (model, without))
    assert after == before


_KILLED = """
import os, signal, sys
from custid.privacy import SuppressionList
from custid.registry import open_registry
from custid.registry.sql._writing import SqlWriter
from custid.registry.sql.store import SqlStore

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

where, moment, listed = sys.argv[1:]
registry = open_registry(where)
if moment == "before":
    SqlWriter.forget = kill
else:
    SqlStore.scrub = kill
suppress = SuppressionList.in_file(listed, b"a secret of sixteen bytes")
registry.erase(records=[("crm", "k-1")], reason="a17", suppress=suppress)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_is_killed_has_erased_all_or_nothing(tmp_path: Path, moment: str) -> None:
    """Before the commit nothing has happened; after it the next opening goes on; whoever is erased is on the list."""
    where, listed = str(tmp_path / "registry.db"), tmp_path / "no_contact.json"
    said = {"name": "Marie Durand", "email": "marie@mail.example"}
    with open_registry(where) as registry:
        registry.apply([[("crm", "k-1")], [("crm", "k-2")]], contents={("crm", "k-1"): said})
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, where, moment, str(listed)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == -signal.SIGKILL
    suppress = SuppressionList.in_file(listed, b"a secret of sixteen bytes")
    assert suppress.has("email", "marie@mail.example")
    search = TraceSearch(["Marie Durand", "k-1", "marie@mail.example"])
    with open_registry(where) as registry:
        is_there = registry.customer(registry.id_of(("crm", "k-2"))) is not None
        assert is_there
        n_changes = len(list(registry.changes()))
        assert n_changes == (1 if moment == "before" else 2)
        assert registry.complete_erasure()
        assert bool(search.in_files(tmp_path)) == (moment == "before")
        again = registry.erase(records=[("crm", "k-1")], reason="a17", suppress=suppress)
        assert (again.n_records, again.is_complete) == (1 if moment == "before" else 0, True)
    assert len(SuppressionList.in_file(listed, b"a secret of sixteen bytes")) == 1
    assert search.in_files(tmp_path) == {}


def test_nothing_is_erased_whose_suppression_cannot_be_kept(tmp_path: Path) -> None:
    """The list is written before the commit: where it cannot be, the customer is still there."""
    with open_registry(tmp_path / "registry.db") as registry:
        registry.apply([[("crm", "k-1")]], contents={("crm", "k-1"): {"email": "marie@mail.example"}})
        suppress = SuppressionList.in_file(tmp_path / "none" / "list.json", b"a secret of sixteen bytes")
        with pytest.raises(StoreError, match="suppression list: cannot be written"):
            registry.erase(records=[("crm", "k-1")], reason="a17", suppress=suppress)
        assert registry.id_of(("crm", "k-1"))
