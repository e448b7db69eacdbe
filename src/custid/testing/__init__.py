"""For those who test with custid: synthetic customers and organizations, and what a store of a registry has to do.

Strategies for hypothesis are in ``custid.testing.strategies``, a state machine in ``custid.testing.registry_machine``.
"""

from custid.testing._bakeries import bakery_customers
from custid.testing._customers import SyntheticCustomers, synthetic_customers
from custid.testing._habits import DEFAULT_SOURCES, ErrorRates, MissingShares, SourceHabits
from custid.testing._organizations import SyntheticOrganizations, synthetic_organizations
from custid.testing._played import play_year, targets_of
from custid.testing._year import SyntheticYear, WeeklyDelta, synthetic_year
from custid.testing.store_suite import StoreSuite

__all__ = [
    "DEFAULT_SOURCES",
    "ErrorRates",
    "MissingShares",
    "SourceHabits",
    "StoreSuite",
    "SyntheticCustomers",
    "SyntheticOrganizations",
    "SyntheticYear",
    "WeeklyDelta",
    "bakery_customers",
    "play_year",
    "synthetic_customers",
    "synthetic_organizations",
    "synthetic_year",
    "targets_of",
]
