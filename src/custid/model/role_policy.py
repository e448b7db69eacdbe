"""Which roles may be held together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import combinations

from attrs import field, frozen

from custid.errors import ConfigurationError, ModelError
from custid.model.dates import Period
from custid.model.facts import PartyKey, Role
from custid.model.statements import Issue, Stated
from custid.model.vocabularies import ROLE_KINDS, Kind, check_kind

__all__ = ["RolePolicy"]


def _same(key: PartyKey) -> Hashable:
    return key


@frozen(kw_only=True)
class RolePolicy:
    """Kinds of roles, and pairs of them that one party must not hold on one target at one time.

    Attributes
    ----------
    kinds : mapping of str to Kind
        Kinds known; a role of another kind is kept, with an issue.
    exclusive : tuple of (str, str)
        Pairs of kinds.

    Raises
    ------
    ConfigurationError
        If a pair names an unknown kind, or one kind twice.

    Examples
    --------
    >>> policy = RolePolicy(exclusive=(("payer", "beneficiary"),))
    >>> key = PartyKey("crm", "1")
    >>> roles = [Role(kind=kind, target="contract:7", holders=(key,)) for kind in ("payer", "beneficiary")]
    >>> [problem.code for problem in policy.check(roles)]
    ['exclusive_roles']
    """

    kinds: Mapping[str, Kind] = field(default=ROLE_KINDS, hash=False)
    exclusive: tuple[tuple[str, str], ...] = ()

    def __attrs_post_init__(self) -> None:
        for pair in self.exclusive:
            if len(set(pair)) != 2:
                raise ConfigurationError(f"RolePolicy.exclusive: expected pairs of two kinds, got {pair!r}.")
            unknown = [code for code in pair if code not in self.kinds]
            if unknown:
                raise ConfigurationError(
                    f"RolePolicy.exclusive: expected kinds of roles, got {unknown[0]!r}.",
                    hint="Extend the vocabulary: RolePolicy(kinds=ROLE_KINDS.extended(...)).",
                )

    def check(
        self, roles: Iterable[Role | Stated[Role]], *, party_of: Callable[[PartyKey], Hashable] = _same
    ) -> tuple[Issue, ...]:
        """Return what is wrong with roles that are held together.

        Parameters
        ----------
        roles : iterable of Role or of Stated of Role
            The roles; of statements, only those whose periods overlap are held together.
        party_of : callable
            Gives the party of a record key, where several records speak of one.

        Returns
        -------
        tuple of Issue
            ``"exclusive_roles"`` for a pair that must not meet, ``"unknown_kind"`` for a kind that is not known; each
            once, in the order of their texts.
        """
        dated = [(each.value, each.valid) if isinstance(each, Stated) else (each, Period()) for each in roles]
        unknown = (check_kind(self.kinds, role.kind) for role, _ in dated)
        found = {issue for issue in unknown if issue is not None}
        for (left, during), (right, other_time) in combinations(dated, 2):
            if left.target == right.target and during.overlaps(other_time):
                shared = set(map(party_of, left.holders)) & set(map(party_of, right.holders))
                found.update(self._conflicts(left.kind, right.kind) if shared else ())
        return tuple(sorted(found, key=lambda issue: (issue.code, issue.detail)))

    def require(
        self, roles: Iterable[Role | Stated[Role]], *, party_of: Callable[[PartyKey], Hashable] = _same
    ) -> None:
        """Refuse roles that must not be held together; unknown kinds pass.

        Parameters
        ----------
        roles : iterable of Role or of Stated of Role
            The roles.
        party_of : callable
            Gives the party of a record key.

        Raises
        ------
        ModelError
            If a pair of them is exclusive; the message names the kinds.
        """
        refused = [issue.detail for issue in self.check(roles, party_of=party_of) if issue.code == "exclusive_roles"]
        if refused:
            raise ModelError(f"roles: {'; '.join(refused)}.", hint="Change the roles, or RolePolicy.exclusive.")

    def _conflicts(self, left: str, right: str) -> list[Issue]:
        return [
            Issue("exclusive_roles", f"expected different parties for {pair[0]} and {pair[1]} of one target, got one")
            for pair in self.exclusive
            if {left, right} == set(pair)
        ]
