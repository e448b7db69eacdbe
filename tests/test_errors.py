"""The exceptions."""

from __future__ import annotations

import pickle

import pytest

from custid import errors
from custid.errors import ConfigurationError, CustidError

LEAVES: list[type[CustidError]] = [getattr(errors, name) for name in errors.__all__]

BUILTINS = {
    "ConfigurationError": ValueError,
    "CustidError": Exception,
    "DuplicateRecordKeyError": ValueError,
    "EmptyInputError": ValueError,
    "EncodingError": ValueError,
    "IdentifierError": ValueError,
    "InputError": ValueError,
    "InternalError": RuntimeError,
    "MissingDependencyError": ImportError,
    "ModelError": ValueError,
    "ModelFormatError": ValueError,
    "PartitionError": ValueError,
    "SchemaError": ValueError,
    "ShapeMismatchError": ValueError,
    "StoreConflictError": RuntimeError,
    "StoreDamagedError": RuntimeError,
    "StoreError": RuntimeError,
    "StoreFormatError": RuntimeError,
    "StructureError": ValueError,
    "UnknownChangeError": KeyError,
    "UnknownIdentifierError": KeyError,
    "TemporaryFileError": OSError,
    "UnknownRecordError": KeyError,
    "UnsupportedInputError": TypeError,
    "AccessDeniedError": PermissionError,
    "VerdictError": ValueError,
}


@pytest.mark.parametrize("error", LEAVES)
def test_one_root(error: type[CustidError]) -> None:
    """Whatever custid raises on purpose can be caught by one name."""
    assert issubclass(error, CustidError)


@pytest.mark.parametrize("error", LEAVES)
def test_builtin_bases(error: type[CustidError]) -> None:
    """Each error is also the builtin that a user who does not know custid would catch."""
    assert issubclass(error, BUILTINS[error.__name__])


@pytest.mark.parametrize("error", LEAVES)
def test_message_with_and_without_hint(error: type[CustidError]) -> None:
    """The message is the problem, then the hint; a KeyError's quotes do not come in."""
    assert str(error("rows: expected 2, got 3.")) == "rows: expected 2, got 3."
    assert str(error("rows: expected 2, got 3.", hint="Add one.")) == "rows: expected 2, got 3. Hint: Add one."


@pytest.mark.parametrize("error", LEAVES)
def test_pickling(error: type[CustidError]) -> None:
    """Errors travel between processes with their facts."""
    there = pickle.loads(pickle.dumps(error("problem.", hint="Advice.")))
    assert (type(there), there.problem, there.hint, str(there)) == (
        error,
        "problem.",
        "Advice.",
        "problem. Hint: Advice.",
    )


def test_problems_are_told_together() -> None:
    """Several problems of one configuration make one error."""
    assert str(ConfigurationError.collected(["a", "b"], hint="Mend.")) == "a; b Hint: Mend."


def test_the_tree_is_drawn_in_full() -> None:
    """The module's docstring shows every exception, so that readers can rely on it."""
    assert errors.__doc__
    assert [name for name in errors.__all__ if name not in errors.__doc__] == []
