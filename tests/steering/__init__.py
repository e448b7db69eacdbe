"""Tests of what steers a run."""
