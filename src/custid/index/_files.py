"""An index as a file, to be mapped into memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from custid.index.atoms import AtomKind
from custid.table.array_file import ArrayFile

if TYPE_CHECKING:
    from custid.kernels.index_lists import IndexArrays

__all__ = ["read_index", "write_index"]

_FILE: Final = ArrayFile(
    magic=b"custidIX",
    version=1,
    name="index file",
    content="an index of candidates",
    hint="Build the index anew from the units.",
)


def write_index(path: Path, kinds: tuple[AtomKind, ...], arrays: IndexArrays) -> None:
    """Write an index beside the file, then put it in its place."""
    about = {"kinds": [[kind.group, kind.kind, kind.may_stand_alone] for kind in kinds]}
    _FILE.write(path, about, arrays._asdict(), _used(arrays))


def _used(arrays: IndexArrays) -> dict[str, int]:
    """Return how much of each array is in use, where that is not all of it."""
    from custid.index._room import GROUPS  # noqa: PLC0415  # loads numba

    return {name: int(arrays.counts[end]) for names, _, end in GROUPS for name in names}


def read_index(path: Path) -> tuple[tuple[AtomKind, ...], IndexArrays]:
    """Return the kinds and the arrays of an index, mapped so that changes stay in memory."""
    from custid.kernels.index_lists import IndexArrays  # noqa: PLC0415  # loads numba

    description, arrays = _FILE.read(path)
    return tuple(
        AtomKind(group=group, kind=kind, may_stand_alone=alone) for group, kind, alone in description["kinds"]
    ), IndexArrays(**arrays)
