"""A match model that the caller gives: it has to fit what is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ConfigurationError
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable, ValueColumn

__all__ = ["fitting_table", "fitting_u", "fitting_values"]

T = TypeVar("T")


def fitting_values(
    model: TrainedMatchModel | None, values: Mapping[str, T], certain: Collection[str] = ()
) -> tuple[Mapping[str, T], tuple[str, ...]]:
    """Return the values of the attributes that a model knows, or of which something is certain without it.

    Parameters
    ----------
    model : TrainedMatchModel or None
        The model given; all attributes are known to none, or to one that does not tell its attributes.
    values : Mapping of str to any
        By attribute, what the rows hold.
    certain : collection of str
        Attributes that tell records apart, or join them, whatever a model says.

    Returns
    -------
    known : Mapping of str to any
        The values of the attributes that the model knows, and of those.
    left_out : tuple of str
        The attributes that the model does not know.

    Raises
    ------
    ConfigurationError
        If the model knows none of the attributes.
    """
    if model is None or model.attributes is None:
        return values, ()
    left_out = tuple(name for name in values if name not in model.attributes)
    if len(left_out) == len(values):
        raise ConfigurationError(
            f"columns: expected some of the attributes that the model was trained on, {', '.join(model.attributes)}; "
            f"got {', '.join(values)}.",
            hint="Say what the columns are with a Schema, or train a model anew.",
        )
    return {name: each for name, each in values.items() if name not in left_out or name in certain}, left_out


def fitting_table(model: TrainedMatchModel, table: RecordTable) -> RecordTable:
    """Return a table of just the attributes that a model was trained on.

    Parameters
    ----------
    model : TrainedMatchModel
        The model given.
    table : RecordTable
        The records of the run.

    Returns
    -------
    RecordTable
        Attributes of the model that the records do not have are missing in all of them; attributes that the model does
        not know are left out.  The same table where the model does not tell its attributes.
    """
    if model.attributes is None or model.attributes == tuple(table.columns):
        return table
    seen = None if table.seen is None else fitting_table(model, table.seen)
    columns = {name: table.columns.get(name) or ValueColumn.absent(name, table.n_units) for name in model.attributes}
    return evolve(table, columns=columns, seen=seen)


def fitting_u(model: TrainedMatchModel, outputs: Sequence[ComparisonOutput]) -> tuple[NDArray[np.float64], ...]:
    """Return the u probabilities of a model, if it has the outputs of the comparisons.

    Parameters
    ----------
    model : TrainedMatchModel
        The model given.
    outputs : sequence of ComparisonOutput
        What the comparisons of the run put out.

    Returns
    -------
    tuple of ndarray of float64
        For each output the probability of each level among strangers.

    Raises
    ------
    ConfigurationError
        With every output that one of the two lacks, or that differs.
    """
    if model.outputs != tuple(outputs):
        wanted, got = {each.name: each for each in model.outputs}, {each.name: each for each in outputs}
        problems = [
            *(f"model: comparison {name!r}: expected data for it, got none" for name in sorted(set(wanted) - set(got))),
            *(f"model: comparison {name!r}: expected none, got one" for name in sorted(set(got) - set(wanted))),
            *(
                f"model: comparison {name!r}: expected the levels and kind it was trained with, got others"
                for name in sorted(set(wanted) & set(got))
                if wanted[name] != got[name]
            ),
        ]
        raise ConfigurationError.collected(
            problems or ["model: expected its comparisons in their own order, got another"],
            hint="Map the columns with a Schema, give the comparisons it was trained with, or train a model anew.",
        )
    return tuple(parameters.u_probability for parameters in model.parameters)
