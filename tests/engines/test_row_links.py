"""From what people say of records by name to links between rows."""

from __future__ import annotations

import numpy as np
import pytest

from custid.engines.constraints import RelatedRecords
from custid.engines.row_links import row_links
from custid.errors import InputError
from custid.review import Label, Labels, RecordName, Verdict

ROWS: dict[RecordName, int] = {("crm", str(row)): row for row in range(6)}


def said(left: str, right: str, verdict: Verdict = Verdict.MATCH) -> Label:
    """Return a label of two records of one source."""
    return Label(left=("crm", left), right=("crm", right), verdict=verdict)


def related(left: str, right: str) -> RelatedRecords:
    """Return a relation of two records of one source."""
    return RelatedRecords(left=("crm", left), right=("crm", right), kind="twin")


def test_links_of_rows() -> None:
    """Verdicts and relations become pairs of rows, whatever their order; not to be told says nothing."""
    labels = Labels.of([said("1", "0"), said("2", "3", Verdict.NON_MATCH), said("4", "5", Verdict.UNSURE)])
    links = row_links(labels, [related("5", "0")], ROWS)
    assert links.must.tolist() == [[0, 1]]
    assert links.cannot.tolist() == [[2, 3], [0, 5]]
    assert links.kinds == ("", "twin")


def test_the_last_label_of_a_pair_counts() -> None:
    """A verdict that was taken back is none."""
    links = row_links(Labels.of([said("0", "1"), said("0", "1", Verdict.UNSURE)]), [], ROWS)
    assert len(links.must) == 0


def test_names_that_are_not_there_are_counted() -> None:
    """Labels outlive records: what is not there, or not clearly one, is left out."""
    rows = {**ROWS, ("", "7"): -1}
    labels = Labels.of([said("0", "9"), Label(left=("crm", "1"), right=("", "7"), verdict=Verdict.MATCH)])
    links = row_links(labels, [related("8", "2")], rows)
    assert (len(links.must), len(links.cannot), links.n_unknown, links.n_ambiguous) == (0, 0, 2, 1)


def test_two_names_of_one_row() -> None:
    """A label of a record with itself, by two of its names, says nothing."""
    labels = Labels.of([Label(left=("", "0"), right=("crm", "0"), verdict=Verdict.NON_MATCH)])
    assert len(row_links(labels, [], {**ROWS, ("", "0"): 0}).cannot) == 0


def test_contradicting_labels_by_other_names() -> None:
    """Labels that contradict one another only when names are looked up are refused, too."""
    labels = Labels.of(
        [
            said("0", "1"),
            Label(left=("", "1"), right=("crm", "2"), verdict=Verdict.MATCH),
            said("0", "2", Verdict.NON_MATCH),
        ]
    )
    with pytest.raises(
        InputError, match=r"got 1 pairs that are said to be two .* one: \('crm', '0'\) and \('crm', '2'\)"
    ):
        row_links(labels, [], {**ROWS, ("", "1"): 1})


def test_contradicting_labels() -> None:
    """Labels that contradict one another by their names are refused before anything is looked up."""
    with pytest.raises(InputError, match="expected labels that fit one another"):
        row_links(Labels.of([said("0", "1"), said("1", "2"), said("0", "2", Verdict.NON_MATCH)]), [], {})


def test_label_against_a_relation() -> None:
    """Who is said to be one customer by way of others cannot be related."""
    labels = Labels.of([said("0", "1"), said("1", "2")])
    with pytest.raises(InputError, match=r"said to be one customer and related to one another: \('crm', '0'\) and"):
        row_links(labels, [related("2", "0")], ROWS)


def test_label_against_kinds_of_party() -> None:
    """A person is no organization, whoever says so."""
    kinds = np.array([0, -1, 1, 0, 0, 0], np.int8)
    with pytest.raises(InputError, match="expected one kind of party in a customer"):
        row_links(Labels.of([said("0", "1"), said("1", "2")]), [], ROWS, kinds)
    assert len(row_links(Labels.of([said("0", "1"), said("0", "3")]), [], ROWS, kinds).must) == 2


def test_rows_of_their_own() -> None:
    """Equal rows of which something is said one by one are units of their own, in the order of their names."""
    unit_of_row = np.array([0, 0, 0, 1, 1, 2])
    inside = row_links(Labels.of([said("1", "0", Verdict.NON_MATCH)]), [], ROWS).of_their_own(unit_of_row)
    assert inside is not None
    assert inside.tolist() == [0, 1, -1, -1, -1, -1]
    across = row_links(Labels.of([said("0", "3", Verdict.NON_MATCH)]), [], ROWS).of_their_own(unit_of_row)
    assert across is None
    joined = row_links(Labels.of([said("2", "5")]), [], ROWS).of_their_own(unit_of_row)
    assert joined is not None
    assert joined.tolist() == [-1, -1, 0, -1, -1, -1]
