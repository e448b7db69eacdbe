"""Postal addresses taken apart."""

from __future__ import annotations

import attrs
import pytest

from custid.errors import ConfigurationError
from custid.model import PostalAddress
from custid.standardize.locales import ENGLISH, FRENCH
from custid.standardize.postal_address import parse_postal_address
from custid.standardize.text import fold


def _parts(raw: str | list[str], country: str = "FR") -> dict[str, str]:
    """Return the non-empty parts of an address but its lines, and its country where it is another than assumed."""
    address = parse_postal_address(raw, country=country).value
    if address is None:
        return {}
    parts = attrs.asdict(address, filter=lambda field, text: field.name != "lines" and bool(text))
    return {name: text for name, text in parts.items() if name != "country" or text != country}


def _codes(raw: str, country: str = "FR") -> list[str]:
    return [issue.code for issue in parse_postal_address(raw, country=country).issues]


_TOWN = {"postcode": "35000", "city": "RENNES"}


@pytest.mark.parametrize(
    ("house", "parts"),
    [
        ("12 rue Haute", {"number": "12", "street": "rue Haute"}),
        ("12, rue Haute", {"number": "12", "street": "rue Haute"}),
        ("12 bis rue Haute", {"number": "12", "number_ext": "BIS", "street": "rue Haute"}),
        ("12bis, rue Haute", {"number": "12", "number_ext": "BIS", "street": "rue Haute"}),
        ("12, ter, rue Haute", {"number": "12", "number_ext": "TER", "street": "rue Haute"}),
        ("12 quater rue Haute", {"number": "12", "number_ext": "QUATER", "street": "rue Haute"}),
        ("12b rue Haute", {"number": "12", "number_ext": "B", "street": "rue Haute"}),
        ("12 B. rue Haute", {"number": "12", "number_ext": "B", "street": "rue Haute"}),
        ("12-B rue Haute", {"number": "12", "number_ext": "B", "street": "rue Haute"}),
        ("12 R HAUTE", {"number": "12", "street": "RUE HAUTE"}),
        ("12-14 rue Haute", {"number": "12-14", "street": "rue Haute"}),
        ("12 - 14 rue Haute", {"number": "12-14", "street": "rue Haute"}),
        ("12 à 14 rue Haute", {"number": "12-14", "street": "rue Haute"}),
        ("n° 12 rue Haute", {"number": "12", "street": "rue Haute"}),
        ("N°12, rue Haute", {"number": "12", "street": "rue Haute"}),
        ("0 rue Haute", {"street": "rue Haute"}),
        ("rue Haute 12", {"number": "12", "street": "rue Haute"}),
        ("rue Haute, 12 ter", {"number": "12", "number_ext": "TER", "street": "rue Haute"}),
        ("rue Haute n° 3", {"number": "3", "street": "rue Haute"}),
        ("3 rue du 8 mai 1945", {"number": "3", "street": "rue du 8 mai 1945"}),
        ("rue du 8 mai 1945", {"street": "rue du 8 mai 1945"}),
        ("rue du 11 Novembre", {"street": "rue du 11 Novembre"}),
        ("2e avenue", {"street": "2e avenue"}),
        ("av. des Lilas", {"street": "avenue des Lilas"}),
        ("5 BD DES LILAS", {"number": "5", "street": "BOULEVARD DES LILAS"}),
        ("5 All. des Lilas", {"number": "5", "street": "allée des Lilas"}),
        ("5 ALL DES LILAS", {"number": "5", "street": "ALLEE DES LILAS"}),
        ("1 rpt du Lac", {"number": "1", "street": "rond-point du Lac"}),
        ("1 crs Haut", {"number": "1", "street": "cours Haut"}),
        ("12 Grande Rue", {"number": "12", "street": "Grande Rue"}),
        ("Grand'Rue 12", {"number": "12", "street": "Grand'Rue"}),
        ("12 Vieux Chemin du Lac", {"number": "12", "street": "Vieux Chemin du Lac"}),
        ("RD 943", {"street": "RD 943"}),
        ("RN 7 km 4", {"street": "RN 7 km 4"}),
        ("14 RN 7", {"number": "14", "street": "RN 7"}),
        ("3 lotissement du Lac", {"number": "3", "street": "lotissement du Lac"}),
        ("Lieu-dit Kerlac", {"locality_extra": "Lieu-dit Kerlac"}),
        ("4 lieu dit Kerlac", {"number": "4", "locality_extra": "lieu dit Kerlac"}),
        ("4 Kerlac", {"number": "4", "locality_extra": "Kerlac"}),
        ("Le Bourg", {"locality_extra": "Le Bourg"}),
        ("Hameau du Lac", {"locality_extra": "Hameau du Lac"}),
        ("HAM DU LAC", {"locality_extra": "HAMEAU DU LAC"}),
        ("5 rue Haute, Hameau du Lac", {"number": "5", "street": "rue Haute", "locality_extra": "Hameau du Lac"}),
        ("ZA du Lac", {"street": "ZA du Lac"}),
        ("5 rue Haute, Z.I. du Lac", {"number": "5", "street": "rue Haute", "locality_extra": "Z.I. du Lac"}),
        ("BP 12", {"po_box": "BP 12"}),
        ("B.P. n° 12", {"po_box": "B.P. n° 12"}),
        ("BP12", {"po_box": "BP12"}),
        ("CS 40001", {"po_box": "CS 40001"}),
        ("TSA 12345", {"po_box": "TSA 12345"}),
        ("Poste restante", {"po_box": "Poste restante"}),
        ("12 rue Haute BP 12", {"number": "12", "street": "rue Haute", "po_box": "BP 12"}),
        ("Résidence du Lac", {"building": "Résidence du Lac"}),
        ("RES DU LAC", {"building": "RESIDENCE DU LAC"}),
        ("Villa du Lac, 3 rue Haute", {"building": "Villa du Lac", "number": "3", "street": "rue Haute"}),
        ("Résidence du Lac 3 rue Haute", {"building": "Résidence du Lac", "number": "3", "street": "rue Haute"}),
        (
            "3 rue Haute bât B esc 2 appt 4",
            {"number": "3", "street": "rue Haute", "building": "bât B", "unit": "esc 2 appt 4"},
        ),
        (
            "appt 4, 3e étage gauche, 3 rue Haute",
            {"number": "3", "street": "rue Haute", "unit": "appt 4 3e étage gauche"},
        ),
        ("RDC droite, 3 rue Haute", {"number": "3", "street": "rue Haute", "unit": "RDC droite"}),
        ("3 rue de la Porte", {"number": "3", "street": "rue de la Porte"}),
        ("chez M. Petit, 3 rue Haute", {"recipient": "chez M. Petit", "number": "3", "street": "rue Haute"}),
        ("c/o M. Petit, 3 rue Haute", {"recipient": "c/o M. Petit", "number": "3", "street": "rue Haute"}),
        ("Service des achats, 3 rue Haute", {"recipient": "Service des achats", "number": "3", "street": "rue Haute"}),
        ("Mme Anne Petit 3 rue Haute", {"recipient": "Mme Anne Petit", "number": "3", "street": "rue Haute"}),
    ],
)
@pytest.mark.parametrize("layout", ["{}, 35000 RENNES", "{}\n35000 RENNES", "{} - 35000 RENNES"])
def test_french_houses(house: str, parts: dict[str, str], layout: str) -> None:
    """A French house, street, place, building, unit and box are told apart, on one line or on two."""
    assert _parts(layout.format(house)) == parts | _TOWN


@pytest.mark.parametrize(
    ("town", "parts"),
    [
        ("35000 Rennes", {"postcode": "35000", "city": "Rennes"}),
        ("35 000 Rennes", {"postcode": "35 000", "city": "Rennes"}),
        ("35000Rennes", {"postcode": "35000", "city": "Rennes"}),
        ("F-35000 Rennes", {"postcode": "35000", "city": "Rennes"}),
        ("F - 35000 Rennes", {"postcode": "35000", "city": "Rennes"}),
        ("Rennes 35000", {"postcode": "35000", "city": "Rennes"}),
        ("Rennes\n35000", {"postcode": "35000", "city": "Rennes"}),
        ("35000, Rennes", {"postcode": "35000", "city": "Rennes"}),
        ("35000 Rennes France", {"postcode": "35000", "city": "Rennes"}),
        ("35000 RENNES\nFRANCE", {"postcode": "35000", "city": "RENNES"}),
        ("Rennes (35)", {"city": "Rennes", "region": "35"}),
        ("Rennes", {"city": "Rennes"}),
        ("35000 Rennes.", {"postcode": "35000", "city": "Rennes"}),
        ("35042 RENNES CEDEX", {"cedex": "35042", "cedex_label": "RENNES CEDEX", "city": "RENNES"}),
        ("35042 Rennes Cedex 7", {"cedex": "35042", "cedex_label": "Rennes Cedex 7", "city": "Rennes"}),
        (
            "35000 RENNES\n35042 RENNES CEDEX",
            {"postcode": "35000", "cedex": "35042", "cedex_label": "RENNES CEDEX", "city": "RENNES"},
        ),
        ("75014 Paris 14e", {"postcode": "75014", "city": "Paris 14e"}),
        ("20200 BASTIA", {"postcode": "20200", "city": "BASTIA"}),
        ("97400 SAINT-DENIS", {"postcode": "97400", "city": "SAINT-DENIS"}),
        ("97400 SAINT-DENIS\nLA REUNION", {"postcode": "97400", "city": "SAINT-DENIS", "country": "RE"}),
        ("98000 MONACO", {"postcode": "98000", "city": "MONACO", "country": "MC"}),
        ("98000 MONACO\nMONACO", {"postcode": "98000", "city": "MONACO", "country": "MC"}),
        ("1050 Bruxelles\nBelgique", {"postcode": "1050", "city": "Bruxelles", "country": "BE"}),
        ("L-1449 Luxembourg", {"postcode": "1449", "city": "Luxembourg", "country": "LU"}),
        ("1200 Genève, Suisse", {"postcode": "1200", "city": "Genève", "country": "CH"}),
        ("1000-123 Lisboa, Portugal", {"postcode": "1000-123", "city": "Lisboa", "country": "PT"}),
    ],
)
def test_french_towns(town: str, parts: dict[str, str]) -> None:
    """Postcode, CEDEX, city and country are told apart behind a street."""
    assert _parts(f"3 rue Haute\n{town}") == {"number": "3", "street": "rue Haute"} | parts


def test_full_french_envelope() -> None:
    """The six lines of NF Z10-011 each go to their part."""
    raw = "Mme Anne PETIT\nChez M. GRAND Appt 4\nRésidence du Lac\n12 BIS RUE HAUTE\nKERLAC BP 12\n35000 RENNES"
    assert _parts(raw) == {
        "recipient": "Mme Anne PETIT Chez M. GRAND", "unit": "Appt 4", "building": "Résidence du Lac", "number": "12",
        "number_ext": "BIS", "street": "RUE HAUTE", "locality_extra": "KERLAC", "po_box": "BP 12", **_TOWN,
    }  # fmt: skip


def test_reversed_french_address() -> None:
    """An address that goes from the town to the addressee is read as well."""
    assert _parts("35000 RENNES\n12 rue Haute\nMme Anne Petit") == {
        "recipient": "Mme Anne Petit", "number": "12", "street": "rue Haute", **_TOWN,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("12 Elm Road, Leeds LS1 1AA", {"number": "12", "street": "Elm Road", "city": "Leeds", "postcode": "LS1 1AA"}),
        (
            "12a Elm Road\nLEEDS\nls11aa",
            {"number": "12", "number_ext": "A", "street": "Elm Road", "city": "LEEDS", "postcode": "ls11aa"},
        ),
        ("12 Elm Road Leeds LS1 1AA", {"number": "12", "street": "Elm Road", "city": "Leeds", "postcode": "LS1 1AA"}),
        ("12 Elm Road", {"number": "12", "street": "Elm Road"}),
        ("12 Elm Road, Leeds", {"number": "12", "street": "Elm Road", "city": "Leeds"}),
        (
            "Flat 3, 12 Elm Road, Lakeby, Fakenham, Norfolk NR21 0AB",
            {
                "unit": "Flat 3",
                "number": "12",
                "street": "Elm Road",
                "locality_extra": "Lakeby",
                "city": "Fakenham",
                "region": "Norfolk",
                "postcode": "NR21 0AB",
            },
        ),
        (
            "Rose Cottage\nChurch Lane\nFakenham\nNR21 0AB",
            {"building": "Rose Cottage", "street": "Church Lane", "city": "Fakenham", "postcode": "NR21 0AB"},
        ),
        (
            "The Old Rectory, Lakeby, Fakenham NR21 0AB",
            {"building": "The Old Rectory", "locality_extra": "Lakeby", "city": "Fakenham", "postcode": "NR21 0AB"},
        ),
        (
            "Mr J Petty\nGround Floor Flat\n12 Elm Road\nLEEDS\nLS1 1AA\nUK",
            {
                "recipient": "Mr J Petty",
                "unit": "Ground Floor Flat",
                "number": "12",
                "street": "Elm Road",
                "city": "LEEDS",
                "postcode": "LS1 1AA",
            },
        ),
        (
            "Unit 5, Lakeby Business Park, Elm Road, Leeds LS1 1AA",
            {
                "unit": "Unit 5",
                "street": "Elm Road",
                "locality_extra": "Lakeby Business Park",
                "city": "Leeds",
                "postcode": "LS1 1AA",
            },
        ),
        ("PO Box 12, Leeds LS1 1AA", {"po_box": "PO Box 12", "city": "Leeds", "postcode": "LS1 1AA"}),
        (
            "c/o Mrs Petty, 1 Elm Road, Leeds LS1 1AA",
            {"recipient": "c/o Mrs Petty", "number": "1", "street": "Elm Road", "city": "Leeds", "postcode": "LS1 1AA"},
        ),
        (
            "2 Elm Mews, High Street, Leeds LS1 1AA",
            {
                "number": "2",
                "street": "Elm Mews",
                "locality_extra": "High Street",
                "city": "Leeds",
                "postcode": "LS1 1AA",
            },
        ),
    ],
)
def test_british_addresses(raw: str, parts: dict[str, str]) -> None:
    """Flat, house name, street, locality, post town, county and postcode are told apart."""
    assert _parts(raw, "GB") == parts


_SALEM = {"city": "Salem", "region": "OR", "postcode": "97301"}


@pytest.mark.parametrize(
    ("house", "parts"),
    [
        ("12 N Main St", {"number": "12", "street": "N Main St"}),
        ("12 Main St Apt 4B", {"number": "12", "street": "Main St", "unit": "Apt 4B"}),
        ("12 Main St #4", {"number": "12", "street": "Main St", "unit": "#4"}),
        ("12 Main St\nSuite 200", {"number": "12", "street": "Main St", "unit": "Suite 200"}),
        ("12 1/2 Main St", {"number": "12", "number_ext": "1/2", "street": "Main St"}),
        ("12 5th Ave, 3rd Floor", {"number": "12", "street": "5th Ave", "unit": "3rd Floor"}),
        ("12 K St NW", {"number": "12", "street": "K St NW"}),
        ("45-10 Broadway", {"number": "45-10", "street": "Broadway"}),
        ("12 Highway 5 South", {"number": "12", "street": "Highway 5 South"}),
        ("P.O. Box 12", {"po_box": "P.O. Box 12"}),
        ("RR 2 Box 15", {"po_box": "RR 2 Box 15"}),
        (
            "Acme Inc.\n12 Main St Bldg 4",
            {"recipient": "Acme Inc.", "number": "12", "street": "Main St", "building": "Bldg 4"},
        ),
        ("Attn: Billing\n12 Main St", {"recipient": "Attn: Billing", "number": "12", "street": "Main St"}),
    ],
)
@pytest.mark.parametrize("layout", ["{}, Salem, OR 97301", "{}\nSalem OR 97301", "{}\nSalem, OR 97301\nUSA"])
def test_american_houses(house: str, parts: dict[str, str], layout: str) -> None:
    """Number, street with its directions, unit, building and box are told apart before city, state and ZIP code."""
    assert _parts(layout.format(house), "US") == parts | _SALEM


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (
            "12 Main St Apt 4 Salem OR 97301-1234",
            {"number": "12", "street": "Main St", "unit": "Apt 4", **_SALEM, "postcode": "97301-1234"},
        ),
        (
            "12 Main St, New York, New York 10001",
            {"number": "12", "street": "Main St", "city": "New York", "region": "New York", "postcode": "10001"},
        ),
        ("12 Main St, Atlanta, Georgia", {"number": "12", "street": "Main St", "city": "Atlanta", "region": "Georgia"}),
        ("12 Main St, Salem OR 97301 United States", {"number": "12", "street": "Main St", **_SALEM}),
    ],
)
def test_american_towns(raw: str, parts: dict[str, str]) -> None:
    """City, state in either spelling, ZIP+4 and country are told apart."""
    assert _parts(raw, "US") == parts


def test_named_country_overrides() -> None:
    """A country line decides over the country that is assumed, and how the address is read."""
    parts = {"number": "12", "street": "Elm Road", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}
    assert _parts("12 Elm Road\nLeeds\nLS1 1AA\nRoyaume-Uni") == parts
    assert _parts("3 rue Haute, 35000 RENNES, France", "GB") == {
        "number": "3",
        "street": "rue Haute",
        **_TOWN,
        "country": "FR",
    }
    assert _parts("1 King St\nOttawa ON K1A 0A9\nCanada")["region"] == "ON"
    assert _parts("Hauptstraße 5\n10115 Berlin\nAllemagne")["street"] == "Hauptstraße"


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("3 rue Haute", ["no_locality"]),
        ("3 rue Haute, 99999 RENNES", ["invalid_postcode"]),
        ("6000 NICE", ["invalid_postcode"]),
        ("3 rue Haute, 350O0 RENNES", ["invalid_postcode"]),
        ("3 rue Haute 35000 RENNES 35200 RENNES", ["several_postcodes", "unparsed_line"]),
        ("a\nb\nc\nd\ne\n3 rue Haute\n35000 RENNES", ["too_many_lines"]),
        ("3 rue Haute qui est beaucoup trop longue pour une enveloppe\n35000 RENNES", ["line_too_long"]),
        ("3 rue Haute 35000 REN...", ["truncated"]),
        ("N/A", ["placeholder"]),
        ("--", ["placeholder"]),
        ("adresse inconnue", ["placeholder"]),
        ("ville inconnue", ["placeholder"]),
        ("", []),
        (" \n\t ", []),
        ("3 rue Haute, 35000 RENNES", []),
        ("SP 12345\n00200 ARMEES", []),
    ],
)
def test_issues(raw: str, codes: list[str]) -> None:
    """What is wrong with an address is noted, and nothing else."""
    assert _codes(raw) == codes


def test_issues_of_other_countries() -> None:
    """A postcode that none can be is noted in Britain and America too."""
    assert _codes("12 Elm Road, Leeds LS1 ZZ", "GB") == ["invalid_postcode"]
    assert _codes("12 Main St, Salem, MA 1970", "US") == ["invalid_postcode"]


def test_words_without_part_are_noted() -> None:
    """Words behind the town that belong to no part are noted, and stay in the raw text."""
    result = parse_postal_address("3 rue Haute\n35000 RENNES\nquelque chose")
    assert [issue.code for issue in result.issues] == ["unparsed_line"]
    assert result.raw.endswith("quelque chose")


def test_words_without_part_are_noted_in_no_country() -> None:
    """Without a country, words that came into no part are noted as well: none of them names it."""
    assert "unparsed_line" in _codes("99000 Reims, 51100 Cormontreuil", "")


@pytest.mark.parametrize("house", ["2-14 La Défense", "12/4 Les Lilas", "n° 6000 La Plaine"])
def test_numbers_of_houses_are_no_short_postcodes(house: str) -> None:
    """A range of numbers, and one behind "n°", are no postcodes that have lost a digit."""
    assert "postcode" not in _parts(house)
    assert _codes(house) != ["invalid_postcode"]


def test_extension_has_no_point() -> None:
    """The extension of a house number is the same with a point behind it."""
    assert _parts("12 bis. rue Haute, 35000 RENNES")["number_ext"] == "BIS"


def test_lines() -> None:
    """Lines come back with single blanks and without the country; a text of one line has none."""
    address = parse_postal_address("3  rue\tHaute \n\n 35000 RENNES\nFRANCE").value
    assert address is not None
    assert address.lines == ("3 rue Haute", "35000 RENNES")
    assert parse_postal_address("3 rue Haute, 35000 RENNES").value == attrs.evolve(address, lines=())


def test_sequence_of_lines() -> None:
    """A sequence of lines is read as the text with line breaks, which is the raw text then."""
    lines = ["3 rue Haute", "", "35000 RENNES"]
    assert parse_postal_address(lines) == parse_postal_address("\n".join(lines))
    assert parse_postal_address(lines).raw == "3 rue Haute\n\n35000 RENNES"


def test_country_alone() -> None:
    """A text that only names a country is an address that only has a country."""
    assert parse_postal_address("Belgique").value == PostalAddress(country="BE")


def test_unknown_country_is_refused() -> None:
    """The assumed country is an option: a wrong one is an error with a hint."""
    with pytest.raises(ConfigurationError, match="expected an ISO 3166-1 alpha-2 code in capitals, got 'France'"):
        parse_postal_address("3 rue Haute", country="France")


def test_no_part_holds_a_number_of_its_own() -> None:
    """Without an assumed country none is invented."""
    address = parse_postal_address("3 rue Haute, 35000 RENNES", country="").value
    assert address is not None
    assert address.country == ""


def test_words_of_packs_are_folded() -> None:
    """The words of packs are spelled as words are compared, and every kind of street has its written form."""
    for pack in (ENGLISH, FRENCH):
        words = {word for table in pack.address_words.values() for word in table} | set(pack.street_kinds)
        assert {word for word in words if fold(word).replace(" ", "") != word} == set()
        assert all(fold(written).replace(" ", "") == word for word, written in pack.street_kinds.items())
    assert set(FRENCH.street_front.values()) <= set(FRENCH.street_kinds)
