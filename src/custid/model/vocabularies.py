"""Open lists of kinds: roles, relations, interactions, life events, each with its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from custid.errors import ModelError
from custid.model._checks import matches, not_empty, text
from custid.model.statements import Issue

__all__ = ["INTERACTION_KINDS", "LIFE_EVENT_KINDS", "RELATION_KINDS", "ROLE_KINDS", "Kind", "Vocabulary", "check_kind"]


@frozen(kw_only=True)
class Kind:
    """One kind of a vocabulary.

    Attributes
    ----------
    code : str
        Name in data, for example ``"subscriber"``.
    label_en, label_fr : str
        What a person reads.
    inverse : str
        Of a relation, the code seen from the other side; its own code where both sides are alike.
    is_hierarchy : bool
        True for a relation that must not run in a circle.
    is_customer : bool
        True for a role that makes its holder a customer.
    """

    code: str = field(validator=matches(r"[a-z][a-z0-9_]*", "a name in lower case"))
    label_en: str = field(validator=not_empty)
    label_fr: str = field(validator=not_empty)
    inverse: str = field(default="", validator=text)
    is_hierarchy: bool = False
    is_customer: bool = False


class Vocabulary(Mapping[str, Kind]):
    """Kinds by their code; never changed, only extended into a new one.

    Parameters
    ----------
    name : str
        What the kinds are kinds of.
    kinds : tuple of Kind
        The kinds.

    Raises
    ------
    ModelError
        If two kinds have one code.

    Examples
    --------
    >>> prescriber = Kind(code="prescriber", label_en="prescriber", label_fr="prescripteur")
    >>> "prescriber" in ROLE_KINDS.extended(prescriber)
    True
    """

    __slots__ = ("_kinds", "name")

    def __init__(self, name: str, kinds: tuple[Kind, ...]) -> None:
        self.name = name
        self._kinds = {kind.code: kind for kind in kinds}
        if len(self._kinds) < len(kinds):
            raise ModelError(f"vocabulary {name!r}: expected each code once, got one twice.")

    def __getitem__(self, code: str) -> Kind:
        return self._kinds[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def extended(self, *kinds: Kind) -> Vocabulary:
        """Return a vocabulary with further kinds.

        Parameters
        ----------
        *kinds : Kind
            The kinds to add.

        Returns
        -------
        Vocabulary
            A new one; this one stays as it is.
        """
        return Vocabulary(self.name, (*self._kinds.values(), *kinds))


def check_kind(vocabulary: Mapping[str, Kind], code: str) -> Issue | None:
    """Return what is to be noted of a code; the fact that carries it is kept in any case.

    Parameters
    ----------
    vocabulary : mapping of str to Kind
        The kinds known.
    code : str
        The kind of a role, a relation, an interaction or a life event.

    Returns
    -------
    Issue or None
        ``"unknown_kind"`` where the vocabulary lacks the code; None where it has it.

    Examples
    --------
    >>> check_kind(INTERACTION_KINDS, "serenade").code
    'unknown_kind'
    >>> check_kind(INTERACTION_KINDS, "visit") is None
    True
    """
    if code in vocabulary:
        return None
    name = vocabulary.name if isinstance(vocabulary, Vocabulary) else "fact"
    return Issue("unknown_kind", f"expected a known kind of {name}, got another one")


def _kinds(table: str) -> tuple[Kind, ...]:
    """Read lines of ``code | English | French | inverse | flags``."""
    rows = ([cell.strip() for cell in line.split("|")] for line in table.strip().splitlines())
    return tuple(
        Kind(
            code=code,
            label_en=english,
            label_fr=french,
            inverse=inverse,
            is_hierarchy="hierarchy" in flags,
            is_customer="customer" in flags,
        )
        for code, english, french, inverse, flags in rows
    )


ROLE_KINDS = Vocabulary(
    "role",
    _kinds("""
        decider     | decision maker | décideur     |  |
        subscriber  | subscriber     | souscripteur |  | customer
        payer       | payer          | payeur       |  | customer
        beneficiary | beneficiary    | bénéficiaire |  | customer
        user        | user           | utilisateur  |  | customer
        supplier    | supplier       | fournisseur  |  |
        partner     | partner        | partenaire   |  |
    """),
)
"""Kinds of roles."""

RELATION_KINDS = Vocabulary(
    "relation",
    _kinds("""
        spouse             | spouse               | conjoint                     | spouse             |
        twin               | twin                 | jumeau                       | twin               |
        sibling            | brother or sister    | frère ou sœur                | sibling            |
        parent             | parent               | parent                       | child              | hierarchy
        child              | child                | enfant                       | parent             | hierarchy
        guardian           | guardian             | tuteur                       | ward               |
        ward               | ward                 | pupille                      | guardian           |
        employer           | employer             | employeur                    | employee           |
        employee           | employee             | salarié                      | employer           |
        contact_person     | contact person       | interlocuteur                | represented_by     |
        represented_by     | represented by       | représenté par               | contact_person     |
        account_manager    | account manager      | chargé de clientèle          | managed_account    |
        managed_account    | managed account      | client suivi                 | account_manager    |
        parent_company     | parent company       | société mère                 | subsidiary         | hierarchy
        subsidiary         | subsidiary           | filiale                      | parent_company     | hierarchy
        establishment      | establishment        | établissement                | legal_unit         | hierarchy
        legal_unit         | legal unit           | unité légale                 | establishment      | hierarchy
        same_legal_unit    | of the same company  | de la même entreprise        | same_legal_unit    |
        member             | member               | membre                       | has_member         |
        has_member         | has as member        | a pour membre                | member             |
    """),
)
"""Kinds of relations: ``kind`` of a relation says what its subject is to its object."""

INTERACTION_KINDS = Vocabulary(
    "interaction",
    _kinds("""
        request        | request            | demande               |  |
        complaint      | complaint          | réclamation           |  |
        after_sales    | after-sales        | service après-vente   |  |
        purchase       | purchase           | achat                 |  |
        visit          | visit              | visite                |  |
        campaign       | campaign           | campagne              |  |
        coupon_return  | coupon returned    | retour de coupon      |  |
        breakdown      | breakdown          | panne                 |  |
        claim          | claim              | sinistre              |  |
        call           | call               | appel                 |  |
        message        | message            | message               |  |
        opened         | relationship opened | début de relation    |  |
        goal           | agreed goal        | objectif convenu      |  |
        outcome        | outcome            | résultat              |  |
        origin         | acquisition        | origine               |  |
    """),
)
"""Kinds of interactions."""

LIFE_EVENT_KINDS = Vocabulary(
    "life event",
    _kinds("""
        birth_of_child | birth of a child | naissance d'un enfant   |  |
        majority       | coming of age    | majorité                |  |
        marriage       | marriage         | mariage                 |  |
        separation     | separation       | séparation              |  |
        move           | move             | déménagement            |  |
        retirement     | retirement       | départ à la retraite    |  |
        death          | death            | décès                   |  |
        new_job        | new job          | changement d'emploi     |  |
        maturity       | maturity         | échéance                |  |
        early_repayment | early repayment | remboursement anticipé  |  |
        closure        | closure          | cessation d'activité    |  |
    """),
)
"""Kinds of events in the life of a customer."""
