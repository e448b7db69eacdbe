"""Tests of custid.evaluation."""
