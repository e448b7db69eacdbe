"""What is masked in contents of records before they are stored: numbers everywhere, words where people write freely."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import fields

from custid.errors import CustidError, InputError
from custid.privacy.residency import region_of
from custid.registry.contents import Content
from custid.registry.record_keys import RecordKey
from custid.standardize.prohibited import mask_prohibited

if TYPE_CHECKING:
    from custid.registry.intake_policy import IntakePolicy

__all__ = [
    "attribute_by_name",
    "codes_of_column",
    "is_national_number",
    "is_typed",
    "kept_document",
    "kept_row",
    "masked_value",
    "require_region",
    "screened_contents",
]

_LOGGER: Final = logging.getLogger(__name__)
_FREE: Final = frozenset({"interactions", "unread"})
"""Parts of a typed record in which people write what they like."""
_WISHES: Final = "preferences"
"""A wish may be about health, and is what it was stated for: numbers are masked in it, words are not."""
_FREE_COLUMNS: Final = frozenset({"interactions", "life_events", "notes", "preferences"})
_EXACT: Final = frozenset({"e164", "iban", "key", "source", "record"})
_NUMBERS: Final = ("nir",)
_LEAST_LONG: Final = 10**12
"""The numbers looked for have thirteen digits or more."""


def is_national_number(key: str) -> bool:
    """Tell whether the key of a record is a social security number."""
    # A column of keys holds numbers, as one that is announced does.
    return "nir" in mask_prohibited(f"NIR {key}", _NUMBERS).codes and mask_prohibited(key, _NUMBERS).n_masked > 0


def codes_of_column(attribute: str | None, policy: IntakePolicy) -> tuple[str, ...]:
    """Return what is masked in a column of rows.

    Parameters
    ----------
    attribute : str or None
        What the column means; None where that is not known.
    policy : IntakePolicy
        What is masked where people write what they like.

    Returns
    -------
    tuple of str
        Social security numbers, and all that the policy names where people may write what they like: a surname may be
        a word about health, and a loyalty card look like a payment card.
    """
    is_free = attribute is None or attribute in _FREE_COLUMNS
    return tuple({*_NUMBERS, *policy.masked}) if is_free else _NUMBERS


def masked_value(value: Any, codes: tuple[str, ...], policy: IntakePolicy, found: Counter[str]) -> Any:
    """Return a value of a document without what must not be kept.

    Parameters
    ----------
    value : Any
        A text, or what lists and dicts hold of texts.
    codes : tuple of str
        What is masked here, of `custid.standardize.PROHIBITED_CODES`.
    policy : IntakePolicy
        What is masked where people write what they like.
    found : Counter of str
        Counts values with something masked, by code.

    Returns
    -------
    Any
        A value of the same shape.
    """
    if isinstance(value, str):
        told = mask_prohibited(value, codes)
        found.update(told.codes)
        return told.text
    if isinstance(value, list | tuple):
        return [masked_value(each, codes, policy, found) for each in value]
    if isinstance(value, dict):
        return {
            name: each if name in _EXACT else masked_value(each, _codes_of(name, codes, policy), policy, found)
            for name, each in value.items()
        }
    return value


def _codes_of(name: str, codes: tuple[str, ...], policy: IntakePolicy) -> tuple[str, ...]:
    if name in _FREE:
        return tuple({*_NUMBERS, *policy.masked})
    if name == _WISHES:
        return tuple({*_NUMBERS, *policy.masked} - {"health", "opinion"})
    return codes


def screened_contents(contents: Mapping[RecordKey, Content], policy: IntakePolicy) -> dict[RecordKey, Content]:
    """Return contents, of sources whose columns nobody has explained, without what must not be kept.

    Parameters
    ----------
    contents : Mapping of RecordKey to Content
        What records say.
    policy : IntakePolicy
        What may come in.

    Returns
    -------
    dict of RecordKey to Content
        What `Registry.ingest` would keep of them: a column means what its name says.  What was masked and dropped is
        counted in the log.

    Raises
    ------
    InputError
        If a key is a social security number, or one stands where none can be masked.
    """
    masked, dropped = Counter[str](), Counter[str]()
    kept: dict[RecordKey, Content] = {}
    for key, content in contents.items():
        if is_national_number(key.key):
            raise InputError("record key: expected one that may be kept, got a social security number.")
        values = content.values()
        n_before = masked.total() + dropped.total()
        if is_typed(values):
            left = kept_document(values, policy, masked, dropped)
        else:
            left = kept_row(values, attribute_by_name, policy, masked, dropped)
        kept[key] = content if masked.total() + dropped.total() == n_before else Content.of(left)
    for what, counts in (("masked", masked), ("dropped", dropped)):
        if counts:
            told = ", ".join(f"{name} {n}" for name, n in sorted(counts.items()))
            _LOGGER.warning("contents of records: values %s before they were stored: %s", what, told)
    return kept


def require_region(home: str, contents: Iterable[Content]) -> None:
    """Refuse typed records of another region than that of the registry; rows do not tell theirs.

    Parameters
    ----------
    home : str
        Where the registry lies.
    contents : iterable of Content
        What comes in.

    Raises
    ------
    InputError
        If a typed record's jurisdiction is of another region.
    """
    from custid.model import Record  # noqa: PLC0415  # most registries are for no region

    # What is not said is left out of the document.
    usual = fields(Record).jurisdiction.default
    for content in contents:
        values = content.values()
        if not is_typed(values):
            continue
        region = region_of(str(values.get("jurisdiction", usual)))
        if region != home:
            raise InputError(
                f"record content: expected a typed record of region {home!r}, got one of {region!r}.",
                hint="A transfer needs a basis: give the record to ingest, with transfer=Transfer(…).",
            )


def is_typed(values: Mapping[str, Any]) -> bool:
    """Tell whether a content is a typed record."""
    return isinstance(values.get("schema_version"), int) and isinstance(values.get("party"), dict)


def attribute_by_name(column: str) -> str | None:
    """Return what a column means by its name alone; None where that says nothing."""
    from custid.intake._names import match_name  # noqa: PLC0415  # loads Arrow

    told = match_name(column)
    return None if told is None else told.attribute


def kept_row(
    values: Mapping[str, Any],
    attribute_of: Callable[[str], str | None],
    policy: IntakePolicy,
    masked: Counter[str],
    dropped: Counter[str],
) -> dict[str, Any]:
    """Return a row without what must not be kept.

    Parameters
    ----------
    values : Mapping of str to Any
        The row.
    attribute_of : callable
        Tells what a column means, None for nothing.
    policy : IntakePolicy
        What may come in.
    masked, dropped : Counter of str
        Count values with something masked, by code, and values dropped, by column.

    Returns
    -------
    dict of str to Any
        A row of the same columns, without those dropped.
    """
    left = {}
    for name, value in values.items():
        attribute = attribute_of(name)
        if not policy.keeps(*([] if attribute is None else [attribute]), name):
            dropped[name] += 1
        elif attribute == "nir" and value not in {None, "[nir]"}:  # whatever its shape
            masked["nir"] += 1
            left[name] = "[nir]"
        else:
            left[name] = _masked_in_row(value, codes_of_column(attribute, policy), policy, masked)
    return left


def _masked_in_row(value: Any, codes: tuple[str, ...], policy: IntakePolicy, masked: Counter[str]) -> Any:
    if isinstance(value, int | float) and abs(value) >= _LEAST_LONG and value == value // 1:
        # In a file it would be a text; a number stays one where nothing is masked.
        text = str(int(value))
        told = masked_value(text, codes, policy, masked)
        return value if told == text else told
    return masked_value(value, codes, policy, masked)


def kept_document(
    values: dict[str, Any], policy: IntakePolicy, masked: Counter[str], dropped: Counter[str]
) -> dict[str, Any]:
    """Return a typed record without what must not be kept; one that cannot be read is nobody's business here.

    Parameters
    ----------
    values : dict of str to Any
        The document.
    policy : IntakePolicy
        What may come in.
    masked, dropped : Counter of str
        Count values with something masked, by code, and values dropped, by facet.

    Returns
    -------
    dict of str to Any
        A document of the same record.

    Raises
    ------
    InputError
        If a social security number stands where none can be masked.
    """
    from custid.serde import structure, unstructure  # noqa: PLC0415  # loads cattrs

    if policy.purposes is not None:
        from custid.registry.statements import without_statements  # noqa: PLC0415  # loads Arrow

        values = unstructure(
            without_statements(structure(values), lambda names, _stated: not policy.keeps(*names), dropped)
        )
    found = Counter[str]()
    left: dict[str, Any] = masked_value(values, _NUMBERS, policy, found)
    if found:
        masked.update(found)
        try:
            structure(left)
        except CustidError:
            # The error may quote what must not be kept.
            raise InputError(
                "record content: expected values that may be kept, got a social security number where none can be "
                "masked."
            ) from None
    return left
