"""The tests of `custid.intake`."""
