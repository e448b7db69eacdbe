"""Benchmarks: ``nox -s bench`` prints the targets, ``nox -s bench_suite`` measures single steps by asv."""
