"""What a record says, as a store keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from attrs import field, frozen

from custid.errors import InputError
from custid.registry.damage import damaged

__all__ = ["Content"]

_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


@frozen
class Content:
    """The content of a record, as canonical JSON text: equal contents are equal texts.

    Attributes
    ----------
    payload : str
        JSON with sorted keys, without blanks, in ASCII: every database holds it unchanged, whatever characters the
        values have.
    """

    payload: str = field(repr=False)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Content:
        """Return the content of a row, or of any document that JSON can hold.

        Parameters
        ----------
        values : Mapping of str to Any
            Values by name.

        Returns
        -------
        Content
            The content.

        Raises
        ------
        InputError
            If a value is nothing that JSON holds, such as NaN or an object.

        Examples
        --------
        >>> Content.of({"name": "Zoé", "age": None}) == Content.of({"age": None, "name": "Zoé"})
        True
        """
        try:
            return cls(_CANONICAL.encode(dict(values)))
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(
                f"record content: expected what JSON holds, got something else ({type(error).__name__}).",
                hint="Give texts, numbers, booleans, None, lists and dicts; dates as text.",
            ) from None

    @property
    def digest(self) -> str:
        """SHA-256 of the text, as hexadecimal digits."""
        # What is not in ASCII was not made by us, and has another digest.
        return sha256(self.payload.encode("utf-8", "surrogatepass")).hexdigest()

    def values(self) -> dict[str, Any]:
        """Return the values by name; StoreDamagedError if the text is not what :meth:`of` has made."""
        try:
            read: dict[str, Any] = json.loads(self.payload)
        except ValueError:
            raise damaged("a record's content is no JSON") from None
        return read
