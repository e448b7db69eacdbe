"""Review pages to test, and a browser to open them in."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import custid
from custid.result import Result

HOSTILE = [
    "<script>document.title='taken'</script>",
    "</script><script>document.title='taken'</script>",
    '"><img src=x onerror="document.title=\'taken\'">',
    "<!--<script>",
    "javascript:document.title='taken'",
    "${document.title='taken'} {{7*7}} {n_records} $title",
    "\u202egnp.exe \u2066isolated\u2069 \u200bzero\u200d width",
    "line\u2028separator\u2029and \x07 bell",
    "&lt;b&gt; &amp; 'single' \"double\" `back` \\u003c",
    '=HYPERLINK("http://a.example")',
]


def hostile_rows() -> list[dict[str, str]]:
    """Return rows whose every value tries to be more than text, two of each so that they are customers."""
    return [
        {
            "record_key": f"{number}{copy}{text}",
            "given_name": text,
            "family_name": f"{text} Lefebvre{number}",
            "email": f"person{number}@courriel.example",
            "phone": f"06399800{number:02}",
            "city": f"{text}{copy}",
        }
        for number, text in enumerate(HOSTILE)
        for copy in ("", "x")
    ]


def hostile_result() -> Result:
    """Return a run over these rows, of a source whose name is no better."""
    schema = custid.Schema(
        columns={name: name for name in ("given_name", "family_name", "email", "phone", "city")},
        record_key="record_key",
    )
    return custid.dedupe(hostile_rows(), schema=schema, source=HOSTILE[1])


def embedded(page: str, name: str) -> Any:
    """Return the JSON that a page holds under a name."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def chromium() -> tuple[str, str] | None:
    """Return the paths of Chromium and of its driver; None where one is missing."""
    browser = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    return None if browser is None or driver is None else (browser, driver)


def open_browser(profile: Path, *, downloads: Path | None = None) -> Any:
    """Start a Chromium that has no network."""
    from selenium import webdriver

    paths = chromium()
    assert paths is not None
    options = webdriver.ChromeOptions()
    options.binary_location = paths[0]
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1360,900", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(argument)
    if downloads is not None:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(paths[1]))
