"""Tests of `custid.steering`."""
