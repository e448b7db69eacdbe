"""Looking a registry over: whether its tables agree with one another and with its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from custid.errors import CustidError, IdentifierError, StoreDamagedError
from custid.registry.damage import RESTORE_HINT
from custid.registry.events import NO_CHANGE, EventKind, digest_of
from custid.registry.identifiers import Base32Scheme, CustomerId, CustomerIdScheme
from custid.registry.naming import IdentifierState, Naming, RecordState, Tally
from custid.registry.record_keys import RecordKey
from custid.registry.replay import Replay
from custid.registry.store import Head, ReadTransaction, Store
from custid.registry.writing import broken_verdicts

__all__ = ["Finding", "check_store"]

_UNREADABLE = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)
"""What comes of a row that holds other kinds of values than those that are written."""

_REPLAY = "Export the registry and import it into a new store: the ledger is sound, and the tables are made from it."


@frozen(kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    code : str
        What kind of thing, for programs: ``"redirect-to-nowhere"``, ``"ledger-digest"``, …
    subject : str
        What it is about: an identifier, the number of a record or of a change.
    problem : str
        What is wrong, in a sentence.
    advice : str
        What to do.
    """

    code: str
    subject: str
    problem: str
    advice: str


def check_store(
    store: Store, scheme: CustomerIdScheme | None = None, *, audit_key: bytes | None = None, audit_head: str = ""
) -> tuple[Finding, ...]:
    """Look a registry over.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : CustomerIdScheme, optional
        What its identifiers look like; ``Base32Scheme()`` when not given.
    audit_key : bytes, optional
        Secret key of the audit trail; without one its digests are not looked at, only whether entries are missing.
    audit_head : str
        Digest of an entry of the trail that was kept elsewhere: it has to be there.

    Returns
    -------
    tuple of Finding
        Empty for a sound registry.

    Notes
    -----
    Reads everything, in one transaction; memory is in proportion to records and identifiers.
    """
    found: list[Finding] = []
    try:
        with store.reading() as transaction:
            found += map(_damage, transaction.damage())
            transaction.settings()
            naming, head = transaction.naming(), transaction.head()
            found += _check_identifiers(naming, scheme or Base32Scheme())
            found += _check_records(naming)
            found += _check_ledger(transaction, naming, head)
            found += _check_verdicts(transaction, naming)
            found += _check_readers(transaction, head)
            found += _check_audit(transaction, audit_key, audit_head)
    except StoreDamagedError as error:
        found.append(_damage(f"{error.problem} The rest was not looked at."))
    except _UNREADABLE as error:
        found.append(_damage(f"A row cannot be read ({type(error).__name__}). The rest was not looked at."))
    return tuple(found)


def _damage(problem: str) -> Finding:
    return Finding(code="damage", subject="store", problem=problem, advice=RESTORE_HINT)


def _check_identifiers(naming: Naming, scheme: CustomerIdScheme) -> Iterator[Finding]:
    identifiers = naming.identifiers
    spoken_for = {each.native for each in naming.records.values()}
    named = {each.customer for each in naming.records.values()}
    for state in identifiers.values():
        if not _is_of_scheme(state, scheme):
            yield _finding("identifier-form", state, "is none of the scheme, or fails its check symbol", RESTORE_HINT)
        if state.is_active and state.id not in named:
            yield _finding("identifier-without-records", state, "is active and has no record", _REPLAY)
        if state.is_active and state.id not in spoken_for:
            yield _finding("identifier-unspoken", state, "is active and no record speaks for it", _REPLAY)
        if state.target is None or state.is_active:
            continue
        target = identifiers.get(state.target)
        if target is None:
            yield _finding("redirect-to-nowhere", state, "leads to an identifier never issued", _REPLAY)
        elif _is_in_circle(state, identifiers):
            yield _finding("redirect-in-circle", state, "leads back to itself by way of others", _REPLAY)
        elif not target.is_active:
            yield _finding("redirect-to-inactive", state, "leads to an identifier that is not active", _REPLAY)
        if state.follows is not None and state.follows not in identifiers:
            yield _finding("follows-nothing", state, "follows an identifier never issued", _REPLAY)
    ages = sorted(each.age for each in identifiers.values())
    if ages != list(range(1, len(ages) + 1)):
        yield Finding(
            code="identifier-ages",
            subject="identifiers",
            problem="The order in which identifiers were issued has gaps or repeats.",
            advice=_REPLAY,
        )


def _is_of_scheme(state: IdentifierState, scheme: CustomerIdScheme) -> bool:
    try:
        return scheme.parse(state.id) == state.id
    except IdentifierError:
        return False


def _is_in_circle(state: IdentifierState, identifiers: Mapping[CustomerId, IdentifierState]) -> bool:
    seen = {state.id}
    target = state.target
    while target is not None and target in identifiers:
        if target in seen:
            # An active identifier leads to itself: an end, and no circle.
            return not identifiers[target].is_active
        seen.add(target)
        target = identifiers[target].target
    return False


def _check_records(naming: Naming) -> Iterator[Finding]:
    for record in naming.records.values():
        customer, native = naming.identifiers.get(record.customer), naming.identifiers.get(record.native)
        if customer is None or not customer.is_active:
            yield _of_record("record-of-inactive", record, "belongs to an identifier that is not active")
        elif native is None or native.target != record.customer:
            yield _of_record("record-speaks-elsewhere", record, "speaks for an identifier of another customer")


def _check_ledger(transaction: ReadTransaction, naming: Naming, head: Head) -> Iterator[Finding]:
    replay, digest, number, at, tally = Replay(), NO_CHANGE, 0, None, Tally()
    keyless: dict[int, int] = {}
    for change in transaction.changes():
        number += 1
        if change.number != number:
            yield _of_change("ledger-gap", change.number, f"follows change {number - 1}: some are missing")
            number = change.number
        if at is not None and change.at < at:
            yield _of_change("ledger-time", change.number, "was made before the one that precedes it")
        if digest_of(digest, change) != change.digest:
            yield _of_change("ledger-digest", change.number, "was altered, or one before it was removed")
        for each in change.events:
            if each.kind is EventKind.ERASED:
                keyless.pop(each.arrival or 0, None)
            elif each.arrival is not None and each.record is None:
                keyless.setdefault(each.arrival, number)
        digest, at = change.digest, change.at
        try:
            tally = replay.take(change.number, change.events).tally
        except (KeyError, ValueError, CustidError):
            yield _of_change("ledger-order", change.number, "speaks of what was not there; the rest was not looked at")
            return
    for told in sorted(set(keyless.values())):
        yield _of_change("ledger-record", told, "speaks of a record that is not kept any more and was not erased")
    if number != head.tally.change:
        yield _of_change("ledger-end", number, f"is the last one, where {head.tally.change} was expected")
    elif (tally.arrivals, tally.issued) != (head.tally.arrivals, head.tally.issued):
        yield _of_change("ledger-counts", number, "counts records or identifiers otherwise than the events do")
    yield from _differences(replay.naming, naming)


def _differences(told: Naming, kept: Naming) -> Iterator[Finding]:
    for key in sorted(told.records.keys() | kept.records.keys()):
        one, other = told.records.get(key), kept.records.get(key)
        record = other or one
        if one != other and record is not None:
            yield _of_record("crosswalk-differs", record, "is elsewhere than the ledger tells")
    for identifier in sorted(told.identifiers.keys() | kept.identifiers.keys()):
        first, second = told.identifiers.get(identifier), kept.identifiers.get(identifier)
        state = second or first
        if first != second and state is not None:
            yield _finding("redirect-differs", state, "leads elsewhere than the ledger tells", _REPLAY)


def _check_verdicts(transaction: ReadTransaction, naming: Naming) -> Iterator[Finding]:
    place: dict[RecordKey, object] = {key: state.customer for key, state in naming.records.items()}
    verdicts = transaction.verdicts()
    absent = {key for each in verdicts for key in each.records} - place.keys()
    known = {entry.event.record for entry in transaction.history(records=absent)} if absent else set()
    for verdict in verdicts:
        if not (verdict.left and verdict.right and absent.isdisjoint({*verdict.records} - known)):
            yield Finding(
                code="verdict-of-nobody",
                subject=f"verdict {verdict.number}",
                problem=f"What a person decided in change {verdict.change} is of a record that never came, or of none.",
                advice=RESTORE_HINT,
            )
    for verdict in broken_verdicts(verdicts, place):
        yield Finding(
            code="verdict-broken",
            subject=f"verdict {verdict.number}",
            problem=f"What a person decided in change {verdict.change} does not hold.",
            advice="Merge or split the customers as the verdict says, or undo that change.",
        )


def _check_readers(transaction: ReadTransaction, head: Head) -> Iterator[Finding]:
    for reader, position in sorted(transaction.positions().items()):
        if position > head.tally.change:
            yield Finding(
                code="reader-ahead",
                subject=f"reader {reader}",
                problem=f"It has acknowledged change {position}, and the last one is {head.tally.change}.",
                advice="The registry was restored from a backup: let the reader start over.",
            )


def _check_audit(transaction: ReadTransaction, key: bytes | None, head: str) -> Iterator[Finding]:
    from custid.privacy.audit import AuditEntry, audit_faults  # noqa: PLC0415  # the rest of the check needs it not

    entries, heads = [], {""}
    for place, (number, text) in enumerate(transaction.audit(), start=1):
        entry = AuditEntry.from_text(text)
        if number != place or entry is None or entry.number != number:
            yield _of_audit(place, "is missing, or is no entry")
            return
        entries.append(entry)
        heads.add(entry.digest)
    if key is not None:
        for fault in audit_faults(entries, key=key, head=head):
            yield _of_audit(fault.number, f"is not as it was written: {fault.problem}")
    elif head not in heads:
        yield _of_audit(len(entries) + 1, "is missing: the one whose digest was kept is not there")


def _of_audit(number: int, problem: str) -> Finding:
    return Finding(
        code="audit-trail",
        subject=f"audit entry {number}",
        problem=f"The entry {problem}.",
        advice="Keep the database as it is, and find out who could write to it.",
    )


def _finding(code: str, state: IdentifierState, problem: str, advice: str) -> Finding:
    return Finding(code=code, subject=f"identifier {state.id}", problem=f"The identifier {problem}.", advice=advice)


def _of_record(code: str, record: RecordState, problem: str) -> Finding:
    return Finding(
        code=code, subject=f"record number {record.arrival}", problem=f"The record {problem}.", advice=_REPLAY
    )


def _of_change(code: str, number: int, problem: str) -> Finding:
    return Finding(code=code, subject=f"change {number}", problem=f"The change {problem}.", advice=RESTORE_HINT)
