"""The text of vCards after RFC 6350, and their JSON after RFC 7095: properties, their parameters and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import field, frozen

from custid.errors import StructureError

__all__ = ["Property", "cards_of_json", "cards_of_text", "json_of", "text_of"]

_MAX_OCTETS = 75
_STRUCTURED = frozenset({"n", "adr", "org", "gender"})
_LISTED = frozenset({"nickname", "categories"})
_LINE = re.compile(
    r'(?:(?P<group>[A-Za-z0-9-]+)\.)?(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+(?:=(?:"[^"]*"|[^";:,]*)'
    r'(?:,(?:"[^"]*"|[^";:,]*))*)?)*):(?P<value>.*)',
    re.DOTALL,
)
_PARAM = re.compile(r';([A-Za-z0-9-]+)(?:=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*))?')
_PARAM_VALUE = re.compile(r'"([^"]*)"|([^",]+)')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CARET = {"n": "\n", "^": "^", "'": '"'}


@frozen(kw_only=True)
class Property:
    """A property: components of lists of texts, most often one of one."""

    name: str
    components: tuple[tuple[str, ...], ...]
    params: dict[str, tuple[str, ...]] = field(factory=dict)
    group: str = ""
    kind: str = "text"

    @classmethod
    def of(cls, name: str, value: str, *, kind: str = "text", group: str = "", **params: Iterable[str]) -> Property:
        """Return a property of one text."""
        given = {key: tuple(each) for key, each in params.items() if each}
        return cls(name=name, components=((value,),), params=given, group=group, kind=kind)

    @property
    def text(self) -> str:
        """The value as one text."""
        return ";".join(",".join(component) for component in self.components)

    def component(self, place: int) -> str:
        """Return a component as one text; empty where there is none."""
        return ", ".join(self.values(place))

    def values(self, place: int) -> list[str]:
        """Return the values of a component that say something."""
        return [value for value in self.components[place] if value] if place < len(self.components) else []

    @property
    def types(self) -> set[str]:
        """The values of TYPE in lower case."""
        return {each.lower() for value in self.params.get("type", ()) for each in value.split(",")}


def text_of(properties: Iterable[Property]) -> str:
    """Return the text of one card, with lines folded at 75 octets."""
    lines = [_folded(_line(each)) for each in properties]
    return "\r\n".join(["BEGIN:VCARD", "VERSION:4.0", *lines, "END:VCARD", ""])


def _line(prop: Property) -> str:
    params = dict(prop.params)
    if prop.kind not in {"text", "date-and-or-time", "language-tag"}:
        params = {"value": (prop.kind,), **params}
    elif prop.kind == "text" and prop.name in {"bday", "deathdate", "uid", "socialprofile"}:
        params = {"value": ("text",), **params}
    head = (f"{prop.group}." if prop.group else "") + prop.name.upper()
    head += "".join(f";{name.upper()}={','.join(map(_param, values))}" for name, values in params.items())
    escape = _plain if prop.kind in {"uri", "language-tag", "date-and-or-time"} else _escaped
    return f"{head}:{';'.join(','.join(map(escape, component)) for component in prop.components)}"


def _plain(text: str) -> str:
    return _CONTROL.sub("", text).replace("\n", "")


def _escaped(text: str) -> str:
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n")).replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace(",", "\\,").replace(";", "\\;")


def _param(text: str) -> str:
    # RFC 6868: quotes and line ends have no other way into a parameter.
    text = _CONTROL.sub(" ", text).replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{text}"' if re.search(r"[,;:\s]", text) else text


def _folded(line: str) -> str:
    pieces, start, size = [], 0, 0
    for place, character in enumerate(line):
        width = len(character.encode("utf-8", "replace"))
        if size + width > _MAX_OCTETS:
            pieces.append(line[start:place])
            start, size = place, 1  # the space that continues a line counts
        size += width
    return "\r\n ".join([*pieces, line[start:]])


def cards_of_text(text: str) -> Iterator[tuple[list[Property], list[str], str]]:
    """Return the properties of each card, the lines that are none, and the card's text."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text.removeprefix("\ufeff"))
    lines = re.split(r"\r?\n", unfolded)
    card: list[str] | None = None
    n_cards = 0
    for line in lines:
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD" and card is None:
            card = []
        elif mark == "END:VCARD" and card is not None:
            n_cards += 1
            yield _card(card)
            card = None
        elif card is not None and line.strip():
            card.append(line)
    if card is not None or not n_cards:
        raise StructureError("document: expected BEGIN:VCARD … END:VCARD, got another text.")


def _card(lines: list[str]) -> tuple[list[Property], list[str], str]:
    read = [(_property(line), line) for line in lines]
    return (
        [each for each, _ in read if each is not None],
        [line for each, line in read if each is None],
        "\n".join(lines),
    )


def _property(line: str) -> Property | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    name = found["name"].lower()
    params: dict[str, tuple[str, ...]] = {}
    for name_of_parameter, given in _PARAM.findall(found["params"] or ""):
        # Without a value it is a type, as vCard 2.1 wrote it.
        key, values = (name_of_parameter.lower(), given) if given else ("type", name_of_parameter)
        # A parameter without a value says nothing.
        if read := tuple(_uncaret(quoted or bare) for quoted, bare in _PARAM_VALUE.findall(values)):
            params[key] = (*params.get(key, ()), *read)
    kind = params.pop("value", ("text",))[0].lower()
    if kind == "uri":
        components: tuple[tuple[str, ...], ...] = ((found["value"],),)
    else:
        components = _components(found["value"], structured=name in _STRUCTURED, listed=name in _STRUCTURED | _LISTED)
    return Property(name=name, components=components, params=params, group=(found["group"] or "").lower(), kind=kind)


def _uncaret(text: str) -> str:
    return re.sub(r"\^([n^'])", lambda found: _CARET[found[1]], text)


def _components(value: str, *, structured: bool, listed: bool) -> tuple[tuple[str, ...], ...]:
    components, current, piece = [], [], ""
    characters = iter(value)
    for character in characters:
        if character == "\\":
            following = next(characters, "\\")
            piece += "\n" if following in "nN" else following if following in "\\,;:" else f"\\{following}"
        elif (character == ";" and structured) or (character == "," and listed):
            current.append(piece)
            piece = ""
            if character == ";":
                components.append(tuple(current))
                current = []
        else:
            piece += character
    return (*components, (*current, piece))


def json_of(properties: Iterable[Property]) -> list[Any]:
    """Return one card as jCard."""
    return ["vcard", [["version", {}, "text", "4.0"], *map(_json_property, properties)]]


def _json_property(prop: Property) -> list[Any]:
    params: dict[str, Any] = {
        name: values[0] if len(values) == 1 else list(values) for name, values in prop.params.items()
    }
    if prop.group:
        params["group"] = prop.group
    components = [each[0] if len(each) == 1 else list(each) for each in prop.components]
    value = [components] if len(components) > 1 else prop.components[0]
    return [prop.name, params, prop.kind, *value]


def cards_of_json(document: Any) -> Iterator[tuple[list[Property], list[Any], Any]]:
    """Return the properties of each card, the entries that are none, and the card."""
    cards = document if isinstance(document, list) and document and isinstance(document[0], list) else [document]
    for card in cards:
        if not (isinstance(card, list) and len(card) == 2 and card[0] == "vcard" and isinstance(card[1], list)):
            raise StructureError('document: expected a jCard, ["vcard", […]], got another document.')
        read = [(_property_of_json(entry), entry) for entry in card[1]]
        yield [each for each, _ in read if each is not None], [entry for each, entry in read if each is None], card


def _property_of_json(entry: Any) -> Property | None:
    if not (
        isinstance(entry, list)
        and len(entry) >= 4
        and isinstance(entry[0], str)
        and isinstance(entry[1], dict)
        and isinstance(entry[2], str)
    ):
        return None
    values = entry[3] if len(entry) == 4 and isinstance(entry[3], list) else [entry[3:]]
    if not all(map(_is_value, (*values, *entry[1].values()))):
        return None
    components = tuple(map(_texts_of, values)) or (("",),)
    # A parameter without a value says nothing.
    params = {name.lower(): texts for name, each in entry[1].items() if (texts := _texts_of(each))}
    (group,) = (*params.pop("group", ()), "")[:1]
    return Property(name=entry[0].lower(), components=components, params=params, group=group, kind=entry[2].lower())


def _is_value(value: Any) -> bool:
    """Tell whether a value, or each of a list, is one that jCard has: no null and no object."""
    return all(isinstance(each, str | int | float) for each in (value if isinstance(value, list) else [value]))


def _texts_of(value: Any) -> tuple[str, ...]:
    """Return a value, or each of a list, as text; truth values as RFC 6350 writes them."""
    values = value if isinstance(value, list) else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)
