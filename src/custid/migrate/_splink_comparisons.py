"""Comparisons of Splink: levels by conditions, with their m and u."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext, BoundComparison, Compared, Comparison, ComparisonOutput
from custid.comparison.library import default_levels
from custid.comparison.value_comparison import FunctionLevels, ValueComparison
from custid.migrate._splink_columns import Attributes, check_computable
from custid.migrate.sql import Call, Column, Condition, UnreadSqlError, evaluated, parsed, sides
from custid.migrate.taken import Setting, SettingFate
from custid.model.attributes import ATTRIBUTES
from custid.table.record_table import RecordTable

__all__ = ["ConditionComparison", "ConditionLevels", "ReadComparison", "comparisons_of"]


_USUAL: Final = {"tf_adjustment_weight": 1.0, "tf_minimum_u_value": 0.0, "disable_tf_exact_match_detection": False}


@frozen(kw_only=True)
class ConditionLevels:
    """Ordered conditions over some columns: the first that holds is the level.

    Attributes
    ----------
    labels : tuple of str
        From else to the closest.
    conditions : tuple of Condition
        Of each label but else, the closest first.
    attributes : Mapping of Column to str
        Where the values of each column are found.
    """

    labels: tuple[str, ...]
    conditions: tuple[Condition, ...] = field(repr=False)
    attributes: Mapping[Column, str] = field(repr=False)

    def level(self, left: Mapping[str, str], right: Mapping[str, str]) -> int:
        """Return the level of two records, by their values of each attribute."""
        both = {"l": left, "r": right}
        values = {column: both[column.side][attribute] for column, attribute in self.attributes.items()}
        for place, condition in enumerate(self.conditions):
            if evaluated(condition, values):
                return len(self.conditions) - place
        return 0


@frozen(kw_only=True)
class ConditionComparison:
    """Compare records by conditions over one attribute or several.

    Attributes
    ----------
    name : str
        Of the output.
    levels : ConditionLevels
        The conditions.
    names : tuple of str
        The attributes.
    has_rarity : bool
        True when agreement at the closest level is worth more for a rare value.
    """

    name: str
    levels: ConditionLevels
    names: tuple[str, ...]
    has_rarity: bool

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output, of the first attribute."""
        is_personal = any(ATTRIBUTES[name].is_personal for name in self.names)
        return (
            ComparisonOutput(
                name=self.name,
                attribute=self.names[0],
                levels=self.levels.labels,
                is_personal=is_personal,
                has_rarity=self.has_rarity,
            ),
        )

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        if len(self.names) == 1:
            (name,) = self.names

            def closer(left: str, right: str) -> int:
                # Equal values stand above all others, and either record may come first.
                found = [self.levels.level({name: a}, {name: b}) for a, b in ((left, right), (right, left))]
                return min(max(found), len(self.levels.labels) - 2)

            levels = FunctionLevels(self.levels.labels, closer)
            return ValueComparison(attribute=name, levels=levels).bind(table, context)
        return _BoundSeveral(self, table)


class _BoundSeveral:
    """Several attributes judged together, by the first value of each; each distinct pair of contents once."""

    def __init__(self, comparison: ConditionComparison, table: RecordTable) -> None:
        self._levels = comparison.levels
        self._names = comparison.names
        columns = [table.columns[name] for name in comparison.names]
        self._texts = [list(column.vocabulary) for column in columns]
        codes = np.stack([column.codes[:, 0] for column in columns], axis=1)
        self._distinct, self._of_unit = np.unique(codes, axis=0, return_inverse=True)
        self._of_unit = self._of_unit.reshape(-1)

    def __call__(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        both = np.sort(np.stack([self._of_unit[left_idx], self._of_unit[right_idx]], axis=1), axis=1)
        pairs, where = np.unique(both, axis=0, return_inverse=True)
        levels = np.array([self._level(left, right) for left, right in pairs.tolist()], np.int8)
        graded = levels[where.reshape(-1)] if len(pairs) else np.zeros(0, np.int8)
        return (Compared(levels=graded, rarity_bits=np.zeros(len(left_idx), np.float32)),)

    def _level(self, left: int, right: int) -> int:
        codes = self._distinct[left].tolist(), self._distinct[right].tolist()
        if min(map(min, codes)) < 0:
            return -1
        one, other = (
            {name: texts[code] for name, texts, code in zip(self._names, self._texts, row, strict=True)}
            for row in codes
        )
        return max(self._levels.level(one, other), self._levels.level(other, one))


@frozen(kw_only=True)
class ReadComparison:
    """Probabilities of the levels of a comparison, from else up; None where Splink has none."""

    name: str
    m: tuple[float | None, ...]
    u: tuple[float | None, ...]


def comparisons_of(
    document: Mapping[str, Any], attributes: Attributes
) -> tuple[tuple[ReadComparison, ...], tuple[Comparison, ...], list[Setting]]:
    """Return the comparisons of settings.

    Parameters
    ----------
    document : Mapping
        The settings.
    attributes : Mapping of str to str or None
        Of each column.

    Returns
    -------
    read : tuple of ReadComparison
        Those that were read level by level.
    comparisons : tuple of Comparison
        These, and custid's own where a level could not be read.
    told : list of Setting
        What became of each comparison, and of what its levels set besides.
    """
    read: list[ReadComparison] = []
    comparisons: list[Comparison] = []
    told: list[Setting] = []
    taken: set[str] = set()
    for number, each in enumerate(document["comparisons"]):
        name = f"comparisons[{number}] {each.get('output_column_name', '')!r}"
        names = _attributes_of(each, attributes)
        if not names or taken & set(names):
            note = "no attribute of custid is compared" if not names else f"{', '.join(names)}: compared already"
            told.append(Setting(name=name, fate=SettingFate.NOT_TAKEN, note=note))
            continue
        taken |= set(names)
        try:
            comparison, probabilities = _read(each, names, attributes)
        except UnreadSqlError as error:
            comparisons += [_own(attribute) for attribute in names]
            note = f"{error.problem} custid's own comparison of {' and '.join(names)}, with weights that it learns"
            told.append(Setting(name=name, fate=SettingFate.CHANGED, note=note))
            continue
        comparisons.append(comparison)
        read.append(probabilities)
        told.append(Setting(name=name, fate=SettingFate.TAKEN, note=_note(comparison, probabilities)))
        told += _of_levels(name, each, comparison)
    return tuple(read), tuple(comparisons), told


def _own(attribute: str) -> ValueComparison:
    return ValueComparison(
        attribute=attribute, levels=default_levels(attribute), is_personal=ATTRIBUTES[attribute].is_personal
    )


def _attributes_of(comparison: Mapping[str, Any], attributes: Attributes) -> tuple[str, ...]:
    """Return the attributes that a comparison is of, in the order of their first mention."""
    conditions = " ".join(level["sql_condition"] for level in comparison["comparison_levels"])
    places = {column: conditions.find(f"{column}_") for column in attributes if _stands(column, conditions)}
    mentioned = sorted((place, column) for column, place in places.items())
    return tuple(dict.fromkeys(found for _, column in mentioned if (found := attributes[column]) is not None))


def _stands(column: str, conditions: str) -> bool:
    return any(f"{mark}{column}_l" in f" {conditions}" for mark in ('"', "`", " ", "("))


def _read(
    comparison: Mapping[str, Any], names: tuple[str, ...], attributes: Attributes
) -> tuple[ConditionComparison, ReadComparison]:
    levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    if len(levels) < 2 or levels[-1]["sql_condition"].strip().upper() != "ELSE":
        raise UnreadSqlError("comparison: expected an else level last.")
    conditions = [_condition(level["sql_condition"], attributes) for level in levels[:-1]]
    labels = [_label(level, place) for place, level in enumerate(levels)]
    shares = [(_share(level, "m"), _share(level, "u")) for level in levels]
    if len(names) == 1 and not _is_equality(conditions[0]):
        # Equal values have a level of their own here; half of each probability leaves its weight as it is.
        halves = [(None if m is None else m / 2, None if u is None else u / 2) for m, u in shares[:1]]
        shares = [*halves, *halves, *shares[1:]]
        conditions, labels = [conditions[0], *conditions], ["equal", *labels]
    columns = sorted({column for condition in conditions for column in sides(condition)})
    made = ConditionComparison(
        name=str(comparison.get("output_column_name") or names[0]),
        names=names,
        has_rarity=len(names) == 1 and "tf_adjustment_column" in levels[0],
        levels=ConditionLevels(
            labels=tuple(reversed(labels)),
            conditions=tuple(conditions),
            attributes={column: str(attributes[column.name]) for column in columns},
        ),
    )
    up = shares[::-1]
    return made, ReadComparison(name=made.name, m=tuple(m for m, _ in up), u=tuple(u for _, u in up))


def _condition(sql: str, attributes: Attributes) -> Condition:
    """Return a condition that can be computed, whatever the values."""
    condition = _of_both_names(parsed(sql), attributes)
    check_computable(condition, attributes)
    return condition


def _of_both_names(condition: Condition, attributes: Attributes) -> Condition:
    """Return equality of both names, where a column made of both is asked for."""
    by_attribute = {attribute: column for column, attribute in attributes.items() if attribute}
    given, family = by_attribute.get("given_name"), by_attribute.get("family_name")
    columns = {column.name for column in sides(condition)}
    if given and family and columns == {f"{given}_{family}_concat"}:
        return parsed(f'"{given}_l" = "{given}_r" AND "{family}_l" = "{family}_r"')
    return condition


def _is_equality(condition: Condition) -> bool:
    return (
        isinstance(condition, Call)
        and condition.name == "="
        and all(isinstance(each, Column) for each in condition.arguments)
    )


def _label(level: Mapping[str, Any], place: int) -> str:
    if level["sql_condition"].strip().upper() == "ELSE":
        return "else"
    return str(level.get("label_for_charts") or ("equal" if place == 0 else level["sql_condition"]))


def _share(level: Mapping[str, Any], letter: str) -> float | None:
    value = level.get(f"{letter}_probability")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def _note(comparison: ConditionComparison, read: ReadComparison) -> str:
    labels = comparison.levels.labels
    missing = [label for label, m, u in zip(labels, read.m, read.u, strict=True) if m is None or u is None]
    of = f"{len(labels)} levels of {' and '.join(comparison.names)}"
    if len(missing) == len(labels):
        return f"{of}; no m and u, they are learned"
    return f"{of}, with m and u" + (f", but for {', '.join(map(repr, missing))}: learned" if missing else "")


def _of_levels(name: str, each: Mapping[str, Any], comparison: ConditionComparison) -> list[Setting]:
    """Tell what levels set beside condition, label, m and u."""
    levels: Sequence[Mapping[str, Any]] = each["comparison_levels"]
    adjusted = [level for level in levels if "tf_adjustment_column" in level]
    told = []
    if adjusted and comparison.has_rarity:
        note = "log2(u / f), at most 8.7 bits, with frequencies of the data"
        told.append(Setting(name=f"{name} term frequencies", fate=SettingFate.TAKEN, note=note))
    elif adjusted:
        note = "rarity counts for equal values of one attribute alone"
        told.append(Setting(name=f"{name} term frequencies", fate=SettingFate.NOT_TAKEN, note=note))
    for setting, usual in _USUAL.items():
        if any(level.get(setting, usual) != usual for level in adjusted):
            note = "rarity counts in full, within 8.7 bits"
            told.append(Setting(name=f"{name} {setting}", fate=SettingFate.NOT_TAKEN, note=note))
    if any(level.get(f"fix_{letter}_probability") for level in levels for letter in "mu"):
        note = "kept by weights_in, not by custid.train"
        told.append(Setting(name=f"{name} fixed probabilities", fate=SettingFate.CHANGED, note=note))
    return told
