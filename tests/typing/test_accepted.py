"""What the types promise holds when it is run."""

from __future__ import annotations

from tests.typing.accepted import SameLength, resolve


def test_own_parts_run_as_they_are_typed() -> None:
    """A standardizer and a comparison of the user's own do what they say."""
    result = resolve()
    assert result.report.compared == ("email", "length")
    explained = {each.name: each for each in result.explain(1, 2).comparisons}
    assert (explained["length"].level, explained["length"].left_values) == ("exact", ("71",))
    assert {each.level for each in result.explain(1, 3).comparisons} == {"else"}


def test_own_comparisons_say_what_they_put_out() -> None:
    """The output of a comparison names its levels."""
    assert SameLength("city").outputs[0].levels[-1] == "exact"
