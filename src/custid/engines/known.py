"""What a run is told to be certain: put together, found among the records, and told of where it fails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Self

from attrs import evolve, field, frozen

from custid.engines.constraints import Constraints
from custid.engines.labels import IDENTIFIERS
from custid.engines.row_links import RowLinks, row_links
from custid.errors import ConfigurationError
from custid.intake.canonical import CanonicalValues, SourceInput
from custid.intake.record_names import rows_of_names
from custid.intake.row_facts import row_kinds
from custid.review import Labels, read_labels
from custid.review.labels import RecordName

__all__ = ["Known", "warnings_of"]


@frozen(kw_only=True)
class Known:
    """What is certain of records beside what they state.

    Attributes
    ----------
    labels : Labels
        Verdicts of people.
    constraints : Constraints
        What is declared.
    """

    labels: Labels = field(factory=Labels)
    constraints: Constraints = field(factory=Constraints)

    @classmethod
    def of(
        cls,
        labels: Labels | str | Path | None,
        constraints: Constraints | None,
        duplicate_free: str | Sequence[str] = (),
    ) -> Self:
        """Put together what a call was given.

        Parameters
        ----------
        labels : Labels, path or None
            Labels or their file.
        constraints : Constraints or None
            What is declared.
        duplicate_free : str or sequence of str
            Further sources that are free of duplicates.

        Returns
        -------
        Known
            All of it.

        Raises
        ------
        ConfigurationError
            If labels or constraints are something else.
        """
        if not isinstance(labels, Labels | str | Path | None):
            raise ConfigurationError(
                f"labels: expected Labels or their file, got {type(labels).__name__}.",
                hint="Make them with custid.review.Labels.of.",
            )
        if not isinstance(constraints, Constraints | None):
            raise ConfigurationError(
                f"constraints: expected Constraints, got {type(constraints).__name__}.",
                hint="Give custid.Constraints(rules=…), for example.",
            )
        constraints = constraints or Constraints()
        named = (duplicate_free,) if isinstance(duplicate_free, str) else tuple(duplicate_free)
        return cls(
            labels=read_labels(labels) if isinstance(labels, str | Path) else labels or Labels(),
            constraints=evolve(constraints, duplicate_free=(*constraints.duplicate_free, *named)),
        )

    @property
    def attributes(self) -> frozenset[str]:
        """Attributes of which something is certain, whether or not a match model knows them."""
        return frozenset({*IDENTIFIERS, *self.constraints.attributes})

    @property
    def has_sources(self) -> bool:
        """Whether something is said of sources by name, so that equal rows of two of them are two records."""
        return bool(self.constraints.sources)

    @property
    def record_names(self) -> frozenset[RecordName]:
        """Names of the records that labels and relations speak of."""
        named = {name for pair in self.labels.current for name in pair}
        named.update(name for each in self.constraints.related for name in (each.left, each.right))
        return frozenset(named)

    def links(self, inputs: Sequence[SourceInput], canonical: CanonicalValues) -> RowLinks:
        """Find the rows that labels and relations name.

        Parameters
        ----------
        inputs : sequence of SourceInput
            The sources, in the order of their rows.
        canonical : CanonicalValues
            Knows the source of each row.

        Returns
        -------
        RowLinks
            Links between rows.

        Raises
        ------
        ConfigurationError
            If a source is named that is not there.
        InputError
            If labels contradict one another, a relation, or the kinds of party.
        """
        unknown = sorted(set(self.constraints.sources) - set(canonical.sources))
        if unknown:
            expected = ", ".join(map(repr, canonical.sources))
            problems = [f"constraints: source {name!r}: expected one of {expected}" for name in unknown]
            raise ConfigurationError.collected(problems)
        rows = rows_of_names(inputs, canonical, self.record_names)
        return row_links(self.labels, self.constraints.related, rows, row_kinds(inputs))


def warnings_of(
    links: RowLinks, *, absent: Collection[str], n_overruled: int, n_left_to_weights: int = 0
) -> tuple[str, ...]:
    """Return what a user should know of constraints that could not be applied as they were given.

    Parameters
    ----------
    links : RowLinks
        Links between rows.
    absent : collection of str
        Attributes that are constrained, and of which no record has a value.
    n_overruled, n_left_to_weights : int
        As of `custid.engines.certainties.Certainties`.

    Returns
    -------
    tuple of str
        Sentences; none where all was applied.
    """
    told = (
        (links.n_unknown, "records that labels or relations name are not in the data."),
        (links.n_ambiguous, "names of records in labels or relations are those of several; give their source."),
        (
            n_overruled,
            "customers are joined by labels although they have several of what a customer has one of.",
        ),
        (
            n_left_to_weights,
            "pairs that a rule would join are left to their weights, since it is certain that some records are apart.",
        ),
    )
    return (
        *(f"{number:,} {text}" for number, text in told if number),
        *(f"constraints: no record has a value of {name}." for name in absent),
    )
