"""What a user may say about the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Self

from attrs import asdict, field, fields, frozen

from custid.errors import SchemaError
from custid.model.attributes import ATTRIBUTES

__all__ = ["Schema"]

_TECHNICAL = ("record_key", "source")


def _copied(columns: Any) -> dict[str, str | None]:
    # What is no mapping is left for the validation to name.
    copied: dict[str, str | None] = dict(columns) if isinstance(columns, Mapping) else columns
    return copied


@frozen(kw_only=True)
class Schema:
    """Which column holds which attribute, where the user knows better than detection.

    A schema says as much as one likes; what it leaves out is detected.

    Attributes
    ----------
    columns : dict of str to str or None
        Attribute of each column named, by its name in `custid.model.ATTRIBUTES`. Several columns of one attribute are
        several values of it; None keeps a column from being evidence, and it is passed through.
    record_key : str or None
        Column that names each record within its source; by default it is recognized, else rows are numbered.
    source : str or None
        Column that says from which source a row comes; by default it is recognized.
    day_first : bool or None
        How ``03/04/1980`` is to be read; by default each column's own dates decide.
    family_first : bool or None
        Whether ``MARTIN BERNARD`` in a column of whole names begins with the family name; by default each column's own
        names decide, then what the column is called.  Names whose words tell are read as they tell.

    Raises
    ------
    SchemaError
        With everything that is wrong, in one message.

    Examples
    --------
    >>> Schema(columns={"patronyme_2": "family_name", "note": None}, record_key="id").columns["note"] is None
    True
    """

    columns: dict[str, str | None] = field(factory=dict, converter=_copied)
    record_key: str | None = None
    source: str | None = None
    day_first: bool | None = None
    family_first: bool | None = None

    def __attrs_post_init__(self) -> None:
        problems = _column_problems(self.columns)
        for name in _TECHNICAL:
            problems += _technical_problems(name, getattr(self, name), self.columns)
        if self.record_key is not None and self.record_key == self.source:
            problems.append(f"schema: column {self.source!r}: expected record_key or source, got both")
        for name in ("day_first", "family_first"):
            said = getattr(self, name)
            if not isinstance(said, bool | None):
                problems.append(f"schema: {name}: expected True, False or None, got {type(said).__name__}")
        if problems:
            hint = f"The attributes are {', '.join(ATTRIBUTES)}; None passes a column through.{_meant(self.columns)}"
            raise SchemaError.collected(problems, hint=hint)

    def attribute_of(self, column: str) -> str | None:
        """Return the attribute that the schema gives to a column.

        Parameters
        ----------
        column : str
            A column of which the schema speaks.

        Returns
        -------
        str or None
            Its attribute; None for a column that is to be passed through.

        Raises
        ------
        SchemaError
            If the schema does not speak of the column.

        Examples
        --------
        >>> Schema(record_key="no").attribute_of("no")
        'record_key'
        """
        if column not in self.named_columns:
            raise SchemaError(f"schema: column {column!r} is not in it.")
        for technical in _TECHNICAL:
            if getattr(self, technical) == column:
                return technical
        return self.columns[column]

    @property
    def named_columns(self) -> frozenset[str]:
        """All columns of which the schema speaks.

        Returns
        -------
        frozenset of str
            Their names.
        """
        technical = {name for name in (self.record_key, self.source) if name is not None}
        return frozenset(self.columns) | technical

    def to_dict(self) -> dict[str, Any]:
        """Return the schema as a value that JSON can hold.

        Returns
        -------
        dict
            All fields by name.

        Examples
        --------
        >>> Schema(columns={"a": "city"}).to_dict()
        {'columns': {'a': 'city'}, 'record_key': None, 'source': None, 'day_first': None, 'family_first': None}
        """
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the schema of a document, as `to_dict` makes it; fields may be left out.

        Parameters
        ----------
        document : mapping
            Field values by name.

        Returns
        -------
        Schema
            The schema.

        Raises
        ------
        SchemaError
            If the document has other fields, or the schema is wrong in itself.

        Examples
        --------
        >>> Schema.from_dict({"source": "shop"}).source
        'shop'
        """
        if not isinstance(document, Mapping):
            raise SchemaError(f"schema: expected a mapping of fields, got {type(document).__name__}.")
        known = {each.name for each in fields(cls)}
        problems = [
            f"schema: field {key!r}: expected one of {', '.join(map(repr, sorted(known)))}"
            for key in document
            if key not in known
        ]
        try:
            schema = cls(**{key: value for key, value in document.items() if key in known})
        except SchemaError as error:
            raise SchemaError.collected([*problems, error.problem], hint=error.hint) from None
        if problems:
            raise SchemaError.collected(problems)
        return schema


def _meant(columns: object) -> str:
    """Return the attributes that misspelt ones may stand for, as a question."""
    given = columns.values() if isinstance(columns, dict) else ()
    wrong = [each for each in given if isinstance(each, str) and each not in ATTRIBUTES]
    meant = [near for each in wrong for near in get_close_matches(each, list(ATTRIBUTES), n=1)]
    return f" Did you mean {', '.join(map(repr, meant))}?" if meant else ""


def _column_problems(columns: object) -> list[str]:
    if not isinstance(columns, dict):
        return [f"schema: columns: expected a mapping of column to attribute, got {type(columns).__name__}"]
    problems = []
    for column, attribute in columns.items():
        if not isinstance(column, str):
            problems.append(f"schema: columns: expected column names, got {type(column).__name__}")
        elif attribute is not None and not (isinstance(attribute, str) and attribute in ATTRIBUTES):
            problems.append(f"schema: column {column!r}: expected an attribute or None, got {attribute!r}")
    for technical in _TECHNICAL:
        named = sorted(str(column) for column, attribute in columns.items() if attribute == technical)
        if len(named) > 1:
            problems.append(f"schema: {technical}: expected one column, got {', '.join(map(repr, named))}")
    return problems


def _technical_problems(name: str, column: object, columns: object) -> list[str]:
    """Return what is wrong with ``record_key`` or ``source``, by itself and beside ``columns``."""
    if column is None:
        return []
    if not isinstance(column, str):
        return [f"schema: {name}: expected the name of a column, got {type(column).__name__}"]
    if not isinstance(columns, dict):
        return []
    problems = []
    if columns.get(column, name) != name:
        problems.append(f"schema: column {column!r}: expected one use, got {name} and {columns[column]!r}")
    others = sorted(str(each) for each, attribute in columns.items() if attribute == name and each != column)
    if others:
        problems.append(f"schema: {name}: expected one column, got {column!r} and {', '.join(map(repr, others))}")
    return problems
