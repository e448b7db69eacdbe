"""Telephone numbers and e-mail addresses as typed values."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Iterator

import email_validator
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import Email, Phone, PhoneKind
from custid.standardize import parse_email, parse_phone, standardize_phone
from custid.standardize.contact_points import _kinds, _plain_email, _plain_phone
from custid.standardize.placeholders import is_placeholder_email, is_placeholder_phone

LENGTHS = {"FR": 9, "GB": 10, "US": 10}


def numbers_of(region: str, n_tails: int) -> Iterator[str]:
    """Yield national significant numbers of a plan: every beginning of four digits, each with random tails."""
    draw = random.Random(region)  # noqa: S311 - test data
    lengths = {"BE": (8, 9), "CH": (9,), "DE": (10, 11), "ES": (9,), "IT": (9, 10)}.get(region) or (LENGTHS[region],)
    for head, length, _ in itertools.product(range(10_000), lengths, range(n_tails)):
        yield f"{head:04d}" + "".join(draw.choices("0123456789", k=length - 4))


def by_library(raw: str, country: str) -> Phone | None:
    """Read a number by the library alone; None where it is not valid."""
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return Phone(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        kind=_kinds().get(phonenumbers.number_type(number), PhoneKind.UNKNOWN),
    )


def is_home(phone: Phone, region: str) -> bool:
    """Tell whether a number is of the region itself, and not of another one under its calling code."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(phone.e164)) == region


@pytest.mark.parametrize("address", ["testé@mail.fr", "néant-é@mail.fr", "名na@mail.fr"])
def test_letters_of_other_scripts_make_another_local_part(address: str) -> None:
    """A local part is no placeholder where letters beyond ASCII stand beside one."""
    assert parse_email(address).value is not None


@pytest.mark.parametrize("region", ["FR", "GB", "US"])
def test_short_way_agrees_with_the_library_on_all_ranges(region: str) -> None:
    """Whatever range a number is in, the short way reads it as the library does, and reads every valid one."""
    code = phonenumbers.country_code_for_region(region)
    trunk = "1" if region == "US" else "0"
    n_read = 0
    for significant in numbers_of(region, 1):
        for raw in (f"{trunk}{significant}", f"+{code}{significant}"):
            plain = _plain_phone(raw, region)
            expected = by_library(raw, region)
            if plain is not None:
                assert plain == expected, significant[:4]
                n_read += 1
            elif expected is not None and is_home(expected, region):
                assert significant[0] in ("01" if region == "US" else "0") or is_placeholder_phone(significant), (
                    significant[:4]
                )
    assert n_read > 2_000


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Return a number as somebody may write it, and the country that is assumed."""
    region = draw(st.sampled_from(sorted(LENGTHS)))
    digits = draw(st.text("0123456789", min_size=LENGTHS[region] - 1, max_size=LENGTHS[region] + 1))
    gaps = draw(st.lists(st.sampled_from(["", "", " ", ".", "-"]), min_size=len(digits), max_size=len(digits)))
    prefix = draw(
        st.sampled_from(
            ["", "0", "0 ", "1", "1-", "1 ", "00", "0033", "0044", "+33", "+33 ", "+44", "+1", "+1 ", "+1-"]
        )
    )
    return prefix + "".join(gap + digit for gap, digit in zip(gaps, digits, strict=True)), draw(
        st.sampled_from(["FR", "GB", "US", "DE", ""])
    )


@given(written_numbers())
def test_short_way_agrees_with_the_library_on_all_writings(written: tuple[str, str]) -> None:
    """However a number is written, the short way reads it as the library does or leaves it to the library."""
    raw, country = written
    plain = _plain_phone(raw, country)
    if plain is not None:
        assert plain == by_library(raw, country)
        assert parse_phone(raw, country=country).values == (plain,)


@pytest.mark.parametrize("region", ["FR", "GB", "US", "BE", "CH", "DE", "ES", "IT"])
def test_match_key_is_the_national_number(region: str) -> None:
    """The key of a valid number, however written, is its national significant number without leading zeros.

    Italy keeps the zero of its area codes in international writing; the key drops it, so that both writings agree.
    """
    code = phonenumbers.country_code_for_region(region)
    at_home = phonenumbers.PhoneNumberFormat.NATIONAL
    n_seen = 0
    for significant in numbers_of(region, 1):
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(significant))
        number.italian_leading_zero = True if significant[0] == "0" and region == "IT" else None
        if significant[0] == "0" and region != "IT":
            continue
        if not phonenumbers.is_valid_number_for_region(number, region) or is_placeholder_phone(significant):
            continue
        written = [f"+{code}{significant}", f"00{code} {significant}", f"+{code} {significant[:2]} {significant[2:]}"]
        if region in LENGTHS:
            written.append(phonenumbers.format_number(number, at_home))
        for raw in written:
            assert standardize_phone(raw).value == significant.lstrip("0"), raw[:5]
        read = parse_phone(written[0]).value
        assert read is not None
        assert read.e164 == f"+{code}{significant}"
        n_seen += 1
    assert n_seen > 500


@pytest.mark.parametrize(
    ("raw", "country", "values", "codes"),
    [
        ("+33 (0)1 99 00 12 34", "FR", ["+33199001234"], []),
        ("0199001234.0", "FR", ["+33199001234"], []),
        ("199001234", "FR", ["+33199001234"], []),
        ("Tél. : 01 99 00 12 34 (bureau)", "FR", ["+33199001234"], []),
        ("01 99 00 12 34 / 02 61 91 12 34", "FR", ["+33199001234", "+33261911234"], ["several_values"]),
        ("01 99 00 12 34 ou 01 99 00 12 34", "FR", ["+33199001234"], []),
        ("0199001234 0261911234", "FR", ["+33199001234", "+33261911234"], ["several_values"]),
        ("Domicile 01 99 00 12 34 bureau 02 61 91 12 34", "FR", ["+33199001234", "+33261911234"], ["several_values"]),
        ("01 99 00 12 34/35", "FR", ["+33199001234"], []),
        ("01 99 00 12 34, 12", "FR", ["+33199001234"], []),
        ("+39 02 1234 5679", "", ["+390212345679"], []),
        ("01 99 00 12 34", "", [], ["invalid_number"]),
        ("01 99 00 12 34", "AQ", [], ["invalid_number"]),
        ("06 39 98 12 34", "FR", ["+33639981234"], ["unassigned_number"]),
        ("1-800-FLOWERS", "US", ["+18003569377"], []),
        ("3631", "FR", [], ["special_number"]),
        ("15", "FR", [], ["special_number"]),
        ("118218", "FR", [], ["special_number"]),
        ("555-0123", "US", [], ["local_number"]),
        ("01 99 00", "FR", [], ["too_short"]),
        ("1", "FR", [], ["too_short"]),
        ("01 99 00 12 34 56 78", "FR", [], ["too_long"]),
        ("12" * 200, "FR", [], ["too_long"]),
        ("1.99E+08", "FR", [], ["unparsable"]),
        ("appeler Marie", "FR", [], ["invalid_number"]),
        ("N/A", "FR", [], ["placeholder"]),
        ("-", "FR", [], ["placeholder"]),
        ("00 00 00 00 00", "FR", [], ["placeholder"]),
        ("+33 6 00 00 00 00", "FR", [], ["placeholder"]),
        ("", "FR", [], []),
        (" ", "FR", [], []),
        ("\u202a+33199001234\u202c", "FR", ["+33199001234"], []),
        ("٠١٩٩٠٠١٢٣٤", "FR", ["+33199001234"], []),
    ],
)
def test_phones(raw: str, country: str, values: list[str], codes: list[str]) -> None:
    """Numbers are read as people write them; what cannot be read says why."""
    read = parse_phone(raw, country=country)
    assert [phone.e164 for phone in read.values] == values
    assert [issue.code for issue in read.issues] == codes
    assert read.raw == raw


@pytest.mark.parametrize(
    ("raw", "extension"),
    [
        ("01 99 00 12 34 poste 12", "12"),
        ("01 99 00 12 34 ext. 123", "123"),
        ("01 99 00 12 34 x 5", "5"),
        ("01 99 00 12 34;ext=12", "12"),
        ("01 99 00 12 34 #12", "12"),
        ("01 99 00 12 34", ""),
    ],
)
def test_extensions(raw: str, extension: str) -> None:
    """An extension is kept apart from the number."""
    assert parse_phone(raw).value == Phone(e164="+33199001234", extension=extension, kind=PhoneKind.FIXED)


@pytest.mark.parametrize("country", ["fr", "FRA", "France", "F1"])
def test_country_is_a_code(country: str) -> None:
    """A country that is no code of two capital letters is a mistake of the caller."""
    with pytest.raises(ConfigurationError, match="country: expected two capital letters"):
        parse_phone("01 99 00 12 34", country=country)


LOCAL = st.text("abcXYZ019.+-_'", min_size=1, max_size=66)
LABEL = st.text("abcXY019-", min_size=1, max_size=64)


@given(
    LOCAL,
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(["fr", "com", "ORG", "test", "local", "example", "c", "f1", "museum"]),
)
def test_short_way_agrees_with_the_library_on_addresses(local: str, labels: list[str], top_level: str) -> None:
    """An address that the short way reads is the one that the library normalizes it to."""
    raw = f"{local}@{'.'.join(labels)}.{top_level}"
    plain = _plain_email(raw)
    if plain is not None:
        assert plain == Email(address=email_validator.validate_email(raw, check_deliverability=False).normalized)
        assert parse_email(raw).values == (plain,)


@given(st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20})?@[a-z]([a-z0-9]{0,20}[a-z0-9])?\.(fr|com|org)", fullmatch=True))
def test_short_way_reads_usual_addresses(raw: str) -> None:
    """Usual addresses take the short way, unless they are nobody's."""
    assert (_plain_email(raw) is None) == (is_placeholder_email(raw) and not raw.endswith("@example.org"))


@pytest.mark.parametrize(
    ("raw", "values", "codes"),
    [
        ("zoe@example.org", ["zoe@example.org"], []),
        ("Zoe.Petit@Shop.EXAMPLE", ["Zoe.Petit@shop.example"], []),
        (" zoe@example.org\t", ["zoe@example.org"], []),
        ("Zoé <zoe@example.org>", ["zoe@example.org"], ["display_name"]),
        ("<zoe@example.org>", ["zoe@example.org"], []),
        ("mailto:zoe@example.org", ["zoe@example.org"], ["mailto"]),
        ("(zoe@example.org).", ["zoe@example.org"], []),
        ("zoe@shop.example; max@shop.example", ["zoe@shop.example", "max@shop.example"], ["several_values"]),
        ("zoe@shop.example/max@shop.example", ["zoe@shop.example", "max@shop.example"], ["several_values"]),
        ("zoe@shop.example, max@shop", ["zoe@shop.example"], ["invalid_email"]),
        ("zoe@shop.example zoe@shop.example", ["zoe@shop.example"], []),
        ("zoe@shop.local", ["zoe@shop.local"], ["special_use_domain"]),
        ("zoe@localhost", [], ["invalid_email"]),
        ("zoe petit@shop.example", [], ["invalid_email"]),
        ("zoe(at)shop.example", [], ["invalid_email"]),
        ("zoe@shop..example", [], ["invalid_email"]),
        ("zoe@", [], ["invalid_email"]),
        ("@", [], ["placeholder"]),
        ("zoe", [], ["invalid_email"]),
        ("a" * 300 + "@shop.example", [], ["invalid_email"]),
        ("a@" * 400, [], ["invalid_email"]),
        ("noreply@shop.example", [], ["placeholder"]),
        ("test@example.org", [], ["placeholder"]),
        ("pas d'email", [], ["placeholder"]),
        ("-", [], ["placeholder"]),
        ("", [], []),
        ("\u200b", [], []),
        ("zoe\u200b@example.org", ["zoe@example.org"], []),
    ],
)
def test_emails(raw: str, values: list[str], codes: list[str]) -> None:
    """Addresses are read with what stands around them; what cannot be read says why."""
    read = parse_email(raw)
    assert [email.address for email in read.values] == values
    assert [issue.code for issue in read.issues] == codes
    assert read.raw == raw


def test_libraries_are_loaded_when_needed() -> None:
    """Importing the parsers, and reading nothing, loads none of the libraries behind them."""
    program = (
        "import sys, custid.standardize as s; s.parse_phone(''); s.parse_email('zoe@mail.fr');"
        "print(*{'phonenumbers', 'email_validator', 'stdnum'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
