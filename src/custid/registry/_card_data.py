"""A card as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custid.serde.documents import value_to_data

if TYPE_CHECKING:
    from datetime import date

    from custid.privacy import Seen
    from custid.registry.card import Card, CardValue

__all__ = ["data_of", "seen_data"]

_SECTIONS = ("identity", "contacts", "preferences", "roles", "relations", "holdings", "life_events", "worth", "notes")


def data_of(card: Card) -> dict[str, Any]:
    status = card.status
    return {
        "customer": card.customer,
        "redirects": list(card.redirects),
        "at": card.at.isoformat(),
        "kinds": list(card.kinds),
        "records": [list(each) for each in card.records],
        "n_restricted": card.n_restricted,
        "status": None if status is None else {"kind": status.kind.value, "since": _day(status.since)},
        "customer_since": _day(card.customer_since),
        "tenure_days": card.tenure_days,
        "origin": None if card.origin is None else seen_data(card.origin),
        "newest": None if card.newest is None else card.newest.isoformat(),
        "oldest": None if card.oldest is None else card.oldest.isoformat(),
        **{name: [_value(each) for each in getattr(card, name)] for name in _SECTIONS},
        "due": [seen_data(each) for each in card.due],
        "timeline": [seen_data(each) for each in card.timeline],
        "threads": [
            {
                "name": each.name,
                "channels": list(each.channels),
                "interactions": [seen_data(one) for one in each.interactions],
            }
            for each in card.threads
        ],
        "open_requests": [seen_data(each) for each in card.open_requests],
        "consents": [
            {"status": None if each.status is None else each.status.value, **seen_data(each.seen)}
            for each in card.consents
        ],
        "unread": [
            {
                "attribute": each.attribute,
                "masked" if each.is_masked else "text": each.text,
                "source": each.source,
                "record": each.record,
                "observed_at": each.observed_at.isoformat(),
            }
            for each in card.unread
        ],
        "linked": [{"record": list(key), "customer": customer} for key, customer in card.linked.items()],
    }


def _value(value: CardValue) -> dict[str, Any]:
    return {
        **seen_data(value.seen),
        "slot": value.slot,
        "rule": value.rule,
        "conflict": value.conflict.value,
        "others": [seen_data(each) for each in value.others],
    }


def seen_data(seen: Seen) -> dict[str, Any]:
    """Return a statement as an actor sees it, as plain data; of a masked one the mask, source and date."""
    stated = seen.stated
    found: dict[str, Any] = {
        "attribute": seen.attribute,
        "facet": seen.facet,
        "source": seen.source,
        "record": seen.record,
        "observed_at": seen.observed_at.isoformat(),
    }
    if stated is None:
        return {**found, "masked": seen.text}
    by = stated.by
    return {
        **found,
        "value": value_to_data(stated.value),
        "recorded_at": by.recorded_at.isoformat(),
        "basis": by.basis.value,
        "is_verified": bool(by.verified),
        "valid": value_to_data(stated.valid),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
