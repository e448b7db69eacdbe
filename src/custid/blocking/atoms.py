"""What of a record may be shared with another one: the atoms from which blocking keys are built.

An atom is a value or a coarser view of it (the year of a birth date, the first letters of a name, a postcode area).
Each kind of atom belongs to a group, the attribute it speaks of; keys join atoms of different groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.phonetics import consonant_skeleton
from custid.standardize.nicknames import nickname_groups
from custid.table.hashing import string_hashes
from custid.table.record_table import RecordTable, ValueColumn
from custid.table.tokens import tokenize

__all__ = ["AtomColumn", "record_atoms"]

NAME_ATTRIBUTES = ("given_name", "family_name", "full_name", "organization_name")
_MAX_NAME_WORDS = 12
_Views = Callable[[str], Mapping[str, Iterable[str]]]


@frozen(kw_only=True, eq=False)
class AtomColumn:
    """All atoms of one kind.

    Attributes
    ----------
    group : str
        The attribute (or ``"name"``) the atoms speak of.
    kind : str
        The view: ``"full"``, ``"token"``, ``"year"``, …
    may_stand_alone : bool
        True where one shared atom is reason enough to look at a pair.
    hashes : ndarray of uint64, shape (n_units, width)
        The distinct atoms of each unit, ascending; 0 is no atom.
    """

    group: str
    kind: str
    may_stand_alone: bool
    hashes: NDArray[np.uint64] = field(repr=False)

    @property
    def name(self) -> str:
        """Group and kind, for reports."""
        return f"{self.group}.{self.kind}"


def record_atoms(table: RecordTable) -> list[AtomColumn]:
    """Return the atoms of every unit.

    Parameters
    ----------
    table : RecordTable
        The records.

    Returns
    -------
    list of AtomColumn
        Sorted by name; kinds that no unit has are left out.
    """
    atoms = _name_atoms(table)
    for attribute, column in table.columns.items():
        if attribute not in NAME_ATTRIBUTES:
            views, alone = _VIEWS.get(attribute, (_whole, frozenset[str]()))
            atoms.extend(_column_atoms(column, views, alone))
    return sorted(atoms, key=lambda column: column.name)


def _name_atoms(table: RecordTable) -> list[AtomColumn]:
    columns = [table.columns[name] for name in NAME_ATTRIBUTES if name in table.columns]
    if not columns:
        return []
    words = tokenize(columns, width=_MAX_NAME_WORDS)
    groups = nickname_groups()
    views: dict[str, list[tuple[str, ...]]] = {"token": [], "sound": [], "prefix": [], "nickname": []}
    for word in words.vocabulary:
        is_name = len(word) > 1 and not word[0].isdigit()
        views["token"].append((word,) if len(word) > 1 else ())
        views["sound"].append((consonant_skeleton(word),) if is_name else ())
        views["prefix"].append((word[:4],) if is_name and len(word) >= 4 else ())  # noqa: PLR2004 - a prefix of four
        views["nickname"].append(tuple(map(str, sorted(groups.get(word, ())))) if is_name else ())
    return [
        AtomColumn(
            group="name",
            kind=kind,
            may_stand_alone=kind == "token",
            hashes=_gather(_hash_matrix(f"name.{kind}", values), words.bag),
        )
        for kind, values in views.items()
        if any(values)
    ]


def _column_atoms(column: ValueColumn, views: _Views, alone: frozenset[str]) -> Iterable[AtomColumn]:
    by_kind: dict[str, list[tuple[str, ...]]] = {}
    for position, value in enumerate(column.vocabulary):
        for kind, values in views(value).items():
            by_kind.setdefault(kind, [()] * len(column.vocabulary))[position] = tuple(values)
    for kind, lists in by_kind.items():
        yield AtomColumn(
            group=column.attribute,
            kind=kind,
            may_stand_alone=kind in alone,
            hashes=_gather(_hash_matrix(f"{column.attribute}.{kind}", lists), column.codes),
        )


def _hash_matrix(kind: str, lists: list[tuple[str, ...]]) -> NDArray[np.uint64]:
    """One row of atom hashes per value, 0 padded, and a last row of zeros for code -1."""
    distinct = sorted({atom for atoms in lists for atom in atoms})
    hashed = dict(zip(distinct, string_hashes([f"{kind}:{atom}" for atom in distinct]).tolist(), strict=True))
    width = max(1, max(map(len, lists), default=1))
    matrix = np.zeros((len(lists) + 1, width), np.uint64)
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    flat = np.fromiter((hashed[atom] for atoms in lists for atom in atoms), np.uint64, int(lengths.sum()))
    row = np.repeat(np.arange(len(lists)), lengths)
    matrix[row, np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)] = flat
    return matrix


def _gather(matrix: NDArray[np.uint64], codes: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return the distinct atoms of each unit, zeros last."""
    rows = np.hstack([matrix[column] for column in codes.T])
    rows.sort(axis=1)
    if rows.shape[1] > 1:
        rows[:, 1:][rows[:, 1:] == rows[:, :-1]] = 0
    rows.sort(axis=1)
    used = int((rows > 0).any(axis=0).sum())
    return np.ascontiguousarray(rows[:, ::-1][:, : max(1, used)])


def _whole(value: str) -> Mapping[str, Iterable[str]]:
    return {"full": (value,)}


def _date(value: str) -> Mapping[str, Iterable[str]]:
    year, _, rest = value.partition("-")
    if not rest:
        return {"year": (year,)}
    month, _, day = rest.partition("-")
    if not day:
        return {"year": (year,), "year_month": (f"{year}-{month}",)}
    swapped = "-".join(sorted((month, day)))
    if not year.isdigit():
        return {"month_day": (swapped,)}
    return {
        "full": (value,),
        "year": (year,),
        "year_month": (f"{year}-{month}",),
        "year_day": (f"{year}-{day}",),
        "month_day": (swapped,),
    }


def _halves(value: str) -> Mapping[str, Iterable[str]]:
    middle = len(value) // 2
    return {"full": (value,), "half": (f"<{value[:middle]}", f">{value[middle:]}")}


def _phone(value: str) -> Mapping[str, Iterable[str]]:
    return _halves(value[-9:])


def _email(value: str) -> Mapping[str, Iterable[str]]:
    return {"full": (value,), "local": (value.partition("@")[0],)}


def _postcode(value: str) -> Mapping[str, Iterable[str]]:
    return {"full": (value,), "area": (value[: max(2, len(value) - 3)],)}


def _words(value: str) -> Mapping[str, Iterable[str]]:
    long_words = [word for word in value.split() if len(word) > 3 and not word.isdigit()]  # noqa: PLR2004
    return {"full": (value,), "token": tuple(dict.fromkeys(long_words)), "head": (" ".join(value.split()[:2]),)}


def _place(value: str) -> Mapping[str, Iterable[str]]:
    return {kind: values for kind, values in _words(value).items() if kind != "head"}


_VIEWS: dict[str, tuple[_Views, frozenset[str]]] = {
    "birth_date": (_date, frozenset({"full"})),
    "phone": (_phone, frozenset({"full"})),
    "national_id": (_halves, frozenset({"full"})),
    "organization_id": (_halves, frozenset({"full"})),
    "loyalty_card": (_halves, frozenset({"full"})),
    "email": (_email, frozenset({"full", "local"})),
    "postcode": (_postcode, frozenset({"full"})),
    "street": (_words, frozenset({"full"})),
    "address_line": (_place, frozenset({"full"})),
    "city": (_place, frozenset({"full"})),
    "birth_place": (_place, frozenset({"full"})),
    "house_number": (_whole, frozenset({"full"})),
    "sex": (_whole, frozenset({"full"})),
    "region": (_whole, frozenset({"full"})),
    "country": (_whole, frozenset({"full"})),
    "occupation": (_whole, frozenset({"full"})),
    "category": (_whole, frozenset({"full"})),
}
