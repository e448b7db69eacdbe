"""What a pair of records may be: the same customer at one home or at two, strangers, or something in between.

Two members of one household share address, family name and phone; two establishments of one company share name, phone
and register number; two shops of one building share address and switchboard; two strangers of one town share city,
postcode and perhaps occupation.  A model that knows only matches and strangers must explain such pairs as matches: by
chance alone so much agreement is all but impossible.  Each class here is an explanation that EM may give instead.

Who moves changes street, house number, postcode and city at once.  A model that takes these for independent among
matches counts one event four times, and takes whoever moved for a stranger of the same name and birth date; so matches
are of two classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from attrs import field, frozen, validators

from custid.comparison.comparison import ComparisonOutput
from custid.model.attributes import ATTRIBUTES

__all__ = ["CLASS_NAMES", "PairClass", "pair_classes", "tells_persons_apart"]

CLASS_NAMES: Final = frozenset({"company", "household", "moved", "namesakes", "neighborhood", "premises"})
"""Names of the classes; what people read of them stands in `custid.report.wording`."""

_MIN_OUTPUTS_OF_PERSONS, _MIN_OUTPUTS = 3, 4
_TWINS = 0.05
_NAMED_ALIKE = 0.02
_SAME_FAMILY_NAME = 0.8
_BY_CHANCE = 0.0
_LIKE_MATCHES = 1.0
_OF_ESTABLISHMENT = frozenset({"siret", "street", "house_number", "address_line"})
_OF_COMPANY = frozenset({"siren", "vat_number", "lei"})
_TOWN = frozenset({"city", "postcode"})
_NAMES_ORGANIZATION = _OF_COMPANY | {"organization_name", "siret", "category"}
_ADDRESSES = frozenset({"street", "address_line"})
_HOME = _ADDRESSES | {"house_number", "city", "postcode", "region"}
_MIN_OUTPUTS_OF_HOME = 2
_NAMES = frozenset({"given_name", "family_name"})
_GOES_WITH_NAMES = frozenset({"email", "sex"})
_MOVED, _NAMESAKES = "moved", "namesakes"
_TELLS_PERSONS = frozenset({"given_name", "family_name", "birth_date", "sex"})
_TELLS_ESTABLISHMENTS = _OF_COMPANY | {"siret", "email", "house_number"}


@frozen(kw_only=True)
class PairClass:
    """A kind of pair that is not by chance.

    Attributes
    ----------
    name : str
        ``"household"``, ``"namesakes"``, ``"company"``, ``"premises"``, ``"neighborhood"`` or ``"moved"``.
    shares : tuple of float or None
        For each output the share of such pairs that agree as matches do, the others agreeing by chance: 0 for chance
        alone, None where it is learned.
    only_alike : tuple of bool
        For each output of which the share is learned, whether such pairs are at its closest level by chance all the
        same; of none when empty.
    is_match : bool
        Whether such pairs are matches: of the customers that have moved.
    """

    name: str
    shares: tuple[float | None, ...] = field(
        validator=validators.deep_iterable(validators.optional(validators.and_(validators.ge(0.0), validators.le(1.0))))
    )
    only_alike: tuple[bool, ...] = ()
    is_match: bool = False

    @property
    def is_by_chance(self) -> tuple[bool, ...]:
        """For each output, whether such pairs have the same value by chance only."""
        only_alike = self.only_alike or (False,) * len(self.shares)
        return tuple(share == _BY_CHANCE or alike for share, alike in zip(self.shares, only_alike, strict=True))


def pair_classes(outputs: Sequence[ComparisonOutput]) -> tuple[PairClass, ...]:
    """Return the classes that records of persons, or of organizations, call for beside matches and strangers.

    Parameters
    ----------
    outputs : sequence of ComparisonOutput
        What is compared.

    Returns
    -------
    tuple of PairClass
        Household and neighborhood where given names are compared, with three outputs or more, and company where names
        of organizations are, too; namesakes and those who moved where two or more parts of an address are compared and,
        besides names and sex, something that is no circumstance.  Where names of organizations are compared and given
        names are not, with four outputs or more: company and neighborhood with e-mail, house number, a register number,
        or both city and postcode; premises with a street or another line of an address.

    Notes
    -----
    Members of a household agree on sex and personal identifiers by chance.  What makes them a household is set, not
    learned, lest the class drift to other pairs: four in five share the family name (changed names, unmarried couples
    and flat shares do not), one pair in twenty is of twins, who share the birth date, and one in fifty of namesakes, as
    a child may be called after a parent.  Learned, the share of equal birth dates claims true matches whose given name
    is written differently.

    Who moved agrees with himself on the parts of his address by chance, and on all else as matches do.  Namesakes agree
    on names as matches do, on sex as often as is learned, and on all else by chance; but as often as is learned their
    e-mail addresses are alike, as both are made of the name.  They are more than the frequencies of given and family
    names make them, as many names go together: in a family, a region, a language; what else is compared tells how many.
    Where nothing but names and addresses is, whoever moved cannot be told from a namesake, and there is neither class.

    Establishments of one company bear its register number and agree on their own number, street and house number, and
    on what tells persons apart, by chance; how often they share name, phone, e-mail and town is learned.  Where little
    but a name and one line of an address is compared, such pairs cannot be told from matches with a wrong address.

    Organizations on the same premises (a hotel and its restaurants, the shops of a mall, tenants behind one
    switchboard) agree on what names them and on what they do by chance; how often they share address, phone and e-mail
    is learned.

    Neighbors agree on circumstances (place, occupation) and on all else by chance.
    """
    compared = {output.attribute for output in outputs}
    if len(outputs) < (_MIN_OUTPUTS_OF_PERSONS if "given_name" in compared else _MIN_OUTPUTS):
        return ()
    share_of: dict[str, Callable[[ComparisonOutput], float | None]] = {}
    if "given_name" in compared:
        share_of = {"household": _household_share, "neighborhood": _neighborhood_share}
        if "organization_name" in compared:
            share_of["company"] = _company_share
        if any(map(_identifies, outputs)) and len(compared & _HOME) >= _MIN_OUTPUTS_OF_HOME:
            share_of |= {_NAMESAKES: _namesakes_share, _MOVED: _moved_share}
    elif "organization_name" in compared:
        if compared & _TELLS_ESTABLISHMENTS or compared >= _TOWN:
            share_of = {"company": _company_share, "neighborhood": _neighborhood_share}
        if compared & _ADDRESSES:
            share_of["premises"] = _premises_share
    return tuple(
        PairClass(
            name=name,
            shares=tuple(map(share, outputs)),
            only_alike=tuple(name == _NAMESAKES and output.attribute == "email" for output in outputs),
            is_match=name == _MOVED,
        )
        for name, share in share_of.items()
    )


def tells_persons_apart(outputs: Sequence[ComparisonOutput]) -> tuple[bool, ...]:
    """Tell which outputs say who a person is, so that records of one person mostly agree on them.

    Parameters
    ----------
    outputs : sequence of ComparisonOutput
        What is compared.

    Returns
    -------
    tuple of bool
        For each output; true where given names are compared, without which persons of one home cannot be told apart:
        for names, birth date and sex, and for the parts of an address, which tell namesakes apart.  Never for numbers:
        one person may have a loyalty card for each shop.
    """
    is_of_persons = any(output.attribute == "given_name" for output in outputs)
    return tuple(is_of_persons and output.attribute in _TELLS_PERSONS | _HOME for output in outputs)


def _household_share(output: ComparisonOutput) -> float | None:
    set_share = {"birth_date": _TWINS, "family_name": _SAME_FAMILY_NAME, "given_name": _NAMED_ALIKE}.get(
        output.attribute
    )
    return _BY_CHANCE if set_share is None and output.is_personal else set_share


def _company_share(output: ComparisonOutput) -> float | None:
    if output.attribute in _OF_ESTABLISHMENT | _TELLS_PERSONS:
        return _BY_CHANCE
    return _LIKE_MATCHES if output.attribute in _OF_COMPANY else None


def _premises_share(output: ComparisonOutput) -> float | None:
    return _BY_CHANCE if output.attribute in _NAMES_ORGANIZATION else None


def _neighborhood_share(output: ComparisonOutput) -> float | None:
    return None if _is_circumstantial(output) else _BY_CHANCE


def _namesakes_share(output: ComparisonOutput) -> float | None:
    if output.attribute in _GOES_WITH_NAMES:
        return None
    return _LIKE_MATCHES if output.attribute in _NAMES else _BY_CHANCE


def _moved_share(output: ComparisonOutput) -> float | None:
    return _BY_CHANCE if output.attribute in _HOME | _NAMES_ORGANIZATION else _LIKE_MATCHES


def _identifies(output: ComparisonOutput) -> bool:
    """Tell whether who agrees on it is hardly a namesake."""
    return output.attribute not in _NAMES and output.attribute != "sex" and not _is_circumstantial(output)


def _is_circumstantial(output: ComparisonOutput) -> bool:
    declared = ATTRIBUTES.get(output.attribute)
    return declared is not None and declared.is_circumstantial
