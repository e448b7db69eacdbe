"""Tests of custid.testing."""
