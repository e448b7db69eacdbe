"""Other inputs made of one input: what holds JSON is changed part by part, as bytes seldom become JSON again."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any, Final

__all__ = ["changed", "holds_json"]

Mutation = Callable[[bytes, int], bytes]

_ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2, 255, 1 << 31, 1 << 63, 1 << 70, 0.5, -0.0, 1e-320, 1e308),
    *("", "x", "\0", "\ud800", "é" * 3, "0", "-1", "1e400", "2030-02-30", "2030-01-31T09:30:00+00:00", "=", "/" * 4),
    *([], [[]], {}, {"": None}, {"x": [None]}, ["x", "x"]),
)
_SHARE_OF_BYTES: Final = 0.4
"""Of the inputs that hold JSON, this share is changed byte by byte nevertheless."""
_SHARE_OF_LINES: Final = 0.1
"""Of the inputs of several lines, this share has one line less or more."""
_MOST_CHANGES: Final = 3


def changed(data: bytes, longest: int, seed: int, mutate: Mutation) -> bytes:
    """Return another input.

    Parameters
    ----------
    data : bytes
        An input.
    longest : int
        Bytes that the other one may have.
    seed : int
        Of the random numbers.
    mutate : callable
        Changes bytes; takes an input and how long the other one may be.

    Returns
    -------
    bytes
        One line of JSON with up to three parts replaced, left out, repeated or exchanged, its line left out or
        repeated, or whatever ``mutate`` returns.
    """
    draw = random.Random(seed)  # noqa: S311 - to be had again
    if draw.random() >= _SHARE_OF_BYTES:
        try:
            made = _with_other_parts(data, draw, mutate)
        except (RecursionError, ValueError):
            # Levels or digits have become more than can be written.
            made = None
        if made is not None and len(made) <= longest:
            return made
    return mutate(data, longest)


def holds_json(data: bytes) -> bool:
    """Tell whether an input is JSON or has a line of it, be it behind a first byte that chooses something."""
    return _read(data) is not None or any(_read(line) is not None for line in data.split(b"\n"))


def _read(text: bytes) -> tuple[bytes, Any] | None:
    """Return what stands before a list or an object, and that one; None where there is none."""
    start = next((place for place, byte in enumerate(text[:2]) if byte in b"[{"), -1)
    try:
        return None if start < 0 else (text[:start], json.loads(text[start:]))
    except (ValueError, RecursionError):
        return None


def _with_other_parts(data: bytes, draw: random.Random, mutate: Mutation) -> bytes | None:
    whole = _read(data)
    lines = [data] if whole else data.split(b"\n")
    place = draw.randrange(len(lines))
    if len(lines) > 1 and draw.random() < _SHARE_OF_LINES:
        lines[place : place + 1] = draw.choice(([], [lines[place]] * 2))
        return b"\n".join(lines)
    read = whole or _read(lines[place])
    if read is None:
        return None
    before, document = read
    for _ in range(draw.randint(1, _MOST_CHANGES)):
        document = _other(document, draw, mutate)
    lines[place] = before + json.dumps(document, separators=(",", ":")).encode()
    return b"\n".join(lines)


def _other(document: Any, draw: random.Random, mutate: Mutation) -> Any:
    """Return a document with one part changed."""
    holders = list(_holders(document))
    if not holders:
        return _odd(draw)
    holder = draw.choice(holders)
    name = draw.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    kind = draw.random()
    if kind < 0.3:
        holder[name] = _odd(draw)
    elif kind < 0.6:
        holder[name] = _near(holder[name], draw, mutate)
    elif kind < 0.75:
        other = draw.choice(holders)
        holder[name] = copy.deepcopy(draw.choice(list(other.values()) if isinstance(other, dict) else other))
    elif kind < 0.9 and isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), copy.deepcopy(holder[name]))
    elif kind < 0.9:
        holder[mutate(name.encode("utf-8", "surrogatepass"), 32).decode("utf-8", "replace")] = holder[name]
    else:
        del holder[name]
    return document


def _odd(draw: random.Random) -> Any:
    # A list of its own each time: what is put into it is to stand in one place.
    return copy.deepcopy(draw.choice(_ODD))


def _holders(document: Any) -> list[Any]:
    """Return the lists and objects that hold something."""
    found, waiting = [], [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict | list) and each:
            found.append(each)
            waiting += each.values() if isinstance(each, dict) else each
    return found


def _near(value: Any, draw: random.Random, mutate: Mutation) -> Any:
    """Return a value of the same kind, near to one."""
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return mutate(raw, len(raw) + 8).decode("utf-8", "surrogateescape")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _odd(draw)
    return draw.choice((value + 1, value - 1, -value, value * 2, str(value), float(value) if abs(value) < 1e300 else 0))
