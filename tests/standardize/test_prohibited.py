"""Content that must not be kept."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.standardize import (
    PROHIBITED_CODES,
    MaskedText,
    mask_prohibited,
    prohibited_codes,
    standardize_identifier,
    standardize_national_id,
    without_national_numbers,
)
from custid.standardize.prohibited import WITH_A_LONG_NUMBER

DEPARTMENTS = [*(f"{number:02d}" for number in range(1, 96) if number != 20), "2A", "2B", "97", "98", "99"]


@st.composite
def social_security_numbers(draw: st.DrawFn) -> tuple[str, ...]:
    """Return the seven groups and the key of an invented number, made without the detector."""
    groups = (
        draw(st.sampled_from("12")),
        f"{draw(st.integers(0, 99)):02d}",
        f"{draw(st.integers(1, 12)):02d}",
        draw(st.sampled_from(DEPARTMENTS)),
        f"{draw(st.integers(1, 990)):03d}",
        f"{draw(st.integers(1, 999)):03d}",
    )
    number = int("".join(groups).replace("2A", "19").replace("2B", "18"))
    return (*groups, f"{97 - number % 97:02d}")


def luhn_completed(head: str) -> str:
    digits = [int(digit) for digit in head]
    total = sum(sum(divmod(digit * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return head + str(-total % 10)


@given(
    social_security_numbers(),
    st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f", "  ", " / ", "\u2013", "\u2011", "\u00b7", "\u200b"]),
    st.sampled_from(["", "nir", "é:", "("]),
)
def test_numbers_with_their_key_are_masked(groups: tuple[str, ...], gap: str, before: str) -> None:
    """A number of 15 characters is masked with any gaps, also in Corsica."""
    masked = mask_prohibited(f"{before}{gap.join(groups)} merci")
    assert masked == MaskedText(f"{before}[nir] merci", 1, ("nir",))


@given(social_security_numbers())
def test_numbers_without_their_key_are_masked_in_groups(groups: tuple[str, ...]) -> None:
    """A number of 13 characters is masked in its groups, or behind a word that announces it."""
    *number, _key = groups
    assert mask_prohibited(" ".join(number)).text == "[nir]"
    assert mask_prohibited(f"N° de sécurité sociale {''.join(number)}.").text == "N° de sécurité sociale [nir]."


@given(social_security_numbers(), st.sampled_from([" ", ",", ".", "\u202f"]))
def test_numbers_in_threes_are_masked(groups: tuple[str, ...], gap: str) -> None:
    """A number with its key that a spreadsheet has parted in threes is masked, where all of it are digits."""
    text = "".join(groups)
    written = gap.join(text[at : at + 3] for at in range(0, 15, 3))
    assert mask_prohibited(written).codes == (("nir",) if text.isdigit() else ())
    assert without_national_numbers(written).strip() == ("" if text.isdigit() else written)


@given(social_security_numbers(), st.integers(1, 96))
def test_a_wrong_key_is_no_number(groups: tuple[str, ...], shift: int) -> None:
    """Fifteen digits in one piece with a wrong key are left, unless a word announces them."""
    *number, key = groups
    wrong = f"{(int(key) - 1 + shift) % 97 + 1:02d}"
    text = "".join(number) + wrong
    assert mask_prohibited(text).codes in (() if text.isdigit() else ("nir",), ("payment_card",))
    assert "nir" in mask_prohibited(f"NIR {text}").codes


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("n° sécu : 1 84 12 76 451 089", "n° sécu : [nir]"),
        ("1 84 12 76 451 089 clé 46", "[nir]"),
        ("1 84 12 76 451 089 06 39 98 12 34", "[nir] 06 39 98 12 34"),
        ("184 12 76 451 089 / 46", "[nir]"),
        ("carte vitale 1841276451089", "carte vitale [nir]"),
        ("French SSN: 1841276451089", "French SSN: [nir]"),
        ("184127645108946 et 2 84 05 2a 012 345", "[nir] et [nir]"),
        ("".join(chr(0xFF10 + int(digit)) for digit in "184127645108946"), "[nir]"),
        ("CB 4111 1111 1111 1111 exp 12/28", "CB [payment card] exp 12/28"),
        ("4111-1111-1111-1111", "[payment card]"),
        ("tél 0199001234 puis 5555555555554444", "tél 0199001234 puis [payment card]"),
        ("3782 822463 10005", "[payment card]"),
        ("carte bancaire 30569309025904", "carte bancaire [payment card]"),
        ("4222 222 222 222", "[payment card]"),
        ("", ""),
    ],
)
def test_masked(text: str, masked: str) -> None:
    """Numbers are masked in place, and nothing else changes."""
    assert mask_prohibited(text).text == masked
    assert mask_prohibited(masked) == MaskedText(masked, 0, ())


@pytest.mark.parametrize(
    "text",
    [
        "SIRET 356 000 000 00048",
        "total 184,127,645,108,947",
        "7, 12, 05, 33, 123, 456",
        "30569309025904",
        "FR76 3000 6000 0112 3456 7890 189",
        "FR7630006000011234567890189",
        "CH9300762011623852957",
        "DK5000400440116243",
        "GB29 NWBK 6016 1331 9268 1900",
        "06 39 98 12 34 01 99 00 12 34",
        "+4917612345678",
        "1841276451089",
        "1 84 13 76 451 089 46",
        "12/06/1984 14:30:00",
        "4111 1111 1111 1112",
        "9999 8888 7777 6666",
        "EAN 4006381333931",
        "FR\n7630006000011234567890189",
        "FR" + "4" * 5_000,
    ],
)
def test_left_alone(text: str) -> None:
    """Registrations, bank accounts, phones, dates, articles and wrong numbers are left as they are."""
    assert mask_prohibited(text) == MaskedText(text, 0, ())


@given(
    st.integers(100_000_000, 999_999_999), st.integers(0, 9_999), st.sampled_from(["{}{}", "{} {}", "SIRET n° {}{}"])
)
def test_establishments_are_left(siren: int, nic: int, form: str) -> None:
    """A SIRET is never taken for a number of a person or a card."""
    siret = luhn_completed(f"{siren}{nic:04d}")
    text = form.format(siret[:9], siret[9:])
    assert mask_prohibited(text).n_masked == 0


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99_999_999)), min_size=1, max_size=4),
    st.sampled_from([" ", ".", ""]),
)
def test_phones_are_left(numbers: list[tuple[int, int]], gap: str) -> None:
    """Phone numbers, also several in a row, are never masked."""
    written = [f"0{area}{gap}" + gap.join(f"{rest:08d}"[at : at + 2] for at in (0, 2, 4, 6)) for area, rest in numbers]
    assert mask_prohibited(" / ".join(written)).n_masked == 0
    assert mask_prohibited(", ".join(f"+33{area}{rest:08d}" for area, rest in numbers)).n_masked == 0


@given(
    st.sampled_from(["29{:011d}", "9{:015d}", "9135{:015d}", "7{:015d}", "0{:011d}", "1{:09d}"]),
    st.integers(0, 10**9 - 1),
)
def test_loyalty_cards_are_left(form: str, number: int) -> None:
    """The numbers of loyalty cards, in one piece or in fours, are never masked."""
    card = form.format(number)
    assert mask_prohibited(card).n_masked == 0
    assert mask_prohibited(" ".join(card[at : at + 4] for at in range(0, len(card), 4))).n_masked == 0


def test_few_other_numbers_are_masked() -> None:
    """Of random numbers of 15 digits that begin as a person's does, about one of 800 is masked."""
    draw = random.Random(3)  # noqa: S311 - test data
    texts = [draw.choice("12") + "".join(draw.choices("0123456789", k=14)) for _ in range(20_000)]
    n_masked = sum(mask_prohibited(text).n_masked for text in texts)
    assert n_masked / len(texts) < 1 / 500


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Allergique aux noix", ("health",)),
        ("Client diabétique, sans sucre", ("health",)),
        ("enceinte de six mois", ("health",)),
        ("wheelchair access please", ("health",)),
        ("en fauteuil roulant", ("health",)),
        ("malentendante, sourde d'une oreille", ("health",)),
        ("atteint d'Alzheimer", ("health",)),
        ("member of a political party", ("opinion",)),
        ("1 84 12 76 451 089 46, malade", ("health", "nir")),
        ("CB 4111111111111111", ("payment_card",)),
        ("Livrer le samedi matin, pain bien cuit", ()),
        ("Call after 6 pm", ()),
        ("avenue des Maladières", ()),
        ("", ()),
    ],
)
def test_codes_of_special_requests(text: str, codes: tuple[str, ...]) -> None:
    """Words about health are flagged beside the numbers, and not masked."""
    assert prohibited_codes(text) == codes
    assert "health" not in mask_prohibited(text).codes


@given(st.text())
def test_masking_is_idempotent(text: str) -> None:
    """Masking a masked text changes nothing, and a text without findings is returned as it is."""
    masked = mask_prohibited(text)
    assert mask_prohibited(masked.text).text == masked.text
    assert masked.n_masked or masked.text == text


@given(st.text(max_size=20), social_security_numbers(), st.sampled_from(["", " ", "/"]), st.text(max_size=20))
def test_where_nothing_looks_like_a_long_number_none_is_masked(
    before: str, groups: tuple[str, ...], gap: str, after: str
) -> None:
    """A text with a number that is masked has twelve digits, or characters that may be digits of other scripts."""
    text = f"{before}{gap.join(groups)}{after}"
    assert re.search(WITH_A_LONG_NUMBER, text) or not mask_prohibited(text).n_masked


@pytest.mark.parametrize("written", ["184059913145611", "1 84 05 99 131 456 11", "1840599131456", "1840599:131456"])
def test_a_national_identifier_that_is_the_french_one_is_refused(written: str) -> None:
    """In a column of national identifiers a social security number is no value, with or without its key."""
    assert standardize_national_id(written) == ("", "prohibited_content")


@pytest.mark.parametrize("written", ["078-05-1120", "AB 12 34 56 C", "12AB34567", "73282932000074"])
def test_other_national_identifiers_stay(written: str) -> None:
    """Numbers of other countries and of companies are standardized like other identifiers."""
    assert standardize_national_id(written) == standardize_identifier(written)


@given(
    st.text(max_size=20),
    st.sampled_from(["1840599131456" + "10", "1 84 05 99 131 456 10", "[nir]", ""]),
    st.text(max_size=20),
)
def test_masked_and_raw_texts_say_the_same(before: str, number: str, after: str) -> None:
    """What is left of a text without social security numbers is that of its masked form."""
    text = f"{before}{number}{after}"
    left = without_national_numbers(text)
    assert left == without_national_numbers(mask_prohibited(text, ("nir",)).text)


def test_words_are_masked_where_they_are_asked_for() -> None:
    """In English and French, in any case and accents, phrases too; numbers alone by default."""
    text = "Diabétique, SYNDICALISTE; Jehovah's witness, pregnant, catholique."
    assert mask_prohibited(text).n_masked == 0
    told = mask_prohibited(text, PROHIBITED_CODES)
    assert told.text == "[health], [opinion]; [opinion], [health], [opinion]."
    assert told.codes == ("health", "opinion")
    assert mask_prohibited(told.text, PROHIBITED_CODES).n_masked == 0
    assert prohibited_codes("extrême droite") == ("opinion",)
