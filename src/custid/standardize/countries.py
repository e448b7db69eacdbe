"""Countries: ISO 3166-1 codes and the names that addresses call them by."""

from __future__ import annotations

from typing import Final

from custid.errors import ConfigurationError
from custid.standardize.text import fold

__all__ = ["COUNTRY_CODES", "country_code", "country_name"]

# Alpha-2 and alpha-3 code, name in English, in French (if it differs from it), then other names; in plain letters.
_TABLE: Final = """
AD AND andorra|andorre
AE ARE united arab emirates|emirats arabes unis|uae
AF AFG afghanistan
AG ATG antigua and barbuda|antigua-et-barbuda
AI AIA anguilla
AL ALB albania|albanie
AM ARM armenia|armenie
AO AGO angola
AQ ATA antarctica|antarctique
AR ARG argentina|argentine
AS ASM american samoa|samoa americaines
AT AUT austria|autriche|osterreich|oesterreich
AU AUS australia|australie
AW ABW aruba
AX ALA aland islands|iles aland|aland
AZ AZE azerbaijan|azerbaidjan
BA BIH bosnia and herzegovina|bosnie-herzegovine|bosnia|bosnie
BB BRB barbados|barbade
BD BGD bangladesh
BE BEL belgium|belgique|belgie|belgien|royaume de belgique
BF BFA burkina faso
BG BGR bulgaria|bulgarie
BH BHR bahrain|bahrein
BI BDI burundi
BJ BEN benin
BL BLM saint barthelemy|saint-barthelemy|st barthelemy|saint barth
BM BMU bermuda|bermudes
BN BRN brunei|brunei|brunei darussalam
BO BOL bolivia|bolivie
BQ BES bonaire, sint eustatius and saba|bonaire, saint-eustache et saba|caribbean netherlands|pays-bas caribeens
BR BRA brazil|bresil|brasil
BS BHS bahamas
BT BTN bhutan|bhoutan
BV BVT bouvet island|ile bouvet
BW BWA botswana
BY BLR belarus|bielorussie
BZ BLZ belize
CA CAN canada
CC CCK cocos islands|iles cocos|keeling islands|cocos (keeling) islands
CD COD democratic republic of the congo|republique democratique du congo|rdc|congo kinshasa|dr congo
CF CAF central african republic|republique centrafricaine|centrafrique
CG COG congo|congo|congo brazzaville|republic of the congo|republique du congo
CH CHE switzerland|suisse|schweiz|svizzera|confederation suisse
CI CIV ivory coast|cote d'ivoire
CK COK cook islands|iles cook
CL CHL chile|chili
CM CMR cameroon|cameroun
CN CHN china|chine|people's republic of china|republique populaire de chine
CO COL colombia|colombie
CR CRI costa rica
CU CUB cuba
CV CPV cape verde|cap-vert|cabo verde
CW CUW curacao
CX CXR christmas island|ile christmas
CY CYP cyprus|chypre
CZ CZE czech republic|republique tcheque|czechia|tchequie
DE DEU germany|allemagne|deutschland|federal republic of germany
DJ DJI djibouti
DK DNK denmark|danemark|danmark
DM DMA dominica|dominique
DO DOM dominican republic|republique dominicaine
DZ DZA algeria|algerie
EC ECU ecuador|equateur
EE EST estonia|estonie
EG EGY egypt|egypte
EH ESH western sahara|sahara occidental
ER ERI eritrea|erythree
ES ESP spain|espagne|espana
ET ETH ethiopia|ethiopie
FI FIN finland|finlande|suomi
FJ FJI fiji|fidji
FK FLK falkland islands|iles malouines|malouines|falklands
FM FSM micronesia|micronesie
FO FRO faroe islands|iles feroe
FR FRA france|france|republique francaise|france metropolitaine|frankreich
GA GAB gabon
GB GBR united kingdom|royaume-uni|uk|u.k.|great britain|grande-bretagne
GD GRD grenada|grenade
GE GEO georgia|georgie
GF GUF french guiana|guyane|guyane francaise
GG GGY guernsey|guernesey
GH GHA ghana
GI GIB gibraltar
GL GRL greenland|groenland
GM GMB gambia|gambie|the gambia
GN GIN guinea|guinee
GP GLP guadeloupe
GQ GNQ equatorial guinea|guinee equatoriale
GR GRC greece|grece|hellas
GS SGS south georgia and the south sandwich islands|georgie du sud-et-les iles sandwich du sud|south georgia
GT GTM guatemala
GU GUM guam
GW GNB guinea-bissau|guinee-bissau
GY GUY guyana
HK HKG hong kong
HM HMD heard island and mcdonald islands|iles heard-et-macdonald
HN HND honduras
HR HRV croatia|croatie|hrvatska
HT HTI haiti
HU HUN hungary|hongrie
ID IDN indonesia|indonesie
IE IRL ireland|irlande|republic of ireland|republique d'irlande|eire
IL ISR israel
IM IMN isle of man|ile de man
IN IND india|inde
IO IOT british indian ocean territory|territoire britannique de l'ocean indien
IQ IRQ iraq|irak
IR IRN iran
IS ISL iceland|islande
IT ITA italy|italie|italia
JE JEY jersey
JM JAM jamaica|jamaique
JO JOR jordan|jordanie
JP JPN japan|japon
KE KEN kenya
KG KGZ kyrgyzstan|kirghizistan
KH KHM cambodia|cambodge
KI KIR kiribati
KM COM comoros|comores
KN KNA saint kitts and nevis|saint-christophe-et-nieves|saint-kitts-et-nevis
KP PRK north korea|coree du nord
KR KOR south korea|coree du sud|korea|coree|republic of korea
KW KWT kuwait|koweit
KY CYM cayman islands|iles caimans
KZ KAZ kazakhstan
LA LAO laos
LB LBN lebanon|liban
LC LCA saint lucia|sainte-lucie
LI LIE liechtenstein
LK LKA sri lanka
LR LBR liberia
LS LSO lesotho
LT LTU lithuania|lituanie
LU LUX luxembourg|luxembourg|luxemburg|grand-duche de luxembourg|grand-duche du luxembourg|grand duchy of luxembourg
LV LVA latvia|lettonie
LY LBY libya|libye
MA MAR morocco|maroc|royaume du maroc
MC MCO monaco|monaco|principaute de monaco|principality of monaco
MD MDA moldova|moldavie
ME MNE montenegro
MF MAF saint martin|saint-martin|st martin
MG MDG madagascar
MH MHL marshall islands|iles marshall
MK MKD north macedonia|macedoine du nord|macedonia|macedoine
ML MLI mali
MM MMR myanmar|birmanie|burma
MN MNG mongolia|mongolie
MO MAC macao|macao|macau
MP MNP northern mariana islands|iles mariannes du nord
MQ MTQ martinique
MR MRT mauritania|mauritanie
MS MSR montserrat
MT MLT malta|malte
MU MUS mauritius|maurice|ile maurice
MV MDV maldives
MW MWI malawi
MX MEX mexico|mexique
MY MYS malaysia|malaisie
MZ MOZ mozambique
NA NAM namibia|namibie
NC NCL new caledonia|nouvelle-caledonie
NE NER niger
NF NFK norfolk island|ile norfolk
NG NGA nigeria
NI NIC nicaragua
NL NLD netherlands|pays-bas|the netherlands|holland|hollande|nederland
NO NOR norway|norvege|norge
NP NPL nepal
NR NRU nauru
NU NIU niue
NZ NZL new zealand|nouvelle-zelande
OM OMN oman
PA PAN panama
PE PER peru|perou
PF PYF french polynesia|polynesie francaise|tahiti
PG PNG papua new guinea|papouasie-nouvelle-guinee
PH PHL philippines
PK PAK pakistan
PL POL poland|pologne|polska
PM SPM saint pierre and miquelon|saint-pierre-et-miquelon|st pierre et miquelon
PN PCN pitcairn|pitcairn|iles pitcairn
PR PRI puerto rico|porto rico
PS PSE palestine|palestine|state of palestine
PT PRT portugal
PW PLW palau|palaos
PY PRY paraguay
QA QAT qatar
RE REU reunion|la reunion|ile de la reunion|reunion island
RO ROU romania|roumanie
RS SRB serbia|serbie
RU RUS russia|russie|russian federation|federation de russie
RW RWA rwanda
SA SAU saudi arabia|arabie saoudite
SB SLB solomon islands|iles salomon
SC SYC seychelles
SD SDN sudan|soudan
SE SWE sweden|suede|sverige
SG SGP singapore|singapour
SH SHN saint helena|sainte-helene
SI SVN slovenia|slovenie
SJ SJM svalbard and jan mayen|svalbard et jan mayen
SK SVK slovakia|slovaquie
SL SLE sierra leone
SM SMR san marino|saint-marin
SN SEN senegal
SO SOM somalia|somalie
SR SUR suriname
SS SSD south sudan|soudan du sud
ST STP sao tome and principe|sao tome-et-principe
SV SLV el salvador|salvador
SX SXM sint maarten
SY SYR syria|syrie
SZ SWZ eswatini|eswatini|swaziland
TC TCA turks and caicos islands|iles turques-et-caiques
TD TCD chad|tchad
TF ATF french southern territories|terres australes francaises|terres australes et antarctiques francaises
TG TGO togo
TH THA thailand|thailande
TJ TJK tajikistan|tadjikistan
TK TKL tokelau
TL TLS timor-leste|timor oriental|east timor
TM TKM turkmenistan
TN TUN tunisia|tunisie
TO TON tonga
TR TUR turkey|turquie|turkiye
TT TTO trinidad and tobago|trinite-et-tobago|trinidad
TV TUV tuvalu
TW TWN taiwan
TZ TZA tanzania|tanzanie
UA UKR ukraine
UG UGA uganda|ouganda
UM UMI united states minor outlying islands|iles mineures eloignees des etats-unis
US USA united states|etats-unis|united states of america|etats-unis d'amerique|usa|u.s.a.|u.s.
UY URY uruguay
UZ UZB uzbekistan|ouzbekistan
VA VAT vatican city|vatican|holy see|saint-siege|cite du vatican
VC VCT saint vincent and the grenadines|saint-vincent-et-les-grenadines
VE VEN venezuela
VG VGB british virgin islands|iles vierges britanniques
VI VIR us virgin islands|iles vierges des etats-unis|u.s. virgin islands|virgin islands
VN VNM vietnam|vietnam|viet nam
VU VUT vanuatu
WF WLF wallis and futuna|wallis-et-futuna
WS WSM samoa
YE YEM yemen
YT MYT mayotte
ZA ZAF south africa|afrique du sud
ZM ZMB zambia|zambie
ZW ZWE zimbabwe
"""
# Written as countries in addresses, though ISO 3166-1 has no code for them.
_NATIONS: Final = "england|angleterre|scotland|ecosse|wales|pays de galles|northern ireland|irlande du nord"
_LANGUAGES: Final = ("en", "fr")


def _table() -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Return the English and French name by alpha-2 code, and the alpha-2 code by folded code or name."""
    names_of: dict[str, tuple[str, str]] = {}
    code_of = dict.fromkeys(map(fold, _NATIONS.split("|")), "GB")
    for line in _TABLE.strip().splitlines():
        alpha2, alpha3, written = line.split(" ", 2)
        names = written.split("|")
        names_of[alpha2] = (names[0], names[1] if len(names) > 1 else names[0])
        code_of.update(dict.fromkeys((alpha2.lower(), alpha3.lower(), *map(fold, names)), alpha2))
    return names_of, code_of


_NAMES, _CODES = _table()

COUNTRY_CODES: Final = frozenset(_NAMES)
"""The 249 codes alpha-2 of ISO 3166-1."""


def country_code(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country as an address names it.

    Parameters
    ----------
    text : str
        A code of two or three letters, or a name in English or French (or, for neighbors, their own); accents, case
        and punctuation do not matter.

    Returns
    -------
    str
        Two capitals; empty for an empty or unknown text.

    Examples
    --------
    >>> country_code("Royaume-Uni"), country_code("DEU"), country_code("Atlantis")
    ('GB', 'DE', '')
    """
    return _CODES.get(fold(text), "")


def country_name(code: str, *, language: str = "en") -> str:
    """Return the name of a country for the last line of an envelope.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-2 code.
    language : {"en", "fr"}, default "en"
        In which language.

    Returns
    -------
    str
        In capitals without accents; empty for an empty or unknown code.

    Raises
    ------
    ConfigurationError
        If the language is another one.

    Examples
    --------
    >>> country_name("DE"), country_name("CI", language="fr")
    ('GERMANY', "COTE D'IVOIRE")
    """
    if language not in _LANGUAGES:
        raise ConfigurationError(
            f"language: expected one of {', '.join(map(repr, _LANGUAGES))}, got {language!r}.",
            hint="The postal services of all countries read both.",
        )
    names = _NAMES.get(code)
    return "" if names is None else names[_LANGUAGES.index(language)].upper()
