"""How one match model differs from another: weights of levels, odds, classes, frequencies."""

from __future__ import annotations

from typing import Any

import attrs
import pyarrow as pa
from attrs import field, frozen

from custid.report.wording import attribute_label, level_label, listed
from custid.scoring.match_model import OutputParameters, TrainedMatchModel
from custid.steering._distributions import Counts, jensen_shannon_bits
from custid.steering._wording import number, said

__all__ = ["ClassChange", "FrequencyChange", "LevelChange", "ModelChange", "compare_models"]

_NOTABLE_BITS = 0.5
_N_LEVELS_SHOWN = 10


@frozen(kw_only=True)
class LevelChange:
    """What one level of a comparison is worth in two models.

    Attributes
    ----------
    comparison, level : str
        Name and label; of a level that one model does not have, its probabilities and weight there are None.
    m_before, m_after : float or None
        Probability of the level given a match.
    u_before, u_after : float or None
        Probability of the level given strangers.
    bits_before, bits_after : float or None
        Weight of the level, log2(m / u).
    """

    comparison: str
    level: str
    m_before: float | None
    m_after: float | None
    u_before: float | None
    u_after: float | None
    bits_before: float | None
    bits_after: float | None

    @property
    def added_bits(self) -> float | None:
        """What the level counts more afterwards; None where a model does not have it."""
        if self.bits_before is None or self.bits_after is None:
            return None
        return self.bits_after - self.bits_before


@frozen(kw_only=True)
class ClassChange:
    """How frequent a class of pairs beside matches and strangers is in two models.

    Attributes
    ----------
    name : str
        Name of the class.
    prior_before, prior_after : float or None
        Its share of all pairs; None where a model does not have it.
    """

    name: str
    prior_before: float | None
    prior_after: float | None


@frozen(kw_only=True)
class FrequencyChange:
    """How the frequencies of an attribute's values differ.

    Attributes
    ----------
    attribute : str
        The attribute, or ``"<attribute>.word"``.
    n_before, n_after : int
        Distinct records with a value; 0 where a model did not count it.
    divergence_bits : float or None
        Jensen-Shannon divergence of the two distributions, in [0, 1]: 0 where they are equal.  Values that fewer than
        five records hold count as one; None where a model did not count the attribute.
    """

    attribute: str
    n_before: int
    n_after: int
    divergence_bits: float | None


@frozen(kw_only=True, eq=False)
class ModelChange:
    """How one match model differs from another.

    Attributes
    ----------
    before, after : TrainedMatchModel
        The two models.
    levels : tuple of LevelChange
        Every level of every comparison, in the order of the models; those of the earlier one first.
    classes : tuple of ClassChange
        Classes of pairs, sorted by name.
    frequencies : tuple of FrequencyChange
        Attributes, sorted by name.
    """

    before: TrainedMatchModel = field(repr=False)
    after: TrainedMatchModel = field(repr=False)
    levels: tuple[LevelChange, ...]
    classes: tuple[ClassChange, ...]
    frequencies: tuple[FrequencyChange, ...]

    @property
    def table(self) -> pa.Table:
        """One row per level: the attributes of `LevelChange` and ``added_bits``."""
        names = [each.name for each in attrs.fields(LevelChange)]
        texts = {"comparison", "level"}
        columns = {
            name: pa.array(
                [getattr(each, name) for each in self.levels], pa.string() if name in texts else pa.float64()
            )
            for name in names
        }
        return pa.table(columns | {"added_bits": pa.array([each.added_bits for each in self.levels], pa.float64())})

    def to_dict(self) -> dict[str, Any]:
        """Return the differences as plain dicts, lists and numbers."""
        return {
            "n_records_before": self.before.n_records,
            "n_records_after": self.after.n_records,
            "prior_match_probability_before": self.before.prior_match_probability,
            "prior_match_probability_after": self.after.prior_match_probability,
            "levels": [attrs.asdict(each) for each in self.levels],
            "classes": [attrs.asdict(each) for each in self.classes],
            "frequencies": [attrs.asdict(each) for each in self.frequencies],
        }

    def text(self, language: str = "en") -> str:
        """Return what differs most.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            Lines: sizes, odds, comparisons of one model only, the ten levels whose weight changes most, and
            frequencies, the most different first.
        """

        def bits(value: float) -> str:
            return number(value, language, digits=1, sign=True)

        lines = [
            said(
                "model_sizes",
                language,
                before=number(self.before.n_records, language),
                after=number(self.after.n_records, language),
            ),
            said("model_prior", language, before=bits(self.before.prior_bits), after=bits(self.after.prior_bits)),
        ]
        names = [[each.name for each in model.outputs] for model in (self.before, self.after)]
        only = [
            listed([attribute_label(name, language) for name in mine if name not in others], language)
            for mine, others in (names, names[::-1])
        ]
        if any(only):
            none = said("none", language)
            lines.append(said("model_comparisons", language, before=only[0] or none, after=only[1] or none))
        changed = [each for each in self.levels if abs(each.added_bits or 0.0) >= _NOTABLE_BITS]
        changed.sort(key=lambda each: (-abs(each.added_bits or 0.0), each.comparison, each.level))
        least = number(_NOTABLE_BITS, language, digits=1)
        lines.append(said("model_levels", language, least=least, n=number(len(changed), language)))
        lines.extend(
            "  "
            + said(
                "model_level",
                language,
                name=attribute_label(each.comparison, language),
                level=level_label(each.level, language),
                before=bits(each.bits_before or 0.0),
                after=bits(each.bits_after or 0.0),
            )
            for each in changed[:_N_LEVELS_SHOWN]
        )
        lines.append(said("model_frequencies", language, text=self._frequencies_text(language)))
        return "\n".join(lines)

    def _frequencies_text(self, language: str) -> str:
        known = [
            (each.divergence_bits, each.attribute) for each in self.frequencies if each.divergence_bits is not None
        ]
        known.sort(key=lambda item: (-item[0], item[1]))
        named = [f"{attribute_label(name, language)} {number(value, language, digits=3)}" for value, name in known]
        return ", ".join(named) or said("none", language)

    def __str__(self) -> str:
        return self.text()


def compare_models(before: TrainedMatchModel, after: TrainedMatchModel) -> ModelChange:
    """Tell how one match model differs from another.

    Parameters
    ----------
    before, after : TrainedMatchModel
        The models; they need not have the same comparisons.

    Returns
    -------
    ModelChange
        Levels, odds, classes and frequencies side by side; print it.

    Examples
    --------
    >>> import custid
    >>> from custid.testing import synthetic_customers
    >>> model = custid.train(synthetic_customers(100, seed=1).records)
    >>> {each.added_bits for each in compare_models(model, model).levels}
    {0.0}
    """
    counted = [{name: Counts.of_terms(each) for name, each in model.frequencies.items()} for model in (before, after)]
    classes = [{each.name: each.prior_probability for each in model.classes} for model in (before, after)]
    none = Counts.none()
    return ModelChange(
        before=before,
        after=after,
        levels=_level_changes(before, after),
        classes=tuple(
            ClassChange(name=name, prior_before=classes[0].get(name), prior_after=classes[1].get(name))
            for name in sorted({*classes[0], *classes[1]})
        ),
        frequencies=tuple(
            FrequencyChange(
                attribute=name,
                n_before=counted[0].get(name, none).total,
                n_after=counted[1].get(name, none).total,
                divergence_bits=jensen_shannon_bits(counted[0][name], counted[1][name])
                if name in counted[0] and name in counted[1]
                else None,
            )
            for name in sorted({*counted[0], *counted[1]})
        ),
    )


def _level_changes(before: TrainedMatchModel, after: TrainedMatchModel) -> tuple[LevelChange, ...]:
    sides = [_by_level(model.parameters) for model in (before, after)]
    none = (None, None, None)
    changes = []
    for comparison, level in {**sides[0], **sides[1]}:
        (m_before, u_before, bits_before), (m_after, u_after, bits_after) = (
            side.get((comparison, level), none) for side in sides
        )
        changes.append(
            LevelChange(
                comparison=comparison,
                level=level,
                m_before=m_before,
                m_after=m_after,
                u_before=u_before,
                u_after=u_after,
                bits_before=bits_before,
                bits_after=bits_after,
            )
        )
    return tuple(changes)


def _by_level(
    parameters: tuple[OutputParameters, ...],
) -> dict[tuple[str, str], tuple[float | None, float | None, float | None]]:
    return {
        (each.output.name, level): (m, u, bits)
        for each in parameters
        for level, m, u, bits in zip(
            each.output.levels,
            each.m_probability.tolist(),
            each.u_probability.tolist(),
            each.level_bits()[:-1].tolist(),
            strict=True,
        )
    }
