"""Learning by expectation maximization."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import custid
from custid.errors import ConfigurationError, ShapeMismatchError
from custid.scoring.classes import PairClass
from custid.scoring.em import EMOptions, LearnedParameters, PairSample, fit_classes, start_m_probabilities
from custid.testing import synthetic_organizations
from tests.oracles import mixture

_M = (np.array([0.03, 0.07, 0.9]), np.array([0.1, 0.1, 0.8]), np.array([0.02, 0.98]), np.array([0.05, 0.05, 0.9]))
_U = (np.array([0.95, 0.04, 0.01]), np.array([0.9, 0.08, 0.02]), np.array([0.5, 0.5]), np.array([0.97, 0.02, 0.01]))
_PERSONAL = (True, False, True, False)
_HOUSEHOLD = PairClass(name="household", shares=(0.0, None, 0.0, None))
_H = (_U[0], np.array([0.2, 0.1, 0.7]), _U[2], np.array([0.1, 0.1, 0.8]))


def drawn(shares: Sequence[NDArray[np.float64]], n_pairs: int, random: np.random.Generator) -> NDArray[np.int8]:
    """Return comparison vectors of pairs of one class; one value in ten is missing."""
    columns = [random.choice(len(each), n_pairs, p=each) for each in shares]
    levels = np.stack(columns, axis=1).astype(np.int8)
    levels[random.random(levels.shape) < 0.1] = -1
    return levels


def simulated(n_match: int, n_household: int, n_strangers: int, seed: int = 1) -> PairSample:
    """Return pairs of three classes, all pairs that there are, in random order."""
    random = np.random.default_rng(seed)
    classes = ((_M, n_match), (_H, n_household), (_U, n_strangers))
    levels = np.concatenate([drawn(shares, count, random) for shares, count in classes])
    return sample_of(levels[random.permutation(len(levels))])


def sample_of(levels: NDArray[np.int8], bits: NDArray[np.float32] | None = None, *, n_elsewhere: int = 0) -> PairSample:
    """Return a sample of which every pair stands for itself."""
    bits = np.zeros((len(levels), 2), np.float32) if bits is None else bits
    return PairSample(
        levels=levels,
        rarity_bits=bits,
        weight=1.0,
        n_records=1000,
        n_pairs=float(max(len(levels) + n_elsewhere, 1)),
    )


def fit(sample: PairSample, options: EMOptions | None = None) -> LearnedParameters:
    """Learn, nothing being fixed."""
    return fit_classes(sample, _U, (_HOUSEHOLD,), options or EMOptions())


def test_known_shares_are_recovered() -> None:
    """From pairs of three classes, EM finds m, h and how many pairs each class has."""
    learned = fit(simulated(4_000, 3_000, 60_000), EMOptions(prior_weight=0.0, max_iterations=500, tolerance=1e-5))
    assert learned.has_converged
    assert learned.prior_match == pytest.approx(4 / 67, rel=0.06)
    assert learned.prior_classes[0] == pytest.approx(3 / 67, rel=0.1)
    for position in range(4):
        assert learned.m[position] == pytest.approx(_M[position], abs=0.04)
        assert learned.of_classes[0][position] == pytest.approx(_H[position], abs=0.06)


def test_without_households() -> None:
    """With two classes, EM finds m and the share of matches."""
    learned = fit(
        simulated(3_000, 0, 60_000), EMOptions(prior_weight=0.0, has_alternative_classes=False, tolerance=1e-6)
    )
    assert learned.prior_classes == ()
    assert learned.prior_match == pytest.approx(3 / 63, rel=0.05)
    for position in range(4):
        assert learned.m[position] == pytest.approx(_M[position], abs=0.03)


def test_households_are_not_taken_for_matches() -> None:
    """Without the class for households, members of one are counted as matches; with it they are not."""
    sample = simulated(2_000, 4_000, 60_000)
    options = EMOptions(prior_weight=0.0, tolerance=1e-6, max_iterations=300)
    assert fit(sample, options).prior_match * 66_000 == pytest.approx(2_000, rel=0.15)
    assert fit(sample, evolve(options, has_alternative_classes=False)).prior_match * 66_000 > 4_000


def penalty(learned: LearnedParameters, start_top: float) -> float:
    """Return the logarithm of the Dirichlet densities of the learned shares, up to a constant."""
    total = 0.0
    for position, u in enumerate(_U):
        start = start_m_probabilities(len(u), start_top)
        total += float((start * np.log(learned.m[position])).sum())
        if not _PERSONAL[position]:
            total += float(((0.5 * u + 0.5 * start) * np.log(learned.of_classes[0][position])).sum())
    return total


def test_the_objective_never_falls() -> None:
    """Each iteration raises the log-likelihood plus the logarithm of the Dirichlet density."""
    sample = simulated(300, 200, 4_000, seed=5)
    options = EMOptions(prior_weight=0.0, tolerance=0.0)
    objective = []
    for n_iterations in range(1, 25):
        learned = fit(sample, evolve(options, max_iterations=n_iterations))
        after = fit(sample, evolve(options, max_iterations=n_iterations + 1)).history[-1].log_likelihood
        objective.append(after + penalty(learned, options.start_top))
    assert (np.diff(objective) > -1e-6).all()
    assert objective[-1] > objective[0]


def test_shrinkage_does_not_lower_the_likelihood_much() -> None:
    """With its default weight the prior keeps the likelihood from falling by more than a part in a thousand."""
    history = fit(simulated(300, 200, 4_000, seed=5), EMOptions(tolerance=0.0, max_iterations=40)).history
    values = np.array([entry.log_likelihood for entry in history])
    assert (np.diff(values) > -1e-3 * np.abs(values[1:])).all()


samples = st.integers(0, 12).flatmap(
    lambda n_pairs: st.tuples(
        st.lists(
            st.tuples(st.integers(-1, 2), st.integers(-1, 2), st.integers(-1, 1), st.integers(-1, 2)),
            min_size=n_pairs,
            max_size=n_pairs,
        ),
        st.lists(
            st.tuples(st.sampled_from((0.0, 0.0, 1.5, -3.0)), st.sampled_from((0.0, 2.0))),
            min_size=n_pairs,
            max_size=n_pairs,
        ),
    )
)
Drawn = tuple[list[tuple[int, int, int, int]], list[tuple[float, float]]]


def as_sample(made: Drawn, n_elsewhere: int = 0) -> PairSample:
    """Return the sample of some pairs and their adjustments."""
    levels = np.array(made[0], np.int8).reshape(-1, 4)
    return sample_of(levels, np.array(made[1], np.float32).reshape(-1, 2), n_elsewhere=n_elsewhere)


@given(samples)
def test_one_step_pair_by_pair(made: Drawn) -> None:
    """One iteration finds the shares and the likelihood that a walk over all pairs finds."""
    options = EMOptions(max_iterations=1, prior_weight=0.0)
    n_elsewhere = 30
    sample = as_sample(made, n_elsewhere)
    learned = fit(sample, options)
    start = [start_m_probabilities(len(u), options.start_top) for u in _U]
    h = [u if personal else 0.5 * u + 0.5 * m for u, m, personal in zip(_U, start, _PERSONAL, strict=True)]
    share = min(0.25, options.matches_per_record * sample.n_records / sample.n_pairs)
    other = min(0.15, share)
    arguments = (made[0], made[1], start, h, _U, (share, other))
    found = mixture.posteriors(*arguments)
    n_match = sum(match for match, _ in found)
    assert learned.prior_match == pytest.approx(min(0.5, (n_match + 0.5) / (sample.n_pairs + 1.5)), rel=1e-6)
    for position, shares in enumerate(learned.m):
        counts = start[position].copy()
        for row, (match, _) in zip(made[0], found, strict=True):
            if row[position] >= 0:
                counts[row[position]] += match
        assert shares == pytest.approx(counts / counts.sum(), rel=1e-6)
    expected = mixture.log_likelihood(*arguments) + n_elsewhere * np.log(1 - share - other)
    assert learned.history[0].log_likelihood == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(samples.flatmap(lambda made: st.tuples(st.just(made), st.permutations(range(len(made[0]))))))
def test_order_of_pairs_does_not_matter(made: tuple[Drawn, list[int]]) -> None:
    """Pairs in another order give the same parameters to the last digit."""
    (levels, bits), order = made
    learned = fit(as_sample((levels, bits), 100))
    other = fit(as_sample(([levels[each] for each in order], [bits[each] for each in order]), 100))
    assert other.prior_match == learned.prior_match
    assert other.history == learned.history
    assert [each.tolist() for each in other.m] == [each.tolist() for each in learned.m]


@pytest.mark.parametrize("n_outputs", [7, 8, 9, 17])
def test_every_output_counts(n_outputs: int) -> None:
    """Pairs that differ in the last of many outputs alone are told apart."""
    random = np.random.default_rng(2)
    levels = np.ones((200, n_outputs), np.int8)
    levels[:, -1] = random.integers(-1, 3, 200)
    u = [_U[0]] * n_outputs
    options = EMOptions(max_iterations=1, prior_weight=0.0)
    learned = fit_classes(sample_of(levels), u, [PairClass(name="household", shares=(None,) * n_outputs)], options)
    start = start_m_probabilities(3, options.start_top)
    h = 0.5 * u[0] + 0.5 * start
    rows, bits = levels.tolist(), [(0.0, 0.0)] * 200
    found = mixture.posteriors(rows, bits, [start] * n_outputs, [h] * n_outputs, u, (0.25, 0.15))
    counts = start.copy()
    for row, (match, _) in zip(rows, found, strict=True):
        if row[-1] >= 0:
            counts[row[-1]] += match
    assert learned.m[-1] == pytest.approx(counts / counts.sum(), rel=1e-5)


def test_weighed_pairs_are_repeated_pairs() -> None:
    """A sample in which each pair stands for three gives what three copies of it give."""
    sample = simulated(200, 100, 2_000)
    once = fit(evolve(sample, weight=3.0, n_pairs=3 * sample.n_pairs))
    levels = np.repeat(sample.levels, 3, axis=0)
    thrice = fit(sample_of(levels))
    assert once.prior_match == pytest.approx(thrice.prior_match)
    assert once.m[0] == pytest.approx(thrice.m[0])


def test_probabilities_stay_probabilities() -> None:
    """Every m and h is positive and sums to 1, and strangers are possible, even if all pairs agree."""
    for level in (-1, 0, 1):
        learned = fit(sample_of(np.full((500, 4), level, np.int8)))
        for shares in (*learned.m, *learned.of_classes[0]):
            assert shares.sum() == pytest.approx(1.0)
            assert shares.min() > 0
        assert 0 < learned.prior_match <= 0.5
        assert 0 < learned.prior_classes[0] <= 0.15


@pytest.mark.parametrize("n_records", [0, 1, 1000])
def test_no_pairs(n_records: int) -> None:
    """Without a pair the start values remain, and half a pair speaks for a match."""
    sample = evolve(sample_of(np.zeros((0, 4), np.int8)), n_records=n_records)
    learned = fit(sample)
    assert learned.has_converged
    assert learned.prior_match == pytest.approx(0.5 / 2.5)
    for position in range(4):
        assert learned.m[position] == pytest.approx(start_m_probabilities(len(_U[position]), 0.85))


def test_no_outputs() -> None:
    """Without anything to compare nothing is learned but the shares."""
    sample = sample_of(np.zeros((5, 0), np.int8))
    learned = fit_classes(sample, [], [PairClass(name="household", shares=())], EMOptions())
    assert (learned.m, learned.of_classes) == ((), ((),))


def test_what_is_fixed_stays() -> None:
    """In a household, personal outputs agree by chance, and those of a given share as often as matches do by it."""
    sample = simulated(300, 300, 5_000)
    learned = fit_classes(sample, _U, [evolve(_HOUSEHOLD, shares=(0.0, 0.05, 0.0, None))], EMOptions())
    assert learned.of_classes[0][0].tolist() == _U[0].tolist()
    assert learned.of_classes[0][1] == pytest.approx(0.95 * _U[1] + 0.05 * learned.m[1])
    assert learned.of_classes[0][3][-1] > 10 * _U[3][-1]


def test_the_bound_of_iterations() -> None:
    """Learning that stops at its bound says so."""
    learned = fit(simulated(300, 300, 5_000), EMOptions(max_iterations=2, tolerance=0.0))
    assert (len(learned.history), learned.has_converged) == (2, False)


def test_start_values() -> None:
    """The closest level has the given probability, the others halve with each step down."""
    assert start_m_probabilities(2, 0.85) == pytest.approx([0.15, 0.85])
    assert start_m_probabilities(4, 0.3) == pytest.approx([0.1, 0.2, 0.4, 0.3])


def test_samples_that_do_not_fit() -> None:
    """A sample has one row of adjustments per pair, and one column per class."""
    sample = sample_of(np.zeros((3, 4), np.int8))
    with pytest.raises(ShapeMismatchError, match="pair sample: expected levels and rarity bits of two dimensions"):
        evolve(sample, rarity_bits=np.zeros((2, 2), np.float32))
    with pytest.raises(ShapeMismatchError, match="pair sample: expected levels and rarity bits of two dimensions"):
        sample_of(np.zeros(3, np.int8))
    with pytest.raises(ShapeMismatchError, match="expected rarity bits of 3 classes, got 2"):
        fit_classes(sample, _U, [_HOUSEHOLD, _HOUSEHOLD], EMOptions())


def test_outputs_that_do_not_fit() -> None:
    """There is one list of u probabilities per output."""
    with pytest.raises(ShapeMismatchError, match=r"class shares for 4 outputs, got 3 and \[4\]"):
        fit_classes(sample_of(np.zeros((3, 4), np.int8)), _U[:3], [_HOUSEHOLD], EMOptions())


def test_options_out_of_range() -> None:
    """Options that cannot work are reported together."""
    options = EMOptions(max_iterations=0, start_top=1.0, prior_weight=-1.0, matches_per_record=0.0)
    with pytest.raises(ConfigurationError, match=r"max_iterations.*start_top.*prior_weight.*matches_per_record"):
        fit(sample_of(np.zeros((3, 4), np.int8)), options)


def test_three_explanations_are_told_apart() -> None:
    """Pairs of a third class, which agree on other things than a household does, are taken for neither."""
    random = np.random.default_rng(3)
    neighbors = (_U[0], _U[1], _U[2], np.array([0.1, 0.1, 0.8]))
    drawn_of = ((_M, 3_000), (_H, 3_000), (neighbors, 3_000), (_U, 60_000))
    levels = np.concatenate([drawn(shares, count, random) for shares, count in drawn_of])
    sample = sample_of(levels, np.zeros((len(levels), 3), np.float32))
    classes = (_HOUSEHOLD, PairClass(name="neighborhood", shares=(0.0, 0.0, 0.0, None)))
    learned = fit_classes(sample, _U, classes, EMOptions(prior_weight=0.0, max_iterations=500, tolerance=1e-6))
    assert learned.prior_match == pytest.approx(3 / 69, rel=0.1)
    assert learned.prior_classes == pytest.approx((3 / 69, 3 / 69), rel=0.25)


_MOVED = PairClass(name="moved", shares=(1.0, 1.0, 0.0, 0.0), is_match=True)


def moving(n_stayed: int, n_moved: int, n_strangers: int, seed: int = 6) -> PairSample:
    """Return pairs of matches of whom some agree on the last two outputs by chance."""
    random = np.random.default_rng(seed)
    drawn_of = ((_M, n_stayed), ((*_M[:2], *_U[2:]), n_moved), (_U, n_strangers))
    return sample_of(np.concatenate([drawn(shares, count, random) for shares, count in drawn_of]))


def test_who_moved_is_told_from_who_stayed() -> None:
    """Both classes of matches are learned; on what both agree m is that of both, elsewhere that of who stayed."""
    options = EMOptions(prior_weight=0.0, max_iterations=500, tolerance=1e-6)
    learned = fit_classes(moving(6_000, 2_000, 60_000), _U, [_MOVED], options)
    assert learned.prior_match == pytest.approx(8 / 68, rel=0.06)
    assert learned.prior_classes[0] == pytest.approx(2 / 68, rel=0.1)
    assert learned.history[-1].prior_match == learned.prior_match
    for position in range(4):
        assert learned.m[position] == pytest.approx(_M[position], abs=0.04)
        expected = learned.m[position] if position < 2 else _U[position]
        assert learned.of_classes[0][position].tolist() == expected.tolist()
    alone = fit_classes(moving(6_000, 2_000, 60_000), _U, [], options)
    assert alone.m[3][-1] < learned.m[3][-1] - 0.1


def test_what_is_only_alike_is_the_same_by_chance() -> None:
    """Of an output that is only alike, the closest level is that of strangers, and the others are learned."""
    sample = simulated(2_000, 2_000, 20_000)
    alike = evolve(_HOUSEHOLD, only_alike=(False, True, False, False))
    learned = fit_classes(sample, _U, [alike], EMOptions()).of_classes[0]
    assert learned[1][-1] == _U[1][-1]
    assert learned[1].sum() == pytest.approx(1.0)
    assert learned[3][-1] > 10 * _U[3][-1]


def test_no_more_have_moved_than_have_not() -> None:
    """A class of matches is no larger than that of all other matches, whatever the data."""
    learned = fit_classes(moving(0, 6_000, 60_000), _U, [_MOVED], EMOptions(tolerance=0.0, max_iterations=30))
    assert learned.prior_classes[0] <= learned.prior_match / 2


@pytest.mark.parametrize("n_classes", [1, 3, 4, 8])
def test_strangers_stay_possible(n_classes: int) -> None:
    """Whatever the number of classes, their shares and that of matches are less than all."""
    levels = np.concatenate([drawn(_M, 50, np.random.default_rng(1)), drawn(_H, 400, np.random.default_rng(2))])
    classes = [evolve(_HOUSEHOLD, name=str(number)) for number in range(n_classes)]
    sample = sample_of(levels, np.zeros((len(levels), 1 + n_classes), np.float32))
    for each in fit_classes(sample, _U, classes, EMOptions(tolerance=0.0)).history:
        assert each.prior_match + sum(each.prior_classes) <= 0.95


def test_what_tells_apart_keeps_matches_apart_where_there_are_none() -> None:
    """Of households without a match EM takes hardly any for matches if these must agree on what tells apart."""
    sample = simulated(0, 4_000, 60_000)
    options = EMOptions(has_alternative_classes=False)
    free = fit_classes(sample, _U, (), options)
    bound = fit_classes(sample, _U, (), options, tells_apart=(True, False, True, False))
    assert free.prior_match * 64_000 > 3_000
    assert bound.prior_match * 64_000 < 0.7 * free.prior_match * 64_000
    for position, n_levels in ((0, 2), (2, 1)):
        assert bound.m[position][:n_levels].sum() <= 0.25 * _U[position][:n_levels].sum() + 1e-12
        assert bound.m[position].sum() == pytest.approx(1.0)


def test_the_bound_does_nothing_where_matches_agree() -> None:
    """Matches that agree are learned to the bit as without the bound."""
    sample = simulated(4_000, 3_000, 60_000)
    bound = fit_classes(sample, _U, (_HOUSEHOLD,), EMOptions(), tells_apart=(True, False, True, False))
    for ours, theirs in zip(bound.m, fit(sample).m, strict=True):
        assert np.array_equal(ours, theirs)


def test_learning_goes_on_while_other_classes_move() -> None:
    """The share of matches may stand still for a moment: learning ends when those of other classes do, too."""
    made = synthetic_organizations(600, seed=20).records
    model = custid.train(made.drop_columns(["siren", "siret"]))
    assert model.has_converged
    before, last = model.history[-2:]
    for was, is_now in zip(before.prior_classes, last.prior_classes, strict=True):
        assert abs(is_now - was) < 0.01 * max(was, before.prior_match)
