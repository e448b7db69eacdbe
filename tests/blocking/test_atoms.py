"""Atoms of records."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.blocking import atoms as atoms_module
from custid.blocking import record_atoms, view_atoms
from custid.errors import ConfigurationError
from custid.model.attributes import ATTRIBUTES
from custid.table import RecordTable
from tests.record_tables import table_of


def shared(attribute: str, left: str | tuple[str, ...], right: str | tuple[str, ...]) -> set[str]:
    """Return the kinds of which two records have an atom in common."""
    return {atoms.name.split(".")[1] for atoms in record_atoms(table_of({attribute: [left, right]}))}


@pytest.mark.parametrize(
    ("attribute", "left", "right", "kinds"),
    [
        ("birth_date", "1980-02-01", "1980-02-09", {"year", "year_month"}),
        ("birth_date", "1980-02-01", "1980-07-01", {"year", "year_day"}),
        ("birth_date", "1980-02-01", "1980-01-02", {"year", "month_day"}),
        ("birth_date", "1980-02-01", "1981-02-01", {"month_day"}),
        ("birth_date", "1980-02-01", "1980", {"year"}),
        ("birth_date", "1980-02-01", "1980-02", {"year", "year_month"}),
        ("birth_date", "1980-02-01", "XXXX-02-01", {"month_day"}),
        ("birth_date", "1980-02", "1980-03", {"year"}),
        ("birth_date", "1980-02", "1981-02", set()),
        ("phone", "612345678", "33612345678", {"full", "half"}),
        ("phone", "612345678", "612399999", {"half"}),
        ("phone", "612345678", "699945678", {"half"}),
        ("phone", "612345678", "456786123", set()),
        ("national_id", "abcdef", "abcxyz", {"half"}),
        ("organization_id", "12345678", "00005678", {"half"}),
        ("siren", "123456789", "123400000", {"half"}),
        ("siret", "12345678900011", "12345678900029", set()),
        ("loyalty_card", "c0001", "c0002", {"half"}),
        ("loyalty_card", "1", "2", set()),
        ("email", "ann.lee@a.example", "ann.lee@b.example", {"local"}),
        ("email", "ann@a.example", "lee@a.example", set()),
        ("postcode", "44000", "44012", {"area"}),
        ("postcode", "44000", "45000", set()),
        ("postcode", "ls14ab", "ls19zz", {"area"}),
        ("street", "rue pasteur", "avenue pasteur", {"token"}),
        ("street", "rue du lac", "rue du bac", {"head"}),
        ("street", "12345 hill", "12345 lake", set()),
        ("address_line", "9 rue pasteur nantes", "nantes centre", {"token"}),
        ("address_line", "9 rue du lac", "9 rue du bac", set()),
        ("city", "saint etienne", "etienne", {"token"}),
        ("birth_place", "leeds", "leeds north", {"token"}),
        ("house_number", "12", "12bis", set()),
        ("occupation", "baker", "bakers", set()),
        ("family_name", "marchand", "marchal", {"prefix"}),
        ("given_name", "robert", "bob", {"nickname"}),
        ("given_name", "philippe", "filip", {"sound"}),
        ("given_name", "j", "j", set()),
        ("organization_name", "4you bakery", "4you shop", {"acronym", "token"}),
    ],
)
def test_shared_kinds(attribute: str, left: str, right: str, kinds: set[str]) -> None:
    """Two values share the views that they agree in."""
    pairs = {attribute: [left, right], "sex": ["m", "f"]}
    found = {atoms.name.split(".")[1] for atoms in record_atoms(table_of(pairs))}
    assert found == kinds


@pytest.mark.parametrize("attribute", sorted(set(ATTRIBUTES) - {"given_name", "family_name", "full_name"}))
def test_equal_values(attribute: str) -> None:
    """Two records with one value share it as a whole, and it may stand alone; names share their words."""
    table = table_of({attribute: ["1980-02-01", "1980-02-01"], "region": ["a", "b"]})
    whole = [atoms for atoms in record_atoms(table) if atoms.kind in {"full", "token"} and atoms.group != "region"]
    assert whole or attribute == "region"
    assert all(atoms.may_stand_alone for atoms in whole if atoms.kind == "full" or atoms.group == "name")


def test_what_may_stand_alone() -> None:
    """Whole values, words of names and local parts of e-mails are keys of their own; coarser views are not."""
    table = table_of(
        {
            "given_name": ["robert", "robert"],
            "email": ["bob@a.example", "bob@a.example"],
            "street": ["rue pasteur", "rue pasteur"],
            "birth_date": ["1980-02-01", "1980-02-01"],
            "city": ["a", "b"],
        }
    )
    assert {atoms.name for atoms in record_atoms(table) if atoms.may_stand_alone} == {
        "birth_date.full",
        "email.full",
        "email.local",
        "name.token",
        "street.full",
    }


def test_names_are_one_group() -> None:
    """A word is shared across the columns that names stand in."""
    table = table_of(
        {
            "given_name": ["martin", "", ""],
            "family_name": ["", "martin", ""],
            "organization_name": ["", "", "martin bakery"],
        }
    )
    token = next(atoms for atoms in record_atoms(table) if atoms.name == "name.token")
    assert (token.n_atoms, token.unit_idx.tolist()) == (1, [0, 1, 2])


def test_every_value_counts() -> None:
    """Records with several values share an atom by any two of them, and each atom once."""
    table = table_of({"phone": [("611111111", "622222222"), ("633333333", "622222222"), "611111111"]})
    full = next(atoms for atoms in record_atoms(table) if atoms.kind == "full")
    assert len(full.unit_idx) == 4
    assert shared("city", ("saint paul", "saint pierre"), "saint denis") == {"token"}


def test_missing_values_are_not_shared() -> None:
    """Records without a value have nothing in common."""
    assert shared("email", "", "") == set()
    assert record_atoms(table_of({"email": ["", ""], "city": ["a", "b"]})) == []


def test_no_records() -> None:
    """No records have no atoms, and one record shares none."""
    assert record_atoms(table_of({})) == []
    assert record_atoms(table_of({"given_name": ["ann"], "email": ["a@b.example"]})) == []


def test_a_long_value_has_few_atoms() -> None:
    """Of a value of ten thousand words the first twelve count, and the four acronyms that they make."""
    text = " ".join(f"word{number}" for number in range(10_000))
    table = table_of({"address_line": [text, text], "organization_name": [text, text], "sex": ["m", "f"]})
    assert max(len(atoms.unit_idx) for atoms in record_atoms(table)) <= 2 * (12 + 4)


values = st.sampled_from(("", "ann", "anne lee", "lee ann bob", "bob"))
tables = st.lists(st.tuples(values, values, st.sampled_from(("", "1980", "1980-02", "1980-02-01"))), max_size=7).map(
    lambda rows: table_of(
        {
            "given_name": [row[0] for row in rows],
            "city": [(row[1], row[0]) for row in rows],
            "birth_date": [row[2] for row in rows],
        }
    )
)


@given(tables)
def test_columns_keep_their_promises(table: RecordTable) -> None:
    """Units of an atom ascend, and there are two at least; columns are in order of name."""
    found = record_atoms(table)
    assert [atoms.name for atoms in found] == sorted({atoms.name for atoms in found})
    for atoms in found:
        lists = np.split(atoms.unit_idx, atoms.starts[1:-1])
        assert len(lists) == atoms.n_atoms
        assert all(units.tolist() == sorted(set(units.tolist())) and len(units) > 1 for units in lists)
        assert atoms.unit_idx.max() < table.n_units


@given(tables)
def test_compiled_loops_list_the_same(table: RecordTable) -> None:
    """Compiled loops and array operations list the same units of each atom."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atoms_module, "_COMPILED_FROM_UNITS", 0)
        compiled = record_atoms(table)
    for one, other in zip(record_atoms(table), compiled, strict=True):
        assert (one.name, one.starts.tolist(), one.unit_idx.tolist()) == (
            other.name,
            other.starts.tolist(),
            other.unit_idx.tolist(),
        )


def test_atoms_of_a_users_own_view() -> None:
    """A view of an attribute makes a kind of atoms; atoms that one unit alone has are left out."""
    table = table_of({"phone": ["0611112222", "0733332222", "0844449999"]})
    endings = view_atoms(table, "phone", "ending", lambda value: [value[-4:]])
    assert (endings.name, endings.may_stand_alone) == ("phone.ending", True)
    assert [table.columns["phone"].vocabulary[table.columns["phone"].codes[unit, 0]] for unit in endings.unit_idx] == [
        "0611112222",
        "0733332222",
    ]


def test_a_view_of_nothing_is_an_error() -> None:
    """An attribute that the table does not have is named."""
    table = table_of({"phone": ["0611112222"]})
    with pytest.raises(ConfigurationError, match="blocking: attribute 'email': expected one of 'phone'"):
        view_atoms(table, "email", "ending", lambda value: [value])


@pytest.mark.parametrize("view", [lambda value: value[:3], lambda _: None, lambda _: [1]])
def test_a_view_returns_texts(view: Any) -> None:
    """A view that returns one text, whose letters would all be atoms, or none at all, is named."""
    table = table_of({"phone": ["0611112222", "0733332222"]})
    with pytest.raises(ConfigurationError, match="blocking: view 'start' of 'phone': expected a sequence of texts"):
        view_atoms(table, "phone", "start", view)


def test_acronyms_of_organizations() -> None:
    """A name and its initials have an atom in common; persons have no acronyms."""
    assert "acronym" in shared("organization_name", "srmo brest", "societe regionale materiaux ouest")
    assert "acronym" in shared("organization_name", ("hotel roy", "srmo"), "societe regionale de materiaux ouest")
    assert shared("organization_name", "srmx", "societe regionale materiaux ouest") == set()
    assert shared("full_name", "jml", "jean marie leroy") == set()


def test_acronyms_need_no_third_name() -> None:
    """What a name may be known by depends on no other name: initials of two long names are an atom they share."""
    names = "societe regionale materiaux ouest", "syndicat rural moulins oleicoles"
    assert shared("organization_name", *names) == {"acronym"}
