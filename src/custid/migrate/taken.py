"""What became of each setting of another library."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

__all__ = ["Setting", "SettingFate", "settings_text"]


class SettingFate(StrEnum):
    """What became of a setting.

    ``TAKEN``: it means the same here.  ``CHANGED``: something else does its work, and may give other results.
    ``NOT_TAKEN``: nothing here does its work.  ``NOT_NEEDED``: it settles nothing about customers.
    """

    TAKEN = "taken"
    CHANGED = "changed"
    NOT_TAKEN = "not taken"
    NOT_NEEDED = "not needed"


@frozen(kw_only=True)
class Setting:
    """One setting of another library, and what became of it.

    Attributes
    ----------
    name : str
        Where it stands in the document.
    fate : SettingFate
        What became of it.
    note : str
        How, or why not.
    """

    name: str
    fate: SettingFate
    note: str

    def __str__(self) -> str:
        return f"{self.fate.value:<11}{self.name}: {self.note}"


def settings_text(settings: Iterable[Setting]) -> str:
    """Return settings as lines, those first that need a person's eye.

    Parameters
    ----------
    settings : iterable of Setting
        In the order of the document, which is kept within each fate.

    Returns
    -------
    str
        One line each.

    Examples
    --------
    >>> print(settings_text([Setting(name="link_type", fate=SettingFate.TAKEN, note="dedupe")]))
    taken      link_type: dedupe
    """
    order = [SettingFate.NOT_TAKEN, SettingFate.CHANGED, SettingFate.TAKEN, SettingFate.NOT_NEEDED]
    return "\n".join(map(str, sorted(settings, key=lambda each: order.index(each.fate))))
