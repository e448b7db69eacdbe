"""What a registry has worked out, kept in a directory beside its store, so that it is opened in seconds.

Invariant: nothing in the directory is trusted.  It is used if all of it is there and undamaged, was made by this
release with the model and options that the store holds, and its last change is one of the store's; else it is as if
there were none.  All of it can be made again from the store.

The files hold canonical values of records: whoever erases a record from the store has to purge the directory.  Files
of other names in the directory are somebody else's, and are left alone.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from custid._version import __version__
from custid._whole_files import sync_directory
from custid.errors import StoreError

if TYPE_CHECKING:
    from custid.engines.options import ResolveOptions
    from custid.registry.ledger_customers import LedgerCustomers
    from custid.registry.matcher import Matcher
    from custid.scoring.match_model import TrainedMatchModel
    from custid.table.array_file import ArrayFile

__all__ = ["SavedState", "purge_state", "state_beside"]

_UNITS: Final = "units"
_OF_CUSTOMERS: Final = "customers."
_PARTS: Final = ("index", "weights")
_OWN_NAME: Final = re.compile(
    r"units|(index|weights)-[0-9a-f]{16}|\.(units|(index|weights)-[0-9a-f]{16})\.\w+(\.part)?"
)
"""Files of the state, and those that are being written to be put in their place."""


@frozen
class SavedState:
    """The saved state of a registry.

    Attributes
    ----------
    directory : Path
        Where it is kept; made when it is first saved, for its owner alone.
    """

    directory: Path

    def save(
        self, matcher: Matcher, customers: LedgerCustomers | None, position: tuple[int, str], texts: Sequence[str]
    ) -> None:
        """Save a matcher, and whose its records are, in the place of what was saved before.

        Parameters
        ----------
        matcher : Matcher
            The matcher.
        customers : LedgerCustomers or None
            Whose its records are, at the same position; None where that is not known.
        position : tuple of (int, str)
            Number and digest of the last change that it knows.
        texts : sequence of str
            What it depends on beside the records: model and options, as the store keeps them.

        Raises
        ------
        StoreError
            If a file cannot be written.
        """
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            former = self._replaced()
        except OSError as error:
            raise StoreError(f"registry state: cannot be written: {error.strerror}.") from error
        # Files of one saving have a name of their own, so that those of two are never mixed.
        token = secrets.token_hex(8)
        index, weights = (self.directory / f"{part}-{token}" for part in _PARTS)
        about, arrays = matcher.save(index, weights)
        if customers is not None:
            arrays |= {_OF_CUSTOMERS + name: each for name, each in customers.arrays().items()}
        told = {"token": token, "position": list(position), "texts": _digest(texts), "release": __version__}
        _file().write(self.directory / _UNITS, {**about, **told}, arrays)
        for path in former:
            # A system that keeps files which are in use lets the next saving delete them.
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _replaced(self) -> list[Path]:
        """Return the files that go with the state that is there: those of another process that saves now are newer."""
        found = {path: path.stat().st_mtime_ns for path in _own_files(self.directory)}
        newest = found.pop(self.directory / _UNITS, -1)
        return [path for path, written in found.items() if written <= newest]

    def load(
        self, model: TrainedMatchModel, options: ResolveOptions, texts: Sequence[str]
    ) -> tuple[Matcher, LedgerCustomers | None, tuple[int, str]] | None:
        """Return the matcher that was saved, and whose its records are.

        Parameters
        ----------
        model : TrainedMatchModel
            The match model in use.
        options : ResolveOptions
            The options in use.
        texts : sequence of str
            As they are now.

        Returns
        -------
        tuple of (Matcher, LedgerCustomers or None, (int, str)) or None
            The matcher, the customers if they were saved, and number and digest of the last change that both know;
            None where nothing was saved, or nothing that can be used.
        """
        from custid.registry.ledger_customers import LedgerCustomers  # noqa: PLC0415  # loads arrays
        from custid.registry.matcher import Matcher  # noqa: PLC0415  # loads Arrow and numba

        try:
            about, arrays = _file().read(self.directory / _UNITS)
            if about["texts"] != _digest(texts) or about["release"] != __version__:
                return None
            index, weights = (self.directory / f"{part}-{about['token']}" for part in _PARTS)
            matcher = Matcher.load(model, options, about, arrays, index=index, weights=weights)
        except StoreError:
            # It is made anew; a file that is missing is the usual case.
            return None
        number, digest = about["position"]
        names = [name for name in arrays if name.startswith(_OF_CUSTOMERS)]
        told = {name.removeprefix(_OF_CUSTOMERS): arrays[name] for name in names}
        customers = LedgerCustomers.of_arrays(told, matcher.units) if told else None
        return matcher, customers, (int(number), str(digest))

    def purge(self) -> None:
        """Delete all that was saved.

        Raises
        ------
        StoreError
            If a file cannot be deleted.
        """
        purge_state(self.directory)


def purge_state(directory: str | os.PathLike[str]) -> None:
    """Delete the saved state of a registry: it holds values of records, and is made again from the store.

    Parameters
    ----------
    directory : path
        Where it is kept; nothing happens if there is none.

    Raises
    ------
    StoreError
        If a file cannot be deleted.

    Notes
    -----
    Files of other names are left alone, and so is the directory then, as is one that cannot be deleted.  A registry
    that is open saves what it holds in memory when it is closed, erased values included: let each forget it by
    `Registry.purge_state`.
    """
    place = Path(directory)
    try:
        if place.is_dir():
            for path in list(_own_files(place)):
                path.unlink(missing_ok=True)
            # Who erases relies on it that they do not come back when the power goes.
            sync_directory(place)
            # One that is a link, a volume or in a directory of others stays, and holds nothing.
            with suppress(OSError):
                place.rmdir()
    except OSError as error:
        raise StoreError(f"registry state: cannot be deleted: {error.strerror}.") from error


def state_beside(file: str | os.PathLike[str]) -> Path:
    """Return where the state of a registry in a file is kept, unless another place is named.

    Parameters
    ----------
    file : path
        The registry.

    Returns
    -------
    Path
        Absolute, and the same whatever links the file is called by: there is one state to be deleted when a record is
        erased.
    """
    return Path(f"{os.path.realpath(file)}.state")


def _own_files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.iterdir() if _OWN_NAME.fullmatch(path.name))


def _digest(texts: Sequence[Any]) -> str:
    return sha256(json.dumps(list(texts)).encode()).hexdigest()


def _file() -> ArrayFile:
    from custid.table.array_file import ArrayFile  # noqa: PLC0415  # a registry that does not match loads no arrays

    return ArrayFile(
        magic=b"custidRS",
        version=2,
        name="registry state",
        content="the state of a registry",
        hint="Delete it: it is made anew from the store.",
    )
