"""Tests of `custid.scoring`."""
