"""Cells that a spreadsheet could run as formulas, and how a file guards against them without losing a value.

A spreadsheet takes a cell for a formula that begins with one of four signs, in either width, or with a tab or the end
of a line before one.  A guarded cell has an apostrophe before; so has one that has apostrophes before such a sign
already, so that taking one apostrophe away always gives the value back.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["NEEDS_GUARD", "guarded", "unguarded"]

NEEDS_GUARD: Final = "^'*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]"
"""Pattern of the cells that get an apostrophe, as Python and RE2 read it."""

_NEEDS_GUARD: Final = re.compile(NEEDS_GUARD)


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def unguarded(text: str) -> str:
    """Return the value of a cell that was or was not guarded."""
    return text[1:] if text.startswith("'") and _NEEDS_GUARD.match(text) else text
