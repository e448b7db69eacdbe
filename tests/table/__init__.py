"""Tests of custid.table."""
