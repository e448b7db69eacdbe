"""The card of a customer: what it holds, and in which words."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError, UnknownIdentifierError
from custid.model import Consent, ConsentStatus, CustomerKind, Provenance, Record, Stated, Unread
from custid.privacy import AccessPolicy, Actor, Effect, Gate, Grant
from custid.registry import MemoryStore, RecordKey, Registry
from custid.registry.card import Card, card_of
from custid.registry.identifiers import CustomerId
from custid.survivorship import Conflict
from custid.testing.model_strategies import records as drawn_records
from tests.registry.cards import CRM, NOW, WEB, crm_record, interaction, kept, registry_of, stated, web_record
from tests.report.pages import HOSTILE, chromium, open_browser

_TOKYO = timezone(timedelta(hours=9))


@pytest.fixture
def card() -> Card:
    registry = registry_of((crm_record(), web_record()), (_spouse(),))
    return registry.card(registry.id_of(CRM))


def _spouse() -> Record:
    return evolve(web_record(), source="crm", key="8", interactions=())


def _texts(values: Any) -> list[Any]:
    return [getattr(each, "seen", each).value for each in values]


def test_row_62_a_conflict_shows_with_both_sources(card: Card) -> None:
    """Of two birth dates, the one that holds and the other stand there, each with its source."""
    (found,) = card.conflicts
    assert (found.seen.attribute, found.conflict) == ("birth_date", Conflict.CONTRADICTION)
    assert {found.seen.source, found.others[0].source} == {"crm", "web"}


def test_row_65_a_card_points_to_its_records_without_copying_them() -> None:
    """A record that has no content in the registry is named by its key."""
    registry = registry_of((crm_record(),))
    registry.apply([[CRM, ("warehouse", "0815")]])
    assert registry.card(registry.id_of(CRM)).records == (RecordKey(*CRM), RecordKey("warehouse", "0815"))


def test_row_68_a_thread_goes_over_channels(card: Card) -> None:
    """A report on the web and the call back are one conversation."""
    (thread,) = card.threads
    assert thread.channels == ("web", "phone")
    assert [each.value.reference for each in thread.interactions] == ["w1", "i2"]
    assert [each.value.reference for each in card.open_requests] == ["w1"]


def test_row_77_no_field_of_the_card_holds_raw_media(card: Card) -> None:
    """Whatever stands on a card is text, number or date."""
    assert isinstance(json.loads(card.to_json()), dict)


def test_row_96_goal_and_outcome_of_a_purchase_are_dated() -> None:
    """Opening, goal and outcome stand in the timeline, each at its moment."""
    kinds = ("opened", "goal", "outcome")
    told = tuple(stated(interaction(kind, 30 - place, "shop", kind=kind), CRM, 9) for place, kind in enumerate(kinds))
    registry = registry_of((crm_record(interactions=told),))
    found = registry.card(registry.id_of(CRM)).timeline
    assert [each.value.kind for each in found] == list(kinds)
    assert sorted(each.value.at for each in found) == [each.value.at for each in found]


def test_row_97_the_first_origin_is_kept_after_a_merge(card: Card) -> None:
    """Of the origins of two customers joined, the earliest is that of the customer."""
    assert card.origin is not None
    assert card.origin.value.subject == "newsletter"


def test_row_100_tenure_after_a_merge_is_that_of_the_earlier_customer() -> None:
    """Two customers of different age are one since the older was."""
    later = evolve(crm_record().roles[0], valid=evolve(crm_record().roles[0].valid, start=None))
    other = evolve(crm_record(roles=(later,)), key="9")
    registry = registry_of((crm_record(),), (other,))
    assert registry.card(registry.id_of(("crm", "9"))).customer_since == date(2026, 9, 2)
    registry.merge(CRM, ("crm", "9"), reason="one person")
    found = registry.card(registry.id_of(CRM))
    assert found.customer_since == date(2019, 3, 1)
    assert found.tenure_days == (NOW.date() - date(2019, 3, 1)).days


def test_status_due_dates_and_consents_are_those_of_the_moment(card: Card) -> None:
    """Status with its first day, what ends soon, a consent that has run out, and preferences."""
    assert card.status is not None
    assert (card.status.kind, card.status.since) == (CustomerKind.CUSTOMER, date(2019, 3, 1))
    assert [each.value.serial for each in card.due] == ["W1"]
    assert [each.status and each.status.value for each in card.consents] == ["expired"]
    assert [each.seen.value.windows for each in card.preferences] == [("SA 09:00-12:00",)]
    registry = registry_of((crm_record(),))
    assert registry.card(registry.id_of(CRM), months=0).due == ()


def test_other_parties_of_relations_are_named_by_their_customers(card: Card) -> None:
    """The spouse's record leads to the spouse's identifier."""
    assert list(card.linked) == [RecordKey("crm", "8")]
    assert card.linked[RecordKey("crm", "8")] != card.customer


def test_restricted_records_give_no_values_and_are_told_of() -> None:
    """Of a restricted record, nothing but that it is there."""
    registry = registry_of((evolve(crm_record(), is_restricted=True), web_record()))
    found = registry.card(registry.id_of(CRM))
    assert found.n_restricted == 1
    assert {each.seen.source for each in found.values} == {"web"}
    assert {each.source for each in found.timeline} == {"web"}


def test_rows_are_read_by_what_their_columns_mean() -> None:
    """A plain row stands on the card with typed values, dated by its arrival."""
    registry = Registry(MemoryStore())
    row = {"record_id": "5", "prenom": "Zoé", "nom": "Petit", "telephone": "06 39 98 00 01", "ville": "Lyon"}
    change = registry.apply([[("shop", "5")]], contents={("shop", "5"): row})
    found = registry.card(registry.id_of(("shop", "5")))
    assert change is not None
    assert found.identity[0].seen.value.family == "Petit"
    assert {each.seen.observed_at for each in found.values} == {change.at}
    assert "+33639980001" in found.text()


def test_texts_that_could_not_be_read_are_shown_as_the_attribute_is() -> None:
    """Whoever may read the attribute sees the text with its source; where it is masked or denied, so is the text."""
    by = stated("", CRM, 9).by
    record = crm_record(unread=(Unread(attribute="birth_date", raw="31/02/84", by=by),))
    registry = registry_of((record,))
    customer = registry.id_of(CRM)
    (found,) = registry.card(customer).unread
    assert (found.text, found.source, found.is_masked) == ("31/02/84", "crm", False)
    for language in ("en", "fr"):
        assert "31/02/84" in registry.card(customer).text(language)
    ann, names = Actor(name="ann"), Grant(attributes=("person_names",))
    for effect, n_shown in ((Effect.MASK, 1), (Effect.DENY, 0)):
        policy = AccessPolicy((names, Grant(attributes=("birth_date",), effect=effect)))
        card = registry.card(customer, gate=Gate(policy, ann))
        assert len(card.unread) == n_shown
        assert "31/02/84" not in card.to_json() + card.text() + card.to_html()


def test_a_redirect_is_followed(card: Card) -> None:
    """The identifier that was merged away leads to the card, which names it."""
    registry = registry_of((crm_record(),), (web_record(),))
    old = registry.id_of(WEB)
    registry.merge(CRM, WEB, reason="same person")
    found = registry.card(old)
    assert found.customer == registry.id_of(CRM)
    assert found.redirects == (old,)
    assert "W1" in card.to_json()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_text_and_page_say_every_value_with_its_source(card: Card, language: str) -> None:
    """Name, phone, request and tier are in both, and so are record and source."""
    texts = card.text(language), card.to_html(language)
    for text in texts:
        for part in ("Marie Durand", "+33612345678", "gold", "Leak", "marie@courriel.example", "a1"):
            assert part in text
    assert ("Fiche client" in texts[1]) is (language == "fr")


def test_the_moment_has_a_time_zone() -> None:
    """A moment without one is refused, and so is a language without labels."""
    registry = registry_of((crm_record(),))
    with pytest.raises(ConfigurationError, match="time zone"):
        registry.card(registry.id_of(CRM), at=datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
    with pytest.raises(ConfigurationError, match="language"):
        registry.card(registry.id_of(CRM)).text("de")


def test_a_customer_who_is_gone_has_no_card() -> None:
    """An identifier whose records were withdrawn is refused."""
    registry = registry_of((crm_record(),))
    gone = registry.id_of(CRM)
    registry.withdraw([CRM])
    with pytest.raises(UnknownIdentifierError, match="gone"):
        registry.card(gone)


class _Elements(HTMLParser):
    """Collects the names of elements and of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag} {' '.join(sorted(name for name, _ in attrs))}")


def _elements(page: str) -> list[str]:
    parser = _Elements()
    parser.feed(page)
    return parser.found


def test_markup_in_values_is_text() -> None:
    """A page over values of markup has the elements of any other one, none of which runs or loads anything."""
    pages = []
    for subject in ("Leak", *HOSTILE):
        registry = registry_of((crm_record(), web_record(subject)))
        pages.append(_elements(registry.card(registry.id_of(CRM)).to_html()))
    assert all(each == pages[0] for each in pages)
    assert not {each.split()[0] for each in pages[0]} & {"script", "img", "link", "iframe", "form"}
    assert not any(word in each for each in pages[0] for word in (" src", " href", " on"))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(chromium() is None, reason="no chromium and chromedriver (Debian: chromium, chromium-driver)")
def test_the_page_shows_in_a_browser(card: Card, tmp_path: Path) -> None:
    """The page applies its style, shows what it holds, and its policy blocks nothing of it."""
    path = tmp_path / "card.html"
    path.write_text(card.to_html("fr"), encoding="utf-8")
    driver = open_browser(tmp_path / "profile")
    try:
        driver.get(path.as_uri())
        assert driver.find_element("css selector", "h1").text == "Marie Durand"
        assert "Leak" in driver.find_element("css selector", "#open_requests").text
        grid = driver.find_element("css selector", ".card-grid")
        assert grid.value_of_css_property("display") == "grid"
        assert driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
        assert driver.get_log("browser") == []
    finally:
        driver.quit()


@given(st.lists(drawn_records(), min_size=1, max_size=3))
def test_any_record_has_a_card(drawn: list[Record]) -> None:
    """Data, text and page are made of whatever the model can hold."""
    records = [evolve(each, source="s", key=str(place), tenant="t") for place, each in enumerate(drawn)]
    found = card_of(CustomerId("0000-0000-0000-0012"), records, at=NOW)
    assert json.loads(found.to_json()) == json.loads(json.dumps(found.to_dict()))
    assert found.text("fr")
    assert found.to_html().startswith("<!DOCTYPE html>")


def _interactions(card: Card) -> list[str]:
    return sorted(f"{each.source} {each.value.reference}" for each in card.timeline)


@given(st.lists(st.lists(st.integers(0, 20), max_size=4, unique=True), min_size=2, max_size=4), st.data())
def test_row_69_a_merge_joins_timelines_and_a_split_gives_each_its_own_back(
    told: list[list[int]], data: st.DataObject
) -> None:
    """After merges every interaction stands there once; after the merges are undone, every customer has his own."""
    members = []
    for number, references in enumerate(told):
        key = ("crm", str(number))
        said = tuple(stated(interaction(f"{number}-{each}", each, "shop", kind="visit"), key) for each in references)
        members.append((evolve(crm_record(interactions=said), key=str(number)),))
    registry = registry_of(*members)
    keys = [("crm", str(number)) for number in range(len(told))]
    before = {key: _interactions(registry.card(registry.id_of(key))) for key in keys}
    order = data.draw(st.permutations(keys))
    merges = [registry.merge(left, right, reason="one person") for left, right in pairwise(order)]
    joined = sorted(each for own in before.values() for each in own)
    assert _interactions(registry.card(registry.id_of(keys[0]))) == joined
    for merge in reversed(merges):
        registry.undo(merge.number)
    assert {key: _interactions(registry.card(registry.id_of(key))) for key in keys} == before
    registry.apply([keys])
    assert _interactions(registry.card(registry.id_of(keys[0]))) == joined
    registry.split(registry.id_of(keys[0]), [[key] for key in keys], reason="several persons")
    assert {key: _interactions(registry.card(registry.id_of(key))) for key in keys} == before


def test_days_of_a_card_are_those_of_the_customers_clocks() -> None:
    """An objection of the first hour in Paris is on a card of that hour, whatever clocks the moment is told by."""
    said = datetime.fromisoformat("2026-06-24T00:30+02:00")
    by = Provenance(source="crm", record="7", observed_at=said, recorded_at=said)
    objection = Stated(Consent(purpose="marketing", status=ConsentStatus.OBJECTED), by)
    asked = said + timedelta(minutes=10)
    for hours in (-10, 0, 2, 13):
        at = asked.astimezone(timezone(timedelta(hours=hours)))
        card = card_of(CustomerId("1"), [crm_record(consents=(objection,))], at=at)
        assert [each.status for each in card.consents] == [ConsentStatus.OBJECTED]
        far = crm_record(consents=(evolve(objection, by=evolve(by, observed_at=said.astimezone(_TOKYO))),))
        assert [each.status for each in card_of(CustomerId("1"), [far], at=at).consents] == [ConsentStatus.OBJECTED]


def test_a_card_loads_no_compiler(tmp_path: Path) -> None:
    """Neither numba nor pandas is loaded for the card of a registry in a file, or for its page."""
    program = (
        "import sys, json; from custid.registry import open_registry\n"
        "with open_registry(sys.argv[1]) as registry:\n"
        "    registry.apply([[('crm', '7')]], contents=dict([(('crm', '7'), json.loads(sys.argv[2]))]))\n"
        "    registry.card(registry.id_of(('crm', '7'))).to_html()\n"
        "print([name for name in ('numba', 'pandas', 'altair') if name in sys.modules])\n"
    )
    content = json.dumps(kept(crm_record())[CRM])
    command = [sys.executable, "-c", program, str(tmp_path / "customers.db"), content]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
