"""What is said of a store that does not hold what was written to it."""

from __future__ import annotations

from typing import Final

from custid.errors import StoreDamagedError

__all__ = ["RESTORE_HINT", "damaged"]

RESTORE_HINT: Final = "Restore the last backup that is sound, then repeat what came after it from its sources."
"""What to do about it."""


def damaged(what: str) -> StoreDamagedError:
    """Return the error for a store that is damaged.

    Parameters
    ----------
    what : str
        What was found, without any value.

    Returns
    -------
    StoreDamagedError
        To be raised.
    """
    return StoreDamagedError(f"store: damaged: {what}.", hint=RESTORE_HINT)
