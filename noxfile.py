"""Every check of the project, by name: ``nox -l`` lists them, ``nox -s lint types tests`` runs some.

Versions and dependency groups are read from ``pyproject.toml``. The sessions that need the whole development
environment share one, ``.nox/dev``, which is made once and brought up to date when ``pyproject.toml`` changes.
Arguments after ``--`` are passed on to the session's main tool.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import sysconfig
import tempfile
import zipfile
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
LOCK = ROOT / "requirements-dev.txt"
# Those under which any application may embed a library; parts of the names that packages give them.
FREE_LICENSES = [
    *("Apache", "BSD", "CNRI-Python", "ISC", "LGPL", "Lesser General Public", "MIT", "MPL", "Mozilla Public"),
    *("Public Domain", "PSF", "Python Software Foundation", "Unlicense", "Zlib"),
]


def shared_python(session: nox.Session) -> str:
    """Return the Python of the shared environment, made or brought up to date first."""
    python = SHARED / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = SHARED / "stamp"
    inputs = (ROOT / "pyproject.toml").read_bytes() + LOCK.read_bytes() + sys.version.encode()
    wanted = hashlib.sha256(inputs).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        session.run(sys.executable, "-m", "venv", "--clear", str(SHARED), external=True, silent=True)
        # Every file is checked against the lock's hashes; the package itself has none, and brings nothing of its own.
        install = (str(python), "-m", "pip", "install", "-q")
        session.run(*install, "--require-hashes", "-r", str(LOCK), external=True)
        session.run(*install, "--no-deps", "-e", str(ROOT), external=True)
        stamp.write_text(wanted)
    return str(python)


def run_shared(session: nox.Session, *arguments: str, silent: bool = False, env: dict[str, str] | None = None) -> None:
    """Run ``python <arguments>`` in the shared environment."""
    session.run(shared_python(session), *arguments, external=True, silent=silent, env=env)


def locked_versions(session: nox.Session) -> str:
    """Return a file of constraints with the lock's versions, for environments that need a part of them only."""
    pins = [line.removesuffix(" \\") for line in LOCK.read_text().splitlines() if "==" in line]
    constraints = Path(session.create_tmp()) / "versions.txt"
    constraints.write_text("\n".join(pins) + "\n")
    return str(constraints)


def kernel_cache(session: nox.Session) -> str:
    """Return the directory for compiled kernels that the caller names, or a new one.

    Code is kept under what it was made of (`custid._jit`), so that sessions may share what one of them has compiled.
    """
    shared = os.environ.get("NUMBA_CACHE_DIR")
    if shared:
        return shared
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


@nox.session
def fuzz(session: nox.Session) -> None:
    """Search for inputs that readers do not stand: ``nox -s fuzz -- --runs 1000000 intake_csv``; all without a name."""
    session.install("-q", "-e", ".", *nox.project.dependency_groups(PYPROJECT, "fuzz"))
    session.run("python", "-m", "tests.fuzz", *session.posargs, env={"NUMBA_CACHE_DIR": kernel_cache(session)})


@nox.session(venv_backend="none")
def sentinels(session: nox.Session) -> None:
    """Run the quick tests while watching that no value of a record gets into an error, a log, a repr or a file name."""
    marks = "not accuracy and not slow"
    run_marked(session, marks, "-p", "tests.sentinels", "-n", "auto", "--maxprocesses", "8", "--dist", "loadfile")


def run_marked(session: nox.Session, marks: str, *options: str) -> None:
    """Run the tests with some marks, compiled."""
    environment = {"NUMBA_CACHE_DIR": kernel_cache(session)}
    run_shared(session, "-m", "pytest", "-m", marks, *options, *session.posargs, env=environment)


@nox.session
def tests_spark(session: nox.Session) -> None:
    """Run the tests of the engine on Apache Spark, in an environment of their own; they need a Java runtime."""
    # All that has nothing to do with Spark is taken from the shared environment.
    shared_python(session)
    shared, own = (
        sysconfig.get_path("purelib", "venv", {"base": str(base)}) for base in (SHARED, session.virtualenv.location)
    )
    Path(own, "shared.pth").write_text(f"{shared}\n")
    session.install("-q", "-c", locked_versions(session), "-e", ".[spark]")
    marks = "not accuracy and not slow and not campaign"
    session.run(
        *("python", "-m", "pytest", "-m", marks, *(session.posargs or ["tests/engines/spark"])),
        env={"NUMBA_CACHE_DIR": kernel_cache(session)},
    )


@nox.session(python=OTHER_PYTHONS)
def tests_versions(session: nox.Session) -> None:
    """Run the tests on the wheel, under the other Python versions that are installed."""
    session.install("-q", "build")
    wheel, _ = distributions(session, "versions")
    session.install("-q", "-c", locked_versions(session), str(wheel), *nox.project.dependency_groups(PYPROJECT, "test"))
    # That of another time has the same version.
    session.install("-q", "--no-deps", "--force-reinstall", str(wheel))
    installed = ("-m", "not accuracy and not slow", "-o", "pythonpath=")
    where = session.posargs or ["--pyargs", "custid", "tests"]
    session.run("pytest", *installed, *where, env={"NUMBA_CACHE_DIR": kernel_cache(session)})


@nox.session(venv_backend="none")
def tests_interpreted(session: nox.Session) -> None:
    """Run the quick tests with kernels as plain Python; all of them, as without arguments, count what they cover."""
    # These match whole batches over and over and have no kernel of their own; as plain Python they take minutes.
    compiled = [
        "tests/engines/test_live_weigher.py",
        "tests/registry",
        "tests/requirements",
        *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("test_cli*.py")),
    ]
    quick = ("-m", "pytest", "-m", "not accuracy and not slow")
    environment = {"NUMBA_CACHE_DIR": kernel_cache(session)}
    interpreted = {**environment, "NUMBA_DISABLE_JIT": "1"}
    if session.posargs:
        run_shared(session, *quick, *session.posargs, env=interpreted)
        return
    counted = ("-m", "coverage", "run", *quick)
    run_shared(session, "-m", "coverage", "erase")
    run_shared(session, *counted, *(f"--ignore={path}" for path in compiled), env=interpreted)
    run_shared(session, *counted, *compiled, env=environment)
    run_shared(session, "-m", "coverage", "combine", "-q")
    run_shared(session, "-m", "coverage", "report")


@nox.session(venv_backend="none")
def tests_boundscheck(session: nox.Session) -> None:
    """Run the tests of the kernels and the laws with every array access checked."""
    environment = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": kernel_cache(session)}
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
def lock(session: nox.Session) -> None:
    """Write the lock of the development environment anew: every version and hash, for all systems and Pythons."""
    session.install("-q", "uv")
    inputs = ("pyproject.toml", "--group", "dev", "--universal", "--python-version", "3.11", "--generate-hashes")
    silent = ("--no-annotate", "--no-header", "--no-emit-index-url", "--quiet")
    session.run("uv", "pip", "compile", *inputs, *silent, "--upgrade", "--output-file", str(LOCK), *session.posargs)


@nox.session
def minimum_deps(session: nox.Session) -> None:
    """Run the tests with the oldest dependencies that pyproject.toml allows."""
    oldest = Path(session.create_tmp()) / "oldest.txt"
    oldest.write_text("\n".join(re.sub(">=", "==", spec) for spec in PYPROJECT["project"]["dependencies"]) + "\n")
    run_tests_with(session, "-c", str(oldest))


@nox.session
def newest_deps(session: nox.Session) -> None:
    """Run the tests with the newest dependencies there are, whatever the lock says."""
    run_tests_with(session, "--upgrade", "--upgrade-strategy", "eager")


def run_tests_with(session: nox.Session, *install: str) -> None:
    """Run the quick tests in the session's own environment, installed with some options of pip."""
    session.install("-q", *install, "-e", ".", *nox.project.dependency_groups(PYPROJECT, "test"))
    quick = ("-m", "not accuracy and not slow", "-n", "auto", "--maxprocesses", "8", "--dist", "loadfile")
    session.run("pytest", *quick, *session.posargs, env={"NUMBA_CACHE_DIR": kernel_cache(session)})


def distributions(session: nox.Session, into: str) -> tuple[Path, Path]:
    """Return the wheel and the source archive, built from the working tree into a new directory."""
    target = Path(tempfile.mkdtemp(prefix=f"{into}-", dir=session.create_tmp())).resolve()
    session.run("python", "-m", "build", "--outdir", str(target), ".", silent=True)
    (wheel,) = target.glob("*.whl")
    (archive,) = target.glob("*.tar.gz")
    return wheel, archive


@nox.session
def build(session: nox.Session) -> None:
    """Build the distributions twice, to the same bytes, and check what they hold and say of themselves."""
    session.install("-q", "build", "twine")
    first, again = distributions(session, "first"), distributions(session, "again")
    session.run("twine", "check", "--strict", *map(str, first))
    for one, other in zip(first, again, strict=True):
        if one.read_bytes() != other.read_bytes():
            session.error(f"{one.name}: expected the same bytes from the same tree, got others.")
    with zipfile.ZipFile(first[0]) as wheel:
        names = wheel.namelist()
    strangers = [name for name in names if name.split("/")[0].split("-")[0] != "custid"]
    if "custid/py.typed" not in names or strangers:
        session.error(f"{first[0].name}: expected the typed package alone, got {strangers}.")


@nox.session(python=["3.11", *OTHER_PYTHONS])
def smoke(session: nox.Session) -> None:
    """Install the wheel, and nothing else, in a new environment, and use it from a directory of its own."""
    session.install("-q", "build")
    wheel, archive = distributions(session, "smoke")
    user = Path(tempfile.mkdtemp(prefix="user-", dir=session.create_tmp())).resolve()
    session.run("python", "-m", "venv", str(user / "env"))
    python = str(user / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    session.run(python, "-m", "pip", "install", "-q", str(wheel), external=True)
    source = str(ROOT / "examples" / "data" / "bakeries.csv")
    with session.chdir(user):
        session.run(python, "-m", "custid", "dedupe", source, "--output", "customers.parquet", external=True)
        session.run(python, str(ROOT / "examples" / "05_call_center.py"), external=True)
        session.run(python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", str(archive), external=True)
        session.run(python, "-m", "custid", "--version", external=True)


@nox.session
def supply_chain(session: nox.Session) -> None:
    """List the license of everything a user installs, refuse those that bind him, and write the bill of materials."""
    runtime = Path(tempfile.mkdtemp(prefix="runtime-", dir=session.create_tmp())).resolve()
    session.run("python", "-m", "venv", str(runtime))
    python = str(runtime / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    extras = ",".join(PYPROJECT["project"]["optional-dependencies"].keys() - {"spark"})
    session.run(
        *(python, "-m", "pip", "install", "-q", "-c", locked_versions(session), f"{ROOT}[{extras}]"), external=True
    )
    session.run(python, "-m", "pip", "uninstall", "-q", "-y", "pip", "setuptools", external=True)
    session.install("-q", "pip-licenses", "cyclonedx-bom")
    licenses = ROOT / "docs" / "reference" / "licenses.csv"
    session.run(
        *("pip-licenses", "--python", python, "--from=mixed", "--format=csv", "--order=name", "--partial-match"),
        *("--ignore-packages", "custid", "--output-file", str(licenses), "--allow-only", ";".join(FREE_LICENSES)),
    )
    bill = ROOT / "dist" / "custid.cdx.json"
    bill.parent.mkdir(exist_ok=True)
    session.run(
        *("cyclonedx-py", "environment", python, "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"),
        *("--of", "JSON", "--output-file", str(bill)),
    )
