"""The review page: one HTML file with everything in it.

The page holds its data as JSON that cannot end the element it stands in, and shows values as text nodes alone; its
content security policy lets nothing run but the script that was written with it, and nothing be loaded or sent.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from string import Template
from typing import Any

from custid.model._labels import LANGUAGES, place_of
from custid.report._page_words import PAGE_WORDS

__all__ = ["content_hash", "embedded", "page_of"]

_LONE_HALF = re.compile("[\ud800-\udfff]")
# What could end the element, begin a comment, or end a line of a script in old browsers.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page_of(data: dict[str, Any], *, language: str = "en") -> str:
    """Return the review page.

    Parameters
    ----------
    data : dict
        What it shows, as plain data; see decision 0020.
    language : str
        Language to begin with, ``"en"`` or ``"fr"``.

    Returns
    -------
    str
        A whole HTML document; equal data give equal text.

    Raises
    ------
    ConfigurationError
        If the language is another one.

    Examples
    --------
    >>> facts = {"n_records": 0}
    >>> "</script><img" in page_of({"facts": facts, "items": [], "records": [{"key": "</script><img src=x>"}]})
    False
    """
    place = place_of(language)
    words = {each: {code: pair[number] for code, pair in PAGE_WORDS.items()} for number, each in enumerate(LANGUAGES)}
    shown = embedded(data)
    settings = {"language": language, "id": hashlib.sha256(shown.encode()).hexdigest()[:16], "words": words}
    style, script = _part("page.css"), _part("page.js")
    return Template(_part("page.html")).substitute(
        language=language,
        title=html.escape(PAGE_WORDS["title"][place]),
        needs_script=html.escape(PAGE_WORDS["script"][place]),
        style_hash=content_hash(style),
        script_hash=content_hash(script),
        style=style,
        script=script,
        data=shown,
        settings=embedded(settings),
    )


def embedded(data: Any) -> str:
    r"""Return JSON that may stand inside a script element.

    Parameters
    ----------
    data : dict, list, str, number or None
        Plain data.

    Returns
    -------
    str
        JSON without angle brackets, ampersands, separators of lines and paragraphs, or halves of surrogate pairs, which
        no file holds; equal to the data when read.

    Examples
    --------
    >>> embedded("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for symbol, escape in _ESCAPES.items():
        text = text.replace(symbol, escape)
    return text if text.isascii() else _LONE_HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _part(name: str) -> str:
    return (files("custid.report") / name).read_text(encoding="utf-8")


def content_hash(text: str) -> str:
    """Return the hash by which a content security policy knows a style or a script.

    Parameters
    ----------
    text : str
        What stands in the element.

    Returns
    -------
    str
        SHA-256 in Base64, after its name.
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
