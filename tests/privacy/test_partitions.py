"""custid.privacy.partitions, residency and panels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import (
    ContactPoint,
    Email,
    ExternalId,
    Organization,
    OrganizationName,
    Person,
    Phone,
    Provenance,
    Record,
    Stated,
)
from custid.privacy import (
    KeyedTokens,
    TokenOf,
    Transfer,
    checked_region,
    linked_customers,
    panel,
    partition_key,
    partitioned,
    region_of,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
BY = Provenance(source="crm", record="1", observed_at=NOW, recorded_at=NOW)
TOKENS = KeyedTokens(b"a secret of sixteen bytes")
CONTACTS = (
    Stated(ContactPoint(point=Email(address="Zoe@mail.example")), BY),
    Stated(ContactPoint(point=Phone(e164="+33639980001")), BY),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from(["", "a@x.org", "b@x.org", "c@x.org"]),
            "phone": st.sampled_from(["", "0639980001", "0639980002"]),
        }
    ),
    max_size=12,
)


def customers_of(rows: list[dict[str, str]], n_partitions: int) -> set[frozenset[int]]:
    """Return customers by exact keys: within each partition first, then over all by tokens alone."""
    told: list[TokenOf] = []
    members: dict[tuple[str, str], list[int]] = {}
    for name, numbers in partitioned(range(len(rows)), lambda number: str(number * 7 % n_partitions)).items():
        own = [
            TokenOf(t, name, str(n))
            for n in numbers
            for t in TOKENS.of_row(rows[n], {"email": "email", "phone": "phone"})
        ]
        own += [TokenOf(f"only {n}", name, str(n)) for n in numbers]
        for place, group in enumerate(linked_customers(own, most_customers=99)):
            held = sorted(int(customer) for _, customer in group)
            members[name, f"K{place}"] = held
            mine = {t.token for t in own if int(t.customer) in held}
            told += TOKENS.told(name, {f"K{place}": mine})
    return {
        frozenset(number for place in group for number in members[place])
        for group in linked_customers(reversed(told), most_customers=99)
    }


@given(ROWS)
def test_partitions_change_no_customer(rows: list[dict[str, str]]) -> None:
    """Row 90: the same rows in one partition or in four make the same customers by exact keys."""
    assert customers_of(rows, 1) == customers_of(rows, 4)


def test_only_partitions_that_may_are_linked() -> None:
    """Equal tokens of partitions that must not be matched link nobody."""
    told = [TokenOf("t", "EU", "1"), TokenOf("t", "US", "2"), TokenOf("t", "UK", "3")]
    may = lambda one, other: "US" not in {one, other}  # noqa: E731 - said where it is used
    assert linked_customers(told, may_link=may) == [frozenset({("EU", "1"), ("UK", "3")}), frozenset({("US", "2")})]


def test_a_token_of_many_links_nobody() -> None:
    """A number that eleven customers share is no exact key."""
    assert len(linked_customers([TokenOf("t", "EU", str(number)) for number in range(11)])) == 11


def test_tokens_of_records_and_rows_are_the_same() -> None:
    """However a value is written and wherever it stands; under another key all are others."""
    record = Record(source="crm", key="1", party=Person(contacts=CONTACTS))
    row = {"mail": " zoe@MAIL.example", "tel": "06 39 98 00 01"}
    found = TOKENS.of_row(row, {"mail": "email", "tel": "phone"})
    assert TOKENS.of_record(record) == found
    assert len(found) == 2
    assert not found & KeyedTokens(b"another secret of bytes").of_record(record)
    assert "secret" not in repr(TOKENS)
    with pytest.raises(ConfigurationError, match="key: expected 16 bytes or more, got 3"):
        KeyedTokens(b"abc")


def test_records_are_divided_by_tenant_region_and_kind() -> None:
    """What belongs together by law and by kind stays together."""
    person = Record(source="crm", key="1", party=Person(contacts=CONTACTS), jurisdiction="DE")
    company = Record(
        source="crm",
        key="2",
        party=Organization(names=(Stated(OrganizationName(name="Petit SARL"), BY),)),
        tenant="b",
        jurisdiction="US",
    )
    assert partition_key(person) == ("default", "EU", "person")
    assert partition_key(company) == ("b", "US", "organization")
    assert region_of("GB") == "GB"
    with pytest.raises(ConfigurationError, match="region: expected 'EU' or a code"):
        checked_region("Europe")
    with pytest.raises(ConfigurationError, match="transfer: basis: expected a text"):
        Transfer(basis=" ", audit=None)  # type: ignore[arg-type]


def test_identifiers_are_keys_with_their_issuer() -> None:
    """One number of two issuers makes two tokens."""
    made = [
        Record(
            source="crm",
            key="1",
            party=Person(identifiers=(Stated(ExternalId(scheme="loyalty_card", issuer=issuer, value="42 17"), BY),)),
        )
        for issuer in ("bakery", "baker")
    ]
    assert len(TOKENS.of_record(made[0]) | TOKENS.of_record(made[1])) == 2


def test_a_panel_stays_whoever_comes_or_goes() -> None:
    """Row 80: the same seed draws the same customers; who has not agreed is absent; a larger share keeps the rest."""
    customers = [f"C{number}" for number in range(2000)]
    drawn = panel(customers, share=0.1, seed="autumn")
    assert panel([*reversed(customers), "new"], share=0.1, seed="autumn") in (drawn, tuple(sorted((*drawn, "new"))))
    assert 150 < len(drawn) < 250
    assert drawn != panel(customers, share=0.1, seed="winter")
    assert set(drawn) < set(panel(customers, share=0.2, seed="autumn"))
    refused = set(drawn[::3])
    assert panel(customers, share=0.1, seed="autumn", may_ask=lambda one: one not in refused) == tuple(
        one for one in drawn if one not in refused
    )
    with pytest.raises(ConfigurationError, match="share: expected 0 to 1, got 2"):
        panel(customers, share=2.0, seed="")
