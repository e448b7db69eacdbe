"""Comparisons bound to units that come and go."""
