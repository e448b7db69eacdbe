"""Which words of a person's name are given names and which make the family name."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from custid.standardize._name_words import (
    APOSTROPHES,
    EITHER,
    FAMILY,
    GIVEN,
    UNKNOWN,
    NameWords,
    folded_word,
    is_capitals,
    is_initials,
    name_words,
)

__all__ = [
    "NameParts",
    "family_behind",
    "family_parts",
    "given_and_family",
    "given_parts",
    "is_contrasted",
    "name_order",
    "split_name",
]


@frozen(kw_only=True)
class NameParts:
    """A name taken apart.

    Attributes
    ----------
    given : tuple of str
        Given names.
    particle, family : str
        Particle and family name.
    is_ambiguous : bool
        True where the words allow another order.
    """

    given: tuple[str, ...] = ()
    particle: str = ""
    family: str = ""
    is_ambiguous: bool = False


@frozen
class _Unit:
    """One or several words that belong together.

    ``particle`` is the part of ``text`` before a family name; ``evidence`` that of a given name, -1 for what must be in
    the family name; ``is_upper`` None where the case says nothing.
    """

    text: str
    evidence: int
    is_upper: bool | None
    particle: str = ""
    n_words: int = 1


def _joined(words: Sequence[str]) -> str:
    """Join words by spaces, but none behind an apostrophe."""
    text = ""
    for word in words:
        text += word if not text or text[-1] in APOSTROPHES else " " + word
    return text


def _is_particle(word: str, known: frozenset[str]) -> bool:
    folded = folded_word(word)
    # ``D.`` and ``L`` are initials; a particle of one letter has an apostrophe.
    return folded in known and (len(folded) > 1 or (not word.endswith(".") and len(word) > 1))


def _units(words: Sequence[str], known: NameWords) -> list[_Unit]:
    """Group words: particles and prefixes with the family name behind them, composite given names."""
    units: list[_Unit] = []
    place = 0
    while place < len(words):
        if place + 2 < len(words) and folded_word(" ".join(words[place : place + 3])) in known.composites:
            # ``Maria de Fátima``: the particle is within the given name.
            units.append(_Unit(" ".join(words[place : place + 3]), GIVEN, _case(words[place]), "", 3))
            place += 3
            continue
        end = _particle_end(words, place, known)
        if end > place:
            family_end = _prefix_end(words, end, known)
            units.append(
                _Unit(_joined(words[place:family_end]), -1, _case(words[family_end - 1]), _joined(words[place:end]))
            )
            place = family_end
            continue
        end = _prefix_end(words, place, known)
        if end > place + 1:
            units.append(_Unit(_joined(words[place:end]), -1, _case(words[end - 1]), "", end - place))
        else:
            units.append(_single(words[place], known))
        place = end
    return units


def _particle_end(words: Sequence[str], place: int, known: NameWords) -> int:
    """Return where the particle that starts at a place ends; the place itself for none, or with no name behind it."""
    end = place
    if _is_particle(words[place], known.leading_particles):
        end += 1
        while end < len(words) and _is_particle(words[end], known.particles):
            end += 1
    return end if end < len(words) else place


def _prefix_end(words: Sequence[str], place: int, known: NameWords) -> int:
    """Return where the family name that starts at a place ends: behind the first word that is no prefix."""
    end = place
    while end < len(words) - 1 and folded_word(words[end]) in known.family_prefixes and _can_begin_family(words, end):
        if end == 0 and len(words) == 2 and known.strength(folded_word(words[end])) >= EITHER:
            break  # ``Ben Dupont``
        end += 1
    if end < len(words) - 1 and "-" in words[end] and folded_word(words[end]).split(" ")[-1] in known.family_prefixes:
        end += 1  # ``Tissot-Le Bihan``
    return end + 1


def _can_begin_family(words: Sequence[str], place: int) -> bool:
    """Tell whether a prefix is none but an initial: ``O`` is one in ``Patrick O Malley``, and none in ``O. Malley``."""
    return not is_initials(words[place]) or (place > 0 and len(words[place]) == 1)


def _case(word: str) -> bool | None:
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) < 2 or is_initials(word) or not any(letter.isupper() or letter.islower() for letter in letters):
        return None
    return is_capitals(word)


def _single(word: str, known: NameWords) -> _Unit:
    if is_initials(word):
        return _Unit(word, GIVEN, None)
    folded = folded_word(word)
    evidence = known.strength(folded)
    if len(folded) == 2 and word.isupper() and evidence >= EITHER and not set(folded) & set("aeiouy"):
        return _Unit(word, GIVEN, None)  # ``JP``
    return _Unit(word, evidence, _case(word))


def _with_composites(units: Sequence[_Unit], known: NameWords, *, is_given: bool) -> list[_Unit]:
    """Join pairs of words that make one given name; of ``Jean Pierre`` alone the second may be the family name."""
    joined: list[_Unit] = []
    for unit in units:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.n_words == unit.n_words == 1
            and before.is_upper == unit.is_upper
            and folded_word(f"{before.text} {unit.text}") in known.composites
            and (is_given or len(units) > 2 or unit.evidence == GIVEN)
        ):
            joined[-1] = _Unit(f"{before.text} {unit.text}", GIVEN, unit.is_upper, "", 2)
        else:
            joined.append(unit)
    return joined


def _parts(given: Sequence[_Unit], family: Sequence[_Unit], known: NameWords, *, is_ambiguous: bool) -> NameParts:
    """Return the parts that groups of units make."""
    # Pairs are joined within the given names only: in ``Jean MICHEL`` the second word is the family name.
    names = _with_composites(given, known, is_given=True) if len(given) > 1 and known.composites else given
    particle, text = "", ""
    if family:
        particle = family[0].particle
        text = " ".join(unit.text for unit in family)[len(particle) :].lstrip()
    return NameParts(
        given=tuple(unit.text for unit in names), particle=particle, family=text, is_ambiguous=is_ambiguous
    )


def split_name(
    words: Sequence[str], known: NameWords, *, is_formal: bool = False, family_first: bool = False
) -> NameParts:
    """Return the given names, particle and family name among words, in whatever order they stand.

    Contrast of case decides first (``DUPONT Marie``), then the given names that the language knows, then the position.

    Parameters
    ----------
    words : sequence of str
        The words, without civilities and suffixes.
    known : NameWords
        Words of the language.
    is_formal : bool
        True behind a civility, where a single word is a family name.
    family_first : bool
        Which position is meant: True where family names stand in front.

    Returns
    -------
    NameParts
        The parts; all empty for no words.
    """
    # Of two words the second is the family name, be it ``Hugo Del``.
    end = _trailing_particle(words, known, least=2)
    words, trailing = words[:end], words[end:]
    units = _units(words, known)
    if len(units) <= 1:
        parts = _split_one(units, known, is_formal=is_formal)
    else:
        parts = _split_by_case(units, known) or _split_by_words(
            _with_composites(units, known, is_given=False), known, family_first=family_first
        )
    if trailing and not parts.particle and parts.family:
        return NameParts(
            given=parts.given, particle=_joined(trailing), family=parts.family, is_ambiguous=parts.is_ambiguous
        )
    return parts


def _trailing_particle(words: Sequence[str], known: NameWords, *, least: int) -> int:
    """Return where the particle begins that lists put behind the name, of at least some words: ``BEAUMONT Jean de``."""
    end = len(words)
    while end > least and _is_particle(words[end - 1], known.particles):
        end -= 1
    return end if end < len(words) and _is_particle(words[end], known.leading_particles) else len(words)


def _split_one(units: Sequence[_Unit], known: NameWords, *, is_formal: bool) -> NameParts:
    if not units or is_formal or units[0].evidence < EITHER:
        return _parts((), units, known, is_ambiguous=False)
    is_ambiguous = units[0].evidence == EITHER
    if folded_word(units[0].text) in known.given_names or units[0].evidence == GIVEN:
        return _parts(units, (), known, is_ambiguous=is_ambiguous)
    return _parts((), units, known, is_ambiguous=is_ambiguous)


def _split_by_case(units: Sequence[_Unit], known: NameWords) -> NameParts | None:
    """Return the parts where some words stand in capitals, all together, and others do not; None elsewhere."""
    cases = [unit.is_upper for unit in units]
    if True not in cases or False not in cases:
        return None
    start = cases.index(True)
    end = len(cases) - cases[::-1].index(True)
    if not all(cases[start:end]):
        return None
    given: list[_Unit] = []
    for unit in (*units[:start], *units[end:]):
        if unit.particle[:1].islower():
            return None  # ``JEAN de Gaulle``: the particle tells more than the case
        # ``NGUYEN Van Minh``: beside a family name in capitals the word is no particle.
        given += [_single(word, known) for word in unit.text.split(" ")] if unit.evidence < 0 else [unit]
    family = units[start:end]
    is_ambiguous = all(unit.evidence == GIVEN for unit in family) and all(unit.evidence <= UNKNOWN for unit in given)
    return _parts(given, family, known, is_ambiguous=is_ambiguous)


def _split_by_words(units: Sequence[_Unit], known: NameWords, *, family_first: bool) -> NameParts:
    """Return the parts by the given names known and the position; at least one unit is the family name."""
    if len(units) == 1:
        return _parts(units, (), known, is_ambiguous=True)
    first, last = units[0].evidence, units[-1].evidence
    is_tie = first == last
    if first < 0:
        is_family_first, is_tie = True, last <= UNKNOWN
    elif last < 0:
        is_family_first = False
    elif family_first:
        is_family_first = not _is_clear(first, last)
    elif known.pack.is_family_first_common or not known.pack.code:
        is_family_first = last > first
    else:
        # Where forms put the given name first, only a clear case is the other way round.
        is_family_first = _is_clear(last, first)
    split = _family_end(units) if is_family_first else _given_end(units, known)
    if is_family_first:
        return _parts(units[split:], units[:split], known, is_ambiguous=is_tie)
    is_ambiguous = is_tie and last >= 0 and not (last <= UNKNOWN and known.pack.are_middle_names_given)
    return _parts(units[:split], units[split:], known, is_ambiguous=is_ambiguous)


def _is_clear(given: int, family: int) -> bool:
    """Tell whether words are a given and a family name, by the evidence of each that it is a given name."""
    return (given == GIVEN and family <= UNKNOWN) or (family == FAMILY and given > FAMILY)


def _family_end(units: Sequence[_Unit]) -> int:
    """Return where the family name in front ends: before the given names at the end."""
    if units[0].evidence == FAMILY and all(unit.evidence == UNKNOWN for unit in units[1:]):
        return 1  # ``Wong Ka Man``
    split = len(units) - 1
    while split > 1 and units[split - 1].evidence >= EITHER:
        split -= 1
    return split


def _given_end(units: Sequence[_Unit], known: NameWords) -> int:
    """Return where the given names in front end, at the latest before the last unit."""
    split = 1
    while split < len(units) - 1 and units[split].evidence >= 0:
        if units[split].evidence <= (FAMILY if known.pack.are_middle_names_given else UNKNOWN):
            break
        split += 1
    return split


def is_contrasted(words: Sequence[str], known: NameWords) -> bool:
    """Tell whether case alone says which words are the family name.

    Parameters
    ----------
    words : sequence of str
        The words.
    known : NameWords
        Words of the language.

    Returns
    -------
    bool
        True where some words are in capitals, all together, and others are not.
    """
    return _split_by_case(_units(words, known), known) is not None


def family_parts(words: Sequence[str], known: NameWords) -> NameParts:
    """Return words that are all the family name, its particle apart.

    Parameters
    ----------
    words : sequence of str
        The words.
    known : NameWords
        Words of the language.

    Returns
    -------
    NameParts
        Particle and family name.
    """
    return _parts((), _units(words, known), known, is_ambiguous=False)


def given_parts(words: Sequence[str], known: NameWords) -> NameParts:
    """Return words that are all given names, but for a particle at the end.

    Parameters
    ----------
    words : sequence of str
        The words.
    known : NameWords
        Words of the language.

    Returns
    -------
    NameParts
        Given names, and the particle of a family name that stands elsewhere: ``FONTAINE, Jean de La``.
    """
    end = _trailing_particle(words, known, least=1)
    names = _with_composites([_single(word, known) for word in words[:end]], known, is_given=True)
    return NameParts(given=tuple(unit.text for unit in names), particle=_joined(words[end:]))


def given_and_family(folded: str) -> tuple[str, str]:
    """Return the given names and the family name of a folded name, of which neither case nor commas are left.

    The last word is the family name, with the particles before it, unless given names that are known stand behind it:
    ``anne le goff``, ``dupont marie``.

    Parameters
    ----------
    folded : str
        The canonical form of a name, as ``standardize_person_name`` returns it.

    Returns
    -------
    (str, str)
        Given names and family name; a single word is a family name.
    """
    words, known = folded.split(" "), name_words("")
    n_family = _n_family_words_in_front(words, known, family_first=False)
    if n_family:
        return " ".join(words[n_family:]), " ".join(words[:n_family])
    start = len(words) - 1
    # A single letter is an initial: an apostrophe would have joined it to the word behind it.
    while start > 1 and len(words[start - 1]) > 1 and _is_before_family(words[start - 1], known):
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _is_before_family(folded: str, known: NameWords) -> bool:
    return folded in known.particles or folded in known.leading_particles or folded in known.family_prefixes


def family_behind(folded: str) -> str:
    """Return a folded name of a list of family names first with the family name last.

    Parameters
    ----------
    folded : str
        The canonical form of a name, as ``standardize_person_name`` returns it.

    Returns
    -------
    str
        The words in another order; as they are where they clearly stand the other way round.
    """
    words = folded.split(" ")
    n_family = _n_family_words_in_front(words, name_words(""), family_first=True)
    return " ".join([*words[n_family:], *words[:n_family]])


def name_order(folded: str) -> int:
    """Tell in which order the words of a folded name clearly stand.

    Parameters
    ----------
    folded : str
        The canonical form of a name, as ``standardize_person_name`` returns it.

    Returns
    -------
    int
        1 for the family name first, -1 for the given name first, 0 where that is not clear.
    """
    first, _, last = folded.partition(" ")
    last = last.rpartition(" ")[2]
    if not last:
        return 0
    known = name_words("").given
    evidence = known.get(first, UNKNOWN), known.get(last, UNKNOWN)
    return _is_clear(evidence[1], evidence[0]) - _is_clear(*evidence)


def _n_family_words_in_front(words: Sequence[str], known: NameWords, *, family_first: bool) -> int:
    """Return how many words in front are the family name; 0 where it does not stand there, or not clearly."""
    if len(words) < 2 or words[0] in known.titles or (family_first and words[-1] in known.suffixes):
        return 0
    evidence = [known.given.get(word, UNKNOWN) for word in words]
    first, last = evidence[0], evidence[-1]
    if words[0] in known.leading_particles or words[0] in known.family_prefixes:
        first_given = 2
        while family_first and first_given < len(words) and _is_before_family(words[first_given - 1], known):
            first_given += 1
        is_family_first = (family_first or last >= EITHER) and first_given < len(words)
    elif family_first:
        is_family_first, first_given = not _is_clear(first, last), 1
    else:
        # What is hardly a family name stands last in no other order; a word that is only one stands first in no other.
        is_family_first = first < GIVEN == last or (first == FAMILY < last)
        first_given = 1
    if not is_family_first:
        return 0
    return next((place for place in range(first_given, len(words)) if evidence[place] >= EITHER), first_given)
