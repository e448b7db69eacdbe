"""Why some records are one customer, and what would split it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs
from attrs import frozen

from custid.report.wording import attribute_label, number_text, phrase

__all__ = ["Bond", "CustomerExplanation", "Seam", "Split"]

_RecordName: TypeAlias = tuple[str, str]
_N_NAMED = 3


@frozen(kw_only=True)
class Bond:
    """What ties a record to its customer.

    Attributes
    ----------
    record : tuple of (source, record key)
        The record.
    match_probability : float
        That it belongs with the other records of its customer, as in ``Result.assignments``.
    nearest : tuple of (source, record key) or None
        The record of the customer that it agrees with most; None for a record alone, or never compared with the others.
    nearest_bits : float
        Match weight of the two; 0 where there is none.
    """

    record: _RecordName
    match_probability: float
    nearest: _RecordName | None
    nearest_bits: float


@frozen(kw_only=True)
class Seam:
    """Where a customer would come apart first: its weakest link, and the two groups that it joins.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records of the weakest link.
    weight_bits : float
        Their match weight; no other pair between the two groups has a greater one.
    match_probability : float
        Probability of a match, by this pair alone.
    groups : tuple of two tuples of (source, record key)
        The records on its two sides, those of ``left`` first.
    n_weighed : int
        Pairs between the groups that were compared; rows of equal content count as one.
    n_not_compared : int
        Pairs between them that were not.
    sum_bits : float
        Sum of the match weights between them.
    needs : tuple of str
        Comparisons without any one of which the weakest link would speak for no match.
    """

    left: _RecordName
    right: _RecordName
    weight_bits: float
    match_probability: float
    groups: tuple[tuple[_RecordName, ...], tuple[_RecordName, ...]]
    n_weighed: int
    n_not_compared: int
    sum_bits: float
    needs: tuple[str, ...]


@frozen(kw_only=True)
class Split:
    """A record without which a customer would be several.

    Attributes
    ----------
    record : tuple of (source, record key)
        The record.
    groups : tuple of tuple of (source, record key)
        The customers that would be left: the other records, as far as verdicts, rules and pairs that would do alone
        join them.
    """

    record: _RecordName
    groups: tuple[tuple[_RecordName, ...], ...]


@frozen(kw_only=True)
class CustomerExplanation:
    """Why some records are one customer.

    Attributes
    ----------
    customer : int
        Number of the customer.
    bonds : tuple of Bond
        What ties each of its records to the others, in the order of the rows.
    probability : float or None
        That all its records are one party, as in ``Result.customers``; None for a customer of one record.
    weakest : Seam or None
        Where it would come apart first; None where all its records state the same, where verdicts and rules hold it
        together, and where no pair joins them.
    splits : tuple of Split
        Records without which it would be several customers.
    said_to_be_one, joined_by_rules : tuple of tuple of (source, record key)
        Groups of its records that people have said to be one customer, and that rules join, whatever they weigh.
    copy_bits : float
        Match weight of its rows of equal content, the lowest where there are several kinds; 0 where no two are equal.
    is_connected : bool
        False where some records were never compared with the others, and no verdict or rule joins them, as a clusterer
        of the user's own may have it.
    language : str
        Language of the text, ``"en"`` or ``"fr"``.
    """

    customer: int
    bonds: tuple[Bond, ...]
    probability: float | None = None
    weakest: Seam | None = None
    splits: tuple[Split, ...] = ()
    said_to_be_one: tuple[tuple[_RecordName, ...], ...] = ()
    joined_by_rules: tuple[tuple[_RecordName, ...], ...] = ()
    copy_bits: float = 0.0
    is_connected: bool = True
    language: str = "en"

    @property
    def verdict(self) -> str:
        """What holds the customer together and what would split it, in sentences that hold no values."""
        return " ".join(self.sentences())

    def sentences(self, named: dict[_RecordName, str] | None = None) -> list[str]:
        """Return the verdict sentence by sentence.

        Parameters
        ----------
        named : dict of (source, record key) to str, optional
            What records are called; source and key when not given.

        Returns
        -------
        list of str
            How many records, and how probably they are one; the weakest link, what it joins and rests on; what would
            split the customer.
        """
        call = _Namer(named, self.language)
        n_records = len(self.bonds)
        if n_records < 2:
            return [self._phrase("single_record", customer=self.customer)]
        said = [self._phrase("n_records", customer=self.customer, n=n_records)]
        if self.probability is not None:
            said.append(self._phrase("all_one", p=number_text(self.probability, self.language, digits=3)))
        said += [self._phrase("people_said", text=call.all_of(group)) for group in self.said_to_be_one]
        said += [self._phrase("rules_join", text=call.all_of(group)) for group in self.joined_by_rules]
        if self.weakest is not None:
            said += self._seam(self.weakest, call)
        elif self.is_connected and not (self.said_to_be_one or self.joined_by_rules):
            said.append(self._phrase("all_equal", bits=self._bits(self.copy_bits)))
        if not self.is_connected:
            said.append(self._phrase("unconnected"))
        for split in self.splits:
            groups = f" {self._phrase('against')} ".join(call.all_of(group) for group in split.groups)
            code = "without_two" if len(split.groups) == 2 else "without_many"
            said.append(self._phrase(code, record=call.one(split.record), n=len(split.groups), text=groups))
        if not self.splits and self.weakest is not None and n_records > 2:
            said.append(self._phrase("without_none"))
        return said

    def _seam(self, seam: Seam, call: _Namer) -> list[str]:
        probability = number_text(seam.match_probability, self.language, digits=3)
        said = [
            self._phrase(
                "weakest_link",
                left=call.one(seam.left),
                right=call.one(seam.right),
                bits=self._bits(seam.weight_bits),
                p=probability,
            )
        ]
        if seam.n_weighed + seam.n_not_compared > 1:
            said.append(
                self._phrase(
                    "across",
                    one=call.all_of(seam.groups[0]),
                    other=call.all_of(seam.groups[1]),
                    n_weighed=seam.n_weighed,
                    bits=self._bits(seam.sum_bits),
                )
            )
        if seam.n_not_compared:
            said.append(self._phrase("not_compared", n=seam.n_not_compared))
        needed = [attribute_label(name, self.language) for name in seam.needs]
        if seam.weight_bits > 0:
            code = "needs" if needed else "needs_nothing"
            alternatives = f" {self._phrase('or')} ".join(needed)
            said.append(self._phrase(code, text=alternatives))
        return said

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain dicts, lists and numbers."""
        return attrs.asdict(self) | {"verdict": self.verdict}

    def in_language(self, language: str) -> CustomerExplanation:
        """Return the same explanation in another language.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        CustomerExplanation
            Equal but for its text.
        """
        return attrs.evolve(self, language=language)

    def __str__(self) -> str:
        call = _Namer(None, self.language)
        header = tuple(self._phrase(code) for code in ("record", "probability", "nearest", "bits"))
        rows = [header]
        for bond in self.bonds:
            nearest = self._phrase("nobody") if bond.nearest is None else call.one(bond.nearest)
            bits = "" if bond.nearest is None else self._bits(bond.nearest_bits)
            probability = number_text(bond.match_probability, self.language, digits=3)
            rows.append((call.one(bond.record), probability, nearest, bits))
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = [
            "  ".join(
                cell.rjust(width) if column in {1, 3} else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *self.sentences()])

    def _phrase(self, code: str, **words: object) -> str:
        return phrase(code, self.language, **words)

    def _bits(self, value: float) -> str:
        return number_text(value, self.language, sign=True)


class _Namer:
    """Calls records by name in sentences."""

    def __init__(self, named: dict[_RecordName, str] | None, language: str) -> None:
        self._named = named
        self._language = language

    def one(self, record: _RecordName) -> str:
        return " ".join(record) if self._named is None else self._named[record]

    def all_of(self, records: Sequence[_RecordName]) -> str:
        named = [self.one(each) for each in records]
        if self._named is not None:
            # Short names are numbers: "#9" comes before "#10".
            named.sort(key=lambda name: (len(name), name))
        if len(named) > _N_NAMED + 1:
            named = [*named[:_N_NAMED], phrase("n_more", self._language, n=len(named) - _N_NAMED)]
        return named[0] if len(named) == 1 else f"({', '.join(named)})"
