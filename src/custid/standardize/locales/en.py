"""English words."""

from __future__ import annotations

from attrs import evolve

from custid.standardize.locales._given_names_en import (
    COMPOSITE_GIVEN_NAMES,
    FAMILY_NAMES,
    GIVEN_NAMES,
    NAMES_OF_BOTH_KINDS,
)
from custid.standardize.locales._regions_en import REGIONS
from custid.standardize.locales.pack import LocalePack

__all__ = ["AMERICAN", "BRITISH", "ENGLISH"]

_NAMELESS = (
    "test testing guest customer client unknown anonymous anon nobody noname unnamed cash name firstname lastname surname "
    "user mr mrs ms miss example dummy deleted visitor empty"
).split()

ENGLISH = LocalePack(
    code="en",
    placeholders={
        "any": frozenset(
            {
                "unknown", "not known", "not available", "not applicable", "not provided", "not given", "not specified", "not stated",
                "not recorded", "not disclosed", "not set", "not found", "no data", "no value", "no info", "no information", "no answer",
                "unspecified", "unavailable", "to be determined", "to be confirmed", "to be completed", "to be defined", "see notes", "test",
                "declined", "refused", "withheld", "redacted", "dont know", "do not know", "please update", "to update", "invalid",
            }
        ),
        "name": frozenset(_NAMELESS)
        | {
            "walk in", "walkin", "walk in customer", "cash customer", "cash sale", "first name", "last name", "full name", "family name",
            "given name", "john doe", "jane doe", "test test", "test user", "test customer", "no name", "name unknown", "unknown unknown",
            "unknown customer", "new customer", "valued customer", "over the counter", "do not use", "guest user", "guest customer",
            "guest guest",
        },
        "organization": frozenset(
            "test testing unknown company organization organisation customer client individual personal private self none unemployed retired "
            "student freelance".split()
        )
        | {"self employed", "test company", "company name", "private individual", "no company", "walk in", "cash customer", "cash sale"},
        "email": frozenset({"no email", "no e mail", "no mail", "noemail", "nomail", "email", "does not have one"}),
        "phone": frozenset({"no phone", "none given", "no number", "ex directory", "unlisted"}),
        "date": frozenset({"no date", "date unknown", "birth date"}),
        "postcode": frozenset({"no postcode", "postcode", "zip code", "zipcode"}),
        "identifier": frozenset({"pending", "applied for", "none given"}),
        "category": frozenset({"other unknown", "undetermined", "uncategorized", "uncategorised"}),
        "place": frozenset({"city", "town", "nowhere", "anywhere", "no fixed abode", "somewhere"}),
        "street": frozenset({"no fixed abode", "no address", "address", "street", "no street", "address unknown", "general delivery"}),
    },
    civilities=frozenset("mr mrs ms miss mister missus mx dr doctor prof professor".split()),
    legal_forms=frozenset("inc incorporated ltd limited llc llp lp plc corp corporation co company pc pllc pa lllp cic cio dba".split())
    | {"limited liability company", "public limited company", "limited partnership"},
    street_front={"n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest"},
    street_end={
        "st": "street", "str": "street", "dr": "drive", "drv": "drive", "ct": "court", "crt": "court", "cl": "close", "cr": "crescent",
        "pl": "place", "gr": "grove", "pk": "park", "wy": "way", "al": "alley", "ctr": "center",
    },
    street_inside={
        "ave": "avenue", "aven": "avenue", "avenu": "avenue", "blvd": "boulevard", "boul": "boulevard", "rd": "road", "ln": "lane",
        "hwy": "highway", "pkwy": "parkway", "pky": "parkway", "cres": "crescent", "crsc": "crescent", "crescnt": "crescent", "tce": "terrace",
        "terr": "terrace", "ter": "terrace", "cct": "circuit", "circ": "circle", "cir": "circle", "sq": "square", "expy": "expressway",
        "fwy": "freeway", "grv": "grove", "gdn": "garden", "gdns": "gardens", "pde": "parade", "plz": "plaza", "trl": "trail", "tpke": "turnpike",
        "xing": "crossing", "hts": "heights", "mews": "mews", "rte": "route", "bldg": "building", "strt": "street",
    },
    street_kinds={
        word: word
        for word in (
            "alley approach arcade avenue bank boulevard bridge broadway brow bypass causeway chase circle circuit circus close common court "
            "crescent crest crossing cut dale dene drift drive drove embankment end esplanade expressway field fields fold freeway garden gardens "
            "gate glade glen green grove heath heights highway hill lane lea loop mall mead meadow meadows mews mount oval parade park parkway "
            "passage path pike place plaza promenade quay rise road route row run side square steps street terrace trail turnpike vale view villas walk "
            "way wharf wynd yard"
        ).split()
    },
    regions=REGIONS,
    address_words={
        "unit": frozenset(
            "flat apartment apt unit suite ste room rm floor fl flr studio penthouse ph level lvl lot trailer trlr space spc maisonette basement "
            "office desk mailstop pmb front rear upper lower ground first second third".split()
        ),
        "building": frozenset("building bldg block tower hangar pier".split()),
        "house": frozenset(
            "house cottage lodge court hall manor farm farmhouse barn mill mansions mansion tower towers villa rectory vicarage chambers "
            "buildings building centre center grange bungalow cottages barns castle works studios apartments point annexe stables".split()
        ),
        "place": frozenset(
            "businesspark industrialestate tradingestate retailpark sciencepark industrialpark technologypark officepark caravanpark "
            "holidaypark enterprisepark distributionpark shoppingcentre shoppingcenter retailestate".split()
        ),
        "department": frozenset("department dept".split()),
        "recipient": frozenset("careof attn attention att fao fao dept department".split()),
        "po_box": frozenset("pobox postofficebox pob gpobox lockedbag privatebag".split()),
        "number": frozenset("no number num".split()),
    },
    months={
        name: number
        for number, names in enumerate(
            (
                "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
                "september sept sep", "october oct", "november nov", "december dec",
            ),
            start=1,
        )
        for name in names.split()
    },
    weekdays=frozenset(
        "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun".split()
    ),
    date_words=frozenset("the of on born st nd rd th".split()),
    sexes={
        **dict.fromkeys("m male man boy masculine mr mister sir gentleman".split(), "male"),
        **dict.fromkeys("f female woman girl feminine mrs ms miss missus lady madam w".split(), "female"),
    },
    day_first=True,
    titles=frozenset(
        "rt sir lady lord dame master canon archdeacon cllr councillor brigadier rev reverend revd fr capt captain col colonel gen general lt lieutenant maj sgt sergeant "
        "cmdr commander adm admiral hon honourable honorable senator sen rabbi imam messrs mmes madam mme mlle "
        "countess baroness duchess princess".split()
    ),
    particles=frozenset("de d du des la l les von van vom zu zur der den het t di da del della dos das do degli ten ter ap".split()),
    leading_particles=frozenset("de d du des von van vom zu zur di da del della dos das do degli ten ter ap".split()),
    elided_particles=frozenset({"d"}),
    family_prefixes=frozenset("le la les lo saint st ste ibn bin el al abu mac mc san santa fitz o".split()),
    suffixes=frozenset(
        "jr junior jnr sr senior snr ii iii iv vi vii viii phd md dds esq esquire jd mba msc ma bsc ba bcom cpa rn dvm do obe cbe mbe kbe qc kc mp jp "
        "frs frcs frcp fca aca facs pe dphil edd psyd od dmd ret mbbs mrcp llb llm ceng bs ms aia lpn cfa".split()
    ),
    birth_words=frozenset({"nee", "ne", "born", "maiden name", "birth name"}),
    former_words=frozenset({"formerly", "previously", "fka", "f k a", "formerly known as", "previously known as"}),
    marriage_words=frozenset({"married name", "now"}),
    alias_words=frozenset({"aka", "a k a", "alias", "known as", "also known as", "goes by", "called"}),
    remark_words=frozenset("deceased late minor tenant owner client customer duplicate former mother father wife husband guardian".split()),
    joiners=frozenset({"and", "or"}),
    given_names=GIVEN_NAMES,
    composite_given_names=COMPOSITE_GIVEN_NAMES,
    names_of_both_kinds=NAMES_OF_BOTH_KINDS,
    family_names=FAMILY_NAMES,
    are_middle_names_given=True,
    legal_form_names={
        "ltd": "Ltd", "limited": "Ltd", "plc": "PLC", "public limited company": "PLC", "llp": "LLP", "limited liability partnership": "LLP",
        "lp": "LP", "limited partnership": "LP", "llc": "LLC", "limited liability company": "LLC", "limited liability co": "LLC",
        "pllc": "PLLC", "inc": "Inc.", "incorporated": "Inc.", "corp": "Corp.", "corporation": "Corp.", "co": "Co.", "company": "Co.",
        "pc": "PC", "professional corporation": "PC", "lllp": "LLLP", "cic": "CIC", "community interest company": "CIC", "cio": "CIO",
        "pa": "PA", "co ltd": "Co. Ltd", "company limited": "Co. Ltd", "co inc": "Co. Inc.",
    },
    small_words=frozenset("the of and for a an in on at to by".split()),
    trading_words=frozenset(
        {"dba", "d b a", "doing business as", "trading as", "t a", "t as", "also trading as", "operating as", "o a", "known as"}
    ),
    former_name_words=frozenset({"formerly", "formerly known as", "fka", "f k a", "previously", "previously known as"}),
    company_words=frozenset(
        "ltd limited plc llp llc inc incorporated corp corporation company bakery bakeries garage pharmacy restaurant hotel clinic school college "
        "university hospital association foundation council insurance services solutions consulting consultants holdings group "
        "industries enterprises technologies systems logistics plumbing electrical builders construction properties associates partners trust "
        "society motors stores supermarket dental".split()
    ),
    kin_words=frozenset("sons son daughters brothers bros co company associates partners".split()),
)  # fmt: skip

BRITISH = evolve(ENGLISH, code="en-GB", country="GB")
"""English as written in the United Kingdom: the day comes first."""

AMERICAN = evolve(ENGLISH, code="en-US", country="US", day_first=False)
"""English as written in the United States: the month comes first."""
