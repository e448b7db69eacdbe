"""Live records and their numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from custid.registry.numbered_texts import NumberedTexts
from custid.registry.record_keys import RecordKey

__all__ = ["NumberedRecords"]

_BETWEEN: Final = "\0"
"""What stands in no source and in no key."""


class NumberedRecords(Collection[RecordKey]):
    """Records by numbers, and numbers by records; no object is held for any that was there when all were numbered.

    Parameters
    ----------
    keys : sequence of RecordKey
        The record of each number, all different.

    Examples
    --------
    >>> records = NumberedRecords([RecordKey("crm", "1"), RecordKey("shop", "7")])
    >>> records.number_of(RecordKey("shop", "7")), records.key_of(0), RecordKey("shop", "8") in records
    (1, RecordKey(source='crm', key='1'), False)
    """

    def __init__(self, keys: Sequence[RecordKey] = ()) -> None:
        self._texts = NumberedTexts(list(map(_BETWEEN.join, keys)))

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[RecordKey]:
        return map(_key_of, self._texts)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self._texts.number_of(_BETWEEN.join(key)) is not None

    def number_of(self, key: RecordKey) -> int | None:
        """Return the number of a record; None for one that is not there."""
        return self._texts.number_of(_BETWEEN.join(key))

    def numbers_of(self, keys: Collection[RecordKey]) -> NDArray[np.int64]:
        """Return the number of each record, -1 for those that are not there; int64, shape (n_keys,)."""
        return self._texts.numbers_of(list(map(_BETWEEN.join, keys)))

    def key_of(self, number: int) -> RecordKey | None:
        """Return the record of a number; None for a number that none has."""
        text = self._texts.text_of(number)
        return None if text is None else _key_of(text)

    def keys_of(self, numbers: NDArray[np.int64]) -> list[RecordKey]:
        """Return the records of numbers that some record has, which takes less time than one by one."""
        return list(map(_key_of, self._texts.texts_of(numbers)))

    def put(self, number: int, key: RecordKey) -> None:
        """Give a number, which is free, to a record that has none."""
        self._texts.put(number, _BETWEEN.join(key))

    def drop(self, number: int) -> None:
        """Take a number from its record."""
        self._texts.drop(number)

    def free(self) -> list[int]:
        """Return the numbers that no record has."""
        return self._texts.free()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        return self._texts.arrays()

    @classmethod
    def of_arrays(cls, held: Mapping[str, NDArray[Any]]) -> Self:
        """Return records as :meth:`arrays` had them."""
        records = cls()
        records._texts = NumberedTexts.of_arrays(held)
        return records


def _key_of(text: str) -> RecordKey:
    source, _, key = text.partition(_BETWEEN)
    return RecordKey(source, key)
