"""Receipts of what a person has said, and how it is taken back."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from attrs import evolve, field, frozen

from custid.errors import ConfigurationError, InputError
from custid.model import Consent, ConsentStatus, Stated

__all__ = ["RECEIPT_VERSION", "ConsentReceipt", "objection_to", "receipt_of", "withdrawal_of"]

RECEIPT_VERSION: Final = "ISO/IEC TS 27560:2023"
"""The specification whose fields a receipt has."""

_FIELDS: Final = (
    "receipt",
    "version",
    "at",
    "status",
    "purpose",
    "legal_basis",
    "channel",
    "notice",
    "controller",
    "expires",
)


@frozen(kw_only=True)
class ConsentReceipt:
    """What a person gets in writing of what he has said.

    Attributes
    ----------
    receipt : str
        Number of the receipt; random, so that it tells nothing.
    at : datetime
        When it was said.
    status : ConsentStatus
        What was said.
    purpose, legal_basis, channel, notice, controller : str
        As in `custid.model.Consent`.
    expires : datetime or None
        When it ends by itself.
    version : str
        The specification whose fields it has.
    """

    receipt: str
    at: datetime
    status: ConsentStatus
    purpose: str
    legal_basis: str
    channel: str = ""
    notice: str = ""
    controller: str = ""
    expires: datetime | None = None
    version: str = field(default=RECEIPT_VERSION)

    def to_dict(self) -> dict[str, Any]:
        """Return the receipt for JSON; moments after RFC 3339, None for what is not known."""
        values = {name: getattr(self, name) for name in _FIELDS}
        values["status"] = self.status.value
        values["at"] = self.at.isoformat()
        values["expires"] = None if self.expires is None else self.expires.isoformat()
        return values

    @classmethod
    def from_dict(cls, values: Any) -> ConsentReceipt:
        """Return the receipt that :meth:`to_dict` wrote.

        Parameters
        ----------
        values : dict
            As read from JSON.

        Returns
        -------
        ConsentReceipt
            The receipt.

        Raises
        ------
        InputError
            If a field is missing, unknown or of another type.
        """
        if not isinstance(values, dict) or set(values) != set(_FIELDS):
            raise InputError(f"receipt: expected the fields {', '.join(_FIELDS)}, got others.")
        try:
            return cls(
                **{
                    **values,
                    "status": ConsentStatus(values["status"]),
                    "at": datetime.fromisoformat(values["at"]),
                    "expires": None if values["expires"] is None else datetime.fromisoformat(values["expires"]),
                }
            )
        except (TypeError, ValueError):
            raise InputError("receipt: expected a status and moments that can be read, got others.") from None


def receipt_of(stated: Stated[Consent]) -> tuple[ConsentReceipt, Stated[Consent]]:
    """Return the receipt of a consent, a refusal, a withdrawal or an objection.

    Parameters
    ----------
    stated : Stated of Consent
        What was said.

    Returns
    -------
    receipt : ConsentReceipt
        For the person: which notice was shown, for what, when.
    stated : Stated of Consent
        The same statement with the number of the receipt; the one given if it has a number already.

    Examples
    --------
    >>> from datetime import timezone
    >>> from custid.model import Provenance
    >>> now = datetime(2026, 9, 1, tzinfo=timezone.utc)
    >>> by = Provenance(source="web", record="7", observed_at=now, recorded_at=now)
    >>> said = Consent(purpose="newsletter", status=ConsentStatus.GIVEN, notice="2026-02", receipt="r1")
    >>> receipt_of(Stated(said, by))[0].notice
    '2026-02'
    """
    said = stated.value
    if not said.receipt:
        said = evolve(said, receipt=secrets.token_hex(12))
        stated = evolve(stated, value=said)
    receipt = ConsentReceipt(
        receipt=said.receipt,
        at=said.at or stated.by.observed_at,
        status=said.status,
        purpose=said.purpose,
        legal_basis=said.legal_basis,
        channel=said.channel,
        notice=said.notice,
        controller=said.controller,
        expires=said.expires,
    )
    return receipt, stated


def withdrawal_of(consent: Consent, *, at: datetime) -> Consent:
    """Return what takes a consent back: one call, as giving it is one.

    Parameters
    ----------
    consent : Consent
        The consent.
    at : datetime
        When it is taken back, with a time zone.

    Returns
    -------
    Consent
        The same purpose, channel and controller, withdrawn; to be stated in a record like any other word.

    Raises
    ------
    ConfigurationError
        If it was never given.
    """
    if consent.status not in {ConsentStatus.GIVEN, ConsentStatus.EXPIRED}:
        raise ConfigurationError(
            f"withdrawal_of: expected a consent that was given, got one that is {consent.status.value}.",
            hint="To object to what needs no consent, use objection_to.",
        )
    return evolve(consent, status=ConsentStatus.WITHDRAWN, at=at, expires=None, receipt="")


def objection_to(purpose: str, *, at: datetime, channel: str = "", controller: str = "") -> Consent:
    """Return an objection (Regulation (EU) 2016/679, article 21): nobody has to say why.

    Parameters
    ----------
    purpose : str
        What the person objects to.
    at : datetime
        When, with a time zone.
    channel : str
        The channel; empty for all.
    controller : str
        Who is responsible for the data.

    Returns
    -------
    Consent
        With the status ``OBJECTED``.
    """
    return Consent(
        purpose=purpose,
        status=ConsentStatus.OBJECTED,
        legal_basis="legitimate interest",
        channel=channel,
        controller=controller,
        at=at,
    )
