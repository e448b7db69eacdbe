"""The customer card as a page: one HTML file that runs nothing, loads nothing and sends nothing."""

from __future__ import annotations

import html
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any, Final

from custid.model._labels import place_of
from custid.report.page import content_hash

__all__ = ["card_page"]

_WIDE: Final = frozenset({"timeline"})


def card_page(data: Mapping[str, Any], *, language: str = "en") -> str:
    """Return a customer card as a page.

    Parameters
    ----------
    data : Mapping
        What the card says in the language: ``kind``, ``title``, ``subtitle``, ``private``, ``facts`` (of ``name``,
        ``label`` and ``text``) and ``sections`` (of ``name``, ``title`` and ``items``: ``text``, ``said``, ``note``,
        ``is_masked``, ``is_conflict``).
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    str
        A whole HTML document; equal data give equal text.  All texts are escaped, halves of surrogate pairs are
        U+FFFD, and its content security policy allows one style and nothing else.

    Raises
    ------
    ConfigurationError
        If the language is another one.

    Examples
    --------
    >>> said = {"kind": "Card", "title": "<img src=x>", "subtitle": "", "private": "", "facts": [], "sections": []}
    >>> "<img" in card_page(said)
    False
    """
    place_of(language)
    style = "".join(_part(name) for name in ("page.css", "card.css"))
    page = Template(_part("card.html")).substitute(
        language=language,
        style=style,
        style_hash=content_hash(style),
        facts="".join(map(_fact, data["facts"])),
        sections="".join(map(_section, data["sections"])),
        **{name: html.escape(data[name]) for name in ("kind", "title", "subtitle", "private")},
    )
    # Halves of surrogate pairs, which no file holds.
    return page.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fact(fact: Mapping[str, str]) -> str:
    return (
        f'<div class="fact" data-name="{html.escape(fact["name"])}"><dt>{html.escape(fact["label"])}</dt>'
        f'<dd dir="auto">{html.escape(fact["text"])}</dd></div>'
    )


def _section(section: Mapping[str, Any]) -> str:
    name = html.escape(section["name"])
    classes = "card wide" if section["name"] in _WIDE else "card"
    return (
        f'<section class="{classes}" id="{name}"><h2>{html.escape(section["title"])}</h2><ul class="said-list">'
        f"{''.join(map(_item, section['items']))}</ul></section>"
    )


def _item(item: Mapping[str, Any]) -> str:
    classes = " ".join(name for name in ("masked", "conflict") if item[f"is_{name}"])
    parts = "".join(
        f'<span class="{name}" dir="auto">{html.escape(item[name])}</span>'
        for name in ("text", "said", "note")
        if item[name]
    )
    return f'<li class="{classes}">{parts}</li>' if classes else f"<li>{parts}</li>"


def _part(name: str) -> str:
    return (files("custid.report") / name).read_text(encoding="utf-8")
