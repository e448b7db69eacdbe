"""The code in the documentation."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"^( *)```python\n(.*?)^ *```\n(?:\n*^ *```text\n(.*?)^ *```)?", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_blocks_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Python blocks of a page run one after another, in an empty directory, and print what stands behind them."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__"}
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        # Empty lines before the block make a traceback point at the line of the page.
        lines_before = "\n" * text.count("\n", 0, block.start(2))
        exec(compile(lines_before + textwrap.dedent(block[2]), str(page), "exec"), namespace)
        printed = capsys.readouterr().out
        if block[3] is not None:
            assert _lines(printed) == _lines(textwrap.dedent(block[3]))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_readme_shows_what_its_first_command_prints() -> None:
    """Line for line, but for what it leaves out."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"^## What you see$.*?^```text\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    assert shown is not None
    command = [sys.executable, "-m", "custid", "dedupe", str(ROOT / "examples" / "data" / "bakeries.csv")]
    printed = _lines(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)
    lines = [line for line in _lines(shown[1]) if line.strip() != "…"]
    assert lines[0] == printed[0]
    assert set(lines) <= set(printed)
