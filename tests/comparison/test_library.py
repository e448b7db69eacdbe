"""The default comparisons."""

from __future__ import annotations

from custid.comparison.library import default_comparisons
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from tests.comparison.tables import make_table


def names_of(row: dict[str, str]) -> list[str]:
    """Return the names of the outputs of the default comparisons."""
    return [output.name for comparison in default_comparisons(make_table([row])) for output in comparison.outputs]


def test_names_come_first() -> None:
    """Given and family name are judged together, the other attributes follow."""
    row = {"city": "nantes", "given_name": "a", "family_name": "b", "organization_name": "c"}
    assert names_of(row) == ["given_name", "family_name", "organization_name", "city"]
    assert isinstance(default_comparisons(make_table([row]))[0], PersonNameComparison)


def test_one_name_column() -> None:
    """A table with a full name or a family name alone compares it as a set of words."""
    (comparison,) = default_comparisons(make_table([{"full_name": "a b"}]))
    assert isinstance(comparison, OrganizationNameComparison)
    assert names_of({"family_name": "b"}) == ["family_name"]


def test_columns_that_are_no_evidence_are_left_out() -> None:
    """Record keys, truth and unknown columns are never compared."""
    assert names_of({"record_key": "1", "truth": "2", "shoe_size": "3", "sex": "m"}) == ["sex"]
