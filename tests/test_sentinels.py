"""What records say is never seen in an error, a log record, a warning, a repr or the name of a file."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import custid
from custid import serde
from custid.errors import CustidError
from custid.intake import Schema, read
from custid.model import Provenance
from custid.registry import open_registry
from custid.review.label_file import labels_from_text
from tests.sentinels import Watch

# No word, no number and no domain of these stands anywhere else.
SENTINEL = "Zqxwv"
_NUMBER = "0639981234"
_KEYS = [f"k{number}" for number in range(12)]


def row(number: int) -> dict[str, Any]:
    """Return a row whose every value is a sentinel, but for its key."""
    letters = "abcdefghijklmnop"[number] * 3
    return {
        "id": _KEYS[number],
        "first_name": f"{SENTINEL}given{letters}",
        "last_name": f"{SENTINEL}family{letters}",
        "birth_date": f"19{50 + number}-03-0{1 + number % 9}",
        "email": f"{SENTINEL.lower()}.{letters}@courriel.example",
        "phone": f"06 39 98 12 {30 + number}",
        "street": f"{number} rue {SENTINEL}street{letters}",
        "postcode": "44000",
        "city": f"{SENTINEL}city",
        "notes": f"{SENTINEL}note",
    }


ROWS = [row(number) for number in range(10)]
_AGAIN = [{**row(number), "id": f"again{number}", "phone": ""} for number in range(4)]


def _watched() -> Watch:
    values = {value for each in [*ROWS, *_AGAIN] for name, value in each.items() if name not in {"id", "postcode"}}
    return Watch({text for value in values if value for text in (value, value.lower(), value.upper())})


def _spoken(watch: Watch) -> list[tuple[str, str]]:
    """Return what was heard of a value, be it a part of one."""
    return [(kind, text) for kind, text in watch.heard if SENTINEL.lower() in text.lower() or _NUMBER in text]


def _nothing_seen(watch: Watch, alive: object) -> None:
    """Assert that nothing was heard of a value; what is to be looked at is alive until now."""
    assert _spoken(watch) == []
    assert watch.seen() == []
    assert alive is not None


def _number_of(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CustidError("not a number") from None


def test_a_watch_sees(caplog: pytest.LogCaptureFixture) -> None:
    """A value in a log record, in an error or in what caused it is seen, so that the tests below can fail."""
    caplog.set_level(logging.DEBUG)
    with _watched() as watch:
        logging.getLogger("custid").debug("read %s", ROWS[0]["email"])
        with pytest.raises(CustidError):
            _number_of(ROWS[1]["last_name"])
    assert {kind for kind, _, _ in watch.seen()} == {"log record", "error"}


def test_a_run_shows_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A run, its explanations, its report and its files name rows and columns only."""
    caplog.set_level(logging.DEBUG)
    with _watched() as watch:
        result = custid.dedupe([*ROWS, *_AGAIN])
        alive = [result, result.report, result.inputs, result.model, result.pairs, result.certificate]
        alive += [result.explain("k0", "again0"), result.explain_customer(0), result.linked, result.canonical]
        result.save_report(tmp_path / "report.html")
        result.model.save(tmp_path / "model.json")
        assert SENTINEL.lower() not in (tmp_path / "model.json").read_text(encoding="utf-8").lower()
        assert SENTINEL.lower() not in str(result).lower()
    _nothing_seen(watch, alive)


@pytest.mark.slow
def test_a_registry_shows_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Ingesting, recognizing, cards and history name records and identifiers only."""
    caplog.set_level(logging.DEBUG)
    probe = {"given_name": ROWS[0]["first_name"], "family_name": ROWS[0]["last_name"], "email": ROWS[0]["email"]}
    with _watched() as watch, open_registry(tmp_path / "customers.db") as registry:
        registry.use(custid.train([*ROWS, *_AGAIN]))
        schema = Schema(record_key="id")
        told = registry.ingest([*ROWS, *_AGAIN, {**row(11), "email": [row(11)["email"]]}], source="shop", schema=schema)
        customer = registry.id_of(("shop", "k0"))
        alive = [registry, told, registry.identify(probe), registry.card(customer), registry.resolve(customer)]
        alive += [registry.history(customer), registry.model]
        with pytest.raises(CustidError):
            registry.identify({"given": ROWS[0]["first_name"]})
        registry.save_state()
    _nothing_seen(watch, alive)
    names = [path.name.lower() for path in tmp_path.rglob("*")]
    assert [name for name in names if SENTINEL.lower() in name] == []


_BY = Provenance(
    source="till",
    record="7",
    observed_at=datetime(2030, 1, 31, tzinfo=UTC),
    recorded_at=datetime(2030, 1, 31, tzinfo=UTC),
)
_FAULTS: dict[str, Callable[[Path], object]] = {
    "nested rows": lambda _: read([{"email": [ROWS[0]["email"]]}]),
    "rows of bytes": lambda _: read([{"email": b"\xff" + ROWS[0]["email"].encode()}]),
    "a repeated key": lambda _: custid.dedupe([ROWS[0], ROWS[0]], schema=Schema(record_key="email")),
    "JSON": lambda _: serde.from_json('{"party": "' + ROWS[0]["email"]),
    "a document": lambda _: serde.structure({"schema_version": 1, "source": [ROWS[0]["email"]], "key": "7"}),
    "a person": lambda _: serde.from_json(
        json.dumps(
            {
                "schema_version": 1,
                "source": "till",
                "key": "7",
                "party": {"kind": "person", "names": [{"value": {"family": 7, "given": SENTINEL}, "by": SENTINEL}]},
            }
        )
    ),
    "a vCard": lambda _: serde.from_vcard(f"BEGIN:VCARD\nN:{SENTINEL}\nBDAY:{SENTINEL}", by=_BY),
    "a jCard": lambda _: serde.from_jcard(f'["{SENTINEL}"]', by=_BY),
    "FHIR": lambda _: serde.from_fhir(f'["{SENTINEL}"]', by=_BY),
    "TM Forum": lambda _: serde.from_tmf632(f'["{SENTINEL}"]', by=_BY),
    "schema.org": lambda _: serde.from_schema_org(f'["{SENTINEL}"]', by=_BY),
    "labels": lambda _: labels_from_text(f'{{"format": "custid.labels", "version": 1}}\n{{"left": ["{SENTINEL}"]}}'),
    "a model": lambda _: custid.TrainedMatchModel.from_json(f'{{"format": "{SENTINEL}"'),
    "constraints": lambda _: custid.Constraints.from_json(f'{{"format": "{SENTINEL}"'),
    "an unclosed quote": lambda place: custid.dedupe(_written(place / "a.csv", f'"name,{SENTINEL}\n')),
    "a damaged file": lambda place: custid.dedupe(_written(place / "a.parquet", f"PAR1{SENTINEL}")),
    "nested Arrow": lambda _: custid.dedupe(pa.table({"email": [[ROWS[0]["email"]]]})),
    "a registry": lambda place: open_registry(_written(place / "a.db", SENTINEL)),
}


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("what", _FAULTS)
def test_an_error_shows_nothing(what: str, tmp_path: Path) -> None:
    """What cannot be read is refused without a word of it, in the error and in whatever caused it."""
    with _watched() as watch:
        try:
            _FAULTS[what](tmp_path)
        except CustidError as error:
            told = str(error)
    assert told
    assert _spoken(watch) == []
