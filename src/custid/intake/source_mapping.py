"""From the rows of a source to typed records: what an integrator writes once per source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

from custid.errors import ConfigurationError, InputError, ModelError, SchemaError
from custid.intake._intake import RefusedRow
from custid.intake._record_builder import ADDRESS_ATTRIBUTES, NAME_ATTRIBUTES, SINGLE_ATTRIBUTES, RecordBuilder
from custid.intake.readers import read
from custid.intake.row_facts import KIND_OF_WORD, PARTY_KINDS
from custid.model import Basis, ContactUse, NameUse, OrganizationNameUse, Provenance, Record
from custid.standardize import parse_date, parse_person_name, parse_postal_address
from custid.standardize.text import fold

__all__ = ["COLUMN_ATTRIBUTES", "MappedRecords", "SourceMapping", "Target"]

COLUMN_ATTRIBUTES: Final = frozenset({*ADDRESS_ATTRIBUTES, *NAME_ATTRIBUTES, *SINGLE_ATTRIBUTES, "party_kind"})
"""Attributes that a column can hold."""

_ANY_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_USES: Final = frozenset({*NameUse, *ContactUse, *OrganizationNameUse})


@frozen(kw_only=True)
class Target:
    """What one column of a source says.

    Attributes
    ----------
    attribute : str
        An attribute of `custid.model.ATTRIBUTES`; or ``"postal_address"`` for a whole address in one text, and
        ``"name_prefix"`` for a form of address (``Mme``).
    group : str
        Columns of one group are parts of one value: of one name, of one address.
    use : str
        What a name or a contact point is used for: a value of `NameUse`, `OrganizationNameUse` or `ContactUse`.
    is_shared : bool
        True for a contact point that others use too.
    issuer : str
        Who issued an identifier; of an online account the service; of a consent its purpose.
    valid_from, valid_until : str
        Columns that say since when the value holds and until when (that day not included); empty for none.

    Raises
    ------
    SchemaError
        If there is no such attribute or use.
    """

    attribute: str
    group: str = ""
    use: str = ""
    is_shared: bool = False
    issuer: str = ""
    valid_from: str = ""
    valid_until: str = ""

    def __attrs_post_init__(self) -> None:
        if self.attribute not in COLUMN_ATTRIBUTES:
            raise SchemaError(
                f"target: attribute: expected one that a column can hold, got {self.attribute!r}.",
                hint=f"They are {', '.join(sorted(COLUMN_ATTRIBUTES))}.",
            )
        if self.use and self.use not in _USES:
            raise SchemaError(
                f"target {self.attribute!r}: use: expected one of {', '.join(sorted(_USES))}, got {self.use!r}."
            )


def _targets(columns: Any) -> Any:
    if not isinstance(columns, Mapping):
        return columns
    return {
        column: Target(attribute=target) if isinstance(target, str) else target for column, target in columns.items()
    }


def _column_problems(columns: Any) -> list[str]:
    if not isinstance(columns, Mapping) or not columns:
        return ["mapping: columns: expected what each column says, got nothing"]
    return [
        f"mapping: column {column!r}: expected an attribute or a Target, got {type(target).__name__}"
        for column, target in columns.items()
        if not isinstance(target, Target)
    ]


@frozen(kw_only=True)
class MappedRecords:
    """What a mapping made of rows.

    Attributes
    ----------
    records : tuple of Record
        One for each row kept, in input order.
    refused : tuple of RefusedRow
        The rows that are no record, each with the reason; nothing of their content.
    """

    records: tuple[Record, ...] = field(repr=False)
    refused: tuple[RefusedRow, ...] = ()


@frozen(kw_only=True)
class SourceMapping:
    """How the rows of one source become records.

    Attributes
    ----------
    source : str
        Name of the source.
    record_key : str
        Column that names each record within the source.
    columns : Mapping of str to str or Target
        What each column says; a name of an attribute is short for ``Target(attribute=...)``.  Columns left out are
        not read.
    party : str
        Kind of party of the rows: ``"person"``, ``"organization"`` or ``"collective"``; of rows in which a column of
        ``party_kind`` says another one, that.
    observed_at : str
        Column that says when a row was last changed at the source; empty where there is none.
    time_zone : str
        IANA name of the time zone of moments without one.
    channel, collected_by : str
        By which channel and by whom the source collects.
    basis : Basis
        How the source comes to know.
    confidence : float
        From 0 to 1.
    locale : str
        Language of names: ``"fr"``, ``"en-GB"`` or ``"en-US"``.
    country : str
        ISO 3166-1 code of the country of addresses and phones that name none.
    day_first : bool
        How ``03/04/1980`` is to be read.
    family_first : bool
        Whether ``MARTIN BERNARD`` as a whole name begins with the family name; names whose words tell are read as they
        tell.

    Raises
    ------
    SchemaError
        With everything that is wrong, in one message.

    Examples
    --------
    >>> till = SourceMapping(
    ...     source="till", record_key="carte", columns={"client": "full_name", "tel": "phone", "carte": "loyalty_card"}
    ... )
    >>> moment = datetime(2026, 1, 5, tzinfo=UTC)
    >>> made = till.records([{"carte": "77", "client": "LE GALL Zoé", "tel": "06 39 98 00 01"}], observed_at=moment)
    >>> made.records[0].party.names[0].value.family
    'LE GALL'
    """

    source: str
    record_key: str
    columns: Mapping[str, Target] = field(converter=_targets)
    party: str = "person"
    observed_at: str = ""
    time_zone: str = "UTC"
    channel: str = ""
    collected_by: str = ""
    basis: Basis = Basis.DECLARED
    confidence: float = 1.0
    locale: str = "fr"
    country: str = "FR"
    day_first: bool = True
    family_first: bool = False

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.party not in PARTY_KINDS:
            problems.append(f"mapping: party: expected one of {', '.join(PARTY_KINDS)}, got {self.party!r}")
        problems += _column_problems(self.columns)
        if not self.record_key:
            problems.append("mapping: record_key: expected the name of a column, got none")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            problems.append(f"mapping: time_zone: expected an IANA name, got {self.time_zone!r}")
        # Found here, or else in each row, which would be refused for it.
        for attempt in (
            lambda: self._provenance("1", _ANY_MOMENT, _ANY_MOMENT),
            lambda: parse_person_name("", locale=self.locale),
            lambda: parse_postal_address("", country=self.country),
        ):
            try:
                attempt()
            except (ModelError, ConfigurationError) as error:
                problems.append(f"mapping: {error.problem.removesuffix('.')}")
        if problems:
            raise SchemaError.collected(problems)

    def records(
        self, data: Any, *, observed_at: datetime | None = None, recorded_at: datetime | None = None
    ) -> MappedRecords:
        """Make records of rows.

        What cannot be read is kept as `Unread` text of its record; prohibited content (a social security number, a
        payment card) is masked before anything is kept.

        Parameters
        ----------
        data : path, table, stream, frame or iterable of mapping
            The rows, as `custid.dedupe` takes them.
        observed_at : datetime, optional
            When rows were observed that do not say it themselves, with a time zone.
        recorded_at : datetime, optional
            When we learn of the rows, with a time zone; now when not given.

        Returns
        -------
        MappedRecords
            Records, and the rows refused: unreadable ones, and those without key, date or anything stated.

        Raises
        ------
        SchemaError
            If a column is not in the data.
        ConfigurationError
            If a moment given has no time zone.
        InputError
            If the data cannot be read at all.
        """
        for name, given in (("observed_at", observed_at), ("recorded_at", recorded_at)):
            if given is not None and given.utcoffset() is None:
                raise ConfigurationError(
                    f"mapping: {name}: expected a datetime with a time zone, got one without.",
                    hint="Write datetime(..., tzinfo=timezone.utc).",
                )
        intake = read(data, source=self.source)
        if intake.typed is not None:
            raise SchemaError("mapping: expected rows, got typed records.", hint="They need no mapping.")
        self._check_columns(intake.table.column_names)
        learned = datetime.now(UTC) if recorded_at is None else recorded_at
        records: list[Record] = []
        refused = list(intake.refused)
        for number, row in zip(intake.line_numbers.tolist(), intake.table.to_pylist(), strict=True):
            try:
                records.append(self._record(row, observed_at, learned))
            except _RefusedError as error:
                refused.append(RefusedRow(line_number=number, reason=error.reason, message=error.problem))
        return MappedRecords(
            records=tuple(records), refused=tuple(sorted(refused, key=lambda each: (each.line_number, each.reason)))
        )

    def record(self, row: Mapping[str, str | None], *, observed_at: datetime, recorded_at: datetime) -> Record | None:
        """Make a record of one row.

        Parameters
        ----------
        row : Mapping of str to str
            Texts by column; columns that are missing say nothing.
        observed_at : datetime
            When the row was observed, where it does not say so itself, with a time zone.
        recorded_at : datetime
            When we learned of it, with a time zone.

        Returns
        -------
        Record or None
            None for a row that is no record: without a key, a date that can be, or anything stated.
        """
        try:
            return self._record({**dict.fromkeys(self._names), **row}, observed_at, recorded_at)
        except _RefusedError:
            return None

    @cached_property
    def _names(self) -> frozenset[str]:
        """Names of all columns that are read."""
        bounds = (name for target in self.columns.values() for name in (target.valid_from, target.valid_until))
        return frozenset({self.record_key, *self.columns, self.observed_at, *bounds} - {""})

    def _check_columns(self, present: list[str]) -> None:
        missing = sorted(self._names - set(present))
        if missing:
            raise SchemaError.collected(
                [
                    f"mapping {self.source!r}: column {column!r}: expected it in the data, got none"
                    for column in missing
                ],
                hint=f"The columns are {', '.join(map(repr, present))}.",
            )

    def _record(self, row: Mapping[str, str | None], observed_at: datetime | None, recorded_at: datetime) -> Record:
        key = (row[self.record_key] or "").strip()
        if not key:
            raise _RefusedError("missing_key", f"column {self.record_key!r}: expected a record key, got none.")
        moment = self._moment(row) or observed_at
        if moment is None:
            raise _RefusedError("missing_date", "expected the moment of observation, got none that can be read.")
        try:
            provenance = self._provenance(key, moment, recorded_at)
        except ModelError as error:
            raise _RefusedError("invalid_date", str(error)) from None
        builder = RecordBuilder(
            provenance,
            self._kind(row),
            locale=self.locale,
            country=self.country,
            day_first=self.day_first,
            family_first=self.family_first,
        )
        for column, target in self.columns.items():
            text = row[column]
            if text is not None and text.strip() and target.attribute != "party_kind":
                builder.add(
                    target, text, valid_from=row.get(target.valid_from), valid_until=row.get(target.valid_until)
                )
        record = builder.record(self.source, key)
        if record is None:
            raise _RefusedError("nothing_stated", "expected a value in at least one column, got none.")
        return record

    def _provenance(self, key: str, observed_at: datetime, recorded_at: datetime) -> Provenance:
        return Provenance(
            source=self.source,
            record=key,
            observed_at=observed_at,
            recorded_at=recorded_at,
            collected_by=self.collected_by,
            channel=self.channel,
            basis=self.basis,
            confidence=self.confidence,
        )

    def _kind(self, row: Mapping[str, str | None]) -> str:
        for column, target in self.columns.items():
            place = KIND_OF_WORD.get(fold(row[column] or ""), -1) if target.attribute == "party_kind" else -1
            if place >= 0:
                return PARTY_KINDS[place]
        return self.party

    def _moment(self, row: Mapping[str, str | None]) -> datetime | None:
        text = (row[self.observed_at] or "").strip() if self.observed_at else ""
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            day = parse_date(text, day_first=self.day_first).value
            if day is None or not day.is_exact or day.earliest is None:
                return None
            moment = datetime.combine(day.earliest, datetime.min.time())
        return moment if moment.utcoffset() is not None else moment.replace(tzinfo=ZoneInfo(self.time_zone))


class _RefusedError(InputError):
    """A row that is no record."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(problem)
        self.reason = reason
