"""Rows that custid cannot have written are damage of the store, whatever they make Python raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from custid.errors import CustidError
from custid.registry.damage import damaged

__all__ = ["each_sound", "sound"]

_P = ParamSpec("_P")
_T = TypeVar("_T")
# What a value raises that is not of its kind; text that is not UTF-8 is a ValueError.
_OF_ANOTHER_KIND: Final = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)


def sound(method: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a method raise StoreDamagedError where a row is of another kind."""

    @wraps(method)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(*args, **kwargs)
        except _OF_ANOTHER_KIND as error:
            if isinstance(error, CustidError):
                raise
            damage = type(error).__name__
        # Raised outside of the handler: the cause may quote the row.
        raise damaged(f"a row is of another kind ({damage})")

    return checked


def each_sound(method: Callable[_P, Iterator[_T]]) -> Callable[_P, Iterator[_T]]:
    """Let a generator raise StoreDamagedError where a row is of another kind."""

    @wraps(method)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> Iterator[_T]:
        try:
            yield from method(*args, **kwargs)
        except _OF_ANOTHER_KIND as error:
            if isinstance(error, CustidError):
                raise
            damage = type(error).__name__
        else:
            return
        raise damaged(f"a row is of another kind ({damage})")

    return checked
