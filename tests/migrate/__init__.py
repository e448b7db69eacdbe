"""Tests of what other libraries' files become."""
