"""The trained match model: what weighs pairs, as an immutable value.

A match model is learned once and used everywhere.  It holds probabilities and hashed frequencies, never a customer's
data, and its JSON form is the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid._json import json_value
from custid._whole_files import whole_file
from custid.comparison.comparison import ComparisonOutput
from custid.errors import ConfigurationError, ModelFormatError
from custid.scoring._portable import flag, frequencies_from_dict, frequencies_to_dict, optional, share, text, whole
from custid.scoring.em import EMHistory
from custid.scoring.frequencies import TermFrequencies, rarity_of
from custid.scoring.weights import (
    LEAST_BITS,
    either_match,
    log_ratio_bits,
    rarity_adjustment,
    sum_adjustments,
    taken_by_classes,
)

__all__ = [
    "OutputParameters",
    "PairWeights",
    "TrainedClass",
    "TrainedMatchModel",
]

FORMAT = "custid.match-model"
FORMAT_VERSION = 3
_VERSIONS_READ = (1, 2, FORMAT_VERSION)
_HAS_CLASSES_OF_MATCHES = 3
_LEAST_CAP, _LARGEST_CAP = 2, 63


@frozen(kw_only=True, eq=False)
class OutputParameters:
    """What was learned of one comparison.

    Attributes
    ----------
    output : ComparisonOutput
        The comparison's output.
    m_probability, u_probability : ndarray of float64, shape (n_levels,)
        Probability of each level given a match, and given strangers; of a part of an address, given a match of those
        who have not moved.
    """

    output: ComparisonOutput
    m_probability: NDArray[np.float64] = field(repr=False)
    u_probability: NDArray[np.float64] = field(repr=False)

    def level_bits(self) -> NDArray[np.float64]:
        """Return log2(m / u) of each level, and 0 for null as the last element."""
        return log_ratio_bits(self.m_probability, self.u_probability)


@frozen(kw_only=True, eq=False)
class TrainedClass:
    """What was learned of a class of pairs beside matches and strangers; see :mod:`custid.scoring.classes`.

    Attributes
    ----------
    name : str
        ``"household"``, ``"namesakes"``, ``"company"``, ``"premises"``, ``"neighborhood"`` or ``"moved"``.
    prior_probability : float
        Share of such pairs among all pairs.
    is_by_chance : tuple of bool
        For each comparison, whether such pairs agree on it by chance only, whatever the value.
    probabilities : tuple of ndarray of float64
        For each comparison the probability of each level.
    is_match : bool
        Whether such pairs are matches, with something by chance that other matches agree on.
    """

    name: str
    prior_probability: float
    is_by_chance: tuple[bool, ...] = field(repr=False)
    probabilities: tuple[NDArray[np.float64], ...] = field(repr=False)
    is_match: bool = False


@frozen(kw_only=True, eq=False)
class PairWeights:
    """Match weights of pairs and what they are made of.

    Attributes
    ----------
    partial_bits : ndarray of float64, shape (n_pairs, n_outputs)
        Partial match weight of each comparison.
    match_bits : ndarray of float64, shape (n_pairs, n_classes)
        Log-odds against strangers of each class that is a match.
    class_bits : ndarray of float64, shape (n_pairs, n_classes)
        Log-odds against strangers of each class that is none.
    prior_bits : float
        Log-odds of a match of no further class against strangers before anything is compared.
    """

    partial_bits: NDArray[np.float64] = field(repr=False)
    match_bits: NDArray[np.float64] = field(repr=False)
    class_bits: NDArray[np.float64] = field(repr=False)
    prior_bits: float

    @property
    def moved_bits(self) -> NDArray[np.float64]:
        """What it gives back that the customer may have moved, 0 or more, shape (n_pairs,)."""
        return either_match(self.stayed_bits, self.match_bits) - self.stayed_bits

    @property
    def alternative_bits(self) -> NDArray[np.float64]:
        """What other explanations of the agreement take away, 0 or less, shape (n_pairs,)."""
        return taken_by_classes(self.class_bits)

    @property
    def weight_bits(self) -> NDArray[np.float64]:
        """Match weight of each pair: prior, partial weights, what moving gives back and other explanations added up."""
        return either_match(self.stayed_bits, self.match_bits) + self.alternative_bits

    @property
    def stayed_bits(self) -> NDArray[np.float64]:
        """Log-odds against strangers of a match of no further class, shape (n_pairs,)."""
        return np.asarray(self.prior_bits + self.partial_bits.sum(axis=1), np.float64)


@frozen(kw_only=True, eq=False)
class TrainedMatchModel:
    """A trained match model.

    Attributes
    ----------
    parameters : tuple of OutputParameters
        One per column of the comparison vectors.
    prior_match_probability : float
        Share of matching pairs among all pairs, in (0, 1), of whichever class.
    classes : tuple of TrainedClass
        Classes of pairs beside matches and strangers.
    frequencies : dict of str to TermFrequencies
        By attribute how often values occur, and words of names and addresses
        (:func:`~custid.scoring.frequencies.count_terms`, :func:`~custid.scoring.frequencies.note_word_counts`).
    n_records : int
        Distinct records the model was trained on.
    block_cap : int or None
        Records in the largest block that was looked at in training, 2 to 63; runs with this model look at blocks up to
        it.  None where it is not known: each run finds one by its budget of pairs.
    attributes : tuple of str or None
        Attributes of the training data, sorted; runs with this model look at these and no others.  None where they are
        not known: the data have to give just the comparisons of the model.
    is_duplicate_free : bool or None
        Whether sources were taken to be free of duplicates, which :func:`custid.link` then takes them to be with this
        model; None where that is not known, or sources did not matter.
    has_converged : bool
        False when learning stopped at its bound of iterations.
    history : tuple of EMHistory
        Iterations of the learning.
    n_labels : int
        Labels that its weights were taught by (:func:`custid.steering.teach`); 0 for what was learned from data alone.
    """

    parameters: tuple[OutputParameters, ...]
    prior_match_probability: float
    classes: tuple[TrainedClass, ...] = field(repr=False)
    frequencies: dict[str, TermFrequencies] = field(repr=False)
    n_records: int
    block_cap: int | None = None
    attributes: tuple[str, ...] | None = None
    is_duplicate_free: bool | None = None
    has_converged: bool = True
    history: tuple[EMHistory, ...] = field(default=(), repr=False)
    n_labels: int = 0

    def __attrs_post_init__(self) -> None:
        of_matches, of_others = (
            sum(each.prior_probability for each in self.classes if each.is_match == is_match)
            for is_match in (True, False)
        )
        match = self.prior_match_probability
        if not of_matches < match < 1.0 - of_others:
            raise ConfigurationError(
                f"prior_match_probability: expected more than {of_matches:.3g}, the share of matches that moved, and "
                f"less than {1.0 - of_others:.3g}, what the other classes leave; got {match:.3g}.",
                hint="Give classes= that fit.",
            )

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """The columns of the comparison vectors it was trained on."""
        return tuple(parameters.output for parameters in self.parameters)

    def rarity(self, attribute: str, values: Sequence[str]) -> NDArray[np.float32]:
        """Return -log2 of the frequency of values of an attribute, float32, shape (n_values,)."""
        return rarity_of(self.frequencies, attribute, values)

    def adjustments(self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what rarity adds to each class (:func:`~custid.scoring.weights.sum_adjustments`), matches first."""
        return sum_adjustments(
            self.outputs,
            [parameters.u_probability for parameters in self.parameters],
            [each.is_by_chance for each in self.classes],
            levels,
            rarity_bits,
        )

    def weight_bits(self, levels: NDArray[np.int8], adjustments: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the match weights of pairs.

        Parameters
        ----------
        levels : ndarray of int8, shape (n_pairs, n_outputs)
            Comparison vectors; -1 is null and contributes 0 bits.
        adjustments : ndarray of float32, shape (n_pairs, 1 + n_classes)
            From :meth:`adjustments`.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            Match weight in bits, prior included; -25 (:data:`~custid.scoring.weights.LEAST_BITS`) where it is less.

        Notes
        -----
        The weight is log2 of the posterior odds of a match against anything else: with likelihood ratios M and C
        against strangers and class shares p, w = log2(sum of p_M M over the classes that are matches) - log2(p_U + sum
        of p_C C over those that are none) (Fellegi and Sunter 1969, section 3, with more classes than two).
        """
        match = adjustments[:, 0].astype(np.float64)
        for position, parameters in enumerate(self.parameters):
            match += parameters.level_bits()[levels[:, position]]
        class_bits = np.empty((len(levels), len(self.classes)))
        for number, each in enumerate(self.classes):
            class_bits[:, number] = adjustments[:, 1 + number].astype(np.float64) + self.class_prior_bits(each)
            for position, bits in enumerate(self.class_level_bits(each)):
                class_bits[:, number] += bits[levels[:, position]]
        is_match = self._are_matches
        either = either_match(self.prior_bits + match, class_bits[:, is_match])
        return np.maximum(either + taken_by_classes(class_bits[:, ~is_match]), LEAST_BITS)

    @property
    def alternatives(self) -> tuple[TrainedClass, ...]:
        """The classes of pairs that are no matches."""
        return tuple(each for each in self.classes if not each.is_match)

    @property
    def _are_matches(self) -> NDArray[np.bool_]:
        return np.array([each.is_match for each in self.classes], np.bool_)

    def _prior_of_strangers(self) -> float:
        return 1.0 - self.prior_match_probability - sum(each.prior_probability for each in self.alternatives)

    @property
    def prior_bits(self) -> float:
        """Log-odds of a match of no further class against strangers before anything is compared."""
        of_classes = sum(each.prior_probability for each in self.classes if each.is_match)
        return float(np.log2((self.prior_match_probability - of_classes) / self._prior_of_strangers()))

    def class_prior_bits(self, each: TrainedClass) -> float:
        """Return the log-odds of a further class against strangers before anything is compared."""
        return float(np.log2(each.prior_probability / self._prior_of_strangers()))

    def class_level_bits(self, each: TrainedClass) -> list[NDArray[np.float64]]:
        """Return for each comparison what its levels weigh for a further class, and 0 for null as the last element."""
        return [
            log_ratio_bits(shares, parameters.u_probability)
            for shares, parameters in zip(each.probabilities, self.parameters, strict=True)
        ]

    def explain(self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]) -> PairWeights:
        """Return the match weights of pairs in parts, one per comparison; they add up to :meth:`weight_bits` or less.

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
        class_bits = np.empty((len(levels), len(self.classes)))
        class_bits[:] = [self.class_prior_bits(each) for each in self.classes]
        class_levels = [self.class_level_bits(each) for each in self.classes]
        for position, parameters in enumerate(self.parameters):
            column = levels[:, position]
            added = rarity_adjustment(parameters.output, parameters.u_probability, column, rarity_bits[:, position])
            partial[:, position] = parameters.level_bits()[column] + added
            for number, each in enumerate(self.classes):
                class_bits[:, number] += class_levels[number][position][column]
                if not each.is_by_chance[position]:
                    class_bits[:, number] += added
        is_match = self._are_matches
        return PairWeights(
            partial_bits=partial,
            match_bits=class_bits[:, is_match],
            class_bits=class_bits[:, ~is_match],
            prior_bits=self.prior_bits,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the portable form: plain dicts, lists, numbers and text."""
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "prior_match_probability": self.prior_match_probability,
            "classes": [_class_to_dict(each) for each in self.classes],
            "n_records": self.n_records,
            "block_cap": self.block_cap,
            "attributes": None if self.attributes is None else list(self.attributes),
            "is_duplicate_free": self.is_duplicate_free,
            "has_converged": self.has_converged,
            "n_labels": self.n_labels,
            "comparisons": [_parameters_to_dict(parameters) for parameters in self.parameters],
            "frequencies": {name: frequencies_to_dict(counted) for name, counted in sorted(self.frequencies.items())},
        }

    @classmethod
    def from_dict(cls, document: Any) -> TrainedMatchModel:
        """Return the model of a portable form.

        What files of format version 1 did not hold is missing in the model, and told from the records of each run.  No
        class of versions 1 and 2 is a match.

        Raises
        ------
        ModelFormatError
            If the document is no match model, of another version, or has a part that is missing or out of its range.
        """
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ModelFormatError(
                f"match model: expected a document of format {FORMAT!r}.", hint="Use a file that custid has written."
            )
        version = document.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version not in _VERSIONS_READ:
            raise ModelFormatError(
                f"match model: expected format version 1 to {FORMAT_VERSION}, got {version!r}.",
                hint="Install a release of custid that reads this version, or train the model anew.",
            )
        try:
            parameters = tuple(_parameters_from_dict(entry) for entry in document["comparisons"])
            classes = tuple(_class_from_dict(entry, parameters, version) for entry in document["classes"])
            return cls(
                parameters=parameters,
                prior_match_probability=share(document["prior_match_probability"]),
                classes=classes,
                frequencies={
                    name: frequencies_from_dict(entry, version) for name, entry in document["frequencies"].items()
                },
                n_records=whole(document["n_records"]),
                block_cap=optional(document, "block_cap", _cap, version),
                attributes=optional(document, "attributes", _names, version),
                is_duplicate_free=optional(document, "is_duplicate_free", flag, version),
                has_converged=flag(document["has_converged"]),
                n_labels=optional(document, "n_labels", whole, version) or 0,
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ModelFormatError(
                f"match model: a part is missing or of another kind ({type(error).__name__}).",
                hint="Use the file as custid has written it.",
            ) from None

    def to_json(self) -> str:
        """Return the portable form as JSON text, with a digest of itself; equal models give equal text."""
        document = self.to_dict()
        return json.dumps({**document, "digest": _digest(document)}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> TrainedMatchModel:
        """Return the model of a JSON text.

        Raises
        ------
        ModelFormatError
            As :meth:`from_dict` does, or if the text is not JSON, or its digest is not that of the rest.  A text
            without one is taken as it is.
        """
        try:
            document = json_value(text)
        except ValueError:
            raise ModelFormatError(
                "match model: the text is not JSON.", hint="Use a file that custid has written."
            ) from None
        told = document.pop("digest", None) if isinstance(document, dict) else None
        model = cls.from_dict(document)
        if told is not None and told != _digest(document):
            raise ModelFormatError(
                "match model: expected the text as custid has written it, got one that was altered or damaged.",
                hint="Copy the file again; if it was changed on purpose, take its entry 'digest' out.",
            )
        return model

    def save(self, path: str | Path) -> None:
        """Write the JSON form to a file, which is whole and durable then; OSError if it cannot be written."""
        with whole_file(path) as beside:
            beside.write_text(self.to_json(), encoding="utf-8")

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


def _digest(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a portable form, however it is laid out."""
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _parameters_to_dict(parameters: OutputParameters) -> dict[str, Any]:
    output = parameters.output
    return {
        "name": output.name,
        "attribute": output.attribute,
        "is_personal": output.is_personal,
        "has_rarity": output.has_rarity,
        "levels": [
            {"label": label, "m": m, "u": u}
            for label, m, u in zip(
                output.levels,
                parameters.m_probability.tolist(),
                parameters.u_probability.tolist(),
                strict=True,
            )
        ],
    }


def _parameters_from_dict(entry: dict[str, Any]) -> OutputParameters:
    levels = entry["levels"]
    return OutputParameters(
        output=ComparisonOutput(
            name=text(entry["name"]),
            attribute=text(entry["attribute"]),
            levels=tuple(text(level["label"]) for level in levels),
            is_personal=flag(entry["is_personal"]),
            has_rarity=flag(entry["has_rarity"]),
        ),
        m_probability=np.array([share(level["m"]) for level in levels]),
        u_probability=np.array([share(level["u"]) for level in levels]),
    )


def _class_to_dict(each: TrainedClass) -> dict[str, Any]:
    return {
        "name": each.name,
        "prior_probability": each.prior_probability,
        "is_match": each.is_match,
        "is_by_chance": list(each.is_by_chance),
        "probabilities": [shares.tolist() for shares in each.probabilities],
    }


def _class_from_dict(entry: dict[str, Any], parameters: Sequence[OutputParameters], version: int) -> TrainedClass:
    probabilities = tuple(np.array([share(value) for value in shares]) for shares in entry["probabilities"])
    is_by_chance = tuple(flag(each) for each in entry["is_by_chance"])
    n_levels = [len(each.output.levels) for each in parameters]
    if [len(shares) for shares in probabilities] != n_levels or len(is_by_chance) != len(n_levels):
        raise ValueError("one probability per level, one flag per comparison")
    prior = share(entry["prior_probability"])
    if prior <= 0:
        raise ValueError("share of all pairs")
    return TrainedClass(
        name=text(entry["name"]),
        prior_probability=prior,
        is_by_chance=is_by_chance,
        probabilities=probabilities,
        is_match=version >= _HAS_CLASSES_OF_MATCHES and flag(entry["is_match"]),
    )


def _cap(value: Any) -> int:
    if not _LEAST_CAP <= whole(value) <= _LARGEST_CAP:
        raise ValueError("records of a block")
    return whole(value)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or sorted(set(map(text, value))) != value:
        raise ValueError("sorted names")
    return tuple(value)
