"""Sound keys."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.standardize.locales import LOCALES, VARIANTS
from custid.standardize.phonetics import PHONETIC_KEYS, phonetic_key_fr


@pytest.mark.parametrize(
    "words",
    [
        "Dupont Dupond Dupon",
        "Durand Durant Duran",
        "Lefèvre Lefebvre Lefevre",
        "Gauthier Gautier Gotier",
        "Renaud Renault Renaut Reno",
        "Thibault Thibaud Thibaut Tibo",
        "Arnaud Arnault Arno",
        "Michaud Michaux Micheau Misho",
        "Moreau Moreaux Morot Moro",
        "Rousseau Rousseaux Rousso",
        "Leclerc Leclercq Leclair",
        "Dubois Duboy Duboit",
        "Leroux Leroud Lerou",
        "Blanc Blan",
        "Legrand Legran",
        "Chevalier Chevallier",
        "Boulanger Boulangé",
        "Charpentier Charpentié",
        "Meyer Mayer Maier",
        "Schmitt Schmidt Schmit",
        "Caron Carron Karon",
        "Philippe Filipe Filippe",
        "Mathieu Matthieu",
        "Catherine Katherine",
        "Christelle Kristel",
        "Frédéric Frederik Frédérique",
        "Éric Erik Erick",
        "Jacques Jaques Jack",
        "Jean Jan Gean",
        "Jérôme Gérome",
        "Gérard Jérard",
        "Georges Jorje",
        "Guillaume Guiyaume",
        "Camille Kamille",
        "Cécile Sécile Sessile",
        "Chloé Cloe Kloé",
        "François Fransois",
        "Hélène Elene",
        "Henri Henry Anri",
        "Hugo Ugo",
        "Isabelle Izabel",
        "Laurent Lauran Lorent",
        "Marc Mark",
        "Nicolas Nikola",
        "Paul Pol",
        "Perrin Perin",
        "Quentin Kentin",
        "Rémi Rémy",
        "Simon Cimon",
        "Thomas Tomas Toma",
        "Vincent Vinsan",
        "Yvon Ivon",
    ],
)
def test_alike(words: str) -> None:
    """Spellings that sound alike have one key."""
    assert len({phonetic_key_fr(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Martin Martine Marin Marine Marion Maria Marie",
        "Denis Denise",
        "Louis Louise",
        "François Françoise",
        "Jean Jeanne",
        "Simon Simone",
        "Nicolas Nicole",
        "Mathieu Mathis",
        "Renaud René Renard",
        "Roger Robert",
        "Paul Pauline",
        "Michel Michaud",
        "Girard Guirard",
        "Dupont Dupuis Dupré Dubois Dumont",
        "Blanc Blanchard",
        "Laurent Laure",
        "Petit Petrin",
    ],
)
def test_different(words: str) -> None:
    """Names that sound differently have different keys."""
    for left, right in itertools.combinations(words.split(), 2):
        assert phonetic_key_fr(left) != phonetic_key_fr(right)


@pytest.mark.parametrize(("word", "key"), [("", ""), ("H", "h"), ("?", ""), ("Ng", "n"), ("12", "")])
def test_little_to_hear(word: str, key: str) -> None:
    """What has no sound is kept as its letters; what has no letter has no key."""
    assert phonetic_key_fr(word) == key


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40))
def test_any_word(word: str) -> None:
    """Any text has a key of small letters and digits, that case does not change."""
    key = phonetic_key_fr(word)
    assert key == "" or key.isalnum()
    assert key.isascii()
    assert phonetic_key_fr(word.lower().upper()) == phonetic_key_fr(word.upper())


def test_packs_name_known_keys() -> None:
    """The sound key that a locale pack names exists."""
    assert {pack.phonetic_key for pack in (*LOCALES, *VARIANTS)} <= {"", *PHONETIC_KEYS}
