"""Tests of custid.clustering."""
