"""The public interface as lines of text: what a release promises to keep.

``python -m tests.public_api`` writes them to ``tests/data/public_api.txt``; the diff of that file is what a review
reads first.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import typer.main

import custid
from custid.cli import app

WRITTEN = Path(__file__).parent / "data" / "public_api.txt"
# What the packages below are made of, and their names, may change: they serve the library itself.
INNER = {"custid.kernels", "custid.table", "custid.cli"}


def packages() -> list[ModuleType]:
    """Return custid and its packages whose exports are promised."""
    names = [found.name for found in pkgutil.iter_modules(custid.__path__, "custid.") if found.ispkg]
    names += ["custid.errors", "custid.engines.spark"]
    public = sorted(name for name in names if "._" not in name and name not in INNER)
    modules = [custid, *map(importlib.import_module, public)]
    return [module for module in modules if getattr(module, "__all__", None)]


def lines() -> Iterator[str]:
    """Yield one line for each promised name: functions and methods with their signatures, commands with options."""
    for module in packages():
        for name in module.__all__:
            yield from lines_of(f"{module.__name__}.{name}", getattr(module, name))
    yield from commands(typer.main.get_command(app), "custid")


def lines_of(path: str, thing: Any) -> Iterator[str]:
    """Yield the lines of one exported thing."""
    if inspect.isclass(thing) and issubclass(thing, Enum):
        yield f"{path}: {' '.join(sorted(thing.__members__))}"
    elif inspect.isclass(thing):
        yield f"{path}{signature(thing)}"
        for name, member in sorted(members(thing).items()):
            plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            if inspect.isroutine(plain):
                yield f"{path}.{name}{signature(plain)}"
            elif isinstance(plain, property):
                yield f"{path}.{name}"
    elif inspect.isroutine(thing):
        yield f"{path}{signature(thing)}"
    else:
        yield path


def members(thing: type) -> dict[str, Any]:
    """Return what a class and its bases of custid define, without names that begin with an underscore."""
    found: dict[str, Any] = {}
    for base in reversed(thing.__mro__):
        if base.__module__.split(".")[0] == "custid":
            found |= {name: member for name, member in vars(base).items() if not name.startswith("_")}
    return found


def signature(thing: Any) -> str:
    """Return the parameters and what is optional about them, without annotations, which are the type checker's."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return "(…)"
    parameters = [each.replace(annotation=inspect.Parameter.empty) for each in found.parameters.values()]
    shown = str(found.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    return re.sub(r"<[^<>]*( object)? at 0x[0-9a-f]+>|<function [^<>]*(<[^<>]*>)?[^<>]*>", "…", shown)


def commands(command: Any, path: str) -> Iterator[str]:
    """Yield a line for a command and each of its own."""
    options = sorted({name for each in command.params for name in each.opts if name != "--help"})
    yield f"$ {path} {' '.join(options)}".rstrip()
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        yield from commands(inner, f"{path} {name}")


if __name__ == "__main__":
    WRITTEN.write_text("\n".join(lines()) + "\n", encoding="utf-8")
