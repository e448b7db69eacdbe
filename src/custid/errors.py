"""Every exception that custid raises on purpose.

::

    CustidError
    ├── ConfigurationError        (ValueError)    an option, a schema or a model that cannot work
    │   ├── SchemaError                           a mapping of columns to attributes
    │   └── ModelFormatError                      a match model file of another format or version
    ├── ModelError                (ValueError)    a typed value that the customer model does not allow
    ├── InputError                (ValueError)    data that cannot be read
    │   ├── EmptyInputError                       nothing to read: no header, no column
    │   ├── EncodingError                         bytes that no known encoding explains
    │   ├── StructureError                        a document that does not have the structure of the model
    │   ├── DuplicateRecordKeyError               two rows of one source under one declared key
    │   ├── IdentifierError                       a text that is no customer identifier
    │   └── PartitionError                        clusters that cannot be applied to a registry
    ├── UnknownRecordError        (KeyError)      a record key that the result or the registry does not hold
    ├── UnknownIdentifierError    (KeyError)      an identifier that the registry never issued
    ├── UnknownChangeError        (KeyError)      a change or token that the history of the registry does not hold
    ├── AccessDeniedError         (PermissionError) something that an access policy does not allow
    ├── VerdictError              (ValueError)    what a person has decided stands against it
    ├── UnsupportedInputError     (TypeError)     an object that is no table, stream, frame or file
    ├── ShapeMismatchError        (ValueError)    arrays whose shapes do not belong together
    ├── StoreError                (RuntimeError)  a store that cannot read or write
    │   ├── StoreConflictError                    another writer came first, and retrying did not help
    │   ├── StoreDamagedError                     a store that does not hold what was written to it
    │   └── StoreFormatError                      a database of another kind or of a newer release
    ├── TemporaryFileError        (OSError)       a temporary directory without room for what a run moves there
    ├── InternalError             (RuntimeError)  a promise that custid has not kept: an error of its own
    └── MissingDependencyError    (ImportError)   an extra that is not installed

A message says what is wrong with which name, what was expected and what was met, then what to do:
``schema: column 'foo' is not in the file: expected one of 'name', 'city'. Hint: …``.  It names record keys,
rows, columns and options; it never holds a value of a customer's attribute.

The module imports nothing of custid, so that every layer may use it.
"""

from __future__ import annotations

from typing import Any, Self

__all__ = [
    "AccessDeniedError",
    "ConfigurationError",
    "CustidError",
    "DuplicateRecordKeyError",
    "EmptyInputError",
    "EncodingError",
    "IdentifierError",
    "InputError",
    "InternalError",
    "MissingDependencyError",
    "ModelError",
    "ModelFormatError",
    "PartitionError",
    "SchemaError",
    "ShapeMismatchError",
    "StoreConflictError",
    "StoreDamagedError",
    "StoreError",
    "StoreFormatError",
    "StructureError",
    "TemporaryFileError",
    "UnknownChangeError",
    "UnknownIdentifierError",
    "UnknownRecordError",
    "UnsupportedInputError",
    "VerdictError",
]


class CustidError(Exception):
    """Root of the exceptions of custid.

    Parameters
    ----------
    problem : str
        What is wrong with which name: expected what, got what.
    hint : str, optional
        What to do about it.

    Attributes
    ----------
    problem : str
        As given.
    hint : str
        As given; empty where there is nothing to advise.
    """

    def __init__(self, problem: str, *, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        return f"{self.problem} Hint: {self.hint}" if self.hint else self.problem

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only facts survive pickling: an engine raises in one process and reports in another.
        return _rebuild, (type(self), self.problem, self.hint)


def _rebuild(kind: type[CustidError], problem: str, hint: str) -> CustidError:
    return kind(problem, hint=hint)


class ConfigurationError(CustidError, ValueError):
    """An option, a schema or a model that cannot work, found before any data is touched."""

    @classmethod
    def collected(cls, problems: list[str], *, hint: str = "") -> Self:
        """Return one error for all problems found, so that the user mends them in one go."""
        return cls("; ".join(problems), hint=hint)


class SchemaError(ConfigurationError):
    """A mapping of columns to attributes that does not fit the data or itself."""


class ModelFormatError(ConfigurationError):
    """A match model document of another format, version or content than this release reads."""


class ModelError(CustidError, ValueError):
    """A typed value that the customer model does not allow."""


class InputError(CustidError, ValueError):
    """Data that cannot be read."""


class EmptyInputError(InputError):
    """An input without header or columns."""


class EncodingError(InputError):
    """Bytes that no known encoding explains."""


class StructureError(InputError):
    """A document that does not have the structure of the customer model; names the path of every fault."""


class DuplicateRecordKeyError(InputError):
    """Two rows of one source under one record key that the schema declares."""


class IdentifierError(InputError):
    """A text that is no customer identifier of the scheme in use; says which part of it is wrong, never repeats it."""


class PartitionError(InputError):
    """Clusters that cannot be applied to a registry: a record stands in two, or a customer is named in part only."""


class UnknownRecordError(CustidError, KeyError):
    """A record key that the result or the registry does not hold."""


class UnknownIdentifierError(CustidError, KeyError):
    """An identifier that is well formed and that the registry never issued."""


class UnknownChangeError(CustidError, KeyError):
    """A change, or a token of one, that the history of the registry does not hold."""


class AccessDeniedError(CustidError, PermissionError):
    """Something that an access policy does not allow its actor."""


class VerdictError(CustidError, ValueError):
    """What a person has decided stands against it."""


class UnsupportedInputError(CustidError, TypeError):
    """An object that is neither file, table, stream, frame nor rows."""


class ShapeMismatchError(CustidError, ValueError):
    """Arrays whose shapes do not belong together."""


class StoreError(CustidError, RuntimeError):
    """A store that cannot read or write: a full disk, a lost connection, a closed store."""


class StoreConflictError(StoreError):
    """Another writer came first, and retrying did not help in the time allowed."""


class StoreDamagedError(StoreError):
    """A store that does not hold what was written to it: a page, a row or a setting is another, or cannot be read."""


class StoreFormatError(StoreError):
    """A database of another kind, or written by a newer release."""


class TemporaryFileError(CustidError, OSError):
    """A temporary directory that does not take what a run moves out of memory."""


class InternalError(CustidError, RuntimeError):
    """A promise that custid has not kept: an error of its own, to be reported."""


class MissingDependencyError(CustidError, ImportError):
    """An optional dependency that is not installed."""
