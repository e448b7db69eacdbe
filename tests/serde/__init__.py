"""Tests of records as documents."""
