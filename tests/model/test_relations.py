"""custid.model.relations."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from custid.model import PartyKey, Relation, Stated, find_cycle, relations_of
from tests.survivorship.statements import stated

A, B, C, D = (PartyKey("crm", key) for key in "1234")


def edge(kind: str, subject: PartyKey, other: PartyKey, valid: tuple[str, str] = ("", "")) -> Stated[Relation]:
    return stated(Relation(kind=kind, subject=subject, object=other), valid=valid)


def test_both_sides_see_one_edge() -> None:
    """The parent sees that it is a parent, the child that it is a child, and both the same statement."""
    parent = edge("parent", A, B)
    (above,), (below,) = relations_of(A, [parent]), relations_of(B, [parent])
    assert (above.kind, above.other, above.stated) == ("parent", B, parent)
    assert (below.kind, below.other, below.stated) == ("child", A, parent)


def test_an_ended_relation_is_hidden_after_its_end() -> None:
    """A dated end hides the edge on that day, and only from it on."""
    job = edge("employee", A, B, ("2010-01-01", "2015-01-01"))
    assert relations_of(B, [job], at=date(2014, 12, 31))
    assert relations_of(B, [job], at=date(2015, 1, 1)) == ()
    assert relations_of(B, [job])


def test_relations_of_a_party_with_several_records() -> None:
    """All records of a party are asked at once; what relates two of them to each other is no relation of the party."""
    relations = [edge("spouse", A, C), edge("twin", D, B), edge("spouse", A, B), edge("member", C, D)]
    found = relations_of([A, B], relations)
    assert [(each.kind, each.other) for each in found] == [("spouse", C), ("twin", D)]


def test_a_kind_without_inverse_is_seen_from_the_other_side() -> None:
    """An unknown kind hides no edge; from the other side it has no name."""
    found = edge("neighbor", A, B)
    assert [each.kind for each in relations_of(A, [found])] == ["neighbor"]
    assert [each.kind for each in relations_of(B, [found])] == [""]


def test_relations_come_in_one_order() -> None:
    """The order of the statements is of no influence."""
    relations = [edge("spouse", A, D), edge("parent", A, B), edge("guardian", A, B)]
    assert relations_of(A, relations) == relations_of(A, relations[::-1])


def test_a_circle_of_companies_is_found() -> None:
    """A circle is found whether its edges are stated from above or from below."""
    circle = [edge("parent_company", B, C), edge("subsidiary", B, A), edge("parent_company", C, A)]
    assert find_cycle(circle) == (A, B, C)
    assert find_cycle([edge("legal_unit", A, B), edge("establishment", A, B)]) == (A, B)
    assert find_cycle(circle[:2]) == ()
    assert find_cycle([*circle[:2], edge("parent_company", C, A, ("", "2010"))], at=date(2020, 1, 1)) == ()


def test_only_hierarchies_must_not_be_circular() -> None:
    """Spouses are each other's spouses; parent and employer are two hierarchies; unknown kinds are none."""
    assert find_cycle([edge("spouse", A, B), edge("spouse", B, A)]) == ()
    assert find_cycle([edge("parent", A, B), edge("employer", B, A)]) == ()
    assert find_cycle([edge("neighbor", A, B), edge("neighbor", B, A)]) == ()
    assert find_cycle([edge("parent", A, B), edge("parent", B, A)]) == (A, B)
    assert find_cycle([edge("parent", A, B), edge("child", B, A)]) == ()


def test_long_chains_are_walked() -> None:
    """A chain longer than Python's recursion limit is no problem."""
    keys = [PartyKey("crm", f"{number:05d}") for number in range(2000)]
    chain = [edge("parent", above, below) for above, below in pairwise(keys)]
    assert find_cycle(chain) == ()
    assert find_cycle([*chain, edge("parent", keys[-1], keys[0])]) == tuple(keys)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1])))
def test_circles_are_found_whatever_the_order(pairs: list[tuple[int, int]]) -> None:
    """A circle is found where, and only where, taking away parties with nothing above them leaves some."""
    keys = [PartyKey("crm", str(number)) for number in range(6)]
    found = find_cycle([edge("parent", keys[above], keys[below]) for above, below in pairs])
    left = set(pairs)
    while bare := {pair for pair in left if pair[0] not in {below for _, below in left}}:
        left -= bare
    assert bool(found) == bool(left)
    assert find_cycle([edge("parent", keys[above], keys[below]) for above, below in reversed(pairs)]) == found
    for above, below in zip(found, (*found[1:], *found[:1]), strict=True):
        assert (keys.index(above), keys.index(below)) in pairs
