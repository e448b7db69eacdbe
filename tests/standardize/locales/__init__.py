"""Tests of custid.standardize.locales."""
