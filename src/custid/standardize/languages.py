"""Languages: tags of BCP 47, and the names that people write instead."""

from __future__ import annotations

import re
from typing import Final

from custid.model.statements import Issue
from custid.standardize.placeholders import placeholder_words
from custid.standardize.text import fold, visible
from custid.standardize.values import Parsed

__all__ = ["parse_language"]

# ISO 639-1, and beside each code those of ISO 639-2 and 639-3 that BCP 47 replaces by it.
_CODES: Final = """
    aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bi:bis
    bm:bam bn:ben bo:bod,tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces,cze cu:chu cv:chv cy:cym,wel
    da:dan de:deu,ger dv:div dz:dzo ee:ewe el:ell,gre en:eng eo:epo es:spa et:est eu:eus,baq fa:fas,per ff:ful fi:fin
    fj:fij fo:fao fr:fra,fre fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv
    ht:hat hu:hun hy:hye,arm hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl,ice it:ita iu:iku ja:jpn
    jv:jav ka:kat,geo kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor
    ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri,mao mk:mkd,mac ml:mal
    mn:mon mr:mar ms:msa,may mt:mlt my:mya,bur na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld,dut nn:nno no:nor nr:nbl
    nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run
    ro:ron,rum ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag sh:hbs si:sin sk:slk,slo sl:slv sm:smo sn:sna so:som
    sq:sqi,alb sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn
    to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho
    yi:yid yo:yor za:zha zh:zho,chi zu:zul
"""
# Names in French and English, and each language's own, folded.
_NAMES: Final = """
    af:afrikaans ar:arabe,arabic be:bielorusse,belarusian bg:bulgare,bulgarian bn:bengali br:breton
    bs:bosniaque,bosnian ca:catalan co:corse,corsican cs:tcheque,czech cy:gallois,welsh da:danois,danish
    de:allemand,german,deutsch el:grec,greek en:anglais,english eo:esperanto es:espagnol,spanish,espanol,castillan
    et:estonien,estonian eu:basque fa:persan,persian,farsi fi:finnois,finlandais,finnish fr:francais,french,francaise
    ga:irlandais,irish gl:galicien,galician he:hebreu,hebrew hi:hindi hr:croate,croatian
    ht:creole haitien,haitian creole hu:hongrois,hungarian hy:armenien,armenian id:indonesien,indonesian
    is:islandais,icelandic it:italien,italian,italiano ja:japonais,japanese ka:georgien,georgian km:khmer,cambodgien
    ko:coreen,korean ku:kurde,kurdish la:latin lb:luxembourgeois,luxembourgish lt:lituanien,lithuanian
    lv:letton,latvian mg:malgache,malagasy mk:macedonien,macedonian ms:malais,malay mt:maltais,maltese
    nl:neerlandais,hollandais,dutch,flamand,flemish no:norvegien,norwegian oc:occitan pl:polonais,polish
    ps:pachto,pashto pt:portugais,portuguese,portugues ro:roumain,romanian ru:russe,russian sk:slovaque,slovak
    sl:slovene,slovenian so:somali sq:albanais,albanian sr:serbe,serbian sv:suedois,swedish sw:swahili ta:tamoul,tamil
    th:thai,thailandais tr:turc,turkish uk:ukrainien,ukrainian ur:ourdou,urdu vi:vietnamien,vietnamese wo:wolof
    yi:yiddish zh:chinois,chinese,mandarin
"""


def _table(lines: str) -> dict[str, str]:
    """Read entries ``code:name,name``; names may hold blanks."""
    entries = re.findall(r"\b([a-z]{2}):(.*?)(?=\s+[a-z]{2}:|\s*$)", " ".join(lines.split()))
    return {name.strip(): code for code, names in entries for name in names.split(",")}


_SHORT: Final = _table(_CODES)
_TWO_LETTERS: Final = frozenset(_SHORT.values())
_NAMED: Final = _table(_NAMES)
_NO_LANGUAGE: Final = placeholder_words("category")

_TAG: Final = re.compile(
    r"(?P<language>[a-z]{2,3}(?P<extended>(?:-[a-z]{3}){0,3})|[a-z]{4}|[a-z]{5,8})(?P<script>-[a-z]{4})?"
    r"(?P<region>-(?:[a-z]{2}|[0-9]{3}))?(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)(?P<private>-x(?:-[a-z0-9]{1,8})+)?"
)
_PRIVATE: Final = re.compile(r"x(?:-[a-z0-9]{1,8})+")
# Tags of RFC 5646 that are older than its syntax, each to the tag that replaces it, or to itself.
_GRANDFATHERED: Final = {
    "art-lojban": "jbo", "cel-gaulish": "cel-gaulish", "en-gb-oed": "en-GB-oxendict", "i-ami": "ami", "i-bnn": "bnn",
    "i-default": "i-default", "i-enochian": "i-enochian", "i-hak": "hak", "i-klingon": "tlh", "i-lux": "lb",
    "i-mingo": "i-mingo", "i-navajo": "nv", "i-pwn": "pwn", "i-tao": "tao", "i-tay": "tay", "i-tsu": "tsu",
    "no-bok": "nb", "no-nyn": "nn", "sgn-be-fr": "sfb", "sgn-be-nl": "vgt", "sgn-ch-de": "sgg", "zh-guoyu": "cmn",
    "zh-hakka": "hak", "zh-min": "zh-min", "zh-min-nan": "nan", "zh-xiang": "hsn",
}  # fmt: skip


def parse_language(raw: str) -> Parsed[str]:
    """Return the BCP 47 tag of the language that a text names.

    Parameters
    ----------
    raw : str
        A tag (``_`` counts as ``-``), a code of ISO 639, or the name of a language in French or English.

    Returns
    -------
    Parsed of str
        The tag in its usual case (``fr-CA``, ``zh-Hant-TW``), three-letter codes replaced by the two-letter ones where
        there are.  Issue ``"unknown_language"`` goes with a tag that is well-formed and whose language is not in ISO
        639-1; without a value there is ``"placeholder"`` or ``"unrecognized"``.

    Notes
    -----
    Tags are checked for being well-formed after RFC 5646, section 2.1: subtags are not looked up, except for the
    language.

    Examples
    --------
    >>> [parse_language(raw).value for raw in ("fr_ca", "Français", "ENG", "zh-hant-tw")]
    ['fr-CA', 'fr', 'en', 'zh-Hant-TW']
    """
    text = visible(raw)
    if not text:
        return Parsed((), raw)
    folded = fold(text)
    if not folded or (folded in _NO_LANGUAGE and folded not in _TWO_LETTERS):
        return Parsed((), raw, (Issue("placeholder"),))
    if folded in _NAMED:
        return Parsed((_NAMED[folded],), raw)
    tag = _canonical(text.replace("_", "-").lower())
    if not tag:
        return Parsed((), raw, (Issue("unrecognized"),))
    is_known = tag.partition("-")[0] in _TWO_LETTERS
    return Parsed((tag,), raw, () if is_known else (Issue("unknown_language"),))


def _canonical(text: str) -> str:
    """Return a well-formed tag in its usual case; empty for another text."""
    if text in _GRANDFATHERED:
        return _GRANDFATHERED[text]
    if _PRIVATE.fullmatch(text) is not None:
        return text
    found = _TAG.fullmatch(text)
    if found is None or not _has_each_once(found):
        return ""
    language, dash, extended = found["language"].partition("-")
    if language not in _TWO_LETTERS and language not in _SHORT and len(language) > len("fra"):
        return ""  # a word, and no code that is in use
    if len(language) == len("fr") and language not in _TWO_LETTERS:
        return ""
    script, region = (found["script"] or "").title(), (found["region"] or "").upper()
    rest = f"{found['variants']}{found['extensions']}{found['private'] or ''}"
    return f"{_SHORT.get(language, language)}{dash}{extended}{script}{region}{rest}"


def _has_each_once(found: re.Match[str]) -> bool:
    """Tell whether no variant and no singleton of an extension is repeated (RFC 5646, section 2.2.9)."""
    variants = found["variants"].split("-")[1:]
    singletons = [subtag for subtag in found["extensions"].split("-") if len(subtag) == 1]
    return len(set(variants)) == len(variants) and len(set(singletons)) == len(singletons)
