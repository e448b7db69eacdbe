"""For those who test with custid: synthetic customers and organizations.

Strategies for hypothesis are in ``custid.testing.strategies``.
"""

from custid.testing._bakeries import bakery_customers
from custid.testing._customers import SyntheticCustomers, synthetic_customers
from custid.testing._habits import DEFAULT_SOURCES, ErrorRates, MissingShares, SourceHabits
from custid.testing._organizations import SyntheticOrganizations, synthetic_organizations

__all__ = [
    "DEFAULT_SOURCES",
    "ErrorRates",
    "MissingShares",
    "SourceHabits",
    "SyntheticCustomers",
    "SyntheticOrganizations",
    "bakery_customers",
    "synthetic_customers",
    "synthetic_organizations",
]
