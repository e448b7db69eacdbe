"""Canonical values that follow from others of the same row."""

from __future__ import annotations

import numpy as np

from custid.intake._encoder import Encoded

__all__ = ["derive_sirens", "derive_sirens_of_row"]

_SIREN_LENGTH, _SIRET_LENGTH = 9, 14


def derive_sirens(values: dict[str, Encoded]) -> None:
    """Give rows that have a SIRET but no SIREN the SIREN that it begins with.

    Parameters
    ----------
    values : dict of str to (vocabulary, codes)
        Canonical values by attribute, the codes of shape (n_rows, n_columns), -1 for missing; ``"siren"`` is changed,
        or added where no column holds it.

    Examples
    --------
    >>> values = {"siret": (("00000001800010",), np.array([[0], [-1]], np.int32))}
    >>> derive_sirens(values)
    >>> values["siren"][0], values["siren"][1].tolist()
    (('000000018',), [[0], [-1]])
    """
    if "siret" not in values:
        return
    sirets, codes = values["siret"]
    absent: Encoded = ((), np.full((len(codes), 1), -1, np.int32))
    known, siren_codes = values.get("siren", absent)
    position = {siren: code for code, siren in enumerate(known)}
    recode = np.full(len(sirets) + 1, -1, np.int32)
    for code, siret in enumerate(sirets):
        if siren := _siren_of(siret):
            recode[code] = position.setdefault(siren, len(position))
    derived = recode[codes]
    is_bare = (siren_codes < 0).all(axis=1)
    n_columns = max(siren_codes.shape[1], derived.shape[1])
    joined = np.full((len(codes), n_columns), -1, np.int32)
    joined[:, : siren_codes.shape[1]] = siren_codes
    joined[is_bare, : derived.shape[1]] = derived[is_bare]
    if (joined >= 0).any() or "siren" in values:
        values["siren"] = (tuple(position), joined)


def derive_sirens_of_row(held: dict[str, list[str]]) -> None:
    """Do as :func:`derive_sirens` for one row, given its canonical values by attribute."""
    sirets = held.get("siret")
    if sirets and not held.get("siren"):
        held["siren"] = [siren for siret in sirets if (siren := _siren_of(siret))]


def _siren_of(siret: str) -> str:
    return siret[:_SIREN_LENGTH] if len(siret) == _SIRET_LENGTH else ""
