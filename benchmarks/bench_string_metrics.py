"""String metrics and differences over pairs: our kernels, rapidfuzz, and the first call in a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from benchmarks import of_all
from custid.comparison import quantity_metrics
from custid.comparison.string_metrics import (
    Executor,
    jaro_winkler_similarity_pairs,
    levenshtein_distance_pairs,
    levenshtein_similarity_pairs,
    osa_distance_pairs,
    qgram_similarity_pairs,
    token_set_similarity_pairs,
)
from custid.kernels.union_find import connected_components
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_METRICS: dict[str, Callable[..., Any]] = {
    "jaro_winkler": jaro_winkler_similarity_pairs,
    "jaro_winkler_from_0.9": partial(jaro_winkler_similarity_pairs, at_least=0.9),
    "levenshtein": levenshtein_distance_pairs,
    "levenshtein_to_2": partial(levenshtein_distance_pairs, at_most=2),
    "levenshtein_from_0.8": partial(levenshtein_similarity_pairs, at_least=0.8),
    "osa": osa_distance_pairs,
    "osa_to_2": partial(osa_distance_pairs, at_most=2),
    "token_set": token_set_similarity_pairs,
    "token_set_from_0.8": partial(token_set_similarity_pairs, at_least=0.8),
    "qgram": qgram_similarity_pairs,
    "qgram_from_0.5": partial(qgram_similarity_pairs, at_least=0.5),
}
# The scorers of rapidfuzz, which has none for q-grams.
_PEERS: dict[str, tuple[Callable[..., Any], float | None]] = {
    "jaro_winkler": (JaroWinkler.similarity, None),
    "jaro_winkler_from_0.9": (JaroWinkler.similarity, 0.9),
    "levenshtein": (Levenshtein.distance, None),
    "levenshtein_to_2": (Levenshtein.distance, 2),
    "levenshtein_from_0.8": (Levenshtein.normalized_similarity, 0.8),
    "osa": (OSA.distance, None),
    "osa_to_2": (OSA.distance, 2),
    "token_set": (fuzz.token_set_ratio, None),
    "token_set_from_0.8": (fuzz.token_set_ratio, 80.0),
}
_CHINESE = {code: 0x4E00 + 37 * code % 2_000 for code in range(97, 123)}
_COLUMNS = ["names", "streets", "long", "chinese"]
_QUANTITIES = ["absolute_difference", "relative_difference", "days_apart", "distance_km"]

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


def make_column(column: str, n_values: int) -> list[str]:
    """Return made-up names, streets of three words, texts of 65 to 200 characters, or names in Chinese characters."""
    names = make_names(n_values)
    if column == "streets":
        return [f"{len(first) * 7} rue {first} {second}" for first, second in zip(names, names[::-1], strict=True)]
    if column == "long":
        sizes = np.random.default_rng(4).integers(65, 200, n_values)
        texts = [" ".join(names[place : place + 40]) for place in range(n_values)]
        return [(text + texts[0])[:size] for text, size in zip(texts, sizes, strict=True)]
    return [name.translate(_CHINESE) for name in names] if column == "chinese" else names


class Pairs:
    """Many pairs of short and of long strings, everything compiled and packed."""

    params = (of_all(list(_METRICS)), of_all(["names", "long"]), [50_000])
    param_names = ("metric", "column", "n_pairs")

    def setup(self, metric: str, column: str, n_pairs: int) -> None:
        self.compute = partial(_METRICS[metric], executor=Executor.NUMBA)
        self.packed = PackedStrings.from_strings(make_column(column, 2_000))
        self.left_idx, self.right_idx = make_pairs(n_pairs, len(self.packed))
        self.compute(self.packed, self.left_idx[:1], self.right_idx[:1])

    def time_one_thread(self, _metric: str, _column: str, _n_pairs: int) -> None:
        self.compute(self.packed, self.left_idx, self.right_idx, n_threads=1)

    def time_two_threads(self, _metric: str, _column: str, _n_pairs: int) -> None:
        self.compute(self.packed, self.left_idx, self.right_idx, n_threads=2)

    def peakmem_two_threads(self, _metric: str, _column: str, _n_pairs: int) -> None:
        self.compute(self.packed, self.left_idx, self.right_idx, n_threads=2)


class AgainstRapidfuzz:
    """Our kernels and rapidfuzz in turns in one process, over the same pairs, in one thread."""

    params = (of_all(_COLUMNS), [20_000])
    param_names = ("column", "n_pairs")
    timeout = 300

    def setup(self, column: str, n_pairs: int) -> None:
        strings = make_column(column, 2_000)
        self.packed = PackedStrings.from_strings(strings)
        self.left_idx, self.right_idx = make_pairs(n_pairs, len(strings))
        self.left = [strings[i] for i in self.left_idx]
        self.right = [strings[j] for j in self.right_idx]

    def times_faster(self, metric: str) -> float:
        """Return the ratio of both times, each the shortest of three."""
        compute = partial(_METRICS[metric], self.packed, executor=Executor.NUMBA, n_threads=1)
        compute(self.left_idx[:1], self.right_idx[:1])
        scorer, cutoff = _PEERS[metric]
        peer = partial(process.cpdist, self.left, self.right, scorer=scorer, score_cutoff=cutoff, workers=1)
        times = [(_seconds(partial(compute, self.left_idx, self.right_idx)), _seconds(peer)) for _ in range(3)]
        return min(theirs for _, theirs in times) / min(ours for ours, _ in times)

    def track_least_times_faster(self, _column: str, _n_pairs: int) -> float:
        return min(map(self.times_faster, _PEERS))

    def track_jaro_winkler_times_faster(self, _column: str, _n_pairs: int) -> float:
        return self.times_faster("jaro_winkler")

    def track_levenshtein_from_0_8_times_faster(self, _column: str, _n_pairs: int) -> float:
        return self.times_faster("levenshtein_from_0.8")

    def track_osa_times_faster(self, _column: str, _n_pairs: int) -> float:
        return self.times_faster("osa")

    def track_token_set_times_faster(self, _column: str, _n_pairs: int) -> float:
        return self.times_faster("token_set")

    def track_greatest_difference(self, _column: str, _n_pairs: int) -> float:
        few = self.left_idx[:2_000], self.right_idx[:2_000]
        differences = [
            np.abs(
                metric(self.packed, *few, executor=Executor.NUMBA)
                - metric(self.packed, *few, executor=Executor.RAPIDFUZZ)
            )
            for metric in _METRICS.values()
        ]
        return float(np.max(differences))


def _seconds(function: Callable[[], Any]) -> float:
    started = time.process_time()
    function()
    return time.process_time() - started


class Quantities:
    """Differences of numbers, dates and places over many pairs, compiled and by numpy."""

    params = (of_all(_QUANTITIES), [300_000])
    param_names = ("metric", "n_pairs")

    def setup(self, metric: str, n_pairs: int) -> None:
        rng = np.random.default_rng(6)
        numbers = rng.uniform(0, 90, (20_000, 2))
        columns = {"days_apart": numbers[:, 0].astype(np.int64).astype("datetime64[D]"), "distance_km": numbers}
        self.compute = partial(getattr(quantity_metrics, f"{metric}_pairs"), columns.get(metric, numbers[:, 0].copy()))
        self.pairs = make_pairs(n_pairs, len(numbers))
        self.compute(*(idx[:1] for idx in self.pairs), executor=Executor.NUMBA)

    def time_one_thread(self, _metric: str, _n_pairs: int) -> None:
        self.compute(*self.pairs, executor=Executor.NUMBA, n_threads=1)

    def time_two_threads(self, _metric: str, _n_pairs: int) -> None:
        self.compute(*self.pairs, executor=Executor.NUMBA, n_threads=2)

    def time_numpy(self, _metric: str, _n_pairs: int) -> None:
        self.compute(*self.pairs, executor=Executor.RAPIDFUZZ)

    def peakmem_two_threads(self, _metric: str, _n_pairs: int) -> None:
        self.compute(*self.pairs, executor=Executor.NUMBA, n_threads=2)


class Components:
    """Connected components of a million nodes."""

    params = of_all([500_000, 5_000_000])
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

    params = of_all(
        [
            "jaro_winkler_similarity_pairs",
            "levenshtein_similarity_pairs",
            "osa_distance_pairs",
            "token_set_similarity_pairs",
        ]
    )
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
