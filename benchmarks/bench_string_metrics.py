"""String metrics over pairs of names: our kernels, rapidfuzz, and the first call in a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from custid.comparison.string_metrics import (
    Executor,
    jaro_winkler_similarity_pairs,
    levenshtein_distance_pairs,
    levenshtein_similarity_pairs,
    osa_distance_pairs,
    token_set_similarity_pairs,
)
from custid.kernels.union_find import connected_components
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_METRICS: dict[str, Callable[..., Any]] = {
    "jaro_winkler": jaro_winkler_similarity_pairs,
    "levenshtein": levenshtein_distance_pairs,
    "levenshtein_from_0.8": partial(levenshtein_similarity_pairs, at_least=0.8),
    "osa": osa_distance_pairs,
    "token_set": token_set_similarity_pairs,
}
_PEERS: dict[str, tuple[Callable[..., Any], float | None]] = {
    "jaro_winkler": (JaroWinkler.similarity, None),
    "levenshtein": (Levenshtein.distance, None),
    "levenshtein_from_0.8": (Levenshtein.normalized_similarity, 0.8),
    "osa": (OSA.distance, None),
    "token_set": (fuzz.token_set_ratio, None),
}

_FIRST_CALL = """
import numpy as np
from custid.comparison import string_metrics
string_metrics.{}(["martha", "marhta"], np.array([0]), np.array([1]), executor=string_metrics.Executor.NUMBA)
"""


def make_names(n_names: int, seed: int = 0) -> list[str]:
    """Return made-up names of 2 to 5 syllables; the frequent ones come up far more often than the rare ones."""
    rng = np.random.default_rng(seed)
    syllables = [first + second for first in "bcdflmnprst" for second in ("a", "e", "i", "o", "u", "an", "er", "on")]
    ranks = np.minimum(rng.zipf(1.3, size=(n_names, 5)) - 1, len(syllables) - 1)
    lengths = rng.integers(2, 6, size=n_names)
    return ["".join(syllables[rank] for rank in row[:length]) for row, length in zip(ranks, lengths, strict=True)]


def make_pairs(n_pairs: int, n_names: int, seed: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two index arrays drawn evenly."""
    left_idx, right_idx = np.random.default_rng(seed).integers(0, n_names, size=(2, n_pairs))
    return left_idx, right_idx


class Pairs:
    """Many pairs, everything compiled and packed."""

    params = (list(_METRICS), [300_000])
    param_names = ("metric", "n_pairs")

    def setup(self, metric: str, n_pairs: int) -> None:
        names = make_names(20_000)
        self.packed = PackedStrings.from_strings(names)
        self.left_idx, self.right_idx = make_pairs(n_pairs, len(names))
        self.left = [names[i] for i in self.left_idx]
        self.right = [names[j] for j in self.right_idx]
        few = slice(0, 1)
        _METRICS[metric](self.packed, self.left_idx[few], self.right_idx[few], executor=Executor.NUMBA)

    def time_numba_one_thread(self, metric: str, _n_pairs: int) -> None:
        _METRICS[metric](self.packed, self.left_idx, self.right_idx, executor=Executor.NUMBA, n_threads=1)

    def time_numba(self, metric: str, _n_pairs: int) -> None:
        _METRICS[metric](self.packed, self.left_idx, self.right_idx, executor=Executor.NUMBA)

    def time_rapidfuzz_alone(self, metric: str, _n_pairs: int) -> None:
        scorer, cutoff = _PEERS[metric]
        process.cpdist(self.left, self.right, scorer=scorer, score_cutoff=cutoff, workers=1)

    def peakmem_numba(self, metric: str, _n_pairs: int) -> None:
        _METRICS[metric](self.packed, self.left_idx, self.right_idx, executor=Executor.NUMBA)

    def track_difference_from_rapidfuzz(self, metric: str, _n_pairs: int) -> float:
        ours = _METRICS[metric](self.packed, self.left_idx, self.right_idx, executor=Executor.NUMBA)
        theirs = _METRICS[metric](self.packed, self.left_idx, self.right_idx, executor=Executor.RAPIDFUZZ)
        return float(np.abs(ours - theirs).max())


class Components:
    """Connected components of a million nodes."""

    params = [5_000_000]
    param_names = ("n_edges",)

    def setup(self, n_edges: int) -> None:
        rng = np.random.default_rng(2)
        self.root = np.empty(1_000_000, np.int32)
        self.left, self.right = rng.integers(0, self.root.size, size=(2, n_edges)).astype(np.int32)
        connected_components(self.left[:1], self.right[:1], self.root)

    def time_connected_components(self, _n_edges: int) -> None:
        connected_components(self.left, self.right, self.root)


class FirstCall:
    """One pair in a new process: what the compiler costs with and without its cache."""

    params = [
        "jaro_winkler_similarity_pairs",
        "levenshtein_similarity_pairs",
        "osa_distance_pairs",
        "token_set_similarity_pairs",
    ]
    param_names = ("function",)
    number = 1
    repeat = (1, 3, 60.0)
    warmup_time = 0

    def setup(self, function: str) -> None:
        self.program = _FIRST_CALL.format(function)
        self.warm = tempfile.TemporaryDirectory()
        self.run_in(self.warm.name)

    def teardown(self, _function: str) -> None:
        self.warm.cleanup()

    def run_in(self, cache_dir: str) -> None:
        environment = os.environ | {"NUMBA_CACHE_DIR": cache_dir}
        subprocess.run([sys.executable, "-c", self.program], check=True, env=environment)

    def time_first_call_cold(self, _function: str) -> None:
        with tempfile.TemporaryDirectory() as cold:
            self.run_in(cold)

    def time_first_call_warm(self, _function: str) -> None:
        self.run_in(self.warm.name)


def timeraw_import() -> str:
    """Importing custid, in a process of its own."""
    return "import custid"
