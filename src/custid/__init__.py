"""One identity per customer.

``custid.dedupe("customers.csv")`` tells which records are the same customer; ``custid.link`` does so for two sources or
more; ``custid.open_registry("customers.db")`` keeps an identifier for each while records come and go.  See the
documentation for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from custid._version import __version__

if TYPE_CHECKING:
    from custid.blocking.plan import BlockingPlan
    from custid.engines.constraints import Constraints
    from custid.engines.options import ResolveOptions
    from custid.evaluation import evaluate
    from custid.intake import Schema
    from custid.intake.source_mapping import MappedRecords, SourceMapping, Target
    from custid.registry import Recognition, open_registry
    from custid.resolver import dedupe, link, plan_blocking, train
    from custid.result import Decision, Explanation, Result, RunReport
    from custid.scoring.match_model import TrainedMatchModel

__all__ = [
    "BlockingPlan",
    "Constraints",
    "Decision",
    "Explanation",
    "MappedRecords",
    "Recognition",
    "ResolveOptions",
    "Result",
    "RunReport",
    "Schema",
    "SourceMapping",
    "Target",
    "TrainedMatchModel",
    "__version__",
    "dedupe",
    "evaluate",
    "link",
    "open_registry",
    "plan_blocking",
    "train",
]

# Loaded when first asked for, so that ``import custid`` costs next to nothing.
_HOMES = {
    "BlockingPlan": "custid.blocking.plan",
    "Constraints": "custid.engines.constraints",
    "Decision": "custid.result",
    "Explanation": "custid.result",
    "MappedRecords": "custid.intake.source_mapping",
    "Recognition": "custid.registry",
    "ResolveOptions": "custid.engines.options",
    "Result": "custid.result",
    "RunReport": "custid.result",
    "Schema": "custid.intake",
    "SourceMapping": "custid.intake.source_mapping",
    "Target": "custid.intake.source_mapping",
    "TrainedMatchModel": "custid.scoring.match_model",
    "dedupe": "custid.resolver",
    "evaluate": "custid.evaluation",
    "link": "custid.resolver",
    "open_registry": "custid.registry",
    "plan_blocking": "custid.resolver",
    "train": "custid.resolver",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'custid' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
