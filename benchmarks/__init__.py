"""Benchmarks for asv: ``nox -s bench`` measures, ``nox -s bench_check`` only sees that they run."""
