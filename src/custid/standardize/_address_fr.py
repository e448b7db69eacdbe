"""Addresses of France and of the countries that write them alike, taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from custid.standardize._address_fr_cut import Kind, Part, cut
from custid.standardize._address_fr_words import (
    ARTICLES,
    EXPANDED,
    JOINING,
    KINDS,
    PLAIN_KINDS,
    WORDS,
    expanded_street,
    house_number,
    is_department,
    is_french_postcode,
    is_road,
    postcode_at,
    trailing_number,
)
from custid.standardize._address_pieces import Draft, Piece, Word, is_party, joined, opens
from custid.standardize.countries import country_code
from custid.standardize.locales import FRENCH

__all__ = ["read_french"]

_FRENCH_STREETS: Final = frozenset({"FR", "MC", "BE", "CH", "LU", ""})
_NUMBER_MARK: Final = "0"
_NEIGHBORS: Final = frozenset({"FR", "BE", "CH", "LU", "MC", "DE", "ES", "IT", "GB"})


_FIELDS: Final = {
    Kind.PO_BOX: "po_box",
    Kind.UNIT: "unit",
    Kind.BUILDING: "building",
    Kind.PLACE: "locality_extra",
    Kind.RECIPIENT: "recipient",
}


def read_french(pieces: Sequence[Piece], draft: Draft) -> None:
    """Read the pieces of an address into a draft.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces, in their order, without the country.
    draft : Draft
        Gets the parts and the issues; its country decides what a postcode is.
    """
    parts = [part for piece in _with_extensions(pieces) for part in cut(piece, draft.country)]
    parts = _with_numbers(_without_department(parts, draft))
    _find_short_postcode(parts, draft)
    _read_localities([part for part in parts if part.kind is Kind.LOCALITY], draft)
    _read_city(parts, draft)
    _read_street(parts, draft)
    _name_others(parts, draft)
    for part in parts:
        if part.kind in _FIELDS:
            is_expanded = part.words[0].key in EXPANDED.get(_FIELDS[part.kind], ())
            draft.put(_FIELDS[part.kind], expanded_street(part.words) if is_expanded else part.text)
    if not (draft.has("postcode") or draft.has("cedex") or draft.has("city")):
        draft.note("no_locality")


def _with_extensions(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Return the pieces with a house number that a comma cut off from its extension (``18, bis``) joined to that."""
    pending: Piece | None = None
    for piece in pieces:
        whole = piece if pending is None else Piece((*pending.words, *piece.words), piece.line)
        number = house_number(whole.words)
        if pending is not None and (number is None or number.n_words == len(pending.words)):
            yield pending
            whole = piece
            number = house_number(whole.words)
        pending = whole if number is not None and number.n_words == len(whole.words) else None
        if pending is None:
            yield whole
    if pending is not None:
        yield pending


def _without_department(parts: list[Part], draft: Draft) -> list[Part]:
    """Return the parts without the number of a department behind the city, as in ``Lille (59)``."""
    if len(parts) < 2 or parts[-1].kind is not Kind.NUMBER or parts[-2].kind not in {Kind.OTHER, Kind.LOCALITY}:
        return parts
    if not is_department(parts[-1].text) or draft.country != "FR":
        return parts
    draft.parts["region"] = parts[-1].text
    return parts[:-1]


def _with_numbers(parts: list[Part]) -> list[Part]:
    """Return the parts with each house number that a comma cut off joined to its street."""
    kept: list[Part] = []
    pending: Part | None = None
    for part in parts:
        if part.kind is Kind.NUMBER:
            previous = kept[-1] if kept else None
            is_behind = previous is not None and previous.kind is Kind.STREET and house_number(previous.words) is None
            if is_behind and previous is not None:
                previous.words[:0] = part.words
            elif pending is None:
                pending = part
            continue
        if pending is not None and part.kind not in {Kind.LOCALITY, Kind.PO_BOX, Kind.UNIT, Kind.RECIPIENT}:
            kept.append(Part(Kind.STREET, [*pending.words, *part.words], part.line))
            pending = None
        else:
            kept.append(part)
    if pending is not None:
        kept.append(Part(Kind.STREET, pending.words, pending.line))
    return kept


def _find_short_postcode(parts: Sequence[Part], draft: Draft) -> None:
    """Take the last street for a locality whose postcode has lost a digit (``6000 NICE``) where there is no other."""
    if any(part.kind is Kind.LOCALITY for part in parts):
        return
    last = next((part for part in reversed(parts) if part.kind is Kind.STREET), None)
    if last is None or last is not parts[-1]:
        return
    number = house_number(last.words)
    # "n° 6000" and "2-14" are numbers of houses.
    is_short = number is not None and number.n_words == 1 and number.number.isdecimal() and len(number.number) == 4
    if number is not None and is_short and not number.ext and not opens(last.words, 1, KINDS):
        last.kind = Kind.LOCALITY
        draft.note("invalid_postcode")
        draft.parts["postcode"] = number.number
        draft.parts["city"] = joined(last.words[1:])


def _read_localities(parts: Sequence[Part], draft: Draft) -> None:
    """Read postcode and city, and apart from them the code and the label of a CEDEX."""
    city_of_cedex = ""
    for part in parts:
        if draft.has("postcode") and "invalid_postcode" in draft.codes:
            return
        postcode, words = _split_locality(part.words, draft.country)
        if any(word.key.startswith("cedex") for word in words):
            draft.parts["cedex"] = postcode
            draft.parts["cedex_label"] = joined(words)
            place = next(place for place, word in enumerate(words) if word.key.startswith("cedex"))
            city_of_cedex = joined(words[:place])
            continue
        if postcode and draft.has("postcode"):
            draft.note("several_postcodes")
        if postcode:
            draft.parts["postcode"] = postcode
        city, country = _without_country(words)
        if city:
            draft.parts["city"] = joined(city).rstrip(" .:")
        if country:
            draft.country = country
        if postcode and draft.country == "FR":
            _check_postcode(postcode, draft)
    if not draft.has("city"):
        draft.parts["city"] = city_of_cedex


def _check_postcode(postcode: str, draft: Draft) -> None:
    if postcode.startswith("980"):
        draft.country = "MC"
    elif not is_french_postcode(postcode):
        draft.note("invalid_postcode")


def _split_locality(words: Sequence[Word], country: str) -> tuple[str, Sequence[Word]]:
    """Return the postcode of a locality, which stands before or behind the city, and the other words."""
    postcode, n_words = postcode_at(words, 0, country)
    if n_words:
        return postcode, words[n_words:]
    for n_words in (2, 1):
        postcode, n_found = postcode_at(words, len(words) - n_words, country) if len(words) > n_words else ("", 0)
        if n_found == n_words:
            return postcode, words[:-n_words]
    return "", words


def _without_country(words: Sequence[Word]) -> tuple[Sequence[Word], str]:
    """Return a city without the neighboring country that is written behind it, and the code of that country."""
    for n_words in (2, 1):
        if len(words) <= n_words or words[-n_words - 1].key in JOINING:
            continue
        name = joined(words[-n_words:])
        code = country_code(name)
        if code in _NEIGHBORS and len(name) > 3:
            return words[:-n_words], code
    return words, ""


def _read_city(parts: Sequence[Part], draft: Draft) -> None:
    """Take the words beside a postcode that stands alone for the city."""
    if draft.has("city") or not (draft.has("postcode") or draft.has("cedex")):
        return
    at = next(place for place, part in enumerate(parts) if part.kind is Kind.LOCALITY)
    for place in (at + 1, at - 1):
        if 0 <= place < len(parts) and parts[place].kind is Kind.OTHER:
            parts[place].kind = Kind.LOCALITY
            draft.parts["city"] = parts[place].text
            return


def _read_street(parts: Sequence[Part], draft: Draft) -> None:
    """Read house number and street, of several streets the first numbered one; the others become places."""
    streets = [part for part in parts if part.kind is Kind.STREET]
    if not streets:
        streets = [part for part in parts if part.kind is Kind.PLACE and opens(part.words, 0, WORDS["zone"])][:1]
    if not streets and draft.country not in _FRENCH_STREETS:
        # Kinds of streets are not known elsewhere: "Hauptstraße 5" shows by its number.
        streets = [part for part in parts if part.kind is Kind.OTHER and trailing_number(part.words) is not None][:1]
    if not streets:
        return
    street = next((part for part in streets if house_number(part.words) is not None), streets[0])
    kind = Kind.BUILDING
    for part in streets:
        if part is street:
            kind = Kind.PLACE
        else:
            part.kind = kind
    number = house_number(street.words)
    is_behind = False
    words = street.words
    if number is not None:
        words = words[number.n_words :]
    else:
        number = trailing_number(words)
        is_behind = number is not None
        words = words[: -number.n_words] if number is not None else words
    if number is not None and number.number.strip(_NUMBER_MARK):
        draft.parts["number"] = number.number
        draft.parts["number_ext"] = number.ext
    if number is not None and words and draft.country in _FRENCH_STREETS and not (is_behind or _is_street(words)):
        street.kind = Kind.PLACE
        street.words = list(words)
        return
    street.kind = Kind.STREET
    draft.parts["street"] = expanded_street(words)


def _is_street(words: Sequence[Word]) -> bool:
    """Tell whether what follows a house number is a street, rather than a hamlet or a farm."""
    if opens(words, 0, WORDS["hamlet"]):
        return False
    if is_road(words, 0):
        return True
    return bool(opens(words, 0, KINDS | WORDS["zone"])) or any(word.key in PLAIN_KINDS for word in words[1:3])


def _name_others(parts: Sequence[Part], draft: Draft) -> None:
    """Decide by their place what the parts are that no word gives away."""
    kinds = [part.kind for part in parts]
    street = kinds.index(Kind.STREET) if Kind.STREET in kinds else len(parts)
    locality = kinds.index(Kind.LOCALITY) if Kind.LOCALITY in kinds else len(parts)
    has_place = Kind.PLACE in kinds or street < len(parts)
    others = [place for place, kind in enumerate(kinds) if kind is Kind.OTHER]
    for place in others:
        part = parts[place]
        is_last = place == len(parts) - 1 and not draft.has("city")
        if is_party(part.words, FRENCH) and not (is_last and street < place):
            part.kind = Kind.RECIPIENT
        elif is_last:
            part.kind = Kind.LOCALITY
            draft.parts["city"] = part.text
        elif place > locality > 0 and (street > place or street < locality):
            draft.note("unparsed_line")
        elif street < place or (not has_place and place == others[-1] and (place > 0 or _is_hamlet(part, len(parts)))):
            part.kind = Kind.PLACE
        elif place == 0 and part.words[0].key not in ARTICLES and len(parts) > 1:
            part.kind = Kind.RECIPIENT
        else:
            part.kind = Kind.BUILDING


def _is_hamlet(part: Part, n_parts: int) -> bool:
    """Tell whether the first line of an address without a street is a hamlet rather than the addressee."""
    return part.words[0].key in ARTICLES or n_parts <= 2
