"""Grading differing values: seconds for a million pairs of each class of levels, and of names of persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks import of_all
from custid.comparison.comparison import BindingContext
from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels
from custid.comparison.names import PersonNameComparison
from custid.comparison.string_metrics import Executor
from custid.table.record_table import build_record_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from custid.comparison.value_comparison import ValueLevels

_N_PAIRS, _AT_ONCE = 1_000_000, 65_536
_SYLLABLES = ("ba", "de", "li", "mo", "ran", "ter", "vin", "sol", "ka", "ne", "du", "gar")
_LEVELS: dict[str, ValueLevels] = {
    "dates": DateLevels(),
    "postcodes": PostcodeLevels(),
    "phones": ErrorLevels(n_last=9),
    "emails": EmailLevels(),
    "streets": AddressLevels(),
}


def _context() -> BindingContext:
    return BindingContext(rarity=lambda _, values: np.ones(len(values), np.float32), executor=Executor.NUMBA)


def _words(rng: np.random.Generator, n: int) -> list[str]:
    parts = rng.integers(0, len(_SYLLABLES), (n, 4))
    return ["".join(_SYLLABLES[part] for part in row[: 2 + row[3] % 2]) for row in parts]


def _vocabulary(kind: str, n: int) -> list[str]:
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 10**9, n).tolist()
    match kind:
        case "dates":
            return sorted(str(np.datetime64("1930-01-01") + number % 30_000) for number in set(numbers))
        case "postcodes":
            return sorted({f"{number % 100_000:05}" for number in numbers})
        case "phones":
            return sorted({f"+336{number:09}" for number in numbers})
        case "emails":
            words = zip(_words(rng, n), _words(rng, n), strict=True)
            return sorted({f"{first}.{last}@mail.example" for first, last in words})
        case _:
            words = zip(_words(rng, n), _words(rng, n), strict=True)
            return sorted({f"rue {first} {last}" for first, last in words})


def _pairs(n_values: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    rng = np.random.default_rng(1)
    left = np.sort(rng.integers(0, n_values, _N_PAIRS, np.int32))
    return left, (left + rng.integers(1, n_values, _N_PAIRS, np.int32)) % np.int32(n_values)


def _in_chunks(work: Callable[..., object], left: NDArray[np.int32], right: NDArray[np.int32]) -> None:
    for start in range(0, len(left), _AT_ONCE):
        work(left[start : start + _AT_ONCE], right[start : start + _AT_ONCE])


class Levels:
    """Levels of two differing values, by their number of distinct values."""

    params = (of_all(list(_LEVELS)), of_all([10_000, 300_000]))
    param_names = ("kind", "n_values")

    def setup(self, kind: str, n_values: int) -> None:
        """Bind the levels and compile."""
        vocabulary = _vocabulary(kind, n_values)
        self.grade = _LEVELS[kind].bind(vocabulary, _context())
        self.pairs = _pairs(len(vocabulary))
        self.grade(*(units[:1000] for units in self.pairs))

    def time_grade(self, _kind: str, _n_values: int) -> None:
        """Grade a million pairs."""
        _in_chunks(self.grade, *self.pairs)


class PersonNames:
    """Given and family names together, by the number of persons."""

    params = (of_all([10_000, 100_000, 1_000_000]),)
    param_names = ("n_persons",)

    def setup(self, n_persons: int) -> None:
        """Bind the comparison and compile."""
        rng = np.random.default_rng(2)
        values = {}
        for name, n_values in (("given_name", 10_000), ("family_name", 50_000)):
            vocabulary = sorted(set(_words(rng, n_values)))
            values[name] = (vocabulary, rng.integers(0, len(vocabulary), (n_persons, 1), np.int32))
        table = build_record_table(values, n_persons)
        self.compare = PersonNameComparison().bind(table, _context())
        self.pairs = _pairs(table.n_units)
        self.compare(*(units[:1000] for units in self.pairs))

    def time_compare(self, _n_persons: int) -> None:
        """Compare a million pairs."""
        _in_chunks(self.compare, *self.pairs)
