"""What the words of a person's name can be, by the words of a locale pack."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from attrs import field, frozen

from custid.standardize.locales import LOCALES, LocalePack, locale_pack
from custid.standardize.text import fold

__all__ = ["NameWords", "name_words", "spelled", "text_words", "with_double_names"]

# Evidence that a word is a given name: a family name, nothing known, of both kinds, hardly a family name.
FAMILY, UNKNOWN, EITHER, GIVEN = 0, 1, 2, 3

APOSTROPHES: Final = "'’‘\u02bc`\u00b4"
_ELIDED: Final = re.compile(rf"([^\W\d_]{{1,2}}[{APOSTROPHES}])(?=\w\w)")
_INITIALS: Final = re.compile(r"[^\W\d_]\.?(?:[-.][^\W\d_]\.?)*\.?")
_GLUED: Final = re.compile(r"(?<!\S)([^\W\d_]{1,5}\.?)(/|(?<=\.)(?=[^\W\d_]{2}))")
_HALVES: Final = frozenset({"-", "–", "/"})
_LONGEST_PHRASE: Final = 5


@frozen(kw_only=True)
class NameWords:
    """The words of names in one language; of all languages for the neutral pack.

    Attributes
    ----------
    pack : LocalePack
        The pack.
    civilities, titles : frozenset of str
        Words before a name.
    particles, leading_particles, elided_particles, family_prefixes : frozenset of str
        Words before and in a family name.
    suffixes, joiners : frozenset of str
        Words behind a name, and between two.
    remark_words : frozenset of str
        Words that tell a remark in parentheses from another name.
    clauses : dict of str to str
        Phrases that open a clause, each with its kind: ``birth``, ``former``, ``marriage`` or ``alias``.
    clause_starts : frozenset of str
        The first words of these phrases.
    given : dict of str to int
        Evidence that a word is a given name.
    given_names : frozenset of str
        Common given names, be they family names too.
    composites : frozenset of str
        Words that make one given name.
    """

    pack: LocalePack
    civilities: frozenset[str]
    titles: frozenset[str]
    particles: frozenset[str]
    leading_particles: frozenset[str]
    elided_particles: frozenset[str]
    family_prefixes: frozenset[str]
    suffixes: frozenset[str]
    joiners: frozenset[str]
    remark_words: frozenset[str]
    clauses: dict[str, str] = field(repr=False)
    clause_starts: frozenset[str] = field(repr=False)
    given: dict[str, int] = field(repr=False)
    given_names: frozenset[str] = field(repr=False)
    composites: frozenset[str] = field(repr=False)

    def strength(self, folded: str) -> int:
        """Return the evidence that a folded word, of several parts where a hyphen joins them, is a given name."""
        known = self.given.get(folded)
        if known is not None or " " not in folded:
            return UNKNOWN if known is None else known
        parts = [self.given.get(part, UNKNOWN) for part in folded.split(" ")]
        if min(parts) < EITHER:
            return EITHER if parts[0] == GIVEN and FAMILY not in parts else min(parts)
        return GIVEN if GIVEN in parts or folded in self.composites else EITHER

    def clause(self, words: list[str], start: int) -> tuple[str, int]:
        """Return the kind of the clause that words open at a place, and how many words do; ``("", 0)`` for none."""
        if spelled(words[start]).partition(" ")[0] not in self.clause_starts:
            return "", 0
        for length in range(min(_LONGEST_PHRASE, len(words) - start), 0, -1):
            kind = self.clauses.get(" ".join(spelled(word) for word in words[start : start + length]))
            if kind:
                return kind, length
        return "", 0


@cache
def name_words(code: str) -> NameWords:
    """Return the words of names in a language.

    Parameters
    ----------
    code : str
        As in ``locale_pack``.

    Returns
    -------
    NameWords
        Its words; those of every pack for the empty code.

    Raises
    ------
    ConfigurationError
        If there is no such pack.
    """
    pack = locale_pack(code)
    packs = (pack,) if pack.code else LOCALES

    def union(name: str) -> frozenset[str]:
        return frozenset[str]().union(*(getattr(each, name) for each in packs))

    clauses = {phrase: kind for kind in ("alias", "former", "marriage", "birth") for phrase in union(f"{kind}_words")}
    return NameWords(
        pack=pack,
        civilities=union("civilities"),
        titles=union("titles"),
        particles=union("particles"),
        leading_particles=union("leading_particles"),
        elided_particles=union("elided_particles"),
        family_prefixes=union("family_prefixes"),
        suffixes=union("suffixes"),
        joiners=union("joiners"),
        remark_words=union("remark_words"),
        clauses=clauses,
        clause_starts=frozenset(phrase.partition(" ")[0] for phrase in clauses),
        given=_evidence(packs),
        given_names=union("given_names"),
        composites=union("composite_given_names"),
    )


def _evidence(packs: tuple[LocalePack, ...]) -> dict[str, int]:
    """Return the given names that packs know; those of other languages, and familiar forms, are weaker evidence."""
    evidence: dict[str, int] = {}
    for pack in LOCALES:
        evidence.update(dict.fromkeys(pack.family_names, FAMILY))
    for pack in LOCALES:
        # Familiar forms of two letters are initials (``jp``), of more letters often common words.
        evidence.update((word, EITHER) for words in pack.nicknames.values() for word in words)
        evidence.update(dict.fromkeys(pack.given_names, EITHER))
    for pack in (*LOCALES[:1], *packs):
        evidence.update(dict.fromkeys(pack.given_names, GIVEN))
    for pack in packs:
        evidence.update(dict.fromkeys(pack.names_of_both_kinds, EITHER))
    return evidence


# Words repeat from name to name, and one word is looked up in several tables.
folded_word: Final = lru_cache(maxsize=1 << 16)(fold)


@lru_cache(maxsize=1 << 16)
def spelled(word: str) -> str:
    """Return a word folded, with the letters of an abbreviation together: ``Ph.D.`` is ``phd``."""
    return fold(word.replace(".", "")) if "." in word else folded_word(word)


def text_words(text: str, words: NameWords) -> list[str]:
    """Return the words of a name, with elided particles and civilities apart from what they are glued to."""
    found: list[str] = []
    for word in _spaced(text, words).split():
        elided = _ELIDED.match(word)
        particle = folded_word(elided[1]) if elided else ""
        follows_particle = bool(found) and folded_word(found[-1]) in words.leading_particles
        if elided and (particle in words.elided_particles or (particle in words.particles and follows_particle)):
            found += (elided[1], word[elided.end() :])
        else:
            found.append(word)
    return found


def _spaced(text: str, words: NameWords) -> str:
    """Return a text with blanks where a civility is glued to what follows: ``M.Vidal``, ``M./Mme``."""

    def spaced(match: re.Match[str]) -> str:
        return f"{match[1]} {match[2].strip()} " if folded_word(match[1]) in words.civilities else match[0]

    return _GLUED.sub(spaced, text) if "." in text or "/" in text else text


def with_double_names(words: list[str], known: NameWords) -> list[str]:
    """Return words with the two halves of a name together that a hyphen or slash between blanks joins.

    A slash behind more than one word stands between two persons.
    """
    joined: list[str] = []
    for word in words:
        if len(joined) > 1 and joined[-1] in _HALVES and _is_half(joined[-2], known) and _is_half(word, known):
            n_before = sum(spelled(each) not in known.civilities for each in joined[:-1])
            if is_capitals(joined[-2]) == is_capitals(word) and (joined[-1] != "/" or n_before == 1):
                joined[-2:] = [f"{joined[-2]} {joined[-1]} {word}"]
                continue
        joined.append(word)
    return joined


def _is_half(word: str, known: NameWords) -> bool:
    return len(word) > 1 and word.replace("-", "").isalpha() and spelled(word) not in known.civilities


def is_initials(word: str) -> bool:
    """Tell whether a word consists of initials: ``J``, ``J.``, ``J.-P.``, ``J-P``."""
    return _INITIALS.fullmatch(word) is not None


def is_capitals(word: str) -> bool:
    """Tell whether a word is written in capitals, be it with a small prefix: ``DUPONT``, ``McDONALD``, ``d'ARC``."""
    if word.isupper():
        return True
    capitals = sum(letter.isupper() for letter in word)
    return capitals >= 4 and capitals * 2 > sum(letter.isalpha() for letter in word) and word[-2:].isupper()
