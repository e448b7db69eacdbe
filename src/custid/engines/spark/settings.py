"""How a run on Spark is cut into parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, fields, frozen

from custid.errors import ConfigurationError

__all__ = ["SparkSettings"]

_UNITS_PER_GROUP: Final = 300_000
_BYTES_AT_ONCE, _SHARE_OF_MEMORY = 1_500, 0.25
"""What one call takes for a unit, with half as much again to spare; and the share of a machine that it may take, beside
Spark's heap, the driver and the pages of files that are read."""


@frozen(kw_only=True)
class SparkSettings:
    """Settings of a run on Spark; no result depends on them.

    Attributes
    ----------
    staging : str or None
        Where steps leave what later steps read: a directory that driver and workers share, such as
        ``"/Volumes/main/crm/custid"`` or ``"s3://bucket/custid"``; or, without a slash, a schema of the catalog, such
        as ``"main.custid"``.  When not given, the workers keep it, and a worker that is lost takes the run with it.
    sample_rows : int
        Rows that come to the driver to find out what columns mean, and to train on where no match model is given; about
        as many, determined by hashes of the rows.
    units_per_group : int or None
        Distinct contents of a group; a worker that weighs pairs holds up to twice as many, in about two kilobytes
        each.  Up to so many in all are matched in one call of one worker, which is several times as quick as to spread
        them, and takes about one kilobyte for each.  When not given, 300,000; in local mode, where the workers share
        the memory of one machine, as many are matched in one call as a quarter of it holds.
    told_groups : int
        Groups up to which each tile is told of all units of its two groups; with more of them a tile asks for those
        that it has pairs of, which takes one exchange more.
    bytes_per_place : int
        Bytes of blocking keys that a worker sorts at once, in about three times as much memory.
    driver_edges : int
        Edges of the forest of positive pairs up to which the driver finds the components.
    max_rounds : int
        Rounds of the search for components among the workers after which a run fails.

    Raises
    ------
    ConfigurationError
        With every setting that is out of its range.
    """

    staging: str | None = None
    sample_rows: int = 100_000
    units_per_group: int | None = None
    told_groups: int = 24
    bytes_per_place: int = 1 << 27
    driver_edges: int = 2_000_000
    max_rounds: int = 50

    def __attrs_post_init__(self) -> None:
        problems = []
        numbers: Sequence[Attribute[Any]] = fields(SparkSettings)[1:]
        for each, least in zip(numbers, (2, 1, 1, 16, 0, 1), strict=True):
            given = getattr(self, each.name)
            is_left_out = given is None and each.default is None
            if not is_left_out and (not isinstance(given, int) or given < least):
                problems.append(f"spark settings: {each.name}: expected {least} or more, got {given!r}")
        if self.staging is not None and not self.staging:
            problems.append(f"spark settings: staging: expected a path or a schema, got {self.staging!r}")
        if problems:
            raise ConfigurationError.collected(problems)

    def groups_for(self, n_units: int, pairs_per_unit: float, *, n_bytes: int = 0) -> int:
        """Return into how many groups units fall.

        Parameters
        ----------
        n_units : int
            Distinct contents.
        pairs_per_unit : float
            Pairs that are expected for each.
        n_bytes : int
            Memory of the machine that all workers share, 0 where each may have one of its own.

        Returns
        -------
        int
            So many that no tile holds more units than two groups of ``units_per_group`` have; where tiles ask for
            units, one with so many pairs does not.

        Examples
        --------
        >>> SparkSettings().groups_for(3_000_000, 24.0), SparkSettings().groups_for(1_000_000_000, 24.0)
        (10, 400)
        >>> SparkSettings().groups_for(3_000_000, 24.0, n_bytes=32_000_000_000)
        1
        """
        if self.units_per_group is None and n_units * _BYTES_AT_ONCE <= n_bytes * _SHARE_OF_MEMORY:
            return 1
        units_per_group = self.units_per_group or _UNITS_PER_GROUP
        n_groups = max(1, -(-n_units // units_per_group))
        if n_groups <= self.told_groups:
            return n_groups
        n_tiles = n_units * pairs_per_unit / units_per_group
        return max(self.told_groups + 1, math.ceil(math.sqrt(2 * n_tiles)))
