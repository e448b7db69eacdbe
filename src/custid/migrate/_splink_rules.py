"""Blocking rules of Splink, as keys that records share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from attrs import field, frozen

from custid.blocking.atoms import AtomColumn
from custid.migrate._splink_columns import Attributes, check_computable, rules_in
from custid.migrate.sql import Call, Column, Condition, Literal, UnreadSqlError, evaluated, parsed, sides
from custid.migrate.taken import Setting, SettingFate
from custid.table.record_table import RecordTable

__all__ = ["Rule", "rule_atoms", "rules_of"]


@frozen(kw_only=True)
class Rule:
    """A rule of equalities: records that have the same key are compared.

    Attributes
    ----------
    name : str
        For reports.
    parts : tuple of Condition
        What makes the key, of the left record.
    attributes : Mapping of Column to str
        Where the values of each column are found.
    """

    name: str
    parts: tuple[Condition, ...]
    attributes: Mapping[Column, str] = field(repr=False)


def rules_of(document: Mapping[str, Any], attributes: Attributes) -> tuple[tuple[Rule, ...], list[Setting]]:
    """Return the rules of settings that are equalities of both records, and what became of each.

    Parameters
    ----------
    document : Mapping
        The settings.
    attributes : Mapping of str to str or None
        Of each column.

    Returns
    -------
    rules : tuple of Rule
        Those that were taken.
    told : list of Setting
        One of each rule.
    """
    rules, told = [], []
    for number, sql in enumerate(rules_in(document)):
        name = f"blocking_rules[{number}]"
        try:
            rule = _rule(f"rule_{number}", sql, attributes)
        except UnreadSqlError as error:
            note = f"{error.problem} custid's own blocking finds pairs all the same"
            told.append(Setting(name=name, fate=SettingFate.NOT_TAKEN, note=note))
        else:
            rules.append(rule)
            note = "blocks larger than the cap of a run (50 records, or fewer) are passed over"
            told.append(Setting(name=name, fate=SettingFate.TAKEN, note=note))
    return tuple(rules), told


def _rule(name: str, sql: str, attributes: Attributes) -> Rule:
    parts = tuple(_part(each) for each in _conjuncts(parsed(sql)))
    for part in parts:
        check_computable(part, attributes)
    columns = sorted({column for part in parts for column in sides(part)})
    return Rule(name=name, parts=parts, attributes={each: str(attributes[each.name]) for each in columns})


def _conjuncts(condition: Condition) -> list[Condition]:
    if isinstance(condition, Call) and condition.name == "and":
        return [each for argument in condition.arguments for each in _conjuncts(argument)]
    return [condition]


def _part(condition: Condition) -> Condition:
    """Return what both records have to agree on, of the left one."""
    if isinstance(condition, Call) and condition.name == "=":
        left: Condition = condition.arguments[0]
        right: Condition = condition.arguments[1]
        if _turned(left) == right:
            return left if _is_left(left) else right
    raise UnreadSqlError("SQL: expected equalities of the same thing of both records.")


def _is_left(condition: Condition) -> bool:
    return {column.side for column in sides(condition)} == {"l"}


def _turned(condition: Condition) -> Condition:
    if isinstance(condition, Column):
        return Column(condition.name, "r" if condition.side == "l" else "l")
    if isinstance(condition, Literal):
        return condition
    return Call(condition.name, tuple(map(_turned, condition.arguments)))


def rule_atoms(table: RecordTable, rule: Rule) -> AtomColumn:
    """Return the keys of a rule that two units or more have.

    Parameters
    ----------
    table : RecordTable
        The records.
    rule : Rule
        The rule.

    Returns
    -------
    AtomColumn
        Keys that may stand alone; none where the table has no column of an attribute of the rule.
    """
    columns = [(column, table.columns.get(attribute)) for column, attribute in rule.attributes.items()]
    held: dict[tuple[Any, ...], set[int]] = {}
    if all(values is not None for _, values in columns):
        per_unit = [_values(values.vocabulary, values.codes.tolist()) for _, values in columns if values is not None]
        names = [column for column, _ in columns]
        for unit, choices in enumerate(zip(*per_unit, strict=True)):
            for chosen in product(*choices):
                values = dict(zip(names, chosen, strict=True))
                key = tuple(evaluated(part, values) for part in rule.parts)
                if None not in key:
                    held.setdefault(key, set()).add(unit)
    shared = sorted(sorted(units) for units in held.values() if len(units) > 1)
    starts = np.append(0, np.cumsum([len(units) for units in shared], dtype=np.int64)).astype(np.int64)
    return AtomColumn(
        group="splink",
        kind=rule.name,
        may_stand_alone=True,
        starts=starts,
        unit_idx=np.array([unit for units in shared for unit in units], np.int32),
    )


def _values(vocabulary: Sequence[str], codes: Sequence[Sequence[int]]) -> list[list[str]]:
    texts = list(vocabulary)
    return [[texts[code] for code in row if code >= 0] for row in codes]
