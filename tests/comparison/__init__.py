"""Tests of custid.comparison."""
