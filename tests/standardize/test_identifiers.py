"""Identifiers as typed values."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import ATTRIBUTES, ExternalId
from custid.standardize import (
    STANDARDIZERS,
    IdentifierScheme,
    identifier_schemes,
    parse_identifier,
    siren_of,
)

DIGITS = st.text("0123456789", min_size=8, max_size=8)


def luhn(digits: str) -> int:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10


@st.composite
def sirens(draw: st.DrawFn) -> str:
    """Return a SIREN with a right check digit, made without the library."""
    head = draw(DIGITS)
    siren = next(head + check for check in "0123456789" if luhn(head + check) == 0)
    assume(parse_identifier(siren, scheme="siren").value is not None)  # not 111111111 and its like
    return siren


@given(
    sirens(),
    st.sampled_from(["{}", " {} ", "SIREN {}", "RCS Paris {}", "{} RCS Paris", "FR{}", "{}.0", "n° siren : {}"]),
)
def test_sirens_are_read_however_written(siren: str, form: str) -> None:
    """What stands around a SIREN does not matter."""
    read = parse_identifier(form.format(siren), scheme="siren")
    assert (read.values, read.issues) == ((ExternalId(scheme="siren", value=siren),), ())


@given(sirens(), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(siren: str, place: int, shift: int) -> None:
    """A SIREN with one wrong digit is kept and reported."""
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]
    read = parse_identifier(wrong, scheme="siren")
    assert [issue.code for issue in read.issues] in (["invalid_check_digit"], ["placeholder"])
    assert wrong[:9] == siren_of(f"{wrong}00012")


@given(sirens())
def test_key_of_a_french_vat_number(siren: str) -> None:
    """The two digits before the SIREN are (12 + 3 (SIREN mod 97)) mod 97."""
    assume(not siren.startswith("000"))  # Monaco
    key = (12 + 3 * (int(siren) % 97)) % 97
    for wrong in (0, 1):
        read = parse_identifier(f"FR {(key + wrong) % 97:02d} {siren}", scheme="vat_number")
        assert [issue.code for issue in read.issues] == ["invalid_check_digit"] * wrong
    assert STANDARDIZERS["siren"](f"FR{key:02d}{siren}") == (siren, "other_scheme")


@given(sirens())
def test_lost_leading_zeros(siren: str) -> None:
    """A number that a spreadsheet has shortened is made whole again where its check digit bears it out."""
    siren = next(f"00{siren[2:8]}{check}" for check in "0123456789" if luhn(f"00{siren[2:8]}{check}") == 0)
    short = str(int(siren))
    assume(len(short) == 7 and parse_identifier(short, scheme="siren").value is not None)
    assert STANDARDIZERS["siren"](short) == (siren, "lost_leading_zeros")
    assert STANDARDIZERS["siren"](f"{short}.0") == (siren, "lost_leading_zeros")


@pytest.mark.parametrize(
    ("scheme", "raw", "expected"),
    [
        ("siren", "303 265 045", ("303265045", "")),
        ("siren", "303265046", ("303265046", "invalid_check_digit")),
        ("siren", "30326504", ("", "invalid_shape")),
        ("siren", "boulangerie", ("", "invalid_shape")),
        ("siren", "3.03E+08", ("", "unparsable")),
        ("siren", "N/A", ("", "placeholder")),
        ("siren", "123456789", ("", "placeholder")),
        ("siren", "", ("", "")),
        ("siren", "9" * 500, ("", "placeholder")),
        ("siren", "303265045" * 50, ("", "invalid_shape")),
        ("siret", "356 000 000 00048", ("35600000000048", "")),
        ("siret", "SIRET 35600000000048", ("35600000000048", "")),
        ("lei", "213800 KUD8LAJWSQ9D 15", ("213800KUD8LAJWSQ9D15", "")),
        ("lei", "LEI 213800KUD8LAJWSQ9D15", ("213800KUD8LAJWSQ9D15", "")),
        ("vat_number", "40 303 265 045", ("FR40303265045", "")),
        ("vat_number", "tva intra. FR40303265045", ("FR40303265045", "")),
        ("rna", "w751234567", ("W751234567", "")),
    ],
)
def test_columns(scheme: str, raw: str, expected: tuple[str, str]) -> None:
    """The standardizer of a column returns what the parser reads."""
    assert STANDARDIZERS[scheme](raw) == expected
    assert ATTRIBUTES[scheme].standardizer == scheme


@pytest.mark.parametrize("scheme", ["loyalty_card", "account"])
def test_free_schemes_keep_what_was_written(scheme: str) -> None:
    """Cards and accounts are the issuer's business: the text is kept, and who issued it."""
    read = parse_identifier(" N° 12-é  7\n", scheme=scheme, issuer="bakery")
    assert read.values == (ExternalId(scheme=scheme, value="N° 12-é 7", issuer="bakery"),)
    assert identifier_schemes()[scheme].has_issuer


@pytest.mark.parametrize("scheme", ["loyalty_card", "account"])
def test_free_schemes_drop_what_a_spreadsheet_appends(scheme: str) -> None:
    """The ".0" that a data frame appends to a whole number is no part of a card's number."""
    assert parse_identifier("7712.0", scheme=scheme).value == ExternalId(scheme=scheme, value="7712")


@pytest.mark.parametrize("raw", ["1 84 12 76 451 089 46", "4111 1111 1111 1111"])
def test_prohibited_numbers_are_no_accounts(raw: str) -> None:
    """A social security number or a payment card is not kept as an account."""
    read = parse_identifier(raw, scheme="account")
    assert (read.values, [issue.code for issue in read.issues]) == ((), ["prohibited_content"])


@pytest.mark.parametrize("raw", ["xy" * 150, "12 " * 100])
def test_free_schemes_have_a_length(raw: str) -> None:
    """A text of more than 200 characters is no identifier."""
    assert [issue.code for issue in parse_identifier(raw, scheme="account").issues] == ["invalid_shape"]


def test_own_scheme() -> None:
    """An integrator declares a scheme of his own."""
    badge = IdentifierScheme(name="badge", standard="ours", shape=r"B[0-9]{4}")
    assert parse_identifier("b 0012", scheme=badge).value == ExternalId(scheme="badge", value="B0012")
    assert parse_identifier("b 12", scheme=badge).value is None


def test_own_scheme_of_any_shape() -> None:
    """What a scheme without shape says of how numbers are written, and which are right, holds as well."""
    club = IdentifierScheme(
        name="club",
        standard="ours",
        as_written=lambda text: (text.removeprefix("CLUB"), "old_card" if text.startswith("CLUB") else ""),
        verdict=lambda value: "" if len(value) < 6 else "invalid_check_digit",
    )
    assert parse_identifier("Club 7712", scheme=club).value == ExternalId(scheme="club", value="7712")
    assert [issue.code for issue in parse_identifier("Club 7712", scheme=club).issues] == ["old_card"]
    assert [issue.code for issue in parse_identifier("771234", scheme=club).issues] == ["invalid_check_digit"]


@pytest.mark.parametrize("scheme", ["nir", "ssn_fr"])
def test_social_security_number_has_no_scheme(scheme: str) -> None:
    """The French social security number is refused with the reason."""
    with pytest.raises(ConfigurationError, match=r"social security number .* is not read"):
        parse_identifier("1", scheme=scheme)
    assert scheme not in identifier_schemes()


def test_unknown_scheme() -> None:
    """A scheme that is not declared is a mistake of the caller."""
    with pytest.raises(ConfigurationError, match="'sirene': expected one of 'siren', 'siret'"):
        parse_identifier("1", scheme="sirene")


@pytest.mark.parametrize(
    ("siret", "siren"),
    [("35600000000048", "356000000"), ("356 000 000 00048", "356000000"), ("356000000", ""), ("", ""), ("x" * 14, "")],
)
def test_siren_of(siret: str, siren: str) -> None:
    """The SIREN of an establishment is its first nine digits."""
    assert siren_of(siret) == siren
