"""A run, and a person who knows its truth."""

from __future__ import annotations

import pytest

import custid
from custid.result import Result
from custid.testing import synthetic_customers
from tests.steering.people import Person


@pytest.fixture(scope="session")
def found() -> tuple[Result, Person]:
    """A run that errs here and there, and a person who knows better."""
    made = synthetic_customers(600, seed=2)
    return custid.dedupe(made.records), Person(made.truth)


@pytest.fixture(scope="session")
def result(found: tuple[Result, Person]) -> Result:
    """The run."""
    return found[0]


@pytest.fixture(scope="session")
def person(found: tuple[Result, Person]) -> Person:
    """Who knows better."""
    return found[1]
