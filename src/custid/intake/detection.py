"""Which column holds which attribute.

A column is recognized by its name; by its content where the name says nothing, or too little. The mapping is a function
of the set of columns: neither the order of columns nor that of rows has a say.
"""

from __future__ import annotations

import functools
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, frozen

from custid.errors import DuplicateRecordKeyError, SchemaError
from custid.intake import _content as content
from custid.intake._names import NameMatch, looks_like_value, match_name, says_identifier, says_other
from custid.intake.schema import Schema

__all__ = ["ColumnMapping", "Mapping", "detect"]

_VAGUE_NAMES = frozenset(
    {
        "name", "noms", "customer_name", "client_name", "contact_name", "display_name", "nom_client", "nom_contact",
        "nom_appelant", "holder", "titulaire",
    }
)  # fmt: skip
# Given names beside a family name, else whole names.
_VAGUE_GIVEN_NAMES = frozenset({"nombre", "nome"})
_VAGUE_TITLES = frozenset({"title", "titre", "prefix"})
_VAGUE_CATEGORIES = frozenset({"type", "kind", "class", "category", "categories", "categorie"})
_VAGUE_NUMBERS = frozenset({"numero", "num", "no"})
_SURE_SOURCES = frozenset(
    {"source", "source_dataset", "source_system", "source_name", "dataset", "data_source", "datasource", "src"}
)
_NAMES = ("full_name", "given_name", "family_name", "organization_name")
_PERSON_SIGNS = frozenset({"given_name", "family_name", "birth_date", "birth_year", "sex", "email", "national_id"})
_MOST = 0.8
_HALF = 0.5
_FEW_DISTINCT = 0.3
_SOME_ORGANIZATIONS = 0.15
_SOME_PERSONS = 0.2
# Family names that packs know: a tenth of the persons of a list; hardly a town or a product.
_SOME_FAMILY_NAMES = 0.06
# Three in ten restaurants and half of the companies are called one; of streets one in twenty.
_SOME_COMPANY_WORDS = 0.25


@frozen(kw_only=True)
class ColumnMapping:
    """What one column was taken for.

    Attributes
    ----------
    column : str
        Name of the column.
    attribute : str or None
        Name of its attribute; None for a column that is only passed through.
    recognized_by : str
        ``"name"``, ``"content"``, ``"schema"`` or ``"none"``.
    note : str
        Why, where the name alone does not tell; else empty.
    """

    column: str
    attribute: str | None = None
    recognized_by: str = "none"
    note: str = ""


@frozen(kw_only=True)
class Mapping:
    """What the columns of a table were taken for.

    Attributes
    ----------
    columns : tuple of ColumnMapping
        One per column, in the order of the table.
    record_key : str or None
        Column that names each record; None where rows are to be numbered.
    source : str or None
        Column that says from which source a row comes.
    """

    columns: tuple[ColumnMapping, ...]
    record_key: str | None = None
    source: str | None = None

    @property
    def attributes(self) -> dict[str, tuple[str, ...]]:
        """Columns of each attribute found.

        Returns
        -------
        dict of str to tuple of str
            Attributes and columns in alphabetical order, which is the same for every order of the table's columns.

        Examples
        --------
        >>> detect(pa.table({"tel": ["1"], "mobile": ["2"]})).attributes
        {'phone': ('mobile', 'tel')}
        """
        found: dict[str, list[str]] = {}
        for each in self.columns:
            if each.attribute is not None:
                found.setdefault(each.attribute, []).append(each.column)
        return {attribute: tuple(sorted(found[attribute])) for attribute in sorted(found)}

    @property
    def has_header(self) -> bool:
        """Whether the names of the columns are names: some is recognized as one, or none looks like a value.

        Returns
        -------
        bool
            False for a file whose first row was taken for its header.

        Examples
        --------
        >>> detect(pa.table({"Zoé": ["Anne"], "06 39 98 00 01": ["06 39 98 00 02"]})).has_header
        False
        """
        is_known = any(each.recognized_by in {"name", "schema"} for each in self.columns)
        return is_known or not any(looks_like_value(each.column) for each in self.columns)

    @property
    def passed_through(self) -> tuple[str, ...]:
        """Columns without attribute.

        Returns
        -------
        tuple of str
            Their names, in the order of the table.
        """
        return tuple(each.column for each in self.columns if each.attribute is None)


def detect(table: pa.Table, schema: Schema | None = None) -> Mapping:
    """Return which column of a table holds which attribute.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of text with different names, as `read` gives them; missing values are null.
    schema : Schema, optional
        What the user says; it wins over detection, column by column.

    Returns
    -------
    Mapping
        One entry per column, and which columns name records and sources.

    Raises
    ------
    SchemaError
        If the schema names a column that is not there, or a record key with missing values.
    DuplicateRecordKeyError
        If the schema's record key repeats within a source.

    Examples
    --------
    >>> table = pa.table({"Prénom": ["Zoé"], "Nom": ["Petit"], "note": ["x"]})
    >>> [(each.column, each.attribute) for each in detect(table).columns]
    [('Prénom', 'given_name'), ('Nom', 'family_name'), ('note', 'notes')]
    """
    stated = schema or Schema()
    _check_schema(table, stated)
    found = _Detection(table, stated)
    found.settle_by_content()
    found.settle_names()
    source = found.settle_source()
    record_key = found.settle_record_key(source)
    columns = tuple(found.columns[name] for name in table.column_names)
    return Mapping(columns=columns, record_key=record_key, source=source)


def _check_schema(table: pa.Table, schema: Schema) -> None:
    missing = sorted(schema.named_columns - set(table.column_names))
    if missing:
        expected = ", ".join(map(repr, table.column_names))
        meant = [near for column in missing for near in get_close_matches(column, table.column_names, n=1)]
        raise SchemaError.collected(
            [f"schema: column {column!r} is not in the table: expected one of {expected}" for column in missing],
            hint=f"Did you mean {', '.join(map(repr, meant))}?" if meant else "",
        )


class _Detection:
    """The mapping while it is being found; every step looks at the columns as a set."""

    def __init__(self, table: pa.Table, schema: Schema) -> None:
        self.table = table
        self.matches: dict[str, NameMatch] = {}
        self.columns: dict[str, ColumnMapping] = {}
        for column in table.column_names:
            if column in schema.named_columns:
                attribute = schema.attribute_of(column)
                self.columns[column] = ColumnMapping(column=column, attribute=attribute, recognized_by="schema")
                continue
            match = match_name(column)
            if match is None:
                self.columns[column] = ColumnMapping(column=column)
            else:
                self.matches[column] = match
                self.columns[column] = ColumnMapping(column=column, attribute=match.attribute, recognized_by="name")

    def of(self, attribute: str, *, by_schema: bool | None = None) -> list[str]:
        """Return the columns that stand for an attribute now, the most specific name first."""
        columns = [
            name
            for name, each in self.columns.items()
            if each.attribute == attribute and by_schema in {None, each.recognized_by == "schema"}
        ]
        return sorted(columns, key=lambda name: (self.matches[name].rank if name in self.matches else (0, 0), name))

    def change(self, column: str, attribute: str | None, note: str, *, by: str = "content") -> None:
        recognized_by = by if attribute is not None else "none"
        self.columns[column] = evolve(self.columns[column], attribute=attribute, recognized_by=recognized_by, note=note)

    # Values behind vague names, and names that say nothing.

    def settle_by_content(self) -> None:
        for column, match in self.matches.items():
            values = self.table[column]
            if match.alias in _VAGUE_TITLES and content.share_of_civilities(values) < _HALF:
                self.change(column, None, "most values are no civilities")
            elif match.alias in _VAGUE_CATEGORIES and not self._is_category(values):
                self.change(column, None, "too many different values for a category")
        opaque = [name for name, each in self.columns.items() if each.recognized_by == "none"]
        opaque = [
            name for name in opaque if name not in self.matches and not says_identifier(name) and not says_other(name)
        ]
        for column in opaque:
            if content.share_of_emails(self.table[column]) >= _MOST:
                self.change(column, "email", "the values are e-mail addresses")
            elif content.share_of_phones(self.table[column]) >= _MOST:
                self.change(column, "phone", "the values are telephone numbers")
        rest = [name for name in opaque if self.columns[name].attribute is None]
        self._settle_one("birth_date", "the values are dates spread as birth dates are", rest, self._is_birth_date)
        rest = [name for name in rest if self.columns[name].attribute is None]
        if cities := self.of("city"):
            is_postcode = functools.partial(self._is_postcode, cities)
            self._settle_one("postcode", "the values are postcodes that go with the city", rest, is_postcode)
        self._settle_names_by_content([name for name in rest if self.columns[name].attribute is None])

    def _settle_names_by_content(self, columns: list[str]) -> None:
        if not any(self.of(attribute) for attribute in _NAMES):
            self._settle_one("full_name", "the values are names of persons", columns, self._is_person_name)
        if not any(self.of(attribute) for attribute in _NAMES):
            note = "the values are names of organizations"
            self._settle_one("organization_name", note, columns, self._is_organization_name)
        if not (self.of("full_name") or self.of("organization_name")):
            self._settle_one("given_name", "the values are given names", columns, self._is_given_name)
        if self.of("given_name") and not self.of("full_name"):
            rest = [name for name in columns if self.columns[name].attribute is None]
            self._settle_one("family_name", "the values are family names", rest, self._is_family_name)

    def _settle_one(self, attribute: str, note: str, columns: list[str], is_fit: Any) -> None:
        """Give an attribute that no column has to the only column that fits; with two, which one is anybody's guess."""
        if self.of(attribute):
            return
        fitting = [column for column in columns if is_fit(self.table[column])]
        if len(fitting) == 1:
            self.change(fitting[0], attribute, note)

    def _is_category(self, values: pa.ChunkedArray) -> bool:
        return content.distinct_share(values) <= _FEW_DISTINCT or pc.count_distinct(values).as_py() == 1

    def _is_birth_date(self, values: pa.ChunkedArray) -> bool:
        return content.share_of_dates(values) >= _MOST and content.has_spread_of_birth_dates(values)

    def _is_person_name(self, values: pa.ChunkedArray) -> bool:
        # Contacts and sellers are few, and repeat; notes hold given names now and then.  What takes longest comes last.
        return (
            values.null_count < _FEW_DISTINCT * len(values)
            and content.distinct_share(values) > _FEW_DISTINCT
            and content.share_of_single_words(values) < _FEW_DISTINCT
            and content.share_of_whole_names(values) >= _HALF
        )

    def _is_organization_name(self, values: pa.ChunkedArray) -> bool:
        return (
            values.null_count < _FEW_DISTINCT * len(values)
            and content.are_of_many(values)
            and content.share_of_company_words(values) >= _SOME_COMPANY_WORDS
        )

    def _is_given_name(self, values: pa.ChunkedArray) -> bool:
        return self._are_words_of_many(values) and content.share_of_given_names(values) >= _HALF

    def _is_family_name(self, values: pa.ChunkedArray) -> bool:
        return self._are_words_of_many(values) and content.share_of_family_names(values) >= _SOME_FAMILY_NAMES

    def _are_words_of_many(self, values: pa.ChunkedArray) -> bool:
        return (
            values.null_count < _FEW_DISTINCT * len(values)
            and content.are_of_many(values)
            and content.share_of_words(values) >= _MOST
        )

    def _is_postcode(self, cities: list[str], values: pa.ChunkedArray) -> bool:
        if content.share_of_postcodes(values) < _MOST:
            return False
        return any(content.is_determined_by(self.table[city], values) for city in cities)

    # Names of persons or of organizations.

    def settle_names(self) -> None:
        """Decide for columns called *name* or *nom*, which hold persons, families or organizations."""
        families = [name for name in self.of("family_name", by_schema=False) if name in self.matches]
        noms = [name for name in families if self.matches[name].alias == "nom"]
        others = [name for name in self.of("family_name") if name not in noms]
        for column in self.of("given_name", by_schema=False):
            is_vague = column in self.matches and self.matches[column].alias in _VAGUE_GIVEN_NAMES
            if is_vague and not (noms or others or self.of("full_name")):
                self.change(column, "full_name", "no family name beside it", by="name")
        is_family = bool(others or self.of("given_name"))
        by_name = [name for name in self.of("full_name", by_schema=False) if name in self.matches]
        vague = [name for name in by_name if self.matches[name].alias in _VAGUE_NAMES]
        if not is_family:
            for column in noms:
                self.change(column, "full_name", "no given name beside it", by="name")
            vague += noms
        families = self.of("family_name")
        if families or self.of("given_name"):
            for column in vague:
                if not families and content.share_of_single_words(self.table[column]) >= _MOST:
                    self.change(column, "family_name", "single words beside a given name")
            return
        signs = {each.attribute for each in self.columns.values()} & _PERSON_SIGNS
        # All columns are judged before any is changed: a decision must not depend on the one before.
        notes = {column: self._organization_note(self.table[column], has_person_signs=bool(signs)) for column in vague}
        for column, note in notes.items():
            if note:
                self.change(column, "organization_name", note)

    def _organization_note(self, values: pa.ChunkedArray, *, has_person_signs: bool) -> str:
        """Return why a column's values are names of organizations, or an empty string."""
        organizations = content.share_of_organizations(values)
        persons = content.share_of_persons(values)
        if organizations >= (_HALF if has_person_signs else _SOME_ORGANIZATIONS) and organizations > persons:
            return "the values are names of organizations"
        if has_person_signs or persons >= _SOME_PERSONS:
            return ""
        is_place = self.of("category") or (self.of("phone") and self.of("street"))
        is_contact = bool(self.of("organization_name"))
        return "the table describes places, and no persons" if is_place and not is_contact else ""

    # Columns that identify rows.

    def settle_source(self) -> str | None:
        candidates = self.of("source", by_schema=True) or self.of("source")
        chosen: str | None = None
        for column in candidates:
            if chosen is not None:
                self.change(column, None, f"the source is read from {chosen!r}")
            elif self._is_source(column):
                chosen = column
            else:
                self.change(column, None, "too many different values for a source")
        for column in self.of("source"):
            if column != chosen:
                self.change(column, None, f"the source is read from {chosen!r}")
        return chosen

    def _is_source(self, column: str) -> bool:
        match = self.matches.get(column)
        if match is None or match.alias in _SURE_SOURCES:
            return True
        return self._is_category(self.table[column])

    def settle_record_key(self, source: str | None) -> str | None:
        stated = self.of("record_key", by_schema=True)
        if stated:
            self._check_record_key(stated[0], source)
        chosen: str | None = stated[0] if stated else None
        for column in self.of("record_key", by_schema=False):
            note = f"the record key is read from {chosen!r}" if chosen is not None else self._key_flaw(column, source)
            if not note:
                chosen = column
            elif chosen is None and self._is_house_number(column):
                self.change(column, "house_number", "numbers beside a street")
            else:
                self.change(column, None, note)
        return chosen

    def _key_flaw(self, column: str, source: str | None) -> str:
        n_missing = self.table[column].null_count
        if n_missing:
            return f"no record key: {n_missing} rows have none"
        n_repeated = self._n_repeated(column, source)
        return f"no record key: {n_repeated} rows repeat another's value" if n_repeated else ""

    def _n_repeated(self, column: str, source: str | None) -> int:
        values = self.table[column]
        # To compare neighbors costs a fiftieth of finding all values that are equal.
        if content.is_ascending(values):
            return 0
        if source is None:
            return int(self.table.num_rows - pc.count_distinct(values).as_py())
        return int(self.table.num_rows) - content.n_distinct_pairs(self.table[source], values)

    def _is_house_number(self, column: str) -> bool:
        is_vague = self.matches[column].alias in _VAGUE_NUMBERS
        return is_vague and bool(self.of("street")) and content.share_of_house_numbers(self.table[column]) >= _MOST

    def _check_record_key(self, column: str, source: str | None) -> None:
        n_rows = self.table.num_rows
        n_missing = self.table[column].null_count
        if n_missing:
            raise SchemaError(
                f"schema: record_key {column!r}: expected a value in every row, {n_missing} of {n_rows} have none.",
                hint="Leave record_key out to have rows numbered.",
            )
        n_repeated = self._n_repeated(column, source)
        if n_repeated:
            raise DuplicateRecordKeyError(
                f"schema: record_key {column!r}: expected different values within a source, "
                f"{n_repeated} of {n_rows} rows repeat another's.",
                hint="Name the column of sources as source, or leave record_key out to have rows numbered.",
            )
