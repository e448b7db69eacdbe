"""What is fuzzed: for each reader a function of bytes that ends quietly, whatever the bytes are.

A reader returns a value or raises an error of :mod:`custid.errors`; `run` lets those pass and nothing else.  Where a
reader can be told things, the first byte of the input chooses what it is told.
"""

from __future__ import annotations

import functools
import json
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from zlib import crc32

import pyarrow as pa

import custid
from custid import registry, serde
from custid.errors import CustidError
from custid.intake import GenericPolicy, Schema, detect, read
from custid.migrate import from_dedupe, from_splink
from custid.model import Provenance
from custid.privacy import AccessPolicy, AuditFile, ConsentReceipt, SuppressionList
from custid.registry.doctor import check_store
from custid.registry.events import NO_CHANGE, digest_of
from custid.registry.exchange import _change_from_dict, import_registry
from custid.registry.feeds import Feed
from custid.registry.intake_policy import IntakePolicy
from custid.registry.key_ring import KeyRing
from custid.registry.match_options import options_from_json
from custid.registry.sealed_backup import restore
from custid.registry.typed_feeds import feed_from_json
from custid.review.label_file import labels_from_text, read_labels
from custid.standardize import find_misplaced, is_placeholder, mask_prohibited, prohibited_codes, standardizer
from custid.standardize._name_order import given_and_family
from custid.standardize.name import standardize_full_name
from custid.steering import HealthLog, HealthReport
from custid.table.array_file import ArrayFile
from tests.fuzz import stores
from tests.registry.matched import rows
from tests.standardize.test_any_text import PARSERS

__all__ = ["LONGEST", "LONGEST_OF", "TARGETS", "run"]

Target = Callable[[bytes], object]

_THEN: Final = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
_BY: Final = Provenance(source="till", record="7", observed_at=_THEN, recorded_at=_THEN)
_NO_CHANGE: Final = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
"""What comes of a line that tells of no change, and cannot be signed."""
_COUNTRIES: Final = ("FR", "GB", "US", "DE", "ZZ")


def run(name: str, data: bytes) -> None:
    """Give some bytes to a reader; errors of custid are an answer."""
    try:
        TARGETS[name](data)
    except CustidError as error:
        # Whoever reports an error takes its text.
        str(error)


def _text(data: bytes) -> str:
    # What is not UTF-8 becomes lone surrogates, as Python makes of names of files and arguments.
    return data.decode("utf-8", "surrogateescape")


def _chosen(data: bytes) -> tuple[int, bytes]:
    return (data[0], data[1:]) if data else (0, data)


def _of_text(read_text: Callable[[str], object]) -> Target:
    return lambda data: read_text(_text(data))


def _of_file(read_file: Callable[[Path], object], *endings: str) -> Target:
    """Return a target that gets its input from a file."""

    def target(data: bytes) -> object:
        place, content = _chosen(data) if len(endings) > 1 else (0, data)
        # One file, written anew: to make a directory for each input takes longer than to read it.
        path = stores.place() / f"input{endings[place % len(endings)]}"
        path.write_bytes(content)
        return read_file(path)

    return target


def _told(name: str) -> Target:
    """Return a target for one function that parses text, told by the first byte all that it can be told."""
    ways = [parse for told, parse in PARSERS.items() if told.startswith(f"{name} ")]

    def target(data: bytes) -> object:
        place, rest = _chosen(data)
        text = _text(rest)
        parsed = ways[place % len(ways)](text)
        assert parsed.raw == text
        return repr(parsed)

    return target


def _foreign(read_document: Callable[..., Any]) -> Target:
    """Return a target for a format of others; what is read has to be writable in our own."""

    def target(data: bytes) -> object:
        place, rest = _chosen(data)
        found = read_document(_text(rest), by=_BY, country=_COUNTRIES[place % len(_COUNTRIES)])
        return [serde.from_json(serde.to_json(each)) for each in (found if isinstance(found, list) else [found])]

    return target


def _standardized(data: bytes) -> object:
    place, rest = _chosen(data)
    text = _text(rest)
    names = sorted(custid.standardize.STANDARDIZERS)
    name = names[place % len(names)]
    found = standardizer(name)(text), find_misplaced(name, text), is_placeholder("any", text)
    if name == "full_name":
        given_and_family(standardize_full_name(text, family_first=True).value)
    return found, mask_prohibited(text), prohibited_codes(text)


def _whole(path: Path) -> object:
    """Read a file and tell what its columns mean, as a run begins."""
    intake = read(path)
    return detect(intake.table), intake.refused, intake.warnings


def _unpacked(path: Path) -> object:
    """Read a file; what its columns mean is the matter of what is not compressed."""
    intake = read(path)
    return intake.refused, intake.warnings


def _rows_of_python(data: bytes) -> object:
    """Read rows of Python values of any kind, as JSON tells them."""
    found = json.loads(data)
    intake = read(found if isinstance(found, list) else [found])
    return Feed.of("shop", intake.table).read(intake.table)


def _receipt(data: bytes) -> object:
    return ConsentReceipt.from_dict(json.loads(data))


def _json_of_python(target: Target) -> Target:
    """Return a target for which text that is no JSON is no input."""

    def tolerant(data: bytes) -> object:
        try:
            json.loads(data)
        except (ValueError, RecursionError):
            return None
        return target(data)

    return tolerant


def _schema(data: bytes) -> object:
    return Schema.from_dict(json.loads(data))


def _arrow_records(data: bytes) -> object:
    """Read a table, given as Arrow data, or as JSON: the version of the format and rows, whose types Arrow chooses."""
    try:
        if data.startswith(b"["):
            version, listed = json.loads(data)
            table = pa.Table.from_pylist(listed).replace_schema_metadata({b"custid.schema_version": str(version)})
        else:
            table = pa.ipc.open_stream(pa.BufferReader(data)).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, NotImplementedError, AttributeError):
        return None
    except (RecursionError, OverflowError):
        return None
    return serde.from_arrow(table)


def _splink(path: Path) -> object:
    return str(from_splink(path, columns={"card": "loyalty_card"}))


def _dedupe(path: Path) -> object:
    return str(from_dedupe(path, [dict(each) for each in rows("persons")[:5]]))


def _listed(path: Path) -> object:
    return list(HealthLog(path))


def _audit(path: Path) -> object:
    trail = AuditFile(path, key=b"key", clock=lambda: _THEN)
    return list(trail.entries()), trail.faults()


def _imported(path: Path) -> object:
    store = registry.MemoryStore()
    import_registry(store, path)
    return check_store(store)


def _restored(path: Path) -> object:
    store = registry.MemoryStore()
    return restore(store, path, keys=stores.key_ring()), check_store(store)


def _signed(lines_read: Target, n_more: int, sign: Callable[[list[str]], list[str]] = list) -> Target:
    """Return a target whose last line is made to fit what stands before it: its number is theirs and some more."""

    def target(data: bytes) -> object:
        lines = sign(data.decode("ascii", "replace").splitlines()[:-1])
        digest = sha256("".join(lines).encode("ascii", "replace")).hexdigest()
        last = json.dumps({"end": len(lines) + n_more, "digest": digest})
        return lines_read("\n".join([*lines, last, ""]).encode("ascii", "replace"))

    return target


def _with_digests(lines: list[str]) -> list[str]:
    """Let each change be signed as the one who wrote it does, and the first line tell of the last one."""
    digest, made = NO_CHANGE, []
    n_changes = 0
    for line in lines:
        try:
            document = json.loads(line)
            digest = document["change"]["digest"] = digest_of(digest, _change_from_dict(document["change"]))
            n_changes += 1
            made.append(json.dumps(document))
        except _NO_CHANGE:
            made.append(line)
    try:
        made[0] = json.dumps({**json.loads(made[0]), "changes": n_changes, "digest": digest})
    except _NO_CHANGE:
        return made
    return made


_FILE: Final = ArrayFile(magic=b"custidXX", version=1, name="file", content="arrays", hint="None.")


def _array_file(path: Path) -> object:
    """Read arrays behind a description whose checksum was made to fit."""
    data = path.read_bytes()
    text, _, rest = data.partition(b"\n")
    head = struct.pack("<8sQI", b"custidXX", len(text), crc32(text))
    begin = -(-(len(head) + len(text)) // 64) * 64
    path.write_bytes((head + text).ljust(begin, b"\0") + rest)
    return _FILE.read(path)


def _targets() -> Iterator[tuple[str, Target]]:
    for name in sorted({told.split(" ", 1)[0] for told in PARSERS}):
        yield name, _told(name)
    yield "standardizers", _standardized
    yield "serde_json", lambda data: serde.to_json(serde.from_json(data))
    yield "serde_json_lines", _of_file(serde.read_json_lines, ".jsonl")
    yield "serde_arrow", _arrow_records
    for name in ("vcard", "jcard", "fhir", "schema_org", "tmf632"):
        yield f"serde_{name}", _foreign(getattr(serde, f"from_{name}"))
    yield "intake_csv", _of_file(_whole, ".csv")
    yield "intake_json", _of_file(_whole, ".json", ".jsonl")
    yield "intake_binary", _of_file(_whole, ".parquet", ".arrow", ".arrows")
    # By itself: a search that may choose spends nearly all inputs on text, of which it finds more ways.
    yield "intake_compressed", _of_file(_unpacked, ".csv.gz", ".csv.zst", ".csv.xz")
    yield "intake_rows", _json_of_python(_rows_of_python)
    yield "match_model", _of_text(custid.TrainedMatchModel.from_json)
    yield "constraints", _of_text(custid.Constraints.from_json)
    yield "labels_json_lines", _of_text(labels_from_text)
    yield "labels_csv", _of_file(read_labels, ".csv")
    yield "generic_policy", _of_text(GenericPolicy.from_json)
    yield "splink_settings", _of_file(_splink, ".json")
    yield "dedupe_training", _of_file(_dedupe, ".json")
    yield "match_options", _of_text(options_from_json)
    yield "schema", _json_of_python(_schema)
    yield "feed", _of_text(functools.partial(feed_from_json, "shop"))
    yield "access_policy", _of_text(AccessPolicy.from_json)
    yield "intake_policy", _of_text(IntakePolicy.from_json)
    yield "suppression", _of_text(functools.partial(SuppressionList.from_json, key=b"k" * 32))
    yield "pseudonyms", _of_text(functools.partial(registry.Pseudonyms.from_json, secret=b"k" * 32))
    yield "receipt", _json_of_python(_receipt)
    yield "health_report", _of_text(HealthReport.from_json)
    yield "health_log", _of_file(_listed, ".jsonl")
    yield "identifier", _of_text(registry.Base32Scheme().parse)
    yield "key_ring", _of_file(KeyRing, ".json")
    yield "audit_file", _of_file(_audit, ".jsonl")
    yield "registry_import", _signed(_of_file(_imported, ".jsonl"), 1, _with_digests)
    yield "sealed_backup", _signed(_of_file(_restored, ".jsonl"), 0)
    yield "array_file", _of_file(_array_file, ".bin")
    yield "store_file", stores.damaged_store
    yield "saved_state", stores.damaged_state


TARGETS: Final = MappingProxyType(dict(_targets()))
"""What is fuzzed, by name."""

LONGEST: Final = 4_096
"""Bytes of an input."""

LONGEST_OF: Final = MappingProxyType(
    # Single values: what is longer has tests of its own, and takes the time of many shorter ones.
    dict.fromkeys((name for name in TARGETS if name.startswith("parse_")), 256)
    | {"standardizers": 256, "serde_arrow": 8_192, "match_model": 6_144, "store_file": 64, "saved_state": 64}
)
"""Bytes of an input, of targets for which it is another number."""
