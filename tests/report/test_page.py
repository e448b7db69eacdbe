"""`custid.report.page` and what it is given to show."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.errors import ConfigurationError
from custid.report._page_words import PAGE_WORDS
from custid.report.card_page import card_page
from custid.report.page import embedded as embed
from custid.report.page import page_of
from custid.result import Result
from custid.scoring.classes import CLASS_NAMES
from custid.testing import synthetic_customers
from tests.report.pages import HOSTILE, embedded, hostile_result

_PARTS = Path(custid.__file__).parent / "report"


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(synthetic_customers(500, seed=3, share_of_single_records=0.2).records)


@pytest.fixture(scope="module")
def page(result: Result, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "review.html"
    result.save_report(path, max_customers=1000)
    return path.read_text(encoding="utf-8")


class _Elements(HTMLParser):
    """Collects the elements of a page and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))


def _elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Elements()
    parser.feed(page)
    return parser.found


def test_the_page_needs_nothing_else(page: str) -> None:
    """No element refers to another file, and the policy lets nothing be loaded or sent."""
    elements = _elements(page)
    assert not [(tag, name) for tag, attributes in elements for name in attributes if name in {"src", "href", "action"}]
    policy = next(each["content"] for _, each in elements if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_the_policy_names_the_script_and_the_style(page: str) -> None:
    """The hashes are those of what stands in the page."""
    for tag in ("style", "script"):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[-1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page


def test_hostile_values_add_no_element(tmp_path: Path) -> None:
    """A page over rows of markup has the elements of any other, and holds the values unchanged as data."""
    hostile = hostile_result()
    hostile.save_report(tmp_path / "hostile.html")
    text = (tmp_path / "hostile.html").read_text(encoding="utf-8")
    custid.dedupe([{"name": "Zoe Roy"}]).save_report(tmp_path / "plain.html")
    plain = (tmp_path / "plain.html").read_text(encoding="utf-8")
    assert _elements(text)[8:] == _elements(plain)[8:]
    assert [tag for tag, _ in _elements(text)] == [tag for tag, _ in _elements(plain)]
    keys = {record["key"] for record in embedded(text, "data")["records"]}
    assert {f"{number}{value}" for number, value in enumerate(HOSTILE) if "\x07" not in value} <= keys


@given(st.recursive(st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_embedded_data_come_back(data: object) -> None:
    """Whatever is embedded is read as it was, and can neither end its element nor begin a comment."""
    text = embed(data)
    assert not re.search(r"[<>&\u2028\u2029]", text)
    assert embedded(f'<script type="application/json" id="data">{text}</script>', "data") == data


def test_the_script_makes_no_markup_of_text() -> None:
    """Nothing in the script turns a string into elements or code."""
    script = (_PARTS / "page.js").read_text(encoding="utf-8")
    banned = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(",
              "XMLHttpRequest", "WebSocket", "sendBeacon", "import(")  # fmt: skip
    assert [word for word in banned if word in script] == []


def test_every_word_of_the_script_is_there_and_used() -> None:
    """The words that the script says are those that are declared."""
    script = (_PARTS / "page.js").read_text(encoding="utf-8")
    said = set(re.findall(r'say\("(\w+)"', script)) | set(re.findall(r'"(key_\w+)"', script))
    assert said <= set(PAGE_WORDS)
    built = {code for code in PAGE_WORDS if code.startswith(("kind_", "state_", "said_"))}
    unused = set(PAGE_WORDS) - said - built - set(CLASS_NAMES)
    assert {code for code in unused if f'"{code}"' not in script} == {"script"}


def test_what_an_answer_sets_right_most_comes_first(result: Result, page: str) -> None:
    """Items descend by what an answer is expected to set right; customers of several records are all there."""
    data = embedded(page, "data")
    worth = [item["worth"] for item in data["items"]]
    assert worth == sorted(worth, reverse=True)
    assert worth[0] > 0
    several = {number for number, n in enumerate(result.customers["n_records"].to_pylist()) if n > 1}
    assert {item["customer"] for item in data["items"] if item["kind"] == "customer"} == several
    for item in data["items"][::10]:
        if item["kind"] == "customer":
            weakest = result.explain_customer(item["customer"]).weakest
            if weakest is not None:
                assert item["margin"] == pytest.approx(weakest.weight_bits, abs=1e-3)


def test_pairs_of_customers_are_those_of_the_result(result: Result, page: str) -> None:
    """Two customers that may be one are shown once, with their strongest pair."""
    customer = dict(
        zip(result.assignments["record_key"].to_pylist(), result.assignments["customer"].to_pylist(), strict=True)
    )
    strongest: dict[frozenset[int], float] = {}
    for pair in result.pairs.to_pylist():
        both = frozenset((customer[pair["left_record_key"]], customer[pair["right_record_key"]]))
        if len(both) == 2:
            strongest[both] = max(pair["match_weight"], strongest.get(both, -99.0))
    items = [item for item in embedded(page, "data")["items"] if item["kind"] == "pair"]
    shown = {frozenset((item["customer"], item["other"])): -item["margin"] for item in items}
    assert shown == pytest.approx(strongest, abs=1e-3)
    assert len(items) == len(shown)
    for item in items:
        # The two records that matter stand side by side, first of all.
        assert (item["links"][item["weakest"]]["l"], item["links"][item["weakest"]]["r"]) == (0, 1)
        assert item["links"][item["weakest"]]["w"] == pytest.approx(-item["margin"], abs=1e-3)


def test_the_parts_of_every_link_add_up(page: str) -> None:
    """Prior, comparisons, moving and other explanations of a shown link add up to its weight."""
    data = embedded(page, "data")
    for item in data["items"]:
        for link in item["links"]:
            if link["parts"] is not None:
                parts = data["prior"] + sum(bits for _, bits in link["parts"]) + link["moved"] + link["taken"]
                assert parts == pytest.approx(link["w"], abs=2e-3)


def test_values_are_those_of_the_rows(result: Result, page: str) -> None:
    """Each record shows what its row says, and which values count."""
    data = embedded(page, "data")
    rows = {row["record_id"]: row for row in result.inputs[0].intake.table.to_pylist()}
    city = [each["name"] for each in data["attributes"]].index("city")
    assert data["records"]
    for record in data["records"]:
        codes, texts = record["values"][city]
        assert texts == [value for value in [rows[record["key"]]["city"]] if value]
        assert bool(codes) <= bool(texts)


def test_how_much_is_shown_is_said(result: Result, tmp_path: Path) -> None:
    """Only so many customers are shown, and the page tells of how many."""
    result.save_report(tmp_path / "few.html", max_customers=3)
    data = embedded((tmp_path / "few.html").read_text(encoding="utf-8"), "data")
    assert [item["kind"] for item in data["items"]].count("customer") == 3
    facts = data["facts"]
    assert (facts["n_several_shown"], facts["n_apart_shown"]) == (3, min(3, facts["n_apart"]))
    assert facts["n_several"] == sum(n > 1 for n in result.customers["n_records"].to_pylist())


def test_large_customers_show_some_records() -> None:
    """Of a customer of many records thirty are shown, those of its weakest link among them."""
    rows = [
        {"id": str(n), "given_name": "Zoe", "family_name": "Lefebvre", "email": "zoe@a.example", "street": f"{n} rue A"}
        for n in range(45)
    ]
    others = [
        {"id": f"o{n}", "given_name": f"N{n}a", "family_name": f"F{n}b", "email": f"n{n}@a.example"} for n in range(60)
    ]
    found = custid.dedupe(pa.Table.from_pylist([*rows, *others]))
    largest = max(found.customers["n_records"].to_pylist())
    assert largest > 30
    from custid.result._review_data import review_data

    run = found._reviewed
    item = next(item for item in review_data(run, 5)["items"] if item["n"] == largest)
    assert len(item["records"]) == 30
    assert item["weakest"] >= 0


def test_equal_runs_give_equal_pages(tmp_path: Path) -> None:
    """A page holds neither a time nor anything else that differs from run to run; the language is one word of it."""
    table = synthetic_customers(120, seed=8).records
    for name in ("one", "other"):
        custid.dedupe(table).save_report(tmp_path / f"{name}.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "other.html").read_bytes()
    assert 'lang="fr"' in page_of({}, language="fr")


def test_a_run_without_customers_has_a_page(tmp_path: Path) -> None:
    """An empty page is a page."""
    custid.dedupe([{"name": "Zoe Roy"}]).save_report(tmp_path / "one.html")
    data = embedded((tmp_path / "one.html").read_text(encoding="utf-8"), "data")
    assert (data["items"], data["records"]) == ([], [])


def test_wrong_settings_are_refused(result: Result, tmp_path: Path) -> None:
    """A negative number and another language are named; no file is left."""
    with pytest.raises(ConfigurationError, match="max_customers: expected 0 or more, got -1"):
        result.save_report(tmp_path / "x.html", max_customers=-1)
    with pytest.raises(ConfigurationError, match="language: expected one of 'en', 'fr'"):
        result.save_report(tmp_path / "x.html", language="de")
    assert not (tmp_path / "x.html").exists()


def test_halves_of_surrogate_pairs_are_written() -> None:
    """What no file holds is escaped in the data of the review page, and U+FFFD on the page of a card."""
    assert json.loads(embed(["\ud800x", "😀"]).encode()) == ["\ud800x", "😀"]
    said = {"kind": "Card", "title": "\ud800x", "subtitle": "", "private": "", "facts": [], "sections": []}
    assert '<h1 dir="auto">\ufffdx</h1>' in card_page(said).encode().decode()
