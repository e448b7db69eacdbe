"""A registry with an access policy: who sees and changes what."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from custid.errors import AccessDeniedError, ConfigurationError
from custid.model import Basis, ContactPoint, Email, PartialDate, Person, Phone, Record
from custid.privacy import MASK, AccessPolicy, Action, Actor, ActorKind, AuditFile, Effect, Gate, Grant, SensitiveUpdate
from custid.registry import Base32Scheme, MemoryStore, Registry, open_registry
from custid.registry.sql.sqlite import open_sqlite
from tests.registry.cards import CRM, NOW, POLICY, WEB, crm_record, registry_of, stated, web_record
from tests.registry.matched import SOURCE, model, rows

TILL = Actor(name="till 3", roles=("till",))
AGENT = Actor(name="ann", roles=("agent",))


@pytest.fixture
def audit(tmp_path: Path) -> AuditFile:
    return AuditFile(tmp_path / "audit.jsonl", key=b"kept elsewhere")


@pytest.fixture
def registry(audit: AuditFile) -> Registry:
    return registry_of((crm_record(), web_record()), policy=POLICY, audit=audit)


@pytest.fixture
def told() -> list[SensitiveUpdate]:
    return []


@pytest.fixture
def matching(audit: AuditFile, told: list[SensitiveUpdate]) -> Registry:
    """Return a registry that matches, holds the customer and two rows of a shop, and has a policy."""
    store = MemoryStore()
    first = Registry(store)
    first.use(model("persons", 12))
    first.ingest([crm_record()], source="crm")
    first.ingest([dict(row) for row in rows("persons")[:2]], source="shop")
    return Registry(store, clock=lambda: NOW, policy=POLICY, audit=audit, notify=told.append)


def _facets(card: Any) -> set[str]:
    return {each.seen.facet for each in card.values}


def test_row_85_the_till_sees_name_and_tier_and_not_the_birth_date(registry: Registry, audit: AuditFile) -> None:
    """What is denied is in neither data, text nor page; what is masked is masked in all three."""
    card = registry.card(registry.id_of(CRM), actor=TILL, purpose="sale")
    assert _facets(card) == {"person_names", "measures.tier", "contacts.phone"}
    for text in (card.to_json(), card.text(), card.to_html()):
        assert "gold" in text
        assert "Durand" in text
        assert f"{MASK} 78" in text
        for hidden in ("1984", "612345678", "courriel", "Leak", "contract:7", "braking", "40000", "Washer"):
            assert hidden not in text
    assert (card.status, card.timeline, card.consents, card.due, card.linked) == (None, (), (), (), {})
    assert {entry.outcome for entry in audit.entries()} == {"allowed", "denied"}


def test_row_98_behavior_is_invisible_without_a_purpose(registry: Registry) -> None:
    """How somebody drives is seen for a purpose alone."""
    identifier = registry.id_of(CRM)
    assert "measures.braking" in _facets(registry.card(identifier, actor=AGENT, purpose="service"))
    with pytest.raises(AccessDeniedError, match="something of the customer"):
        registry.card(identifier, actor=AGENT)


def test_row_17_wealth_is_read_for_a_declared_purpose_alone(registry: Registry) -> None:
    """The card of an agent in service holds the income, that of a till does not."""
    identifier = registry.id_of(CRM)
    assert "wealth.income" in _facets(registry.card(identifier, actor=AGENT, purpose="service"))
    assert "40000" in registry.card(identifier, actor=AGENT, purpose="service").to_json()
    assert "40000" not in registry.card(identifier, actor=TILL, purpose="sale").to_json()


def test_nothing_is_derived_from_what_is_denied() -> None:
    """Masked interactions are told of as masked: no threads, no open requests, no origin."""
    policy = AccessPolicy((Grant(attributes=("interactions", "holdings", "roles"), effect=Effect.MASK),))
    registry = registry_of((crm_record(), web_record()))
    card = registry.card(registry.id_of(CRM), gate=Gate(policy, TILL))
    assert {each.text for each in card.timeline} == {MASK}
    assert (card.threads, card.open_requests, card.origin, card.due, card.status) == ((), (), None, (), None)
    assert "Leak" not in card.text() + card.to_json() + card.to_html()


def test_with_a_policy_contents_are_closed_to_nobody_in_particular(registry: Registry) -> None:
    """Every way to read or to write contents asks for an actor; identifiers are resolved as before."""
    identifier = registry.id_of(CRM)
    ways: list[Any] = [
        lambda: registry.card(identifier),
        lambda: registry.customer(identifier),
        lambda: list(registry.changes()),
        lambda: registry.identify({"phone": "1"}),
        lambda: registry.apply([[("x", "1")]], contents={("x", "1"): {"a": "b"}}),
        lambda: registry.withdraw([CRM]),
        registry.preview,
        lambda: registry.typed_records(identifier),
        lambda: registry.subject_export(identifier),
        lambda: registry.rectify(CRM, {}, reason="article 16"),
        lambda: registry.erase(identifier, reason="article 17"),
        lambda: registry.erase(identifier, reason="article 17", dry_run=True),
        lambda: registry.retention({"prospect": 3.0}, kind_of=lambda _customer: "prospect"),
        lambda: registry.may_contact(identifier, channel="post", purpose="marketing"),
    ]
    for way in ways:
        with pytest.raises(AccessDeniedError, match="expected an actor"):
            way()
    assert registry.resolve(identifier).id == identifier
    assert registry.merge is not None


def test_an_actor_needs_a_policy() -> None:
    """Without a policy nobody is asked, and an actor, or an audit, is a mistake."""
    registry = registry_of((crm_record(),))
    identifier = registry.id_of(CRM)
    assert registry.card(identifier).customer == identifier
    with pytest.raises(ConfigurationError, match="access policy"):
        registry.card(identifier, actor=TILL)
    with pytest.raises(ConfigurationError, match="access policy"):
        registry.for_actor(TILL)
    with pytest.raises(ConfigurationError, match="none beside a gate"):
        registry.card(identifier, actor=TILL, gate=Gate(POLICY, TILL))
    with pytest.raises(ConfigurationError, match="got a gate"):
        registry_of((crm_record(),), policy=POLICY).card(identifier, gate=Gate(POLICY, TILL))
    with pytest.raises(ConfigurationError, match="policy beside audit"):
        Registry(MemoryStore(), notify=print)


def test_the_trail_may_lie_in_the_database_of_the_registry(tmp_path: Path) -> None:
    """Cards, exports and changes are on record, a denied change is, too, and nothing waits for its own transaction."""
    with closing(open_sqlite(tmp_path / "customers.db", patience=2.0)) as store:
        first = Registry(store)
        first.use(model("persons", 12))
        first.ingest([crm_record()], source="crm")
        marie, n_before = first.id_of(CRM), len(list(first.changes()))
        trail = first.audit_trail(key=b"kept elsewhere")
        guarded = Registry(store, clock=lambda: NOW, policy=POLICY, audit=trail)
        agent, till = guarded.for_actor(AGENT, "service"), guarded.for_actor(TILL, "sale")
        agent.card(marie)
        list(agent.export([marie]))
        with pytest.raises(AccessDeniedError):
            till.ingest([evolve(crm_record(), roles=())], source="crm")
        assert len(list(first.changes())) == n_before
        agent.ingest([evolve(crm_record(), roles=())], source="crm")
        acts = [(each.actor, each.action, each.outcome) for each in trail.entries()]
        assert [each for each in acts if each[1] == "update"] == [
            ("till 3", "update", "denied"),
            ("ann", "update", "allowed"),
        ]
        assert {("ann", "read", "allowed"), ("ann", "export", "allowed")} <= set(acts)
        assert trail.faults() == []


def test_a_customer_is_himself_after_a_merge() -> None:
    """By the identifier of before, which is a redirect, he sees what is his, and nobody else does."""
    store = registry_of((crm_record(),), (web_record(),)).store
    trusted = Registry(store, clock=lambda: NOW)
    ids = [trusted.id_of(key) for key in (CRM, WEB)]
    trusted.merge(*ids, reason="one person")
    registry = Registry(store, clock=lambda: NOW, policy=POLICY)
    for identifier in ids:
        actor = Actor(name="marie", kind=ActorKind.SUBJECT, customer=identifier)
        own = registry.for_actor(actor, "self-service").card(ids[0])
        assert own == registry.card(ids[1], actor=actor, purpose="self-service")
    for customer in ("none", Base32Scheme().encode(99_999)):
        stranger = Actor(name="x", kind=ActorKind.SUBJECT, customer=customer)
        with pytest.raises(AccessDeniedError):
            registry.card(ids[0], actor=stranger, purpose="self-service")


def test_what_is_restricted_is_neither_used_nor_passed_on_until_it_is_lifted() -> None:
    """Cards, statements, exports and contacts do without it; nothing of it is written into the records."""
    registry = registry_of((crm_record(), web_record()))
    store = registry.store
    marie = registry.id_of(CRM)
    before = registry.typed_records(marie)
    registry.restrict(marie, reason="accuracy contested")
    agent = Registry(store, policy=POLICY).for_actor(AGENT, "service")
    card = registry.card(marie, at=NOW)
    assert (card.n_restricted, card.identity, card.contacts, card.timeline) == (2, (), (), ())
    assert (agent.statements(marie), next(agent.export([marie]))["statements"]) == ((), [])
    denied = registry.may_contact(marie, channel="email", purpose="service", at=NOW)
    assert "restricted" in {each.code for each in denied.reasons}
    registry.lift(marie, reason="settled")
    assert registry.typed_records(marie) == before


def test_row_95_a_customer_sees_his_own_card_alone(audit: AuditFile) -> None:
    """Somebody else's card is denied to him by any policy."""
    other = evolve(web_record(), key="b2")
    everything = AccessPolicy((Grant(purposes=("self-service",), actions=tuple(Action)),))
    registry = registry_of((crm_record(),), (other,), policy=everything, audit=audit)
    own, foreign = registry.id_of(CRM), registry.id_of(("web", "b2"))
    marie = Actor(name="marie", kind=ActorKind.SUBJECT, customer=own)
    assert "Durand" in registry.card(own, actor=marie, purpose="self-service").text()
    with pytest.raises(AccessDeniedError):
        registry.card(foreign, actor=marie, purpose="self-service")
    with pytest.raises(AccessDeniedError):
        registry.for_actor(marie, "self-service").changes()
    assert registry.for_actor(marie, "self-service").statements(foreign) == ()


def test_row_86_a_denied_change_leaves_no_trace_but_an_entry(matching: Registry, audit: AuditFile) -> None:
    """Neither content nor history are others after a till has tried to set a birth date."""
    wrong = crm_record(birth_dates=(stated(PartialDate("1990-01-01"), CRM),))
    before = matching.for_actor(AGENT, "service").card(matching.id_of(CRM)).to_json()
    with matching.store.reading() as transaction:
        head = transaction.head()
    n_entries = len(audit)
    with pytest.raises(AccessDeniedError, match="update birth_date for 'sale'"):
        matching.for_actor(TILL, "sale").ingest([wrong], source="crm")
    with matching.store.reading() as transaction:
        assert transaction.head() == head
    (entry,) = list(audit.entries())[n_entries:]
    assert (entry.actor, entry.action, entry.outcome, entry.categories) == (
        "till 3",
        "update",
        "denied",
        ("birth_date",),
    )
    assert matching.for_actor(AGENT, "service").card(matching.id_of(CRM)).to_json() == before


def test_row_87_a_sensitive_change_is_told_of_without_values(matching: Registry, told: list[SensitiveUpdate]) -> None:
    """A new e-mail address emits one event that names the attribute, to whom it belongs and who changed it."""
    added = (*crm_record().party.contacts, stated(ContactPoint(point=Email(address="new@courriel.example")), CRM))
    found = matching.for_actor(AGENT, "service").ingest([crm_record(contacts=added)], source="crm", reason="asked")
    assert found.change is not None
    assert found.change.cause.actor == "ann"
    assert told == [SensitiveUpdate(customer=matching.id_of(CRM), attributes=("contacts.email",), actor="ann")]
    matching.for_actor(AGENT, "service").ingest([crm_record(contacts=added)], source="crm")
    assert len(told) == 1


def test_rows_are_checked_by_what_their_columns_mean(matching: Registry, told: list[SensitiveUpdate]) -> None:
    """Only the columns that differ count, each by its attribute; a new row counts whole."""
    row = dict(rows("persons")[0]) | {"phone": "06 39 98 00 77"}
    policy = AccessPolicy(
        (Grant(attributes=("contacts.phone",), actions=(Action.UPDATE,)), Grant(attributes=("identifiers",)))
    )
    phones = Registry(matching.store, policy=policy, notify=told.append)
    assert phones.for_actor(TILL).ingest([row], source="shop").n_changed == 1
    assert [each.attributes for each in told] == [("contacts.phone",)]
    with pytest.raises(AccessDeniedError, match="person_names"):
        phones.for_actor(TILL).ingest([row | {"record_id": "new"}], source="shop")
    with pytest.raises(AccessDeniedError):
        phones.for_actor(TILL).ingest([row], source="shop", is_snapshot=True)


def test_a_customer_changes_what_is_his_and_cannot_vouch_for_it(matching: Registry, audit: AuditFile) -> None:
    """His declared phone is taken in; one that he says a steward has set is refused, and that is on record."""
    marie = Actor(name="marie", kind=ActorKind.SUBJECT, customer=matching.id_of(CRM))
    own = matching.for_actor(marie, "self-service")
    new = ContactPoint(point=Phone(e164="+33612345679"))
    assert own.ingest([crm_record(contacts=(stated(new, CRM),))], source="crm").n_changed == 1
    claimed = crm_record(contacts=(stated(new, CRM, basis=Basis.STEWARD),))
    with pytest.raises(AccessDeniedError, match="declares himself"):
        own.ingest([claimed], source="crm")
    assert list(audit.entries())[-1].outcome == "denied"
    with pytest.raises(AccessDeniedError):
        own.ingest([Record(source="crm", key="99", party=Person(contacts=(stated(new, ("crm", "99")),)))], source="crm")


def test_searches_exports_and_the_feed_ask_the_policy(matching: Registry) -> None:
    """An agent searches, exports and follows; a till does none of it."""
    agent, till = matching.for_actor(AGENT, "service"), matching.for_actor(TILL, "sale")
    phone = {"phone": rows("persons")[0]["phone"] or rows("persons")[0]["mobile"]}
    assert agent.identify(phone).candidates
    with pytest.raises(AccessDeniedError, match=r"search contacts\.phone"):
        till.identify(phone)
    with pytest.raises(AccessDeniedError, match="follow identifiers"):
        till.changes()
    assert [each.number for each in agent.changes()] == [1, 2]
    identifier = matching.id_of(CRM)
    (exported,) = agent.export([identifier])
    assert (exported["customer"], exported["statements"] != []) == (identifier, True)
    assert list(till.export([identifier])) == [{"customer": identifier, "statements": []}]


def test_reasons_hold_no_values_that_must_not_be_read(matching: Registry) -> None:
    """Who may search by a birth date but not read names finds the customer, and masks for values."""
    row = rows("persons")[0]
    policy = AccessPolicy((Grant(actions=(Action.SEARCH,)), Grant(attributes=("birth_date",))))
    searcher = Registry(matching.store, policy=policy).for_actor(TILL)
    asked = {name: row[name] for name in ("given_name", "family_name", "birth_date")}
    comparisons = searcher.identify(asked).candidates[0].why.comparisons
    values = {each.name: each.right_values for each in comparisons}
    assert values["birth_date"] not in {(), (MASK,)}
    assert {held for name, held in values.items() if name != "birth_date"} == {(MASK,)}


def test_the_same_change_again_is_served_once(matching: Registry, told: list[SensitiveUpdate]) -> None:
    """A request that was served changes and tells nothing when it comes again."""
    added = (*crm_record().party.contacts, stated(ContactPoint(point=Email(address="new@courriel.example")), CRM))
    for _ in range(2):
        matching.for_actor(AGENT, "service").ingest([crm_record(contacts=added)], source="crm", request="r1")
    assert len(told) == 1


def test_a_registry_in_a_file_takes_a_policy(tmp_path: Path) -> None:
    """Opening by address hands the policy on; what shows the guarded registry holds no values."""
    with open_registry(tmp_path / "customers.db", policy=POLICY) as registry:
        guarded = registry.for_actor(TILL)
        assert guarded.actor is TILL
        assert repr(guarded) == f"GuardedRegistry({registry!r})"
        with pytest.raises(AccessDeniedError):
            registry.apply([[WEB]], contents={WEB: {"name": "x"}})


def test_whether_a_customer_may_be_contacted_is_asked_of_the_policy(registry: Registry, audit: AuditFile) -> None:
    """An agent gets the answer with its reasons, and that is on record; a till is refused."""
    customer = registry.id_of(CRM)
    asked: dict[str, Any] = {"channel": "email", "purpose": "marketing"}
    agent = registry.for_actor(Actor(name="ann", roles=("agent",)), "service")
    assert not agent.may_contact(customer, **asked, at=NOW).is_allowed
    assert [each.categories for each in audit.entries()][-1] == ("consents", "interactions", "preferences")
    with pytest.raises(AccessDeniedError, match="read consents, interactions, preferences"):
        registry.for_actor(Actor(name="till 3", roles=("till",)), "sale").may_contact(customer, **asked)
    with pytest.raises(AccessDeniedError, match="typed_records"):
        registry.may_contact(customer, **asked)


def test_an_actor_says_where_rows_are_from(tmp_path: Path) -> None:
    """A registry of a region takes in what an actor gives with its region, and refuses it without."""
    everything = AccessPolicy((Grant(purposes=("sale",), actions=tuple(Action)),))
    with open_registry(tmp_path / "r.db", region="EU") as registry:
        registry.use(model("persons", 20))
    with open_registry(tmp_path / "r.db", policy=everything) as registry:
        till = registry.for_actor(TILL, "sale")
        given = rows("persons")[:5]
        assert len(till.ingest(given, source=SOURCE).refused) == 5
        assert till.ingest(given, source=SOURCE, region="FR").n_new == 5
