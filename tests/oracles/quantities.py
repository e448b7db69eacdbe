"""Differences of numbers, dates and places as they are defined, in plain Python."""

from __future__ import annotations

import math

__all__ = ["distance_km", "relative_difference"]


def distance_km(left: tuple[float, float], right: tuple[float, float]) -> float:
    """Return the distance by the haversine formula of Sinnott (1984), for latitudes and longitudes in degrees."""
    latitude, other = math.radians(left[0]), math.radians(right[0])
    longitude = math.radians(right[1]) - math.radians(left[1])
    share = math.sin((other - latitude) / 2) ** 2 + math.cos(latitude) * math.cos(other) * math.sin(longitude / 2) ** 2
    radius = (2 * 6378.137 + 6356.7523142) / 3
    return 2 * radius * math.asin(min(1.0, math.sqrt(share)))


def relative_difference(left: float, right: float) -> float:
    """Return the difference as a share of the greater number."""
    if left == right:
        return 0.0
    return abs(left - right) / max(abs(left), abs(right))
