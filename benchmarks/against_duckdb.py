"""Compare and weigh candidate pairs of customers over eight attributes: custid and SQL on DuckDB side by side.

    python -m benchmarks.against_duckdb                                  # 100,000 records, made up in the run
    python -m benchmarks.against_duckdb .data/synth/1m/records.csv --repeats 5

Both start from one Arrow table of the same canonical values and do the same work: the same blocking rules, each pair
once, blocks of more than 63 records passed over; the same levels; the same weights.  The script refuses to print a
ratio if pairs or weights differ.  The SQL is what someone who knows DuckDB writes by hand: keys are hashed once,
oversized blocks are dropped before the joins, and the unrestricted Damerau distance, which is slow there, is asked for
only where the quick Levenshtein distance leaves it open.

Runs alternate and medians are compared: processor time over all threads with one thread, wall time with two.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking import AtomColumn
from custid.comparison import ErrorLevels, ValueComparison, ValueLevels
from custid.comparison.comparison import BindingContext
from custid.comparison.string_metrics import Executor, jaro_winkler_similarity_pairs
from custid.comparison.value_comparison import BoundLevels
from custid.engines.local import LocalEngine
from custid.engines.options import Parts, ResolveOptions
from custid.scoring.match_model import OutputParameters, TrainedMatchModel
from custid.scoring.weights import LEAST_BITS, rarity_adjustment
from custid.table.hashing import combine_hashes
from custid.table.packed import PackedStrings
from custid.table.record_table import RecordTable, build_record_table
from custid.testing import synthetic_customers

__all__ = ["measure"]

_N_RECORDS = 100_000
_BLOCK_CAP = 63
_PAIRS_PER_RECORD = 40.0
_TOLERANCE = 1e-6
_PRIOR = 1e-6
_LEAST_BITS = 0.0

_SIMILAR = {
    "given_name": (0.92, 0.8),
    "family_name": (0.92, 0.8),
    "email": (0.95, 0.88),
    "street": (0.92, 0.88),
    "city": (0.92, 0.88),
}
_ONE_ERROR = ("birth_date", "phone", "postcode")
_ATTRIBUTES = (*_SIMILAR, *_ONE_ERROR)
_RULES = (
    ("email",),
    ("phone",),
    ("given_name", "family_name"),
    ("birth_date",),
    ("street",),
    ("postcode", "family_name"),
    ("postcode", "given_name"),
    ("city", "family_name"),
    ("city", "given_name"),
)
# What matches and strangers show at each level, from else to exact.
_M = {4: (0.1, 0.05, 0.1, 0.75), 3: (0.1, 0.1, 0.8)}
_U = {4: (0.97, 0.015, 0.005, 0.01), 3: (0.985, 0.005, 0.01)}
_CLOCKS: dict[str, tuple[int, Callable[[], float]]] = {
    "processor seconds, 1 thread": (1, time.process_time),
    "wall seconds, 2 threads": (2, time.perf_counter),
}


class Cost(NamedTuple):
    """Seconds of the three steps of one run."""

    encoding: float
    blocking: float
    comparing: float


class Found(NamedTuple):
    """Pairs of input rows, ascending, and their match weights."""

    pairs: NDArray[np.int64]
    weight_bits: NDArray[np.float64]


@frozen
class SimilarityLevels:
    """Levels of two values by Jaro-Winkler similarity.

    Attributes
    ----------
    at_least : tuple of float
        Smallest similarity of each level between exact and else, descending.
    """

    at_least: tuple[float, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return ("else", *(f"at least {bound}" for bound in reversed(self.at_least)), "exact")

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        strings = PackedStrings.from_strings(vocabulary)
        executor = Executor.NUMBA if context.is_compiled else Executor.RAPIDFUZZ
        bounds = np.array(self.at_least[::-1], np.float32) - np.float32(_TOLERANCE)

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            # The engine has threads of its own.
            similarity = jaro_winkler_similarity_pairs(
                strings, left, right, at_least=self.at_least[-1], executor=executor, n_threads=1
            ).astype(np.float32)
            return np.searchsorted(bounds, similarity, side="right").astype(np.int8)

        return grade


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the seconds of each step and the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("records", type=Path, nargs="?", help="a CSV file with the columns of synthetic customers")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, and the lines as messages")
    options = parser.parse_args(arguments)
    found = measure(canonical_records(options.records), options.repeats)
    lines = sys.stderr if options.json else sys.stdout
    print(
        f"{found['n_records']:,} records, {found['n_pairs']:,} pairs, the same pairs and weights on both sides",
        file=lines,
    )
    for name in _CLOCKS:
        print(f"{name:<30}{'encoding':>10}{'blocking':>10}{'comparing':>11}{'together':>10}", file=lines)
        ours = found[name]["custid"]
        for peer, cost in found[name].items():
            times = "" if cost is ours else f"   {cost[2] / ours[2]:.1f} and {sum(cost) / sum(ours):.1f} times custid's"
            print(f"  {peer:<28}{cost[0]:>10.2f}{cost[1]:>10.2f}{cost[2]:>11.2f}{sum(cost):>10.2f}{times}", file=lines)
    if options.json:
        print(json.dumps(found))
    return 0


def measure(records: pa.Table, repeats: int) -> dict[str, Any]:
    """Return medians and ratios of alternating runs.

    Parameters
    ----------
    records : pyarrow.Table
        Canonical values, one column per attribute; no two rows are equal.
    repeats : int
        Runs of each peer, for each number of threads.

    Returns
    -------
    dict
        For each way of measuring, the costs of both and the ratios: of comparing alone, and of everything.

    Raises
    ------
    RuntimeError
        If the two do not find the same pairs with the same weights.
    """
    model = _model()
    peers: dict[str, Callable[[int, Callable[[], float]], tuple[Cost, Found]]] = {
        "custid": lambda n_threads, clock: run_custid(records, model, n_threads, clock),
        "duckdb": lambda n_threads, clock: run_duckdb(records, model, n_threads, clock),
    }
    ours, theirs = (run(2, time.perf_counter)[1] for run in peers.values())
    _check_agreement(ours, theirs)
    measured: dict[str, Any] = {"n_records": records.num_rows, "n_pairs": len(theirs.pairs)}
    for name, (n_threads, clock) in _CLOCKS.items():
        costs: dict[str, list[Cost]] = {peer: [] for peer in peers}
        for _ in range(repeats):
            for peer, run in peers.items():
                costs[peer].append(run(n_threads, clock)[0])
        medians = {
            peer: [statistics.median(steps) for steps in zip(*runs, strict=True)] for peer, runs in costs.items()
        }
        measured[name] = medians
    return measured


def canonical_records(path: Path | None) -> pa.Table:
    """Return distinct records in letters and digits, made up where there is no file."""
    values = ", ".join(
        f"nullif(trim(regexp_replace(lower(strip_accents({name}::varchar)), '[^a-z0-9@.]+', ' ', 'g')), '') as {name}"
        for name in _ATTRIBUTES
    )
    with duckdb.connect() as connection:
        if path is None:
            source = connection.from_arrow(synthetic_customers(_N_RECORDS, seed=1).records)
        else:
            source = connection.read_csv(str(path), header=True, all_varchar=True)
        return source.query("raw", f"select distinct {values} from raw order by all").to_arrow_table()


def run_custid(
    records: pa.Table, model: TrainedMatchModel, n_threads: int, clock: Callable[[], float]
) -> tuple[Cost, Found]:
    """Encode, block, compare and weigh with the engine; its clusterer takes the weights and does nothing."""
    marks = [clock()]
    table = build_record_table(_encoded(records), records.num_rows)
    marks.append(clock())
    graphs: list[Any] = []

    def tell(step: str, done: float) -> None:
        # Told when comparisons are bound, and again when the first pair is compared.
        if step == "comparing" and not done and len(marks) == 2:
            marks.append(clock())

    def take(graph: Any) -> NDArray[np.int64]:
        marks.append(clock())
        graphs.append(graph)
        return np.arange(table.n_units)

    options = ResolveOptions(n_threads=n_threads, block_cap=_BLOCK_CAP, pairs_per_record=_PAIRS_PER_RECORD)
    parts = Parts(blocking=_rule_atoms, comparisons=_comparisons(), clusterer=take)
    LocalEngine(options).run(table, parts=parts, model=model, progress=tell)
    row_of_unit = np.empty(table.n_units, np.int64)
    row_of_unit[table.unit_of_row] = np.arange(records.num_rows)
    (graph,) = graphs
    found = _found(row_of_unit[graph.left_idx], row_of_unit[graph.right_idx], graph.weight_bits, records.num_rows)
    return Cost(*np.diff(marks).tolist()), found


def _encoded(records: pa.Table) -> dict[str, tuple[list[str], NDArray[np.int32]]]:
    encoded = {}
    for name in records.column_names:
        column = records[name].combine_chunks().dictionary_encode()
        codes = column.indices.fill_null(-1).to_numpy()
        encoded[name] = (column.dictionary.to_pylist(), codes.reshape(-1, 1))
    return encoded


def _rule_atoms(table: RecordTable) -> list[AtomColumn]:
    """Return one kind of atom for each rule: the values that it wants equal, as one."""
    atoms = []
    for rule in _RULES:
        columns = [table.columns[name] for name in rule]
        units = np.flatnonzero(np.all([column.codes[:, 0] >= 0 for column in columns], axis=0))
        hashes = combine_hashes([column.hashes[column.codes[units, 0]] for column in columns])
        order = np.argsort(hashes, kind="stable")
        counts = np.unique(hashes, return_counts=True)[1]
        is_shared = counts > 1
        atoms.append(
            AtomColumn(
                group="rule",
                kind=" and ".join(rule),
                may_stand_alone=True,
                starts=np.append(0, np.cumsum(counts[is_shared])).astype(np.int64),
                unit_idx=units[order][np.repeat(is_shared, counts)].astype(np.int32),
            )
        )
    return atoms


def _comparisons() -> list[ValueComparison]:
    levels: dict[str, ValueLevels] = {name: SimilarityLevels(bounds) for name, bounds in _SIMILAR.items()}
    levels |= dict.fromkeys(_ONE_ERROR, ErrorLevels(max_errors=1))
    return [ValueComparison(attribute=name, levels=levels[name]) for name in _ATTRIBUTES]


def _model() -> TrainedMatchModel:
    outputs = [output for comparison in _comparisons() for output in comparison.outputs]
    return TrainedMatchModel(
        parameters=tuple(
            OutputParameters(
                output=output,
                m_probability=np.array(_M[len(output.levels)]),
                u_probability=np.array(_U[len(output.levels)]),
            )
            for output in outputs
        ),
        prior_match_probability=_PRIOR,
        classes=(),
        frequencies={},
        n_records=1,
    )


def run_duckdb(
    records: pa.Table, model: TrainedMatchModel, n_threads: int, clock: Callable[[], float]
) -> tuple[Cost, Found]:
    """Do the same in SQL."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {n_threads}")
        connection.register("records", records)
        marks = [clock()]
        connection.execute("create table person as select (row_number() over ()) - 1 as row, * from records")
        marks.append(clock())
        for statement in _blocking_sql():
            connection.execute(statement)
        marks.append(clock())
        for statement in _weighing_sql(model):
            connection.execute(statement)
        marks.append(clock())
        columns = connection.execute("select first, second, bits from weighed").fetchnumpy()
    found = _found(columns["first"], columns["second"], columns["bits"], len(records))
    return Cost(*np.diff(marks).tolist()), found


def _blocking_sql() -> Iterator[str]:
    """Yield what makes the pairs: keys, keys without oversized blocks, and one join for each rule."""
    numbers = range(len(_RULES))
    keys = ", ".join(
        f"case when {' and '.join(f'{name} is not null' for name in rule)} "
        f"then hash({', '.join(rule)}) end as key{number}"
        for number, rule in enumerate(_RULES)
    )
    yield f"create table keyed as select row, {keys} from person"
    kept = ", ".join(
        f"case when key{number} in (select key{number} from keyed group by 1 "
        f"having count(*) between 2 and {_BLOCK_CAP}) then key{number} end as key{number}"
        for number in numbers
    )
    yield f"create table blocked as select row, {kept} from keyed"
    joins = []
    for number in numbers:
        # Two missing keys are not distinct, and yet no earlier rule has joined the two.
        unseen = "".join(f" and not coalesce(l.key{earlier} = r.key{earlier}, false)" for earlier in range(number))
        joins.append(
            "select l.row as first, r.row as second from blocked l join blocked r "
            f"on l.key{number} = r.key{number} and l.row < r.row{unseen}"
        )
    yield f"create table pair as {' union all '.join(joins)}"


def _weighing_sql(model: TrainedMatchModel) -> Iterator[str]:
    """Yield what weighs all pairs: the levels of every attribute, and then their weights."""
    prior = float(np.log2(model.prior_match_probability / (1.0 - model.prior_match_probability)))
    compared = "from pair join person a on a.row = first join person b on b.row = second"
    bits_of = {parameters.output.attribute: _bits_of_levels(parameters) for parameters in model.parameters}
    levels = [f"{_level_sql(name, len(bits))} as {name}" for name, bits in bits_of.items()]
    yield f"create table graded as select first, second, {', '.join(levels)} {compared}"
    terms = [
        f"case {name} {' '.join(f'when {level} then {each!r}' for level, each in enumerate(bits))} else 0.0::double end"
        for name, bits in bits_of.items()
    ]
    # A weight that is less is not told apart.
    bits = f"greatest({' + '.join([repr(prior), *terms])}, {LEAST_BITS!r}::double)"
    yield f"create table weighed as select *, {bits} as bits from graded"


def _level_sql(name: str, n_levels: int) -> str:
    """Return the level of two values, the closest one first."""
    left, right = f"a.{name}", f"b.{name}"
    if name in _SIMILAR:
        similarity = f"jaro_winkler_similarity({left}, {right})"
        between = "".join(
            f" when {similarity} >= {bound - _TOLERANCE!r} then {level}"
            for bound, level in zip(_SIMILAR[name], range(n_levels - 2, 0, -1), strict=True)
        )
    else:
        distance = f"levenshtein({left}, {right})"
        # Only two neighbors that have changed places are one error by the one distance and two by the other.
        swapped = f"{distance} = 2 and damerau_levenshtein({left}, {right}) = 1"
        between = f" when {distance} = 1 or ({swapped}) then 1"
    return (
        f"case when {left} is null or {right} is null then -1 when {left} = {right} then {n_levels - 1}{between} "
        "else 0 end::tinyint"
    )


def _bits_of_levels(parameters: OutputParameters) -> list[float]:
    """Return the weight of each level, from else to exact; values count as equally common."""
    bits = parameters.level_bits()[:-1]
    top = np.array([len(bits) - 1], np.int8)
    bits[-1] += rarity_adjustment(parameters.output, parameters.u_probability, top, np.zeros(1, np.float32))[0]
    return [float(each) for each in bits]


def _found(left: NDArray[Any], right: NDArray[Any], bits: NDArray[np.float64], n_records: int) -> Found:
    keys = np.minimum(left, right).astype(np.int64) * n_records + np.maximum(left, right)
    order = np.argsort(keys)
    return Found(keys[order], bits[order])


def _check_agreement(ours: Found, theirs: Found) -> None:
    """Compare all pairs, or, where the engine has given up some early, all that weigh enough."""
    if len(ours.pairs) != len(theirs.pairs):
        ours, theirs = (
            Found(each.pairs[each.weight_bits >= _LEAST_BITS], each.weight_bits[each.weight_bits >= _LEAST_BITS])
            for each in (ours, theirs)
        )
    if not np.array_equal(ours.pairs, theirs.pairs):
        n_common = len(np.intersect1d(ours.pairs, theirs.pairs))
        raise RuntimeError(f"pairs: {len(ours.pairs)} by custid, {len(theirs.pairs)} by DuckDB, {n_common} in common")
    n_differing = int((np.abs(ours.weight_bits - theirs.weight_bits) > 1e-4).sum())
    if n_differing:
        raise RuntimeError(f"weights: {n_differing} of {len(ours.pairs)} pairs differ")


if __name__ == "__main__":
    sys.exit(main())
