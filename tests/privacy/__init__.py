"""Tests of custid.privacy."""
