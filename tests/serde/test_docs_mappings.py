"""The table of losses in the documentation."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "docs" / "mappings_table.py"


def test_table_of_losses_is_up_to_date() -> None:
    """The page shows what the tests check; ``python docs/mappings_table.py`` writes it anew."""
    script = runpy.run_path(str(SCRIPT))
    assert script["PAGE"].read_text(encoding="utf-8") == script["updated_page"]()
