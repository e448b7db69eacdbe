"""How easy a first result, a first explanation and a first live look-up are, beside Splink, dedupe and GoldenMatch.

Each library has a script in ``ease_scripts``: what its documentation has a user write for a file of 1,000 customers.
Lines are those of the script that are neither empty nor comments; names are the distinct parameters, methods and
columns that they use, which is what a user has to know.  Seconds are those of the processor, of a fresh process: for
custid once with an empty cache of compiled code and once as ever after.  Then a column is misspelt and a number is
given as text, and the last line of what is said is shown.

Run ``python -m benchmarks.ease --python splink=/path/to/python --python dedupe=… --python goldenmatch=…``; libraries
without a Python that has them are left out.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from custid.testing import synthetic_customers

SCRIPTS = Path(__file__).parent / "ease_scripts"
LIBRARIES = ("custid", "splink", "dedupe", "goldenmatch")
STEPS = ("result", "explanation", "look-up")
_NO_ERROR = "no error: "
COLUMNS = ("given_name", "family_name", "birth_date", "email", "phone", "city")
MISTAKES = {
    "misspelt": {
        "custid": (
            '("customers.csv")',
            '("customers.csv", schema=custid.Schema(columns={"famly_name": "family_name"}))',
        ),
        "splink": ('NameComparison("family_name")', 'NameComparison("famly_name")'),
        "dedupe": ('String("family_name"', 'String("famly_name"'),
        "goldenmatch": ('("customers.csv")', '("customers.csv", fuzzy={"famly_name": 0.85}, blocking=["city"])'),
    },
    "wrong type": {
        "custid": ('("customers.csv")', '("customers.csv", options=custid.ResolveOptions(match_probability="0.9"))'),
        "splink": ("threshold_match_probability=0.01", 'threshold_match_probability="0.9"'),
        "dedupe": ("partition(rows, 0.5)", 'partition(rows, "0.5")'),
        "goldenmatch": ('("customers.csv")', '("customers.csv", fuzzy={"family_name": "0.85"}, blocking=["city"])'),
    },
}


def sections(library: str) -> dict[str, str]:
    """Return the code of each step of a library's script, with what it needs of the parts before it."""
    text = (SCRIPTS / f"{library}_user.py").read_text(encoding="utf-8")
    parts, needs_result = {"before": ""}, set()
    for part in text.split("\n# ")[1:]:
        title, _, code = part.partition("\n")
        step, _, need = title.partition(", ")
        parts[step] = code
        if need:
            needs_result.add(step)
    return {
        step: parts["before"] + (parts["result"] if step in needs_result else "") + parts[step]
        for step in STEPS
        if step in parts
    }


def n_lines(code: str) -> int:
    """Return how many lines a user writes."""
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in code.splitlines())


def n_names(code: str) -> int:
    """Return how many parameters, methods and columns a user has to know."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            names.add(node.arg)
        elif isinstance(node, ast.ImportFrom):
            names.update(each.name for each in node.names)
        elif isinstance(node, ast.Constant) and node.value in COLUMNS:
            names.add(node.value)
    return len(names)


def write_data(directory: Path) -> None:
    """Write the customers, and sixty answers about them in dedupe's form."""
    made = synthetic_customers(1_000, seed=4, share_of_organizations=0.0)
    true_id = dict(zip(made.truth["record_id"].to_pylist(), made.truth["true_id"].to_pylist(), strict=True))
    rows: list[dict[str, str]] = []
    by_customer: dict[str, list[dict[str, str | None]]] = {}
    for number, row in enumerate(made.records.to_pylist(), start=1):
        values = {name: (row["mobile"] or row["phone"]) if name == "phone" else row[name] for name in COLUMNS}
        rows.append({"id": str(number), **values})
        given = {name: value or None for name, value in rows[-1].items()}
        by_customer.setdefault(true_id[row["record_id"]], []).append(given)
    with (directory / "customers.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", *COLUMNS])
        writer.writeheader()
        writer.writerows(rows)
    groups = list(by_customer.values())
    said = {
        "match": [group[:2] for group in groups if len(group) > 1][:30],
        "distinct": [[one[0], other[0]] for one, other in pairwise(groups[:31])],
    }
    (directory / "training.json").write_text(json.dumps(said), encoding="utf-8")


def run(python: str, code: str, directory: Path, cache: Path) -> tuple[float, str]:
    """Run code in a fresh process; return its seconds of processor time and what it said last."""
    script = directory / "script.py"
    script.write_text(code, encoding="utf-8")
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [python, str(script)], check=False, cwd=directory, env=environment, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = (ran.stderr if ran.returncode else ran.stdout).strip().splitlines()
    return seconds, ("" if ran.returncode else _NO_ERROR) + (said[-1] if said else "")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", action="append", default=[], metavar="LIBRARY=PATH")
    pythons = {"custid": sys.executable} | dict(each.split("=", 1) for each in parser.parse_args().python)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        write_data(directory)
        print(f"{'library':<13}{'step':<13}{'lines':>6}{'names':>6}{'seconds':>9}")
        for library in (each for each in LIBRARIES if each in pythons):
            parts = sections(library)
            for step, code in parts.items():
                cache = Path(tempfile.mkdtemp(dir=directory))
                runs = [run(pythons[library], code, directory, cache) for _ in range(1 + (library == "custid"))]
                shown = " then ".join(f"{seconds:.1f}" for seconds, _ in runs)
                if failed := [said for _, said in runs if not said.startswith(_NO_ERROR)]:
                    shown += f", FAILED: {failed[0][:200]}"
                print(f"{library:<13}{step:<13}{n_lines(code):>6}{n_names(code):>6}  {shown}", flush=True)
            for mistake, changes in MISTAKES.items():
                if (change := changes.get(library)) is not None:
                    _, said = run(pythons[library], parts["result"].replace(*change), directory, cache)
                    print(f"{library:<13}{mistake}: {said[:300]}", flush=True)


if __name__ == "__main__":
    main()
