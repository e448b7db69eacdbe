"""What one language contributes to standardization."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

__all__ = ["LocalePack"]


def _read_only(mapping: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(dict(mapping))


@frozen(kw_only=True)
class LocalePack:
    """The words of one language that standardizers know.

    Every key and word is folded: lower case, ASCII letters and digits, single spaces.  To teach custid a language is
    to write one such value and to add it to ``custid.standardize.locales.LOCALES``; a field left empty means that the
    language adds nothing there.  A country that writes the same language with other conventions is a variant:
    ``attrs.evolve`` of the pack with another code, country and order of dates, listed in
    ``custid.standardize.locales.VARIANTS``.

    Attributes
    ----------
    code : str
        Language code; empty for words of no language.
    placeholders : mapping of str to frozenset of str
        Whole values that mean "nothing", by kind of value; those of ``"any"`` hold for every kind.
    civilities : frozenset of str
        Forms of address dropped from the front of a person's name.
    legal_forms : frozenset of str
        Legal forms dropped from the end of an organization's name, several words separated by spaces.
    leading_legal_forms : frozenset of str
        Those dropped from the front as well.
    street_front : mapping of str to str
        Abbreviations expanded where a street name begins (after the house number).
    street_end : mapping of str to str
        Abbreviations expanded where a street name ends.
    street_inside : mapping of str to str
        Abbreviations expanded anywhere but where the street name begins.
    street_kinds : mapping of str to str
        Words that make a street of what they stand in (at its front in French, at its end in English), without blanks
        or hyphens, each as it is written in lower case: ``"rondpoint"`` to ``"rond-point"``.  With a house number, a
        text in a field of names is a street.
    regions : mapping of str to frozenset of str
        States, provinces and counties that stand between town and postcode, and their abbreviations, without blanks, by
        ISO 3166-1 alpha-2 code of the country.
    address_words : mapping of str to frozenset of str
        Words that open another part of a postal address, without blanks or hyphens, by part: ``"unit"``,
        ``"building"``, ``"recipient"``, ``"place"``, ``"po_box"``, …
    months : mapping of str to int
        Month names and their abbreviations, 1 to 12.
    weekdays : frozenset of str
        Names and abbreviations of the days of the week.
    date_words : frozenset of str
        Further words that may stand in a written date and say nothing.
    sexes : mapping of str to str
        Words and civilities that state a sex, each to ``"male"`` or ``"female"``.
    nicknames : mapping of str to tuple of str
        Formal given names, each with its familiar forms.
    country : str
        ISO 3166-1 alpha-2 code of the country whose conventions hold where a value names none; empty for none.
    day_first : bool
        True where ``03/04`` is the third of April.
    phonetic_key : str
        Name of the sound key of the language in ``custid.standardize.phonetics``; empty for none.
    titles : frozenset of str
        Ranks and titles that stand before a name beside the civilities; several words separated by spaces.
    particles : frozenset of str
        Words before a family name that are kept apart from it, each by itself (``de``, ``la``, ``van``, ``der``).
    leading_particles : frozenset of str
        Those with which a particle may begin; an article alone (``la``) is no particle but part of the family name.
    elided_particles : frozenset of str
        Particles that an apostrophe joins to the name: ``d``.
    family_prefixes : frozenset of str
        Words that begin a family name of several words and belong to it: ``le``, ``saint``, ``ben``.
    suffixes : frozenset of str
        Generations, degrees and honors behind a name.
    birth_words : frozenset of str
        Words behind which the birth name follows: ``nee``.
    former_words : frozenset of str
        Words behind which a former name follows: ``formerly``.
    marriage_words : frozenset of str
        Words behind which the usage name follows, the one before being the birth name: ``epouse``.
    alias_words : frozenset of str
        Words behind which another name of the same person follows: ``dit``, ``alias``.
    remark_words : frozenset of str
        Words that tell a remark in parentheses (``décédé``) from another name.
    joiners : frozenset of str
        Words between the names of two persons: ``et``, ``and``.
    given_names : frozenset of str
        Common given names of one word.
    composite_given_names : frozenset of str
        Two or three words that make one given name even where no hyphen joins them.
    names_of_both_kinds : frozenset of str
        Names that are common as given and as family names.
    family_names : frozenset of str
        Common family names that are no given names.
    is_family_first_common : bool
        True where lists and forms often put the family name first, without a comma.
    are_middle_names_given : bool
        True where a word between the first and the last one is rather a given name than part of the family name.
    legal_form_names : mapping of str to str
        Legal forms and the longer ways to write them, each to its usual abbreviation in its own case.
    small_words : frozenset of str
        Words that an acronym leaves out: articles, prepositions, conjunctions.
    trading_words : frozenset of str
        Words behind which the trading name of an organization follows.
    former_name_words : frozenset of str
        Words behind which the former name of an organization follows.
    company_words : frozenset of str
        Words that organizations have in their names and hardly any family has.
    kin_words : frozenset of str
        Words behind a joiner that make a company of a family name: ``fils``, ``sons``, ``cie``.
    cities : frozenset of str
        Large cities: a text that is one of them, alone or behind a postcode, is a place.
    """

    code: str
    placeholders: Mapping[str, frozenset[str]] = field(factory=dict, converter=_read_only)
    civilities: frozenset[str] = frozenset()
    legal_forms: frozenset[str] = frozenset()
    leading_legal_forms: frozenset[str] = frozenset()
    street_front: Mapping[str, str] = field(factory=dict, converter=_read_only)
    street_end: Mapping[str, str] = field(factory=dict, converter=_read_only)
    street_inside: Mapping[str, str] = field(factory=dict, converter=_read_only)
    street_kinds: Mapping[str, str] = field(factory=dict, converter=_read_only)
    regions: Mapping[str, frozenset[str]] = field(factory=dict, converter=_read_only)
    address_words: Mapping[str, frozenset[str]] = field(factory=dict, converter=_read_only)
    months: Mapping[str, int] = field(factory=dict, converter=_read_only)
    weekdays: frozenset[str] = frozenset()
    date_words: frozenset[str] = frozenset()
    sexes: Mapping[str, str] = field(factory=dict, converter=_read_only)
    nicknames: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_read_only)
    country: str = ""
    day_first: bool = True
    phonetic_key: str = ""
    titles: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    leading_particles: frozenset[str] = frozenset()
    elided_particles: frozenset[str] = frozenset()
    family_prefixes: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    birth_words: frozenset[str] = frozenset()
    former_words: frozenset[str] = frozenset()
    marriage_words: frozenset[str] = frozenset()
    alias_words: frozenset[str] = frozenset()
    remark_words: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()
    given_names: frozenset[str] = frozenset()
    composite_given_names: frozenset[str] = frozenset()
    names_of_both_kinds: frozenset[str] = frozenset()
    family_names: frozenset[str] = frozenset()
    is_family_first_common: bool = False
    are_middle_names_given: bool = False
    legal_form_names: Mapping[str, str] = field(factory=dict, converter=_read_only)
    small_words: frozenset[str] = frozenset()
    trading_words: frozenset[str] = frozenset()
    former_name_words: frozenset[str] = frozenset()
    company_words: frozenset[str] = frozenset()
    kin_words: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
