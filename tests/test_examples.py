"""The README, and the scripts in examples/."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from custid.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
MAX_LINES = 80


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def without_counts(text: str) -> list[str]:
    return re.sub(r"\d[\d,.]*", "#", text).splitlines()


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = tmp_path / "examples" / "data"
    data.mkdir(parents=True)
    for path in (ROOT / "examples" / "data").iterdir():
        (data / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_python_of_the_readme_runs(workplace: Path) -> None:
    """The README's Python does what it says, and leaves a model."""
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})
    assert (workplace / "model.json").is_file()


@pytest.mark.slow
@pytest.mark.usefixtures("workplace")
def test_first_command_prints_what_the_readme_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of the sample has every line that the README shows of it, whatever the counts."""
    command = next(line for line in blocks("shell")[0].splitlines() if "custid dedupe" in line)
    file = command.split("custid dedupe ")[1].split()[0]
    with pytest.raises(SystemExit):
        app(["dedupe", file], prog_name="custid")
    printed = without_counts(capsys.readouterr().out)
    shown = without_counts(blocks("text")[0])
    assert [line for line in shown if line.strip() != "…" and line not in printed] == []


def test_readme_has_two_commands() -> None:
    """The README opens with the command that installs and resolves, then the one that tests."""
    first, second = blocks("shell")
    assert len(first.splitlines()) == len(second.splitlines()) == 1
    assert README.split(second)[0].rstrip().endswith("<!-- ci:tests -->\n```shell")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_examples_are_short_and_explained(script: Path) -> None:
    """An example is a script of few lines that says what it shows; the session examples runs it."""
    text = script.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) < MAX_LINES
