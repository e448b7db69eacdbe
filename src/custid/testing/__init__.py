"""For those who test with custid: synthetic customers; strategies for hypothesis in ``custid.testing.strategies``."""

from custid.testing._bakeries import bakery_customers
from custid.testing._customers import SyntheticCustomers, synthetic_customers
from custid.testing._habits import DEFAULT_SOURCES, ErrorRates, MissingShares, SourceHabits

__all__ = [
    "DEFAULT_SOURCES",
    "ErrorRates",
    "MissingShares",
    "SourceHabits",
    "SyntheticCustomers",
    "bakery_customers",
    "synthetic_customers",
]
