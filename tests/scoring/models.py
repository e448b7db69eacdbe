"""Match models, and comparison vectors that fit them, for Hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.scoring.frequencies import TermFrequencies
from custid.scoring.match_model import OutputParameters, TrainedClass, TrainedMatchModel

__all__ = ["models", "weighed_pairs"]


def _shares(n_levels: int) -> SearchStrategy[NDArray[np.float64]]:
    """Probabilities of levels; none is 0."""
    weights = st.lists(st.floats(1e-6, 1.0), min_size=n_levels, max_size=n_levels)
    return weights.map(lambda drawn: np.array(drawn) / sum(drawn))


@st.composite
def _parameters(draw: st.DrawFn, name: str) -> OutputParameters:
    n_levels = draw(st.integers(2, 5))
    return OutputParameters(
        output=ComparisonOutput(
            name=name,
            attribute=draw(st.sampled_from(["email", "city", name])),
            levels=tuple(draw(st.lists(st.text(max_size=5), min_size=n_levels, max_size=n_levels))),
            is_personal=draw(st.booleans()),
            has_rarity=draw(st.booleans()),
        ),
        m_probability=draw(_shares(n_levels)),
        u_probability=draw(_shares(n_levels)),
    )


@st.composite
def _classes(draw: st.DrawFn, parameters: tuple[OutputParameters, ...], prior: float) -> TrainedClass:
    is_match = draw(st.booleans())
    return TrainedClass(
        name=draw(st.text(max_size=5)),
        # No more of the matches have moved than have not, whatever the number of classes.
        prior_probability=prior * draw(st.floats(1e-3, 0.25)) if is_match else draw(st.floats(1e-13, 0.15)),
        is_by_chance=tuple(draw(st.booleans()) for _ in parameters),
        probabilities=tuple(draw(_shares(len(each.output.levels))) for each in parameters),
        is_match=is_match,
    )


@st.composite
def _frequencies(draw: st.DrawFn) -> TermFrequencies:
    counts = draw(st.dictionaries(st.integers(0, 2**64 - 1), st.integers(2, 2**40), max_size=5))
    hashes = np.array(sorted(counts), np.uint64)
    return TermFrequencies(
        hashes=hashes,
        counts=np.array([counts[each] for each in hashes.tolist()], np.int64),
        total=draw(st.integers(0, 2**40)),
    )


@st.composite
def models(draw: st.DrawFn) -> TrainedMatchModel:
    names = draw(st.lists(st.text(max_size=6), max_size=4, unique=True))
    parameters = tuple(draw(_parameters(name)) for name in names)
    prior = draw(st.floats(1e-13, 0.5))
    return TrainedMatchModel(
        parameters=parameters,
        prior_match_probability=prior,
        classes=tuple(draw(st.lists(_classes(parameters, prior), max_size=3))),
        frequencies=draw(st.dictionaries(st.text(max_size=6), _frequencies(), max_size=3)),
        n_records=draw(st.integers(0, 2**40)),
        block_cap=draw(st.none() | st.integers(2, 63)),
        attributes=draw(
            st.none() | st.frozensets(st.text(max_size=6), max_size=3).map(lambda each: tuple(sorted(each)))
        ),
        is_duplicate_free=draw(st.none() | st.booleans()),
        has_converged=draw(st.booleans()),
    )


@st.composite
def weighed_pairs(draw: st.DrawFn) -> tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]]:
    """A model with comparison vectors and rarities that fit it."""
    model = draw(models())
    n_pairs = draw(st.integers(0, 6))
    levels = np.array(
        [[draw(st.integers(-1, len(each.levels) - 1)) for each in model.outputs] for _ in range(n_pairs)], np.int8
    ).reshape(n_pairs, len(model.outputs))
    rarity = [[draw(st.floats(0, 40, width=32)) for _ in model.outputs] for _ in range(n_pairs)]
    return model, levels, np.array(rarity, np.float32).reshape(levels.shape)
