"""Names of persons taken apart: civility, given names, particle, family name, suffix; birth, usage and nicknames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from attrs import evolve, field, frozen

from custid.model.statements import Issue
from custid.model.values import NameUse, PersonName
from custid.standardize._name_order import NameParts, family_parts, given_parts, is_contrasted, split_name
from custid.standardize._name_text import Asides, comma_groups, readable, without_asides, without_contacts
from custid.standardize._name_words import (
    EITHER,
    NameWords,
    folded_word,
    is_capitals,
    name_words,
    spelled,
    text_words,
    with_double_names,
)
from custid.standardize.organization_names import is_company_name
from custid.standardize.placeholders import is_placeholder
from custid.standardize.values import Parsed

__all__ = ["parse_person_name"]

_SYMBOLS: Final = frozenset({"&", "+", "/"})
_ROMAN: Final = re.compile(r"[IVX]+")
_GENERATIONS: Final = frozenset({"jr", "sr", "jnr", "snr"})
_OWN_SCRIPT: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@frozen(kw_only=True)
class _Draft:
    """One person while the text is read."""

    prefix: str = ""
    parts: NameParts = field(factory=NameParts)
    suffix: str = ""

    @property
    def is_whole(self) -> bool:
        return bool(self.parts.given and self.parts.family)

    @property
    def is_named(self) -> bool:
        return bool(self.parts.given or self.parts.family)

    def name(self, use: NameUse = NameUse.USAGE) -> PersonName | None:
        """Return the typed name; None where there is neither a given nor a family name."""
        parts = self.parts
        if not (parts.family.strip() or any(name.strip() for name in parts.given)):
            return None
        return PersonName(
            given=parts.given,
            particle=parts.particle,
            family=parts.family,
            prefix=self.prefix,
            suffix=self.suffix,
            use=use,
        )


def parse_person_name(raw: str, *, locale: str = "fr", family_first: bool = False) -> Parsed[PersonName]:
    """Take the name of a person apart.

    Words stay as they are written, their case too.  Which of them are given names is told by the contrast of case
    (``DUPONT Marie-Claude``), then by the given names that the language knows, then by the position.

    Parameters
    ----------
    raw : str
        Any string; the first 400 characters are read.
    locale : str
        Code of a locale pack: ``"fr"``, ``"en-GB"``, ``"en-US"``; empty where the language is unknown.
    family_first : bool
        Which position is meant: True for a list in which family names stand in front.

    Returns
    -------
    Parsed
        The names in the order: usage name, birth or former name, other names of the same person; or those of several
        persons, with issue ``"several_persons"``.  No name for a blank and, with issue ``"placeholder"``, for what
        stands for nothing.  Further issues: ``"ambiguous_order"``, ``"truncated"``, ``"misplaced_phone"``,
        ``"misplaced_email"``, ``"misplaced_date"``, ``"misplaced_organization"`` (the name is then whole, in ``full``)
        and ``"unread_text"``, each for text that was left out of the names.

    Raises
    ------
    ConfigurationError
        If there is no such locale pack; never for the text.

    Examples
    --------
    >>> parse_person_name("Mme Marie-Claude de LA TOUR").value
    PersonName(family='TOUR', given=('Marie-Claude',), particle='de LA', prefix='Mme', ...)
    >>> [(name.use.value, name.family) for name in parse_person_name("DUPONT Anne née MARTIN").values]
    [('usage', 'DUPONT'), ('birth', 'MARTIN')]
    >>> parse_person_name("Smith, John Q., Jr.", locale="en-US").value.given
    ('John', 'Q.')
    """
    known = name_words(locale)
    issues: list[Issue] = []
    text = readable(raw, issues)
    if text and is_placeholder("name", text):
        return Parsed((), raw, (*issues, Issue("placeholder")))
    text = without_contacts(text, issues)
    if not text:
        return Parsed((), raw, tuple(issues))
    if is_company_name(text, locale=locale):
        issues.append(Issue("misplaced_organization", "an organization in the place of a person"))
        return Parsed((PersonName(full=text),), raw, tuple(issues))
    names = _own_order(text) or _Reader(known, issues, family_first=family_first).names(text)
    if not names and not any(issue.code.startswith("misplaced") for issue in issues):
        issues.append(Issue("placeholder"))
    return Parsed(tuple(names), raw, tuple(issues))


def _own_order(text: str) -> list[PersonName]:
    """Return a name in Chinese, Japanese or Korean script, where the family name comes first; none in others."""
    words = text.split()
    if not 1 <= len(words) <= 2 or not all(_OWN_SCRIPT.fullmatch(word) for word in words):
        return []
    return [PersonName(full=text) if len(words) == 1 else PersonName(family=words[0], given=(words[1],))]


class _Reader:
    """Reads one text; notes what it notices in ``issues``."""

    def __init__(self, known: NameWords, issues: list[Issue], *, family_first: bool) -> None:
        self.known = known
        self.family_first = family_first
        self.issues = issues

    def note(self, code: str, detail: str = "") -> None:
        issue = Issue(code, detail)
        if issue not in self.issues:
            self.issues.append(issue)

    def names(self, text: str) -> list[PersonName]:
        """Return the names in a text that holds at least a letter."""
        bare, asides = without_asides(text, self.known)
        if asides.unread:
            self.note("unread_text", "a remark in parentheses")
        words, clauses = self._clauses(with_double_names(text_words(bare, self.known), self.known))
        if asides.nicknames and len(words) > 1 and self.known.clauses.get(spelled(words[-1])) == "alias":
            words = words[:-1]  # ``dite « Nanou »``
        clauses = [*clauses, *((kind, text_words(inner, self.known)) for kind, inner in asides.clauses)]
        persons = self._persons(words, asides)
        if sum(person.name() is not None for person in persons) > 1:
            self.note("several_persons")
        if any(person.parts.is_ambiguous and (person.is_whole or len(persons) == 1) for person in persons):
            self.note("ambiguous_order", "given and family name may be the other way round")
        names = self._with_clauses(persons, clauses)
        for nickname in asides.nicknames:
            names.append(PersonName(given=(nickname,), use=NameUse.NICKNAME))
        return names

    def _clauses(self, words: list[str]) -> tuple[list[str], list[tuple[str, list[str]]]]:
        """Return the words before the first clause, and the clauses: kind and words of each."""
        main: list[str] = []
        clauses: list[tuple[str, list[str]]] = []
        place = 0
        while place < len(words):
            kind, length = self.known.clause(words, place)
            is_prefix = not main and spelled(words[place]) in self.known.titles
            if kind and place + length < len(words) and not is_prefix and (main or self._is_marked(words[place])):
                clauses.append((kind, []))
                place += length
            else:
                (clauses[-1][1] if clauses else main).append(words[place])
                place += 1
        return main, clauses

    def _is_marked(self, word: str) -> bool:
        """Tell whether a word can open a clause before any name: an accent tells ``née`` from a name."""
        return not word.isascii()

    def _persons(self, words: list[str], asides: Asides) -> list[_Draft]:
        """Return the persons that words name, most often one."""
        if len(words) > 3 and self._is_couple(words[-3:]):
            words = [*words[-3:], *words[:-3]]
        if len(words) > 3 and self._is_couple(words[:3]):
            couple = self._couple((words[0], words[2]), self._segments(words[3:]), asides)
            if couple:
                return couple
        drafts = [self._person(segment, asides) for segment in self._segments(words)]
        return _shared_family(drafts) if len(drafts) > 1 else drafts

    def _couple(self, prefixes: tuple[str, str], segments: list[list[str]], asides: Asides) -> list[_Draft]:
        """Return two persons who both have a given name behind their civilities; none where the words say otherwise.

        ``M. et Mme DUPONT Jean et Marie``: the first civility is of the first given name.
        """
        if len(segments) != len(prefixes):
            return []
        drafts = _shared_family([self._person(segment, asides) for segment in segments])
        for draft, segment in zip(drafts, segments, strict=True):
            is_known = is_contrasted(segment, self.known) or self._has_given(draft.parts.given)
            if draft.prefix or not draft.is_whole or not is_known:
                return []
        return [evolve(draft, prefix=prefix) for draft, prefix in zip(drafts, prefixes, strict=True)]

    def _segments(self, words: Sequence[str]) -> list[list[str]]:
        """Return the words of each person, as joiners and commas part them."""
        segments: list[list[str]] = [[]]
        for word in words:
            if (word in _SYMBOLS or spelled(word) in self.known.joiners) and segments[-1]:
                segments.append([])
            else:
                segments[-1].append(word)
        segments = [part for segment in segments for part in self._comma_persons(segment)]
        return [segment for segment in segments if any(any(map(str.isalnum, word)) for word in segment)]

    def _is_couple(self, words: Sequence[str]) -> bool:
        """Tell whether three words are two civilities and a joiner: ``M. et Mme``."""
        first, between, second = map(spelled, words)
        is_joined = words[1] in _SYMBOLS or between in self.known.joiners
        return is_joined and first in self.known.civilities and second in self.known.civilities

    def _comma_persons(self, words: list[str]) -> list[list[str]]:
        """Return the persons between commas, where each has a given name and a family name in capitals."""
        if not any("," in word or ";" in word for word in words):
            return [words]
        groups = comma_groups(words)
        is_list = len(groups) > 1 and all(is_contrasted(self._prefix(group)[1], self.known) for group in groups)
        return groups if is_list else [words]

    def _person(self, words: list[str], asides: Asides) -> _Draft:
        """Return one person."""
        prefix, words = self._prefix(words)
        groups, suffixes = self._suffixes(comma_groups(words))
        prefixes = [*prefix, *asides.prefixes]
        for place, group in enumerate(groups):
            groups[place], found = self._later_prefixes(group, is_first=place == 0)
            prefixes += found
        groups = [group for group in groups if group]
        parts = self._parts(groups, is_formal=bool(prefixes))
        if asides.particle and not parts.particle and parts.family:
            parts = evolve(parts, particle=asides.particle)
        return _Draft(prefix=" ".join(prefixes), parts=parts, suffix=" ".join([*suffixes, *asides.suffixes]))

    def _parts(self, groups: list[list[str]], *, is_formal: bool) -> NameParts:
        """Return the parts of comma-separated groups of words."""
        if not groups:
            return NameParts()
        if len(groups) == 1:
            return split_name(groups[0], self.known, is_formal=is_formal, family_first=self.family_first)
        before, after = groups[0], [word for group in groups[1:] for word in group]
        front = split_name(before, self.known)
        if is_contrasted(before, self.known) and front.given:
            if self._has_given(after):  # ``REMY Solange, Yvette``
                return evolve(front, given=(*front.given, *given_parts(after, self.known).given))
            self.note("unread_text", "text behind a comma")
            return front
        everything = [*before, *after]
        if not any(map(is_capitals, before)) and is_contrasted(everything, self.known) and not front.particle:
            return split_name(everything, self.known)  # ``Jean, Michel DUPONT``
        family, given = family_parts(before, self.known), given_parts(after, self.known)
        return NameParts(given=given.given, particle=family.particle or given.particle, family=family.family)

    def _has_given(self, words: Sequence[str]) -> bool:
        return any(self.known.strength(folded_word(word)) >= EITHER or len(folded_word(word)) == 1 for word in words)

    def _prefix(self, words: list[str]) -> tuple[list[str], list[str]]:
        """Return the civilities and titles in front, and the other words."""
        known, end = self.known, 0
        while end < len(words):
            word = spelled(words[end])
            is_civility = word in known.civilities or (word in known.titles and end + 1 < len(words))
            follows = spelled(words[end + 1]) if end + 1 < len(words) else ""
            if is_civility and self._is_initial(words, end):
                break
            is_article = (
                word in known.pack.small_words
                and (end > 0 or word not in known.family_prefixes)
                and (follows in known.titles or follows in known.civilities)
            )
            if not (is_civility or is_article):
                break
            end += 1
        return words[:end], words[end:]

    def _is_initial(self, words: Sequence[str], place: int) -> bool:
        """Tell whether a civility of one letter is an initial: ``M. J. Smith`` where no civility ``M.`` exists."""
        if len(words[place].rstrip(".")) > 1 or place + 1 >= len(words):
            return False
        return not self.known.pack.code and len(folded_word(words[place + 1])) == 1

    def _later_prefixes(self, words: list[str], *, is_first: bool) -> tuple[list[str], list[str]]:
        """Return words without the civilities among or behind them, and these; within them one letter is an initial."""
        kept: list[str] = []
        found: list[str] = []
        if not is_first:
            found, words = self._prefix(words)
        for place, word in enumerate(words):
            is_behind = place == len(words) - 1 and word.endswith(".") and len(words) == 2
            is_long = len(word.rstrip(".")) > 1 and (bool(place) or not is_first)
            if (is_long or (place and is_behind)) and spelled(word) in self.known.civilities:
                found.append(word)
            else:
                kept.append(word)
        return kept, found

    def _suffixes(self, groups: list[list[str]]) -> tuple[list[list[str]], list[str]]:
        """Return the groups of words without generations and degrees, and these."""
        suffixes: list[str] = []
        kept: list[list[str]] = []
        for place, group in enumerate(groups):
            if place and all(spelled(word) in self.known.suffixes for word in group):
                suffixes += group
                continue
            end = len(group)
            # A given name and a family name stay, as ``Ma`` and ``Fils`` are names too.
            least = 1 if place or len(groups) > 1 else 2
            while end > least and self._is_suffix(group[end - 1], group[: end - 1]):
                end -= 1
            suffixes += [word for word in group[1:end] if self._is_generation(word)]
            kept.append([word for at, word in enumerate(group[:end]) if not (at and self._is_generation(word))])
            suffixes += group[end:]
        return kept, suffixes

    def _is_generation(self, word: str) -> bool:
        return spelled(word) in _GENERATIONS and spelled(word) in self.known.suffixes

    def _is_suffix(self, word: str, before: Sequence[str]) -> bool:
        folded = spelled(word)
        if folded not in self.known.suffixes:
            return False
        if _ROMAN.fullmatch(folded.upper()):
            return word.isupper()
        if len(folded) > 2 or folded in _GENERATIONS or "." in word:
            return True
        return word.isupper() and not any(is_capitals(each) and len(each) > 1 and "." not in each for each in before)

    def _with_clauses(self, persons: list[_Draft], clauses: list[tuple[str, list[str]]]) -> list[PersonName]:
        """Return the names of the persons, the last of whom the clauses are about."""
        if not clauses:
            return [name for person in persons if (name := person.name())]
        *others, main = persons or [_Draft()]
        usage, additional = main, []
        for kind, words in clauses:
            usage, name = self._clause(kind, words, usage)
            if name is not None:
                additional.append(name)
        names = [person.name() for person in (*others, usage)]
        return [name for name in (*names, *additional) if name is not None]

    def _clause(self, kind: str, words: list[str], usage: _Draft) -> tuple[_Draft, PersonName | None]:
        """Return the usage name and the other name, given a clause behind the name read so far."""
        prefix, words = self._prefix([word for group in comma_groups(words) for word in group])
        if kind == "alias":
            return usage, self._other_name(words)
        while len(words) > 1 and folded_word(words[0]) in {folded_word(name) for name in usage.parts.given}:
            words = words[1:]
        parts = split_name(words, self.known, is_formal=True)
        if parts.given and parts.family and not usage.is_whole and len(usage.parts.given) < 2:
            # ``MARTIN née DUPONT Anne``: the given names stand behind both family names.
            alone = usage.parts.family or "".join(usage.parts.given)
            usage = evolve(usage, parts=NameParts(particle=usage.parts.particle, family=alone))
        elif usage.parts.given or not parts.family:
            parts = family_parts(words, self.known)
        if not parts.family:
            return usage, None
        given = usage.parts.given or parts.given
        before = evolve(usage, parts=evolve(usage.parts, given=given))
        behind = _Draft(parts=evolve(parts, given=given), prefix=usage.prefix or " ".join(prefix), suffix=usage.suffix)
        if kind == "marriage":
            birth = evolve(before, prefix="", suffix="")
            return behind, birth.name(NameUse.BIRTH) if before.parts.family else None
        use = NameUse.BIRTH if kind == "birth" else NameUse.FORMER
        other = evolve(behind, prefix="", suffix="").name(use)
        # ``Mme née MARTIN``: the birth name is the only one.
        return (
            (before, other)
            if before.parts.family
            else (_Draft(), evolve(other, prefix=behind.prefix) if other else None)
        )

    def _other_name(self, words: list[str]) -> PersonName | None:
        """Return the name behind ``dit`` or ``alias``: a whole name, or a nickname."""
        other = _Draft(parts=split_name(words, self.known))
        if other.is_whole:
            return other.name(NameUse.ALIAS)
        return PersonName(given=(" ".join(words),), use=NameUse.NICKNAME) if words else None


def _shared_family(drafts: list[_Draft]) -> list[_Draft]:
    """Return persons of whom one family name is said: ``M. et Mme Jean DUPONT``, ``Jean et Marie DUPONT``."""
    wholes = [place for place, draft in enumerate(drafts) if draft.is_whole]
    first = next((place for place, draft in enumerate(drafts) if draft.is_named), 0)
    shared: list[_Draft] = []
    for place, draft in enumerate(drafts):
        parts = draft.parts
        if not draft.is_named:
            named = next((each for each in (*drafts[place:], *drafts[:place][::-1]) if each.parts.family), draft)
            # By custom the given name behind two civilities is that of whoever is named first.
            parts = evolve(named.parts, given=named.parts.given if place == 0 and named.prefix else ())
        elif draft.is_whole and place == first > 0 and draft.prefix:
            parts = evolve(parts, given=())
        elif wholes and not draft.is_whole and not draft.prefix:
            named = drafts[next((each for each in wholes if each > place), wholes[-1])]
            parts = evolve(named.parts, given=parts.given or (parts.family,))
        shared.append(evolve(draft, parts=parts))
    return shared
