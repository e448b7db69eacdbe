"""What of a record may be shared with another one: the atoms from which blocking keys are built.

An atom is a value or a coarser view of it (the year of a birth date, the first letters of a name, a postcode area).
Each kind of atom belongs to a group, the attribute it speaks of; keys join atoms of different groups.

Views are worked out once per distinct value or word, never per record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import Any, Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._parts import Parts, numbered_strings
from custid.blocking._views import MAX_WORDS, VIEWS, word_views
from custid.blocking._words import NumberedAtoms
from custid.errors import ConfigurationError
from custid.standardize.organization import initials_of_organization, may_be_initials
from custid.table.hashing import string_hashes, utf8_hashes
from custid.table.record_table import RecordTable, ValueColumn
from custid.table.tokens import tokenize
from custid.table.utf8 import Utf8Strings

__all__ = [
    "NAME_ATTRIBUTES",
    "NAME_GROUP",
    "AtomColumn",
    "Blocking",
    "HashedAtoms",
    "acronyms_of",
    "hashed_atoms",
    "record_atoms",
    "view_atoms",
]

NAME_ATTRIBUTES = ("given_name", "family_name", "full_name", "organization_name")
"""Attributes whose words are atoms of one group."""
NAME_GROUP = "name"
"""That group."""
_COMPILED_FROM_UNITS = 10_000
"""As many make more keys than array operations alone are used for, so that the compiler is at work in any case."""

_TELLING_PARTS = frozenset({("email", "local")})


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
    starts : ndarray of int64, shape (n_atoms + 1,)
        Where the units of each atom begin in ``unit_idx``.
    unit_idx : ndarray of int32, shape (n_shared,)
        The units that have each atom, two at least; atom by atom, ascending and distinct in each.
    """

    group: str
    kind: str
    may_stand_alone: bool
    starts: NDArray[np.int64] = field(repr=False)
    unit_idx: NDArray[np.int32] = field(repr=False)

    @property
    def n_atoms(self) -> int:
        """Number of distinct atoms."""
        return len(self.starts) - 1

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
        If the table has no values of the attribute, or the view returns anything but a sequence of texts.
    """
    column = table.columns.get(attribute)
    if column is None:
        raise ConfigurationError(
            f"blocking: attribute {attribute!r}: expected one of {', '.join(map(repr, table.columns)) or 'none'}.",
            hint="Look at table.columns first.",
        )
    found = [view(value) for value in column.vocabulary]
    for each in found:
        _check_seen(each, kind, attribute)
    atoms = _numbered(found)
    return _atom_column(attribute, kind, column.codes, atoms, alone=may_stand_alone)


def _check_seen(atoms: Any, kind: str, attribute: str) -> None:
    """Refuse what a view of the user's returned if it is no sequence of texts: of a text, each letter would be one."""
    is_listed = isinstance(atoms, Collection) and not isinstance(atoms, str)
    if not (is_listed and all(isinstance(atom, str) for atom in atoms)):
        raise ConfigurationError(
            f"blocking: view {kind!r} of {attribute!r}: expected a sequence of texts,"
            f" got {'one of others' if is_listed else type(atoms).__name__}.",
            hint="A view with one atom returns (atom,), and () where a value has none.",
        )


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
    found = [
        _atom_column(each.group, each.kind, each.codes, _numbered(each.atoms), alone=each.may_stand_alone)
        for each in _views_of(table)
    ]
    return sorted((atoms for atoms in found if atoms.n_atoms), key=lambda atoms: atoms.name)


def hashed_atoms(table: RecordTable) -> list[HashedAtoms]:
    """Return the atoms of every unit, shared or not, under hashes that are the same in every table.

    Parameters
    ----------
    table : RecordTable
        The records.

    Returns
    -------
    list of HashedAtoms
        Sorted by name; the kinds depend on the attributes of the table alone.

    Notes
    -----
    Two units share an atom of :func:`record_atoms` exactly if they share its hash, but for accidents of 64 bits.

    Examples
    --------
    >>> import numpy as np
    >>> from custid.table import build_record_table
    >>> table = build_record_table({"loyalty_card": (["1234", "56"], np.array([[0], [1]], np.int32))}, 2)
    >>> [(atoms.name, len(atoms.unit_idx)) for atoms in hashed_atoms(table)]
    [('loyalty_card.full', 2), ('loyalty_card.half', 4)]
    """
    return sorted(map(_hashed, _views_of(table)), key=lambda atoms: atoms.name)


@frozen(kw_only=True, eq=False)
class HashedAtoms:
    """All atoms of one kind.

    Attributes
    ----------
    group, kind : str
        As in `AtomColumn`.
    may_stand_alone : bool
        As in `AtomColumn`.
    unit_idx : ndarray of int64, shape (n_held,)
        The unit that has each atom, ascending; an atom may recur.
    hashes : ndarray of uint64, shape (n_held,)
        Hash of each atom.
    """

    group: str
    kind: str
    may_stand_alone: bool
    unit_idx: NDArray[np.int64] = field(repr=False)
    hashes: NDArray[np.uint64] = field(repr=False)

    @property
    def name(self) -> str:
        """Group and kind."""
        return f"{self.group}.{self.kind}"


@frozen(kw_only=True, eq=False)
class _View:
    """The atoms of one kind of each value, and the values of each unit."""

    group: str
    kind: str
    may_stand_alone: bool
    codes: NDArray[np.int32]
    atoms: Sequence[Sequence[str]] | Parts | NumberedAtoms


def _views_of(table: RecordTable) -> list[_View]:
    found = _name_atoms(table)
    for attribute, column in table.columns.items():
        if attribute not in NAME_ATTRIBUTES:
            found.extend(_value_atoms(column))
    return found


def _name_atoms(table: RecordTable) -> list[_View]:
    columns = [table.columns[name] for name in NAME_ATTRIBUTES if name in table.columns]
    if not columns:
        return []
    words = tokenize(columns, width=MAX_WORDS)
    return [
        _View(group=NAME_GROUP, kind=kind, may_stand_alone=kind == "token", codes=words.bag, atoms=atoms)
        for kind, atoms in word_views(words.vocabulary).items()
    ] + _acronym_atoms(table)


def _acronym_atoms(table: RecordTable) -> list[_View]:
    """Return the initials of organizations' names, and the words that may be initials of another's.

    A name tells by itself which atoms it has: whether another is the acronym of it shows in what they share.
    """
    column = table.columns.get("organization_name")
    if column is None:
        return []
    atoms = list(map(acronyms_of, column.vocabulary))
    return [_View(group=NAME_GROUP, kind="acronym", may_stand_alone=True, codes=column.codes, atoms=atoms)]


def acronyms_of(name: str) -> list[str]:
    """Return the acronym atoms of one name of an organization."""
    return sorted(initials_of_organization(name).union(filter(may_be_initials, name.split()[:MAX_WORDS])))


def _value_atoms(column: ValueColumn) -> list[_View]:
    attribute, n_values = column.attribute, len(column.vocabulary)
    views = dict(VIEWS[attribute](column.vocabulary)) if attribute in VIEWS else {}
    if "full" not in views:
        # Each value is its own atom.
        numbers = np.arange(n_values, dtype=np.int32)
        whole = NumberedAtoms(np.ones(n_values, np.int64), numbers, n_values, lambda: column.hashes)
        views = {"full": whole, **views}
    return [
        _View(
            group=attribute,
            kind=kind,
            may_stand_alone=kind == "full" or (attribute, kind) in _TELLING_PARTS,
            codes=column.codes,
            atoms=atoms,
        )
        for kind, atoms in views.items()
    ]


def _hashed(view: _View) -> HashedAtoms:
    """List the atoms of each unit, given the values of each unit."""
    if isinstance(view.atoms, NumberedAtoms):
        of_values, hashes = _numbered(view.atoms), view.atoms.hashes()
    elif isinstance(view.atoms, Parts):
        numbers, distinct = view.atoms.numbered()
        of_values = _ValueAtoms(np.append(0, np.cumsum(view.atoms.n_parts)), numbers, len(distinct))
        hashes = utf8_hashes(distinct)
    else:
        lengths = np.fromiter(map(len, view.atoms), np.int64, len(view.atoms))
        texts = list(chain.from_iterable(view.atoms))
        numbers = np.arange(len(texts), dtype=np.int32)
        of_values = _ValueAtoms(np.append(0, np.cumsum(lengths)), numbers, len(texts))
        hashes = string_hashes(texts)
    unit, places = _held(view.codes, of_values)
    return HashedAtoms(
        group=view.group,
        kind=view.kind,
        may_stand_alone=view.may_stand_alone,
        unit_idx=unit,
        hashes=hashes[of_values.atoms[places]],
    )


def _held(codes: NDArray[np.int32], of_values: _ValueAtoms) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the unit of each atom of a value of it, and the place of the atom among those of all values."""
    unit, column = np.nonzero(codes >= 0)
    value = codes[unit, column]
    lengths = of_values.starts[value + 1] - of_values.starts[value]
    ends = np.cumsum(lengths)
    places = np.arange(int(lengths.sum())) + np.repeat(of_values.starts[value] - (ends - lengths), lengths)
    return np.repeat(unit, lengths), places


@frozen(eq=False)
class _ValueAtoms:
    """The atoms of each value: where they begin, their numbers, and how many distinct ones there are."""

    starts: NDArray[np.int64]
    atoms: NDArray[np.int32]
    n_atoms: int


def _numbered(atoms: Sequence[Sequence[str]] | Parts | NumberedAtoms) -> _ValueAtoms:
    """Number atoms in the order in which they come."""
    if isinstance(atoms, NumberedAtoms):
        return _ValueAtoms(np.append(0, np.cumsum(atoms.n_atoms_of)), atoms.atoms, atoms.n_atoms)
    if isinstance(atoms, Parts):
        n_parts = atoms.n_parts
        numbers, distinct = atoms.numbered()
    else:
        n_parts = np.fromiter(map(len, atoms), np.int64, len(atoms))
        numbers, distinct = numbered_strings(Utf8Strings.of(list(chain.from_iterable(atoms))))
    return _ValueAtoms(np.append(0, np.cumsum(n_parts)), numbers, len(distinct))


def _atom_column(group: str, kind: str, codes: NDArray[np.int32], of_values: _ValueAtoms, *, alone: bool) -> AtomColumn:
    """List the units of each atom, given the values of each unit; leave out what is not shared."""
    if len(codes) < _COMPILED_FROM_UNITS:
        starts, units = _listed(codes, of_values)
    else:
        starts, units = _listed_compiled(codes, of_values)
    return AtomColumn(group=group, kind=kind, may_stand_alone=alone, starts=starts, unit_idx=units)


def _listed(codes: NDArray[np.int32], of_values: _ValueAtoms) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    held, places = _held(codes, of_values)
    n_units = np.int64(len(codes))
    # An atom and a unit in one number, each once and ascending.
    packed = np.unique(of_values.atoms[places] * n_units + held)
    atom, unit = np.divmod(packed, np.int64(max(len(codes), 1)))
    counts = np.bincount(atom, minlength=of_values.n_atoms)
    is_shared = counts > 1
    starts = np.append(0, np.cumsum(counts[is_shared])).astype(np.int64)
    return starts, unit[is_shared[atom]].astype(np.int32)


def _listed_compiled(codes: NDArray[np.int32], of_values: _ValueAtoms) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    from custid.kernels import blocks as kernels  # noqa: PLC0415  # loads numba

    codes, atoms = np.ascontiguousarray(codes), of_values.atoms
    counts, last = np.zeros(of_values.n_atoms, np.int64), np.full(of_values.n_atoms, -1, np.int32)
    kernels.number_of_atoms(codes, of_values.starts, atoms, last, counts)
    is_shared = counts > 1
    renumbered = np.where(is_shared, np.cumsum(is_shared) - 1, -1).astype(np.int32)
    starts = np.append(0, np.cumsum(counts[is_shared]))
    units = np.empty(int(starts[-1]), np.int32)
    last[:] = -1
    kernels.list_units(codes, of_values.starts, renumbered[atoms], last, starts[:-1].copy(), units)
    return starts, units
