"""Postal addresses of foreign documents: written in their fields, and taken apart where those leave parts together."""

from __future__ import annotations

from attrs import evolve

from custid.model import PostalAddress
from custid.standardize import Parsed, country_code, fold, parse_postal_address
from custid.standardize.countries import COUNTRY_CODES

__all__ = ["street_lines", "taken_apart", "written_locality"]

_TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "NZ", "US"})
# With one of these a text is no whole address, or not one: it stays as it is.
_NOT_TAKEN_APART = frozenset({"placeholder", "several_postcodes", "truncated", "unparsed_line"})


def street_lines(address: PostalAddress, *, with_po_box: bool = True) -> list[str]:
    """Return the lines between the addressee and the locality, composed of the parts."""
    number = " ".join(part for part in (address.number, address.number_ext, address.street) if part)
    extra = (address.recipient, address.unit, address.building, number, address.locality_extra)
    return [part for part in (*extra, address.po_box if with_po_box else "") if part]


def written_locality(address: PostalAddress) -> tuple[str, str]:
    """Return postcode and city as they are written on an envelope: CEDEX where there is no other code."""
    if address.cedex and not address.postcode:
        return address.cedex, address.cedex_label or address.city
    return address.postcode, address.city or address.cedex_label


def taken_apart(address: PostalAddress, country: str) -> Parsed[PostalAddress]:
    """Return an address with the parts that its street, else its lines, hold beyond those that it has."""
    written = [line for text in ((address.street,) if address.street else address.lines) for line in text.splitlines()]
    is_cedex = "cedex" in fold(address.city).split()
    if not (is_cedex or any(line.strip() for line in written)):
        return Parsed((address,), "")
    meant = address.country or country
    lines = [line for line in (*written, _locality(address, meant, "\n".join(written))) if line]
    parsed = parse_postal_address(lines, country=meant if meant in COUNTRY_CODES else "")
    read, raw = parsed.value, parsed.raw
    is_whole = read is not None and not _NOT_TAKEN_APART & {issue.code for issue in parsed.issues}
    if read is None or not is_whole:
        return Parsed((address,), raw, parsed.issues)
    if read.cedex or not (address.postcode or address.city):
        locality = {name: getattr(read, name) for name in ("postcode", "city", "cedex", "cedex_label")}
        address = evolve(address, region=address.region or read.region, **locality)
    if read.street or read.po_box or read.locality_extra:
        beside = ("recipient", "building", "unit", "po_box")
        parts = {name: _both(getattr(address, name), getattr(read, name)) for name in beside}
        parts |= {name: getattr(read, name) for name in ("number", "number_ext", "street", "locality_extra")}
        is_named = read.country != country or country_code(lines[-1]) == read.country
        nation = address.country or (read.country if is_named else "")
        # Where every word found its place the lines say nothing more; a label beside a street is no copy of it.
        is_said = not address.street and not parsed.issues
        address = evolve(address, lines=() if is_said else address.lines, country=nation, **parts)
    return Parsed((address,), raw, parsed.issues)


def _both(stated: str, read: str) -> str:
    return stated if read in {"", stated} else f"{stated} {read}".strip()


def _locality(address: PostalAddress, country: str, written: str) -> str:
    """Return the line of the locality; empty where the others hold it already."""
    mark = fold(address.postcode or address.city)
    if mark and mark in fold(written):
        return ""
    if country in _TOWN_FIRST:
        return f"{address.city}, {address.region} {address.postcode}".strip(", ")
    return f"{address.postcode} {address.city}".strip()
