"""English words."""

from __future__ import annotations

from custid.standardize.locales.pack import LocalePack

__all__ = ["ENGLISH"]

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
)  # fmt: skip
