"""The best value of each customer, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

__all__ = ["best_texts"]


def best_texts(
    customer: Sequence[int], n_customers: int, held: Sequence[Sequence[tuple[int, str | None]]]
) -> list[str | None]:
    """Return the text of the value that most rows hold; of those the longest, then the first by code points.

    ``held`` has for each row a canonical value, negative for none, and its text, None for none, by column.
    """
    best: list[str | None] = []
    for owner in range(n_customers):
        cells = [
            (value, text)
            for of_row, cells in zip(customer, held, strict=True)
            for value, text in cells
            if of_row == owner and value >= 0 and text is not None
        ]
        n_held = Counter(value for value, _ in cells)
        ranked = sorted(cells, key=lambda cell: (-n_held[cell[0]], -len(cell[1]), cell[1]))
        best.append(ranked[0][1] if ranked else None)
    return best
