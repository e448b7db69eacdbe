"""The atoms of one content by itself are those that it has in a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.blocking import hashed_atoms
from custid.blocking._views import VIEWS
from custid.blocking.atoms import NAME_ATTRIBUTES
from custid.blocking.live_atoms import LiveAtoms
from custid.errors import ConfigurationError
from custid.table import RecordTable, ValueColumn, build_record_table
from tests.registry.matched import standardized

Values = tuple[tuple[str, tuple[str, ...]], ...]

ATTRIBUTES = tuple(sorted({*VIEWS, *NAME_ATTRIBUTES, "iban", "sex"}))
_LETTERS = st.sampled_from("ab dl09@-éß\x85\u3000\x1c\ud800 ")
_TEXTS = st.one_of(
    st.text(_LETTERS, min_size=1, max_size=30),
    st.lists(st.sampled_from(["caisse", "d", "eau", "lille", "bob", "12", "de", "sncf"]), min_size=1, max_size=16).map(
        " ".join
    ),
    st.from_regex(r"(XXXX|\d{4})(-\d\d(-\d\d)?)?", fullmatch=True),
    st.just("é" * 700),
)
_CONTENTS = st.dictionaries(st.sampled_from(ATTRIBUTES), st.sets(_TEXTS, min_size=1, max_size=3)).map(
    lambda held: tuple((name, tuple(sorted(held[name]))) for name in sorted(held))
)


def _table(values: Values) -> RecordTable:
    """Return the table of one content with columns for all attributes."""
    found = {name: (stated, np.arange(len(stated), dtype=np.int32)[None, :]) for name, stated in values}
    table = build_record_table(found, 1)
    columns = {name: table.columns.get(name) or ValueColumn.absent(name, 1) for name in ATTRIBUTES}
    return RecordTable(
        columns=columns,
        unit_of_row=table.unit_of_row,
        n_copies=table.n_copies,
        source_of_unit=table.source_of_unit,
        content_hash=table.content_hash,
        kind_of_unit=table.kind_of_unit,
    )


def _expected(values: Values) -> list[tuple[str, int]]:
    return sorted((column.name, value) for column in hashed_atoms(_table(values)) for value in column.hashes.tolist())


def _found(atoms: LiveAtoms, values: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[str, int]]:
    kinds, hashes = atoms.of(values)
    return sorted((atoms.kinds[kind].name, value) for kind, value in zip(kinds.tolist(), hashes.tolist(), strict=True))


def test_kinds_are_those_of_a_table() -> None:
    """The kinds are those that a table of the attributes has, in their order."""
    assert [each.name for each in LiveAtoms(ATTRIBUTES).kinds] == [each.name for each in hashed_atoms(_table(()))]


@given(_CONTENTS)
def test_atoms_of_any_content(values: Values) -> None:
    """Whatever a content holds, its atoms are those of its table, at the first look and when they are remembered."""
    atoms = LiveAtoms(ATTRIBUTES)
    expected = _expected(values)
    assert _found(atoms, values) == expected
    assert _found(atoms, values) == expected


def test_atoms_of_customers() -> None:
    """Persons and organizations have the atoms of their tables, one after another."""
    atoms = LiveAtoms(ATTRIBUTES)
    for kind in ("persons", "organizations"):
        for row in list(standardized(kind).values())[:60]:
            known = tuple((name, stated) for name, stated in row.values if name in ATTRIBUTES)
            assert _found(atoms, row.values) == _expected(known)


def test_attributes_that_do_not_count_have_no_atoms() -> None:
    """Values of other attributes are passed over."""
    kinds, hashes = LiveAtoms(["city"]).of([("phone", ("612345679",))])
    assert len(kinds) == len(hashes) == 0


def test_what_is_forgotten_is_made_again() -> None:
    """After values are forgotten, their atoms are the same."""
    atoms = LiveAtoms(["full_name"])
    values = [("full_name", ("bob smith",))]
    before = _found(atoms, values)
    atoms.clear()
    assert _found(atoms, values) == before


def test_more_values_than_are_remembered() -> None:
    """Old values make room for new ones, and have the same atoms when they come back."""
    atoms = LiveAtoms(["iban"])
    first = _found(atoms, [("iban", ("0",))])
    for number in range(70_000):
        atoms.of([("iban", (str(number),))])
    assert len(atoms._values) <= 1 << 16
    assert _found(atoms, [("iban", ("0",))]) == first


def test_more_kinds_than_a_byte_tells_are_refused() -> None:
    """A live index has 256 kinds of atoms at most, and says so before any content comes."""
    assert len(LiveAtoms([f"own_{number}" for number in range(256)]).kinds) == 256
    with pytest.raises(ConfigurationError, match="attributes: expected 256 kinds of atoms or fewer, got 257"):
        LiveAtoms([f"own_{number}" for number in range(257)])
