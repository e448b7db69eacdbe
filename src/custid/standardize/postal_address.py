"""Postal addresses, taken apart: France after NF Z10-011, Great Britain, the United States, and what resembles them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from custid.errors import ConfigurationError
from custid.model.statements import Issue
from custid.model.values import PostalAddress
from custid.standardize._address_country import named_country
from custid.standardize._address_en import ENGLISH_COUNTRIES, read_english
from custid.standardize._address_fr import read_french
from custid.standardize._address_pieces import Draft, Piece, cut_at_separators
from custid.standardize.countries import COUNTRY_CODES, country_code
from custid.standardize.locales import FRENCH
from custid.standardize.placeholders import is_placeholder
from custid.standardize.text import fold
from custid.standardize.values import Parsed

__all__ = ["parse_postal_address"]

_MAX_LINES: Final = 6
_MAX_LINE: Final = 38
_MAX_READ: Final = 1_000
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ELLIPSIS: Final = ("...", "\N{HORIZONTAL ELLIPSIS}")


def parse_postal_address(raw: str | Sequence[str], *, country: str = "FR") -> Parsed[PostalAddress]:
    r"""Return the parts of a postal address.

    Parameters
    ----------
    raw : str or sequence of str
        The address: lines separated by line breaks, one line with commas (or without), or a sequence of lines.
    country : str, default "FR"
        ISO 3166-1 alpha-2 code of the country that is meant where the address names none; empty for none.

    Returns
    -------
    Parsed of PostalAddress
        At most one address, whose text is as written, except that ``number_ext`` is in capitals, that a French kind of
        street abbreviated after NF Z10-011 is spelled out (``RES`` and ``HAM`` before a building and a hamlet too), and
        that a house number 0 is dropped; several texts of one part are joined by a blank.  Its ``lines`` are those of
        the input with single blanks, without the country; none for an input of one line.  The raw text of a sequence
        is its lines joined by line breaks.

        Issues: ``"placeholder"``, ``"no_locality"`` (neither postcode nor city), ``"invalid_postcode"``,
        ``"several_postcodes"``, ``"unparsed_line"`` (words that belong to no part), ``"too_many_lines"``,
        ``"line_too_long"`` (six lines of 38 characters in France), ``"truncated"`` (the text ends in an ellipsis, or
        only its first 1,000 characters were read).

    Raises
    ------
    ConfigurationError
        If ``country`` is no country code.  No text raises.

    Examples
    --------
    >>> address = parse_postal_address("Mme Petit\nBât. B\n12 bis av. des Lilas\nBP 40\n75380 PARIS CEDEX 08").value
    >>> address.number, address.number_ext, address.street, address.building, address.po_box
    ('12', 'BIS', 'avenue des Lilas', 'Bât. B', 'BP 40')
    >>> address.postcode, address.cedex, address.cedex_label, address.city
    ('', '75380', 'PARIS CEDEX 08', 'PARIS')
    >>> parse_postal_address("Flat 3, 12 High Street, Norwich NR1 1AA, UK").value.postcode
    'NR1 1AA'
    """
    if country and country not in COUNTRY_CODES:
        raise ConfigurationError(
            f"country: expected an ISO 3166-1 alpha-2 code in capitals, got {country!r}.",
            hint="country_code() reads names of countries.",
        )
    text = raw if isinstance(raw, str) else "\n".join(raw)
    if is_placeholder("street", text) or is_placeholder("place", text):
        return Parsed((), text, (Issue("placeholder"),))
    if not fold(text):
        return Parsed((), text)
    draft = Draft(country)
    if len(text) > _MAX_READ or text.rstrip().endswith(_ELLIPSIS):
        draft.note("truncated")
    lines = [line for line in (" ".join(line.split()) for line in text[:_MAX_READ].splitlines()) if line]
    pieces = [piece for number, line in enumerate(lines) for piece in cut_at_separators(line, number)]
    named = named_country(pieces, country)
    if named.code:
        draft.country, draft.is_country_named = named.code, True
        kept = {piece.line for piece in named.pieces}
        lines = [line for number, line in enumerate(lines) if number in kept]
    if draft.country in ENGLISH_COUNTRIES:
        read_english(named.pieces, draft)
    else:
        read_french(named.pieces, draft)
    if named.city and not draft.has("city"):
        draft.put("city", named.city)
    _check_words(named.pieces, draft)
    _check_lines(lines, draft)
    address = draft.address(lines if len(lines) > 1 else ())
    return Parsed((address,) if address is not None else (), text, draft.issues())


def _check_words(pieces: Sequence[Piece], draft: Draft) -> None:
    """Note words that came into no part; those that say nothing, and a house number 0, may stay out."""
    known = "".join(fold(text).replace(" ", "") for text in draft.parts.values())
    for piece in pieces:
        for word in piece.words:
            is_spelled_out = word.key in FRENCH.street_front or word.key.strip("0no") in {"", "et"}
            digits = word.key.lstrip(_LETTERS)
            is_signed = digits != "" and digits in known
            is_country = draft.country != "" and country_code(word.text) == draft.country
            if word.key not in known and not (is_spelled_out or is_signed or is_country):
                draft.note("unparsed_line")


def _check_lines(lines: Sequence[str], draft: Draft) -> None:
    """Note lines that no French envelope has room for."""
    if draft.country != "FR" or len(lines) < 2:
        return
    if len(lines) > _MAX_LINES:
        draft.note("too_many_lines")
    if any(len(line) > _MAX_LINE for line in lines):
        draft.note("line_too_long")
