"""GF(32) by long multiplication of polynomials and division with remainder."""

from __future__ import annotations

_MODULUS = 0b100101


def product(left: int, right: int) -> int:
    """Multiply two polynomials over GF(2) and keep the remainder modulo x^5 + x^2 + 1."""
    total = 0
    for power in range(5):
        if right >> power & 1:
            total ^= left << power
    for power in range(8, 4, -1):
        if total >> power & 1:
            total ^= _MODULUS << power - 5
    return total


def is_codeword(values: list[int]) -> bool:
    """Tell whether the sum of the values, weighted by powers of x from the right, is zero."""
    total, weight = 0, 1
    for value in reversed(values):
        total ^= product(value, weight)
        weight = product(weight, 2)
    return total == 0
