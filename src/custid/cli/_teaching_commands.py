"""The commands by which a person teaches: what to ask, what the answers change, and how good the run is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, _request, app
from custid.cli._files import check_targets, table_writer, text_writer, write_files
from custid.cli._terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from custid.result import Result
    from custid.review import Labels
    from custid.steering import Question, SampledPair

__all__ = ["estimate", "queue", "sample", "teach"]

_Questions = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="Write this CSV file; it holds customers' data.")
]
_Answers = Annotated[Path, typer.Option("--labels", metavar="FILE", help="The answers, as JSON Lines or CSV.")]
_SEPARATOR = " | "


@app.command(
    epilog=_examples(
        "custid queue customers.csv --output questions.csv",
        "custid queue customers.csv --labels answers.csv -o more.csv --number 20",
    )
)
def queue(
    *,
    files: options.SourceFiles,
    output: _Questions,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="What was answered before, as JSON Lines or CSV.")
    ] = None,
    number: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, help="Ask N questions.")] = 10,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Write the pairs of records whose answers teach most.

    The file is a table for a spreadsheet: write match, non_match or unsure into the column verdict, and give it back as
    --labels, here and to custid teach.
    """
    _check_questions(output)
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        match_probability=match_probability,
        constraints=constraints,
        generic=generic,
        model=model,
        threads=threads,
        quiet=quiet,
    )
    check_targets((output,), (), [*request.inputs, *([] if labels is None else [labels])])
    known = _labels(labels)
    result = request.resolve()
    from custid.steering import review_queue  # noqa: PLC0415 - heavy, and --help does without

    asked = review_queue(result, known, n=number)
    write_files([(output, table_writer(_table(result, asked), output, spreadsheet_safe=True))])
    if not quiet:
        say(f"{len(asked):,} of {asked.n_open:,} open questions")


@app.command(
    epilog=_examples(
        "custid teach customers.csv --labels answers.csv --save-model taught.json",
        "custid dedupe customers.csv --model taught.json --output found.parquet",
    )
)
def teach(
    *,
    files: options.SourceFiles,
    labels: _Answers,
    save_model: Annotated[Path, typer.Option("--save-model", metavar="FILE", help="Write the match model, as JSON.")],
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Teach a match model by answers, and write it.

    Starts from the model learned from the files, or from --model; give all answers each time. Where they do not speak
    for other weights, the model stays as it was. Prints whether more answers would change anything.
    """
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        constraints=constraints,
        generic=generic,
        model=model,
        threads=threads,
        quiet=quiet,
    )
    check_targets((), (save_model,), [*request.inputs, labels])
    known = _labels(labels)
    result = request.resolve()
    from custid.steering import learning_state  # noqa: PLC0415 - heavy, and --help does without
    from custid.steering import teach as taught_by  # noqa: PLC0415 - as above

    taught = taught_by(result, known)
    state = learning_state(result, known)
    write_files([(save_model, text_writer(taught.to_json()))])
    if not quiet:
        say("the labels do not speak for other weights" if taught is result.model else "weights were changed")
        say(str(state))


@app.command(
    epilog=_examples(
        "custid sample customers.csv --output sample.csv --number 200",
        "custid estimate customers.csv --labels sample.csv",
    )
)
def sample(
    *,
    files: options.SourceFiles,
    output: _Questions,
    number: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, help="Draw N pairs.")] = 100,
    seed: Annotated[int, typer.Option("--seed", metavar="SEED", min=0, help="Seed of the choice.")] = 0,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a sample of pairs of records by which precision and recall are estimated.

    Write match, non_match or unsure into the column verdict, keep the notes, and give the file to custid estimate.
    """
    _check_questions(output)
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        match_probability=match_probability,
        constraints=constraints,
        generic=generic,
        model=model,
        threads=threads,
        quiet=quiet,
    )
    check_targets((output,), (), request.inputs)
    result = request.resolve()
    from custid.steering import quality_sample  # noqa: PLC0415 - heavy, and --help does without

    drawn = quality_sample(result, number, seed=seed)
    write_files([(output, table_writer(_table(result, drawn), output, spreadsheet_safe=True))])
    if not quiet:
        say(f"{len(drawn):,} of {drawn.n_pairs:,} pairs of records")


@app.command(epilog=_examples("custid estimate customers.csv --labels sample.csv"))
def estimate(
    *,
    files: options.SourceFiles,
    labels: _Answers,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Estimate precision and recall from the answers to a sample.

    Files and options are those of custid sample, so that the run is the one that was sampled. Prints 95 % intervals.
    """
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        match_probability=match_probability,
        constraints=constraints,
        generic=generic,
        model=model,
        threads=threads,
        quiet=quiet,
    )
    known = _labels(labels)
    result = request.resolve()
    from custid.steering import estimate_quality  # noqa: PLC0415 - heavy, and --help does without

    say(str(estimate_quality(result, known)))


def _check_questions(output: Path) -> None:
    if output.suffix.lower() != ".csv":
        raise typer.BadParameter(f"{str(output)!r}: expected an ending .csv, got {output.suffix!r}.")


def _labels(path: Path | None) -> Labels:
    from custid.review import Labels, read_labels  # noqa: PLC0415 - beside the other imports of need

    return Labels() if path is None else read_labels(path)


def _table(result: Result, questions: Iterable[Question | SampledPair]) -> pa.Table:
    """Return questions as a table: what names the records, an empty verdict, the note, and values side by side."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and --help does without

    names = [output.name for output in result.model.outputs]
    rows: list[dict[str, Any]] = []
    for question in questions:
        row = {
            "left_source": question.left[0],
            "left_record_key": question.left[1],
            "right_source": question.right[0],
            "right_record_key": question.right[1],
            "verdict": "",
            "note": getattr(question, "note", ""),
        }
        for each in result.explain(question.left, question.right).comparisons:
            row[f"left_{each.name}"] = _SEPARATOR.join(each.left_values)
            row[f"right_{each.name}"] = _SEPARATOR.join(each.right_values)
        rows.append(row)
    columns = ["left_source", "left_record_key", "right_source", "right_record_key", "verdict", "note"]
    columns += [f"{side}_{name}" for name in names for side in ("left", "right")]
    return pa.table({name: pa.array([row.get(name, "") for row in rows], pa.string()) for name in columns})
