"""Tests of `custid.charts`."""
