"""How long identifiers hold, and whether the truth confirms those that change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

import numpy as np
from attrs import asdict, frozen

from custid.errors import InputError
from custid.evaluation.measures import PairwiseMeasures, pairwise_measures
from custid.evaluation.truth import TruthLike, read_truth

__all__ = ["Stability", "StabilityStep", "evaluate_stability"]

_Key = Hashable
_N_NAMED: Final = 3


@frozen(kw_only=True)
class StabilityStep:
    """What has happened to identifiers between two snapshots.

    Attributes
    ----------
    n_records : int
        Records in the later snapshot.
    n_kept : int
        Records in both.
    n_changed : int
        Records in both whose identifier is another one.
    n_confirmed : int
        Those of them whose change the truth confirms.
    n_customers_changed, n_customers_confirmed : int
        The same, counted by pairs of former and later identifier: ten records that go from one customer to another at
        once are one change, confirmed if it brings more pairs of all of them right than wrong.
    pairwise : PairwiseMeasures
        Of the later snapshot.
    """

    n_records: int
    n_kept: int
    n_changed: int
    n_confirmed: int
    n_customers_changed: int
    n_customers_confirmed: int
    pairwise: PairwiseMeasures

    @property
    def churn(self) -> float:
        """Share of the records in both snapshots whose identifier is another one; 0 for none."""
        return _share(self.n_changed, self.n_kept, 0.0)


@frozen(kw_only=True)
class Stability:
    """How long identifiers hold over several snapshots.

    Attributes
    ----------
    steps : tuple of StabilityStep
        From each snapshot to the next.
    n_records : int
        Records that were in two snapshots in a row at least once.
    n_unconfirmed : int
        Those of them whose identifier has ever changed without the truth confirming it.
    n_identifiers : int
        Identifiers that were in any snapshot.
    n_active : int
        Those of them that are in the last one.
    n_first, n_survived : int
        Identifiers of the first snapshot of which a record is still there in the last one, and those of them that are
        in the last one, too.
    n_redirects, n_gone, n_unknown : int
        Identifiers that are not in the last snapshot, by what they lead to: another one, nothing (and none of the
        records that they had last is there), or not told.
    n_redirects_right : int
        Redirects to a customer that has a record of the person whom the identifier meant when it was last seen.
    n_gone_wrong : int
        Identifiers that lead to nothing although a record that they had last is still there.
    """

    steps: tuple[StabilityStep, ...]
    n_records: int
    n_unconfirmed: int
    n_identifiers: int
    n_active: int
    n_first: int
    n_survived: int
    n_redirects: int
    n_redirects_right: int
    n_gone: int
    n_gone_wrong: int
    n_unknown: int

    @property
    def stability(self) -> float:
        """Share of the records whose identifier has never changed but by what the truth confirms; 1 for no records."""
        return 1.0 - _share(self.n_unconfirmed, self.n_records, 0.0)

    @property
    def stability_of_a_step(self) -> float:
        """Mean over the steps of the share of records whose identifier has not changed without being confirmed."""
        unconfirmed = [_share(each.n_changed - each.n_confirmed, each.n_kept, 0.0) for each in self.steps]
        return 1.0 - sum(unconfirmed) / len(unconfirmed) if unconfirmed else 1.0

    @property
    def confirmed(self) -> float:
        """Share of the changes of records' identifiers that the truth confirms; 1 for no changes."""
        return _share(sum(each.n_confirmed for each in self.steps), sum(each.n_changed for each in self.steps), 1.0)

    @property
    def churn(self) -> float:
        """Mean over the steps of the share of records whose identifier has changed; 0 for no steps."""
        return sum(each.churn for each in self.steps) / len(self.steps) if self.steps else 0.0

    @property
    def survivorship(self) -> float:
        """Share of the first identifiers that are in use at last, of those whose records are not all gone."""
        return _share(self.n_survived, self.n_first, 1.0)

    @property
    def f1(self) -> float:
        """Pairwise F1 of the last snapshot; 1 for fewer than two snapshots."""
        return self.steps[-1].pairwise.f1 if self.steps else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as nested dictionaries, ready for JSON.

        Returns
        -------
        dict
            Keys as the attributes are named.
        """
        return asdict(self)

    def __str__(self) -> str:
        n_changed = sum(each.n_changed for each in self.steps)
        shares = [
            ("stability", self.stability, "records whose id never changed unless confirmed"),
            ("stability of a step", self.stability_of_a_step, "the same from one snapshot to the next"),
            ("confirmed", self.confirmed, f"of {n_changed:,} changes of records' ids"),
            ("churn", self.churn, "records whose id changes, a step"),
            ("survivorship", self.survivorship, "first ids still in use"),
            ("F1", self.f1, "pairwise, at last"),
        ]
        lines = [f"{name:<22}{share:>9.4f}   {meaning}" for name, share, meaning in shares]
        ids = (
            f"{self.n_identifiers:,} ids: {self.n_active:,} in use, {self.n_redirects:,} redirects "
            f"({self.n_redirects_right:,} to the right person), {self.n_gone:,} gone "
            f"({self.n_gone_wrong:,} too early), {self.n_unknown:,} not told"
        )
        return "\n".join([*lines, "", ids])


def evaluate_stability(
    snapshots: Iterable[Mapping[Any, str]],
    truth: TruthLike,
    *,
    leads_to: Mapping[str, str | None] | None = None,
) -> Stability:
    """Return how long identifiers hold, held against the truth.

    Parameters
    ----------
    snapshots : iterable of Mapping
        Identifier by record, one after the other in time; they are read once.  Records are named by their keys, or by
        pairs of source and key, as in the truth.
    truth : path, pyarrow.Table or mapping
        The true customer of every record, as `read_truth` takes it.
    leads_to : Mapping of str to str or None, optional
        Where each identifier leads at last: to an active one, itself perhaps, or to nothing (None).  Without it,
        identifiers that are not in use at last count as not told.

    Returns
    -------
    Stability
        Over all snapshots and step by step.

    Raises
    ------
    InputError
        If a record has no true customer.

    Notes
    -----
    Between two snapshots, look at a record that is in both, under another identifier.  Compare its pairs with the other
    records that are in both: those it has come together with, and those it has parted from.  Each is right or wrong by
    the truth, as in the Rand index [1]_: to come together is right for records of one true customer, to part for
    records of two.  The change is *confirmed* if more pairs are right than wrong.  An identifier that changes though
    nobody came or left is never confirmed.  What records that arrive or leave in the step bring is not looked at: they
    are no reason for another identifier.

    `stability` takes the whole time together and counts a record out for one change that is not confirmed; it falls
    with the number of steps, where the mean over steps does not.  That evaluating clusters over time needs both the
    quality of each snapshot and the cost of what changes between them is from [2]_; the measures here are custid's own.

    References
    ----------
    .. [1] Rand, W. M. (1971), Objective criteria for the evaluation of clustering methods, Journal of the American
       Statistical Association 66(336), 846-850, section 2.
    .. [2] Chakrabarti, D., Kumar, R., Tomkins, A. (2006), Evolutionary clustering, Proceedings of KDD '06, 554-560,
       section 2.

    Examples
    --------
    Two customers that are one are merged, then the identifier of a third one changes for no reason:

    >>> snapshots = [
    ...     {"1": "a", "2": "b", "3": "c"},
    ...     {"1": "a", "2": "a", "3": "c"},
    ...     {"1": "a", "2": "a", "3": "d"},
    ... ]
    >>> found = evaluate_stability(snapshots, {"1": "ann", "2": "ann", "3": "bob"})
    >>> found.stability, found.confirmed
    (0.6666666666666667, 0.5)
    """
    true_id = _true_ids(truth)
    watch = _Watch(true_id)
    for snapshot in snapshots:
        watch.see(snapshot)
    return watch.result(leads_to or {})


def _true_ids(truth: TruthLike) -> dict[_Key, str]:
    told = read_truth(truth)
    keys, labels = told.key.to_pylist(), told.true_id.to_pylist()
    if told.source is None:
        return dict(zip(keys, labels, strict=True))
    return dict(zip(zip(told.source.to_pylist(), keys, strict=True), labels, strict=True))


class _Watch:
    """Sees snapshots one after the other.

    Parameters
    ----------
    true_id : dict
        The true customer of every record.
    """

    def __init__(self, true_id: Mapping[_Key, str]) -> None:
        self._true_id = true_id
        self._before: Mapping[_Key, str] | None = None
        self._steps: list[StabilityStep] = []
        self._kept: set[_Key] = set()
        self._unconfirmed: set[_Key] = set()
        self._first: dict[str, list[_Key]] = {}
        # The records that each identifier had when it was last seen.
        self._members: dict[str, list[_Key]] = {}

    def see(self, snapshot: Mapping[_Key, str]) -> None:
        unknown = [key for key in snapshot if key not in self._true_id]
        if unknown:
            shown = ", ".join(repr(each) for each in unknown[:_N_NAMED])
            raise InputError(
                f"truth: expected a true id for each record, got none for {len(unknown)}, such as {shown}."
            )
        groups = _groups(snapshot)
        if self._before is None:
            self._first = groups
        else:
            self._compare(self._before, snapshot)
        self._members |= groups
        self._before = snapshot

    def _compare(self, before: Mapping[_Key, str], after: Mapping[_Key, str]) -> None:
        kept = [key for key in after if key in before]
        self._kept.update(kept)
        changed = [key for key in kept if before[key] != after[key]]
        gains = self._gains(kept, changed, before, after)
        confirmed = {key for key, gain in gains.items() if gain > 0}
        self._unconfirmed.update(key for key in changed if key not in confirmed)
        moves: Counter[tuple[str, str]] = Counter()
        for key in changed:
            moves[before[key], after[key]] += gains[key]
        self._steps.append(
            StabilityStep(
                n_records=len(after),
                n_kept=len(kept),
                n_changed=len(changed),
                n_confirmed=len(confirmed),
                n_customers_changed=len({(before[key], after[key]) for key in changed}),
                n_customers_confirmed=sum(gain > 0 for gain in moves.values()),
                pairwise=self._pairwise(after),
            )
        )

    def _gains(
        self, kept: list[_Key], changed: list[_Key], before: Mapping[_Key, str], after: Mapping[_Key, str]
    ) -> dict[_Key, int]:
        """Return for each record by how much its pairs that became right outnumber those that became wrong.

        Customers are counted by true person, so that a large one takes no longer than its records.
        """
        concerned_before = {before[key] for key in changed}
        concerned_after = {after[key] for key in changed}
        # Records of a former and a later customer, by person and together (None).
        former: Counter[tuple[str, str | None]] = Counter()
        later: Counter[tuple[str, str | None]] = Counter()
        both: Counter[tuple[str, str, str | None]] = Counter()
        for key in kept:
            person = self._true_id[key]
            for label in (person, None):
                if before[key] in concerned_before:
                    former[before[key], label] += 1
                if after[key] in concerned_after:
                    later[after[key], label] += 1
                if before[key] in concerned_before and after[key] in concerned_after:
                    both[before[key], after[key], label] += 1
        gains = {}
        for key in changed:
            old, new, person = before[key], after[key], self._true_id[key]
            joined = {each: later[new, each] - both[old, new, each] for each in (person, None)}
            parted = {each: former[old, each] - both[old, new, each] for each in (person, None)}
            gains[key] = (2 * joined[person] - joined[None]) - (2 * parted[person] - parted[None])
        return gains

    def _pairwise(self, snapshot: Mapping[_Key, str]) -> PairwiseMeasures:
        names: dict[str, int] = {}
        people: dict[str, int] = {}
        found = [names.setdefault(each, len(names)) for each in snapshot.values()]
        true = [people.setdefault(self._true_id[key], len(people)) for key in snapshot]
        return pairwise_measures(np.array(found, np.int64), np.array(true, np.int64))

    def result(self, leads_to: Mapping[str, str | None]) -> Stability:
        last = self._before or {}
        active = set(last.values())
        first = {each for each, members in self._first.items() if any(key in last for key in members)}
        ended = [each for each in self._members if each not in active]
        targets = {each: leads_to[each] for each in ended if each in leads_to}
        redirects = {each: target for each, target in targets.items() if target is not None}
        gone = [each for each, target in targets.items() if target is None]
        people: defaultdict[str, set[str]] = defaultdict(set)
        for key, each in last.items():
            people[each].add(self._true_id[key])
        return Stability(
            steps=tuple(self._steps),
            n_records=len(self._kept),
            n_unconfirmed=len(self._unconfirmed),
            n_identifiers=len(self._members),
            n_active=len(active),
            n_first=len(first),
            n_survived=len(first & active),
            n_redirects=len(redirects),
            n_redirects_right=sum(self._meant(each) in people[target] for each, target in redirects.items()),
            n_gone=len(gone),
            n_gone_wrong=sum(any(key in last for key in self._members[each]) for each in gone),
            n_unknown=len(ended) - len(targets),
        )

    def _meant(self, identifier: str) -> str:
        """Return the person of most of the records that an identifier had last; of several the first by label."""
        counts = Counter(self._true_id[key] for key in self._members[identifier])
        return min(counts, key=lambda person: (-counts[person], person))


def _groups(snapshot: Mapping[_Key, str]) -> dict[str, list[_Key]]:
    found: dict[str, list[_Key]] = {}
    for key, identifier in snapshot.items():
        found.setdefault(identifier, []).append(key)
    return found


def _share(part: int, whole: int, of_nothing: float) -> float:
    return part / whole if whole else of_nothing
