"""A disk after the power went: what was synced is there, of what was not some is, and some is torn."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

from attrs import frozen

__all__ = ["Disk", "Operation", "operations"]

_HEAD = struct.Struct("<QqIIQ")
_SECTOR = 512


@frozen(kw_only=True)
class Operation:
    """Something that a process did to a file.

    Attributes
    ----------
    kind : str
        C creates, W writes, T truncates, S syncs, R renames, L links, U unlinks, D makes a directory, A acknowledges.
    path : str
        The file; where a name is changed, the former one.
    inode : int
        Number of the file.
    offset : int
        Where it writes; the size it truncates to; the number of what it acknowledges.
    data : bytes
        What it writes; the new name.
    """

    kind: str
    path: str
    inode: int
    offset: int
    data: bytes


def operations(trace: Path) -> Iterator[Operation]:
    """Yield what a trace tells."""
    held = trace.read_bytes()
    place = 0
    while place < len(held):
        inode, offset, n_path, n_data, kind = _HEAD.unpack_from(held, place)
        place += _HEAD.size
        path, data = held[place : place + n_path], held[place + n_path : place + n_path + n_data]
        place += n_path + n_data
        yield Operation(kind=chr(kind), path=path.decode(), inode=inode, offset=offset, data=data)


class Disk:
    """Files below a directory, as a disk holds them.

    Parameters
    ----------
    directory : Path
        As it is before the first operation; all that is there is synced.

    Notes
    -----
    A file is synced by itself, its name with its directory: what POSIX promises, and no more.
    """

    def __init__(self, directory: Path) -> None:
        self._root = str(directory)
        paths = [directory, *directory.rglob("*")]
        self._directories = {str(path) for path in paths if path.is_dir()}
        files = {str(path): path for path in paths if path.is_file()}
        self._names = {name: path.stat().st_ino for name, path in files.items()}
        self._synced = {path.stat().st_ino: path.read_bytes() for path in files.values()}
        self._writes: defaultdict[int, list[Operation]] = defaultdict(list)
        self._renamings: list[Operation] = []
        self._kept = dict(self._names)

    def take(self, operation: Operation) -> None:
        """Let an operation happen."""
        match operation.kind:
            case "C":
                self._synced[operation.inode] = b""
                self._writes.pop(operation.inode, None)
                self._renamings.append(operation)
            case "W" | "T":
                self._writes[operation.inode].append(operation)
            case "R" | "L" | "U":
                self._renamings.append(operation)
            case "D":
                self._directories.add(operation.path)
            case "S":
                self._sync(operation)

    def _sync(self, operation: Operation) -> None:
        if operation.path in self._directories:
            inside = [each for each in self._renamings if _directory(each) == operation.path]
            self._kept = _renamed(self._kept, inside)
            self._renamings = [each for each in self._renamings if each not in inside]
        else:
            held = self._synced.get(operation.inode, b"")
            self._synced[operation.inode] = _applied(held, self._writes.pop(operation.inode, []))

    def after_power_loss(self, directory: Path, random: Random | None) -> None:
        """Write what is left to a directory.

        Parameters
        ----------
        directory : Path
            Where to, empty.
        random : Random or None
            Draws what is left of that which was not synced: of writes any part, in sectors; of names the first ones.
            Nothing where it is not given.
        """
        first = 0 if random is None else random.randint(0, len(self._renamings))
        for each in self._directories:
            (directory / Path(each).relative_to(self._root)).mkdir(parents=True, exist_ok=True)
        for name, inode in _renamed(self._kept, self._renamings[:first]).items():
            left = [] if random is None else [part for each in self._writes[inode] for part in _left(each, random)]
            target = directory / Path(name).relative_to(self._root)
            target.write_bytes(_applied(self._synced.get(inode, b""), left))


def _directory(operation: Operation) -> str:
    named = operation.data.decode() if operation.kind in "RL" else operation.path
    return str(Path(named).parent)


def _renamed(names: dict[str, int], changes: list[Operation]) -> dict[str, int]:
    found = dict(names)
    for each in changes:
        if each.kind == "C":
            found[each.path] = each.inode
        elif each.kind == "U":
            found.pop(each.path, None)
        elif each.path in found:
            found[each.data.decode()] = found[each.path] if each.kind == "L" else found.pop(each.path)
    return found


def _applied(held: bytes, writes: list[Operation]) -> bytes:
    made = bytearray(held)
    for each in writes:
        end = each.offset + len(each.data)
        made.extend(bytes(max(0, (each.offset if each.kind == "T" else end) - len(made))))
        if each.kind == "T":
            del made[each.offset :]
        else:
            made[each.offset : end] = each.data
    return bytes(made)


def _left(operation: Operation, random: Random) -> list[Operation]:
    """Return the sectors of a write that reached the disk: all, none, or some."""
    chance = random.choice((0.0, 0.5, 1.0))
    if operation.kind == "T" or chance != 0.5:
        return [operation] if random.random() < chance else []
    begins = [0, *range(_SECTOR - operation.offset % _SECTOR, len(operation.data), _SECTOR)]
    return [
        Operation(
            kind="W",
            path=operation.path,
            inode=operation.inode,
            offset=operation.offset + begin,
            data=operation.data[begin:end],
        )
        for begin, end in zip(begins, [*begins[1:], len(operation.data)], strict=True)
        if random.random() < chance
    ]
