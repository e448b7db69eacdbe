"""custid.privacy.access, masking and gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import AccessDeniedError, ConfigurationError, ModelFormatError
from custid.model import (
    ATTRIBUTES,
    ContactPoint,
    Email,
    ExternalId,
    InformationGroup,
    Measure,
    OnlineAccount,
    PartialDate,
    PersonName,
    Phone,
    PostalAddress,
    Privacy,
    Record,
)
from custid.privacy import (
    AccessPolicy,
    Action,
    Actor,
    ActorKind,
    AuditFile,
    Effect,
    Gate,
    Grant,
    SensitiveUpdate,
    facet_of_name,
    masked,
)
from tests.survivorship.statements import person_record, stated

TILL = Actor(name="till 3", roles=("till",))
CLERK = Actor(name="Anne", roles=("till", "desk"))
SELF = Actor(name="the customer", kind=ActorKind.SUBJECT, customer="C1")
SENSITIVE = sorted(facet_of_name(name) for name, each in ATTRIBUTES.items() if each.privacy is Privacy.SENSITIVE)

RECORD = person_record(
    names=[stated(PersonName(given=("Marie",), family="Durand"))],
    birth_dates=[stated(PartialDate("1984-06-12"))],
    contacts=[
        stated(ContactPoint(point=Phone(e164="+33612345678"))),
        stated(ContactPoint(point=Email(address="marie@mail.example"))),
    ],
    measures=[stated(Measure(name="tier", value="gold")), stated(Measure(name="driving", value=0.7))],
    wealth=[stated(Measure(name="estate", value=300_000.0))],
)


def policy(*grants: Grant) -> AccessPolicy:
    return AccessPolicy(grants)


def asked(of: AccessPolicy, attribute: str, actor: Actor = TILL, purpose: str = "sale", **options: Any) -> str:
    return of(actor, purpose, attribute, options.pop("action", Action.READ), **options).value


def test_what_is_not_granted_is_denied() -> None:
    """A till that may see name and tier sees no birth date, and changes nothing."""
    till = policy(Grant(roles=("till",), attributes=("person_names", "measures.tier"), purposes=("sale",)))
    assert asked(till, "person_names") == "allow"
    assert asked(till, "measures.tier") == "allow"
    assert asked(till, "measures.driving") == "deny"
    assert asked(till, "birth_date") == "deny"
    assert asked(till, "person_names", action=Action.UPDATE) == "deny"
    assert asked(till, "person_names", Actor(name="web", roles=("shop",))) == "deny"


@pytest.mark.parametrize("attribute", SENSITIVE)
def test_sensitive_attributes_ask_for_a_purpose(attribute: str) -> None:
    """A grant without purposes does not cover what is sensitive, not even by name; one with a purpose does for it."""
    assert asked(policy(Grant()), attribute) == "deny"
    assert asked(policy(Grant(attributes=(attribute,))), attribute) == "deny"
    advice = policy(Grant(attributes=(attribute,), purposes=("advice",)))
    assert asked(advice, attribute) == "deny"
    assert asked(advice, attribute, purpose="advice") == "allow"


@given(
    st.lists(
        st.builds(
            Grant,
            effect=st.sampled_from(Effect),
            attributes=st.sampled_from([(), ("contacts",), ("contacts.phone",), ("notes", "measures.tier")]),
            groups=st.sampled_from([(), (InformationGroup.LEGAL,)]),
            purposes=st.sampled_from([(), ("service",)]),
        ),
        max_size=4,
    ),
    st.sampled_from(["contacts", "contacts.phone", "measures.tier", "measures.x", "birth_date", "other"]),
)
def test_a_wish_is_held_against_every_grant_that_covers_it(grants: list[Grant], attribute: str) -> None:
    """Grants of other attributes are passed over unasked, and none that counts is."""
    covering = {each.effect for each in grants if each.covers(CLERK, "service", attribute, Action.READ, "")}
    order = [each for each in (Effect.DENY, Effect.ALLOW, Effect.MASK) if each in covering]
    policy = AccessPolicy(tuple(grants))
    assert policy(CLERK, "service", attribute, Action.READ) is (order or [Effect.DENY])[0]


def test_a_denial_outweighs() -> None:
    """Of two grants that allow and deny, the denial counts; of two that allow and mask, what gives more."""
    mask, allow = Grant(roles=("till",), effect=Effect.MASK), Grant(roles=("desk",))
    deny = Grant(effect=Effect.DENY, groups=(InformationGroup.CONTACT,))
    assert asked(policy(mask), "contacts.phone") == "mask"
    assert asked(policy(mask, allow), "contacts.phone", CLERK) == "allow"
    assert asked(policy(mask, allow, deny), "contacts.phone", CLERK) == "deny"
    assert asked(policy(mask, allow, deny), "person_names", CLERK) == "allow"


def test_a_customer_sees_his_own_data_alone() -> None:
    """A grant for one's own data is none for another customer's, and none for the company."""
    own = policy(Grant(own_only=True, actions=(Action.READ, Action.UPDATE)))
    assert asked(own, "birth_date", SELF, customer="C1") == "allow"
    assert asked(own, "birth_date", SELF, customer="C1", action=Action.UPDATE) == "allow"
    assert asked(own, "birth_date", SELF, customer="C2") == "deny"
    assert asked(own, "birth_date", TILL, customer="C1") == "deny"


def test_policies_are_data() -> None:
    """A policy is written as text and read back; what is not known is refused by its place and name."""
    made = policy(
        Grant(roles=("till",), attributes=("person_names",), purposes=("sale",)),
        Grant(groups=(InformationGroup.CONTACT,), effect=Effect.MASK, actions=(Action.READ, Action.EXPORT)),
        Grant(own_only=True),
    )
    assert AccessPolicy.from_json(made.to_json()) == made
    held = json.loads(made.to_json())
    for name, value in (("colour", "red"), ("effect", "perhaps"), ("actions", ["fly"]), ("roles", "till")):
        wrong = {**held, "grants": [held["grants"][0], {name: value}]}
        with pytest.raises(ModelFormatError, match=f"grant 1: field '{name}'"):
            AccessPolicy.from_json(json.dumps(wrong))
    for text in ("", "{}", "[1]", json.dumps({**held, "version": 99})):
        with pytest.raises(ModelFormatError, match="access policy"):
            AccessPolicy.from_json(text)
    with pytest.raises(ModelFormatError, match="grant 0: expected an object"):
        AccessPolicy.from_json(json.dumps({**held, "grants": ["all"]}))
    with pytest.raises(ConfigurationError, match=r"'shoe_size\.left'"):
        policy(Grant(attributes=("shoe_size.left",)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", "'contacts.email'"),
        ("city", "'contacts.postal'"),
        ("given_name", "'person_names'"),
        ("iban", "'identifiers.iban'"),
        ("contacts.mail", "email, online, phone, postal"),
        ("birth_date.year", "'birth_date'"),
        ("measures.", "'measures'"),
    ],
)
def test_a_grant_under_a_name_that_nothing_goes_by_is_refused(name: str, expected: str) -> None:
    """A denial of it would deny nothing."""
    with pytest.raises(ConfigurationError, match=f"attribute '{name}': expected .*{expected}"):
        AccessPolicy((Grant(attributes=(name,), effect=Effect.DENY),))


def test_members_may_be_given_by_their_values() -> None:
    """They are what they name: a denial by its word denies what is sensitive for all purposes; others are none."""
    grant: Any = Grant
    opened = grant(attributes=("wealth",), purposes=("advice",), actions=("read",))
    denied = grant(attributes=("wealth",), effect="deny")
    assert (opened.actions, denied.effect) == ((Action.READ,), Effect.DENY)
    policy = AccessPolicy((opened, denied))
    assert policy(Actor(name="ann"), "advice", "wealth", Action.READ) is Effect.DENY
    for wrong in ({"actions": ("reed",)}, {"effect": "forbid"}):
        with pytest.raises(ConfigurationError, match=r"Grant\.(actions|effect): expected one of"):
            grant(**wrong)


def test_actors_have_names() -> None:
    """Nobody acts without a name, and no customer without his identifier."""
    with pytest.raises(ConfigurationError, match=r"Actor\.name"):
        Actor(name=" ")
    with pytest.raises(ConfigurationError, match=r"Actor\.customer"):
        Actor(name="self", kind=ActorKind.SUBJECT)


@given(st.text(), st.text(min_size=1))
def test_masks_hide(given_name: str, family: str) -> None:
    """Of a name at most initials are shown, of other text nothing."""
    if family.strip():
        shown = masked(PersonName(given=(given_name,) if given_name.strip() else (), family=family))
        assert all(len(word) <= 2 or word == "•••" for word in shown.split(" ") if not word.isspace())
    assert masked(family) == "•••"


def test_what_masks_show() -> None:
    """Enough to recognize one's own, and no more."""
    shown = {
        "••• 78": Phone(e164="+33612345678"),
        "m•••@•••.example": ContactPoint(point=Email(address="marie@mail.example")),
        "1984": PartialDate("1984-06-12"),
        "M. D.": PersonName(given=("Marie",), family="Durand"),
        "M.": PersonName(full="Marie Durand"),
        "••• FR": PostalAddress(number="12", street="rue Pasteur", postcode="44000", city="Nantes", country="FR"),
        "•••": OnlineAccount(scheme="web", handle="marie"),
        "••• 30": ExternalId(scheme="iban", value="FR7630"),
    }
    assert {masked(value): value for value in shown.values()} == shown
    assert masked(ExternalId(scheme="card", value="12345")) == "•••"


def gate(*grants: Grant, trail: AuditFile | None = None, purpose: str = "sale", **options: Any) -> Gate:
    return Gate(policy(*grants), TILL, purpose=purpose, audit=trail, **options)


def test_a_view_holds_what_is_allowed(tmp_path: Path) -> None:
    """Allowed statements come whole, masked ones without value, denied ones not at all, and the trail says so."""
    trail = AuditFile(tmp_path / "audit.jsonl")
    seen = gate(
        Grant(attributes=("person_names", "wealth")),
        Grant(attributes=("measures.tier",), purposes=("sale",)),
        Grant(attributes=("contacts.phone",), effect=Effect.MASK),
        trail=trail,
    ).view([RECORD], customer="C1")
    assert sorted((each.facet, each.is_masked) for each in seen) == [
        ("contacts.phone", True),
        ("measures.tier", False),
        ("person_names", False),
    ]
    hidden = next(each for each in seen if each.is_masked)
    assert (hidden.value, hidden.stated, hidden.text) == (None, None, "••• 78")
    allowed, denied = trail.entries()
    assert (allowed.outcome, allowed.customers, allowed.purpose) == ("allowed", ("C1",), "sale")
    assert denied.categories == ("birth_date", "contacts.email", "measures.driving", "wealth.estate")
    assert "612345678" not in (tmp_path / "audit.jsonl").read_text()


def test_a_purpose_opens_what_is_sensitive() -> None:
    """What somebody owns is seen for advice, and not without a purpose."""
    advice = Grant(attributes=("wealth",), purposes=("advice",))
    assert [each.facet for each in gate(advice, purpose="advice").view([RECORD])] == ["wealth.estate"]
    assert gate(advice, purpose="").view([RECORD]) == ()
    with pytest.raises(AccessDeniedError, match="read wealth without a purpose"):
        gate(advice, purpose="").require(["wealth"], Action.READ)


def test_a_denied_change_leaves_an_entry_alone(tmp_path: Path) -> None:
    """It is refused by name, it is on record, and nobody is told of a change."""
    trail, told = AuditFile(tmp_path / "audit.jsonl"), list[SensitiveUpdate]()
    closed = gate(Grant(attributes=("contacts.phone",), actions=(Action.UPDATE,)), trail=trail, notify=told.append)
    with pytest.raises(AccessDeniedError, match=r"'till 3': update contacts\.email for 'sale'"):
        closed.update(["contacts.phone", "contacts.email"], customer="C1")
    assert [(each.action, each.outcome, each.categories) for each in trail.entries()] == [
        ("update", "denied", ("contacts.email",))
    ]
    assert told == []


def test_changes_of_what_is_watched_are_told_without_values() -> None:
    """One message for a change of address and number, with names of attributes alone; none for a preference."""
    told = list[SensitiveUpdate]()
    open_gate = gate(Grant(actions=(Action.UPDATE,)), notify=told.append)
    open_gate.update(["contacts.phone", "contacts.postal", "preferences"], customer="C1")
    open_gate.update(["preferences"], customer="C1")
    assert told == [SensitiveUpdate(customer="C1", attributes=("contacts.phone", "contacts.postal"), actor="till 3")]
    advice = gate(Grant(actions=(Action.UPDATE,), purposes=("advice",)), purpose="advice", notify=told.append)
    advice.update(["wealth.estate", "identifiers.loyalty_card"], customer="C1")
    assert told[-1].attributes == ("wealth.estate",)


def test_exports_are_decided_apart_from_reading() -> None:
    """Who may read may not carry away."""
    reader = gate(Grant())
    assert reader.view([RECORD]) != ()
    assert reader.view([RECORD], action=Action.EXPORT) == ()


def test_records_without_what_is_allowed_show_nothing() -> None:
    """A record of which nothing may be seen leaves no trace in a view."""
    only_born: Record = person_record(birth_dates=[stated(PartialDate("1984"))])
    assert gate(Grant(attributes=("person_names",))).view([only_born]) == ()


@pytest.mark.parametrize(
    "made",
    [
        lambda: Actor(name="ann", roles="till"),  # type: ignore[arg-type]
        lambda: Grant(roles="till", effect=Effect.DENY),  # type: ignore[arg-type]
        lambda: Grant(purposes=["sale"]),  # type: ignore[arg-type]
        lambda: Grant(actions=Action.READ),
    ],
    ids=["roles of an actor", "roles", "purposes", "actions"],
)
def test_one_text_is_no_tuple(made: Callable[[], object]) -> None:
    """A text in the place of a tuple is refused: a grant to its letters would deny nobody."""
    with pytest.raises(ConfigurationError, match="expected a tuple of texts"):
        made()
