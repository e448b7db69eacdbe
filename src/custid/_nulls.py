"""Taking values of Arrow arrays for missing."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["without"]


def without(texts: pa.StringArray | pa.ChunkedArray, is_missing: pa.BooleanArray | pa.ChunkedArray) -> Any:
    """Return texts without some of them.

    Parameters
    ----------
    texts : pyarrow.StringArray or pyarrow.ChunkedArray
        Texts.
    is_missing : pyarrow.BooleanArray or pyarrow.ChunkedArray, of the same length
        Which become null.  Null where the text is null anyway.

    Returns
    -------
    pyarrow.StringArray or pyarrow.ChunkedArray
        The others.

    Notes
    -----
    ``if_else`` with one null for all rows reads beyond the texts of a slice in Arrow before 24.0.0
    (https://github.com/apache/arrow/issues/49410); with as many nulls as rows it does not.
    """
    return pc.if_else(is_missing, pa.nulls(len(texts), texts.type), texts)
