"""Search for inputs that a reader does not stand: ``python -m tests.fuzz --runs 1000000 intake_csv match_model``.

Each target is searched by libFuzzer in a process of its own, guided by the branches that an input takes in custid.  An
input that raises what no error of custid is, takes longer than ten seconds or more than two gigabytes is written to the
directory of ``--found``; put it into ``tests/data/fuzz/<target>/`` once it is mended, where the tests replay it.
"""

from __future__ import annotations

import argparse
import functools
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Compiled kernels must stay as they are: the compiler reads their byte code.
_LEFT_ALONE = ["custid.kernels", "custid._jit", "custid.testing"]
_LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-len_control=100", "-print_final_stats=1")


def _search(options: argparse.Namespace) -> int:
    """Search for one target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["custid"], exclude=_LEFT_ALONE):
        from tests.fuzz import mutations, seeds, targets
    (name,) = options.targets
    corpus = Path(options.corpus) / name if options.corpus else Path(tempfile.mkdtemp(prefix=f"custid-fuzz-{name}-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds.seeds_of(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    # What is made once, as a model that is trained, is not the first input's time.
    targets.run(name, b"")
    options.found.mkdir(parents=True, exist_ok=True)
    longest = targets.LONGEST_OF.get(name, targets.LONGEST)
    arguments = [
        *(*_LIMITS, f"-max_len={longest}", f"-runs={options.runs}", f"-max_total_time={options.seconds}"),
        *(f"-seed={options.seed}", f"-artifact_prefix={options.found / name}-", str(corpus)),
    ]

    def changed(data: bytes, most: int, number: int) -> bytes:
        # atheris has another `Mutate` once the search has begun.
        return mutations.changed(data, most, number, atheris.Mutate)

    mutator = {"custom_mutator": changed} if any(map(mutations.holds_json, seeds.seeds_of(name))) else {}
    atheris.Setup([sys.argv[0], *arguments], functools.partial(targets.run, name), **mutator)
    # Seconds of making ready are not those of the search.
    print(f"{name}: begins", flush=True)  # noqa: T201
    atheris.Fuzz()
    return 0


def _searched(name: str, told: list[str]) -> bool:
    """Search for one target in a process of its own, print how it went, and return whether it found nothing."""
    command = [sys.executable, "-m", "tests.fuzz", name, *told]
    begun, said = 0.0, []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as run:
        for line in run.stdout or ():
            begun = time.monotonic() if line == f"{name}: begins\n" else begun
            # What is told of each module, and of each input that is worth trying further, is of no use afterwards.
            said += [] if line.startswith(("#", "INFO:")) else [line]
    seconds = time.monotonic() - (begun or time.monotonic())
    n_runs = re.findall(r"number_of_executed_units: (\d+)", "".join(said))
    n_inputs = int(n_runs[-1]) if n_runs else 0
    rate = f"{n_inputs:,} inputs, {n_inputs / max(seconds, 1):,.0f} a second"
    print(f"{name}: {rate}, {'failed' if run.returncode else 'nothing found'}", flush=True)  # noqa: T201
    if run.returncode:
        print("".join(said)[-4_000:], flush=True)  # noqa: T201 - what libFuzzer says of it
    return not run.returncode


def main() -> int:
    """Search for each of the targets, and tell how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", help="Names of targets; all when there is none.")
    parser.add_argument("--runs", type=int, default=1_000_000, help="Inputs of each target.")
    parser.add_argument(
        "--seconds", type=int, default=0, help="Longest time for each target; 0 for as long as it takes."
    )
    parser.add_argument("--seed", type=int, default=1, help="Of the random numbers.")
    parser.add_argument("--jobs", type=int, default=1, help="Targets that are searched at one time.")
    parser.add_argument(
        "--corpus", help="Directory to keep what was found worth trying, and to begin from; of each target one in it."
    )
    parser.add_argument("--found", type=Path, default=Path(".fuzz"), help="Directory for inputs that failed.")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        return _search(options)
    from tests.fuzz.targets import TARGETS

    names = ("runs", "seconds", "seed", "found", *(["corpus"] if options.corpus else []))
    told = ["--alone", *(f"--{name}={getattr(options, name)}" for name in names)]
    with ThreadPoolExecutor(options.jobs) as pool:
        return 0 if all(list(pool.map(lambda name: _searched(name, told), options.targets or TARGETS))) else 1


if __name__ == "__main__":
    sys.exit(main())
