"""Tests of custid.model."""
