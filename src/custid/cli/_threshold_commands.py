"""The command that chooses thresholds from the cost of errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, _request, app
from custid.cli._files import CHART_ENDINGS, Writer, check_targets, table_writer, write_files
from custid.cli._terminal import aligned, say, say_json

if TYPE_CHECKING:
    from custid.steering import Thresholds

__all__ = ["thresholds"]

_STEP_SHOWN_BITS = 2


@app.command(
    epilog=_examples(
        "custid thresholds customers.csv --false-merge 10 --miss 1 --reviews 200 --cases cases.csv",
        "custid thresholds crm=crm.csv shop=shop.csv --false-merge 50 --miss 20 --review-cost 2 --json",
    )
)
def thresholds(
    *,
    files: options.SourceFiles,
    false_merge: Annotated[
        float, typer.Option("--false-merge", metavar="COST", help="What it costs to take two customers for one.")
    ] = 1.0,
    miss: Annotated[
        float, typer.Option("--miss", metavar="COST", help="What it costs to take one customer for two.")
    ] = 1.0,
    review_cost: Annotated[
        float | None, typer.Option("--review-cost", metavar="COST", help="What it costs that a person looks at a case.")
    ] = None,
    reviews: Annotated[
        int | None, typer.Option("--reviews", metavar="N", min=0, help="How many cases a person can review.")
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases", metavar="FILE", help="Write the cases to review, the costliest first; endings as for --output."
        ),
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", metavar="FILE", help="Draw the costs; the ending chooses .png, .svg or .html."),
    ] = None,
    language: options.LanguageOption = options.Language.EN,
    is_link: options.Link = False,
    duplicate_free: options.DuplicateFree = None,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    constraints: options.ConstraintsFile = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Choose when to join and when to ask, from what errors cost.

    Prints what to expect of each threshold, by the probabilities alone, and the options of `custid dedupe` and
    `custid link` that cost least. Costs are in any one unit; with none given, both errors weigh the same and nothing is
    reviewed.
    """
    from custid.steering import ErrorCosts, choose_thresholds, review_cases  # noqa: PLC0415 - heavy, and --help does without

    costs = ErrorCosts(false_merge=false_merge, miss=miss, review=review_cost)
    request = _request(
        files,
        is_link=is_link,
        duplicate_free=duplicate_free,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        constraints=constraints,
        generic=generic,
        model=model,
        threads=threads,
        quiet=quiet,
    )
    check_targets((cases,), (chart,), request.inputs)
    if chart is not None and chart.suffix.lower() not in CHART_ENDINGS:
        raise typer.BadParameter(f"--chart: expected an ending among .png, .svg, .html, got {chart.suffix!r}.")
    result = request.resolve()
    chosen = choose_thresholds(result, costs, reviews)
    files_to_write: list[tuple[Path, Writer]] = []
    if cases is not None:
        files_to_write.append((cases, table_writer(review_cases(result, chosen), cases, spreadsheet_safe=True)))
    if chart is not None:
        files_to_write.append((chart, _chart_writer(chosen, chart, language.value)))
    write_files(files_to_write)
    if as_json:
        say_json(chosen.to_dict())
    else:
        say(f"{_table(chosen)}\n\n{chosen}\n\noptions: {_options_text(chosen)}")


def _chart_writer(chosen: Thresholds, path: Path, language: str) -> Writer:
    from custid import charts  # noqa: PLC0415 - heavy, and --help does without

    drawn = charts.error_costs(chosen, language=language)
    return lambda target: charts.save_chart(drawn, target, ending=path.suffix)


def _table(chosen: Thresholds) -> str:
    """Return every other whole threshold of the curve, and the one chosen, as a table."""
    header = ("bits", "probability", "customers", "precision", "recall", "false merges", "misses", "cost", "")
    return aligned([header, *(_cells(row, chosen) for row in chosen.curve.to_pylist() if _is_shown(row, chosen))])


def _is_shown(row: dict[str, Any], chosen: Thresholds) -> bool:
    return bool(row["threshold_bits"] % _STEP_SHOWN_BITS == 0) or _is_chosen(row, chosen)


def _is_chosen(row: dict[str, Any], chosen: Thresholds) -> bool:
    return bool(abs(row["match_probability"] - chosen.match_probability) < 1e-12)


def _cells(row: dict[str, Any], chosen: Thresholds) -> tuple[str, ...]:
    return (
        f"{row['threshold_bits']:.1f}",
        f"{row['match_probability']:.5f}",
        f"{row['n_customers']:,}",
        f"{row['expected_precision']:.4f}",
        f"{row['expected_recall']:.4f}",
        f"{row['expected_false_merges']:,.1f}",
        f"{row['expected_misses']:,.1f}",
        f"{row['expected_cost']:,.1f}",
        "<- chosen" if _is_chosen(row, chosen) else "",
    )


def _options_text(chosen: Thresholds) -> str:
    """Return the options of a run, in six digits: a run takes them for what they are."""
    return (
        f"--match-probability {chosen.match_probability:.6g} --review-probability {chosen.review_probability:.6g} "
        f"--certain-probability {_below_one(chosen.certain_probability)}"
    )


def _below_one(probability: float) -> str:
    text = f"{probability:.6g}"
    return text if float(text) < 1 else "0.999999"
