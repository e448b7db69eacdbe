"""The commands for people who look at decisions: the review page and charts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from custid.cli import _options as options
from custid.cli._commands import _examples, _record_key, _request, app
from custid.cli._files import CHART_ENDINGS, check_targets, write_files
from custid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from custid.result import Result

__all__ = ["ChartName", "chart", "report"]


class ChartName(StrEnum):
    """Charts by the names of their functions in `custid.charts`."""

    AGREEMENT_CORRELATION = "agreement-correlation"
    BLOCK_SIZES = "block-sizes"
    CALIBRATION = "calibration"
    CLUSTER_SIZES = "cluster-sizes"
    EM_HISTORY = "em-history"
    M_U_PROBABILITIES = "m-u-probabilities"
    MATCH_WEIGHTS = "match-weights"
    MISSINGNESS = "missingness"
    PRECISION_RECALL = "precision-recall"
    THRESHOLD_CURVES = "threshold-curves"
    WATERFALL = "waterfall"


_OF_MODEL = frozenset({ChartName.M_U_PROBABILITIES, ChartName.EM_HISTORY})
_NEEDS_KNOWN = frozenset({ChartName.CALIBRATION, ChartName.PRECISION_RECALL})
_TAKES_KNOWN = _NEEDS_KNOWN | {ChartName.THRESHOLD_CURVES}


@app.command(
    epilog=_examples(
        "custid report customers.csv --output review.html",
        "custid report crm=crm.csv shop=shop.csv -o review.html --max-customers 300 --language fr",
    )
)
def report(
    *,
    files: options.SourceFiles,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Write this HTML file; it holds customers' data."),
    ],
    max_customers: Annotated[
        int,
        typer.Option(
            "--max-customers", metavar="N", min=0, help="Show the N most doubtful customers, and as many pairs of them."
        ),
    ] = 100,
    language: options.LanguageOption = options.Language.EN,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    match_probability: options.MatchProbability = None,
    labels: options.LabelsFile = None,
    constraints: options.ConstraintsFile = None,
    review_probability: options.ReviewProbability = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a page on which a person reviews the customers found.

    The most doubtful come first, with their values side by side and what speaks for and against; accept, reject and
    split are collected into a label file; what --labels says already is not asked again. The page is one file that
    opens in any browser and needs no network.
    """
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        labels=labels,
        constraints=constraints,
        model=model,
        match_probability=match_probability,
        review_probability=review_probability,
        generic=generic,
        threads=threads,
        quiet=quiet,
    )
    check_targets((), (output,), request.inputs)
    result = request.resolve()
    write_files([(output, lambda path: result.save_report(path, max_customers=max_customers, language=language.value))])


@app.command(
    epilog=_examples(
        "custid chart match-weights customers.csv --output weights.svg",
        "custid chart calibration customers.csv --truth truth.csv -o calibration.png",
        "custid chart threshold-curves customers.csv --labels labels.jsonl -o thresholds.html",
        "custid chart waterfall customers.csv 1027 4461 -o waterfall.png --language fr",
    )
)
def chart(
    *,
    name: Annotated[ChartName, typer.Argument(metavar="CHART", help=f"One of {', '.join(ChartName)}.")],
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE... [LEFT RIGHT]",
            help="A file, or the sources to link as NAME=FILE; for a waterfall, then the keys of two records.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Write the chart; the ending chooses .png, .svg or .html."),
    ],
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="FILE", help="CSV with record_key (and source) and true_id.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="Labels of a review, as JSON Lines or CSV.")
    ] = None,
    language: options.LanguageOption = options.Language.EN,
    is_link: options.Link = False,
    model: options.ModelFile = None,
    schema: options.SchemaFile = None,
    maps: options.Maps = None,
    record_key: options.RecordKeys = None,
    generic: options.GenericFile = None,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Draw a chart of what a run found.

    Calibration and precision-recall need the truth or labels, threshold-curves takes them. Charts need the extra
    custid[charts], and no network.
    """
    files, keys = (arguments[:-2], arguments[-2:]) if name is ChartName.WATERFALL else (arguments, [])
    if not files:
        raise typer.BadParameter("expected a file and the keys of two records.")
    _check_known(name, truth, labels)
    request = _request(
        files,
        is_link=is_link,
        schema=schema,
        maps=maps,
        record_keys=record_key,
        model=model,
        generic=generic,
        threads=threads,
        quiet=quiet,
    )
    check_targets((), (output,), [*request.inputs, *(path for path in (truth, labels) if path is not None)])
    known: Any = truth
    if labels is not None:
        from custid.review import read_labels  # noqa: PLC0415 - beside the other imports of need

        known = read_labels(labels)
    from custid import charts  # noqa: PLC0415 - heavy, and --help does without

    if output.suffix.lower() not in CHART_ENDINGS:
        raise typer.BadParameter(f"{str(output)!r}: expected an ending among .png, .svg, .html, got {output.suffix!r}.")
    drawn = _drawn(name, request.resolve(), keys, known, language.value)
    write_files([(output, lambda path: charts.save_chart(drawn, path, ending=output.suffix))])


def _check_known(name: ChartName, truth: Path | None, labels: Path | None) -> None:
    if truth is not None and labels is not None:
        raise typer.BadParameter("expected --truth or --labels, got both.")
    is_given = truth is not None or labels is not None
    if is_given and name not in _TAKES_KNOWN:
        raise typer.BadParameter(f"{name.value}: expected neither --truth nor --labels, got one.")
    if not is_given and name in _NEEDS_KNOWN:
        raise ConfigurationError(
            f"chart {name.value}: expected --truth or --labels, got neither.",
            hint="Without them, threshold-curves shows what the probabilities promise.",
        )


def _drawn(name: ChartName, result: Result, keys: list[str], known: Any, language: str) -> Any:
    from custid import charts  # noqa: PLC0415 - heavy, and --help does without

    draw: Callable[..., Any] = getattr(charts, name.value.replace("-", "_"))
    if name is ChartName.WATERFALL:
        left, right = (_record_key(result, key) for key in keys)
        return draw(result.explain(left, right, language=language))
    if name in _OF_MODEL:
        return draw(result.model, language=language)
    if name in _TAKES_KNOWN:
        return draw(result, known, language=language)
    return draw(result, language=language)
