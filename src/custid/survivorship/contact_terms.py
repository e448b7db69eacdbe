"""Names of purposes and channels as sources spell them: an objection holds however it was written."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from custid.standardize.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["channel_named", "purpose_named"]

_NO_LETTER: Final = re.compile(r"[\W_]+")

# Spellings in English and French of the channels that laws speak of; "mail" is a letter to some and no word here.
_SPELLINGS: Final = {
    "automated_call": "automatedcall automaticcall robocall appelautomatise appelautomatique",
    "email": "email emails emailing courriel courriels courrierelectronique electronicmail",
    "phone": "phone phonecall telephone telephonecall call tel appel appeltelephonique",
    "post": "post postal postalmail letter letters courrier courrierpostal lettre",
    "sms": "sms texto textmessage textmessages",
}
_CHANNEL_OF: Final[Mapping[str, str]] = MappingProxyType(
    {spelling: channel for channel, spellings in _SPELLINGS.items() for spelling in spellings.split()}
)


def channel_named(text: str) -> str:
    """Return the channel that a text names.

    Parameters
    ----------
    text : str
        As a source writes it.

    Returns
    -------
    str
        ``"automated_call"``, ``"email"``, ``"phone"``, ``"post"`` or ``"sms"`` for spellings of these; any other text
        in small letters, with single blanks; empty for all channels.

    Examples
    --------
    >>> channel_named("E-Mail"), channel_named("Téléphone "), channel_named("App  push")
    ('email', 'phone', 'app push')
    """
    name = _plain(text)
    return _CHANNEL_OF.get(_NO_LETTER.sub("", fold(name)), name)


def purpose_named(text: str) -> str:
    """Return the purpose that a text names: in small letters, with single blanks.

    Parameters
    ----------
    text : str
        As a source writes it.

    Returns
    -------
    str
        The name by which purposes are compared.

    Examples
    --------
    >>> purpose_named(" Newsletter ")
    'newsletter'
    """
    return _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
