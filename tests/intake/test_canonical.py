"""`custid.intake.canonical`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.intake import Schema, detect, read
from custid.intake.canonical import CanonicalValues, SourceInput, canonical_values
from custid.intake.conventions import Conventions
from custid.standardize import Standardized, Standardizer


def _source(rows: Iterable[Mapping[str, Any]], name: str = "rows", schema: Schema | None = None) -> SourceInput:
    intake = read(rows, source=name)
    return SourceInput(
        name=name,
        intake=intake,
        mapping=detect(intake.table, schema),
        conventions=Conventions.of(schema),
    )


def _canonical(
    rows: Iterable[Mapping[str, Any]], standardizers: Mapping[str, Standardizer] | None = None
) -> CanonicalValues:
    return canonical_values([_source(rows)], standardizers=standardizers)


def _texts(canonical: CanonicalValues, attribute: str) -> list[list[str]]:
    """The canonical values of each row, in the order of the columns; missing ones are empty."""
    vocabulary, codes = canonical.values[attribute]
    return [[vocabulary[code] if code >= 0 else "" for code in row] for row in codes.tolist()]


def _notices(canonical: CanonicalValues) -> dict[tuple[str, str], int]:
    return {(each.attribute, each.issue): each.n_rows for each in canonical.notices}


def test_values_are_standardized_and_columns_are_slots() -> None:
    """Each attribute has a vocabulary and a code per row and column, columns in alphabetical order."""
    canonical = _canonical(
        [{"tel": "06 39 98 00 01", "mobile": "", "city": "NANTES"}, {"tel": "", "mobile": "0639980002"}]
    )
    assert _texts(canonical, "phone") == [["", "639980001"], ["639980002", ""]]
    assert _texts(canonical, "city") == [["nantes"], [""]]
    assert list(canonical.values) == ["city", "phone"]


def test_what_is_never_compared_is_left_out() -> None:
    """Civilities, keys and unknown columns are no evidence."""
    canonical = _canonical([{"id": "7", "title": "Mr", "note": "x", "email": "a@b.example"}] * 2)
    assert "email" in canonical.values
    assert not {"record_key", "note"} & set(canonical.values)


def test_issues_are_counted_by_rows() -> None:
    """A placeholder that three rows hold counts three times."""
    canonical = _canonical([{"email": text} for text in ("test@test.com", "test@test.com", "N/A", "a@b.example")])
    assert _notices(canonical) == {("email", "placeholder"): 3}


def test_sources_lie_after_each_other() -> None:
    """Rows of each source fill their part of the codes; a source without a column has nothing there."""
    first = _source([{"tel": "0639980001", "mobile": "0639980002"}], "b")
    second = _source([{"courriel": "a@b.example"}, {"courriel": "a@c.example"}], "a")
    canonical = canonical_values([first, second])
    assert _texts(canonical, "phone") == [["639980002", "639980001"], ["", ""], ["", ""]]
    assert _texts(canonical, "email") == [[""], ["a@b.example"], ["a@c.example"]]
    assert canonical.sources == ("a", "b")
    assert canonical.source_of_row.tolist() == [1, 0, 0]
    assert canonical.n_rows == 3


def test_a_column_of_sources_names_them() -> None:
    """Sources are sorted by name; a row without one is of the input itself."""
    canonical = _canonical([{"source": name, "city": "Nantes"} for name in ("shop", None, "crm")])
    assert canonical.sources == ("crm", "rows", "shop")
    assert canonical.source_of_row.tolist() == [2, 1, 0]


def test_nothing_is_read_as_nothing() -> None:
    """A table without rows has attributes without values."""
    empty = read([{"name": "x", "email": "y"}]).table.slice(0, 0)
    canonical = _canonical_of_table(empty)
    assert (canonical.n_rows, canonical.sources) == (0, ())
    assert {name: codes.shape for name, (_, codes) in canonical.values.items()}["email"] == (0, 1)


def _canonical_of_table(table: Any) -> CanonicalValues:
    return canonical_values([_source(table)])


@pytest.mark.parametrize("length", [300, 2_000, 1_000_000])
def test_long_values_are_cut_and_reported(length: int) -> None:
    """No canonical value has more than 256 characters, whatever the field."""
    text = "Word " * (length // 5)
    canonical = _canonical([{"name": text, "city": text, "email": text, "street": text, "occupation": text}])
    for vocabulary, _ in canonical.values.values():
        assert all(len(value) <= 256 and value == value.strip() for value in vocabulary)
    assert _notices(canonical)["city", "truncated"] == 1


def test_the_length_of_a_value_is_not_cut_by_a_character() -> None:
    """A value of just 256 characters is whole, and no issue."""
    canonical = _canonical([{"city": "ab " * 85 + "x"}])
    assert _texts(canonical, "city") == [["ab " * 85 + "x"]]
    assert canonical.notices == ()


# Dates.


def test_dates_are_read_in_the_order_of_their_column() -> None:
    """One date that can only begin with a day decides for its column."""
    rows = [{"birth_date": "03/04/1980"}, {"birth_date": "25/12/1979"}]
    assert _texts(_canonical(rows), "birth_date") == [["1980-04-03"], ["1979-12-25"]]
    american = [{"birth_date": "03/04/1980"}, {"birth_date": "12/25/1979"}]
    assert _texts(_canonical(american), "birth_date") == [["1980-03-04"], ["1979-12-25"]]


def test_the_order_of_dates_is_each_source_s_own() -> None:
    """A schema decides for its source."""
    rows = [{"birth_date": "03/04/1980"}]
    inputs = [_source(rows, name, Schema(day_first=first)) for name, first in (("a", True), ("b", False))]
    assert _texts(canonical_values(inputs), "birth_date") == [["1980-04-03"], ["1980-03-04"]]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("1980", "3", "4"), "1980-03-04"),
        (("1980", "03", "04"), "1980-03-04"),
        (("1980.0", "3.0", "4.0"), "1980-03-04"),
        (("1980", "", "4"), "1980"),
        (("1980", "13", "4"), "1980"),
        (("1980", "3", ""), "1980-03"),
        (("", "3", "4"), "XXXX-03-04"),
        (("80", "3", "4"), "XXXX-03-04"),
        (("99999999999999999999", "3", "4"), "XXXX-03-04"),
        (("", "", "4"), ""),
        (("x", "y", "z"), ""),
    ],
)
def test_dates_in_three_columns_are_put_together(parts: tuple[str, str, str], expected: str) -> None:
    """Year, month and day make a date, as far as they are known."""
    names = ("birth_year", "birth_month", "birth_day")
    rows = [dict(zip(names, parts, strict=True)), dict(zip(names, ("1971", "11", "28"), strict=True))]
    canonical = _canonical(rows)
    assert _texts(canonical, "birth_date") == [[expected], ["1971-11-28"]]
    assert not set(names) & set(canonical.values)


def test_a_year_alone_is_a_date() -> None:
    """A column of birth years is evidence."""
    assert _texts(_canonical([{"birth_year": "1980"}]), "birth_date") == [["1980"]]


def test_dates_in_three_columns_fill_in_for_whole_ones() -> None:
    """Where one source has dates and another parts of them, both are dates; a whole one wins."""
    parts = {"birth_year": "1980", "birth_month": "3", "birth_day": "4"}
    whole = _source([{"dob": "1971-11-28"}], "a")
    apart = _source([parts], "b")
    assert _texts(canonical_values([whole, apart]), "birth_date") == [["1971-11-28"], ["1980-03-04"]]
    both = _canonical([parts | {"dob": "1971-11-28"}, parts | {"dob": ""}])
    assert _texts(both, "birth_date") == [["1971-11-28"], ["1980-03-04"]]


def test_placeholders_in_three_columns_are_reported() -> None:
    """The first of January 1900 is nobody's birthday, however it is written."""
    canonical = _canonical([{"birth_year": "1900", "birth_month": "1", "birth_day": "1"}] * 3)
    assert _texts(canonical, "birth_date") == [[""]] * 3
    assert _notices(canonical) == {("birth_date", "placeholder"): 3}


@given(st.lists(st.tuples(*[st.none() | st.integers(-3, 40) | st.sampled_from([1980, 2100, 2101])] * 3), min_size=1))
def test_every_row_gets_the_date_of_its_own_parts(rows: list[tuple[int | None, ...]]) -> None:
    """Combinations of parts are not mistaken for each other."""
    names = ("birth_year", "birth_month", "birth_day")
    table = [{name: None if part is None else str(part) for name, part in zip(names, row, strict=True)} for row in rows]
    together = _texts(_canonical(table), "birth_date")
    assert together == [_texts(_canonical([row]), "birth_date")[0] for row in table]


# Whole names.


def test_whole_names_are_split_for_rows_without_others() -> None:
    """The last word of a whole name is the family name of rows that have no other; other rows keep their own."""
    rows = [
        {"full_name": "Ann Mary Lee", "given_name": "", "family_name": ""},
        {"full_name": "Ann Mary Lee", "given_name": "Annie", "family_name": ""},
        {"full_name": "Lee", "given_name": "", "family_name": ""},
    ]
    canonical = _canonical(rows)
    assert _texts(canonical, "given_name") == [["ann mary"], ["annie"], [""]]
    assert _texts(canonical, "family_name") == [["lee"], [""], ["lee"]]


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("DUPONT Marie", "marie", "dupont"),
        ("DUPONT MARIE", "marie", "dupont"),
        ("Smith, John", "john", "smith"),
        ("MARTIN Delphine", "delphine", "martin"),
        ("LE GOFF Anne", "anne", "le goff"),
        ("de la Fontaine Jean-Pierre", "jean pierre", "de la fontaine"),
        ("Zork Pauline", "pauline", "zork"),
        ("Delphine Martin", "delphine", "martin"),
        ("Bernard Martin", "bernard", "martin"),
        ("Anne Le Goff", "anne", "le goff"),
        ("Charles de la Tour", "charles", "de la tour"),
        ("MARTIN Bernard", "bernard", "martin"),
        ("Van Morrison", "van", "morrison"),
        ("Lady Anne", "lady", "anne"),
        ("Ngozi Zork", "ngozi", "zork"),
    ],
)
def test_a_family_name_in_front_is_told_by_known_names(name: str, given: str, family: str) -> None:
    """Of a whole name what is clearly the family name is it; else the last word and the particles before it are."""
    canonical = _canonical([{"full_name": name}])
    assert _texts(canonical, "given_name") == [[given]]
    assert _texts(canonical, "family_name") == [[family]]


def test_the_plainest_of_several_whole_names_is_split() -> None:
    """The shortest of several whole names holds the fewest titles, whatever the columns are called."""
    for first, second in (("full_name", "display_name"), ("display_name", "full_name")):
        canonical = _canonical([{first: "Ann Lee", second: "Ann Mary Lee", "birth_date": "1980-03-04"}])
        assert _texts(canonical, "given_name") == [["ann"]]


# Values that everybody has.


def _crowd(n_families: int) -> list[dict[str, str]]:
    return [
        {"family_name": f"Fam{chr(97 + number)}", "phone": "0240419876", "email": f"m{number}@b.example"}
        for number in range(n_families)
    ]


def test_where_generic_values_stood_is_kept() -> None:
    """Of values taken for missing the rows and equal numbers are kept, and not the values."""
    canonical = _canonical(_crowd(10))
    assert list(canonical.blanked) == ["phone"]
    blanked = canonical.blanked["phone"]
    assert blanked.row.tolist() == list(range(10))
    assert len(set(blanked.value.tolist())) == 1
    assert _canonical(_crowd(9)).blanked == {}


# Own standardizers.


def test_own_standardizers_see_bounded_text_once_per_value() -> None:
    """A standardizer of the user is called per distinct value, with at most 1,024 characters."""
    seen: list[str] = []

    def own(raw: str, /) -> Standardized:
        seen.append(raw)
        return Standardized(raw.upper())

    canonical = _canonical([{"city": "x" * 5_000}, {"city": "a"}, {"city": "a"}], {"city": own})
    assert sorted(map(len, seen)) == [1, 1_024]
    assert _texts(canonical, "city") == [["X" * 256], ["A"], ["A"]]


def test_own_standardizers_are_checked() -> None:
    """An unknown attribute, or a plain string in return, is an error that says what to do."""
    with pytest.raises(ConfigurationError, match=r"'town': expected the name of an attribute.*Hint: .*city"):
        _canonical([{"city": "a"}], {"town": Standardized})
    with pytest.raises(ConfigurationError, match=r"'city': expected it to return a Standardized, got str"):
        _canonical([{"city": "ab"}], {"city": str.upper})  # type: ignore[dict-item]


@given(st.lists(st.text(), min_size=1, max_size=8))
def test_codes_stay_inside_their_vocabularies(texts: list[str]) -> None:
    """Whatever the text, codes point to values that are not empty, or are -1."""
    names = (
        "name",
        "email",
        "phone",
        "birth_date",
        "street",
        "postcode",
        "city",
        "birth_year",
        "house_number",
        "siret",
    )
    schema = Schema(columns={"name": "full_name", "siret": "organization_id"} | {each: each for each in names[1:-1]})
    source = _source([dict.fromkeys(names, text) for text in texts] + [dict.fromkeys(names, "1")], schema=schema)
    for vocabulary, codes in canonical_values([source]).values.values():
        assert codes.dtype == np.int32
        assert codes.min() >= -1
        assert codes.max() < len(vocabulary)
        assert all(vocabulary[code] for code in codes[codes >= 0].tolist())
