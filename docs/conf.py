"""Settings of Sphinx."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from custid._version import __version__  # noqa: E402  # the path has to be set first

project = "custid"
author = "the custid contributors"
copyright = "the custid contributors"
release = version = __version__

# The last one puts MathJax beside the pages, which then show formulas without a network.
extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx-mathjax-offline"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
templates_path: list[str] = []

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings state types, with shapes and units
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(numpy|np|pyarrow|pa|attrs?|collections|rapidfuzz)\..*"),  # other projects' inventories need a network
    (r"py:class", r"(optional|default .*|shape .*|length .*)"),
]

html_theme = "furo"
html_title = f"custid {release}"
