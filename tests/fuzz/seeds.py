"""Inputs to begin from: what the readers are made for."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs
import pyarrow as pa
import pyarrow.parquet as pq

import custid
from custid import registry, serde
from custid.engines.options import ResolveOptions
from custid.intake import GenericPolicy, Schema, read
from custid.privacy import AccessPolicy, AuditEntry, AuditFile, Grant
from custid.registry.feeds import Feed
from custid.registry.intake_policy import IntakePolicy
from custid.registry.match_options import options_to_json
from custid.review import Label, Labels, Verdict
from custid.review.label_file import labels_to_text
from custid.steering import AttributeHealth, ComparisonHealth, HealthReport, LargeCustomer
from tests.fuzz import stores
from tests.registry.matched import model, rows
from tests.serde.examples import zoe

__all__ = ["seeds_of"]

_COMPARED: Final = frozenset({"email", "family_name", "phone", "sex"})
_DATA: Final = Path(__file__).parent.parent / "data"


def seeds_of(name: str) -> list[bytes]:
    """Return the inputs that a target begins from."""
    made = _MAKERS[name]() if name in _MAKERS else _texts(name)
    return list(dict.fromkeys(each if isinstance(each, bytes) else each.encode() for each in made))


def _column(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield str(json.loads(line)["raw"]) if path.suffix == ".jsonl" else line.partition(",")[0].strip('"')


_FILES: Final = MappingProxyType(
    {
        "parse_person_name": ("parsing/names_fr.jsonl", "parsing/names_en.jsonl"),
        "parse_postal_address": ("parsing/addresses.jsonl",),
        "parse_phone": ("conformance/e164.csv",),
        "parse_email": ("conformance/email.csv",),
        "parse_date": ("conformance/edtf.csv",),
        "parse_language": ("conformance/bcp47.csv",),
        "parse_occupation": ("conformance/occupation.csv",),
        "parse_sex": ("conformance/iso5218.csv",),
        "parse_identifier": tuple(
            f"conformance/{name}.csv" for name in ("iban", "lei", "rna", "siren_siret", "vat_number")
        ),
    }
)


def _texts(name: str) -> Iterator[str]:
    """Yield values as people write them, told in one way and another."""
    texts = [text for file in _FILES.get(name, ()) for text in _column(_DATA / file)]
    texts = texts or ["SARL Boulangerie Martin (Nantes)", "Dupont Jean", "zoe@courriel.example", "06 39 98 00 01", "M"]
    for place, text in enumerate(texts[:200]):
        yield f"{chr(place % 128)}{text}"


@cache
def _table() -> pa.Table:
    return pa.Table.from_pylist([dict(each) for each in rows("persons")[:20]])


def _csv() -> Iterator[str]:
    names = _table().column_names
    lines = [names, *([str(value or "") for value in row.values()] for row in _table().slice(0, 6).to_pylist())]
    for delimiter in ",;\t|":
        yield "\n".join(delimiter.join(line) for line in lines)
    yield 'sep=;\r\nnom;"pré""nom"\r\n"Le\nGoff";Zoé\r\n'


def _json_rows() -> Iterator[str]:
    listed = [dict(each) for each in rows("persons")[:5]]
    yield "\0" + json.dumps(listed)
    yield "\1" + "\n".join(map(json.dumps, listed))
    yield '\0[{"a": 1.50, "b": true, "c": null, "d": 1e400, "e": [1], "f": "\\ud800"}]'


def _binary() -> Iterator[bytes]:
    # The end of a Parquet file says what is in it: it has to be in the input.
    table = _table().slice(0, 3).select(["record_id", "family_name", "birth_date", "email", "postcode"])
    parquet, file, stream = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet)
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    for place, content in enumerate((parquet.getvalue(), file.getvalue(), stream.getvalue())):
        yield bytes([place]) + content


def _compressed() -> Iterator[bytes]:
    text = next(_csv()).encode()[:400]
    packed = pa.compress(text, "zstd", asbytes=True)
    for place, content in enumerate((gzip.compress(text), packed, lzma.compress(text))):
        yield bytes([place]) + content
    yield b"\0" + bz2.compress(text)


def _foreign(write: Callable[[Any], Any]) -> Callable[[], Iterator[str]]:
    def made() -> Iterator[str]:
        found = write(zoe())
        yield "\0" + (found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))

    return made


def _arrow_records() -> Iterator[bytes]:
    whole = serde.to_arrow([zoe()])
    listed = _without_empty(whole.to_pylist())
    table = pa.Table.from_pylist(listed).replace_schema_metadata(whole.schema.metadata)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    yield sink.getvalue()
    yield json.dumps([1, listed], default=str).encode()


def _without_empty(value: Any) -> Any:
    """Return what a document says: its other members would fill the input."""
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    if isinstance(value, dict):
        told = {name: _without_empty(each) for name, each in value.items()}
        return {name: each for name, each in told.items() if each not in (None, [], {})}
    return value


@cache
def _model() -> str:
    """Return a match model of a few comparisons: a short document is searched faster."""
    document = model("persons", 12).to_dict()
    places = [place for place, each in enumerate(document["comparisons"]) if each["name"] in _COMPARED]
    document["comparisons"] = [document["comparisons"][place] for place in places]
    for cluster in document["classes"]:
        for name in ("is_by_chance", "probabilities"):
            cluster[name] = [cluster[name][place] for place in places]
    document["attributes"] = [each for each in document["attributes"] if each in _COMPARED]
    document["frequencies"] = {
        # Three values each, whose bytes end where letters of Base64 do.
        name: {
            **counted,
            "hashes": counted["hashes"][:32],
            "counts": counted["counts"][: 4 * counted["bytes_per_count"]],
        }
        for name, counted in document["frequencies"].items()
        if name.partition(".")[0] in _COMPARED
    }
    return json.dumps(document)


def _splink() -> str:
    """Return settings of Splink of two comparisons."""
    document = json.loads((_DATA / "splink" / "model.json").read_text(encoding="utf-8"))
    document["comparisons"] = sorted(document["comparisons"], key=lambda each: len(json.dumps(each)))[:2]
    return json.dumps(document)


def _labels() -> Labels:
    return Labels.of([Label(left=("crm", "1"), right=("web", "2"), verdict=Verdict.MATCH, by="ann", note="twins")])


def _access() -> str:
    return AccessPolicy((Grant(roles=("till",), attributes=("person_names", "measures.tier")),)).to_json()


def _receipt() -> str:
    names = ("receipt", "version", "purpose", "legal_basis", "channel", "notice", "controller")
    moments = {"at": "2030-01-31T09:30:00+00:00", "expires": None}
    return json.dumps(dict.fromkeys(names, "x") | moments | {"status": "given"})


@cache
def _health() -> str:
    """Return a report of which every part is there once; made before the fields' types are looked up elsewhere."""
    of_type: dict[str, Any] = {"str": "x", "int": 1, "float": 0.5, "bool": True, "tuple[str, ...]": ["a"]}
    of_type |= {"tuple[float, ...]": [0.5], "float | None": None, "dict[str, int]": {"a": 2}}

    def part(kind: type) -> dict[str, Any]:
        return {each.name: of_type.get(str(each.type), []) for each in attrs.fields(kind)}

    parts = {"largest": LargeCustomer, "comparisons": ComparisonHealth, "attributes": AttributeHealth}
    made = part(HealthReport) | {name: [part(kind)] for name, kind in parts.items()} | {"sizes": [[1, 2]]}
    return json.dumps({"format": "custid.health", "version": 1} | made)


def _audit() -> bytes:
    path = stores.place() / "audit.jsonl"
    path.unlink(missing_ok=True)
    trail = AuditFile(path, key=b"key")
    for _ in range(2):
        trail.append(AuditEntry(actor="till", action="read", customers=("1",), categories=("names",)))
    return path.read_bytes()


def _array_file() -> bytes:
    described = {"name": "a", "type": "<i4", "shape": [2], "place": 0, "used": 8, "checksum": 0}
    return json.dumps({"version": 1, "arrays": [described], "bytes": 64}).encode() + b"\n" + bytes(64)


def _dedupe_pairs() -> str:
    first, second = ({name: value for name, value in each.items() if name != "id"} for each in rows("persons")[:2])
    marked = {"__class__": "tuple", "__value__": [first, second]}
    return json.dumps({"match": [marked], "distinct": [[first, {"city": {"__class__": "set", "__value__": ["a"]}}]]})


def _blows() -> Iterator[bytes]:
    for place in range(0, 1 << 16, 499):
        yield b"".join(
            bytes([step, *((place + 7 * step) & 0xFFFF).to_bytes(2, "big"), place & 255]) for step in range(3)
        )


_MAKERS: Final[dict[str, Callable[[], Any]]] = {
    "serde_json": lambda: [serde.to_json(zoe())],
    "serde_json_lines": lambda: [serde.to_json(zoe()) + "\n\n" + serde.to_json(zoe())],
    "serde_arrow": _arrow_records,
    "serde_vcard": _foreign(serde.to_vcard),
    "serde_jcard": _foreign(serde.to_jcard),
    "serde_fhir": _foreign(serde.to_fhir),
    "serde_schema_org": _foreign(serde.to_schema_org),
    "serde_tmf632": _foreign(serde.to_tmf632),
    "intake_csv": _csv,
    "intake_json": _json_rows,
    "intake_binary": _binary,
    "intake_compressed": _compressed,
    "intake_rows": lambda: [
        json.dumps([dict(each) for each in rows("persons")[:3]]),
        '[{"email": [1], "phone": 1e308}]',
    ],
    "match_model": lambda: [_model()],
    "constraints": lambda: [
        custid.Constraints(duplicate_free=("crm",)).to_json(),
        '{"format": "custid.constraints", "version": 1, "rules": [{"different": "sex"}], "exclusive": [{}]}',
    ],
    "labels_json_lines": lambda: [labels_to_text(_labels())],
    "labels_csv": lambda: ['left_record_key;right_record_key;verdict;note\n1;2;match;"a ""b"""\n1;3;;\n'],
    "generic_policy": lambda: [GenericPolicy().to_json()],
    "splink_settings": lambda: [_splink()],
    "dedupe_training": lambda: [_dedupe_pairs()],
    "match_options": lambda: [options_to_json(ResolveOptions())],
    "schema": lambda: [json.dumps(Schema(columns={"a": "city"}, record_key="id", day_first=True).to_dict())],
    "feed": lambda: [Feed.of("shop", read([dict(each) for each in rows("persons")[:5]]).table).to_json()],
    "access_policy": lambda: [_access()],
    "intake_policy": lambda: [IntakePolicy(purposes={"email": ("matching",)}).to_json()],
    "suppression": lambda: [
        '{"format": "custid suppression list", "version": 1, "entries": [["ab", "2030-01-31", ""]]}'
    ],
    "pseudonyms": lambda: [registry.Pseudonyms(b"k" * 32, {"shop": 2}).to_json()],
    "receipt": lambda: [_receipt()],
    "health_report": lambda: [_health()],
    "health_log": lambda: [f"{_health()}\n"],
    "identifier": lambda: ["0000-0000-0000-0012", "K7QF-3MZ9-P2WD-8XRA"],
    "key_ring": lambda: ['{"format": "custid key ring", "version": 1, "keys": {"1": ["ab", "a2V5"]}}'],
    "audit_file": lambda: [_audit()],
    "registry_import": lambda: [stores.exported()],
    "sealed_backup": lambda: [stores.sealed()],
    "array_file": lambda: [_array_file()],
    "store_file": _blows,
    "saved_state": _blows,
}
