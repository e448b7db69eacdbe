"""What somebody asks with: raw values by attribute, or by the columns of a source, read as its rows are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Self

from attrs import field, frozen

from custid.errors import InputError, SchemaError, UnsupportedInputError
from custid.intake._values import UnreadableValueError, value_text
from custid.intake.row_reader import RowReader
from custid.intake.schema import Schema
from custid.model.attributes import ATTRIBUTES, check_comparable
from custid.registry.recognition import ProbeIssue
from custid.registry.rows import Row

__all__ = ["Probe", "ProbeReader"]

_N_SUGGESTED: Final = 3
_TECHNICAL: Final = frozenset({"record_key", "source", "truth"})
_MADE_INTO: Final = {
    "full_name": ("given_name", "family_name"),
    "birth_year": ("birth_date",),
    "birth_month": ("birth_date",),
    "birth_day": ("birth_date",),
    "siret": ("siren",),
    "street": ("house_number",),
}
"""What other attributes a value may give."""


@frozen(kw_only=True)
class Probe:
    """A question that was read.

    Attributes
    ----------
    row : Row
        Canonical values, generic ones included.
    attributes : Mapping of str to str or None
        By name what the value is of; None for what is no evidence.
    """

    row: Row
    attributes: Mapping[str, str | None]
    _reader: RowReader = field(repr=False)
    _texts: Mapping[str, str] = field(repr=False)
    _unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> frozenset[str]:
        """Attributes of which something is known or was said, be it nothing that helps: nobody is asked twice."""
        said = (attribute for attribute in self.attributes.values() if attribute is not None)
        return frozenset((*(attribute for attribute, _ in self.row.values), *said))

    def issues(self, content: Row, compared: Collection[str]) -> tuple[ProbeIssue, ...]:
        """Return why what was stated is no evidence, or less than it seems.

        Parameters
        ----------
        content : Row
            What is left of the values beside the live records.
        compared : collection of str
            The attributes of the match model.
        """
        found = {*self._unreadable, *self._reader.issues(self._texts)}
        found.update((name, "not_compared") for name in self._not_compared(compared))
        found.update((name, "generic") for name in self._generic(content, compared))
        return tuple(ProbeIssue(name=name, issue=issue) for name, issue in sorted(found))

    def _not_compared(self, compared: Collection[str]) -> Iterator[str]:
        for name, attribute in self.attributes.items():
            if attribute is None or (
                attribute != "party_kind" and not {attribute, *_MADE_INTO.get(attribute, ())}.intersection(compared)
            ):
                yield name

    def _generic(self, content: Row, compared: Collection[str]) -> Iterator[str]:
        left = dict(content.values)
        for attribute, values in self.row.values:
            if attribute in compared and left.get(attribute) != values:
                named = [name for name, each in self.attributes.items() if each == attribute]
                yield from named or [attribute]


class ProbeReader:
    """Reads questions.

    Parameters
    ----------
    reader : RowReader
        Reads the values.
    attributes : Mapping of str to str or None
        The names that may be asked with, and what each is of; None for what is no evidence.
    what : str
        What a name is, for errors.
    """

    def __init__(self, reader: RowReader, attributes: Mapping[str, str | None], what: str) -> None:
        self._reader = reader
        self._attributes = attributes
        self._what = what

    @classmethod
    def of_attributes(cls, *, is_day_first: bool) -> Self:
        """Return a reader of questions whose names are attributes."""
        attributes = {name: name for name in ATTRIBUTES if name not in _TECHNICAL}
        return cls(RowReader.of_attributes(day_first=is_day_first), attributes, "the name of an attribute")

    @classmethod
    def of_source(cls, source: str, schema: Schema) -> Self:
        """Return a reader of questions whose names are the columns of a source."""
        attributes: dict[str, str | None] = dict(schema.columns)
        if schema.record_key is not None:
            attributes[schema.record_key] = "record_key"
        return cls(RowReader(schema), attributes, f"a column of source {source!r}")

    def read(self, values: Mapping[str, Any]) -> Probe:
        """Read a question.

        Parameters
        ----------
        values : Mapping of str to any
            Raw values by name; missing ones are passed over.

        Returns
        -------
        Probe
            Values that cannot be read are among its issues.

        Raises
        ------
        UnsupportedInputError
            If it is no mapping.
        SchemaError
            If a name is none that may be asked with.
        ConfigurationError
            If an attribute must not be compared.
        InputError
            If there is no value at all.
        """
        if not isinstance(values, Mapping):
            raise UnsupportedInputError(
                f"identify: expected values by name, got {type(values).__name__}.", hint='Ask with {"phone": "…"}.'
            )
        texts: dict[str, str] = {}
        attributes: dict[str, str | None] = {}
        unreadable = []
        for name, value in values.items():
            attribute = self._attribute_of(name)
            if attribute == "record_key":
                continue
            try:
                text = value_text(value)
            except UnreadableValueError as error:
                unreadable.append((name, error.reason))
                attributes[name] = attribute
                continue
            if text is not None and not text.isspace():
                texts[name] = text
                attributes[name] = attribute
        if not texts and not unreadable:
            raise InputError("identify: expected a value at least, got none.", hint='Ask with {"phone": "…"}.')
        return Probe(
            row=Row(*self._reader.read(texts)),
            attributes=attributes,
            reader=self._reader,
            texts=texts,
            unreadable=tuple(unreadable),
        )

    def _attribute_of(self, name: str) -> str | None:
        if name in self._attributes:
            attribute = self._attributes[name]
            if attribute is not None and attribute in ATTRIBUTES:
                check_comparable(attribute)
            return attribute
        close = get_close_matches(str(name).lower(), self._attributes, n=_N_SUGGESTED)
        known = sorted(each for each, attribute in self._attributes.items() if attribute is not None)
        hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"They are {', '.join(known)}."
        raise SchemaError(f"identify: {name!r}: expected {self._what}, got another.", hint=hint)
