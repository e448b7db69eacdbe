"""Values of the model as texts for people, in one language."""

from __future__ import annotations

from datetime import date, datetime
from functools import singledispatchmethod
from itertools import starmap
from typing import Any, Final

from custid.model import _labels
from custid.model.attributes import ATTRIBUTES
from custid.model.dates import PartialDate, Period
from custid.model.facts import Consent, Holding, Interaction, Joint, LifeEvent, PartyKey, Preference, Relation, Role
from custid.model.statements import Provenance, Stated
from custid.model.values import (
    ContactPoint,
    ContactUse,
    Email,
    ExternalId,
    Measure,
    Occupation,
    OnlineAccount,
    OrganizationName,
    PersonName,
    Phone,
    PostalAddress,
    Sex,
)
from custid.model.vocabularies import INTERACTION_KINDS, LIFE_EVENT_KINDS, RELATION_KINDS, ROLE_KINDS

__all__ = ["Writer", "joined"]

_CERTAIN: Final = 1.0
_LOCAL_LENGTH: Final = len("1984-06-12T09:30:00")


class Writer:
    """Writes values in one language.

    Parameters
    ----------
    language : str
        ``"en"`` or ``"fr"``.

    Raises
    ------
    ConfigurationError
        If there are no labels in that language.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._place = _labels.place_of(language)
        self.colon = self.pick(":", " :")

    def pick(self, english: str, french: str) -> str:
        """Return the text in the language of the writer."""
        return (english, french)[self._place]

    def phrase(self, name: str, **parts: object) -> str:
        """Return a phrase with its gaps filled."""
        return _labels.PHRASES[name][self._place].format(**parts)

    def label(self, member: Any) -> str:
        """Return the label of an enumeration's member."""
        return _labels.enum_label(member, self._language)

    def attribute(self, name: str) -> str:
        """Return the label of an attribute; of an undeclared one its words."""
        declared = ATTRIBUTES.get(name)
        return name.replace("_", " ") if declared is None else self.pick(declared.label_en, declared.label_fr)

    def word(self, code: str) -> str:
        """Return the word for a code of an open list: a channel, a purpose, a kind of holding."""
        return _labels.word_label(code, self._language)

    def quoted(self, text: str) -> str:
        """Return a text in quotation marks; nothing where it is empty."""
        return text and self.pick(f"“{text}”", f"«\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}»")

    def optional(self, name: str, text: str) -> str:
        """Return a phrase about a text; nothing where the text is empty."""
        return self.phrase(name, text=text) if text else ""

    def statement_value(self, attribute: str, value: Any) -> str:
        """Return a value of an attribute."""
        if attribute == "language":
            return _labels.language_label(value, self._language)
        return str(self.value(value))

    def history(self, statement: Stated[Any]) -> str:
        """Return who said something and when, and for which time."""
        return joined("; ", *self._period(statement.valid), self.said(statement.by))

    def said(self, by: Provenance) -> str:
        """Return who said something, when, how sure it is and who checked it."""
        stated = self.phrase(
            "stated", basis=self.label(by.basis), source=by.source, observed=self.moment(by.observed_at)
        )
        checks = [
            self.phrase("verified", date=self.moment(check.at), by=check.by, means=check.means) for check in by.verified
        ]
        return joined(
            "; ",
            joined(", ", stated, by.collected_by, self.optional("channel", by.channel)),
            self.phrase("recorded", date=self.moment(by.recorded_at)),
            "" if by.confidence == _CERTAIN else self.phrase("confidence", share=f"{100 * by.confidence:.0f}"),
            *(checks or [self.phrase("not_verified")]),
            self.optional("notice", by.notice),
        )

    def _period(self, period: Period) -> list[str]:
        bounds = (("from", period.start), ("until", period.end))
        return [self.phrase(name, date=self.value(bound)) for name, bound in bounds if bound is not None]

    def moment(self, moment: datetime) -> str:
        """Return a moment, with its offset."""
        offset = moment.isoformat(timespec="seconds")[_LOCAL_LENGTH:]
        return f"{self.day(moment.date())} {moment:%H:%M} {offset}"

    def day(self, day: date) -> str:
        """Return a day."""
        return self._written(str(day.year), day.month, day.day)

    def _written(self, year: str, month: int, day: int | None) -> str:
        name = _labels.MONTHS[self._place][month - 1]
        number = "" if day is None else self.pick(str(day), "1er" if day == 1 else str(day))
        return joined(" ", number, name, year)

    @singledispatchmethod
    def value(self, value: Any) -> str:
        """Return a value as a text: free text and numbers as they are."""
        return str(value)

    @value.register
    def _(self, value: PartialDate) -> str:
        plain, month = value.text.rstrip("?~%"), value.month
        year = plain[:4]
        if year == "XXXX":
            known = self._written("", month, value.day) if month is not None else ""
            text = self.phrase("no_year", date=known) if known else self.phrase("unknown_date")
        else:
            if "X" in year and year[3:] == "X" and year[2] != "X":
                year = self.phrase("decade", year=year.replace("X", "0"))
            elif "X" in year:
                year = self.phrase("century", first=year.replace("X", "0"), last=year.replace("X", "9"))
            if month is not None:
                text = self._written(year, month, value.day)
            else:
                text = year if value.day is None else self.phrase("no_month", day=value.day, year=year)
        text = self.phrase("about", date=text) if value.is_approximate else text
        return self.phrase("uncertain", date=text) if value.is_uncertain else text

    @value.register
    def _(self, value: PersonName) -> str:
        whole = joined(" ", value.prefix, *value.given, value.particle, value.family, value.suffix)
        has_parts = any(part.strip() for part in (*value.given, value.family))
        return f"{self.label(value.use)}{self.colon} {whole if has_parts else value.full}"

    @value.register
    def _(self, value: OrganizationName) -> str:
        return f"{self.label(value.use)}{self.colon} {joined(' ', value.name, value.legal_form)}"

    @value.register
    def _(self, value: ContactPoint) -> str:
        use = "" if value.use is ContactUse.OTHER else f"{self.label(value.use)}{self.colon}"
        shared = f"({self.phrase('shared')})" if value.is_shared else ""
        return joined(" ", use, self.value(value.point), shared)

    @value.register
    def _(self, value: PostalAddress) -> str:
        parts = value.lines or (
            value.recipient,
            value.unit,
            value.building,
            joined(" ", value.number, value.number_ext, value.street),
            value.locality_extra,
            value.po_box,
            joined(" ", value.cedex, value.cedex_label) or joined(" ", value.postcode, value.city),
            value.region,
        )
        codes = (self.optional("country", value.country), self.optional("geo_code", value.geo_code))
        return joined(", ", *parts, *codes)

    @value.register
    def _(self, value: Phone) -> str:
        return joined(" ", self.label(value.kind), value.e164, self.optional("extension", value.extension))

    @value.register
    def _(self, value: Email) -> str:
        return value.address

    @value.register
    def _(self, value: OnlineAccount) -> str:
        return f"{value.scheme}{self.colon} {value.handle}"

    @value.register
    def _(self, value: ExternalId) -> str:
        scheme = _labels.scheme_label(value.scheme, self._language)
        return joined(
            ", ",
            f"{scheme}{self.colon} {value.value}",
            self.label(value.state),
            self.optional("issuer", value.issuer),
            self.optional("replaced_by", value.replaced_by),
        )

    @value.register
    def _(self, value: Sex) -> str:
        return self.label(value)

    @value.register
    def _(self, value: Occupation) -> str:
        scheme = (
            _labels.scheme_label(value.scheme, self._language) if value.scheme else self.pick("its source", "la source")
        )
        code = self.phrase("code", code=value.code, scheme=scheme) if value.code else ""
        return joined(", ", value.label, code, self.optional("employer", value.employer))

    @value.register
    def _(self, value: Measure) -> str:
        name = self.attribute(value.name)
        return joined(
            ", ",
            joined(" ", f"{name}{self.colon}", _number(value.value), value.unit),
            self.optional("method", value.method),
        )

    @value.register
    def _(self, value: PartyKey) -> str:
        return self.phrase("record", key=value.key, source=value.source)

    @value.register
    def _(self, value: Role) -> str:
        kind = _labels.kind_label(ROLE_KINDS, value.kind, self._language)
        holders = [self.value(holder) for holder in value.holders]
        if value.shares:
            pairs = zip(holders, (f"{100 * share:.4g}" for share in value.shares), strict=True)
            holders = list(starmap(lambda holder, share: self.phrase("share", holder=holder, share=share), pairs))
        joint = self.label(value.joint) if len(holders) > 1 or value.joint is not Joint.ANY else ""
        target = self.phrase("on", text=value.target)
        return joined(", ", f"{kind} {target}", self.phrase("held_by", text="; ".join(holders)), joint)

    @value.register
    def _(self, value: Relation) -> str:
        kind = _labels.kind_label(RELATION_KINDS, value.kind, self._language)
        subject, object_ = self.value(value.subject), self.value(value.object)
        return self.phrase("is_of", subject=subject, kind=kind, object=object_)

    @value.register
    def _(self, value: Holding) -> str:
        dates = (("acquired", value.acquired), ("expires", value.expires))
        return joined(
            ", ",
            f"{self.word(value.kind)}{self.colon} {value.product}",
            self.optional("number", value.serial),
            *(self.phrase(name, date=self.value(day)) for name, day in dates if day is not None),
        )

    @value.register
    def _(self, value: Interaction) -> str:
        kind = _labels.kind_label(INTERACTION_KINDS, value.kind, self._language)
        return joined(
            ", ",
            self.moment(value.at),
            joined(" ", kind, self.quoted(value.subject)),
            self.label(value.direction),
            self.optional("channel", self.word(value.channel)),
            self.label(value.status),
            self.optional("thread", value.thread),
            self.optional("by", value.actor),
        )

    @value.register
    def _(self, value: LifeEvent) -> str:
        kind = _labels.kind_label(LIFE_EVENT_KINDS, value.kind, self._language)
        return joined(", ", f"{kind}{self.colon} {self.value(value.at)}", value.reference)

    @value.register
    def _(self, value: Preference) -> str:
        windows = [self._window(window) for window in value.windows]
        return joined(
            ", ",
            self.phrase("prefers", topic=self.word(value.topic), value=value.value),
            self.optional("channel", self.word(value.channel)),
            *windows,
            self.phrase("time_zone", text=value.time_zone) if windows else "",
        )

    def _window(self, window: str) -> str:
        days, _, hours = window.partition(" ")
        return f"{', '.join(map(self.phrase, days.split(',')))} {hours}"

    @value.register
    def _(self, value: Consent) -> str:
        return joined(
            ", ",
            joined(" ", self.label(value.status), "" if value.at is None else self.moment(value.at)),
            self.phrase("purpose", text=self.word(value.purpose)),
            self.phrase("basis", text=self.word(value.legal_basis)),
            self.optional("channel", self.word(value.channel)),
            "" if value.expires is None else self.phrase("expires", date=self.moment(value.expires)),
            self.optional("notice", value.notice),
            self.optional("controller", value.controller),
            self.optional("receipt", value.receipt),
        )


def _number(value: Any) -> str:
    """Return a number or a text; a number without a fraction is written without one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def joined(separator: str, *parts: str) -> str:
    """Return the parts that are not empty as one text."""
    return separator.join(part for part in parts if part)
