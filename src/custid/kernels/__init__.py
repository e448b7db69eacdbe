"""Compiled loops on arrays.

Kernels see numbers only; they neither check their arguments nor allocate results nor raise. Importing a module of this
package imports numba: the callers, which check and allocate, import it when they first need it.
"""

from __future__ import annotations

from custid._jit import run_chunked

__all__ = ["run_chunked"]
