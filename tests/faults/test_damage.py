"""A file that was cut short or altered is noticed, or says what it said: never a wrong answer without a word."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Integer, Table

import custid
from custid.engines.options import ResolveOptions
from custid.errors import CustidError, ModelFormatError, StoreDamagedError, StoreError, StoreFormatError
from custid.privacy import AuditEntry, AuditFile
from custid.registry import MemoryStore, open_registry, open_store
from custid.registry.contents import Content
from custid.registry.doctor import check_store
from custid.registry.exchange import export_lines, export_registry, import_registry
from custid.registry.key_ring import KeyRing
from custid.registry.match_options import options_to_json
from custid.registry.saved_state import SavedState
from custid.registry.sealed_backup import back_up, restore
from custid.registry.sql.tables import METADATA
from custid.scoring.match_model import TrainedMatchModel
from custid.testing import synthetic_customers

KEY = b"a key kept elsewhere"
A, B, C = (("crm", name) for name in "abc")
campaign = [pytest.mark.slow, pytest.mark.campaign]
AMOUNTS = [pytest.param(40, id="some"), pytest.param(4_000, marks=campaign, id="many")]


def ruins(whole: bytes, n_ruins: int, seed: int) -> Iterator[bytes]:
    """Yield a file cut short, with bits that are others, and with a sector of zeros, in turns."""
    random = Random(seed)  # noqa: S311  # the same ruins every time
    for number in range(n_ruins):
        made = bytearray(whole)
        if number % 4 == 0:
            # An empty file is as good as none: a new registry, a new trail.
            del made[1 + number * len(whole) // n_ruins :]
        elif number % 4 == 1:
            begin = random.randrange(len(whole)) // 512 * 512
            made[begin : begin + 512] = bytes(len(made[begin : begin + 512]))
        else:
            for _ in range(random.choice((1, 1, 4))):
                made[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        yield bytes(made)


def assert_noticed(path: Path, read: Callable[[], Any], n_ruins: int, *, refusal: type[Exception] = StoreError) -> None:
    """Hold that a file that is not what was written is refused by an error that names it, or read as it was."""
    whole, expected, told = path.read_bytes(), read(), Counter[str]()
    for ruin in ruins(whole, n_ruins, seed=5):
        path.write_bytes(ruin)
        try:
            found = read()
        except refusal as error:
            told[str(error)] += 1
        else:
            assert found == expected
    path.write_bytes(whole)
    assert read() == expected
    assert told
    # Every message says which file, and what to do.
    assert [text for text in told if "Hint: " not in text] == []


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    """Return a registry in a file, with history, contents, verdicts, a reader, settings and an audit trail."""
    path = tmp_path / "registry.db"
    with open_registry(path, region="EU") as registry:
        registry.apply([[A], [B], [C]], contents={A: {"name": "Ann" * 40}, B: {"name": "Bo", "age": 7}}, request="1")
        registry.merge(A, B, reason="same card")
        registry.forbid(A, C, reason="twins")
        registry.withdraw([B])
        registry.acknowledge("shop", 2)
        registry.audit_trail(key=KEY).append(AuditEntry(actor="till 1", action="read"))
    return path


def said_by_store(path: Path) -> Any:
    """Return all that a registry says; StoreDamagedError if the doctor finds anything."""
    with open_registry(path) as registry:
        if check_store(registry.store, audit_key=KEY):
            raise StoreDamagedError("store: damaged.", hint="Restore it.")
        with registry.store.reading() as transaction:
            return list(export_lines(transaction)), list(transaction.audit())


def looked_up(path: Path) -> Any:
    """Return what a registry answers, whether it is sound or not."""
    with open_registry(path) as registry:
        found: list[Any] = [registry.region]
        for key in (A, C):
            identifier = registry.id_of(key)
            found += [identifier, registry.customer(identifier), registry.history(identifier)]
        return [*found, list(registry.changes()), registry.resolve(found[1])]


@pytest.mark.parametrize("n_ruins", AMOUNTS)
def test_a_damaged_store_says_so(store_file: Path, n_ruins: int) -> None:
    """Opening it or the doctor notices whatever changes an answer."""
    assert_noticed(store_file, lambda: said_by_store(store_file), n_ruins)


@pytest.mark.parametrize("n_ruins", AMOUNTS)
def test_a_damaged_store_answers_or_refuses(store_file: Path, n_ruins: int) -> None:
    """Without the doctor, too, every error is one of custid."""
    whole, expected, n_right = store_file.read_bytes(), looked_up(store_file), 0
    for ruin in ruins(whole, n_ruins, seed=6):
        store_file.write_bytes(ruin)
        try:
            n_right += looked_up(store_file) == expected
        except CustidError as error:
            assert str(error)  # noqa: PT017  # that there is none is right, too
    assert n_right > n_ruins // 4


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_a_value_of_another_type_is_told_by_its_column(store_file: Path, table: Table) -> None:
    """SQLite keeps it; the doctor names table and column, and who reads it gets an error of custid if any."""
    whole = store_file.read_bytes()
    # The number of a row cannot be anything else.
    row_number = next((each for each in table.primary_key if isinstance(each.type, Integer)), None)
    for column in (each for each in table.columns if each is not row_number or len(table.primary_key) > 1):
        store_file.write_bytes(whole)
        with closing(sqlite3.connect(store_file)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(f"UPDATE {table.name} SET {column.name} = CAST(rowid AS BLOB)")  # noqa: S608 - our names
            connection.commit()
        with closing(open_store(store_file)) as store:
            problems = [each.problem for each in check_store(store)]
        assert any(text.startswith(f"{table.name}.{column.name} holds ") for text in problems)
        # A row whose key is another one may be none that is asked for.
        with suppress(CustidError):
            looked_up(store_file)


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE custid_event SET kind = 'none' WHERE place = 1", "of no kind"),
        ("UPDATE custid_verdict SET kind = 'none'", "of no kind"),
        ("UPDATE custid_change SET at = 9000000000000000000 WHERE number = 2", "time of a change"),
        ("UPDATE custid_change SET at = 'noon' WHERE number = 2", r"custid_change\.at holds"),
        ("UPDATE custid_identifier SET id = CAST(id AS BLOB)", r"custid_identifier\.id holds"),
        ("UPDATE custid_verdict_record SET source = x'00'", r"custid_verdict_record\.source holds"),
        ("UPDATE custid_setting SET value = x'00' WHERE name = 'region'", r"custid_setting\.value holds"),
        ("UPDATE custid_event SET change = 99 WHERE place = 1", "belongs to no change"),
        ("UPDATE custid_record SET payload = '{}' WHERE key = 'a'", "content of a record"),
        ("UPDATE custid_setting SET value = 'US' WHERE name = 'region'", "settings"),
        ("UPDATE custid_setting SET value = 'forged' WHERE name = ''", "settings"),
        ("UPDATE custid_setting SET value = substr(value, 2) WHERE name = ''", "settings"),
        ("DELETE FROM custid_setting WHERE name = ''", "settings"),
        ("UPDATE custid_record SET payload = CAST(X'FF' AS TEXT) WHERE key = 'a'", "SQLITE|Operational"),
    ],
)
def test_a_row_that_is_none_is_told(store_file: Path, damage: str, what: str) -> None:
    """Whoever meets it says that the store is damaged, and what to do; the doctor does not fail."""
    with closing(sqlite3.connect(store_file)) as database:
        database.execute(damage)
        database.commit()
    with pytest.raises(StoreDamagedError, match=f"store: damaged: .*{what}.*Hint"):
        looked_up(store_file)
    with closing(open_store(store_file)) as store:
        assert check_store(store)


def test_a_content_that_is_no_json_is_told() -> None:
    """A store of one's own may hold what it was never given."""
    with pytest.raises(StoreDamagedError, match="no JSON"):
        Content('{"name": ').values()


def test_a_journal_of_another_file_changes_no_answer(store_file: Path) -> None:
    """What lies beside a registry and is no journal of it is not played back."""
    expected = said_by_store(store_file)
    journal = store_file.with_name(store_file.name + "-journal")
    for ruin in ruins(store_file.read_bytes()[:8_192], 12, seed=7):
        journal.write_bytes(ruin)
        assert said_by_store(store_file) == expected


@pytest.mark.parametrize("n_ruins", AMOUNTS)
def test_damaged_exports_and_backups_are_refused(store_file: Path, tmp_path: Path, n_ruins: int) -> None:
    """Nothing is read from a copy that is not as it was written, nor with a ring of keys that is not."""
    exported, sealed, ring = (tmp_path / name for name in ("exported", "sealed", "ring"))
    with closing(open_store(store_file)) as store:
        export_registry(store, exported)
        back_up(store, sealed, keys=KeyRing(ring))

    def read(take: Callable[[MemoryStore], object]) -> Callable[[], list[str]]:
        def work() -> list[str]:
            store = MemoryStore()
            take(store)
            with store.reading() as transaction:
                return list(export_lines(transaction))

        return work

    assert_noticed(exported, read(lambda store: import_registry(store, exported)), n_ruins)
    assert_noticed(sealed, read(lambda store: restore(store, sealed, keys=KeyRing(ring))), n_ruins)
    assert_noticed(ring, read(lambda store: restore(store, sealed, keys=KeyRing(ring))), n_ruins)


@pytest.mark.parametrize("n_ruins", AMOUNTS)
def test_a_damaged_audit_file_is_refused(tmp_path: Path, n_ruins: int) -> None:
    """With the digest of its end, which is kept elsewhere, nothing is missed."""
    path = tmp_path / "audit"
    trail = AuditFile(path, key=KEY)
    for number in range(5):
        trail.append(AuditEntry(actor=f"till {number}", action="read"))
    head = trail.head

    def read() -> list[AuditEntry]:
        found = AuditFile(path, key=KEY)
        if found.faults(head=head):
            raise StoreFormatError("audit: the end is missing.", hint="Look for it.")
        return list(found.entries())

    assert_noticed(path, read, n_ruins)


@pytest.fixture(scope="module")
def model() -> TrainedMatchModel:
    """Return a small match model."""
    return custid.train(synthetic_customers(60, seed=4).records.to_pylist())


@pytest.mark.parametrize("n_ruins", AMOUNTS)
def test_a_damaged_match_model_is_refused(model: TrainedMatchModel, tmp_path: Path, n_ruins: int) -> None:
    """A probability of which a digit is another one would weigh wrongly, and nobody would see it."""
    path = tmp_path / "model.json"
    model.save(path)
    assert_noticed(path, lambda: TrainedMatchModel.load(path).to_json(), n_ruins, refusal=ModelFormatError)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["units", "index", "weights"])
def test_a_damaged_state_is_as_none(part: str, tmp_path: Path) -> None:
    """Whatever becomes of a file beside the store, the registry answers as it did."""
    from tests.registry.matched import SOURCE, feed, rows
    from tests.registry.matched import model as trained

    texts = (trained("persons", 12).to_json(), options_to_json(ResolveOptions()))
    with open_registry(tmp_path / "registry.db") as registry:
        registry.use(trained("persons", 12))
        registry.ingest([dict(row) for row in rows("persons")[:40]], source=SOURCE, schema=feed("persons").schema)
    state = SavedState(tmp_path / "registry.db.state")
    (file,) = state.directory.glob(f"{part}*")
    whole = state.load(trained("persons", 12), ResolveOptions(), texts)
    n_refused = 0
    for ruin in ruins(file.read_bytes(), 40, seed=8):
        file.write_bytes(ruin)
        found = state.load(trained("persons", 12), ResolveOptions(), texts)
        n_refused += found is None
        # There are holes that nothing looks at.
        assert found is None or (whole is not None and set(found[0].records) == set(whole[0].records))
    assert n_refused >= 10


def test_a_store_that_is_no_registry_any_more_is_not_made_anew(store_file: Path) -> None:
    """An empty file in the place of a registry that has a history elsewhere is told by its readers' tokens."""
    with open_registry(store_file) as registry:
        token = list(registry.changes())[-1].token
    store_file.write_bytes(b"")
    with open_registry(store_file) as registry, pytest.raises(CustidError, match="token"):
        list(registry.changes(token))
