"""Rows of the requirements that the registry fulfills; each test is named after its row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from custid.errors import IdentifierError, UnknownRecordError, VerdictError
from custid.model import Joint, PartyKey, Role, Stated, status_at
from custid.registry import (
    Active,
    AdoptedScheme,
    Base32Scheme,
    CustomerId,
    EventKind,
    Grade,
    MemoryStore,
    Moved,
    RandomMinter,
    RecognitionDecision,
    RecordKey,
    Registry,
    SequentialMinter,
    Store,
    open_registry,
    open_store,
)
from custid.registry.doctor import check_store
from tests.registry.matched import SOURCE, batch, feed, model, rows
from tests.registry.test_exchange import everything
from tests.registry.workers import apply_changes, start
from tests.survivorship.statements import person_record, stated

CRM = RecordKey("crm", "1")
SHOP = RecordKey("shop", "7")
OTHER = RecordKey("shop", "8")
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def registry() -> Registry:
    """Return an empty registry in memory."""
    return Registry(MemoryStore(), minter=SequentialMinter())


@pytest.fixture
def matching() -> Registry:
    """Return a registry that matches by itself, with records of persons."""
    registry = Registry(MemoryStore(), minter=SequentialMinter())
    registry.use(model("persons", 12))
    registry.ingest(_rows(), source=SOURCE, schema=feed("persons").schema)
    return registry


def _rows() -> list[dict[str, Any]]:
    return [dict(row) for row in rows("persons")]


def _key(row: dict[str, Any]) -> RecordKey:
    return RecordKey(SOURCE, row["record_id"])


def _several(registry: Registry, least: int = 2) -> tuple[RecordKey, ...]:
    """Return the records of the first customer that has several."""
    customers = (registry.customer(registry.id_of(_key(row))) for row in _rows())
    return next(each.records for each in customers if len(each.records) >= least)


def test_row_05_joint_holders_are_looked_up_when_read(registry: Registry) -> None:
    """Duplicates of one holder are merged: the account, untouched, has its two holders, and shares sum to 1."""
    holders = (PartyKey("crm", "1"), PartyKey("shop", "8"))
    account = Role(kind="subscriber", target="account:9", holders=holders, joint=Joint.SHARES, shares=(0.5, 0.5))
    registry.apply([[CRM], [SHOP], [OTHER]])
    registry.merge(SHOP, CRM, reason="one person twice")
    found = [registry.id_of((each.source, each.key)) for each in account.holders]
    assert len(set(found)) == 2
    assert registry.id_of(SHOP) in found
    assert sum(account.shares) == 1


def test_row_07_a_prospect_that_becomes_a_customer_keeps_its_id(matching: Registry) -> None:
    """The record says more from now on; the identifier is the one the prospect had."""
    row = _rows()[0]
    prospect = matching.id_of(_key(row))
    subscriber: Stated[Role] = stated(
        Role(kind="subscriber", target="contract:7", holders=(PartyKey(*_key(row)),)), valid=("2021", "")
    )
    record = person_record(*_key(row), roles=[subscriber])
    days = (date(2020, 6, 1), date(2021, 6, 1))
    assert [status_at([record], day).kind.value for day in days] == ["prospect", "customer"]
    matching.ingest([row | {"loyalty_card": "CB12345670"}], source=SOURCE)
    assert matching.id_of(_key(row)) == prospect


def test_row_08_a_supplier_who_is_a_customer_has_one_id(registry: Registry) -> None:
    """The record of the purchasing department and that of the shop are one party; each keeps its role."""
    supplier, buyer = RecordKey("purchasing", "S-4"), RecordKey("shop", "7")
    registry.apply([[supplier, buyer]], contents={supplier: {"role": "supplier"}, buyer: {"role": "customer"}})
    customer = registry.customer(registry.id_of(supplier))
    assert customer.id == registry.id_of(buyer)
    assert {each["role"] for each in customer.contents.values()} == {"supplier", "customer"}


def test_row_28_accounts_of_merged_parties_resolve_to_the_survivor() -> None:
    """Account numbers that the application has given are adopted; after two merges all lead to one customer."""
    registry = Registry(MemoryStore(), scheme=AdoptedScheme(prefix="N:"))
    keys = [RecordKey("accounts", number) for number in ("A-1", "A-2", "A-3")]
    registry.adopt({key: key.key for key in keys})
    registry.merge("N:A-1", "N:A-2", reason="one household account")
    registry.merge("N:A-3", "N:A-2", reason="the same")
    survivors = {registry.customer(number).id for number in ("N:A-1", "N:A-2", "N:A-3")}
    assert len(survivors) == 1
    assert {registry.id_of(key) for key in keys} == survivors


def test_row_35_mistyped_identifiers_are_rejected() -> None:
    """Of ten thousand identifiers, every wrong symbol and every exchange of neighbors is noticed."""
    scheme, mint, random = Base32Scheme(), RandomMinter(), Random(35)  # noqa: S311  # errors, no secret
    for _ in range(10_000):
        text = mint(CRM, 0).replace("-", "")
        place = random.randrange(len(text))
        wrong = random.choice(_SYMBOLS.replace(text[place], ""))
        with pytest.raises(IdentifierError):
            scheme.parse(text[:place] + wrong + text[place + 1 :])
        place = random.randrange(len(text) - 1)
        if text[place] != text[place + 1]:
            with pytest.raises(IdentifierError):
                scheme.parse(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


def test_row_35_identifiers_are_read_as_people_write_them() -> None:
    """Case, hyphens and blanks do not matter, nor do I, L and O in the place of 1 and 0."""
    scheme = Base32Scheme()
    for number in range(1, 200):
        issued = scheme.encode(number)
        for written in (issued.lower(), issued.replace("-", ""), issued.replace("1", "l").replace("0", "o"),
                        f" {issued.replace('1', 'I').replace('-', ' ')}"):  # fmt: skip
            assert scheme.parse(written) == issued


def test_row_36_two_processes_assign_identifiers(tmp_path: Path) -> None:
    """No identifier is issued twice, and no record has two."""
    address = str(tmp_path / "registry.db")
    workers = [start(apply_changes, address, f"w{number}", 5) for number in range(2)]
    told = [worker.told() for worker in workers]
    with open_registry(address) as registry:
        minted = [
            event.customer for change in registry.changes() for event in change.events if event.kind is EventKind.MINTED
        ]
        assert len(minted) == len(set(minted)) == 20
        assert {name for each in told for _, _, name in each} <= set(minted)
        assert check_store(registry.store) == ()


def test_row_37_duplicates_are_found_reviewed_and_unmerged(matching: Registry) -> None:
    """The registry holds the customers of one batch; a person sets two records apart, and takes that back."""
    assert {frozenset(key.key for key in group) for group in _groups(matching)} == batch(
        _rows(), model("persons", 12), matching.schema(SOURCE)
    )
    one, other, *_ = _several(matching)
    before = everything(matching.store)[1]
    change = matching.split(matching.id_of(one), [[one]], reason="father and son")
    assert matching.id_of(one) != matching.id_of(other)
    matching.undo(change.number, reason="it was one after all")
    after = everything(matching.store)[1]
    assert {key: state.customer for key, state in after.records.items()} == {
        key: state.customer for key, state in before.records.items()
    }


def _groups(registry: Registry) -> set[frozenset[RecordKey]]:
    with registry.store.reading() as transaction:
        return {frozenset(each) for each in transaction.naming().clusters().values()}


def test_row_38_cards_of_all_shops_lead_to_one_customer() -> None:
    """Three shops know one person by a card each; whichever is shown, it is the same customer."""
    registry = Registry(MemoryStore(), minter=SequentialMinter())
    registry.use(model("persons", 12))
    row = next(row for row in _rows() if row["birth_date"] and row["email"] and row["given_name"])
    cards = {"shop-1": "CB1", "shop-2": "XA-22", "shop-3": "900333"}
    for shop, card in cards.items():
        registry.ingest([row | {"record_id": card, "shop": shop}], source=shop, schema=feed("persons").schema)
    assert len({registry.id_of((shop, card)) for shop, card in cards.items()}) == 1


def test_row_39_lost_and_replaced_cards_lead_to_the_customer(registry: Registry) -> None:
    """A lost card resolves, and is flagged; the card that replaces it leads to the same identifier."""
    lost, new = RecordKey("cards", "CB-1"), RecordKey("cards", "CB-2")
    registry.apply([[CRM, lost]], contents={lost: {"state": "active"}})
    customer = registry.id_of(lost)
    said: dict[tuple[str, str], dict[str, str]] = {
        lost: {"state": "lost", "replaced_by": "CB-2"},
        new: {"state": "active"},
    }
    registry.apply([[CRM, lost, new]], contents=said)
    found = registry.customer(registry.id_of(lost))
    assert found.id == registry.id_of(new) == customer
    assert {key.key: values["state"] for key, values in found.contents.items()} == {"CB-1": "lost", "CB-2": "active"}


def _asked(row: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: row[name] for name in names if row[name]}


def _shared_numbers(registry: Registry) -> list[tuple[str, set[CustomerId]]]:
    """Return numbers that two customers state, with them."""
    customers: defaultdict[str, set[CustomerId]] = defaultdict(set)
    for row in _rows():
        for written in (row["phone"], row["mobile"]):
            national = re.sub(r"\D", "", written)[-9:]
            if len(national) == 9 and len(set(national[1:])) > 1:
                customers[national].add(registry.id_of(_key(row)))
    return [(f"0{number}", found) for number, found in customers.items() if len(found) == 2]


def test_row_40_a_shared_number_names_all_who_share_it(matching: Registry) -> None:
    """A caller's number that two of a household share gives two possible candidates, and nobody is picked."""
    found = 0
    for number, sharing in _shared_numbers(matching):
        who = matching.identify({"phone": number}, match_probability=0.9)
        if {each.customer for each in who.candidates} >= sharing:
            assert (who.decision, who.customer) == (RecognitionDecision.AMBIGUOUS, None)
            assert {each.grade for each in who.candidates if each.customer in sharing} <= {
                Grade.POSSIBLE,
                Grade.PROBABLE,
            }
            assert all(each.why.comparisons for each in who.candidates)
            found += 1
    assert found > 1


def test_row_41_a_caller_is_found_by_number_and_a_withheld_one_is_not(matching: Registry) -> None:
    """However the number is written, the same candidates come; a number that says nothing finds nobody."""
    number, sharing = next((each, found) for each, found in _shared_numbers(matching) if each.startswith(("01", "05")))
    spoken = [number, f"+33{number[1:]}", f"0033 {number[1:]}", " ".join(re.findall("..", number))]
    answers = [matching.identify({"phone": each}).candidates for each in spoken]
    assert {each.customer for each in answers[0]} >= sharing
    assert [[(each.customer, each.weight_bits) for each in answer] for answer in answers] == [
        [(each.customer, each.weight_bits) for each in answers[0]]
    ] * len(answers)
    for withheld in ("anonymous", "withheld", "0000000000"):
        who = matching.identify({"phone": withheld})
        assert (who.decision, who.candidates) == (RecognitionDecision.UNKNOWN, ())


def test_row_42_channels_give_one_answer(matching: Registry) -> None:
    """By the columns of a shop or by attributes, in capitals or not: the same customer, with the same weight."""
    n_recognized = 0
    for row in _rows()[:25]:
        spoken = _asked(row, "given_name", "family_name", "birth_date", "email")
        channels = [
            matching.identify(spoken),
            matching.identify(spoken, source=SOURCE),
            matching.identify({name: value.upper() for name, value in spoken.items()}),
        ]
        assert len({(each.decision, each.customer) for each in channels}) == 1
        assert len({tuple(one.weight_bits for one in each.candidates) for each in channels}) == 1
        n_recognized += channels[0].customer == matching.id_of(_key(row))
    assert n_recognized > 12


def test_row_43_an_open_answer_names_the_next_question(matching: Registry) -> None:
    """Where name and town fit several, what tells them apart best is asked for, and its answer tells more."""
    asked = 0
    for row in _rows():
        spoken = _asked(row, "family_name", "city")
        if len(spoken) < 2:
            continue
        who = matching.identify(spoken, match_probability=0.9)
        question = who.next_question
        if question is not None and row.get(question.attribute):
            assert question.attribute not in spoken
            assert question.information_bits > 0
            told = matching.identify({**spoken, question.attribute: row[question.attribute]}, match_probability=0.9)
            # A placeholder is no answer.
            assert told.issues or told.candidates != who.candidates
            asked += not told.issues
    assert asked > 5


def test_row_45_who_is_about_to_be_created_is_looked_for_first(matching: Registry) -> None:
    """A near duplicate brings its customer before it is written, and writes nothing; a stranger brings nobody."""
    row = next(row for row in _rows() if row["birth_date"] and row["email"] and len(row["family_name"]) > 5)
    changes = len(list(matching.changes()))
    typed = {**_asked(row, "given_name", "birth_date", "email"), "family_name": row["family_name"][:-1] + "x"}
    who = matching.identify(typed)
    assert who.customer == matching.id_of(_key(row))
    stranger = {"given_name": "Xanthippe", "family_name": "Oudinot", "birth_date": "1931-02-03"}
    assert matching.identify(stranger).decision is RecognitionDecision.UNKNOWN
    assert len(list(matching.changes())) == changes


def test_row_50_a_partner_follows_through_merges_and_splits(registry: Registry) -> None:
    """Who keeps the crosswalk from the changes since his token has it right after each of them."""
    keys = [RecordKey("partner", str(number)) for number in range(6)]
    crosswalk: dict[RecordKey, CustomerId] = {}
    token: str | None = None

    def follow() -> None:
        nonlocal token
        for change in registry.changes(since=token):
            for event in change.events:
                if event.record is not None and event.kind is EventKind.WITHDRAWN:
                    del crosswalk[event.record]
                elif event.record is not None:
                    crosswalk[event.record] = event.customer
            token = change.token
        assert crosswalk == {key: registry.id_of(key) for key in crosswalk}

    registry.apply([[key] for key in keys])
    follow()
    registry.apply([keys[:2]])
    registry.apply([keys[:3]])
    follow()
    split = registry.split(registry.id_of(keys[0]), [[keys[1]]], reason="another person")
    registry.withdraw([keys[5]])
    follow()
    registry.undo(split.token)
    follow()
    assert len(crosswalk) == 5
    assert len(set(crosswalk.values())) == 3


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
def test_row_78_what_is_written_is_read_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A record is there for the next reader, whoever that is, and so is its change in the feed."""
    store = _store(kind, tmp_path, request)
    registry, reader = Registry(store), Registry(store)
    with pytest.raises(UnknownRecordError):
        reader.id_of(CRM)
    change = registry.apply([[CRM]])
    assert reader.id_of(CRM) == registry.id_of(CRM)
    assert list(reader.changes()) == [change]
    store.close()


def _store(kind: str, directory: Path, request: pytest.FixtureRequest) -> Store:
    if kind == "memory":
        return MemoryStore()
    if kind == "sqlite":
        return open_store(directory / "registry.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return open_store(make())


def test_row_92_a_decision_outranks_the_model_and_survives_a_re_run(matching: Registry) -> None:
    """Records that a person has joined or set apart stay so when all rows come again, and under another model."""
    one, other, *_ = _several(matching)
    matching.split(matching.id_of(one), [[one]], reason="father and son", actor="anne")
    singles = [group for group in _groups(matching) if len(group) == 1 and not group & {one, other}]
    (left,), (right,) = sorted(map(sorted, singles))[:2]
    matching.merge(left, right, reason="same passport", actor="anne")
    matching.ingest(_rows(), source=SOURCE)
    matching.use(model("persons", 5), largest_churn=1.0)
    assert matching.id_of(one) != matching.id_of(other)
    assert matching.id_of(left) == matching.id_of(right)
    with pytest.raises(VerdictError):
        matching.forbid(left, right, reason="a second thought")
    assert {each.kind.value for each in matching.verdicts()} == {"same", "different"}
    assert "anne" in {each.cause.actor for each in matching.history(matching.id_of(left))}


def _stopped() -> datetime:
    return datetime(2030, 1, 1, tzinfo=UTC)


def test_row_93_all_stores_do_the_same(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """One history on memory, SQLite and PostgreSQL leaves the same ledger, crosswalk, contents and verdicts."""
    found = []
    for kind in ("memory", "sqlite", "postgresql"):
        store = _store(kind, tmp_path, request)
        registry = Registry(store, minter=SequentialMinter(), clock=_stopped)
        registry.apply([[CRM, SHOP], [OTHER]], contents={CRM: {"name": "é\0", "n": 1}}, request="1")
        registry.merge(CRM, OTHER, reason="same passport", request="2")
        registry.undo(2, request="3")
        registry.withdraw([SHOP], request="4")
        registry.acknowledge("partner", 3)
        assert isinstance(registry.resolve(registry.id_of(OTHER)), Active)
        assert not any(isinstance(registry.resolve(each), Moved) for each in everything(store)[1].identifiers)
        found.append(everything(store))
        store.close()
    assert found[0] == found[1] == found[2]
