"""Tests of custid, laid out as the package is."""
