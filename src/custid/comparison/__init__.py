"""How like one another the values of two records are."""

from custid.comparison.comparison import Compared, Comparison, ComparisonOutput
from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels
from custid.comparison.library import default_comparisons, default_levels
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueComparison, ValueLevels

__all__ = [
    "AddressLevels",
    "Compared",
    "Comparison",
    "ComparisonOutput",
    "DateLevels",
    "EmailLevels",
    "EqualLevels",
    "ErrorLevels",
    "FunctionLevels",
    "OrganizationNameComparison",
    "PersonNameComparison",
    "PostcodeLevels",
    "ValueComparison",
    "ValueLevels",
    "default_comparisons",
    "default_levels",
]
