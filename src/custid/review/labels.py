"""Labels: what a person says about pairs of records.

A label names two records by source and key and holds no value of either, so that it can be kept and sent.  Labels are
only appended to: of two labels of one pair the later one counts.  What is said of some pairs says something of others,
since "is the same customer" is an equivalence: if a and b are one and b and c are one, so are a and c; and what is no
customer of a is none of b.  So a customer of many records is accepted with one label less than it has records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from typing import Any, TypeAlias

from attrs import field, frozen

from custid.errors import InputError

__all__ = ["Label", "Labels", "RecordName", "Verdict"]

RecordName: TypeAlias = tuple[str, str]
"""Source and record key; the source is empty where the key alone names the record."""

_N_NAMED = 3


class Verdict(StrEnum):
    """What a person says about two records.

    ``MATCH``: they are one customer.  ``NON_MATCH``: they are two.  ``UNSURE``: looked at, and it cannot be told.
    """

    MATCH = "match"
    NON_MATCH = "non_match"
    UNSURE = "unsure"


def _are_text(_instance: object, attribute: object, value: Any) -> None:
    if not (isinstance(value, tuple) and len(value) == 2 and all(isinstance(each, str) for each in value) and value[1]):
        name = getattr(attribute, "name", "record")
        raise InputError(f"label: {name}: expected a source and a record key, both text and the key not empty.")


def _is_verdict(_instance: object, _attribute: object, value: Any) -> None:
    if not isinstance(value, Verdict):
        raise InputError(
            f"label: verdict: expected a Verdict, got a {type(value).__name__}.",
            hint=f"Verdict(text) reads {', '.join(repr(each.value) for each in Verdict)}.",
        )


@frozen(kw_only=True)
class Label:
    """What a person says about two records.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records, which differ.
    verdict : Verdict
        What is said.
    by : str
        Who says so; may be empty.
    at : str
        When, as ISO 8601 text; may be empty.
    note : str
        Why; may be empty.

    Raises
    ------
    InputError
        If a record is not named by source and key, both are the same, or the verdict is none.
    """

    left: RecordName = field(validator=_are_text)
    right: RecordName = field(validator=_are_text)
    verdict: Verdict = field(validator=_is_verdict)
    by: str = ""
    at: str = ""
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.left == self.right:
            raise InputError(f"label: expected two records, got {self.left!r} twice.")

    @property
    def pair(self) -> tuple[RecordName, RecordName]:
        """Both records in the order of their names, so that either way round is the same pair."""
        return (self.left, self.right) if self.left <= self.right else (self.right, self.left)


@frozen(kw_only=True)
class Labels:
    """Labels in the order in which they were given.

    Attributes
    ----------
    given : tuple of Label
        All of them; of those of one pair the last one counts.

    Examples
    --------
    >>> labels = Labels.of_groups([[("crm", "1"), ("crm", "2"), ("web", "7")], [("web", "9")]])
    >>> len(labels), labels.verdict(("crm", "2"), ("web", "9"))
    (3, <Verdict.NON_MATCH: 'non_match'>)
    """

    given: tuple[Label, ...] = ()

    @classmethod
    def of_groups(cls, groups: Sequence[Sequence[RecordName]], *, by: str = "", at: str = "", note: str = "") -> Labels:
        """Return labels that say: records of one group are one customer, those of different groups are not.

        Parameters
        ----------
        groups : sequence of sequence of (source, record key)
            One group to accept a customer, several to split it.
        by, at, note : str
            As in `Label`.

        Returns
        -------
        Labels
            Each record with the first of its group, and the first of each group with those of the others: as few as say
            it all.
        """
        said = [(group[0], other, Verdict.MATCH) for group in groups for other in group[1:]]
        said += [(one[0], other[0], Verdict.NON_MATCH) for one, other in combinations(groups, 2)]
        return cls.of(
            Label(left=left, right=right, verdict=verdict, by=by, at=at, note=note) for left, right, verdict in said
        )

    def __len__(self) -> int:
        return len(self.given)

    def __iter__(self) -> Iterator[Label]:
        return iter(self.given)

    def __add__(self, others: Labels) -> Labels:
        return Labels(given=(*self.given, *others.given))

    @cached_property
    def current(self) -> dict[tuple[RecordName, RecordName], Label]:
        """The label that counts of each pair, by `Label.pair`, in the order in which the pairs were first named."""
        return {label.pair: label for label in self.given}

    @cached_property
    def _customer_of(self) -> dict[RecordName, RecordName]:
        """By record, the one that stands for all that are said to be its customer."""
        parent: dict[RecordName, RecordName] = {}

        def root(record: RecordName) -> RecordName:
            while parent.setdefault(record, record) != record:
                parent[record] = parent[parent[record]]
                record = parent[record]
            return record

        for (left, right), label in self.current.items():
            first, second = sorted((root(left), root(right)))
            if label.verdict is Verdict.MATCH:
                parent[second] = first
        return {record: root(record) for record in tuple(parent)}

    @cached_property
    def _different(self) -> frozenset[tuple[RecordName, RecordName]]:
        """Pairs of customers that are said to be two."""
        self.check()
        of = self._customer_of
        return frozenset(
            _ordered(of[left], of[right])
            for (left, right), label in self.current.items()
            if label.verdict is Verdict.NON_MATCH
        )

    def check(self) -> None:
        """Refuse labels that contradict one another.

        Raises
        ------
        InputError
            If two records are said to be two customers that other labels say to be one; the message names them.
        """
        of = self._customer_of
        contradicted = [
            label
            for (left, right), label in self.current.items()
            if label.verdict is Verdict.NON_MATCH and of[left] == of[right]
        ]
        if contradicted:
            shown = ", ".join(f"{label.left!r} and {label.right!r}" for label in contradicted[:_N_NAMED])
            more = ", …" if len(contradicted) > _N_NAMED else ""
            raise InputError(
                f"labels: expected labels that fit one another, got {len(contradicted)} pairs that are said to be two "
                f"customers and, by way of others, one: {shown}{more}.",
                hint="Append a label that settles it: the last one of a pair counts.",
            )

    def verdict(self, left: RecordName, right: RecordName) -> Verdict | None:
        """Return what the labels say of two records, directly or by way of others.

        Parameters
        ----------
        left, right : tuple of (source, record key)
            The records.

        Returns
        -------
        Verdict or None
            None where they say nothing.

        Raises
        ------
        InputError
            If labels contradict one another.
        """
        different, of = self._different, self._customer_of
        if left in of and right in of:
            if of[left] == of[right]:
                return Verdict.MATCH
            if _ordered(of[left], of[right]) in different:
                return Verdict.NON_MATCH
        label = self.current.get(_ordered(left, right))
        return None if label is None else label.verdict

    def pairs(self) -> Iterator[tuple[RecordName, RecordName, bool]]:
        """Yield every pair of records of which the labels say whether they are one customer, and which they say.

        Returns
        -------
        iterator of (left, right, is_match)
            Sorted by name; pairs that follow from others included, and those that nobody could tell left out.

        Raises
        ------
        InputError
            If labels contradict one another.
        """
        different = self._different
        members: dict[RecordName, list[RecordName]] = {}
        for record, customer in sorted(self._customer_of.items()):
            members.setdefault(customer, []).append(record)
        found = [(*pair, True) for group in members.values() for pair in combinations(group, 2)]
        found += [
            (*_ordered(left, right), False)
            for one, other in different
            for left in members[one]
            for right in members[other]
        ]
        yield from sorted(found)

    def without(self, records: Iterable[RecordName]) -> Labels:
        """Return the labels that name none of some records, as it has to be once these are erased.

        Parameters
        ----------
        records : iterable of (source, record key)
            The records; a label that names a record by its key alone goes with a record of any source.

        Returns
        -------
        Labels
            In the same order.  What was known of two others by way of such a record is not known any more.

        Examples
        --------
        >>> labels = Labels.of_groups([[("crm", "1"), ("crm", "2")], [("web", "9")]])
        >>> len(labels), len(labels.without([("crm", "2")]))
        (2, 1)
        """
        named = set(records)
        named |= {("", key) for _, key in named}
        return Labels(given=tuple(each for each in self.given if named.isdisjoint(each.pair)))

    @classmethod
    def of(cls, labels: Iterable[Label]) -> Labels:
        """Return labels of any iterable."""
        return cls(given=tuple(labels))


def _ordered(left: RecordName, right: RecordName) -> tuple[RecordName, RecordName]:
    return (left, right) if left <= right else (right, left)
