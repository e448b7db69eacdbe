"""How a run on Spark is cut into parts."""

from __future__ import annotations

import math

from attrs import fields, frozen

from custid.errors import ConfigurationError

__all__ = ["SparkSettings"]


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
    units_per_group : int
        Distinct contents of a group; a worker that weighs pairs holds up to twice as many, in about two kilobytes
        each.  Up to so many in all are matched in one call of one worker, which is several times as quick as to spread
        them.
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
    units_per_group: int = 300_000
    told_groups: int = 24
    bytes_per_place: int = 1 << 27
    driver_edges: int = 2_000_000
    max_rounds: int = 50

    def __attrs_post_init__(self) -> None:
        problems = [
            f"spark settings: {each.name}: expected {least} or more, got {getattr(self, each.name)!r}"
            for each, least in zip(fields(SparkSettings)[1:], (2, 1, 1, 16, 0, 1), strict=True)
            if not isinstance(getattr(self, each.name), int) or getattr(self, each.name) < least
        ]
        if self.staging is not None and not self.staging:
            problems.append(f"spark settings: staging: expected a path or a schema, got {self.staging!r}")
        if problems:
            raise ConfigurationError.collected(problems)

    def groups_for(self, n_units: int, pairs_per_unit: float) -> int:
        """Return into how many groups units fall.

        Parameters
        ----------
        n_units : int
            Distinct contents.
        pairs_per_unit : float
            Pairs that are expected for each.

        Returns
        -------
        int
            So many that no tile holds more units than two groups of ``units_per_group`` have; where tiles ask for
            units, one with so many pairs does not.

        Examples
        --------
        >>> SparkSettings().groups_for(3_000_000, 24.0), SparkSettings().groups_for(1_000_000_000, 24.0)
        (10, 400)
        """
        n_groups = max(1, -(-n_units // self.units_per_group))
        if n_groups <= self.told_groups:
            return n_groups
        n_tiles = n_units * pairs_per_unit / self.units_per_group
        return max(self.told_groups + 1, math.ceil(math.sqrt(2 * n_tiles)))
