"""Who may use a registry, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from custid.privacy import Actor, AuditTrail, Gate, Policy, SensitiveUpdate  # noqa: TC004  # annotations alone

__all__ = ["Access"]


@frozen(kw_only=True)
class Access:
    """The policy of a registry, and who hears of what.

    Attributes
    ----------
    policy : Policy
        Decides.
    audit : AuditTrail or None
        Keeps what was read, changed and denied.
    notify : callable or None
        Told of sensitive changes.
    """

    policy: Policy
    audit: AuditTrail | None = None
    notify: Callable[[SensitiveUpdate], None] | None = None

    def gate(self, actor: Actor, purpose: str) -> Gate:
        """Return the gate of an actor.

        Parameters
        ----------
        actor : Actor
            Who acts.
        purpose : str
            What for.

        Returns
        -------
        Gate
            Lets him through as far as the policy allows.
        """
        from custid.privacy import Gate  # noqa: PLC0415  # not for a registry without a policy

        return Gate(self.policy, actor, purpose=purpose, audit=self.audit, notify=self.notify)
