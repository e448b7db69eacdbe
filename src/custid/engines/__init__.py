"""What runs the steps: on one machine, later on many."""

from custid.engines.local import LinkedTable, LocalEngine, ResolveOptions

__all__ = ["LinkedTable", "LocalEngine", "ResolveOptions"]
