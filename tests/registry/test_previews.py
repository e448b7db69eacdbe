"""A dry run tells what another model would change; the change itself is that, or is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from attrs import evolve

import custid
from custid.errors import ConfigurationError, PartitionError
from custid.evaluation import ChangeKind
from custid.registry import MemoryStore, RecordKey, Registry, open_registry
from custid.registry.doctor import check_store
from custid.registry.events import EventKind
from custid.scoring.match_model import TrainedMatchModel
from custid.steering import compare_models
from tests.registry.matched import SOURCE, batch, feed, model, rows

FEW = 70


@cache
def strict() -> TrainedMatchModel:
    """Return a model that joins few records."""
    held = model("persons", 12)
    return evolve(held, prior_match_probability=1e-9, classes=held.alternatives)


@pytest.fixture
def registry() -> Registry:
    """Return a registry of some records of persons."""
    found = Registry(MemoryStore())
    found.use(model("persons", 12))
    found.ingest(list(rows("persons")[:FEW]), source=SOURCE, schema=feed("persons").schema)
    return found


def _ids(registry: Registry) -> dict[RecordKey, str]:
    with registry.store.reading() as transaction:
        return {key: state.customer for key, state in transaction.naming().records.items()}


def test_what_is_told_happens(registry: Registry) -> None:
    """Merges, splits and new names are those that using the model brings; the preview itself changes nothing."""
    before = _ids(registry)
    told = registry.preview(strict())
    assert _ids(registry) == before
    change = registry.use(told, largest_churn=1.0)
    assert change is not None
    after = _ids(registry)
    assert told.n_renamed == sum(before[key] != after[key] for key in before) > 0
    assert told.churn == told.n_renamed / FEW
    assert told.n_customers_after == len(set(after.values()))
    kinds = [event.kind for event in change.events]
    counted = (kinds.count(kind) for kind in (EventKind.MINTED, EventKind.MERGED, EventKind.RESTORED))
    assert (told.n_issued, told.n_redirected, told.n_restored) == tuple(counted)
    assert {key for each in told.changes for key in each.renamed} == {
        key for key in before if before[key] != after[key]
    }
    live = [dict(row) for row in rows("persons")[:FEW]]
    held = {frozenset(key.key for key in after if after[key] == each) for each in set(after.values())}
    assert held == batch(live, strict(), registry.schema(SOURCE))
    assert not check_store(registry.store)


def test_the_same_model_changes_nothing(registry: Registry) -> None:
    """No change, no churn, and full agreement."""
    told = registry.preview(model("persons", 12))
    assert (told.n_renamed, told.changes, told.agreement.f1, told.variation_of_information) == (0, (), 1.0, 0.0)
    assert told.n_unchanged == told.n_customers_before == told.n_customers_after


def test_texts_and_tables_tell_no_values(registry: Registry) -> None:
    """They name record keys and identifiers."""
    told = registry.preview(strict())
    document = told.to_dict()
    assert document["n_split"] == told.n_changes(ChangeKind.SPLIT) == told.table["kind"].to_pylist().count("split") > 0
    assert told.table.num_rows == len(told.changes)
    assert told.records["is_renamed"].to_pylist().count(True) == told.n_renamed
    text = f"{told}{document}{told!r}"
    assert "churn: " in text
    assert "a new one" in text
    assert all(row["family_name"] not in text for row in rows("persons")[:FEW] if row["family_name"])
    assert told.model_before is not None
    assert "levels" in str(compare_models(told.model_before, told.model))


def test_a_churn_budget_stops_a_model(registry: Registry) -> None:
    """Nothing is written, the message tells the figures, and the registry goes on with the old model."""
    before, n_renamed = _ids(registry), registry.preview(strict()).n_renamed
    with pytest.raises(PartitionError, match=rf"5\.00% of {FEW} records .* got {n_renamed} "):
        registry.use(strict())
    assert registry.model is not None
    assert registry.model.to_json() == model("persons", 12).to_json()
    assert registry.ingest([dict(rows("persons")[0])], source=SOURCE).change is None
    assert _ids(registry) == before
    assert registry.use(strict(), largest_churn=n_renamed / FEW) is not None


def test_the_first_model_has_no_budget() -> None:
    """Records that nobody has matched before may all get another identifier."""
    unmatched = Registry(MemoryStore())
    found = [dict(row) for row in rows("persons")[:30]]
    contents = {(SOURCE, row["record_id"]): row for row in found}
    unmatched.apply([[key] for key in contents], contents=contents)
    told = unmatched.preview(model("persons", 12))
    assert told.model_before is None
    assert told.churn > 0.05
    unmatched.use(told)
    assert len(set(_ids(unmatched).values())) == told.n_customers_after


def test_records_that_came_since_are_matched_too(registry: Registry) -> None:
    """A preview that others have overtaken is brought up to date, and the budget holds for what is true by then."""
    told = registry.preview(strict())
    registry.ingest([dict(row) for row in rows("persons")[FEW : FEW + 20]], source=SOURCE)
    registry.withdraw([(SOURCE, rows("persons")[0]["record_id"])])
    with pytest.raises(PartitionError, match=f"{FEW + 19} records"):
        registry.use(told)
    registry.use(registry.preview(strict()), largest_churn=1.0)
    live = [dict(row) for row in rows("persons")[1 : FEW + 20]]
    ids = _ids(registry)
    held = {frozenset(key.key for key in ids if ids[key] == each) for each in set(ids.values())}
    assert held == batch(live, strict(), registry.schema(SOURCE))


def test_a_preview_is_used_by_another_process(tmp_path: Path) -> None:
    """Another object on the same file takes a preview, twice, and both match alike afterwards."""
    one, other = open_registry(tmp_path / "registry.db"), open_registry(tmp_path / "registry.db")
    one.use(model("persons", 12))
    one.ingest([dict(row) for row in rows("persons")[:40]], source=SOURCE, schema=feed("persons").schema)
    told = one.preview(strict())
    other.use(told, largest_churn=1.0)
    assert one.use(told, largest_churn=1.0) is None
    given = [dict(row) for row in rows("persons")[40:50]]
    one.ingest(given[:5], source=SOURCE)
    other.ingest(given[5:], source=SOURCE)
    ids = _ids(one)
    held = {frozenset(key.key for key in ids if ids[key] == each) for each in set(ids.values())}
    assert held == batch([dict(row) for row in rows("persons")[:50]], strict(), one.schema(SOURCE))
    one.close()
    other.close()


def test_verdicts_hold_in_a_preview_and_after_it(registry: Registry) -> None:
    """Records that a person has joined or set apart stay so, whatever the new model says."""
    ids = _ids(registry)
    singles = sorted(key for key in ids if list(ids.values()).count(ids[key]) == 1)[:2]
    twins = sorted(key for key in ids if list(ids.values()).count(ids[key]) == 2)
    pair = [key for key in twins if ids[key] == ids[twins[0]]]
    registry.merge(*singles, reason="same passport")
    registry.split(ids[pair[0]], [[pair[0]], [pair[1]]], reason="seen both")
    told = registry.preview(strict())
    registry.use(told, largest_churn=1.0)
    after = _ids(registry)
    assert told.n_customers_after == len(set(after.values()))
    assert after[singles[0]] == after[singles[1]]
    registry.use(model("persons", 12), largest_churn=1.0)
    after = _ids(registry)
    assert after[singles[0]] == after[singles[1]]
    assert after[pair[0]] != after[pair[1]]
    assert not check_store(registry.store)


def test_a_request_that_was_served_is_served_again(registry: Registry) -> None:
    """Nothing is matched anew, and the same change is returned."""
    change = registry.use(strict(), largest_churn=1.0, request="once")
    assert registry.use(model("persons", 12), request="once") == change
    assert registry.model is not None
    assert registry.model.to_json() == strict().to_json()


def test_a_preview_has_its_own_options(registry: Registry) -> None:
    """Options beside it are refused, and so is a preview of nothing."""
    with pytest.raises(ConfigurationError, match="beside a preview"):
        registry.use(registry.preview(), options=custid.ResolveOptions())
    with pytest.raises(ConfigurationError, match="expected a match model"):
        Registry(MemoryStore()).preview()
