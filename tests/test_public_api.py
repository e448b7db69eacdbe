"""What a release promises to keep."""

from __future__ import annotations

from tests import public_api


def test_public_interface_is_the_written_one() -> None:
    """Names, parameters and commands change only together with the file that a review reads."""
    written = public_api.WRITTEN.read_text(encoding="utf-8").splitlines()
    found = list(public_api.lines())
    gone, new = sorted(set(written) - set(found)), sorted(set(found) - set(written))
    assert (gone, new) == ([], []), "python -m tests.public_api writes the file anew"
