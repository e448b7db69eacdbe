"""custid.model.role_policy and custid.model.vocabularies."""

from __future__ import annotations

from typing import Any

import pytest

from custid.errors import ConfigurationError, ModelError
from custid.model import (
    INTERACTION_KINDS,
    LIFE_EVENT_KINDS,
    RELATION_KINDS,
    ROLE_KINDS,
    Kind,
    PartyKey,
    Role,
    RolePolicy,
    Vocabulary,
    check_kind,
)
from tests.survivorship.statements import stated

A, B = PartyKey("crm", "1"), PartyKey("crm", "2")
POLICY = RolePolicy(exclusive=(("payer", "beneficiary"),))


def role(kind: str, *holders: PartyKey, target: str = "contract:7") -> Role:
    return Role(kind=kind, target=target, holders=holders or (A,))


def test_one_party_may_hold_many_roles() -> None:
    """Without a rule against it, payer and user of one contract are one person."""
    assert RolePolicy().check([role("payer"), role("user"), role("beneficiary")]) == ()


def test_exclusive_roles_are_refused_by_name() -> None:
    """The reason names both kinds, whichever comes first."""
    for kinds in (("payer", "beneficiary"), ("beneficiary", "payer")):
        roles = [role(kind) for kind in kinds]
        assert [issue.code for issue in POLICY.check(roles)] == ["exclusive_roles"]
        with pytest.raises(ModelError, match="different parties for payer and beneficiary of one target"):
            POLICY.require(roles)


def test_other_parties_and_targets_do_not_exclude_each_other() -> None:
    """Two persons, or two contracts, may have the two roles."""
    assert POLICY.check([role("payer", A), role("beneficiary", B)]) == ()
    assert POLICY.check([role("payer"), role("beneficiary", target="contract:8")]) == ()
    POLICY.require([role("payer"), role("user")])


def test_one_of_several_holders_is_enough() -> None:
    """A joint payer who is the beneficiary is one, too."""
    assert POLICY.check([role("payer", A, B), role("beneficiary", B)])


def test_records_of_one_party_are_one_holder() -> None:
    """Two records that speak of one person do not get round the rule."""
    roles = [role("payer", A), role("beneficiary", B)]
    assert POLICY.check(roles, party_of=lambda _: "one customer")


def test_roles_of_different_times_do_not_meet() -> None:
    """Who was the payer until 2015 may be the beneficiary since."""
    before = stated(role("payer"), valid=("", "2015-01-01"))
    assert POLICY.check([before, stated(role("beneficiary"), valid=("2015-01-01", ""))]) == ()
    assert POLICY.check([before, stated(role("beneficiary"), valid=("2014-01-01", ""))])


def test_unknown_kinds_are_kept_with_an_issue() -> None:
    """A sixth kind passes, is noted, and is known once it is registered."""
    roles = [role("prescriber")]
    assert [issue.code for issue in POLICY.check(roles)] == ["unknown_kind"]
    POLICY.require(roles)
    prescriber = Kind(code="prescriber", label_en="prescriber", label_fr="prescripteur")
    assert RolePolicy(kinds=ROLE_KINDS.extended(prescriber)).check(roles) == ()


@pytest.mark.parametrize(
    ("exclusive", "message"),
    [
        ((("payer", "payer"),), "pairs of two kinds"),
        ((("payer", "patron"),), "got 'patron'"),
    ],
)
def test_policies_that_cannot_work_are_refused(exclusive: Any, message: str) -> None:
    """A pair has two known kinds."""
    with pytest.raises(ConfigurationError, match=message):
        RolePolicy(exclusive=exclusive)


def test_vocabularies_are_read_only_and_extended_into_new_ones() -> None:
    """Extending leaves the old vocabulary as it is; a code cannot come twice."""
    kind = Kind(code="panel", label_en="panel", label_fr="panel")
    assert "panel" in INTERACTION_KINDS.extended(kind)
    assert "panel" not in INTERACTION_KINDS
    with pytest.raises(ModelError, match="each code once"):
        ROLE_KINDS.extended(Kind(code="payer", label_en="payer", label_fr="payeur"))


@pytest.mark.parametrize("vocabulary", [ROLE_KINDS, RELATION_KINDS, INTERACTION_KINDS, LIFE_EVENT_KINDS])
def test_known_kinds_have_no_issue(vocabulary: Vocabulary) -> None:
    """Every kind of a vocabulary passes, and any other code is noted with the name of the vocabulary."""
    assert [code for code in vocabulary if check_kind(vocabulary, code) is not None] == []
    issue = check_kind(vocabulary, "serenade")
    assert issue is not None
    assert vocabulary.name in issue.detail
    assert check_kind(dict(vocabulary), "serenade") is not None


def test_inverses_are_inverse() -> None:
    """The inverse of a relation's inverse is the relation, and both are hierarchies or neither is."""
    for kind in RELATION_KINDS.values():
        other = RELATION_KINDS[kind.inverse]
        assert (other.inverse, other.is_hierarchy) == (kind.code, kind.is_hierarchy)
