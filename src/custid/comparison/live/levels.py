"""Levels of values of which others come: what `custid.comparison.levels` binds, value by value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext
from custid.comparison.compiled_words import Pool
from custid.comparison.levels import AddressLevels, DateLevels, EmailLevels, ErrorLevels, PostcodeLevels, grade_emails
from custid.comparison.live.arrays import LiveArrays, State
from custid.comparison.live.listed import LiveContext
from custid.comparison.live.words import LiveStrings, LiveWords, state_of_strings, state_of_words
from custid.comparison.local_parts import LocalPartsFromNames
from custid.comparison.remembered import once_per_distinct
from custid.comparison.signatures import character_signatures
from custid.comparison.value_comparison import EqualLevels, ValueLevels
from custid.comparison.value_rows import (
    MAX_ADDRESS_WORDS,
    area_of,
    beginning_of,
    date_digits,
    date_parts,
    numbered,
    packed_date,
    packed_dates,
    side_by_side,
    string_table,
    word_matrix,
)
from custid.kernels.address_levels import AddressTable, address_levels
from custid.kernels.live_values import prefix_signature
from custid.kernels.rows import StringTable
from custid.kernels.value_levels import date_levels, email_levels, error_levels, postcode_levels
from custid.table.hashing import string_hashes
from custid.table.packed import PackedStrings

__all__ = ["AnyLevels", "LiveLevels", "live_levels", "state_of_levels"]

_N_KNOWN_LEVELS = 1 << 17
_N_KNOWN_OF_FEW = 1 << 8
_ANY_SIMILARITY = -1e-6


class LiveLevels(Protocol):
    """Levels of two values of an attribute, to which values are appended."""

    def append(self, text: str) -> int:
        """Append a value, and return its code."""
        ...

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        """Return the levels of differing values by their codes."""
        ...


def state_of_levels(attribute: str, levels: ValueLevels, vocabulary: Sequence[str], context: LiveContext) -> State:
    """Return what the values of an attribute are graded by, as arrays; a value's code is its place.

    Parameters
    ----------
    attribute : str
        The attribute.
    levels : ValueLevels
        How values are graded.
    vocabulary : sequence of str
        Distinct values.
    context : LiveContext
        Frequencies.

    Returns
    -------
    State
        Arrays; none for levels that are bound anew at each comparison.
    """
    for kind, (state_of, _) in _KINDS.items():
        if type(levels) is kind:
            return state_of(attribute, levels, vocabulary, context)
    return {}


def live_levels(
    attribute: str,
    levels: ValueLevels,
    arrays: LiveArrays,
    context: LiveContext,
    text_of: Callable[[int], str],
) -> LiveLevels:
    """Return levels of the values that stand in arrays.

    Parameters
    ----------
    attribute : str
        The attribute.
    levels : ValueLevels
        How values are graded.
    arrays : LiveArrays
        Holds what :func:`state_of_levels` returned.
    context : LiveContext
        Frequencies.
    text_of : callable
        Returns a value by the number of its statement; asked only of levels that have no arrays.

    Returns
    -------
    LiveLevels
        Grades by codes; levels of the user's own, :class:`AnyLevels`, by numbers of statements.
    """
    for kind, (_, made) in _KINDS.items():
        if type(levels) is kind:
            return made(attribute, levels, arrays, context)
    return AnyLevels(attribute, levels, context.binding, text_of)


class _NoLevels:
    """Values that are equal or not."""

    def __init__(self, *_: Any) -> None:
        pass

    def append(self, _text: str) -> int:
        return 0

    def grade(self, left: NDArray[np.int32], _right: NDArray[np.int32]) -> NDArray[np.int8]:
        return np.zeros(len(left), np.int8)


class AnyLevels:
    """Levels of the user's own: the values of a call are bound each time, as nothing is known of what binding does.

    Parameters
    ----------
    attribute : str
        The attribute.
    levels : ValueLevels
        How values are graded: by the two of them, whatever others are bound.
    context : BindingContext
        What a batch binds with.
    text_of : callable
        Returns a value by the number of its statement.
    """

    def __init__(
        self, attribute: str, levels: ValueLevels, context: BindingContext, text_of: Callable[[int], str]
    ) -> None:
        self._levels, self._text_of = levels, text_of
        self._context = evolve(context, attribute=attribute)

    def append(self, _text: str) -> int:
        """Append a value: there is nothing to be kept of it."""
        return -1

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        """Return the levels of differing values by the numbers of their statements."""
        if not len(left):
            return np.zeros(0, np.int8)
        codes = np.unique(np.concatenate([left, right]))
        texts = [self._text_of(code) for code in codes.tolist()]
        # In the order of the alphabet, as a batch has them.
        order = sorted(range(len(texts)), key=texts.__getitem__)
        place = np.empty(len(texts), np.int32)
        place[order] = np.arange(len(texts))
        grade = self._levels.bind([texts[number] for number in order], self._context)
        found: NDArray[np.int8] = once_per_distinct(
            grade, place[np.searchsorted(codes, left)], place[np.searchsorted(codes, right)]
        )
        return found


class _Dates:
    def __init__(self, attribute: str, _levels: DateLevels, arrays: LiveArrays, _context: LiveContext) -> None:
        self._columns = arrays.columns(attribute)

    def append(self, text: str) -> int:
        code = self._columns.append(1)
        self._columns["dates"][code] = packed_date(text)
        return code

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        date_levels(self._columns["dates"], left, right, out)
        return out


def _packed(vocabulary: Sequence[str]) -> NDArray[np.uint64]:
    parts = date_parts(vocabulary)
    return packed_dates(*parts, date_digits(*parts))


def _state_of_dates(attribute: str, _levels: DateLevels, vocabulary: Sequence[str], _context: LiveContext) -> State:
    return {attribute: {"dates": _packed(vocabulary)}}


class _Strings:
    """Values of which characters are compared."""

    def __init__(self, attribute: str, arrays: LiveArrays) -> None:
        self._strings = LiveStrings(arrays, attribute)
        self._generation = self._strings.generation
        self._table = self._made()

    def _made(self) -> StringTable:
        return StringTable(self._strings.data, self._strings.columns["rows"])

    def _append(self, text: str) -> int:
        code = self._strings.append(text)
        if self._generation != self._strings.generation:
            self._generation = self._strings.generation
            self._table = self._made()
        return code


class _Errors(_Strings):
    def __init__(self, attribute: str, levels: ErrorLevels, arrays: LiveArrays, _context: LiveContext) -> None:
        super().__init__(attribute, arrays)
        self._levels = levels

    def append(self, text: str) -> int:
        return self._append(self._levels.compared_part(text))

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        error_levels(self._levels.max_errors, self._table, left, right, out)
        return out


def _state_of_errors(attribute: str, levels: ErrorLevels, vocabulary: Sequence[str], _context: LiveContext) -> State:
    return state_of_strings(attribute, *string_table(list(map(levels.compared_part, vocabulary))))


class _Numbers:
    """Numbers of texts that are equal for equal texts."""

    def __init__(self, arrays: LiveArrays, name: str) -> None:
        self._columns, self._directory = arrays.columns(name), arrays.directory(name)

    def of(self, text: str) -> int:
        hashes, found = self._directory.find([text])
        number = int(found[0])
        if number < 0:
            number = self._columns.append(1)
            self._columns["keys"][number] = hashes[0]
            self._directory.enter()
        return number


def _state_of_numbers(name: str, texts: Sequence[str]) -> State:
    return {name: {"keys": string_hashes(list(dict.fromkeys(texts)))}}


class _Postcodes(_Strings):
    def __init__(self, attribute: str, _levels: PostcodeLevels, arrays: LiveArrays, _context: LiveContext) -> None:
        super().__init__(attribute, arrays)
        self._areas, self._beginnings = _Numbers(arrays, f"{attribute}.areas"), _Numbers(arrays, f"{attribute}.starts")

    def append(self, text: str) -> int:
        code = self._append(text)
        self._table.rows[code, 2] = (self._areas.of(area_of(text)) << 32) | self._beginnings.of(beginning_of(text))
        return code

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        postcode_levels(self._table, left, right, out)
        return out


def _state_of_postcodes(
    attribute: str, _levels: PostcodeLevels, vocabulary: Sequence[str], _context: LiveContext
) -> State:
    areas, beginnings = list(map(area_of, vocabulary)), list(map(beginning_of, vocabulary))
    return {
        **state_of_strings(attribute, *string_table(vocabulary, side_by_side(numbered(areas), numbered(beginnings)))),
        **_state_of_numbers(f"{attribute}.areas", areas),
        **_state_of_numbers(f"{attribute}.starts", beginnings),
    }


class _Emails(_Strings):
    def __init__(self, attribute: str, levels: EmailLevels, arrays: LiveArrays, context: LiveContext) -> None:
        super().__init__(attribute, arrays)
        self._local_parts = _Numbers(arrays, f"{attribute}.local")
        self._least = levels.least_similarity
        columns = self._strings.columns
        self._from_names = LocalPartsFromNames(_LocalParts(self._strings), context.binding.is_known)
        # What local parts are made of is found out when it is asked for, and numbered by whoever does.
        columns["kinds"][: columns.n] = LocalPartsFromNames.UNKNOWN
        self._from_names.use(columns["kinds"], columns["digits"])
        self._grade = grade_emails(self._alike, self._from_names)

    def append(self, text: str) -> int:
        local = text.partition("@")[0]
        before = self._generation
        code = self._append(text)
        columns, table = self._strings.columns, self._table
        row = table.rows[code]
        row[2] = prefix_signature(table.data, int(row[1]) >> 26, len(local))
        row[3] = (self._local_parts.of(local) << 32) | len(local)
        columns["kinds"][code] = LocalPartsFromNames.UNKNOWN
        if before != self._generation:
            self._from_names.use(columns["kinds"], columns["digits"])
        return code

    def _alike(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        email_levels(self._least, self._table, left, right, out)
        return out

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        return self._grade(left, right)


class _LocalParts(Sequence[str]):
    """Local parts by code."""

    def __init__(self, strings: LiveStrings) -> None:
        self._strings = strings

    def __len__(self) -> int:
        return self._strings.columns.n

    def __getitem__(self, code: Any) -> Any:
        _, place, _, local = self._strings.columns["rows"][code].tolist()
        start, length = place >> 26, local & 0xFFFFFFFF
        return self._strings.data[start : start + length].tobytes().decode("utf-32-le", "surrogatepass")


def _state_of_emails(attribute: str, _levels: EmailLevels, vocabulary: Sequence[str], _context: LiveContext) -> State:
    local = [value.partition("@")[0] for value in vocabulary]
    lengths = np.fromiter(map(len, local), np.int32, len(local))
    signatures = character_signatures(PackedStrings.from_strings(local))
    return {
        **state_of_strings(
            attribute,
            *string_table(vocabulary, signatures, side_by_side(numbered(local), lengths)),
            kinds=np.full(len(local), LocalPartsFromNames.UNKNOWN, np.int8),
            digits=np.zeros(len(local), np.int32),
        ),
        **_state_of_numbers(f"{attribute}.local", local),
    }


class _Addresses(_Strings):
    def __init__(self, attribute: str, _levels: AddressLevels, arrays: LiveArrays, context: LiveContext) -> None:
        self._words = LiveWords(
            arrays, attribute, at_least=_ANY_SIMILARITY, variants={}, weights=context.word_weights(attribute)
        )
        self._arrays = arrays
        super().__init__(attribute, arrays)
        self._memories = Pool(lambda: np.full(_N_KNOWN_LEVELS, -1, np.int64))
        self._few = Pool(lambda: np.full(_N_KNOWN_OF_FEW, -1, np.int64))
        self._addresses = self._address_table()
        self._word_generation = self._words.generation

    def _address_table(self) -> AddressTable:
        columns = self._strings.columns
        return AddressTable(
            self._strings.data, columns["rows"], columns["word_codes"], self._words.compiled.table, self._words.weights
        )

    def append(self, text: str) -> int:
        before = self._generation, self._word_generation
        words = self._words.codes_of(sorted(set(text.split()))[:MAX_ADDRESS_WORDS])
        code = self._append(text)
        self._strings.columns["word_codes"][code] = words + [-1] * (MAX_ADDRESS_WORDS - len(words))
        self._word_generation = self._words.generation
        if before != (self._generation, self._word_generation):
            self._addresses = self._address_table()
        return code

    def grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        out = np.empty(len(left), np.int8)
        forgets = self._arrays.forgets
        memories = self._few if forgets else self._memories
        known_levels = memories.take()
        if forgets:
            known_levels.fill(-1)
        with self._words.compiled.room(MAX_ADDRESS_WORDS) as (known, grids):
            address_levels(self._addresses, known_levels, known, grids, left, right, out)
        memories.give(known_levels)
        return out


def _state_of_addresses(
    attribute: str, _levels: AddressLevels, vocabulary: Sequence[str], context: LiveContext
) -> State:
    words_of = [value.split() for value in vocabulary]
    words = sorted({word for each in words_of for word in each})
    codes = np.full((len(words_of), MAX_ADDRESS_WORDS), -1, np.int32)
    if words_of:
        found = word_matrix(words_of, words)
        codes[:, : found.shape[1]] = found
    return {
        **state_of_strings(attribute, *string_table(vocabulary), word_codes=codes),
        **state_of_words(
            attribute, words, at_least=_ANY_SIMILARITY, variants={}, weights=context.word_weights(attribute)
        ),
    }


_KINDS: dict[type[Any], tuple[Callable[..., State], Callable[..., LiveLevels]]] = {
    EqualLevels: (lambda *_: {}, _NoLevels),
    DateLevels: (_state_of_dates, _Dates),
    ErrorLevels: (_state_of_errors, _Errors),
    PostcodeLevels: (_state_of_postcodes, _Postcodes),
    EmailLevels: (_state_of_emails, _Emails),
    AddressLevels: (_state_of_addresses, _Addresses),
}
