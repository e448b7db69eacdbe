"""Words of no language: codes, keyboard noise, international legal forms."""

from __future__ import annotations

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
)
