"""Settings and models of Splink (3 to 5), read from their JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from custid._json import json_value
from custid.blocking.atoms import AtomColumn, record_atoms
from custid.comparison.comparison import Comparison
from custid.errors import ConfigurationError, ModelFormatError
from custid.intake.schema import Schema
from custid.migrate._splink_columns import columns_of, schema_of
from custid.migrate._splink_comparisons import ReadComparison, comparisons_of
from custid.migrate._splink_rules import Rule, rule_atoms, rules_of
from custid.migrate.taken import Setting, SettingFate, settings_text
from custid.scoring.match_model import OutputParameters, TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["SplinkModel", "from_splink"]

_LINK_TYPES = {
    "dedupe_only": (SettingFate.TAKEN, "custid.dedupe"),
    "link_only": (
        SettingFate.TAKEN,
        "custid.link with duplicate_free=True: no customer gets two records of one source",
    ),
    "link_and_dedupe": (SettingFate.TAKEN, "custid.link with duplicate_free=False"),
}
_NOT_NEEDED = {
    "additional_columns_to_retain": "custid dedupe --output holds all columns of the input",
    "bayes_factor_column_prefix": "names columns of tables that are not made",
    "comparison_vector_value_column_prefix": "names columns of tables that are not made",
    "linker_uid": "names a run",
    "match_weight_column_prefix": "names columns of tables that are not made",
    "retain_intermediate_calculation_columns": "Result.explain tells them of any pair",
    "retain_matching_columns": "Result.explain tells them of any pair",
    "sql_dialect": "conditions were read by it, and are computed without a database",
    "term_frequency_adjustment_column_prefix": "names columns of tables that are not made",
}
_LEARNING = ("em_convergence", "max_iterations")
_READ_ELSEWHERE = frozenset(
    {
        "blocking_rules_to_generate_predictions",
        "comparisons",
        "link_type",
        "probability_two_random_records_match",
        "source_dataset_column_name",
        "unique_id_column_name",
    }
)


@frozen(kw_only=True, eq=False)
class SplinkModel:
    """What Splink's settings say, in the words of custid.

    ``str`` tells what became of each setting.

    Attributes
    ----------
    schema : Schema
        What the columns of the settings are taken for.
    comparisons : tuple of Comparison
        Those of the settings, level by level; custid's own of an attribute where a level could not be read.
    is_link : bool
        True for settings that link sources: give the records to :func:`custid.link`.
    duplicate_free : bool
        True where only records of different sources were compared.
    prior_match_probability : float or None
        Splink's ``probability_two_random_records_match``; None where it has not been set.
    settings : tuple of Setting
        Every setting of the document, and what became of it.
    """

    schema: Schema
    comparisons: tuple[Comparison, ...] = field(repr=False)
    is_link: bool
    duplicate_free: bool
    prior_match_probability: float | None
    settings: tuple[Setting, ...] = field(repr=False)
    _read: tuple[ReadComparison, ...] = field(repr=False)
    _rules: tuple[Rule, ...] = field(repr=False)

    def __str__(self) -> str:
        return settings_text(self.settings)

    @property
    def not_taken(self) -> tuple[Setting, ...]:
        """What has no counterpart, or another one."""
        return tuple(each for each in self.settings if each.fate in {SettingFate.NOT_TAKEN, SettingFate.CHANGED})

    def blocking(self, table: RecordTable) -> Sequence[AtomColumn]:
        """Return what records may share so that they are compared: custid's own atoms, and Splink's rules.

        Parameters
        ----------
        table : RecordTable
            The records.

        Returns
        -------
        sequence of AtomColumn
            One more for each rule that was taken.
        """
        return [*record_atoms(table), *(rule_atoms(table, rule) for rule in self._rules)]

    def weights_in(self, trained: TrainedMatchModel) -> TrainedMatchModel:
        """Return a match model with Splink's m, u and prior.

        Parameters
        ----------
        trained : TrainedMatchModel
            What custid has learned with ``comparisons``: it has the frequencies of values, which Splink's file does
            not hold, and the probabilities of levels for which Splink has none.

        Returns
        -------
        TrainedMatchModel
            Of matches and strangers alone: Splink knows no households.

        Raises
        ------
        ConfigurationError
            If the model was trained with other comparisons.
        """
        known = {each.name: each for each in self._read}
        expected = sorted(output.name for each in self.comparisons for output in each.outputs)
        got = sorted(output.name for output in trained.outputs)
        if expected != got:
            raise ConfigurationError(
                f"trained: expected a match model of {', '.join(expected)}, got one of {', '.join(got)}.",
                hint="Train with the comparisons of this object: custid.train(data, comparisons=….comparisons).",
            )
        return evolve(
            trained,
            parameters=tuple(_with_splinks(each, known.get(each.output.name)) for each in trained.parameters),
            prior_match_probability=self.prior_match_probability or trained.prior_match_probability,
            classes=(),
            history=(),
        )


def _with_splinks(learned: OutputParameters, read: ReadComparison | None) -> OutputParameters:
    if read is None:
        return learned

    def filled(given: Sequence[float | None], own: Any) -> Any:
        return np.array([mine if each is None else each for each, mine in zip(given, own.tolist(), strict=True)])

    return evolve(
        learned,
        m_probability=filled(read.m, learned.m_probability),
        u_probability=filled(read.u, learned.u_probability),
    )


def from_splink(settings: str | Path | Mapping[str, Any], *, columns: Mapping[str, str] | None = None) -> SplinkModel:
    """Read settings or a model of Splink.

    Parameters
    ----------
    settings : path or Mapping
        A file that ``linker.misc.save_model_to_json`` has written, or its document; of Splink 3 to 5.
    columns : Mapping of str to str, optional
        Attributes of columns whose names do not tell, by column.

    Returns
    -------
    SplinkModel
        What it says; nothing is left out silently.

    Raises
    ------
    ModelFormatError
        If it is no document of Splink, or one of version 2 or earlier.
    SchemaError
        If ``columns`` names attributes that do not exist, or columns that the settings do not speak of.
    OSError
        If the file cannot be opened.

    Notes
    -----
    Splink's m and u probabilities and its prior mean what they mean here (Fellegi and Sunter 1969, section 2), and so
    does its adjustment for term frequencies, log2(u / f) at the level of equal values.  Levels are graded by the
    same functions, of canonical values instead of those in the columns.

    Examples
    --------
    >>> exact = {"sql_condition": '"dob_l" = "dob_r"', "m_probability": 0.9, "u_probability": 0.001}
    >>> other = {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.999}
    >>> moved = from_splink(
    ...     {"link_type": "dedupe_only", "comparisons": [{"comparison_levels": [exact, other]}]}
    ... )
    >>> moved.schema.columns["dob"], moved.comparisons[0].outputs[0].levels
    ('birth_date', ('else', 'equal'))
    """
    document = _document(settings)
    attributes, told = columns_of(document, dict(columns or {}))
    read, comparisons, of_comparisons = comparisons_of(document, attributes)
    rules, of_rules = rules_of(document, attributes)
    prior = document.get("probability_two_random_records_match")
    is_known = isinstance(prior, float) and 0 < prior < 1
    link_type = document["link_type"]
    schema, of_schema = schema_of(document, attributes, is_link=link_type != "dedupe_only")
    fate, note = _LINK_TYPES[link_type]
    of_prior = f"{'not set' if prior is None else 'no number between 0 and 1'}; learned"
    if is_known:
        of_prior = f"{prior:.3g}: prior of weights_in; custid.train learns its own"
    return SplinkModel(
        schema=schema,
        comparisons=comparisons,
        is_link=link_type != "dedupe_only",
        duplicate_free=link_type == "link_only",
        prior_match_probability=prior if is_known else None,
        settings=(
            Setting(name="link_type", fate=fate, note=f"{link_type}: {note}"),
            Setting(
                name="probability_two_random_records_match",
                fate=SettingFate.TAKEN if is_known else SettingFate.CHANGED,
                note=of_prior,
            ),
            *told,
            *of_schema,
            *of_comparisons,
            *of_rules,
            *_of_the_rest(document),
        ),
        read=read,
        rules=rules,
    )


def _document(settings: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    document: Any = settings
    if isinstance(settings, str | Path):
        try:
            document = json_value(Path(settings).read_bytes())
        except ValueError:
            raise ModelFormatError(
                f"splink settings {str(settings)!r}: expected JSON in UTF-8, got other text.",
                hint="Give what linker.misc.save_model_to_json has written.",
            ) from None
    if isinstance(document, Mapping) and "comparison_columns" in document:
        raise ModelFormatError(
            "splink settings: expected those of Splink 3 to 5, got comparison_columns of an earlier release.",
            hint="Save the model with Splink 3 or later, or run custid.train on the data.",
        )
    if not isinstance(document, Mapping) or document.get("link_type") not in list(_LINK_TYPES):
        raise ModelFormatError(
            f"splink settings: expected an object with a link_type of {', '.join(_LINK_TYPES)}.",
            hint="Give what linker.misc.save_model_to_json has written.",
        )
    _check_lists(document)
    return document


def _check_lists(document: Mapping[str, Any]) -> None:
    wrong = []
    comparisons = document.get("comparisons")
    if not isinstance(comparisons, list) or not all(isinstance(each, Mapping) for each in comparisons):
        wrong.append("splink settings: comparisons: expected a list of objects")
    else:
        for number, each in enumerate(comparisons):
            levels = each.get("comparison_levels")
            if not isinstance(levels, list) or not all(
                isinstance(level, Mapping) and isinstance(level.get("sql_condition"), str) for level in levels
            ):
                wrong.append(f"splink settings: comparisons[{number}]: expected comparison_levels with a sql_condition")
    rules = document.get("blocking_rules_to_generate_predictions", [])
    if not isinstance(rules, list) or not all(
        isinstance(rule, str) or (isinstance(rule, Mapping) and isinstance(rule.get("blocking_rule"), str))
        for rule in rules
    ):
        wrong.append("splink settings: blocking_rules_to_generate_predictions: expected a list of rules in SQL")
    if wrong:
        raise ModelFormatError.collected(wrong)


def _of_the_rest(document: Mapping[str, Any]) -> list[Setting]:
    told = []
    for name in document:
        if name in _READ_ELSEWHERE:
            continue
        if name in _NOT_NEEDED:
            told.append(Setting(name=name, fate=SettingFate.NOT_NEEDED, note=_NOT_NEEDED[name]))
        elif name in _LEARNING:
            note = "custid learns until it comes to rest; ResolveOptions(em=EMOptions(…)) has its own bounds"
            told.append(Setting(name=name, fate=SettingFate.CHANGED, note=note))
        else:
            told.append(Setting(name=name, fate=SettingFate.NOT_TAKEN, note="not known to this release of custid"))
    return told
