"""A card for people: what its sections say in one language, as plain data for the page and as a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from custid.model import ATTRIBUTES
from custid.model._labels import place_of
from custid.model._writer import Writer
from custid.report._card_words import CARD_WORDS
from custid.survivorship import Conflict

if TYPE_CHECKING:
    from custid.privacy import Seen
    from custid.registry.card import Card, CardConsent, CardThread, CardUnread, CardValue

__all__ = ["page_data", "text_of"]

_NAMES: Final = ("person_names", "organization_name", "collective_name")
_LABELED: Final = frozenset({"identity", "preferences", "worth"})
_VALUES: Final = ("roles", "relations", "holdings", "worth", "life_events", "notes")
_YEAR_DAYS: Final = 365.25
_DAYS_OF_TWO_YEARS: Final = 730
_Item = dict[str, Any]


def page_data(card: Card, language: str) -> dict[str, Any]:
    """Return what a card says: title, facts and sections, each of items with text, origin and others."""
    return _Speaker(card, language).said()


def text_of(card: Card, language: str) -> str:
    said = page_data(card, language)
    lines = [(0, said["title"]), (1, said["subtitle"])]
    lines += [(1, f"{fact['label']}{said['colon']} {fact['text']}") for fact in said["facts"]]
    for section in said["sections"]:
        lines.append((0, section["title"]))
        for item in section["items"]:
            lines.append((1, item["text"]))
            lines += [(2, each) for each in (item["said"], item["note"]) if each]
    # A value may hold line breaks and blanks, which would pass for lines of the text.
    return "\n".join("  " * depth + " ".join(line.split()) for depth, line in lines)


class _Speaker:
    """Says what a card holds in one language."""

    def __init__(self, card: Card, language: str) -> None:
        self._card = card
        self._place = place_of(language)
        self._writer = Writer(language)

    def word(self, name: str, **parts: object) -> str:
        return CARD_WORDS[name][self._place].format(**parts)

    def said(self) -> dict[str, Any]:
        card = self._card
        subtitle = [self.word("customer", id=card.customer), *map(self._writer.phrase, card.kinds)]
        subtitle.append(self.word("at", date=self._day(card.at.date())))
        return {
            "kind": self.word("title"),
            "title": self._title(),
            "subtitle": " · ".join(subtitle),
            "private": self.word("private"),
            "colon": self._writer.colon,
            "facts": [{"label": self.word(name), "text": text, "name": name} for name, text in self._facts()],
            "sections": [
                {"name": name, "title": self.word(name), "items": items} for name, items in self._sections() if items
            ],
        }

    def _day(self, day: date) -> str:
        return self._writer.day(day)

    def _title(self) -> str:
        names = [each for each in self._card.identity if each.seen.attribute in _NAMES]
        if not names:
            return self._card.customer
        best = next((each for each in names if each.slot in {"usage", "legal"}), names[0])
        text = self._value(best.seen)
        return text if best.seen.is_masked else text.partition(f"{self._writer.colon} ")[2] or text

    def _facts(self) -> Iterator[tuple[str, str]]:
        card = self._card
        if card.status is not None:
            kind = self._writer.label(card.status.kind)
            since = card.status.since
            yield "status", kind if since is None else self.word("since", text=kind, date=self._day(since))
        days = card.tenure_days
        if days is not None:
            name, parts = "tenure_days", {"days": days}
            if days >= _DAYS_OF_TWO_YEARS:
                name, parts = "tenure_years", {"years": int(days / _YEAR_DAYS)}
            yield "tenure", self.word(name, **parts)
        if card.origin is not None:
            yield "origin", self._origin(card.origin)
        if card.newest is not None and card.oldest is not None:
            moments = {"newest": self._day(card.newest.date()), "oldest": self._day(card.oldest.date())}
            yield "freshness", self.word("first_heard", **moments)
        for name, count in (("waiting", len(card.open_requests)), ("conflicting", len(card.conflicts))):
            if count:
                yield name, str(count)
        if card.n_restricted:
            yield "restricted", self.word("n_restricted", n=card.n_restricted)
        if card.redirects:
            yield "redirects", ", ".join(card.redirects)

    def _origin(self, origin: Seen) -> str:
        told = origin.value
        day = self._day(told.at.date())
        return ", ".join(text for text in (told.subject, self._writer.word(told.channel), day) if text)

    def _channels(self, thread: CardThread) -> str:
        return ", ".join(map(self._writer.word, thread.channels))

    def _sections(self) -> Iterator[tuple[str, list[_Item]]]:
        card = self._card
        for name in ("identity", "contacts"):
            yield name, self._values(name)
        yield "open_requests", self._seen(card.open_requests)
        yield "due", self._seen(card.due)
        yield "preferences", self._values("preferences")
        yield "consents", [self._consent(each) for each in card.consents]
        for name in _VALUES:
            yield name, self._values(name)
            if name == "relations":
                yield (
                    "linked",
                    [
                        _item(self.word("is_customer", record=key.key, source=key.source, id=customer))
                        for key, customer in card.linked.items()
                    ],
                )
        yield (
            "threads",
            [
                _item(self.word("thread", text=each.name, n=len(each.interactions), channels=self._channels(each)))
                for each in card.threads
            ],
        )
        yield "timeline", self._seen(reversed(card.timeline))
        yield "unread", [self._text(each) for each in card.unread]
        yield "records", [_item(self.word("record", record=key.key, source=key.source)) for key in card.records]

    def _values(self, section: str) -> list[_Item]:
        return [self._item(each, is_labeled=section in _LABELED) for each in getattr(self._card, section)]

    def _seen(self, listed: Iterable[Seen]) -> list[_Item]:
        return [_item(self._value(each), self._said(each), is_masked=each.is_masked) for each in listed]

    def _item(self, value: CardValue, *, is_labeled: bool) -> _Item:
        text = self._value(value.seen)
        if is_labeled:
            text = f"{self._writer.attribute(value.seen.attribute)}{self._writer.colon} {text}"
        is_conflict = value.conflict is Conflict.CONTRADICTION
        same, others = [], []
        for each in value.others:
            shown = self._value(each)
            if shown == self._value(value.seen):
                same.append(self._said(each))
            else:
                others.append(f"{shown} ({self._said(each)})")
        named = (("conflict" if is_conflict else "also", others), ("confirmed", same))
        note = "; ".join(self.word(name, text="; ".join(told)) for name, told in named if told)
        return _item(text, self._said(value.seen), note, is_masked=value.seen.is_masked, is_conflict=is_conflict)

    def _text(self, unread: CardUnread) -> _Item:
        is_known = unread.attribute in ATTRIBUTES
        label = self._writer.attribute(unread.attribute) if is_known else unread.attribute
        shown = f"{unread.text} ({self.word('masked')})" if unread.is_masked else unread.text
        said = self.word(
            "masked_said", source=unread.source, record=unread.record, date=self._day(unread.observed_at.date())
        )
        return _item(f"{label}{self._writer.colon} {shown}", said, is_masked=unread.is_masked)

    def _consent(self, consent: CardConsent) -> _Item:
        stated = consent.seen.stated
        text = self._value(consent.seen)
        if stated is not None and consent.status is not None and consent.status is not stated.value.status:
            text = self.word("holds", text=text, status=self._writer.label(consent.status))
        return _item(text, self._said(consent.seen), is_masked=consent.seen.is_masked)

    def _value(self, seen: Seen) -> str:
        if seen.stated is None:
            return f"{seen.text} ({self.word('masked')})"
        return self._writer.statement_value(seen.attribute, seen.value)

    def _said(self, seen: Seen) -> str:
        parts = {"source": seen.source, "record": seen.record, "date": self._day(seen.observed_at.date())}
        if seen.stated is None:
            return self.word("masked_said", **parts)
        by = seen.stated.by
        text = self.word("said", basis=self._writer.label(by.basis), **parts)
        return f"{text}; {self.word('verified')}" if by.verified else text


def _item(text: str, said: str = "", note: str = "", *, is_masked: bool = False, is_conflict: bool = False) -> _Item:
    return {"text": text, "said": said, "note": note, "is_masked": is_masked, "is_conflict": is_conflict}
