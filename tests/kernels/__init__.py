"""Tests of custid.kernels."""
