"""Tests of custid.survivorship."""
