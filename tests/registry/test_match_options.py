"""Options that decide matching are kept beside the model, and matching follows them as one batch does."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from random import Random

import pytest

import custid
from custid import ResolveOptions
from custid.clustering.attachment import AttachmentOptions
from custid.clustering.contraction import ContractionOptions
from custid.errors import ConfigurationError, StoreFormatError
from custid.intake import GenericPolicy
from custid.registry import MemoryStore, Registry, open_registry
from custid.registry.match_options import options_from_json, options_to_json, require_keepable
from tests.registry.matched import SOURCE, feed, model, rows

OPTIONS = {
    "surer": ResolveOptions(match_probability=0.97),
    "less sure": ResolveOptions(match_probability=0.02),
    "unattached": ResolveOptions(attachment=None, contraction=ContractionOptions(clip_bits=4.0, unscored_bits=-0.5)),
    "attached": ResolveOptions(attachment=AttachmentOptions(max_fragment=1, min_probability=0.6)),
    "small blocks": ResolveOptions(block_cap=4),
    "generic": ResolveOptions(
        generic=GenericPolicy(
            version="mine",
            attributes=("phone", "city"),
            min_names=3,
            generic={"email": (rows("persons")[0]["email"] or "none@site.example",), "postcode": ("72000",)},
            never_generic={"phone": ("01 99 00 12 34",)},
        )
    ),
}


def _batch(live: dict[str, dict[str, object]], registry: Registry) -> set[frozenset[str]]:
    found = custid.dedupe(
        list(live.values()), model=registry.model, schema=registry.schema(SOURCE), options=registry.options
    ).assignments["customer"]
    members = defaultdict(set)
    for key, customer in zip(live, found.to_pylist(), strict=True):
        members[customer].add(key)
    return set(map(frozenset, members.values()))


def _held(live: dict[str, dict[str, object]], registry: Registry) -> set[frozenset[str]]:
    members = defaultdict(set)
    for key in live:
        members[registry.id_of((SOURCE, key))].add(key)
    return set(map(frozenset, members.values()))


@pytest.mark.parametrize("name", OPTIONS)
def test_the_partition_is_that_of_one_batch_with_the_options(name: str) -> None:
    """After every step of a history of arrivals, changes and withdrawals."""
    random, registry = Random(name), Registry(MemoryStore())  # noqa: S311 - a history, no secret
    registry.use(model("persons", 12), options=OPTIONS[name])
    found = [dict(row) for row in rows("persons")]
    live: dict[str, dict[str, object]] = {}
    for _ in range(4):
        given = {}
        for place in random.sample(range(len(found)), 45):
            said = place if random.random() < 0.8 else random.randrange(len(found))
            given[found[place]["record_id"]] = found[said] | {"record_id": found[place]["record_id"]}
        registry.ingest(list(given.values()), source=SOURCE, schema=feed("persons").schema)
        live |= given
        for key in random.sample(sorted(live), 8):
            registry.withdraw([(SOURCE, key)])
            del live[key]
        assert _held(live, registry) == _batch(live, registry)


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_read_back_as_they_were_kept(name: str) -> None:
    """Equal options, equal text."""
    options = OPTIONS[name]
    again = options_from_json(options_to_json(options))
    assert options_to_json(again) == options_to_json(options)
    assert (again.contraction, again.attachment, again.generic) == (
        options.contraction,
        options.attachment,
        options.generic,
    )
    assert (again.match_probability, again.block_cap) == (options.match_probability, options.block_cap)


def test_every_process_matches_with_the_options_kept(tmp_path: Path) -> None:
    """They are there when the registry is opened anew, and stay when another model is used."""
    with open_registry(tmp_path / "registry.db") as registry:
        assert registry.options.match_probability == 0.5
        registry.use(model("persons", 12), options=OPTIONS["surer"])
    with open_registry(tmp_path / "registry.db") as registry:
        registry.use(model("persons", 12))
        assert registry.options.match_probability == 0.97


def test_what_runs_and_training_need_is_not_kept() -> None:
    """Threads and memory are of a machine, samples and seeds of training."""
    kept = options_to_json(ResolveOptions(n_threads=3, memory_limit=10**9, seed=5, n_training_pairs=7))
    assert kept == options_to_json(ResolveOptions())


def test_options_that_cannot_be_kept_are_refused() -> None:
    """Each by its name; and a declared value that cannot be read, by its place."""
    with pytest.raises(ConfigurationError, match=r"pairs_per_record.*match_probability"):
        require_keepable(ResolveOptions(pairs_per_record=3.0, match_probability=1e-6))
    unread = GenericPolicy(generic={"phone": ("call me",)})
    with pytest.raises(ConfigurationError, match="at places 1"):
        Registry(MemoryStore()).use(model("persons", 12), options=ResolveOptions(generic=unread))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "other"),
        ("format_version", 2),
        ("match_probability", "0.5"),
        ("match_probability", 7.0),
        ("block_cap", 2.5),
        ("contraction", {"clip_bits": 4.0}),
        ("attachment", {"max_fragment": True, "min_probability": 0.9, "unscored_bits": -4.0}),
        ("generic", {}),
        ("further", 1),
    ],
)
def test_a_setting_that_was_altered_is_refused(field: str, value: object) -> None:
    """Of another format, incomplete, of another type or out of range: nothing is taken for a default."""
    document = json.loads(options_to_json(ResolveOptions()))
    with pytest.raises(StoreFormatError, match="match options"):
        options_from_json(json.dumps(document | {field: value}))
    with pytest.raises(StoreFormatError, match="match options"):
        options_from_json("[")
