"""Search for inputs that a reader does not stand: ``python -m tests.fuzz --runs 1000000 intake_csv match_model``.

Each target is searched by libFuzzer in a process of its own, guided by the branches that an input takes in custid.  An
input that raises what no error of custid is, takes longer than ten seconds or more than two gigabytes is written to the
directory of ``--found``; put it into ``tests/data/fuzz/<target>/`` once it is mended, where the tests replay it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

# Compiled kernels must stay as they are: the compiler reads their byte code.
_LEFT_ALONE = ["custid.kernels", "custid._jit", "custid.testing"]
_LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1", "-verbosity=1")


def _search(options: argparse.Namespace) -> int:
    """Search for one target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["custid"], exclude=_LEFT_ALONE):
        from tests.fuzz import seeds, targets
    (name,) = options.targets
    corpus = Path(options.corpus or tempfile.mkdtemp(prefix=f"custid-fuzz-{name}-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds.seeds_of(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    # What is made once, as a model that is trained, is not the first input's time.
    targets.run(name, b"")
    options.found.mkdir(parents=True, exist_ok=True)
    arguments = [*_LIMITS, f"-runs={options.runs}", f"-max_total_time={options.seconds}", f"-seed={options.seed}"]
    found = f"-artifact_prefix={options.found / name}-"
    atheris.Setup([sys.argv[0], *arguments, found, str(corpus)], lambda data: targets.run(name, data))
    atheris.Fuzz()
    return 0


def main() -> int:
    """Search for each of the targets, and tell how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", help="Names of targets; all when there is none.")
    parser.add_argument("--runs", type=int, default=1_000_000, help="Inputs of each target.")
    parser.add_argument(
        "--seconds", type=int, default=0, help="Longest time for each target; 0 for as long as it takes."
    )
    parser.add_argument("--seed", type=int, default=1, help="Of the random numbers.")
    parser.add_argument("--corpus", help="Directory to keep what was found worth trying; of one target.")
    parser.add_argument("--found", type=Path, default=Path(".fuzz"), help="Directory for inputs that failed.")
    options = parser.parse_args()
    if len(options.targets) == 1:
        return _search(options)
    from tests.fuzz.targets import TARGETS

    told = [f"--{name}={getattr(options, name)}" for name in ("runs", "seconds", "seed", "found")]
    failed = []
    for name in options.targets or TARGETS:
        command = [sys.executable, "-m", "tests.fuzz", name, *told]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        told_of_runs = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        n_runs = told_of_runs[-1].split()[-1] if told_of_runs else "?"
        print(f"{name}: {n_runs} inputs, {'failed' if done.returncode else 'nothing found'}", flush=True)  # noqa: T201
        if done.returncode:
            failed.append(name)
            print(done.stderr[-4_000:])  # noqa: T201 - what libFuzzer says of it
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
