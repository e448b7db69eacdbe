"""How a command ends: exit codes, and errors as one line instead of a traceback."""

from __future__ import annotations

import errno
from enum import IntEnum
from typing import Any

import typer
from typer.core import TyperGroup

from custid.cli._terminal import printable
from custid.errors import (
    ConfigurationError,
    CustidError,
    InputError,
    MissingDependencyError,
    StoreError,
    TemporaryFileError,
    UnknownChangeError,
    UnknownIdentifierError,
    UnknownRecordError,
    UnsupportedInputError,
    VerdictError,
)

__all__ = ["CommandGroup", "ExitCode"]


class ExitCode(IntEnum):
    """What the exit code of a command means.

    ``OK``: done.  ``INTERNAL``: an error of custid itself, with a traceback.  ``USAGE``: the command line is wrong.
    ``DATA``: a file or registry cannot be read or written, lacks what was asked for, or is damaged.
    ``CONFIGURATION``: a schema, a match model or an option does not fit the data.  ``REFUSED``: done, but rows were
    refused and ``--strict`` was given.  ``INTERRUPTED``: Ctrl-C; no file was touched.
    """

    OK = 0
    INTERNAL = 1
    USAGE = 2
    DATA = 3
    CONFIGURATION = 4
    REFUSED = 5
    INTERRUPTED = 130


# The first kind that fits; a CustidError of another kind is a fault of custid itself.
_CODES: tuple[tuple[type[CustidError], ExitCode], ...] = (
    (InputError, ExitCode.DATA),
    (UnsupportedInputError, ExitCode.DATA),
    (UnknownRecordError, ExitCode.DATA),
    (UnknownIdentifierError, ExitCode.DATA),
    (UnknownChangeError, ExitCode.DATA),
    (VerdictError, ExitCode.DATA),
    (StoreError, ExitCode.DATA),
    (TemporaryFileError, ExitCode.DATA),
    (ConfigurationError, ExitCode.CONFIGURATION),
    (MissingDependencyError, ExitCode.CONFIGURATION),
)


class CommandGroup(TyperGroup):
    """The commands, whose foreseen errors end in a line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _complain("interrupted.")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except CustidError as error:
            code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
            if code is None:
                raise
            _complain(error.problem)
            if error.hint:
                typer.echo(printable(f"Hint: {error.hint}"), err=True)
            raise typer.Exit(code) from None
        except OSError as error:
            # A closed pipe and errors that name no file are not about the files of the command line.
            if error.errno == errno.EPIPE or error.filename is None:
                raise
            _complain(f"file {str(error.filename)!r}: {error.strerror}.")
            raise typer.Exit(ExitCode.DATA) from None


def _complain(problem: str) -> None:
    typer.echo(printable(f"custid: {problem}"), err=True)
