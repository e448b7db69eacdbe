"""What the modules export."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import custid

PUBLIC = sorted(
    {"custid"}
    | {
        found.name
        for found in pkgutil.walk_packages(custid.__path__, "custid.")
        if not any(part.startswith("_") for part in found.name.split("."))
    }
)


def kind_and_name(name: str) -> tuple[int, str]:
    """Return what sorts constants before classes before the rest, as the linter does."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


@pytest.mark.parametrize("name", PUBLIC)
def test_exported_names(name: str) -> None:
    """A public module says what it exports, sorted and without repetition, and has it."""
    module = importlib.import_module(name)
    exported = list(getattr(module, "__all__", []))
    if hasattr(module, "__path__") and not exported:
        return  # a package that only holds modules
    assert exported, f"{name}: expected __all__"
    assert exported == sorted(set(exported), key=kind_and_name)
    assert [each for each in exported if not hasattr(module, each)] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_is_exported(name: str) -> None:
    """A class or function without underscore that a public module defines is in its __all__."""
    module = importlib.import_module(name)
    defined = {
        each
        for each, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isroutine(value))
        and value.__module__ == name
        and not each.startswith("_")
    }
    assert defined - set(getattr(module, "__all__", [])) == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_public_things_are_documented(name: str) -> None:
    """Every exported class and function, and every module, has a docstring."""
    module = importlib.import_module(name)
    assert module.__doc__
    things = {each: getattr(module, each) for each in getattr(module, "__all__", [])}
    of_our_own = {each: thing for each, thing in things.items() if inspect.isclass(thing) or inspect.isroutine(thing)}
    assert [each for each, thing in of_our_own.items() if not thing.__doc__] == []
