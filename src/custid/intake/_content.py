"""What the values of a column look like.

Every measure is a share of the values present, over the whole column: no sample, so that the order of rows has no say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid.standardize._name_words import EITHER, FAMILY, UNKNOWN, name_words

__all__ = [
    "are_of_many",
    "distinct_share",
    "has_spread_of_birth_dates",
    "is_ascending",
    "is_determined_by",
    "n_distinct_pairs",
    "share_of_civilities",
    "share_of_company_words",
    "share_of_dates",
    "share_of_emails",
    "share_of_family_names",
    "share_of_given_names",
    "share_of_house_numbers",
    "share_of_organizations",
    "share_of_persons",
    "share_of_phones",
    "share_of_postcodes",
    "share_of_single_words",
    "share_of_whole_names",
    "share_of_words",
]

_EMAIL = r"^\s*[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\s*$"
_PHONE = (
    r"^\s*(\+[0-9][0-9 ()./-]*"
    r"|\(?0[1-9][0-9 ()./-]*"
    r"|(1[ .-])?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ ./-])[0-9]{3}[ .-][0-9]{4})\s*$"
)
_PHONE_DIGITS = r"^([^0-9]*[0-9]){9,15}[^0-9]*$"
_DAY, _MONTH, _YEAR = r"(0?[1-9]|[12][0-9]|3[01])", r"(0?[1-9]|1[0-2])", r"(1[89]|20)[0-9]{2}"
_DATE = (
    rf"^\s*({_YEAR}[-/.]{_MONTH}[-/.]{_DAY}([ T]00:00(:00)?)?"
    rf"|{_DAY}[-/.]{_DAY}[-/.]{_YEAR}"
    r"|(1[89]|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]))\s*$"
)
# Four digits that stand at the beginning or end of a date are its year.
_DATE_YEAR = r"^\s*(?P<first>(?:1[89]|20)[0-9]{2})|(?P<last>(?:1[89]|20)[0-9]{2})\s*$"
_POSTCODE = r"(?i)^\s*([0-9]{5}(-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})\s*$"
_HOUSE_NUMBER = r"(?i)^\s*[0-9]{1,5} ?(bis|ter|quater|[a-z])?\s*$"
_CIVILITY_WORDS = (
    "mr|mrs|ms|miss|mx|sir|madam|lady|lord|dr|doctor|prof|professor|rev|m|mme|mmes|mlle|mle|me|monsieur|madame|"
    "mademoiselle|messieurs|docteur|pr|professeur|maitre|maître|herr|frau"
)
_CIVILITY = rf"(?i)^\s*({_CIVILITY_WORDS})\.?( (et|and|ou|or|&) ({_CIVILITY_WORDS})\.?)?\s*$"
_ORGANIZATION_WORDS = (
    "inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|co|company|companies|gmbh|ag|bv|nv|spa|srl|sarl|"
    "sas|sasu|eurl|snc|sci|scop|scp|selarl|ei|eirl|gie|bakery|bakeries|boulangerie|boulangeries|patisserie|"
    "pâtisserie|brasserie|bistro|bistrot|restaurant|restaurants|resto|cafe|café|cafes|cafés|bar|grill|grille|"
    "pizzeria|pizza|deli|diner|kitchen|steakhouse|house|inn|pub|tavern|traiteur|school|schools|academy|college|"
    "university|universite|université|ecole|école|ecoles|lycee|lycée|collège|creche|crèche|preschool|"
    "kindergarten|daycare|center|centers|centre|centres|hotel|hotels|hôtel|motel|hostel|auberge|association|"
    "assoc|asso|fondation|foundation|services|service|solutions|systems|systemes|systèmes|group|groupe|holding|"
    "holdings|partners|associates|associes|associés|cabinet|agence|agency|bank|banque|assurance|assurances|"
    "insurance|pharmacy|pharmacie|clinic|clinique|hospital|hopital|hôpital|garage|market|marche|marché|store|"
    "stores|shop|boutique|magasin|salon|club|church|eglise|église|ministries|mairie|commune|municipality|city of|"
    "department of|societe|société|ste|sté|ets|etablissements|établissements|entreprise|entreprises|compagnie|"
    "cie|industries|industrie|international|consulting|conseil|technologies|technology|media|studio|studios|"
    "theatre|theater|museum|musee|musée|library|institute|institut|council|trust|fund|union|syndicat|federation|"
    "fédération|cooperative|coopérative|logistics|transports|immobilier"
)
_COMPANY = rf"(?i)(^|[^\pL])({_ORGANIZATION_WORDS})([^\pL]|$)"
_ORGANIZATION = rf"{_COMPANY}|&|[0-9]"
_CIVIL = rf"(?i)^\s*({_CIVILITY_WORDS})\.?( (et|and|ou|or|&) ({_CIVILITY_WORDS})\.?)? +\pL"
# Given names frequent in English and French: enough to tell a list of persons from one of places.
_GIVEN_NAMES = (
    "adam|agnes|agnès|alain|albert|alex|alexander|alexandre|alice|alison|amanda|amy|andre|andré|andrea|andrew|"
    "angela|ann|anna|anne|annie|anthony|antoine|arthur|barbara|ben|benjamin|benoit|benoît|bernard|brian|brigitte|"
    "bruno|camille|carol|caroline|catherine|cecile|cécile|celine|céline|chantal|charles|charlotte|chloe|chloé|"
    "chris|christian|christine|christophe|christopher|claire|claude|daniel|david|deborah|denis|denise|diane|"
    "didier|dominique|donald|donna|dorothy|edward|elizabeth|elisabeth|élisabeth|elodie|élodie|emily|emma|"
    "emmanuel|eric|éric|eva|fabrice|florence|frances|franck|francois|françois|francoise|françoise|frank|frederic|"
    "frédéric|gary|george|georges|gerard|gérard|gilles|grace|guillaume|guy|hannah|harry|helen|helene|hélène|"
    "henri|henry|hugo|isabelle|jack|jacques|james|jane|janet|jason|jean|jeanne|jennifer|jerome|jérôme|jessica|"
    "joan|john|jonathan|joseph|joyce|judith|julia|julie|julien|karen|karine|kate|kevin|kimberly|laura|laurence|"
    "laurent|lea|léa|leo|léo|linda|lisa|louis|louise|luc|lucas|lucie|lucy|manon|marc|margaret|maria|marie|marion|"
    "mark|martin|martine|mary|mathieu|matthew|maurice|maxime|melissa|michael|michel|michele|michèle|monique|"
    "nancy|nathalie|nicholas|nicolas|nicole|olivia|olivier|oliver|pascal|patricia|patrick|paul|pauline|peter|"
    "philip|philippe|pierre|rachel|raymond|rebecca|rene|rené|richard|robert|roger|romain|ronald|ruth|sabrina|"
    "samuel|sandra|sandrine|sarah|scott|sebastien|sébastien|serge|sharon|simon|sophie|stephane|stéphane|"
    "stephanie|stéphanie|stephen|steven|susan|suzanne|sylvie|thierry|theo|théo|thomas|timothy|valerie|valérie|"
    "veronique|véronique|victor|victoria|vincent|virginie|walter|william|xavier|yann|yves|yvonne|zoe|zoé"
)
_PERSON = rf"(?i)(^|[^\pL])({_GIVEN_NAMES})([^\pL]|$)"
_WORDS = r"^\s*[\pL'’.-]+( [\pL'’.-]+){0,2}\s*$"
_SINGLE_WORD = r"^\s*[^\s]+\s*$"
_LATEST_MEDIAN_BIRTH_YEAR = 2010
_MIN_BIRTH_YEAR_SPREAD = 20
# Fewer values than this show no pattern.
_MIN_VALUES = 20
_MOSTLY = 0.7
_MOST_WORDS = 4
_MANY_VALUES = 10_000
_LONGEST_NAME = 200


def _share(column: pa.ChunkedArray, is_match: Any) -> float:
    n_present = len(column) - column.null_count
    return (pc.sum(is_match).as_py() or 0) / n_present if n_present else 0.0


def _is_empty(column: pa.ChunkedArray) -> bool:
    return bool(column.null_count == len(column))


def _matching(column: pa.ChunkedArray, pattern: str) -> float:
    if _is_empty(column):
        return 0.0
    return _share(column, pc.match_substring_regex(column, pattern))


def share_of_emails(column: pa.ChunkedArray) -> float:
    """Return the share of values that are e-mail addresses."""
    if _is_empty(column):
        return 0.0
    # A substring costs far less than a pattern, and rules out nearly every column.
    at_signs = _share(column, pc.match_substring(column, "@"))
    return min(at_signs, _matching(column, _EMAIL)) if at_signs else 0.0


def share_of_phones(column: pa.ChunkedArray) -> float:
    """Return the share of values written as telephone numbers: a run of bare digits is not."""
    if _is_empty(column):
        return 0.0
    is_form = pc.match_substring_regex(column, _PHONE)
    return _share(column, pc.and_(is_form, pc.match_substring_regex(column, _PHONE_DIGITS)))


def share_of_dates(column: pa.ChunkedArray) -> float:
    """Return the share of values written as calendar days since 1800."""
    return _matching(column, _DATE)


def has_spread_of_birth_dates(column: pa.ChunkedArray) -> bool:
    """Return whether the years of dates lie as birth years do: over decades, and not all recent.

    Days of orders, visits and expiry lie within a few years.
    """
    parts = pc.extract_regex(column.drop_null(), _DATE_YEAR)
    parts = parts.combine_chunks() if isinstance(parts, pa.ChunkedArray) else parts
    first, last = pc.struct_field(parts, "first"), pc.struct_field(parts, "last")
    texts = pc.if_else(pc.equal(first, ""), last, first).drop_null()
    texts = texts.filter(pc.equal(pc.binary_length(texts), 4))
    if len(texts) < _MIN_VALUES:
        return False
    low, median, high = np.quantile(texts.cast(pa.int32()).to_numpy(zero_copy_only=False), (0.05, 0.5, 0.95))
    return bool(high - low >= _MIN_BIRTH_YEAR_SPREAD and median <= _LATEST_MEDIAN_BIRTH_YEAR)


def share_of_postcodes(column: pa.ChunkedArray) -> float:
    """Return the share of values written as French, American or British postcodes."""
    return _matching(column, _POSTCODE)


def share_of_house_numbers(column: pa.ChunkedArray) -> float:
    """Return the share of values written as numbers of houses."""
    return _matching(column, _HOUSE_NUMBER)


def share_of_civilities(column: pa.ChunkedArray) -> float:
    """Return the share of values that are civilities, such as ``Mrs`` or ``M.``, in English and French."""
    return _matching(column, _CIVILITY)


def share_of_organizations(column: pa.ChunkedArray) -> float:
    """Return the share of values that hold a word or sign of organizations, and do not begin with a civility."""
    is_organization = pc.match_substring_regex(column, _ORGANIZATION)
    return _share(column, pc.and_not(is_organization, pc.match_substring_regex(column, _CIVIL)))


def share_of_company_words(column: pa.ChunkedArray) -> float:
    """Return the share of values that hold a word of organizations; signs and digits, as addresses have, are none."""
    return _matching(column, _COMPANY)


def share_of_persons(column: pa.ChunkedArray) -> float:
    """Return the share of values that begin with a civility, or hold a given name and no sign of organizations."""
    has_given = pc.match_substring_regex(column, _PERSON)
    is_named = pc.and_not(has_given, pc.match_substring_regex(column, _ORGANIZATION))
    return _share(column, pc.or_(is_named, pc.match_substring_regex(column, _CIVIL)))


def share_of_whole_names(column: pa.ChunkedArray) -> float:
    """Return the share of values that are two to four words, the first or the last of which is a known given name."""

    def is_whole(words: Sequence[str], known: Mapping[str, int]) -> bool:
        ends = (known.get(words[0], UNKNOWN), known.get(words[-1], UNKNOWN))
        return 2 <= len(words) <= _MOST_WORDS and max(ends) >= EITHER and all(map(str.isalpha, words))

    return _share_of_names(column, is_whole)


def share_of_given_names(column: pa.ChunkedArray) -> float:
    """Return the share of values that are one or two words, each a known given name."""

    def are_given(words: Sequence[str], known: Mapping[str, int]) -> bool:
        return len(words) <= 2 and all(known.get(word, UNKNOWN) >= EITHER for word in words)

    return _share_of_names(column, are_given)


def share_of_family_names(column: pa.ChunkedArray) -> float:
    """Return the share of values that end with what is known as a family name, and as no given name."""
    return _share_of_names(column, lambda words, known: known.get(words[-1], UNKNOWN) == FAMILY)


def share_of_words(column: pa.ChunkedArray) -> float:
    """Return the share of values that are up to three words, without digits or signs."""
    return _matching(column, _WORDS)


def _share_of_names(column: pa.ChunkedArray, is_one: Callable[[Sequence[str], Mapping[str, int]], bool]) -> float:
    """Return the share of values whose folded words, without civilities, are something; of many values, of some.

    Those that are looked at are chosen by what they are: they are the same in any order of rows.
    """
    if _is_empty(column):
        return 0.0
    from custid.standardize.name import standardize_person_name  # noqa: PLC0415 - most tables need none of it

    known = name_words("").given
    counted = pc.value_counts(column.drop_null().combine_chunks())
    texts, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    step = 1 + len(texts) // _MANY_VALUES
    n_fitting, n_seen = 0, 0
    for text, count in zip(texts, counts, strict=True):
        if step > 1 and crc32(text.encode()) % step:
            continue
        words = standardize_person_name(text[:_LONGEST_NAME]).value.split()
        n_seen += count
        n_fitting += count if words and is_one(words, known) else 0
    return n_fitting / n_seen if n_seen else 0.0


def share_of_single_words(column: pa.ChunkedArray) -> float:
    """Return the share of values without a space."""
    return _matching(column, _SINGLE_WORD)


def distinct_share(column: pa.ChunkedArray) -> float:
    """Return the number of distinct values over the number of rows."""
    return pc.count_distinct(column).as_py() / len(column) if len(column) else 0.0


def are_of_many(column: pa.ChunkedArray) -> bool:
    """Return whether values are as different as parts of the names of many people are: twice the root of their number.

    The names of those who serve them are fewer; those of customers grow with their number, but more slowly.
    """
    return bool(pc.count_distinct(column).as_py() ** 2 >= 4 * len(column))


def is_ascending(column: pa.ChunkedArray) -> bool:
    """Return whether each value is greater than the one before, as keys mostly are that a source has numbered."""
    if not len(column) or column.null_count:
        return False
    return bool(pc.all(pc.greater(column.slice(1), column.slice(0, len(column) - 1)), min_count=0).as_py())


def n_distinct_pairs(first: pa.ChunkedArray, second: pa.ChunkedArray) -> int:
    """Return the number of distinct pairs of values, null being a value."""
    pairs = _codes(first) << 32 | _codes(second)
    # Sorting takes a fraction of the time that `numpy.unique` needs to hash nearly as many values as there are rows.
    pairs.sort()
    return int(np.count_nonzero(pairs[1:] != pairs[:-1])) + bool(len(pairs))


def is_determined_by(values: pa.ChunkedArray, keys: pa.ChunkedArray) -> bool:
    """Return whether a repeated key mostly comes with one and the same value, as a postcode does with its city."""
    is_present = pc.and_(pc.is_valid(keys), pc.is_valid(values))
    key_codes, value_codes = _codes(keys.filter(is_present)), _codes(values.filter(is_present))
    pairs, n_rows = np.unique(key_codes << 32 | value_codes, return_counts=True)
    # Pairs are in the order of their keys: one run of them per key.
    runs = np.flatnonzero(np.diff(pairs >> 32, prepend=-1))
    if not len(runs):
        return False
    per_key, modal = np.add.reduceat(n_rows, runs), np.maximum.reduceat(n_rows, runs)
    is_repeated = per_key > 1
    n_repeated = int(per_key[is_repeated].sum())
    return n_repeated >= _MIN_VALUES and int(modal[is_repeated].sum()) >= _MOSTLY * n_repeated


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    # Not to_numpy: it would import pandas, where that is installed, for a quarter of a second.
    codes: NDArray[np.int64] = np.from_dlpack(encoded.indices).astype(np.int64)
    return codes
