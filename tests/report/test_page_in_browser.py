"""The review page in a real Chromium, from a file and without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import custid
from custid.charts import cluster_sizes, save_chart
from custid.result import Result
from custid.review import Verdict, read_labels
from custid.testing import synthetic_customers
from tests.report.pages import HOSTILE, chromium, embedded, hostile_result, open_browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="no chromium and chromedriver (Debian: chromium, chromium-driver)"),
]

_ESCAPE, _ENTER, _TAB = "\ue00c", "\ue007", "\ue004"


class Page:
    """A page in a browser, driven as a person does."""

    def __init__(self, driver: Any, path: Path) -> None:
        self.driver = driver
        self.path = path
        self.data = embedded(path.read_text(encoding="utf-8"), "data")
        driver.get(path.as_uri())

    def all(self, selector: str) -> list[Any]:
        """Return all elements that a selector finds."""
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        """Return the one element that a selector finds."""
        (found,) = self.all(selector)
        return found

    def text(self, selector: str) -> str:
        """Return what an element says."""
        return str(self.one(selector).text)

    def keys(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def ask(self, script: str) -> Any:
        """Return the value of a script."""
        return self.driver.execute_script(f"return {script}")

    def shown_item(self) -> dict[str, Any]:
        """Return the data of the item that is shown."""
        wanted = self.one(".item[aria-current=true]").get_attribute("data-id")
        return next(item for item in self.data["items"] if item["id"] == wanted)

    def open_item(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Open the first item that fits, by a click."""
        item: dict[str, Any] = next(item for item in self.data["items"] if fits(item))
        self.one(f'.item[data-id="{item["id"]}"]').click()
        return item


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Iterator[Any]:
    driver = open_browser(tmp_path_factory.mktemp("profile"), downloads=downloads)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(synthetic_customers(500, seed=3, share_of_single_records=0.2).records)


@pytest.fixture(scope="module")
def path(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "review.html"
    result.save_report(path)
    return path


@pytest.fixture
def page(driver: Any, path: Path) -> Iterator[Page]:
    driver.set_window_size(1360, 900)
    page = Page(driver, path)
    driver.execute_script("localStorage.clear()")
    yield page
    _leave(driver)


def _leave(driver: Any) -> None:
    """Leave the page, whatever it asks."""
    driver.get("about:blank")
    assert [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"] == []


def _downloaded(page: Page, downloads: Path) -> Path:
    """Press the key and return the file that comes; the browser tells when it is whole."""
    for old in downloads.iterdir():
        old.unlink()
    page.keys("d")
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(page.driver, 20, poll_frequency=0.05).until(lambda _: (downloads / "labels.jsonl").exists())
    return downloads / "labels.jsonl"


def test_the_most_doubtful_is_shown_first(page: Page) -> None:
    """The page opens with all items in order and the first of them beside, and loads nothing."""
    assert [item.get_attribute("data-id") for item in page.all(".item")] == [item["id"] for item in page.data["items"]]
    assert page.shown_item() == page.data["items"][0]
    assert page.ask("performance.getEntriesByType('resource').length") == 0
    assert page.ask("document.documentElement.scrollWidth <= innerWidth") is True


def test_values_stand_side_by_side(page: Page) -> None:
    """A column per record, with the texts of its row."""
    item = page.open_item(lambda item: item["kind"] == "customer" and item["n"] == 3)
    assert len(page.all(".values thead th")) == 1 + 3
    place = [each["name"] for each in page.data["attributes"]].index("city")
    row = next(row for row in page.all(".values tbody tr") if row.text.startswith("city"))
    cells = [cell.text.removeprefix("≠").strip() for cell in row.find_elements("css selector", "td")]
    texts = [page.data["records"][number]["values"][place][1] for number in item["records"]]
    assert [cell.split("\n")[0] for cell in cells] == [" | ".join(each) or "–" for each in texts]


def test_the_waterfall_is_shown_on_demand(page: Page) -> None:
    """A link opens its parts, which end in its weight; again, and it is closed."""
    item = page.open_item(lambda item: item["kind"] == "customer" and item["weakest"] >= 0)
    assert not page.all("#falls")
    page.keys("w")
    link = item["links"][item["weakest"]]
    told = [float(cell.text) for cell in page.all("#falls td.number")]
    assert sum(told[:-1]) == pytest.approx(told[-1], abs=0.06 * len(told))
    assert told[-1] == pytest.approx(link["w"], abs=0.051)
    assert page.one(".links button[aria-expanded=true]").get_attribute("id") == f"link-{item['weakest']}"
    page.keys("w")
    assert not page.all("#falls")


def test_a_review_by_keyboard_ends_in_a_label_file(page: Page, downloads: Path) -> None:
    """Accept, reject, split and not sure become labels that custid reads; nothing else was needed but keys."""
    kinds = {}
    for verdict, key in (("accept", "a"), ("unsure", "u")):
        kinds[verdict] = page.shown_item()
        page.keys(key)
    page.open_item(lambda item: item["kind"] == "customer" and item["n"] == 2 and item not in kinds.values())
    kinds["reject"] = page.shown_item()
    page.keys("r")
    kinds["split"] = page.open_item(
        lambda item: item["kind"] == "customer" and item["n"] == 3 and item not in kinds.values()
    )
    page.keys("s")
    # From the two groups of the weakest link to three, whatever they were.
    groups = [button.text.split()[1] for button in page.all(".group button")]
    lone = next(place for place, group in enumerate(groups) if groups.count(group) == 2)
    page.keys(str(lone + 1))
    while len({button.text.split()[1] for button in page.all(".group button")}) < 3:
        page.keys(str(lone + 1))
    page.one("#detail").send_keys(_ENTER)
    assert page.text("#progress-text") == f"4 of {len(page.data['items'])} decided"
    labels = read_labels(_downloaded(page, downloads))

    def said(item: dict[str, Any]) -> set[Verdict | None]:
        names = [
            (page.data["records"][place]["source"], page.data["records"][place]["key"]) for place in item["records"]
        ]
        if item["kind"] == "pair":
            link = item["links"][item["weakest"]]
            names = [names[link["l"]], names[link["r"]]]
        return {labels.verdict(names[0], name) for name in names[1:]} | {labels.verdict(names[-1], names[0])}

    assert said(kinds["accept"]) == {Verdict.MATCH}
    assert said(kinds["unsure"]) == {Verdict.UNSURE}
    assert said(kinds["reject"]) == {Verdict.NON_MATCH}
    assert said(kinds["split"]) == {Verdict.NON_MATCH}
    assert all(label.at.endswith("Z") for label in labels)


def test_decisions_are_undone(page: Page) -> None:
    """What was decided can be taken back: the last one, or that of a customer."""
    first = page.shown_item()
    page.keys("a")
    assert page.shown_item() != first
    page.one("#undo").click()
    assert page.shown_item() == first
    page.keys("a", "k", "x")
    assert page.text("#progress-text").startswith("0 of ")


def test_labels_are_loaded_again(page: Page, downloads: Path) -> None:
    """A label file brings its decisions back, in another session as well."""
    page.keys("a", "u")
    page.open_item(lambda item: item["kind"] == "customer" and item["n"] == 2 and item not in page.data["items"][:2])
    page.keys("r")
    file = _downloaded(page, downloads)
    before = file.read_text(encoding="utf-8")
    again = Page(page.driver, page.path)
    assert again.text("#progress-text").startswith("0 of ")
    again.one("#load").send_keys(str(file))
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(page.driver, 20, poll_frequency=0.05).until(
        lambda _: not again.text("#progress-text").startswith("0")
    )
    without_time = [[{**json.loads(line), "at": ""} for line in text.splitlines()] for text in
                    (before, _downloaded(again, downloads).read_text(encoding="utf-8"))]  # fmt: skip
    assert without_time[0] == without_time[1]


def test_decisions_are_kept_only_where_asked_for(page: Page) -> None:
    """Nothing is stored in the browser until the person says so, and it is gone when they take it back."""
    page.keys("a")
    assert page.ask("localStorage.length") == 0
    page.one("#menu-button").click()
    page.one("#keep").click()
    assert page.ask("localStorage.length") == 1
    assert "values" not in str(page.ask("localStorage.getItem(localStorage.key(0))"))
    again = Page(page.driver, page.path)
    assert again.text("#progress-text").startswith("1 of ")
    again.one("#menu-button").click()
    again.one("#keep").click()
    assert again.ask("localStorage.length") == 0
    again.keys(_ESCAPE)
    page.driver.execute_script("window.onbeforeunload = null")


def test_search_and_filters(page: Page) -> None:
    """Words are looked for without accents or case, in values and keys; kinds and decisions are filtered."""
    record = page.data["records"][page.data["items"][3]["records"][0]]
    page.keys("/")
    page.keys(record["key"].upper())
    found = {item.get_attribute("data-id") for item in page.all(".item")}
    assert page.data["items"][3]["id"] in found
    assert len(found) < len(page.data["items"])
    page.one("#search").clear()
    page.one("#search").send_keys("nobody at all is called so")
    assert page.text("#found") == "Nothing fits. Clear the search or the filters."
    page.one("#search").clear()
    page.one("#search").send_keys(" ")
    page.one('#filter-kind option[value="customer"]').click()
    n_customers = sum(item["kind"] == "customer" for item in page.data["items"])
    assert len(page.all(".item")) == n_customers
    page.one('#filter-status option[value="done"]').click()
    assert page.all(".item") == []


def test_everything_is_reached_by_tab_and_shows_it(page: Page) -> None:
    """The first keys lead through the page's controls, each with a name and a visible focus."""
    names = []
    for _ in range(12):
        page.keys(_TAB)
        focus = page.driver.switch_to.active_element
        names.append(focus.accessible_name)
        assert page.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert names[0] == "Skip to the customer"
    assert "Search values and keys" in names
    assert all(names)


def test_help_names_the_keys(page: Page) -> None:
    """The help is a dialog that Escape closes; single keys can be turned off there."""
    page.keys("?")
    assert page.one("#help").get_attribute("open") is not None
    assert "one customer" in page.text("#help")
    page.one("#shortcuts").click()
    page.keys(_ESCAPE)
    assert page.one("#help").get_attribute("open") is None
    page.keys("a")
    assert page.text("#progress-text").startswith("0 of ")


def test_the_page_speaks_french(page: Page) -> None:
    """One button changes all words, and the language of the document."""
    page.one("#language").click()
    assert page.ask("document.documentElement.lang") == "fr"
    assert page.ask("document.title") == "Revue des clients"
    assert page.text("#accept").startswith("Un seul client")
    assert page.text("#download").startswith("Télécharger les étiquettes")
    assert "plus douteux" in page.text("#shown")
    assert page.all(".why li")[0].text in page.shown_item()["text"]["fr"]


def test_hostile_values_stay_text(driver: Any, tmp_path: Path) -> None:
    """Markup in values, keys and names of sources is shown as it is, and runs nothing; what is invisible is named."""
    hostile_result().save_report(tmp_path / "hostile.html")
    page = Page(driver, tmp_path / "hostile.html")
    shown = ""
    for _ in page.data["items"]:
        shown += page.text("#detail")
        page.keys("j")
    assert page.ask("document.title") == "Customer review"
    assert len(page.all("script")) == 3
    assert page.all("img") == page.all("main b") == page.all("a[href^=javascript]") == []
    for text in (HOSTILE[0], HOSTILE[1], HOSTILE[2]):
        assert text in shown
    assert "U+202E" in shown
    assert "\u202e" not in shown
    _leave(driver)


def test_on_a_phone(driver: Any, path: Path) -> None:
    """A narrow page shows the list, then one customer with large buttons in reach, and never scrolls sideways."""
    size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page = Page(driver, path)
        assert page.one(".side").is_displayed()
        assert not page.one("#detail").is_displayed()
        page.all(".item")[1].click()
        assert not page.one(".side").is_displayed()
        assert page.ask("document.documentElement.scrollWidth") <= 390
        for name in ("accept", "reject", "unsure"):
            box = page.one(f"#{name}").rect
            assert box["height"] >= 44
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        page.one("#accept").click()
        page.one("#back").click()
        assert page.one(".side").is_displayed()
        assert page.text(".item-said") == "✓ One customer"
        _leave(driver)
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(driver: Any, path: Path, scheme: str) -> None:
    """Text stands out from its background by 4.5 to 1 at least (WCAG 2.2, 1.4.3), by day and by night."""
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    try:
        page = Page(driver, path)
        page.keys("w")
        weak = driver.execute_script(_CONTRAST)
        assert weak == []
        _leave(driver)
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


_CONTRAST = """
const channel = (value) => (value /= 255, value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = (color) => color.match(/[\\d.]+/g).map(Number);
const ground = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
const weak = [];
for (const node of document.querySelectorAll("#app *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || !node.getClientRects().length || node.closest("svg, kbd, .hidden-label, .skip")) continue;
  const [one, two] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (two + 0.05);
  if (ratio < 4.5) weak.push(`${node.tagName} ${node.className} ${ratio.toFixed(2)}`);
}
return [...new Set(weak)];
"""


def test_a_hundred_customers_are_there_at_once(driver: Any, path: Path) -> None:
    """When the page has loaded, a hundred customers and more are listed: nothing is deferred."""
    page = Page(driver, path)
    assert len(page.all(".item")) == len(page.data["items"]) >= 100
    _leave(driver)


def test_charts_open_without_a_network(driver: Any, result: Result, tmp_path: Path) -> None:
    """The HTML file of a chart draws itself from what is in it."""
    save_chart(cluster_sizes(result), tmp_path / "sizes.html")
    driver.get((tmp_path / "sizes.html").as_uri())
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(driver, 20, poll_frequency=0.05).until(lambda it: it.find_elements("css selector", ".marks"))
    _leave(driver)
