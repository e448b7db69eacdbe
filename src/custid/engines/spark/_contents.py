"""What a row says, as one text; and tables of such texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.table.hashing import combine_hashes, string_hashes
from custid.table.record_table import RecordTable, build_record_table

__all__ = [
    "Values",
    "blanked",
    "packed_values",
    "stated_hashes",
    "table_of_contents",
    "unpacked_values",
    "with_kinds",
    "with_ranks",
]

Values = Mapping[str, tuple[Sequence[str], NDArray[np.int32]]]
"""By attribute a vocabulary and the codes of each row, int32, shape (n_rows, n_columns), -1 for missing."""

# Control characters that separate fields and records; canonical values hold none.
_BETWEEN_ATTRIBUTES, _BETWEEN_VALUES = "\x1e", "\x1f"
_BEFORE_RANK = "/"


def packed_values(values: Values, attributes: Sequence[str], n_rows: int) -> pa.StringArray:
    """Return what each row says of some attributes: equal texts for equal contents.

    Parameters
    ----------
    values : mapping of str to (vocabulary, codes)
        Canonical values.
    attributes : sequence of str
        The attributes, in this order.
    n_rows : int
        Number of rows.

    Returns
    -------
    pyarrow.StringArray, length n_rows
        The texts.

    Raises
    ------
    ConfigurationError
        If a value holds one of the two control characters that separate values.
    """
    columns = [_joined(name, *values[name]) if name in values else pa.array([""] * n_rows) for name in attributes]
    return pc.binary_join_element_wise(*columns, _BETWEEN_ATTRIBUTES)


def _joined(attribute: str, vocabulary: Sequence[str], codes: NDArray[np.int32]) -> pa.StringArray:
    texts = list(vocabulary)
    if any(_BETWEEN_ATTRIBUTES in text or _BETWEEN_VALUES in text for text in texts):
        raise ConfigurationError(
            f"standardizers: {attribute!r}: expected values without control characters, got some with.",
            hint="Take out the characters U+001E and U+001F.",
        )
    if codes.shape[1] == 1:
        return _taken(texts, codes[:, 0])
    distinct, place = np.unique(codes, axis=0, return_inverse=True)
    joined = [
        _BETWEEN_VALUES.join(sorted({texts[code] for code in row if code >= 0} - {""})) for row in distinct.tolist()
    ]
    return _taken(joined, place.ravel())


def _taken(texts: Sequence[str], places: NDArray[np.integer]) -> pa.StringArray:
    array = pa.array([*texts, ""], pa.string())
    return array.take(pa.array(np.where(places < 0, len(texts), places)))


def with_kinds(contents: pa.StringArray, kinds: NDArray[np.int8]) -> pa.StringArray:
    """Return contents that tell the kind of party as well, -1 for unknown."""
    return pc.binary_join_element_wise(pa.array(kinds).cast(pa.string()), contents, _BETWEEN_ATTRIBUTES)


def with_ranks(contents: pa.StringArray, ranks: pa.Array) -> pa.StringArray:
    """Return contents with kinds, of which those with a rank are unlike all others; null for none."""
    parts = pc.split_pattern(contents, _BETWEEN_ATTRIBUTES, max_splits=1).flatten()
    rows = np.arange(len(contents)) * 2
    told = pc.binary_join_element_wise(parts.take(pa.array(rows)), ranks.cast(pa.string()), _BEFORE_RANK)
    ranked = pc.binary_join_element_wise(told, parts.take(pa.array(rows + 1)), _BETWEEN_ATTRIBUTES)
    return pc.coalesce(ranked, contents)


def unpacked_values(
    contents: pa.Array, attributes: Sequence[str]
) -> dict[str, tuple[Sequence[str], NDArray[np.int32]]]:
    """Return the canonical values that texts hold, for attributes that have any."""
    if not len(contents):
        return {}
    fields = pc.split_pattern(contents, _BETWEEN_ATTRIBUTES).flatten()
    width, values = len(attributes), {}
    rows = np.arange(len(contents)) * width
    for place, attribute in enumerate(attributes):
        encoded = fields.take(pa.array(rows + place)).dictionary_encode()
        found = _split(encoded.dictionary.to_pylist(), np.asarray(encoded.indices, np.int32))
        if found is not None:
            values[attribute] = found
    return values


def _split(joined: Sequence[str], indices: NDArray[np.int32]) -> tuple[Sequence[str], NDArray[np.int32]] | None:
    """Return the single values of texts that may hold several, and their codes."""
    if not any(_BETWEEN_VALUES in each for each in joined):
        codes = indices if all(joined) else np.where(np.array([*map(bool, joined)])[indices], indices, np.int32(-1))
        return (joined, codes[:, None]) if any(joined) else None
    position: dict[str, int] = {}
    parts = [
        [position.setdefault(text, len(position)) for text in each.split(_BETWEEN_VALUES) if text] for each in joined
    ]
    if not position:
        return None
    several = np.full((len(joined), max(map(len, parts))), -1, np.int32)
    for place, part in enumerate(parts):
        several[place, : len(part)] = part
    return tuple(position), several[indices]


def table_of_contents(contents: pa.Array, attributes: Sequence[str], n_threads: int = 1) -> RecordTable:
    """Return the table of contents with kinds; its ``unit_of_row`` tells the unit of each text."""
    head = pc.split_pattern(contents, _BETWEEN_ATTRIBUTES, max_splits=1)
    halves = head.flatten()
    rows = np.arange(len(contents)) * 2
    kinds, ranks = _kinds_and_ranks(halves.take(pa.array(rows)))
    values = unpacked_values(halves.take(pa.array(rows + 1)), attributes)
    return build_record_table(values, len(contents), kind_of_row=kinds, rank_of_row=ranks, n_threads=n_threads)


def _kinds_and_ranks(texts: pa.StringArray) -> tuple[NDArray[np.int8] | None, NDArray[np.int32] | None]:
    """Return what stands before contents, None where no text tells it."""
    encoded = texts.dictionary_encode()
    places = np.asarray(encoded.indices)
    parts = [text.partition(_BEFORE_RANK) for text in encoded.dictionary.to_pylist()]
    kinds = np.array([int(kind) for kind, _, _ in parts], np.int8)[places]
    ranks = np.array([int(rank or -1) for _, _, rank in parts], np.int32)[places]
    return kinds if (kinds >= 0).any() else None, ranks if (ranks >= 0).any() else None


def stated_hashes(attribute: str, vocabulary: Sequence[str]) -> NDArray[np.uint64]:
    """Return a hash of each value of an attribute that other attributes do not share."""
    return combine_hashes([string_hashes([attribute]), string_hashes(vocabulary)])


def blanked(values: Values, generic: NDArray[np.uint64], attributes: Collection[str]) -> tuple[Values, bool]:
    """Return values without generic ones, and whether there were any; hashes are those of `stated_hashes`."""
    left, is_changed = dict(values), False
    for attribute in sorted(set(attributes).intersection(values)):
        vocabulary, codes = values[attribute]
        is_generic = np.isin(stated_hashes(attribute, vocabulary), generic)
        if is_generic.any():
            is_changed = True
            left[attribute] = (vocabulary, np.where(np.append(is_generic, False)[codes], np.int32(-1), codes))
    return left, is_changed
