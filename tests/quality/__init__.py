"""Tests of custid.quality."""
