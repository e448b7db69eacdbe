"""The steps of workers, run one after another in this process: what Spark moves, a dictionary does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa

from custid.engines.spark._messages import Message

__all__ = ["by_place"]


def by_place(messages: Iterable[Message]) -> dict[int, pa.Table]:
    """Return the messages of each place."""
    found: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages:
        found[message[0]].append(message)
    return {
        place: pa.table(
            {"place": [place] * len(held), "tag": [each[1] for each in held], "data": [each[2] for each in held]}
        )
        for place, held in found.items()
    }
