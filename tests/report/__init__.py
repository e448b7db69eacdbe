"""Tests of `custid.report`."""
