"""Tests of `custid.engines`."""
