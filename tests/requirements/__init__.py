"""Rows of the requirements, each with the test that shows it."""
