"""In which order the parts of dates and of whole names stand in a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Self

from attrs import evolve, frozen

from custid.model.attributes import ATTRIBUTES
from custid.standardize.date import is_day_first
from custid.standardize.name import is_family_first
from custid.standardize.text import fold

if TYPE_CHECKING:
    import pyarrow as pa

    from custid.intake.schema import Schema

__all__ = ["Conventions", "name_order_of"]

# What headers say of the parts of a name: ``Nom et prénom``, ``last_first_name``, ``Cognome e nome``.
_FAMILY: Final = frozenset(
    {
        "nom", "noms", "last", "lastname", "surname", "family", "nachname", "achternaam", "apellido", "apellidos",
        "cognome", "apelido", "sobrenome",
    }
)  # fmt: skip
_GIVEN: Final = frozenset(
    {
        "prenom", "prenoms", "first", "firstname", "forename", "given", "vorname", "voornaam", "nombre", "nombres",
        "nome",
    }
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+")


@frozen(kw_only=True)
class Conventions:
    """What a source means by texts that could mean two things.

    Attributes
    ----------
    day_first : bool or None
        Whether ambiguous dates begin with the day; decided for each column from its values when None.
    family_first : bool or None
        Whether whole names begin with the family name where their words do not tell; decided for each column from its
        values and its name when None.
    """

    day_first: bool | None = None
    family_first: bool | None = None

    @classmethod
    def of(cls, schema: Schema | None) -> Self:
        """Return what a schema says of them.

        Parameters
        ----------
        schema : Schema or None
            What a user says; None for nothing.

        Returns
        -------
        Conventions
            Its own.
        """
        if schema is None:
            return cls()
        return cls(day_first=schema.day_first, family_first=schema.family_first)

    def of_column(self, column: str) -> Self:
        """Return what holds for a row by itself: its column's name may tell in which order names stand.

        Parameters
        ----------
        column : str
            Name of the column.

        Returns
        -------
        Conventions
            For its values.
        """
        return self if self.family_first is not None else evolve(self, family_first=name_order_of([], column))

    def settled(self, table: pa.Table, columns: Mapping[str, str | None]) -> Self:
        """Return conventions that leave nothing open: a row says the same whatever comes beside it.

        Parameters
        ----------
        table : pyarrow.Table
            Rows, as text, from which to decide.
        columns : Mapping of str to str or None
            Attribute of each column.

        Returns
        -------
        Conventions
            Where the rows show no order, and nothing is said of it, days and given names are first; so are given names
            where columns contradict each other.

        Examples
        --------
        >>> import pyarrow as pa
        >>> table = pa.table({"nom": ["MARTIN BERNARD", "LEROUX MARIE", "PETIT ANNE", "HAMON CHLOE"]})
        >>> Conventions().settled(table, {"nom": "full_name"})
        Conventions(day_first=True, family_first=True)
        """

        def seen(standardizer: str, order_of: Callable[[list[str], str], bool | None]) -> Iterator[bool | None]:
            for column, attribute in columns.items():
                declared = ATTRIBUTES.get(attribute or "")
                if declared is not None and declared.standardizer == standardizer:
                    yield order_of([text for text in table.column(column).unique().to_pylist() if text], column)

        day_first, family_first = self.day_first, self.family_first
        if day_first is None:
            of_dates = set(seen("date", lambda texts, _: is_day_first(texts)))
            day_first = True in of_dates or False not in of_dates
        if family_first is None:
            of_names = set(seen("full_name", name_order_of))
            family_first = True in of_names and False not in of_names
        return type(self)(day_first=day_first, family_first=family_first)


def name_order_of(texts: list[str], column: str) -> bool | None:
    """Tell whether the whole names of a column begin with the family name.

    Parameters
    ----------
    texts : list of str
        Its raw values; distinct ones are enough.
    column : str
        Its name.

    Returns
    -------
    bool or None
        What its values tell; what its name does where they do not; None where neither does.

    Examples
    --------
    >>> name_order_of(["MARTIN BERNARD"], "Nom et prénom"), name_order_of(["MARTIN BERNARD"], "client")
    (True, None)
    """
    found = is_family_first(texts)
    if found is not None:
        return found
    words = _WORD.findall(fold(column))
    family, given = ([word in names for word in words] for names in (_FAMILY, _GIVEN))
    return family.index(True) < given.index(True) if any(family) and any(given) else None
