"""All that a live weigher knows of a table of units, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import Comparison
from custid.comparison.live.arrays import LiveArrays, State
from custid.comparison.live.levels import state_of_levels
from custid.comparison.live.listed import ListedNumbers, LiveContext
from custid.comparison.live.names import state_of_names
from custid.comparison.live.organizations import FIRST_NAME, state_of_organizations
from custid.comparison.live.statements import state_of_statements
from custid.comparison.live.values import state_of_rows
from custid.comparison.names import PersonNameComparison
from custid.comparison.organization_names import OrganizationNameComparison
from custid.comparison.value_codes import MAX_ATTRIBUTES
from custid.comparison.value_comparison import ValueComparison
from custid.comparison.value_rows import word_weights
from custid.engines.labels import PARTY_KIND, identifier_labels
from custid.engines.table_weigher import binding_context
from custid.errors import ConfigurationError, StoreFormatError
from custid.scoring.match_model import TrainedMatchModel
from custid.table.array_file import ArrayFile
from custid.table.record_table import RecordTable, ValueColumn
from custid.table.utf8 import Utf8Strings

__all__ = ["bound_state", "empty_column", "live_context", "load_arrays", "save_arrays", "stored_values"]

_FILE: Final = ArrayFile(
    magic=b"custidLW",
    version=1,
    name="weigher file",
    content="units as they are compared",
    hint="Bind the units anew.",
)
_SPARE = 32
"""Of what is in use one part in so many is kept free in a file."""

_COMMON_SHARE = 1 / 16
_FEW_UNITS = 1_000
_LEAST_COMMON_OF_FEW = 2
_NOTHING_LISTED = ListedNumbers(hashes=np.zeros(0, np.uint64), numbers=np.zeros(0, np.float32), unlisted=np.float32(0))

Values = dict[str, tuple[Sequence[str], NDArray[np.int32]]]


def live_context(model: TrainedMatchModel) -> LiveContext:
    """Return what comparisons are bound with, of a match model that is given."""

    def rarity(attribute: str) -> ListedNumbers:
        counted = model.frequencies.get(attribute)
        if counted is None:
            return _NOTHING_LISTED
        return ListedNumbers(
            hashes=counted.hashes, numbers=counted.bits_of_counts(counted.counts), unlisted=counted.unlisted_bits
        )

    def weights_of(attribute: str) -> ListedNumbers:
        counted = model.frequencies.get(f"{attribute}.value_word")
        if counted is None:
            raise ConfigurationError(
                f"match model: expected how common the words of {attribute!r} are, got none.",
                hint="Train it anew with this release.",
            )
        return ListedNumbers(
            hashes=counted.hashes,
            numbers=word_weights(counted.counts, counted.total),
            unlisted=word_weights(np.ones(1, np.int64), counted.total)[0],
        )

    return LiveContext(
        binding=binding_context(model.frequencies, is_given=True, is_compiled=True),
        rarity=rarity,
        word_weights=weights_of,
    )


def empty_column(attribute: str, n_units: int) -> ValueColumn:
    """Return an attribute that no unit has."""
    return ValueColumn(
        attribute=attribute,
        vocabulary=Utf8Strings.of([]),
        codes=np.full((n_units, 1), -1, np.int32),
        counts=np.zeros(0, np.int64),
        hashes=np.zeros(0, np.uint64),
    )


def bound_state(
    table: RecordTable,
    comparisons: Sequence[Comparison],
    context: LiveContext,
    order: NDArray[np.int64],
) -> State:
    """Return the units of a table, as they are compared, as arrays.

    Parameters
    ----------
    table : RecordTable
        The units; it has all attributes of the comparisons.
    comparisons : sequence of Comparison
        What is compared.
    context : LiveContext
        Frequencies.
    order : ndarray of int64, shape (n_places,)
        The unit that stands at each place, the number of units where none does.

    Returns
    -------
    State
        Arrays.

    Raises
    ------
    ConfigurationError
        If a comparison is none of values, of names of persons or of names of organizations.
    """
    columns = {name: _placed(column.codes, order) for name, column in table.columns.items()}
    starts = np.cumsum([0, *(len(each.vocabulary) for each in table.columns.values())])
    numbers = {
        name: np.where(codes >= 0, codes + np.int32(start), np.int32(-1))
        for (name, codes), start in zip(columns.items(), starts, strict=False)
    }
    n_uses = {
        name: np.bincount(columns[name][columns[name] >= 0], minlength=len(column.vocabulary)).astype(np.int64)
        for name, column in table.columns.items()
    }
    rarity = {name: context.rarity(name) for name in table.columns}
    first_code = {each.attribute: FIRST_NAME for each in comparisons if isinstance(each, OrganizationNameComparison)}
    state = state_of_statements(table.columns, rarity, n_uses, first_code)
    n_common = {}
    for comparison in comparisons:
        if isinstance(comparison, ValueComparison):
            name = comparison.attribute
            state |= state_of_levels(name, comparison.levels, table.columns[name].vocabulary, context)
            n_common[name] = _n_common(columns[name])
        elif isinstance(comparison, PersonNameComparison):
            state |= state_of_names(table, numbers, order)
        elif isinstance(comparison, OrganizationNameComparison):
            name = comparison.attribute
            state |= state_of_organizations(comparison, table.columns[name], columns[name], context)
        else:
            raise ConfigurationError(
                f"comparison of {', '.join(each.name for each in comparison.outputs)}: expected one of values or of "
                f"names, got {type(comparison).__name__}.",
                hint="Units that come and go are compared by ValueComparison and the comparisons of names.",
            )
    state |= state_of_rows(numbers, len(order), dict(list(n_common.items())[:MAX_ATTRIBUTES]))
    return state | _state_of_units(table, numbers, order)


def _placed(rows: NDArray[Any], order: NDArray[np.int64], missing: int = -1) -> NDArray[Any]:
    """Return the rows of units by their places."""
    if len(rows) == len(order) and (order == np.arange(len(order))).all():
        return rows
    none = np.full((1, *rows.shape[1:]), missing, rows.dtype)
    return np.concatenate([rows, none])[order]


def _n_common(codes: NDArray[np.int32]) -> int:
    share_held = (codes >= 0).mean(axis=0) if len(codes) else np.zeros(1)
    n_common = max(1, int((share_held > _COMMON_SHARE).sum()))
    return n_common if len(codes) >= _FEW_UNITS else max(n_common, _LEAST_COMMON_OF_FEW)


def _state_of_units(table: RecordTable, numbers: Mapping[str, NDArray[np.int32]], order: NDArray[np.int64]) -> State:
    held = np.hstack([*numbers.values(), np.full((len(order), 1), -1, np.int32)])
    is_held = held >= 0
    n_held = is_held.sum(axis=1).astype(np.int32)
    ends = np.cumsum(n_held, dtype=np.int64)
    labels = {}
    starts = dict(zip(table.columns, np.cumsum([0, *(len(each.vocabulary) for each in table.columns.values())])))
    for name, codes in identifier_labels(table.columns).items():
        of_units = np.where(codes >= 0, codes + np.int32(starts[name]), np.int32(-1))
        labels[f"label.{name}"] = _placed(of_units.astype(np.int32), order)
    kinds = _placed(table.kind_of_unit, order)
    return {
        "units": {
            "content_hash": _placed(table.content_hash, order, 0),
            "start": ends - n_held,
            "n_held": n_held,
            "room": n_held.copy(),
            "is_live": order < table.n_units,
            f"label.{PARTY_KIND}": kinds.astype(np.int32),
            **labels,
        },
        "held": {"number": held[is_held]},
    }


def stored_values(arrays: LiveArrays, attributes: Sequence[str]) -> tuple[Values, NDArray[np.int64], NDArray[np.int8]]:
    """Return what the units of arrays state.

    Parameters
    ----------
    arrays : LiveArrays
        Units.
    attributes : sequence of str
        Names by number.

    Returns
    -------
    values : dict of str to (vocabulary, codes)
        For each attribute its values, and positions in it for each live unit.
    places : ndarray of int64, shape (n_live,)
        Where the live units stand, ascending.
    kinds : ndarray of int8, shape (n_live,)
        Their kinds.
    """
    units, statements = arrays.columns("units").in_use(), arrays.columns("statements").in_use()
    places = np.flatnonzero(units["is_live"])
    n_held = units["n_held"][places].astype(np.int64)
    row = np.repeat(np.arange(len(places)), n_held)
    first = np.cumsum(n_held) - n_held
    number = arrays.columns("held")["number"][units["start"][places][row] + np.arange(len(row)) - first[row]]
    of_attribute = statements["attribute"][number]
    ends = statements["end"]
    strings = Utf8Strings(
        data=np.append(arrays.columns("statements.texts").in_use()["bytes"], np.zeros(8, np.uint8)),
        offsets=np.append(0, ends).astype(np.int64),
    )
    values: Values = {}
    for which, attribute in enumerate(attributes):
        entries = np.flatnonzero(of_attribute == which)
        rows, numbers = row[entries], number[entries]
        used, codes = np.unique(numbers, return_inverse=True)
        # Values of a unit stand together: what comes before them in their list is of other units.
        column = np.arange(len(rows)) - np.searchsorted(rows, rows)
        matrix = np.full((len(places), int(column.max(initial=0)) + 1), -1, np.int32)
        matrix[rows, column] = codes
        values[attribute] = (strings.taken(used.astype(np.int64)), matrix)
    return values, places, units[f"label.{PARTY_KIND}"][places].astype(np.int8)


def _digest(model: TrainedMatchModel) -> str:
    """Return a digest of all that bound values have of a match model."""
    digest = blake2b(repr((model.attributes, model.outputs)).encode(), digest_size=16)
    for name, counted in sorted(model.frequencies.items()):
        digest.update(f"{name} {counted.total} {len(counted.hashes)} ".encode())
        digest.update(np.ascontiguousarray(counted.hashes).data)
        digest.update(np.ascontiguousarray(counted.counts).data)
    return digest.hexdigest()


def save_arrays(path: Path, arrays: LiveArrays, model: TrainedMatchModel) -> None:
    """Write arrays to a file, with some room for what comes."""
    flat, n_room = {}, {}
    for name, of_name in arrays.state().items():
        for array, values in of_name.items():
            flat[f"{name}/{array}"] = values
            if name in arrays:
                n_room[f"{name}/{array}"] = len(values) // _SPARE
    _FILE.write(path, {"model": _digest(model), "rows": arrays.n_rows}, flat, n_room=n_room)


def load_arrays(path: Path, model: TrainedMatchModel) -> LiveArrays:
    """Return the arrays of a file, mapped so that changes stay in memory.

    Raises
    ------
    StoreFormatError
        If they were bound with another match model.
    """
    description, flat = _FILE.read(path)
    if description["model"] != _digest(model):
        raise StoreFormatError(
            f"weigher file {path.name!r}: expected units bound with the match model given, got another model's.",
            hint="Bind the units anew.",
        )
    state: State = {}
    for name, array in flat.items():
        columns, _, which = name.rpartition("/")
        state.setdefault(columns, {})[which] = array
    return LiveArrays(state, description["rows"])
