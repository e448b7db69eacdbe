"""Tests of custid.standardize."""
