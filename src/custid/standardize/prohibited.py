"""Content that must not be kept: French social security numbers, payment cards, words about health and opinions.

The French number (NIR) tells sex, birth and birthplace, and the law (GDPR article 87, act 78-17 article 30, decree
2019-341) reserves it to listed controllers.  There is no field for it; in free text it is masked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from attrs import frozen

from custid.standardize.identifier import standardize_identifier
from custid.standardize.text import fold
from custid.standardize.values import Standardized

__all__ = [
    "LIKE_NATIONAL_NUMBER",
    "NUMBER_CODES",
    "PROHIBITED_CODES",
    "WITH_A_LONG_NUMBER",
    "MaskedText",
    "mask_prohibited",
    "prohibited_codes",
    "standardize_national_id",
    "without_national_numbers",
]

PROHIBITED_CODES: Final = ("health", "nir", "opinion", "payment_card")
"""What is looked for."""

NUMBER_CODES: Final = ("nir", "payment_card")
"""Those of them that are numbers."""

WITH_A_LONG_NUMBER: Final = r"[^\x00-\x7F]|(?:[0-9][^0-9]*){12}"
"""A pattern of RE2 that is found in every text with such a number: it has twelve digits, perhaps of another script."""

# A blank, one that cannot be seen, or a mark between the parts of a number, also as word processors write them, and up
# to three of these; line breaks part numbers.
_GAP: Final = "[ \t\u00a0\u00ad\u00b7\u2000-\u200d\u2010-\u2015\u2022\u202f\u205f\u2060\u2212\u3000\ufeff./_-]"
_GAPS: Final = f"{_GAP}{{0,3}}"
# 20 and more stand for a month that the register does not know.
_MONTH: Final = r"(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)"
_DEPARTMENT: Final = r"(?:0[1-9]|[1-9][0-9]|2[ABab])"
_NIR: Final = re.compile(
    rf"(?<!\d)(?P<number>[1-478]{_GAPS}\d\d{_GAPS}{_MONTH}{_GAPS}{_DEPARTMENT}{_GAPS}\d{{3}}{_GAPS}\d{{3}})"
    rf"(?:(?:{_GAPS}(?:cl[ée]|key)\s*:?\s*|{_GAPS}|\s?\|\s?)(?P<key>\d\d))?(?!\d)",
    re.IGNORECASE,
)
_GROUPED_NIR: Final = re.compile(
    rf"[1-478]{_GAP}{{1,3}}\d\d{_GAP}{{1,3}}\d\d{_GAP}{{1,3}}[0-9ABab]{{2}}{_GAP}{{1,3}}\d{{3}}{_GAP}{{1,3}}\d{{3}}",
    re.IGNORECASE,
)
# As a spreadsheet writes a number of fifteen digits.
_IN_THREES: Final = re.compile(
    r"(?<![\d.,])(?P<number>[12]\d\d(?P<gap>[ .,'\u00a0\u2009\u2019\u202f])(?:\d{3}(?P=gap)){3}\d)(?P<key>\d\d)(?!\d)"
)
# Without groups or a word before it, only the number of somebody registered at birth is plain enough.
_BARE_NIR: Final = re.compile(rf"[12]{_GAPS}\d\d{_GAPS}(?:0[1-9]|1[0-2]|20)")
_ANNOUNCED: Final = re.compile(
    r"(?:\bnir\b|s[ée]cu|\bn\s?ss\b|\bnum\s?ss\b|\bn[°o]\s?ss\b|\bssn?\b|social security|\binsee\b|carte vitale"
    r"|assurance maladie|assur[ée]e? sociale?)[^\d\n]{0,40}\Z",
    re.IGNORECASE,
)
_WINDOW: Final = 60
_NIR_DIGITS: Final = 13

_RUN: Final = re.compile(r"\d(?:[ \t\u00a0\u202f-]?\d){12,}")
_MAX_IBAN_DIGITS: Final = 32
_LETTERS_BEFORE: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]{2}\Z")
_IBAN_GROUPS: Final = re.compile(r"\d\d[ \t\u00a0\u202f-]\d{4}\b")
_IBAN_BEFORE: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]{2}\d\d[ \t\u00a0\u202f-]?[A-Za-z]{4}[ \t\u00a0\u202f-]?\Z")
_CARD_BLOCKS: Final = re.compile(
    r"(?<!\d)(?:\d{4}([ \t\u00a0\u202f-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ \t\u00a0\u202f-])\d{6}\2\d{4,5}"
    r"|\d{4}([ \t\u00a0\u202f-])\d{3}\3\d{3}\3\d{3})(?!\d)"
)
_UNBROKEN: Final = re.compile(r"(?<!\d)\d{13,19}(?!\d)")
_CARD_WORD: Final = re.compile(
    r"(?:\bcb\b|carte (?:bancaire|bleue|de cr[ée]dit)|\bvisa\b|mastercard|amex|(?:credit|payment|bank|debit) card)"
    r"[^\d\n]{0,40}\Z",
    re.IGNORECASE,
)
# Issuers after ISO/IEC 7812, as the networks publish them, each with the lengths of its numbers.
_ISSUERS: Final = (
    (re.compile(r"4"), frozenset({13, 16, 19})),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), frozenset({16})),
    (re.compile(r"3[47]"), frozenset({15})),
    (re.compile(r"6011|64[4-9]|65|62"), frozenset({16, 19})),
    (re.compile(r"30[0-5]|3095|36|38|39"), frozenset({14, 16, 19})),
    (re.compile(r"35(?:2[89]|[3-8])"), frozenset({16, 19})),
    (re.compile(r"50(?:18|20|38)|5893|6304|6759|676[1-3]"), frozenset({13, 16, 18, 19})),
)
# Lengths that only card numbers have; 13 and 14 are also those of articles, phones and establishments.
_TELLING_LENGTHS: Final = frozenset({15, 16, 19})

# Folded words; * stands for any ending.
_HEALTH_WORDS: Final = """
    alcoholism alcoolique alcooliques alcoolisme allergi* allergy alzheimer* anaphyla* arthrit* arthros* asthm* autis*
    aveugle aveugles avc avortement bipola* cancer* cardiaque celiac chemotherapy chimiotherapie cirrho* coeliac
    coeliaque deaf dement* depressif depression depressive diabet* dialys* disability disabled enceinte epilep*
    grossesse handicap* hepatit* hiv hospitalis* hypertension illness illnesses infirme insulin* intoleran*
    invalidite malade malades maladie
    maladies medical* medicament* medication obese obesite obesity parkinson pregnan* psychiatr* schizophren* sclerose
    seropositi* sida sourd sourde sourds surdite toxicoman* trisomi* vih wheelchair
"""
_HEALTH_PHRASES: Final = ("chronic disease", "down syndrome", "drug addict", "fauteuil roulant", "mental health")

# What somebody believes, thinks of politics, whether he is in a union, whom he loves (GDPR, article 9).
_OPINION_WORDS: Final = """
    agnosti* anarchist* athee* atheis* bisexual* bisexuel* bouddhist* buddhist* catholi* communist* fascist*
    gauchiste* hindou* hindu* homosexual* homosexuel* islamist* jewish juif juifs juive juives lesbian* lesbien*
    lgbt* muslim* musulman* nationalist* protestantisme royaliste* salafist* socialiste* syndicaliste* syndique*
    transgender transgenre* transsex* unionist*
"""
_OPINION_PHRASES: Final = (
    *("extreme droite", "extreme gauche", "far left", "far right", "jehovah s witness", "political opinion"),
    *("religious belief", "temoin de jehovah", "trade union", "opinion politique", "opinions politiques"),
    *("orientation sexuelle", "parti politique", "political party", "sexual orientation"),
)


def _one_of(words: str, phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join((*words.replace('*', '[a-z]*').split(), *phrases))})\b")


_WORDS: Final = {
    "health": _one_of(_HEALTH_WORDS, _HEALTH_PHRASES),
    "opinion": _one_of(_OPINION_WORDS, _OPINION_PHRASES),
}
_WORD: Final = re.compile(r"[^\W_]+")
_MAY_HOLD_NIR: Final = re.compile(rf"\d(?:[,'\u2019]?{_GAPS}[\dABab]){{12}}")
_MASKED_NIR: Final = "[nir]"
LIKE_NATIONAL_NUMBER: Final = r"[0-9](?:[ \t.,'/_-]{0,3}[0-9ABab]){12}|\[nir\]"
"""What texts in ASCII look like that hold such a number, or its mask; for Arrow."""


@frozen
class MaskedText:
    """A text without the numbers that must not be kept.

    Attributes
    ----------
    text : str
        The text, each number replaced by ``[nir]`` or ``[payment card]``, each word by ``[health]`` or ``[opinion]``.
    n_masked : int
        How many were replaced.
    codes : tuple of str
        What was found, of `PROHIBITED_CODES`, sorted.
    """

    text: str
    n_masked: int
    codes: tuple[str, ...]


def mask_prohibited(text: str, codes: Collection[str] = NUMBER_CODES) -> MaskedText:
    """Return a text in which social security and payment card numbers are masked.

    Parameters
    ----------
    text : str
        Any string.
    codes : collection of str
        What to mask, of `PROHIBITED_CODES`.  Words about health and opinions are hints and no proof, so that they are
        masked only where they are named here.

    Returns
    -------
    MaskedText
        The text, to the character where nothing is masked.  Masking it again changes nothing.

    Notes
    -----
    A French social security number of 15 characters is known by its shape (sex, month, department) and its key, with up
    to three blanks or marks between its groups, or in threes as spreadsheets write it; one of 13, which has no key, by
    its shape and by a Corsican department, its groups or a word before it.  A payment card is known by its issuer, its
    length and its check digit; numbers of 13 and 14 digits, which may be an article or an establishment, count as cards
    only in the groups of a card or announced by a word.  About one of 800 other numbers of 15 digits that begin with 1
    or 2 is masked by mistake.

    Examples
    --------
    >>> mask_prohibited("NIR 2 84 05 2A 012 345 78, SIRET 356 000 000 00048").text
    'NIR [nir], SIRET 356 000 000 00048'
    """
    n_masked = 0
    found: set[str] = set()
    for code, mask, spans in (("nir", _MASKED_NIR, _nir_spans), ("payment_card", "[payment card]", _card_spans)):
        if code not in codes:
            continue
        for start, end in sorted(spans(_with_ascii_digits(text)), reverse=True):
            text = f"{text[:start]}{mask}{text[end:]}"
            n_masked += 1
            found.add(code)
    for code in sorted(set(_WORDS).intersection(codes)):
        for start, end in reversed(list(_word_spans(text, code))):
            # What an earlier mask has left is no word of the text's.
            if text[start - 1 : end + 1] != f"[{code}]":
                text = f"{text[:start]}[{code}]{text[end:]}"
                n_masked += 1
                found.add(code)
    return MaskedText(text, n_masked, tuple(sorted(found)))


def _word_spans(text: str, code: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the words of a kind, which are looked for in folded text and masked in the raw one."""
    # Words of ASCII are folded by being written small: most texts hold nothing, and are told apart at once.
    if text.isascii() and _WORDS[code].search(" ".join(_WORD.findall(text)).lower()) is None:
        return
    words = list(_WORD.finditer(text))
    folded = [" ".join(fold(word[0]).split()) for word in words]
    starts = {}
    place = 0
    for number, each in enumerate(folded):
        starts.update(dict.fromkeys(range(place, place + len(each) + 1), number))
        place += len(each) + 1
    for found in _WORDS[code].finditer(" ".join(folded)):
        yield words[starts[found.start()]].start(), words[starts[found.end() - 1]].end()


def without_national_numbers(text: str) -> str:
    """Return what a text says besides social security numbers, which are no evidence of anything.

    Parameters
    ----------
    text : str
        Any string, masked or not.

    Returns
    -------
    str
        The text where nothing is to be taken out; the same for a text and for what :func:`mask_prohibited` makes of
        it.

    Examples
    --------
    >>> without_national_numbers("Zoé Gall, NIR 184059913145610"), without_national_numbers("Zoé Gall, NIR [nir]")
    ('Zoé Gall, NIR  ', 'Zoé Gall, NIR  ')
    """
    if len(text) >= _NIR_DIGITS and _MAY_HOLD_NIR.search(text) is not None:
        text = mask_prohibited(text, ("nir",)).text
    return text.replace(_MASKED_NIR, " ") if _MASKED_NIR in text else text


def prohibited_codes(text: str) -> tuple[str, ...]:
    """Return what a text holds that must not be kept, or needs another legal basis.

    Parameters
    ----------
    text : str
        Any string.

    Returns
    -------
    tuple of str
        Of `PROHIBITED_CODES`, sorted; empty for a harmless text.

    Notes
    -----
    Words about health and opinions are those of a short English and French list: a hint for a person who looks at
    the text, and no proof.

    Examples
    --------
    >>> prohibited_codes("Allergique aux noix, sans gluten")
    ('health',)
    """
    return mask_prohibited(text, PROHIBITED_CODES).codes


def standardize_national_id(raw: str) -> Standardized:
    """Return the canonical form of a national identifier; that of France is refused.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        As `standardize_identifier`; a French social security number is empty, with issue ``"prohibited_content"``.

    Examples
    --------
    >>> standardize_national_id("1 84 05 99 131 456 11")
    Standardized(value='', issue='prohibited_content')
    """
    found = standardize_identifier(raw)
    # The column announces what a bare number is; signs within it may hide that it is one.
    for text in (raw, found.value):
        if len(text) >= _NIR_DIGITS and "nir" in mask_prohibited(f"NIR {text}").codes:
            return Standardized("", "prohibited_content")
    return found


def _with_ascii_digits(text: str) -> str:
    """Return a text of the same length in which digits of other scripts are plain ones."""
    if text.isascii():
        return text
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)


def _nir_spans(text: str) -> Iterator[tuple[int, int]]:
    for found in _NIR.finditer(text):
        number, key = found["number"], found["key"]
        before = text[max(found.start() - _WINDOW, 0) : found.start()]
        is_corsican = "A" in number.upper() or "B" in number.upper()
        is_telling = is_corsican or _GROUPED_NIR.fullmatch(number) is not None or _ANNOUNCED.search(before) is not None
        if key is not None and _is_key(number, key) and (is_telling or _BARE_NIR.match(number) is not None):
            yield found.span()
        elif is_telling:
            yield found.span("number")
    for found in _IN_THREES.finditer(text):
        number = "".join(filter(str.isdigit, found["number"]))
        if _NIR.fullmatch(number) is not None and _BARE_NIR.match(number) is not None and _is_key(number, found["key"]):
            yield found.span()


def _is_key(number: str, key: str) -> bool:
    compact = "".join(character for character in number.upper() if character.isdigit() or character in "AB")
    # The departments of Corsica count as 19 and 18.
    return (97 - int(compact.replace("2A", "19").replace("2B", "18")) % 97) == int(key)


def _card_spans(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        before = text[max(run.start() - _WINDOW, 0) : run.start()]
        if not (before.endswith("+") or _is_iban(before, run[0], text[run.end() : run.end() + 1])):
            yield from _cards_in(run[0], run.start(), is_announced=_CARD_WORD.search(before) is not None)


def _is_iban(before: str, run: str, after: str) -> bool:
    """Tell whether a run of digits is part of the number of a bank account."""
    if _IBAN_BEFORE.search(before) is not None:
        return True
    if _LETTERS_BEFORE.search(before) is None:
        return False
    if after.isalnum() or _IBAN_GROUPS.match(run) is not None:
        return True
    digits, country = _digits(run), before[-2:].upper()
    if len(digits) > _MAX_IBAN_DIGITS:
        return False
    return int(digits[2:] + "".join(str(int(letter, 36)) for letter in country) + digits[:2]) % 97 == 1


def _cards_in(run: str, offset: int, *, is_announced: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans of the cards in a run of digits with single gaps."""
    for found in _CARD_BLOCKS.finditer(run):
        if _is_card(_digits(found[0])):
            yield offset + found.start(), offset + found.end()
    for found in _UNBROKEN.finditer(run):
        if (is_announced or len(found[0]) in _TELLING_LENGTHS) and _is_card(found[0]):
            yield offset + found.start(), offset + found.end()


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _is_card(digits: str) -> bool:
    if not any(len(digits) in lengths and issuer.match(digits) for issuer, lengths in _ISSUERS):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
