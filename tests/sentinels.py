"""Watches that nothing of what records say is seen where it must not be: a pytest plugin, and what its tests share.

``pytest -p tests.sentinels`` learns the values of personal columns of whatever the tests read, and fails a test in
which one of them stands in the text of an error of custid or of what caused it, in a log record, a warning, the name of
a file that was opened, or the repr of an object of custid.  The typed values of the model (`custid.model`) are left out
of the last: they are what they show.
"""

from __future__ import annotations

import gc
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from custid.errors import CustidError
from custid.intake._intake import Intake

__all__ = ["Watch"]

# Columns of people; a key may be named in messages.
_PERSONAL = re.compile(
    r"(?i)name|nom|mail|phone|tel|birth|naissance|street|rue|address|adresse|iban|nir|national|card|note|siren"
)
_TECHNICAL = re.compile(r"(?i)id$|key$|code$|^source$|country|kind")
_SHORTEST = 6
_OF_A_TYPE = 3
# What shows the values that it is made of, since to be those values is all that it does.
_VALUES = ("custid.model.", "custid.testing.", "custid.standardize.", "custid.kernels.")


_listening: list[Watch] = []


def _tell_of_files(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _listening and isinstance(arguments[0], str):
        for watch in _listening:
            watch.heard.append(("file name", Path(arguments[0]).name))


# A hook cannot be taken out again: one serves all watches, as one for each would slow down all that comes after.
sys.addaudithook(_tell_of_files)


class _Log(logging.Handler):
    def __init__(self, heard: list[tuple[str, str]]) -> None:
        super().__init__(logging.NOTSET)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(("log record", f"{record.getMessage()} {record.__dict__}"))


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield f"{error!r} {' '.join(getattr(error, '__notes__', ()))}"
        error = error.__cause__ or error.__context__


class Watch:
    """Hears all errors, log records and warnings, and sees the names of files that are opened, while it lasts.

    Parameters
    ----------
    values : iterable of str
        What must not be seen; what is read meanwhile is added where `learns`.
    learns : bool
        Whether values of personal columns are added.
    """

    def __init__(self, values: Iterable[str] = (), *, learns: bool = False) -> None:
        self.values = set(values)
        self.heard: list[tuple[str, str]] = []
        self._learns = learns
        self._log = _Log(self.heard)

    def __enter__(self) -> Self:
        watch, raised, read = self, CustidError.__init__, Intake.__init__
        self._raised, self._read = raised, read

        @wraps(raised)
        def told(error: CustidError, problem: str, *, hint: str = "") -> None:
            raised(error, problem, hint=hint)
            watch.heard += [("error", text) for text in (str(error), *_chain(sys.exc_info()[1]))]

        @wraps(read)
        def learned(intake: Intake, **fields: Any) -> None:
            read(intake, **fields)
            watch.learn(intake)

        CustidError.__init__ = told  # type: ignore[assignment, method-assign]  # heard as long as the watch lasts
        if self._learns:
            Intake.__init__ = learned  # type: ignore[assignment, method-assign]  # as above
        logging.getLogger().addHandler(self._log)
        # What is there already is not looked at again after each test.
        gc.freeze()
        _listening.append(self)
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        _listening.remove(self)
        self.heard += [("error", text) for text in _chain(error)]
        CustidError.__init__ = self._raised  # type: ignore[method-assign]  # as it was
        Intake.__init__ = self._read  # type: ignore[method-assign]  # as it was
        logging.getLogger().removeHandler(self._log)

    def learn(self, intake: Intake) -> None:
        """Add the values of personal columns."""
        for name in intake.table.column_names:
            if _PERSONAL.search(name) and not _TECHNICAL.search(name):
                found = intake.table[name].slice(0, 500).unique().to_pylist()
                self.values |= {text for text in found if text and _is_telling(text)}

    def seen(self) -> list[tuple[str, str, str]]:
        """Return where a value is seen: what kind of place, the value and the text."""
        reprs = [(f"repr of {type(each).__qualname__}", _shown(each)) for each in _objects()]
        gc.unfreeze()
        places = list(dict.fromkeys([*self.heard, *reprs]))
        # To look for thousands of values in one text is quick, for one pattern of thousands it is not.
        whole = "\0".join(text for _, text in places)
        found = [re.compile(rf"(?<!\w){re.escape(each)}(?!\w)") for each in sorted(self.values) if each in whole]
        return [(kind, match[0], text) for kind, text in places for each in found if (match := each.search(text))]


def _is_telling(text: str) -> bool:
    return _SHORTEST <= len(text) <= 200 and len(set(text.casefold())) > 3


def _shown(thing: object) -> str:
    try:
        return repr(thing)
    except Exception as error:  # noqa: BLE001 - what has no repr shows nothing
        return type(error).__name__


def _objects() -> Iterator[object]:
    """Yield some objects of each type of custid that are alive and were made since the watch began."""
    counted: Counter[type] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        module = f"{kind.__module__}."
        if module.startswith("custid.") and not module.startswith(_VALUES):
            counted[kind] += 1
            if counted[kind] <= _OF_A_TYPE:
                yield each


@pytest.fixture(autouse=True)
def _nothing_is_seen() -> Iterator[None]:
    with Watch(learns=True) as watch:
        yield
    assert watch.seen() == []
