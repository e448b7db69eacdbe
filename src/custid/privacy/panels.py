"""A panel of customers: the same ones for the same seed, and nobody who has not agreed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from custid.errors import ConfigurationError

__all__ = ["panel"]

_PRECISION = 1 << 64


def panel(
    customers: Iterable[str], *, share: float, seed: str, may_ask: Callable[[str], bool] | None = None
) -> tuple[str, ...]:
    """Return the customers of a panel.

    Parameters
    ----------
    customers : iterable of str
        Identifiers.
    share : float
        Share of the customers to be drawn, from 0 to 1.
    seed : str
        Names the panel: another one draws others.
    may_ask : callable, optional
        Tells of a customer whether he may be asked, as :func:`~custid.privacy.contact.may_contact` does.

    Returns
    -------
    tuple of str
        Sorted.  Whether a customer is drawn depends on his identifier and the seed alone, so that those who come or go
        change nothing for others, and a larger share keeps whoever was drawn.

    Raises
    ------
    ConfigurationError
        If the share is out of range.

    Examples
    --------
    >>> drawn = panel([f"C{number}" for number in range(1000)], share=0.1, seed="2026-autumn")
    >>> len(drawn), drawn == panel([f"C{number}" for number in reversed(range(1000))], share=0.1, seed="2026-autumn")
    (98, True)
    """
    if not 0.0 <= share <= 1.0:
        raise ConfigurationError(f"panel: share: expected 0 to 1, got {share}.")
    limit = int(share * _PRECISION)
    return tuple(
        customer
        for customer in sorted(set(customers))
        if _draw(customer, seed) < limit and (may_ask is None or may_ask(customer))
    )


def _draw(customer: str, seed: str) -> int:
    text = f"{len(seed)}:{seed}{customer}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
