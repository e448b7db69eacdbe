"""Every check of the project, by name: ``nox -l`` lists them, ``nox -s lint types tests`` runs some.

Versions and dependency groups are read from ``pyproject.toml``. The sessions that need the whole development
environment share one, ``.nox/dev``, which is made once and brought up to date when ``pyproject.toml`` changes.
Arguments after ``--`` are passed on to the session's main tool.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "contracts", "types", "tests"]

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
OTHER_PYTHONS = [version for version in nox.project.python_versions(PYPROJECT) if version in {"3.12", "3.13"}]
SHARED = ROOT / ".nox" / "dev"


def shared_python(session: nox.Session) -> str:
    """Return the Python of the shared environment, made or brought up to date first."""
    python = SHARED / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = SHARED / "stamp"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        session.run(sys.executable, "-m", "venv", "--clear", str(SHARED), external=True, silent=True)
        groups = nox.project.dependency_groups(PYPROJECT, "dev")
        session.run(str(python), "-m", "pip", "install", "-q", "-e", str(ROOT), *groups, external=True)
        stamp.write_text(wanted)
    return str(python)


def run_shared(session: nox.Session, *arguments: str, silent: bool = False, env: dict[str, str] | None = None) -> None:
    """Run ``python <arguments>`` in the shared environment."""
    session.run(shared_python(session), *arguments, external=True, silent=silent, env=env)


def fresh_cache(session: nox.Session) -> str:
    """Return a new directory for compiled kernels, so that no session is served another one's code."""
    # From the root, as some tests run processes in directories of their own.
    return tempfile.mkdtemp(prefix=f"numba-{session.name.replace('.', '-')}-", dir=Path(session.create_tmp()).resolve())


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check the layout of the code, its docstrings and the changelog fragments."""
    run_shared(session, "-m", "ruff", "check", *(session.posargs or ["."]))
    run_shared(session, "-m", "ruff", "format", "--check", *(session.posargs or ["."]))
    modules = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.py"))
    run_shared(session, "-m", "numpydoc", "lint", *modules)
    run_shared(session, "-m", "towncrier", "build", "--draft", "--version", "next")


@nox.session(venv_backend="none")
def contracts(session: nox.Session) -> None:
    """Check that a layer imports only layers below it, and only one module imports the compiler."""
    run_shared(session, "-c", "from importlinter.cli import lint_imports_command as main; main()", *session.posargs)


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check the types of sources, tests and this file, strictly."""
    run_shared(session, "-m", "mypy", *session.posargs)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests and the docstrings' examples with compiled kernels, but for those that take long."""
    run_marked(session, "not accuracy and not slow", "-n", "auto", "--maxprocesses", "8", "--dist", "loadfile")


@nox.session(venv_backend="none")
def tests_slow(session: nox.Session) -> None:
    """Run the tests that take more than ten seconds each: many random texts, killed processes, a browser."""
    run_marked(session, "slow and not accuracy and not campaign")


@nox.session(venv_backend="none")
def campaign(session: nox.Session) -> None:
    """Let processes, disks, memory, power and servers fail, damage files, play a thousand histories."""
    run_marked(session, "campaign")


def run_marked(session: nox.Session, marks: str, *options: str) -> None:
    """Run the tests with some marks, compiled."""
    environment = {"NUMBA_CACHE_DIR": fresh_cache(session)}
    run_shared(session, "-m", "pytest", "-m", marks, *options, *session.posargs, env=environment)


@nox.session
def tests_spark(session: nox.Session) -> None:
    """Run the tests of the engine on Apache Spark, in an environment of their own; they need a Java runtime."""
    session.install("-q", "-e", ".[spark]", *nox.project.dependency_groups(PYPROJECT, "test"))
    marks = "not accuracy and not slow and not campaign"
    session.run(
        *("pytest", "-m", marks, *(session.posargs or ["tests/engines/spark"])),
        env={"NUMBA_CACHE_DIR": fresh_cache(session)},
    )


@nox.session(python=OTHER_PYTHONS)
def tests_versions(session: nox.Session) -> None:
    """Run the tests under the other Python versions that are installed."""
    session.install("-q", "-e", ".", *nox.project.dependency_groups(PYPROJECT, "test"))
    session.run(
        "pytest", "-m", "not accuracy and not slow", *session.posargs, env={"NUMBA_CACHE_DIR": fresh_cache(session)}
    )


@nox.session(venv_backend="none")
def tests_interpreted(session: nox.Session) -> None:
    """Run the quick tests with kernels as plain Python, and count covered lines and branches."""
    # These match whole batches over and over and have no kernel of their own; as plain Python they take minutes.
    compiled = [
        "tests/engines/test_live_weigher.py",
        "tests/registry",
        "tests/requirements",
        *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("test_cli*.py")),
    ]
    quick = ("-m", "coverage", "run", "-m", "pytest", "-m", "not accuracy and not slow")
    environment = {"NUMBA_CACHE_DIR": fresh_cache(session)}
    left_out = [] if session.posargs else [f"--ignore={path}" for path in compiled]
    run_shared(session, "-m", "coverage", "erase")
    run_shared(session, *quick, *left_out, *session.posargs, env={**environment, "NUMBA_DISABLE_JIT": "1"})
    if left_out:
        run_shared(session, *quick, *compiled, env=environment)
    run_shared(session, "-m", "coverage", "combine", "-q")
    run_shared(session, "-m", "coverage", "report")


@nox.session(venv_backend="none")
def tests_boundscheck(session: nox.Session) -> None:
    """Run the tests of the kernels and the laws with every array access checked."""
    environment = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": fresh_cache(session)}
    where = session.posargs or ["tests/kernels", "tests/property"]
    run_shared(session, "-m", "pytest", "-m", "not accuracy and not slow", *where, env=environment)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation; every broken reference is an error."""
    run_shared(session, "-m", "sphinx", "-n", "-W", "--keep-going", "-q", "docs", "docs/_build/html", *session.posargs)


@nox.session(venv_backend="none")
def examples(session: nox.Session) -> None:
    """Run every script of examples/."""
    for script in sorted((ROOT / "examples").glob("*.py")):
        run_shared(session, str(script), *session.posargs)


@nox.session(venv_backend="none")
def accuracy(session: nox.Session) -> None:
    """Measure match quality on the data sets and print the table."""
    run_shared(session, "benchmarks/accuracy.py", *session.posargs)


@nox.session(venv_backend="none")
def learning(session: nox.Session) -> None:
    """Measure what fifty answers of a person are worth; ``-- --quick`` for small data."""
    run_shared(session, "-m", "benchmarks.learning", *session.posargs)


@nox.session(venv_backend="none")
def stability(session: nox.Session) -> None:
    """Play a year of weekly changes on a registry and print how its identifiers held; ``-- --records 500`` for few."""
    run_shared(session, "-m", "benchmarks.year", *session.posargs)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Print the targets for speed with what was measured beside other libraries; ``-- --quick`` for a first look."""
    run_shared(session, "-m", "benchmarks.against_peers", *session.posargs, env={"PYTHONHASHSEED": "0"})


@nox.session(venv_backend="none")
def bench_suite(session: nox.Session) -> None:
    """Run the benchmarks of single steps on the working tree: ``nox -s bench_suite -- -b string_metrics``."""
    run_shared(session, "-m", "asv", "machine", "--yes", silent=True)
    run_shared(
        session, "-m", "asv", "run", "--python=same", "--show-stderr", *session.posargs, env={"PYTHONHASHSEED": "0"}
    )


@nox.session(venv_backend="none")
def bench_check(session: nox.Session) -> None:
    """Run every benchmark of a single step once: they must go on running; the times are not looked at."""
    run_shared(session, "-m", "asv", "machine", "--yes", silent=True)
    run_shared(
        session,
        *("-m", "asv", "run", "--quick", "--dry-run", "--python=same", "--show-stderr", *session.posargs),
        env={"PYTHONHASHSEED": "0", "CUSTID_BENCH_QUICK": "1"},
    )


@nox.session
def minimum_deps(session: nox.Session) -> None:
    """Run the tests with the oldest dependencies that pyproject.toml allows."""
    oldest = Path(session.create_tmp()) / "oldest.txt"
    oldest.write_text("\n".join(re.sub(">=", "==", spec) for spec in PYPROJECT["project"]["dependencies"]) + "\n")
    session.install("-q", "-c", str(oldest), "-e", ".", *nox.project.dependency_groups(PYPROJECT, "test"))
    session.run(
        "pytest", "-m", "not accuracy and not slow", *session.posargs, env={"NUMBA_CACHE_DIR": fresh_cache(session)}
    )


@nox.session
def build(session: nox.Session) -> None:
    """Build the distributions and run what the wheel installs."""
    session.install("-q", "build", "twine")
    target = Path(session.create_tmp()) / "dist"
    session.run("python", "-m", "build", "--outdir", str(target), ".", silent=True)
    newest = sorted(target.iterdir(), key=lambda path: path.stat().st_mtime)[-2:]
    session.run("twine", "check", "--strict", *map(str, newest))
    (wheel,) = (path for path in newest if path.suffix == ".whl")
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(wheel)], check=True, capture_output=True, text=True
    ).stdout
    if "custid/py.typed" not in names or "tests/" in names:
        session.error(f"{wheel.name}: expected the typed package alone.")
