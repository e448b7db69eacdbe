"""custid asks nobody: a process in which nothing can be connected to, looked up or sent runs all the same."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_CLOSED = """
import sys

def refuse(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.", "webbrowser.")):
        # Event loops and shared memory make pairs of sockets that lead nowhere else.
        if event not in ("socket.__new__", "socket.gethostname"):
            print("asked the network:", event, file=sys.stderr)
            import os
            os._exit(99)

sys.addaudithook(refuse)
"""


def _run_closed(program: str, *arguments: str) -> str:
    code = _CLOSED + textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def test_the_hook_sees_the_network() -> None:
    """A process that connects anywhere is ended, so that the tests below can fail."""
    code = _CLOSED + "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 99
    assert "asked the network" in done.stderr


@pytest.mark.slow
def test_a_run_and_a_registry_ask_nobody(tmp_path: Path) -> None:
    """Matching, a report, a saved model, a registry and recognition need no network, nor does the command line."""
    program = """
        from pathlib import Path
        import custid
        from custid.registry import open_registry
        from custid.testing import synthetic_customers

        place = Path(sys.argv[1])
        rows = synthetic_customers(120, seed=5).records.to_pylist()
        result = custid.dedupe(rows)
        result.model.save(place / "model.json")
        result.save_report(place / "review.html")
        with open_registry(place / "customers.db") as registry:
            registry.use(result.model)
            registry.ingest(rows[:50], source="shop")
            registry.identify({"family_name": "Martin", "city": "Nantes"})
        from custid.cli import main
        import csv
        with (place / "rows.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        try:
            sys.argv = ["custid", "dedupe", str(place / "rows.csv"), "--output", str(place / "found.csv")]
            main()
        except SystemExit as end:
            assert not end.code, end.code
        print("done")
    """
    assert _run_closed(program, str(tmp_path)).endswith("done\n")
    assert (tmp_path / "found.csv").is_file()
