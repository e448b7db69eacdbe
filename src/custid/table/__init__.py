"""Records as numbers."""

from custid.table.record_table import RecordTable, ValueColumn, build_record_table, distinct_per_row
from custid.table.tokens import TokenTable, tokenize

__all__ = ["RecordTable", "TokenTable", "ValueColumn", "build_record_table", "distinct_per_row", "tokenize"]
