"""vCards and jCards."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import StructureError
from custid.model import (
    ContactPoint,
    ContactUse,
    NameUse,
    Organization,
    OrganizationName,
    PartialDate,
    Person,
    PersonName,
    Phone,
    PhoneKind,
    PostalAddress,
    Record,
)
from custid.serde import from_jcard, from_vcard, to_jcard, to_vcard
from custid.testing.model_strategies import partial_dates
from tests.serde.examples import BY, stated, zoe


def card(*lines: str) -> str:
    """Return a card of some lines."""
    return "\r\n".join(["BEGIN:VCARD", "VERSION:4.0", *lines, "END:VCARD", ""])


FOUR = PostalAddress(number="12", street="rue du Four", city="Lille", postcode="59000", country="FR")


def read(*lines: str) -> Record:
    """Return the record of a card of some lines."""
    (record,) = from_vcard(card(*lines), by=BY)
    return record


def test_card_of_a_person() -> None:
    """A person is an individual with name, birth date and phone."""
    assert to_vcard(zoe()) == card(
        "KIND:individual",
        "N:Le Goff;Zoé;Anne;;",
        "FN:Zoé Anne Le Goff",
        "BDAY:1984-06",
        "TEL;VALUE=uri;TYPE=home:tel:+33639980007",
    )


def test_jcard_says_the_same_as_the_card() -> None:
    """A jCard holds the properties of the vCard, structured values as lists."""
    kind, properties = to_jcard(zoe())
    assert kind == "vcard"
    assert properties[2] == ["n", {}, "text", ["Le Goff", "Zoé", "Anne", "", ""]]
    assert properties[-1] == ["tel", {"type": "home"}, "uri", "tel:+33639980007"]
    assert from_jcard(to_jcard(zoe()), by=BY) == from_vcard(to_vcard(zoe()), by=BY)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_lines_are_at_most_75_octets(text: str) -> None:
    """Lines are folded between characters, and unfold to the text but for control characters."""
    text = f"x{text}"
    record = Record(source="till", key="7", party=Person(notes=stated(text)))
    written = to_vcard(record)
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75
    expected = "".join(
        " " if (ord(c) < 32 and c not in "\t\n") or c == "\x7f" else c for c in text.replace("\r\n", "\n")
    )
    assert from_vcard(written, by=BY)[0].party.notes[0].value == expected


def test_special_characters_are_escaped() -> None:
    """Separators within values are escaped, in parameters after RFC 6868."""
    address = PostalAddress(lines=('12 "A"', "Lille"), street="a;b,c\\d", city="Lille")
    record = Record(source="till", key="7", party=Person(contacts=stated(ContactPoint(point=address))))
    assert "ADR;LABEL=\"12 ^'A^'^nLille\":;;a\\;b\\,c\\\\d;Lille;;;" in to_vcard(record)
    (back,) = from_vcard(to_vcard(record), by=BY)
    assert back.party.contacts[0].value.point == address


@settings(max_examples=100, deadline=None)
@given(partial_dates())
def test_all_dates_survive(date: PartialDate) -> None:
    """Dates known in part are written as the standard says, others as text."""
    record = Record(source="till", key="7", party=Person(birth_dates=stated(date)))
    (back,) = from_vcard(to_vcard(record), by=BY)
    assert isinstance(back.party, Person)
    assert [each.value for each in back.party.birth_dates] == [date]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("BDAY:19840612", "1984-06-12"),
        ("BDAY:1984-06-12", "1984-06-12"),
        ("BDAY:19840612T101500Z", "1984-06-12"),
        ("BDAY:1984", "1984"),
        ("BDAY:--1225", "XXXX-12-25"),
        ("BDAY:--12", "XXXX-12"),
        ("BDAY:---25", "XXXX-XX-25"),
        ("BDAY;VALUE=text:circa 1800", None),
        ("BDAY:19841301", None),
    ],
)
def test_dates_of_others(written: str, date: str | None) -> None:
    """Dates in the forms of RFC 6350 are read; others are kept as unread."""
    record = read("FN:Zoé", written)
    assert isinstance(record.party, Person)
    assert [each.value.text for each in record.party.birth_dates] == ([] if date is None else [date])
    assert len(record.unread) == (date is None)


@pytest.mark.parametrize(
    ("line", "point"),
    [
        ("TEL;TYPE=cell:+33 6 39 98 00 07", Phone(e164="+33639980007", kind=PhoneKind.MOBILE)),
        ("tel;CELL:tel:+33-639-980-007;ext=12", Phone(e164="+33639980007", extension="12", kind=PhoneKind.MOBILE)),
        ("ADR;TYPE=home:;;12 rue du Four;Lille;;59000;FR", FOUR),
        ("item1.ADR:BP 7;;;Lille;;;France", PostalAddress(po_box="BP 7", city="Lille", country="FR")),
    ],
)  # fmt: skip
def test_contacts_of_others(line: str, point: Any) -> None:
    """Properties of others are read whatever their case, their groups and the way their types are given."""
    (contact,) = read("FN:Zoé", line).party.contacts
    assert contact.value.point == point


def test_what_is_not_understood_is_kept() -> None:
    """Unknown properties, lines that are none and values that cannot be read are unread."""
    record = read("FN:Zoé", "X-SHOE:38", "no property", "TEL:none", "EMAIL:nobody", "GENDER:Q")
    kept = [(each.attribute, each.raw) for each in record.unread]
    assert kept == [
        ("vcard.line", "no property"),
        ("vcard.x-shoe", "38"),
        ("vcard.tel", "none"),
        ("vcard.email", "nobody"),
        ("vcard.gender", "Q"),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        ["fn", {}, "text", None],
        ["fn", {}, "text", {"family": "Petit"}],
        ["tel", {"type": {"home": True}}, "text", "+33612345678"],
        ["org", {}, "text", [None]],
    ],
)
def test_what_is_no_value_of_jcard_is_kept_as_unread(entry: list[Any]) -> None:
    """Null and objects are no values: the property is unread, and nobody is called None."""
    (record,) = from_jcard(["vcard", [["version", {}, "text", "4.0"], entry]], by=BY)
    assert record.party == Person()
    assert [each.attribute for each in record.unread] == ["vcard.line"]


@pytest.mark.parametrize("name", ["org", "nickname", "n", "adr", "gender", "fn", "socialprofile"])
@pytest.mark.parametrize("value", [[], [[]], "", 7, True])
def test_jcard_of_odd_values_is_read(name: str, value: Any) -> None:
    """Lists without anything, numbers and truth values are read, or kept as unread."""
    assert len(from_jcard(["vcard", [[name, {"group": [], "service-type": []}, "text", value]]], by=BY)) == 1


@pytest.mark.parametrize("line", ["TEL;VALUE=,:+33612345678", "SOCIALPROFILE;SERVICE-TYPE=,;TYPE=,:@zoe"])
def test_parameters_without_a_value_say_nothing(line: str) -> None:
    """A comma that parts nothing is no reason to refuse a card."""
    assert len(read(line).party.contacts) == 1


def test_a_card_of_neither_person_nor_organization_says_so() -> None:
    """A place or a device is no kind of party: what the card says it is of is kept as unread."""
    record = read("KIND:location", "FN:Halle Freyssinet")
    assert ("vcard.kind", "location") in [(each.attribute, each.raw) for each in record.unread]


def test_empty_card_is_kept() -> None:
    """A card that says nothing is a record of what could not be read."""
    assert [each.attribute for each in read().unread] == ["vcard.document"]


def test_several_cards_have_several_keys() -> None:
    """The second card of a text has its number in its key."""
    records = from_vcard(to_vcard(zoe()) * 2, by=BY)
    assert [each.key for each in records] == ["7", "7#2"]


def test_first_name_tells_more_than_its_parts() -> None:
    """A formatted name is kept where it says something else than the name's parts; nicknames have their use."""
    record = read("N:Goff;Zoé;;;", "FN:Zoé Goff-Petit", "NICKNAME:Zozo,Zo")
    assert isinstance(record.party, Person)
    assert [each.value for each in record.party.names] == [
        PersonName(family="Goff", given=("Zoé",), full="Zoé Goff-Petit"),
        PersonName(full="Zozo", use=NameUse.NICKNAME),
        PersonName(full="Zo", use=NameUse.NICKNAME),
    ]


def test_organization_has_one_name() -> None:
    """An organization's name is written twice, as the standard asks, and read once."""
    party = Organization(names=stated(OrganizationName(name="Four à bois")))
    (back,) = from_vcard(to_vcard(Record(source="till", key="7", party=party)), by=BY)
    assert isinstance(back.party, Organization)
    assert [each.value for each in back.party.names] == [OrganizationName(name="Four à bois")]


def test_units_of_an_organization_are_no_name() -> None:
    """Units stand behind the name of an organization, and are kept as unread."""
    record = read("KIND:org", "ORG:Four\\, Pain & Cie;Direction;Achats", "FN:Four, Pain & Cie")
    assert isinstance(record.party, Organization)
    assert [each.value.name for each in record.party.names] == ["Four, Pain & Cie"]
    assert [(each.attribute, each.raw) for each in record.unread] == [("vcard.org", "Direction;Achats")]


def test_uses_and_sharing_survive() -> None:
    """What the standard has no type for is a type of our own."""
    contact = ContactPoint(point=Phone(e164="+33639980007"), use=ContactUse.BILLING, is_shared=True)
    record = Record(source="till", key="7", party=Person(contacts=stated(contact)))
    assert "TYPE=x-billing,x-shared" in to_vcard(record)
    assert from_vcard(to_vcard(record), by=BY)[0].party.contacts[0].value == contact


@pytest.mark.parametrize("text", ["", "Zoé", "BEGIN:VCARD\r\nFN:Zoé", "END:VCARD"])
def test_what_is_no_card_is_refused(text: str) -> None:
    """A text without a whole card is refused."""
    with pytest.raises(StructureError, match="expected BEGIN:VCARD"):
        from_vcard(text, by=BY)


@pytest.mark.parametrize("document", [[], {}, ["vcard"], ["vcard", {}], "[]", [[["fn"]]]])
def test_what_is_no_jcard_is_refused(document: Any) -> None:
    """A document that is no jCard is refused."""
    with pytest.raises(StructureError, match="expected a jCard"):
        from_jcard(document, by=BY)


LINES = st.builds(
    "{}{}:{}".format,
    st.sampled_from("FN N ORG TEL ADR EMAIL BDAY GENDER LANG NOTE UID TITLE NICKNAME KIND URL g.TEL".split()),
    st.sampled_from(["", ";TYPE=home", ';TYPE="a,b"', ";VALUE=uri", ";VALUE=text", ";WORK", "; bad"]),
    st.sampled_from([";;;;", ";a;b", "org", "group", "--1225", "19841301", "tel:x", "a\\"]) | st.text(max_size=6),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES | st.text(max_size=8), max_size=6))
def test_any_card_is_read(lines: list[str]) -> None:
    """No content of a card raises anything but a StructureError."""
    try:
        assert from_vcard(card(*lines), by=BY)
    except StructureError:
        assert any("VCARD" in line.upper() for line in lines)
