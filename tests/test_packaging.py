"""What the package asks for, and the lock of the development environment."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements-dev.txt"

pytestmark = pytest.mark.skipif(not LOCK.is_file(), reason="the source archive holds no lock")


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def group(name: str) -> list[Requirement]:
    """Return the requirements of a dependency group, those of the groups it includes too."""
    found: list[Requirement] = []
    for each in pyproject()["dependency-groups"][name]:
        found += [Requirement(each)] if isinstance(each, str) else group(each["include-group"])
    return found


def pins() -> dict[str, set[str]]:
    """Return the versions of each locked package: several where they differ by Python or system."""
    found: dict[str, set[str]] = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix(" \\"))
            (pin,) = requirement.specifier
            found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return found


def test_what_a_session_runs_is_there() -> None:
    """Sessions that are seldom run name no example that was renamed."""
    named = re.findall(r'"examples" / ([^)]+)\)', (ROOT / "noxfile.py").read_text(encoding="utf-8"))
    paths = [ROOT.joinpath("examples", *re.findall(r'"([^"]+)"', each)) for each in named]
    assert paths
    assert [path.name for path in paths if not path.is_file()] == []


def test_lock_fits_what_is_asked_for() -> None:
    """Each dependency of the package and of its development is locked, at a version that is allowed."""
    project = pyproject()["project"]
    extras = [each for name, wanted in project["optional-dependencies"].items() if name != "spark" for each in wanted]
    locked = pins()
    for wanted in [*map(Requirement, [*project["dependencies"], *extras]), *group("dev")]:
        versions = locked.get(canonicalize_name(wanted.name), set())
        assert versions, f"{wanted.name}: nox -s lock"
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), wanted.name


def test_lock_has_a_hash_for_every_version() -> None:
    """No file is installed into the development environment that is not one of those known."""
    text = LOCK.read_text(encoding="utf-8")
    entries = [entry for entry in text.replace("\\\n", "").splitlines() if entry and not entry.startswith("#")]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_lock_names_no_place() -> None:
    """Files come from wherever the user's package index is."""
    assert "://" not in LOCK.read_text(encoding="utf-8")


def test_no_dependency_is_bounded_from_above() -> None:
    """A user may install what is newest: the session newest_deps tells when something new breaks."""
    specifiers = [spec for each in pyproject()["project"]["dependencies"] for spec in Requirement(each).specifier]
    assert {spec.operator for spec in specifiers} == {">="}
