"""Kinds of party and times of rows."""

from __future__ import annotations

from typing import Any

import pytest

from custid.intake import Schema, detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.row_facts import PARTY_KINDS, row_kinds, row_times
from custid.model import PartialDate, Period, PersonName
from custid.table.views import FIRST_DAY, LAST_DAY, UNKNOWN_DAY
from tests.intake.typed import organization, person, stated


def source(data: Any, **columns: str) -> SourceInput:
    """Return an input."""
    intake = read(data)
    schema = Schema(columns=dict(intake.typed.attributes if intake.typed is not None else columns))
    return SourceInput(name="s", intake=intake, mapping=detect(intake.table, schema))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Personne physique", "person"),
        ("PP", "person"),
        ("natural person", "person"),
        ("Personne morale", "organization"),
        ("COMPANY", "organization"),
        ("ménage", "collective"),
        ("?", None),
        (None, None),
    ],
)
def test_words_of_kinds(word: str | None, kind: str | None) -> None:
    """A column for the kind of party is read in English and French."""
    found = row_kinds([source([{"type": word, "name": "x"}, {"type": "household", "name": "y"}], type="party_kind")])
    assert found is not None
    assert found.tolist() == [-1 if kind is None else PARTY_KINDS.index(kind), 2]


def test_kinds_of_records_and_rows() -> None:
    """Typed records tell their kind, other rows do not; where no row does there is nothing to tell."""
    rows = source([{"name": "x"}])
    found = row_kinds([rows, source([organization("1", "Gall"), person("2", "Zoé", "Gall")])])
    assert found is not None
    assert found.tolist() == [-1, 1, 0]
    assert row_kinds([rows]) is None
    assert row_kinds([]) is None


def test_times_over_several_inputs() -> None:
    """Periods stand where the values stand; rows without times hold always and were seen on no known day."""
    dated = person("1", "", "", names=(stated(PersonName(family="Gall"), valid=Period(end=PartialDate("2010-01-02"))),))
    inputs = [source([{"nom": "x", "nom_2": "y"}], nom="family_name", nom_2="family_name"), source([dated])]
    times = row_times(inputs, canonical_values(inputs))
    assert times is not None
    assert times.observed_day[0] == UNKNOWN_DAY
    always = [FIRST_DAY, LAST_DAY]
    last = PartialDate("2010-01-01").earliest
    assert last is not None
    assert {name: found.tolist() for name, found in times.periods.items()} == {
        "family_name": [[always, always], [[FIRST_DAY, last.toordinal()], always]]
    }
    undated = [source([person("1", "Zoé", "Gall")])]
    assert row_times(undated, canonical_values(undated)) is None


def test_columns_of_kinds_that_contradict_each_other() -> None:
    """Two columns for the kind of party count where they agree or one is empty, whichever comes first."""
    rows = [{"a": "PP", "b": "PP"}, {"a": "PP", "b": ""}, {"a": "", "b": "PM"}, {"a": "PP", "b": "PM"}]
    for left, right in (("a", "b"), ("b", "a")):
        data = [{"name": "x", left: row["a"], right: row["b"]} for row in rows]
        found = row_kinds([source(data, a="party_kind", b="party_kind")])
        assert found is not None
        assert found.tolist() == [0, 0, 1, -1]
