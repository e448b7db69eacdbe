"""What runs the steps: on one machine, later on many."""

from custid.engines.linked_table import LinkedTable
from custid.engines.local import LocalEngine
from custid.engines.options import Parts, Progress, ResolveOptions

__all__ = ["LinkedTable", "LocalEngine", "Parts", "Progress", "ResolveOptions"]
