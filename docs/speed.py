"""Draws the plots and writes the tables of ``explanation/speed.md``: run ``python docs/speed.py``.

The figures are those that `benchmarks.growth` and `benchmarks.against_peers` have kept in ``benchmarks/results``.
"""
# ruff: noqa: INP001, PLC0415 - a script; what draws is loaded when it draws

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "explanation" / "speed.md"
PLOT = Path(__file__).parent / "explanation" / "growth.svg"
RESULTS = ROOT / "benchmarks" / "results"
MILLION = 1_000_000
N_COLUMNS = 13
INK, LINE, PALE = "#1f4e79", "#c0504d", "#9a9a9a"


def figures(name: str) -> dict[str, Any]:
    """Return kept figures."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, n_left: int = 1) -> str:
    """Return a table; all but the first columns are aligned to the right."""
    rule = [*["---"] * n_left, *["---:"] * (len(head) - n_left)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *rows))


def machine_section() -> str:
    """Return what the figures were measured on."""
    found = figures("peers")["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    lines = [
        (
            f"{found['cores']} cores of {found['processor']}; {found['memory_gib']} GiB of memory; {found['system']}; "
            f"Python {found['python']}; {versions}."
        )
    ]
    for name in ("peers", "growth"):
        measured = figures(name)["machine"]
        load = measured.get("load_average") or 0
        busy = f", while the machine was busy with other work (load {load:g})" if load > measured["cores"] else ""
        lines.append(f"{'Ratios' if name == 'peers' else 'Growth'}: commit {measured['commit']}{busy}.")
    return "\n".join(lines) + "\n"


def targets_section() -> str:
    """Return every target with what was measured."""
    rows = [
        (
            row["what"],
            row["against"] or "–",
            f"{'≤' if row['is_upper_bound'] else '≥'} {row['target']:g}{unit(row)}",
            f"{row['measured']:.3g}{unit(row)}",
            "yes" if row["is_met"] else "**no**",
        )
        for part in figures("peers")["parts"].values()
        for row in part["rows"]
    ]
    return table(("What", "Against", "Target", "Measured", "Met"), rows, n_left=2)


def unit(row: dict[str, Any]) -> str:
    """Return what a figure is counted in."""
    return "×" if row["unit"] == "x" else f" {row['unit']}".rstrip()


def growth_section() -> str:
    """Return what runs of each size took."""
    rows = [
        (
            f"{run['n_records']:,}",
            f"{run['wall_seconds']:.1f}",
            f"{run['cpu_seconds']:.1f}",
            f"{run['peak_megabytes']:,}",
            f"{run['n_pairs'] / run['n_records']:.1f}",
            f"{1e6 * run['cpu_seconds'] / run['n_records']:.0f}",
            f"{run['f1']:.4f}",
        )
        for run in figures("growth")["runs"]
    ]
    head = ("Records", "Seconds", "of processor", "MB at most", "Pairs a record", "µs a record", "F1")
    return table(head, rows, n_left=0)


def steps_section() -> str:
    """Return the steps of the largest run up to a million records."""
    run = largest_run()
    total = run["cpu_seconds"]
    rows = [
        (step, f"{wall:.2f}", f"{cpu:.2f}", f"{cpu / total:.0%}", f"{1e6 * cpu / run['n_records']:.1f}")
        for step, (wall, cpu) in run["steps"].items()
    ]
    head = (f"Step, {run['n_records']:,} records", "Seconds", "of processor", "Share", "µs a record")
    return table(head, rows)


def limits_section() -> str:
    """Return how far each step of the largest run up to a million records is from the least that it has to do."""
    parts = figures("peers")["parts"]
    (least,) = parts["limits"]["figures"]
    run = largest_run()
    cpu = {step: 1e9 * seconds for step, (_, seconds) in run["steps"].items()}
    n_records, n_pairs = run["n_records"], run["n_pairs"]
    string = next(
        each["ours"]
        for each in parts["strings"]["figures"]
        if (each["step"], each["data"], each["n_threads"]) == ("Jaro-Winkler", "family_name", 1)
    )
    read = least["reading a record of CSV"] + N_COLUMNS * least["encoding an e-mail address"]
    row, similarity = (
        least["fetching a row of 64 bytes from anywhere"],
        least["Jaro-Winkler of a pair, one against many"],
    )
    measured = [
        ("Reading and standardizing, a record", (cpu["reading"] + cpu["standardizing"]) / n_records, read),
        ("Blocking, a record and rule", cpu["blocking"] / n_records / run["n_rules"], least["sorting a key"]),
        ("Jaro-Winkler of two names", string, similarity),
        ("Comparing, a pair", cpu["comparing"] / n_pairs, row + similarity),
        ("Clustering, a pair", cpu["clustering"] / n_pairs, 2 * least["looking up a node of an edge"]),
    ]
    rows = [(step, f"{ours:,.0f}", f"{limit:,.0f}", f"{ours / limit:.1f}") for step, ours, limit in measured]
    return table(("Step", "ns", "ns at least", "times"), rows)


def largest_run() -> dict[str, Any]:
    """Return the largest run up to a million records."""
    run: dict[str, Any] = [run for run in figures("growth")["runs"] if run["n_records"] <= MILLION][-1]
    return run


SECTIONS: dict[str, Callable[[], str]] = {
    "machine": machine_section,
    "targets": targets_section,
    "growth": growth_section,
    "steps": steps_section,
    "limits": limits_section,
}


def updated_page() -> str:
    """Return the page with the figures as they are kept."""
    text = PAGE.read_text(encoding="utf-8")
    for name, section in SECTIONS.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{section()}\n{end}{rest.partition(end)[2]}"
    return text


def drawn_plot(runs: Sequence[dict[str, Any]], kind: str) -> bytes:
    """Return the plots of growth as a picture; the same figures give the same bytes."""
    import matplotlib as mpl  # takes a second, and the tables need none of it

    mpl.use("agg")
    from matplotlib import pyplot as plt

    settings: Any = {"font.size": 9, "svg.hashsalt": "custid", "svg.fonttype": "none", "font.family": "sans-serif"}
    with plt.rc_context(settings):
        figure, (time, memory, quality) = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
        for axes in (time, memory):
            axes.set_yscale("log")
        draw(time, runs, "wall_seconds", 1.0, "seconds", label="on the clock")
        draw(time, runs, "cpu_seconds", 1.0, "seconds", label="of the processor", color=LINE)
        draw_proportional(time, runs, "wall_seconds", 1.0)
        draw(memory, runs, "peak_megabytes", 1e3, "GB at most")
        draw_proportional(memory, runs, "peak_megabytes", 1e3)
        draw(quality, runs, "f1", 1.0, "F1 over pairs")
        quality.set_ylim(0.9, 1.0)
        time.legend(frameon=False, fontsize=8)
        picture = io.BytesIO()
        figure.savefig(picture, format=kind, dpi=120, metadata={"Date": None} if kind == "svg" else None)
        plt.close(figure)
    return picture.getvalue()


def draw(
    axes: Any,
    runs: Sequence[dict[str, Any]],
    name: str,
    divisor: float,
    title: str,
    *,
    label: str = "",
    color: str = INK,
) -> None:
    """Draw one figure of all runs."""
    from matplotlib.ticker import LogLocator

    sizes = [run["n_records"] for run in runs]
    axes.plot(sizes, [run[name] / divisor for run in runs], "o-", color=color, label=label, markersize=4)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [short(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("records")
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    if axes.get_yscale() == "log":
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")


def draw_proportional(axes: Any, runs: Sequence[dict[str, Any]], name: str, divisor: float) -> None:
    """Draw what the first run's figure would become if it grew as the number of records does."""
    sizes = [runs[0]["n_records"], runs[-1]["n_records"]]
    first = runs[0][name] / divisor
    label = "in proportion" if name == "wall_seconds" else ""
    axes.plot(sizes, [first, first * sizes[1] / sizes[0]], "--", color=PALE, linewidth=1, label=label)


def short(size: int) -> str:
    """Return a number of records in few letters."""
    return f"{size // MILLION}M" if size >= MILLION else f"{size // 1_000}k"


def outputs() -> Iterator[tuple[Path, bytes]]:
    """Yield each file with what belongs in it."""
    yield PAGE, updated_page().encode()
    yield PLOT, drawn_plot(figures("growth")["runs"], "svg")


if __name__ == "__main__":
    for path, content in outputs():
        path.write_bytes(content)
