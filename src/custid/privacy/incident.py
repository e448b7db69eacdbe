"""What happened when data got where they should not: who is affected, which categories, since when, until when to tell.

Regulation (EU) 2016/679: the authority hears of a breach within 72 hours of its becoming known (article 33), and the
persons where it is a high risk to them (article 34).  What a dossier has to say is listed in article 33(3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from custid.errors import ConfigurationError
from custid.privacy.audit import AuditEntry
from custid.privacy.jurisdictions import JurisdictionPack

__all__ = ["IncidentDossier", "incident"]

_NO_DATA_SEEN: Final = frozenset({"denied"})
_WORDS: Final = {
    "en": {
        "title": "Personal data breach: dossier",
        "known": "Known since",
        "deadline": "The authority has to be told by",
        "left": "{:.0f} hours left",
        "late": "{:.0f} hours late: say why (article 33(1))",
        "first": "First and last act",
        "customers": "Customers affected",
        "categories": "Categories of data",
        "actors": "Actors",
        "actions": "Acts",
        "none": "none",
        "missing": "To be added by a person: likely consequences and measures taken (article 33(3)(c) and (d)); "
        "where the risk to the persons is high, they have to be told as well (article 34).",
    },
    "fr": {
        "title": "Violation de données personnelles : dossier",
        "known": "Connue depuis",
        "deadline": "L'autorité doit être avertie avant le",
        "left": "il reste {:.0f} heures",
        "late": "{:.0f} heures de retard : dire pourquoi (article 33, paragraphe 1)",
        "first": "Premier et dernier acte",
        "customers": "Clients concernés",
        "categories": "Catégories de données",
        "actors": "Acteurs",
        "actions": "Actes",
        "none": "aucun",
        "missing": "À compléter par une personne : conséquences probables et mesures prises (article 33, paragraphe 3, "
        "points c et d) ; si le risque pour les personnes est élevé, elles doivent être averties aussi (article 34).",
    },
}


@frozen(kw_only=True)
class IncidentDossier:
    """What an audit trail tells of a breach.

    Attributes
    ----------
    known_at : datetime
        When it became known, from which the clock runs.
    deadline : datetime
        When the authority has to know.
    customers : tuple of str
        Identifiers of those affected, sorted.
    categories : tuple of str
        Attributes that were seen or changed, sorted.
    actors : tuple of str
        Who acted, sorted.
    actions : tuple of (str, int)
        How often what was done, sorted.
    first, last : datetime or None
        First and last act; None where there was none.
    entries : tuple of int
        Numbers of the entries that it rests on.
    """

    known_at: datetime
    deadline: datetime
    customers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    actions: tuple[tuple[str, int], ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    entries: tuple[int, ...] = ()

    def hours_left(self, at: datetime) -> float:
        """Return the hours until the authority has to know; negative once it is late."""
        return (self.deadline - at) / timedelta(hours=1)

    def to_dict(self) -> dict[str, Any]:
        """Return the dossier for JSON; moments after RFC 3339."""
        return {
            "known_at": self.known_at.isoformat(),
            "deadline": self.deadline.isoformat(),
            "n_customers": len(self.customers),
            "customers": list(self.customers),
            "categories": list(self.categories),
            "actors": list(self.actors),
            "actions": dict(self.actions),
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "entries": list(self.entries),
        }

    def text(self, at: datetime, language: str = "en") -> str:
        """Return the dossier in lines; identifiers are counted here and listed by :meth:`to_dict`.

        Parameters
        ----------
        at : datetime
            Now, for the clock.
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            The text.

        Raises
        ------
        ConfigurationError
            If the language is another one.
        """
        if language not in _WORDS:
            raise ConfigurationError(f"incident: language: expected 'en' or 'fr', got {language[:10]!r}.")
        words = _WORDS[language]
        hours = self.hours_left(at)
        clock = words["left"].format(hours) if hours >= 0 else words["late"].format(-hours)
        period = " / ".join(f"{each:%Y-%m-%d %H:%M %Z}" for each in (self.first, self.last) if each is not None)
        colon = " :" if language == "fr" else ":"
        return "\n".join(
            (
                words["title"],
                f"{words['known']}{colon} {self.known_at:%Y-%m-%d %H:%M %Z}",
                f"{words['deadline']}{colon} {self.deadline:%Y-%m-%d %H:%M %Z} ({clock})",
                f"{words['first']}{colon} {period or words['none']}",
                f"{words['customers']}{colon} {len(self.customers)}",
                f"{words['categories']}{colon} {', '.join(self.categories) or words['none']}",
                f"{words['actors']}{colon} {', '.join(self.actors) or words['none']}",
                f"{words['actions']}{colon} {', '.join(f'{name} {n}' for name, n in self.actions) or words['none']}",
                words["missing"],
            )
        )


def incident(
    entries: Iterable[AuditEntry],
    *,
    since: datetime,
    until: datetime,
    known_at: datetime,
    pack: JurisdictionPack,
    concerns: Callable[[AuditEntry], bool] | None = None,
) -> IncidentDossier:
    """Return what an audit trail tells of a breach.

    Parameters
    ----------
    entries : iterable of AuditEntry
        The trail, or a slice of it.
    since, until : datetime
        The period, both ends included.
    known_at : datetime
        When the breach became known.
    pack : JurisdictionPack
        Tells how many hours there are to tell the authority.
    concerns : callable, optional
        Tells whether an act is part of it, for example those of one account; all acts of the period when not given.

    Returns
    -------
    IncidentDossier
        Acts that were denied show nothing to anybody, and do not count.

    Raises
    ------
    ConfigurationError
        If a moment has no time zone, or the period ends before it begins.

    Examples
    --------
    >>> from datetime import timezone
    >>> from custid.privacy import FRANCE
    >>> noon = datetime(2026, 9, 1, 12, tzinfo=timezone.utc)
    >>> read = AuditEntry(actor="till 3", action="read", customers=("C1",), categories=("contacts.phone",), at=noon)
    >>> found = incident([read], since=noon, until=noon, known_at=noon, pack=FRANCE)
    >>> found.customers, found.categories, found.hours_left(noon)
    (('C1',), ('contacts.phone',), 72.0)
    """
    if any(each.tzinfo is None for each in (since, until, known_at)) or until < since:
        raise ConfigurationError(
            "incident: expected moments with a time zone, the end not before the beginning, got others."
        )
    counted: dict[str, int] = {}
    found = [
        each
        for each in entries
        if each.at is not None
        and since <= each.at <= until
        and each.outcome not in _NO_DATA_SEEN
        and (concerns is None or concerns(each))
    ]
    for each in found:
        counted[each.action] = counted.get(each.action, 0) + 1
    moments = [each.at for each in found if each.at is not None]
    return IncidentDossier(
        known_at=known_at,
        deadline=known_at + timedelta(hours=pack.breach_notice_hours),
        customers=tuple(sorted({customer for each in found for customer in each.customers})),
        categories=tuple(sorted({category for each in found for category in each.categories})),
        actors=tuple(sorted({each.actor for each in found})),
        actions=tuple(sorted(counted.items())),
        first=min(moments, default=None),
        last=max(moments, default=None),
        entries=tuple(each.number for each in found),
    )
