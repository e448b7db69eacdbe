"""Files that are whole or not there, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["sync_directory", "turn_in", "whole_file"]


@contextmanager
def whole_file(path: str | os.PathLike[str], *, is_new: bool = False, rights: int = 0o666) -> Iterator[Path]:
    """Let a file be written beside its place, then put it there, durably.

    Parameters
    ----------
    path : path
        Where to.  What is there and is no plain file, as a device, is written to itself.
    is_new : bool
        There must be none; else it is replaced and keeps its rights.
    rights : int
        Rights of a new file, less those that the umask of the process takes away.

    Yields
    ------
    Path
        An empty file, to be written inside the ``with`` block.

    Raises
    ------
    FileExistsError
        If there is a file where a new one is asked for.
    OSError
        If it cannot be written; what was there before is as it was.

    Notes
    -----
    A process that is killed leaves a file beside, whose name begins with a point and ends in ``.part``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     with whole_file(Path(directory) / "told") as file:
    ...         _ = file.write_text("all of it")
    ...     [each.name for each in Path(directory).iterdir()]
    ['told']
    """
    if is_new and os.path.lexists(path):
        raise FileExistsError(os.fspath(path))
    if Path(path).exists() and not Path(path).is_file():
        yield Path(path)
        return
    try:
        target = Path(path).resolve()
    except RuntimeError:
        # What Python before 3.13 says of links that lead to each other.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(path)) from None
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    placed: os.stat_result | None = None
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights))
        yield beside
        with beside.open("r+b") as file:
            os.fsync(file.fileno())
        if is_new:
            placed = beside.stat()
            _put_new(beside, target)
        else:
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
        sync_directory(target.parent)
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    except BaseException:
        # What cannot be deleted any more must not hide why.
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        # Who is told that it failed, or has ended it, asks for the same new file again.
        with suppress(OSError):
            if placed is not None and os.path.samestat(target.lstat(), placed):
                target.unlink()
        raise


def _put_new(beside: Path, target: Path) -> None:
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: who makes the same file at this very moment is overwritten.
        if target.exists():
            raise FileExistsError(os.fspath(target)) from None
        beside.replace(target)


def sync_directory(directory: str | os.PathLike[str]) -> None:
    """Make the names of the files in a directory durable, where the system can.

    Parameters
    ----------
    directory : path
        The directory.
    """
    flags = getattr(os, "O_DIRECTORY", None)
    # Windows opens no directories, and some network file systems do not sync them.
    if flags is not None:
        with suppress(OSError):
            opened = os.open(directory, os.O_RDONLY | flags)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


@contextmanager
def turn_in(directory: str | os.PathLike[str]) -> Iterator[None]:
    """Let one process at a time read and replace files of a directory; the turn ends with the process, however.

    Parameters
    ----------
    directory : path
        The directory.

    Yields
    ------
    None
        Once nobody else has his turn.

    Raises
    ------
    OSError
        If there is no such directory.
    """
    try:
        import fcntl  # noqa: PLC0415  # not on all systems
    except ModuleNotFoundError:
        yield
        return
    opened = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
