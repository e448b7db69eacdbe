"""All that a registry holds of one person, for that person (articles 15 and 20 GDPR).

Every record of the customer is in it, as its source said it, and why the records are together.  Other people are not:
who is related is told of by the role alone, and names that several persons share a field for are left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict, field, frozen

from custid.errors import ConfigurationError
from custid.model._labels import place_of
from custid.model.attributes import ATTRIBUTES
from custid.registry.contents import Content
from custid.registry.events import EventKind, HistoryEntry
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey
from custid.registry.rows import Row

if TYPE_CHECKING:
    from custid.registry.typed_feeds import AnyFeed

__all__ = ["ExportedRecord", "Link", "Step", "SubjectExport", "cut", "links_of", "steps_of"]

_NAMES: Final = frozenset({"full_name", "given_name", "family_name", "title", "civility", "birth_name", "usage_name"})
_SOMEBODY: Final = "another person"
_WITHHELD: Final = "withheld: names several persons"
_TOLD: Final = {
    EventKind.ASSIGNED: "assigned",
    EventKind.MERGED: "merged",
    EventKind.RESTORED: "set apart",
    EventKind.UPDATED: "updated",
    EventKind.WITHDRAWN: "withdrawn",
    EventKind.RESTRICTED: "restricted",
    EventKind.LIFTED: "lifted",
}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "What is kept of you under customer number {id}, on {at:%Y-%m-%d}",
        "before": "Earlier numbers that lead to it: {ids}",
        "recipients": "Passed on to: {names}",
        "record": "Record {number}: from {source}, key {key}, received on {since:%Y-%m-%d}{restricted}",
        "restricted": ", not used since a restriction",
        "why": "Why these records are taken to be of one person",
        "one": "There is one record only.",
        "link": "Records {one} and {other} agree on {same}{differ}{weight}.",
        "differ": " and differ in {names}",
        "weight": "; together this makes it {times} times as likely that they are of one person",
        "unlike": "Records {one} and {other} agree on nothing that is compared{differ}{weight}.",
        "person": "A person has decided so; see below.",
        "steps": "What happened",
        "assigned": "a record was put under this number",
        "merged": "two numbers became one",
        "set apart": "a number was set apart again",
        "updated": "a record was changed by its source",
        "withdrawn": "a record was withdrawn by its source",
        "step": "{at:%Y-%m-%d}: {what} ({how}{reason})",
        "by matching": "by comparing records",
        "by a person": "decided by a person",
    },
    "fr": {
        "title": "Ce qui est conservé de vous sous le numéro de client {id}, au {at:%Y-%m-%d}",
        "before": "Anciens numéros qui y conduisent : {ids}",
        "recipients": "Transmis à : {names}",
        "record": "Fiche {number} : de {source}, clé {key}, reçue le {since:%Y-%m-%d}{restricted}",
        "restricted": ", non utilisée depuis une limitation",
        "why": "Pourquoi ces fiches sont considérées comme celles d'une même personne",
        "one": "Il n'y a qu'une fiche.",
        "link": "Les fiches {one} et {other} concordent sur {same}{differ}{weight}.",
        "differ": " et diffèrent sur {names}",
        "weight": " ; l'ensemble rend {times} fois plus probable qu'il s'agisse d'une même personne",
        "unlike": "Les fiches {one} et {other} ne concordent sur rien de ce qui est comparé{differ}{weight}.",
        "person": "Une personne en a décidé ainsi ; voir ci-dessous.",
        "steps": "Ce qui s'est passé",
        "assigned": "une fiche a été rattachée à ce numéro",
        "merged": "deux numéros n'en font plus qu'un",
        "set apart": "un numéro a été de nouveau séparé",
        "updated": "une fiche a été modifiée par sa source",
        "withdrawn": "une fiche a été retirée par sa source",
        "step": "{at:%Y-%m-%d} : {what} ({how}{reason})",
        "by matching": "par comparaison des fiches",
        "by a person": "décidé par une personne",
    },
}
_WORDS["en"] |= {"restricted step": "the use of a record was restricted", "lifted": "the restriction was lifted"}
_WORDS["fr"] |= {"restricted step": "l'usage d'une fiche a été limité", "lifted": "la limitation a été levée"}
_BY_A_PERSON: Final = frozenset({"consent", "merge", "split", "forbid", "undo", "restrict", "lift", "rectify"})


@frozen(kw_only=True)
class ExportedRecord:
    """One record.

    Attributes
    ----------
    source, key : str
        Where it comes from.
    received : datetime
        When it came.
    changed : datetime
        When it changed last.
    is_restricted : bool
        Whether it is kept and not used.
    content : Mapping of str to Any
        What it says, without other people.
    """

    source: str
    key: str
    received: datetime
    changed: datetime
    is_restricted: bool
    content: Mapping[str, Any] = field(repr=False)


@frozen(kw_only=True)
class Link:
    """Why two records are together.

    Attributes
    ----------
    one, other : int
        The records, by their places in the export, from 1.
    same, different : tuple of str
        Attributes on which they agree, and those on which they have nothing in common.
    bits : float or None
        Match weight; None where they are not compared or there is no match model.
    """

    one: int
    other: int
    same: tuple[str, ...]
    different: tuple[str, ...]
    bits: float | None


@frozen(kw_only=True)
class Step:
    """Something that happened to the customer.

    Attributes
    ----------
    at : datetime
        When.
    what : str
        What: ``"merged"``, ``"updated"``, …
    by_person : bool
        Whether a person decided it.
    reason : str
        The reason given.
    """

    at: datetime
    what: str
    by_person: bool
    reason: str


@frozen(kw_only=True)
class SubjectExport:
    """All that is held of one customer.

    Attributes
    ----------
    id : CustomerId
        The identifier.
    redirects : tuple of CustomerId
        Others that lead to it.
    made_at : datetime
        When the export was made.
    records : tuple of ExportedRecord
        In the order of their arrival.
    links : tuple of Link
        Why they are together: for each record but the first what joins it most to one before it.
    steps : tuple of Step
        What happened.
    recipients : tuple of str
        To whom the data was passed on.
    """

    id: CustomerId
    redirects: tuple[CustomerId, ...]
    made_at: datetime
    records: tuple[ExportedRecord, ...] = field(repr=False)
    links: tuple[Link, ...] = field(repr=False)
    steps: tuple[Step, ...] = field(repr=False)
    recipients: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the export as JSON, for the person to take along."""
        document = {"format": "custid.subject-export", "version": 1, **asdict(self)}
        return json.dumps(document, ensure_ascii=False, indent=1, default=_plain)

    def text(self, language: str = "en") -> str:
        """Return the export as text.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            Lines.

        Raises
        ------
        ConfigurationError
            If it is another language.
        """
        if language not in _WORDS:
            raise ConfigurationError(f"language: expected one of {', '.join(_WORDS)}, got {language!r}.")
        words = _WORDS[language]
        lines = [words["title"].format(id=self.id, at=self.made_at)]
        if self.redirects:
            lines.append(words["before"].format(ids=", ".join(self.redirects)))
        if self.recipients:
            lines.append(words["recipients"].format(names=", ".join(self.recipients)))
        for number, each in enumerate(self.records, start=1):
            restricted = words["restricted"] if each.is_restricted else ""
            lines += [
                "",
                words["record"].format(
                    number=number, source=each.source, key=each.key, since=each.received, restricted=restricted
                ),
            ]
            lines += [f"  {name}: {value}" for name, value in _flat(each.content)]
        lines += ["", words["why"]]
        lines += [f"  {_told_link(each, language)}" for each in self.links] or [f"  {words['one']}"]
        lines += ["", words["steps"]]
        lines += [f"  {_told_step(each, words)}" for each in self.steps]
        return "\n".join(lines)


def _told_link(link: Link, language: str) -> str:
    words = _WORDS[language]
    differ = words["differ"].format(names=_labels(link.different, language)) if link.different else ""
    weight = ""
    if link.bits is not None and link.bits > 0:
        weight = words["weight"].format(times=_rounded(2.0**link.bits, language))
    same = _labels(link.same, language)
    told = words["link" if same else "unlike"]
    told = told.format(one=link.one, other=link.other, same=same, differ=differ, weight=weight)
    return f"{told} {words['person']}" if not same and link.bits is None else told


def _labels(names: Sequence[str], language: str) -> str:
    place = place_of(language)
    declared = [(name, ATTRIBUTES.get(name)) for name in names]
    return ", ".join(name if each is None else (each.label_en, each.label_fr)[place] for name, each in declared)


def _rounded(times: float, language: str) -> str:
    power = len(str(int(times))) - 1
    rounded = f"{int(times) // 10**power * 10**power:,}"
    return rounded.replace(",", "\u202f") if language == "fr" else rounded


def _told_step(step: Step, words: Mapping[str, str]) -> str:
    how = words["by a person"] if step.by_person else words["by matching"]
    what = words["restricted step"] if step.what == "restricted" else words[step.what]
    return words["step"].format(at=step.at, what=what, how=how, reason=f", {step.reason}" if step.reason else "")


def _flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value, start=1):
            yield from _flat(each, f"{name} {place}")
    elif value not in (None, ""):
        # A value may hold line breaks, which would pass for lines of the text.
        yield name, " ".join(str(value).split())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value)


# Making one


def cut(content: Content, mine: Collection[RecordKey], feed: AnyFeed, *, has_several: bool) -> dict[str, Any]:
    """Return what a record says, without other people.

    Parameters
    ----------
    content : Content
        What it says.
    mine : collection of RecordKey
        The records of the customer.
    feed : Feed or TypedFeed
        What its columns mean.
    has_several : bool
        Whether its names tell several persons.

    Returns
    -------
    dict of str to Any
        Of a typed record, keys of other people's records are replaced by words; of a row, the columns of names are
        withheld where they tell several persons: which one asks, the row does not say.
    """
    values = content.values()
    if feed.schema is None:
        found: dict[str, Any] = _without_others(values, mine)
        return found
    if not has_several:
        return values
    columns = feed.schema.columns
    return {name: _WITHHELD if value and columns.get(name) in _NAMES else value for name, value in values.items()}


def _without_others(value: Any, mine: Collection[RecordKey]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"source", "key"}:
            return value if RecordKey(value["source"], value["key"]) in mine else _SOMEBODY
        return {name: _without_others(each, mine) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_others(each, mine) for each in value]
    return value


def links_of(rows: Sequence[Row], bits: Mapping[tuple[int, int], float]) -> tuple[Link, ...]:
    """Return for each record but the first what joins it most to one before it.

    Parameters
    ----------
    rows : sequence of Row
        What the records mean.
    bits : Mapping of tuple of int to float
        Match weights of those pairs of places that are compared, the smaller place first.

    Returns
    -------
    tuple of Link
        By place.
    """
    held = [dict(row.values) for row in rows]
    found = []
    for place in range(1, len(rows)):
        pairs = [(one, place) for one in range(place)]
        best = max(pairs, key=lambda pair: (bits.get(pair, float("-inf")), len(_shared(held, pair)), -pair[0]))
        same = _shared(held, best)
        both = held[best[0]].keys() & held[place].keys()
        found.append(
            Link(
                one=best[0] + 1,
                other=place + 1,
                same=tuple(sorted(same)),
                different=tuple(sorted(both - same)),
                bits=bits.get(best),
            )
        )
    return tuple(found)


def _shared(held: Sequence[Mapping[str, Sequence[str]]], pair: tuple[int, int]) -> set[str]:
    one, other = held[pair[0]], held[pair[1]]
    return {name for name in one.keys() & other.keys() if not set(one[name]).isdisjoint(other[name])}


def steps_of(entries: Iterable[HistoryEntry]) -> tuple[Step, ...]:
    """Return what happened to a customer, from its history."""
    return tuple(
        Step(
            at=each.at,
            what=_TOLD[each.event.kind],
            by_person=each.cause.kind in _BY_A_PERSON,
            reason=each.cause.reason,
        )
        for each in entries
        if each.event.kind in _TOLD
    )
