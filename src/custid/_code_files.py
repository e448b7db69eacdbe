"""Compiled code in files: one for each signature of a function, whole or not there.

Invariant: what a file is called follows from what it holds.  There is no table of contents that two processes could
write at once, each without what the other has added, so that one signature would be served the code of another.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["CodeFiles"]

_DIGEST_SIZE = hashlib.sha256().digest_size


class CodeFiles:
    """The compiled code of one function.

    Parameters
    ----------
    directory : Path
        Where the files are, and nothing else; made when the first one is written.
    name : str
        What their names begin with.
    stamp : object
        Code of another stamp is not found; its ``repr`` is the same in every process.
    dump : callable
        Returns an object as pickled bytes.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     files = CodeFiles(Path(directory), "double", "release 1", pickle.dumps)
    ...     files.save("int64", b"machine code")
    ...     print(files.load("int64"), files.load("float64"))
    b'machine code' None
    """

    def __init__(self, directory: Path, name: str, stamp: object, dump: Callable[[object], bytes]) -> None:
        self._directory = directory
        self._name = name
        self._stamp = stamp
        self._dump = dump

    def load(self, key: object) -> object | None:
        """Return the code of a signature, or None where there is none that can be read.

        Parameters
        ----------
        key : object
            The signature and what it was compiled for; its ``repr`` is the same in every process.
        """
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return None
        digest, payload = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
        # A machine that stopped while it wrote may have left a file that is cut off or full of zeros.
        if hashlib.sha256(payload).digest() != digest:
            return None
        code: object = pickle.loads(payload)  # noqa: S301  # of the user's own cache directory
        return code

    def save(self, key: object, code: object) -> None:
        """Keep the code of a signature, for the next process; where it cannot be written, nothing is kept.

        Parameters
        ----------
        key : object
            As in :meth:`load`.
        code : object
            What to keep.
        """
        payload = self._dump(code)
        with contextlib.suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            # Written beside and renamed, so that no process ever reads half a file.
            handle, unfinished = tempfile.mkstemp(prefix=f"{self._name}.", suffix=".tmp", dir=self._directory)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(hashlib.sha256(payload).digest() + payload)
                Path(unfinished).replace(self._path(key))
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise

    def flush(self) -> None:
        """Forget all code of the function."""
        for path in self._directory.glob(f"{self._name}.*"):
            path.unlink(missing_ok=True)

    def _path(self, key: object) -> Path:
        identity = hashlib.sha256(repr((self._stamp, key)).encode()).hexdigest()
        return self._directory / f"{self._name}.{identity[:24]}.nbc"
