"""What of a record may be shared with another one: the atoms from which blocking keys are built.

An atom is a value or a coarser view of it (the year of a birth date, the first letters of a name, a postcode area).
Each kind of atom belongs to a group, the attribute it speaks of; keys join atoms of different groups.

Views are worked out once per distinct value or word, never per record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.phonetics import consonant_skeleton
from custid.errors import ConfigurationError
from custid.standardize.nicknames import nickname_groups
from custid.standardize.organization import initials_of_organization
from custid.table.hashing import combine_hashes, string_hashes
from custid.table.record_table import RecordTable, ValueColumn
from custid.table.tokens import tokenize

__all__ = ["AtomColumn", "Blocking", "record_atoms", "view_atoms"]

_NAME_ATTRIBUTES = ("given_name", "family_name", "full_name", "organization_name")
_NAME_GROUP = "name"
_MAX_WORDS = 12
_UNITS_AT_ONCE = 1 << 15
_PREFIX_LENGTH = 4
_PHONE_DIGITS = 9

_TELLING_PARTS = frozenset({("email", "local")})

_Atoms = Mapping[str, Sequence[Sequence[str]]]
"""By kind, the atoms of each value."""


@frozen(kw_only=True, eq=False)
class AtomColumn:
    """All atoms of one kind that two units or more have.

    Attributes
    ----------
    group : str
        The attribute (or ``"name"``) the atoms speak of.
    kind : str
        The view: ``"full"``, ``"token"``, ``"year"``, …
    may_stand_alone : bool
        True where one shared atom is reason enough to look at a pair.
    unit_idx : ndarray of int32, shape (n_atoms,)
        The unit that has each atom, ascending.
    hashes : ndarray of uint64, shape (n_atoms,)
        The atoms; those of one unit are distinct, and the same ones stand in the same order for every unit.
    """

    group: str
    kind: str
    may_stand_alone: bool
    unit_idx: NDArray[np.int32] = field(repr=False)
    hashes: NDArray[np.uint64] = field(repr=False)

    @property
    def name(self) -> str:
        """Group and kind, for reports."""
        return f"{self.group}.{self.kind}"


class Blocking(Protocol):
    """Tells what records may share so that they are compared.

    Units that share an atom that may stand alone make a block, and so do units that share two atoms of different
    groups.
    """

    def __call__(self, table: RecordTable, /) -> Sequence[AtomColumn]:
        """Return the atoms of a table, one column per kind."""
        ...


def view_atoms(
    table: RecordTable, attribute: str, kind: str, view: Callable[[str], Sequence[str]], *, may_stand_alone: bool = True
) -> AtomColumn:
    """Return atoms of the user's own making.

    Parameters
    ----------
    table : RecordTable
        The records.
    attribute : str
        An attribute of the table.
    kind : str
        Name of the view, for reports.
    view : callable
        Takes a canonical value, returns its atoms.
    may_stand_alone : bool
        True where one shared atom is reason enough to look at a pair.

    Returns
    -------
    AtomColumn
        The atoms that two units or more have.

    Raises
    ------
    ConfigurationError
        If the table has no values of the attribute.
    """
    column = table.columns.get(attribute)
    if column is None:
        raise ConfigurationError(
            f"blocking: attribute {attribute!r}: expected one of {', '.join(map(repr, table.columns)) or 'none'}.",
            hint="Look at table.columns first.",
        )
    hashed = _hashed(f"{attribute}.{kind}", [view(value) for value in column.vocabulary])
    return _atom_column(attribute, kind, column.codes, *hashed, alone=may_stand_alone)


def record_atoms(table: RecordTable) -> list[AtomColumn]:
    """Return the atoms of every unit.

    Parameters
    ----------
    table : RecordTable
        The records.

    Returns
    -------
    list of AtomColumn
        Sorted by name.  Atoms that one unit alone has propose no pair and are left out, and so are kinds without any.

    Notes
    -----
    Names of persons and of organizations make one group, whichever column they stand in.  Of a name or an address the
    first twelve words count.

    Examples
    --------
    >>> import numpy as np
    >>> from custid.table import build_record_table
    >>> codes = np.array([[0], [1], [2]], np.int32)
    >>> table = build_record_table({"birth_date": (["1980-02-01", "1980-02", "1975-05-06"], codes)}, 3)
    >>> [(atoms.name, atoms.unit_idx.tolist()) for atoms in record_atoms(table)]
    [('birth_date.year', [1, 2]), ('birth_date.year_month', [1, 2])]
    """
    found = _name_atoms(table)
    for attribute, column in table.columns.items():
        if attribute not in _NAME_ATTRIBUTES:
            found.extend(_value_atoms(column))
    return sorted((atoms for atoms in found if len(atoms.hashes)), key=lambda atoms: atoms.name)


def _name_atoms(table: RecordTable) -> list[AtomColumn]:
    columns = [table.columns[name] for name in _NAME_ATTRIBUTES if name in table.columns]
    if not columns:
        return []
    words = tokenize(columns, width=_MAX_WORDS)
    return [
        _atom_column(_NAME_GROUP, kind, words.bag, *_hashed(f"{_NAME_GROUP}.{kind}", atoms), alone=kind == "token")
        for kind, atoms in _word_views(words.vocabulary).items()
    ] + _acronym_atoms(table)


def _acronym_atoms(table: RecordTable) -> list[AtomColumn]:
    """Return the words that are initials of another organization's name, for both of them."""
    column = table.columns.get("organization_name")
    if column is None:
        return []
    initials = [initials_of_organization(value) for value in column.vocabulary]
    known = frozenset(chain.from_iterable(initials))
    words = [known.intersection(value.split()) for value in column.vocabulary]
    used = frozenset(chain.from_iterable(words))
    atoms = [sorted(one | (other & used)) for one, other in zip(words, initials, strict=True)]
    kind = "acronym"
    return [_atom_column(_NAME_GROUP, kind, column.codes, *_hashed(f"{_NAME_GROUP}.{kind}", atoms), alone=True)]


def _value_atoms(column: ValueColumn) -> list[AtomColumn]:
    attribute = column.attribute
    whole = np.arange(len(column.vocabulary)), combine_hashes([string_hashes([f"{attribute}.full"]), column.hashes])
    views = _VIEWS[attribute](column.vocabulary) if attribute in _VIEWS else {}
    hashed = {kind: _hashed(f"{attribute}.{kind}", atoms) for kind, atoms in views.items()}
    return [
        _atom_column(attribute, kind, column.codes, *found, alone=kind == "full" or (attribute, kind) in _TELLING_PARTS)
        for kind, found in ({"full": whole} | hashed).items()
    ]


def _hashed(salt: str, atoms: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the value of every atom, ascending, and the atom's hash."""
    lengths = np.fromiter(map(len, atoms), np.int64, len(atoms))
    hashes = combine_hashes([string_hashes([salt]), string_hashes(list(chain.from_iterable(atoms)))])
    return np.repeat(np.arange(len(atoms)), lengths), hashes


def _atom_column(
    group: str,
    kind: str,
    codes: NDArray[np.int32],
    value: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    *,
    alone: bool,
) -> AtomColumn:
    """Give each unit, whose values ``codes`` tells, the distinct atoms of its values; drop what is not shared."""
    distinct, rank = np.unique(hashes, return_inverse=True)
    # Value by value first: there are fewer values than units.
    n_values = int(codes.max(initial=-1)) + 1
    value, rank = _unpacked(_sorted_distinct(value, rank))
    is_used = value < n_values
    value, rank = value[is_used], rank[is_used]
    n_units_of_value = np.bincount((codes + 1).ravel(), minlength=n_values + 1)[1:]
    # A unit two of whose values have the atom counts twice here, so this leaves out too few at most.
    is_shared = np.bincount(rank, n_units_of_value[value], len(distinct))[rank] > 1
    value, rank = value[is_shared], rank[is_shared]
    unit, atom = _of_units(codes, value, rank)
    if codes.shape[1] > 1:
        is_shared = np.bincount(atom, minlength=len(distinct))[atom] > 1
        unit, atom = unit[is_shared], atom[is_shared]
    return AtomColumn(group=group, kind=kind, may_stand_alone=alone, unit_idx=unit, hashes=distinct[atom])


def _of_units(
    codes: NDArray[np.int32], value: NDArray[np.int64], rank: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return each unit's distinct atoms, given those of each value, ascending."""
    # A missing value, code -1, takes the last place: no atoms.
    n_atoms = np.zeros(int(codes.max(initial=-1)) + 2, np.int32)
    n_atoms[:-1] = np.bincount(value, minlength=len(n_atoms) - 1)
    starts = (np.cumsum(n_atoms) - n_atoms).astype(np.int32)
    ranks, width = rank.astype(np.int32), max(codes.shape[1], 1)
    units_found, ranks_found = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    # Some units at a time: arrays that fit the cache take a fraction of the time that new memory does.
    for first in range(0, len(codes), _UNITS_AT_ONCE):
        flat = codes[first : first + _UNITS_AT_ONCE].ravel()
        repeats = n_atoms[flat]
        having = np.flatnonzero(repeats)
        unit, place = _each(having // width, starts[flat[having]], repeats[having])
        found = ranks[place]
        if width > 1:
            unit, distinct = _unpacked(_sorted_distinct(unit, found))
            found = distinct.astype(np.int32)
        units_found.append((unit + first).astype(np.int32))
        ranks_found.append(found)
    return np.concatenate(units_found), np.concatenate(ranks_found)


def _sorted_distinct(high: NDArray[np.integer[Any]], low: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """Return pairs of small numbers, each once and ascending, as one number each."""
    packed = (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)
    packed.sort()
    return packed[_is_first(packed)]


def _unpacked(packed: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return (packed >> np.uint64(32)).astype(np.int64), (packed & np.uint64(0xFFFF_FFFF)).astype(np.int64)


def _each(
    unit: NDArray[np.int64], starts: NDArray[np.int32], lengths: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the unit, and ``starts[0], starts[0] + 1, …`` for ``lengths[0]`` numbers, and so on."""
    if not len(lengths) or lengths.max() == 1:
        return unit, starts.astype(np.int64)
    ends = np.cumsum(lengths, dtype=np.int64)
    offsets: NDArray[np.int64] = np.repeat(starts - (ends - lengths), lengths)
    return np.repeat(unit, lengths), offsets + np.arange(len(offsets))


def _is_first(ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell for each number whether it differs from the one before."""
    is_first = np.empty(len(ordered), np.bool_)
    is_first[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return is_first


def _word_views(words: Sequence[str]) -> _Atoms:
    groups = nickname_groups()
    named = [word if len(word) > 1 and not word[0].isdigit() else "" for word in words]
    return {
        "token": [(word,) if len(word) > 1 else () for word in words],
        "sound": [(consonant_skeleton(word),) if word else () for word in named],
        "prefix": [(word[:_PREFIX_LENGTH],) if len(word) >= _PREFIX_LENGTH else () for word in named],
        "nickname": [tuple(map(str, groups.get(word, ()))) for word in named],
    }


def _dates(values: Sequence[str]) -> _Atoms:
    views: dict[str, list[Sequence[str]]] = {
        kind: [()] * len(values) for kind in ("full", "year", "year_month", "year_day", "month_day")
    }
    for position, value in enumerate(values):
        year, _, rest = value.partition("-")
        month, _, day = rest.partition("-")
        if year.isdigit():
            views["year"][position] = (year,)
            if month:
                views["year_month"][position] = (f"{year}-{month}",)
            if day:
                views["full"][position] = (value,)
                views["year_day"][position] = (f"{year}-{day}",)
        if day:
            # Day and month in either order: the two are often exchanged.
            views["month_day"][position] = ("-".join(sorted((month, day))),)
    return views


def _halves(values: Sequence[str]) -> _Atoms:
    middles = [len(value) // 2 for value in values]
    return {
        "half": [
            (f"<{value[:middle]}", f">{value[middle:]}") if middle else ()
            for value, middle in zip(values, middles, strict=True)
        ]
    }


def _phones(values: Sequence[str]) -> _Atoms:
    last = [value[-_PHONE_DIGITS:] for value in values]
    return {"full": [(digits,) for digits in last], **_halves(last)}


def _emails(values: Sequence[str]) -> _Atoms:
    local_parts = [value.partition("@")[0] for value in values]
    return {"local": [(part,) if part else () for part in local_parts]}


def _postcodes(values: Sequence[str]) -> _Atoms:
    return {"area": [(value[: max(2, len(value) - 3)],) for value in values]}


def _places(values: Sequence[str]) -> _Atoms:
    split = [value.split()[:_MAX_WORDS] for value in values]
    return {"token": [[word for word in words if len(word) > 3 and not word.isdigit()] for words in split]}


def _streets(values: Sequence[str]) -> _Atoms:
    return {**_places(values), "head": [(" ".join(value.split(maxsplit=2)[:2]),) for value in values]}


_VIEWS: dict[str, Callable[[Sequence[str]], _Atoms]] = {
    "birth_date": _dates,
    "phone": _phones,
    "national_id": _halves,
    "organization_id": _halves,
    "siren": _halves,
    "loyalty_card": _halves,
    "email": _emails,
    "postcode": _postcodes,
    "street": _streets,
    "address_line": _places,
    "city": _places,
    "birth_place": _places,
}
