"""Kernels compiled for other processors than this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

_PROGRAM = """
import random
import numpy as np
from custid.comparison import string_metrics as metrics

draw = random.Random(3)
alphabets = ["ab ", "abcdefghij ", "a\U0001f600é中 "]
sizes = [draw.randrange(longest) for longest in [9, 20, 40, 70, 150] * 12]
values = ["".join(draw.choices(draw.choice(alphabets), k=size)) for size in sizes]
left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
for metric in (
    metrics.jaro_winkler_similarity_pairs,
    metrics.levenshtein_distance_pairs,
    metrics.levenshtein_similarity_pairs,
    metrics.osa_distance_pairs,
    metrics.qgram_similarity_pairs,
    metrics.token_set_similarity_pairs,
):
    ours, theirs = (metric(values, left, right, executor=name) for name in ("numba", "rapidfuzz"))
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9), metric.__name__
"""


@pytest.mark.slow
@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="interpreted kernels know no processor")
def test_without_wide_vectors(tmp_path: Path) -> None:
    """Where vectors are narrow and loads can't be masked, the metrics are the same."""
    processor = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    environment = os.environ | processor | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", _PROGRAM], check=True, env=environment)
