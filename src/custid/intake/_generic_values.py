"""Values that everybody has, and that identify nobody."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from custid.intake._encoder import Encoded
from custid.intake._parts import plainest

__all__ = ["GenericValue", "drop_generic_values"]

_SHARED_ATTRIBUTES = ("email", "phone", "national_id", "loyalty_card")
_MIN_NAMES_OF_GENERIC = 10


@frozen(kw_only=True)
class GenericValue:
    """A value that so many unlike people share that it identifies nobody.

    Attributes
    ----------
    attribute : str
        The attribute.
    n_rows : int
        Rows that hold the value.
    n_names : int
        Distinct family names among them.
    """

    attribute: str
    n_rows: int
    n_names: int


def drop_generic_values(values: dict[str, Encoded]) -> list[GenericValue]:
    """Blank contact data and identifiers that ten or more different family names share; changes ``values``."""
    if "family_name" not in values:
        return []
    family = plainest(values["family_name"])
    found: list[GenericValue] = []
    for attribute in _SHARED_ATTRIBUTES:
        if attribute not in values:
            continue
        vocabulary, codes = values[attribute]
        is_held = (codes >= 0) & (family >= 0)[:, None]
        n_rows = np.bincount(codes[is_held], minlength=len(vocabulary))
        # Few values stand in as many rows as that; only they can have as many names.
        is_common = np.append(n_rows >= _MIN_NAMES_OF_GENERIC, np.False_)
        rows, slots = np.nonzero(is_held & is_common[codes])
        n_families = len(values["family_name"][0])
        pairs = np.unique(codes[rows, slots].astype(np.int64) * n_families + family[rows])
        n_names = np.bincount(pairs // max(n_families, 1), minlength=len(vocabulary))
        generic = np.flatnonzero(n_names >= _MIN_NAMES_OF_GENERIC)
        if len(generic):
            codes = np.where(np.isin(codes, generic), np.int32(-1), codes)
            values[attribute] = (vocabulary, codes)
        found.extend(
            GenericValue(attribute=attribute, n_rows=int(n_rows[code]), n_names=int(n_names[code])) for code in generic
        )
    return sorted(found, key=lambda value: (value.attribute, -value.n_rows, value.n_names))
