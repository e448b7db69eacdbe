"""Tests of `custid.comparison.live`."""
