"""`custid.intake.detection`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import DuplicateRecordKeyError, SchemaError
from custid.intake.detection import Mapping, detect
from custid.intake.readers import read
from custid.intake.schema import Schema

_DATA = Path(__file__).parents[3] / "shared" / "data"
_FEBRL = {
    "record_id": "record_key",
    "given_name": "given_name",
    "surname": "family_name",
    "street_number": "house_number",
    "address_1": "street",
    "address_2": "address_line",
    "suburb": "city",
    "postcode": "postcode",
    "state": "region",
    "date_of_birth": "birth_date",
    "soc_sec_id": "national_id",
}
_EXPECTED: dict[str, dict[str, str]] = {
    "historical_50k": {
        "record_id": "record_key",
        "full_name": "full_name",
        "first_and_surname": "full_name",
        "first_name": "given_name",
        "surname": "family_name",
        "dob": "birth_date",
        "birth_place": "birth_place",
        "postcode_fake": "postcode",
        "gender": "sex",
        "occupation": "occupation",
    },
    "febrl1": _FEBRL,
    "febrl2": _FEBRL,
    "febrl3": _FEBRL,
    "febrl4": _FEBRL | {"source": "source"},
    "fake_1000": {
        "record_id": "record_key",
        "first_name": "given_name",
        "surname": "family_name",
        "dob": "birth_date",
        "city": "city",
        "email": "email",
    },
    "dedupe_sites": {
        "record_id": "record_key",
        "site_name": "organization_name",
        "address": "street",
        "zip": "postcode",
        "phone": "phone",
        "file": "source",
    },
    "fodors_zagats": {
        "record_id": "record_key",
        "source": "source",
        "name": "organization_name",
        "addr": "street",
        "city": "city",
        "phone": "phone",
        "type": "category",
    },
}
_PERSONS = ["Marie Petit", "Jean Roux", "Anne Blanc", "Paul Noir", "Zofia Nowak", "Luc Faure"]
_COMPANIES = ["Moulin SARL", "Garage du Lac", "Acme Ltd", "Lumen", "Pharmacie Sud", "Les 3 Chênes"]


def _table(**columns: Sequence[str | None]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _attributes(mapping: Mapping) -> dict[str, str | None]:
    return {each.column: each.attribute for each in mapping.columns}


def _note(mapping: Mapping, column: str) -> str:
    return next(each.note for each in mapping.columns if each.column == column)


@pytest.mark.parametrize("name", sorted(_EXPECTED))
def test_real_files(name: str) -> None:
    """Columns of real files are recognized, in any order of columns."""
    path = _DATA / name / "records.csv"
    if not path.exists():
        pytest.skip("the data with truth is not beside the checkout")
    table = read(path).table
    mapping = detect(table)
    assert _attributes(mapping) == _EXPECTED[name]
    assert mapping.record_key == "record_id"
    assert mapping.source == {"dedupe_sites": "file", "febrl4": "source", "fodors_zagats": "source"}.get(name)
    assert detect(table.select(table.column_names[::-1])).attributes == mapping.attributes


def test_names_of_persons_are_recognized_by_content() -> None:
    """A column of names is recognized where no column is called one; sellers, who repeat, and notes are not names."""
    others: dict[str, Sequence[str | None]] = {
        "Served": ["Anne Petit", "Luc Roux", "Anne Petit", "Luc Roux", "Luc Roux", "Luc Roux", "Luc Roux"],
        "Wish": ["calls Marie", "call Paul", None, None, None, None, None],
        "E-mail": [f"{number}@mail.example" for number in range(7)],
    }
    names = ["Hughes, Mrs Priya", *_PERSONS]
    mapping = detect(_table(Member=names, **others))
    assert _attributes(mapping) == {"Member": "full_name", "Served": None, "Wish": None, "E-mail": "email"}
    assert _note(mapping, "Member") == "the values are names of persons"
    assert _attributes(detect(_table(Member=names, Nom=["x"] * 7)))["Member"] is None
    assert _attributes(detect(_table(Member=names, Helper=names[::-1]))) == {"Member": None, "Helper": None}


def test_given_and_family_names_are_recognized_by_content() -> None:
    """Where names stand in two columns whose names say nothing, both are recognized; two of a kind are not."""
    given = ["Anne", "Luc", "Marie-Claude", "Zoé", "Jérôme", "Xyzzy", "Paul", "Chloé"]
    family = ["PETIT", "Roux", "DE LA TOUR", "Leroux", "Quillfeather", "Martin", "Haddadi-Coué", "Fournier"]
    towns = ["Nantes", "Saint Herblain", "Rezé", "Nantes", "Orvault", "Bouguenais", "Nantes", "Vertou"]
    mapping = detect(_table(A=given, B=family, C=towns, D=["x1"] * 8))
    assert _attributes(mapping) == {"A": "given_name", "B": "family_name", "C": None, "D": None}
    assert _note(mapping, "A") == "the values are given names"
    assert _note(mapping, "B") == "the values are family names"
    assert _attributes(detect(_table(A=given, Nom=family))) == {"A": "given_name", "Nom": "family_name"}
    assert _attributes(detect(_table(Prénom=given, B=family))) == {"Prénom": "given_name", "B": "family_name"}
    assert _attributes(detect(_table(A=given, B=given[::-1], C=family))) == {"A": None, "B": None, "C": None}
    assert _attributes(detect(_table(A=given, B=family, C=family[::-1]))) == {"A": "given_name", "B": None, "C": None}
    assert _attributes(detect(_table(A=given, Société=["x"] * 8)))["A"] is None
    assert _attributes(detect(_table(A=[*given[:4], *[None] * 4], B=family)))["A"] is None
    assert _attributes(detect(_table(Served=["Anne", "Luc", "Zoé", "Luc"] * 2, B=family)))["Served"] is None


def test_names_of_organizations_are_recognized_by_content() -> None:
    """Where no column is called one, companies are recognized by their words; addresses are none, nor are shops."""
    names = ["Boulangerie Martin SARL", "ATTV", "Garage Petit", "Rouaglet", "Pharmacie de l'Horloge", "Oxytech SAS"]
    streets = ["1 rue du Marché", *(f"{number} rue Foch" for number in range(5))]
    others = {"Where": streets, "Seller": ["Salon", "Studio"] * 3}
    mapping = detect(_table(Client=names, **others))
    assert _attributes(mapping) == {"Client": "organization_name", "Where": None, "Seller": None}
    assert _note(mapping, "Client") == "the values are names of organizations"
    assert _attributes(detect(_table(Client=names, Nom=["x"] * 6)))["Client"] is None


def test_names_with_a_comma_are_recognized_by_content() -> None:
    """A list that writes ``Petit, Anne`` is one of persons, too."""
    names = ["Petit, Anne", "Roux, Luc", "Leroux, Cafherine", "Hamon, Zoé", "Martin, Mme Paule"]
    assert _attributes(detect(_table(Client=names))) == {"Client": "full_name"}


@pytest.mark.parametrize(("alone", "family"), [("Nome", "Cognome"), ("Nombre", "Apellidos")])
def test_given_names_by_themselves_are_whole_names(alone: str, family: str) -> None:
    """What Italian and Spanish call a given name is a whole one where no family name stands beside it."""
    assert _attributes(detect(_table(**{alone: _PERSONS[:2]}))) == {alone: "full_name"}
    both = detect(_table(**{alone: _PERSONS[:2], family: ["x", "y"]}))
    assert _attributes(both) == {alone: "given_name", family: "family_name"}


@pytest.mark.parametrize(
    ("column", "attribute"),
    [
        ("Correo electrónico", "email"),
        ("Código postal", "postcode"),
        ("Città", "city"),
        ("Data di nascita", "birth_date"),
        ("Morada", "street"),
        ("Telemóvel", "phone"),
        ("NAME_LAST", "family_name"),
        ("Address number", "house_number"),
        ("CP Ville", "city"),
        ("N° fiche", "record_key"),
        ("Kundennr", "record_key"),
        ("Adresse complète", "street"),
        ("Full address", "street"),
        ("Date de naiss.", "birth_date"),
        ("Geboortedatum", "birth_date"),
        ("Telefonnummer", "phone"),
        ("Handy", "phone"),
        ("E-Mail-Adresse", "email"),
        ("Voornaam", "given_name"),
        ("Achternaam", "family_name"),
        ("Familienname", "family_name"),
        ("Hausnr.", "house_number"),
        ("NPA", "postcode"),
        ("Gemeente", "city"),
        ("Wohnort", "city"),
        ("Anrede", "sex"),
        ("caller_number", "phone"),
        ("Caller name", "full_name"),
        ("nom appelant", "full_name"),
    ],
)
def test_names_of_columns_in_lists_of_shops(column: str, attribute: str) -> None:
    """Columns are recognized by the names that lists of French, Belgian, Swiss and German shops give them."""
    assert _attributes(detect(_table(**{column: ["x", "y"]}))) == {column: attribute}


def test_french_columns() -> None:
    """A French file is recognized without a word from the user."""
    columns: dict[str, Sequence[str | None]] = {
        "N° client": ["1", "2"],
        "Civilité": ["Mme", "M."],
        "Nom": ["Petit", "Roux"],
        "Prénom": ["Zoé", "Luc"],
        "Date de naissance": ["01/02/1980", None],
        "Courriel": ["z@x.fr", None],
        "Tél.": [None, None],
        "Portable": [None, None],
        "Adresse": ["1 rue Haute", None],
        "CP": ["01000", None],
        "Ville": ["Bourg", None],
        "Carte de fidélité": ["77", None],
        "Remarque": ["x", None],
    }
    table = _table(**columns)
    mapping = detect(table)
    assert mapping.record_key == "N° client"
    assert mapping.attributes == {
        "birth_date": ("Date de naissance",),
        "city": ("Ville",),
        "email": ("Courriel",),
        "family_name": ("Nom",),
        "given_name": ("Prénom",),
        "loyalty_card": ("Carte de fidélité",),
        "notes": ("Remarque",),
        "phone": ("Portable", "Tél."),
        "postcode": ("CP",),
        "record_key": ("N° client",),
        "sex": ("Civilité",),
        "street": ("Adresse",),
    }
    assert mapping.passed_through == ()


@pytest.mark.parametrize(
    ("columns", "attribute"),
    [
        ({"name": _PERSONS}, "full_name"),
        ({"name": _PERSONS, "phone": _PERSONS, "street": _PERSONS}, "full_name"),
        ({"name": _COMPANIES}, "organization_name"),
        ({"customer_name": _COMPANIES, "email": _PERSONS}, "organization_name"),
        (
            {"name": ["Orso", "Lutece", "Palio"], "phone": ["1", "2", "3"], "street": ["a", "b", "c"]},
            "organization_name",
        ),
        ({"name": ["Orso", "Lutece", "Palio"], "cuisine": ["a", "b", "c"]}, "organization_name"),
        ({"name": ["Orso", "Lutece", "Palio"], "cuisine": ["a", "b", "c"], "company": ["x", "y", "z"]}, "full_name"),
        ({"name": ["Orso", "Lutece", "Palio"], "cuisine": ["a", "b", "c"], "dob": ["1", "2", "3"]}, "full_name"),
        ({"name": ["Orso", "Lutece", "Palio"]}, "full_name"),
        ({"name": ["Mr & Mrs Nowak", "Mme Nguyen", "Dr. Kim"], "cuisine": ["a", "b", "c"]}, "full_name"),
        ({"name": ["M & S Bakery", "Nowak & Sons", "Kim"]}, "organization_name"),
        ({"name": _COMPANIES, "surname": _PERSONS}, "full_name"),
        ({"name": ["Petit", "Roux"], "firstname": ["Zoé", "Luc"]}, "family_name"),
        ({"name": ["Zoé Petit", "Luc Roux"], "firstname": ["Zoé", "Luc"]}, "full_name"),
        ({"name": [None, None]}, "full_name"),
        ({"full_name": _COMPANIES}, "full_name"),
        ({"nom": ["Petit", "Roux"], "prenom": ["Zoé", "Luc"]}, "family_name"),
        ({"nom": ["Petit", "Roux"], "nom_naissance": ["Noir", "Blanc"]}, "family_name"),
        ({"nom": _PERSONS}, "full_name"),
        ({"nom": _COMPANIES}, "organization_name"),
        ({"title": ["Mr", "Mrs", "Dr."]}, "sex"),
        ({"title": ["M. et Mme", "Mlle", "Director"]}, "sex"),
        ({"title": ["Director", "Mrs", "Baker"]}, None),
        ({"civilite": ["x", "y"]}, "sex"),
        ({"type": ["a", "a", "b", "a"]}, None),
        ({"type": ["a", "a", "b", "a", "a", "a", "a"]}, "category"),
        ({"cuisine": ["a", "b", "c"]}, "category"),
        ({"contact_info": ["a@x.fr", "b@y.org", None, "c.d+e@z.co.uk"]}, "email"),
        ({"contact_info": ["a@x.fr", "b", "c"]}, None),
        ({"parrain_login": ["a@x.fr", "b@y.org"]}, None),
        ({"hash_contact": ["a@x.fr", "b@y.org"]}, None),
        ({"joindre": ["06 12 34 56 78", "+33612345678", "(212) 555-0100", "0612345678"]}, "phone"),
        ({"joindre": ["612345678", "4123456789"]}, None),
        ({"joindre": ["1980-01-01", "123-45-6789"]}, None),
        ({"adresse": ["a", "b"], "numero": ["12", "12"]}, "house_number"),
        ({"numero": ["12", "12"]}, None),
        ({"cluster": ["1", "2"]}, "truth"),
    ],
)
def test_decisions_by_content(columns: dict[str, Sequence[str | None]], attribute: str | None) -> None:
    """Vague names are settled by their values and by the other columns."""
    name = "numero" if "numero" in columns else next(iter(columns))
    assert _attributes(detect(_table(**columns)))[name] == attribute


def test_birth_dates_by_content() -> None:
    """Dates over decades are birth dates; recent ones, two candidates and named events are not."""
    born = [f"{1930 + 3 * row % 70}-0{1 + row % 9}-15" for row in range(40)]
    recent = [f"20{10 + row % 12}-01-15" for row in range(40)]
    assert _attributes(detect(_table(foo=born)))["foo"] == "birth_date"
    assert _attributes(detect(_table(foo=[f"15/01/{value[:4]}" for value in born])))["foo"] == "birth_date"
    assert _attributes(detect(_table(foo=[value.replace("-", "") for value in born])))["foo"] == "birth_date"
    assert _attributes(detect(_table(foo=recent)))["foo"] is None
    assert _attributes(detect(_table(foo=born[:5])))["foo"] is None
    assert _attributes(detect(_table(foo=born, bar=born))) == {"foo": None, "bar": None}
    assert _attributes(detect(_table(foo=born, dob=born)))["foo"] is None
    assert _attributes(detect(_table(order_day=born)))["order_day"] is None


def test_postcodes_by_content() -> None:
    """Codes that go with the city are postcodes; other numbers of five digits are not."""
    cities = [f"city {row % 5}" for row in range(40)]
    codes = [f"7500{row % 5}" for row in range(40)]
    assert _attributes(detect(_table(foo=codes, city=cities)))["foo"] == "postcode"
    assert _attributes(detect(_table(foo=codes)))["foo"] is None
    assert _attributes(detect(_table(foo=codes, city=[f"{row}" for row in range(40)])))["foo"] is None
    assert (
        _attributes(detect(_table(foo=[f"SW{row % 5 + 1} 1AA" for row in range(40)], town=cities)))["foo"] == "postcode"
    )


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"id": ["1", "2"]}, "id"),
        ({"id": ["1", "1"]}, None),
        ({"id": ["1", None]}, None),
        ({"id": ["1", "1"], "customer_id": ["1", "2"]}, "customer_id"),
        ({"customer_id": ["1", "2"], "record_id": ["1", "2"]}, "record_id"),
        ({"cluster_id": ["1", "2"]}, None),
        ({"id": ["1", "1"], "source": ["a", "b"]}, "id"),
        ({"id": ["1", "1", "2"], "source": ["a", "a", "b"]}, None),
        ({"id": ["1", "1"], "source": ["a", None]}, "id"),
        ({"id": ["1", "1"], "source": [None, None]}, None),
    ],
)
def test_record_key(columns: dict[str, Sequence[str | None]], key: str | None) -> None:
    """The record key is the most specific column whose values are all present and different within a source."""
    table = _table(**columns)
    mapping = detect(table)
    assert mapping.record_key == key
    assert detect(table.select(table.column_names[::-1])).record_key == key
    assert mapping.attributes.get("record_key") == ((key,) if key else None)


def test_notes_of_unused_keys() -> None:
    """Why a column is not the record key is said."""
    table = _table(id=["1", "1", "2"], rec_id=["1", None, "3"], customer_id=["1", "2", "3"], uid=["1", "2", "3"])
    mapping = detect(table)
    assert _note(mapping, "id") == "the record key is read from 'uid'"
    assert _note(mapping, "rec_id") == "no record key: 1 rows have none"
    assert _note(mapping, "customer_id") == "the record key is read from 'uid'"
    assert _note(detect(_table(id=["1", "1", "2"])), "id") == "no record key: 1 rows repeat another's value"


@pytest.mark.parametrize("keys", [["1", "2", "3"], ["3", "1", "2"], ["1", "2", "2"], ["2", "1", "2"], ["2", "2", "1"]])
def test_keys_in_any_order(keys: list[str]) -> None:
    """A column names the records where its values differ, whether they are in order or not."""
    table = _table(id=keys)
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert {detect(table).record_key, detect(chunked).record_key} == {"id" if len(set(keys)) == 3 else None}


def test_source() -> None:
    """The source is the most specific column of that name; a vague one must have few values."""
    assert detect(_table(file=["x", "y"], source=["a", "b"])).source == "source"
    assert detect(_table(shop=["a", "b"])).source is None
    assert detect(_table(shop=["a"] * 9 + ["b"])).source == "shop"
    assert _note(detect(_table(file=["x", "y"], source=["a", "b"])), "file") == "the source is read from 'source'"


def test_schema_wins() -> None:
    """What the schema says of a column is done; the rest is detected."""
    table = _table(id=["1", "2"], name=_PERSONS[:2], email=["a@x.fr", "b@x.fr"], x=["1", "1"], no=["5", "6"])
    schema = Schema(columns={"email": None, "x": "organization_id", "name": "organization_name"}, record_key="no")
    mapping = detect(table, schema)
    assert _attributes(mapping) == {
        "id": None,
        "name": "organization_name",
        "email": None,
        "x": "organization_id",
        "no": "record_key",
    }
    assert mapping.record_key == "no"
    assert [each.recognized_by for each in mapping.columns] == ["none", *["schema"] * 4]


def test_schema_source() -> None:
    """A source that the schema names wins over a better name."""
    mapping = detect(_table(source=["a", "b"], x=["1", "2"]), Schema(source="x"))
    assert mapping.source == "x"
    assert _attributes(mapping) == {"source": None, "x": "source"}


def test_ignored_key() -> None:
    """A key that the schema takes away is not the record key."""
    assert detect(_table(id=["1", "2"]), Schema(columns={"id": None})).record_key is None


def test_schema_with_other_columns() -> None:
    """All columns that a schema names in vain are in one error."""
    with pytest.raises(SchemaError, match=r"column 'x' is not in the table: expected one of 'a'; .*column 'y'"):
        detect(_table(a=["1"]), Schema(columns={"x": "city", "a": None}, record_key="y"))


def test_schema_with_repeated_key() -> None:
    """A declared key that repeats within a source is an error; over sources it may."""
    table = _table(k=["1", "1"], src=["a", "b"])
    with pytest.raises(DuplicateRecordKeyError, match=r"record_key 'k'.* 1 of 2 rows repeat"):
        detect(table, Schema(columns={"src": None}, record_key="k"))
    assert detect(table, Schema(record_key="k")).record_key == "k"


def test_schema_with_missing_key() -> None:
    """A declared key that some rows lack is an error."""
    with pytest.raises(SchemaError, match="record_key 'k': expected a value in every row, 1 of 2 have none"):
        detect(_table(k=["1", None]), Schema(record_key="k"))


def test_no_rows() -> None:
    """A table without rows is mapped by its names."""
    mapping = detect(_table(id=[], name=[], email=[], foo=[], type=[]))
    assert _attributes(mapping)["email"] == "email"
    assert _attributes(mapping)["foo"] is None


_NAMES = [
    "id", "customer_id", "no", "name", "nom", "prenom", "surname", "title", "type", "email", "foo", "bar", "source",
    "file", "shop", "phone", "address", "city", "numero", "cluster", "company", "dob", "customer_name", "name_2",
]  # fmt: skip
_VALUES = st.sampled_from(
    [
        *_PERSONS[:3],
        *_COMPANIES[:3],
        "Petit",
        "Mr",
        "Mme",
        "a@x.fr",
        "06 12 34 56 78",
        "75001",
        "1980-01-02",
        "7",
        "a",
        None,
    ]
)


@st.composite
def _tables(draw: st.DrawFn) -> tuple[pa.Table, list[str], list[int]]:
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, min_size=1, max_size=6))
    n_rows = draw(st.integers(0, 8))
    kinds = st.lists(_VALUES, min_size=n_rows, max_size=n_rows) | st.just([str(row) for row in range(n_rows)])
    table = _table(**{name: draw(kinds) for name in names})
    return table, draw(st.permutations(names)), draw(st.permutations(range(n_rows)))


@given(_tables())
def test_order_has_no_say(case: tuple[pa.Table, list[str], list[int]]) -> None:
    """Neither the order of columns nor that of rows changes what a column is taken for."""
    table, names, rows = case
    mapping = detect(table)
    permuted = detect(table.select(names).take(pa.array(rows, pa.int64())))
    assert {each.column: each for each in permuted.columns} == {each.column: each for each in mapping.columns}
    assert (permuted.record_key, permuted.source) == (mapping.record_key, mapping.source)


@given(_tables())
def test_truth_is_no_key(case: tuple[pa.Table, list[str], list[int]]) -> None:
    """A column of truth is never record key or source, and no column is two things."""
    mapping = detect(case[0])
    truth = mapping.attributes.get("truth", ())
    assert mapping.record_key not in truth
    assert mapping.source not in truth
    assert len(mapping.attributes.get("record_key", ())) <= 1
    assert len(mapping.attributes.get("source", ())) <= 1
