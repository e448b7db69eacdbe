"""Words of no language: codes, keyboard noise, international legal forms."""

from __future__ import annotations

from custid.standardize.locales._names_neutral import FAMILY_NAMES, GIVEN_NAMES
from custid.standardize.locales.pack import LocalePack

__all__ = ["NEUTRAL"]

_NOTHING = frozenset({"n a", "null", "nil", "xx", "xxx", "xxxx", "none", "tbd", "tbc", "undefined", "missing", "void"})
_ABBREVIATIONS = frozenset({"na", "nc", "nr", "ns", "nd", "nan", "ras", "x"})

NEUTRAL = LocalePack(
    code="",
    placeholders={
        "any": _NOTHING,
        "name": frozenset(
            {"na", "nc", "nr", "x", "fnu", "lnu", "fnu lnu", "abc", "abcd", "azerty", "qwerty", "asdf", "qsdf"}
        ),
        "organization": frozenset({"na", "nc", "nr", "x", "abc123", "azerty", "qwerty", "asdf"}),
        "email": _ABBREVIATIONS,
        "phone": _ABBREVIATIONS | {"tel", "phone"},
        "date": _ABBREVIATIONS | {"nat", "dd mm yyyy", "mm dd yyyy", "yyyy mm dd", "dob", "date"},
        "postcode": _ABBREVIATIONS | {"zip", "cp"},
        "identifier": _ABBREVIATIONS | {"id"},
        "place": frozenset({"nan", "nr", "ns", "x"}),
        "street": _ABBREVIATIONS,
    },
    legal_forms=frozenset(
        (
            "ab ag aps as asa bv bvba cv ebvba gbr gmbh ggmbh kft kg kgaa kk lda ltda mbh nv ohg oy oyj pte pty pvt sl slu "
            "spa spzoo sro srl ug vof"
        ).split()
    )
    | {"gmbh co kg", "pty ltd", "sa de cv", "sp z o o"},
    # Lists of neighbors: none of these words says another thing in English or French.
    sexes={
        **dict.fromkeys("herr mannlich dhr heer man signor signore maschio maschile uomo senor hombre masculino".split(), "male"),
        **dict.fromkeys(
            "frau weiblich mevr mevrouw vrouw signora signorina femmina femminile donna senora senorita mujer femenino".split(),
            "female",
        ),
    },
    given_names=GIVEN_NAMES,
    family_names=FAMILY_NAMES,
    legal_form_names={
        "ab": "AB", "ag": "AG", "aps": "ApS", "as": "AS", "bv": "BV", "bvba": "BVBA", "gmbh": "GmbH", "ggmbh": "gGmbH", "gmbh co kg": "GmbH & Co. KG",
        "gesellschaft mit beschrankter haftung": "GmbH", "kg": "KG", "kgaa": "KGaA", "ohg": "OHG", "ug": "UG", "ug haftungsbeschrankt": "UG", "gbr": "GbR",
        "kft": "Kft.", "lda": "Lda", "ltda": "Ltda", "nv": "NV", "oy": "Oy", "oyj": "Oyj", "pty ltd": "Pty Ltd", "pte ltd": "Pte Ltd",
        "pvt ltd": "Pvt Ltd", "sa de cv": "SA de CV", "sl": "SL", "slu": "SLU", "spa": "SpA", "sp z o o": "Sp. z o.o.", "spzoo": "Sp. z o.o.",
        "sro": "s.r.o.", "srl": "SRL", "vof": "VOF", "se": "SE", "eg": "eG", "ev": "e.V.",
    },
)  # fmt: skip
