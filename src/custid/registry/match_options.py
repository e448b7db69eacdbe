"""The options that decide which records are one customer, kept beside the match model so that all processes agree.

Options of training (``em``, the sizes of samples, ``seed``) have done their work when a match model is there, and
``n_threads`` and ``memory_limit`` are of a machine: none of them is kept.
"""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

import attrs

from custid._json import json_value
from custid.clustering.attachment import AttachmentOptions
from custid.clustering.contraction import ContractionOptions
from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError, StoreFormatError
from custid.intake.generic_values import GenericPolicy, declared_values

__all__ = ["KEPT_OPTIONS", "options_from_json", "options_to_json", "require_keepable"]

KEPT_OPTIONS: Final = (
    "attachment",
    "block_cap",
    "certain_probability",
    "contraction",
    "generic",
    "match_probability",
    "review_probability",
)
"""Fields of `ResolveOptions` that a registry keeps."""

_FORMAT: Final = "custid.match-options"
_FORMAT_VERSION: Final = 1
_LEAST_PROBABILITY: Final = 1e-4
_T = TypeVar("_T")


def require_keepable(options: ResolveOptions) -> None:
    """Refuse options with which a registry cannot match record by record.

    Parameters
    ----------
    options : ResolveOptions
        The options.

    Raises
    ------
    ConfigurationError
        If there is a budget of pairs, which is shared out over all records of a run; if records are to be joined that
        are most certainly strangers (a ``match_probability`` below 0.0001), for which nearly all pairs would have to
        be kept; or if the generic policy declares a value that cannot be read.

    Examples
    --------
    >>> require_keepable(ResolveOptions(match_probability=0.8))
    >>> try:
    ...     require_keepable(ResolveOptions(pairs_per_record=12.0))
    ... except ConfigurationError as error:
    ...     print(error.problem)
    options: pairs_per_record: expected None in a registry, got 12.0
    """
    problems = []
    if options.pairs_per_record is not None:
        problems.append(f"options: pairs_per_record: expected None in a registry, got {options.pairs_per_record!r}")
    if options.match_probability < _LEAST_PROBABILITY:
        problems.append(
            f"options: match_probability: expected {_LEAST_PROBABILITY} or more in a registry, "
            f"got {options.match_probability!r}"
        )
    if problems:
        raise ConfigurationError.collected(
            problems, hint="A budget depends on which records a run has; say block_cap to look at fewer pairs."
        )
    declared_values(options.generic)


def options_to_json(options: ResolveOptions) -> str:
    """Return what a registry keeps of options; equal options give equal text.

    Parameters
    ----------
    options : ResolveOptions
        The options.

    Returns
    -------
    str
        JSON in ASCII.
    """
    document: dict[str, Any] = {"format": _FORMAT, "format_version": _FORMAT_VERSION}
    for name in KEPT_OPTIONS:
        value = getattr(options, name)
        if isinstance(value, GenericPolicy):
            document[name] = value.to_dict()
        else:
            document[name] = attrs.asdict(value) if attrs.has(type(value)) else value
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def options_from_json(text: str) -> ResolveOptions:
    """Return the options that a registry has kept, those that it does not keep as they are by default.

    Parameters
    ----------
    text : str
        What :func:`options_to_json` gave.

    Returns
    -------
    ResolveOptions
        The options.

    Raises
    ------
    StoreFormatError
        If the text is of another format or version, lacks a field or has others, or a value is out of its range.

    Examples
    --------
    >>> options = ResolveOptions(match_probability=0.8, attachment=None)
    >>> options_from_json(options_to_json(options)).match_probability
    0.8
    """
    try:
        document = json_value(text)
        if document.get("format") != _FORMAT or document.get("format_version") != _FORMAT_VERSION:
            raise _refused(f"format {_FORMAT!r} of version {_FORMAT_VERSION}")
        stated = {name: value for name, value in document.items() if name not in ("format", "format_version")}
        if set(stated) != set(KEPT_OPTIONS):
            raise _refused(", ".join(KEPT_OPTIONS))
        stated["generic"] = GenericPolicy.from_dict(stated["generic"])
        stated["contraction"] = _built(ContractionOptions, stated["contraction"])
        if stated["attachment"] is not None:
            stated["attachment"] = _built(AttachmentOptions, stated["attachment"])
        return _built(ResolveOptions, stated, whole=False)
    except (AttributeError, TypeError, ValueError):
        raise _refused("values that options may have") from None


def _built(kind: type[_T], stated: Any, *, whole: bool = True) -> _T:
    """Return options of a kind, whose numbers are numbers and of which nothing is missing."""
    fields = {each.name: each for each in attrs.fields(kind)}  # type: ignore[arg-type]  # kinds are attrs classes
    if whole and set(stated) != set(fields):
        raise TypeError
    for name, value in stated.items():
        wanted = str(fields[name].type)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if wanted.startswith("int") and not (is_whole or (value is None and "None" in wanted)):
            raise TypeError
        if wanted.startswith("float") and not (is_whole or isinstance(value, float)):
            raise TypeError
    return kind(**stated)


def _refused(expected: str) -> StoreFormatError:
    return StoreFormatError(
        f"registry: match options: expected {expected}, got something else.",
        hint="Was it written by a newer release? Install that.",
    )
