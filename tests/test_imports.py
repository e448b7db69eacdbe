"""What importing loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = [
    "altair", "cattrs", "duckdb", "email_validator", "numba", "pandas", "phonenumbers", "polars", "psycopg", "pyarrow",
    "pyspark", "scipy", "sqlalchemy", "stdnum",
]  # fmt: skip


@pytest.mark.parametrize("module", ["custid", "custid.errors", "custid.model"])
def test_importing_stays_light(module: str) -> None:
    """No compiler, data frame, database driver or chart library is loaded before it is needed."""
    program = f"import {module}, sys; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", [])
