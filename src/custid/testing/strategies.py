"""Strategies for hypothesis: rows as customers' files hold them.

Import this module by its name: hypothesis is a dependency of tests, not of custid.
"""

from __future__ import annotations

import pyarrow as pa
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = ["rows", "tables", "values"]

_NAMES = (
    "Jean",
    "jean",
    "JEAN",
    "Jean-Pierre",
    "J.",
    "Zoé",
    "Zoe",
    "O'Neill",
    "Le Gall",
    "Dupont",
    "DUPOND",
    "van der Meer",
)
_BY_COLUMN = {
    "given_name": st.sampled_from(_NAMES),
    "family_name": st.sampled_from(_NAMES),
    "birth_date": st.dates().map(str) | st.sampled_from(("1980-02-30", "01/02/1980", "1900-01-01", "1980")),
    "sex": st.sampled_from(("M", "F", "Mme", "x")),
    "email": st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,3})?@[ab]\.example", fullmatch=True)
    | st.sampled_from(("a@", "@b", "a b@c")),
    "phone": st.from_regex(r"(0|\+33 |0033)[67][0-9]{8}", fullmatch=True) | st.sampled_from(("0000000000", "12")),
    "street": st.sampled_from(("rue Pasteur", "r. Pasteur", "12 rue Pasteur", "12 bis, High Street", "HIGH ST")),
    "house_number": st.integers(1, 20).map(str) | st.just("12 bis"),
    "postcode": st.sampled_from(("44000", "44100", "01000", "LS1 4AB", "ls14ab", "00000")),
    "city": st.sampled_from(("Nantes", "NANTES", "Saint-Étienne", "St Etienne", "Leeds")),
    "loyalty_card": st.integers(1, 30).map(lambda number: f"C{number:05d}"),
}
_MISSING = ("", " ", "N/A", "-", "null", "INCONNU")


def values(column: str) -> SearchStrategy[str]:
    """Return a strategy for values of one column: usual ones, missing ones, and any text at all.

    Parameters
    ----------
    column : str
        One of ``given_name``, ``family_name``, ``birth_date``, ``sex``, ``email``, ``phone``, ``street``,
        ``house_number``, ``postcode``, ``city``, ``loyalty_card``; of any other name only text is made.

    Returns
    -------
    SearchStrategy of str
        Few distinct values, so that records meet.

    Examples
    --------
    >>> from hypothesis import strategies as st
    >>> isinstance(values("city"), st.SearchStrategy)
    True
    """
    anything = st.text(max_size=8)
    usual = _BY_COLUMN.get(column)
    missing = st.sampled_from(_MISSING)
    return anything | missing if usual is None else st.one_of(usual, usual, usual, missing, anything)


def rows(*, min_size: int = 0, max_size: int = 20) -> SearchStrategy[list[dict[str, str]]]:
    """Return a strategy for lists of rows, as dictionaries from column to value.

    Parameters
    ----------
    min_size, max_size : int
        Number of rows.

    Returns
    -------
    SearchStrategy of list of dict
        The rows of one list share their columns, some of the known ones; values may be missing.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(rows(min_size=1, max_size=3))
    ... def share_their_columns(made):
    ...     assert all(row.keys() == made[0].keys() for row in made)
    >>> share_their_columns()
    """
    columns = st.lists(st.sampled_from(sorted(_BY_COLUMN)), min_size=1, unique=True)
    return columns.flatmap(
        lambda chosen: st.lists(
            st.fixed_dictionaries({column: values(column) for column in chosen}), min_size=min_size, max_size=max_size
        )
    )


def tables(*, min_size: int = 0, max_size: int = 20) -> SearchStrategy[pa.Table]:
    """Return a strategy for Arrow tables of string columns, with a record key of its own for each row.

    Parameters
    ----------
    min_size, max_size : int
        Number of rows.

    Returns
    -------
    SearchStrategy of pyarrow.Table
        Columns ``record_id`` and some of those of `values`; a missing value is null, empty or a placeholder.

    Examples
    --------
    >>> from hypothesis import strategies as st
    >>> isinstance(tables(), st.SearchStrategy)
    True
    """
    return rows(min_size=min_size, max_size=max_size).map(_as_table)


def _as_table(made: list[dict[str, str]]) -> pa.Table:
    keys = pa.array([f"r{place}" for place in range(len(made))], pa.string())
    columns = {name: pa.array([row[name] or None for row in made], pa.string()) for name in (made[0] if made else ())}
    return pa.table({"record_id": keys, **columns})
