"""What a registry keeps in its settings: match model, options, what columns mean, what may come in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from custid.errors import ConfigurationError
from custid.registry.record_keys import RecordKey
from custid.registry.store import ReadTransaction, WriteTransaction

if TYPE_CHECKING:
    from custid.engines.options import ResolveOptions
    from custid.registry.contents import Content
    from custid.registry.intake_policy import IntakePolicy
    from custid.registry.typed_feeds import AnyFeed
    from custid.scoring.match_model import TrainedMatchModel

__all__ = [
    "feed_of",
    "has_feeds",
    "intake_of",
    "is_day_first",
    "keep_feed",
    "keep_intake",
    "keep_model",
    "kept_contents",
    "model_of",
    "options_of",
    "require_tenant",
    "texts_of",
    "uses_model",
]

REGION_SETTING: Final = "region"
_MODEL_SETTING: Final = "match_model"
_OPTIONS_SETTING: Final = "match_options"
_FEED_SETTING: Final = "feed:"
_TENANT_SETTING: Final = "tenant"
_INTAKE_SETTING: Final = "intake"


def uses_model(transaction: ReadTransaction) -> bool:
    """Tell whether the registry matches by itself."""
    return _MODEL_SETTING in transaction.settings()


def model_of(transaction: ReadTransaction) -> TrainedMatchModel | None:
    """Return the match model in use; None for none."""
    from custid.scoring.match_model import TrainedMatchModel  # noqa: PLC0415  # loads Arrow

    text = transaction.settings().get(_MODEL_SETTING)
    return None if text is None else TrainedMatchModel.from_json(text)


def options_of(transaction: ReadTransaction) -> ResolveOptions:
    """Return the options in use; those by default where none were kept."""
    from custid.engines.options import ResolveOptions  # noqa: PLC0415  # loads numpy
    from custid.registry.match_options import options_from_json  # noqa: PLC0415  # as above

    text = transaction.settings().get(_OPTIONS_SETTING)
    return ResolveOptions() if text is None else options_from_json(text)


def keep_model(transaction: WriteTransaction, model: TrainedMatchModel, options: ResolveOptions) -> None:
    """Keep the match model and the options to be used from now on."""
    from custid.registry.match_options import options_to_json  # noqa: PLC0415  # loads numpy

    transaction.put_setting(_MODEL_SETTING, model.to_json())
    transaction.put_setting(_OPTIONS_SETTING, options_to_json(options))


def feed_of(transaction: ReadTransaction, source: str) -> AnyFeed | None:
    """Return what the columns of a source mean; None for a source not heard of."""
    from custid.registry.typed_feeds import feed_from_json  # noqa: PLC0415  # loads Arrow

    text = transaction.settings().get(_FEED_SETTING + source)
    return None if text is None else feed_from_json(source, text)


def is_day_first(settings: Mapping[str, str]) -> bool:
    """Tell whether ambiguous dates begin with the day: unless all sources of rows are read otherwise."""
    told = {json.loads(text).get("day_first") for name, text in settings.items() if name.startswith(_FEED_SETTING)}
    return told - {None} != {False}


def keep_feed(transaction: WriteTransaction, feed: AnyFeed) -> None:
    """Keep what the columns of a source mean."""
    transaction.put_setting(_FEED_SETTING + feed.source, feed.to_json())


def has_feeds(transaction: ReadTransaction) -> bool:
    """Tell whether any source is known."""
    return any(name.startswith(_FEED_SETTING) for name in transaction.settings())


def intake_of(transaction: ReadTransaction) -> IntakePolicy:
    """Return what the registry takes in; everything where nothing was kept."""
    from custid.registry.intake_policy import IntakePolicy  # noqa: PLC0415  # loads standardizers

    text = transaction.settings().get(_INTAKE_SETTING)
    return IntakePolicy() if text is None else IntakePolicy.from_json(text)


def kept_contents(
    transaction: ReadTransaction, contents: Mapping[RecordKey, Content], *, is_here: bool = False
) -> dict[RecordKey, Content]:
    """Return contents that come by themselves without what the registry does not take in.

    What is here already, or is said of it, may lie here wherever it is from.
    """
    if not contents:
        return {}
    from custid.registry.masked_contents import require_region, screened_contents  # noqa: PLC0415  # loads standardizers

    home = transaction.settings().get(REGION_SETTING, "")
    if home and not is_here:
        held = transaction.contents(contents.keys())
        require_region(home, (each for key, each in contents.items() if held.get(key) != each))
    return screened_contents(contents, intake_of(transaction))


def keep_intake(transaction: WriteTransaction, policy: IntakePolicy) -> None:
    """Keep what the registry takes in."""
    transaction.put_setting(_INTAKE_SETTING, policy.to_json())


def require_tenant(transaction: WriteTransaction, tenant: str | None) -> None:
    """Refuse typed records of another tenant than those before; None for rows, which tell of none."""
    if tenant is None:
        return
    kept = transaction.settings().get(_TENANT_SETTING)
    if kept is None:
        transaction.put_setting(_TENANT_SETTING, tenant)
    elif kept != tenant:
        raise ConfigurationError(
            "records: expected those of one tenant, whose customers the registry knows, got those of another.",
            hint="Customers of tenants are never merged: open a registry for each.",
        )


def texts_of(transaction: ReadTransaction) -> tuple[str, str]:
    """Return model and options as they are kept; a registry without options has those by default."""
    from custid.engines.options import ResolveOptions  # noqa: PLC0415  # loads numpy
    from custid.registry.match_options import options_to_json  # noqa: PLC0415  # as above

    settings = transaction.settings()
    return settings[_MODEL_SETTING], settings.get(_OPTIONS_SETTING) or options_to_json(ResolveOptions())
