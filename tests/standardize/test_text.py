"""Folding."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.standardize.text import fold, to_ascii, tokens, visible, without_decimal_tail

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", ""),
        ("   ", ""),
        ("--- ?", ""),
        ("Éric", "eric"),
        ("E\u0301ric", "eric"),
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "obrien"),
        ("D\u00b4Artagnan", "dartagnan"),
        ("d`Artagnan", "dartagnan"),
        ("Jean-Pierre", "jean pierre"),
        ("Jean\u2013Pierre", "jean pierre"),
        ("Œuvre", "oeuvre"),
        ("LÆTITIA", "laetitia"),
        ("Straße", "strasse"),
        ("Søren", "soren"),
        ("Łukasz", "lukasz"),
        ("Đặng", "dang"),
        ("Guðrún", "gudrun"),
        ("Þór", "thor"),
        ("İstanbul \u0131s\u0131", "istanbul isi"),
        ("a\tb\nc\r\nd", "a b c d"),
        ("a\x00b\x1fc", "abc"),
        ("Mar\u200btin\u00ad\u202e\ufeff", "martin"),
        ("\uff21\uff22\uff23\uff11\uff12", "abc12"),
        ("١٢٣", "123"),
        ("Acme™ Ltd", "acme ltd"),
        ("Paral·lel", "parallel"),
        ("a\u2028b\u00a0c\x85d", "a b c d"),
        ("Привет", "privet"),
        ("Αθήνα", "athina"),
        ("北京", "beijing"),
        ("한국", "hangug"),
        ("がか", "gaka"),
        ("\ud800x\udfff", "x"),
        ("🙂", ""),
        ("Smith & Co.", "smith co"),
    ],
)
def test_fold(raw: str, expected: str) -> None:
    """A text folds to the words by which it is compared."""
    assert fold(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Œuvre de Łódź", "OEuvre de Lodz"),
        ("a\u2014b \u2018c\u2019", "a-b 'c'"),
        ("plain\x00", "plain\x00"),
        ("jean\uff20mail\uff0efr", "jean@mail.fr"),
        ("\x80é", "e"),
    ],
)
def test_to_ascii(raw: str, expected: str) -> None:
    """The ASCII spelling keeps case, blanks and punctuation."""
    assert to_ascii(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(" a  b ", "a  b"), ("a\tb\x00", "a b"), ("\u200b", ""), ("\n", ""), ("Ünï.Code@x.fr", "Uni.Code@x.fr")],
)
def test_visible(raw: str, expected: str) -> None:
    """What is visible of a text is one trimmed line without control characters."""
    assert visible(raw) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("75011.0", "75011"), ("1.5", "1.5"), (".0", ".0"), ("a.0", "a.0"), ("1.2.0", "1.2.0")]
)
def test_without_decimal_tail(text: str, expected: str) -> None:
    """Only a whole number loses the tail that data frames append."""
    assert without_decimal_tail(text) == expected


def test_tokens() -> None:
    """Tokens are the words of a folded text, none for an empty one."""
    assert tokens("jean pierre") == ["jean", "pierre"]
    assert tokens("") == []


@settings(deadline=None)
@given(ANY_TEXT)
def test_fold_is_made_of_plain_words(raw: str) -> None:
    """A folded text has lower-case ASCII letters, digits and single inner spaces only."""
    folded = fold(raw)
    assert folded.isascii()
    assert folded == folded.lower() == " ".join(folded.split())
    assert all(word.isalnum() for word in folded.split())


@settings(deadline=None)
@given(ANY_TEXT)
def test_fold_is_idempotent_and_blind_to_composition(raw: str) -> None:
    """Folding twice, or folding the composed or the decomposed form, changes nothing."""
    folded = fold(raw)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFC", raw)) == fold(unicodedata.normalize("NFD", raw)) == folded


def test_transliteration_is_loaded_when_needed() -> None:
    """Latin names, accents and ligatures included, leave anyascii unloaded."""
    program = (
        "import sys; from custid.standardize import fold; fold('Œuvre Éric ßøł'); print('anyascii' in sys.modules);"
        "fold('\u041f\u0440\u0438\u0432\u0435\u0442'); print('anyascii' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "True"]
