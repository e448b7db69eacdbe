"""The pages of the documentation that are made from declarations, or from figures that were kept."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("name", ["columns_table.py", "data_dictionary.py", "speed.py"])
def test_generated_page_is_up_to_date(name: str) -> None:
    """The page shows the declarations or figures; ``python docs/NAME`` writes it anew."""
    script = runpy.run_path(str(DOCS / name))
    assert script["PAGE"].read_text(encoding="utf-8") == script["updated_page"]()
