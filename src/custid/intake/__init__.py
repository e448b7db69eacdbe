"""From what a user has to a table of text whose columns are understood."""

from custid.intake.detection import ColumnMapping, Mapping, detect
from custid.intake.generic_values import GenericPolicy, GenericReason, GenericValue
from custid.intake.readers import Intake, RefusedRow, read
from custid.intake.schema import Schema

__all__ = [
    "ColumnMapping",
    "GenericPolicy",
    "GenericReason",
    "GenericValue",
    "Intake",
    "Mapping",
    "RefusedRow",
    "Schema",
    "detect",
    "read",
]
