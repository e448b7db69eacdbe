"""The data behind the charts."""

from __future__ import annotations

import importlib
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import evolve

import custid
from custid import charts
from custid.errors import ConfigurationError, InputError, MissingDependencyError
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.steering import ErrorCosts, choose_thresholds, compare_models
from custid.testing import synthetic_customers


@pytest.fixture(scope="module")
def made() -> Any:
    return synthetic_customers(600, seed=4, share_of_single_records=0.3)


@pytest.fixture(scope="module")
def result(made: Any) -> Result:
    return custid.dedupe(made.records)


@pytest.fixture(scope="module")
def weights(result: Result) -> Any:
    bits = result.linked.weight_bits
    return bits[np.isfinite(bits)]


def rows(chart: Any, having: str) -> list[dict[str, Any]]:
    """Return the rows of a chart that have a field."""
    found: list[dict[str, Any]] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            values = part.get("data", {}).get("values") if isinstance(part.get("data"), dict) else None
            found.extend(row for row in values or () if having in row and row not in found)
            for each in part.values():
                walk(each)
        elif isinstance(part, list):
            for each in part:
                walk(each)

    document = chart.to_dict()
    walk(document)
    for dataset in document.get("datasets", {}).values():
        found.extend(row for row in dataset if having in row and row not in found)
    return found


def test_the_histogram_counts_every_pair(result: Result, weights: Any) -> None:
    """Each weighed pair stands in one bin, by what was decided."""
    bins = rows(charts.match_weights(result), "pairs")
    assert sum(row["pairs"] for row in bins) == len(weights)
    above = sum(row["pairs"] for row in bins if row["from"] >= 0)
    assert above == int((weights >= 0).sum())
    cluster, candidates = result.linked.cluster, result.linked.candidates
    n_joined = int((cluster[candidates.left_idx] == cluster[candidates.right_idx]).sum())
    assert sum(row["pairs"] for row in bins if row["decided"] == "one customer") == n_joined


def test_levels_show_the_probabilities_of_the_model(result: Result) -> None:
    """m, u and the weight are those of the model, and the weight is the distance of the two."""
    levels = rows(charts.m_u_probabilities(result.model), "bits")
    assert len(levels) == sum(len(each.output.levels) for each in result.model.parameters)
    shown = [(row["m"], row["u"]) for row in levels]
    for parameters in result.model.parameters:
        for m, u in zip(parameters.m_probability.tolist(), parameters.u_probability.tolist(), strict=True):
            assert (m, u) in shown
    for row in levels:
        assert row["bits"] == pytest.approx(np.log2(row["m"] + 1e-9) - np.log2(row["u"] + 1e-9))


def test_the_waterfall_ends_in_the_weight(result: Result) -> None:
    """Each part begins where the one before ends, and all but the sum add up to it."""
    pair = result.pairs.slice(0, 1).to_pylist()[0]
    explained = result.explain(pair["left_record_key"], pair["right_record_key"])
    *parts, total = rows(charts.waterfall(explained), "part")
    assert total["bits"] == total["to"] == pytest.approx(pair["match_weight"])
    # What is less than is shown is left out.
    unseen = 0.0 if explained.may_have_moved else explained.moved_bits
    assert sum(row["bits"] for row in parts) + unseen == pytest.approx(total["bits"])
    for before, after in itertools.pairwise(parts):
        assert after["from"] == pytest.approx(before["to"])
    n_there = sum(each.level != "missing" for each in explained.comparisons)
    assert len(parts) == 1 + n_there + bool(explained.alternative) + explained.may_have_moved


def test_thresholds_are_expected_from_the_probabilities(result: Result, weights: Any) -> None:
    """Without labels, precision is the mean probability from a weight on, recall the share of all of it."""
    curve = rows(charts.threshold_curves(result), "threshold")
    probability = 1 / (1 + np.exp2(-weights))
    for threshold in (-10.0, 0.0, 4.25):
        chosen = probability[weights >= threshold]
        told = {row["measure"]: row["value"] for row in curve if row["threshold"] == threshold}
        assert told["precision"] == pytest.approx(chosen.mean())
        assert told["recall"] == pytest.approx(chosen.sum() / probability.sum())


def test_costs_are_those_of_the_curve(result: Result) -> None:
    """The lines are false merges and misses times their costs and the sum, the marks the thresholds chosen."""
    chosen = choose_thresholds(result, ErrorCosts(false_merge=10, miss=0.5), 8)
    chart = charts.error_costs(chosen)
    lines = rows(chart, "cost")
    for row in chosen.curve.to_pylist():
        told = {each["of"]: each["cost"] for each in lines if each["threshold"] == row["threshold_bits"]}
        assert told["of false merges"] == pytest.approx(10 * row["expected_false_merges"])
        assert told["of misses"] == pytest.approx(0.5 * row["expected_misses"])
        assert told["of both"] == pytest.approx(row["expected_cost"])
    (mark,), (band,) = rows(chart, "at"), rows(chart, "low")
    assert mark["at"] == pytest.approx(np.log2(20))
    assert band["low"] < mark["at"] < band["high"]


def test_thresholds_are_measured_where_the_truth_is_known(made: Any, result: Result) -> None:
    """With a truth, precision and recall are counted, pairs that blocking missed included."""
    curve = rows(charts.threshold_curves(result, made.truth), "threshold")
    told = {row["measure"]: row["value"] for row in curve if row["threshold"] == 0 and row["kind"] == "measured"}
    by_unit = _true_of_unit(made, result)
    candidates, bits = result.linked.candidates, result.linked.weight_bits
    is_match = by_unit[candidates.left_idx] == by_unit[candidates.right_idx]
    joined = bits >= 0
    n = np.unique(by_unit, return_counts=True)[1]
    assert told["precision"] == pytest.approx((is_match & joined).sum() / joined.sum())
    assert told["recall"] == pytest.approx((is_match & joined).sum() / (n * (n - 1) // 2).sum())


def _true_of_unit(made: Any, result: Result) -> Any:
    truth = dict(zip(made.truth["record_id"].to_pylist(), made.truth["true_id"].to_pylist(), strict=True))
    first: dict[int, str] = {}
    units = result.linked.table.unit_of_row.tolist()
    for unit, key in zip(units, result.assignments["record_key"].to_pylist(), strict=True):
        first.setdefault(unit, truth[key])
    return np.array([first[unit] for unit in range(len(first))])


def test_the_run_is_a_point_beside_the_curve(made: Any, result: Result) -> None:
    """Precision and recall fall and rise between 0 and 1, and the run has a point of its own."""
    points = rows(charts.precision_recall(result, made.truth), "precision")
    curve = [row for row in points if "place" in row]
    recalls = [row["recall"] for row in sorted(curve, key=lambda row: row["place"])]
    assert recalls == sorted(recalls)
    assert all(0 <= row["precision"] <= 1 for row in points)
    (run,) = (row for row in points if "place" not in row)
    by_unit = _true_of_unit(made, result)
    cluster = result.linked.cluster
    one, other = np.triu_indices(len(cluster), 1)
    joined, is_match = cluster[one] == cluster[other], by_unit[one] == by_unit[other]
    candidates = result.linked.candidates
    assert joined.sum() > (cluster[candidates.left_idx] == cluster[candidates.right_idx]).sum()
    assert run["precision"] == pytest.approx((joined & is_match).sum() / joined.sum())
    assert run["recall"] == pytest.approx((joined & is_match).sum() / is_match.sum())


def test_calibration_holds_probabilities_against_the_truth(made: Any, result: Result, weights: Any) -> None:
    """Every weighed pair is in one tenth; its share of matches lies in its interval."""
    groups = rows(charts.calibration(result, made.truth), "observed")
    assert sum(row["pairs"] for row in groups) == len(weights)
    by_unit = _true_of_unit(made, result)
    candidates = result.linked.candidates
    is_match = by_unit[candidates.left_idx] == by_unit[candidates.right_idx]
    assert sum(row["pairs"] * row["observed"] for row in groups) == pytest.approx(is_match.sum())
    assert all(row["low"] <= row["observed"] <= row["high"] for row in groups)


def test_labels_speak_of_their_own_pairs(result: Result) -> None:
    """A few labels are enough for the charts that need to know; strangers to the run are left out."""
    pairs = result.pairs.slice(0, 30).to_pylist()
    given = [
        Label(
            left=(pair["left_source"], pair["left_record_key"]),
            right=("", pair["right_record_key"]),
            verdict=Verdict.MATCH,
        )
        for pair in pairs
    ]
    given.append(Label(left=("x", "nobody"), right=("", "1"), verdict=Verdict.NON_MATCH))
    labels = Labels.of(given)
    groups = rows(charts.calibration(result, labels), "observed")
    assert {row["observed"] for row in groups} == {1.0}
    assert len(pairs) <= sum(row["pairs"] for row in groups) <= sum(1 for _ in labels.pairs())
    assert rows(charts.precision_recall(result, labels), "recall")
    with pytest.raises(InputError, match="labels: expected some pairs of records of this run"):
        charts.calibration(result, Labels.of(given[-1:]))
    with pytest.raises(InputError, match="truth: expected records of this run"):
        charts.calibration(result, {"nobody": "x", "else": "x"})


def test_blocks_are_those_of_the_report(result: Result) -> None:
    """The rules with the most pairs come first, with what the report tells of them."""
    shown = rows(charts.block_sizes(result), "rule")
    assert len(shown) == 25
    told = {rule.name: rule.n_pairs for rule in result.report.rules}
    assert [told[row["rule"]] for row in shown] == sorted(told.values(), reverse=True)[:25]


def test_missing_values_are_counted(result: Result) -> None:
    """What is missing is what has no canonical value, over all records and in each source."""
    shown = [row for row in rows(charts.missingness(result), "missing") if row["attribute"] == "phone"]
    is_missing = np.asarray((result.canonical.values["phone"][1] < 0).all(axis=1), np.bool_)
    assert {row["over_all"] for row in shown} == {is_missing.mean()}
    for row in shown:
        of_source = result.canonical.source_of_row == result.canonical.sources.index(row["source"])
        assert row["missing"] == is_missing[of_source].mean()


def test_missing_values_are_told_by_source(made: Any) -> None:
    """Where there are several sources, each has its own share."""
    names = ["source" if name == "shop" else name for name in made.records.column_names]
    linked = custid.link(made.records.rename_columns(names))
    shown = rows(charts.missingness(linked, language="fr"), "missing")
    assert {row["source"] for row in shown} == set(linked.canonical.sources)
    assert "téléphone" in {row["attribute"] for row in shown}


def test_sizes_count_every_customer(result: Result) -> None:
    """Numbers of customers and of records add up."""
    shown = rows(charts.cluster_sizes(result), "customers")
    assert sum(row["customers"] for row in shown) == result.n_customers
    assert sum(row["customers"] * row["records"] for row in shown) == result.report.n_records


def test_attributes_that_repeat_one_another_are_found(result: Result) -> None:
    """Postcode and city go together; a correlation is that of the levels."""
    shown = rows(charts.agreement_correlation(result, n_pairs=20_000), "correlation")
    assert all(-1 <= row["correlation"] <= 1 for row in shown)
    among = [row["correlation"] for row in shown if {row["one"], row["other"]} == {"postcode", "city"}]
    assert len(among) == 2
    assert max(among) > 0.5
    apart = [row["correlation"] for row in shown if {row["one"], row["other"]} == {"birth date", "city"}]
    assert max(map(abs, apart)) < 0.2


def test_learning_is_shown_by_iteration(result: Result) -> None:
    """Shares and likelihood are those of the history; without one there is no chart."""
    chart = charts.em_history(result.model)
    shares = rows(chart, "share")
    assert len(shares) == len(result.model.history) * (1 + len(result.model.classes))
    assert [row["log_likelihood"] for row in rows(chart, "log_likelihood")] == pytest.approx(
        [each.log_likelihood for each in result.model.history]
    )
    with pytest.raises(ConfigurationError, match=r"expected the history of its learning.*Hint"):
        charts.em_history(evolve(result.model, history=()))


def test_numbers_of_pairs_are_checked(result: Result) -> None:
    """No pairs make no correlation."""
    with pytest.raises(ConfigurationError, match="n_pairs: expected 1 or more, got 0"):
        charts.agreement_correlation(result, n_pairs=0)


def test_weights_of_two_models(result: Result) -> None:
    """Each level has its weight before and after, and a line between them; what one model lacks has one weight."""
    change = compare_models(result.model, result.model)
    without = evolve(change, levels=(evolve(change.levels[0], bits_before=None), *change.levels[1:]))
    chart = charts.weight_changes(without)
    shown, lines = rows(chart, "of"), rows(chart, "to")
    assert len(shown) == 2 * len(change.levels) - 1
    assert len(lines) == len(change.levels) - 1
    assert {row["bits"] for row in shown} == {each.bits_after for each in change.levels}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_chart_says_what_it_shows(made: Any, result: Result, language: str) -> None:
    """Each has a title and a line below it in the language asked for, and is drawn."""
    pair = result.pairs.slice(0, 1).to_pylist()[0]
    explained = result.explain(pair["left_record_key"], pair["right_record_key"])
    drawn = [
        charts.match_weights(result, language=language),
        charts.m_u_probabilities(result.model, language=language),
        charts.waterfall(explained, language=language),
        charts.weight_changes(compare_models(result.model, result.model), language=language),
        charts.threshold_curves(result, made.truth, language=language),
        charts.precision_recall(result, made.truth, language=language),
        charts.calibration(result, made.truth, language=language),
        charts.block_sizes(result, language=language),
        charts.missingness(result, language=language),
        charts.cluster_sizes(result, language=language),
        charts.em_history(result.model, language=language),
        charts.agreement_correlation(result, n_pairs=500, language=language),
    ]
    titles = [chart.to_dict()["title"] for chart in drawn]
    assert len({title["text"] for title in titles}) == len(drawn)
    assert all(title["subtitle"][0] for title in titles)


def test_a_run_of_one_record_has_charts() -> None:
    """Nothing to show is no error."""
    alone = custid.dedupe([{"name": "Zoe Roy", "email": "zoe@a.example"}])
    for draw in (charts.match_weights, charts.threshold_curves, charts.block_sizes, charts.missingness):
        assert draw(alone).to_dict()["title"]
    assert charts.cluster_sizes(alone).to_dict()["title"]
    assert rows(charts.agreement_correlation(alone), "correlation") == []


@pytest.mark.parametrize("ending", ["png", "svg", "html"])
def test_charts_are_files(result: Result, tmp_path: Path, ending: str) -> None:
    """PNG, SVG and HTML are written; none refers to another file."""
    path = tmp_path / f"sizes.{ending}"
    charts.save_chart(charts.cluster_sizes(result), path)
    written = path.read_bytes()
    begin = {"png": b"\x89PNG", "svg": b"<svg", "html": b"<!DOCTYPE html>"}[ending]
    assert written.lstrip()[: len(begin)].lower() == begin.lower()
    assert b"<script src" not in written
    assert b"<link" not in written


def test_other_endings_are_refused(result: Result, tmp_path: Path) -> None:
    """A file of another kind is named by its ending."""
    with pytest.raises(ConfigurationError, match=r"expected a file ending in .png, .svg, .html, got '.gif'"):
        charts.save_chart(charts.cluster_sizes(result), tmp_path / "sizes.gif")


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch, result: Result, tmp_path: Path) -> None:
    """Without altair, or without what draws, the error says what to install."""
    chart = charts.cluster_sizes(result)
    monkeypatch.setitem(importlib.import_module("sys").modules, "altair", None)
    with pytest.raises(MissingDependencyError, match=r"package altair.*pip install 'custid\[charts\]'"):
        charts.cluster_sizes(result)
    monkeypatch.setattr("custid.charts.saving.find_spec", lambda _: None)
    with pytest.raises(MissingDependencyError, match=r"vl-convert-python"):
        charts.save_chart(chart, tmp_path / "sizes.png")
