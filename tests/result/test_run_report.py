"""`custid.result.run_report`."""

from __future__ import annotations

import json

from attrs import evolve

from custid.blocking.candidates import BlockingRuleReport
from custid.intake import ColumnMapping, RefusedRow
from custid.intake.canonical import StandardizationNotice
from custid.intake.generic_values import GenericValue
from custid.result import RunReport, SourceReport

_SOURCE = SourceReport(
    name="crm",
    n_rows=1_200,
    columns=(
        ColumnMapping(column="nom", attribute="family_name", recognized_by="name"),
        ColumnMapping(column="note", note="too many different values for a category"),
    ),
    record_key="no",
    refused=tuple(
        RefusedRow(line_number=line, reason="too_many_fields", message="expected 3 fields, got 4.") for line in range(9)
    ),
    warnings=("the encoding was guessed.",),
)


def _report() -> RunReport:
    return RunReport(
        sources=(_SOURCE,),
        notices=(StandardizationNotice(attribute="email", issue="placeholder", n_rows=1_001),),
        generic=(GenericValue(attribute="phone", n_rows=41, n_names=40),),
        generic_policy="7",
        rules=tuple(
            BlockingRuleReport(name=f"rule{n}", n_blocks=n, n_oversized_blocks=0, largest_block=2, n_pairs=n)
            for n in range(7)
        ),
        block_cap=18,
        n_records=1_200,
        n_pairs=4_321,
        n_customers=700,
        compared=("family_name",),
        seconds={"blocking": 0.5},
        warnings=("a warning.",),
    )


def test_the_text_tells_what_was_read() -> None:
    """Source, columns with notes, refused rows and warnings are all there."""
    text = str(_report())
    assert text.startswith("1,200 records, 700 customers\nsource 'crm': 1,200 rows, record key: no\n")
    assert "  nom → family_name\n" in text
    assert "  note → passed through (too many different values for a category)\n" in text
    assert "refused rows: 9" in text
    assert text.count("expected 3 fields") == 5
    assert "warning: the encoding was guessed." in text


def test_the_text_counts_what_is_much_and_says_little() -> None:
    """Of many columns that are passed through, and of many warnings, ten are shown and the others counted."""
    unknown = [ColumnMapping(column=f"x{n}") for n in range(3_000)]
    named = ColumnMapping(column="nom", attribute="family_name", recognized_by="name")
    source = evolve(_SOURCE, columns=(*unknown, named), warnings=tuple(f"column {n}." for n in range(25)))
    lines = str(evolve(_report(), sources=(source,))).splitlines()
    assert lines[2:13] == [*(f"  x{n} → passed through" for n in range(10)), "  nom → family_name"]
    assert lines[13] == "  and 2,990 more columns passed through"
    assert sum(line.startswith("  warning:") for line in lines) == 10
    assert "  and 15 more warnings" in lines


def test_the_text_tells_what_was_done() -> None:
    """Missing values, comparisons, pairs, the five largest rules and the time are there."""
    text = str(_report())
    assert "email: 1,001 × placeholder" in text
    assert "phone: a value of 41 rows and 40 names taken for missing (too many names, policy '7')" in text
    assert "candidate pairs: 4,321 (largest block 18)" in text
    assert [f"rule{n}:" in text for n in range(7)] == [False, False, True, True, True, True, True]
    assert "seconds: blocking 0.50" in text
    assert text.endswith("warning: a warning.")


def test_the_text_tells_what_was_passed_over() -> None:
    """Rules with oversized blocks are named, and records that lack a candidate pair for that reason are counted."""
    rules = tuple(
        BlockingRuleReport(name=f"rule{n}", n_blocks=1, n_oversized_blocks=n, largest_block=99, n_pairs=1)
        for n in range(3)
    )
    lines = str(RunReport(sources=(), rules=rules, n_passed_over=1_234)).splitlines()
    assert "larger blocks passed over: 3 of 2 rules, most of rule2 (2), rule1 (1)" in lines
    assert lines[-1] == "records left without a candidate pair by that: 1,234"


def test_an_empty_report_has_a_text() -> None:
    """Nothing compared is said as such."""
    text = str(RunReport(sources=()))
    assert text.splitlines() == ["0 records, 0 customers", "compared: nothing", "candidate pairs: 0 (largest block 0)"]


def test_refused_rows_are_counted_over_the_sources() -> None:
    """The sum is over all sources."""
    assert RunReport(sources=(_SOURCE, _SOURCE)).n_refused == 18


def test_the_report_is_plain_data() -> None:
    """It goes into JSON as it is."""
    document = json.loads(json.dumps(_report().to_dict()))
    assert document["sources"][0]["refused"][0]["line_number"] == 0
    assert document["rules"][3]["n_pairs"] == 3
