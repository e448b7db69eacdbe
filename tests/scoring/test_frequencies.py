"""Frequencies of values."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from custid.errors import ShapeMismatchError
from custid.scoring.frequencies import TermFrequencies, count_terms, rarity_of
from custid.table.hashing import string_hashes
from tests.record_tables import table_of


def test_rarity_by_hand() -> None:
    """Of 4 units in leeds and 2 in york, with 100 more that live elsewhere, a stranger lives there with 3 and 1."""
    table = table_of({"city": ["leeds"] * 4 + ["york"] * 2 + ["hull", ""], "email": list("abcdefgh")})
    counted = count_terms(table)["city"]
    assert counted.total == 7
    expected = [log2(107 / 3), log2(107 / 1), log2(107 / 1), log2(107 / 1)]
    assert counted.rarity_bits(["leeds", "york", "hull", "paris"]) == pytest.approx(expected)


def test_equal_rows_count_once() -> None:
    """Copies of a row say nothing about how many people share its values."""
    table = table_of({"city": ["leeds"] * 9, "sex": ["f"] * 4 + ["m"] * 5})
    assert count_terms(table)["city"].counts.tolist() == [2]


def test_a_unit_with_several_values_is_one_unit() -> None:
    """Each value of a unit is counted, the unit itself once."""
    counted = count_terms(table_of({"phone": [("611", "622"), ("611", "633"), "", "622"]}))["phone"]
    assert counted.total == 3
    assert counted.rarity_bits(["611", "622", "633"]) == pytest.approx([log2(103 / 1)] * 3)


def test_words_of_names() -> None:
    """Words of names are counted beside whole names, in how many units they stand."""
    counted = count_terms(table_of({"organization_name": ["bread shop", "shop", "bread bread", "cake shop"]}))
    assert sorted(counted) == ["organization_name", "organization_name.word"]
    words = counted["organization_name.word"]
    assert words.total == 4
    assert words.rarity_bits(["shop", "bread", "cake"]) == pytest.approx([log2(104 / 2), log2(104 / 1), log2(104 / 1)])
    assert len(counted["organization_name"].hashes) == 0


def test_only_repeated_values_are_kept() -> None:
    """Frequencies hold hashes of values that two units share, ascending, and no value itself."""
    counted = count_terms(table_of({"city": ["leeds", "leeds", "york", "hull", "hull"], "email": list("abcde")}))[
        "city"
    ]
    assert counted.hashes.tolist() == sorted(string_hashes(["leeds", "hull"]).tolist())
    assert counted.counts.tolist() == [2, 2]


def test_a_value_is_as_rare_alone_as_among_others() -> None:
    """The rarity of a value does not depend on what else is asked."""
    for frequencies in (
        count_terms(table_of({"city": ["leeds"] * 3 + ["york"], "email": list("abcd")}))["city"],
        TermFrequencies(hashes=np.zeros(0, np.uint64), counts=np.zeros(0, np.int64), total=0),
    ):
        together = frequencies.rarity_bits(["leeds", "york", "paris"]).tolist()
        assert together == [float(frequencies.rarity_bits([value])[0]) for value in ("leeds", "york", "paris")]


def test_rarity_of_an_attribute_that_was_not_counted() -> None:
    """An attribute without frequencies adds nothing."""
    counted = count_terms(table_of({"city": ["leeds", "leeds"], "sex": ["f", "m"]}))
    assert rarity_of(counted, "email", ["a", "b"]).tolist() == [0.0, 0.0]
    assert rarity_of(counted, "city", ["leeds"]).tolist() == counted["city"].rarity_bits(["leeds"]).tolist()


def test_nothing_to_count() -> None:
    """A table without values has no frequencies, and no values have no rarity."""
    assert count_terms(table_of({})) == {}
    counted = count_terms(table_of({"city": ["leeds"]}))["city"]
    assert counted.rarity_bits([]).shape == (0,)
    assert counted.rarity_bits(["leeds"]).dtype == np.float32


def test_counts_that_do_not_fit() -> None:
    """There is one count per hash."""
    with pytest.raises(ShapeMismatchError, match="expected one count for each of 2 hashes, got 1"):
        TermFrequencies(hashes=np.zeros(2, np.uint64), counts=np.zeros(1, np.int64), total=2)
