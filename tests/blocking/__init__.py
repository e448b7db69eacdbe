"""Tests of custid.blocking."""
