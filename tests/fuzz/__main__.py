"""Search for inputs that a reader does not stand: ``python -m tests.fuzz --runs 1000000 intake_csv match_model``.

Each target is searched by libFuzzer in a process of its own, guided by the branches that an input takes in custid.  An
input that raises what no error of custid is, takes longer than ten seconds or more than two gigabytes is written to the
directory of ``--found``; put it into ``tests/data/fuzz/<target>/`` once it is mended, where the tests replay it.
"""

from __future__ import annotations

import argparse
import functools
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import IO, NoReturn

import atheris

# Compiled kernels must stay as they are: the compiler reads their byte code.
_LEFT_ALONE = ["custid.kernels", "custid._jit", "custid.testing"]
_LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-len_control=100", "-print_final_stats=1")

with atheris.instrument_imports(include=["custid"], exclude=_LEFT_ALONE):
    from tests.fuzz import mutations, seeds, stores, targets


def _search(name: str, options: argparse.Namespace) -> NoReturn:
    """Search for one target in this process; libFuzzer ends it."""
    begun_from = seeds.seeds_of(name)
    corpus = Path(options.corpus) / name if options.corpus else Path(tempfile.mkdtemp(prefix=f"custid-fuzz-{name}-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(begun_from):
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

    mutator = {"custom_mutator": changed} if any(map(mutations.holds_json, begun_from)) else {}
    atheris.Setup([sys.argv[0], *arguments], functools.partial(targets.run, name), **mutator)
    atheris.Fuzz()
    sys.exit()


def _begun(name: str, options: argparse.Namespace) -> tuple[int, IO[bytes]]:
    """Begin the search for a target; return its process and what that one will have said."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
    sys.stdout.flush()
    # A process of its own for each: libFuzzer searches once in a process.  What is imported is instrumented once.
    process = os.fork()
    if not process:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        # Left as programs are: libFuzzer writes the input that failed when the process ends.
        _search(name, options)
    return process, said


def _ended(name: str, status: int, said: IO[bytes]) -> bool:
    """Print how the search for a target went, and return whether nothing was found."""
    said.seek(0)
    # What is told of each input that is worth trying further is of no use afterwards.
    lines = [line for line in said.read().decode(errors="replace").splitlines() if not line.startswith(("#", "INFO:"))]
    told = {name: int(number) for name, number in re.findall(r"^stat::(\w+): +(\d+)", "\n".join(lines), re.MULTILINE)}
    n_inputs, rate = told.get("number_of_executed_units", 0), told.get("average_exec_per_sec", 0)
    outcome = "failed" if status else "nothing found"
    print(f"{name}: {n_inputs:,} inputs, {rate or n_inputs:,} a second, {outcome}", flush=True)  # noqa: T201
    if status:
        print("\n".join(lines)[-4_000:], flush=True)  # noqa: T201 - what libFuzzer says of it
    return not status


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
        "--corpus", help="Directory in which each target keeps what was worth trying, and begins from what it kept."
    )
    parser.add_argument("--found", type=Path, default=Path(".fuzz"), help="Directory for inputs that failed.")
    options = parser.parse_args()
    waiting, is_sound = list(options.targets or targets.TARGETS), True
    searched: dict[int, tuple[str, IO[bytes]]] = {}
    while waiting or searched:
        while waiting and len(searched) < options.jobs:
            name = waiting.pop(0)
            process, said = _begun(name, options)
            searched[process] = name, said
        process, status = os.wait()
        name, said = searched.pop(process)
        stores.forget(process)
        is_sound = _ended(name, status, said) and is_sound
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
