"""`custid.scoring.match_model`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ConfigurationError, ModelFormatError
from custid.scoring.frequencies import TermFrequencies
from custid.scoring.match_model import (
    OutputParameters,
    TrainedClass,
    TrainedMatchModel,
)
from custid.scoring.weights import LEAST_BITS, rarity_adjustment, sum_adjustments
from tests.scoring.models import models, weighed_pairs


def _small() -> TrainedMatchModel:
    def parameters(name: str, *, is_personal: bool, m: float, u: float) -> OutputParameters:
        return OutputParameters(
            output=ComparisonOutput(name=name, attribute=name, levels=("else", "exact"), is_personal=is_personal),
            m_probability=np.array([1 - m, m]),
            u_probability=np.array([1 - u, u]),
        )

    return TrainedMatchModel(
        parameters=(
            parameters("given_name", is_personal=True, m=0.75, u=0.25),
            parameters("street", is_personal=False, m=0.5, u=0.125),
        ),
        prior_match_probability=0.25,
        classes=(
            TrainedClass(
                name="household",
                prior_probability=0.25,
                is_by_chance=(True, False),
                probabilities=(np.array([0.75, 0.25]), np.array([0.25, 0.75])),
            ),
        ),
        frequencies={"street": TermFrequencies(hashes=np.zeros(0, np.uint64), counts=np.zeros(0, np.int64), total=60)},
        n_records=4,
    )


# The portable form.


def _same(left: TrainedMatchModel, right: TrainedMatchModel) -> bool:
    """Whether two models are equal, part by part."""

    def plain(model: TrainedMatchModel) -> list[Any]:
        arrays = [(each.output, each.m_probability.tolist(), each.u_probability.tolist()) for each in model.parameters]
        classes = [
            (
                each.name,
                each.prior_probability,
                each.is_by_chance,
                each.is_match,
                [shares.tolist() for shares in each.probabilities],
            )
            for each in model.classes
        ]
        counted = {
            name: (each.hashes.tolist(), each.counts.tolist(), each.total) for name, each in model.frequencies.items()
        }
        shares = (
            model.prior_match_probability,
            model.n_records,
            model.block_cap,
            model.attributes,
            model.is_duplicate_free,
            model.has_converged,
        )
        return [arrays, classes, counted, shares]

    return plain(left) == plain(right)


@given(models())
def test_the_json_form_is_the_model(model: TrainedMatchModel) -> None:
    """There and back is the identity, to the last bit; equal models give equal text."""
    again = TrainedMatchModel.from_json(model.to_json())
    assert _same(again, model)
    assert again.to_json() == model.to_json()
    assert _same(TrainedMatchModel.from_dict(model.to_dict()), model)


@given(weighed_pairs())
def test_a_loaded_model_weighs_the_same(
    weighed: tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]],
) -> None:
    """Weights of the model that was read are those of the model that was written."""
    model, levels, rarity = weighed
    again = TrainedMatchModel.from_json(model.to_json())
    first, second = (each.weight_bits(levels, each.adjustments(levels, rarity)) for each in (model, again))
    assert first.tolist() == second.tolist()


def test_the_json_form_is_plain_and_the_same_everywhere() -> None:
    """The text is JSON of plain values: hashes as little-endian bytes, probabilities in full."""
    frequencies = {"city": TermFrequencies(hashes=np.array([1, 258], ">u8"), counts=np.array([2, 3]), total=9)}
    model = TrainedMatchModel(
        parameters=(),
        prior_match_probability=0.1,
        classes=(),
        frequencies=frequencies,
        n_records=5,
    )
    document = json.loads(model.to_json())
    assert document["format"] == "custid.match-model"
    assert document["version"] == 3
    assert document["prior_match_probability"] == 0.1
    assert document["frequencies"]["city"] == {
        "bytes_per_count": 1,
        "counts": "AgM=",
        "hashes": "AQAAAAAAAAACAQAAAAAAAA==",
        "total": 9,
    }


def test_a_model_is_saved_and_loaded(tmp_path: Path) -> None:
    """A file holds the JSON form."""
    path = tmp_path / "model.json"
    _small().save(path)
    assert path.read_text(encoding="utf-8") == _small().to_json()
    assert _same(TrainedMatchModel.load(str(path)), _small())


@pytest.mark.parametrize("text", ["", "no", "\ud83d", "[" * 100_000, "{", "NaN"])
def test_what_is_no_json_is_an_error(text: str) -> None:
    """Broken text is told as such."""
    with pytest.raises(ModelFormatError, match=r"match model: .*Hint: Use a file that custid has written"):
        TrainedMatchModel.from_json(text)


def test_a_file_of_other_content_is_an_error(tmp_path: Path) -> None:
    """Bytes that are no text are no model."""
    path = tmp_path / "model.json"
    path.write_bytes(b"\xff\xfe\x00PAR1")
    with pytest.raises(ModelFormatError, match="the text is not JSON"):
        TrainedMatchModel.load(path)


@pytest.mark.parametrize("document", [None, [], "custid.match-model", {}, {"format": "other"}])
def test_another_document_is_an_error(document: Any) -> None:
    """A document says what it is."""
    with pytest.raises(ModelFormatError, match=r"expected a document of format 'custid\.match-model'"):
        TrainedMatchModel.from_dict(document)


@pytest.mark.parametrize("version", [0, 4, "1", 1.0, True, None])
def test_another_version_is_an_error(version: object) -> None:
    """The message names both versions, and what to do."""
    with pytest.raises(ModelFormatError, match=rf"expected format version 1 to 3, got {version!r}. Hint: Install"):
        TrainedMatchModel.from_dict(_small().to_dict() | {"version": version})


_SINCE_VERSION_2: dict[str, Any] = dict.fromkeys(["attributes", "block_cap", "is_duplicate_free"])


def _of_version_1(model: TrainedMatchModel) -> dict[str, Any]:
    """Return the portable form as files of version 1 had it: counts in lists, and none of the parts that came later."""
    document = model.to_dict()
    frequencies = {
        name: {
            "total": each.total,
            "hashes": document["frequencies"][name]["hashes"],
            "counts": each.counts.tolist(),
        }
        for name, each in model.frequencies.items()
    }
    held = {name: part for name, part in _of_version_2(model).items() if name not in _SINCE_VERSION_2}
    return held | {"version": 1, "frequencies": frequencies}


def _of_version_2(model: TrainedMatchModel) -> dict[str, Any]:
    """Return the portable form as files of version 2 had it: no class was one of matches."""
    document = model.to_dict()
    classes = [{name: part for name, part in each.items() if name != "is_match"} for each in document["classes"]]
    return document | {"version": 2, "classes": classes}


def _without_classes_of_matches(model: TrainedMatchModel) -> TrainedMatchModel:
    return evolve(model, classes=model.alternatives)


@given(models())
def test_files_of_version_2_are_read(model: TrainedMatchModel) -> None:
    """Their classes are of pairs that are no matches."""
    model = _without_classes_of_matches(model)
    assert _same(TrainedMatchModel.from_json(json.dumps(_of_version_2(model))), model)


@given(models())
def test_files_of_version_1_are_read(model: TrainedMatchModel) -> None:
    """What they hold is what it was; what they could not hold is told from the records of each run."""
    model = _without_classes_of_matches(model)
    assert _same(TrainedMatchModel.from_json(json.dumps(_of_version_1(model))), evolve(model, **_SINCE_VERSION_2))


@pytest.mark.parametrize("counts", [[2, 3], [1], [2.5], [10**30]])
def test_counts_of_version_1_are_checked(counts: list[Any]) -> None:
    """As those of later versions are."""
    counted = {"a": {"total": 3, "hashes": "AQAAAAAAAAA=", "counts": counts}}
    with pytest.raises(ModelFormatError, match="a part is missing or of another kind"):
        TrainedMatchModel.from_dict(_of_version_1(_small()) | {"frequencies": counted})


@pytest.mark.parametrize("part", sorted(set(_small().to_dict()) - {"format", "version"}))
def test_a_missing_part_is_an_error(part: str) -> None:
    """Nothing is made up for what is not there."""
    document = _small().to_dict()
    del document[part]
    with pytest.raises(ModelFormatError, match=r"a part is missing or of another kind \(KeyError\)"):
        TrainedMatchModel.from_dict(document)


def _counted(hashes: Any, counts: Any, width: int) -> dict[str, Any]:
    return {"frequencies": {"a": {"total": 3, "hashes": hashes, "counts": counts, "bytes_per_count": width}}}


@pytest.mark.parametrize(
    "change",
    [
        {"prior_match_probability": 0.0},
        {"prior_match_probability": 1.5},
        {"prior_match_probability": math.nan},
        {"prior_match_probability": "0.1"},
        {"prior_match_probability": True},
        {"classes": [_small().to_dict()["classes"][0] | {"prior_probability": 0.75}]},
        {"classes": [_small().to_dict()["classes"][0] | {"prior_probability": 0.0}]},
        {"classes": [_small().to_dict()["classes"][0] | {"is_by_chance": [True]}]},
        {"classes": [_small().to_dict()["classes"][0] | {"probabilities": [[0.5, 0.5], [1.0]]}]},
        {"classes": [_small().to_dict()["classes"][0] | {"name": 3}]},
        {"classes": [_small().to_dict()["classes"][0] | {"is_match": 1}]},
        {"classes": [_small().to_dict()["classes"][0] | {"is_match": True}]},
        {"n_records": -1},
        {"n_records": 1.5},
        {"n_records": 2**63},
        {"n_records": math.inf},
        {"block_cap": 1},
        {"block_cap": 64},
        {"block_cap": 18.0},
        {"attributes": "email"},
        {"attributes": ["phone", "email"]},
        {"attributes": [1]},
        {"is_duplicate_free": "no"},
        {"has_converged": "yes"},
        {"comparisons": 5},
        {"comparisons": [5]},
        {"comparisons": [{}]},
        {"comparisons": [{"name": "a", "attribute": "a", "is_personal": True, "has_rarity": True, "levels": []}]},
        {"comparisons": [{"name": 1, "attribute": "a", "is_personal": True, "has_rarity": True, "levels": []}]},
        {"comparisons": [{"name": "a", "attribute": "a", "is_personal": 1, "has_rarity": True, "levels": []}]},
        {"frequencies": []},
        _counted("AQAAAAAAAAA=", "AgM=", 1),
        _counted("AQAAAAAAAAA=", "AQ==", 1),
        _counted("AQAAAAAAAAA=", "Ag==", 3),
        _counted("AQAAAAAAAAA=", "/////////////w==", 8),
        _counted("AQAAAAAAAAABAAAAAAAAAA==", "AgI=", 1),
        _counted("?", "Ag==", 1),
        _counted("AQAAAAAAAAA=", [2], 1),
        _counted(7, "Ag==", 1),
    ],
    ids=lambda change: json.dumps(change)[:60],
)
def test_a_part_out_of_its_range_is_an_error(change: dict[str, Any]) -> None:
    """Values are not bent into shape: a number is no text, a share is in [0, 1], hashes ascend."""
    with pytest.raises(ModelFormatError, match="a part is missing or of another kind"):
        TrainedMatchModel.from_dict(_small().to_dict() | change)


# Weights.


def test_weights_are_those_of_the_formula() -> None:
    """For a pair that agrees on a street but not on a given name, by hand."""
    model = _small()
    levels = np.array([[0, 1]], np.int8)
    nothing = np.zeros((1, 2), np.float32)
    match = 0.25 * (0.25 / 0.75) * (0.5 / 0.125)
    household, strangers = 0.25 * (0.75 / 0.75) * (0.75 / 0.125), 0.5
    expected = math.log2(match / (household + strangers))
    assert model.weight_bits(levels, nothing) == pytest.approx([expected], abs=1e-6)


_MOVED = TrainedClass(
    name="moved",
    prior_probability=0.0625,
    is_by_chance=(False, True),
    probabilities=(np.array([0.25, 0.75]), np.array([0.875, 0.125])),
    is_match=True,
)


def test_who_moved_is_a_match_of_another_class() -> None:
    """A pair that agrees on a given name but not on a street, by hand: both classes of matches against the others."""
    model = evolve(_small(), classes=(*_small().classes, _MOVED))
    levels, nothing = np.array([[1, 0]], np.int8), np.zeros((1, 2), np.float32)
    stayed, moved = 0.1875 * 3.0 * (0.5 / 0.875), 0.0625 * 3.0
    household, strangers = 0.25 * 1.0 * (0.25 / 0.875), 0.5
    weight = math.log2((stayed + moved) / (household + strangers))
    assert model.weight_bits(levels, np.zeros((1, 3), np.float32)) == pytest.approx([weight], abs=1e-6)
    explained = model.explain(levels, nothing)
    # Of the given name nothing was known to be rare: the adjustment for agreement on it is log2(u / 1).
    assert explained.moved_bits == pytest.approx([math.log2(1 + moved / stayed)], abs=1e-6)
    assert explained.prior_bits == pytest.approx(math.log2(0.1875 / 0.5))
    assert [each.name for each in model.alternatives] == ["household"]


def test_shares_that_leave_nothing_are_an_error() -> None:
    """Some matches have not moved, and some pairs are of strangers."""
    moving = evolve(_small(), classes=(*_small().classes, _MOVED))
    for prior in (0.0, 0.0625, 0.75, 1.0, math.nan):
        with pytest.raises(ConfigurationError, match=r"prior_match_probability: expected more than 0\.0625, .* 0\.75"):
            evolve(moving, prior_match_probability=prior)


def test_rarity_counts_for_who_moved_but_on_his_address() -> None:
    """Who moved agrees with himself on a rare name, and on a rare street by chance."""
    model = evolve(_small(), classes=(_MOVED,))
    levels, rarity = np.array([[1, 1]], np.int8), np.array([[4.0, 5.0]], np.float32)
    assert model.adjustments(levels, rarity).tolist() == [[4.0, 2.0]]


def test_without_households_weights_are_prior_and_partial_weights() -> None:
    """Two classes give the weights of Fellegi and Sunter."""
    model = TrainedMatchModel(
        parameters=_small().parameters,
        prior_match_probability=0.2,
        classes=(),
        frequencies={},
        n_records=4,
    )
    explained = model.explain(np.array([[1, 1]], np.int8), np.zeros((1, 2), np.float32))
    assert explained.alternative_bits.tolist() == [0.0]
    assert explained.prior_bits == -2.0
    top = [model.parameters[0].level_bits()[1], model.parameters[1].level_bits()[1]]
    outputs, u = model.outputs, [each.u_probability for each in model.parameters]
    levels, rarity = np.array([[1, 1]], np.int8), np.zeros((1, 2), np.float32)
    added = sum_adjustments(outputs, u, [], levels, rarity)[:, 0]
    assert explained.weight_bits == pytest.approx(-2.0 + sum(top) + added, abs=1e-9)


@given(weighed_pairs())
def test_parts_add_up_to_the_weight(
    weighed: tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]],
) -> None:
    """Prior, parts, moving and other explanations sum to the weight that decides, or to less than the least one."""
    model, levels, rarity = weighed
    parts = model.explain(levels, rarity)
    weights = model.weight_bits(levels, model.adjustments(levels, rarity))
    assert np.abs(np.maximum(parts.weight_bits, LEAST_BITS) - weights).max(initial=0.0) < 1e-9
    told = parts.prior_bits + parts.partial_bits.sum(axis=1) + parts.moved_bits + parts.alternative_bits
    assert told == pytest.approx(parts.weight_bits)
    assert (parts.alternative_bits <= 0).all()
    assert (parts.moved_bits >= 0).all()
    assert np.isfinite(weights).all()


@given(weighed_pairs())
def test_a_missing_value_weighs_nothing(
    weighed: tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]],
) -> None:
    """Null contributes 0 bits; a pair without any value has the weight of the shares of the classes."""
    model, levels, rarity = weighed
    parts = model.explain(levels, rarity)
    assert (parts.partial_bits[levels < 0] == 0.0).all()
    nothing = model.explain(np.full_like(levels, -1), rarity)
    odds = model.prior_match_probability / (1.0 - model.prior_match_probability)
    assert nothing.weight_bits == pytest.approx(math.log2(odds))


@given(weighed_pairs())
def test_a_pair_weighs_the_same_in_any_company(
    weighed: tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]],
) -> None:
    """Weights of pairs one by one are those of all at once."""
    model, levels, rarity = weighed
    together = model.weight_bits(levels, model.adjustments(levels, rarity))
    for place in range(len(levels)):
        one = slice(place, place + 1)
        alone = model.weight_bits(levels[one], model.adjustments(levels[one], rarity[one]))
        assert alone.tolist() == together[one].tolist()


def test_the_closest_level_is_worth_more_for_a_rare_value() -> None:
    """Agreement on a value of frequency f weighs log2(u / f) more, within 8.7 bits, and only at the closest level."""
    output = _small().outputs[1]
    u = np.array([0.875, 0.125])
    levels = np.array([1, 1, 1, 1, 0, -1], np.int8)
    rarity = np.array([3.0, 5.0, 40.0, 0.0, 9.0, 9.0], np.float32)
    added = rarity_adjustment(output, u, levels, rarity)
    assert added == pytest.approx([0.0, 2.0, 8.7, -3.0, 0.0, 0.0], abs=1e-4)


def test_a_comparison_without_rarity_is_not_adjusted() -> None:
    """Where frequencies say nothing, a level weighs the same for all values."""
    output = ComparisonOutput(name="sex", attribute="sex", levels=("else", "exact"), has_rarity=False)
    added = rarity_adjustment(output, np.array([0.5, 0.5]), np.array([1], np.int8), np.array([9.0], np.float32))
    assert added.tolist() == [0.0]


def test_rarity_of_personal_values_speaks_for_a_match_only() -> None:
    """Members of a household share a rare street, not a rare given name."""
    model = _small()
    levels, rarity = np.array([[1, 1]], np.int8), np.array([[4.0, 5.0]], np.float32)
    assert model.adjustments(levels, rarity).tolist() == [[4.0, 2.0]]


def test_rarity_of_values_comes_from_the_model() -> None:
    """Frequencies of the training data decide, whatever the data at hand."""
    assert _small().rarity("street", ["high st"]).tolist() == pytest.approx([math.log2(160)])
    assert _small().rarity("color", ["red", "blue"]).tolist() == [0.0, 0.0]
    assert _small().rarity("street", []).shape == (0,)


def test_parameters_give_bits_by_level() -> None:
    """Each level has log2(m / u), the last element is null's 0."""
    given_name = _small().parameters[0]
    assert given_name.level_bits() == pytest.approx([math.log2(1 / 3), math.log2(3), 0.0], abs=1e-6)
