"""Names of persons taken apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import NameUse, PersonName
from custid.standardize.person_names import parse_person_name

_LOCALES = ("fr", "en-GB", "en-US", "en", "")


def _parsed(raw: str, locale: str = "fr") -> list[tuple[Any, ...]]:
    names = parse_person_name(raw, locale=locale).values
    return [(name.prefix, name.given, name.particle, name.family, name.suffix) for name in names]


def _codes(raw: str, locale: str = "fr") -> list[str]:
    return [issue.code for issue in parse_person_name(raw, locale=locale).issues]


@pytest.mark.parametrize(
    "raw",
    [
        "DUPONT Marie-Claude",
        "Marie-Claude DUPONT",
        "Dupont Marie-Claude",
        "Marie-Claude Dupont",
        "Dupont, Marie-Claude",
    ],
)
def test_either_order(raw: str) -> None:
    """Given and family name are told apart by case, by known given names, and by a comma."""
    ((_, given_names, _, family, _),) = _parsed(raw)
    assert (given_names, family.lower()) == (("Marie-Claude",), "dupont")


@pytest.mark.parametrize(
    ("raw", "given_names", "particle", "family"),
    [
        ("Charles de Beaumont", ("Charles",), "de", "Beaumont"),
        ("de Beaumont Charles", ("Charles",), "de", "Beaumont"),
        ("DE BEAUMONT Charles", ("Charles",), "DE", "BEAUMONT"),
        ("Jeanne d'Aubigny", ("Jeanne",), "d'", "Aubigny"),
        ("D’AUBIGNY JEANNE", ("JEANNE",), "D’", "AUBIGNY"),
        ("Paul du Bellay", ("Paul",), "du", "Bellay"),
        ("Paul de La Bruyère", ("Paul",), "de La", "Bruyère"),
        ("Paul de l'Étang", ("Paul",), "de l'", "Étang"),
        ("BRUYERE Paul de La", ("Paul",), "de La", "BRUYERE"),
        ("BRUYERE, Paul de La", ("Paul",), "de La", "BRUYERE"),
        ("BEAUMONT (de) Charles", ("Charles",), "de", "BEAUMONT"),
        ("Ludwig van der Meer", ("Ludwig",), "van der", "Meer"),
        ("Yann Le Goff", ("Yann",), "", "Le Goff"),
        ("LE GOFF YANN", ("YANN",), "", "LE GOFF"),
        ("La Fontaine Jean", ("Jean",), "", "La Fontaine"),
        ("Xavier Dupont de Nemours", ("Xavier",), "", "Dupont de Nemours"),
        ("Ben Salem Karim", ("Karim",), "", "Ben Salem"),
        ("Ben Dupont", ("Ben",), "", "Dupont"),
        ("Hugo Del", ("Hugo",), "", "Del"),
        ("Anne Tissot-Le Bihan", ("Anne",), "", "Tissot-Le Bihan"),
    ],
)
def test_particles(raw: str, given_names: tuple[str, ...], particle: str, family: str) -> None:
    """Particles stand apart, wherever they are written; an article alone belongs to the family name."""
    assert _parsed(raw) == [("", given_names, particle, family, "")]


@pytest.mark.parametrize(
    ("raw", "given_names"),
    [
        ("Jean-Pierre Morel", ("Jean-Pierre",)),
        ("JEAN PIERRE MOREL", ("JEAN PIERRE",)),
        ("J-P MOREL", ("J-P",)),
        ("J.-P. Morel", ("J.-P.",)),
        ("JP Morel", ("JP",)),
        ("MOREL J.", ("J.",)),
        ("Maria de Fátima Morel", ("Maria de Fátima",)),
        ("Louis Victor MOREL", ("Louis", "Victor")),
    ],
)
def test_given_names(raw: str, given_names: tuple[str, ...]) -> None:
    """A composite given name, and initials written together, are one element."""
    ((_, found, _, family, _),) = _parsed(raw)
    assert (found, family.lower()) == (given_names, "morel")


@pytest.mark.parametrize(
    ("raw", "prefix"),
    [
        ("M. Jean MOREL", "M."),
        ("M.Jean MOREL", "M."),
        ("M. le Dr Jean MOREL", "M. le Dr"),
        ("Maître Jean Morel", "Maître"),
        ("Mr Jean Morel", "Mr"),
        ("MOREL Jean (M.)", "M."),
        ("Morel Jean, Dr", "Dr"),
        ("Jean MOREL", ""),
    ],
)
def test_civilities(raw: str, prefix: str) -> None:
    """Civilities and titles are optional, may follow one another, and may stand behind."""
    ((found, given_names, _, family, _),) = _parsed(raw)
    assert (found, given_names, family.lower()) == (prefix, ("Jean",), "morel")


@pytest.mark.parametrize(
    "raw",
    [
        "Anne DUPONT née MARTIN",
        "DUPONT Anne (née MARTIN)",
        "DUPONT née MARTIN Anne",
        "Anne MARTIN épouse DUPONT",
        "MARTIN ép. DUPONT Anne",
        "Anne MARTIN veuve DUPONT",
        "Anne DUPONT NEE MARTIN",
    ],
)
def test_birth_and_usage_name(raw: str) -> None:
    """Both names are found, the usual one first, each with the given name."""
    usage, birth = parse_person_name(raw).values
    assert usage == PersonName(given=("Anne",), family="DUPONT")
    assert birth == PersonName(given=("Anne",), family="MARTIN", use=NameUse.BIRTH)


def test_birth_name_alone() -> None:
    """A birth name without another name is the only name, with its civility."""
    (name,) = parse_person_name("Mme née MARTIN").values
    assert name == PersonName(prefix="Mme", family="MARTIN", use=NameUse.BIRTH)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("M. et Mme Jean DUPONT", [("M.", ("Jean",), "DUPONT"), ("Mme", (), "DUPONT")]),
        ("M. et Mme DUPONT", [("M.", (), "DUPONT"), ("Mme", (), "DUPONT")]),
        ("DUPONT M. et Mme", [("M.", (), "DUPONT"), ("Mme", (), "DUPONT")]),
        ("M. et Mme et Mlle Jean DUPONT", [("M.", ("Jean",), "DUPONT"), ("Mme", (), "DUPONT"), ("Mlle", (), "DUPONT")]),
        (
            "M. et Mme Jean DUPONT et Mme Claire MOREL",
            [("M.", ("Jean",), "DUPONT"), ("Mme", (), "DUPONT"), ("Mme", ("Claire",), "MOREL")],
        ),
        ("M. DUPONT et Mme", [("M.", (), "DUPONT"), ("Mme", (), "DUPONT")]),
        ("Mme et Jean DUPONT", [("Mme", (), "DUPONT"), ("", ("Jean",), "DUPONT")]),
        ("Jean et Marie DUPONT", [("", ("Jean",), "DUPONT"), ("", ("Marie",), "DUPONT")]),
        ("DUPONT Jean et Marie", [("", ("Jean",), "DUPONT"), ("", ("Marie",), "DUPONT")]),
        ("M. Jean DUPONT ou Mme Anne MOREL", [("M.", ("Jean",), "DUPONT"), ("Mme", ("Anne",), "MOREL")]),
        ("Jean DUPONT, Anne MOREL", [("", ("Jean",), "DUPONT"), ("", ("Anne",), "MOREL")]),
        ("Jean DUPONT / Anne MOREL", [("", ("Jean",), "DUPONT"), ("", ("Anne",), "MOREL")]),
    ],
)
def test_several_persons(raw: str, expected: list[tuple[Any, ...]]) -> None:
    """Two persons are two names; one family name is that of both, and the issue says so."""
    assert [(prefix, names, family) for prefix, names, _, family, _ in _parsed(raw)] == expected
    assert "several_persons" in _codes(raw)


@pytest.mark.parametrize(
    ("raw", "locale"),
    [
        ("M et Mme BELLANGER Lucien et Odette", "fr"),
        ("M. et Mme Lucien et Odette Bellanger", "fr"),
        ("M. et Mme BELLANGER Lucien & Odette", "fr"),
        ("BELLANGER Lucien et Odette M. et Mme", "fr"),
        ("Mr and Mrs Lucien and Odette Bellanger", "en-GB"),
    ],
)
def test_couple_with_both_given_names(raw: str, locale: str) -> None:
    """Of two civilities before two given names each belongs to one person, the first to the first."""
    persons = _parsed(raw, locale)
    assert [(names, family.capitalize()) for _, names, _, family, _ in persons] == [
        (("Lucien",), "Bellanger"),
        (("Odette",), "Bellanger"),
    ]
    assert [prefix.lower()[:2].rstrip(".") for prefix, *_ in persons] in (["m", "mm"], ["mr", "mr"])


def test_couple_and_others() -> None:
    """What follows a couple and is no given name of theirs makes nobody of them."""
    persons = _parsed("M. et Mme Bellanger et leurs enfants")
    assert [(prefix, names, family) for prefix, names, _, family, _ in persons[:2]] == [
        ("M.", (), "Bellanger"),
        ("Mme", (), "Bellanger"),
    ]


@pytest.mark.parametrize(
    ("raw", "locale"),
    [
        ('Robert "Bob" Smith', "en-US"),
        ("Robert (Bob) Smith", "en-GB"),
        ("Robert 'Bob' Smith", "en-GB"),
        ("Robert SMITH dit Bob", "fr"),
        ("Robert SMITH dit « Bob »", "fr"),
        ("Robert Smith aka Bob", "en-US"),
    ],
)
def test_nicknames(raw: str, locale: str) -> None:
    """A nickname is a second name that holds nothing else."""
    name, nickname = parse_person_name(raw, locale=locale).values
    assert (name.given, name.family.lower()) == (("Robert",), "smith")
    assert nickname == PersonName(given=("Bob",), use=NameUse.NICKNAME)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Smith, John Q.", ("", ("John", "Q."), "", "Smith", "")),
        ("Smith, John, Jr.", ("", ("John",), "", "Smith", "Jr.")),
        ("SMITH JOHN", ("", ("JOHN",), "", "SMITH", "")),
        ("John Fitzgerald Smith III", ("", ("John", "Fitzgerald"), "", "Smith", "III")),
        ("Dr Jane Smith, MD, PhD", ("Dr", ("Jane",), "", "Smith", "MD PhD")),
        ("The Revd Jane Smith", ("The Revd", ("Jane",), "", "Smith", "")),
        ("M. J. Smith", ("", ("M.", "J."), "", "Smith", "")),
        ("Patrick O'Malley", ("", ("Patrick",), "", "O'Malley", "")),
        ("van der Berg, Jan", ("", ("Jan",), "van der", "Berg", "")),
        ("Alice St. Clair", ("", ("Alice",), "", "St. Clair", "")),
        ("Ali Ma", ("", ("Ali",), "", "Ma", "")),
    ],
)
def test_english(raw: str, expected: tuple[Any, ...]) -> None:
    """English names keep middle names among the given ones, and have their suffixes apart."""
    assert _parsed(raw, "en-US") == [expected]


def test_former_name() -> None:
    """A former name that repeats the given name is read without it."""
    former = parse_person_name("Jane Smith formerly Jane Doyle", locale="en-GB").values[1]
    assert former == PersonName(given=("Jane",), family="Doyle", use=NameUse.FORMER)


@pytest.mark.parametrize(
    ("raw", "code", "n_names"),
    [
        ("Jean DUPONT 06 39 98 12 34", "misplaced_phone", 1),
        ("06 39 98 12 34", "misplaced_phone", 0),
        ("Jean DUPONT jean@mail.example", "misplaced_email", 1),
        ("Jean DUPONT né le 12/03/1980", "misplaced_date", 1),
        ("SARL Dupont", "misplaced_organization", 1),
        ("Dupont & Fils", "misplaced_organization", 1),
        ("Pierre Martin", "ambiguous_order", 1),
        ("DUPONT Jean (décédé)", "unread_text", 1),
        ("client inconnu", "placeholder", 0),
        ("Mme", "placeholder", 0),
        ("?", "placeholder", 0),
        ("M. et Mme", "placeholder", 0),
    ],
)
def test_issues(raw: str, code: str, n_names: int) -> None:
    """What is left out of the names, or is doubtful, is told by an issue."""
    assert _codes(raw) == [code]
    assert len(parse_person_name(raw).values) == n_names


def test_blank() -> None:
    """A blank has neither name nor issue."""
    assert _codes(" \t") == []
    assert parse_person_name(" \t").value is None


def test_organization_is_whole() -> None:
    """An organization in the place of a person is not taken apart."""
    assert parse_person_name("SARL Dupont").value == PersonName(full="SARL Dupont")


@pytest.mark.parametrize(("raw", "expected"), [("王小明", ("", ())), ("山田 太郎", ("山田", ("太郎",)))])
def test_own_order(raw: str, expected: tuple[Any, ...]) -> None:
    """Names in Chinese, Japanese and Korean script have the family name first, or stay whole."""
    name = parse_person_name(raw).value
    assert name is not None
    assert (name.family, name.given) == expected
    assert name.full == ("" if name.family else raw)


def test_case_and_blanks() -> None:
    """Text stays as written, but for runs of blanks and invisible characters."""
    parsed = parse_person_name("  Éloïse\u00a0\u200b  BÉRARD\t")
    assert parsed.value == PersonName(given=("Éloïse",), family="BÉRARD")
    assert parsed.raw == "  Éloïse\u00a0\u200b  BÉRARD\t"


def test_unknown_locale() -> None:
    """A locale without a pack is refused, whatever the text."""
    with pytest.raises(ConfigurationError, match=r"locale 'xx': expected one of .*'fr'"):
        parse_person_name("", locale="xx")


_WORDS = st.sampled_from(
    [
        *"Jean MARTIN de la d' l' née épouse M. Mme et & / , ( ) \" « » ' - J.-P. Dr Jr III Le dit (née".split(" "),
        *"06 39 98 12 34 a@b.example".split(" "),
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=12).map(" ".join)), st.sampled_from(_LOCALES))
def test_any_text(raw: str, locale: str) -> None:
    """Any text is read without error, twice alike, and kept to the character; the values are valid."""
    parsed = parse_person_name(raw, locale=locale)
    assert parsed.raw == raw
    assert parsed == parse_person_name(raw, locale=locale)
    assert all(isinstance(name, PersonName) for name in parsed.values)
    for name in parsed.values:
        words = " ".join((name.prefix, *name.given, name.particle, name.family, name.suffix, name.full))
        assert set("".join(words.split())) <= set(raw) | set("e")  # ``né(e)`` is read as ``née``


@pytest.mark.parametrize(
    "piece", ["a", "a ", "(", "((a)) ", "née ", "'", "M. et Mme ", "1 ", "+33 ", "a@", "J.-", "de la ", ",a", "A - "]
)
def test_long_text(piece: str) -> None:
    """Of a very long text the beginning is read, and the whole is kept."""
    raw = piece * (10_000 // len(piece))
    parsed = parse_person_name(raw)
    assert parsed.raw == raw
    assert "truncated" in [issue.code for issue in parsed.issues]
