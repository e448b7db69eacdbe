"""The registry as its users see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custid.errors import (
    ConfigurationError,
    IdentifierError,
    InputError,
    PartitionError,
    StoreError,
    UnknownChangeError,
    UnknownIdentifierError,
    UnknownRecordError,
    VerdictError,
)
from custid.model import Consent, ConsentStatus
from custid.registry import (
    Active,
    AdoptedScheme,
    Base32Scheme,
    Change,
    Gone,
    MemoryStore,
    Moved,
    RecordKey,
    Registry,
    SequentialMinter,
    VerdictKind,
    open_registry,
)
from custid.registry.identifiers import CustomerId
from custid.serde.documents import structure, unstructure
from custid.survivorship import golden_record
from tests.survivorship.statements import person_record, stated

A, B, C, D = (("crm", name) for name in "abcd")
_NAMES = [Base32Scheme().encode(number) for number in range(1, 9)]
DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Ticking:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.now = DAY

    def __call__(self) -> datetime:
        """Return the time it was set to."""
        return self.now


@pytest.fixture
def clock() -> Ticking:
    """Return a clock."""
    return Ticking()


@pytest.fixture
def registry(clock: Ticking) -> Registry:
    """Return an empty registry whose identifiers can be foretold."""
    return Registry(MemoryStore(), minter=SequentialMinter(), clock=clock)


def kinds(change: Change | None) -> list[str]:
    return [] if change is None else [each.kind.value for each in change.events]


def test_one_customer_over_three_shops(registry: Registry) -> None:
    """Three shops' records are one identifier, by whichever it is asked for (requirement 38)."""
    registry.apply([[("nord", "1"), ("sud", "1"), ("web", "x")], [("web", "y")]])
    assert {registry.id_of(key) for key in (("nord", "1"), ("sud", "1"), ("web", "x"))} == {_NAMES[0]}
    customer = registry.customer(_NAMES[0].lower().replace("-", " "))
    assert customer.records == (RecordKey("nord", "1"), RecordKey("sud", "1"), RecordKey("web", "x"))


def test_a_prospect_keeps_its_identifier_as_a_customer(registry: Registry) -> None:
    """A record that says something else is still the same customer's (requirement 7)."""
    registry.apply([[A]], contents={A: {"role": "prospect"}})
    change = registry.apply([[A]], contents={A: {"role": "subscriber"}})
    assert kinds(change) == ["updated"]
    assert registry.id_of(A) == _NAMES[0]
    assert registry.customer(_NAMES[0]).contents == {A: {"role": "subscriber"}}


def test_a_partner_keeps_finding_its_records(registry: Registry) -> None:
    """The crosswalk of another firm's keys stays right through a merge and a split (requirement 50)."""
    registry.apply([[("maker", "1")], [A]])
    ours = registry.id_of(A)
    merged = registry.merge(("maker", "1"), A, reason="same serial number")
    assert registry.id_of(("maker", "1")) == registry.id_of(A)
    registry.undo(merged.number)
    assert (registry.id_of(A), registry.id_of(("maker", "1")) == ours) == (ours, False)


def test_accounts_of_merged_customers_lead_to_the_one_that_stays(registry: Registry) -> None:
    """Account numbers, kept as keys of a source, all lead to the survivor (requirement 28)."""
    registry.apply([[("accounts", "A-1"), A], [("accounts", "B-7"), B]])
    registry.merge(A, B, reason="one person")
    assert {registry.id_of(("accounts", number)) for number in ("A-1", "B-7")} == {_NAMES[0]}


def test_a_joint_account_survives_the_merge_of_one_holder(registry: Registry) -> None:
    """Holders are record keys, so that one holder's duplicates become one and the other stays (requirement 5)."""
    holders = (A, B, C)
    registry.apply([[A], [B], [C]])
    registry.merge(A, B, reason="the same holder, twice")
    assert {registry.id_of(key) for key in holders} == {_NAMES[0], _NAMES[2]}


def test_a_supplier_who_is_a_customer_has_one_identifier(registry: Registry) -> None:
    """Two sources, two roles, one identifier (requirement 8)."""
    registry.apply([[("purchasing", "S1"), ("shop", "C1")]])
    assert registry.id_of(("purchasing", "S1")) == registry.id_of(("shop", "C1"))


def test_an_objection_holds_for_the_customer(registry: Registry) -> None:
    """Invariant 27: said in one record, it holds once another one turns out to be the same person's; and not after."""
    given, objected = (
        person_record(
            source, consents=(stated(Consent(purpose="marketing", status=status), source),), is_restricted=False
        )
        for source, status in (("crm", ConsentStatus.GIVEN), ("web", ConsentStatus.OBJECTED))
    )
    keys = [(each.source, each.key) for each in (given, objected)]
    contents = {key: unstructure(each) for key, each in zip(keys, (given, objected), strict=True)}
    registry.apply([[keys[0]], [keys[1]]], contents=contents)

    def status() -> ConsentStatus | None:
        kept = registry.customer(registry.id_of(keys[0])).contents.values()
        found = golden_record([structure(each) for each in kept]).consent("marketing", "")
        return None if found is None else found.status

    assert status() is ConsentStatus.GIVEN
    merged = registry.merge(*keys, reason="same person")
    assert status() is ConsentStatus.OBJECTED
    registry.undo(merged.number)
    assert status() is ConsentStatus.GIVEN


def test_what_was_written_is_read_at_once(registry: Registry) -> None:
    """A new record shows in the next read (requirement 78)."""
    for number in range(5):
        registry.apply([[("crm", str(number))]])
        assert registry.id_of(("crm", str(number))) == _NAMES[number]


def test_resolving_tells_of_redirects_and_of_the_end(registry: Registry) -> None:
    """Active, moved with both identifiers, gone; a mistyped one and one never issued are told apart."""
    registry.apply([[A], [B], [C]])
    registry.merge(A, B, reason="twins they are not")
    registry.withdraw([C])
    assert registry.resolve(_NAMES[0]) == Active(_NAMES[0])
    assert registry.resolve(_NAMES[1]) == Moved(_NAMES[1], _NAMES[0])
    assert registry.resolve(_NAMES[2]) == Gone(_NAMES[2])
    with pytest.raises(UnknownIdentifierError, match=r"expected one that this registry has issued.*Hint"):
        registry.resolve(_NAMES[7])
    with pytest.raises(IdentifierError, match="check symbol"):
        registry.resolve(_NAMES[0][:-1] + "Z")
    with pytest.raises(UnknownIdentifierError, match="gone"):
        registry.customer(_NAMES[2])
    with pytest.raises(UnknownRecordError, match=r"record \('crm', 'c'\): expected one that the registry holds"):
        registry.id_of(C)


def test_a_customer_knows_its_former_identifiers(registry: Registry) -> None:
    """Asked for by a redirect, the customer shows the identifier in force."""
    registry.apply([[A], [B], [C]])
    registry.apply([[A, B, C]])
    customer = registry.customer(_NAMES[2])
    assert (customer.id, customer.redirects) == (_NAMES[0], (_NAMES[1], _NAMES[2]))


def test_history_tells_what_happened_when_and_why(registry: Registry, clock: Ticking) -> None:
    """Events of the identifier and of its records, with time, actor and reason."""
    registry.apply([[A], [B]], reason="first load")
    clock.now += timedelta(days=1)
    registry.merge(A, B, reason="one passport", actor="anne")
    told = [(each.at, each.event.kind.value, each.cause.reason) for each in registry.history(_NAMES[1])]
    later = DAY + timedelta(days=1)
    assert told == [
        (DAY, "minted", "first load"),
        (DAY, "assigned", "first load"),
        (later, "merged", "one passport"),
        (later, "assigned", "one passport"),
    ]
    assert {each.cause.actor for each in registry.history(_NAMES[1])} == {"", "anne"}


def test_a_customer_given_in_part_is_refused(registry: Registry) -> None:
    """Where a record's companions are to go has to be said."""
    registry.apply([[A, B], [C]])
    with pytest.raises(PartitionError, match=r"record \('crm', 'b'\): expected in a cluster or withdrawn.*got neither"):
        registry.apply([[A, C]])
    assert registry.id_of(A) != registry.id_of(C)


def test_records_that_stay_and_leave_at_once_are_refused(registry: Registry) -> None:
    """A record is in a cluster or withdrawn."""
    with pytest.raises(PartitionError, match="got both"):
        registry.apply([[A]], withdrawn=[A])


def test_nothing_new_is_no_change(registry: Registry) -> None:
    """Applying what is there writes nothing."""
    registry.apply([[A, B]], contents={A: {"x": 1}})
    assert registry.apply([[B, A]], contents={A: {"x": 1}}) is None
    assert registry.withdraw([D]) is None
    assert len(list(registry.changes())) == 1


def test_a_request_takes_effect_once(registry: Registry) -> None:
    """Delivered again, even after others, it gives the same answer and changes nothing."""
    first = registry.apply([[A], [B]], request="monday")
    registry.merge(A, B, reason="same")
    assert registry.apply([[A], [B]], request="monday") == first
    assert registry.id_of(A) == registry.id_of(B)


def test_a_truncated_file_withdraws_nobody(registry: Registry) -> None:
    """Of a snapshot in which too many records are missing nothing is taken over, unless it is meant so."""
    registry.apply_all([[("crm", str(number))] for number in range(100)])
    few = [[("crm", str(number))] for number in range(79)]
    with pytest.raises(PartitionError, match=r"at most 20% of 100 records to be missing, got 21.*Hint: A truncated"):
        registry.apply_all(few)
    assert kinds(registry.apply_all(few, largest_withdrawn_share=0.21)) == ["withdrawn"] * 21 + ["gone"] * 21
    assert kinds(registry.apply_all([*few[:70]])) == ["withdrawn"] * 9 + ["gone"] * 9


def test_merging_keeps_the_eldest_identifier(registry: Registry) -> None:
    """By identifiers or by records, in either order."""
    registry.apply([[A], [B], [C]])
    merged = registry.merge(_NAMES[2], _NAMES[1], reason="same")
    assert {registry.id_of(B), registry.id_of(C)} == {_NAMES[1]}
    assert merged.verdicts[0].kind is VerdictKind.SAME
    registry.merge(C, A, reason="same")
    assert {registry.id_of(key) for key in (A, B, C)} == {_NAMES[0]}


def test_what_a_person_joined_stays_joined(registry: Registry) -> None:
    """A later partition that sets the records apart is refused, until the verdict is undone (requirement 92)."""
    registry.apply([[A], [B]])
    merged = registry.merge(A, B, reason="seen at the counter")
    with pytest.raises(VerdictError, match=r"verdict 1 of change 2: expected its records in one customer"):
        registry.apply_all([[A], [B]])
    registry.undo(merged.token, reason="the wrong passport")
    assert (registry.id_of(A), registry.id_of(B)) == (_NAMES[0], _NAMES[1])
    assert registry.apply_all([[A], [B]]) is None


def test_what_a_person_set_apart_stays_apart(registry: Registry) -> None:
    """By no path, not even by way of a third record that arrives later."""
    registry.apply([[A, B, C]])
    name = registry.id_of(A)
    registry.split(name, [[C]], reason="father and son")
    assert registry.id_of(C) != name
    with pytest.raises(VerdictError, match="different customers"):
        registry.apply([[A, B, C, D]])
    with pytest.raises(VerdictError, match="different customers"):
        registry.merge(A, C, reason="no")
    registry.withdraw([C])
    with pytest.raises(VerdictError):
        registry.apply([[A, B, C]])
    registry.apply([[A, B], [C]])


def test_no_verdict_contradicts_those_of_withdrawn_records(registry: Registry) -> None:
    """Who is one customer by way of a record that has gone is not set apart meanwhile: it could not come again."""
    registry.apply([[A], [B], [C]])
    registry.forbid(A, B, reason="brothers")
    registry.merge(A, C, reason="one card")
    registry.withdraw([A])
    with pytest.raises(VerdictError, match=r"verdict 1 of change 2: .* once all records are there"):
        registry.merge(C, B, reason="no")
    registry.apply([[A, C]])
    assert registry.id_of(A) == registry.id_of(C) != registry.id_of(B)


def test_who_was_joined_by_a_withdrawn_record_is_not_set_apart(registry: Registry) -> None:
    """The same the other way round: two verdicts of same stand, and the record between them has gone."""
    registry.apply([[A], [B], [C]])
    registry.merge(A, C, reason="one card")
    registry.merge(C, B, reason="one phone")
    registry.withdraw([C])
    registry.apply_all([[A], [B]])
    with pytest.raises(VerdictError, match="once all records are there"):
        registry.forbid(A, B, reason="no")
    registry.apply([[A, B, C]])
    assert len({registry.id_of(key) for key in (A, B, C)}) == 1


def test_forbidding_leaves_all_where_it_is(registry: Registry) -> None:
    """Two customers that look alike keep their identifiers, and can no longer be joined."""
    registry.apply([[A, B], [C]])
    change = registry.forbid(_NAMES[0], C, reason="brothers")
    assert kinds(change) == []
    assert [each.left + each.right for each in change.verdicts] == [(A, B, C)]
    with pytest.raises(VerdictError):
        registry.apply([[A], [B, C]])
    with pytest.raises(VerdictError, match=r"expected two customers, got one.*Hint: Use split"):
        registry.forbid(A, B, reason="no")
    registry.undo(change.number)
    registry.apply([[A], [B, C]])


def test_splits_that_cannot_be(registry: Registry) -> None:
    """Parts have to be of the customer, and two at least."""
    registry.apply([[A, B], [C]])
    with pytest.raises(PartitionError, match="records of the customer"):
        registry.split(_NAMES[0], [[A], [C]], reason="no")
    with pytest.raises(PartitionError, match="two parts or more"):
        registry.split(_NAMES[0], [[A, B]], reason="no")
    with pytest.raises(VerdictError, match="expected two customers, got one"):
        registry.merge(_NAMES[0], _NAMES[0], reason="no")


def test_undoing_a_split_joins_again(registry: Registry) -> None:
    """All is as before, identifiers included, and the pairs may meet again."""
    registry.apply([[A, B, C], [D]])
    before = registry.customer(_NAMES[0])
    split = registry.split(_NAMES[0], [[B]], reason="two persons")
    undone = registry.undo(split.number)
    assert registry.customer(_NAMES[0]).records == before.records
    assert (undone.revoked, registry.verdicts()) == ((1,), ())
    with pytest.raises(VerdictError, match="a verdict that stands"):
        registry.undo(split.number)


def test_what_has_been_built_upon_is_not_undone(registry: Registry) -> None:
    """A merge is not taken back once its customer has got another record: whose that is, nobody has said."""
    registry.apply([[A], [B]])
    merged = registry.merge(A, B, reason="same")
    registry.apply([[A, B, C]])
    with pytest.raises(VerdictError, match=r"as it left them, got others by now.*Hint"):
        registry.undo(merged.number)
    registry.withdraw([C])
    registry.undo(merged.number)
    assert registry.id_of(A) != registry.id_of(B)


def test_a_merge_can_be_undone_though_a_record_has_left(registry: Registry) -> None:
    """Those that are left go back to where they were."""
    registry.apply([[A, B], [C, D]])
    merged = registry.merge(A, C, reason="same")
    registry.withdraw([B, D])
    registry.undo(merged.number)
    assert (registry.id_of(A), registry.id_of(C)) == (_NAMES[0], _NAMES[1])


def test_only_decisions_are_undone(registry: Registry) -> None:
    """A load of data is mended by another load."""
    registry.apply([[A]])
    with pytest.raises(VerdictError, match="a verdict that stands"):
        registry.undo(1)
    with pytest.raises(UnknownChangeError):
        registry.undo(7)


def test_the_past_is_kept(registry: Registry, clock: Ticking) -> None:
    """By time, token or number: who belonged to whom, and what led where."""
    registry.apply([[A], [B]])
    clock.now += timedelta(days=1)
    merged = registry.apply([[A, B, C]])
    clock.now += timedelta(days=1)
    registry.apply([[A, B]], withdrawn=[C])
    assert merged is not None
    first = registry.as_of(DAY + timedelta(hours=1))
    assert (first.id_of(B), first.resolve(_NAMES[1])) == (_NAMES[1], Active(_NAMES[1]))
    assert first.customer(_NAMES[0]).records == (A,)
    with pytest.raises(UnknownRecordError, match="after change 1"):
        first.id_of(C)
    for second in (registry.as_of(merged.token), registry.as_of(2), registry.as_of(merged.at)):
        assert (second.id_of(C), second.resolve(_NAMES[1])) == (_NAMES[0], Moved(_NAMES[1], _NAMES[0]))
        assert second.customer(_NAMES[1]).records == (A, B, C)
    with pytest.raises(UnknownRecordError):
        registry.as_of(3).id_of(C)
    with pytest.raises(UnknownIdentifierError, match="issued by change 0"):
        registry.as_of(DAY - timedelta(days=1)).resolve(_NAMES[0])
    with pytest.raises(ConfigurationError, match="time zone"):
        registry.as_of(datetime(2026, 3, 1))  # noqa: DTZ001


def test_the_past_of_what_is_gone(registry: Registry) -> None:
    """A customer of the past can be looked at; after its end it is gone there too."""
    registry.apply([[A]])
    registry.withdraw([A])
    assert registry.as_of(1).customer(_NAMES[0]).records == (A,)
    assert registry.as_of(2).resolve(_NAMES[0]) == Gone(_NAMES[0])
    with pytest.raises(UnknownIdentifierError, match="gone by then"):
        registry.as_of(2).customer(_NAMES[0])


def test_a_clock_that_goes_backwards_changes_no_order(registry: Registry, clock: Ticking) -> None:
    """A change is never dated before the one that precedes it."""
    registry.apply([[A]])
    clock.now -= timedelta(days=400)
    change = registry.apply([[B]])
    assert change is not None
    assert change.at == DAY
    assert registry.as_of(DAY).id_of(B) == _NAMES[1]


def test_readers_go_on_where_they_stopped(registry: Registry) -> None:
    """With a token of their own, or by name; each change once, in order."""
    for name in "abcd":
        registry.apply([[("crm", name)]])
    seen = list(registry.changes())
    assert [each.number for each in registry.changes(seen[1].token)] == [3, 4]
    assert list(registry.changes(seen[-1].token)) == []
    registry.acknowledge("warehouse", seen[2].token)
    assert [each.number for each in registry.unread("warehouse")] == [4]
    registry.acknowledge("warehouse", seen[2].token)
    with pytest.raises(ConfigurationError, match="reader 'warehouse': expected change 3 or a later one, got 2"):
        registry.acknowledge("warehouse", seen[1].token)
    assert [each.number for each in registry.unread("unheard of")] == [1, 2, 3, 4]


def test_long_histories_are_read_in_portions() -> None:
    """All changes come, each once."""
    registry = Registry(MemoryStore())
    for number in range(600):
        registry.apply([[("crm", str(number))]])
    assert [each.number for each in registry.changes()] == list(range(1, 601))


def test_a_token_of_another_history_is_refused(registry: Registry) -> None:
    """After a restore from a backup, a reader that was ahead does not miss anything silently."""
    other = Registry(MemoryStore())
    ours, theirs = registry.apply([[A]]), other.apply([[A]])
    assert ours is not None
    assert theirs is not None
    for token in (theirs.token, "2", "1.", "x", "-1", "", "1.5", "٣"):
        with pytest.raises(UnknownChangeError, match=r"of this registry.*Hint: After a restore"):
            list(registry.changes(token))
    assert list(registry.changes(ours.token)) == []


def test_customer_numbers_can_be_adopted() -> None:
    """Numbers of the application are identifiers, and go on leading to their customers after a merge."""
    registry = Registry(MemoryStore(), scheme=AdoptedScheme(prefix="crm:"), minter=SequentialMinter())
    registry.adopt({A: "10045", B: "10045", C: "10046"}, contents={A: {"n": 1}})
    registry.apply([[D]])
    assert (registry.id_of(B), registry.id_of(C), registry.id_of(D)) == ("crm:10045", "crm:10046", _NAMES[0])
    registry.merge("crm:10046", D, reason="same")
    registry.merge("crm:10045", "crm:10046", reason="same")
    assert registry.resolve("CRM:10046") == Moved(CustomerId("crm:10046"), CustomerId("crm:10045"))
    registry.adopt({("crm", "e"): "10046"})
    assert registry.id_of(("crm", "e")) == "crm:10045"


def test_numbers_that_cannot_be_adopted() -> None:
    """Numbers of customers that are gone, of records that are there, and without a scheme for them."""
    registry = Registry(MemoryStore(), scheme=AdoptedScheme())
    registry.adopt({A: "1", B: "2"})
    registry.withdraw([A])
    with pytest.raises(IdentifierError, match="got 1 whose customers are gone"):
        registry.adopt({A: "1"})
    with pytest.raises(PartitionError, match="new to the registry"):
        registry.adopt({B: "3"})
    with pytest.raises(ConfigurationError, match="expected one that adopts numbers"):
        Registry(MemoryStore()).adopt({A: "1"})


def test_an_identifier_that_is_taken_is_drawn_again() -> None:
    """No identifier is issued twice, whatever the minter says; one that knows no other is an error."""
    names = [Base32Scheme().encode(number) for number in (1, 1, 2, 2, 3)]
    registry = Registry(MemoryStore(), minter=lambda _founder, _attempt: names.pop(0))
    registry.apply([[A], [B]])
    registry.apply([[C]])
    assert len({registry.id_of(key) for key in (A, B, C)}) == 3
    stubborn = Registry(MemoryStore(), minter=lambda _founder, _attempt: _NAMES[0])
    stubborn.apply([[A]])
    with pytest.raises(StoreError, match="minter: expected an identifier never issued before"):
        stubborn.apply([[B]])


def test_the_scheme_is_that_of_the_first_day(tmp_path: Path) -> None:
    """A registry opened with another scheme says so, instead of issuing two kinds of identifiers."""
    path = tmp_path / "registry.db"
    open_registry(path).close()
    with pytest.raises(ConfigurationError, match=r"scheme: expected 'custid-base32'.*got 'custid-base32\+own:'"):
        open_registry(path, scheme=AdoptedScheme())


@pytest.mark.parametrize(
    "key",
    ["Zoé", ("Zoé",), ("Zoé", ""), ("", "Zoé"), ("crm", 1984), ("crm", "Zoé\0"), ("Zoé", "\ud800"), ("c", "Zoé" * 342)],
)
def test_keys_that_no_database_holds_alike(registry: Registry, key: object) -> None:
    """They are refused at the door, by a message that does not repeat them."""
    with pytest.raises(InputError, match="record key: ") as refused:
        registry.apply([[key]])  # type: ignore[list-item]
    assert not any(text in str(refused.value) for text in ("Zoé", "1984"))


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}, b"x"])
def test_contents_that_no_database_holds(registry: Registry, value: object) -> None:
    """What JSON cannot say is refused."""
    with pytest.raises(InputError, match=r"record content: expected what JSON holds.*Hint"):
        registry.apply([[A]], contents={A: {"value": value}})


def test_contents_of_unknown_records_are_refused(registry: Registry) -> None:
    """A content without a record would be lost."""
    with pytest.raises(PartitionError, match=r"contents: record \('crm', 'b'\)"):
        registry.apply([[A]], contents={B: {}})


def test_events_hold_no_values(registry: Registry) -> None:
    """Invariant 24: whatever records say, nothing of it is in the history, nor in what is shown of objects."""
    sentinel = "Zoé-Sentinelle"
    registry.apply([[A], [B]], contents={A: {"name": sentinel}, B: {"name": sentinel}})
    registry.apply([[A]], contents={A: {"name": sentinel * 2}}, withdrawn=[B])
    assert sentinel not in "".join(map(str, [change.events for change in registry.changes()]))
    assert sentinel not in repr(registry.customer(_NAMES[0])) + repr(registry)


def test_a_registry_closes_its_store() -> None:
    """After the block it can no longer be used."""
    with open_registry("memory") as registry:
        registry.apply([[A]])
    with pytest.raises(StoreError, match="closed"):
        registry.id_of(A)


@pytest.mark.parametrize("change", [0, "0", "9" * 5_000], ids=["the beginning", "its text", "endless"])
def test_no_change_is_undone_that_is_none(change: str | int) -> None:
    """Neither the beginning of the history nor a number without end is a change."""
    registry = Registry(MemoryStore())
    registry.apply([[("crm", "1")]])
    with pytest.raises(UnknownChangeError):
        registry.undo(change)
