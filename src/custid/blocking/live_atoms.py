"""The atoms of one content, without the tables that many contents need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from custid.blocking._views import MAX_WORDS, WORD_VIEWS, atoms_of_value
from custid.blocking.atoms import NAME_ATTRIBUTES, NAME_GROUP, acronyms_of, hashed_atoms
from custid.errors import ConfigurationError
from custid.table.hashing import string_hash
from custid.table.record_table import RecordTable, ValueColumn

__all__ = ["LiveAtoms"]

_MOST_KINDS: Final = 256
_REMEMBERED: Final = 1 << 16
"""Values remembered at most, and words of names as well: the contents of a day repeat those of the days before, and the
atoms of as many take some ten megabytes."""

K = TypeVar("K")

_Packed = tuple[bytes, bytes]
"""Numbers of kinds, one byte each, and as many hashes of eight bytes."""


class LiveAtoms:
    """Lists the atoms of contents one by one, as :func:`~custid.blocking.hashed_atoms` does of many.

    Parameters
    ----------
    attributes : collection of str
        The attributes that count, those of the match model.

    Attributes
    ----------
    kinds : tuple of HashedAtoms
        The kinds of atoms there are, without any atom; the number of a kind is its position.

    Raises
    ------
    ConfigurationError
        If there are more than 256 kinds of atoms.

    Notes
    -----
    The atoms of some 65,000 values met last are remembered, and those of as many words of names: names, towns and
    postcodes come again and again.  Whoever holds a `LiveAtoms` holds personal data, therefore; :meth:`clear` lets them
    go.  Any number of threads may use it at once.

    Examples
    --------
    >>> atoms = LiveAtoms(["birth_date", "city"])
    >>> kinds, hashes = atoms.of([("birth_date", ("1980-02",)), ("city", ("leeds",))])
    >>> [atoms.kinds[kind].name for kind in kinds.tolist()]
    ['birth_date.year', 'birth_date.year_month', 'city.full', 'city.token']
    """

    def __init__(self, attributes: Collection[str]) -> None:
        self.kinds = tuple(hashed_atoms(_empty_table(attributes)))
        if len(self.kinds) > _MOST_KINDS:
            raise ConfigurationError(
                f"attributes: expected {_MOST_KINDS} kinds of atoms or fewer, got {len(self.kinds)}.",
                hint="A live index is for a match model of fewer attributes.",
            )
        self._attributes = frozenset(attributes)
        self._number = {(each.group, each.kind): number for number, each in enumerate(self.kinds)}
        self._values: _Remembered[tuple[str, str]] = _Remembered(
            lambda stated: self._packed(stated[0], atoms_of_value(*stated))
        )
        self._words: _Remembered[str] = _Remembered(lambda word: self._packed(NAME_GROUP, _atoms_of_word(word)))
        self._acronyms: _Remembered[str] = _Remembered(lambda name: self._packed(NAME_GROUP, _atoms_of_acronyms(name)))

    def of(self, values: Sequence[tuple[str, Sequence[str]]]) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        """Return the atoms of one content.

        Parameters
        ----------
        values : sequence of (str, sequence of str)
            Attributes with their distinct canonical values; attributes that do not count are passed over.

        Returns
        -------
        kinds : ndarray of uint8, shape (n_atoms,)
            Number of each atom's kind.
        hashes : ndarray of uint64, shape (n_atoms,)
            Its hash.  An atom may recur.
        """
        found: list[_Packed] = []
        names: list[Sequence[str]] = []
        for attribute, stated in values:
            if attribute not in self._attributes:
                continue
            if attribute in NAME_ATTRIBUTES:
                names.append(_words_of(stated))
                if attribute == "organization_name":
                    found.extend(map(self._acronyms, stated))
            else:
                found.extend([self._values((attribute, value)) for value in stated])
        if names:
            found.extend(map(self._words, names[0] if len(names) == 1 else _first(set(chain.from_iterable(names)))))
        kinds, hashes = bytearray(), bytearray()
        for some_kinds, some_hashes in found:
            kinds += some_kinds
            hashes += some_hashes
        return np.frombuffer(kinds, np.uint8), np.frombuffer(hashes, np.uint64)

    def clear(self) -> None:
        """Forget all values."""
        for each in (self._values, self._words, self._acronyms):
            each.clear()

    def _packed(self, group: str, atoms: Iterator[tuple[str, int]]) -> _Packed:
        listed = list(atoms)
        kinds = bytes(self._number[group, kind] for kind, _ in listed)
        return kinds, np.array([number for _, number in listed], np.uint64).tobytes()


class _Remembered(Generic[K]):
    """What was made of the keys asked for last; older half-generations go as new ones come."""

    def __init__(self, make: Callable[[K], _Packed]) -> None:
        self._make = make
        self.clear()

    def clear(self) -> None:
        self._new: dict[K, _Packed] = {}
        self._old: dict[K, _Packed] = {}

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def __call__(self, key: K) -> _Packed:
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key) or self._make(key)
            if len(self._new) >= _REMEMBERED // 2:
                self._old, self._new = self._new, {}
            self._new[key] = found
        return found


def _empty_table(attributes: Collection[str]) -> RecordTable:
    return RecordTable(
        columns={name: ValueColumn.absent(name, 0) for name in sorted(attributes)},
        unit_of_row=np.zeros(0, np.int64),
        n_copies=np.zeros(0, np.int64),
        source_of_unit=np.zeros(0, np.int32),
        content_hash=np.zeros(0, np.uint64),
        kind_of_unit=np.zeros(0, np.int8),
    )


def _words_of(values: Sequence[str]) -> Sequence[str]:
    """Return the words of the values of one attribute that count."""
    return _first({word for value in values for word in value.split()[:MAX_WORDS]})


def _first(words: Collection[str]) -> Sequence[str]:
    return sorted(words)[:MAX_WORDS]


def _atoms_of_word(word: str) -> Iterator[tuple[str, int]]:
    for kind, view in WORD_VIEWS.items():
        for atom in view(word):
            yield kind, string_hash(atom)


def _atoms_of_acronyms(name: str) -> Iterator[tuple[str, int]]:
    for atom in acronyms_of(name):
        yield "acronym", string_hash(atom)
