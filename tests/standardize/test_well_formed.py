"""`custid.standardize._well_formed`: wherever it answers, it says what the standardizer says."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from functools import cache, partial

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.standardize import placeholders
from custid.standardize._well_formed import WELL_FORMED, is_iso_date, standardize_well_formed
from custid.standardize.date import is_day_first, standardize_date
from custid.standardize.locales import LOCALES
from custid.standardize.placeholders import PLACEHOLDER_KINDS, placeholder_words
from custid.standardize.registry import STANDARDIZERS
from custid.standardize.values import Standardized, Standardizer
from custid.testing import synthetic_customers

_COLUMNS = {
    "category": ("company", "city"),
    "date": ("birth_date",),
    "email": ("email",),
    "full_name": ("given_name", "family_name"),
    "identifier": ("loyalty_card",),
    "person_name": ("given_name", "family_name"),
    "phone": ("phone", "mobile"),
    "place": ("city",),
    "postcode": ("postcode",),
    "street": ("street",),
}
_CASES = [
    *((name, None) for name in WELL_FORMED if name != "date"),
    *(("date", day_first) for day_first in (None, True, False)),
]
_each_standardizer = pytest.mark.parametrize(("name", "day_first"), _CASES)

# What decides at the borders of the patterns: separators, prefixes, words that a standardizer changes.
_PIECES = {
    "category": "boulanger patissier na nc - / ' . é œ autre x",
    "date": "1980 1900 2100 2101 999 01 12 13 31 30 29 02 28 00 1 - / . : T00:00 jan XX .0 1970-01-01 31/12/2099 04",
    "email": "jean test 1 12 x a b . - _ + ' @ @@ mail .fr .com .example test. none c no reply aa , ; mailto: < >",
    "full_name": "Jean DUPONT Marie , , m M. mme dr et o'brien iii Null - de LE van 2 é É ß st SARL MARTIN Bernard",
    "identifier": "abc 123 456 789 0 00 000 1 - . / FR E+10 X 5, aa",
    "person_name": "Jean m M. mme dr et o'brien iii xxx aaa Null - de van 2 é ß st jr",
    "phone": "+ 00 33 44 1 330 0 (0) 6 39 98 00 01 2345678 12 - . ( ) / x ext # , ; .0 E+ 999 123456 600000",
    "place": "st ste saint Sainte cedex 2 paris lyon 11e 75011 s/ sur - . ' mer inconnue xxx nantes",
    "postcode": "75 011 75011 00000 99999 F- GB AB1 2CD ol14 7AQ -1234 cedex 1 . xxx",
    "street": "12 1 0 007 123456 1st 2e bis ter a b n no numero e north r rue av. ave st st. saint dr docteur bd , - / "
    "' de la apt 3b inconnu xxx aaa london road é ß chemin res.",
}
_PIECES_OF = {name: pieces.split() for name, pieces in _PIECES.items()}
_ODD = ["\u00a0", "\t", "\n", "\x00", "\u200b", "é", "e\u0301", "½", "東", "’", " " * 40, "x" * 201]


def _standardizer(name: str, *, day_first: bool | None) -> Standardizer:
    return partial(standardize_date, day_first=day_first) if name == "date" else STANDARDIZERS[name]


def _share_answered(name: str, texts: Iterable[str], *, day_first: bool | None = None) -> float:
    """Check every answer against the standardizer; return the share of texts that were answered."""
    distinct = list(dict.fromkeys(texts))
    found = standardize_well_formed(name, pa.array(distinct, pa.string()), day_first=day_first)
    standardize = _standardizer(name, day_first=day_first)
    wrong = [
        (text, value, standardize(text))
        for text, value in zip(distinct, found.to_pylist(), strict=True)
        if value is not None and (not value or standardize(text) != Standardized(value))
    ]
    assert wrong == []
    return 1.0 - int(found.null_count) / max(1, len(distinct))


def _near(name: str) -> st.SearchStrategy[str]:
    """Texts made of what decides, glued or with one separator between."""
    pieces = st.lists(st.one_of(st.sampled_from(_PIECES_OF[name]), st.sampled_from(_ODD)), max_size=7)
    return st.tuples(st.sampled_from(["", "", " ", " ", ".", "-", ", "]), pieces).map(
        lambda drawn: drawn[0].join(drawn[1])
    )


@_each_standardizer
@given(data=st.data())
def test_near_the_borders(name: str, day_first: bool | None, data: st.DataObject) -> None:  # noqa: FBT001
    """Texts of the pieces that the patterns turn on get the standardizer's value, or none."""
    plain = st.sampled_from(_PIECES_OF[name]).map(str)
    texts = st.lists(
        st.one_of(_near(name), st.lists(plain, max_size=6).map("".join), st.text(max_size=12)), max_size=30
    )
    _share_answered(name, data.draw(texts), day_first=day_first)


@_each_standardizer
def test_many_texts_near_the_borders(name: str, day_first: bool | None) -> None:  # noqa: FBT001
    """Of 20,000 random joins of deciding pieces, none is answered differently, and some are answered."""
    draw = random.Random(name)  # noqa: S311 - test data
    texts = [
        draw.choice(["", "", " ", ".", "-"]).join(draw.choices(_PIECES_OF[name], k=draw.randint(1, 6)))
        for _ in range(20_000)
    ]
    assert _share_answered(name, texts, day_first=day_first) > 0


@cache
def _nothing() -> tuple[str, ...]:
    """Return every listed value that stands for nothing, and what is one in some place of a value only."""
    words = {word for kind in PLACEHOLDER_KINDS for word in placeholder_words(kind)}
    phones, dates = placeholders._PHONES, placeholders._DATES
    locals_, pairs = placeholders._EMAIL_LOCAL_PARTS, placeholders._EMAIL_PAIRS
    texts = [*words, *phones, *dates, *placeholders._IDENTIFIERS, *locals_, *pairs]
    texts += [f"{start}{digits}" for digits in phones for start in ("0", "+33 ", "+44(0)", "0033", "+1 ")]
    texts += [f"{day}{sep}{month}{sep}{year}" for year, month, day in (d.split("-") for d in dates) for sep in "/.-"]
    texts += [f"{month}/{day}/{year}" for year, month, day in (date.split("-") for date in dates)]
    texts += [
        f"{local}@{domain}" for local in ("jean", "x.y") for domain in map("{}.com".format, placeholders._EMAIL_DOMAINS)
    ]
    texts += [f"{gap.join(local)}@sub.mail.fr" for local in locals_ for gap in ("", ".", "_-")]
    texts += [f"{word}@{sub}{word}.co" for word in {*pairs, "z", "zzz", "7", "77"} for sub in ("", "mail.")]
    texts += [symbol * n for symbol in "abiz0159" for n in range(1, 12)]
    return tuple(texts)


@_each_standardizer
def test_what_stands_for_nothing(name: str, day_first: bool | None) -> None:  # noqa: FBT001
    """No placeholder gets a value, however it is written and whatever number stands before it."""
    written = [form(text) for text in _nothing() for form in (str, str.upper, str.title, " {} ".format, "12 {}".format)]
    _share_answered(name, written, day_first=day_first)


@_each_standardizer
def test_every_word_of_every_language(name: str, day_first: bool | None) -> None:  # noqa: FBT001
    """A word that a locale pack knows changes no answer, at the front, inside or at the end."""
    groups = [
        group
        for pack in LOCALES
        for group in (
            pack.civilities,
            pack.legal_forms,
            pack.street_front,
            pack.street_end,
            pack.street_inside,
            pack.months,
        )
    ]
    words = sorted({word for group in groups for word in group})
    forms = ("{}", "{} dupont", "rue {} dupont", "dupont {}", "12 {} dupont", "12 rue {} 3", "12 {}", "N {} E")
    _share_answered(name, [form.format(word) for word in words for form in forms], day_first=day_first)


@cache
def _generated(n_records: int) -> pa.Table:
    return synthetic_customers(n_records, seed=20260101).records


def _values(table: pa.Table, name: str) -> list[str]:
    return [text for column in _COLUMNS[name] for text in table[column].unique().to_pylist() if text]


def _damaged(texts: list[str], draw: random.Random) -> Iterable[str]:
    """Texts with one character left out, doubled, or replaced by one of another text."""
    for text in texts:
        place = draw.randrange(len(text))
        yield (
            text[:place] + draw.choice(["", text[place] * 2, draw.choice(draw.choice(texts)), " "]) + text[place + 1 :]
        )


@_each_standardizer
def test_generated_values(name: str, day_first: bool | None) -> None:  # noqa: FBT001
    """Values of synthetic customers, whole and damaged, are answered as the standardizer does."""
    texts = _values(_generated(3_000), name)
    _share_answered(name, texts, day_first=day_first)
    _share_answered(name, _damaged(texts, random.Random(name)), day_first=day_first)  # noqa: S311 - test data


@pytest.mark.slow
@_each_standardizer
def test_a_hundred_thousand_generated_values(name: str, day_first: bool | None) -> None:  # noqa: FBT001
    """The same for 100,000 values, damaged again and again where there are fewer distinct ones."""
    texts = values = _values(_generated(100_000), name)
    draw = random.Random(name)  # noqa: S311 - test data
    while len(texts) < 100_000:
        texts = texts + list(_damaged(values, draw))
    _share_answered(name, texts, day_first=day_first)


@pytest.mark.parametrize("name", ["email", "identifier", "person_name", "phone", "postcode"])
def test_most_values_are_answered(name: str) -> None:
    """Nine of ten values of synthetic customers need no standardizer."""
    assert _share_answered(name, _values(_generated(3_000), name)) > 0.9


def test_most_dates_are_answered() -> None:
    """Dates with the year last are answered as soon as the order of day and month is known."""
    texts = [text for text in _values(_generated(3_000), "date") if re.fullmatch(r"[\d./-]{10}", text)]
    assert _share_answered("date", texts, day_first=True) > 0.8


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("date", "1980-12-31", "1980-12-31"),
        ("email", "Jean.Petit+shop@Mail.FR", "jean.petit+shop@mail.fr"),
        ("identifier", "FR-40 303 265 045", "fr40303265045"),
        ("person_name", "  Anne-Sophie D'ARTAGNÂN", "anne sophie dartagnan"),
        ("phone", "06.39.98.00.01", "639980001"),
        ("phone", "+33 (0)6 39 98 00 01", "639980001"),
        ("phone", "00447700900123", "7700900123"),
        ("phone", "(555) 010-0123", "5550100123"),
        ("place", "Saint-Étienne", "saint etienne"),
        ("postcode", "OL14 7AQ", "ol147aq"),
        ("street", "12, rue de l'Église", "12 rue de leglise"),
        ("street", "12 bis, av. du Gal. de Gaulle", "12bis avenue du general de gaulle"),
        ("street", "London Road", "london road"),
    ],
)
def test_answers(name: str, text: str, value: str) -> None:
    """Well-formed values are answered."""
    assert standardize_well_formed(name, pa.array([text])).to_pylist() == [value]
    assert STANDARDIZERS[name](text) == Standardized(value)


@pytest.mark.parametrize("day_first", [True, False])
def test_dates_in_the_order_of_their_column(*, day_first: bool) -> None:
    """A date with the year last is read in the order that is known, and left open in the other one."""
    texts = ["25/12/1979", "12/25/1979", "03.04.1980"]
    found = standardize_well_formed("date", pa.array(texts), day_first=day_first).to_pylist()
    assert found == ([*("1979-12-25", None), "1980-04-03"] if day_first else [None, "1979-12-25", "1980-03-04"])


@given(st.lists(st.one_of(_near("date"), st.dates().map(str), st.from_regex(r"\A\d\d/\d\d/\d{4}\Z")), max_size=8))
def test_iso_dates_tell_no_order(texts: list[str]) -> None:
    """The order of day and month is the same without the ISO dates."""
    is_iso = is_iso_date(pa.array(texts, pa.string())).to_pylist()
    others = [text for text, iso in zip(texts, is_iso, strict=True) if not iso]
    assert is_day_first(others) is is_day_first(texts)
