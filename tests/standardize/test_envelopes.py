"""The lines of an envelope."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import PostalAddress
from custid.standardize.envelopes import address_lines
from custid.standardize.postal_address import parse_postal_address
from custid.standardize.text import fold

_FULL = PostalAddress(
    recipient="Chez M. Grand", unit="Appt 4", building="Résidence du Lac", number="12", number_ext="BIS",
    street="rue de l'Église", locality_extra="Kerlac", postcode="35000", city="Saint-Rémy", country="FR",
)  # fmt: skip


def test_french_envelope() -> None:
    """Below the building a French envelope is in capitals without accents and punctuation."""
    assert address_lines(attrs.evolve(_FULL, unit="")) == (
        "Chez M. Grand", "Résidence du Lac", "12 BIS RUE DE L EGLISE", "KERLAC", "35000 SAINT REMY",
    )  # fmt: skip


def test_seven_parts_share_six_lines() -> None:
    """Where there are more than six parts, those that NF Z10-011 puts together share a line."""
    address = attrs.evolve(_FULL, po_box="BP 12")
    assert address_lines(address, recipient="Mme Anne PETIT") == (
        "Mme Anne PETIT", "Chez M. Grand", "Appt 4 Résidence du Lac", "12 BIS RUE DE L EGLISE", "KERLAC BP 12",
        "35000 SAINT REMY",
    )  # fmt: skip


def test_street_is_abbreviated_only_where_it_is_long() -> None:
    """A street of more than 32 characters loses the letters of its kind, then those of titles; a shorter one none."""
    long = PostalAddress(number="3", street="avenue du Général Jean de Grandville", city="Rennes")
    longer = attrs.evolve(long, street="avenue du Général Jean-Marie de Grandville")
    assert address_lines(long)[0] == "3 AV DU GENERAL JEAN DE GRANDVILLE"
    assert address_lines(longer)[0] == "3 AV DU GAL JEAN MARIE DE GRANDVILLE"
    assert address_lines(attrs.evolve(long, street="avenue du Général"))[0] == "3 AVENUE DU GENERAL"


def test_cedex_takes_the_place_of_the_town() -> None:
    """Where a CEDEX is known its code and label are the last line; a municipality of another name stands above."""
    address = PostalAddress(
        po_box="BP 12", postcode="35000", city="Rennes", cedex="35042", cedex_label="Rennes Cedex 7"
    )
    assert address_lines(address) == ("BP 12", "35042 RENNES CEDEX 7")
    assert address_lines(attrs.evolve(address, city="Kerlac")) == ("BP 12 KERLAC", "35042 RENNES CEDEX 7")


def test_ranges_keep_their_hyphen() -> None:
    """Of punctuation only what joins two numbers stays."""
    address = PostalAddress(number="12-14", street="rue Haute-Lande", postcode="35000", city="Rennes")
    assert address_lines(address)[0] == "12-14 RUE HAUTE LANDE"


def test_british_envelope() -> None:
    """Post town and postcode each have a line in capitals, the postcode the last one."""
    address = PostalAddress(
        unit="Flat 3", number="12", number_ext="A", street="Elm Road", locality_extra="Lakeby", city="Leeds",
        postcode="ls1 1aa", country="GB",
    )  # fmt: skip
    assert address_lines(address, from_country="GB") == ("Flat 3", "12A Elm Road", "Lakeby", "LEEDS", "LS1 1AA")


def test_american_envelope() -> None:
    """The unit stands behind the street; city, state and ZIP code share the last line."""
    address = PostalAddress(
        number="12",
        number_ext="1/2",
        street="N Main St",
        unit="Apt 4",
        city="Salem",
        region="OR",
        postcode="97301",
        country="US",
    )
    expected = ("Jo Petty", "12 1/2 N Main St Apt 4", "SALEM OR 97301")
    assert address_lines(address, recipient="Jo Petty", from_country="US") == expected


def test_country_is_the_last_line_abroad() -> None:
    """A letter abroad names the country, in the language of the country where it is posted or in English."""
    address = PostalAddress(number="5", street="Hauptstraße", postcode="10115", city="Berlin", country="DE")
    assert address_lines(address) == ("Hauptstraße 5", "10115 Berlin", "ALLEMAGNE")
    assert address_lines(address, from_country="GB")[-1] == "GERMANY"
    assert address_lines(address, from_country="DE")[-1] == "10115 Berlin"


def test_address_without_parts_keeps_its_lines() -> None:
    """Lines that nobody took apart are the envelope."""
    address = PostalAddress(lines=("3 rue Haute", "35000 RENNES"))
    assert address_lines(address, recipient="Mme Petit") == ("Mme Petit", "3 rue Haute", "35000 RENNES")


def test_unknown_country_is_refused() -> None:
    """The country of posting is an option: a wrong one is an error."""
    with pytest.raises(ConfigurationError, match="from_country: expected an ISO 3166-1 alpha-2 code"):
        address_lines(_FULL, from_country="France")


def _optional(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *texts))


_NAMES = st.sampled_from(["du Lac", "de l'Église", "Haute", "des Trois Ponts", "du 8 Mai 1945", "Jean-Marie Petit"])
_CITIES = st.sampled_from(["Rennes", "Saint-Rémy", "Le Grand-Lac", "L'Île-Haute", "Paris 14"])
_CEDEX = st.sampled_from([("", ""), ("35042", "RENNES CEDEX"), ("75380", "PARIS CEDEX 08")])


@st.composite
def _french(draw: st.DrawFn) -> PostalAddress:
    """Draw a well-formed French address: one whose parts look like what they are."""
    cedex, label = draw(_CEDEX)
    kind = draw(st.sampled_from(["rue", "avenue", "Grand-Place", "allée", "rond-point", "chemin", "impasse"]))
    number = draw(_optional("1", "12", "12-14", "1200"))
    return PostalAddress(
        recipient=draw(_optional("Mme Anne Petit", "chez M. Grand", "Service des achats")),
        unit=draw(_optional("Appt 4", "3e étage gauche", "Esc. B Porte 12")),
        building=draw(_optional("Résidence du Lac", "Bât. C", "Tour Haute")),
        number=number,
        number_ext=draw(_optional("BIS", "TER", "B")) if number else "",
        street=f"{kind} {draw(_NAMES)}",
        locality_extra=draw(_optional("Lieu-dit Kerlac", "Hameau du Lac")),
        po_box=draw(_optional("BP 12", "CS 40001", "TSA 12345")),
        postcode="" if cedex else draw(st.sampled_from(["35000", "01000", "20200", "97400"])),
        cedex=cedex,
        cedex_label=label,
        city=label.split(" CEDEX")[0] if cedex else draw(_CITIES),
        country="FR",
    )


@st.composite
def _english(draw: st.DrawFn, country: str) -> PostalAddress:
    """Draw a well-formed British or American address."""
    is_british = country == "GB"
    return PostalAddress(
        recipient=draw(_optional("Mr J Petty", "Acme Ltd", "c/o Mrs Petty")),
        unit=draw(_optional("Flat 3", "2nd Floor") if is_british else _optional("Apt 4B", "#4", "Suite 200")),
        building=draw(_optional("Rose House", "The Maltings")) if is_british else "",
        number=draw(st.sampled_from(["1", "12", "12-14", "221"])),
        number_ext=draw(_optional("A", "B")),
        street=draw(st.sampled_from(["Elm Road", "High Street", "St Johns Lane", "5th Avenue"])),
        locality_extra=draw(_optional("Lakeby")) if is_british else "",
        city=draw(st.sampled_from(["Leeds", "St Neots", "Lake City"])),
        region=draw(
            _optional("Norfolk", "West Yorkshire") if is_british else st.sampled_from(["OR", "New York", "DC"])
        ),
        postcode=draw(st.sampled_from(["LS1 1AA", "W1A 1AA"] if is_british else ["97301", "97301-1234"])),
        country=country,
    )


def _spelled(address: PostalAddress) -> dict[str, str]:
    """Return the parts without case, accents, blanks and punctuation, none of which an envelope keeps."""
    parts = attrs.asdict(address, filter=lambda field, _: field.name != "lines")
    return {name: fold(text).replace(" ", "") for name, text in parts.items()}


@settings(deadline=None, max_examples=200)
@given(address=_french())
def test_french_lines_are_read_back(address: PostalAddress) -> None:
    """Taking the lines of a well-formed French address apart gives its parts."""
    read = parse_postal_address(address_lines(address)).value
    assert read is not None
    assert _spelled(read) == _spelled(address)


@pytest.mark.parametrize("country", ["GB", "US"])
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_english_lines_are_read_back(country: str, data: st.DataObject) -> None:
    """Taking the lines of a well-formed British or American address apart gives its parts."""
    address = data.draw(_english(country))
    read = parse_postal_address(address_lines(address, from_country=country), country=country).value
    assert read is not None
    assert _spelled(read) == _spelled(address)


@settings(deadline=None, max_examples=100)
@given(address=_french(), recipient=_optional("Mme Anne PETIT"))
def test_french_lines_are_short(address: PostalAddress, recipient: str) -> None:
    """A French envelope has at most six lines of at most 38 characters, without punctuation in its last line."""
    lines = address_lines(address, recipient=recipient)
    assert len(lines) <= 6
    assert all(len(line) <= 38 for line in lines)
    assert lines[-1].replace(" ", "").isalnum()


@settings(deadline=None, max_examples=100)
@given(
    parts=st.fixed_dictionaries(
        {name: st.text() for name in ("recipient", "unit", "number", "street", "po_box", "city")}
    ),
    country=st.sampled_from(["", "FR", "GB", "US", "DE"]),
)
def test_any_parts_have_lines(parts: dict[str, str], country: str) -> None:
    """Any text in the parts gives lines without line breaks, and in France short ones where the words are."""
    lines = address_lines(PostalAddress(lines=("x",), country=country, **parts))
    assert all(line == " ".join(line.split()) and line for line in lines)
    if country in {"", "FR"}:
        assert all(len(line) <= 38 or " " not in line for line in lines)
