"""Live recognition: a registry tells who somebody is while he waits."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custid.errors import ConfigurationError
from custid.registry._kept_settings import feed_of
from custid.registry.identifiers import CustomerIdScheme
from custid.registry.ingestion import MatchingRegistry
from custid.registry.store import Store

if TYPE_CHECKING:
    from custid.registry._probes import ProbeReader
    from custid.registry.recognition import Recognition
    from custid.registry.saved_state import SavedState

__all__ = ["RecognizingRegistry"]

_EVEN = 0.5

_DECIDED_FROM = 0.95
"""To take somebody for another, and tell him what is not his business, is taken to be twenty times as dear as to
ask one question more; Chow's rule decides from 1 - 1/20 on."""


class RecognizingRegistry(MatchingRegistry, ABC):
    """What a registry recognizes; see `Registry`.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : CustomerIdScheme
        What identifiers look like.
    state : SavedState or None
        Where what was worked out is kept from one opening to the next.
    """

    def __init__(self, store: Store, scheme: CustomerIdScheme, state: SavedState | None = None) -> None:
        super().__init__(store, scheme, state)
        self._probe_readers: dict[str | bool, ProbeReader] = {}

    def identify(
        self,
        values: Mapping[str, Any],
        *,
        source: str | None = None,
        match_probability: float | None = None,
        max_candidates: int = 10,
    ) -> Recognition:
        """Tell whose records some values are.

        Nothing is written, and the registry may change meanwhile: an answer is about the newest state that is there
        when the question is put.  Each weight is to the bit the one that `custid.dedupe` would give, with the match
        model in use, if the values were one more row beside the live ones.

        Parameters
        ----------
        values : Mapping of str to any
            Raw values by the names of attributes (`custid.model.ATTRIBUTES`), or by columns where a source is given.
            Missing values are passed over; those that cannot be read are reported with the answer.
        source : str, optional
            A source heard of before: names are its columns, read as its rows are.  When not given, ambiguous dates
            begin with the day, unless all sources are read otherwise.
        match_probability : float, optional
            What has to be more probable than this to be decided, in [0.5, 1): one less the cost of a further question
            as a share of that of a mistake.  When not given, 0.95 (a mistake is as dear as twenty questions), or that
            of the registry's options where it is higher.
        max_candidates : int
            Candidates named at most, 0 or more.

        Returns
        -------
        Recognition
            A customer is recognized where it is more probable than ``match_probability``; it is said to be none of
            them where that is.  Else the answer is open (Chow 1970 [1]_): candidates, and what to ask next.

        Raises
        ------
        SchemaError
            If a name is no attribute, or no column of the source.
        InputError
            If there is no value at all.
        UnsupportedInputError
            If the values are no mapping.
        ConfigurationError
            If the registry has no match model, or has not heard of rows of the source; if an attribute must not be
            compared, or an option is out of its range.

        Notes
        -----
        The probability that it is a customer is worked out as that of members of customers is (`Result.customers`):
        its odds are the sum over its records, each as likely as the other to be the one that the values repeat, times a
        factor for its size; those of nobody are 1, for the prior of a match is in every weight.  Verdicts have shaped
        the customers; they say nothing of who asks.  Values that are generic in the registry are no evidence, and a
        question makes no value generic.

        References
        ----------
        .. [1] Chow (1970), On optimum recognition error and reject tradeoff, IEEE Transactions on Information Theory
           16(1), 41-46, section II.

        Examples
        --------
        >>> from custid.registry import MemoryStore, Registry
        >>> from custid.testing import synthetic_customers
        >>> rows = synthetic_customers(300, seed=7).records.to_pylist()
        >>> registry = Registry(MemoryStore())
        >>> trained, ingested = registry.train(rows), registry.ingest(rows, source="shop")
        >>> who = registry.identify({name: rows[0][name] for name in ("given_name", "family_name", "birth_date")})
        >>> who.decision.value, who.customer == registry.id_of(("shop", rows[0]["record_id"]))
        ('recognized', True)
        """
        self._require_open("identify")
        from custid.registry._recognizing import recognize  # noqa: PLC0415  # loads Arrow and numba

        if match_probability is not None and not _EVEN <= match_probability < 1:
            raise ConfigurationError(
                f"identify: match_probability: expected 0.5 to below 1, got {match_probability!r}.",
                hint="Below 0.5 two customers could be recognized at once.",
            )
        if max_candidates < 0:
            raise ConfigurationError(f"identify: max_candidates: expected 0 or more, got {max_candidates!r}.")
        with self._matching.looking(self._store) as sight:
            probe = self._probe_reader(source, is_day_first=sight.is_day_first).read(values)
            if match_probability is None:
                match_probability = max(_DECIDED_FROM, sight.matcher.match_probability)
            return recognize(sight, probe, match_probability=match_probability, max_candidates=max_candidates)

    def _probe_reader(self, source: str | None, *, is_day_first: bool) -> ProbeReader:
        """Return what reads questions; what columns of a source mean never changes."""
        from custid.registry._probes import ProbeReader  # noqa: PLC0415  # loads Arrow

        name = is_day_first if source is None else source
        found = self._probe_readers.get(name)
        if found is None:
            if source is None:
                found = ProbeReader.of_attributes(is_day_first=is_day_first)
            else:
                with self._store.reading() as transaction:
                    feed = feed_of(transaction, source)
                if feed is None or feed.schema is None:
                    got = "another" if feed is None else "one of typed records"
                    raise ConfigurationError(
                        f"identify: source {source!r}: expected one of rows heard of before, got {got}.",
                        hint="Leave source out, and ask with the names of attributes.",
                    )
                found = ProbeReader.of_source(source, feed.schema)
            self._probe_readers[name] = found
        return found
