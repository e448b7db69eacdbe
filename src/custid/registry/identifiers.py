"""Identifiers of customers: what they look like, and how they are read.

An identifier is opaque: it tells neither who the customer is nor when, where or in which order it was issued.
"""

from __future__ import annotations

from typing import Final, NewType, Protocol

from attrs import field, frozen

from custid.errors import ConfigurationError, IdentifierError

__all__ = ["AdoptedScheme", "Base32Scheme", "CustomerId", "CustomerIdScheme", "check_symbol"]

CustomerId = NewType("CustomerId", str)
"""The persistent identifier of a customer, in the one spelling of its scheme."""

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_N_PAYLOAD: Final = 15
_N_SYMBOLS: Final = _N_PAYLOAD + 1
_GROUP: Final = 4
_N_CHARACTERS: Final = _N_SYMBOLS + (_N_SYMBOLS - 1) // _GROUP
_VALUE_OF: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
# What Crockford reads for letters that look like digits.
_READ_AS: Final = str.maketrans("abcdefghijklmnopqrstuvwxyzOIL", "ABCDEFGH1JK1MN0PQRSTUVWXYZ011")
_SEPARATORS: Final = str.maketrans({"-": None, " ": None, "\u2010": None, "\u2011": None, "\u2013": None})
_LONGEST_READ: Final = 64


class CustomerIdScheme(Protocol):
    """What identifiers look like."""

    @property
    def name(self) -> str:
        """Name of the scheme; a registry keeps it and refuses to be opened with another one."""
        ...

    def parse(self, text: str, /) -> CustomerId:
        """Return the identifier that a text means, in its one spelling.

        Raises
        ------
        IdentifierError
            If it means none; the message says what is wrong and does not repeat the text.
        """
        ...


def _times_x(value: int) -> int:
    """Multiply by x in GF(32), the polynomials over GF(2) modulo x^5 + x^2 + 1."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def _products() -> tuple[bytes, ...]:
    """Return for each exponent below 31 a table of products with that power of x, by the lowest five bits of a byte."""
    tables = [bytes(value & 31 for value in range(256))]
    while len(tables) < _N_POWERS:
        tables.append(bytes(map(_times_x, tables[-1])))
    return tuple(tables)


_N_POWERS: Final = 31
_TIMES: Final = _products()
_SYMBOLS: Final = bytes(ord(ALPHABET[value & 31]) for value in range(256))


def _checks(columns: list[bytes], n: int) -> bytes:
    """Return the check values of ``n`` payloads, whose values stand in a column for each place.

    Sums in GF(32) are exclusive ors, which a whole column can have at once.
    """
    total = 0
    for power, column in enumerate(reversed(columns), start=1):
        total ^= int.from_bytes(column.translate(_TIMES[power]))
    return total.to_bytes(n)


def check_symbol(payload: str) -> str:
    """Return the symbol that makes the weighted sum of an identifier zero.

    Parameters
    ----------
    payload : str
        Symbols of Crockford's alphabet, 30 at most.

    Returns
    -------
    str
        One symbol of the same alphabet.

    Notes
    -----
    Symbols are elements of GF(32); the one at position i from the right has the weight x^i, the check symbol has
    x^0 = 1, and the weighted sum of all is 0.  A wrong symbol changes the sum by its error times x^i, which is not 0.
    Exchanging two unequal symbols at positions i and j changes it by (a + b)(x^i + x^j), which is not 0 either, as the
    powers of x are distinct for exponents below 31.  So every substitution of one symbol and every transposition of
    two is noticed.

    References
    ----------
    .. [1] Peterson, Brown (1961), Cyclic codes for error detection, Proceedings of the IRE 49(1), for codes over
       fields; the alphabet is that of D. Crockford, Base 32 encoding.

    Examples
    --------
    >>> check_symbol("0" * 14 + "1")
    '2'
    """
    return ALPHABET[_checks([bytes([_VALUE_OF[symbol]]) for symbol in payload], 1)[0]]


@frozen(kw_only=True)
class Base32Scheme:
    """Sixteen symbols of Crockford's alphabet, ``XXXX-XXXX-XXXX-XXXC``: 75 bits and a check symbol.

    Reading is tolerant of case, of hyphens and blanks anywhere, and of ``O`` for 0, ``I`` and ``L`` for 1.  The
    alphabet has no ``U``.

    Examples
    --------
    >>> scheme = Base32Scheme()
    >>> scheme.encode(12345)
    '0000-0000-0000-C1SW'
    >>> scheme.parse("oooo oooo oooo clsw")
    '0000-0000-0000-C1SW'
    """

    name: str = field(default="custid-base32", init=False)

    def encode(self, number: int) -> CustomerId:
        """Return the identifier of a number.

        Parameters
        ----------
        number : int
            From 0 to 2^75 - 1.

        Returns
        -------
        CustomerId
            With its check symbol, in four groups of four.

        Raises
        ------
        ConfigurationError
            If the number is out of range.
        """
        if not 0 <= number < 1 << 5 * _N_PAYLOAD:
            raise ConfigurationError(f"identifier: expected a number of {5 * _N_PAYLOAD} bits, got another.")
        return self.encode_many(bytes(number >> 5 * place & 31 for place in reversed(range(_N_PAYLOAD))))[0]

    def encode_many(self, values: bytes) -> list[CustomerId]:
        """Return many identifiers, as fast as bytes can be translated.

        Parameters
        ----------
        values : bytes
            Fifteen for each identifier, the first for the leftmost symbol; of each the lowest five bits count.

        Returns
        -------
        list of CustomerId
            One for each fifteen bytes.

        Raises
        ------
        ConfigurationError
            If their number is no multiple of fifteen.

        Examples
        --------
        >>> Base32Scheme().encode_many(bytes(13) + bytes([12, 1]) + bytes(15))
        ['0000-0000-0000-0C1Q', '0000-0000-0000-0000']
        """
        if len(values) % _N_PAYLOAD:
            raise ConfigurationError(f"identifiers: expected {_N_PAYLOAD} bytes for each, got {len(values)} in all.")
        columns = [values[place::_N_PAYLOAD] for place in range(_N_PAYLOAD)]
        n = len(columns[0])
        columns.append(_checks(columns, n))
        texts = bytearray(b"-" * (_N_CHARACTERS * n))
        for place, column in enumerate(columns):
            texts[place + place // _GROUP :: _N_CHARACTERS] = column.translate(_SYMBOLS)
        whole = texts.decode("ascii")
        return [
            CustomerId(whole[start : start + _N_CHARACTERS]) for start in range(0, _N_CHARACTERS * n, _N_CHARACTERS)
        ]

    def parse(self, text: str, /) -> CustomerId:
        """Return the identifier that a text means.

        Parameters
        ----------
        text : str
            As somebody typed it.

        Returns
        -------
        CustomerId
            In its one spelling.

        Raises
        ------
        IdentifierError
            If a symbol is not of the alphabet, there are not 16, or the check symbol does not fit.
        """
        _require_text(text)
        if len(text) > _LONGEST_READ:
            raise IdentifierError(
                f"identifier: expected {_N_SYMBOLS} symbols, got a text of {len(text)} characters.", hint=_HINT
            )
        symbols = text.strip().translate(_SEPARATORS).translate(_READ_AS)
        for position, symbol in enumerate(symbols, start=1):
            if symbol not in _VALUE_OF:
                raise IdentifierError(
                    f"identifier: symbol {position}: expected a digit or a letter other than U, got another.",
                    hint=_HINT,
                )
        if len(symbols) != _N_SYMBOLS:
            raise IdentifierError(f"identifier: expected {_N_SYMBOLS} symbols, got {len(symbols)}.", hint=_HINT)
        if check_symbol(symbols[:-1]) != symbols[-1]:
            raise IdentifierError(
                "identifier: the check symbol does not fit: at least one symbol is wrong, or two are exchanged.",
                hint="Compare it with the original, symbol by symbol; 0 and O, 1, I and L are read alike.",
            )
        return _grouped(symbols)


_HINT: Final = "An identifier looks like 0000-0000-0000-C1SW; case, hyphens and blanks do not matter."


def _require_text(value: object) -> None:
    if not isinstance(value, str):
        raise IdentifierError(f"identifier: expected a text, got a {type(value).__name__}.", hint=_HINT)


def _grouped(symbols: str) -> CustomerId:
    return CustomerId("-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP)))


@frozen(kw_only=True)
class AdoptedScheme:
    """Customer numbers that the application has had all along, kept as they are.

    New identifiers are issued by ``issued``, so that a number of the application is never made up; both kinds are
    read.

    Attributes
    ----------
    issued : CustomerIdScheme
        Scheme of the identifiers that the registry issues itself.
    prefix : str
        What stands before an adopted number, so that none can be taken for an issued identifier; not empty, without
        hyphens, ending with a character outside the alphabet, such as ``":"``.

    Raises
    ------
    ConfigurationError
        If the prefix could be part of an issued identifier.

    Examples
    --------
    >>> scheme = AdoptedScheme(prefix="crm:")
    >>> scheme.adopt("10045")
    'crm:10045'
    >>> scheme.parse(" CRM:10045 ")
    'crm:10045'
    >>> scheme.parse("0000-0000-0000-C1SW")
    '0000-0000-0000-C1SW'
    """

    issued: CustomerIdScheme = field(factory=Base32Scheme)
    prefix: str = "own:"

    def __attrs_post_init__(self) -> None:
        if not self.prefix or self.prefix[-1].isalnum() or "-" in self.prefix or not self.prefix.isprintable():
            raise ConfigurationError(
                f"adopted scheme: prefix: expected a text that ends with a mark such as ':', got {self.prefix!r}."
            )

    @property
    def name(self) -> str:
        """Name of the scheme: that of the issued identifiers and the prefix."""
        return f"{self.issued.name}+{self.prefix}"

    def adopt(self, number: str) -> CustomerId:
        """Return the identifier that a number of the application becomes.

        Parameters
        ----------
        number : str
            As the application writes it; blanks around it are dropped, nothing else is changed.

        Returns
        -------
        CustomerId
            The number after the prefix.

        Raises
        ------
        IdentifierError
            If it is empty, longer than 64 characters, or holds a blank or a control character.
        """
        _require_text(number)
        kept = number.strip()
        if not kept or len(kept) > _LONGEST_READ or not kept.isprintable() or any(map(str.isspace, kept)):
            raise IdentifierError(
                f"adopted identifier: expected 1 to {_LONGEST_READ} characters without blanks, got another text.",
                hint="Give the number as the application stores it.",
            )
        return CustomerId(self.prefix + kept)

    def parse(self, text: str, /) -> CustomerId:
        """Return the identifier, adopted or issued, that a text means.

        Parameters
        ----------
        text : str
            As somebody typed it; the case of the prefix does not matter, that of the number does.

        Returns
        -------
        CustomerId
            In its one spelling.

        Raises
        ------
        IdentifierError
            If it is neither.
        """
        _require_text(text)
        stripped = text.strip()
        head, number = stripped[: len(self.prefix)], stripped[len(self.prefix) :]
        return self.adopt(number) if head.casefold() == self.prefix.casefold() else self.issued.parse(text)
