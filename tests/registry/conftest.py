"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_DIRECTORIES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


def _binaries() -> Path | None:
    """Return where the newest server that is installed has its programs."""
    found = [
        path for pattern in _DIRECTORIES for path in Path("/").glob(pattern.lstrip("/")) if (path / "initdb").exists()
    ]
    if found:
        return max(found, key=lambda path: [int(part) for part in path.parts if part.isdecimal()])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgreSqlServer:
    """A server that only this process reaches, by a socket in a directory of its own."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.directory = Path(tempfile.mkdtemp(prefix="custid-pg-"))
        # The server refuses to run as root.
        self._prefix: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self.directory, "nobody")
            self._prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        self._run("initdb", "-D", "data", "-U", "custid", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._prefix, str(self._binaries / program), *arguments],
            cwd=self.directory,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses='' -k {self.directory} -c shared_buffers=32MB"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: orderly, or ``immediate``, as a crash would."""
        self._run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def new_database(self) -> str:
        """Return the address of a database of its own."""
        name = f"t{secrets.token_hex(6)}"
        self._run("createdb", "-h", str(self.directory), "-U", "custid", name)
        return f"postgresql://custid@/{name}?host={self.directory}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSqlServer]:
    """Start a server for the tests of this session."""
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed: pip install 'psycopg[binary]'")
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")
    server = PostgreSqlServer(binaries)
    yield server
    server.stop("immediate")
    shutil.rmtree(server.directory, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(postgresql_server: PostgreSqlServer) -> Callable[[], str]:
    """Return what makes databases."""
    return postgresql_server.new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a file, then a database of a server."""
    if request.param == "sqlite":
        return str(tmp_path / "registry.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()
