"""The table of recognized columns in the documentation."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "docs" / "columns_table.py"


def test_table_of_columns_is_up_to_date() -> None:
    """The page shows the declarations; ``python docs/columns_table.py`` writes it anew."""
    script = runpy.run_path(str(SCRIPT))
    assert script["PAGE"].read_text(encoding="utf-8") == script["updated_page"]()
