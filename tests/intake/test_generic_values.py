"""Values that identify nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError
from custid.intake import GenericPolicy, GenericReason, detect, read
from custid.intake.canonical import CanonicalValues, SourceInput, canonical_values
from custid.standardize.values import Standardized

_PHONE = "0240419876"
_BUILT_IN = GenericPolicy()


def _canonical(rows: list[dict[str, Any]], policy: GenericPolicy = _BUILT_IN, **own: Any) -> CanonicalValues:
    intake = read(rows)
    given_source = SourceInput(name="rows", intake=intake, mapping=detect(intake.table))
    return canonical_values([given_source], generic=policy, standardizers=own)


def _told(canonical: CanonicalValues) -> list[tuple[str, int, int, str]]:
    return [(each.attribute, each.n_rows, each.n_names, each.reason.value) for each in canonical.generic]


def _held(canonical: CanonicalValues, attribute: str) -> list[set[str]]:
    """Return the values of each row."""
    vocabulary, codes = canonical.values[attribute]
    return [{vocabulary[code] for code in row if code >= 0} for row in codes.tolist()]


def _crowd(n_names: int, column: str = "family_name") -> list[dict[str, str]]:
    return [
        {column: f"Fam{chr(97 + number)}", "phone": _PHONE, "email": f"m{number}@b.example"}
        for number in range(n_names)
    ]


# The criterion.


@pytest.mark.parametrize(("n_names", "is_generic"), [(9, False), (10, True)])
def test_a_contact_of_ten_families_is_nobody_s(*, n_names: int, is_generic: bool) -> None:
    """A telephone number of ten different family names or more is taken for missing, and reported without its value."""
    canonical = _canonical(_crowd(n_names))
    assert (set() in _held(canonical, "phone")) is is_generic
    assert _held(canonical, "email") == [{f"m{number}@b.example"} for number in range(n_names)]
    assert _told(canonical) == ([("phone", n_names, n_names, "names")] if is_generic else [])
    assert canonical.generic_policy == "built-in"


def test_a_contact_of_one_family_is_kept_however_often() -> None:
    """Thirty records of one family may share a telephone number."""
    rows = [{"family_name": "Roy", "given_name": f"N{number}", "phone": _PHONE} for number in range(30)]
    assert _canonical(rows).generic == ()


def test_the_family_name_in_a_whole_name_counts() -> None:
    """Files with one column of names are no worse off."""
    rows = [{"name": f"Ann Fam{chr(97 + number)}", "phone": _PHONE} for number in range(10)]
    assert _told(_canonical(rows)) == [("phone", 10, 10, "names")]


def test_names_of_organizations_count_where_there_is_no_person() -> None:
    """The mailbox of an accountant stands beside many companies; that of a company beside many of its staff."""
    companies = [
        {"raison_sociale": f"Garage Fam{chr(97 + number)}", "email": "cabinet@a.example"} for number in range(10)
    ]
    assert _told(_canonical(companies)) == [("email", 10, 10, "names")]
    one = [
        {"raison_sociale": "Garage Roy", "email": "cabinet@a.example", "siret": f"{number:014d}"}
        for number in range(20)
    ]
    assert _canonical(one).generic == ()
    staff = [{"raison_sociale": "Garage Roy", "nom": f"Fam{chr(97 + n)}", "email": "all@a.example"} for n in range(10)]
    assert _told(_canonical(staff)) == [("email", 10, 10, "names")]


def test_rows_count_once_and_without_a_name_too() -> None:
    """A row that states a number twice is one row; rows without a name tell no name."""
    rows = [{**row, "mobile": _PHONE} for row in _crowd(10)] + [
        {"family_name": "", "phone": _PHONE, "email": "x@b.example"}
    ]
    assert _told(_canonical(rows)) == [("phone", 11, 10, "names")]
    assert _held(_canonical(rows), "phone") == [set()] * 11


def test_without_names_nothing_is_generic() -> None:
    """Where no column holds names there is nothing to count."""
    assert _canonical([{"phone": _PHONE, "email": f"m{number}@b.example"} for number in range(20)]).generic == ()


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=40), st.integers(2, 11))
def test_generic_values_are_those_of_the_counts(made: list[tuple[int, int]], min_names: int) -> None:
    """A dictionary of names by value tells the same: a function of the rows, in any order."""
    policy = GenericPolicy(version="test", min_names=min_names)
    rows = [{"family_name": f"Fam{chr(97 + name)}", "phone": f"024041987{value}"} for name, value in made]
    rows.append({"family_name": "Roy", "phone": ""})
    names: dict[int, set[int]] = {}
    for name, value in made:
        names.setdefault(value, set()).add(name)
    expected = sorted(
        (sum(held == value for _, held in made), len(each)) for value, each in names.items() if len(each) >= min_names
    )
    found = _canonical(rows, policy)
    assert sorted((each.n_rows, each.n_names) for each in found.generic) == expected
    assert _canonical(rows[::-1], policy).generic == found.generic


# What a person declares.


def test_a_declared_value_is_generic_however_few_have_it() -> None:
    """However it is written, it is taken for missing, and the report says that it was declared."""
    policy = GenericPolicy(version="2", generic={"phone": ["+33 2 40 41 98 76"], "city": ["NANTES"]})
    rows = [
        {"family_name": "Roy", "phone": _PHONE, "ville": "Nantes"},
        {"family_name": "Lee", "phone": "", "ville": "Lyon"},
    ]
    canonical = _canonical(rows, policy)
    assert _told(canonical) == [("city", 1, 1, "declared"), ("phone", 1, 1, "declared")]
    assert (_held(canonical, "phone"), _held(canonical, "city")) == ([set(), set()], [set(), {"lyon"}])


def test_a_declared_value_that_nobody_has_is_not_told() -> None:
    """Reports tell what was done."""
    assert _canonical(_crowd(2), GenericPolicy(version="2", generic={"phone": ["0240410000"]})).generic == ()


def test_a_value_may_be_declared_somebody_s() -> None:
    """A number of ten names that a person vouches for is kept."""
    policy = GenericPolicy(version="2", never_generic={"phone": [_PHONE]})
    canonical = _canonical(_crowd(12), policy)
    assert canonical.generic == ()
    assert set() not in _held(canonical, "phone")


def test_attributes_are_chosen() -> None:
    """Only the attributes that the policy names are counted."""
    rows = [{**row, "street": "1 rue Foch"} for row in _crowd(10)]
    told = _told(_canonical(rows, GenericPolicy(version="2", attributes=["street"])))
    assert told == [("street", 10, 10, "names")]


def test_declared_values_go_through_the_users_standardizer() -> None:
    """What the user says of values holds for those that a policy declares."""
    policy = GenericPolicy(version="2", generic={"loyalty_card": ["X-1"]})
    rows = [{"family_name": "Roy", "loyalty_card": "1"}, {"family_name": "Lee", "loyalty_card": "2"}]
    canonical = _canonical(rows, policy, loyalty_card=lambda raw: Standardized(raw.removeprefix("X-")))
    assert _held(canonical, "loyalty_card") == [set(), {"2"}]


def test_a_declared_value_that_cannot_be_read_is_told_by_its_place() -> None:
    """A typing error in a policy is no silent gap, and no value is printed."""
    policy = GenericPolicy(version="2", generic={"email": ["a@b.example", "secret"]})
    with pytest.raises(ConfigurationError, match=r"generic: 'email': expected .* at places 2\.") as caught:
        _canonical(_crowd(2), policy)
    assert "secret" not in str(caught.value)


def test_a_placeholder_may_be_declared_generic() -> None:
    """It is missing anyway, so that it does no harm to say so; that it is somebody's cannot be said."""
    policy = GenericPolicy(version="2", generic={"email": ["noreply@b.example"]})
    assert _canonical(_crowd(2), policy).generic == ()
    with pytest.raises(ConfigurationError, match=r"never_generic: 'email': expected .* at places 1\."):
        _canonical(_crowd(2), GenericPolicy(version="2", never_generic={"email": ["noreply@b.example"]}))


def test_a_run_tells_its_policy() -> None:
    """The report names the reason and the policy, and holds no value."""
    policy = GenericPolicy(version="spring", generic={"email": ["m0@b.example"]})
    report = custid.dedupe(_crowd(10), options=ResolveOptions(generic=policy)).report
    assert report.generic_policy == "spring"
    assert "email: a value of 1 rows and 1 names taken for missing (declared, policy 'spring')" in str(report)
    assert "phone: a value of 10 rows and 10 names taken for missing (too many names, policy 'spring')" in str(report)
    assert "m0@b.example" not in json.dumps(report.to_dict())
    assert report.generic[0].reason is GenericReason.DECLARED


# The portable form.


def test_the_json_form_is_the_policy(tmp_path: Path) -> None:
    """There and back is the identity; fields that are left out are those of the built-in policy."""
    policy = GenericPolicy(version="2", min_names=7, generic={"email": ["zoé@a.example"]}, never_generic={"phone": []})
    policy.save(tmp_path / "policy.json")
    assert GenericPolicy.load(tmp_path / "policy.json") == policy
    assert GenericPolicy.from_dict(policy.to_dict()) == policy
    bare = {"format": "custid.generic-policy", "format_version": 1, "version": "2"}
    assert GenericPolicy.from_dict(bare) == evolve(_BUILT_IN, version="2")


def test_a_policy_does_not_show_values() -> None:
    """What it declares may be personal data."""
    assert "secret" not in repr(GenericPolicy(generic={"email": ["secret@a.example"]}))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"version": ""}, "version: expected a name, got ''"),
        ({"min_names": 1}, "min_names: expected 2 or more, got 1"),
        ({"min_names": True}, "min_names: expected 2 or more, got True"),
        ({"attributes": "email"}, "attributes: expected a list, got str"),
        ({"attributes": ["nothing"]}, "attributes: expected attributes that are compared, got 'nothing'"),
        ({"generic": ["0"]}, "generic: expected lists of values by attribute, got list"),
        ({"generic": {"nothing": []}}, "generic: expected attributes that are compared, got 'nothing'"),
        ({"never_generic": {"email": "a@b.example"}}, "never_generic: 'email': expected a list of texts"),
        ({"never_generic": {"email": [1]}}, "never_generic: 'email': expected a list of texts"),
        ({"generic": {"email": ["a"]}, "never_generic": {"email": ["a"]}}, "'email': expected each value under"),
        ({"names": 3}, "field 'names': expected one of attributes, generic"),
        ({"format": "x"}, "expected a document of format 'custid.generic-policy'"),
        ({"format_version": 2}, "expected format_version 1, got 2"),
    ],
)
def test_a_policy_that_cannot_work_is_an_error(changed: dict[str, Any], message: str) -> None:
    """The message tells the field, and of values only where they stand."""
    with pytest.raises(ConfigurationError, match=message):
        GenericPolicy.from_dict(_BUILT_IN.to_dict() | changed)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000])
def test_what_is_no_json_is_an_error(text: str) -> None:
    """Broken text is told as such."""
    with pytest.raises(ConfigurationError, match="generic policy: the text is not JSON"):
        GenericPolicy.from_json(text)
