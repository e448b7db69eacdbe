"""The trained match model: what weighs pairs, as an immutable value.

A match model is learned once and used everywhere.  It holds probabilities and hashed frequencies, never a customer's
data, and its JSON form is the same on every machine.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ModelFormatError
from custid.scoring.em import EMHistory
from custid.scoring.frequencies import TermFrequencies, rarity_of

__all__ = ["OutputParameters", "PairWeights", "TrainedMatchModel", "rarity_adjustment", "sum_adjustments"]

FORMAT = "custid.match-model"
FORMAT_VERSION = 1
_MAX_RARITY_BITS = 8.7
_FLOOR = 1e-9
# A power of two, so that sums of adjustments are exact in float32, in whatever order they are added.
_ADJUSTMENT_STEPS_PER_BIT = 2.0**14


@frozen(kw_only=True, eq=False)
class OutputParameters:
    """What was learned of one comparison.

    Attributes
    ----------
    output : ComparisonOutput
        The comparison's output.
    m_probability, u_probability, h_probability : ndarray of float64, shape (n_levels,)
        Probability of each level given a match, given strangers, given two members of one household.
    """

    output: ComparisonOutput
    m_probability: NDArray[np.float64] = field(repr=False)
    u_probability: NDArray[np.float64] = field(repr=False)
    h_probability: NDArray[np.float64] = field(repr=False)

    def level_bits(self) -> NDArray[np.float64]:
        """Return log2(m / u) of each level, and 0 for null as the last element."""
        return _log_ratio(self.m_probability, self.u_probability)

    def household_bits(self) -> NDArray[np.float64]:
        """Return log2(h / u) of each level, and 0 for null as the last element."""
        return _log_ratio(self.h_probability, self.u_probability)


@frozen(kw_only=True, eq=False)
class PairWeights:
    """Match weights of pairs and what they are made of.

    Attributes
    ----------
    partial_bits : ndarray of float64, shape (n_pairs, n_outputs)
        Partial match weight of each comparison.
    household_bits : ndarray of float64, shape (n_pairs,)
        What the explanation "two members of one household" takes away; 0 or less.
    prior_bits : float
        Log-odds of a match before anything is compared.
    """

    partial_bits: NDArray[np.float64] = field(repr=False)
    household_bits: NDArray[np.float64] = field(repr=False)
    prior_bits: float

    @property
    def weight_bits(self) -> NDArray[np.float64]:
        """Match weight of each pair: prior, partial weights and household explanation added up."""
        return np.asarray(self.prior_bits + self.partial_bits.sum(axis=1) + self.household_bits, np.float64)


@frozen(kw_only=True, eq=False)
class TrainedMatchModel:
    """A trained match model.

    Attributes
    ----------
    parameters : tuple of OutputParameters
        One per column of the comparison vectors.
    prior_match_probability : float
        Share of matching pairs among all pairs, in (0, 1).
    prior_household_probability : float
        Share of pairs of members of one household; 0 without that class.
    frequencies : dict of str to TermFrequencies
        Frequencies of values by attribute.
    n_records : int
        Distinct records the model was trained on.
    has_converged : bool
        False when learning stopped at its bound of iterations.
    history : tuple of EMHistory
        Iterations of the learning.
    """

    parameters: tuple[OutputParameters, ...]
    prior_match_probability: float
    prior_household_probability: float
    frequencies: dict[str, TermFrequencies] = field(repr=False)
    n_records: int
    has_converged: bool = True
    history: tuple[EMHistory, ...] = field(default=(), repr=False)

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """The columns of the comparison vectors it was trained on."""
        return tuple(parameters.output for parameters in self.parameters)

    def rarity(self, attribute: str, values: Sequence[str]) -> NDArray[np.float32]:
        """Return -log2 of the frequency of values of an attribute, float32, shape (n_values,)."""
        return rarity_of(self.frequencies, attribute, values)

    def adjustments(
        self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return what rarity adds to the match and to the household explanation; see :func:`sum_adjustments`."""
        return sum_adjustments(
            self.outputs, [parameters.u_probability for parameters in self.parameters], levels, rarity_bits
        )

    def weight_bits(
        self, levels: NDArray[np.int8], match_bits: NDArray[np.float32], household_bits: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return the match weights of pairs.

        Parameters
        ----------
        levels : ndarray of int8, shape (n_pairs, n_outputs)
            Comparison vectors; -1 is null and contributes 0 bits.
        match_bits, household_bits : ndarray of float32, shape (n_pairs,)
            From :meth:`adjustments`.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            Match weight in bits, prior included.

        Notes
        -----
        The weight is log2 of the posterior odds of a match against anything else: with likelihood ratios M and H
        against strangers and class shares p, w = log2(p_M M) - log2(p_H H + p_U) (Fellegi and Sunter 1969, section 3,
        with a third class).
        """
        match = match_bits.astype(np.float64)
        household = household_bits.astype(np.float64)
        for position, parameters in enumerate(self.parameters):
            column = levels[:, position]
            match += parameters.level_bits()[column]
            household += parameters.household_bits()[column]
        return self._prior_bits() + match + self._household_explanation(household)

    def _prior_bits(self) -> float:
        p_m, p_h = self.prior_match_probability, self.prior_household_probability
        return float(np.log2(p_m / (1.0 - p_m - p_h)))

    def _household_explanation(self, household: NDArray[np.float64]) -> NDArray[np.float64]:
        p_m, p_h = self.prior_match_probability, self.prior_household_probability
        if p_h <= 0:
            return np.zeros(len(household))
        return np.asarray(-np.logaddexp2(0.0, household + np.log2(p_h / (1.0 - p_m - p_h))), np.float64)

    def explain(self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]) -> PairWeights:
        """Return the match weights of pairs in parts, one per comparison; they add up to :meth:`weight_bits`.

        Parameters
        ----------
        levels : ndarray of int8, shape (n_pairs, n_outputs)
            Comparison vectors.
        rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
            Rarity of the value agreed on at the closest level.

        Returns
        -------
        PairWeights
            In bits.
        """
        partial = np.empty(levels.shape, np.float64)
        household = np.zeros(len(levels), np.float64)
        for position, parameters in enumerate(self.parameters):
            column = levels[:, position]
            added = rarity_adjustment(parameters.output, parameters.u_probability, column, rarity_bits[:, position])
            partial[:, position] = parameters.level_bits()[column] + added
            household += parameters.household_bits()[column] + (0.0 if parameters.output.is_personal else added)
        return PairWeights(
            partial_bits=partial,
            household_bits=self._household_explanation(household),
            prior_bits=self._prior_bits(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the portable form: plain dicts, lists, numbers and text."""
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "prior_match_probability": self.prior_match_probability,
            "prior_household_probability": self.prior_household_probability,
            "n_records": self.n_records,
            "has_converged": self.has_converged,
            "comparisons": [_parameters_to_dict(parameters) for parameters in self.parameters],
            "frequencies": {name: _frequencies_to_dict(counted) for name, counted in sorted(self.frequencies.items())},
        }

    @classmethod
    def from_dict(cls, document: Any) -> TrainedMatchModel:
        """Return the model of a portable form.

        Raises
        ------
        ModelFormatError
            If the document is no match model, of another version, or has a part that is missing or out of its range.
        """
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ModelFormatError(
                f"match model: expected a document of format {FORMAT!r}.", hint="Use a file that custid has written."
            )
        if document.get("version") != FORMAT_VERSION:
            raise ModelFormatError(
                f"match model: expected format version {FORMAT_VERSION}, got {document.get('version')!r}.",
                hint="Install a release of custid that reads this version, or train the model anew.",
            )
        try:
            shares = _shares_from_dict(document)
            return cls(
                parameters=tuple(_parameters_from_dict(entry) for entry in document["comparisons"]),
                prior_match_probability=shares[0],
                prior_household_probability=shares[1],
                frequencies={name: _frequencies_from_dict(entry) for name, entry in document["frequencies"].items()},
                n_records=_whole(document["n_records"]),
                has_converged=_flag(document["has_converged"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ModelFormatError(
                f"match model: a part is missing or of another kind ({type(error).__name__}).",
                hint="Use the file as custid has written it.",
            ) from None

    def to_json(self) -> str:
        """Return the portable form as JSON text; equal models give equal text."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> TrainedMatchModel:
        """Return the model of a JSON text.

        Raises
        ------
        ModelFormatError
            As :meth:`from_dict` does, or if the text is not JSON.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise ModelFormatError(
                "match model: the text is not JSON.", hint="Use a file that custid has written."
            ) from None
        return cls.from_dict(document)

    def save(self, path: str | Path) -> None:
        """Write the JSON form to a file."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> TrainedMatchModel:
        """Read a file that :meth:`save` has written.

        Raises
        ------
        ModelFormatError
            If it is no match model.
        OSError
            If it cannot be opened.
        """
        return cls.from_json(Path(path).read_text(encoding="utf-8", errors="replace"))


def rarity_adjustment(
    output: ComparisonOutput,
    u_probability: NDArray[np.float64],
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return what the rarity of the agreed value adds to the weight of the closest level.

    The closest level's own weight rests on the mean chance u that strangers agree; for a value of frequency f the
    chance is f instead, which adds log2(u / f), limited to 8.7 bits either way (a factor of 400).

    Parameters
    ----------
    output : ComparisonOutput
        The comparison.
    u_probability : ndarray of float64, shape (n_levels,)
        Its u probabilities.
    levels : ndarray of int8, shape (n_pairs,)
        Levels of the pairs.
    rarity_bits : ndarray of float32, shape (n_pairs,)
        -log2 f of the values agreed on.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Bits, in steps of 2**-14; 0 below the closest level.
    """
    if not output.has_rarity:
        return np.zeros(len(levels))
    is_top = levels == len(output.levels) - 1
    added = np.clip(rarity_bits.astype(np.float64) + np.log2(u_probability[-1]), -_MAX_RARITY_BITS, _MAX_RARITY_BITS)
    return np.where(is_top, np.rint(added * _ADJUSTMENT_STEPS_PER_BIT) / _ADJUSTMENT_STEPS_PER_BIT, 0.0)


def sum_adjustments(
    outputs: Sequence[ComparisonOutput],
    u_probabilities: Sequence[NDArray[np.float64]],
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Add up :func:`rarity_adjustment` over the comparisons, for a match and for two members of a household.

    Members of a household agree on a personal attribute by chance, whatever its value; so those count for a match only.

    Parameters
    ----------
    outputs : sequence of ComparisonOutput, length n_outputs
        The comparisons.
    u_probabilities : sequence of ndarray of float64
        Their u probabilities.
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors.
    rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
        Rarity of the values agreed on.

    Returns
    -------
    match_bits, household_bits : ndarray of float32, shape (n_pairs,)
        Bits.
    """
    match = np.zeros(len(levels), np.float64)
    household = np.zeros(len(levels), np.float64)
    for position, (output, u_probability) in enumerate(zip(outputs, u_probabilities, strict=True)):
        added = rarity_adjustment(output, u_probability, levels[:, position], rarity_bits[:, position])
        match += added
        if not output.is_personal:
            household += added
    return match.astype(np.float32), household.astype(np.float32)


def _log_ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.append(np.log2(numerator + _FLOOR) - np.log2(denominator + _FLOOR), 0.0)


def _parameters_to_dict(parameters: OutputParameters) -> dict[str, Any]:
    output = parameters.output
    return {
        "name": output.name,
        "attribute": output.attribute,
        "is_personal": output.is_personal,
        "has_rarity": output.has_rarity,
        "levels": [
            {"label": label, "m": m, "u": u, "h": h}
            for label, m, u, h in zip(
                output.levels,
                parameters.m_probability.tolist(),
                parameters.u_probability.tolist(),
                parameters.h_probability.tolist(),
                strict=True,
            )
        ],
    }


def _parameters_from_dict(entry: dict[str, Any]) -> OutputParameters:
    levels = entry["levels"]
    return OutputParameters(
        output=ComparisonOutput(
            name=_text(entry["name"]),
            attribute=_text(entry["attribute"]),
            levels=tuple(_text(level["label"]) for level in levels),
            is_personal=_flag(entry["is_personal"]),
            has_rarity=_flag(entry["has_rarity"]),
        ),
        m_probability=np.array([_share(level["m"]) for level in levels]),
        u_probability=np.array([_share(level["u"]) for level in levels]),
        h_probability=np.array([_share(level["h"]) for level in levels]),
    )


def _shares_from_dict(document: dict[str, Any]) -> tuple[float, float]:
    match, household = _share(document["prior_match_probability"]), _share(document["prior_household_probability"])
    if match <= 0 or match + household >= 1:
        raise ValueError("shares of all pairs")
    return match, household


def _frequencies_to_dict(counted: TermFrequencies) -> dict[str, Any]:
    return {
        "total": counted.total,
        "hashes": base64.b64encode(counted.hashes.astype("<u8").tobytes()).decode("ascii"),
        "counts": counted.counts.tolist(),
    }


def _frequencies_from_dict(entry: dict[str, Any]) -> TermFrequencies:
    hashes = np.frombuffer(base64.b64decode(entry["hashes"], validate=True), "<u8").astype(np.uint64)
    counts = np.array([_whole(count) for count in entry["counts"]], np.int64)
    if len(hashes) != len(counts) or (counts < 2).any() or (hashes[1:] <= hashes[:-1]).any():
        raise ValueError("as many counts as hashes, values seen twice or more, hashes ascending")
    return TermFrequencies(hashes=hashes, counts=counts, total=_whole(entry["total"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a whole number")
    return value


def _share(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise TypeError("a share")
    return float(value)
