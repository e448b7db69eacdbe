"""Tests of `custid.result`."""
