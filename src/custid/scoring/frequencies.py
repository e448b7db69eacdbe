"""How common the values of an attribute are: an agreement on a rare value proves more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ShapeMismatchError
from custid.table.hashing import string_hashes
from custid.table.record_table import RecordTable
from custid.table.tokens import tokenize

__all__ = [
    "TermFrequencies",
    "attribute_counted",
    "count_terms",
    "known_values",
    "known_word_counts",
    "note_word_counts",
    "rarity_of",
    "terms_of",
]

_WORD_ATTRIBUTES = ("organization_name", "full_name", "family_name", "given_name")
_MAX_WORDS = 12
_UNSEEN_UNITS = 100
_PAIR = 2


@frozen(kw_only=True, eq=False)
class TermFrequencies:
    """Counts of the values of one attribute in the training data.

    Only hashes are kept, so that a model file holds no customer's data; a value that is not listed was seen once at
    most.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (n_terms,)
        Content hashes of the values seen twice or more, ascending.
    counts : ndarray of int64, shape (n_terms,)
        In how many units each stands.
    total : int
        Units that have a value.

    Raises
    ------
    ShapeMismatchError
        If there are not as many counts as hashes.
    """

    hashes: NDArray[np.uint64] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    total: int

    def __attrs_post_init__(self) -> None:
        if self.hashes.shape != self.counts.shape:
            raise ShapeMismatchError(
                f"term frequencies: expected one count for each of {self.hashes.size} hashes, got {self.counts.size}."
            )

    def rarity_bits(self, values: Sequence[str]) -> NDArray[np.float32]:
        """Return -log2 of the frequency of each value.

        Parameters
        ----------
        values : sequence of str
            Canonical values.

        Returns
        -------
        ndarray of float32, shape (n_values,)
            Bits; an unseen value counts as seen twice, once on each side of the pair that agrees on it.

        Notes
        -----
        Of the ``c`` units that hold a value, one is the partner itself, so a stranger holds it with the frequency
        ``(c - 1) / (total + 100)``; the 100 units that are added hold other values, as a small file shows a few of
        all values only.
        """
        position, found = self._find(values)
        counts = np.full(len(values), _PAIR, np.int64)
        counts[found] = self.counts[position[found]]
        return self.bits_of_counts(counts)

    def bits_of_counts(self, counts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return -log2 of the frequency of values that stand in so many units, 2 at least, float32."""
        return np.log2((max(self.total, _PAIR) + _UNSEEN_UNITS) / (counts - 1)).astype(np.float32)

    @property
    def unlisted_bits(self) -> np.float32:
        """-log2 of the frequency of a value that is not listed."""
        return np.float32(self.bits_of_counts(np.array([_PAIR], np.int64))[0])

    def counts_of(self, values: Sequence[str]) -> NDArray[np.int64]:
        """Return in how many units each value stands, int64, shape (n_values,); 1 for those that are not listed."""
        position, found = self._find(values)
        counts = np.ones(len(values), np.int64)
        counts[found] = self.counts[position[found]]
        return counts

    def are_listed(self, values: Sequence[str]) -> NDArray[np.bool_]:
        """Return which values two units or more had, bool, shape (n_values,)."""
        return self._find(values)[1]

    def without(self, values: Collection[str]) -> TermFrequencies:
        """Return the counts without some values, which count as seen once at most from then on.

        Parameters
        ----------
        values : collection of str
            Canonical values; those that are not listed are passed over.

        Returns
        -------
        TermFrequencies
            Of the same number of units, so that every other value is as rare as before.
        """
        kept = ~np.isin(self.hashes, string_hashes(list(values)))
        return TermFrequencies(hashes=self.hashes[kept], counts=self.counts[kept], total=self.total)

    def _find(self, values: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the place of each value in the list, and whether it is there."""
        hashes = string_hashes(values)
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), np.bool_)
        position = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return position, np.asarray(self.hashes[position] == hashes, np.bool_)


def count_terms(table: RecordTable) -> dict[str, TermFrequencies]:
    """Count the values of every attribute, and the words of names.

    Parameters
    ----------
    table : RecordTable
        The training data.

    Returns
    -------
    dict of str to TermFrequencies
        By attribute; ``"<attribute>.word"`` for the words of names that are compared as sets of words: those of
        organizations, and those of persons where given and family names are not both there.

    Examples
    --------
    >>> import numpy as np
    >>> from custid.table import build_record_table
    >>> values = {"city": (["leeds", "nantes"], np.array([[0], [1], [1]], np.int32)),
    ...           "sex": (["f", "m"], np.array([[0], [0], [1]], np.int32))}
    >>> counted = count_terms(build_record_table(values, 3))["city"]
    >>> counted.total, counted.counts.tolist(), round(float(counted.rarity_bits(["nantes"])[0]), 2)
    (3, [2], 6.69)
    """
    counted = {
        name: _frequent(column.hashes, column.counts, _n_filled(column.codes)) for name, column in table.columns.items()
    }
    has_both_names = "given_name" in table.columns and "family_name" in table.columns
    for name in _WORD_ATTRIBUTES:
        if name in table.columns and (name == "organization_name" or not has_both_names):
            words = tokenize([table.columns[name]], width=_MAX_WORDS)
            counted[f"{name}.word"] = _frequent(string_hashes(words.vocabulary), words.counts, _n_filled(words.bag))
    return counted


def _n_filled(codes: NDArray[np.int32]) -> int:
    """Return how many units have a value; values stand before the missing ones."""
    return int((codes[:, 0] >= 0).sum())


def _frequent(hashes: NDArray[np.uint64], counts: NDArray[np.int64], total: int) -> TermFrequencies:
    kept = np.flatnonzero(counts > 1)
    order = kept[np.argsort(hashes[kept])]
    return TermFrequencies(hashes=hashes[order], counts=counts[order], total=total)


def attribute_counted(name: str) -> str:
    """Return the attribute of which frequencies of some name count the values or their words."""
    return name.partition(".")[0]


def terms_of(name: str, values: Iterable[str]) -> set[str]:
    """Return what frequencies of some name count of values of its attribute.

    Parameters
    ----------
    name : str
        An attribute, ``"<attribute>.word"`` or ``"<attribute>.value_word"``.
    values : iterable of str
        Canonical values of the attribute.

    Returns
    -------
    set of str
        The values, or all their words.

    Examples
    --------
    >>> terms_of("city", ["le mans"]), sorted(terms_of("city.value_word", ["le mans"]))
    ({'le mans'}, ['le', 'mans'])
    """
    return {word for value in values for word in value.split()} if "." in name else set(values)


def rarity_of(frequencies: Mapping[str, TermFrequencies], attribute: str, values: Sequence[str]) -> NDArray[np.float32]:
    """Return the rarity of values of an attribute.

    Parameters
    ----------
    frequencies : Mapping of str to TermFrequencies
        By attribute, from :func:`count_terms`.
    attribute : str
        An attribute, or ``"<attribute>.word"``.
    values : sequence of str
        Canonical values, or words.

    Returns
    -------
    ndarray of float32, shape (n_values,)
        Bits; 0 for an attribute that was not counted.
    """
    counted = frequencies.get(attribute)
    return np.zeros(len(values), np.float32) if counted is None else counted.rarity_bits(values)


def known_values(
    frequencies: Mapping[str, TermFrequencies], attribute: str, values: Sequence[str]
) -> NDArray[np.bool_]:
    """Return which values of an attribute two units or more had.

    Parameters
    ----------
    frequencies : Mapping of str to TermFrequencies
        By attribute, from :func:`count_terms`.
    attribute : str
        An attribute, or ``"<attribute>.word"``.
    values : sequence of str
        Canonical values, or words.

    Returns
    -------
    ndarray of bool, shape (n_values,)
        All false for an attribute that was not counted.
    """
    counted = frequencies.get(attribute)
    return np.zeros(len(values), np.bool_) if counted is None else counted.are_listed(values)


def note_word_counts(
    frequencies: dict[str, TermFrequencies],
    attribute: str,
    words: Sequence[str],
    counts: NDArray[np.int64],
    n_values: int,
) -> tuple[NDArray[np.int64], int]:
    """Keep by what the words of the values of an attribute are weighed, for later runs.

    Parameters
    ----------
    frequencies : dict of str to TermFrequencies
        By attribute; ``"<attribute>.value_word"`` is added, of which the units are distinct values.
    attribute : str
        The attribute.
    words : sequence of str
        Distinct words.
    counts : ndarray of int64, shape (n_words,)
        In how many distinct values each stands.
    n_values : int
        Number of distinct values.

    Returns
    -------
    counts : ndarray of int64, shape (n_words,)
        As :func:`known_word_counts` tells them from now on.
    n_values : int
        As given.

    Examples
    --------
    >>> import numpy as np
    >>> frequencies = {}
    >>> counts, n_values = note_word_counts(frequencies, "street", ["rue", "foch"], np.array([3, 1]), 5)
    >>> list(frequencies), counts.tolist(), n_values
    (['street.value_word'], [3, 1], 5)
    """
    frequencies[_key_of_words(attribute)] = _frequent(string_hashes(words), counts, n_values)
    return known_word_counts(frequencies, attribute, words, counts, n_values)


def known_word_counts(
    frequencies: Mapping[str, TermFrequencies],
    attribute: str,
    words: Sequence[str],
    counts: NDArray[np.int64],
    n_values: int,
) -> tuple[NDArray[np.int64], int]:
    """Return by what the words of the values of an attribute are weighed, whatever the values at hand.

    Parameters
    ----------
    frequencies : Mapping of str to TermFrequencies
        By attribute, those of :func:`note_word_counts` among them.
    attribute : str
        The attribute.
    words : sequence of str
        Distinct words.
    counts : ndarray of int64, shape (n_words,)
        In how many of the distinct values at hand each stands: the answer where the words were not counted before.
    n_values : int
        Number of distinct values at hand.

    Returns
    -------
    counts : ndarray of int64, shape (n_words,)
        In how many distinct values of the training data each stands, 1 at least.
    n_values : int
        Number of distinct values there.
    """
    counted = frequencies.get(_key_of_words(attribute))
    return (counts, n_values) if counted is None else (counted.counts_of(words), counted.total)


def _key_of_words(attribute: str) -> str:
    return f"{attribute}.value_word"
